/*
 * One pass checks the text and builds json-c's tree. json-c's parser is not used, so no text can pass this check and
 * then be parsed differently.
 *
 * A container is attached to its parent before it is filled, and the root belongs to the pool as soon as it exists. So
 * an error in the middle leaves nothing to free.
 */
#include "json.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define TRUSTED_DEPTH   1000
#define NUMBER_MAX      128 /* characters */
#define EXPONENT_DIGITS 3   /* longer ones are too large for a double, and for PostgreSQL's numeric */
#define NAME_QUOTE_MAX  200 /* longest member name in an error, in bytes */
#define BOM             "\xef\xbb\xbf"
#define FIT_MAX         10 /* objects with fewer members get a smaller hash table: json-c's default has 16 places */

/* json-c uses many times the length of a value in memory, so their number is limited: so many objects and lists, and
 * so many other values, are allowed in any text, and one more for each so many bytes. A list of members that have only
 * ids stays below the limit. */
#define CONTAINERS_FREE     10000
#define BYTES_PER_CONTAINER 40
#define VALUES_FREE         10000
#define BYTES_PER_VALUE     16

typedef struct reader_t {
    const char *start;
    const char *at;
    const char *end;
    json_object *root;
    int max_depth;
    apr_size_t containers; /* objects and lists that are still allowed */
    apr_size_t values;     /* other values that are still allowed */
    scim_json_known_t known;
    const void *known_data;
    int skipping;      /* depth of unknown members: their values are checked, but not stored */
    scim_buf_t key;    /* the current member's name */
    scim_buf_t string; /* a string value after its escapes are resolved */
    apr_pool_t *pool;
} reader_t;

typedef struct span_t {
    const char *text;
    apr_size_t len;
} span_t;

/* ---- ownership ---- */

static apr_status_t put_object(void *object)
{
    json_object_put(object);
    return APR_SUCCESS;
}

json_object *scim_json_own(json_object *object, apr_pool_t *pool)
{
    if (object)
        apr_pool_cleanup_register(pool, object, put_object, apr_pool_cleanup_null);
    return object;
}

/* json-c returns NULL if the memory is exhausted. Then the pool's abort function is called, as APR does. */
static json_object *made(json_object *object, apr_pool_t *pool)
{
    if (!object) {
        const apr_abortfunc_t out_of_memory = apr_pool_abort_get(pool);
        if (out_of_memory)
            out_of_memory(APR_ENOMEM);
        abort();
    }
    return object;
}

json_object *scim_json_fit(json_object *object)
{
    const int count = json_object_object_length(object);
    if (count < FIT_MAX)
        lh_table_resize(json_object_get_object(object), count + count / 2 + 1);
    return object;
}

json_object *scim_json_copy(json_object *object, apr_pool_t *pool)
{
    json_object *copy = NULL;
    if (!object)
        return NULL;
    if (json_object_deep_copy(object, &copy, NULL) != 0)
        copy = NULL;
    return scim_json_own(made(copy, pool), pool);
}

/* Whether two values that json-c finds equal have the same digits. json-c compares doubles, and different numbers may
 * have the same double. */
static int same_digits(json_object *one, json_object *other)
{
    const char *digits = json_object_is_type(one, json_type_double) ? json_object_get_userdata(one) : NULL;
    const char *others = digits ? json_object_get_userdata(other) : NULL;
    int same = !others || strcmp(digits, others) == 0;
    for (size_t i = 0; json_object_is_type(one, json_type_array) && i < json_object_array_length(one); i++) {
        same = same && same_digits(json_object_array_get_idx(one, i), json_object_array_get_idx(other, i));
    }
    if (json_object_is_type(one, json_type_object)) {
        json_object_object_foreach(one, name, member)
        {
            same = same && same_digits(member, json_object_object_get(other, name));
        }
    }
    return same;
}

apr_array_header_t *scim_json_same(json_object *one, json_object *other, apr_pool_t *pool)
{
    apr_array_header_t *names = apr_array_make(pool, 16, sizeof(const char *));
    json_object *value;
    json_object_object_foreach(one, name, member)
    {
        if (json_object_object_get_ex(other, name, &value) && json_object_equal(member, value) &&
            same_digits(member, value)) {
            APR_ARRAY_PUSH(names, const char *) = name;
        }
    }
    return names;
}

