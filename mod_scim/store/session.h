/*
 * Who asks, for which tenant: the head of every request's batch.
 *
 * Each batch of a session starts with the statement `authenticate`, or is one that reads and has the same in itself
 * (sql/statements/token.part): the token is checked, a switched-off tenant refused, and the tenant set for row-level
 * security; when that fails, PostgreSQL runs nothing of the rest. So there is no
 * cache of tokens or tenants anywhere, and revoking takes effect with the next request on every node.
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

/* What authentication tells, after the first batch. */
typedef struct scim_told_t {
    const char *token_name; /* NULL before */
    const char *profile;    /* the tenant's; known of batches of scim_session_batch alone, else NULL */
    int rate, burst;        /* requests a second, and at once; 0: no limit */
} scim_told_t;

/* What the latest batch is. */
typedef struct scim_latest_t {
    int slot;  /* of the authentication */
    int head;  /* whether `slot` is of authentication alone */
    int open;  /* whether it leaves its transaction open */
    int ruled; /* whether it was computed with the session's rules */
} scim_latest_t;

typedef struct scim_session_t {
    scim_conn_t *conn;
    const char *tenant;
    const scim_token_t *token;
    const char *base;    /* the tenant's base URL, no slash at the end: $ref is made of it */
    const char *address; /* the client's, as text */
    const char *request; /* the id that the logs know the request by; NULL: it has none */
    int writes;          /* whether the request changes anything: a token may be for reading alone */
    const char *about;   /* the one user that the request is about: its id, or "me"; "": anything else. A token may be
                            for its user alone */
    scim_spool_t *spool; /* where members of groups go as they are read */
    const scim_leniency_t *leniency; /* what has been accepted of the request: a tenant's profile may refuse it */
    const scim_memory_t *memory;     /* NULL: nothing is remembered */
    struct scim_rules_cache_t *rules_cache; /* where the rules of tenants are remembered; NULL: nowhere */
    const scim_schemas_t *schemas;          /* for the conditions of templates */
    const scim_rules_t *rules;              /* what writes are computed with (scim_rules_find); NULL: not found yet */
    json_object *above; /* of the groups that templates give, where a condition asks for groups (rules/template.h) */
    struct scim_activity_t *activity; /* what is told of the request (activity.h); NULL: nothing */
    scim_told_t told;
    scim_latest_t latest;
    int whole; /* the request is one transaction that is open, and its batches are parts of it */
    apr_pool_t *pool;
} scim_session_t;

/* A batch that starts with authentication; with `transaction`, one that stays open for further batches of the
 * connection until one of them ends as scim_session_close has it. Of a session that is one transaction, a batch is a
 * part of it that can be undone by itself, and neither begins nor ends anything. */
scim_batch_t *scim_session_batch(scim_session_t *session, int transaction);

/* The same for writes that were computed with session->rules: where these hold no more the batch fails with a transient
 * error, and they are forgotten. Whoever attempts it again finds them anew. `logins`: it may change e-mail addresses,
 * by which people may log in. */
scim_batch_t *scim_session_write_batch(scim_session_t *session, int transaction, int logins);

/* Ends the transaction, or the part of one, that a batch of this kind has left open. */
void scim_session_close(const scim_session_t *session, scim_batch_t *batch);

/* Makes of the session one transaction, which is open from then on. Errors: those of scim_session_run. */
scim_error_t *scim_session_join(scim_session_t *session);

/* What follows is about the transaction as a whole again; it stays open. */
void scim_session_leave(scim_session_t *session);

/* The parameters of a statement that authenticates itself, and needs no other one of its batch for that: those that
 * authentication takes come first, and then more (const char *, ended by SCIM_PARAMS_END). */
scim_param_t *scim_session_params(const scim_session_t *session, ...);

/* Limits the time of what is added after it: of a statement that authenticates itself and may take long. It stands in
 * front, because PostgreSQL looks at statement_timeout when it starts a statement, and what one sets holds for the
 * next.
 */
void scim_session_bound(const scim_session_t *session, scim_batch_t *batch);

/* The same, and forbids to sort in what is added after it, which an index gives in its order: whole, or up to what has
 * the same key (`ties`), which may be sorted. It stands in front because a statement is planned when it is started, for
 * the first time; so one text always comes with it, or never. */
void scim_session_bound_ordered(const scim_session_t *session, scim_batch_t *batch, int ties);

/* Says that the statement in `slot` of a batch is one of these. */
void scim_session_slot(scim_session_t *session, scim_batch_t *batch, int slot);

/* Ends a list of values. */
#define SCIM_PARAMS_END ((const char *)-1)

/* A piece of work that either commits whole or changes nothing. */
typedef scim_error_t *(*scim_attempt_t)(void *work);

/* Does it again, four times at most, while the error passes by itself: a deadlock, a serialization failure, a plan made
 * stale by an upgrade of the schema. */
scim_error_t *scim_session_attempt(scim_attempt_t once, void *work);

/* Runs it, and fills what authentication tells. A batch that is the whole transaction is attempted as above; whoever
 * leaves one open attempts the whole. Errors: 401 (cause says why: unknown, revoked, expired), 403 (tenant
 * switched off), 400 (the tenant's profile refuses what the request needs), and those of the rest. */
scim_error_t *scim_session_run(scim_session_t *session, scim_batch_t *batch);

/* Authentication alone, which also tells the id of the token's user; NULL: it has none. */
scim_error_t *scim_session_user(const char **id, scim_session_t *session);

/* Authentication alone: for requests whose other error must not be told to strangers. */
scim_error_t *scim_session_check(scim_session_t *session);

#endif
