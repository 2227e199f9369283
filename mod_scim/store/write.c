/*
 * Writes: POST, PUT, PATCH, DELETE.
 *
 * What can be said in statements alone is one batch (somebody new, memberships). What depends on what is stored is one
 * transaction of two batches: authenticate and read, then write and commit; between them rules/ decides what the
 * resource shall be. A user is not locked before it is written (change_private.h). Each attempt is computed with the
 * rules that the tenant has; it is made again after a deadlock, and where the rules have changed (session.h).
 */
#include <apr_strings.h>
#include <string.h>

#include "activity.h"
#include "change_private.h"
#include "guard.h"
#include "rules_cache.h"

/* A write and its answer. */
typedef struct work_t {
    scim_change_t change;
    int body;     /* the answer needs the record */
    int relation; /* the record includes its members or groups */
    int restored;
    const char *id; /* POST: that of somebody new */
    int known;      /* the user may be one whom the tenant knows: found out by the attempt before */
    int again;      /* it is not the first attempt */
    int reads;      /* what is answered is read anew, by `reading` */
    scim_reading_t reading;
    scim_record_t *record;
} work_t;

/* Runs attempts with the tenant's current rules, and rolls back an open transaction after an error. */
static scim_error_t *attempt(scim_attempt_t once, work_t *work)
{
    scim_error_t *error = scim_session_attempt(once, work);
    if (error) {
        scim_conn_rollback(work->change.session->conn);
    }
    return error;
}

/* An error that follows from the rules. It is the answer only if the token is valid, and the rules have not
 * changed. */
static scim_error_t *refuse_by_rules(scim_session_t *session, scim_error_t *error)
{
    scim_error_t *other = scim_session_run(session, scim_session_write_batch(session, 0, 0));
    return other ? other : error;
}

static void add_reading(work_t *work, scim_batch_t *batch)
{
    const scim_change_t *change = &work->change;
    work->reads = 1;
    scim_add_get(&work->reading, batch, change->session, change->type, change->id, work->relation, NULL);
}

/* The record from `reading`, or else from `slot`; -1: there is none. */
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

static int add_row(scim_batch_t *batch, const scim_change_t *change, const scim_row_t *row, const char *text,
                   apr_size_t len)
{
    scim_rows_t rows;
    scim_rows_init(&rows, change->session->pool);
    scim_rows_add(&rows, change->id, row, text, len);
    return scim_rows_create(batch, change->session, change->type, &rows, 1);
}

/* Adds the statements that create a resource; `alone`: only if no similar account exists. */
static scim_error_t *add_new(int *made, scim_batch_t *batch, const scim_change_t *change, int alone)
{
    scim_session_t *session = change->session;
    const char *text;
    apr_size_t len;
    scim_error_t *error = scim_change_text(&text, &len, change, change->after.doc);
    if (error) {
        return error;
    }
    scim_giving_t giving = scim_change_giving(session);
    scim_row_t row = change->after; /* templates apply only to new users */
    scim_change_give(&giving, change, &row);
    *made =
        alone ? scim_row_create_user(batch, session, change->id, &row, text) : add_row(batch, change, &row, text, len);
    scim_change_add_given(batch, session, &giving);
    scim_change_add_entitled(batch, change);
    return scim_change_add_new_members(batch, change);
}

static int is_made(const scim_batch_t *batch, int made)
{
    const PGresult *result = scim_batch_result(batch, made);
    return PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
}

static int is_refused(const scim_batch_t *batch, int made)
{
    const PGresult *result = scim_batch_result(batch, made);
    return PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 0;
}

/* A list with this change, for functions that process many. */
static const apr_array_header_t *alone(work_t *work)
{
    apr_array_header_t *changes = apr_array_make(work->change.session->pool, 1, sizeof(scim_change_t *));
    APR_ARRAY_PUSH(changes, scim_change_t *) = &work->change;
    return changes;
}

/* Creates a resource in one batch; `open`: as the second batch of a transaction. *again: a similar account may
 * exist. */
