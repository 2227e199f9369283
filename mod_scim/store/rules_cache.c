#include "rules_cache.h"

#include <apr_allocator.h>
#include <apr_hash.h>
#include <apr_ring.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <string.h>

#include "resources_private.h"
#include "rules/template.h"
#include "scim/json.h"
#include "scim/table.h"
#include "session.h"

typedef struct entry_t {
    APR_RING_ENTRY(entry_t) link; /* in the order of last use, the latest first */
    apr_pool_t *pool;             /* the entry's own pool, which contains it */
    const char *key;
    const scim_rules_t *rules;
    apr_size_t size; /* approximate size in bytes */
    int users;       /* how many sessions use it, plus the table; at 0 it is freed */
    scim_rules_cache_t *cache;
} entry_t;

struct scim_rules_cache_t {
    apr_thread_mutex_t *mutex; /* for the following members, and the entries' `users` */
    apr_hash_t *entries;       /* key -> entry_t */
    APR_RING_HEAD(recent_t, entry_t) recent;
    apr_size_t size; /* total size of the entries */
    apr_pool_t *pool;
};

/* The size of a separate pool, and the bytes of memory per byte of JSON. */
#define ENTRY_SIZE     (3 * 4096)
#define SIZE_OF_A_BYTE 4

static apr_status_t empty(void *data);

scim_rules_cache_t *scim_rules_cache_make(apr_pool_t *pool)
{
    scim_rules_cache_t *cache = apr_pcalloc(pool, sizeof(*cache));
    if (apr_thread_mutex_create(&cache->mutex, APR_THREAD_MUTEX_DEFAULT, pool) != APR_SUCCESS) {
        return NULL;
    }
    APR_RING_INIT(&cache->recent, entry_t, link);
    cache->entries = scim_table_make(pool);
    cache->pool = pool;
    apr_pool_cleanup_register(pool, cache, empty, apr_pool_cleanup_null);
    return cache;
}

/* --- internal; the caller holds the mutex --------------------------------------------------------------------------*/

static void release(entry_t *entry)
{
    if (--entry->users == 0) {
        apr_pool_destroy(entry->pool);
    }
}

static void drop(scim_rules_cache_t *cache, entry_t *entry)
{
    apr_hash_set(cache->entries, entry->key, APR_HASH_KEY_STRING, NULL);
    APR_RING_REMOVE(entry, link);
    cache->size -= entry->size;
    release(entry);
}

/* Entries have unmanaged pools, so the cache frees them at its end, when no session is left. */
static apr_status_t empty(void *data)
{
    scim_rules_cache_t *cache = data;
    while (!APR_RING_EMPTY(&cache->recent, entry_t, link)) {
        drop(cache, APR_RING_FIRST(&cache->recent));
    }
    return APR_SUCCESS;
}

static void insert(scim_rules_cache_t *cache, entry_t *entry)
{
    entry_t *old = apr_hash_get(cache->entries, entry->key, APR_HASH_KEY_STRING);
    if (old) {
        drop(cache, old);
    }
    while (!APR_RING_EMPTY(&cache->recent, entry_t, link) && cache->size + entry->size > SCIM_RULES_CACHE_SIZE) {
        drop(cache, APR_RING_LAST(&cache->recent));
    }
    entry->users++;
    cache->size += entry->size;
    apr_hash_set(cache->entries, entry->key, APR_HASH_KEY_STRING, entry);
    APR_RING_INSERT_HEAD(&cache->recent, entry, entry_t, link);
}

static entry_t *find(scim_rules_cache_t *cache, const char *key)
{
    entry_t *entry = apr_hash_get(cache->entries, key, APR_HASH_KEY_STRING);
    if (entry) {
        APR_RING_REMOVE(entry, link);
        APR_RING_INSERT_HEAD(&cache->recent, entry, entry_t, link);
        entry->users++;
    }
    return entry;
}

/* --- entries ------------------------------------------------------------------------------------------------------ */

static apr_status_t leave(void *data)
{
    entry_t *entry = data;
    scim_rules_cache_t *cache = entry->cache;
    apr_thread_mutex_lock(cache->mutex);
    release(entry);
    apr_thread_mutex_unlock(cache->mutex);
    return APR_SUCCESS;
}

static const scim_rules_t *use(entry_t *entry, apr_pool_t *pool)
{
    apr_pool_cleanup_register(pool, entry, leave, apr_pool_cleanup_null);
    return entry->rules;
}

const scim_rules_t *scim_rules_cache_get(scim_rules_cache_t *cache, const char *key, apr_pool_t *pool)
{
    apr_thread_mutex_lock(cache->mutex);
    entry_t *entry = find(cache, key);
    apr_thread_mutex_unlock(cache->mutex);
    return entry ? use(entry, pool) : NULL;
}

