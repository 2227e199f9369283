/*
 * The guard against mass changes decides whether a write of provisioning may be committed.
 *
 * It adds up how many people have lost access by the requests of the last hour, and holds the request that would exceed
 * the tenant's limit. For a day administrators can decide about a held request:
 *
 *   rejected  the request is refused, even if others are released or the guard is off. The same request by another
 *             token is checked by the guard, and refused where it would pass
 *   released  the request passes for a while, for at most as many people as when it was held, and does not count
 *
 * In a dry run nothing is committed. An example: 40 people have access, 10 % may lose it, and 2 have lost it within the
 * hour. The share is of all 42, and 10 % of 42, rounded up, is 5: a request that removes access from 3 people passes,
 * one that removes it from 4 is held.
 */
#ifndef SCIM_RULES_GUARD_H
#define SCIM_RULES_GUARD_H

#include <apr_pools.h>

#include "scim/error.h"

typedef enum {
    SCIM_GUARD_PASSES,
    SCIM_GUARD_COUNTS,  /* passes, and counts for the next hour */
    SCIM_GUARD_ASKS,    /* undecided: count `reachable` first, up to scim_guard_reach */
    SCIM_GUARD_DRY,     /* a dry run: roll back */
    SCIM_GUARD_REFUSES, /* an administrator has rejected it */
    SCIM_GUARD_HOLDS    /* an administrator must decide */
} scim_guard_e;

#define SCIM_GUARD_NONE (-1)

typedef struct scim_guard_t {
    /* The tenant's settings. */
    int dry;
    apr_int64_t limit; /* number of people; SCIM_GUARD_NONE: no limit */
    apr_int64_t share; /* percent; SCIM_GUARD_NONE: no limit */
    int logins;        /* also count people who keep access but cannot log in as before */
    int paused;        /* everything passes for now */
    /* Administrators' decisions about the same request. */
    int rejected;         /* when sent by this token */
    int vetoed;           /* when sent by any token */
    apr_int64_t released; /* for this many people, when sent by this token; SCIM_GUARD_NONE: not released */
    /* Losses by this transaction: people who lose access, how many of these are users who become inactive, and how many
     * others cannot log in as before. */
    apr_int64_t weight, users, lost_logins;
    /* The same for other requests of the last hour. */
    apr_int64_t others, other_users, other_logins;
    /* Active users whom provisioning can change; SCIM_GUARD_NONE: not counted yet. */
    apr_int64_t reachable;
} scim_guard_t;

scim_guard_e scim_guard_decide(const scim_guard_t *guard);

/* How many people lose access by the transaction, by the tenant's way of counting; the same plus those of the last
 * hour; and how many the tenant allows. */
apr_int64_t scim_guard_people(const scim_guard_t *guard);
apr_int64_t scim_guard_total(const scim_guard_t *guard);
apr_int64_t scim_guard_threshold(const scim_guard_t *guard);

/* With this many reachable users the share is certainly not exceeded, so counting can stop there. */
apr_int64_t scim_guard_reach(const scim_guard_t *guard);

/* The error for a refused (403) or held (429) request. */
scim_error_t *scim_guard_error(const scim_guard_t *guard, scim_guard_e verdict, apr_pool_t *pool);

#endif
