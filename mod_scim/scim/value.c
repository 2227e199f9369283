/*
 * Checks the clients' values of attributes against the schema, and makes the stored values from them (RFC 7643 2.3 to
 * 2.5).
 *
 * Containers are always new, so a document never shares one with the request's body; the other values are the
 * client's, byte for byte. resource.h has the limits of lengths and numbers.
 */
#include "resource.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "json.h"
#include "marks.h"
#include "same.h"
#include "table.h"
#include "text.h"

#define QUOTE_MAX         40
#define JSON_STRING_DEPTH 4

/* The position of a value in the client's data. It becomes text only for an error. */
typedef struct place_t {
    const struct place_t *up;
    const char *name; /* NULL: an element of a list */
    size_t index;
} place_t;

typedef struct reader_t {
    scim_leniency_t *leniency;
    apr_pool_t *pool;
    int target; /* the value belongs to a PATCH operation whose path is the attribute */
} reader_t;

static scim_error_t *read_any(json_object **out, json_object *value, const scim_attr_t *attr, const place_t *place,
                              const reader_t *reader);

static const char *place_text(const place_t *place, apr_pool_t *pool)
{
    const char *up;

    if (!place->up)
        return place->name;
    up = place_text(place->up, pool);
    if (place->name)
        return apr_pstrcat(pool, up, ".", place->name, NULL);
    return apr_psprintf(pool, "%s[%" APR_SIZE_T_FMT "]", up, place->index);
}

static const char *sent_kind(json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_boolean:
        return "a boolean";
    case json_type_int:
    case json_type_double:
        return "a number";
    case json_type_string:
        return "a string";
    case json_type_object:
        return "an object";
    case json_type_array:
        return "a list";
    case json_type_null:
        break;
    }
    return "null";
}

/* What errors call a value of a complex attribute. Some clients send plain text instead of an object. */
static const char *object_of(const scim_attr_t *attr)
{
    return scim_attr_sub(attr, "value", 5) ? "an object with a \"value\"" : "an object";
}

static scim_error_t *wrong(const place_t *place, const char *expected, json_object *value, const reader_t *reader)
{
    return scim_error_typed(reader->pool, SCIM_INVALID_VALUE, "%s must be %s, not %s.", place_text(place, reader->pool),
                            expected, sent_kind(value));
}

/* The beginning of a string in quotes, for an error's detail. */
static const char *quoted(json_object *value, apr_pool_t *pool)
{
    const char *text = json_object_get_string(value);
    apr_size_t len = (apr_size_t)json_object_get_string_len(value);

    if (len <= QUOTE_MAX)
        return apr_psprintf(pool, "\"%s\"", text);
    return apr_psprintf(pool, "\"%.*s...\"", (int)scim_utf8_valid(text, QUOTE_MAX), text);
}

static scim_error_t *wrong_text(const place_t *place, const char *expected, json_object *value, const reader_t *reader)
{
    return scim_error_typed(reader->pool, SCIM_INVALID_VALUE, "%s must be %s, not %s.", place_text(place, reader->pool),
                            expected, quoted(value, reader->pool));
}

/* Whether the attribute identifies resources: it is unique, or common to all types (externalId). */
static int identifies(const scim_attr_t *attr)
{
    return !attr->parent && (attr->uniqueness != SCIM_UNIQUE_NONE || !attr->schema->served);
}

/* Whether the store looks resources up by this attribute: it is declared as indexed, it identifies them, or it is
 * displayName or the value of a list such as emails. */
static int looked_up(const scim_attr_t *attr)
{
    if (attr->indexed)
        return 1;
    if (attr->parent)
        return attr->parent->multi_valued && !strcmp(attr->key, "value");
    return identifies(attr) || !strcmp(attr->key, "displayname");
}

/* Names must not have invisible characters, so that two names that look equal are equal. */
static scim_error_t *check_visible(json_object *value, const place_t *place, const reader_t *reader)
{
    apr_uint32_t code;

    if (!scim_hidden_find(&code, json_object_get_string(value)))
        return NULL;
    return scim_error_typed(
        reader->pool, SCIM_INVALID_VALUE,
        "%s holds the character U+%04X, which nobody sees or which changes how text is shown: remove "
        "it from the value in the identity provider.",
        place_text(place, reader->pool), (unsigned)code);
}

