#include "admin_tenant_list.h"

#include <string.h>

#include "admin_ops.h"
#include "resources_private.h"
#include "scim/json.h"

static scim_error_t *read_page(scim_admin_call_t *call)
{
    scim_batch_t *batch = scim_admin_batch(call);
    const char *args = scim_json_text(call->args, NULL, call->pool);
    int slot = scim_batch_add(batch, call->op->statement, scim_params(call->pool, call->tenant, args, SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    return error ? error : scim_admin_answer(call, scim_batch_result(batch, slot));
}

static void add_members(json_object *item, json_object *health)
{
    json_object_object_foreach(health, name, value)
    {
        json_object_object_add(item, name, json_object_get(value));
    }
}

/* A tenant that was removed between the two round trips is still shown. */
static scim_error_t *add_health(const scim_admin_call_t *call, json_object *items)
{
    size_t n = json_object_array_length(items);
    scim_batch_t *batch = scim_admin_batch(call);
    int *slots = apr_palloc(call->pool, n * sizeof(*slots));
    for (size_t i = 0; i < n; i++) {
        json_object *item = json_object_array_get_idx(items, i);
        const char *tenant = json_object_get_string(json_object_object_get(item, "tenant"));
        slots[i] =
            scim_batch_add(batch, SCIM_STMT_ADMIN_TENANT_HEALTH, scim_params(call->pool, tenant, SCIM_PARAMS_END));
    }
    scim_error_t *error = scim_batch_run(batch);
    for (size_t i = 0; !error && i < n; i++) {
        const PGresult *result = scim_batch_result(batch, slots[i]);
        if (PQntuples(result) == 1) {
            apr_size_t len;
            const char *text = scim_result_text(&len, result, 0, 0);
            add_members(json_object_array_get_idx(items, i), scim_json_trusted(text, len, call->pool));
        }
    }
    return error;
}

scim_error_t *scim_admin_tenant_list(scim_admin_call_t *call)
{
    scim_error_t *error = read_page(call);
    if (error) {
        return error;
    }
    json_object *page = scim_json_trusted(call->answer, strlen(call->answer), call->pool);
    json_object *items = json_object_object_get(page, "items");
    if (json_object_array_length(items) > 0) {
        error = add_health(call, items);
    }
    if (!error) {
        call->answer = scim_json_text(page, NULL, call->pool);
        call->etag = scim_admin_etag(call->answer, strlen(call->answer), call->pool);
    }
    return error;
}
