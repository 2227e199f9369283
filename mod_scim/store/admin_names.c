/* Replaces names in arguments by ids, before the statement that needs the ids. */
#include <apr_strings.h>

#include "admin_ops.h"
#include "resources_private.h"
#include "rules/noun.h"
#include "scim/json.h"

static int is_given(const scim_admin_call_t *call)
{
    for (const scim_admin_name_t *name = call->op->names; name && name->argument; name++) {
        if (scim_admin_text(call, name->argument)) {
            return 1;
        }
    }
    return 0;
}

static scim_error_t *refuse(const scim_admin_call_t *call, const scim_refusal_t *missing)
{
    scim_asked_t asked = {
        .args = call->args, .facts = scim_json_own(json_object_new_object(), call->pool), .pool = call->pool};
    return scim_action_refuse(&asked, missing);
}

/* Replaces a name by what the statement has found. */
static scim_error_t *take(scim_admin_call_t *call, const scim_admin_name_t *name, const PGresult *found)
{
    apr_size_t len;
    const char *text = scim_result_text(&len, found, 0, PQfnumber(found, name->argument));
    if (!text) {
        return refuse(call, name->missing);
    }
    scim_admin_set(call, name->argument, json_object_new_string_len(text, (int)len));
    return NULL;
}

scim_error_t *scim_admin_resolve(scim_admin_call_t *call)
{
    if (!is_given(call)) {
        return NULL;
    }
    scim_batch_t *batch = scim_admin_batch(call);
    int slot = scim_batch_add(
        batch, SCIM_STMT_ADMIN_NAMES,
        scim_params(call->pool, call->tenant, scim_json_text(call->args, NULL, call->pool), SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    for (const scim_admin_name_t *name = call->op->names; !error && name->argument; name++) {
        if (scim_admin_text(call, name->argument)) {
            error = take(call, name, scim_batch_result(batch, slot));
        }
    }
    return error;
}
