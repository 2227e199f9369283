/*
 * Authentication of a request: its token and tenant.
 *
 * Each batch of a session starts with the statement `authenticate`, or is one reading statement that includes it
 * (sql/statements/token.part): it checks the token, refuses a switched-off tenant, and sets the tenant for row-level
 * security; if it fails, PostgreSQL runs no further statement. So there is no cache of tokens or tenants, and revoking
 * takes effect with the next request on every node.
 */
#ifndef SCIM_SESSION_H
#define SCIM_SESSION_H

#include "connection.h"
#include "memory.h"
#include "rules/rules.h"
#include "scim/leniency.h"
#include "scim/spool.h"
#include "token.h"

struct scim_activity_t;

/* The results of authentication, after the first batch. */
typedef struct scim_told_t {
    const char *token_name; /* NULL before */
    const char *profile;    /* the tenant's; only after batches of scim_session_batch, else NULL */
    const char *noted;      /* the next number of the audit log when the transaction began; NULL: not read */
    int rate, burst;        /* requests a second, and maximum at once; 0: no limit */
} scim_told_t;

/* The latest batch. */
typedef struct scim_latest_t {
    int slot;  /* of the authentication */
    int noted; /* of the statement that reads the audit log's next number; -1: none */
    int head;  /* whether the statement in `slot` only authenticates */
    int open;  /* whether it leaves its transaction open */
    int ruled; /* whether it was computed with the session's rules */
} scim_latest_t;

typedef struct scim_session_t {
    scim_conn_t *conn;
    const char *tenant;
    const scim_token_t *token;
    const char *base;    /* the tenant's base URL, no slash at the end: $ref is made of it */
    const char *address; /* the client's, as text */
    const char *request; /* the request id in the logs; NULL: none */
    int writes;          /* whether the request may write: a token may be read-only */
    const char *about;   /* the only user of the request: an id, or "me"; "": another request. Bound tokens need it */
    scim_spool_t *spool; /* receives members of groups as they are read */
    const scim_leniency_t *leniency;        /* the leniencies used so far: the tenant's profile may refuse them */
    const scim_memory_t *memory;            /* NULL: no cache */
    struct scim_rules_cache_t *rules_cache; /* NULL: no cache */
    const scim_schemas_t *schemas;          /* for the conditions of templates */
    const scim_rules_t *rules;              /* the rules for writes (scim_rules_find); NULL: not read yet */
    json_object *above; /* the groups above those that templates give, if a condition uses groups (rules/template.h) */
    struct scim_activity_t *activity; /* the request's activity (activity.h); NULL: none */
    scim_told_t told;
    scim_latest_t latest;
    int whole; /* the whole request is one open transaction, and its batches are savepoints in it */
    apr_pool_t *pool;
} scim_session_t;

/* Makes a batch that starts with authentication. With `transaction` its transaction stays open for further batches
 * until one ends with scim_session_close. If the session is one transaction, a batch is a savepoint in it, and begins
 * and ends no transaction. */
scim_batch_t *scim_session_batch(scim_session_t *session, int transaction);

/* The same for writes that were computed with session->rules: if these are outdated the batch fails with a transient
 * error, and they are dropped; a new attempt reads them again. `logins`: it may change e-mail addresses, which may be
 * logins. */
scim_batch_t *scim_session_write_batch(scim_session_t *session, int transaction, int logins);

/* Adds the end of the transaction, or the release of the savepoint, that such a batch has left open. */
void scim_session_close(const scim_session_t *session, scim_batch_t *batch);

/* Makes the session one transaction, which is open from then on. Errors: those of scim_session_run. */
scim_error_t *scim_session_join(scim_session_t *session);

/* Ends the use of savepoints; the transaction stays open. */
void scim_session_leave(scim_session_t *session);

/* The parameters of a statement that authenticates by itself: those of authentication come first, then further ones
 * (const char *, ending with SCIM_PARAMS_END). */
scim_param_t *scim_session_params(const scim_session_t *session, ...);

/* Sets statement_timeout for the statements added after it, where the connection has another one than the request's,
 * for a statement that authenticates by itself and may take long. It must come before, because PostgreSQL reads
 * statement_timeout when it starts a statement. */
void scim_session_bound(const scim_session_t *session, scim_batch_t *batch);

/* The same, and disables sorting for the statements added after it, whose order an index gives: completely, or except
 * for rows with the same key (`ties`), which may be sorted. It must come before, because a statement is planned when it
 * is first started; so a statement must always be used with it, or never. */
void scim_session_bound_ordered(const scim_session_t *session, scim_batch_t *batch, int ties);

/* Declares that the statement in `slot` authenticates by itself. */
void scim_session_slot(scim_session_t *session, scim_batch_t *batch, int slot);

/* The end of a list of values. */
#define SCIM_PARAMS_END ((const char *)-1)

/* Work that either commits completely or changes nothing. */
typedef scim_error_t *(*scim_attempt_t)(void *work);

/* Repeats it, at most four times, while the error is transient: a deadlock, a serialization failure, a plan made stale
 * by an upgrade of the schema. */
scim_error_t *scim_session_attempt(scim_attempt_t once, void *work);

/* Runs a batch, and fills in session->told. A batch that is a whole transaction is repeated as above; a caller that
 * leaves a transaction open must repeat the whole itself. Errors: 401 (cause says why: unknown, revoked, expired), 403
 * (tenant switched off), 400 (the tenant's profile refuses a leniency), and those of the other statements. */
scim_error_t *scim_session_run(scim_session_t *session, scim_batch_t *batch);

/* Only authenticates, and returns the id of the token's user; NULL: none. */
scim_error_t *scim_session_user(const char **id, scim_session_t *session);

/* Only authenticates: for requests with an error that strangers must not see. */
scim_error_t *scim_session_check(scim_session_t *session);

#endif
