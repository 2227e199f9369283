#include "facts_cache.h"

#include "configuration.h"
#include "database.h"
#include "pages.h"
#include "store/facts_pack.h"

static const scim_pages_t *pages_of(const request_rec *r)
{
    return scim_server_config(r->server)->runtime->pages;
}

scim_facts_t *scim_facts_recall(int *seconds, request_rec *r, const scim_identity_t *identity, const scim_wish_t *wish,
                                apr_interval_time_t age, apr_pool_t *pool)
{
    const scim_memory_t *memory = scim_pages_memory(pages_of(r));
    unsigned char key[SCIM_MEMORY_KEY];
    char bytes[SCIM_MEMORY_VALUE];
    apr_time_t at = 0;
    if (!memory) {
        return NULL;
    }
    scim_facts_key(key, scim_database_params(r->server), identity, pool);
    apr_size_t len = memory->recall(memory, key, bytes, pool);
    scim_facts_t *facts = len ? scim_facts_unpack(&at, bytes, len, pool) : NULL;
    apr_interval_time_t old = apr_time_now() - at;
    *seconds = (int)apr_time_sec(old);
    return facts && old >= 0 && old <= age && scim_facts_answer(facts, wish) ? facts : NULL;
}

void scim_facts_keep(request_rec *r, const scim_identity_t *identity, const scim_facts_t *facts,
                     apr_interval_time_t age, apr_pool_t *pool)
{
    unsigned char key[SCIM_MEMORY_KEY];
    scim_buf_t bytes;
    if (!scim_pages_memory(pages_of(r)) || !facts->found || facts->first || facts->names) {
        return;
    }
    scim_buf_init(&bytes, 512, pool);
    scim_facts_pack(&bytes, facts, apr_time_now());
    if (bytes.len <= SCIM_MEMORY_VALUE) {
        scim_facts_key(key, scim_database_params(r->server), identity, pool);
        scim_pages_keep_for(pages_of(r), key, bytes.data, bytes.len, age, pool);
    }
}
