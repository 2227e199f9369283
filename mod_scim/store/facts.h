/*
 * What decides whether an account may do something: one row of scim_app.facts, and a little more.
 *
 * The account is found by what a person logs in with (the tenant's login attribute, whatever its case) or by the
 * identity that an identity provider calls it by (issuer and subject, scim.link), the latter first. It is one statement
 * and one round trip, which sets the tenant for row-level security itself, and reads no more lists than are asked for:
 * a rule about subscriptions does not pay for groups.
 *
 *   login "Kim@Example.com"                     -> the account whose userName is kim@example.com
 *   login "kim", issuer "https://op", subject 7 -> the account that is linked to 7 at https://op; else, if it is linked
 * to nobody there, the account called kim
 *
 * What is not asked for is NULL, what is not there is an empty list.
 */
#ifndef SCIM_FACTS_H
#define SCIM_FACTS_H

#include "connection.h"

/* Lists that cost a look at further tables. */
#define SCIM_FACTS_ROLES        1u
#define SCIM_FACTS_ENTITLEMENTS 2u
#define SCIM_FACTS_GROUPS       4u
#define SCIM_FACTS_ALL          7u

typedef struct scim_identity_t {
    const char *tenant;
    const char *login;  /* as the person wrote it; NULL: not known */
    const char *issuer; /* both, or neither (NULL) */
    const char *subject;
} scim_identity_t;

/* What a decision needs to know. */
typedef struct scim_wish_t {
    unsigned lists;                  /* SCIM_FACTS_* */
    const apr_array_header_t *names; /* const char *, folded: the subscriptions that matter, where
                                        SCIM_FACTS_ENTITLEMENTS is the one list; NULL: all */
} scim_wish_t;

typedef struct scim_facts_t {
    unsigned lists;                  /* SCIM_FACTS_*: which of the lists were read */
    const apr_array_header_t *names; /* the subscriptions that were looked for; NULL: all */
    int tenant;                      /* whether there is such a tenant */
    int enabled;                     /* and its provisioning is switched on */
    int found;                       /* whether there is an account; nothing of what follows is set without one */
    int active;
    const char *id;
    const char *account; /* its userName */
    const char *role;    /* the effective one */
    apr_array_header_t *roles;
    apr_array_header_t *entitlements; /* with a seat */
    apr_array_header_t *waiting;      /* without one */
    apr_array_header_t *groups;       /* those that its groups are in included */
    apr_array_header_t *flags;
    int first;   /* a login that scim_facts_login has to record */
    int foreign; /* the account was found by its login, and is linked to another subject of the issuer */
} scim_facts_t;

/* What is remembered of decisions (facts_kept.h). */
typedef struct scim_facts_kept_t scim_facts_kept_t;

/* Reads the facts in `pool`, or finds in `kept` those that still hold; NULL: nothing is remembered. Errors: 503. */
scim_error_t *scim_facts_read(scim_facts_t **out, scim_conn_t *conn, scim_facts_kept_t *kept,
                              const scim_identity_t *identity, const scim_wish_t *wish, apr_pool_t *pool);

/* Whether what was read is all that is wished for. */
int scim_facts_answer(const scim_facts_t *facts, const scim_wish_t *wish);

/* Records the first login of `facts`, grants what the tenant's login policy says, links the identity where the tenant
 * says so, and reads the facts again: one transaction and one round trip. Of several at the same time one grants.
 * `request` is what the logs know the request by, or NULL. Errors: 503, 409. */
scim_error_t *scim_facts_login(scim_facts_t **out, scim_conn_t *conn, const scim_identity_t *identity,
                               const scim_facts_t *facts, const char *request, apr_pool_t *pool);

#endif