/* Checks that a text may be stored and folded. */
static scim_error_t *check_text(json_object *value, const scim_attr_t *attr, const place_t *place,
                                const reader_t *reader)
{
    int max = attr->max_length ? attr->max_length : looked_up(attr) ? SCIM_LOOKUP_MAX : SCIM_TEXT_MAX;
    int len = json_object_get_string_len(value);

    if (len > max)
        return scim_error_typed(reader->pool, SCIM_INVALID_VALUE, "%s must be at most %d bytes long, not %d.",
                                place_text(place, reader->pool), max, len);
    if (scim_marks_many(json_object_get_string(value), (apr_size_t)len))
        return scim_error_typed(reader->pool, SCIM_INVALID_VALUE, "%s " SCIM_MARKS_DETAIL ".",
                                place_text(place, reader->pool));
    return NULL;
}

static scim_error_t *check_count(size_t count, int max, const place_t *place, const reader_t *reader)
{
    if (count <= (size_t)max)
        return NULL;
    return scim_error_typed(reader->pool, SCIM_INVALID_VALUE, "%s must have at most %d values, not %lu.",
                            place_text(place, reader->pool), max, (unsigned long)count);
}

int scim_value_empty_string(json_object *value, scim_leniency_t *leniency)
{
    return json_object_is_type(value, json_type_string) && !json_object_get_string_len(value) &&
           scim_lenient(leniency, SCIM_LENIENT_EMPTY_STRING);
}

/* Whether a blank text counts as no value under every profile. An externalId must not be empty (RFC 7643 3.1), and two
 * resources with a blank one are not equal; the `value` of a complex attribute is its content. */
static int is_never_blank(const scim_attr_t *attr)
{
    return attr->parent ? !strcmp(attr->key, "value") : !attr->schema->served;
}

/* Whether a string means that `attr`, or an element of it, has no value. */
static int says_nothing(json_object *value, const scim_attr_t *attr, const reader_t *reader)
{
    if (!json_object_is_type(value, json_type_string))
        return 0;
    if (is_never_blank(attr) && !attr->required)
        return scim_text_blank(json_object_get_string(value));
    return attr->type != SCIM_STRING && attr->type != SCIM_BINARY && scim_value_empty_string(value, reader->leniency);
}

/* Whether a sub-attribute only describes a value, and is not its content. */
static int is_label(const char *name)
{
    return !strcmp(name, "type") || !strcmp(name, "primary") || !strcmp(name, "display");
}

static int is_empty_string(json_object *value)
{
    return json_object_is_type(value, json_type_string) && !json_object_get_string_len(value);
}

/* Whether an element has only labels and empty strings. */
static int is_empty_element(json_object *element)
{
    if (!json_object_is_type(element, json_type_object))
        return is_empty_string(element);
    json_object_object_foreach(element, name, value)
    {
        if (!is_label(name) && !is_empty_string(value))
            return 0;
    }
    return 1;
}

int scim_attr_requires(const scim_attr_t *attr)
{
    for (int i = 0; attr->subs && i < attr->subs->nelts; i++) {
        if (APR_ARRAY_IDX(attr->subs, i, const scim_attr_t *)->required)
            return 1;
    }
    return 0;
}

int scim_attr_stored(const scim_attr_t *attr)
{
    return attr->mutability != SCIM_READ_ONLY &&
           !(attr->mutability == SCIM_WRITE_ONLY && attr->returned == SCIM_RETURN_NEVER);
}

static scim_error_t *read_string(json_object **out, json_object *value, const scim_attr_t *attr, const place_t *place,
                                 const reader_t *reader)
{
    scim_error_t *error;

    if (!json_object_is_type(value, json_type_string))
        return wrong(place, "a string", value, reader);
    if (attr->required && scim_text_blank(json_object_get_string(value)))
        return scim_error_typed(reader->pool, SCIM_INVALID_VALUE, "%s must not be empty.",
                                place_text(place, reader->pool));
    *out = value;
    error = identifies(attr) ? check_visible(value, place, reader) : NULL;
    return error ? error : check_text(value, attr, place, reader);
}

