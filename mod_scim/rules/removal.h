/*
 * When removing a tenant is refused.
 *
 * Removing a tenant erases its users, groups, tokens, rules and activity for good; only its audit log stays. So it must
 * be switched off first, and the administrator must repeat its name. It is erased in batches; an interrupted removal
 * can be continued, but not cancelled.
 */
#ifndef SCIM_RULES_REMOVAL_H
#define SCIM_RULES_REMOVAL_H

#include <apr_pools.h>

#include "scim/error.h"

/* `confirm` is the tenant's name as the administrator has repeated it. Errors: 400, 409. */
scim_error_t *scim_removal_decide(const char *tenant, const char *confirm, int enabled, apr_pool_t *pool);

#endif
