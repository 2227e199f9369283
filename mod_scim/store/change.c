/*
 * Writing: POST, PUT, PATCH, DELETE.
 *
 * What can be said in statements alone is one batch (create, delete, memberships). What depends on the stored document
 * (PUT, PATCH of attributes) is one transaction of two batches: authenticate and lock, then write and commit; between
 * them scim/ computes the new document. Either is attempted again after a deadlock (session.h).
 */
#include "change_private.h"

#include <apr_strings.h>

#include "activity.h"
#include "scim/json.h"
#include "scim/restore.h"
#include "sqlstate.h"

#define DOCUMENT_MAX (1024 * 1024) /* bytes; each PUT and PATCH reads and writes all of it */

/* --- what one write is made of ------------------------------------------------------------------------------------ */

scim_error_t *scim_change_text(const char **text, apr_size_t *len, const scim_change_t *change, json_object *doc)
{
    apr_pool_t *pool = change->session->pool;
    *text = scim_json_text(doc, len, pool);
    if (*len > DOCUMENT_MAX) {
        return scim_error_status(pool, 413, "The %s would take %lu bytes; at most %d are kept.", change->type->name,
                                 (unsigned long)*len, DOCUMENT_MAX);
    }
    return NULL;
}

static scim_error_t *check_added(const scim_patch_t *patch, apr_pool_t *pool)
{
    for (int i = 0; i < patch->members->nelts; i++) {
        const scim_members_op_t *op = &APR_ARRAY_IDX(patch->members, i, scim_members_op_t);
        scim_error_t *error =
            op->op == SCIM_MEMBERS_ADD || op->op == SCIM_MEMBERS_REPLACE ? scim_members_check(op->ids, pool) : NULL;
        if (error) {
            return error;
        }
    }
    return NULL;
}

scim_error_t *scim_change_check(const scim_change_t *change, const char *id)
{
    apr_pool_t *pool = change->session->pool;
    scim_error_t *error = NULL;
    if (change->resource) {
        error = scim_members_check(change->resource->members, pool);
    } else if (change->patch) {
        error = check_added(change->patch, pool);
    }
    return error || change->id[0] ? error : scim_not_found(change->type, id, pool);
}

int scim_change_add_create(scim_batch_t *batch, scim_session_t *session, const scim_resource_type_t *type,
                           const char *ids, const char *docs, const char *named, int with_docs)
{
    const char *answer = with_docs ? "true" : "false";
    if (type->groups) {
        return scim_batch_add(
            batch, SCIM_STMT_USER_CREATE,
            scim_params(session->pool, session->tenant, type->name, ids, docs, answer, named, SCIM_PARAMS_END));
    }
    return scim_batch_add(batch, SCIM_STMT_RESOURCE_CREATE,
                          scim_params(session->pool, session->tenant, type->name, ids, docs, answer, SCIM_PARAMS_END));
}

scim_error_t *scim_change_refused(const PGresult *result, int row, const scim_resource_type_t *type, apr_pool_t *pool)
{
    if (row >= 0 && PQgetisnull(result, row, SCIM_CREATED_REFUSAL)) {
        return NULL;
    }
    if (row >= 0) {
        const char *refusal = scim_result_text(NULL, result, row, SCIM_CREATED_REFUSAL);
        return scim_error_typed(pool, SCIM_UNIQUENESS, "%s", *refusal ? refusal : SCIM_LOGIN_TAKEN);
    }
    if (type->members) {
        return scim_error_typed(pool, SCIM_UNIQUENESS, "%s", SCIM_GROUP_NAME_TAKEN);
    }
    const char *attribute = type->groups ? "userName" : "A value that must be unique";
    return scim_error_typed(pool, SCIM_UNIQUENESS, "%s is already used by another %s.", attribute, type->name);
}

scim_error_t *scim_change_add_new_members(scim_batch_t *batch, const scim_change_t *change)
{
    scim_members_op_t op = {.op = SCIM_MEMBERS_ADD, .ids = change->resource->members};
    if (!op.ids || op.ids->nelts == 0) {
        return NULL;
    }
    return scim_add_members(batch, change->session, change->id, &op);
}

int scim_change_reads(const scim_change_t *change)
{
    return change->patch ? change->patch->ops->nelts > 0 : change->resource != NULL;
}

int scim_change_add_lock(scim_batch_t *batch, const scim_change_t *change)
{
    const scim_session_t *session = change->session;
    return scim_batch_add(batch, SCIM_STMT_RESOURCE_LOCK,
                          scim_params(session->pool, session->tenant, change->type->name, change->id, SCIM_PARAMS_END));
}

