#include "admin_pairs.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/json.h"
#include "tenant.h"

#define MAP           "map"
#define ROLE          "role:"
#define LIST_DEPTH    3 /* levels of JSON: a list of objects in an object */
#define PAIR_NAME_MAX 1000

#define NO_LIST "must be a list of at most %d mappings."
#define NO_PAIR                                                                                                        \
    "each of the list must be an object with group and either subscription or role, or a text GROUP=SUBSCRIPTION or "  \
    "GROUP=role:ROLE."

static const char *const members[] = {"group", "subscription", "role"};
#define MEMBER_COUNT (sizeof(members) / sizeof(*members))

static json_object *member(json_object *object, const char *name)
{
    json_object *value;
    return json_object_object_get_ex(object, name, &value) ? value : NULL;
}

/* --- one mapping -------------------------------------------------------------------------------------------------- */

static int is_name(json_object *value)
{
    return json_object_is_type(value, json_type_string) &&
           scim_label_valid(json_object_get_string(value), PAIR_NAME_MAX) &&
           strspn(json_object_get_string(value), " ") != (apr_size_t)json_object_get_string_len(value);
}

static int is_pair(json_object *value)
{
    int count = 0;
    for (apr_size_t i = 0; i < MEMBER_COUNT && json_object_is_type(value, json_type_object); i++) {
        count += is_name(member(value, members[i]));
    }
    return count == 2 && json_object_object_length(value) == 2 && member(value, members[0]);
}

/* Removes blanks at both ends. */
static json_object *trimmed(const char *text, apr_size_t len)
{
    for (; len > 0 && *text == ' '; len--) {
        text++;
    }
    while (len > 0 && text[len - 1] == ' ') {
        len--;
    }
    return json_object_new_string_len(text, (int)len);
}

/* Splits "group=target"; NULL: the text has no "=". The caller owns the result. */
static json_object *pair_of(const char *text)
{
    const char *sign = strrchr(text, '=');
    if (!sign) {
        return NULL;
    }
    const char *target = sign + 1 + strspn(sign + 1, " ");
    int role = strncmp(target, ROLE, strlen(ROLE)) == 0;
    target += role ? strlen(ROLE) : 0;
    json_object *pair = json_object_new_object();
    json_object_object_add(pair, "group", trimmed(text, (apr_size_t)(sign - text)));
    json_object_object_add(pair, role ? "role" : "subscription", trimmed(target, strlen(target)));
    return pair;
}

/* --- lists -------------------------------------------------------------------------------------------------------- */

const char *scim_admin_pairs_check(json_object *value, apr_pool_t *pool)
{
    if (!json_object_is_type(value, json_type_array) || json_object_array_length(value) > SCIM_ADMIN_LIST_MAX) {
        return apr_psprintf(pool, NO_LIST, SCIM_ADMIN_LIST_MAX);
    }
    for (size_t i = 0; i < json_object_array_length(value); i++) {
        json_object *one = json_object_array_get_idx(value, i);
        if (json_object_is_type(one, json_type_string)) {
            one = pair_of(json_object_get_string(one));
            json_object_array_put_idx(value, i, one);
        }
        if (!is_pair(one)) {
            return NO_PAIR;
        }
    }
    return NULL;
}

json_object *scim_admin_pairs_read(const char *text, apr_pool_t *pool)
{
    const char *whole = apr_pstrcat(pool, "{\"list\":", text, "}", NULL);
    json_object *object, *list;
    if (*text == '[' && !scim_json_read(&object, whole, strlen(whole), LIST_DEPTH, pool) &&
        json_object_object_length(object) == 1) {
        return json_object_get(member(object, "list"));
    }
    list = json_object_new_array();
    json_object_array_add(list, json_object_new_string(text));
    return list;
}

scim_error_t *scim_admin_pairs_join(scim_admin_call_t *call)
{
    static const char wanted[] = "A mapping is a group, with either a subscription or a role.";
    json_object *pair = scim_json_own(json_object_new_object(), call->pool), *list = member(call->args, MAP);
    for (apr_size_t i = 0; i < MEMBER_COUNT; i++) {
        if (member(call->args, members[i])) {
            json_object_object_add(pair, members[i], json_object_get(member(call->args, members[i])));
            json_object_object_del(call->args, members[i]);
        }
    }
    if (json_object_object_length(pair) == 0) {
        return NULL;
    }
    if (!is_pair(pair)) {
        scim_error_t *error = scim_error_status(call->pool, 400, "%s", wanted);
        scim_error_field(error, members[0], wanted, call->pool);
        return error;
    }
    if (!list) {
        list = json_object_new_array();
        json_object_object_add(call->args, MAP, list);
    }
    json_object_array_add(list, json_object_get(pair));
    return NULL;
}
