/*
 * Any bytes as JSON: an accepted text can be written and read again without a change, and json-c's strict reader
 * accepts it.
 */
#include <apr_strings.h>
#include <string.h>

#include "fuzz.h"
#include "scim/json.h"

static void check_accepted(json_object *object, const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    json_tokener *tokener = json_tokener_new_ex(FUZZ_DEPTH + 1);
    apr_size_t text_len, again_len;
    const char *text = scim_json_text(object, &text_len, pool), *again;
    json_object *other;

    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    other = json_tokener_parse_ex(tokener, bytes, (int)len);
    FUZZ_CHECK(json_object_is_type(other, json_type_object));
    json_object_put(other);
    json_tokener_free(tokener);

    FUZZ_CHECK(text_len == strlen(text) && scim_utf8_valid(text, text_len) == text_len);
    FUZZ_CHECK(!scim_json_read(&other, text, text_len, FUZZ_DEPTH, pool));
    FUZZ_CHECK(json_object_equal(object, other));
    again = scim_json_text(other, &again_len, pool);
    FUZZ_CHECK(again_len == text_len && memcmp(again, text, text_len) == 0);

    other = scim_json_copy(object, pool);
    FUZZ_CHECK(fuzz_same(scim_json_text(other, NULL, pool), text));
    other = scim_json_trusted(text, text_len, pool);
    FUZZ_CHECK(other && fuzz_same(scim_json_text(other, NULL, pool), text));
}

static void check_string(const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    scim_buf_t buf;

    scim_buf_init(&buf, 1, pool);
    scim_buf_puts(&buf, "{\"a\":");
    scim_buf_json(&buf, bytes, strnlen(bytes, len));
    scim_buf_puts(&buf, "}");
    fuzz_json_of(buf.data, buf.len, pool);
}

void fuzz_json(const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    const char *exact = apr_pmemdup(pool, bytes, len); /* no NUL at the end hides a read beyond it */
    json_object *object;
    scim_error_t *error = scim_json_read(&object, exact, len, FUZZ_DEPTH, pool);

    if (error)
        fuzz_error(error, pool);
    else
        check_accepted(object, bytes, len, pool);
    check_string(bytes, len, pool);
}
