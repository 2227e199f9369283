#include "session.h"

#include <apr_escape.h>
#include <apr_strings.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdarg.h>
#include <string.h>

#include "activity.h"
#include "guard.h"
#include "resources_private.h"
#include "rules_cache.h"
#include "scim/text.h"
#include "sqlstate.h"

#define ATTEMPTS_MAX          4
#define AUTHENTICATION_PARAMS 7
#define RULES_CHANGED         "SC0RV" /* the error of `authenticate` if the rules have changed */
#define PROFILE_COLUMN        0       /* in the result of `authenticate` */

/* sha256(digest || blind). The database computes the same from its copy of the digest, and compares. */
static void blind_digest(unsigned char out[SHA256_DIGEST_LENGTH], const unsigned char digest[SCIM_TOKEN_DIGEST_LENGTH],
                         const unsigned char blind[SCIM_BLIND_LENGTH])
{
    unsigned char bytes[SCIM_TOKEN_DIGEST_LENGTH + SCIM_BLIND_LENGTH];
    memcpy(bytes, digest, SCIM_TOKEN_DIGEST_LENGTH);
    memcpy(bytes + SCIM_TOKEN_DIGEST_LENGTH, blind, SCIM_BLIND_LENGTH);
    SHA256(bytes, sizeof(bytes), out);
    OPENSSL_cleanse(bytes, sizeof(bytes));
}

static int count_values(va_list values)
{
    int n = 0;
    while (va_arg(values, const char *) != SCIM_PARAMS_END) {
        n++;
    }
    return n;
}

/* A bytea in text form. */
static const char *bytes_text(const unsigned char *bytes, apr_size_t len, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, len * 2 + 3);
    memcpy(text, "\\x", 2);
    apr_escape_hex(text + 2, bytes, len, 0, NULL);
    return text;
}

/* The parameters of token.part. */
static void set_authentication(scim_param_t *params, const scim_session_t *session)
{
    apr_pool_t *pool = session->pool;
    const unsigned char *blind = scim_conn_blind(session->conn);
    unsigned char blinded[SHA256_DIGEST_LENGTH];
    blind_digest(blinded, session->token->digest, blind);
    params[0].value = session->tenant;
    params[1].value = session->token->key_id;
    params[2].value = bytes_text(blinded, SHA256_DIGEST_LENGTH, pool);
    params[3].value = bytes_text(blind, SCIM_BLIND_LENGTH, pool);
    params[4].value = session->address;
    params[5].value = apr_pstrcat(pool, session->writes ? "w" : "r", session->about, NULL);
    params[6].value = session->leniency ? scim_leniency_refusers(session->leniency->used) : NULL;
}

scim_param_t *scim_session_params(const scim_session_t *session, ...)
{
    va_list values;
    va_start(values, session);
    int n = count_values(values);
    va_end(values);
    scim_param_t *params = apr_pcalloc(session->pool, (size_t)(n + AUTHENTICATION_PARAMS) * sizeof(*params));
    set_authentication(params, session);
    scim_param_t *next = params + AUTHENTICATION_PARAMS;
    va_start(values, session);
    for (int i = 0; i < n; i++) {
        (next++)->value = va_arg(values, const char *);
    }
    va_end(values);
    return params;
}

void scim_session_bound(const scim_session_t *session, scim_batch_t *batch)
{
    if (!scim_conn_is_limited(session->conn)) {
        scim_batch_add(batch, SCIM_STMT_BOUND,
                       scim_params(session->pool, scim_conn_timeout_text(session->conn), SCIM_PARAMS_END));
    }
}

void scim_session_bound_ordered(const scim_session_t *session, scim_batch_t *batch, int ties)
{
    scim_param_t *params = apr_pcalloc(session->pool, 2 * sizeof(*params));
    params[0].value = scim_conn_timeout_text(session->conn);
    params[1].value = ties ? "on" : "off";
    scim_batch_add(batch, SCIM_STMT_BOUND_ORDERED, params);
}

/* A token that was refused before will probably be refused again. */
static void expect(const scim_session_t *session, scim_batch_t *batch)
{
    if (scim_conn_denied(session->conn, session->token->key_id)) {
        scim_batch_doubt(batch);
    }
}

void scim_session_slot(scim_session_t *session, scim_batch_t *batch, int slot)
{
    expect(session, batch);
    scim_batch_set(batch, "tenant", session->tenant);
    session->latest.slot = slot;
    session->latest.open = 0;
    session->latest.head = 0;
    session->latest.noted = -1;
}

/* A batch within a session that is one transaction. */
static scim_batch_t *part(scim_session_t *session)
{
    scim_batch_t *batch = scim_batch_make(session->conn);
    session->latest.open = 1;
    session->latest.head = 0;
    session->latest.noted = -1;
    session->latest.ruled = 0;
    session->latest.slot = -1;
    scim_batch_add(batch, SCIM_STMT_SAVEPOINT, NULL);
    return batch;
}

/* Sets the actor, as far as it is known: a writing request has the rules, or the result of an earlier batch. Reading
 * needs no actor. */
static void act(scim_batch_t *batch, const scim_session_t *session)
{
    scim_acting_t acting = {.kind = "token",
                            .name = session->rules ? session->rules->token : session->told.token_name,
                            .key = session->token->key_id,
                            .request = session->request ? session->request : ""};
    scim_batch_act(batch, &acting);
}

/* Adds the time limit of the following statements. If the guard or a dry run may look at the transaction, also reads
 * where its entries in the audit log begin. */
