/* Batches: operations on many accounts that can be undone as a whole, such as imports, and deactivating accounts when
 * provisioning was switched off. Undo processes one account after the other, each in a savepoint, by the operations
 * for one account. */
#include <apr_strings.h>
#include <string.h>

#include "admin_change.h"
#include "admin_ops.h"
#include "admin_piece.h"
#include "resources_private.h"
#include "rules/noun.h"
#include "rules/row.h"
#include "rules/undo.h"
#include "scim/json.h"

/* ONE(text) is a heading in the output of one batch; lists have no such column. */
#define FIELDS(ONE)                                                                                                    \
    {"id", SCIM_ARG_TEXT, "Batch", "its id"},                                                                          \
        {"kind", SCIM_ARG_TEXT, "Kind",                                                                                \
         "import, template (applied to existing users), or deactivation (by switching provisioning off)"},             \
        {"name", SCIM_ARG_TEXT, "Name", "its name; for an import, its file"},                                          \
        {"actor", SCIM_ARG_TEXT, ONE("By"), "who did it"}, {"begun", SCIM_ARG_TIME, "Begun", "when it began"},         \
        {"latest", SCIM_ARG_TIME, NULL, "when its latest piece was done"},                                             \
        {"made", SCIM_ARG_INT, ONE("Made"), "how many accounts it added"},                                             \
        {"changed", SCIM_ARG_INT, ONE("Changed"), "how many accounts it changed"},                                     \
        {"same", SCIM_ARG_INT, NULL, "how many lines changed nothing"},                                                \
        {"kept", SCIM_ARG_INT, NULL, "how many existing accounts had other values, and stayed as they are"},           \
        {"refused", SCIM_ARG_INT, ONE("Refused"), "how many lines were refused"},                                      \
    {                                                                                                                  \
        "undone", SCIM_ARG_TIME, "Undone", "when it was undone, as far as possible; null: it was not"                  \
    }

#define SHOWN(text)  text
#define HIDDEN(text) NULL

