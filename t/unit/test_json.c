#include "scim/json.h"

#include <apr_strings.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scim/text.h"
#include "unit.h"

#define DEPTH 4

static scim_error_t *read_len(json_object **out, const char *bytes, apr_size_t len)
{
    /* A copy without a NUL after it, so that a sanitizer notices a read beyond the end. */
    char *copy = calloc(1, len ? len : 1);
    memcpy(copy, bytes, len);
    scim_error_t *error = scim_json_read(out, copy, len, DEPTH, unit_pool);
    free(copy);
    return error;
}

static json_object *reads(const char *text)
{
    json_object *object = NULL;
    UNIT_OK(read_len(&object, text, strlen(text)));
    return object;
}

static json_object *reads_value(const char *value)
{
    return json_object_object_get(reads(apr_pstrcat(unit_pool, "{\"v\":", value, "}", NULL)), "v");
}

static const char *round_trip(const char *text)
{
    return scim_json_text(reads(text), NULL, unit_pool);
}

static void accepted(void)
{
    UNIT_STR(round_trip("{}"), "{}");
    UNIT_STR(round_trip(" \t\r\n{ \"a\" : [ ] , \"b\" : [ 1 , null , true , false , { } ] } \n"),
             "{\"a\":[],\"b\":[1,null,true,false,{}]}");
    UNIT_STR(round_trip("{\"\":\"\",\"a\":{\"a\":{\"a\":{\"a\":1}}}}"), "{\"\":\"\",\"a\":{\"a\":{\"a\":{\"a\":1}}}}");
    UNIT_STR(round_trip("{\"a\":[[[1]]],\"A\":2}"), "{\"a\":[[[1]]],\"A\":2}");
}

static void strings(void)
{
    UNIT_STR(json_object_get_string(reads_value("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"")), "a\"\\/\b\f\n\r\tz");
    UNIT_STR(json_object_get_string(reads_value("\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\"")),
             "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    UNIT_STR(json_object_get_string(reads_value("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f\"")),
             "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f");
    UNIT_STR(json_object_get_string(reads_value("\"\\uffff\\u0001\"")), "\xef\xbf\xbf\x01");
    UNIT_STR(round_trip("{\"a\\u0062\\n\":\"http:\\/\\/x\"}"), "{\"ab\\n\":\"http://x\"}");
    UNIT_STR(round_trip("{\"a\":\"x\\ny\",\"b\":\"plain\",\"c\":\"\\t\",\"d\":\"\"}"),
             "{\"a\":\"x\\ny\",\"b\":\"plain\",\"c\":\"\\t\",\"d\":\"\"}");
}

static void numbers(void)
{
    UNIT_INT(json_object_get_int64(reads_value("0")), 0);
    UNIT_INT(json_object_get_int64(reads_value("-0")), 0);
    UNIT_INT(json_object_get_int64(reads_value("-17")), -17);
    UNIT_INT(json_object_get_int64(reads_value("9223372036854775807")), LLONG_MAX);
    UNIT_INT(json_object_get_int64(reads_value("-9223372036854775808")), LLONG_MIN);
    UNIT_INT(json_object_get_type(reads_value("9223372036854775807")), json_type_int);
    UNIT_INT(json_object_get_type(reads_value("9223372036854775808")), json_type_double);
    UNIT_INT(json_object_get_type(reads_value("1.0")), json_type_double);
    CU_ASSERT_EQUAL(json_object_get_double(reads_value("-1.25e2")), -125.0);
}

static void numbers_keep_their_digits(void)
{
    static const char *const texts[] = {"{\"v\":9223372036854775808}",
                                        "{\"v\":-9223372036854775809}",
                                        "{\"v\":18446744073709551616}",
                                        "{\"v\":1.10}",
                                        "{\"v\":-0.0}",
                                        "{\"v\":1E+2}",
                                        "{\"v\":0e0}",
                                        "{\"v\":0.1000000000000000055511151231257827}",
                                        "{\"v\":[1.50,{\"w\":2.00}]}"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        json_object *object = reads(texts[i]);
        UNIT_STR(scim_json_text(object, NULL, unit_pool), texts[i]);
        UNIT_STR(scim_json_text(scim_json_copy(object, unit_pool), NULL, unit_pool), texts[i]);
    }
}

