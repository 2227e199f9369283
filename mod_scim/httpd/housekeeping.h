/*
 * Periodic work of one process of an httpd at a time (a singleton of mod_watchdog): creates partitions for activity and
 * removes old ones (ScimActivityKeep), and warns in the log of tokens that expire soon (ScimTokenWarning).
 */
#ifndef SCIM_HOUSEKEEPING_H
#define SCIM_HOUSEKEEPING_H

#include <httpd.h>

/* Hook post_config. */
int scim_housekeeping_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server);

#endif
