#include "page.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "scim/text.h"

/* Where the page from `start` on begins: a key of the memory. */
static void place_key(scim_memory_key_t *out, const scim_session_t *session, const scim_search_t *search,
                      apr_int64_t start)
{
    apr_pool_t *pool = session->pool;
    apr_array_header_t *values = apr_array_make(pool, 3, sizeof(const char *));
    scim_buf_t text;
    APR_ARRAY_PUSH(values, const char *) = session->tenant;
    APR_ARRAY_PUSH(values, const char *) = session->token->key_id;
    APR_ARRAY_PUSH(values, const char *) = apr_psprintf(pool, "%" APR_INT64_T_FMT, start);
    scim_buf_init(&text, 256, pool);
    scim_search_identify(&text, search);
    scim_memory_key(out, session, "position", text.data, values);
}

/* A position as text: the id, the number of the type among the targets, and = with the key, if it has one. */
static const char *write_position(const scim_position_t *position, const scim_search_t *search, apr_pool_t *pool)
{
    int type = 0;
    for (int i = 0; position->type && i < search->targets->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(search->targets, i, scim_target_t).type->stored, position->type) == 0) {
            type = i;
        }
    }
    return apr_psprintf(pool, "%s%d%s%s", position->id, type, position->key ? "=" : "",
                        position->key ? position->key : "");
}

static const scim_position_t *read_position(const char *text, const scim_search_t *search, apr_pool_t *pool)
{
    const apr_size_t id = SCIM_ID_SIZE - 1;
    scim_position_t *position = apr_pcalloc(pool, sizeof(*position));
    if (strlen(text) <= id || !scim_id_read(position->id, apr_pstrmemdup(pool, text, id))) {
        return NULL;
    }
    char *end;
    long type = strtol(text + id, &end, 10);
    if (type < 0 || type >= search->targets->nelts) {
        return NULL;
    }
    if (search->targets->nelts > 1) {
        position->type = APR_ARRAY_IDX(search->targets, type, scim_target_t).type->stored;
    }
    position->key = *end == '=' ? end + 1 : NULL;
    return position;
}

static const scim_position_t *recall(const scim_session_t *session, const scim_search_t *search)
{
    scim_memory_key_t key;
    if (!session->memory || search->start_index <= 1 || search->count == 0) {
        return NULL;
    }
    place_key(&key, session, search, search->start_index);
    const char *text = scim_memory_recall(session, &key);
    return text ? read_position(text, search, session->pool) : NULL;
}

/* A first page that is all of the list has none to follow it. */
static void remember(const scim_page_t *page, const scim_session_t *session, const scim_search_t *search)
{
    scim_memory_key_t key;
    if (!session->memory || !page->last || (search->start_index <= 1 && !page->more)) {
        return;
    }
    place_key(&key, session, search, search->start_index + page->records->nelts);
    scim_memory_keep(session, &key, write_position(page->last, search, session->pool));
}

static scim_error_t *number(scim_page_t *page, scim_session_t *session, const scim_search_t *search)
{
    apr_int64_t least = search->start_index - 1 + page->records->nelts + page->more;
    scim_error_t *error = page->more && page->total < 0 ? scim_store_total(&page->total, session, search) : NULL;
    if (!page->more || page->total < least) {
        page->total = least;
    }
    return error;
}

scim_error_t *scim_store_page(scim_page_t *out, scim_session_t *session, const scim_search_t *search)
{
    scim_search_t from = *search;
    from.after = recall(session, search);
    from.skip = from.after ? 0 : search->skip;
    scim_error_t *error = scim_store_list(out, session, &from);
    if (!error && from.after) {
        error = number(out, session, search);
    }
    if (!error) {
        remember(out, session, search);
    }
    return error;
}
