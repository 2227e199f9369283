/*
 * What a change of policy, mappings or seats would give and take, as far as rules decide it.
 *
 * The rules of a tenant (its policy, what is automatic, its mappings and seats) are read once, and the change is made
 * to a copy of them; nothing is written. What each of the two gives is a list of gifts: a subscription or a role, to
 * the members of a group or to all synchronised accounts, since a moment. Compared, they make the concerns, which are
 * the subscriptions and roles that somebody may get or lose, and for each what gives it before and after. Who these
 * people are is then read by the store, of the concerns alone.
 *
 * An example: the group Sales, with Staff in it, is mapped to Mail, and shall not be any longer. The concern is Mail;
 * two gifts were there, one to the members of Sales and one to those of Staff, and none will be.
 */
#ifndef SCIM_RULES_PREVIEW_H
#define SCIM_RULES_PREVIEW_H

#include <apr_tables.h>
#include <apr_time.h>
#include <json-c/json.h>

#include "scim/error.h"

#define SCIM_PREVIEW_UNLIMITED (-1) /* seats */

/* A subscription or a role that somebody may get or lose. Its number is its place in the list, from 1 on. */
typedef struct scim_concern_t {
    const char *subscription; /* its id; NULL: a role */
    const char *role;
    int seats[2]; /* before and after */
} scim_concern_t;

/* What gives it, before, after, or both. */
typedef struct scim_gives_t {
    int concern;         /* its number */
    const char *via;     /* to the members of this group; NULL: to all synchronised accounts */
    int there[2];        /* before and after */
    apr_time_t since[2]; /* where it is there */
} scim_gives_t;

typedef struct scim_preview_t {
    const char *policy[2];
    apr_array_header_t *concerns; /* scim_concern_t */
    apr_array_header_t *gives;    /* scim_gives_t */
} scim_preview_t;

/* What the arguments name, for the store to look up: lists `groups`, `roles` and `subscriptions` of names, each name
 * once. */
json_object *scim_preview_names(json_object *args, apr_pool_t *pool);

/* Compares. `rules` is what the statement admin_policy_rules answers. `args`: syncPolicy, automatic, map, unmap and
 * seats, as administrators write them. Errors: 404 and 400 that name the argument. */
scim_error_t *scim_preview_make(scim_preview_t *out, json_object *rules, json_object *args, apr_pool_t *pool);

#endif
