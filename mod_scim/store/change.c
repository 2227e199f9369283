/*
 * Writing: POST, PUT, PATCH, DELETE.
 *
 * What can be said in statements alone is one batch (create, delete, memberships). What depends on the stored document
 * (PUT, PATCH of attributes) is one transaction of two batches: authenticate and lock, then write and commit; between
 * them scim/ computes the new document. Either is attempted again after a deadlock (session.h).
 */
#include <apr_strings.h>

#include "resources_private.h"
#include "scim/json.h"

#define DOCUMENT_MAX (1024 * 1024) /* bytes; each PUT and PATCH reads and writes all of it */

/* Everything that one write needs to know. */
typedef struct work_t {
    scim_session_t *session;
    const scim_resource_type_t *type;
    char id[SCIM_ID_SIZE];
    const scim_resource_t *resource; /* POST, PUT */
    const scim_patch_t *patch;       /* PATCH */
    scim_leniency_t *leniency;
    const scim_versions_t *match;
    int body;     /* the caller wants the record */
    int relation; /* with its members or groups */
    int restored;
    scim_record_t *record;
} work_t;

/* Adds a statement that takes a document. Errors: 413. */
static scim_error_t *add_document(int *slot, scim_batch_t *batch, scim_statement_e id, const work_t *work,
                                  json_object *doc)
{
    apr_pool_t *pool = work->session->pool;
    apr_size_t len;
    const char *text = scim_json_text(doc, &len, pool);
    if (len > DOCUMENT_MAX) {
        return scim_error_status(pool, 413, "The %s would take %lu bytes; at most %d are kept.", work->type->name,
                                 (unsigned long)len, DOCUMENT_MAX);
    }
    *slot = scim_batch_add(batch, id,
                           scim_params(pool, work->session->tenant, work->type->name, work->id, text,
                                       work->session->base, SCIM_PARAMS_END));
    return NULL;
}

/* The acceptable versions as an array literal; NULL for any. */
static const char *version_array(const scim_versions_t *match, apr_pool_t *pool)
{
    if (!match || match->any) {
        return NULL;
    }
    scim_buf_t text;
    scim_buf_init(&text, 32, pool);
    scim_buf_puts(&text, "{");
    for (int i = 0; i < match->list->nelts; i++) {
        scim_buf_printf(&text, "%s%" APR_INT64_T_FMT, i ? "," : "", APR_ARRAY_IDX(match->list, i, apr_int64_t));
    }
    scim_buf_puts(&text, "}");
    return text.data;
}

static void add_check(scim_batch_t *batch, const work_t *work, scim_statement_e id)
{
    apr_pool_t *pool = work->session->pool;
    scim_batch_add(batch, id,
                   scim_params(pool, work->session->tenant, work->type->name, work->id,
                               version_array(work->match, pool), SCIM_PARAMS_END));
}

static void read_slot(work_t *work, const scim_batch_t *batch, int slot)
{
    const PGresult *result = slot < 0 ? NULL : scim_batch_result(batch, slot);
    if (result && PQntuples(result) == 1) {
        work->record = scim_record_read(result, 0, work->type, work->session->pool);
    }
}

/* --- POST --- */

static scim_error_t *create(work_t *work)
{
    scim_session_t *session = work->session;
    scim_batch_t *batch = scim_session_batch(session, 0);
    const apr_array_header_t *members = work->resource->members;
    int is_user = work->type->groups != NULL;
    int get = -1;
    int made;
    scim_error_t *error = add_document(&made, batch, is_user ? SCIM_STMT_USER_CREATE : SCIM_STMT_RESOURCE_CREATE, work,
                                       work->resource->doc);
    if (error) {
        return scim_refuse(session, error);
    }
    if (members && members->nelts > 0) {
        scim_members_op_t op = {.op = SCIM_MEMBERS_ADD, .ids = work->resource->members};
        scim_add_members(batch, session, work->id, &op);
        if (work->relation) {
            get = scim_add_get(batch, session, work->type, work->id, 1);
        }
    }
    error = scim_session_run(session, batch);
    if (!error) {
        work->restored = scim_result_bool(scim_batch_result(batch, made), 0, 6);
        read_slot(work, batch, get < 0 ? made : get);
    }
    return error;
}

