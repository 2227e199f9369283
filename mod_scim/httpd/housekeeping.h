/*
 * What has to be done now and then, by one process of an httpd at a time (a singleton of mod_watchdog): activity gets
 * room and loses what is old (ScimActivityKeep), and the log warns of tokens that end soon (ScimTokenWarning).
 */
#ifndef SCIM_HOUSEKEEPING_H
#define SCIM_HOUSEKEEPING_H

#include <httpd.h>

/* Hook post_config. */
int scim_housekeeping_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server);

#endif