static const scim_admin_field_t list_fields[] = {FIELDS(HIDDEN), {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static const scim_admin_field_t fields[] = {FIELDS(SHOWN), {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static const scim_admin_field_t account_fields[] = {
    {"user", SCIM_ARG_TEXT, NULL, "the account's id"},
    {"userName", SCIM_ARG_TEXT, "User name", "its userName; null: it was erased"},
    {"line", SCIM_ARG_INT, "Line", "the line of the file; null: there is none"},
    {"what", SCIM_ARG_TEXT, "What", "what was done: made, changed, deactivated"},
    {"undone", SCIM_ARG_TIME, "Undone", "when it was undone; null: it was not"},
    {"left", SCIM_ARG_TEXT, "Why it stays", "why it cannot be undone now; null: it can"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t undo_fields[] = {
    {"batch", SCIM_ARG_TEXT, "Batch", "its id"},
    {"undone", SCIM_ARG_INT, "Undone", "how many accounts were undone"},
    {"left", SCIM_ARG_INT, "Left", "how many stay as they are; `batch accounts` shows why"},
    {"next", SCIM_ARG_TEXT, NULL, "`after` of the request that continues; null: all is done"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t list_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    {"kind", SCIM_ARG_CHOICE, 0, "import|template|deactivation", 0, 0, "only batches of this kind"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t account_args[] = {
    SCIM_ADMIN_PAGE_ARGS,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t undo_args[] = {
    {"after", SCIM_ARG_TEXT, SCIM_ARG_PIECE, "NEXT", 1, 36, "the `next` of the previous request, to continue"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_refusal_t missing = {NULL, 404, "batch",
                                       "There is no batch \"{batch}\"; the list of batches shows their ids."};

/* --- showing ------------------------------------------------------------------------------------------------------ */

/* Replaces the facts by the reasons. */
static scim_error_t *tell_reasons(scim_admin_call_t *call)
{
    json_object *page = scim_json_trusted(call->answer, strlen(call->answer), call->pool);
    json_object *items = json_object_object_get(page, "items");
    for (size_t i = 0; i < json_object_array_length(items); i++) {
        json_object *item = json_object_array_get_idx(items, i);
        const char *left = scim_undo_left(scim_row_text(item, "what"), json_object_object_get(item, "facts"));
        json_object_object_add(item, "left", left ? json_object_new_string(left) : NULL);
        json_object_object_del(item, "facts");
        json_object_object_del(item, "undo");
    }
    call->answer = scim_json_text(page, NULL, call->pool);
    return NULL;
}

/* --- undo ----------------------------------------------------------------------------------------------------------*/

typedef struct undo_t {
    scim_piece_t piece;
    json_object *batch;  /* as `batch show` returns it */
    json_object *users;  /* ids of the users that this piece has undone */
    json_object *revive; /* users that become active again */
    const char *after;   /* the last processed user; NULL: none */
    int undone, left;
    int done;
} undo_t;

static scim_batch_t *new_batch(const undo_t *undo)
{
    return scim_batch_make(undo->piece.call->conn);
}

static scim_error_t *remove_it(const undo_t *undo, json_object *item, scim_batch_t *batch)
{
    json_object *args = scim_piece_args("user", json_object_object_get(item, "user"), undo->piece.pool);
    return scim_piece_nested(NULL, &undo->piece, "user", "remove", args, batch);
}

/* Withdraws what the batch has granted to the account. */
static scim_error_t *withdraw(const undo_t *undo, json_object *grants)
{
    scim_error_t *error = NULL;
    for (size_t i = 0; !error && grants && i < json_object_array_length(grants); i++) {
        json_object *args = scim_piece_args("grant", json_object_array_get_idx(grants, i), undo->piece.pool);
        error = scim_piece_nested(NULL, &undo->piece, "grant", "remove", args, NULL);
    }
    return error;
}

/* Restores its values, removes it from the groups that it joined, and withdraws its grants. */
static scim_error_t *set_back(const undo_t *undo, json_object *item, scim_batch_t *batch)
{
    json_object *kept = json_object_object_get(item, "undo"), *groups = json_object_object_get(kept, "groups");
    json_object *set = json_object_object_get(kept, "set");
    scim_error_t *error = scim_batch_run(batch);
    for (size_t i = 0; !error && groups && i < json_object_array_length(groups); i++) {
        json_object *args = scim_piece_args("group", json_object_array_get_idx(groups, i), undo->piece.pool);
        json_object_object_add(args, "member", json_object_get(json_object_object_get(item, "user")));
        error = scim_piece_nested(NULL, &undo->piece, "group", "remove-member", args, NULL);
    }
    error = error ? error : withdraw(undo, json_object_object_get(kept, "grants"));
    if (error || json_object_object_length(set) == 0) {
        return error;
    }
    json_object *args = scim_json_copy(set, undo->piece.pool);
    json_object_object_add(args, "user", json_object_get(json_object_object_get(item, "user")));
    return scim_piece_nested(NULL, &undo->piece, "user", "set", args, NULL);
}

/* The account becomes active together with the others of the piece. */
static scim_error_t *revive(const undo_t *undo, json_object *item, scim_batch_t *batch)
{
    json_object *one = json_object_new_object();
    json_object_object_add(one, "user", json_object_get(json_object_object_get(item, "user")));
    json_object_object_add(one, "had",
                           json_object_get(json_object_object_get(json_object_object_get(item, "undo"), "had")));
    json_object_array_add(undo->revive, one);
    return scim_batch_run(batch);
}

static const struct {
    const char *what;
    scim_error_t *(*back)(const undo_t *undo, json_object *item, scim_batch_t *batch);
} ways[] = {{"made", remove_it}, {"changed", set_back}, {"deactivated", revive}};

static scim_error_t *undo_one(undo_t *undo, json_object *item)
{
    const char *what = scim_row_text(item, "what");
    apr_size_t way = 0;
    while (way < sizeof(ways) / sizeof(*ways) && strcmp(ways[way].what, what) != 0) {
        way++;
    }
    if (way == sizeof(ways) / sizeof(*ways) || scim_undo_left(what, json_object_object_get(item, "facts"))) {
        undo->left++;
        return NULL;
    }
    scim_batch_t *batch = new_batch(undo);
    scim_batch_add(batch, SCIM_STMT_SAVEPOINT, NULL);
    scim_error_t *error = ways[way].back(undo, item, batch);
    if (error && !scim_admin_refuses(error)) {
        return error;
    }
    undo->left += error != NULL;
    undo->undone += !error;
    if (!error) {
        json_object_array_add(undo->users, json_object_get(json_object_object_get(item, "user")));
    }
    return scim_piece_release(&undo->piece);
}

/* Opens the transaction, and locks the next accounts. */
static scim_error_t *begin(json_object **items, undo_t *undo)
{
    scim_admin_call_t call = *undo->piece.call;
    call.pool = undo->piece.pool;
    json_object *asked = scim_piece_args("batch", json_object_object_get(call.args, "batch"), undo->piece.pool);
    json_object_object_add(asked, "rows", json_object_new_int(SCIM_PIECE));
    if (undo->after) {
        json_object_object_add(asked, "after", json_object_new_string(undo->after));
    }
    scim_batch_t *batch = scim_admin_open(&call);
    int held = scim_batch_add(batch, SCIM_STMT_ADMIN_BATCH_HOLD, scim_piece_params(&undo->piece, asked));
    int picked = scim_batch_add(batch, SCIM_STMT_ADMIN_BATCH_PICK, scim_piece_params(&undo->piece, asked));
    scim_error_t *error = scim_batch_run(batch);
    if (error) {
        return error;
    }
    if (PQntuples(scim_batch_result(batch, held)) == 0) {
        return scim_admin_missing(undo->piece.call);
    }
    apr_size_t len;
    const char *text = scim_result_text(&len, scim_batch_result(batch, held), 0, 0);
    undo->batch = scim_json_trusted(text, len, undo->piece.pool);
    text = scim_result_text(&len, scim_batch_result(batch, picked), 0, 0);
    *items = scim_json_trusted(text, len, undo->piece.pool);
    return NULL;
}

/* The audit log gets one entry for undoing the batch, and those of the operations for each account. */
static json_object *entries_of(const undo_t *undo)
{
    scim_outcome_t outcome = {.entries = scim_json_own(json_object_new_array(), undo->piece.pool),
                              .pool = undo->piece.pool};
    if (!json_object_object_get(undo->batch, "undone")) {
        scim_outcome_tell(&outcome, "undo", "Batch", scim_row_text(undo->batch, "id"),
                          scim_row_text(undo->batch, "name"), NULL, NULL);
    }
    return outcome.entries;
}

static scim_error_t *end(const undo_t *undo)
{
    json_object *told = scim_piece_args("batch", json_object_object_get(undo->batch, "id"), undo->piece.pool);
    json_object_object_add(told, "users", json_object_get(undo->users));
    json_object_object_add(told, "revive", json_object_get(undo->revive));
    scim_batch_t *batch = new_batch(undo);
    if (json_object_array_length(undo->revive) > 0) {
        scim_batch_add(batch, SCIM_STMT_ADMIN_BATCH_REVIVE, scim_piece_params(&undo->piece, told));
    }
    scim_batch_add(batch, SCIM_STMT_ADMIN_BATCH_UNDONE, scim_piece_params(&undo->piece, told));
    scim_batch_add(batch, SCIM_STMT_ADMIN_AUDIT_ADD, scim_piece_params(&undo->piece, entries_of(undo)));
    scim_batch_add(batch, SCIM_STMT_COMMIT, NULL);
    return scim_batch_run(batch);
}

static scim_error_t *undo_once(void *data)
{
    undo_t *undo = data;
    int undone = undo->undone, left = undo->left;
    scim_conn_t *conn = undo->piece.call->conn;
    json_object *items = NULL;
    scim_error_t *error = begin(&items, undo);
    undo->users = scim_json_own(json_object_new_array(), undo->piece.pool);
    undo->revive = scim_json_own(json_object_new_array(), undo->piece.pool);
    scim_conn_nest(conn, 1);
    for (size_t i = 0; !error && i < json_object_array_length(items); i++) {
        error = undo_one(undo, json_object_array_get_idx(items, i));
    }
    scim_conn_nest(conn, 0);
    error = error ? error : end(undo);
    if (error) {
        undo->undone = undone;
        undo->left = left;
        scim_conn_rollback(conn);
        return error;
    }
    size_t n = json_object_array_length(items);
    undo->done = n < SCIM_PIECE;
    if (n > 0) {
        undo->after =
            apr_pstrdup(undo->piece.call->pool, scim_row_text(json_object_array_get_idx(items, n - 1), "user"));
    }
    return NULL;
}

static scim_error_t *undo_piece(undo_t *undo)
{
    scim_error_t *error = scim_piece_run(&undo->piece, undo_once, undo);
    if (!error) {
        scim_piece_done(&undo->piece);
    }
    return error;
}

/* Committed accounts are reported, even if an error follows. */
static scim_error_t *undo_batch(scim_admin_call_t *call)
{
    undo_t undo = {.piece = {call, call->pool}, .after = scim_admin_text(call, "after")};
    apr_time_t late = apr_time_now() + call->patience;
    scim_error_t *error = undo_piece(&undo);
    if (error) {
        return error;
    }
    while (!error && !undo.done && (!call->patience || apr_time_now() < late)) {
        error = undo_piece(&undo);
    }
    json_object *answer = scim_json_own(json_object_new_object(), call->pool);
    json_object_object_add(answer, "batch", json_object_get(json_object_object_get(call->args, "batch")));
    json_object_object_add(answer, "undone", json_object_new_int(undo.undone));
    json_object_object_add(answer, "left", json_object_new_int(undo.left));
    json_object_object_add(answer, "next", undo.done ? NULL : json_object_new_string(undo.after));
    call->answer = scim_json_text(answer, NULL, call->pool);
    return NULL;
}

#define BATCHES "/tenants/{tenant}/batches"
#define BATCH   BATCHES "/{batch}"

const scim_admin_op_t scim_admin_batch_ops[] = {
    {.noun = "batch",
     .verb = "list",
     .method = "GET",
     .path = BATCHES,
     .statement = SCIM_STMT_ADMIN_BATCH_LIST,
     .args = list_args,
     .fields = list_fields,
     .flags = SCIM_OP_LIST,
     .summary = "show changes of many accounts that can be undone together: imports, applied templates, and "
                "deactivations by switching provisioning off"},
    {.noun = "batch",
     .verb = "show",
     .argument = "batch",
     .method = "GET",
     .path = BATCH,
     .statement = SCIM_STMT_ADMIN_BATCH_SHOW,
     .missing = &missing,
     .fields = fields,
     .summary = "show a batch"},
    {.noun = "batch",
     .verb = "accounts",
     .argument = "batch",
     .method = "GET",
     .path = BATCH "/accounts",
     .statement = SCIM_STMT_ADMIN_BATCH_ACCOUNTS,
     .args = account_args,
     .fields = account_fields,
     .flags = SCIM_OP_LIST,
     .finish = tell_reasons,
     .summary = "show the accounts that it changed, and why undoing it would leave some as they are"},
    {.noun = "batch",
     .verb = "undo",
     .argument = "batch",
     .method = "POST",
     .path = BATCH "/undo",
     .missing = &missing,
     .args = undo_args,
     .fields = undo_fields,
     .carry = undo_batch,
     .summary = "undo it: accounts that it added are deleted, those that it changed get their old values, those that "
                "it deactivated become active; accounts that were changed since stay, and are counted"},
    {.noun = NULL},
};
