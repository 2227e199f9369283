#include "query.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "member.h"
#include "text.h"

#define QUOTE_MAX 40 /* bytes of the client's text in a detail */

/* The kinds of parameters. NAMES is a list in a message, and a text with commas in a URL. */
typedef enum { TEXT, NAMES, START_INDEX, COUNT } parameter_e;

typedef struct parameter_t {
    const char *name;
    parameter_e kind;
    size_t offset;       /* in scim_query_t, of a text */
    scim_type_e refusal; /* the scimType for a value of another JSON type */
} parameter_t;

static const parameter_t parameters[] = {
    {"filter", TEXT, offsetof(scim_query_t, filter), SCIM_INVALID_FILTER},
    {"attributes", NAMES, offsetof(scim_query_t, attributes), SCIM_INVALID_VALUE},
    {"excludedAttributes", NAMES, offsetof(scim_query_t, excluded_attributes), SCIM_INVALID_VALUE},
    {"sortBy", TEXT, offsetof(scim_query_t, sort_by), SCIM_INVALID_VALUE},
    {"sortOrder", TEXT, offsetof(scim_query_t, sort_order), SCIM_INVALID_VALUE},
    {"cursor", TEXT, offsetof(scim_query_t, cursor), SCIM_INVALID_CURSOR},
    {"startIndex", START_INDEX, 0, SCIM_INVALID_VALUE},
    {"count", COUNT, 0, SCIM_INVALID_VALUE},
};

#define PARAMETERS (sizeof(parameters) / sizeof(parameters[0]))

/* The state while a query is read. */
typedef struct reading_t {
    scim_query_t *query;
    int page_maximum;
    int plus; /* in a URL, + means a plus sign and not a space */
    scim_leniency_t *leniency;
    unsigned seen;           /* a bit for each parameter that was read */
    scim_error_t *bad_count; /* reported at the end, since its scimType depends on whether there is a cursor */
    apr_pool_t *pool;
} reading_t;

static int hex_value(char c)
{
    return apr_isdigit(c) ? c - '0' : apr_tolower(c) - 'a' + 10;
}

int scim_query_has_plus(const char *query, apr_size_t len)
{
    static const char blank[] = "%20";
    for (apr_size_t i = 0; i + 2 < len; i++) {
        if (memcmp(query + i, blank, 3) == 0)
            return 1;
    }
    return 0;
}

char *scim_query_decode(const char *text, apr_size_t len, int plus, apr_size_t *decoded, apr_pool_t *pool)
{
    char *out = apr_palloc(pool, len + 1), *to = out;
    const char *end = text + len;
    while (text < end) {
        char c = *text++;
        if (c == '+' && !plus) {
            c = ' ';
        } else if (c == '%') {
            if (end - text < 2 || !apr_isxdigit(text[0]) || !apr_isxdigit(text[1]))
                return NULL;
            c = (char)(hex_value(text[0]) << 4 | hex_value(text[1]));
            text += 2;
        }
        *to++ = c;
    }
    *to = '\0';
    *decoded = (apr_size_t)(to - out);
    return out;
}

/* The parameter with this name. The case of names is ignored. */
static const parameter_t *find_parameter(const char *name)
{
    for (apr_size_t i = 0; i < PARAMETERS; i++) {
        if (strcasecmp(parameters[i].name, name) == 0)
            return &parameters[i];
    }
    return NULL;
}

/* Reads a decimal integer. A number beyond 64 bits becomes the smallest or largest one. 0: the text is not an
 * integer. */
static int read_integer(apr_int64_t *out, const char *text)
{
    const int negative = *text == '-';
    apr_int64_t value = 0;
    text += negative;
    if (!*text)
        return 0;
    for (; *text; text++) {
        if (!apr_isdigit(*text))
            return 0;
        const int digit = *text - '0';
        value = value > (APR_INT64_MAX - digit) / 10 ? APR_INT64_MAX : value * 10 + digit;
    }
    *out = negative ? -value : value;
    return 1;
}

