#include "client.h"

#include <apr_escape.h>
#include <apr_strings.h>
#include <string.h>

#include "rules/denial.h"
#include "scim/text.h"

/* Access tokens that are kept for each token: a client that asks for a new one with each request replaces only its own
 * old ones. */
#define KEPT "200"

#define SUBJECT_MAX 1024

static scim_error_t *unknown(apr_pool_t *pool, const char *cause, const char *told)
{
    scim_error_t *error = scim_error_status(pool, 401, "The client is not known.");
    error->cause = cause;
    error->told = told;
    return error;
}

static const char *bytea(const unsigned char *bytes, apr_size_t len, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "\\x", apr_pescape_hex(pool, bytes, len, 0), NULL);
}

static int add_insert(scim_batch_t *batch, const scim_session_t *session, const scim_token_t *access, int life)
{
    apr_pool_t *pool = session->pool;
    scim_param_t *params = apr_pcalloc(pool, 6 * sizeof(*params));
    memcpy(params, scim_session_params(session, SCIM_PARAMS_END), 4 * sizeof(*params));
    params[4].value = bytea(access->digest, SCIM_TOKEN_DIGEST_LENGTH, pool);
    params[5].value = apr_itoa(pool, life);
    return scim_batch_add(batch, SCIM_STMT_ACCESS_TOKEN_ADD, params);
}

static void add_clean(scim_batch_t *batch, const scim_session_t *session)
{
    scim_param_t *params = apr_pcalloc(session->pool, 3 * sizeof(*params));
    params[0].value = session->tenant;
    params[1].value = session->token->key_id;
    params[2].value = KEPT;
    scim_batch_add(batch, SCIM_STMT_ACCESS_TOKEN_CLEAN, params);
}

scim_error_t *scim_client_access(char text[SCIM_TOKEN_LENGTH + 1], int *seconds, scim_session_t *session, int life)
{
    scim_token_t access;
    if (scim_token_make_for(&access, text, session->token->key_id) != APR_SUCCESS) {
        return scim_error_status(session->pool, 503, "The system provided no random numbers. Try again later.");
    }
    scim_batch_t *batch = scim_session_batch(session, 0);
    int slot = add_insert(batch, session, &access, life);
    add_clean(batch, session);
    scim_error_t *error = scim_session_run(session, batch);
    if (error) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, slot);
    if (PQntuples(result) == 0) {
        return unknown(session->pool, "an access token is no client secret", scim_denied_pair);
    }
    *seconds = (int)scim_result_int(result, 0, 0);
    return NULL;
}

scim_error_t *scim_client_find(scim_token_t *token, scim_session_t *session, const char *subject)
{
    apr_size_t len = strlen(subject);
    if (len > SUBJECT_MAX || scim_utf8_valid(subject, len) != len) {
        return unknown(session->pool, "ScimClient gives no usable name", scim_denied_client);
    }
    scim_param_t *params = apr_pcalloc(session->pool, 2 * sizeof(*params));
    params[0].value = session->tenant;
    params[1].value = subject;
    scim_batch_t *batch = scim_batch_make(session->conn);
    scim_batch_set(batch, "tenant", session->tenant);
    int slot = scim_batch_add(batch, SCIM_STMT_CLIENT_FIND, params);
    scim_error_t *error = scim_batch_run(batch);
    if (error) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, slot);
    const char *key = scim_result_text(NULL, result, 0, 0);
    if (!key || PQgetlength(result, 0, 1) != SCIM_TOKEN_DIGEST_LENGTH) {
        return unknown(session->pool, apr_psprintf(session->pool, "no token is for the client \"%s\"", subject),
                       scim_denied_client);
    }
    apr_cpystrn(token->key_id, key, sizeof(token->key_id));
    memcpy(token->digest, PQgetvalue(result, 0, 1), SCIM_TOKEN_DIGEST_LENGTH);
    return NULL;
}
