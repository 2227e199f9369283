/*
 * Activity: what a request of provisioning was, and what came of it, as scim.activity tells administrators.
 *
 * A request that changes something has its row in the transaction of the change: the statement `finish` ends it
 * (scim_finish). Where the tenant runs dry, or the guard against mass changes holds the request, all of it is undone. A
 * Bulk request has its row from the first of its parts that writes something; each part says there that the request is
 * not finished, and its end, in a transaction of its own before the answer, says what came of it (scim_finish_parts).
 * So a change is never without the row of its request, even when httpd is killed. A request that changes nothing has no
 * row of its own transaction: it becomes an entry, as does the use of a token and the body of a request, and entries
 * are recorded many at a time (store/record.h). An entry is JSON; sql/statements/record_entries.sql says what its
 * members mean.
 *
 * Where the end of a COMMIT is not known the request becomes an entry, which has the id that its row got: it is one row
 * whether or not it was done.
 */
#ifndef SCIM_STORE_ACTIVITY_H
#define SCIM_STORE_ACTIVITY_H

#include "scim/mask.h"
#include "scim/text.h"
#include "session.h"

/* One request. One thread at a time; lives with the request. */
typedef struct scim_activity_t {
    const char *tenant;
    const char *key_id; /* NULL: it names no token */
    const char *method;
    const char *path;  /* well-formed UTF-8, below the tenant's base URL, masked */
    scim_mask_t *mask; /* what of the request is masked; its names are the store's to say */
    const char *address;
    const char *request;  /* the id that the logs know it by; NULL: none */
    const char *object;   /* what a resource is called in its body; NULL: not said */
    const char *type;     /* the type of the one resource that it is about; NULL: it is about none, or many */
    const char *resource; /* that one's id; NULL: it has none yet */
    const char *named;    /* the attribute that says so */
    const char *body;     /* what was received; NULL: nothing */
    apr_size_t body_len;
    apr_time_t began;
    int status; /* what it is answered with where all goes well */
    int reads;  /* it changes nothing */
    /* What the store says of it. */
    int used;                    /* the token was accepted */
    const char *token_name;      /* the token's */
    int share;                   /* how many of a hundred reads the tenant keeps */
    const char *keeps;           /* what the tenant wants of bodies, + or -, and what is masked; NULL: nothing */
    apr_int64_t id;              /* of its row; 0: it has none */
    apr_int64_t tried;           /* of the row that was to be written last, and may be there; 0: none was */
    const scim_error_t *refused; /* why a row was not written that should have been; NULL: none was missed */
    int held;                    /* by the guard against mass changes */
    const char *changes;         /* of a dry run: what it would have changed, JSON; NULL: it was none */
} scim_activity_t;

/* An id of a row: unlike any other of the same microsecond, and at most 18 digits. */
apr_int64_t scim_activity_id(void);

/* Takes what authentication says that the tenant wants kept and masked (scim.token.keeps), which lives with the
 * request. */
void scim_activity_learn(scim_activity_t *activity, const char *keeps);

/* How a write ends. */
typedef struct scim_finish_t {
    const char *reason; /* may say more of the outcome; NULL: nothing to say */
    int loses;          /* it can take access from somebody, or a login: the guard looks at it (store/guard.h) */
    int first;          /* the batch is the request's first one, and has authenticated */
} scim_finish_t;

/* Runs the last batch of a write, and ends its transaction: commits it, or undoes it where the tenant runs dry and
 * where the guard holds it. A batch that is `first` has opened a transaction where scim_guard_watches. Errors: those of
 * the batch, and of the guard. */
scim_error_t *scim_finish(scim_batch_t *batch, scim_session_t *session, const scim_finish_t *how);

/* Tells of a request that was several transactions, in one of its own. Where that fails the request becomes an entry,
 * and activity->refused says why. */
void scim_finish_parts(scim_session_t *session, const char *reason);

/* Ends the transaction of a part of a Bulk request, or the part of one. `unfinished` is what the request's row says if
 * nothing comes after it. Returns a slot for scim_finish_wrote; -1: there is nothing to tell. */
int scim_finish_add_window(scim_batch_t *batch, scim_session_t *session, const char *unfinished);

/* Whether the part, which was committed, has written anything. */
int scim_finish_wrote(const scim_batch_t *batch, int slot);

/* What a request came to when nothing went wrong, in the words of an entry. */
typedef struct scim_outcome_t {
    int status;
    const char *type;       /* scimType; NULL: none */
    const char *reason;     /* NULL: nothing to say */
    const char *elsewhere;  /* the reason where the token turns out to be another tenant's; NULL: the same */
    const char *resource;   /* the id of the one that it came to be about; NULL: it is as the activity has it */
    const char *leniencies; /* the names of those that it needed, "," between them; NULL: none */
    apr_size_t received;    /* bytes of the body */
    const char *body;       /* JSON, masked; NULL: not to be kept */
} scim_outcome_t;

/* Writes the entry of a request; nothing where there is nothing to tell. */
void scim_activity_entry(scim_buf_t *out, const scim_activity_t *activity, const scim_outcome_t *outcome);

/* Makes the pieces of scim.activity that are needed, and removes what is older than `keep`. */
scim_error_t *scim_activity_keep(scim_conn_t *conn, apr_interval_time_t keep, apr_pool_t *pool);

#endif