/* Each error of the reader, with its position. */
static void refused(void)
{
    static const struct {
        const char *text;
        const char *detail; /* after "The JSON is not valid: " */
    } cases[] = {
        {"[]", "line 1, column 1: expected an object, found '['"},
        {"\"a\"", "line 1, column 1: expected an object, found '\"'"},
        {"null", "line 1, column 1: expected an object, found 'n'"},
        {"\xef\xbb\xbf{}", "line 1, column 1: the text begins with a byte order mark"},
        {"\xff\xfe{", "line 1, column 1: expected an object, found byte 0xff"},
        {"// a\n{}", "line 1, column 1: expected an object, found a comment"},
        {"{", "line 1, column 2: expected a member name, found the end of the text"},
        {"{} {}", "line 1, column 4: expected the end of the text, found '{'"},
        {"{}}", "line 1, column 3: expected the end of the text, found '}'"},
        {"{}\n// a", "line 2, column 1: expected the end of the text, found a comment"},
        {"{/**/}", "line 1, column 2: expected a member name, found a comment"},
        {"{a:1}", "line 1, column 2: expected a member name, found 'a'"},
        {"{'a':1}", "line 1, column 2: expected a member name, found '''"},
        {"{\"a\" 1}", "line 1, column 6: expected ':', found '1'"},
        {"{\"a\":}", "line 1, column 6: expected a value, found '}'"},
        {"{\"a\":1,}", "line 1, column 8: expected a member name, found '}'"},
        {"{,}", "line 1, column 2: expected a member name, found ','"},
        {"{\"a\":1 \"b\":2}", "line 1, column 8: expected ',' or '}', found '\"'"},
        {"{\"a\":1", "line 1, column 7: expected ',' or '}', found the end of the text"},
        {"{\"a\":1]", "line 1, column 7: expected ',' or '}', found ']'"},
        {"{\"a\":[1,]}", "line 1, column 9: expected a value, found ']'"},
        {"{\"a\":[,1]}", "line 1, column 7: expected a value, found ','"},
        {"{\"a\":[1 2]}", "line 1, column 9: expected ',' or ']', found '2'"},
        {"{\"a\":[1}", "line 1, column 8: expected ',' or ']', found '}'"},
        {"{\"a\":[", "line 1, column 7: expected a value, found the end of the text"},
        {"{\n  \"a\": 1, # no\n}", "line 2, column 11: expected a member name, found a comment"},
        /* literals */
        {"{\"a\":True}", "line 1, column 6: expected a value, found 'T'"},
        {"{\"a\":nul}", "line 1, column 6: expected a value, found 'n'"},
        {"{\"a\":t", "line 1, column 6: expected a value, found 't'"},
        {"{\"a\":truely}", "line 1, column 10: expected ',' or '}', found 'l'"},
        {"{\"a\":NaN}", "line 1, column 6: expected a value, found 'N'"},
        {"{\"a\":Infinity}", "line 1, column 6: expected a value, found 'I'"},
        {"{\"a\":-Infinity}", "line 1, column 7: expected a digit, found 'I'"},
        {"{\"a\":\v1}", "line 1, column 6: expected a value, found byte 0x0b"},
        {"{\"a\":\xc2\xa0"
         "1}",
         "line 1, column 6: expected a value, found byte 0xc2"},
        /* numbers */
        {"{\"a\":+1}", "line 1, column 6: expected a value, found '+'"},
        {"{\"a\":.5}", "line 1, column 6: expected a value, found '.'"},
        {"{\"a\":-}", "line 1, column 7: expected a digit, found '}'"},
        {"{\"a\":01}", "line 1, column 6: a number must not begin with 0"},
        {"{\"a\":-00}", "line 1, column 6: a number must not begin with 0"},
        {"{\"a\":1.}", "line 1, column 8: expected a digit, found '}'"},
        {"{\"a\":1.e5}", "line 1, column 8: expected a digit, found 'e'"},
        {"{\"a\":1e}", "line 1, column 8: expected a digit, found '}'"},
        {"{\"a\":1e+}", "line 1, column 9: expected a digit, found '}'"},
        {"{\"a\":0x10}", "line 1, column 7: expected ',' or '}', found 'x'"},
        {"{\"a\":1_0}", "line 1, column 7: expected ',' or '}', found '_'"},
        {"{\"a\":1e400}", "line 1, column 6: a number is out of range"},
        {"{\"a\":-1e400}", "line 1, column 6: a number is out of range"},
        {"{\"a\":1e-400}", "line 1, column 6: a number is out of range"},
        {"{\"a\":0e-20000}", "line 1, column 6: a number is out of range"},
        {"{\"a\":1", "line 1, column 7: expected ',' or '}', found the end of the text"},
        {"{\"a\":-", "line 1, column 7: expected a digit, found the end of the text"},
        /* strings */
        {"{\"a", "line 1, column 4: the text ends inside a string"},
        {"{\"a\":\"b", "line 1, column 8: the text ends inside a string"},
        {"{\"a\":\"b\\", "line 1, column 9: the text ends inside a string"},
        {"{\"a\":\"b\nc\"}", "line 1, column 8: control character 0x0a in a string must be escaped"},
        {"{\"a\":\"\x1f\"}", "line 1, column 7: control character 0x1f in a string must be escaped"},
        {"{\"a\tb\":1}", "line 1, column 4: control character 0x09 in a string must be escaped"},
        {"{\"a\":\"\\x41\"}", "line 1, column 7: unknown escape sequence in a string"},
        {"{\"a\":\"\\'\"}", "line 1, column 7: unknown escape sequence in a string"},
        {"{\"a\":\"\\U0041\"}", "line 1, column 7: unknown escape sequence in a string"},
        {"{\"a\":\"\\u12\"}", "line 1, column 7: \\u needs four hexadecimal digits"},
        {"{\"a\":\"\\u12g4\"}", "line 1, column 7: \\u needs four hexadecimal digits"},
        {"{\"a\":\"\\u1", "line 1, column 7: \\u needs four hexadecimal digits"},
        {"{\"a\":\"\\u+123\"}", "line 1, column 7: \\u needs four hexadecimal digits"},
        {"{\"a\":\"x\\u0000\"}", "line 1, column 8: \\u0000 is not allowed"},
        {"{\"\\u0000\":1}", "line 1, column 3: \\u0000 is not allowed"},
        {"{\"a\":\"\\ud83d\"}", "line 1, column 7: a surrogate without its other half"},
        {"{\"a\":\"\\ude00\"}", "line 1, column 7: a surrogate without its other half"},
        {"{\"a\":\"\\ud83d\\ud83d\"}", "line 1, column 7: a surrogate without its other half"},
        {"{\"a\":\"\\ud83dx\"}", "line 1, column 7: a surrogate without its other half"},
        {"{\"a\":\"\\ud83d\\u12\"}", "line 1, column 7: a surrogate without its other half"},
        {"{\"a\":\"\\ude00\\ud83d\"}", "line 1, column 7: a surrogate without its other half"},
        /* UTF-8; columns count characters */
        {"{\"a\":\"\xc3\xa9\xc3\xa9\xff\"}", "line 1, column 9: byte 0xff is not valid UTF-8"},
        {"{\"a\":\"\xc0\x80\"}", "line 1, column 7: byte 0xc0 is not valid UTF-8"},
        {"{\"a\":\"\xed\xa0\x80\"}", "line 1, column 7: byte 0xed is not valid UTF-8"},
        {"{\"a\":\"\xe2\x82\"}", "line 1, column 7: byte 0xe2 is not valid UTF-8"},
        {"{\"\xff\":1}", "line 1, column 3: byte 0xff is not valid UTF-8"},
        /* duplicates */
        {"{\"a\":1,\"b\":2,\n\"a\":3}", "line 2, column 1: the member \"a\" occurs twice"},
        {"{\"a\":1,\"\\u0061\":3}", "line 1, column 8: the member \"a\" occurs twice"},
        {"{\"a\":null,\"a\":null}", "line 1, column 11: the member \"a\" occurs twice"},
        {"{\"\":1,\"\":1}", "line 1, column 7: the member \"\" occurs twice"},
        {"{\"b\":[{\"a\":1,\"a\":1}]}", "line 1, column 14: the member \"a\" occurs twice"},
        /* depth */
        {"{\"a\":[[[[1]]]]}", "line 1, column 9: more than 4 levels of nesting"},
        {"{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}", "line 1, column 21: more than 4 levels of nesting"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_object *object = NULL;
        const scim_error_t *error = read_len(&object, cases[i].text, strlen(cases[i].text));
        UNIT_ERROR(error, SCIM_INVALID_SYNTAX,
                   apr_pstrcat(unit_pool, "The JSON is not valid: ", cases[i].detail, ".", NULL));
        CU_ASSERT_PTR_NULL(object);
    }
}

static void refused_nul(void)
{
    json_object *object;
    UNIT_ERROR(read_len(&object, "{}\0", 3), SCIM_INVALID_SYNTAX,
               "The JSON is not valid: line 1, column 3: expected the end of the text, found a NUL byte.");
    UNIT_ERROR(read_len(&object, "{\"a\":\"\0\"}", 9), SCIM_INVALID_SYNTAX,
               "The JSON is not valid: line 1, column 7: control character 0x00 in a string must be escaped.");
    UNIT_ERROR(read_len(&object, "{\"a\":\"\\\0\"}", 10), SCIM_INVALID_SYNTAX,
               "The JSON is not valid: line 1, column 7: unknown escape sequence in a string.");
    UNIT_ERROR(read_len(&object, "{\"a\":1\0}", 8), SCIM_INVALID_SYNTAX,
               "The JSON is not valid: line 1, column 7: expected ',' or '}', found a NUL byte.");
}

static void refused_empty(void)
{
    json_object *object;
    UNIT_ERROR(read_len(&object, "", 0), SCIM_INVALID_SYNTAX, "A JSON object was expected, but there is nothing.");
    UNIT_ERROR(read_len(&object, " \r\n\t", 4), SCIM_INVALID_SYNTAX,
               "A JSON object was expected, but there is nothing.");
    UNIT_ERROR(scim_json_read(&object, "{", (apr_size_t)INT_MAX + 1, DEPTH, unit_pool), SCIM_INVALID_SYNTAX,
               "The JSON is too large.");
}

/* `count` empty objects in a list of `len` bytes, filled with white space at its end. */
static const scim_error_t *read_objects(int count, apr_size_t len)
{
    json_object *object;
    scim_buf_t text;
    scim_buf_init(&text, len + 1, unit_pool);
    scim_buf_puts(&text, "{\"a\":[");
    for (int i = 0; i < count; i++)
        scim_buf_puts(&text, i ? ",{}" : "{}");
    scim_buf_puts(&text, "]}");
    while (text.len < len)
        scim_buf_puts(&text, " ");
    return scim_json_read(&object, text.data, text.len, DEPTH, unit_pool);
}

/* An object takes hundreds of bytes of memory and two of text. */
static void refused_many_objects(void)
{
    CU_ASSERT_PTR_NULL(read_objects(9998, 40000));
    CU_ASSERT_PTR_NULL(read_objects(10998, 40000));
    UNIT_ERROR(
        read_objects(10999, 40000), SCIM_INVALID_SYNTAX,
        "The JSON is not valid: line 1, column 33001: more objects and lists than a text of its length may have.");
    CU_ASSERT_PTR_NULL(read_objects(219998, 8400000));
}

/* `count` numbers in a list of `len` bytes, filled with white space at its end. */
static const scim_error_t *read_numbers(int count, apr_size_t len)
{
    json_object *object;
    scim_buf_t text;
    scim_buf_init(&text, len + 1, unit_pool);
    scim_buf_puts(&text, "{\"a\":[");
    for (int i = 0; i < count; i++)
        scim_buf_puts(&text, i ? ",1" : "1");
    scim_buf_puts(&text, "]}");
    while (text.len < len)
        scim_buf_puts(&text, " ");
    return scim_json_read(&object, text.data, text.len, DEPTH, unit_pool);
}

/* A number takes more than 60 bytes of memory and two of text. */
static void refused_many_values(void)
{
    CU_ASSERT_PTR_NULL(read_numbers(11000, 0));
    CU_ASSERT_PTR_NULL(read_numbers(12500, 40000));
    UNIT_ERROR(read_numbers(12501, 40000), SCIM_INVALID_SYNTAX,
               "The JSON is not valid: line 1, column 25007: more values than a text of its length may have.");
    CU_ASSERT_PTR_NULL(read_numbers(510000, 8000000));
}

static int is_known(const void *names, const char *name, apr_size_t len)
{
    return len == 1 && strchr(names, *name) != NULL;
}

static const scim_error_t *read_known(json_object **out, const char *text)
{
    return scim_json_read_known(out, text, strlen(text), DEPTH, is_known, "abc", unit_pool);
}

static void unknown_is_not_kept(void)
{
    static const struct {
        const char *given;
        const char *kept;
    } rows[] = {
        {"{\"x\":1}", "{'x':null}"},
        {"{\"x\":{\"a\":[1,{\"b\":\"t\"}],\"y\":1.5},\"a\":{\"b\":1}}", "{'x':null,'a':{'b':1}}"},
        {"{\"a\":[{\"x\":[]},{\"b\":2,\"y\":\"t\"},3],\"c\":true}", "{'a':[{'x':null},{'b':2,'y':null},3],'c':true}"},
    };
    json_object *object;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        UNIT_OK(read_known(&object, rows[i].given));
        UNIT_JSON(object, rows[i].kept);
    }
    /* Unknown members are checked like all others. */
    UNIT_ERROR(read_known(&object, "{\"x\":1,\"x\":2}"), SCIM_INVALID_SYNTAX,
               "The JSON is not valid: line 1, column 8: the member \"x\" occurs twice.");
    UNIT_ERROR(read_known(&object, "{\"x\":{\"y\":[],\"y\":{}}}"), SCIM_INVALID_SYNTAX,
               "The JSON is not valid: line 1, column 14: the member \"y\" occurs twice.");
    UNIT_ERROR(read_known(&object, "{\"x\":[1,{\"a\":[tru]}]}"), SCIM_INVALID_SYNTAX,
               "The JSON is not valid: line 1, column 15: expected a value, found 't'.");
    UNIT_ERROR(read_known(&object, "{\"x\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}"), SCIM_INVALID_SYNTAX, NULL);
}

