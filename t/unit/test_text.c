#include "scim/text.h"

#include <apr_strings.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

static const char *json_of(const char *text, apr_size_t len)
{
    scim_buf_t buf;
    scim_buf_init(&buf, 0, unit_pool);
    scim_buf_json(&buf, text, len);
    UNIT_INT(buf.len, strlen(buf.data));
    return buf.data;
}

static void buffers_grow(void)
{
    scim_buf_t buf;
    scim_buf_init(&buf, 4, unit_pool);
    UNIT_STR(buf.data, "");
    scim_buf_puts(&buf, "abc");
    UNIT_INT(buf.size, 4);
    scim_buf_puts(&buf, "d");
    UNIT_INT(buf.size, 8);
    scim_buf_printf(&buf, "%d-%s", 42, "a long text that needs more room than there is");
    UNIT_STR(buf.data, "abcd42-a long text that needs more room than there is");
    UNIT_INT(buf.len, 53);
    scim_buf_add(&buf, "x", 0);
    UNIT_INT(buf.len, 53);
}

static void blanks(void)
{
    static const struct {
        const char *text, *trimmed;
    } cases[] = {
        {"", ""},
        {" \t\n\r\x01\x7f", ""},
        {"a", "a"},
        {"  a b\t", "a b"},
        {"\xc2\xa0", ""},
        {"\xe3\x80\x80\xc2\xa0"
         "0\xe2\x80\x8b",
         "0"},
        {"\xef\xbb\xbf\xe2\x80\xaf", ""},
        {"\xf3\xa0\x80\x81", ""},
        {"\xc3\xa4 \xf0\x9f\x98\x80", "\xc3\xa4 \xf0\x9f\x98\x80"},
        {"\xe2\x82\xac\xe1\x85\xa0", "\xe2\x82\xac"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        apr_size_t len;
        const char *start = scim_text_trim(&len, cases[i].text);
        UNIT_STR(apr_pstrmemdup(unit_pool, start, len), cases[i].trimmed);
        UNIT_INT(scim_text_blank(cases[i].text), len == 0);
    }
}

static void tidy_names(void)
{
    static const struct {
        const char *text, *tidy;
    } cases[] = {
        {"", ""},
        {"a", "a"},
        {"  a   b ", "a b"},
        {"\xc2\xa0\x61\xe3\x80\x80\xe2\x80\x83z\xc2\xa0", "a z"},
        {" \xe2\x80\xaf ", ""},
        {"\xc3\xa4 \xf0\x9f\x98\x80", "\xc3\xa4 \xf0\x9f\x98\x80"},
        {"a\xe2\x80\x8d\x62", "a\xe2\x80\x8d\x62"}, /* a joiner has no width */
        {"a\tb", "a\tb"},
        {"a\xc2", "a\xc2"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        UNIT_STR(scim_text_tidy(cases[i].text, unit_pool), cases[i].tidy);
    }
}

static void json_strings(void)
{
    UNIT_STR(json_of("", 0), "\"\"");
    UNIT_STR(json_of("a/b", 3), "\"a/b\"");
    UNIT_STR(json_of("\"\\\b\f\n\r\t", 7), "\"\\\"\\\\\\b\\f\\n\\r\\t\"");
    UNIT_STR(json_of("a\0b\x01\x1f\x7f", 6), "\"a\\u0000b\\u0001\\u001f\\u007f\"");
    UNIT_STR(json_of("\xe2\x82\xac", 3), "\"\xe2\x82\xac\"");
    UNIT_STR(json_of("\xe2\x82", 2), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

static apr_size_t valid(const char *text)
{
    return scim_utf8_valid(text, strlen(text));
}

static void utf8(void)
{
    UNIT_INT(valid(""), 0);
    UNIT_INT(valid("plain ASCII, more than eight bytes"), 34);
    UNIT_INT(valid("\xc2\x80 \xdf\xbf"), 5);
    UNIT_INT(valid("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"), 12);
    UNIT_INT(valid("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"), 8);
    UNIT_INT(valid("12345678\x80"), 8);      /* only a continuation byte */
    UNIT_INT(valid("a\xc0\x80"), 1);         /* overlong */
    UNIT_INT(valid("a\xc1\xbf"), 1);         /* overlong */
    UNIT_INT(valid("a\xe0\x9f\xbf"), 1);     /* overlong */
    UNIT_INT(valid("a\xf0\x8f\xbf\xbf"), 1); /* overlong */
    UNIT_INT(valid("a\xed\xa0\x80"), 1);     /* a surrogate */
    UNIT_INT(valid("a\xf4\x90\x80\x80"), 1); /* beyond U+10FFFF */
    UNIT_INT(valid("a\xf5\x80\x80\x80"), 1);
    UNIT_INT(valid("a\xff"), 1);
    UNIT_INT(valid("ab\xe2\x82"), 2); /* cut off */
    UNIT_INT(valid("ab\xe2\x82\x41"), 2);
    UNIT_INT(scim_utf8_valid("a\0b", 3), 3);
}

static void ids_are_uuids(void)
{
    char id[SCIM_ID_SIZE], next[SCIM_ID_SIZE], read[SCIM_ID_SIZE];
    const apr_time_t before = apr_time_now() / 1000;
    scim_id_make(id);
    const apr_time_t after = apr_time_now() / 1000;
    UNIT_INT(strlen(id), 36);
    UNIT_INT(id[14], '7');
    CU_ASSERT_PTR_NOT_NULL(strchr("89ab", id[19]));
    UNIT_INT(scim_id_read(read, id), 1);
    UNIT_STR(read, id);

    unsigned high, low;
    UNIT_INT(sscanf(id, "%8x-%4x", &high, &low), 2);
    const apr_time_t made = (apr_time_t)high << 16 | low;
    CU_ASSERT(made >= before && made <= after);

    while (apr_time_now() / 1000 == after) /* the next millisecond */
        ;
    scim_id_make(next);
    CU_ASSERT(strcmp(id, next) < 0);
}

static void ids_are_read(void)
{
    char id[SCIM_ID_SIZE];
    UNIT_INT(scim_id_read(id, "0190A1B2-C3D4-7E5F-8ABC-0123456789AB"), 1);
    UNIT_STR(id, "0190a1b2-c3d4-7e5f-8abc-0123456789ab");
    UNIT_INT(scim_id_read(id, ""), 0);
    UNIT_INT(scim_id_read(id, "0190a1b2-c3d4-7e5f-8abc-0123456789a"), 0);
    UNIT_INT(scim_id_read(id, "0190a1b2-c3d4-7e5f-8abc-0123456789abc"), 0);
    UNIT_INT(scim_id_read(id, "0190a1b2-c3d4-7e5f-8abc-0123456789ag"), 0);
    UNIT_INT(scim_id_read(id, "0190a1b2c3d4-7e5f-8abc-0123456789ab-"), 0);
    UNIT_INT(scim_id_read(id, "{190a1b2-c3d4-7e5f-8abc-0123456789a}"), 0);
}

static const char *format(apr_time_t time)
{
    static char text[SCIM_TIME_SIZE];
    scim_time_format(text, time);
    return text;
}

static void times_are_written(void)
{
    UNIT_STR(format(0), "1970-01-01T00:00:00.000000Z");
    UNIT_STR(format(APR_INT64_C(1234567890123456)), "2009-02-13T23:31:30.123456Z");
    UNIT_STR(format(APR_INT64_C(951782399999999)), "2000-02-28T23:59:59.999999Z");
}

static apr_time_t read_time(const char *text)
{
    apr_time_t time = -1;
    UNIT_INT(scim_time_read(&time, text), 1);
    return time;
}

static void times_are_read(void)
{
    UNIT_INT(read_time("1970-01-01T00:00:00Z"), 0);
    UNIT_INT(read_time("2009-02-13T23:31:30.123456Z"), 1234567890123456);
    UNIT_INT(read_time("2009-02-13T23:31:30.1234569Z"), 1234567890123456);
    UNIT_INT(read_time("2009-02-13T23:31:30.1Z"), 1234567890100000);
    UNIT_INT(read_time("2009-02-14T01:31:30+02:00"), 1234567890000000);
    UNIT_INT(read_time("2009-02-13T18:01:30-05:30"), 1234567890000000);
    UNIT_INT(read_time("2009-02-13T23:31:30"), 1234567890000000);
    UNIT_INT(read_time("2009-02-13T24:00:00Z"), read_time("2009-02-14T00:00:00Z"));
    UNIT_INT(read_time("1969-12-31T23:59:59.5Z"), -500000);
    UNIT_STR(format(read_time("2024-02-29T12:00:00Z")), "2024-02-29T12:00:00.000000Z");
    UNIT_STR(format(read_time("2100-03-01T00:00:00Z")), "2100-03-01T00:00:00.000000Z");
    UNIT_STR(format(read_time("0001-01-01T00:00:00Z")), "0001-01-01T00:00:00.000000Z");
    UNIT_STR(format(read_time("9999-12-31T23:59:59.999999Z")), "9999-12-31T23:59:59.999999Z");
}

static void times_are_refused(void)
{
    static const char *const texts[] = {"",
                                        "2009",
                                        "2009-02-13",
                                        "2009-02-13 23:31:30Z",
                                        "2009-02-13t23:31:30Z",
                                        "2009-02-13T23:31:30z",
                                        "2009-02-13T23:31Z",
                                        "2009-13-01T00:00:00Z",
                                        "2009-00-01T00:00:00Z",
                                        "2009-02-29T00:00:00Z",
                                        "2009-04-31T00:00:00Z",
                                        "2009-02-00T00:00:00Z",
                                        "2100-02-29T00:00:00Z",
                                        "2009-02-13T25:00:00Z",
                                        "2009-02-13T24:00:01Z",
                                        "2009-02-13T24:00:00.1Z",
                                        "2009-02-13T23:60:00Z",
                                        "2009-02-13T23:31:60Z",
                                        "2009-02-13T23:31:30.Z",
                                        "2009-02-13T23:31:30+15:00",
                                        "2009-02-13T23:31:30+14:01",
                                        "2009-02-13T23:31:30+0200",
                                        "2009-02-13T23:31:30+02",
                                        "2009-02-13T23:31:30ZZ",
                                        "2009-02-13T23:31:30Z ",
                                        " 2009-02-13T23:31:30Z",
                                        "0000-01-01T00:00:00Z",
                                        "-2009-02-13T23:31:30Z",
                                        "12009-02-13T23:31:30Z",
                                        "9-2-13T23:31:30Z"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        apr_time_t time;
        if (!UNIT_INT(scim_time_read(&time, texts[i]), 0))
            UNIT_STR("accepted", texts[i]);
    }
}

static const char *hidden_code(const char *text)
{
    apr_uint32_t code;

    return scim_hidden_find(&code, text) ? apr_psprintf(unit_pool, "U+%04X", (unsigned)code) : NULL;
}

static void hidden_characters(void)
{
    static const char *const seen[] = {"",         "a b",      "Zo\u00eb", "\u4e2d\u6587", "\U0001f600",
                                       "a\u200db", "a\u200cb", "\u00a0",   "\u2070"};
    static const char *const hidden[][3] = {
        {"a\tb", "U+0009", "a\\u0009b"},
        {"\x1b[2J", "U+001B", "\\u001b[2J"},
        {"a\x7f", "U+007F", "a\\u007f"},
        {"\xc2\x9b", "U+009B", "\\u009b"},
        {"x\u061c", "U+061C", "x\\u061c"},
        {"\u200b", "U+200B", "\\u200b"},
        {"\u200e", "U+200E", "\\u200e"},
        {"\u200f", "U+200F", "\\u200f"},
        {"\u2028", "U+2028", "\\u2028"},
        {"\u202a", "U+202A", "\\u202a"},
        {"a\u202eb\u202c", "U+202E", "a\\u202eb\\u202c"},
        {"\u2066", "U+2066", "\\u2066"},
        {"\u2069", "U+2069", "\\u2069"},
        {"\u2060", "U+2060", "\\u2060"},
        {"\ufeff", "U+FEFF", "\\ufeff"},
        {"a\x9bz", "U+009B", "a\\u009bz"},
    };

    for (size_t i = 0; i < sizeof(seen) / sizeof(*seen); i++) {
        UNIT_STR(hidden_code(seen[i]), NULL);
        CU_ASSERT_PTR_EQUAL(scim_hidden_escape(seen[i], unit_pool), seen[i]);
    }
    for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++) {
        UNIT_STR(hidden_code(hidden[i][0]), hidden[i][1]);
        UNIT_STR(scim_hidden_escape(hidden[i][0], unit_pool), hidden[i][2]);
    }
    UNIT_STR(hidden_code("\xe2\x80"), NULL); /* cut */
    UNIT_STR(hidden_code("\xe2\x80\x1b"), "U+001B");
}

CU_TestInfo test_text[] = {{"buffers grow", buffers_grow},
                           {"JSON strings", json_strings},
                           {"blanks", blanks},
                           {"names are tidied", tidy_names},
                           {"characters that nobody sees", hidden_characters},
                           {"UTF-8", utf8},
                           {"ids are UUIDs of version 7", ids_are_uuids},
                           {"ids are read", ids_are_read},
                           {"times are written", times_are_written},
                           {"times are read", times_are_read},
                           {"times are refused", times_are_refused},
                           CU_TEST_INFO_NULL};
