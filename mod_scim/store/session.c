#include "session.h"

#include <apr_strings.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

#define ATTEMPTS_MAX 4

/* sha256(digest || blind): what the database computes from its own copy and compares. */
static void blind_digest(unsigned char out[SHA256_DIGEST_LENGTH], const unsigned char digest[SCIM_TOKEN_DIGEST_LENGTH],
                         const unsigned char blind[SCIM_BLIND_LENGTH])
{
    unsigned char bytes[SCIM_TOKEN_DIGEST_LENGTH + SCIM_BLIND_LENGTH];
    memcpy(bytes, digest, SCIM_TOKEN_DIGEST_LENGTH);
    memcpy(bytes + SCIM_TOKEN_DIGEST_LENGTH, blind, SCIM_BLIND_LENGTH);
    SHA256(bytes, sizeof(bytes), out);
    OPENSSL_cleanse(bytes, sizeof(bytes));
}

scim_batch_t *scim_session_batch(scim_session_t *session, int transaction)
{
    scim_batch_t *batch = scim_batch_make(session->conn);
    const unsigned char *blind = scim_conn_blind(session->conn);
    unsigned char *blinded = apr_palloc(session->pool, SHA256_DIGEST_LENGTH);
    scim_param_t *params = apr_pcalloc(session->pool, 5 * sizeof(*params));
    blind_digest(blinded, session->token->digest, blind);
    params[0].value = session->tenant;
    params[1].value = session->token->key_id;
    params[2] = (scim_param_t){(const char *)blinded, SHA256_DIGEST_LENGTH, 1};
    params[3] = (scim_param_t){(const char *)blind, SCIM_BLIND_LENGTH, 1};
    params[4].value = scim_conn_timeout_text(session->conn);
    session->open = transaction;
    if (transaction) {
        scim_batch_add(batch, SCIM_STMT_BEGIN, NULL);
    }
    session->slot = scim_batch_add(batch, SCIM_STMT_AUTHENTICATE, params);
    return batch;
}

scim_error_t *scim_session_attempt(scim_attempt_t once, void *work)
{
    scim_error_t *error = NULL;
    for (int tries = 0; tries < ATTEMPTS_MAX; tries++) {
        error = once(work);
        if (!error || !error->transient) {
            break;
        }
    }
    return error;
}

static scim_error_t *run_once(void *batch)
{
    return scim_batch_run(batch);
}

scim_error_t *scim_session_run(scim_session_t *session, scim_batch_t *batch)
{
    scim_error_t *error = session->open ? scim_batch_run(batch) : scim_session_attempt(run_once, batch);
    if (error && error->status == 401) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, session->slot);
    if (result && PQntuples(result) == 1) {
        session->token_name = scim_result_text(NULL, result, 0, 0);
    }
    return error;
}

scim_error_t *scim_session_check(scim_session_t *session)
{
    return scim_session_run(session, scim_session_batch(session, 0));
}
