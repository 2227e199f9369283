/*
 * Decides which subscriptions and roles an account has, from one row of each table.
 *
 *   policy   sync_policy `all` gives automatic subscriptions to accounts that the identity provider manages
 *   group    sync_policy `groups` gives what the account's groups are mapped to
 *   grant    given to this account only; a grant of the first login counts only where no policy decides
 *
 * A protected account has nothing by policy, group or login. Seats go to the accounts that have had the subscription
 * longest, in the order of places: `since`, which is never before the mapping, policy or grant existed; then `joined`;
 * then the id. The view scim.access computes the same for many accounts at once; t/http/authz_same.t compares them.
 */
#ifndef SCIM_ACCESS_H
#define SCIM_ACCESS_H

#include <apr_time.h>

typedef enum { SCIM_POLICY_MANUAL, SCIM_POLICY_ALL, SCIM_POLICY_GROUPS } scim_policy_e;

/* The value of the setting syncPolicy; an unknown text is `manual`. */
scim_policy_e scim_policy_read(const char *text);

/* A warning if a new sync_policy (`sync`) or login_policy (not `sync`) gives nobody anything; `automatic` and `mapped`:
 * whether the tenant has an automatic subscription, and a mapping. NULL: no warning. */
const char *scim_policy_warning(const char *policy, int sync, int automatic, int mapped);

typedef struct scim_access_account_t {
    scim_policy_e policy; /* of its tenant */
    int synced;           /* the identity provider manages it (source `scim`) */
    int wire;             /* and sees it */
    int is_protected;
} scim_access_account_t;

int scim_access_by_policy(const scim_access_account_t *account);
int scim_access_by_group(const scim_access_account_t *account);
/* `source`: manual, login, template, provider or protected. */
int scim_access_by_grant(const scim_access_account_t *account, const char *source);

/* When an account was made, from its id (UUID version 7). */
apr_time_t scim_access_id_time(const char *id);

/* A place in the order of seats. */
typedef struct scim_access_place_t {
    apr_time_t since;
    apr_time_t
        joined;     /* when it joined the group, was made, or was granted it; orders accounts with the same `since` */
    const char *id; /* for the last seat: NULL or empty if seats are left */
} scim_access_place_t;

/* The place of an account that joined at `joined` a group (or policy) that has given the subscription since `given`.
 */
scim_access_place_t scim_access_place(apr_time_t given, apr_time_t joined, const char *id);

/* Whether one place is before another, or the same. */
int scim_access_is_before(const scim_access_place_t *one, const scim_access_place_t *other);

/* Whether an account at `place` has a seat; `last` is the place of the last seat. */
int scim_access_is_seated(const scim_access_place_t *place, const scim_access_place_t *last);

#endif
