/*
 * The facts for authorizing an account: one row of scim_app.facts, and a little more.
 *
 * The account is found by its identity at the identity provider (issuer and subject, scim.link), else by the person's
 * login name (the tenant's login attribute, without case). This takes one statement in one round trip, which also sets
 * the tenant for row-level security, and reads only the requested lists: a rule about subscriptions does not read
 * groups.
 *
 *   login "Kim@Example.com"                     -> the account whose userName is kim@example.com
 *   login "kim", issuer "https://op", subject 7 -> the account that is linked to 7 at https://op; else, if it is linked
 * to nobody there, the account called kim
 *
 * A list that is not requested is NULL, one without values is empty.
 */
#ifndef SCIM_FACTS_H
#define SCIM_FACTS_H

#include "connection.h"

/* Lists that need further tables. */
#define SCIM_FACTS_ROLES        1u
#define SCIM_FACTS_ENTITLEMENTS 2u
#define SCIM_FACTS_GROUPS       4u
#define SCIM_FACTS_ALL          7u

typedef struct scim_identity_t {
    const char *tenant;
    const char *login;  /* as the person typed it; NULL: unknown */
    const char *issuer; /* both, or neither (NULL) */
    const char *subject;
} scim_identity_t;

/* The facts that a decision needs. */
typedef struct scim_wish_t {
    unsigned lists;                  /* SCIM_FACTS_* */
    const apr_array_header_t *names; /* const char *, folded: the relevant subscriptions, if SCIM_FACTS_ENTITLEMENTS is
                                        the only list; NULL: all */
} scim_wish_t;

typedef struct scim_facts_t {
    unsigned lists;                  /* SCIM_FACTS_*: which of the lists were read */
    const apr_array_header_t *names; /* the subscriptions that were read; NULL: all */
    int tenant;                      /* whether the tenant exists */
    int enabled;                     /* and its provisioning is switched on */
    int found;                       /* whether the account exists; if not, the following are not set */
    int active;
    const char *id;
    const char *account; /* its userName */
    const char *role;    /* the effective one */
    apr_array_header_t *roles;
    apr_array_header_t *entitlements; /* with a seat */
    apr_array_header_t *waiting;      /* without one */
    apr_array_header_t *groups;       /* nested ones included */
    apr_array_header_t *flags;
    int first;   /* a first login, which scim_facts_login must record */
    int foreign; /* the account was found by its login, and is linked to another subject of the issuer */
} scim_facts_t;

/* The cache of facts (facts_kept.h). */
typedef struct scim_facts_kept_t scim_facts_kept_t;

/* Reads the facts, in `pool`, or takes valid ones from the cache `kept`; NULL: no cache. Errors: 503. */
scim_error_t *scim_facts_read(scim_facts_t **out, scim_conn_t *conn, scim_facts_kept_t *kept,
                              const scim_identity_t *identity, const scim_wish_t *wish, apr_pool_t *pool);

/* Whether the facts have everything that `wish` needs. */
int scim_facts_answer(const scim_facts_t *facts, const scim_wish_t *wish);

/* Records the first login of `facts`, grants by the tenant's login policy, links the identity if the tenant wants it,
 * and reads the facts again: one transaction and one round trip. Of several at the same time only one grants. `request`
 * is the request id in the logs, or NULL. Errors: 503, 409. */
scim_error_t *scim_facts_login(scim_facts_t **out, scim_conn_t *conn, const scim_identity_t *identity,
                               const scim_facts_t *facts, const char *request, apr_pool_t *pool);

#endif
