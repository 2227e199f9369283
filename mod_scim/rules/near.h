/*
 * Suggestions for a name that was not found.
 *
 * Every such refusal begins with `There is no NOUN "NAME"` (or `Role not found: NAME`). The store reads existing names,
 * and this file selects the ones to suggest: all roles, flags, subscriptions and templates, because a tenant has few;
 * users, groups and tenants that differ in a few letters, or where one name contains the other:
 *
 *     There is no role "king"; make it first, or correct the name. The roles here are: administrator, user.
 *     There is no group "Salse". Did you mean "Sales"?
 */
#ifndef SCIM_RULES_NEAR_H
#define SCIM_RULES_NEAR_H

#include <apr_pools.h>
#include <apr_tables.h>

#define SCIM_NEAR_FEW 20 /* names that are told where all are */

typedef enum {
    SCIM_NEAR_ROLE,
    SCIM_NEAR_FLAG,
    SCIM_NEAR_SUBSCRIPTION,
    SCIM_NEAR_TEMPLATE,
    SCIM_NEAR_USER,
    SCIM_NEAR_GROUP,
    SCIM_NEAR_TENANT,
    SCIM_NEAR_NONE
} scim_near_e;

/* The noun and the name that a refusal says do not exist; SCIM_NEAR_NONE: it is another refusal. */
scim_near_e scim_near_read(const char **name, const char *detail, apr_pool_t *pool);

/* The sentence to add; NULL: none. `names` (const char *) are the existing names in the order of the sentence, at most
 * SCIM_NEAR_FEW + 1 where all are listed. */
const char *scim_near_text(scim_near_e what, const char *name, const apr_array_header_t *names, apr_pool_t *pool);

#endif
