#include "scim/cursor.h"

#include <apr_strings.h>
#include <string.h>

#include "unit.h"

#define ID    "01890a5d-ac96-774b-bcce-b302099a8057"
#define BOUND "acme Key0123456 >4:User---"

/* Not cryptographic: a sum that depends on every byte, on its position and on the key. */
static void sign(unsigned char out[SCIM_CURSOR_SIGNATURE_LENGTH], const char *bytes, apr_size_t len, const void *key)
{
    unsigned sum = *(const unsigned char *)key;

    for (apr_size_t i = 0; i < len; i++)
        sum = sum * 31 + (unsigned char)bytes[i];
    for (int i = 0; i < SCIM_CURSOR_SIGNATURE_LENGTH; i++) {
        sum = sum * 1103515245 + 12345;
        out[i] = (unsigned char)(sum >> 16);
    }
}

static const scim_signer_t signer = {sign, "k"};

static const char *write_cursor(const scim_cursor_t *cursor)
{
    return scim_cursor_write(cursor, BOUND, strlen(BOUND), &signer, unit_pool);
}

static scim_error_t *read_cursor(scim_cursor_t *out, const char *text, apr_int64_t seconds)
{
    return scim_cursor_read(out, text, BOUND, strlen(BOUND), &signer, apr_time_from_sec(seconds), unit_pool);
}

static const scim_position_t *position(const char *key, const char *type)
{
    scim_position_t *out = apr_pcalloc(unit_pool, sizeof(*out));

    out->key = key;
    out->type = type;
    memcpy(out->id, ID, sizeof(out->id));
    return out;
}

static void there_and_back(void)
{
    static const char *const keys[] = {NULL, "", "a", "\xc3\xa4\n\"", "2026-01-01T00:00:00Z"};
    static const char *const types[] = {NULL, "User", ""};

    for (size_t i = 0; i < 2 * 5 * 3 + 2; i++) {
        scim_cursor_t cursor = {apr_time_from_sec(1000), (apr_int64_t)i * 100, i % 2, NULL}, read;
        const char *text;

        if (i < 2 * 5 * 3)
            cursor.after = position(keys[i / 2 % 5], types[i / 10]);
        text = write_cursor(&cursor);
        UNIT_INT(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), strlen(text));
        UNIT_OK(read_cursor(&read, text, 999));
        UNIT_INT(read.expires, cursor.expires);
        UNIT_INT(read.count, cursor.count);
        UNIT_INT(read.backward, cursor.backward);
        UNIT_INT(!read.after, !cursor.after);
        if (!cursor.after)
            continue;
        UNIT_STR(read.after->key, cursor.after->key);
        UNIT_STR(read.after->type, cursor.after->type);
        UNIT_STR(read.after->id, ID);
    }
}

/* The text comes from another implementation (Python's base64). */
static void known_text(void)
{
    scim_cursor_t cursor = {apr_time_from_sec(0x01020304), 0x0506, 1, NULL};
    scim_buf_t text;

    scim_buf_init(&text, 16, unit_pool);
    scim_buf_puts(&text, write_cursor(&cursor));
    UNIT_STR(apr_pstrmemdup(unit_pool, text.data, 10), "AQEBAgMEBQ");
    UNIT_INT(text.len, 32);
    cursor.after = position("\xff\xff?", "User");
    UNIT_STR(apr_pstrmemdup(unit_pool, write_cursor(&cursor), 40), "AQ8BAgMEBQYBiQpdrJZ3S7zOswIJmoBXBFVzZXL_");
}

#define ALIEN                                                                                                          \
    "The cursor does not belong to this query. Begin with an empty cursor, and go on with the nextCursor or "          \
    "previousCursor of a page, by the same token and with all other parameters as they were."

