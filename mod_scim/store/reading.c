/*
 * Reads resources that may have any number of members. Their rows are processed as they arrive: the members go to the
 * session's spool, in the form of the answer. A row has a piece of one resource's members (members.part); the first
 * piece of each resource also has the resource itself.
 */
#include <apr_strings.h>

#include "resources_private.h"
#include "scim/render.h"

#define MEMBER_SIZE 192 /* approximate size of a member in the answer */

void scim_reading_begin(scim_reading_t *reading, scim_session_t *session, const scim_search_t *search,
                        scim_read_row_t read_row)
{
    *reading = (scim_reading_t){.session = session, .search = search, .read_row = read_row, .total = -1};
    reading->records = apr_array_make(session->pool, search ? 16 : 1, sizeof(scim_record_t *));
    if (search) {
        reading->keys = apr_array_make(session->pool, 16, sizeof(const char *));
    }
}

/* Which sub-attributes of members the answer has for resources of a type. */
static int parts_of(const scim_reading_t *reading, const scim_resource_type_t *type)
{
    for (int i = 0; reading->search && i < reading->search->targets->nelts; i++) {
        const scim_target_t *target = &APR_ARRAY_IDX(reading->search->targets, i, scim_target_t);
        if (target->type == type) {
            return target->relation;
        }
    }
    return reading->parts;
}

static void begin_record(scim_reading_t *reading, const PGresult *result, int row)
{
    scim_session_t *session = reading->session;
    scim_record_t *record = reading->read_row(reading, result, row);
    record->doc = apr_pstrmemdup(session->pool, record->doc, record->doc_len); /* the row is freed */
    if (record->type->members && parts_of(reading, record->type)) {
        record->spool = session->spool;
        record->members_from = scim_spool_length(session->spool);
    }
    APR_ARRAY_PUSH(reading->records, scim_record_t *) = record;
}

static void take_members(scim_record_t *record, int parts, const scim_session_t *session, scim_elements_t *members)
{
    scim_spool_t *spool = record->spool;
    scim_buf_t *out = scim_spool_buffer(spool, (apr_size_t)members->left * MEMBER_SIZE);
    const apr_size_t id = SCIM_ID_SIZE - 1;
    apr_size_t len;
    const char *text;
    while (!spool->error && (text = scim_result_element(members, &len)) != NULL) {
        if (scim_spool_length(spool) > record->members_from) {
            scim_buf_puts(out, ",");
        }
        scim_render_member(out, parts, *text == 'G', text + 1, text + 1 + id, len - 1 - id, session->base);
        scim_spool_added(spool);
    }
    record->members_len = scim_spool_length(spool) - record->members_from;
}

/* Forgets what an earlier attempt has written to the spool. */
static void forget_attempt(scim_reading_t *reading)
{
    reading->records->nelts = reading->start;
    if (reading->keys) {
        reading->keys->nelts = reading->start;
    }
}

static int is_answered(const scim_reading_t *reading)
{
    return !reading->search || reading->records->nelts <= reading->search->count;
}

static void take_row(void *data, const PGresult *result, int row, int first)
{
    scim_reading_t *reading = data;
    scim_elements_t members;
    if (first) {
        forget_attempt(reading);
    }
    if (PQgetisnull(result, row, 0)) {
        return; /* an empty result still has the row of the authentication */
    }
    if (!PQgetisnull(result, row, SCIM_VERSION_COLUMN)) {
        begin_record(reading, result, row);
    }
    scim_record_t *record = APR_ARRAY_IDX(reading->records, reading->records->nelts - 1, scim_record_t *);
    scim_result_elements(&members, result, row, SCIM_RELATION_COLUMN);
    if (record->spool && members.left && is_answered(reading)) {
        take_members(record, parts_of(reading, record->type), reading->session, &members);
    }
}

void scim_reading_stream(scim_reading_t *reading, scim_batch_t *batch)
{
    reading->streamed = 1;
    reading->start = reading->records->nelts;
    scim_batch_stream(batch, reading->slot, take_row, reading);
}

/* Whether a query timed out although rows were arriving. Then PostgreSQL is not stuck, and the query does not scan
 * without results: there are only many rows. */
static int is_on_its_way(const scim_reading_t *reading, const scim_error_t *error)
{
    return error->late && reading->streamed && !reading->session->latest.open &&
           reading->records->nelts > reading->start;
}

scim_error_t *scim_reading_run(scim_reading_t *reading, scim_batch_t *batch)
{
    scim_session_t *session = reading->session;
    scim_error_t *error = scim_session_run(session, batch);
    return error && is_on_its_way(reading, error) && scim_conn_usable(session->conn)
               ? scim_batch_run_paced(batch, reading->slot)
               : error;
}

scim_error_t *scim_reading_end(scim_reading_t *reading)
{
    scim_error_t *error = scim_spool_end(reading->session->spool);
    if (!error || !reading->session->writes) {
        return error;
    }
    for (int i = 0; i < reading->records->nelts; i++) {
        scim_record_t *record = APR_ARRAY_IDX(reading->records, i, scim_record_t *);
        record->spool = NULL;
        record->members_len = 0;
    }
    return NULL;
}
