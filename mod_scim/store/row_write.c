#include "row_write.h"

#include <apr_atomic.h>
#include <apr_strings.h>
#include <string.h>

#include "rules/restore.h"
#include "scim/json.h"

#define FOLD_EVERY 100 /* writes, after which the rows of the tally are summed up */

/* Columns of stored.part, relative to its first. */
enum { DOC = 4, SOURCE = 6, ROLE, SENT_ROLE, FLAGS, PROTECTED, DELETED };

static volatile apr_uint32_t writes;

static int is_time_to_fold(void)
{
    return apr_atomic_inc32(&writes) % FOLD_EVERY == FOLD_EVERY - 1;
}

static void fold_tally(scim_batch_t *batch, const scim_session_t *session)
{
    if (is_time_to_fold()) {
        scim_batch_add(batch, SCIM_STMT_FOLD_TALLY, scim_params(session->pool, session->tenant, SCIM_PARAMS_END));
    }
}

/* --- new rows ----------------------------------------------------------------------------------------------------- */

void scim_array_put(scim_buf_t *array, const char *value)
{
    scim_buf_puts(array, array->len ? "," : "{");
    if (!value) {
        scim_buf_puts(array, "NULL");
        return;
    }
    scim_buf_puts(array, "\"");
    for (const char *at = value; *at;) {
        apr_size_t plain = strcspn(at, "\"\\");
        scim_buf_add(array, at, plain);
        at += plain;
        if (*at) {
            scim_buf_puts(array, "\\");
            scim_buf_add(array, at++, 1);
        }
    }
    scim_buf_puts(array, "\"");
}

void scim_rows_init(scim_rows_t *rows, apr_pool_t *pool)
{
    rows->count = 0;
    scim_buf_init(&rows->ids, 64, pool);
    scim_buf_init(&rows->docs, 1024, pool);
    scim_buf_init(&rows->active, 16, pool);
    scim_buf_init(&rows->role, 32, pool);
    scim_buf_init(&rows->sent_role, 32, pool);
    scim_buf_init(&rows->flags, 32, pool);
    for (int i = 0; i < SCIM_KEY_COUNT; i++) {
        scim_buf_init(&rows->keys[i], 64, pool);
    }
}

/* A row's flags as an SQL array; NULL: it has none. */
static const char *flags_text(const scim_row_t *row, apr_pool_t *pool)
{
    scim_buf_t text;
    if (!row->flags || row->flags->nelts == 0) {
        return NULL;
    }
    scim_buf_init(&text, 32, pool);
    for (int i = 0; i < row->flags->nelts; i++) {
        scim_array_put(&text, APR_ARRAY_IDX(row->flags, i, const char *));
    }
    scim_buf_puts(&text, "}");
    return text.data;
}

void scim_rows_add(scim_rows_t *rows, const char *id, const scim_row_t *row, const char *text, apr_size_t len)
{
    rows->count++;
    scim_array_put(&rows->ids, id);
    scim_buf_puts(&rows->docs, rows->docs.len ? "," : "[");
    scim_buf_add(&rows->docs, text, len);
    scim_array_put(&rows->active, row->active ? "t" : "f");
    scim_array_put(&rows->role, row->role);
    scim_array_put(&rows->sent_role, row->sent_role);
    scim_array_put(&rows->flags, flags_text(row, rows->flags.pool));
    for (int i = 0; i < SCIM_KEY_COUNT; i++) {
        scim_array_put(&rows->keys[i], row->keys[i]);
    }
}

#define MADE_PARAMS     23 /* number of parameters of made.part */
#define LIKENESS_PARAMS 3  /* those that user_create.sql has in addition */

static scim_param_t *made_params(scim_session_t *session, const scim_resource_type_t *type, scim_rows_t *rows,
                                 int with_docs)
{
    scim_param_t *params = apr_pcalloc(session->pool, MADE_PARAMS * sizeof(*params));
    scim_param_t *next = params;
    scim_buf_t *facts[] = {&rows->active, &rows->role, &rows->sent_role};
    scim_buf_puts(&rows->ids, "}");
    scim_buf_puts(&rows->docs, "]");
    (next++)->value = session->tenant;
    (next++)->value = type->stored;
    (next++)->value = rows->ids.data;
    (next++)->value = rows->docs.data;
    (next++)->value = with_docs ? "t" : "f";
    for (apr_size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++) {
        scim_buf_puts(facts[i], "}");
        (next++)->value = facts[i]->data;
    }
    for (int i = 0; i < SCIM_KEY_COUNT; i++) {
        scim_buf_puts(&rows->keys[i], "}");
        (next++)->value = rows->keys[i].data;
    }
    (next++)->value = is_time_to_fold() ? "t" : "f";
    scim_buf_puts(&rows->flags, "}");
    next->value = rows->flags.data;
    return params;
}