static void refused_long_name(void)
{
    json_object *object;
    scim_buf_t text;
    scim_buf_init(&text, 2048, unit_pool);
    for (int twice = 0; twice < 2; twice++) {
        scim_buf_puts(&text, twice ? ",\"" : "{\"");
        for (int i = 0; i < 250; i++)
            scim_buf_puts(&text, "\xc3\xa9x");
        scim_buf_puts(&text, "\":1");
    }
    scim_buf_puts(&text, "}");
    const scim_error_t *error = read_len(&object, text.data, text.len);
    CU_ASSERT_PTR_NOT_NULL_FATAL(error);
    CU_ASSERT_PTR_NOT_NULL(strstr(error->detail, "x\xc3\xa9\" occurs twice."));
    CU_ASSERT_EQUAL(scim_utf8_valid(error->detail, strlen(error->detail)), strlen(error->detail));
    CU_ASSERT_TRUE(strlen(error->detail) < 300);
}

static void refused_long_number(void)
{
    json_object *object;
    char text[200] = "{\"v\":";
    memset(text + 5, '1', 128);
    strcpy(text + 5 + 128, "}");
    UNIT_STR(round_trip(text), text);
    strcpy(text + 5 + 128, "1}");
    UNIT_ERROR(read_len(&object, text, strlen(text)), SCIM_INVALID_SYNTAX,
               "The JSON is not valid: line 1, column 6: a number has more than 128 characters.");
}

