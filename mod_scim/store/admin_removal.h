/*
 * Removes a tenant: rules/removal.h says when. It is erased piece by piece, each in a transaction of its own, until
 * nothing is left or the call's patience ends; the same call again goes on.
 */
#ifndef SCIM_ADMIN_REMOVAL_H
#define SCIM_ADMIN_REMOVAL_H

#include "admin.h"

/* Carries out a call with the argument `confirm`. Answers tenant, done, and how many rows were erased. Errors: 400,
 * 403, 404, 409, 412, 503. */
scim_error_t *scim_admin_tenant_remove(scim_admin_call_t *call);

#endif
