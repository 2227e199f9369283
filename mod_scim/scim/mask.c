#include "mask.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "text.h"

#define MASK     "***"
#define PASSWORD "password"

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

/* A character of a text that may be percent-encoded; *len is how long it is there. */
static char char_at(const char *text, apr_size_t *len)
{
    char digits[3] = {0};
    *len = 1;
    if (text[0] != '%' || !apr_isxdigit(text[1]) || !apr_isxdigit(text[2])) {
        return text[0];
    }
    memcpy(digits, text + 1, 2);
    *len = 3;
    return (char)strtol(digits, NULL, 16);
}

static const char *decoded(const char *text, apr_pool_t *pool)
{
    char *plain = apr_palloc(pool, strlen(text) + 1);
    char *end = plain;
    for (apr_size_t len; *text; text += len) {
        char c = char_at(text, &len);
        *end++ = c ? c : ' ';
    }
    *end = '\0';
    return plain;
}

/* Whether one of the words of a text is a name. */
static int names_any(const char *encoded, const char *names, apr_pool_t *pool)
{
    const char *text = strchr(encoded, '%') ? decoded(encoded, pool) : encoded;
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

/* The next quote of a text, NULL where there is none; *len is how long it is. Within quotes a backslash takes away the
 * meaning of what follows. */
static const char *find_quote(const char *text, int within, apr_size_t *len)
{
    for (; *text; text += *len) {
        char c = char_at(text, len);
        if (c == '"') {
            return text;
        }
        if (within && c == '\\' && text[*len]) {
            text += *len;
            char_at(text, len);
        }
    }
    return NULL;
}

static const char *mask_quoted(const char *text, apr_pool_t *pool)
{
    scim_buf_t out;
    apr_size_t len;
    const char *open;
    scim_buf_init(&out, strlen(text) + 8, pool);
    while ((open = find_quote(text, 0, &len)) != NULL) {
        const char *inside = open + len;
        scim_buf_add(&out, text, (apr_size_t)(inside - text));
        scim_buf_puts(&out, MASK);
        text = find_quote(inside, 1, &len);
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
    return text && names_any(text, names, pool) ? mask_quoted(text, pool) : text;
}

const char *scim_mask_detail(const char *text, const char *names, apr_pool_t *pool)
{
    const char *first = text && names_any(text, names, pool) ? strchr(text, '"') : NULL;
    if (!first) {
        return text;
    }
    const char *last = strrchr(text, '"');
    return apr_psprintf(pool, "%.*s" MASK "%s", (int)(first + 1 - text), text, last > first ? last : "");
}

/* The names of an object's members, NULL at the end: the object may be changed meanwhile. */
static const char **keys_of(json_object *object, apr_pool_t *pool)
{
    apr_size_t count = (apr_size_t)json_object_object_length(object);
    const char **keys = apr_pcalloc(pool, (count + 1) * sizeof(*keys));
    apr_size_t n = 0;
    json_object_object_foreach(object, name, value)
    {
        keys[n++] = apr_pstrdup(pool, name);
        (void)value;
    }
    return keys;
}

/* A member that may speak of attributes: it is changed, and 1 returned, where it speaks of what is masked. */
static int mask_member(json_object *object, const char *key, const char *names, apr_pool_t *pool)
{
    json_object *text = json_object_object_get(object, key);
    if (!json_object_is_type(text, json_type_string) || !names_any(json_object_get_string(text), names, pool)) {
        return 0;
    }
    const char *masked = mask_quoted(json_object_get_string(text), pool);
    json_object_object_add(object, key, json_object_new_string(masked));
    return 1;
}

/* A PATCH operation by its path, with its value, and a search. Their members are known whatever their case. */
static void mask_operation(json_object *object, const char *const *keys, const char *names, apr_pool_t *pool)
{
    int about = 0;
    for (const char *const *key = keys; *key; key++) {
        if (strcasecmp(*key, "path") == 0) {
            about |= mask_member(object, *key, names, pool);
        } else if (strcasecmp(*key, "filter") == 0) {
            mask_member(object, *key, names, pool);
        }
    }
    for (const char *const *key = keys; about && *key; key++) {
        if (strcasecmp(*key, "value") == 0) {
            json_object_object_add(object, *key, json_object_new_string(MASK));
        }
    }
}

static void mask_object(json_object *object, const char *names, apr_pool_t *pool)
{
    const char **keys = keys_of(object, pool);
    mask_operation(object, keys, names, pool);
    for (const char **key = keys; *key; key++) {
        if (!names_any(*key, names, pool)) {
            scim_mask_json(json_object_object_get(object, *key), names, pool);
            continue;
        }
        json_object_object_del(object, *key);
        json_object_object_add(object, mask_quoted(*key, pool), json_object_new_string(MASK));
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
