#include "silence.h"

#include <apr_strings.h>

#include "head.h"
#include "resources_private.h"
#include "rules/silence.h"

#define LEARN_MOST "200" /* how many tokens each run learns */

/* A batch with the rights of an administrator of one tenant, or of all. */
static scim_batch_t *keeper(scim_conn_t *conn, const char *tenant, apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);
    scim_head_t head = {.tenant = tenant, .actor_kind = "httpd", .actor = "housekeeping"};
    scim_head_add(batch, &head, conn, pool);
    return batch;
}

/* Runs a statement over all tenants. */
static scim_error_t *find(const PGresult **result, scim_conn_t *conn, scim_statement_e id, const scim_param_t *params,
                          apr_pool_t *pool)
{
    scim_batch_t *batch = keeper(conn, SCIM_EVERYWHERE, pool);
    int slot = scim_batch_add(batch, id, params);
    scim_error_t *error = scim_batch_run(batch);
    *result = error ? NULL : scim_batch_result(batch, slot);
    return error;
}

scim_error_t *scim_silence_warnings(apr_array_header_t **lines, scim_conn_t *conn, apr_interval_time_t within,
                                    apr_pool_t *pool)
{
    const PGresult *result;
    const char *seconds = apr_psprintf(pool, "%" APR_TIME_T_FMT, apr_time_sec(within));
    scim_error_t *error = find(&result, conn, SCIM_STMT_WARN_TOKENS, scim_params(pool, seconds, SCIM_PARAMS_END), pool);
    *lines = apr_array_make(pool, 4, sizeof(const char *));
    for (int row = 0; !error && row < PQntuples(result); row++) {
        APR_ARRAY_PUSH(*lines, const char *) = apr_psprintf(
            pool,
            "tenant=%s: the token \"%s\" (%s) expires at %s; create another one and give it to the identity provider",
            scim_result_text(NULL, result, row, 0), scim_result_text(NULL, result, row, 1),
            scim_result_text(NULL, result, row, 2), scim_result_text(NULL, result, row, 3));
    }
    return error;
}

/* --- learning ----------------------------------------------------------------------------------------------------- */

static const char *minutes(int n, apr_pool_t *pool)
{
    return n == SCIM_SILENCE_UNKNOWN ? NULL : apr_itoa(pool, n);
}

static scim_error_t *learn_one(scim_conn_t *conn, const char *tenant, const char *key_id, apr_pool_t *pool)
{
    scim_batch_t *batch = keeper(conn, tenant, pool);
    int slot = scim_batch_add(batch, SCIM_STMT_TOKEN_MOMENTS, scim_params(pool, tenant, key_id, SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    if (error) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, slot);
    apr_array_header_t *moments = apr_array_make(pool, PQntuples(result) + 1, sizeof(apr_time_t));
    for (int row = 0; row < PQntuples(result); row++) {
        APR_ARRAY_PUSH(moments, apr_time_t) = scim_result_time(result, row, 0);
    }
    scim_habit_t habit = scim_silence_learn(moments, pool);
    batch = keeper(conn, tenant, pool);
    scim_batch_add(
        batch, SCIM_STMT_TOKEN_LEARNED,
        scim_params(pool, tenant, key_id, minutes(habit.usual, pool), minutes(habit.longest, pool), SCIM_PARAMS_END));
    return scim_batch_run(batch);
}

static scim_error_t *learn(scim_conn_t *conn, apr_pool_t *pool)
{
    const PGresult *result;
    apr_pool_t *inner;
    scim_error_t *error =
        find(&result, conn, SCIM_STMT_TOKENS_UNLEARNED, scim_params(pool, LEARN_MOST, SCIM_PARAMS_END), pool);
    apr_pool_create(&inner, pool);
    for (int row = 0; !error && row < PQntuples(result); row++) {
        scim_conn_pool(conn, inner);
        error = learn_one(conn, scim_result_text(NULL, result, row, 0), scim_result_text(NULL, result, row, 1), inner);
        scim_conn_pool(conn, pool);
        if (!error) {
            apr_pool_clear(inner);
        }
    }
    return error;
}

scim_error_t *scim_silence_tell(apr_array_header_t **lines, scim_conn_t *conn, apr_pool_t *pool)
{
    const PGresult *result;
    scim_error_t *error = learn(conn, pool);
    error = error ? error : find(&result, conn, SCIM_STMT_TELL_QUIET, NULL, pool);
    *lines = apr_array_make(pool, 4, sizeof(const char *));
    for (int row = 0; !error && row < PQntuples(result); row++) {
        APR_ARRAY_PUSH(*lines, const char *) =
            apr_psprintf(pool, "tenant=%s: %s Check at the identity provider whether provisioning runs",
                         scim_result_text(NULL, result, row, 0), scim_result_text(NULL, result, row, 1));
    }
    return error;
}
