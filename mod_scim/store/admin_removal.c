#include "admin_removal.h"

#include <apr_time.h>
#include <string.h>

#include "rules/noun.h"
#include "rules/removal.h"
#include "scim/json.h"

#define ROWS 5000 /* rows of each table that one piece removes */

/* Runs one statement of the removal as the call's administrator; *answer is its JSON. */
static scim_error_t *run(json_object **answer, const scim_admin_call_t *whole, scim_statement_e statement)
{
    scim_admin_op_t op = *whole->op;
    scim_admin_call_t call = *whole;
    op.carry = NULL;
    op.statement = statement;
    call.op = &op;
    call.args = scim_json_own(json_object_new_object(), whole->pool);
    scim_admin_set(&call, "rows", json_object_new_int(ROWS));
    scim_error_t *error = scim_admin_run(&call);
    if (!error) {
        *answer = scim_json_trusted(call.answer, strlen(call.answer), whole->pool);
    }
    return error;
}

static int is_true(json_object *answer, const char *name)
{
    return json_object_get_boolean(json_object_object_get(answer, name));
}

static scim_error_t *begin(const scim_admin_call_t *call)
{
    json_object *facts;
    if (call->wall) {
        return scim_error_status(call->pool, 403,
                                 "An administrator of only one tenant cannot remove it; ask an operator.");
    }
    scim_error_t *error = run(&facts, call, SCIM_STMT_TENANT_REMOVAL);
    if (error) {
        return error;
    }
    const char *version = json_object_get_string(json_object_object_get(facts, "version"));
    error = scim_version_check(call->if_match, version, call->pool);
    if (error) {
        return error;
    }
    error = scim_removal_decide(call->tenant, scim_admin_text(call, "confirm"), is_true(facts, "enabled"), call->pool);
    return error || is_true(facts, "removing") ? error : run(&facts, call, SCIM_STMT_TENANT_REMOVAL_BEGIN);
}

scim_error_t *scim_admin_tenant_remove(scim_admin_call_t *call)
{
    apr_time_t end = apr_time_now() + call->patience;
    apr_int64_t erased = 0;
    int done = 0;
    scim_error_t *error = begin(call);
    while (!error && !done && (erased == 0 || !call->patience || apr_time_now() < end)) {
        json_object *piece;
        error = run(&piece, call, SCIM_STMT_TENANT_ERASE);
        if (!error) {
            done = is_true(piece, "done");
            erased += json_object_get_int64(json_object_object_get(piece, "erased"));
        }
    }
    if (error) {
        return error;
    }
    json_object *answer = scim_json_own(json_object_new_object(), call->pool);
    json_object_object_add(answer, "tenant", json_object_new_string(call->tenant));
    json_object_object_add(answer, "done", json_object_new_boolean(done));
    json_object_object_add(answer, "erased", json_object_new_int64(erased));
    call->answer = scim_json_text(answer, NULL, call->pool);
    call->etag = scim_admin_etag(call->answer, strlen(call->answer), call->pool);
    return NULL;
}
