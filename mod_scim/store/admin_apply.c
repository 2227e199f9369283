/*
 * A template for accounts that are there already: each gets what the template gives and it has not, by the operations
 * for one account. What was given is a batch, which can be taken back as one. A preview does the same and commits
 * nothing.
 */
#include <apr_strings.h>
#include <string.h>

#include "admin_change.h"
#include "admin_ops.h"
#include "resources_private.h"
#include "rules/gift.h"
#include "rules/noun.h"
#include "rules/row.h"
#include "scim/json.h"
#include "scim/text.h"

#define PIECE        50 /* accounts in one transaction */
#define ATTEMPTS_MAX 4

static const scim_admin_field_t fields[] = {
    {"batch", SCIM_ARG_TEXT, "Batch", "its id, by which it can be taken back; null: a preview, or nothing was given"},
    {"given", SCIM_ARG_INT, "Given", "how many users got something"},
    {"same", SCIM_ARG_INT, "Same", "how many had all of it"},
    {"refused", SCIM_ARG_INT, "Refused", "how many could not be given it"},
    {"accounts", SCIM_ARG_JSON, "Accounts",
     "each user that gets something or is refused: id, userName, gets (role, flags, groups, subscriptions), cause"},
    {"next", SCIM_ARG_TEXT, NULL, "there was no more time: `after` of the request that goes on; null: all is done"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t args[] = {
    {"preview", SCIM_ARG_FLAG, 0, NULL, 0, 0, "tell who would get what, and do nothing"},
    {"after", SCIM_ARG_TEXT, SCIM_ARG_PIECE, "NEXT", 1, 36, "where a request before it has ended: its `next`"},
    {"batch", SCIM_ARG_TEXT, SCIM_ARG_PIECE, "ID", 1, 36, "the batch of a request before it, which goes on"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

typedef struct apply_t {
    scim_admin_call_t *call;
    json_object *template;      /* as it is shown */
    json_object *subscriptions; /* the id of each of its subscriptions, by name */
    json_object *people;        /* of this piece */
    json_object *items;         /* of this piece, as the batch has them */
    json_object *told, *accounts;
    const char *batch;
    const char *after;
    int begun, preview, done;
    int given, same, refused, counts[3];
    apr_pool_t *pool; /* of the piece */
} apply_t;

static json_object *new_args(const char *name, const char *value, apr_pool_t *pool)
{
    json_object *object = scim_json_own(json_object_new_object(), pool);
    json_object_object_add(object, name, json_object_new_string(value));
    return object;
}

static scim_error_t *nested(json_object **answer, const apply_t *apply, const char *noun, const char *verb,
                            json_object *asked, scim_batch_t *batch)
{
    return scim_admin_nested(answer, apply->call, scim_admin_command(noun, verb), asked,
                             batch ? batch : scim_batch_make(apply->call->conn), apply->pool);
}

static scim_param_t *params_of(const apply_t *apply, json_object *object)
{
    return scim_params(apply->pool, apply->call->tenant, scim_json_text(object, NULL, apply->pool), SCIM_PARAMS_END);
}

/* --- one account -------------------------------------------------------------------------------------------------- */

static scim_error_t *join(json_object *joined, const apply_t *apply, json_object *groups, const char *user)
{
    scim_error_t *error = NULL;
    for (size_t i = 0; !error && i < json_object_array_length(groups); i++) {
        json_object *answer, *list = json_object_new_array();
        json_object *asked =
            new_args("group", json_object_get_string(json_object_array_get_idx(groups, i)), apply->pool);
        json_object_array_add(list, json_object_new_string(user));
        json_object_object_add(asked, "members", list);
        error = nested(&answer, apply, "group", "add-members", asked, NULL);
        if (!error) {
            json_object_array_add(joined, json_object_get(json_object_object_get(answer, "id")));
        }
    }
    return error;
}

/* Granted by the template, and not by hand. */
static scim_error_t *grant(json_object *grants, const apply_t *apply, json_object *names, json_object *person)
{
    if (json_object_array_length(names) == 0) {
        return NULL;
    }
    scim_batch_t *batch = scim_batch_make(apply->call->conn);
    scim_outcome_t outcome = {.entries = scim_json_own(json_object_new_array(), apply->pool), .pool = apply->pool};
    for (size_t i = 0; i < json_object_array_length(names); i++) {
        const char *name = json_object_get_string(json_object_array_get_idx(names, i));
        char id[SCIM_ID_SIZE];
        scim_id_make(id);
        json_object *row = new_args("id", id, apply->pool), *after = new_args("subscription", name, apply->pool);
        json_object_object_add(row, "userId", json_object_get(json_object_object_get(person, "id")));
        json_object_object_add(row, "subscriptionId",
                               json_object_get(json_object_object_get(apply->subscriptions, name)));
        json_object_object_add(row, "source", json_object_new_string("template"));
        json_object_object_add(after, "source", json_object_new_string("template"));
        scim_batch_add(batch, SCIM_STMT_ADMIN_GRANT_ADD, params_of(apply, row));
        scim_outcome_tell(&outcome, "grant", "User", scim_row_text(person, "id"), scim_row_text(person, "userName"),
                          NULL, after);
        json_object_array_add(grants, json_object_new_string(id));
    }
    scim_batch_add(batch, SCIM_STMT_ADMIN_AUDIT_ADD, params_of(apply, outcome.entries));
    return scim_batch_run(batch);
}

/* Gives it, and tells what takes it back. */
static scim_error_t *give(apply_t *apply, const scim_gift_t *gift, json_object *person)
{
    json_object *joined = scim_json_own(json_object_new_array(), apply->pool);
    json_object *grants = scim_json_own(json_object_new_array(), apply->pool);
    const char *user = scim_row_text(person, "id");
    scim_error_t *error = NULL;
    if (json_object_object_length(gift->set) > 0) {
        json_object *asked = scim_json_copy(gift->set, apply->pool);
        json_object_object_add(asked, "user", json_object_new_string(user));
        error = nested(NULL, apply, "user", "set", asked, NULL);
    }
    error = error ? error : join(joined, apply, gift->groups, user);
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
                           gift ? json_object_get(scim_gift_tell(gift, apply->pool)) : json_object_new_object());
    json_object_object_add(told, "cause", error ? json_object_new_string(error->detail) : NULL);
    json_object_array_add(apply->told, told);
    apply->counts[error ? 2 : 0]++;
}

static scim_error_t *apply_one(apply_t *apply, json_object *person)
{
    json_object *is, *grants;
    scim_gift_t gift;
    scim_batch_t *batch = scim_batch_make(apply->call->conn);
    scim_batch_add(batch, SCIM_STMT_SAVEPOINT, NULL);
    json_object *asked = new_args("user", scim_row_text(person, "id"), apply->pool);
    scim_error_t *error = nested(&is, apply, "user", "show", asked, batch);
    if (!error) {
        asked = new_args("user", scim_row_text(person, "id"), apply->pool);
        json_object_object_add(asked, "limit", json_object_new_int(SCIM_ADMIN_PAGE_MAX));
        error = nested(&grants, apply, "grant", "list", asked, NULL);
    }
    if (error && scim_admin_refuses(error)) { /* the account was erased meanwhile */
        tell(apply, person, NULL, error);
    } else if (error) {
        return error;
    } else if (!scim_gift(&gift, apply->template, is, json_object_object_get(grants, "items"), apply->pool)) {
        apply->counts[1]++;
    } else {
        error = give(apply, &gift, person);
        if (error && !scim_admin_refuses(error)) {
            return error;
        }
        tell(apply, person, &gift, error);
    }
    batch = scim_batch_make(apply->call->conn);
    scim_batch_add(batch, SCIM_STMT_RELEASE, NULL);
    return scim_batch_run(batch);
}

/* --- a piece ------------------------------------------------------------------------------------------------------ */

/* The next accounts that the template is for. */
static scim_error_t *look(apply_t *apply)
{
    scim_admin_call_t call = *apply->call;
    call.op = scim_admin_command("template", "preview");
    call.pool = apply->pool;
    call.args = new_args("template", scim_row_text(apply->template, "id"), apply->pool);
    json_object_object_add(call.args, "limit", json_object_new_int(PIECE));
    if (apply->after) {
        json_object_object_add(call.args, "after", json_object_new_string(apply->after));
    }
    scim_error_t *error = scim_admin_run(&call);
    if (!error) {
        json_object *page = scim_json_trusted(call.answer, strlen(call.answer), apply->pool);
        const char *next = scim_row_text(page, "next");
        apply->people = json_object_object_get(page, "items");
        apply->done = next == NULL;
        apply->after = apr_pstrdup(apply->call->pool, next);
    }
    return error;
}

/* What names the batch, as statements take it. */
static json_object *new_row(const apply_t *apply)
{
    json_object *row = new_args("import", apply->batch, apply->pool);
    json_object_object_add(row, "kind", json_object_new_string("template"));
    return row;
}

static void add_begin(scim_batch_t *batch, const apply_t *apply)
{
    const char *name = scim_row_text(apply->template, "name");
    json_object *row = new_row(apply);
    scim_outcome_t outcome = {.entries = scim_json_own(json_object_new_array(), apply->pool), .pool = apply->pool};
    json_object_object_add(row, "name", json_object_new_string(name));
    json_object_object_add(row, "actor", json_object_new_string(apply->call->actor));
    scim_batch_add(batch, SCIM_STMT_ADMIN_IMPORT_BEGIN, params_of(apply, row));
    scim_outcome_tell(&outcome, "apply", "Batch", apply->batch, name, NULL, NULL);
    scim_batch_add(batch, SCIM_STMT_ADMIN_AUDIT_ADD, params_of(apply, outcome.entries));
}

static scim_error_t *end(const apply_t *apply)
{
    static const char *const names[] = {"changed", "same", "refused"};
    json_object *row = new_args("import", apply->batch, apply->pool);
    for (int i = 0; i < 3; i++) {
        json_object_object_add(row, names[i], json_object_new_int(apply->counts[i]));
    }
    json_object_object_add(row, "made", json_object_new_int(0));
    json_object_object_add(row, "kept", json_object_new_int(0));
    json_object_object_add(row, "items", json_object_get(apply->items));
    scim_batch_t *batch = scim_batch_make(apply->call->conn);
    scim_batch_add(batch, SCIM_STMT_ADMIN_IMPORT_NOTE, params_of(apply, row));
    scim_batch_add(batch, SCIM_STMT_COMMIT, NULL);
    return scim_batch_run(batch);
}

static scim_error_t *refuse_batch(int status, const char *why, apr_pool_t *pool)
{
    scim_error_t *error = scim_error_status(pool, status, "%s; leave it out to begin a new one.", why);
    scim_error_field(error, "batch", error->detail, pool);
    return error;
}

static const char no_batch[] = "There is no such batch";

/* A batch that is locked, or is not there. */
static scim_error_t *check_batch(const apply_t *apply, const PGresult *held)
{
    apr_size_t len;
    if (PQntuples(held) == 0) {
        return refuse_batch(404, no_batch, apply->pool);
    }
    if (scim_result_bool(held, 0, 0)) {
        return refuse_batch(409, "This batch was undone", apply->pool);
    }
    const char *name = scim_result_text(&len, held, 0, 1);
    return strcmp(name, scim_row_text(apply->template, "name")) == 0
               ? NULL
               : refuse_batch(409, "This batch is of another template", apply->pool);
}

/* What a user has must not change between the look at it and the gift. */
static void add_hold(scim_batch_t *batch, const apply_t *apply)
{
    json_object *row = scim_json_own(json_object_new_object(), apply->pool), *users = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(apply->people); i++) {
        json_object *person = json_object_array_get_idx(apply->people, i);
        json_object_array_add(users, json_object_get(json_object_object_get(person, "id")));
    }
    json_object_object_add(row, "groups", json_object_get(json_object_object_get(apply->template, "groups")));
    json_object_object_add(row, "users", users);
    scim_batch_add(batch, SCIM_STMT_ADMIN_PEOPLE_HOLD, params_of(apply, row));
}

/* Opens the transaction, and the batch: a new one, or the one that goes on, which is locked; then all it is about. */
static scim_error_t *begin(const apply_t *apply)
{
    scim_admin_call_t call = *apply->call;
    call.pool = apply->pool;
    scim_batch_t *batch = scim_admin_open(&call);
    int held = -1;
    if (apply->begun) {
        held = scim_batch_add(batch, SCIM_STMT_ADMIN_IMPORT_HOLD, params_of(apply, new_row(apply)));
    } else if (!apply->preview) {
        add_begin(batch, apply);
    }
    if (!apply->preview) {
        add_hold(batch, apply);
    }
    scim_error_t *error = scim_batch_run(batch);
    return error || held < 0 ? error : check_batch(apply, scim_batch_result(batch, held));
}

static scim_error_t *apply_once(apply_t *apply)
{
    scim_conn_t *conn = apply->call->conn;
    apply->items = scim_json_own(json_object_new_array(), apply->pool);
    apply->told = scim_json_own(json_object_new_array(), apply->pool);
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

/* A piece lives in a pool of its own, where its error is, too. */
static scim_error_t *apply_piece(apply_t *apply)
{
    apr_pool_create(&apply->pool, apply->call->pool);
    apr_pool_t *before = scim_conn_pool(apply->call->conn, apply->pool);
    const char *after = apply->after;
    scim_error_t *error = look(apply);
    int tries = 0;
    while (!error && (error = apply_once(apply)) && error->transient && ++tries < ATTEMPTS_MAX) {
        error = NULL;
    }
    scim_conn_pool(apply->call->conn, before);
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
    apr_pool_destroy(apply->pool);
    return NULL;
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

/* What an operation that reads answers, by itself. */
static scim_error_t *read_one(json_object **answer, const scim_admin_call_t *whole, const char *noun, const char *name)
{
    scim_admin_call_t call = *whole;
    call.op = scim_admin_command(noun, "show");
    call.args = new_args(noun, name, whole->pool);
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
    *apply = (apply_t){.call = call, .after = scim_admin_text(call, "after"), .begun = batch != NULL};
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

/* What was committed is told, whatever comes after it. */
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
     .summary = "give what a template has to the users that are there and have it not; `batch undo` takes it back"},
    {.noun = NULL},
};
