/*
 * The rules of the tenants that this process has met (rules/rules.h), as each of their tokens writes by them.
 *
 * A bounded table of the most recently used: what is not in it is read when it is needed, one round trip before the
 * write. An entry is of one database, tenant and token, and never changes. That it still holds is asked by the write's
 * own authentication; where it does not, the entry is dropped. Any thread may use it.
 */
#ifndef SCIM_RULES_CACHE_H
#define SCIM_RULES_CACHE_H

#include <apr_pools.h>

#include "rules/rules.h"

typedef struct scim_rules_cache_t scim_rules_cache_t;

struct scim_session_t;

/* Bytes that entries take at the most, about: 1,000 tenants, whose entries take 12 KB each and 4 bytes more for each
 * byte of what they have, or fewer who have much. */
#define SCIM_RULES_CACHE_SIZE (16 * 1024 * 1024)

/* `pool` lives as long as the process. NULL where threads cannot be kept apart. */
scim_rules_cache_t *scim_rules_cache_make(apr_pool_t *pool);

/* The rules that are kept under `key`, NULL: none are; and keeps those of a JSON text, NULL: it is none (rules.h). They
 * live as long as `pool`, kept or not. */
const scim_rules_t *scim_rules_cache_get(scim_rules_cache_t *cache, const char *key, apr_pool_t *pool);
const scim_rules_t *scim_rules_cache_put(scim_rules_cache_t *cache, const char *key, const char *json, apr_size_t len,
                                         apr_int64_t version, const scim_schemas_t *schemas, apr_pool_t *pool);

/* Sets session->rules, from the session's cache or from the database, and session->above; they live as long as the
 * session's pool. Errors: those of scim_session_run. */
struct scim_error_t *scim_rules_find(struct scim_session_t *session);

/* The session's rules hold no more. */
void scim_rules_forget(struct scim_session_t *session);

#endif