static void refused(void)
{
    scim_cursor_t cursor = {apr_time_from_sec(1000), 10, 0, position("key", "User")}, read;
    const char *text = write_cursor(&cursor);
    const scim_signer_t stranger = {sign, "K"};
    char *changed = apr_pstrdup(unit_pool, text);
    char *longest = apr_palloc(unit_pool, SCIM_CURSOR_LENGTH_MAX + 5);

    for (size_t i = 0; i < strlen(text); i++) {
        changed[i] = text[i] == 'x' ? 'y' : 'x';
        UNIT_ERROR(read_cursor(&read, changed, 0), SCIM_INVALID_CURSOR, ALIEN);
        changed[i] = '=';
        UNIT_ERROR(read_cursor(&read, changed, 0), SCIM_INVALID_CURSOR, ALIEN);
        changed[i] = '\0';
        UNIT_ERROR(read_cursor(&read, changed, 0), SCIM_INVALID_CURSOR, ALIEN);
        changed[i] = text[i];
    }
    UNIT_OK(read_cursor(&read, changed, 0));
    UNIT_ERROR(read_cursor(&read, apr_pstrcat(unit_pool, text, "A", NULL), 0), SCIM_INVALID_CURSOR, ALIEN);
    UNIT_ERROR(read_cursor(&read, apr_pstrcat(unit_pool, text, "=", NULL), 0), SCIM_INVALID_CURSOR, ALIEN);
    UNIT_ERROR(scim_cursor_read(&read, text, BOUND, strlen(BOUND), &stranger, 0, unit_pool), SCIM_INVALID_CURSOR,
               ALIEN);
    UNIT_ERROR(scim_cursor_read(&read, text, BOUND, strlen(BOUND) - 1, &signer, 0, unit_pool), SCIM_INVALID_CURSOR,
               ALIEN);
    memset(longest, 'A', SCIM_CURSOR_LENGTH_MAX + 4);
    longest[SCIM_CURSOR_LENGTH_MAX + 4] = '\0';
    UNIT_ERROR(read_cursor(&read, longest, 0), SCIM_INVALID_CURSOR, ALIEN);
}

static void in_time(void)
{
    scim_cursor_t cursor = {apr_time_from_sec(1000), 10, 0, NULL}, read;
    const char *text = write_cursor(&cursor);

    UNIT_OK(read_cursor(&read, text, 999));
    UNIT_ERROR(read_cursor(&read, text, 1000), SCIM_EXPIRED_CURSOR,
               "The cursor has expired. Begin again with an empty cursor, and ask for each page within the time that "
               "cursorTimeout in /ServiceProviderConfig names.");
}

static void applied(void)
{
    scim_cursor_t cursor = {0, 10, 1, position("k", NULL)};
    scim_search_t search = {.count = 10};

    UNIT_OK(scim_cursor_apply(&search, &cursor, unit_pool));
    CU_ASSERT_PTR_EQUAL(search.after, cursor.after);
    UNIT_INT(search.backward, 1);
    search.count = 11;
    UNIT_ERROR(scim_cursor_apply(&search, &cursor, unit_pool), SCIM_INVALID_COUNT,
               "The count must be the same for all pages: 10, as for the page that the cursor is from.");
}

static const char *bound(const char *tenant, const char *key_id, const char *by)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    scim_query_t asked = {.sort_by = by, .start_index = 1, .count = 4};
    apr_array_header_t *types = apr_array_make(unit_pool, 1, sizeof(const scim_resource_type_t *));
    scim_search_t *search;
    apr_size_t len;
    const char *text;

    APR_ARRAY_PUSH(types, const scim_resource_type_t *) = unit_type("User");
    UNIT_OK(scim_search_read(&search, &asked, types, &leniency, unit_pool));
    text = scim_cursor_bound(&len, search, tenant, key_id, unit_pool);
    UNIT_INT(len, strlen(text));
    return text;
}

static void what_it_is_bound_to(void)
{
    UNIT_STR(bound("acme", "Key0123456", NULL), bound("acme", "Key0123456", ""));
    UNIT_INT(strcmp(bound("acme", "Key0123456", NULL), bound("acm", "Key0123456", NULL)) != 0, 1);
    UNIT_INT(strcmp(bound("acme", "Key0123456", NULL), bound("acme", "Key0123457", NULL)) != 0, 1);
    UNIT_INT(strcmp(bound("acme", "Key0123456", NULL), bound("acme", "Key0123456", "id")) != 0, 1);
}

CU_TestInfo test_cursor[] = {
    {"there and back", there_and_back},
    {"known text", known_text},
    {"refused", refused},
    {"in time", in_time},
    {"applied", applied},
    {"what it is bound to", what_it_is_bound_to},
    CU_TEST_INFO_NULL,
};
