/* A window of a Bulk request: selects the operations that are tried together, and makes their statements. */
#include <apr_strings.h>
#include <string.h>

#include "activity.h"
#include "bulk_private.h"
#include "scim/table.h"

#define READS_MAX 64                /* limits the stored documents in memory */
#define SET_BYTES (4 * 1024 * 1024) /* maximum of documents in one statement */
#define SET_SIZE  1000

scim_bulk_op_t *scim_bulk_at(const scim_bulk_window_t *window, int at)
{
    return &APR_ARRAY_IDX(window->bulk->ops, APR_ARRAY_IDX(window->bulk->order, at, int), scim_bulk_op_t);
}

int scim_bulk_unit_end(const scim_bulk_t *bulk, int at)
{
    const int *order = (const int *)bulk->order->elts;
    int unit = APR_ARRAY_IDX(bulk->ops, order[at], scim_bulk_op_t).unit;
    while (at < bulk->order->nelts && APR_ARRAY_IDX(bulk->ops, order[at], scim_bulk_op_t).unit == unit) {
        at++;
    }
    return at;
}

int scim_bulk_unit_begin(const scim_bulk_t *bulk, int at)
{
    const int *order = (const int *)bulk->order->elts;
    int unit = APR_ARRAY_IDX(bulk->ops, order[at], scim_bulk_op_t).unit;
    while (at > 0 && APR_ARRAY_IDX(bulk->ops, order[at - 1], scim_bulk_op_t).unit == unit) {
        at--;
    }
    return at;
}

/* Copies an error to a pool that outlives the attempt. */
static scim_error_t *kept(const scim_error_t *error, apr_pool_t *pool)
{
    scim_error_t *copy = apr_pmemdup(pool, error, sizeof(*error));
    copy->detail = apr_pstrdup(pool, error->detail);
    copy->cause = apr_pstrdup(pool, error->cause);
    return copy;
}

void scim_bulk_fail(const scim_bulk_window_t *window, int at, const scim_error_t *error)
{
    scim_bulk_op_t *op = scim_bulk_at(window, at);
    int begin = scim_bulk_unit_begin(window->bulk, at);
    op->error = kept(error, window->bulk->pool);
    for (int i = begin; i < scim_bulk_unit_end(window->bulk, begin); i++) {
        scim_bulk_op_t *other = scim_bulk_at(window, i);
        if (!other->error) {
            other->error = scim_bulk_refers(op, window->bulk->pool);
        }
    }
}

/* --- selecting operations ------------------------------------------------------------------------------------------*/

/* The refusal of an operation by the tenant's profile. The profile is read once, when an operation needs a leniency; if
 * authentication fails, its error is kept. */
static scim_error_t *refuse(scim_bulk_window_t *window, const scim_bulk_op_t *op)
{
    scim_bulk_t *bulk = window->bulk;
    scim_session_t *session = window->session;
    if (op->leniency.used && !bulk->profile && !window->refused) {
        window->refused = scim_session_check(session);
        bulk->profile = window->refused ? NULL : apr_pstrdup(bulk->pool, session->told.profile);
    }
    return scim_leniency_refusal(op->leniency.used, bulk->profile, bulk->pool);
}

static void prepare(scim_bulk_window_t *window, int at)
{
    scim_bulk_op_t *op = scim_bulk_at(window, at);
    scim_bulk_item_t *item = &window->items[at];
    scim_bulk_prepare(window->bulk, op);
    *item = (scim_bulk_item_t){.change = {.session = window->session,
                                          .type = op->type,
                                          .resource = op->resource,
                                          .patch = op->patch,
                                          .leniency = &op->leniency,
                                          .match = op->match}};
    apr_cpystrn(item->change.id, op->id, sizeof(item->change.id));
    scim_error_t *error = op->error ? NULL : refuse(window, op);
    if (!op->error && !error) {
        error = scim_change_check(&item->change, op->target);
    }
    if (error) {
        scim_bulk_fail(window, at, error);
    }
}

/* Whether it does not depend on the results of earlier operations in the window. */
static int fits(const scim_bulk_window_t *window, const scim_bulk_op_t *op)
{
    if (op->error || !scim_bulk_reads(op)) {
        return 1;
    }
    return window->reads < READS_MAX && !apr_hash_get(window->touched, op->id, SCIM_ID_SIZE - 1) &&
           !(op->match && window->deletes);
}

static void take(scim_bulk_window_t *window, int at)
{
    scim_bulk_op_t *op = scim_bulk_at(window, at);
    window->items[at].live = 1;
    window->live++;
    window->reads += scim_bulk_reads(op);
    window->posts += scim_bulk_looks(window, op);
    window->deletes += op->kind == SCIM_BULK_DELETE;
    apr_hash_set(window->touched, op->id, SCIM_ID_SIZE - 1, op);
}