int scim_rows_create(scim_batch_t *batch, scim_session_t *session, const scim_resource_type_t *type, scim_rows_t *rows,
                     int with_docs)
{
    return scim_batch_add(batch, SCIM_STMT_RESOURCE_CREATE, made_params(session, type, rows, with_docs));
}

/* A new user is compared with others only if the tenant restores former users, or has local accounts. */
static void set_likeness(scim_param_t *params, const scim_session_t *session, const scim_row_t *row)
{
    const scim_rules_t *rules = session->rules;
    params[0].value = rules->restore != SCIM_RESTORE_NEVER ? "t" : "f";
    params[1].value = rules->restore == SCIM_RESTORE_BY_USER_NAME ? "t" : "f";
    params[2].value = scim_row_email_key(row, session->pool);
}

int scim_row_create_user(scim_batch_t *batch, scim_session_t *session, const char *id, const scim_row_t *row,
                         const char *text)
{
    scim_param_t *params = apr_pcalloc(session->pool, (MADE_PARAMS + LIKENESS_PARAMS) * sizeof(*params));
    scim_param_t *next = params;
    (next++)->value = session->tenant;
    (next++)->value = row->type->stored;
    (next++)->value = id;
    (next++)->value = text;
    (next++)->value = "t";
    (next++)->value = row->active ? "t" : "f";
    (next++)->value = row->role;
    (next++)->value = row->sent_role;
    for (int i = 0; i < SCIM_KEY_COUNT; i++) {
        (next++)->value = row->keys[i];
    }
    (next++)->value = is_time_to_fold() ? "t" : "f";
    (next++)->value = flags_text(row, session->pool);
    set_likeness(next, session, row);
    return scim_batch_add(batch, SCIM_STMT_USER_CREATE, params);
}

/* --- stored rows -------------------------------------------------------------------------------------------------- */

static const char *copy_text(const PGresult *result, int row, int column, apr_pool_t *pool)
{
    return apr_pstrdup(pool, scim_result_text(NULL, result, row, column));
}

static const apr_array_header_t *read_flags(const PGresult *result, int row, int column, apr_pool_t *pool)
{
    scim_elements_t elements;
    const char *text;
    apr_size_t len;
    scim_result_elements(&elements, result, row, column);
    if (elements.left == 0) {
        return NULL;
    }
    apr_array_header_t *flags = apr_array_make(pool, elements.left, sizeof(const char *));
    while ((text = scim_result_element(&elements, &len)) != NULL) {
        APR_ARRAY_PUSH(flags, const char *) = apr_pstrmemdup(pool, text, len);
    }
    return flags;
}

scim_row_t scim_row_read(const PGresult *result, int row, int column, const scim_resource_type_t *type,
                         const scim_rules_t *rules, apr_pool_t *pool)
{
    apr_size_t len;
    const char *doc = scim_result_text(&len, result, row, column + DOC);
    scim_row_t out = {.type = type, .doc = scim_json_trusted(doc, len, pool)};
    out.source = copy_text(result, row, column + SOURCE, pool);
    out.role = copy_text(result, row, column + ROLE, pool);
    out.sent_role = copy_text(result, row, column + SENT_ROLE, pool);
    out.flags = read_flags(result, row, column + FLAGS, pool);
    out.protected = copy_text(result, row, column + PROTECTED, pool);
    out.deleted = scim_result_bool(result, row, column + DELETED);
    scim_row_keys(&out, rules, pool);
    return out;
}

/* --- changes ------------------------------------------------------------------------------------------------------ */

#define SET_PARAMS 30 /* of row_set.part and unchanged.part */

static const char *number(int value, apr_pool_t *pool)
{
    return apr_itoa(pool, value);
}

static const char *json_text(json_object *object, apr_pool_t *pool)
{
    return object ? scim_json_text(object, NULL, pool) : NULL;
}

