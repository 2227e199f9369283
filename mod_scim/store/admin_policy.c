/* Saves changes of access in one transaction: policies, automatic subscriptions, and mappings. */
#include "admin_policy.h"

#include <apr_strings.h>

#include "admin_ops.h"
#include "admin_pairs.h"
#include "scim/json.h"

/* The operations of a call, and for each one the argument that it comes from. */
typedef struct {
    const scim_admin_call_t *whole;
    apr_array_header_t *calls;     /* scim_admin_call_t */
    apr_array_header_t *arguments; /* const char * */
} plan_t;

/* Adds an operation, and returns its arguments, which the caller fills. */
static json_object *add_call(plan_t *plan, const char *noun, const char *verb, const char *argument)
{
    scim_admin_call_t *call = apr_array_push(plan->calls);
    *call = *plan->whole;
    call->op = scim_admin_command(noun, verb);
    call->args = scim_json_own(json_object_new_object(), call->pool);
    /* If-Match has the tenant's version, which the first operation compares. */
    call->if_match = plan->calls->nelts == 1 ? plan->whole->if_match : NULL;
    APR_ARRAY_PUSH(plan->arguments, const char *) = argument;
    return call->args;
}

static json_object *list_of(const plan_t *plan, const char *name)
{
    json_object *list;
    return json_object_object_get_ex(plan->whole->args, name, &list) ? list : NULL;
}

static apr_size_t length_of(const json_object *list)
{
    return list ? json_object_array_length(list) : 0;
}

static const char *text_at(const json_object *list, apr_size_t i)
{
    return json_object_get_string(json_object_array_get_idx(list, i));
}

static void add_policies(plan_t *plan)
{
    static const char *const names[] = {"syncPolicy", "loginPolicy"};
    json_object *args = add_call(plan, "tenant", "set", "syncPolicy");
    for (apr_size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = scim_admin_text(plan->whole, names[i]);
        if (value) {
            json_object_object_add(args, names[i], json_object_new_string(value));
        }
    }
}

/* Makes each subscription of a list automatic, or not. */
static void add_automatic(plan_t *plan, const char *argument, int automatic)
{
    json_object *list = list_of(plan, argument);
    for (apr_size_t i = 0; i < length_of(list); i++) {
        json_object *args = add_call(plan, "subscription", "set", argument);
        json_object_object_add(args, "subscription", json_object_new_string(text_at(list, i)));
        json_object_object_add(args, "automatic", json_object_new_boolean(automatic));
    }
}

/* The list of groups to map to a target; created for the first mapping to it. */
static json_object *groups_of(plan_t *plan, json_object *known, json_object *mapping)
{
    json_object *groups, *role = json_object_object_get(mapping, "role");
    json_object *target = role ? role : json_object_object_get(mapping, "subscription");
    const char *key = apr_pstrcat(plan->whole->pool, role ? "r" : "s", json_object_get_string(target), NULL);
    if (json_object_object_get_ex(known, key, &groups)) {
        return groups;
    }
    json_object *args = add_call(plan, "mapping", "add-many", "map");
    json_object *names = json_object_new_array();
    groups = json_object_new_array();
    json_object_array_add(names, json_object_get(target));
    json_object_object_add(args, role ? "roles" : "subscriptions", names);
    json_object_object_add(args, "groups", groups);
    json_object_object_add(known, key, json_object_get(groups));
    return groups;
}

static void add_mappings(plan_t *plan)
{
    json_object *known = scim_json_own(json_object_new_object(), plan->whole->pool);
    json_object *list = list_of(plan, "map");
    for (apr_size_t i = 0; i < length_of(list); i++) {
        json_object *mapping = json_object_array_get_idx(list, i);
        json_object_array_add(groups_of(plan, known, mapping),
                              json_object_get(json_object_object_get(mapping, "group")));
    }
    list = list_of(plan, "unmap");
    for (apr_size_t i = 0; i < length_of(list); i++) {
        json_object *args = add_call(plan, "mapping", "remove", "unmap");
        json_object_object_add(args, "mapping", json_object_new_string(text_at(list, i)));
    }
}

/* Lets an error name the argument of `policy save` instead of the refused operation's. */
static void name_argument(scim_error_t *error, const plan_t *plan, int failed)
{
    int fields = error && error->fields && failed > 0 ? error->fields->nelts : 0;
    for (int i = 0; i < fields; i++) {
        APR_ARRAY_IDX(error->fields, i, scim_field_error_t).field =
            APR_ARRAY_IDX(plan->arguments, failed, const char *);
    }
}

scim_error_t *scim_admin_policy_save(scim_admin_call_t *call)
{
    plan_t plan = {.whole = call,
                   .calls = apr_array_make(call->pool, 8, sizeof(scim_admin_call_t)),
                   .arguments = apr_array_make(call->pool, 8, sizeof(const char *))};
    scim_error_t *error = scim_admin_pairs_join(call);
    int failed;
    if (error) {
        return error;
    }
    /* Grants come before withdrawals, so that nobody loses access for a moment. */
    add_policies(&plan);
    add_automatic(&plan, "automatic", 1);
    add_mappings(&plan);
    add_automatic(&plan, "notAutomatic", 0);
    error = scim_admin_run_all(&failed, (scim_admin_call_t *)plan.calls->elts, plan.calls->nelts);
    name_argument(error, &plan, failed);
    return error;
}