static void note_references(scim_bulk_window_t *window, const scim_bulk_op_t *op)
{
    for (int i = 0; op->refs && i < op->refs->nelts; i++) {
        int at = APR_ARRAY_IDX(window->bulk->ops, APR_ARRAY_IDX(op->refs, i, int), scim_bulk_op_t).place;
        if (at >= window->begin && at < window->end && window->items[at].live) {
            window->items[at].wanted = window->wanted = 1;
        }
    }
}

int scim_bulk_window_take(scim_bulk_window_t *window, int at, int end)
{
    for (int i = at; i < end; i++) {
        prepare(window, i);
    }
    for (int i = at; i < end; i++) {
        const scim_bulk_op_t *op = scim_bulk_at(window, i);
        if (op->error && end - at > 1) {
            scim_bulk_fail(window, i, op->error);
        } else if (!fits(window, op)) {
            return 0;
        }
    }
    window->end = end;
    for (int i = at; i < end; i++) {
        if (!scim_bulk_at(window, i)->error) {
            take(window, i);
        }
    }
    for (int i = at; i < end; i++) {
        if (window->items[i].live) {
            note_references(window, scim_bulk_at(window, i));
        }
    }
    return 1;
}

/* --- statements ----------------------------------------------------------------------------------------------------*/

void scim_bulk_begin_step(scim_bulk_window_t *window, int at, const scim_bulk_set_t *set)
{
    scim_bulk_step_t *step = apr_array_push(window->steps);
    *step = (scim_bulk_step_t){.slot = scim_batch_size(window->batch), .at = at, .set = set};
}

int scim_bulk_window_owner(int *others, const scim_bulk_window_t *window)
{
    int slot = scim_batch_failed(window->batch);
    int owner = -2;
    *others = 0;
    for (int i = 0; i < window->steps->nelts; i++) {
        const scim_bulk_step_t *step = &APR_ARRAY_IDX(window->steps, i, scim_bulk_step_t);
        if (step->slot <= slot) {
            owner = step->at;
            *others = step->set ? step->set->ats->nelts - 1 : 0;
        }
    }
    return owner;
}

#define DELETED 1u /* operations that delete */
#define CHANGED 2u /* operations that change */

/* The ids of the targets of such operations, as an SQL array. *count: how many. */
static const char *target_ids(int *count, const scim_bulk_window_t *window, unsigned which)
{
    scim_buf_t ids;
    *count = 0;
    scim_buf_init(&ids, 256, window->pool);
    scim_buf_puts(&ids, "{");
    for (int at = window->begin; at < window->end; at++) {
        scim_bulk_e kind = scim_bulk_at(window, at)->kind;
        if (window->items[at].live && kind != SCIM_BULK_POST &&
            which & (kind == SCIM_BULK_DELETE ? DELETED : CHANGED)) {
            scim_buf_puts(&ids, (*count)++ ? "," : "");
            scim_buf_puts(&ids, window->items[at].change.id);
        }
    }
    scim_buf_puts(&ids, "}");
    return ids.data;
}

void scim_bulk_begin_batch(scim_bulk_window_t *window)
{
    int count, deleted;
    const char *ids = target_ids(&count, window, DELETED | CHANGED);
    const char *leaving = target_ids(&deleted, window, DELETED);
    window->batch = scim_session_write_batch(window->session, 1, 1);
    if (deleted || count > 1) {
        scim_bulk_begin_step(window, -1, NULL);
        scim_change_add_hold(window->batch, window->session, ids, leaving);
    } else {
        scim_batch_flush(window->batch);
    }
}

/* --- POSTs of new resources ----------------------------------------------------------------------------------------*/

/* The set that a POST joins. A set is executed at the position of its first POST, so it ends at an operation on the
 * same type that could free or take a unique value, or delete a restored resource. */
static scim_bulk_set_t *find_set(scim_bulk_window_t *window, const scim_resource_type_t *type)
{
    for (int i = 0; i < window->sets->nelts; i++) {
        scim_bulk_set_t *set = APR_ARRAY_IDX(window->sets, i, scim_bulk_set_t *);
        if (set->open && set->type == type) {
            return set;
        }
    }
    return NULL;
}