static scim_error_t *create_new(work_t *work, int open, int *again)
{
    scim_change_t *change = &work->change;
    scim_session_t *session = change->session;
    int user = scim_row_is_user(&change->after);
    scim_batch_t *batch = open ? scim_batch_make(session->conn)
                               : scim_session_write_batch(session, scim_guard_watches(session, 0),
                                                          user && scim_row_email(change->after.doc, session->pool));
    const apr_array_header_t *members = change->resource->members;
    int made;
    scim_error_t *error = add_new(&made, batch, change, user);
    if (error) {
        return open ? error : refuse_by_rules(session, error);
    }
    scim_change_add_moves(batch, change);
    if (members && members->nelts > 0 && work->relation) {
        add_reading(work, batch);
    }
    error = scim_finish(batch, session, &(scim_finish_t){.reason = scim_change_note(change), .first = !open});
    if (is_refused(batch, made)) {
        *again = user;
        return user ? NULL : scim_change_taken(change);
    }
    return error ? error : read_record(work, batch, made);
}

/* The second batch for a user that may be known. */
static scim_error_t *write_claimed(work_t *work)
{
    scim_change_t *change = &work->change;
    scim_session_t *session = change->session;
    scim_batch_t *batch = scim_batch_make(session->conn);
    int made;
    scim_error_t *error =
        change->before_text ? scim_change_add_write(&made, batch, change, 0) : add_new(&made, batch, change, 0);
    if (error) {
        return error;
    }
    error = scim_finish(batch, session,
                        &(scim_finish_t){.reason = scim_change_note(change), .loses = scim_change_loses(change)});
    if (!error && !is_made(batch, made)) {
        return scim_change_taken(change);
    }
    work->restored = change->before_text != NULL;
    return error ? error : read_record(work, batch, made);
}

/* Two batches: the first finds similar accounts, the second writes the result. */
static scim_error_t *create_known(work_t *work)
{
    scim_change_t *change = &work->change;
    scim_session_t *session = change->session;
    scim_batch_t *batch = scim_session_write_batch(session, 1, 1);
    int slot = scim_change_add_alike(batch, session, alone(work));
    scim_error_t *error = scim_session_run(session, batch);
    if (!error) {
        error = scim_change_claim(change, scim_batch_result(batch, slot));
    }
    return error ? error : write_claimed(work);
}

/* Two batches: the first finds the mappings that a new group takes over, the second creates the group. */
static scim_error_t *create_again(work_t *work)
{
    scim_change_t *change = &work->change;
    scim_session_t *session = change->session;
    scim_batch_t *batch = scim_session_write_batch(session, 1, 0);
    int slot = scim_change_add_former(batch, session, alone(work)), known;
    scim_error_t *error = scim_session_run(session, batch);
    if (error) {
        return error;
    }
    scim_change_take_over(change, scim_batch_result(batch, slot));
    return create_new(work, 1, &known);
}

static scim_error_t *create_once(void *data)
{
    work_t *work = data;
    scim_session_t *session = work->change.session;
    scim_error_t *error = scim_rules_find(session);
    if (error) {
        return error;
    }
    apr_cpystrn(work->change.id, work->id, SCIM_ID_SIZE);
    error = scim_change_new(&work->change);
    if (error) {
        return refuse_by_rules(session, error);
    }
    if (scim_change_looks(session, work->change.type)) {
        return create_again(work);
    }
    if (!work->known) {
        error = create_new(work, 0, &work->known);
    }
    return error || !work->known ? error : create_known(work);
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
    work.id = apr_pstrdup(session->pool, work.change.id);
    if (session->activity) {
        session->activity->resource = work.id;
    }
    error = attempt(create_once, &work);
    *out = work.record;
    *restored = work.restored;
    return error;
}

/* The second batch: writes the changes, and commits. */
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
    if (work->body && (!change->writes || change->type->members)) {
        add_reading(work, batch);
    }
    error = scim_finish(batch, session,
                        &(scim_finish_t){.reason = scim_change_note(change), .loses = scim_change_loses(change)});
    return error || !work->body ? error : read_record(work, batch, slot);
}

