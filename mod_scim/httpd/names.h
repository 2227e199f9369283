/*
 * The names that Require lines of the configuration have as they stand: told by `apachectl -t -D DUMP_SCIM_REQUIRES`,
 * for scimctl doctor, and looked for in the database when httpd starts. Lines of .htaccess are not among them.
 */
#ifndef SCIM_HTTPD_NAMES_H
#define SCIM_HTTPD_NAMES_H

#include "configuration.h"
#include "store/connection.h"

/* While the configuration is read: a Require line of this kind has this name. */
void scim_names_add(const cmd_parms *cmd, const char *kind, const char *name);

/* Hook test_config: a line for each on standard output, with tabs between KIND, LINE, NAME and FILE. */
void scim_names_dump(apr_pool_t *pconf, server_rec *main_server);

/* Hook post_config: from now on the log has not been told. */
int scim_names_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server);

/* Tells the log, once after each start, which of them no tenant of this database has. Errors: 503. */
scim_error_t *scim_names_look(scim_conn_t *conn, server_rec *server, apr_pool_t *pool);

#endif