/* ---- refusals ---- */

/* An error with its position: lines and characters are counted from 1. */
static scim_error_t *refuse(const reader_t *reader, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4), returns_nonnull));

static scim_error_t *refuse(const reader_t *reader, const char *where, const char *format, ...)
{
    unsigned long line = 1, column = 1;
    for (const char *at = reader->start; at < where; at++) {
        if (*at == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)*at & 0xc0) != 0x80) {
            column++;
        }
    }
    va_list args;
    va_start(args, format);
    const char *what = apr_pvsprintf(reader->pool, format, args);
    va_end(args);
    return scim_error_typed(reader->pool, SCIM_INVALID_SYNTAX, "The JSON is not valid: line %lu, column %lu: %s.", line,
                            column, what);
}

/* What an error calls the byte at the reader's position. */
static const char *found(const reader_t *reader)
{
    if (reader->at >= reader->end)
        return "the end of the text";
    const unsigned char c = (unsigned char)*reader->at;
    if (c == '/' || c == '#')
        return "a comment";
    if (c == '\0')
        return "a NUL byte";
    if (c > 0x20 && c < 0x7f)
        return apr_psprintf(reader->pool, "'%c'", c);
    return apr_psprintf(reader->pool, "byte 0x%02x", c);
}

static scim_error_t *expected(const reader_t *reader, const char *what)
{
    return refuse(reader, reader->at, "expected %s, found %s", what, found(reader));
}

/* ---- reading ---- */

