#include "admin_piece.h"

#include "admin_change.h"
#include "admin_ops.h"
#include "resources_private.h"
#include "rules/noun.h"
#include "scim/json.h"

#define ATTEMPTS_MAX 4

json_object *scim_piece_args(const char *name, json_object *value, apr_pool_t *pool)
{
    json_object *args = scim_json_own(json_object_new_object(), pool);
    json_object_object_add(args, name, json_object_get(value));
    return args;
}

json_object *scim_piece_text(const char *name, const char *text, apr_pool_t *pool)
{
    return scim_piece_args(name, scim_json_own(json_object_new_string(text), pool), pool);
}

scim_param_t *scim_piece_params(const scim_piece_t *piece, json_object *object)
{
    return scim_params(piece->pool, piece->call->tenant, scim_json_text(object, NULL, piece->pool), SCIM_PARAMS_END);
}

/* --- one account -------------------------------------------------------------------------------------------------- */

scim_error_t *scim_piece_nested(json_object **answer, const scim_piece_t *piece, const char *noun, const char *verb,
                                json_object *args, scim_batch_t *batch)
{
    return scim_admin_nested(answer, piece->call, scim_admin_command(noun, verb), args,
                             batch ? batch : scim_batch_make(piece->call->conn), piece->pool);
}

scim_error_t *scim_piece_join(json_object *joined, const scim_piece_t *piece, json_object *groups, const char *user)
{
    json_object *members = scim_json_own(json_object_new_array(), piece->pool);
    scim_error_t *error = NULL;
    json_object_array_add(members, json_object_new_string(user));
    for (size_t i = 0; groups && !error && i < json_object_array_length(groups); i++) {
        json_object *answer, *args = scim_piece_args("group", json_object_array_get_idx(groups, i), piece->pool);
        json_object_object_add(args, "members", json_object_get(members));
        error = scim_piece_nested(&answer, piece, "group", "add-members", args, NULL);
        if (!error) {
            json_object_array_add(joined, json_object_get(json_object_object_get(answer, "id")));
        }
    }
    return error;
}

scim_error_t *scim_piece_release(const scim_piece_t *piece)
{
    scim_batch_t *batch = scim_batch_make(piece->call->conn);
    scim_batch_add(batch, SCIM_STMT_RELEASE, NULL);
    return scim_batch_run(batch);
}

/* --- pieces --------------------------------------------------------------------------------------------------------*/

/* Names the batch, in the form that the statements take. */
static json_object *row_of(const scim_piece_t *piece, const char *id, const char *kind)
{
    json_object *row = scim_piece_text("import", id, piece->pool);
    json_object_object_add(row, "kind", json_object_new_string(kind));
    return row;
}

void scim_piece_add_begin(scim_batch_t *batch, const scim_piece_t *piece, const scim_piece_batch_t *begun)
{
    json_object *row = row_of(piece, begun->id, begun->kind);
    scim_outcome_t outcome = {.entries = scim_json_own(json_object_new_array(), piece->pool), .pool = piece->pool};
    json_object_object_add(row, "name", json_object_new_string(begun->name));
    json_object_object_add(row, "actor", json_object_new_string(piece->call->actor));
    scim_batch_add(batch, SCIM_STMT_ADMIN_IMPORT_BEGIN, scim_piece_params(piece, row));
    scim_outcome_tell(&outcome, begun->action, "Batch", begun->id, begun->name, NULL, begun->after);
    scim_batch_add(batch, SCIM_STMT_ADMIN_AUDIT_ADD, scim_piece_params(piece, outcome.entries));
}

int scim_piece_add_hold_batch(scim_batch_t *batch, const scim_piece_t *piece, const char *id, const char *kind)
{
    return scim_batch_add(batch, SCIM_STMT_ADMIN_IMPORT_HOLD, scim_piece_params(piece, row_of(piece, id, kind)));
}

void scim_piece_add_hold(scim_batch_t *batch, const scim_piece_t *piece, json_object *groups, json_object *users)
{
    json_object *held = scim_piece_args("groups", groups, piece->pool);
    json_object_object_add(held, "users", json_object_get(users));
    scim_batch_add(batch, SCIM_STMT_ADMIN_PEOPLE_HOLD, scim_piece_params(piece, held));
}

scim_error_t *scim_piece_note(const scim_piece_t *piece, json_object *done)
{
    scim_batch_t *batch = scim_batch_make(piece->call->conn);
    scim_batch_add(batch, SCIM_STMT_ADMIN_IMPORT_NOTE, scim_piece_params(piece, done));
    scim_batch_add(batch, SCIM_STMT_COMMIT, NULL);
    return scim_batch_run(batch);
}

scim_error_t *scim_piece_run(scim_piece_t *piece, scim_error_t *(*once)(void *data), void *data)
{
    scim_error_t *error;
    int tries = 0;
    apr_pool_create(&piece->pool, piece->call->pool);
    apr_pool_t *before = scim_conn_pool(piece->call->conn, piece->pool);
    do {
        error = once(data);
    } while (error && error->transient && ++tries < ATTEMPTS_MAX);
    scim_conn_pool(piece->call->conn, before);
    return error;
}

void scim_piece_done(scim_piece_t *piece)
{
    apr_pool_destroy(piece->pool);
    piece->pool = piece->call->pool;
}