static scim_param_t *set_params(scim_session_t *session, const scim_row_change_t *change)
{
    apr_pool_t *pool = session->pool;
    const scim_row_t *after = change->after;
    scim_param_t *params = apr_pcalloc(pool, SET_PARAMS * sizeof(*params));
    scim_param_t *next = params;
    scim_entry_t entry;
    scim_entry_change(&entry, change->before, after, pool);
    (next++)->value = session->tenant;
    (next++)->value = change->type->stored;
    (next++)->value = change->id;
    (next++)->value = change->after_text;
    (next++)->value = after->deleted ? "now" : NULL;
    (next++)->value = after->source;
    (next++)->value = after->active ? "t" : "f";
    (next++)->value = after->role;
    (next++)->value = after->sent_role;
    for (int i = 0; i < SCIM_KEY_COUNT; i++) {
        (next++)->value = after->keys[i];
    }
    (next++)->value = number(scim_row_is_seen(after) - scim_row_is_seen(change->before), pool);
    (next++)->value = entry.action;
    (next++)->value = entry.name;
    (next++)->value = json_text(entry.before, pool);
    (next++)->value = json_text(entry.after, pool);
    (next++)->value = number(entry.weight, pool);
    (next++)->value = number(entry.logins, pool);
    next->value = change->seen;
    return params;
}

static int is_indexed(const scim_attr_t *attr)
{
    for (int i = 0; attr->subs && i < attr->subs->nelts; i++) {
        if (APR_ARRAY_IDX(attr->subs, i, const scim_attr_t *)->indexed) {
            return 1;
        }
    }
    return attr->indexed || attr->multi_valued;
}

/* Whether a member of a document may have rows in scim.lookup; for an extension, any of its attributes. */
static int is_looked_up(const char *name, const scim_resource_type_t *type)
{
    const scim_attr_t *attr = scim_schema_attr(type->schema, name, strlen(name));
    if (!attr) {
        return scim_type_schema(type, name, strlen(name)) != NULL;
    }
    return is_indexed(attr);
}

static int lookup_differs(const scim_row_change_t *change)
{
    json_object *one = change->before->doc, *other = change->after->doc, *value;
    if (change->before->deleted != change->after->deleted) {
        return 1;
    }
    json_object_object_foreach(one, name, was)
    {
        if (is_looked_up(name, change->type) &&
            (!json_object_object_get_ex(other, name, &value) || !json_object_equal(was, value))) {
            return 1;
        }
    }
    json_object_object_foreach(other, added, is)
    {
        (void)is;
        if (!json_object_object_get_ex(one, added, NULL) && is_looked_up(added, change->type)) {
            return 1;
        }
    }
    return 0;
}

static void change_lookup(scim_batch_t *batch, scim_session_t *session, const scim_row_change_t *change, int stays)
{
    const char *was = change->before->deleted ? NULL : change->before_text;
    const char *is = stays && !change->after->deleted ? change->after_text : NULL;
    scim_batch_add(
        batch, SCIM_STMT_LOOKUP_CHANGE,
        scim_params(session->pool, session->tenant, change->type->stored, change->id, was, is, SCIM_PARAMS_END));
}

static scim_statement_e update_statement(const scim_row_change_t *change, int with_groups)
{
    if (strcmp(change->type->stored, "Group") == 0 && change->after->deleted && !change->before->deleted) {
        return SCIM_STMT_GROUP_DELETE;
    }
    return with_groups ? SCIM_STMT_RESOURCE_UPDATE_GROUPS : SCIM_STMT_RESOURCE_UPDATE;
}

int scim_row_update(scim_batch_t *batch, scim_session_t *session, const scim_row_change_t *change, int with_groups)
{
    int slot = scim_batch_add(batch, update_statement(change, with_groups), set_params(session, change));
    if (lookup_differs(change)) {
        change_lookup(batch, session, change, 1);
    }
    fold_tally(batch, session);
    return slot;
}

void scim_row_erase(scim_batch_t *batch, scim_session_t *session, const scim_row_change_t *change)
{
    apr_pool_t *pool = session->pool;
    scim_batch_add(batch, SCIM_STMT_RESOURCE_ERASE,
                   scim_params(pool, session->tenant, change->type->stored, change->id,
                               number(-scim_row_is_seen(change->before), pool),
                               number(scim_row_is_user(change->before) && change->before->active, pool),
                               SCIM_PARAMS_END));
    change_lookup(batch, session, change, 0);
    fold_tally(batch, session);
}
