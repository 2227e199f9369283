/* Imports accounts from a file. The operations for one account execute each line in a savepoint; the lines of a piece
 * are committed together. A preview does the same and rolls back. */
#include <apr_strings.h>
#include <string.h>

#include "admin_change.h"
#include "admin_ops.h"
#include "admin_piece.h"
#include "resources_private.h"
#include "rules/import.h"
#include "rules/row.h"
#include "scim/fold.h"
#include "scim/json.h"
#include "scim/sheet.h"
#include "scim/table.h"

#define FILE_MAX (1024 * 1024)

static const scim_admin_field_t fields[] = {
    {"import", SCIM_ARG_TEXT, "Import", "its id, to continue or undo it; null: a preview"},
    {"made", SCIM_ARG_INT, "Made", "how many accounts were added"},
    {"changed", SCIM_ARG_INT, "Changed", "how many existing accounts were changed"},
    {"same", SCIM_ARG_INT, "Same", "how many existing accounts already had the line's values"},
    {"kept", SCIM_ARG_INT, "Kept", "how many existing accounts had other values, and stayed as they are"},
    {"refused", SCIM_ARG_INT, "Refused", "how many lines were refused"},
    {"lines", SCIM_ARG_JSON, NULL,
     "each line: line, outcome (made, changed, same, kept, refused), userName, id; for a refused one column and cause; "
     "for a changed or kept one before and after"},
    {"ignored", SCIM_ARG_LIST, "Ignored columns", "columns of the file that an import ignores"},
    {"columns", SCIM_ARG_TEXT, NULL, "the first line of CSV, for the next piece; null: there is none"},
    {"next", SCIM_ARG_INT, NULL, "the number of the next piece's first line; null: all is done"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t args[] = {
    {"file", SCIM_ARG_FILE, SCIM_ARG_REQUIRED, "FILE", 1, FILE_MAX,
     "CSV whose first line names the columns, as `user export` writes it, or one JSON object per line; in UTF-8. It "
     "may be the body itself, with the other arguments in the query"},
    {"name", SCIM_ARG_TEXT, 0, "NAME", 1, 200, "the name of the import (default: imported accounts)"},
    {"existing", SCIM_ARG_CHOICE, 0, "keep|change", 0, 0,
     "what happens to existing accounts with other values: they stay as they are, or get the values of the file "
     "(default: keep)"},
    {"preview", SCIM_ARG_FLAG, 0, NULL, 0, 0, "show what would be done, and change nothing"},
    {"import", SCIM_ARG_TEXT, SCIM_ARG_PIECE, "ID", 1, 36, "for a further piece: the import that it continues"},
    {"columns", SCIM_ARG_FILE, SCIM_ARG_PIECE, "LINE", 1, SCIM_SHEET_ROW_MAX,
     "for a further piece of CSV: the first line of the file"},
    {"line", SCIM_ARG_INT, SCIM_ARG_PIECE, "N", 1, 2000000000, "the number of the piece's first line (default: 1)"},
    {"more", SCIM_ARG_FLAG, SCIM_ARG_PIECE, NULL, 0, 0, "more of the file follows"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

/* The type and limits of a line's groups. */
static const scim_admin_arg_t group_args[] = {
    {"groups", SCIM_ARG_LIST, 0, "GROUP", 1, 1000, "groups"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};
static const scim_admin_op_t group_op = {.method = "POST", .path = "", .args = group_args};

/* The state of an import. */
typedef struct run_t {
    scim_piece_t piece;
    const scim_admin_op_t *add;
    scim_sheet_t sheet;
    const char *import; /* the id of the import; NULL: a preview */
    int begun;          /* the import exists already */
    int preview, changes;
    apr_int64_t first;    /* the line at which this call starts */
    int pieces;           /* number of finished pieces */
    apr_hash_t *seen;     /* folded userName -> line */
    json_object *ignored; /* ignored columns, for the answer */
    json_object *lines;
    int counts[SCIM_IMPORT_COUNT];
} run_t;

/* --- lines -------------------------------------------------------------------------------------------------------- */

static int is_given(const scim_admin_call_t *call, const char *name)
{
    return json_object_get_boolean(json_object_object_get(call->args, name));
}

/* Refuses the line with the first field of an error. */
static void refuse_by(scim_import_line_t *line, const scim_error_t *error, apr_pool_t *pool)
{
    const scim_field_error_t *field = error->fields ? &APR_ARRAY_IDX(error->fields, 0, const scim_field_error_t) : NULL;
    scim_import_refuse(line, field ? apr_pstrdup(pool, field->field) : NULL,
                       apr_pstrdup(pool, field ? field->detail : error->detail));
}

/* Converts the cells of CSV, which are texts, like options of a command line. */
static scim_error_t *type_values(json_object *values, const run_t *run)
{
    json_object *typed = scim_json_own(json_object_new_object(), run->piece.pool);
    json_object_object_foreach(values, name, value)
    {
        const scim_admin_arg_t *arg = scim_admin_arg(run->add, name, strlen(name));
        arg = arg ? arg : group_args;
        const char *text = json_object_get_string(value);
        if (arg->kind == SCIM_ARG_FLAG) {
            text = scim_fold(text, run->piece.pool);
        }
        json_object *read;
        scim_error_t *error = scim_admin_read(&read, arg, text, run->piece.pool);
        if (error) {
            return error;
        }
        json_object_object_add(typed, name, read);
    }
    json_object_object_foreach(typed, again, kept)
    {
        json_object_object_add(values, again, json_object_get(kept));
    }
    return NULL;
}

/* The values without the groups, because different operations take them. */
static json_object *without_groups(json_object *values, apr_pool_t *pool)
{
    json_object *plain = scim_json_own(json_object_new_object(), pool);
    json_object_object_foreach(values, name, value)
    {
        if (strcmp(name, group_args->name) != 0) {
            json_object_object_add(plain, name, json_object_get(value));
        }
    }
    return plain;
}

static scim_error_t *check_values(json_object *values, const run_t *run)
{
    json_object *groups;
    scim_error_t *error = run->sheet.lines ? NULL : type_values(values, run);
    if (!error) {
        json_object *plain = without_groups(values, run->piece.pool);
        error = scim_admin_check(run->add, plain, run->piece.pool);
        json_object_object_foreach(plain, name, value)
        {
            json_object_object_add(values, name, json_object_get(value)); /* without blanks at the ends of names */
        }
    }
    if (!error && json_object_object_get_ex(values, group_args->name, &groups)) {
        json_object *one = scim_json_own(json_object_new_object(), run->piece.pool);
        json_object_object_add(one, group_args->name, json_object_get(groups));
        error = scim_admin_check(&group_op, one, run->piece.pool);
    }
    return error;
}

/* Refuses the line if an earlier line has the same userName. */
static void look_back(scim_import_line_t *line, run_t *run)
{
    const char *key = scim_fold(scim_row_text(line->values, "userName"), run->piece.pool);
    const apr_int64_t *earlier = apr_hash_get(run->seen, key, APR_HASH_KEY_STRING);
    apr_pool_t *pool = apr_hash_pool_get(run->seen);
    if (earlier && *earlier != line->line) {
        json_object *none = scim_json_own(json_object_new_object(), run->piece.pool);
        scim_import_decide(line, none, *earlier, 0, run->piece.pool);
        return;
    }
    apr_hash_set(run->seen, apr_pstrdup(pool, key), APR_HASH_KEY_STRING,
                 apr_pmemdup(pool, &line->line, sizeof(line->line)));
}

/* Reads a row as a line that makes an account, unless it is refused. */
static void read_line(scim_import_line_t *line, const scim_sheet_row_t *row, run_t *run)
{
    *line = (scim_import_line_t){.line = row->line, .outcome = SCIM_IMPORT_MADE};
    if (row->wrong) {
        scim_import_refuse(line, row->column, apr_pstrcat(run->piece.pool, "The line ", row->wrong, NULL));
        return;
    }
    line->values = scim_import_values(line, row->values, run->piece.pool);
    scim_error_t *error = line->values ? check_values(line->values, run) : NULL;
    if (error) {
        refuse_by(line, error, run->piece.pool);
    } else if (line->values && !scim_import_has_too_many(line, run->piece.pool)) {
        look_back(line, run);
    }
}

/* Reads the lines of a piece: at most SCIM_PIECE lines, which together may name as many groups as one line may,
 * because the transaction locks each group. *done: the file has no more lines. */
static apr_array_header_t *read_piece(int *done, run_t *run)
{
    apr_array_header_t *lines = apr_array_make(run->piece.pool, SCIM_PIECE, sizeof(scim_import_line_t));
    size_t groups = 0;
    scim_sheet_row_t row;
    run->sheet.pool = run->piece.pool;
    *done = 0;
    while (!*done && lines->nelts < SCIM_PIECE && groups < SCIM_IMPORT_GROUPS_MAX) {
        *done = !scim_sheet_next(&row, &run->sheet);
        if (!*done) {
            scim_import_line_t *line = apr_array_push(lines);
            read_line(line, &row, run);
            groups += scim_import_groups(line);
        }
    }
    return lines;
}

/* --- execution -----------------------------------------------------------------------------------------------------*/

/* The arguments of an operation on one user or group. */
static json_object *about(const char *name, const char *value, json_object *more, apr_pool_t *pool)
{
    json_object *object = scim_json_own(json_object_new_object(), pool);
    json_object_object_foreach(more, each, wanted)
    {
        json_object_object_add(object, each, json_object_get(wanted));
    }
    json_object_object_add(object, name, json_object_new_string(value));
    return object;
}

/* Makes the account a member of groups; *joined gets their ids. */
static scim_error_t *join(json_object *joined, const scim_import_line_t *line, json_object *groups, const run_t *run)
{
    scim_error_t *error = scim_piece_join(joined, &run->piece, groups, line->id);
    if (error && error->fields) { /* report the column of the file, not the other operation's argument */
        APR_ARRAY_IDX(error->fields, 0, scim_field_error_t).field = group_args->name;
    }
    return error;
}

static json_object *item_of(const scim_import_line_t *line, json_object *joined)
{
    json_object *item = json_object_new_object();
    json_object_object_add(item, "user", json_object_new_string(line->id));
    json_object_object_add(item, "line", json_object_new_int64(line->line));
    json_object_object_add(item, "what", json_object_new_string(scim_import_words[line->outcome]));
    if (line->outcome == SCIM_IMPORT_CHANGED) {
        json_object *undo = json_object_new_object();
        json_object_object_add(undo, "set", json_object_get(line->set));
        json_object_object_add(undo, "groups", json_object_get(joined));
        json_object_object_add(item, "undo", undo);
    }
    return item;
}

/* Makes or changes the account. */
static scim_error_t *apply(json_object *items, scim_import_line_t *line, const run_t *run, scim_batch_t *batch)
{
    json_object *asked = line->outcome == SCIM_IMPORT_MADE ? line->values : line->args;
    json_object *plain = without_groups(asked, run->piece.pool);
    json_object *joined = scim_json_own(json_object_new_array(), run->piece.pool);
    json_object *answer = NULL;
    scim_error_t *error = NULL;
    if (line->outcome == SCIM_IMPORT_MADE) {
        error = scim_piece_nested(&answer, &run->piece, "user", "add", plain, batch);
        line->id = answer ? scim_row_text(answer, "id") : NULL;
    } else if (json_object_object_length(plain) > 0) {
        error = scim_piece_nested(&answer, &run->piece, "user", "set", about("user", line->id, plain, run->piece.pool),
                                  batch);
    } else {
        error = scim_batch_run(batch);
    }
    error = error ? error : join(joined, line, json_object_object_get(asked, group_args->name), run);
    if (!error) {
        json_object_array_add(items, item_of(line, joined));
    }
    return error;
}

/* Executes one line, in a savepoint. */
static scim_error_t *run_line(json_object *items, scim_import_line_t *line, json_object *found, const run_t *run)
{
    scim_batch_t *batch = scim_batch_make(run->piece.call->conn);
    scim_error_t *error = NULL;
    scim_batch_add(batch, SCIM_STMT_SAVEPOINT, NULL);
    if (found) {
        json_object *nothing = scim_json_own(json_object_new_object(), run->piece.pool);
        json_object *is;
        error = scim_piece_nested(&is, &run->piece, "user", "show",
                                  about("user", scim_row_text(found, "id"), nothing, run->piece.pool), batch);
        if (!error) {
            scim_import_decide(line, is, json_object_get_int64(json_object_object_get(found, "line")), run->changes,
                               run->piece.pool);
        }
        batch = scim_batch_make(run->piece.call->conn);
    }
    if (!error && (line->outcome == SCIM_IMPORT_MADE || line->outcome == SCIM_IMPORT_CHANGED)) {
        error = apply(items, line, run, batch);
    }
    if (error && scim_admin_refuses(error)) {
        refuse_by(line, error, run->piece.pool);
        line->id = found ? line->id : NULL;
        error = NULL;
    }
    return error ? error : scim_piece_release(&run->piece);
}

/* --- pieces --------------------------------------------------------------------------------------------------------*/

static json_object *new_object(const run_t *run)
{
    json_object *object = scim_json_own(json_object_new_object(), run->piece.pool);
    if (run->import) {
        json_object_object_add(object, "import", json_object_new_string(run->import));
    }
    return object;
}

/* The names by which the lines' accounts are found. */
static json_object *names_of(const apr_array_header_t *lines, const run_t *run)
{
    json_object *asked = new_object(run), *names = json_object_new_array();
    for (int i = 0; i < lines->nelts; i++) {
        const scim_import_line_t *line = &APR_ARRAY_IDX(lines, i, const scim_import_line_t);
        if (line->outcome != SCIM_IMPORT_REFUSED) {
            json_object *name = json_object_new_object();
            json_object_object_add(name, "n", json_object_new_int(i));
            json_object_object_add(name, "userName", json_object_get(json_object_object_get(line->values, "userName")));
            json_object_object_add(name, "email", json_object_get(json_object_object_get(line->values, "email")));
            json_object_array_add(names, name);
        }
    }
    json_object_object_add(asked, "names", names);
    return asked;
}

static void add_begin(scim_batch_t *batch, const run_t *run)
{
    const char *name = scim_admin_text(run->piece.call, "name");
    const scim_piece_batch_t begun = {
        .id = run->import,
        .kind = "import",
        .name = name ? name : "imported accounts",
        .action = "import",
        .after = scim_piece_text("existing", run->changes ? "change" : "keep", run->piece.pool)};
    scim_piece_add_begin(batch, &run->piece, &begun);
}

static scim_error_t *check_import(const run_t *run, const PGresult *held)
{
    static const char gone[] = "There is no such import; leave it out to begin a new one.";
    static const char over[] = "This import was undone; leave it out to begin a new one.";
    const char *detail = PQntuples(held) == 0 ? gone : scim_result_bool(held, 0, 0) ? over : NULL;
    if (!detail) {
        return NULL;
    }
    scim_error_t *error = scim_error_status(run->piece.pool, detail == gone ? 404 : 409, "%s", detail);
    scim_error_field(error, "import", detail, run->piece.pool);
    return error;
}

/* If two lines of a piece mean the same account, one by its userName and one by the login, the second one is refused:
 * it gets the number of the first. */
static void look_beside(json_object *found, const apr_array_header_t *lines, const run_t *run)
{
    apr_hash_t *ids = scim_table_make(run->piece.pool);
    for (int i = 0; i < lines->nelts; i++) {
        json_object *one = json_object_object_get(found, apr_itoa(run->piece.pool, i));
        const char *id = one ? scim_row_text(one, "id") : NULL;
        const scim_import_line_t *earlier = id ? apr_hash_get(ids, id, APR_HASH_KEY_STRING) : NULL;
        if (earlier) {
            json_object_object_add(one, "line", json_object_new_int64(earlier->line));
        } else if (id) {
            apr_hash_set(ids, id, APR_HASH_KEY_STRING, &APR_ARRAY_IDX(lines, i, scim_import_line_t));
        }
    }
}

/* Opens the transaction; *found has the stored account of each line. */
static scim_error_t *begin(json_object **found, const apr_array_header_t *lines, const run_t *run)
{
    scim_admin_call_t call = *run->piece.call;
    call.pool = run->piece.pool;
    scim_batch_t *batch = scim_admin_open(&call);
    int held = -1;
    if (run->import && run->begun) {
        held = scim_piece_add_hold_batch(batch, &run->piece, run->import, "import");
    } else if (run->import) {
        add_begin(batch, run);
    }
    int slot = scim_batch_add(batch, SCIM_STMT_ADMIN_IMPORT_FIND, scim_piece_params(&run->piece, names_of(lines, run)));
    scim_error_t *error = scim_batch_run(batch);
    error = error || held < 0 ? error : check_import(run, scim_batch_result(batch, held));
    if (!error) {
        apr_size_t len;
        const char *text = scim_result_text(&len, scim_batch_result(batch, slot), 0, 0);
        *found = scim_json_trusted(text, len, run->piece.pool);
        look_beside(*found, lines, run);
    }
    return error;
}

/* Locks the accounts, so that they do not change between reading and writing. */
static scim_error_t *hold(const apr_array_header_t *lines, json_object *found, const run_t *run)
{
    json_object *groups = scim_json_own(json_object_new_array(), run->piece.pool);
    json_object *users = scim_json_own(json_object_new_array(), run->piece.pool);
    for (int i = 0; i < lines->nelts; i++) {
        const scim_import_line_t *line = &APR_ARRAY_IDX(lines, i, const scim_import_line_t);
        json_object *one = json_object_object_get(found, apr_itoa(run->piece.pool, i)); /* NULL: no account */
        json_object_array_add(users, json_object_get(json_object_object_get(one, "id")));
        json_object *wanted =
            line->outcome == SCIM_IMPORT_MADE ? json_object_object_get(line->values, group_args->name) : NULL;
        for (size_t j = 0; wanted && j < json_object_array_length(wanted); j++) {
            json_object_array_add(groups, json_object_get(json_object_array_get_idx(wanted, j)));
        }
    }
    scim_batch_t *batch = scim_batch_make(run->piece.call->conn);
    scim_batch_add(batch, SCIM_STMT_LOGIN_LOCK, scim_params(run->piece.pool, run->piece.call->tenant, SCIM_PARAMS_END));
    scim_piece_add_hold(batch, &run->piece, groups, users);
    return scim_batch_run(batch);
}

static void count(int counts[SCIM_IMPORT_COUNT], const apr_array_header_t *lines)
{
    for (int i = 0; i < lines->nelts; i++) {
        counts[APR_ARRAY_IDX(lines, i, const scim_import_line_t).outcome]++;
    }
}

static scim_error_t *end(const apr_array_header_t *lines, json_object *items, const run_t *run)
{
    int counts[SCIM_IMPORT_COUNT] = {0};
    json_object *done = new_object(run);
    count(counts, lines);
    for (int i = 0; i < SCIM_IMPORT_COUNT; i++) {
        json_object_object_add(done, scim_import_words[i], json_object_new_int(counts[i]));
    }
    json_object_object_add(done, "items", json_object_get(items));
    return scim_piece_note(&run->piece, done);
}

static scim_error_t *run_once(apr_array_header_t *lines, const run_t *run)
{
    json_object *items = scim_json_own(json_object_new_array(), run->piece.pool);
    json_object *found;
    scim_error_t *error = begin(&found, lines, run);
    if (!error && run->import && run->changes && json_object_object_length(found) > 0) {
        error = hold(lines, found, run);
    }
    scim_conn_nest(run->piece.call->conn, 1);
    for (int i = 0; !error && i < lines->nelts; i++) {
        scim_import_line_t *line = &APR_ARRAY_IDX(lines, i, scim_import_line_t);
        if (line->outcome != SCIM_IMPORT_REFUSED) {
            error = run_line(items, line, json_object_object_get(found, apr_itoa(run->piece.pool, i)), run);
        }
    }
    scim_conn_nest(run->piece.call->conn, 0);
    if (!error && run->import) {
        error = end(lines, items, run);
    }
    if (error || !run->import) {
        scim_conn_rollback(run->piece.call->conn);
    }
    return error;
}

/* An attempt at a piece, with the lines that were read. */
typedef struct attempt_t {
    run_t *run;
    apr_array_header_t *lines;
    int *done; /* the file has no more lines */
} attempt_t;

static scim_error_t *refuse_short(apr_pool_t *pool)
{
    static const char detail[] = "The piece ends within its first line; send a longer one.";
    scim_error_t *error = scim_error_status(pool, 400, "file: %s", detail);
    scim_error_field(error, "file", detail, pool);
    return error;
}

static scim_error_t *attempt(void *data)
{
    attempt_t *piece = data;
    run_t *run = piece->run;
    if (!piece->lines) {
        piece->lines = read_piece(piece->done, run);
    }
    apr_array_header_t *lines = piece->lines;
    if (lines->nelts == 0 && run->sheet.more && run->sheet.line == run->first) {
        return refuse_short(run->piece.pool);
    }
    if (lines->nelts == 0 && run->pieces) {
        return NULL;
    }
    apr_array_header_t *fresh = apr_array_copy(run->piece.pool, lines);
    scim_error_t *error = run_once(fresh, run);
    if (!error) {
        memcpy(lines->elts, fresh->elts, (apr_size_t)lines->nelts * sizeof(scim_import_line_t));
    }
    return error;
}

/* --- the answer --------------------------------------------------------------------------------------------------- */

static void put_text(json_object *object, const char *name, const char *text)
{
    json_object_object_add(object, name, text ? json_object_new_string(text) : NULL);
}

static void tell(run_t *run, const apr_array_header_t *lines)
{
    for (int i = 0; i < lines->nelts; i++) {
        const scim_import_line_t *line = &APR_ARRAY_IDX(lines, i, const scim_import_line_t);
        json_object *told = json_object_new_object();
        json_object_object_add(told, "line", json_object_new_int64(line->line));
        put_text(told, "outcome", scim_import_words[line->outcome]);
        put_text(told, "userName", line->values ? scim_row_text(line->values, "userName") : NULL);
        put_text(told, "id", run->preview && line->outcome == SCIM_IMPORT_MADE ? NULL : line->id);
        if (line->outcome == SCIM_IMPORT_REFUSED) {
            put_text(told, "column", line->field);
            put_text(told, "cause", line->cause);
        } else if (line->outcome == SCIM_IMPORT_CHANGED || line->outcome == SCIM_IMPORT_KEPT) {
            json_object_object_add(told, "before", json_object_get(line->before));
            json_object_object_add(told, "after", json_object_get(line->args));
        }
        json_object_array_add(run->lines, told);
    }
    count(run->counts, lines);
}

static void answer(scim_admin_call_t *call, const run_t *run, int done)
{
    json_object *object = scim_json_own(json_object_new_object(), call->pool);
    put_text(object, "import", run->import);
    for (int i = 0; i < SCIM_IMPORT_COUNT; i++) {
        json_object_object_add(object, scim_import_words[i], json_object_new_int(run->counts[i]));
    }
    json_object_object_add(object, "lines", json_object_get(run->lines));
    json_object_object_add(object, "ignored", json_object_get(run->ignored));
    put_text(object, "columns", run->sheet.head);
    json_object_object_add(object, "next", done ? NULL : json_object_new_int64(run->sheet.line));
    call->answer = scim_json_text(object, NULL, call->pool);
}

/* --- the whole operation -------------------------------------------------------------------------------------------*/

static scim_error_t *open_file(run_t *run)
{
    scim_admin_call_t *call = run->piece.call;
    json_object *file = json_object_object_get(call->args, "file");
    json_object *line = json_object_object_get(call->args, "line");
    scim_error_t *error = scim_sheet_open(
        &run->sheet, json_object_get_string(file), (apr_size_t)json_object_get_string_len(file),
        scim_admin_text(call, "columns"), line ? json_object_get_int64(line) : 1, is_given(call, "more"), call->pool);
    run->first = run->sheet.line;
    if (!error && run->sheet.columns) {
        error = scim_import_columns(&run->ignored, run->sheet.columns, call->pool);
    }
    return error;
}

static scim_error_t *begin_run(run_t *run, scim_admin_call_t *call)
{
    const char *existing = scim_admin_text(call, "existing");
    char id[SCIM_ID_SIZE];
    *run = (run_t){.piece = {call, call->pool}, .preview = is_given(call, "preview")};
    run->add = scim_admin_command("user", "add");
    run->changes = existing && strcmp(existing, "change") == 0;
    run->seen = call->seen ? call->seen : scim_table_make(call->pool);
    run->lines = scim_json_own(json_object_new_array(), call->pool);
    run->ignored = scim_json_own(json_object_new_array(), call->pool);
    const char *import = scim_admin_text(call, "import");
    run->begun = import != NULL;
    if (import && !scim_id_read(id, import)) {
        scim_error_t *error =
            scim_error_status(call->pool, 404, "There is no such import; leave it out to begin a new one.");
        scim_error_field(error, "import", error->detail, call->pool);
        return error;
    }
    if (!import) {
        scim_id_make(id);
    }
    run->import = run->preview ? NULL : apr_pstrdup(call->pool, id);
    return open_file(run);
}

/* Executes the next lines; *done: there are no more. */
static scim_error_t *next_piece(int *done, run_t *run)
{
    scim_sheet_t start = run->sheet;
    attempt_t piece = {.run = run, .done = done};
    scim_error_t *error = scim_piece_run(&run->piece, attempt, &piece);
    if (error) {
        run->sheet = start;
        *done = 0;
        return error;
    }
    tell(run, piece.lines);
    run->begun = 1;
    run->pieces++;
    scim_piece_done(&run->piece);
    return NULL;
}

/* Committed lines are reported, even if an error follows. */
static scim_error_t *import_file(scim_admin_call_t *call)
{
    run_t run;
    apr_time_t late = apr_time_now() + call->patience;
    int done = 0;
    scim_error_t *error = begin_run(&run, call);
    while (!error && !done && (!run.pieces || !call->patience || apr_time_now() < late)) {
        error = next_piece(&done, &run);
    }
    if (error && !run.pieces) {
        return error;
    }
    answer(call, &run, done && !run.sheet.more);
    return NULL;
}

const scim_admin_op_t scim_admin_import_ops[] = {
    {.noun = "user",
     .verb = "import",
     .argument = "file",
     .method = "POST",
     .path = "/tenants/{tenant}/imports",
     .args = args,
     .fields = fields,
     .flags = SCIM_OP_FILTERS,
     .carry = import_file,
     .summary =
         "import local users from a file, with a preview and a report; importing the same file again changes nothing"},
    {.noun = NULL},
};