scim_error_t *scim_store_create(scim_record_t **out, int *restored, scim_session_t *session,
                                const scim_resource_t *resource, int relation)
{
    work_t work = {.session = session, .type = resource->type, .resource = resource, .relation = relation};
    scim_error_t *error = scim_members_check(resource->members, session->pool);
    if (error) {
        return scim_refuse(session, error);
    }
    scim_id_make(work.id);
    error = create(&work);
    *out = work.record;
    *restored = work.restored;
    return error;
}

/* --- what PUT and PATCH share --- */

/* First batch: authenticates and locks; the transaction stays open. */
static scim_error_t *lock_stored(scim_record_t **stored, work_t *work)
{
    scim_session_t *session = work->session;
    scim_batch_t *batch = scim_session_batch(session, 1);
    int slot = scim_batch_add(batch, SCIM_STMT_RESOURCE_LOCK,
                              scim_params(session->pool, session->tenant, work->type->name, work->id, SCIM_PARAMS_END));
    scim_error_t *error = scim_session_run(session, batch);
    if (error) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, slot);
    if (PQntuples(result) == 0) {
        return scim_not_found(work->type, work->id, session->pool);
    }
    *stored = scim_record_read(result, 0, work->type, session->pool);
    if (work->match && !scim_versions_match(work->match, (*stored)->version)) {
        return scim_error_status(session->pool, 412,
                                 "The resource has another version than If-Match names. Read it again.");
    }
    return NULL;
}

/* Second batch: writes what has changed, and commits. `doc` is NULL where the document stays as it is. */
static scim_error_t *write_changes(work_t *work, json_object *doc, const apr_array_header_t *members)
{
    scim_session_t *session = work->session;
    scim_batch_t *batch = scim_batch_make(session->conn);
    int with_groups = work->body && scim_relation_of(work->type, work->relation) == SCIM_RELATION_GROUPS;
    int slot = -1;
    scim_error_t *error = NULL;
    if (doc) {
        error = add_document(&slot, batch, with_groups ? SCIM_STMT_RESOURCE_UPDATE_GROUPS : SCIM_STMT_RESOURCE_UPDATE,
                             work, doc);
    }
    for (int i = 0; !error && members && i < members->nelts; i++) {
        error = scim_add_members(batch, session, work->id, &APR_ARRAY_IDX(members, i, scim_members_op_t));
    }
    if (error) {
        return error;
    }
    if (work->body && (!doc || work->type->members)) {
        slot = scim_add_get(batch, session, work->type, work->id, work->relation);
    }
    scim_batch_add(batch, SCIM_STMT_COMMIT, NULL);
    error = scim_batch_run(batch);
    if (!error && work->body) {
        read_slot(work, batch, slot);
    }
    return error;
}

/* --- PUT --- */

static scim_error_t *replace_once(void *data)
{
    work_t *work = data;
    apr_pool_t *pool = work->session->pool;
    scim_record_t *stored;
    scim_error_t *error = lock_stored(&stored, work);
    if (error) {
        return error;
    }
    scim_resource_t next = *work->resource;
    next.doc = scim_json_copy(work->resource->doc, pool);
    error = scim_resource_replace(&next, scim_json_trusted(stored->doc, stored->doc_len, pool), pool);
    if (error) {
        return error;
    }
    apr_array_header_t *members = NULL;
    if (work->type->members) {
        members = apr_array_make(pool, 1, sizeof(scim_members_op_t));
        APR_ARRAY_PUSH(members, scim_members_op_t) =
            (scim_members_op_t){.op = SCIM_MEMBERS_REPLACE, .ids = next.members};
    }
    return write_changes(work, next.doc, members);
}

/* Ends what an attempt that failed between its batches has left open. */
static scim_error_t *finish(work_t *work, scim_error_t *error)
{
    if (error) {
        scim_conn_rollback(work->session->conn);
    }
    return error;
}

