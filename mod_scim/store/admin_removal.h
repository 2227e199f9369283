/*
 * Removes a tenant, if rules/removal.h allows it. It is erased in batches, each in its own transaction, until nothing
 * is left or the call's patience ends; the same call again continues.
 */
#ifndef SCIM_ADMIN_REMOVAL_H
#define SCIM_ADMIN_REMOVAL_H

#include "admin.h"

/* Executes a call with the argument `confirm`. Answers tenant, done, and how many rows were erased. Errors: 400, 403,
 * 404, 409, 412, 503. */
scim_error_t *scim_admin_tenant_remove(scim_admin_call_t *call);

#endif
