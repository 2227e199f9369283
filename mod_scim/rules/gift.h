/*
 * What a template gives to an account that is there already: all that it names and the account has not.
 *
 *   the template {"role": "office-admin", "flags": ["ai"], "groups": ["Staff"], "subscriptions": ["Web"]}, and an
 *   account with a role of its own and the flag "vip": the flags "ai" and "vip", the group and the subscription
 */
#ifndef SCIM_RULES_GIFT_H
#define SCIM_RULES_GIFT_H

#include <apr_pools.h>
#include <json-c/json.h>

typedef struct scim_gift_t {
    json_object *set;           /* arguments of `user set`: role, flags */
    json_object *before;        /* the same as the account has them */
    json_object *groups;        /* names of those that it joins */
    json_object *subscriptions; /* names of those that it is granted */
} scim_gift_t;

/* `template_`, `is` and `grants` are what `template show`, `user show` and `grant list` (its items) answer. What is in
 * the gift lives in `pool`. Returns 0 where the account has all of it. */
int scim_gift(scim_gift_t *gift, json_object *template_, json_object *is, json_object *grants, apr_pool_t *pool);

/* The gift as it is told: role, flags, groups, subscriptions, as far as it has them. Owned by the pool. */
json_object *scim_gift_tell(const scim_gift_t *gift, apr_pool_t *pool);

#endif