static scim_error_t *read_boolean(json_object **out, json_object *value, const scim_attr_t *attr, const place_t *place,
                                  const reader_t *reader)
{
    const char *text;
    int truth;

    (void)attr;
    *out = value;
    if (json_object_is_type(value, json_type_boolean))
        return NULL;
    if (!json_object_is_type(value, json_type_string))
        return wrong(place, "a boolean", value, reader);
    text = json_object_get_string(value);
    truth = !strcasecmp(text, "true");
    if (!truth && strcasecmp(text, "false"))
        return wrong_text(place, "a boolean", value, reader);
    if (!scim_lenient(reader->leniency, SCIM_LENIENT_BOOLEAN_STRING))
        return wrong(place, "a boolean", value, reader);
    *out = scim_json_own(json_object_new_boolean(truth), reader->pool);
    return NULL;
}

/* json-c reads a number as an integer only if it has neither fraction nor exponent. */
static scim_error_t *read_integer(json_object **out, json_object *value, const scim_attr_t *attr, const place_t *place,
                                  const reader_t *reader)
{
    (void)attr;
    *out = value;
    if (json_object_is_type(value, json_type_int))
        return NULL;
    if (!json_object_is_type(value, json_type_double))
        return wrong(place, "an integer", value, reader);
    return scim_error_typed(reader->pool, SCIM_INVALID_VALUE,
                            "%s must be an integer, which has neither fraction nor exponent, not %.40s.",
                            place_text(place, reader->pool), json_object_get_string(value));
}

static scim_error_t *read_decimal(json_object **out, json_object *value, const scim_attr_t *attr, const place_t *place,
                                  const reader_t *reader)
{
    (void)attr;
    *out = value;
    if (json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double))
        return NULL;
    return wrong(place, "a number", value, reader);
}

static scim_error_t *read_datetime(json_object **out, json_object *value, const scim_attr_t *attr, const place_t *place,
                                   const reader_t *reader)
{
    static const char expected[] = "a date and time such as \"2008-01-23T04:56:22Z\"";
    apr_time_t when;

    (void)attr;
    *out = value;
    if (!json_object_is_type(value, json_type_string))
        return wrong(place, expected, value, reader);
    if (!scim_time_read(&when, json_object_get_string(value)))
        return wrong_text(place, expected, value, reader);
    return NULL;
}

static scim_error_t *read_reference(json_object **out, json_object *value, const scim_attr_t *attr,
                                    const place_t *place, const reader_t *reader)
{
    static const char expected[] = "a URI";
    const unsigned char *at;

    *out = value;
    if (!json_object_is_type(value, json_type_string))
        return wrong(place, expected, value, reader);
    if (is_empty_string(value))
        return wrong_text(place, expected, value, reader);
    for (at = (const unsigned char *)json_object_get_string(value); *at; at++) {
        if (*at <= ' ' || *at == 0x7f)
            return wrong_text(place, "a URI without spaces and control characters", value, reader);
    }
    return check_text(value, attr, place, reader);
}

static scim_error_t *read_binary(json_object **out, json_object *value, const scim_attr_t *attr, const place_t *place,
                                 const reader_t *reader)
{
    *out = value;
    if (!json_object_is_type(value, json_type_string))
        return wrong(place, "base64 text", value, reader);
    if (!scim_text_is_base64(json_object_get_string(value), (size_t)json_object_get_string_len(value)) &&
        !(scim_text_is_ssh_key(json_object_get_string(value)) &&
          scim_lenient_for(reader->leniency, SCIM_LENIENT_SSH_KEY, (attr->parent ? attr->parent : attr)->key, 0)))
        return wrong_text(place, "base64 text", value, reader);
    return check_text(value, attr, place, reader);
}

/* Reads "25" out of {"value": "{\"id\":..,\"value\":\"25\",\"displayName\":\"Role1234\"}"}, as Entra ID sends an
 * application role. Text of another form stays unchanged. */
static scim_error_t *unpack_json_string(json_object *complex, const scim_attr_t *attr, const place_t *place,
                                        const reader_t *reader)
{
    const scim_attr_t *display = scim_attr_sub(attr, "display", strlen("display"));
    json_object *text, *packed, *value, *name;
    scim_error_t *error;

    if (!display || !attr->multi_valued || !json_object_object_get_ex(complex, "value", &text) ||
        !json_object_is_type(text, json_type_string) || *json_object_get_string(text) != '{')
        return NULL;
    if (scim_json_read(&packed, json_object_get_string(text), (apr_size_t)json_object_get_string_len(text),
                       JSON_STRING_DEPTH, reader->pool))
        return NULL;
    if (!json_object_object_get_ex(packed, "value", &value) || !json_object_is_type(value, json_type_string) ||
        !scim_lenient(reader->leniency, SCIM_LENIENT_JSON_STRING))
        return NULL;
    error = read_any(&value, value, scim_attr_sub(attr, "value", strlen("value")), place, reader);
    json_object_object_add(complex, "value", json_object_get(value));
    if (error || !json_object_object_get_ex(packed, "displayName", &name) ||
        !json_object_is_type(name, json_type_string) || json_object_object_get_ex(complex, display->name, NULL))
        return error;
    error = read_any(&name, name, display, place, reader);
    if (name)
        json_object_object_add(complex, display->name, json_object_get(name));
    return error;
}

