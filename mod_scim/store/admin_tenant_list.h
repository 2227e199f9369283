/*
 * The list of tenants with how each of them is doing. A page is two round trips: the first reads the tenants, the
 * second asks for each of them by itself, since no statement looks at several tables of several tenants
 * (docs/citus.md).
 */
#ifndef SCIM_ADMIN_TENANT_LIST_H
#define SCIM_ADMIN_TENANT_LIST_H

#include "admin.h"

/* Carries out a call of the list: a `read` of its operation. Errors: 503, and 400 of an argument. */
scim_error_t *scim_admin_tenant_list(scim_admin_call_t *call);

#endif
