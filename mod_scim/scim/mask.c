#include "mask.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "text.h"

#define MASK     "***"
#define PASSWORD "password"
#define QUOTE    "%22"

/* Letters of an attribute's name (RFC 7643 2.1), and $ of $ref. */
static int is_letter(char c)
{
    return apr_isalnum(c) || c == '-' || c == '_' || c == '$';
}

/* Whether `names` has this one. */
static int listed(const char *names, const char *word, apr_size_t len)
{
    for (const char *name = names; name && *name; name += strcspn(name, ",")) {
        name += *name == ',';
        if (strcspn(name, ",") == len && strncasecmp(name, word, len) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Whether one of the words of a text is a name. */
static int names_any(const char *text, const char *names)
{
    while (*text) {
        apr_size_t len = 0;
        while (is_letter(text[len])) {
            len++;
        }
        if (len && (listed(PASSWORD, text, len) || listed(names, text, len))) {
            return 1;
        }
        text += len ? len : 1;
    }
    return 0;
}

/* The next quote of a text, in whichever way it is written; *len is how long it is. */
static const char *find_quote(const char *text, apr_size_t *len)
{
    const char *plain = strchr(text, '"');
    const char *escaped = strstr(text, QUOTE);
    *len = escaped && (!plain || escaped < plain) ? sizeof(QUOTE) - 1 : 1;
    return *len > 1 ? escaped : plain;
}

static const char *mask_quoted(const char *text, apr_pool_t *pool)
{
    scim_buf_t out;
    apr_size_t len;
    const char *open;
    scim_buf_init(&out, strlen(text) + 8, pool);
    while ((open = find_quote(text, &len)) != NULL) {
        const char *inside = open + len;
        scim_buf_add(&out, text, (apr_size_t)(inside - text));
        scim_buf_puts(&out, MASK);
        text = find_quote(inside, &len);
        if (!text) {
            return out.data; /* a quote that does not end hides the rest */
        }
        scim_buf_add(&out, text, len);
        text += len;
    }
    scim_buf_puts(&out, text);
    return out.data;
}

const char *scim_mask_text(const char *text, const char *names, apr_pool_t *pool)
{
    return text && names_any(text, names) ? mask_quoted(text, pool) : text;
}

/* The `path` of a PATCH operation that is about what is masked: it and the value are changed. */
static void mask_operation(json_object *object, const char *names, apr_pool_t *pool)
{
    json_object *path;
    if (!json_object_object_get_ex(object, "path", &path) || !json_object_is_type(path, json_type_string) ||
        !names_any(json_object_get_string(path), names)) {
        return;
    }
    const char *masked = mask_quoted(json_object_get_string(path), pool);
    json_object_object_add(object, "path", json_object_new_string(masked));
    if (json_object_object_get_ex(object, "value", NULL)) {
        json_object_object_add(object, "value", json_object_new_string(MASK));
    }
}

static void mask_object(json_object *object, const char *names, apr_pool_t *pool)
{
    apr_size_t count = (apr_size_t)json_object_object_length(object);
    const char **keys = apr_palloc(pool, (count + 1) * sizeof(*keys));
    apr_size_t n = 0;
    json_object_object_foreach(object, name, value)
    {
        keys[n++] = apr_pstrdup(pool, name);
        (void)value;
    }
    mask_operation(object, names, pool);
    for (apr_size_t i = 0; i < n; i++) {
        json_object *member;
        if (!json_object_object_get_ex(object, keys[i], &member)) {
            continue;
        }
        if (!names_any(keys[i], names)) {
            scim_mask_json(member, names, pool);
            continue;
        }
        json_object_object_del(object, keys[i]);
        json_object_object_add(object, mask_quoted(keys[i], pool), json_object_new_string(MASK));
    }
}

void scim_mask_json(json_object *value, const char *names, apr_pool_t *pool)
{
    if (json_object_is_type(value, json_type_object)) {
        mask_object(value, names, pool);
        return;
    }
    if (!json_object_is_type(value, json_type_array)) {
        return;
    }
    for (size_t i = 0; i < json_object_array_length(value); i++) {
        scim_mask_json(json_object_array_get_idx(value, i), names, pool);
    }
}

/* --- what a dry run would have changed ---------------------------------------------------------------------------- */

static const char *text_of(json_object *object, const char *name)
{
    json_object *value;
    return json_object_object_get_ex(object, name, &value) && value ? json_object_get_string(value) : "";
}

/* Whether the attribute is masked that things of this type are called by. */
static int masks_name(const char *type, const char *names)
{
    static const char *const naming[][2] = {{"User", "userName"},      {"Group", "displayName"},
                                            {"Role", "value"},         {"Role", "displayName"},
                                            {"Subscription", "value"}, {"Subscription", "displayName"}};
    for (apr_size_t i = 0; i < sizeof(naming) / sizeof(naming[0]); i++) {
        if (strcmp(naming[i][0], type) == 0 && listed(names, naming[i][1], strlen(naming[i][1]))) {
            return 1;
        }
    }
    return 0;
}

static void mask_item(json_object *item, const char *names, apr_pool_t *pool)
{
    static const char *const states[] = {"before", "after"};
    json_object *state;
    for (int i = 0; i < 2; i++) {
        if (json_object_object_get_ex(item, states[i], &state)) {
            scim_mask_json(state, names, pool);
        }
    }
    if (json_object_object_get_ex(item, "objectName", NULL) && masks_name(text_of(item, "objectType"), names)) {
        json_object_object_add(item, "objectName", json_object_new_string(MASK));
    }
}

const char *scim_mask_changes(const char *changes, const char *names, apr_pool_t *pool)
{
    json_object *object = changes ? scim_json_trusted(changes, strlen(changes), pool) : NULL;
    json_object *items;
    if (!object || !json_object_object_get_ex(object, "items", &items)) {
        return NULL;
    }
    for (size_t i = 0; i < json_object_array_length(items); i++) {
        mask_item(json_object_array_get_idx(items, i), names, pool);
    }
    return scim_json_text(object, NULL, pool);
}