/* An entry has its own pool with its own allocator, so that any thread can free it. */
static entry_t *make_entry(scim_rules_cache_t *cache, const char *key)
{
    apr_pool_t *pool;
    apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
    apr_allocator_owner_set(apr_pool_allocator_get(pool), pool); /* destroyed with the pool */
    apr_allocator_max_free_set(apr_pool_allocator_get(pool), 1); /* freed memory is not kept */
    entry_t *entry = apr_pcalloc(pool, sizeof(*entry));
    entry->pool = pool;
    entry->key = apr_pstrdup(pool, key);
    entry->cache = cache;
    entry->users = 1;
    return entry;
}

const scim_rules_t *scim_rules_cache_put(scim_rules_cache_t *cache, const char *key, const char *json, apr_size_t len,
                                         apr_int64_t version, const scim_schemas_t *schemas, apr_pool_t *pool)
{
    entry_t *entry = make_entry(cache, key);
    entry->size = ENTRY_SIZE + SIZE_OF_A_BYTE * len;
    entry->rules = scim_rules_read(json, len, version, schemas, entry->pool);
    if (!entry->rules) {
        apr_pool_destroy(entry->pool);
        return NULL;
    }
    apr_thread_mutex_lock(cache->mutex);
    insert(cache, entry);
    apr_thread_mutex_unlock(cache->mutex);
    return use(entry, pool);
}

/* --- sessions ----------------------------------------------------------------------------------------------------- */

static const char *key_of(const scim_session_t *session)
{
    return apr_pstrcat(session->pool, scim_conn_database(session->conn), "/", session->tenant, "/",
                       session->token->key_id, NULL);
}

static int recall(scim_session_t *session)
{
    scim_rules_cache_t *cache = session->rules_cache;
    session->rules = cache ? scim_rules_cache_get(cache, key_of(session), session->pool) : NULL;
    return session->rules != NULL;
}

static void remember(scim_session_t *session, const char *json, apr_size_t len, apr_int64_t version)
{
    scim_rules_cache_t *cache = session->rules_cache;
    session->rules =
        cache ? scim_rules_cache_put(cache, key_of(session), json, len, version, session->schemas, session->pool)
              : scim_rules_read(json, len, version, session->schemas, session->pool);
}

/* Reads the groups above those that templates give, if a condition uses groups. They can change without a new version
 * of the rules. */
static scim_error_t *look_above(scim_session_t *session)
{
    session->above = NULL;
    if (!session->rules->templates || !session->rules->templates->groups) {
        return NULL;
    }
    scim_batch_t *batch = scim_session_batch(session, 0);
    int slot =
        scim_batch_add(batch, SCIM_STMT_TEMPLATES_ABOVE, scim_params(session->pool, session->tenant, SCIM_PARAMS_END));
    scim_error_t *error = scim_session_run(session, batch);
    if (!error && !PQgetisnull(scim_batch_result(batch, slot), 0, 0)) {
        apr_size_t len;
        const char *text = scim_result_text(&len, scim_batch_result(batch, slot), 0, 0);
        session->above = scim_json_trusted(text, len, session->pool);
    }
    return error;
}

static scim_error_t *find_rules(scim_session_t *session)
{
    if (recall(session)) {
        return NULL;
    }
    scim_batch_t *batch = scim_session_batch(session, 0);
    int slot = scim_batch_add(batch, SCIM_STMT_RULES,
                              scim_params(session->pool, session->tenant, session->token->key_id, SCIM_PARAMS_END));
    scim_error_t *error = scim_session_run(session, batch);
    if (error) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, slot);
    if (PQntuples(result) == 1) {
        apr_size_t len;
        const char *json = scim_result_text(&len, result, 0, 1);
        remember(session, json, len, scim_result_int(result, 0, 0));
    }
    return session->rules ? NULL : scim_error_status(session->pool, 500, "The rules of the tenant could not be read.");
}

scim_error_t *scim_rules_find(scim_session_t *session)
{
    if (session->rules) {
        return NULL;
    }
    scim_error_t *error = find_rules(session);
    error = error ? error : look_above(session);
    session->rules = error ? NULL : session->rules;
    return error;
}

void scim_rules_forget(scim_session_t *session)
{
    scim_rules_cache_t *cache = session->rules_cache;
    session->rules = NULL;
    if (!cache) {
        return;
    }
    const char *key = key_of(session);
    apr_thread_mutex_lock(cache->mutex);
    entry_t *entry = apr_hash_get(cache->entries, key, APR_HASH_KEY_STRING);
    if (entry) {
        drop(cache, entry);
    }
    apr_thread_mutex_unlock(cache->mutex);
}
