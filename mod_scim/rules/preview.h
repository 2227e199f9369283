/*
 * The first step of a preview: what a change of policy, mappings or seats would give and take.
 *
 * The tenant's rules (policy, automatic subscriptions, mappings, seats) are read once, and the change is applied to a
 * copy; nothing is written. Each version of the rules gives a list of gifts: a subscription or a role, to the members
 * of a group or to all synchronised accounts, since a moment. Comparing both lists gives the concerns: the
 * subscriptions and roles that somebody may get or lose, each with its gifts before and after. The store then reads the
 * people, only for these concerns.
 *
 * An example: the group Sales, with Staff in it, is mapped to Mail, and the mapping shall be removed. The concern is
 * Mail; before there are two gifts, one to the members of Sales and one to those of Staff, and after it none.
 */
#ifndef SCIM_RULES_PREVIEW_H
#define SCIM_RULES_PREVIEW_H

#include <apr_tables.h>
#include <apr_time.h>
#include <json-c/json.h>

#include "scim/error.h"

#define SCIM_PREVIEW_UNLIMITED (-1) /* seats */

/* A subscription or a role that somebody may get or lose. Its number is its position in the list, from 1 on. */
typedef struct scim_concern_t {
    const char *subscription; /* its id; NULL: a role */
    const char *role;
    int seats[2]; /* before and after */
} scim_concern_t;

/* A gift, before the change, after it, or both. */
typedef struct scim_gives_t {
    int concern;         /* its number */
    const char *via;     /* to the members of this group; NULL: to all synchronised accounts */
    int there[2];        /* before and after */
    apr_time_t since[2]; /* valid where `there` is set */
} scim_gives_t;

typedef struct scim_preview_t {
    const char *policy[2];
    apr_array_header_t *concerns; /* scim_concern_t */
    apr_array_header_t *gives;    /* scim_gives_t */
} scim_preview_t;

/* The names in the arguments, for the store to look up: lists `groups`, `roles` and `subscriptions`, each name once.
 */
json_object *scim_preview_names(json_object *args, apr_pool_t *pool);

/* Compares. `rules` is the answer of the statement admin_policy_rules. `args` has syncPolicy, automatic, map, unmap and
 * seats, as administrators write them. Errors: 404 and 400 that name the argument. */
scim_error_t *scim_preview_make(scim_preview_t *out, json_object *rules, json_object *args, apr_pool_t *pool);

#endif
