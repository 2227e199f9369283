#include "facts_pack.h"

#include <apr_strings.h>
#include <openssl/sha.h>
#include <string.h>

#define LAYOUT 2
#define LABEL  "facts 2"

/* The length of a text that is NULL. */
#define NONE ((apr_uint32_t)-1)

/* The numbers; texts and lists follow. */
typedef struct head_t {
    apr_uint32_t layout;
    apr_uint32_t lists;
    apr_time_t at;
    int tenant, enabled, found, active, foreign;
} head_t;

/* Includes the NUL, so that a reader need not copy the text. */
static void put_text(scim_buf_t *out, const char *text)
{
    apr_uint32_t len = text ? (apr_uint32_t)strlen(text) : NONE;
    scim_buf_add(out, (const char *)&len, sizeof(len));
    if (text) {
        scim_buf_add(out, text, len + 1);
    }
}

static void put_list(scim_buf_t *out, const apr_array_header_t *list)
{
    apr_uint32_t count = list ? (apr_uint32_t)list->nelts : NONE;
    scim_buf_add(out, (const char *)&count, sizeof(count));
    for (int i = 0; list && i < list->nelts; i++) {
        put_text(out, APR_ARRAY_IDX(list, i, const char *));
    }
}

void scim_facts_pack(scim_buf_t *out, const scim_facts_t *facts, apr_time_t at)
{
    head_t head;
    memset(&head, 0, sizeof(head));
    head.layout = LAYOUT;
    head.lists = facts->lists;
    head.at = at;
    head.tenant = facts->tenant;
    head.enabled = facts->enabled;
    head.found = facts->found;
    head.active = facts->active;
    head.foreign = facts->foreign;
    scim_buf_add(out, (const char *)&head, sizeof(head));
    put_text(out, facts->id);
    put_text(out, facts->account);
    put_text(out, facts->role);
    put_list(out, facts->roles);
    put_list(out, facts->entitlements);
    put_list(out, facts->waiting);
    put_list(out, facts->groups);
    put_list(out, facts->flags);
}

/* The part that is not read yet. */
typedef struct reader_t {
    const char *at;
    apr_size_t left;
    int broken;
    apr_pool_t *pool;
} reader_t;

static void take(void *out, apr_size_t len, reader_t *reader)
{
    if (reader->broken || reader->left < len) {
        reader->broken = 1;
        memset(out, 0, len);
        return;
    }
    memcpy(out, reader->at, len);
    reader->at += len;
    reader->left -= len;
}

static const char *take_text(reader_t *reader)
{
    apr_uint32_t len;
    take(&len, sizeof(len), reader);
    if (len == NONE || reader->broken) {
        return NULL;
    }
    if (reader->left <= len || reader->at[len] != '\0') {
        reader->broken = 1;
        return NULL;
    }
    const char *text = reader->at;
    reader->at += len + 1;
    reader->left -= len + 1;
    return text;
}

static apr_array_header_t *take_list(reader_t *reader)
{
    apr_uint32_t count;
    take(&count, sizeof(count), reader);
    if (count == NONE || reader->broken) {
        return NULL;
    }
    apr_array_header_t *list = apr_array_make(reader->pool, 4, sizeof(const char *));
    for (apr_uint32_t i = 0; i < count && !reader->broken; i++) {
        const char *text = take_text(reader);
        APR_ARRAY_PUSH(list, const char *) = text ? text : "";
    }
    return list;
}

scim_facts_t *scim_facts_unpack(apr_time_t *at, const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    reader_t reader = {bytes, len, 0, pool};
    head_t head;
    take(&head, sizeof(head), &reader);
    if (reader.broken || head.layout != LAYOUT) {
        return NULL;
    }
    scim_facts_t *facts = apr_pcalloc(pool, sizeof(*facts));
    *at = head.at;
    facts->lists = head.lists;
    facts->tenant = head.tenant;
    facts->enabled = head.enabled;
    facts->found = head.found;
    facts->active = head.active;
    facts->foreign = head.foreign;
    facts->id = take_text(&reader);
    facts->account = take_text(&reader);
    facts->role = take_text(&reader);
    facts->roles = take_list(&reader);
    facts->entitlements = take_list(&reader);
    facts->waiting = take_list(&reader);
    facts->groups = take_list(&reader);
    facts->flags = take_list(&reader);
    return reader.broken || reader.left ? NULL : facts;
}

void scim_facts_put_part(scim_buf_t *out, const char *text)
{
    scim_buf_add(out, text ? "=" : "-", 1);
    scim_buf_add(out, text ? text : "", text ? strlen(text) + 1 : 1);
}

void scim_facts_put_identity(scim_buf_t *out, const scim_identity_t *identity)
{
    scim_facts_put_part(out, identity->tenant);
    scim_facts_put_part(out, identity->login);
    scim_facts_put_part(out, identity->issuer);
    scim_facts_put_part(out, identity->subject);
}

void scim_facts_key(unsigned char key[SCIM_MEMORY_KEY], const char *database, const scim_identity_t *identity,
                    apr_pool_t *pool)
{
    scim_buf_t text;
    scim_buf_init(&text, 256, pool);
    scim_facts_put_part(&text, LABEL);
    scim_facts_put_part(&text, database);
    scim_facts_put_identity(&text, identity);
    SHA256((const unsigned char *)text.data, text.len, key);
}
