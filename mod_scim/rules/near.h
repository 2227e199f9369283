/*
 * Names that an administrator may have meant, where one was not found.
 *
 * A refusal that says so begins `There is no NOUN "NAME"` (or `Role not found: NAME`), whoever has made it; the store
 * asks for names that there are, and here is chosen which of them are told. Of what a tenant has few of (roles, flags,
 * subscriptions, templates) all are told; of the rest those that differ in a few letters or hold one another:
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

/* What a refusal says is not there, and its name; SCIM_NEAR_NONE: it says no such thing. */
scim_near_e scim_near_read(const char **name, const char *detail, apr_pool_t *pool);

/* The sentence that is added to it; NULL: there is nothing to tell. `names` (const char *) are those that there are, in
 * the order in which they are told, at most SCIM_NEAR_FEW + 1 of what a tenant has few of. */
const char *scim_near_text(scim_near_e what, const char *name, const apr_array_header_t *names, apr_pool_t *pool);

#endif
