#include "facts_cache.h"

#include <apr_strings.h>

#include "configuration.h"
#include "database.h"
#include "pages.h"
#include "store/facts_pack.h"
#include "store/places.h"

/* How long a process uses an answer again without reading the shared cache. */
#define AGAIN apr_time_from_sec(1)

/* Where the facts of an account are cached. */
typedef struct cache_t {
    const scim_pages_t *pages; /* shared by all processes */
    const char *database;
    const scim_identity_t *identity;
    scim_places_t *places; /* of this process; NULL: no cache */
    scim_places_key_t key; /* in `places` */
} cache_t;

/* Packed facts (store/facts_pack.h). */
typedef struct packed_t {
    const char *bytes;
    apr_size_t len;
} packed_t;

/* Returns whether there is a cache. */
static int open_cache(cache_t *cache, const request_rec *r, const scim_identity_t *identity, apr_pool_t *pool)
{
    const scim_runtime_t *runtime = scim_server_config(r->server)->runtime;
    if (!scim_pages_memory(runtime->pages)) {
        return 0;
    }
    *cache = (cache_t){runtime->pages, scim_database_params(r->server), identity, runtime->recent, {0}};
    if (cache->places) {
        scim_buf_t known_by;
        scim_buf_init(&known_by, 128, pool);
        /* Adds the pointer instead of the text, which is long; the process has only one copy of it. */
        scim_buf_add(&known_by, (const char *)&cache->database, sizeof(cache->database));
        scim_facts_put_identity(&known_by, identity);
        cache->key = scim_places_key(cache->places, known_by.data, known_by.len);
    }
    return 1;
}

static int is_older(apr_time_t at, apr_interval_time_t age)
{
    apr_interval_time_t old = apr_time_now() - at;
    return old < 0 || old > age;
}

/* Unpacks facts; NULL: they are too old, or incomplete for `wish`. */
static scim_facts_t *read_packed(int *seconds, const packed_t *packed, const scim_wish_t *wish, apr_interval_time_t age,
                                 apr_pool_t *pool)
{
    apr_time_t at = 0;
    scim_facts_t *facts = packed->len ? scim_facts_unpack(&at, packed->bytes, packed->len, pool) : NULL;
    *seconds = (int)apr_time_sec(apr_time_now() - at);
    return facts && !is_older(at, age) && scim_facts_answer(facts, wish) ? facts : NULL;
}

/* What this process has read from the shared cache, or stored there, within the last second. */
static packed_t recall_own(const cache_t *cache, apr_pool_t *pool)
{
    packed_t packed = {0};
    apr_time_t had = 0;
    if (cache->places) {
        packed.bytes = scim_places_get(&packed.len, &had, cache->places, &cache->key, pool);
    }
    return packed.bytes && !is_older(had, AGAIN) ? packed : (packed_t){0};
}

static packed_t recall_shared(const cache_t *cache, apr_pool_t *pool)
{
    const scim_memory_t *memory = scim_pages_memory(cache->pages);
    unsigned char key[SCIM_MEMORY_KEY];
    char bytes[SCIM_MEMORY_VALUE];
    scim_facts_key(key, cache->database, cache->identity, pool);
    apr_size_t len = memory->recall(memory, key, bytes, pool);
    return (packed_t){len ? apr_pmemdup(pool, bytes, len) : NULL, len};
}

static void keep_own(const cache_t *cache, const packed_t *packed)
{
    if (cache->places) {
        scim_places_put(cache->places, &cache->key, packed->bytes, packed->len, apr_time_now());
    }
}

scim_facts_t *scim_facts_recall(int *seconds, request_rec *r, const scim_identity_t *identity, const scim_wish_t *wish,
                                const scim_recall_t *how, apr_pool_t *pool)
{
    cache_t cache;
    if (!open_cache(&cache, r, identity, pool)) {
        return NULL;
    }
    packed_t packed = {0};
    if (!how->newest) {
        packed = recall_own(&cache, pool);
    }
    scim_facts_t *facts = read_packed(seconds, &packed, wish, how->age, pool);
    if (!facts) {
        packed = recall_shared(&cache, pool);
        facts = read_packed(seconds, &packed, wish, how->age, pool);
        if (facts) {
            keep_own(&cache, &packed);
        }
    }
    return facts;
}

void scim_facts_keep(request_rec *r, const scim_identity_t *identity, const scim_facts_t *facts, apr_time_t asked,
                     apr_interval_time_t age, apr_pool_t *pool)
{
    cache_t cache;
    unsigned char key[SCIM_MEMORY_KEY];
    scim_buf_t bytes;
    if (!facts->found || facts->first || facts->names || !open_cache(&cache, r, identity, pool)) {
        return;
    }
    scim_buf_init(&bytes, 512, pool);
    scim_facts_pack(&bytes, facts, asked);
    if (bytes.len <= SCIM_MEMORY_VALUE) {
        scim_facts_key(key, cache.database, identity, pool);
        scim_pages_keep_for(cache.pages, key, bytes.data, bytes.len, age, pool);
        keep_own(&cache, &(packed_t){bytes.data, bytes.len});
    }
}
