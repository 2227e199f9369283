/*
 * The literal names in Require lines of the configuration: `apachectl -t -D DUMP_SCIM_REQUIRES` lists them for scimctl
 * doctor, and they are looked up in the database when httpd starts. Lines of .htaccess are not included.
 */
#ifndef SCIM_HTTPD_NAMES_H
#define SCIM_HTTPD_NAMES_H

#include "configuration.h"
#include "store/connection.h"

/* While the configuration is read: records a name in a Require line of this kind. */
void scim_names_add(const cmd_parms *cmd, const char *kind, const char *name);

/* Hook test_config: a line for each on standard output, with tabs between KIND, LINE, NAME and FILE. */
void scim_names_dump(apr_pool_t *pconf, server_rec *main_server);

/* Hook post_config: the next scim_names_look writes to the log again. */
int scim_names_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server);

/* Logs, once after each start, the names that no tenant of this database has. Errors: 503. */
scim_error_t *scim_names_look(scim_conn_t *conn, server_rec *server, apr_pool_t *pool);

#endif
