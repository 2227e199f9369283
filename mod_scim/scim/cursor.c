#include "cursor.h"

#include <apr_encode.h>
#include <apr_strings.h>
#include <string.h>

#include "text.h"

#define VERSION     1
#define HEAD_LENGTH 8
#define ID_BYTES    16
#define TYPE_MAX    255

enum { BACKWARD = 1, AFTER = 2, TYPE = 4, KEY = 8, ALL_FLAGS = 15 };

/* ---- what a cursor is bound to ---- */

const char *scim_cursor_bound(apr_size_t *len, const scim_search_t *search, const char *tenant, const char *key_id,
                              apr_pool_t *pool)
{
    scim_buf_t out;

    scim_buf_init(&out, 256, pool);
    scim_buf_printf(&out, "%s %s ", tenant, key_id);
    scim_search_identify(&out, search);
    *len = out.len;
    return out.data;
}

/* The signature of the first `len` bytes of a cursor and of `bound`. `len` is signed too, so no other pair gives the
 * same text. */
static void sign(unsigned char out[SCIM_CURSOR_SIGNATURE_LENGTH], const char *bytes, apr_size_t len, const char *bound,
                 apr_size_t bound_len, const scim_signer_t *signer, apr_pool_t *pool)
{
    scim_buf_t text;

    scim_buf_init(&text, len + bound_len + 32, pool);
    scim_buf_printf(&text, "scim cursor %" APR_SIZE_T_FMT " ", len);
    scim_buf_add(&text, bytes, len);
    scim_buf_add(&text, bound, bound_len);
    signer->sign(out, text.data, text.len, signer->key);
}

/* Compares in constant time, so that the time does not show where the signatures differ. */
static int is_same(const unsigned char *one, const unsigned char *other)
{
    volatile unsigned char difference = 0;

    for (int i = 0; i < SCIM_CURSOR_SIGNATURE_LENGTH; i++)
        difference = (unsigned char)(difference | (one[i] ^ other[i]));
    return !difference;
}

/* ---- writing ---- */

static void put_number(scim_buf_t *out, apr_uint64_t number, int bytes)
{
    while (bytes--) {
        const char byte = (char)(number >> (8 * bytes) & 255);

        scim_buf_add(out, &byte, 1);
    }
}

/* Writes the 16 bytes of a UUID in lower case. */
static void put_id(scim_buf_t *out, const char *id)
{
    for (int i = 0; i < ID_BYTES; i++) {
        unsigned byte = 0;

        for (int half = 0; half < 2; half++, id++) {
            id += *id == '-';
            byte = byte << 4 | (unsigned)(*id <= '9' ? *id - '0' : *id - 'a' + 10);
        }
        put_number(out, byte, 1);
    }
}

static void put_position(scim_buf_t *out, const scim_position_t *position)
{
    put_id(out, position->id);
    if (position->type) {
        put_number(out, strlen(position->type), 1);
        scim_buf_puts(out, position->type);
    }
    if (position->key)
        scim_buf_puts(out, position->key);
}

static int flags_of(const scim_cursor_t *cursor)
{
    const scim_position_t *after = cursor->after;

    return (cursor->backward ? BACKWARD : 0) | (after ? AFTER : 0) | (after && after->type ? TYPE : 0) |
           (after && after->key ? KEY : 0);
}

const char *scim_cursor_write(const scim_cursor_t *cursor, const char *bound, apr_size_t bound_len,
                              const scim_signer_t *signer, apr_pool_t *pool)
{
    unsigned char signature[SCIM_CURSOR_SIGNATURE_LENGTH];
    scim_buf_t out;

    scim_buf_init(&out, 128, pool);
    put_number(&out, VERSION, 1);
    put_number(&out, (apr_uint64_t)flags_of(cursor), 1);
    put_number(&out, (apr_uint64_t)apr_time_sec(cursor->expires), 4);
    put_number(&out, (apr_uint64_t)cursor->count, 2);
    if (cursor->after)
        put_position(&out, cursor->after);
    sign(signature, out.data, out.len, bound, bound_len, signer, pool);
    scim_buf_add(&out, (const char *)signature, sizeof(signature));
    return apr_pencode_base64_binary(pool, (const unsigned char *)out.data, (apr_ssize_t)out.len, APR_ENCODE_BASE64URL,
                                     NULL);
}

/* ---- reading ---- */

