#include "facts_cache.h"

#include <openssl/sha.h>
#include <string.h>

#include "configuration.h"
#include "database.h"
#include "pages.h"
#include "store/facts_pack.h"

#define LABEL "facts 1"

/* NULL and "" are different values. */
static void add_text(scim_buf_t *out, const char *text)
{
    scim_buf_add(out, text ? "=" : "-", 1);
    scim_buf_add(out, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void make_key(unsigned char key[SCIM_MEMORY_KEY], const request_rec *r, const scim_identity_t *identity)
{
    scim_buf_t text;
    scim_buf_init(&text, 256, r->pool);
    add_text(&text, LABEL);
    add_text(&text, scim_database_params(r->server));
    add_text(&text, identity->tenant);
    add_text(&text, identity->login);
    add_text(&text, identity->issuer);
    add_text(&text, identity->subject);
    SHA256((const unsigned char *)text.data, text.len, key);
}

static const scim_pages_t *pages_of(const request_rec *r)
{
    return scim_server_config(r->server)->runtime->pages;
}

scim_facts_t *scim_facts_recall(int *seconds, request_rec *r, const scim_identity_t *identity, unsigned lists,
                                apr_interval_time_t age, apr_pool_t *pool)
{
    const scim_memory_t *memory = scim_pages_memory(pages_of(r));
    unsigned char key[SCIM_MEMORY_KEY];
    char bytes[SCIM_MEMORY_VALUE];
    apr_time_t at = 0;
    if (!memory) {
        return NULL;
    }
    make_key(key, r, identity);
    apr_size_t len = memory->recall(memory, key, bytes, pool);
    scim_facts_t *facts = len ? scim_facts_unpack(&at, bytes, len, pool) : NULL;
    apr_interval_time_t old = apr_time_now() - at;
    *seconds = (int)apr_time_sec(old);
    return facts && old >= 0 && old <= age && !(lists & ~facts->lists) ? facts : NULL;
}

void scim_facts_keep(request_rec *r, const scim_identity_t *identity, const scim_facts_t *facts,
                     apr_interval_time_t age, apr_pool_t *pool)
{
    unsigned char key[SCIM_MEMORY_KEY];
    scim_buf_t bytes;
    if (!scim_pages_memory(pages_of(r)) || !facts->found || facts->first) {
        return;
    }
    scim_buf_init(&bytes, 512, pool);
    scim_facts_pack(&bytes, facts, apr_time_now());
    if (bytes.len <= SCIM_MEMORY_VALUE) {
        make_key(key, r, identity);
        scim_pages_keep_for(pages_of(r), key, bytes.data, bytes.len, age, pool);
    }
}
