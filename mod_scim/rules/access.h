/*
 * What gives an account a subscription or a role, decided of what one row of each table says.
 *
 *   policy   sync_policy `all`: an automatic subscription, for accounts that the identity provider keeps
 *   group    sync_policy `groups`: what a group that it is in is mapped to
 *   grant    what was given to this account alone; what a login gave counts where no policy decides
 *
 * A protected account has nothing by policy, group or login. Whoever has had a subscription the longest has a seat, in
 * the order of places: since when, never before what gives it was there; who joined first; the id. The view scim.access
 * says the same of many accounts at once; t/http/authz_same.t compares them.
 */
#ifndef SCIM_ACCESS_H
#define SCIM_ACCESS_H

#include <apr_time.h>

typedef enum { SCIM_POLICY_MANUAL, SCIM_POLICY_ALL, SCIM_POLICY_GROUPS } scim_policy_e;

/* The value of the setting syncPolicy; what is not known is `manual`. */
scim_policy_e scim_policy_read(const char *text);

/* What an administrator should know who sets a policy that gives nobody anything: sync_policy (`sync`) or login_policy
 * (not), where the tenant has an automatic subscription, or a mapping, or not. NULL: nothing. */
const char *scim_policy_warning(const char *policy, int sync, int automatic, int mapped);

typedef struct scim_access_account_t {
    scim_policy_e policy; /* of its tenant */
    int synced;           /* the identity provider keeps it (source `scim`) */
    int wire;             /* and sees it */
    int is_protected;
} scim_access_account_t;

int scim_access_by_policy(const scim_access_account_t *account);
int scim_access_by_group(const scim_access_account_t *account);
/* `source`: manual, login, template, provider or protected. */
int scim_access_by_grant(const scim_access_account_t *account, const char *source);

/* When an account was made, which its id (UUID version 7) says. */
apr_time_t scim_access_id_time(const char *id);

/* A place in the order of seats. */
typedef struct scim_access_place_t {
    apr_time_t since;
    apr_time_t joined; /* when it joined what gives it, or was made or granted it: of those who have it since then */
    const char *id;    /* NULL or empty, of the last seat: there are seats left */
} scim_access_place_t;

/* The place of one who joined at one moment what gives a subscription since another one. */
scim_access_place_t scim_access_place(apr_time_t given, apr_time_t joined, const char *id);

/* Whether one place is before another, or the same. */
int scim_access_is_before(const scim_access_place_t *one, const scim_access_place_t *other);

/* Whether an account at this place has a seat, where the last seat is at that one. */
int scim_access_is_seated(const scim_access_place_t *place, const scim_access_place_t *last);

#endif
