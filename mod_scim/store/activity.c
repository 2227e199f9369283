#include "activity.h"

#include <apr_escape.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "resources_private.h"

#define ROW_PARAMS 15 /* of the statement `finish` */

#define UNFINISHED 503 /* the status of an unfinished Bulk request */

apr_int64_t scim_activity_id(void)
{
    apr_int64_t id;
    if (apr_generate_random_bytes((unsigned char *)&id, sizeof(id)) != APR_SUCCESS) {
        abort();
    }
    return (id & APR_INT64_MAX) % APR_INT64_C(1000000000000000000) | 1;
}

void scim_activity_learn(scim_activity_t *activity, const char *keeps)
{
    activity->share = keeps && apr_isdigit(*keeps) ? (int)strtol(keeps, (char **)&keeps, 10) : 100;
    activity->keeps = keeps && *keeps ? keeps : NULL;
    activity->mask->names = activity->keeps ? keeps + 1 : "";
}

/* --- the end of a transaction ------------------------------------------------------------------------------------- */

/* The SHA-256 of the body, which distinguishes requests with the same method and path. */
static const char *fingerprint(const scim_activity_t *activity, apr_pool_t *pool)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)(activity->body ? activity->body : ""), activity->body ? activity->body_len : 0,
           digest);
    return apr_pescape_hex(pool, digest, SHA256_DIGEST_LENGTH, 0);
}

/* The letter in a tenant's traits that says that the resource's name is masked (tenant_traits.part); NULL: it has no
 * name. */
static const char *mask_trait(const scim_activity_t *activity)
{
    if (!activity->named) {
        return NULL;
    }
    if (strcmp(activity->named, "userName") == 0) {
        return "n";
    }
    return activity->type && strcmp(activity->type, "User") == 0 ? "u" : "d";
}

/* Whether the tenant's activity masks the resource's name. */
static int masks(const scim_session_t *session)
{
    const char *trait = mask_trait(session->activity);
    const char *traits = session->rules ? session->rules->traits : NULL;
    return trait && traits && strstr(traits, trait);
}

/* The reason, with the used leniencies and ignored attributes. */
static const char *told(const scim_session_t *session, const char *reason)
{
    const char *leniency = scim_leniency_told(session->leniency, session->pool);
    leniency = leniency ? scim_mask_detail(leniency, session->activity->mask, session->pool) : NULL;
    return reason && leniency ? apr_pstrcat(session->pool, reason, " ", leniency, NULL) : reason ? reason : leniency;
}

/* The values of the request's row. Each attempt to write it has the same id. */
static scim_param_t *row(scim_session_t *session, int status, const char *reason)
{
    scim_activity_t *activity = session->activity;
    apr_pool_t *pool = session->pool;
    scim_param_t *params = apr_pcalloc(pool, ROW_PARAMS * sizeof(*params));
    activity->tried = activity->tried ? activity->tried : scim_activity_id();
    params[0].value = activity->tenant;
    params[1].value = activity->method;
    params[2].value = activity->path;
    params[3].value = apr_itoa(pool, status);
    params[4].value = activity->address;
    params[5].value = apr_psprintf(pool, "%" APR_TIME_T_FMT, apr_time_now() - activity->began);
    params[6].value = masks(session) ? "***" : activity->object;
    params[7].value = told(session, reason);
    params[8].value = apr_psprintf(pool, "%" APR_TIME_T_FMT ".%06d", apr_time_sec(activity->began),
                                   (int)apr_time_usec(activity->began));
    params[9].value = apr_psprintf(pool, "%" APR_INT64_T_FMT, activity->tried);
    params[10].value = activity->key_id;
    params[11].value = activity->request;
    params[12].value = activity->resource;
    params[13].value = activity->type;
    params[14].value = session->leniency ? scim_leniency_names(session->leniency->used, pool) : "";
    return params;
}

static int wrote_row(const PGresult *result)
{
    return strcmp(PQcmdTuples((PGresult *)result), "1") == 0;
}

static void take_row(scim_session_t *session, const PGresult *result)
{
    if (wrote_row(result)) {
        session->activity->id = session->activity->tried;
    }
}

/* Adds the last statements of a transaction to `batch`, and commits. `first`: the transaction has no other batch. */
static scim_error_t *commit(scim_batch_t *batch, scim_session_t *session, const scim_finish_t *how, int first)
{
    int slot = -1;
    if (session->activity) {
        scim_statement_e finish = scim_conn_is_alone(session->conn) ? SCIM_STMT_FINISH_IN_TIME : SCIM_STMT_FINISH;
        slot = scim_batch_add(batch, finish, row(session, session->activity->status, how->reason));
    }
    if (session->latest.open) {
        scim_session_close(session, batch);
    }
    scim_error_t *error = first ? scim_session_run(session, batch) : scim_batch_run(batch);
    if (!error && slot >= 0) {
        take_row(session, scim_batch_result(batch, slot));
    }
    return error;
}

scim_error_t *scim_finish(scim_batch_t *batch, scim_session_t *session, const scim_finish_t *how)
{
    scim_guarded_t guarded;
    scim_activity_t *activity = session->activity;
    if (!scim_guard_watches(session, how->loses)) {
        return commit(batch, session, how, how->first);
    }
    int mark = scim_guard_mark(batch);
    scim_error_t *error = how->first ? scim_session_run(session, batch) : scim_batch_run(batch);
    if (error) {
        return error;
    }
    scim_batch_t *end = scim_batch_make(session->conn);
    error =
        scim_guard_look(&guarded, end, session, scim_batch_result(batch, mark), fingerprint(activity, session->pool));
    activity->held = guarded.held;
    activity->changes = guarded.changes;
    return error || !guarded.passes ? error : commit(end, session, how, 0);
}

