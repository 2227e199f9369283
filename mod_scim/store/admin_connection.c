/* Tests whether an identity provider can connect, by making its first calls. */
#include <apr_strings.h>
#include <string.h>

#include "admin_ops.h"
#include "first_calls.h"
#include "scim/json.h"

#define CALLS_MAX 10

static const scim_admin_field_t fields[] = {
    {"tenant", SCIM_ARG_TEXT, "Tenant", "the tenant"},
    {"baseUrl", SCIM_ARG_TEXT, "Base URL", "the base URL of the requests"},
    {"passed", SCIM_ARG_FLAG, "Passed", "whether each step that was tried has passed"},
    {"steps", SCIM_ARG_JSON, NULL,
     "the steps in order: step, request, expected, found, ok (null: it was not tried), fix (what to do; null: "
     "nothing)"},
    {"summary", SCIM_ARG_LIST, "Steps", "the same, each as a line of text"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t args[] = {
    {"token", SCIM_ARG_TEXT, 0, "TOKEN", 1, 200,
     "a token of the tenant, its whole text, for the requests that need one; it is not stored"},
    {"calls", SCIM_ARG_LIST, 0, "PATH", 0, 0,
     "additional first requests of the product, each a path below the base URL such as /Users?count=1; at most ten"},
    {"url", SCIM_ARG_TEXT, 0, "URL", 1, 2000, "the base URL, for scimctl; the admin API uses its own (ScimBaseURL)"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static json_object *own_calls(const scim_admin_call_t *call)
{
    json_object *calls = NULL;
    json_object_object_get_ex(call->args, "calls", &calls);
    return calls;
}

/* Why a list of calls is invalid; NULL: it is valid. */
static const char *wrong_calls(json_object *calls)
{
    size_t count = calls ? json_object_array_length(calls) : 0;
    for (size_t i = 0; i < count; i++) {
        if (!scim_is_first_call(json_object_get_string(json_object_array_get_idx(calls, i)))) {
            return "must be paths below the base URL, such as /Users?count=1.";
        }
    }
    return count > CALLS_MAX ? "may be at most ten." : NULL;
}

static scim_error_t *wrong(const char *field, const char *problem, apr_pool_t *pool)
{
    scim_error_t *error = scim_error_status(pool, 400, "%s: %s", field, problem);
    scim_error_field(error, field, problem, pool);
    return error;
}

/* The admin API calls only the tenant's own base URL. scimctl gets the URL from its environment, and its user may name
 * any. */
static scim_error_t *prepare(scim_admin_call_t *call)
{
    const char *url = scim_admin_text(call, "url");
    int scimctl = strcmp(call->actor_kind, "scimctl") == 0;
    const char *asked = url ? url : call->base_url, *problem = NULL;
    if (scimctl && !asked) {
        problem = "is missing: scimctl does not read httpd's configuration. Give it, or set SCIM_BASE_URL.";
    } else if (scimctl && strncmp(asked, "https://", 8) != 0 && strncmp(asked, "http://", 7) != 0) {
        problem = "must begin with https://.";
    } else if (!scimctl && url) {
        problem = "is only for scimctl; here the tenant's own base URL is used.";
    } else if (!scimctl && !call->base_url) {
        scim_error_t *error =
            scim_error_status(call->pool, 409, "%s", "The base URL is not known: set ScimBaseURL in this Location.");
        return error;
    }
    if (problem) {
        return wrong("url", problem, call->pool);
    }
    problem = wrong_calls(own_calls(call));
    return problem ? wrong("calls", problem, call->pool) : NULL;
}

static const char *member(json_object *step, const char *name)
{
    json_object *value = NULL;
    json_object_object_get_ex(step, name, &value);
    return value ? json_object_get_string(value) : NULL;
}

static json_object *summary(json_object *steps, apr_pool_t *pool)
{
    json_object *lines = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(steps); i++) {
        json_object *step = json_object_array_get_idx(steps, i);
        const char *fix = member(step, "fix");
        const char *line =
            apr_pstrcat(pool, member(step, "step"), ": ", member(step, "found"), fix ? ". " : "", fix, NULL);
        json_object_array_add(lines, json_object_new_string(line));
    }
    return lines;
}

/* Runs after the database connection was returned, because the calls need connections themselves. */
static scim_error_t *after(scim_admin_call_t *call)
{
    json_object *answer = scim_json_trusted(call->answer, strlen(call->answer), call->pool);
    const char *url = scim_admin_text(call, "url") ? scim_admin_text(call, "url") : member(answer, "baseUrl");
    json_object *steps;
    int passed = scim_first_calls(&steps, url, scim_admin_text(call, "token"), own_calls(call), call->pool);
    json_object_object_add(answer, "baseUrl", json_object_new_string(url));
    json_object_object_add(answer, "passed", json_object_new_boolean(passed));
    json_object_object_add(answer, "summary", summary(steps, call->pool));
    json_object_object_add(answer, "steps", json_object_get(steps));
    call->answer = scim_json_text(answer, NULL, call->pool);
    return NULL;
}

const scim_admin_op_t scim_admin_connection_ops[] = {
    {.noun = "connection",
     .verb = "test",
     .method = "POST",
     .flags = SCIM_OP_JUDGES,
     .path = "/tenants/{tenant}/connection/test",
     .statement = SCIM_STMT_ADMIN_CONNECTION_TEST,
     .args = args,
     .fields = fields,
     .prepare = prepare,
     .after = after,
     .summary = "send an identity provider's own first requests to the base URL, and show the result of each"},
    {.noun = NULL},
};
