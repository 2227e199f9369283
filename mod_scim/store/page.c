#include "page.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "scim/text.h"

/* The key of the cached position where the page with the number `start` begins. */
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

/* A position as text: the id, the index of the type among the targets, and the key after "=", if there is one. */
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

/* A cached position begins with one of these: whether a page was read from it. The total at that time and the position
 * follow. */
#define FRESH 'f'
#define USED  'u'

/* A walk reads each page once, so a fresh position is used even if resources were added or removed. A client that asks
 * again for the same page may have begun another walk, so then the position is used only if the total is still the
 * same. */
static scim_error_t *recall(const scim_position_t **out, scim_session_t *session, const scim_search_t *search)
{
    scim_memory_key_t key;
    *out = NULL;
    if (!session->memory || search->start_index <= 1 || search->count == 0) {
        return NULL;
    }
    place_key(&key, session, search, search->start_index);
    const char *text = scim_memory_recall(session, &key);
    if (!text || !*text) {
        return NULL;
    }
    char *position;
    apr_int64_t total = apr_strtoi64(text + 1, &position, 10), now = -1;
    if (*position != ' ') {
        return NULL;
    }
    if (*text == FRESH) {
        scim_memory_keep(session, &key, apr_psprintf(session->pool, "%c%s", USED, text + 1));
    } else {
        scim_error_t *error = scim_store_total(&now, session, search);
        if (error || now != total) {
            return error;
        }
    }
    *out = read_position(position + 1, search, session->pool);
    return NULL;
}

/* Caches where the next page begins. A first page that is the whole list has no next page. */
static void remember(const scim_page_t *page, apr_int64_t total, const scim_session_t *session,
                     const scim_search_t *search)
{
    scim_memory_key_t key;
    if (!session->memory || !page->last || (search->start_index <= 1 && !page->more)) {
        return;
    }
    place_key(&key, session, search, search->start_index + page->records->nelts);
    scim_memory_keep(session, &key,
                     apr_psprintf(session->pool, "%c%" APR_INT64_T_FMT " %s", FRESH, total,
                                  write_position(page->last, search, session->pool)));
}

/* Numbers a page as a part of its walk. *total is the real total, if it is known. An empty page has no numbers. */
static scim_error_t *number(apr_int64_t *total, scim_page_t *page, scim_session_t *session, const scim_search_t *search)
{
    const int empty = page->records->nelts == 0;
    apr_int64_t least = search->start_index - 1 + page->records->nelts + page->more;
    scim_error_t *error =
        (page->more || empty) && page->total < 0 ? scim_store_total(&page->total, session, search) : NULL;
    *total = page->total;
    if (empty ? page->total > least : !page->more || page->total < least) {
        page->total = least;
    }
    return error;
}

scim_error_t *scim_store_page(scim_page_t *out, scim_session_t *session, const scim_search_t *search)
{
    scim_search_t from = *search;
    scim_error_t *error = recall(&from.after, session, search);
    if (error) {
        return error;
    }
    from.skip = from.after ? 0 : search->skip;
    error = scim_store_list(out, session, &from);
    apr_int64_t total = out->total;
    if (!error && from.after) {
        error = number(&total, out, session, search);
    }
    if (!error) {
        remember(out, total, session, search);
    }
    return error;
}
