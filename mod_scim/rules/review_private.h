/* Shared by the two files of a review: its rules (review.c), and the people (review_people.c). */
#ifndef SCIM_RULES_REVIEW_PRIVATE_H
#define SCIM_RULES_REVIEW_PRIVATE_H

#include <apr_hash.h>
#include <apr_tables.h>

#include "access.h"
#include "review.h"

#define UNLIMITED (-1)

typedef struct subscription_t {
    const char *id, *name;
    int seats; /* UNLIMITED: no limit */
    int automatic;
    apr_time_t since;           /* since when it is automatic */
    apr_array_header_t *places; /* scim_access_place_t of each holder, if it has seats */
    scim_access_place_t last;   /* the place of the last seat; id NULL: nobody waits */
} subscription_t;

/* The effect of a mapping. */
typedef struct gift_t {
    subscription_t *subscription; /* NULL: the role */
    const char *role;
    apr_time_t since;
} gift_t;

typedef struct membership_t {
    const char *group;
    apr_time_t added; /* 0: before the log began */
} membership_t;

struct scim_review_t {
    apr_pool_t *pool;
    apr_time_t moment;
    json_object *tenant_log;
    json_object *names; /* the subscriptions, as passed in */
    scim_policy_e policy;
    const char *default_role;
    apr_array_header_t *subscriptions; /* subscription_t *, those that existed */
    apr_hash_t *by_id;                 /* id -> subscription_t */
    apr_hash_t *gifts;                 /* group id -> list of gift_t */
    apr_hash_t *groups;                /* id -> name, of groups that existed and are mapped or nested */
    apr_hash_t *restored;              /* id -> apr_time_t of the last restore: the group's mappings count since then */
    apr_hash_t *above;                 /* group id -> list of membership_t: the groups that it was in */
};

/* The groups that a member was in: `rows` are its current memberships, `log` the audit entries of its joining and
 * leaving. */
apr_array_header_t *review_memberships(const scim_review_t *review, json_object *rows, json_object *log,
                                       apr_pool_t *pool);

/* Splits a list about several members: a list for each `member`. */
apr_hash_t *review_by_member(json_object *list, apr_pool_t *pool);

/* The id of the subscription that had this name at a moment; NULL: none had. */
const char *review_subscription_id(const scim_review_t *review, apr_time_t at, const char *name);

#endif
