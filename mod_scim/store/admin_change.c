#include "admin_change.h"

#include <string.h>

#include "admin_ops.h"
#include "resources_private.h"
#include "scim/json.h"
#include "scim/text.h"

#define UNIQUE_VIOLATION      "23505"
#define FOREIGN_KEY_VIOLATION "23503"

/* OIDs of PostgreSQL's types. */
enum { OID_BOOL = 16, OID_JSON = 114, OID_JSONB = 3802 };

typedef struct change_t {
    scim_admin_call_t *call;
    const scim_admin_change_t *change;
    scim_asked_t asked;
    const char *is; /* the stored representation, as PostgreSQL's text */
} change_t;

/* --- looking up --------------------------------------------------------------------------------------------------- */

/* The tenant; a new tenant is in the arguments. */
static const char *tenant_of(const scim_admin_call_t *call)
{
    return call->tenant ? call->tenant : scim_admin_text(call, "tenant");
}

static void add_all(scim_batch_t *batch, const change_t *change, const scim_statement_e *statements, json_object *value)
{
    apr_pool_t *pool = change->call->pool;
    scim_param_t *params =
        scim_params(pool, tenant_of(change->call), scim_json_text(value, NULL, pool), SCIM_PARAMS_END);
    for (; *statements != SCIM_STMT_COUNT; statements++) {
        scim_batch_add(batch, *statements, params);
    }
}

static json_object *fact_of(const PGresult *result, int column, apr_pool_t *pool)
{
    apr_size_t len;
    const char *text = scim_result_text(&len, result, 0, column);
    if (!text) {
        return NULL;
    }
    switch (PQftype(result, column)) {
    case OID_BOOL:
        return json_object_new_boolean(scim_result_bool(result, 0, column));
    case OID_JSON:
    case OID_JSONB:
        return json_object_get(scim_json_trusted(text, len, pool));
    default:
        return json_object_new_string_len(text, (int)len);
    }
}

/* Reads the columns of a result's only row; an empty result has no facts. */
static void read_facts(change_t *change, const PGresult *result)
{
    apr_pool_t *pool = change->call->pool;
    for (int column = 0; PQntuples(result) > 0 && column < PQnfields(result); column++) {
        const char *name = PQfname(result, column);
        json_object_object_add(change->asked.facts, name, fact_of(result, column, pool));
        if (strcmp(name, "is") == 0 && !PQgetisnull(result, 0, column)) {
            apr_size_t len;
            change->is = scim_result_text(&len, result, 0, column);
            change->asked.version = scim_admin_etag(change->is, len, pool);
        } else if (strcmp(name, "version") == 0) {
            change->asked.version = scim_result_text(NULL, result, 0, column);
        }
    }
}

static scim_error_t *look_up(change_t *change, scim_batch_t *batch)
{
    int first = scim_batch_size(batch);
    add_all(batch, change, change->change->looks, change->asked.args);
    scim_error_t *error = scim_batch_run(batch);
    for (int slot = first; !error && slot < scim_batch_size(batch); slot++) {
        read_facts(change, scim_batch_result(batch, slot));
    }
    return error;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

/* These errors come from other transactions' changes since the look-up. A new look-up finds the changes, and the
 * action decides the answer. */
static void expect_others(scim_error_t *error, const scim_batch_t *batch)
{
    const char *state = scim_batch_state(batch);
    if (error && (strcmp(state, UNIQUE_VIOLATION) == 0 || strcmp(state, FOREIGN_KEY_VIOLATION) == 0)) {
        error->transient = 1;
    }
}

static scim_error_t *write_row(change_t *change, scim_batch_t *batch, const scim_outcome_t *outcome, int commits)
{
    int first = scim_batch_size(batch);
    if (outcome->changes) {
        add_all(batch, change, change->change->writes, outcome->row);
        add_all(batch, change, SCIM_STATEMENTS(SCIM_STMT_ADMIN_AUDIT_ADD), outcome->entries);
    }
    if (commits) {
        scim_batch_add(batch, SCIM_STMT_COMMIT, NULL);
    }
    scim_error_t *error = scim_batch_size(batch) > first ? scim_batch_run(batch) : NULL;
    expect_others(error, batch);
    if (error || (change->call->op->flags & SCIM_OP_EMPTY)) {
        return error;
    }
    if (outcome->changes) {
        return scim_admin_answer(change->call, scim_batch_result(batch, first + change->change->answer));
    }
    if (outcome->answer) {
        apr_size_t len;
        change->call->answer = scim_json_text(outcome->answer, &len, change->call->pool);
        change->call->etag = scim_admin_etag(change->call->answer, len, change->call->pool);
        return NULL;
    }
    change->call->answer = change->is;
    change->call->etag = change->asked.version;
    return NULL;
}

/* The facts that every call has. */
static json_object *facts_at_first(const scim_admin_call_t *call)
{
    json_object *facts = scim_json_own(json_object_new_object(), call->pool);
    json_object_object_add(facts, "tenant", json_object_new_string(tenant_of(call)));
    return facts;
}

scim_error_t *scim_admin_missing(const scim_admin_call_t *call)
{
    scim_asked_t asked = {.args = call->args, .facts = facts_at_first(call), .pool = call->pool};
    return scim_action_refuse(&asked, call->op->missing);
}

scim_error_t *scim_admin_change(scim_admin_call_t *call, scim_batch_t *head, int commits)
{
    char id[SCIM_ID_SIZE];
    scim_outcome_t outcome;
    change_t change = {.call = call, .change = call->op->change};
    change.asked = (scim_asked_t){.action = change.change->action,
                                  .args = call->args,
                                  .facts = facts_at_first(call),
                                  .if_match = call->if_match,
                                  .schemas = call->schemas,
                                  .pool = call->pool};
    if (change.asked.action->kind == SCIM_ACTION_ADD) {
        scim_id_make(id);
        json_object_object_add(change.asked.facts, "id", json_object_new_string(id));
    }
    scim_error_t *error = look_up(&change, head);
    if (error) {
        return error;
    }
    error = scim_action_decide(&outcome, &change.asked);
    if (!error) {
        return write_row(&change, scim_batch_make(call->conn), &outcome, commits);
    }
    scim_conn_rollback(call->conn);
    return error;
}