static scim_error_t *compute_put(scim_change_t *change, json_object *stored)
{
    apr_pool_t *pool = change->session->pool;
    scim_resource_t next = *change->resource;
    next.doc = scim_json_copy(change->resource->doc, pool);
    scim_error_t *error = scim_resource_replace(&next, stored, pool);
    if (error) {
        return error;
    }
    change->doc = next.doc;
    change->roles = !change->type->roles ? "" : next.roles ? "p" : "f";
    apr_array_header_t *same = scim_json_same(stored, next.doc, pool);
    int alike = same->nelts == json_object_object_length(stored) && same->nelts == json_object_object_length(next.doc);
    change->same = alike ? NULL : same;
    if (change->type->members) {
        apr_array_header_t *members = apr_array_make(pool, 1, sizeof(scim_members_op_t));
        APR_ARRAY_PUSH(members, scim_members_op_t) =
            (scim_members_op_t){.op = SCIM_MEMBERS_REPLACE, .ids = next.members};
        change->members = members;
    }
    return NULL;
}

scim_error_t *scim_change_compute(scim_change_t *change, const PGresult *stored)
{
    apr_pool_t *pool = change->session->pool;
    if (PQntuples(stored) == 0) {
        return scim_not_found(change->type, change->id, pool);
    }
    const scim_record_t *record = scim_record_read(stored, 0, SCIM_RELATION_COLUMN, change->type, change->session);
    if (change->match && !scim_versions_match(change->match, record->version)) {
        return scim_error_status(pool, 412, "The resource has another version than If-Match names. Read it again.");
    }
    json_object *doc = scim_json_trusted(record->doc, record->doc_len, pool);
    change->inactive = scim_resource_inactive(doc, change->type);
    if (change->resource) {
        return compute_put(change, doc);
    }
    apr_array_header_t *same;
    scim_error_t *error = scim_patch_apply(&same, doc, change->patch, change->leniency, pool);
    change->doc = same ? doc : NULL;
    change->same = same;
    change->members = change->patch->members;
    change->roles = change->patch->roles ? "t" : "";
    return error ? error : scim_leniency_refusal(change->leniency->used, change->session->profile, pool);
}

static scim_error_t *add_document(int *slot, scim_batch_t *batch, scim_statement_e id, const scim_change_t *change)
{
    const scim_session_t *session = change->session;
    const char *text;
    apr_size_t len;
    scim_error_t *error = scim_change_text(&text, &len, change, change->doc);
    if (error) {
        return error;
    }
    *slot = scim_batch_add(batch, id,
                           scim_params(session->pool, session->tenant, change->type->name, change->id, text,
                                       change->same ? scim_text_array(change->same, session->pool) : "", change->roles,
                                       SCIM_PARAMS_END));
    return NULL;
}

/* A PATCH that says of the roles what is there already: an administrator may have given another one meanwhile. */
static void add_roles(scim_batch_t *batch, const scim_change_t *change)
{
    const scim_session_t *session = change->session;
    scim_batch_add(batch, SCIM_STMT_USER_ROLES,
                   scim_params(session->pool, session->tenant, change->type->name, change->id, SCIM_PARAMS_END));
}

scim_error_t *scim_change_add_write(int *slot, scim_batch_t *batch, const scim_change_t *change, int with_groups)
{
    scim_error_t *error = NULL;
    *slot = -1;
    if (change->doc) {
        error = add_document(slot, batch, with_groups ? SCIM_STMT_RESOURCE_UPDATE_GROUPS : SCIM_STMT_RESOURCE_UPDATE,
                             change);
    } else if (change->roles && *change->roles) {
        add_roles(batch, change);
    }
    for (int i = 0; !error && change->members && i < change->members->nelts; i++) {
        error =
            scim_add_members(batch, change->session, change->id, &APR_ARRAY_IDX(change->members, i, scim_members_op_t));
    }
    return error;
}

static void add_check(scim_batch_t *batch, const scim_change_t *change, scim_statement_e id)
{
    apr_pool_t *pool = change->session->pool;
    scim_batch_add(batch, id,
                   scim_params(pool, change->session->tenant, change->type->name, change->id,
                               scim_version_array(change->match, pool), SCIM_PARAMS_END));
}

/* A replacement is two statements. Without the group's lock two of them at once would each keep what the other adds. */
static int needs_lock(const scim_change_t *change)
{
    const apr_array_header_t *members = change->patch->members;
    for (int i = 0; i < members->nelts; i++) {
        if (APR_ARRAY_IDX(members, i, scim_members_op_t).op == SCIM_MEMBERS_REPLACE) {
            return 1;
        }
    }
    return change->match || members->nelts == 0;
}

