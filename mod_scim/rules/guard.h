/*
 * The guard against mass changes: whether a transaction of provisioning that has written something may be committed.
 *
 * It adds up how many people the requests of an hour have taken access from, and holds the one by which they would
 * become more than the tenant allows. Administrators decide about what is held, for a day:
 *
 *   rejected  the request is refused, whatever else is released, and where there is no guard any more. The same request
 *             by another token is looked at anew; what would pass is refused
 *   released  the request passes for a while, for as many people as it took access from then, and does not count
 *
 * Where the tenant runs dry nothing is committed. An example: of 40 people who have access 10 % may lose it, and 2 have
 * lost it within the hour. They count as well, so 10 % of 42 is 5 when it is rounded up: a request that takes access
 * from 3 passes, and one that takes it from 4 is held.
 */
#ifndef SCIM_RULES_GUARD_H
#define SCIM_RULES_GUARD_H

#include <apr_pools.h>

#include "scim/error.h"

typedef enum {
    SCIM_GUARD_PASSES,
    SCIM_GUARD_COUNTS,  /* passes, and counts against what comes within the hour */
    SCIM_GUARD_ASKS,    /* `reachable` has to be counted first, up to scim_guard_reach */
    SCIM_GUARD_DRY,     /* the tenant runs dry */
    SCIM_GUARD_REFUSES, /* an administrator has rejected it */
    SCIM_GUARD_HOLDS    /* an administrator has to look at it */
} scim_guard_e;

#define SCIM_GUARD_NONE (-1)

typedef struct scim_guard_t {
    /* What the tenant has decided. */
    int dry;
    apr_int64_t limit; /* how many people; SCIM_GUARD_NONE: as many as there are */
    apr_int64_t share; /* how many of a hundred; SCIM_GUARD_NONE: all */
    int logins;        /* people who keep access and cannot log in as before count, too */
    int paused;        /* everything passes for a while */
    /* What administrators have decided about the same request. */
    int rejected;         /* as this token sends it */
    int vetoed;           /* as any token sends it */
    apr_int64_t released; /* for so many people, as this token sends it; SCIM_GUARD_NONE: it is not */
    /* What the transaction takes: from how many people, how many of these are users who are no longer active, and how
     * many more cannot log in as before. */
    apr_int64_t weight, users, lost_logins;
    /* What others have taken within the hour. */
    apr_int64_t others, other_users, other_logins;
    /* Users whom provisioning can reach, and who have access now; SCIM_GUARD_NONE: not counted yet. */
    apr_int64_t reachable;
} scim_guard_t;

scim_guard_e scim_guard_decide(const scim_guard_t *guard);

/* From how many people the transaction takes access, as the tenant counts; with those of the hour; and how many the
 * tenant allows. */
apr_int64_t scim_guard_people(const scim_guard_t *guard);
apr_int64_t scim_guard_total(const scim_guard_t *guard);
apr_int64_t scim_guard_threshold(const scim_guard_t *guard);

/* So many reachable users decide that the share is not exceeded: no more need be counted. */
apr_int64_t scim_guard_reach(const scim_guard_t *guard);

/* What is answered where it refuses (403) or holds (429). */
scim_error_t *scim_guard_error(const scim_guard_t *guard, scim_guard_e verdict, apr_pool_t *pool);

#endif