scim_error_t *scim_store_replace(scim_record_t **out, scim_session_t *session, const char *id,
                                 scim_resource_t *resource, const scim_versions_t *match, int relation)
{
    work_t work = {.session = session,
                   .type = resource->type,
                   .resource = resource,
                   .match = match,
                   .body = 1,
                   .relation = relation};
    scim_error_t *error = scim_members_check(resource->members, session->pool);
    if (!error && !scim_id_read(work.id, id)) {
        error = scim_not_found(resource->type, id, session->pool);
    }
    if (error) {
        return scim_refuse(session, error);
    }
    error = finish(&work, scim_session_attempt(replace_once, &work));
    *out = work.record;
    return error;
}

/* --- PATCH --- */

/* A replacement is two statements. Without the group's lock two of them at once would each keep what the other adds. */
static int needs_lock(const work_t *work)
{
    const apr_array_header_t *members = work->patch->members;
    for (int i = 0; i < members->nelts; i++) {
        if (APR_ARRAY_IDX(members, i, scim_members_op_t).op == SCIM_MEMBERS_REPLACE) {
            return 1;
        }
    }
    return work->match || members->nelts == 0;
}

/* Memberships alone: one batch, and neither the group nor its members are read. */
static scim_error_t *patch_members(work_t *work)
{
    scim_session_t *session = work->session;
    const apr_array_header_t *members = work->patch->members;
    scim_batch_t *batch = scim_session_batch(session, 0);
    int slot = -1;
    if (needs_lock(work)) {
        add_check(batch, work, SCIM_STMT_RESOURCE_CHECK);
    }
    for (int i = 0; i < members->nelts; i++) {
        scim_error_t *error = scim_add_members(batch, session, work->id, &APR_ARRAY_IDX(members, i, scim_members_op_t));
        if (error) {
            return scim_refuse(session, error);
        }
    }
    if (work->body) {
        slot = scim_add_get(batch, session, work->type, work->id, work->relation);
    }
    scim_error_t *error = scim_session_run(session, batch);
    if (!error) {
        read_slot(work, batch, slot);
    }
    return error;
}

static scim_error_t *patch_document_once(void *data)
{
    work_t *work = data;
    apr_pool_t *pool = work->session->pool;
    scim_record_t *stored;
    int changed = 0;
    scim_error_t *error = lock_stored(&stored, work);
    if (error) {
        return error;
    }
    json_object *doc = scim_json_trusted(stored->doc, stored->doc_len, pool);
    error = scim_patch_apply(&changed, doc, work->patch, work->leniency, pool);
    if (error) {
        return error;
    }
    return write_changes(work, changed ? doc : NULL, work->patch->members);
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

scim_error_t *scim_store_patch(scim_record_t **out, scim_session_t *session, const char *id, const scim_patch_t *patch,
                               scim_leniency_t *leniency, const scim_versions_t *match, int body, int relation)
{
    work_t work = {.session = session,
                   .type = patch->type,
                   .patch = patch,
                   .leniency = leniency,
                   .match = match,
                   .body = body,
                   .relation = relation};
    scim_error_t *error = check_added(patch, session->pool);
    if (!error && !scim_id_read(work.id, id)) {
        error = scim_not_found(patch->type, id, session->pool);
    }
    if (error) {
        return scim_refuse(session, error);
    }
    error =
        patch->ops->nelts == 0 ? patch_members(&work) : finish(&work, scim_session_attempt(patch_document_once, &work));
    *out = work.record;
    return error;
}

/* --- DELETE --- */

scim_error_t *scim_store_delete(scim_session_t *session, const scim_resource_type_t *type, const char *id,
                                const scim_versions_t *match)
{
    work_t work = {.session = session, .type = type, .match = match};
    if (!scim_id_read(work.id, id)) {
        return scim_refuse(session, scim_not_found(type, id, session->pool));
    }
    scim_batch_t *batch = scim_session_batch(session, 0);
    add_check(batch, &work, SCIM_STMT_RESOURCE_DELETE);
    scim_batch_add(batch, SCIM_STMT_RESOURCE_LEAVE,
                   scim_params(session->pool, session->tenant, work.id, SCIM_PARAMS_END));
    return scim_session_run(session, batch);
}