static scim_bulk_set_t *make_set(scim_bulk_window_t *window, const scim_resource_type_t *type)
{
    scim_bulk_set_t *set = apr_pcalloc(window->pool, sizeof(*set));
    set->type = type;
    set->open = 1;
    set->slot = -1;
    set->ats = apr_array_make(window->pool, 16, sizeof(int));
    scim_rows_init(&set->rows, window->pool);
    set->giving = scim_change_giving(window->session);
    APR_ARRAY_PUSH(window->sets, scim_bulk_set_t *) = set;
    return set;
}

static scim_error_t *join_set(scim_bulk_window_t *window, int at)
{
    scim_bulk_item_t *item = &window->items[at];
    const char *text;
    apr_size_t len;
    scim_error_t *error = scim_change_text(&text, &len, &item->change, item->change.after.doc);
    if (error) {
        return error;
    }
    scim_bulk_set_t *set = find_set(window, item->change.type);
    if (set && (set->bytes + len > SET_BYTES || set->ats->nelts >= SET_SIZE)) {
        set->open = 0;
        set = NULL;
    }
    if (!set) {
        set = make_set(window, item->change.type);
    }
    set->bytes += len;
    scim_row_t row = item->change.after; /* templates apply only to new users */
    scim_change_give(&set->giving, &item->change, &row);
    scim_rows_add(&set->rows, item->change.id, &row, text, len);
    APR_ARRAY_PUSH(set->ats, int) = at;
    item->set = set;
    return NULL;
}

/* Collects the POSTs of new resources in sets. An operation between two of them may free or take a unique value, so it
 * ends a set. */
static scim_error_t *make_sets(scim_bulk_window_t *window, int *failed)
{
    window->sets->nelts = 0;
    for (int at = window->begin; at < window->end; at++) {
        const scim_bulk_op_t *op = scim_bulk_at(window, at);
        scim_bulk_item_t *item = &window->items[at];
        scim_bulk_set_t *set = item->live ? find_set(window, op->type) : NULL;
        scim_error_t *error = NULL;
        if (!item->live) {
            continue;
        }
        if (op->kind != SCIM_BULK_POST || item->change.before_text) {
            if (set && (scim_bulk_reads(op) || op->kind == SCIM_BULK_POST)) {
                set->open = 0;
            }
            continue;
        }
        error = scim_bulk_looks(window, op) ? NULL : scim_change_new(&item->change);
        error = error ? error : join_set(window, at);
        if (error) {
            *failed = at;
            return error;
        }
    }
    return NULL;
}

/* --- writing -------------------------------------------------------------------------------------------------------*/

static scim_error_t *add_post(scim_bulk_window_t *window, int at)
{
    scim_bulk_item_t *item = &window->items[at];
    scim_bulk_set_t *set = item->set;
    if (set->slot < 0) {
        scim_bulk_begin_step(window, at, set);
        set->slot = scim_rows_create(window->batch, window->session, set->type, &set->rows, 0);
        scim_change_add_given(window->batch, window->session, &set->giving);
    }
    scim_bulk_begin_step(window, at, NULL);
    scim_change_add_moves(window->batch, &item->change);
    scim_change_add_entitled(window->batch, &item->change);
    return scim_change_add_new_members(window->batch, &item->change);
}

static scim_error_t *add_statements(scim_bulk_window_t *window, int at)
{
    const scim_bulk_op_t *op = scim_bulk_at(window, at);
    scim_bulk_item_t *item = &window->items[at];
    if (item->set) {
        return add_post(window, at);
    }
    scim_bulk_begin_step(window, at, NULL);
    if (scim_bulk_reads(op) || op->kind == SCIM_BULK_POST) {
        return scim_change_add_write(&item->slot, window->batch, &item->change, 0);
    }
    return scim_change_add_members(window->batch, &item->change);
}

/* Reads the versions at the end of the transaction for the answers; earlier ones are never visible. */
static void add_versions(scim_bulk_window_t *window)
{
    scim_session_t *session = window->session;
    int count;
    const char *ids = target_ids(&count, window, CHANGED);
    if (!count) {
        return;
    }
    scim_bulk_begin_step(window, -1, NULL);
    window->versions = scim_batch_add(window->batch, SCIM_STMT_RESOURCE_VERSIONS,
                                      scim_params(window->pool, session->tenant, ids, SCIM_PARAMS_END));
}

void scim_bulk_window_finish(scim_bulk_window_t *window, scim_batch_t *batch)
{
    const char *unfinished =
        apr_psprintf(window->pool, "The request was not finished: it ended after %d of its %d operations.", window->end,
                     window->bulk->order->nelts);
    window->last = batch;
    window->finish = scim_finish_add_window(batch, window->session, unfinished);
}

int scim_bulk_window_wrote(const scim_bulk_window_t *window)
{
    return window->live && (window->finish < 0 || scim_finish_wrote(window->last, window->finish));
}

