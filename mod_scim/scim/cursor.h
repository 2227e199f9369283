/*
 * Cursors of RFC 9865: positions in a search, stored by the client.
 *
 * The server stores nothing. A cursor contains its expiry, the page's size, the direction and the position, and a
 * signature over these and over what it is bound to: tenant, token and search. So it cannot be forged or used for
 * another search. It does not contain the filter. The client can read the sort key of the position from it, but has
 * already got that resource.
 *
 * Text: base64url without padding, [A-Za-z0-9_-], of
 *   version (1 byte), flags (1), expiry (4, seconds since 1970), count (2), [id (16)], [length (1) and type's name],
 *   [sort key], signature (16). Numbers have the high byte first.
 */
#ifndef SCIM_CURSOR_H
#define SCIM_CURSOR_H

#include "search.h"

/* Characters of the longest cursor that is read: httpd's longest request line. */
#define SCIM_CURSOR_LENGTH_MAX 8190

#define SCIM_CURSOR_SIGNATURE_LENGTH 16

typedef struct scim_cursor_t {
    apr_time_t expires; /* to the second */
    apr_int64_t count;  /* at most 65535 */
    int backward;
    const scim_position_t *after; /* NULL: from the start, or backward from the end */
} scim_cursor_t;

/* How cursors are signed. scim/ has no cryptography: the caller provides the function. */
typedef struct scim_signer_t {
    void (*sign)(unsigned char out[SCIM_CURSOR_SIGNATURE_LENGTH], const char *bytes, apr_size_t len, const void *key);
    const void *key;
} scim_signer_t;

/* What cursors of a search are bound to, as one text. */
const char *scim_cursor_bound(apr_size_t *len, const scim_search_t *search, const char *tenant, const char *key_id,
                              apr_pool_t *pool);

const char *scim_cursor_write(const scim_cursor_t *cursor, const char *bound, apr_size_t bound_len,
                              const scim_signer_t *signer, apr_pool_t *pool);

/* Errors: 400 invalidCursor if it was not written with the same key for the same `bound`, expiredCursor if it has
 * expired at `now`. The details don't say what exactly is wrong (RFC 9865 5.2). */
scim_error_t *scim_cursor_read(scim_cursor_t *out, const char *text, const char *bound, apr_size_t bound_len,
                               const scim_signer_t *signer, apr_time_t now, apr_pool_t *pool);

/* Sets where the search begins. Errors: 400 invalidCount if its count is not the cursor's (RFC 9865 2.1). */
scim_error_t *scim_cursor_apply(scim_search_t *search, const scim_cursor_t *cursor, apr_pool_t *pool);

#endif
