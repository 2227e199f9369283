/*
 * What applying a template gives to an existing account: everything in the template that the account lacks.
 *
 *   the template {"role": "office-admin", "flags": ["ai"], "groups": ["Staff"], "subscriptions": ["Web"]}, and an
 *   account with its own role and the flag "vip", give: the flags "ai" and "vip", the group and the subscription
 */
#ifndef SCIM_RULES_GIFT_H
#define SCIM_RULES_GIFT_H

#include <apr_pools.h>
#include <json-c/json.h>

typedef struct scim_gift_t {
    json_object *set;           /* arguments of `user set`: role, flags */
    json_object *before;        /* the same arguments with the account's current values */
    json_object *groups;        /* names of groups that it joins */
    json_object *subscriptions; /* names of subscriptions that it is granted */
} scim_gift_t;

/* `template_`, `is` and `grants` are the answers of `template show`, `user show` and `grant list` (its items). The
 * gift's members live in `pool`. Returns 0 if the account lacks nothing. */
int scim_gift(scim_gift_t *gift, json_object *template_, json_object *is, json_object *grants, apr_pool_t *pool);

/* The gift for an answer: those of role, flags, groups, subscriptions that it has. Owned by the pool. */
json_object *scim_gift_tell(const scim_gift_t *gift, apr_pool_t *pool);

#endif