scim_error_t *scim_bulk_window_add(scim_bulk_window_t *window, int *failed)
{
    window->steps->nelts = 0;
    window->versions = -1;
    scim_error_t *unmade = make_sets(window, failed);
    if (unmade) {
        return unmade;
    }
    if (window->reads || window->posts) {
        window->batch = scim_batch_make(window->session->conn);
    } else {
        scim_bulk_begin_batch(window);
    }
    for (int at = window->begin; at < window->end; at++) {
        scim_error_t *error = window->items[at].live ? add_statements(window, at) : NULL;
        if (error) {
            *failed = at;
            return error;
        }
    }
    add_versions(window);
    if (!window->verify) {
        scim_bulk_begin_step(window, -1, NULL);
        scim_bulk_window_finish(window, window->batch);
    }
    return NULL;
}

/* --- results -------------------------------------------------------------------------------------------------------*/

/* The rows by an id in a column: text -> row number. */
static apr_hash_t *rows_by_id(const PGresult *result, int column, apr_pool_t *pool)
{
    apr_hash_t *rows = scim_table_make(pool);
    for (int row = 0; row < PQntuples(result); row++) {
        char *id = apr_palloc(pool, SCIM_ID_SIZE);
        int *number = apr_palloc(pool, sizeof(*number));
        scim_result_uuid(id, result, row, column);
        *number = row;
        apr_hash_set(rows, id, SCIM_ID_SIZE - 1, number);
    }
    return rows;
}

static void read_set(scim_bulk_window_t *window, const scim_bulk_set_t *set)
{
    const PGresult *result = set->slot < 0 ? NULL : scim_batch_result(window->batch, set->slot);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        return;
    }
    apr_hash_t *rows = rows_by_id(result, 0, window->pool);
    for (int i = 0; i < set->ats->nelts; i++) {
        scim_bulk_item_t *item = &window->items[APR_ARRAY_IDX(set->ats, i, int)];
        const int *row = apr_hash_get(rows, item->change.id, SCIM_ID_SIZE - 1);
        if (!row) {
            item->taken = scim_change_taken(&item->change);
            continue;
        }
        item->version = scim_result_int(result, *row, SCIM_VERSION_COLUMN);
    }
}

/* The version of a restored user. */
static void read_claimed(scim_bulk_window_t *window, scim_bulk_item_t *item)
{
    const PGresult *result = item->slot < 0 ? NULL : scim_batch_result(window->batch, item->slot);
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1) {
        item->version = scim_result_int(result, 0, SCIM_VERSION_COLUMN);
    }
}

void scim_bulk_window_made(scim_bulk_window_t *window)
{
    for (int i = 0; i < window->sets->nelts; i++) {
        read_set(window, APR_ARRAY_IDX(window->sets, i, scim_bulk_set_t *));
    }
    for (int at = window->begin; at < window->end; at++) {
        scim_bulk_item_t *item = &window->items[at];
        if (item->live && !item->set && scim_bulk_at(window, at)->kind == SCIM_BULK_POST) {
            read_claimed(window, item);
        }
    }
}

static void answer(scim_bulk_window_t *window, int at, apr_hash_t *versions, const PGresult *result)
{
    static const int statuses[] = {
        [SCIM_BULK_POST] = 201, [SCIM_BULK_PUT] = 200, [SCIM_BULK_PATCH] = 200, [SCIM_BULK_DELETE] = 204};
    scim_bulk_op_t *op = scim_bulk_at(window, at);
    const scim_bulk_item_t *item = &window->items[at];
    op->answered = 1;
    if (!item->live) {
        return;
    }
    if (item->taken) {
        scim_bulk_fail(window, at, item->taken);
        return;
    }
    op->status = statuses[op->kind];
    op->version = item->version;
    op->note = apr_pstrdup(window->bulk->pool, scim_change_note(&item->change));
    if (item->renamed) {
        scim_bulk_rename(window->bulk, op, item->made);
    }
    const int *row = versions ? apr_hash_get(versions, op->id, SCIM_ID_SIZE - 1) : NULL;
    if (row) {
        op->version = scim_result_int(result, *row, 1);
    }
}

void scim_bulk_window_answer(scim_bulk_window_t *window)
{
    const PGresult *result =
        window->live && window->versions >= 0 ? scim_batch_result(window->batch, window->versions) : NULL;
    apr_hash_t *versions = result ? rows_by_id(result, 0, window->pool) : NULL;
    for (int at = window->begin; at < window->end; at++) {
        answer(window, at, versions, result);
    }
}