static scim_error_t *read_sub(json_object *complex, json_object *value, const scim_attr_t *sub, const place_t *place,
                              const reader_t *reader)
{
    json_object *read;
    scim_error_t *error;

    if (sub->mutability == SCIM_READ_ONLY)
        return NULL;
    if (json_object_object_get_ex(complex, sub->name, NULL))
        return scim_error_typed(reader->pool, SCIM_INVALID_SYNTAX, "%s is given twice, in different case.",
                                place_text(place, reader->pool));
    error = read_any(&read, value, sub, place, reader);
    if (!error && read && scim_attr_stored(sub))
        json_object_object_add(complex, sub->name, json_object_get(read));
    return error;
}

/* The object in a string of JSON, as keycloak-scim sends members; any other value unchanged. */
static json_object *unpack_object(json_object *value, const reader_t *reader)
{
    json_object *packed;

    if (!json_object_is_type(value, json_type_string) || *json_object_get_string(value) != '{' ||
        scim_json_read(&packed, json_object_get_string(value), (apr_size_t)json_object_get_string_len(value),
                       JSON_STRING_DEPTH, reader->pool) ||
        !scim_lenient(reader->leniency, SCIM_LENIENT_JSON_STRING))
        return value;
    return packed;
}

static scim_error_t *read_complex(json_object **out, json_object *value, const scim_attr_t *attr, const place_t *place,
                                  const reader_t *reader)
{
    json_object *complex = scim_json_own(json_object_new_object(), reader->pool);
    const scim_attr_t *sub = scim_attr_sub(attr, "value", strlen("value"));
    scim_error_t *error;

    *out = NULL;
    value = unpack_object(value, reader);
    if (json_object_is_type(value, json_type_string) && sub &&
        scim_lenient_for(reader->leniency, SCIM_LENIENT_BARE_COMPLEX, attr->key, reader->target)) {
        error = read_sub(complex, value, sub, place, reader);
        if (error)
            return error;
    } else if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, key, item)
        {
            place_t below = {place, key, 0};

            sub = scim_attr_sub(attr, key, strlen(key));
            if (!sub)
                scim_lenient_ignore(reader->leniency, apr_pstrcat(reader->pool, attr->name, ".", key, NULL));
            error = sub ? read_sub(complex, item, sub, &below, reader) : NULL;
            if (error)
                return error;
        }
    } else {
        return wrong(place, object_of(attr), value, reader);
    }
    if ((error = unpack_json_string(complex, attr, place, reader)))
        return error;
    if (json_object_object_length(complex))
        *out = scim_json_fit(complex);
    return NULL;
}

typedef scim_error_t *(*read_fn)(json_object **out, json_object *value, const scim_attr_t *attr, const place_t *place,
                                 const reader_t *reader);

static const read_fn readers[] = {
    [SCIM_STRING] = read_string,   [SCIM_BOOLEAN] = read_boolean,   [SCIM_DECIMAL] = read_decimal,
    [SCIM_INTEGER] = read_integer, [SCIM_DATETIME] = read_datetime, [SCIM_REFERENCE] = read_reference,
    [SCIM_BINARY] = read_binary,   [SCIM_COMPLEX] = read_complex,
};

/* Whether a list of one is accepted for this value: always if it is empty, otherwise if the leniency lists the
 * attribute. A value of a multi-valued attribute is a list anyway. */
static int may_be_listed(json_object *item, const scim_attr_t *attr, const reader_t *reader)
{
    if (!item || attr->multi_valued || says_nothing(item, attr, reader))
        return scim_lenient(reader->leniency, SCIM_LENIENT_ARRAY_FOR_SINGULAR);
    return scim_lenient_for(reader->leniency, SCIM_LENIENT_ARRAY_FOR_SINGULAR, attr->key, reader->target);
}

