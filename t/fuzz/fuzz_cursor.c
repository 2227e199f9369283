/*
 * Any text as a cursor. With another key than the server's it is refused. With a constant signature, so that inputs are
 * accepted, writing it again gives the same text, and the SQL contains no text of the client.
 */
#include "scim/cursor.h"

#include <string.h>

#include "fuzz.h"
#include "store/order.h"

#define BOUND "acme key"
#define NOW   apr_time_from_sec(1000)

/* Makes cursors whose last 16 bytes are 0, so the text ends with 'A's. */
static void sign_alike(unsigned char out[SCIM_CURSOR_SIGNATURE_LENGTH], const char *bytes, apr_size_t len,
                       const void *key)
{
    FUZZ_CHECK(len >= strlen(BOUND) && memcmp(bytes + len - strlen(BOUND), BOUND, strlen(BOUND)) == 0);
    FUZZ_CHECK(!key);
    memset(out, 0, SCIM_CURSOR_SIGNATURE_LENGTH);
}

/* A signature that no input is likely to have. */
static void sign_otherwise(unsigned char out[SCIM_CURSOR_SIGNATURE_LENGTH], const char *bytes, apr_size_t len,
                           const void *key)
{
    (void)key;
    memset(out, 0xa5, SCIM_CURSOR_SIGNATURE_LENGTH);
    for (apr_size_t i = 0; i < len; i++)
        out[i % 8] = (unsigned char)(out[i % 8] * 31 + (unsigned char)bytes[i]);
}

static void check_order(const scim_search_t *search, apr_pool_t *pool)
{
    static const scim_order_e parts[] = {SCIM_ORDER_NEAR, SCIM_ORDER_FAR, SCIM_ORDER_BOTH};
    const scim_order_t *order;
    scim_sql_t sql;

    FUZZ_CHECK(!scim_order_make(&order, search, pool));
    for (int i = 0; i < (scim_order_is_split(order) ? 3 : 1); i++) {
        sql.params = apr_array_make(pool, 4, sizeof(const char *));
        scim_buf_init(&sql.text, 64, pool);
        scim_order_put_after(&sql, order, parts[i]);
        for (const char *at = sql.text.data; *at; at++)
            FUZZ_CHECK(*at >= ' ' && *at < 0x7f && *at != ';');
        FUZZ_CHECK(sql.params->nelts <= 3);
    }
}

/* Continues a search with the cursor. */
static void check_search(const scim_cursor_t *cursor, const char *by, apr_array_header_t *types, apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    scim_query_t query = {.sort_by = by, .start_index = 1, .count = cursor->count, .cursor = ""};
    scim_search_t *search;

    FUZZ_CHECK(!scim_search_read(&search, &query, types, &leniency, pool));
    FUZZ_CHECK(!scim_cursor_apply(search, cursor, pool));
    FUZZ_CHECK(search->after == cursor->after && !search->backward == !cursor->backward);
    if (search->after)
        check_order(search, pool);
    search->count++;
    fuzz_error(scim_cursor_apply(search, cursor, pool), pool);
}

static void check_searches(const scim_cursor_t *cursor, apr_pool_t *pool)
{
    static const char *const sorts[] = {NULL, "displayName", "meta.created", "id", "meta.lastModified"};
    apr_array_header_t *all = apr_array_make(pool, 2, sizeof(const scim_resource_type_t *));

    for (const scim_resource_type_t *const *type = fuzz_types(); *type; type++)
        APR_ARRAY_PUSH(all, const scim_resource_type_t *) = *type;
    for (apr_size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++)
        check_search(cursor, sorts[i], all, pool);
    all->nelts = 1;
    check_search(cursor, "displayName", all, pool);
}

static void check_read(const scim_cursor_t *cursor, const char *text, const scim_signer_t *signer, apr_pool_t *pool)
{
    const char *again = scim_cursor_write(cursor, BOUND, strlen(BOUND), signer, pool);
    char id[SCIM_ID_SIZE];

    FUZZ_CHECK(cursor->expires > NOW && cursor->count >= 0 && cursor->count <= 65535);
    FUZZ_CHECK(!cursor->after || (scim_id_read(id, cursor->after->id) && fuzz_same(id, cursor->after->id)));
    /* A type or key that was cut at a NUL is shorter. */
    FUZZ_CHECK(strlen(again) < strlen(text) || fuzz_same(again, text));
    check_searches(cursor, pool);
}

void fuzz_cursor(const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    const scim_signer_t alike = {sign_alike, NULL}, otherwise = {sign_otherwise, NULL};
    scim_cursor_t cursor;
    scim_error_t *error = scim_cursor_read(&cursor, bytes, BOUND, strlen(BOUND), &alike, NOW, pool);

    (void)len;
    if (error)
        fuzz_error(error, pool);
    else
        check_read(&cursor, bytes, &alike, pool);
    error = scim_cursor_read(&cursor, bytes, BOUND, strlen(BOUND), &otherwise, NOW, pool);
    FUZZ_CHECK(error && error->type == SCIM_INVALID_CURSOR);
}