static void skip_space(reader_t *reader)
{
    while (reader->at < reader->end &&
           (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\r' || *reader->at == '\t'))
        reader->at++;
}

/* Skips white space, and returns the next byte; -1 at the end. */
static int peek(reader_t *reader)
{
    skip_space(reader);
    return reader->at < reader->end ? (unsigned char)*reader->at : -1;
}

/* Adds a value to its parent: to a list, under the current name to an object, or, without a parent, as the root. In a
 * skipped object the names are stored with null, so that a duplicate name is found. */
static void attach(reader_t *reader, json_object *parent, json_object *value)
{
    int failed = 0;
    if (reader->skipping)
        value = NULL;
    if (!parent)
        reader->root = scim_json_own(value, reader->pool);
    else if (json_object_is_type(parent, json_type_array))
        failed = reader->skipping ? 0 : json_object_array_add(parent, value);
    else
        failed = json_object_object_add_ex(parent, reader->key.data, value, JSON_C_OBJECT_ADD_KEY_IS_NEW);
    if (failed)
        made(NULL, reader->pool);
}

/* The same for a value that is not a container. */
static void attach_leaf(reader_t *reader, json_object *parent, json_object *value)
{
    attach(reader, parent, value);
    if (reader->skipping)
        json_object_put(value);
}

/* Reads a string up to its end or its next escape. */
static scim_error_t *read_run(reader_t *reader, span_t *run)
{
    const char *at = reader->at;
    unsigned char seen = 0;
    while (at < reader->end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
        seen |= (unsigned char)*at++;
    run->text = reader->at;
    run->len = (apr_size_t)(at - reader->at);
    if (seen & 0x80) {
        const apr_size_t valid = scim_utf8_valid(run->text, run->len);
        if (valid < run->len)
            return refuse(reader, run->text + valid, "byte 0x%02x is not valid UTF-8",
                          (unsigned)(unsigned char)run->text[valid]);
    }
    reader->at = at;
    if (at >= reader->end)
        return refuse(reader, at, "the text ends inside a string");
    if ((unsigned char)*at < 0x20)
        return refuse(reader, at, "control character 0x%02x in a string must be escaped", (unsigned)(unsigned char)*at);
    return NULL;
}

/* Reads the four hexadecimal digits of \uXXXX; -1: there are fewer. */
static int read_hex4(reader_t *reader)
{
    int unit = 0;
    if (reader->end - reader->at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const char c = reader->at[i];
        if (!apr_isxdigit(c))
            return -1;
        unit = unit * 16 + (apr_isdigit(c) ? c - '0' : apr_tolower(c) - 'a' + 10);
    }
    reader->at += 4;
    return unit;
}

static void add_utf8(scim_buf_t *buf, int code)
{
    char bytes[4];
    apr_size_t len = 0;
    if (code < 0x80) {
        bytes[len++] = (char)code;
    } else if (code < 0x800) {
        bytes[len++] = (char)(0xc0 | code >> 6);
        bytes[len++] = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        bytes[len++] = (char)(0xe0 | code >> 12);
        bytes[len++] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[len++] = (char)(0x80 | (code & 0x3f));
    } else {
        bytes[len++] = (char)(0xf0 | code >> 18);
        bytes[len++] = (char)(0x80 | (code >> 12 & 0x3f));
        bytes[len++] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[len++] = (char)(0x80 | (code & 0x3f));
    }
    scim_buf_add(buf, bytes, len);
}

/* Reads what follows \u: one code unit, or a surrogate pair. */
static scim_error_t *read_unicode(reader_t *reader, const char *escape, scim_buf_t *to)
{
    int code = read_hex4(reader);
    if (code < 0)
        return refuse(reader, escape, "\\u needs four hexadecimal digits");
    if (code == 0)
        return refuse(reader, escape, "\\u0000 is not allowed");
    if (code >= 0xd800 && code <= 0xdfff) {
        int low = -1;
        if (code < 0xdc00 && reader->end - reader->at >= 6 && reader->at[0] == '\\' && reader->at[1] == 'u') {
            reader->at += 2;
            low = read_hex4(reader);
        }
        if (low < 0xdc00 || low > 0xdfff)
            return refuse(reader, escape, "a surrogate without its other half");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    add_utf8(to, code);
    return NULL;
}

static scim_error_t *read_escape(reader_t *reader, scim_buf_t *to)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    const char *escape = reader->at++;
    if (reader->at >= reader->end)
        return refuse(reader, reader->at, "the text ends inside a string");
    const char letter = *reader->at;
    const char *place = letter ? strchr(letters, letter) : NULL;
    if (letter != 'u' && !place)
        return refuse(reader, escape, "unknown escape sequence in a string");
    reader->at++;
    if (letter == 'u')
        return read_unicode(reader, escape, to);
    scim_buf_add(to, meanings + (place - letters), 1);
    return NULL;
}

/* Reads a string. Without escapes *out points into the text, unless `keep` asks for a NUL-terminated copy; otherwise
 * the string is built in `to`. */
static scim_error_t *read_string(reader_t *reader, span_t *out, scim_buf_t *to, int keep)
{
    scim_error_t *error;
    to->len = 0;
    to->data[0] = '\0';
    reader->at++;
    for (;;) {
        if ((error = read_run(reader, out)))
            return error;
        const int last = *reader->at == '"';
        if (!last || to->len || keep) {
            scim_buf_add(to, out->text, out->len);
            keep = 1;
        }
        if (last)
            break;
        if ((error = read_escape(reader, to)))
            return error;
    }
    reader->at++;
    if (keep) {
        out->text = to->data;
        out->len = to->len;
    }
    return NULL;
}

static int skip_digits(reader_t *reader)
{
    const char *from = reader->at;
    while (reader->at < reader->end && apr_isdigit(*reader->at))
        reader->at++;
    return (int)(reader->at - from);
}

static int skip_char(reader_t *reader, const char *set)
{
    if (reader->at >= reader->end || !*reader->at || !strchr(set, *reader->at))
        return 0;
    reader->at++;
    return 1;
}

/* Skips a number (RFC 8259 6). */
static scim_error_t *skip_number(reader_t *reader, int *integer)
{
    const char *from = reader->at;
    *integer = 1;
    skip_char(reader, "-");
    const char *first = reader->at;
    const int digits = skip_digits(reader);
    if (!digits)
        return expected(reader, "a digit");
    if (*first == '0' && digits > 1)
        return refuse(reader, from, "a number must not begin with 0");
    if (skip_char(reader, ".")) {
        *integer = 0;
        if (!skip_digits(reader))
            return expected(reader, "a digit");
    }
    if (skip_char(reader, "eE")) {
        *integer = 0;
        skip_char(reader, "+-");
        const int exponent = skip_digits(reader);
        if (!exponent)
            return expected(reader, "a digit");
        if (exponent > EXPONENT_DIGITS)
            return refuse(reader, from, "a number is out of range");
    }
    if (reader->at - from > NUMBER_MAX)
        return refuse(reader, from, "a number has more than %d characters", NUMBER_MAX);
    return NULL;
}

/* Whether a number is not zero, by its digits. */
static int has_nonzero_digit(const char *text)
{
    for (; *text && *text != 'e' && *text != 'E'; text++) {
        if (*text >= '1' && *text <= '9')
            return 1;
    }
    return 0;
}

/* An integer of 64 bits becomes a json-c integer. Any other number becomes the nearest double, and keeps its digits. A
 * larger integer does too: then it is not an integer for type checks, but it never changes its value. */
static scim_error_t *read_number(reader_t *reader, json_object *parent)
{
    const char *from = reader->at;
    char text[NUMBER_MAX + 1];
    int integer;
    scim_error_t *error = skip_number(reader, &integer);
    if (error)
        return error;
    const apr_size_t len = (apr_size_t)(reader->at - from);
    memcpy(text, from, len);
    text[len] = '\0';
    if (integer) {
        errno = 0;
        const long long value = strtoll(text, NULL, 10);
        if (!errno) {
            attach_leaf(reader, parent, made(json_object_new_int64(value), reader->pool));
            return NULL;
        }
    }
    const double value = strtod(text, NULL);
    if (isinf(value) || (fpclassify(value) == FP_ZERO && has_nonzero_digit(text)))
        return refuse(reader, from, "a number is out of range");
    attach_leaf(reader, parent, made(json_object_new_double_s(value, text), reader->pool));
    return NULL;
}

static scim_error_t *read_literal(reader_t *reader, json_object *parent)
{
    static const char *const literals[] = {"null", "false", "true"};
    for (int i = 0; i < 3; i++) {
        const apr_size_t len = strlen(literals[i]);
        if ((apr_size_t)(reader->end - reader->at) < len || memcmp(reader->at, literals[i], len) != 0)
            continue;
        reader->at += len;
        attach_leaf(reader, parent, i == 0 ? NULL : made(json_object_new_boolean(i == 2), reader->pool));
        return NULL;
    }
    return expected(reader, "a value");
}

static scim_error_t *read_value(reader_t *reader, json_object *parent, int depth);

/* Reads the value of a member. The value of an unknown member is checked like others, but not stored. */
static scim_error_t *read_member(reader_t *reader, json_object *object, int known, int depth)
{
    reader->skipping += !known;
    scim_error_t *error = read_value(reader, object, depth);
    reader->skipping -= !known;
    return error;
}

static scim_error_t *there_twice(const reader_t *reader, const char *where, const span_t *name)
{
    const apr_size_t len = name->len < NAME_QUOTE_MAX ? name->len : NAME_QUOTE_MAX;
    return refuse(reader, where, "the member \"%.*s\" occurs twice", (int)scim_utf8_valid(name->text, len), name->text);
}

static scim_error_t *read_members(reader_t *reader, json_object *object, int depth)
{
    span_t name;
    scim_error_t *error;
    reader->at++;
    if (peek(reader) == '}') {
        reader->at++;
        return NULL;
    }
    for (;;) {
        if (peek(reader) != '"')
            return expected(reader, "a member name");
        const char *where = reader->at;
        if ((error = read_string(reader, &name, &reader->key, 1)))
            return error;
        if (json_object_object_get_ex(object, name.text, NULL))
            return there_twice(reader, where, &name);
        if (peek(reader) != ':')
            return expected(reader, "':'");
        reader->at++;
        const int known = !reader->known || reader->known(reader->known_data, name.text, name.len);
        if ((error = read_member(reader, object, known, depth)))
            return error;
        const int next = peek(reader);
        if (next != ',' && next != '}')
            return expected(reader, "',' or '}'");
        reader->at++;
        if (next == '}')
            return NULL;
    }
}

static scim_error_t *read_elements(reader_t *reader, json_object *array, int depth)
{
    scim_error_t *error;
    reader->at++;
    if (peek(reader) == ']') {
        reader->at++;
        return NULL;
    }
    for (;;) {
        if ((error = read_value(reader, array, depth)))
            return error;
        const int next = peek(reader);
        if (next != ',' && next != ']')
            return expected(reader, "',' or ']'");
        reader->at++;
        if (next == ']')
            return NULL;
    }
}

static scim_error_t *read_container(reader_t *reader, json_object *parent, int depth)
{
    const int is_object = *reader->at == '{';
    if (depth >= reader->max_depth)
        return refuse(reader, reader->at, "more than %d levels of nesting", reader->max_depth);
    if (!reader->containers--)
        return refuse(reader, reader->at, "more objects and lists than a text of its length may have");
    json_object *child = made(is_object ? json_object_new_object() : json_object_new_array_ext(4), reader->pool);
    attach(reader, parent, child);
    scim_error_t *error = is_object ? read_members(reader, child, depth + 1) : read_elements(reader, child, depth + 1);
    if (reader->skipping)
        json_object_put(child);
    else if (!error && is_object)
        scim_json_fit(child);
    return error;
}

/* Reads one value into its parent, at this depth of nesting. */
static scim_error_t *read_value(reader_t *reader, json_object *parent, int depth)
{
    span_t string;
    const int c = peek(reader);
    if (c != '{' && c != '[' && !reader->values--)
        return refuse(reader, reader->at, "more values than a text of its length may have");
    if (c == '"') {
        scim_error_t *error = read_string(reader, &string, &reader->string, 0);
        if (!error)
            attach_leaf(reader, parent, made(json_object_new_string_len(string.text, (int)string.len), reader->pool));
        return error;
    }
    if (c == '{' || c == '[')
        return read_container(reader, parent, depth);
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(reader, parent);
    return read_literal(reader, parent);
}

static void reader_init(reader_t *reader, const char *bytes, apr_size_t len, int max_depth, apr_pool_t *pool)
{
    memset(reader, 0, sizeof(*reader));
    reader->start = reader->at = bytes;
    reader->end = bytes + len;
    reader->max_depth = max_depth;
    reader->containers = CONTAINERS_FREE + len / BYTES_PER_CONTAINER;
    reader->values = VALUES_FREE + len / BYTES_PER_VALUE;
    reader->pool = pool;
    scim_buf_init(&reader->key, 64, pool);
    scim_buf_init(&reader->string, 256, pool);
}

/* Reads the whole text, which is one value. */
static scim_error_t *read_text(reader_t *reader)
{
    scim_error_t *error = read_value(reader, NULL, 0);
    if (!error && peek(reader) != -1)
        error = expected(reader, "the end of the text");
    return error;
}

scim_error_t *scim_json_read(json_object **out, const char *bytes, apr_size_t len, int max_depth, apr_pool_t *pool)
{
    return scim_json_read_known(out, bytes, len, max_depth, NULL, NULL, pool);
}

scim_error_t *scim_json_read_known(json_object **out, const char *bytes, apr_size_t len, int max_depth,
                                   scim_json_known_t known, const void *data, apr_pool_t *pool)
{
    reader_t reader;
    *out = NULL;
    if (len > INT_MAX) /* json-c stores the length of a string in an int */
        return scim_error_typed(pool, SCIM_INVALID_SYNTAX, "The JSON is too large.");
    reader_init(&reader, bytes, len, max_depth, pool);
    reader.known = known;
    reader.known_data = data;
    if (len >= strlen(BOM) && memcmp(bytes, BOM, strlen(BOM)) == 0)
        return refuse(&reader, bytes, "the text begins with a byte order mark");
    const int first = peek(&reader);
    if (first == -1)
        return scim_error_typed(pool, SCIM_INVALID_SYNTAX, "A JSON object was expected, but there is nothing.");
    if (first != '{')
        return expected(&reader, "an object");
    scim_error_t *error = read_text(&reader);
    if (!error)
        *out = reader.root;
    return error;
}

json_object *scim_json_trusted(const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    reader_t reader;
    if (len > INT_MAX)
        return NULL;
    reader_init(&reader, bytes, len, TRUSTED_DEPTH, pool);
    reader.containers = reader.values = len;
    return read_text(&reader) ? NULL : reader.root;
}
