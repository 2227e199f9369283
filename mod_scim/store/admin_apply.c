/* Applies a template to existing accounts: each account gets what it lacks of the template, by the operations for one
 * account. The result is a batch, which can be undone as a whole. A preview does the same and rolls back. */
#include <apr_strings.h>
#include <string.h>

#include "admin_change.h"
#include "admin_ops.h"
#include "admin_piece.h"
#include "resources_private.h"
#include "rules/gift.h"
#include "rules/noun.h"
#include "rules/row.h"
#include "scim/json.h"
#include "scim/text.h"

static const scim_admin_field_t fields[] = {
    {"batch", SCIM_ARG_TEXT, "Batch", "its id, to undo it; null: a preview, or nothing was given"},
    {"given", SCIM_ARG_INT, "Given", "how many users got something"},
    {"same", SCIM_ARG_INT, "Same", "how many had all of it already"},
    {"refused", SCIM_ARG_INT, "Refused", "how many were refused"},
    {"accounts", SCIM_ARG_JSON, "Accounts",
     "each user that gets something or is refused: id, userName, gets (role, flags, groups, subscriptions), cause"},
    {"next", SCIM_ARG_TEXT, NULL, "`after` of the request that continues; null: all is done"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t args[] = {
    {"preview", SCIM_ARG_FLAG, 0, NULL, 0, 0, "show who would get what, and change nothing"},
    {"after", SCIM_ARG_TEXT, SCIM_ARG_PIECE, "NEXT", 1, 36, "the `next` of the previous request, to continue"},
    {"batch", SCIM_ARG_TEXT, SCIM_ARG_PIECE, "ID", 1, 36, "the batch of the previous request, to continue"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

typedef struct apply_t {
    scim_piece_t piece;
    json_object *template;      /* as `template show` returns it */
    json_object *subscriptions; /* the ids of its subscriptions, by name */
    json_object *people;        /* the people of this piece */
    json_object *items;         /* the batch's items for this piece */
    json_object *told, *accounts;
    const char *batch;
    const char *after;
    int begun, preview, done;
    int given, same, refused, counts[3];
} apply_t;

/* --- one account -------------------------------------------------------------------------------------------------- */

/* Grants subscriptions with the source `template`. */
static scim_error_t *grant(json_object *grants, const apply_t *apply, json_object *names, json_object *person)
{
    if (json_object_array_length(names) == 0) {
        return NULL;
    }
    scim_batch_t *batch = scim_batch_make(apply->piece.call->conn);
    scim_outcome_t outcome = {.entries = scim_json_own(json_object_new_array(), apply->piece.pool),
                              .pool = apply->piece.pool};
    for (size_t i = 0; i < json_object_array_length(names); i++) {
        const char *name = json_object_get_string(json_object_array_get_idx(names, i));
        char id[SCIM_ID_SIZE];
        scim_id_make(id);
        json_object *row = scim_piece_text("id", id, apply->piece.pool),
                    *after = scim_piece_text("subscription", name, apply->piece.pool);
        json_object_object_add(row, "userId", json_object_get(json_object_object_get(person, "id")));
        json_object_object_add(row, "subscriptionId",
                               json_object_get(json_object_object_get(apply->subscriptions, name)));
        json_object_object_add(row, "source", json_object_new_string("template"));
        json_object_object_add(after, "source", json_object_new_string("template"));
        scim_batch_add(batch, SCIM_STMT_ADMIN_GRANT_ADD, scim_piece_params(&apply->piece, row));
        scim_outcome_tell(&outcome, "grant", "User", scim_row_text(person, "id"), scim_row_text(person, "userName"),
                          NULL, after);
        json_object_array_add(grants, json_object_new_string(id));
    }
    scim_batch_add(batch, SCIM_STMT_ADMIN_AUDIT_ADD, scim_piece_params(&apply->piece, outcome.entries));
    return scim_batch_run(batch);
}

/* Gives a person the missing parts of the template, and returns what undo needs. */
static scim_error_t *give(apply_t *apply, const scim_gift_t *gift, json_object *person)
{
    json_object *joined = scim_json_own(json_object_new_array(), apply->piece.pool);
    json_object *grants = scim_json_own(json_object_new_array(), apply->piece.pool);
    const char *user = scim_row_text(person, "id");
    scim_error_t *error = NULL;
    if (json_object_object_length(gift->set) > 0) {
        json_object *asked = scim_json_copy(gift->set, apply->piece.pool);
        json_object_object_add(asked, "user", json_object_new_string(user));
        error = scim_piece_nested(NULL, &apply->piece, "user", "set", asked, NULL);
    }
    error = error ? error : scim_piece_join(joined, &apply->piece, gift->groups, user);
    error = error ? error : grant(grants, apply, gift->subscriptions, person);
    if (!error) {
        json_object *item = json_object_new_object(), *undo = json_object_new_object();
        json_object_object_add(undo, "set", json_object_get(gift->before));
        json_object_object_add(undo, "groups", json_object_get(joined));
        json_object_object_add(undo, "grants", json_object_get(grants));
        json_object_object_add(item, "user", json_object_new_string(user));
        json_object_object_add(item, "what", json_object_new_string("changed"));
        json_object_object_add(item, "undo", undo);
        json_object_array_add(apply->items, item);
    }
    return error;
}

static void tell(apply_t *apply, json_object *person, const scim_gift_t *gift, const scim_error_t *error)
{
    json_object *told = json_object_new_object();
    json_object_object_add(told, "id", json_object_get(json_object_object_get(person, "id")));
    json_object_object_add(told, "userName", json_object_get(json_object_object_get(person, "userName")));
    json_object_object_add(told, "gets",
                           gift ? json_object_get(scim_gift_tell(gift, apply->piece.pool)) : json_object_new_object());
    json_object_object_add(told, "cause", error ? json_object_new_string(error->detail) : NULL);
    json_object_array_add(apply->told, told);
    apply->counts[error ? 2 : 0]++;
}

static scim_error_t *apply_one(apply_t *apply, json_object *person)
{
    json_object *is, *grants;
    scim_gift_t gift;
    scim_batch_t *batch = scim_batch_make(apply->piece.call->conn);
    scim_batch_add(batch, SCIM_STMT_SAVEPOINT, NULL);
    json_object *asked = scim_piece_text("user", scim_row_text(person, "id"), apply->piece.pool);
    scim_error_t *error = scim_piece_nested(&is, &apply->piece, "user", "show", asked, batch);
    if (!error) {
        asked = scim_piece_text("user", scim_row_text(person, "id"), apply->piece.pool);
        json_object_object_add(asked, "limit", json_object_new_int(SCIM_ADMIN_PAGE_MAX));
        error = scim_piece_nested(&grants, &apply->piece, "grant", "list", asked, NULL);
    }
    if (error && scim_admin_refuses(error)) { /* the account was erased after it was read */
        tell(apply, person, NULL, error);
    } else if (error) {
        return error;
    } else if (!scim_gift(&gift, apply->template, is, json_object_object_get(grants, "items"), apply->piece.pool)) {
        apply->counts[1]++;
    } else {
        error = give(apply, &gift, person);
        if (error && !scim_admin_refuses(error)) {
            return error;
        }
        tell(apply, person, &gift, error);
    }
    return scim_piece_release(&apply->piece);
}

/* --- pieces --------------------------------------------------------------------------------------------------------*/

/* Reads the next accounts to which the template applies. */
static scim_error_t *look(apply_t *apply)
{
    scim_admin_call_t call = *apply->piece.call;
    call.op = scim_admin_command("template", "preview");
    call.pool = apply->piece.pool;
    call.args = scim_piece_text("template", scim_row_text(apply->template, "id"), apply->piece.pool);
    json_object_object_add(call.args, "limit", json_object_new_int(SCIM_PIECE));
    if (apply->after) {
        json_object_object_add(call.args, "after", json_object_new_string(apply->after));
    }
    scim_error_t *error = scim_admin_run(&call);
    if (!error) {
        json_object *page = scim_json_trusted(call.answer, strlen(call.answer), apply->piece.pool);
        const char *next = scim_row_text(page, "next");
        apply->people = json_object_object_get(page, "items");
        apply->done = next == NULL;
        apply->after = apr_pstrdup(apply->piece.call->pool, next);
    }
    return error;
}

static scim_error_t *end(const apply_t *apply)
{
    static const char *const names[] = {"changed", "same", "refused"};
    json_object *row = scim_piece_text("import", apply->batch, apply->piece.pool);
    for (int i = 0; i < 3; i++) {
        json_object_object_add(row, names[i], json_object_new_int(apply->counts[i]));
    }
    json_object_object_add(row, "made", json_object_new_int(0));
    json_object_object_add(row, "kept", json_object_new_int(0));
    json_object_object_add(row, "items", json_object_get(apply->items));
    return scim_piece_note(&apply->piece, row);
}

static scim_error_t *refuse_batch(int status, const char *why, apr_pool_t *pool)
{
    scim_error_t *error = scim_error_status(pool, status, "%s; leave it out to begin a new one.", why);
    scim_error_field(error, "batch", error->detail, pool);
    return error;
}

static const char no_batch[] = "There is no such batch";

/* Checks the locked batch. */
static scim_error_t *check_batch(const apply_t *apply, const PGresult *held)
{
    apr_size_t len;
    if (PQntuples(held) == 0) {
        return refuse_batch(404, no_batch, apply->piece.pool);
    }
    if (scim_result_bool(held, 0, 0)) {
        return refuse_batch(409, "This batch was undone", apply->piece.pool);
    }
    const char *name = scim_result_text(&len, held, 0, 1);
    return strcmp(name, scim_row_text(apply->template, "name")) == 0
               ? NULL
               : refuse_batch(409, "This batch is of another template", apply->piece.pool);
}

/* Locks the groups and users, so that a user does not change between reading and giving. */
static void add_hold(scim_batch_t *batch, const apply_t *apply)
{
    json_object *users = scim_json_own(json_object_new_array(), apply->piece.pool);
    for (size_t i = 0; i < json_object_array_length(apply->people); i++) {
        json_object *person = json_object_array_get_idx(apply->people, i);
        json_object_array_add(users, json_object_get(json_object_object_get(person, "id")));
    }
    scim_piece_add_hold(batch, &apply->piece, json_object_object_get(apply->template, "groups"), users);
}

/* Opens the transaction, makes a new batch or locks the one to continue, and then locks the template, groups and users.
 */
static scim_error_t *begin(const apply_t *apply)
{
    scim_admin_call_t call = *apply->piece.call;
    call.pool = apply->piece.pool;
    scim_batch_t *batch = scim_admin_open(&call);
    int held = -1;
    if (apply->begun) {
        held = scim_piece_add_hold_batch(batch, &apply->piece, apply->batch, "template");
    } else if (!apply->preview) {
        const scim_piece_batch_t begun = {
            .id = apply->batch, .kind = "template", .name = scim_row_text(apply->template, "name"), .action = "apply"};
        scim_piece_add_begin(batch, &apply->piece, &begun);
    }
    if (!apply->preview) {
        add_hold(batch, apply);
    }
    scim_error_t *error = scim_batch_run(batch);
    return error || held < 0 ? error : check_batch(apply, scim_batch_result(batch, held));
}

static scim_error_t *apply_once(void *data)
{
    apply_t *apply = data;
    scim_conn_t *conn = apply->piece.call->conn;
    apply->items = scim_json_own(json_object_new_array(), apply->piece.pool);
    apply->told = scim_json_own(json_object_new_array(), apply->piece.pool);
    memset(apply->counts, 0, sizeof(apply->counts));
    scim_error_t *error = begin(apply);
    scim_conn_nest(conn, 1);
    for (size_t i = 0; !error && i < json_object_array_length(apply->people); i++) {
        error = apply_one(apply, json_object_array_get_idx(apply->people, i));
    }
    scim_conn_nest(conn, 0);
    error = error || apply->preview ? error : end(apply);
    if (error || apply->preview) {
        scim_conn_rollback(conn);
    }
    return error;
}

/* Reads the next accounts, and processes them. */
static scim_error_t *look_and_apply(void *data)
{
    apply_t *apply = data;
    scim_error_t *error = apply->people ? NULL : look(apply);
    return error ? error : apply_once(apply);
}

static scim_error_t *apply_piece(apply_t *apply)
{
    const char *after = apply->after;
    apply->people = NULL;
    scim_error_t *error = scim_piece_run(&apply->piece, look_and_apply, apply);
    if (error) {
        apply->after = after;
        apply->done = 0;
        return error;
    }
    for (size_t i = 0; i < json_object_array_length(apply->told); i++) {
        json_object_array_add(apply->accounts, json_object_get(json_object_array_get_idx(apply->told, i)));
    }
    apply->given += apply->counts[0];
    apply->same += apply->counts[1];
    apply->refused += apply->counts[2];
    apply->begun = apply->begun || !apply->preview;
    scim_piece_done(&apply->piece);
    return NULL;
}

/* --- the whole operation -------------------------------------------------------------------------------------------*/

/* Runs a reading operation, and returns its answer. */
static scim_error_t *read_one(json_object **answer, const scim_admin_call_t *whole, const char *noun, const char *name)
{
    scim_admin_call_t call = *whole;
    call.op = scim_admin_command(noun, "show");
    call.args = scim_piece_text(noun, name, whole->pool);
    scim_error_t *error = scim_admin_run(&call);
    if (!error) {
        *answer = scim_json_trusted(call.answer, strlen(call.answer), whole->pool);
    }
    return error;
}

static scim_error_t *prepare(apply_t *apply, scim_admin_call_t *call)
{
    char id[SCIM_ID_SIZE];
    const char *batch = scim_admin_text(call, "batch");
    *apply = (apply_t){.piece = {call, call->pool}, .after = scim_admin_text(call, "after"), .begun = batch != NULL};
    apply->preview = json_object_get_boolean(json_object_object_get(call->args, "preview"));
    apply->accounts = scim_json_own(json_object_new_array(), call->pool);
    apply->subscriptions = scim_json_own(json_object_new_object(), call->pool);
    if (batch && !scim_id_read(id, batch)) {
        return refuse_batch(404, no_batch, call->pool);
    }
    if (!batch) {
        scim_id_make(id);
    }
    apply->batch = apr_pstrdup(call->pool, id);
    scim_error_t *error = read_one(&apply->template, call, "template", scim_admin_text(call, "template"));
    json_object *names = error ? NULL : json_object_object_get(apply->template, "subscriptions");
    for (size_t i = 0; names && !error && i < json_object_array_length(names); i++) {
        const char *name = json_object_get_string(json_object_array_get_idx(names, i));
        json_object *one;
        error = read_one(&one, call, "subscription", name);
        if (!error) {
            json_object_object_add(apply->subscriptions, name, json_object_get(json_object_object_get(one, "id")));
        }
    }
    return error;
}

/* Committed accounts are reported, even if an error follows. */
static scim_error_t *apply_template(scim_admin_call_t *call)
{
    apply_t apply;
    apr_time_t late = apr_time_now() + call->patience;
    scim_error_t *error = prepare(&apply, call);
    error = error ? error : apply_piece(&apply);
    if (error) {
        return error;
    }
    while (!error && !apply.done && (!call->patience || apr_time_now() < late)) {
        error = apply_piece(&apply);
    }
    json_object *answer = scim_json_own(json_object_new_object(), call->pool);
    json_object_object_add(answer, "batch", apply.preview ? NULL : json_object_new_string(apply.batch));
    json_object_object_add(answer, "given", json_object_new_int(apply.given));
    json_object_object_add(answer, "same", json_object_new_int(apply.same));
    json_object_object_add(answer, "refused", json_object_new_int(apply.refused));
    json_object_object_add(answer, "accounts", json_object_get(apply.accounts));
    json_object_object_add(answer, "next", apply.done ? NULL : json_object_new_string(apply.after));
    call->answer = scim_json_text(answer, NULL, call->pool);
    return NULL;
}

const scim_admin_op_t scim_admin_apply_ops[] = {
    {.noun = "template",
     .verb = "apply",
     .argument = "template",
     .method = "POST",
     .path = "/tenants/{tenant}/templates/{template}/apply",
     .args = args,
     .fields = fields,
     .carry = apply_template,
     .summary = "apply a template to existing users; `batch undo` undoes it"},
    {.noun = NULL},
};
