/*
 * What is checked when the configuration has been read, so that `apachectl configtest` tells it.
 */
#ifndef SCIM_CHECK_H
#define SCIM_CHECK_H

#include <httpd.h>

/* Hook check_config: reads the schemas, finds what cannot work, and prepares the runtime. Warnings go to the terminal
 * when the configuration is only tested. */
int scim_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server);

/* Hook post_config: the same warnings, to the error log of a server that starts, and the memory of its limits. */
int scim_check_started(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server);

#endif
