/*
 * Checks of the configuration, which `apachectl configtest` reports.
 */
#ifndef SCIM_CHECK_H
#define SCIM_CHECK_H

#include <httpd.h>

/* Hook check_config: reads the schemas, finds errors, and prepares the runtime. Warnings go to the terminal when the
 * configuration is only tested. */
int scim_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server);

/* Hook post_config: writes the same warnings to the error log of a starting server, and creates the memory of its
 * limits. */
int scim_check_started(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server);

#endif