scim_error_t *scim_change_add_members(scim_batch_t *batch, const scim_change_t *change)
{
    const apr_array_header_t *members = change->patch->members;
    if (needs_lock(change)) {
        add_check(batch, change, SCIM_STMT_RESOURCE_CHECK);
    }
    for (int i = 0; i < members->nelts; i++) {
        scim_error_t *error =
            scim_add_members(batch, change->session, change->id, &APR_ARRAY_IDX(members, i, scim_members_op_t));
        if (error) {
            return error;
        }
    }
    return NULL;
}

void scim_change_add_hold(scim_batch_t *batch, const scim_session_t *session, const char *ids, const char *leaving)
{
    scim_batch_add(batch, SCIM_STMT_RESOURCE_HOLD,
                   scim_params(session->pool, session->tenant, ids, leaving, SCIM_PARAMS_END));
}

void scim_change_add_delete(scim_batch_t *batch, const scim_change_t *change)
{
    const scim_session_t *session = change->session;
    add_check(batch, change, SCIM_STMT_RESOURCE_DELETE);
    scim_batch_add(batch, SCIM_STMT_RESOURCE_LEAVE,
                   scim_params(session->pool, session->tenant, change->id, SCIM_PARAMS_END));
}

/* --- one request, one write --------------------------------------------------------------------------------------- */

/* A write, and what is answered of it. */
typedef struct work_t {
    scim_change_t change;
    int body;     /* the caller wants the record */
    int relation; /* with its members or groups */
    int restored;
    int reads; /* what is answered is read anew, by `reading` */
    scim_reading_t reading;
    scim_record_t *record;
} work_t;

static void add_reading(work_t *work, scim_batch_t *batch)
{
    const scim_change_t *change = &work->change;
    work->reads = 1;
    scim_add_get(&work->reading, batch, change->session, change->type, change->id, work->relation, NULL);
}

/* The record is in what was read anew, or else in `slot`; -1: nowhere. */
static scim_error_t *read_record(work_t *work, const scim_batch_t *batch, int slot)
{
    if (work->reads) {
        return scim_read_one(&work->record, &work->reading, batch);
    }
    const PGresult *result = slot < 0 ? NULL : scim_batch_result(batch, slot);
    if (result && PQntuples(result) == 1) {
        work->record = scim_record_read(result, 0, SCIM_RELATION_COLUMN, work->change.type, work->change.session);
    }
    return NULL;
}

static scim_error_t *add_new(int *made, scim_batch_t *batch, const scim_change_t *change)
{
    apr_pool_t *pool = change->session->pool;
    const char *text;
    apr_size_t len;
    scim_error_t *error = scim_change_text(&text, &len, change, change->resource->doc);
    if (error) {
        return error;
    }
    const char *ids = apr_pstrcat(pool, "{", change->id, "}", NULL);
    *made = scim_change_add_create(batch, change->session, change->type, ids, apr_pstrcat(pool, "[", text, "]", NULL),
                                   scim_restore_identifies(change->resource->doc) ? ids : "{}", 1);
    return scim_change_add_new_members(batch, change);
}

static scim_error_t *create(work_t *work)
{
    scim_change_t *change = &work->change;
    scim_session_t *session = change->session;
    scim_batch_t *batch = scim_session_batch(session, 0);
    const apr_array_header_t *members = change->resource->members;
    int made;
    scim_error_t *error = add_new(&made, batch, change);
    if (error) {
        return scim_refuse(session, error);
    }
    if (members && members->nelts > 0 && work->relation) {
        add_reading(work, batch);
    }
    scim_finish_add(batch, session, NULL);
    error = scim_finish_end(session, batch, scim_session_run(session, batch));
    const PGresult *result = scim_batch_result(batch, made);
    if (result && PQresultStatus(result) == PGRES_TUPLES_OK) {
        scim_error_t *refusal = scim_change_refused(result, PQntuples(result) - 1, change->type, session->pool);
        if (refusal) {
            return refusal;
        }
    }
    if (!error) {
        work->restored = scim_result_bool(result, 0, SCIM_CREATED_RESTORED);
        error = read_record(work, batch, made);
    }
    return error;
}

