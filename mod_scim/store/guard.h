/*
 * The guard's decision about a transaction that has written something and is still open (rules/guard.h).
 *
 * Only writes that may remove access are checked, and in a dry run all; so most writes of a tenant with a guard need no
 * additional round trip. A checked write takes one more round trip, or two if a share of all users has to be counted.
 */
#ifndef SCIM_STORE_GUARD_H
#define SCIM_STORE_GUARD_H

#include "session.h"

/* Whether the guard or a dry run may check the writes of the tenant's requests. */
int scim_guard_may_watch(const scim_session_t *session);

/* Whether a write is checked; `loses`: it may remove access or a login. Needs the tenant's rules. */
int scim_guard_watches(const scim_session_t *session, int loses);

/* Adds the statement for the end of the work; its slot. */
int scim_guard_mark(scim_batch_t *batch);

/* Decides about the transaction by the result of that statement. *passes: it may be committed, after the statements
 * added to `end`. Otherwise it was rolled back: *changes has a dry run's changes (JSON), or NULL; *held says whether it
 * waits for an administrator. `fingerprint` distinguishes requests with the same method and path. Errors: 403 and 429,
 * as the guard decides. */
typedef struct scim_guarded_t {
    int passes;
    int held;
    const char *changes;
} scim_guarded_t;
scim_error_t *scim_guard_look(scim_guarded_t *guarded, scim_batch_t *end, scim_session_t *session, const PGresult *mark,
                              const char *fingerprint);

#endif