/* The bytes of a cursor; NULL: the text is not base64 in the one form that the server writes. */
static const char *read_text(apr_size_t *len, const char *text, apr_pool_t *pool)
{
    const unsigned char *bytes;

    if (strlen(text) > SCIM_CURSOR_LENGTH_MAX)
        return NULL;
    bytes = apr_pdecode_base64_binary(pool, text, APR_ENCODE_STRING, APR_ENCODE_NONE, len);
    if (!bytes ||
        strcmp(text, apr_pencode_base64_binary(pool, bytes, (apr_ssize_t)*len, APR_ENCODE_BASE64URL, NULL)) != 0)
        return NULL;
    return (const char *)bytes;
}

static scim_error_t *invalid(const char *cause, apr_pool_t *pool)
{
    scim_error_t *error = scim_error_typed(
        pool, SCIM_INVALID_CURSOR,
        "The cursor does not belong to this query. Begin with an empty cursor, and go on with the nextCursor or "
        "previousCursor of a page, by the same token and with all other parameters as they were.");

    error->cause = cause;
    return error;
}

static apr_uint64_t read_number(const char *bytes, int len)
{
    apr_uint64_t number = 0;

    while (len--)
        number = number << 8 | (unsigned char)*bytes++;
    return number;
}

static void read_id(char id[SCIM_ID_SIZE], const char *bytes)
{
    static const char hex[] = "0123456789abcdef";

    for (int i = 0; i < ID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *id++ = '-';
        *id++ = hex[(unsigned char)bytes[i] >> 4];
        *id++ = hex[(unsigned char)bytes[i] & 15];
    }
    *id = '\0';
}

/* Reads the signed bytes bytes[0..len); 0: their format is unknown. */
static int read_position(scim_position_t *out, int flags, const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    apr_size_t type_len;

    if (len < ID_BYTES)
        return 0;
    read_id(out->id, bytes);
    bytes += ID_BYTES;
    len -= ID_BYTES;
    if (flags & TYPE) {
        type_len = len ? (apr_size_t)read_number(bytes, 1) : TYPE_MAX;
        if (len < type_len + 1)
            return 0;
        out->type = apr_pstrmemdup(pool, bytes + 1, type_len);
        bytes += type_len + 1;
        len -= type_len + 1;
    }
    if (flags & KEY)
        out->key = apr_pstrmemdup(pool, bytes, len);
    return flags & KEY || !len;
}

static int read_body(scim_cursor_t *out, const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    const int flags = bytes[1];
    scim_position_t *after = apr_pcalloc(pool, sizeof(*after));

    memset(out, 0, sizeof(*out));
    if (bytes[0] != VERSION || flags & ~ALL_FLAGS)
        return 0;
    out->expires = apr_time_from_sec((apr_int64_t)read_number(bytes + 2, 4));
    out->count = (apr_int64_t)read_number(bytes + 6, 2);
    out->backward = flags & BACKWARD;
    out->after = flags & AFTER ? after : NULL;
    return flags & AFTER ? read_position(after, flags, bytes + HEAD_LENGTH, len - HEAD_LENGTH, pool)
                         : len == HEAD_LENGTH && !(flags & (TYPE | KEY));
}

scim_error_t *scim_cursor_read(scim_cursor_t *out, const char *text, const char *bound, apr_size_t bound_len,
                               const scim_signer_t *signer, apr_time_t now, apr_pool_t *pool)
{
    unsigned char signature[SCIM_CURSOR_SIGNATURE_LENGTH];
    apr_size_t len, body;
    const char *bytes = read_text(&len, text, pool);

    if (!bytes || len < HEAD_LENGTH + sizeof(signature))
        return invalid("not of a cursor's form", pool);
    body = len - sizeof(signature);
    sign(signature, bytes, body, bound, bound_len, signer, pool);
    if (!is_same(signature, (const unsigned char *)bytes + body))
        return invalid("made up, or of another query, tenant or token", pool);
    if (!read_body(out, bytes, body, pool))
        return invalid("written by another version of mod_scim", pool);
    if (now >= out->expires)
        return scim_error_typed(
            pool, SCIM_EXPIRED_CURSOR,
            "The cursor has expired. Begin again with an empty cursor, and ask for each page within "
            "the time that cursorTimeout in /ServiceProviderConfig names.");
    return NULL;
}

scim_error_t *scim_cursor_apply(scim_search_t *search, const scim_cursor_t *cursor, apr_pool_t *pool)
{
    if (search->count != cursor->count)
        return scim_error_typed(pool, SCIM_INVALID_COUNT,
                                "The count must be the same for all pages: %" APR_INT64_T_FMT
                                ", as for the page that the cursor is from.",
                                cursor->count);
    search->after = cursor->after;
    search->backward = cursor->backward;
    return NULL;
}
