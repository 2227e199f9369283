/*
 * The last word on a transaction of a watched tenant, which has written something and is still open (rules/guard.h).
 *
 * Only what can take access from somebody is looked at, and all where the tenant runs dry; so most writes of a tenant
 * with a guard are one transaction in as few round trips as elsewhere. What is looked at takes one round trip more,
 * or two where a share of all users has to be counted.
 */
#ifndef SCIM_STORE_GUARD_H
#define SCIM_STORE_GUARD_H

#include "session.h"

/* Whether a write is looked at; `loses`: it can take access from somebody, or a login. The tenant's rules are known. */
int scim_guard_watches(const scim_session_t *session, int loses);

/* Adds what has to be asked at the end of the work; its slot. */
int scim_guard_mark(scim_batch_t *batch);

/* Decides about the transaction by the result of that. *passes: it may be committed, behind the statements that `end`
 * got for that. Else it was undone: *changes is what a dry run would have changed (JSON), NULL where it is none; and
 * *held says whether it waits for an administrator. `fingerprint` tells the request from others of its method and path.
 * Errors: 403 and 429, as the guard decides. */
typedef struct scim_guarded_t {
    int passes;
    int held;
    const char *changes;
} scim_guarded_t;
scim_error_t *scim_guard_look(scim_guarded_t *guarded, scim_batch_t *end, scim_session_t *session, const PGresult *mark,
                              const char *fingerprint);

#endif
