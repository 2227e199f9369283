/* Writes json-c's objects as text. */
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "text.h"

static void write_value(scim_buf_t *to, json_object *value);

static void write_object(scim_buf_t *to, json_object *object)
{
    const struct lh_entry *entry;
    const char *before = "{";
    lh_foreach(json_object_get_object(object), entry)
    {
        const char *name = lh_entry_k(entry);
        scim_buf_puts(to, before);
        scim_buf_json(to, name, strlen(name));
        scim_buf_add(to, ":", 1);
        write_value(to, lh_entry_v(entry));
        before = ",";
    }
    scim_buf_puts(to, *before == '{' ? "{}" : "}");
}

static void write_array(scim_buf_t *to, json_object *array)
{
    const size_t length = json_object_array_length(array);
    scim_buf_add(to, "[", 1);
    for (size_t i = 0; i < length; i++) {
        if (i)
            scim_buf_add(to, ",", 1);
        write_value(to, json_object_array_get_idx(array, i));
    }
    scim_buf_add(to, "]", 1);
}

static void write_double(scim_buf_t *to, json_object *number)
{
    const char *digits = json_object_get_userdata(number);
    if (digits) {
        scim_buf_puts(to, digits);
        return;
    }
    /* apr_snprintf writes .5 for 0.5, so snprintf is used. */
    char text[64];
    snprintf(text, sizeof(text), "%.17g", json_object_get_double(number));
    char *comma = strchr(text, ','); /* the decimal point of some locales */
    if (comma)
        *comma = '.';
    scim_buf_puts(to, text);
}

static void write_value(scim_buf_t *to, json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        scim_buf_puts(to, "null");
        break;
    case json_type_boolean:
        scim_buf_puts(to, json_object_get_boolean(value) ? "true" : "false");
        break;
    case json_type_int:
        scim_buf_printf(to, "%" APR_INT64_T_FMT, (apr_int64_t)json_object_get_int64(value));
        break;
    case json_type_double:
        write_double(to, value);
        break;
    case json_type_string:
        scim_buf_json(to, json_object_get_string(value), (apr_size_t)json_object_get_string_len(value));
        break;
    case json_type_object:
        write_object(to, value);
        break;
    case json_type_array:
        write_array(to, value);
        break;
    }
}

/* json-c's own writer caches its result in the object, which is not safe for threads that share a schema's
 * document. */
const char *scim_json_text(json_object *object, apr_size_t *len, apr_pool_t *pool)
{
    scim_buf_t text;
    scim_buf_init(&text, 1024, pool);
    write_value(&text, object);
    if (len)
        *len = text.len;
    return text.data;
}