/* A text that is cut off at any position is refused, and never read beyond its end. */
static void refused_everywhere(void)
{
    static const char text[] = "{\"a\":[1.5e3,\"\\ud83d\\ude00\\n\xe2\x82\xac\",{\"b\":null}],\"c\":false}";
    for (size_t len = 0; len < sizeof(text) - 1; len++) {
        json_object *object;
        UNIT_ERROR(read_len(&object, text, len), SCIM_INVALID_SYNTAX, NULL);
    }
    UNIT_STR(round_trip(text), "{\"a\":[1.5e3,\"\xf0\x9f\x98\x80\\n\xe2\x82\xac\",{\"b\":null}],\"c\":false}");
}

/* A quadratic search for duplicates would take minutes here. */
static void many_members(void)
{
    const int members = 200000;
    char *text = apr_palloc(unit_pool, (apr_size_t)members * 16), *to = text;
    *to++ = '{';
    for (int i = 0; i < members; i++)
        to += sprintf(to, "%s\"m%d\":%d", i ? "," : "", i, i);
    *to++ = '}';
    json_object *object = NULL;
    const apr_time_t start = apr_time_now();
    UNIT_OK(read_len(&object, text, (apr_size_t)(to - text)));
    UNIT_INT(json_object_object_length(object), members);
    CU_ASSERT(apr_time_now() - start < apr_time_from_sec(10));
}

