/*
 * Activity: a row of scim.activity for each provisioning request and its outcome, for administrators.
 *
 * The row of a request that changes something is written in the transaction of the change, by the statement `finish`
 * (scim_finish). In a dry run, or if the guard against mass changes holds the request, the transaction is rolled back.
 * The first transaction of a Bulk request that writes something also writes the row, marked as unfinished; a last
 * transaction before the answer writes the outcome (scim_finish_parts). So a committed change always has a row of its
 * request, even if httpd is killed. A request that changes nothing becomes an entry, as does the use of a token and the
 * body of a request; entries are written in batches (store/record.h). An entry is JSON;
 * sql/statements/record_entries.sql explains its members.
 *
 * If the result of a COMMIT is unknown, the request becomes an entry with the id of its row, so that there is one row
 * whether or not it was committed.
 */
#ifndef SCIM_STORE_ACTIVITY_H
#define SCIM_STORE_ACTIVITY_H

#include "scim/mask.h"
#include "scim/text.h"
#include "session.h"

/* One request. One thread at a time; lives with the request. */
typedef struct scim_activity_t {
    const char *tenant;
    const char *key_id; /* NULL: no token */
    const char *method;
    const char *path;   /* well-formed UTF-8, below the tenant's base URL, masked */
    const char *target; /* the path in one canonical spelling, by which the guard compares requests */
    scim_mask_t *mask;  /* the request's mask; the store sets its names */
    const char *address;
    const char *request;  /* the request id in the logs; NULL: none */
    const char *object;   /* the resource's name in the body; NULL: none */
    const char *type;     /* the type of the one resource of the request; NULL: none, or several */
    const char *resource; /* that resource's id; NULL: none yet */
    const char *named;    /* the attribute that `object` comes from */
    const char *body;     /* the received body; NULL: none */
    apr_size_t body_len;
    apr_time_t began;
    int status; /* the status of success */
    int reads;  /* the request changes nothing */
    /* Set by the store. */
    int used;                    /* the token was accepted */
    const char *token_name;      /* the token's */
    int share;                   /* percentage of reads that the tenant records */
    const char *keeps;           /* whether the tenant records bodies, + or -, and its mask; NULL: nothing */
    apr_int64_t id;              /* the id of its row; 0: none */
    apr_int64_t tried;           /* the id of the row whose writing has an unknown result; 0: none */
    const scim_error_t *refused; /* why a row could not be written; NULL: none is missing */
    int held;                    /* by the guard against mass changes */
    const char *changes;         /* a dry run's changes, JSON; NULL: not a dry run */
} scim_activity_t;

/* Makes the id of a row: unique also within a microsecond, at most 18 digits. */
apr_int64_t scim_activity_id(void);

/* Sets what the tenant records and masks, as authentication returned it (scim.token.keeps); `keeps` must live as long
 * as the request. */
void scim_activity_learn(scim_activity_t *activity, const char *keeps);

/* How a write ends. */
typedef struct scim_finish_t {
    const char *reason; /* more about the outcome; NULL: nothing */
    int loses;          /* it may remove access or a login, so the guard checks it (store/guard.h) */
    int first;          /* the batch is the request's first one, and has authenticated */
} scim_finish_t;

/* Runs the last batch of a write and ends its transaction: commits it, or rolls it back in a dry run and if the guard
 * holds it. A `first` batch must have opened a transaction if scim_guard_watches. Errors: those of the batch, and of
 * the guard. */
scim_error_t *scim_finish(scim_batch_t *batch, scim_session_t *session, const scim_finish_t *how);

/* Writes the outcome of a request with several transactions, in a separate transaction. If that fails the request
 * becomes an entry, and activity->refused says why. */
void scim_finish_parts(scim_session_t *session, const char *reason);

/* Ends the transaction (or savepoint) of a window of a Bulk request. `unfinished` is the text in the request's row
 * until the request is finished. Returns a slot for scim_finish_wrote; -1: none. */
int scim_finish_add_window(scim_batch_t *batch, scim_session_t *session, const char *unfinished);

/* Whether the committed window has written anything. */
int scim_finish_wrote(const scim_batch_t *batch, int slot);

/* The outcome of a request, for its entry. */
typedef struct scim_outcome_t {
    int status;
    const char *type;       /* scimType; NULL: none */
    const char *reason;     /* NULL: nothing to say */
    const char *elsewhere;  /* the reason if the token belongs to another tenant; NULL: the same */
    const char *resource;   /* the id of the resource, if it differs from the activity's; else NULL */
    const char *leniencies; /* comma-separated names of the used leniencies; NULL: none */
    apr_size_t received;    /* bytes of the body */
    const char *body;       /* JSON, masked; NULL: do not store it */
} scim_outcome_t;

/* Writes the entry of a request, if there is anything to record. */
void scim_activity_entry(scim_buf_t *out, const scim_activity_t *activity, const scim_outcome_t *outcome);

/* Creates the needed partitions of scim.activity, and removes those older than `keep`. */
scim_error_t *scim_activity_keep(scim_conn_t *conn, apr_interval_time_t keep, apr_pool_t *pool);

#endif
