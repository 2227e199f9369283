#include "walk.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "resources_private.h"
#include "scim/cursor.h"

/* HMAC-SHA-256, truncated to the length of a cursor's signature (RFC 2104 5). */
static void sign(unsigned char out[SCIM_CURSOR_SIGNATURE_LENGTH], const char *bytes, apr_size_t len, const void *key)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    HMAC(EVP_sha256(), key, SCIM_SECRET_LENGTH, (const unsigned char *)bytes, len, digest, NULL);
    memcpy(out, digest, SCIM_CURSOR_SIGNATURE_LENGTH);
}

/* The data for making and reading the cursors of one search. */
typedef struct maker_t {
    scim_signer_t signer;
    const char *bound;
    apr_size_t bound_len;
    apr_pool_t *pool;
} maker_t;

static scim_error_t *read_cursor(const maker_t *maker, scim_search_t *search)
{
    scim_cursor_t cursor;
    if (!*search->cursor) {
        return NULL;
    }
    scim_error_t *error = scim_cursor_read(&cursor, search->cursor, maker->bound, maker->bound_len, &maker->signer,
                                           apr_time_now(), maker->pool);
    return error ? error : scim_cursor_apply(search, &cursor, maker->pool);
}

static const char *make_cursor(const maker_t *maker, const scim_walk_t *walk, const scim_search_t *search, int backward,
                               const scim_position_t *after)
{
    scim_cursor_t cursor = {apr_time_now() + walk->timeout + apr_time_from_sec(1), search->count, backward, after};
    return scim_cursor_write(&cursor, maker->bound, maker->bound_len, &maker->signer, maker->pool);
}

/* In the direction of reading there is a cursor only if more resources follow; in the other direction always. An empty
 * page, whose resources were all deleted, has no cursor in the direction of reading; the client starts again. */
static void make_cursors(scim_walk_t *walk, const maker_t *maker, const scim_page_t *page, const scim_search_t *search)
{
    walk->next = walk->previous = NULL;
    if (search->count == 0) {
        return;
    }
    if (search->backward ? search->after != NULL : page->more) {
        walk->next = make_cursor(maker, walk, search, 0, page->last);
    }
    if (search->backward ? page->more : search->after != NULL) {
        walk->previous = make_cursor(maker, walk, search, 1, page->first);
    }
}

scim_error_t *scim_store_walk(scim_page_t *out, scim_walk_t *walk, scim_session_t *session, scim_search_t *search)
{
    maker_t maker = {.signer = {sign, scim_conn_secret(session->conn)}, .pool = session->pool};
    maker.bound = scim_cursor_bound(&maker.bound_len, search, session->tenant, session->token->key_id, session->pool);
    scim_error_t *error = read_cursor(&maker, search);
    if (error) {
        return scim_refuse(session, error);
    }
    error = scim_store_list(out, session, search);
    if (!error) {
        make_cursors(walk, &maker, out, search);
    }
    return error;
}
