/*
 * Cursors of RFC 9865: a position in a search that the client keeps.
 *
 * The server keeps nothing. A cursor holds when it expires, the page's size, the direction and the position, and a
 * signature over these and over what it is bound to: whoever was given it (tenant and token) and the search, so that it
 * continues nothing else and cannot be made up. It does not hold the filter. The position's sort key can be read from
 * it by whoever it was given to, who was given the resource with it.
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
    const scim_position_t *after; /* NULL: from the start, or from the end where it goes backward */
} scim_cursor_t;

/* How cursors are signed. scim/ has no cryptography: the function is its user's. */
typedef struct scim_signer_t {
    void (*sign)(unsigned char out[SCIM_CURSOR_SIGNATURE_LENGTH], const char *bytes, apr_size_t len, const void *key);
    const void *key;
} scim_signer_t;

/* What cursors of a search are bound to, as one text. */
const char *scim_cursor_bound(apr_size_t *len, const scim_search_t *search, const char *tenant, const char *key_id,
                              apr_pool_t *pool);

const char *scim_cursor_write(const scim_cursor_t *cursor, const char *bound, apr_size_t bound_len,
                              const scim_signer_t *signer, apr_pool_t *pool);

/* Errors: 400 invalidCursor for what was not written by the same key for the same `bound`, expiredCursor for what was,
 * too long before `now`. The details don't tell what exactly is wrong (RFC 9865 5.2). */
scim_error_t *scim_cursor_read(scim_cursor_t *out, const char *text, const char *bound, apr_size_t bound_len,
                               const scim_signer_t *signer, apr_time_t now, apr_pool_t *pool);

/* Sets where the search begins. Errors: 400 invalidCount where its count is not the cursor's (RFC 9865 2.1). */
scim_error_t *scim_cursor_apply(scim_search_t *search, const scim_cursor_t *cursor, apr_pool_t *pool);

#endif