/* First batch: authenticates, locks and reads; the transaction stays open for the second. */
static scim_error_t *compute_locked(work_t *work)
{
    scim_change_t *change = &work->change;
    scim_session_t *session = change->session;
    scim_batch_t *batch = scim_session_write_batch(session, 1, change->type->groups && !scim_change_deletes(change));
    if (scim_change_deletes(change)) {
        const char *ids = apr_pstrcat(session->pool, "{", change->id, "}", NULL);
        scim_change_add_hold(batch, session, ids, ids);
    }
    int slot = scim_change_add_lock(batch, change);
    scim_error_t *error = scim_session_run(session, batch);
    change->seen = NULL;
    return error ? error : scim_change_compute(change, scim_batch_result(batch, slot));
}

/* The same without a lock. */
static scim_error_t *compute_unlocked(work_t *work)
{
    scim_change_t *change = &work->change;
    scim_session_t *session = change->session;
    scim_batch_t *batch = scim_session_write_batch(session, 1, 0);
    int slot = scim_change_add_read(batch, change);
    scim_error_t *error = scim_session_run(session, batch);
    error = error ? error : scim_change_compute(change, scim_batch_result(batch, slot));
    if (!error) {
        scim_change_seen(change, scim_batch_result(batch, slot));
    }
    return error;
}

static int changes_email(const scim_change_t *change)
{
    apr_pool_t *pool = change->session->pool;
    const char *was = scim_row_email(change->before.doc, pool), *is = scim_row_email(change->after.doc, pool);
    return was && is ? strcmp(was, is) != 0 : was != is;
}

/* Only a user is changed by its row alone; what its entitlements grant is not, where the row stays as it is. */
static int must_lock(const scim_change_t *change)
{
    return !change->type->groups || scim_change_deletes(change) || (change->patch && change->patch->entitlements);
}

/* An answer that is read after the row, of a change that writes nothing: it must be the row that was looked at. */
static int answers_unwritten(const work_t *work)
{
    return work->body && !work->change.writes;
}

/* The first attempt takes no locks: neither the row's nor, as long as the e-mail address stays, that of logins, since
 * who changes the login attribute writes the rows of all who have an address. */
static scim_error_t *change_once(void *data)
{
    work_t *work = data;
    scim_change_t *change = &work->change;
    scim_error_t *error = scim_rules_find(change->session);
    if (error) {
        return error;
    }
    int locks = work->again || must_lock(change);
    work->again = 1;
    error = locks ? compute_locked(work) : compute_unlocked(work);
    if (!error && !locks && (changes_email(change) || answers_unwritten(work))) {
        scim_conn_rollback(change->session->conn);
        error = compute_locked(work);
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
    error = attempt(change_once, &work);
    *out = work.record;
    return error;
}

/* Changes only memberships: one batch, which reads neither the group nor its members. */
static scim_error_t *patch_members(void *data)
{
    work_t *work = data;
    scim_change_t *change = &work->change;
    scim_session_t *session = change->session;
    scim_error_t *error = scim_rules_find(session);
    if (error) {
        return error;
    }
    int loses = scim_change_loses(change);
    scim_batch_t *batch = scim_session_write_batch(session, scim_guard_watches(session, loses), 0);
    error = scim_change_add_members(batch, change);
    if (error) {
        return scim_refuse(session, error);
    }
    scim_batch_release_early(batch);
    if (work->body) {
        add_reading(work, batch);
    }
    error = scim_finish(batch, session, &(scim_finish_t){.loses = loses, .first = 1});
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
    error = attempt(scim_change_reads(&work.change) ? change_once : patch_members, &work);
    *out = work.record;
    return error;
}

scim_error_t *scim_store_delete(scim_session_t *session, const scim_resource_type_t *type, const char *id,
                                const scim_versions_t *match)
{
    work_t work = {.change = {.session = session, .type = type, .match = match}};
    scim_error_t *error = begin(&work.change, id);
    return error ? scim_refuse(session, error) : attempt(change_once, &work);
}