scim_error_t *scim_store_create(scim_record_t **out, int *restored, scim_session_t *session,
                                const scim_resource_t *resource, int relation)
{
    work_t work = {.change = {.session = session, .type = resource->type, .resource = resource}, .relation = relation};
    scim_id_make(work.change.id);
    scim_error_t *error = scim_change_check(&work.change, work.change.id);
    if (error) {
        return scim_refuse(session, error);
    }
    error = create(&work);
    *out = work.record;
    *restored = work.restored;
    return error;
}

/* Second batch: writes what has changed, and commits. */
static scim_error_t *write_changes(work_t *work)
{
    scim_change_t *change = &work->change;
    scim_session_t *session = change->session;
    scim_batch_t *batch = scim_batch_make(session->conn);
    int with_groups = work->body && scim_relation_of(change->type, work->relation) == SCIM_RELATION_GROUPS;
    int slot;
    work->reads = 0;
    scim_error_t *error = scim_change_add_write(&slot, batch, change, with_groups);
    if (error) {
        return error;
    }
    if (work->body && (!change->doc || change->type->members)) {
        add_reading(work, batch);
    }
    scim_finish_add(batch, session, NULL);
    scim_session_close(session, batch);
    error = scim_finish_end(session, batch, scim_batch_run(batch));
    return error || !work->body ? error : read_record(work, batch, slot);
}

/* First batch: authenticates and locks; the transaction stays open for the second. */
static scim_error_t *change_once(void *data)
{
    work_t *work = data;
    scim_session_t *session = work->change.session;
    scim_batch_t *batch = scim_session_batch(session, 1);
    int slot = scim_change_add_lock(batch, &work->change);
    scim_error_t *error = scim_session_run(session, batch);
    if (!error) {
        error = scim_change_compute(&work->change, scim_batch_result(batch, slot));
    }
    return error ? error : write_changes(work);
}

static scim_error_t *begin(scim_change_t *change, const char *id)
{
    if (!scim_id_read(change->id, id)) {
        change->id[0] = '\0';
    }
    return scim_change_check(change, id);
}

/* Ends what an attempt that failed between its batches has left open. */
static scim_error_t *change_document(work_t *work)
{
    scim_error_t *error = scim_session_attempt(change_once, work);
    if (error) {
        scim_conn_rollback(work->change.session->conn);
    }
    return error;
}

scim_error_t *scim_store_replace(scim_record_t **out, scim_session_t *session, const char *id,
                                 scim_resource_t *resource, const scim_versions_t *match, int relation)
{
    work_t work = {.change = {.session = session, .type = resource->type, .resource = resource, .match = match},
                   .body = 1,
                   .relation = relation};
    scim_error_t *error = begin(&work.change, id);
    if (error) {
        return scim_refuse(session, error);
    }
    error = change_document(&work);
    *out = work.record;
    return error;
}

/* Memberships alone: one batch, and neither the group nor its members are read. */
static scim_error_t *patch_members(work_t *work)
{
    scim_change_t *change = &work->change;
    scim_session_t *session = change->session;
    scim_batch_t *batch = scim_session_batch(session, 0);
    scim_error_t *error = scim_change_add_members(batch, change);
    if (error) {
        return scim_refuse(session, error);
    }
    if (work->body) {
        add_reading(work, batch);
    }
    scim_finish_add(batch, session, NULL);
    error = scim_finish_end(session, batch, scim_session_run(session, batch));
    return error ? error : read_record(work, batch, -1);
}

scim_error_t *scim_store_patch(scim_record_t **out, scim_session_t *session, const char *id, const scim_patch_t *patch,
                               scim_leniency_t *leniency, const scim_versions_t *match, int body, int relation)
{
    work_t work = {
        .change = {.session = session, .type = patch->type, .patch = patch, .leniency = leniency, .match = match},
        .body = body,
        .relation = relation};
    scim_error_t *error = begin(&work.change, id);
    if (error) {
        return scim_refuse(session, error);
    }
    error = scim_change_reads(&work.change) ? change_document(&work) : patch_members(&work);
    *out = work.record;
    return error;
}

scim_error_t *scim_store_delete(scim_session_t *session, const scim_resource_type_t *type, const char *id,
                                const scim_versions_t *match)
{
    scim_change_t change = {.session = session, .type = type, .match = match};
    scim_error_t *error = begin(&change, id);
    if (error) {
        return scim_refuse(session, error);
    }
    const char *ids = apr_pstrcat(session->pool, "{", change.id, "}", NULL);
    scim_batch_t *batch = scim_session_batch(session, 0);
    scim_change_add_hold(batch, session, ids, ids);
    scim_change_add_delete(batch, &change);
    scim_finish_add(batch, session, NULL);
    return scim_finish_end(session, batch, scim_session_run(session, batch));
}