/* Takes the value out of a list of one. */
static scim_error_t *unlist(json_object **value, const scim_attr_t *attr, const place_t *place, const reader_t *reader)
{
    size_t count = json_object_array_length(*value);

    if (count > 1)
        return scim_error_typed(reader->pool, SCIM_INVALID_VALUE, "%s must be a single value, not a list of %d.",
                                place_text(place, reader->pool), (int)count);
    *value = count ? json_object_array_get_idx(*value, 0) : NULL;
    if (may_be_listed(*value, attr, reader))
        return NULL;
    return scim_error_typed(reader->pool, SCIM_INVALID_VALUE, "%s must be a single value, not a list.",
                            place_text(place, reader->pool));
}

/* The text in an object that has only a `value`, as ConnId sends it; any other value unchanged. */
static json_object *unwrap_value(json_object *value, const scim_attr_t *attr, const reader_t *reader)
{
    json_object *text;

    if (attr->type != SCIM_STRING || !json_object_is_type(value, json_type_object) ||
        json_object_object_length(value) != 1 || !json_object_object_get_ex(value, "value", &text) ||
        !scim_lenient_for(reader->leniency, SCIM_LENIENT_VALUE_OBJECT, attr->key, reader->target))
        return value;
    return text;
}

/* Reads a single value, which some clients send in a list of one. */
static scim_error_t *read_single(json_object **out, json_object *value, const scim_attr_t *attr, const place_t *place,
                                 const reader_t *reader)
{
    scim_error_t *error;

    *out = NULL;
    if (json_object_is_type(value, json_type_array) && (error = unlist(&value, attr, place, reader)))
        return error;
    value = value ? unwrap_value(value, attr, reader) : NULL;
    if (!value || says_nothing(value, attr, reader))
        return NULL;
    return readers[attr->type](out, value, attr, place, reader);
}

json_object *scim_value_unite(json_object *list, const scim_attr_t *attr, apr_pool_t *pool)
{
    json_object *united = scim_json_own(json_object_new_array(), pool);
    apr_hash_t *seen = scim_table_make(pool);

    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *element = json_object_array_get_idx(list, i);

        if (scim_attr_requires(attr) || !is_empty_element(element))
            scim_same_add(united, element, attr, seen, pool);
    }
    return united;
}

static scim_error_t *check_primary(json_object *list, const place_t *place, const reader_t *reader)
{
    size_t i, count = 0;

    for (i = 0; i < json_object_array_length(list); i++)
        count += scim_same_primary(json_object_array_get_idx(list, i)) ? 1 : 0;
    if (count < 2)
        return NULL;
    return scim_error_typed(reader->pool, SCIM_INVALID_VALUE, "%s must have at most one primary value, not %d.",
                            place_text(place, reader->pool), (int)count);
}

/* Reads an element of a list; NULL: it is empty. If a required sub-attribute is missing, the element is kept, so that
 * the final check refuses it. */
static scim_error_t *read_element(json_object **out, json_object *item, const scim_attr_t *attr, const place_t *place,
                                  const reader_t *reader)
{
    scim_error_t *error;

    *out = NULL;
    if (!item)
        return wrong(place, attr->type == SCIM_COMPLEX ? object_of(attr) : "a value", item, reader);
    error = says_nothing(item, attr, reader) ? NULL : readers[attr->type](out, item, attr, place, reader);
    if (!error && scim_attr_requires(attr))
        *out = *out ? *out : scim_json_own(json_object_new_object(), reader->pool);
    else if (!error && *out && is_empty_element(*out))
        *out = NULL;
    return error;
}

static scim_error_t *read_list(json_object **out, json_object *value, const scim_attr_t *attr, const place_t *place,
                               const reader_t *reader)
{
    json_object *list = scim_json_own(json_object_new_array(), reader->pool), *element;
    apr_hash_t *seen = scim_table_make(reader->pool);
    scim_error_t *error = check_count(json_object_array_length(value), SCIM_LIST_MAX, place, reader);
    size_t i;

    for (i = 0; !error && i < json_object_array_length(value); i++) {
        place_t below = {place, NULL, i};

        error = read_element(&element, json_object_array_get_idx(value, i), attr, &below, reader);
        if (!error && element)
            scim_same_add(list, element, attr, seen, reader->pool);
    }
    if (!error)
        error = check_primary(list, place, reader);
    if (!error && json_object_array_length(list))
        *out = list;
    return error;
}

