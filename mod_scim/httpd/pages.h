/*
 * What lists remember (store/memory.h), kept in httpd's shared object cache: all processes of this node share it.
 *
 * ScimPageCache chooses the provider. Without the directive it is mod_socache_shmcb's, where that is loaded; without
 * any provider nothing is remembered, and every list is answered all the same.
 */
#ifndef SCIM_PAGES_H
#define SCIM_PAGES_H

#include <httpd.h>

#include <http_config.h>

#include "store/memory.h"

typedef struct scim_pages_t scim_pages_t;

/* The directive's argument: `none`, or PROVIDER[:ARGUMENTS]. NULL, or what is wrong with it. */
const char *scim_pages_choose(scim_pages_t **out, const char *text, cmd_parms *cmd);

/* Registers the lock's name for the directive Mutex; hook pre_config. */
int scim_pages_register(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp);

/* Makes the cache; hook post_config. */
int scim_pages_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server);

void scim_pages_child_init(apr_pool_t *child, server_rec *main_server);

/* NULL where nothing is remembered. */
const scim_memory_t *scim_pages_memory(const scim_pages_t *pages);

/* Keeps a value for another time than those of lists are kept for. */
void scim_pages_keep_for(const scim_pages_t *pages, const unsigned char *key, const char *value, apr_size_t len,
                         apr_interval_time_t time, apr_pool_t *pool);

#endif