static void trusted(void)
{
    UNIT_STR(scim_json_text(scim_json_trusted("[1, {\"a\": 1.0}]", 15, unit_pool), NULL, unit_pool), "[1,{\"a\":1.0}]");
    UNIT_STR(json_object_get_string(scim_json_trusted("\"x\"", 3, unit_pool)), "x");
    CU_ASSERT_PTR_NULL(scim_json_trusted("", 0, unit_pool));
    CU_ASSERT_PTR_NULL(scim_json_trusted("[1,", 3, unit_pool));
    CU_ASSERT_PTR_NULL(scim_json_trusted("{} x", 4, unit_pool));
}

static void text_is_compact(void)
{
    apr_size_t len = 0;
    json_object *object = scim_json_own(json_object_new_object(), unit_pool);
    json_object_object_add(object, "url", json_object_new_string("https://x/\"y\""));
    json_object_object_add(object, "half", json_object_new_double(0.5));
    json_object_object_add(object, "none", NULL);
    UNIT_STR(scim_json_text(object, &len, unit_pool), "{\"url\":\"https://x/\\\"y\\\"\",\"half\":0.5,\"none\":null}");
    UNIT_INT(len, 48);
    UNIT_STR(scim_json_text(NULL, NULL, unit_pool), "null");
}

