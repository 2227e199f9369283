/*
 * What gives an account a subscription or a role, decided of what one row of each table says.
 *
 *   policy   sync_policy `all`: an automatic subscription, for accounts that the identity provider keeps
 *   group    sync_policy `groups`: what a group that it is in is mapped to
 *   grant    what was given to this account alone; what a login gave counts where no policy decides
 *
 * A protected account has nothing by policy, group or login. Whoever has had a subscription the longest has a seat, in
 * the order of (since, id). The view scim.access says the same of many accounts at once; t/http/authz_same.t compares
 * them.
 */
#ifndef SCIM_ACCESS_H
#define SCIM_ACCESS_H

#include <apr_time.h>

typedef enum { SCIM_POLICY_MANUAL, SCIM_POLICY_ALL, SCIM_POLICY_GROUPS } scim_policy_e;

/* The value of the setting syncPolicy; what is not known is `manual`. */
scim_policy_e scim_policy_read(const char *text);

typedef struct scim_access_account_t {
    scim_policy_e policy; /* of its tenant */
    int synced;           /* the identity provider keeps it (source `scim`) */
    int wire;             /* and sees it */
    int is_protected;
} scim_access_account_t;

int scim_access_by_policy(const scim_access_account_t *account);
int scim_access_by_group(const scim_access_account_t *account);
/* `source`: manual, login, template or protected. */
int scim_access_by_grant(const scim_access_account_t *account, const char *source);

/* When an account was made, which its id (UUID version 7) says. */
apr_time_t scim_access_id_time(const char *id);

/* Whether an account that has had a subscription `since` has a seat, where the last seat is that of (last, last_id);
 * `last_id` NULL or empty: there are seats left. */
int scim_access_is_seated(apr_time_t since, const char *id, apr_time_t last, const char *last_id);

#endif