static scim_error_t *read_any(json_object **out, json_object *value, const scim_attr_t *attr, const place_t *place,
                              const reader_t *reader)
{
    json_object *list;

    *out = NULL;
    if (!value)
        return NULL;
    if (!attr->multi_valued)
        return read_single(out, value, attr, place, reader);
    if (scim_value_empty_string(value, reader->leniency))
        return NULL;
    if (json_object_is_type(value, json_type_array))
        return read_list(out, value, attr, place, reader);
    if ((attr->type == SCIM_COMPLEX && !json_object_is_type(value, json_type_object) &&
         !json_object_is_type(value, json_type_string)) ||
        !scim_lenient(reader->leniency, SCIM_LENIENT_OBJECT_FOR_ARRAY))
        return wrong(place, "a list", value, reader);
    list = scim_json_own(json_object_new_array(), reader->pool);
    json_object_array_add(list, json_object_get(value));
    return read_list(out, list, attr, place, reader);
}

scim_error_t *scim_value_read(json_object **out, json_object *value, const scim_attr_t *attr, const char *name,
                              scim_leniency_t *leniency, apr_pool_t *pool)
{
    const place_t place = {NULL, name, 0};
    const reader_t reader = {leniency, pool, 0};

    return read_any(out, value, attr, &place, &reader);
}

scim_error_t *scim_target_read(json_object **out, json_object *value, const scim_attr_t *attr, const char *name,
                               scim_leniency_t *leniency, apr_pool_t *pool)
{
    const place_t place = {NULL, name, 0};
    const reader_t reader = {leniency, pool, 1};

    return read_any(out, value, attr, &place, &reader);
}

scim_error_t *scim_element_read(json_object **out, json_object *value, const scim_attr_t *attr, const char *name,
                                scim_leniency_t *leniency, apr_pool_t *pool)
{
    const place_t place = {NULL, name, 0};
    const reader_t reader = {leniency, pool, 0};

    return read_single(out, value, attr, &place, &reader);
}

/* `id` is allocated in `pool`; everything else in the reader's pool, which is cleared after each member. */
static scim_error_t *read_member(const char **id, json_object *element, const scim_attr_t *attr, const place_t *place,
                                 const reader_t *reader, apr_pool_t *pool)
{
    json_object *read = NULL, *value = NULL;
    scim_error_t *error;

    if (!element)
        return wrong(place, object_of(attr), element, reader);
    error =
        scim_value_empty_string(element, reader->leniency) ? NULL : read_complex(&read, element, attr, place, reader);
    if (error)
        return error;
    if (read)
        json_object_object_get_ex(read, "value", &value);
    if (!value)
        return scim_error_typed(reader->pool, SCIM_INVALID_VALUE,
                                "%s.value is required. It is the id that this server gave to the member.",
                                place_text(place, reader->pool));
    *id = apr_pstrdup(pool, json_object_get_string(value));
    return NULL;
}

scim_error_t *scim_members_read(apr_array_header_t **ids, json_object *value, const scim_attr_t *attr,
                                scim_leniency_t *leniency, apr_pool_t *pool)
{
    const place_t place = {NULL, attr->name, 0};
    reader_t reader = {leniency, NULL, 0};
    apr_hash_t *seen = scim_table_make(pool);
    int listed = json_object_is_type(value, json_type_array);
    size_t i, count = listed ? json_object_array_length(value) : (value ? 1 : 0);
    scim_error_t *error;

    apr_pool_create(&reader.pool, pool); /* errors are allocated in `pool`; this pool is cleared after each member */
    *ids = apr_array_make(pool, 16, sizeof(const char *));
    if (value && scim_value_empty_string(value, leniency))
        return NULL;
    if (value && !listed &&
        (!json_object_is_type(value, json_type_object) || !scim_lenient(leniency, SCIM_LENIENT_OBJECT_FOR_ARRAY)))
        return wrong(&place, "a list", value, &reader);
    if ((error = check_count(count, SCIM_MEMBERS_MAX, &place, &reader)))
        return error;
    for (i = 0; i < count; i++) {
        place_t below = {&place, NULL, i};
        const char *id = NULL;

        error = read_member(&id, listed ? json_object_array_get_idx(value, i) : value, attr, &below, &reader, pool);
        if (error)
            return error;
        apr_pool_clear(reader.pool);
        if (scim_table_add_id(seen, id, pool))
            APR_ARRAY_PUSH(*ids, const char *) = id;
    }
    return NULL;
}