static void copies_are_apart(void)
{
    json_object *object = reads("{\"a\":{\"b\":[1]}}");
    json_object *copy = scim_json_copy(object, unit_pool);
    json_object_array_add(json_object_object_get(json_object_object_get(copy, "a"), "b"), json_object_new_int(2));
    UNIT_JSON(object, "{'a':{'b':[1]}}");
    UNIT_JSON(copy, "{'a':{'b':[1,2]}}");
    CU_ASSERT_PTR_NULL(scim_json_copy(NULL, unit_pool));
    CU_ASSERT_PTR_NULL(scim_json_own(NULL, unit_pool));
}

static void same_members(void)
{
    json_object *one = reads("{\"a\":{\"b\":[1]},\"c\":1,\"d\":null,\"e\":2}");
    apr_array_header_t *names = scim_json_same(one, reads("{\"e\":3,\"d\":null,\"a\":{\"b\":[1]},\"f\":1}"), unit_pool);
    UNIT_STR(apr_array_pstrcat(unit_pool, names, ' '), "a d");
    CU_ASSERT_EQUAL(scim_json_same(one, reads("{}"), unit_pool)->nelts, 0);

    /* Different numbers may have the same double. */
    one = reads("{\"a\":[{\"b\":12345678901234567890123}],\"c\":0.12345678901234567891,\"d\":[0.5],\"e\":null}");
    names = scim_json_same(one,
                           reads("{\"a\":[{\"b\":12345678901234567890124}],\"c\":0.12345678901234567892,"
                                 "\"d\":[0.5],\"e\":null}"),
                           unit_pool);
    UNIT_STR(apr_array_pstrcat(unit_pool, names, ' '), "d e");
}

CU_TestInfo test_json[] = {{"accepted", accepted},
                           {"strings", strings},
                           {"numbers", numbers},
                           {"numbers keep their digits", numbers_keep_their_digits},
                           {"refused", refused},
                           {"refused: NUL", refused_nul},
                           {"refused: nothing, too much", refused_empty},
                           {"refused: more objects than text", refused_many_objects},
                           {"refused: more values than text", refused_many_values},
                           {"unknown members are not kept", unknown_is_not_kept},
                           {"refused: a long name, which is cut in the detail", refused_long_name},
                           {"refused: a number too long", refused_long_number},
                           {"refused: cut off anywhere", refused_everywhere},
                           {"many members", many_members},
                           {"trusted text", trusted},
                           {"text is compact", text_is_compact},
                           {"copies are apart", copies_are_apart},
                           {"members that two objects have alike", same_members},
                           CU_TEST_INFO_NULL};