void scim_finish_parts(scim_session_t *session, const char *reason)
{
    if (!session->activity) {
        return;
    }
    scim_batch_t *batch = scim_session_batch(session, 0);
    int slot = scim_batch_add(batch, SCIM_STMT_FINISH_BULK, row(session, session->activity->status, reason));
    session->activity->refused = scim_session_run(session, batch);
    if (!session->activity->refused) {
        take_row(session, scim_batch_result(batch, slot));
    }
}

int scim_finish_add_window(scim_batch_t *batch, scim_session_t *session, const char *unfinished)
{
    int slot = -1;
    if (session->activity && !session->whole) {
        slot = scim_batch_add(batch, SCIM_STMT_FINISH_WINDOW, row(session, UNFINISHED, unfinished));
    }
    scim_session_close(session, batch);
    return slot;
}

int scim_finish_wrote(const scim_batch_t *batch, int slot)
{
    return wrote_row(scim_batch_result(batch, slot));
}

/* --- entries -------------------------------------------------------------------------------------------------------*/

static void put_text(scim_buf_t *out, const char *name, const char *value)
{
    if (value) {
        scim_buf_printf(out, ",\"%s\":", name);
        scim_buf_json(out, value, strlen(value));
    }
}

static void put_id(scim_buf_t *out, apr_int64_t id)
{
    scim_buf_printf(out, ",\"i\":%" APR_INT64_T_FMT, id);
}

static void put_body(scim_buf_t *out, const scim_outcome_t *outcome)
{
    scim_buf_printf(out, ",\"l\":%" APR_SIZE_T_FMT, outcome->received);
    if (outcome->body) {
        scim_buf_puts(out, ",\"b\":");
        scim_buf_puts(out, outcome->body);
    }
}

static void put_request(scim_buf_t *out, const scim_activity_t *activity, const scim_outcome_t *outcome)
{
    put_text(out, "m", activity->method);
    put_text(out, "p", activity->path);
    scim_buf_printf(out, ",\"s\":%d,\"d\":%" APR_TIME_T_FMT, outcome->status, apr_time_now() - activity->began);
    put_text(out, "y", outcome->type);
    put_text(out, "r", outcome->reason);
    put_text(out, "z", outcome->elsewhere);
    put_text(out, "q", activity->request);
    put_text(out, "o", activity->object);
    put_text(out, "e", activity->resource);
    put_text(out, "v", activity->type);
    put_text(out, "w", outcome->leniencies);
    put_text(out, "n", mask_trait(activity));
    if (activity->held) {
        scim_buf_puts(out, ",\"h\":true");
    }
    if (activity->changes) {
        scim_buf_puts(out, ",\"c\":");
        scim_buf_puts(out, activity->changes);
    }
    if (outcome->received) {
        put_body(out, outcome);
    }
}

/* Data that is added later to the row of a request: its body, and its resource if it changed. */
static void put_more(scim_buf_t *out, const scim_activity_t *activity, const scim_outcome_t *outcome)
{
    int body = activity->keeps && *activity->keeps == '+' && outcome->received;
    if (body || outcome->resource) {
        put_id(out, activity->id);
        put_text(out, "e", outcome->resource);
    }
    if (body) {
        put_body(out, outcome);
    }
}

void scim_activity_entry(scim_buf_t *out, const scim_activity_t *activity, const scim_outcome_t *outcome)
{
    scim_buf_puts(out, "{\"t\":");
    scim_buf_json(out, activity->tenant, strlen(activity->tenant));
    scim_buf_printf(out, ",\"k\":\"%s\",\"at\":%" APR_TIME_T_FMT, activity->key_id ? activity->key_id : "",
                    activity->began);
    put_text(out, "a", activity->address);
    if (activity->used) {
        scim_buf_puts(out, ",\"u\":true");
    }
    if (!activity->id) {
        put_id(out, activity->tried ? activity->tried : scim_activity_id());
        put_request(out, activity, outcome);
    } else {
        put_more(out, activity, outcome);
    }
    scim_buf_puts(out, "}");
}

/* --- housekeeping --------------------------------------------------------------------------------------------------*/

/* Runs a statement with one value, with a time limit. */
static scim_error_t *run_one(const PGresult **result, scim_conn_t *conn, scim_statement_e id, const char *value,
                             apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);
    scim_batch_add(batch, SCIM_STMT_BOUND, scim_params(pool, scim_conn_timeout_text(conn), SCIM_PARAMS_END));
    int slot = scim_batch_add(batch, id, scim_params(pool, value, SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    *result = scim_batch_result(batch, slot);
    return error;
}

static const char *seconds(apr_interval_time_t time, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%" APR_TIME_T_FMT, apr_time_sec(time));
}

scim_error_t *scim_activity_keep(scim_conn_t *conn, apr_interval_time_t keep, apr_pool_t *pool)
{
    const PGresult *result;
    return run_one(&result, conn, SCIM_STMT_KEEP_ACTIVITY, seconds(keep, pool), pool);
}
