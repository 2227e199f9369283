#include "row.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/fold.h"

/* Which rows have a key. */
typedef enum { ALWAYS, OF_LIVE_USER, OF_FORMER_USER, OF_LIVE_GROUP } owner_e;

/* Where the document has a key's value, and how the key is computed from it. */
static const struct {
    scim_key_e key;
    owner_e owner;
    const char *parent; /* NULL: the top level */
    const char *name;
    int exact; /* not folded */
    int cut;
} sources[] = {
    {SCIM_KEY_EXTERNAL_ID, ALWAYS, NULL, "externalId", 1, 0},
    {SCIM_KEY_USER_NAME, OF_LIVE_USER, NULL, "userName", 0, 0},
    {SCIM_KEY_GROUP_NAME, OF_LIVE_GROUP, NULL, "displayName", 0, 0},
    {SCIM_KEY_DISPLAY_NAME, ALWAYS, NULL, "displayName", 0, 0},
    {SCIM_KEY_FORMER_NAME, OF_FORMER_USER, NULL, "userName", 0, 0},
    {SCIM_KEY_FORMATTED_NAME, ALWAYS, "name", "formatted", 0, 1},
    {SCIM_KEY_FAMILY_NAME, ALWAYS, "name", "familyName", 0, 1},
    {SCIM_KEY_GIVEN_NAME, ALWAYS, "name", "givenName", 0, 1},
    {SCIM_KEY_MIDDLE_NAME, ALWAYS, "name", "middleName", 0, 1},
    {SCIM_KEY_HONORIFIC_PREFIX, ALWAYS, "name", "honorificPrefix", 0, 1},
    {SCIM_KEY_HONORIFIC_SUFFIX, ALWAYS, "name", "honorificSuffix", 0, 1},
    {SCIM_KEY_EMPLOYEE_NUMBER, ALWAYS, SCIM_URN_ENTERPRISE_USER, "employeeNumber", 0, 1},
};

scim_row_t scim_row_new(const scim_resource_type_t *type, json_object *doc)
{
    return (scim_row_t){.type = type, .doc = doc, .source = "scim"};
}

static int is_type(const scim_row_t *row, const char *name)
{
    return strcmp(row->type->stored, name) == 0;
}

int scim_row_is_user(const scim_row_t *row)
{
    return is_type(row, "User");
}

int scim_row_is_seen(const scim_row_t *row)
{
    return !row->deleted && strcmp(row->source, "local") != 0;
}

const char *scim_row_text(json_object *doc, const char *name)
{
    json_object *value;
    if (!json_object_is_type(doc, json_type_object) || !json_object_object_get_ex(doc, name, &value)) {
        return NULL;
    }
    return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

const char *scim_row_name(const scim_row_t *row)
{
    static const char *const names[] = {"userName", "value", "displayName"};
    const char *text = NULL;
    for (apr_size_t i = 0; !text && i < sizeof(names) / sizeof(*names); i++) {
        text = scim_row_text(row->doc, names[i]);
    }
    return text;
}

/* Removes spaces at both ends; NULL: nothing is left. */
static const char *trimmed(const char *text, apr_pool_t *pool)
{
    if (!text) {
        return NULL;
    }
    text += strspn(text, " ");
    apr_size_t len = strlen(text);
    while (len > 0 && text[len - 1] == ' ') {
        len--;
    }
    return len ? apr_pstrmemdup(pool, text, len) : NULL;
}

const char *scim_row_email(json_object *doc, apr_pool_t *pool)
{
    json_object *list = json_object_object_get(doc, "emails");
    size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    const char *first = NULL;
    for (size_t i = 0; i < count; i++) {
        json_object *entry = json_object_array_get_idx(list, i);
        const char *value = trimmed(scim_row_text(entry, "value"), pool);
        if (value && json_object_get_boolean(json_object_object_get(entry, "primary"))) {
            return value;
        }
        first = first ? first : value;
    }
    return first;
}

static int has_key(owner_e owner, const scim_row_t *row)
{
    switch (owner) {
    case ALWAYS:
        return 1;
    case OF_LIVE_USER:
        return scim_row_is_user(row) && !row->deleted;
    case OF_FORMER_USER:
        return scim_row_is_user(row) && row->deleted;
    case OF_LIVE_GROUP:
        return is_type(row, "Group") && !row->deleted;
    }
    return 0;
}

/* The first `count` characters of a text. */
static const char *cut(const char *text, int count, apr_pool_t *pool)
{
    const char *at = text;
    while (*at && count > 0) {
        at++;
        while (((unsigned char)*at & 0xc0) == 0x80) {
            at++;
        }
        count--;
    }
    return *at ? apr_pstrmemdup(pool, text, (apr_size_t)(at - text)) : text;
}

const char *scim_row_email_key(const scim_row_t *row, apr_pool_t *pool)
{
    const char *email = scim_row_email(row->doc, pool);
    return email ? cut(scim_fold(email, pool), SCIM_KEY_CUT, pool) : NULL;
}

static const char *login_key(const scim_row_t *row, const scim_rules_t *rules, apr_pool_t *pool)
{
    if (!rules->login_email || row->deleted || !scim_row_is_user(row)) {
        return NULL;
    }
    const char *email = scim_row_email(row->doc, pool);
    return email ? scim_fold(email, pool) : NULL;
}

void scim_row_keys(scim_row_t *row, const scim_rules_t *rules, apr_pool_t *pool)
{
    json_object *active = json_object_object_get(row->doc, "active");
    memset(row->keys, 0, sizeof(row->keys));
    for (apr_size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
        json_object *at = sources[i].parent ? json_object_object_get(row->doc, sources[i].parent) : row->doc;
        const char *text = has_key(sources[i].owner, row) ? scim_row_text(at, sources[i].name) : NULL;
        if (text && !sources[i].exact) {
            text = scim_fold(text, pool);
        }
        row->keys[sources[i].key] = text && sources[i].cut ? cut(text, SCIM_KEY_CUT, pool) : text;
    }
    row->keys[SCIM_KEY_LOGIN] = login_key(row, rules, pool);
    row->active =
        !scim_row_is_user(row) ||
        (!row->deleted && (!json_object_is_type(active, json_type_boolean) || json_object_get_boolean(active)));
}