static void add_limit(scim_batch_t *batch, scim_session_t *session)
{
    if (scim_guard_may_watch(session)) {
        session->latest.noted =
            scim_batch_add(batch, SCIM_STMT_BOUND_NOTING,
                           scim_params(session->pool, scim_conn_timeout_text(session->conn), SCIM_PARAMS_END));
    } else {
        scim_session_bound(session, batch);
    }
}

static scim_batch_t *begin(scim_session_t *session, int transaction, const scim_rules_t *rules, int logins)
{
    if (session->whole && transaction) {
        return part(session);
    }
    const char *version = rules ? apr_psprintf(session->pool, "%" APR_INT64_T_FMT, rules->version) : NULL;
    scim_batch_t *batch = scim_batch_make(session->conn);
    scim_batch_set(batch, "tenant", session->tenant);
    expect(session, batch);
    if (transaction) {
        scim_batch_add(batch, SCIM_STMT_BEGIN, NULL);
    }
    session->latest.open = transaction;
    session->latest.head = 1;
    session->latest.noted = -1;
    session->latest.ruled = rules != NULL;
    if (logins) {
        scim_batch_add(batch, SCIM_STMT_LOGIN_LOCK, scim_params(session->pool, session->tenant, SCIM_PARAMS_END));
    }
    act(batch, session);
    add_limit(batch, session);
    session->latest.slot =
        scim_batch_add(batch, SCIM_STMT_AUTHENTICATE, scim_session_params(session, version, SCIM_PARAMS_END));
    return batch;
}

scim_batch_t *scim_session_batch(scim_session_t *session, int transaction)
{
    return begin(session, transaction, NULL, 0);
}

scim_batch_t *scim_session_write_batch(scim_session_t *session, int transaction, int logins)
{
    return begin(session, transaction, session->rules, logins);
}

void scim_session_close(const scim_session_t *session, scim_batch_t *batch)
{
    scim_batch_add(batch, session->whole ? SCIM_STMT_RELEASE : SCIM_STMT_COMMIT, NULL);
}

/* Makes the session one transaction, with a savepoint at its start to which attempts can roll back. */
scim_error_t *scim_session_join(scim_session_t *session)
{
    scim_batch_t *batch = scim_session_write_batch(session, 1, 1);
    scim_batch_add(batch, SCIM_STMT_SAVEPOINT, NULL);
    scim_error_t *error = scim_session_run(session, batch);
    session->whole = !error;
    scim_conn_nest(session->conn, session->whole);
    return error;
}

void scim_session_leave(scim_session_t *session)
{
    session->whole = 0;
    scim_conn_nest(session->conn, 0);
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

/* Reads the second column of bound_noting.sql. */
static void read_noted(scim_session_t *session, const scim_batch_t *batch)
{
    const PGresult *result = session->latest.noted < 0 ? NULL : scim_batch_result(batch, session->latest.noted);
    if (result && PQntuples(result) == 1) {
        session->told.noted = apr_pstrdup(session->pool, scim_result_text(NULL, result, 0, 1));
    }
}

/* The columns of reader.part are the last ones. */
static void read_answer(scim_session_t *session, const PGresult *result)
{
    int columns = result ? PQnfields(result) : 0;
    if (!result || PQntuples(result) == 0) {
        return;
    }
    session->told.token_name = scim_result_text(NULL, result, 0, columns - 4);
    session->told.rate = (int)scim_result_int(result, 0, columns - 3);
    session->told.burst = (int)scim_result_int(result, 0, columns - 2);
    if (session->activity) {
        session->activity->used = 1;
        session->activity->token_name = session->told.token_name;
        scim_activity_learn(session->activity,
                            apr_pstrdup(session->pool, scim_result_text(NULL, result, 0, columns - 1)));
    }
    if (session->latest.head) {
        session->told.profile = scim_result_text(NULL, result, 0, PROFILE_COLUMN);
    }
}

/* If the tenant's profile refuses the request, explains which leniency the request needs. */
static scim_error_t *explain(const scim_session_t *session, const PGresult *result, scim_error_t *error)
{
    const char *profile = scim_sqlstate_profile(result);
    scim_error_t *refusal =
        profile && session->leniency ? scim_leniency_refusal(session->leniency->used, profile, session->pool) : NULL;
    return refusal ? refusal : error;
}

static scim_error_t *run_once(void *batch)
{
    return scim_batch_run(batch);
}

scim_error_t *scim_session_run(scim_session_t *session, scim_batch_t *batch)
{
    int once = session->latest.open || session->latest.ruled;
    scim_error_t *error = once ? scim_batch_run(batch) : scim_session_attempt(run_once, batch);
    if (error && error->status == 401) {
        scim_conn_deny(session->conn, session->token->key_id);
        return error;
    }
    if (error && strcmp(scim_batch_state(batch), RULES_CHANGED) == 0) {
        scim_rules_forget(session);
    }
    const PGresult *result = session->latest.slot < 0 ? NULL : scim_batch_result(batch, session->latest.slot);
    if (error && result) {
        error = explain(session, result, error);
    }
    read_answer(session, result);
    read_noted(session, batch);
    return error;
}

/* The second column of authenticate.sql. */
scim_error_t *scim_session_user(const char **id, scim_session_t *session)
{
    scim_batch_t *batch = scim_session_batch(session, 0);
    scim_error_t *error = scim_session_run(session, batch);
    if (error) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, session->latest.slot);
    if (PQgetisnull(result, 0, 1)) {
        *id = NULL;
        return NULL;
    }
    char *text = apr_palloc(session->pool, SCIM_ID_SIZE);
    scim_result_uuid(text, result, 0, 1);
    *id = text;
    return NULL;
}

scim_error_t *scim_session_check(scim_session_t *session)
{
    return scim_session_run(session, scim_session_batch(session, 0));
}
