/*
 * Removing a tenant: when it is refused.
 *
 * A tenant is removed for good: its users, groups, tokens, rules and activity are erased, and only its audit log stays.
 * So it must have been switched off before, and whoever removes it says its name again. It is erased in pieces; what
 * was begun can be gone on with, and cannot be called off.
 */
#ifndef SCIM_RULES_REMOVAL_H
#define SCIM_RULES_REMOVAL_H

#include <apr_pools.h>

#include "scim/error.h"

/* `confirm` is the tenant's name as the administrator has repeated it. Errors: 400, 409. */
scim_error_t *scim_removal_decide(const char *tenant, const char *confirm, int enabled, apr_pool_t *pool);

#endif
