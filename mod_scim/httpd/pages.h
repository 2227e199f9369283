/*
 * The cache of lists (store/memory.h) in httpd's shared object cache, shared by all processes of this node.
 *
 * ScimPageCache chooses the provider. Without the directive it is mod_socache_shmcb, if that is loaded; without a
 * provider nothing is cached, and lists still work.
 */
#ifndef SCIM_PAGES_H
#define SCIM_PAGES_H

#include <httpd.h>

#include <http_config.h>

#include "store/memory.h"

typedef struct scim_pages_t scim_pages_t;

/* Reads the directive's argument: `none`, or PROVIDER[:ARGUMENTS]. Returns NULL, or an error text. */
const char *scim_pages_choose(scim_pages_t **out, const char *text, cmd_parms *cmd);

/* Registers the lock's name for the directive Mutex; hook pre_config. */
int scim_pages_register(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp);

/* Makes the cache; hook post_config. */
int scim_pages_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server);

void scim_pages_child_init(apr_pool_t *child, server_rec *main_server);

/* NULL: no cache. */
const scim_memory_t *scim_pages_memory(const scim_pages_t *pages);

/* Caches a value for another time than the lists' time. */
void scim_pages_keep_for(const scim_pages_t *pages, const unsigned char *key, const char *value, apr_size_t len,
                         apr_interval_time_t time, apr_pool_t *pool);

#endif