static apr_int64_t clamp(apr_int64_t value, apr_int64_t low, apr_int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

static void set_text(scim_query_t *query, const parameter_t *parameter, const char *value)
{
    memcpy((char *)query + parameter->offset, &value, sizeof(value));
}

static void set_number(reading_t *reading, const parameter_t *parameter, apr_int64_t number)
{
    scim_query_t *query = reading->query;

    if (parameter->kind == COUNT) {
        query->count = clamp(number, 0, reading->page_maximum);
        return;
    }
    query->by_index = 1;
    query->start_index = clamp(number, 1, APR_INT64_MAX);
}

static void begin(reading_t *reading, scim_query_t *query, int page_default, int page_maximum, apr_pool_t *pool)
{
    memset(reading, 0, sizeof(*reading));
    reading->query = query;
    reading->page_maximum = page_maximum;
    reading->pool = pool;
    memset(query, 0, sizeof(*query));
    query->start_index = 1;
    query->count = clamp(page_default, 0, page_maximum);
}

/* Reports a wrong number at once, unless it is the count. */
static scim_error_t *refuse_number(reading_t *reading, const parameter_t *parameter, scim_error_t *error)
{
    if (parameter->kind != COUNT)
        return error;
    reading->bad_count = error;
    return NULL;
}

static scim_error_t *finish(reading_t *reading)
{
    if (reading->bad_count && reading->query->cursor)
        reading->bad_count->type = SCIM_INVALID_COUNT;
    return reading->bad_count;
}

/* Stores one decoded value. */
static scim_error_t *read_value(reading_t *reading, const parameter_t *parameter, const char *value)
{
    apr_int64_t number = 0;
    if (parameter->kind == TEXT || parameter->kind == NAMES) {
        set_text(reading->query, parameter, value);
        return NULL;
    }
    if (!read_integer(&number, value))
        return refuse_number(reading, parameter,
                             scim_error_typed(reading->pool, SCIM_INVALID_VALUE,
                                              "The parameter %s must be an integer, not \"%.*s\".", parameter->name,
                                              (int)scim_utf8_valid(value, strnlen(value, QUOTE_MAX)), value));
    set_number(reading, parameter, number);
    return NULL;
}

/* Reads `name=value`, still encoded. */
static scim_error_t *read_pair(reading_t *reading, const char *pair, apr_size_t len)
{
    apr_pool_t *pool = reading->pool;
    const char *equals = memchr(pair, '=', len);
    const apr_size_t name_len = equals ? (apr_size_t)(equals - pair) : len;
    const char *raw = equals ? equals + 1 : "";
    const apr_size_t raw_len = equals ? len - name_len - 1 : 0;
    apr_size_t decoded;
    const char *name = scim_query_decode(pair, name_len, reading->plus, &decoded, pool);
    const parameter_t *parameter = name ? find_parameter(name) : NULL;
    if (!parameter)
        return NULL;

    const unsigned bit = 1u << (parameter - parameters);
    if (reading->seen & bit)
        return scim_error_typed(pool, SCIM_INVALID_VALUE, "The parameter %s is given twice.", parameter->name);
    reading->seen |= bit;
    const char *value = scim_query_decode(raw, raw_len, reading->plus, &decoded, pool);
    if (!value)
        return scim_error_typed(pool, parameter->refusal,
                                "The parameter %s has a %% that two hexadecimal digits do not follow.",
                                parameter->name);
    if (memchr(value, '\0', decoded))
        return scim_error_typed(pool, parameter->refusal, "The parameter %s holds a NUL character.", parameter->name);
    if (scim_utf8_valid(value, decoded) != decoded)
        return scim_error_typed(pool, parameter->refusal, "The parameter %s is not valid UTF-8.", parameter->name);
    return read_value(reading, parameter, value);
}

scim_error_t *scim_query_read(scim_query_t *out, const char *args, int page_default, int page_maximum, apr_pool_t *pool)
{
    reading_t reading;
    begin(&reading, out, page_default, page_maximum, pool);
    reading.plus = args && scim_query_has_plus(args, strlen(args));
    while (args && *args) {
        const apr_size_t len = strcspn(args, "&");
        scim_error_t *error = read_pair(&reading, args, len);
        if (error)
            return error;
        args += len;
        args += *args == '&';
    }
    return finish(&reading);
}

static scim_error_t *wrong_type(const parameter_t *parameter, const char *wanted, apr_pool_t *pool)
{
    return scim_error_typed(pool, SCIM_INVALID_VALUE, "\"%s\" must be %s.", parameter->name, wanted);
}

/* Joins a list of names with commas, as in a URL. A string is accepted as such a text. */
static scim_error_t *read_names(reading_t *reading, const parameter_t *parameter, json_object *value)
{
    static const char wanted[] = "a list of strings";
    scim_query_t *query = reading->query;
    apr_pool_t *pool = reading->pool;
    scim_buf_t names;

    if (json_object_is_type(value, json_type_string) &&
        scim_lenient(reading->leniency, SCIM_LENIENT_OBJECT_FOR_ARRAY)) {
        set_text(query, parameter, apr_pstrdup(pool, json_object_get_string(value)));
        return NULL;
    }
    if (!json_object_is_type(value, json_type_array))
        return wrong_type(parameter, wanted, pool);
    scim_buf_init(&names, 64, pool);
    for (size_t i = 0; i < json_object_array_length(value); i++) {
        json_object *name = json_object_array_get_idx(value, i);

        if (!json_object_is_type(name, json_type_string))
            return wrong_type(parameter, wanted, pool);
        if (json_object_get_string_len(name) && names.len)
            scim_buf_puts(&names, ",");
        scim_buf_puts(&names, json_object_get_string(name));
    }
    set_text(query, parameter, names.data);
    return NULL;
}

static scim_error_t *read_member(reading_t *reading, const parameter_t *parameter, json_object *value)
{
    apr_pool_t *pool = reading->pool;

    switch (parameter->kind) {
    case NAMES:
        return read_names(reading, parameter, value);
    case TEXT:
        if (!json_object_is_type(value, json_type_string))
            return wrong_type(parameter, "a string", pool);
        set_text(reading->query, parameter, apr_pstrdup(pool, json_object_get_string(value)));
        return NULL;
    case START_INDEX:
    case COUNT:
        break;
    }
    if (!json_object_is_type(value, json_type_int))
        return refuse_number(reading, parameter, wrong_type(parameter, "an integer", pool));
    set_number(reading, parameter, json_object_get_int64(value));
    return NULL;
}

scim_error_t *scim_query_read_message(scim_query_t *out, json_object *body, int page_default, int page_maximum,
                                      scim_leniency_t *leniency, apr_pool_t *pool)
{
    reading_t reading;
    scim_error_t *error = scim_member_schemas(body, SCIM_URN_SEARCH, leniency, pool);

    begin(&reading, out, page_default, page_maximum, pool);
    reading.leniency = leniency;
    if (error)
        return error;
    json_object_object_foreach(body, key, value)
    {
        const parameter_t *parameter = find_parameter(key);
        unsigned bit = parameter ? 1u << (parameter - parameters) : 0;

        if (!parameter)
            continue;
        if (reading.seen & bit)
            return scim_error_typed(pool, SCIM_INVALID_VALUE, "\"%s\" is given twice.", parameter->name);
        reading.seen |= bit;
        if (value && (error = read_member(&reading, parameter, value)))
            return error;
    }
    return finish(&reading);
}
