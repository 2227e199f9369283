/*
 * The process's cache of tenants' rules (rules/rules.h), one entry for each token that writes.
 *
 * It keeps a bounded number of the most recently used entries; a missing one is read when it is needed, one round trip
 * before the write. An entry is for one database, tenant and token, and never changes. The write's authentication
 * verifies that it is still valid; if not, the entry is dropped. Any thread may use it.
 */
#ifndef SCIM_RULES_CACHE_H
#define SCIM_RULES_CACHE_H

#include <apr_pools.h>

#include "rules/rules.h"

typedef struct scim_rules_cache_t scim_rules_cache_t;

struct scim_session_t;

/* The approximate maximum of bytes of all entries: sufficient for 1,000 tenants, whose entries take 12 KB each plus 4
 * bytes for each byte of their JSON text. */
#define SCIM_RULES_CACHE_SIZE (16 * 1024 * 1024)

/* `pool` must live as long as the process. NULL if no mutex can be made. */
scim_rules_cache_t *scim_rules_cache_make(apr_pool_t *pool);

/* `get` returns the rules cached under `key`, or NULL. `put` caches the rules of a JSON text; NULL: it is not valid
 * (rules.h). The returned rules live as long as `pool`, cached or not. */
const scim_rules_t *scim_rules_cache_get(scim_rules_cache_t *cache, const char *key, apr_pool_t *pool);
const scim_rules_t *scim_rules_cache_put(scim_rules_cache_t *cache, const char *key, const char *json, apr_size_t len,
                                         apr_int64_t version, const scim_schemas_t *schemas, apr_pool_t *pool);

/* Sets session->rules, from the session's cache or from the database, and session->above; they live as long as the
 * session's pool. Errors: those of scim_session_run. */
struct scim_error_t *scim_rules_find(struct scim_session_t *session);

/* Drops the session's outdated rules. */
void scim_rules_forget(struct scim_session_t *session);

#endif
