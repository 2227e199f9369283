/*
 * The list of tenants with the health of each. A page takes two round trips: the first reads the tenants, the second
 * has a statement for each of them, because no statement reads several tables of several tenants (docs/citus.md).
 */
#ifndef SCIM_ADMIN_TENANT_LIST_H
#define SCIM_ADMIN_TENANT_LIST_H

#include "admin.h"

/* The `read` hook of the operation. Errors: 503, and 400 for an argument. */
scim_error_t *scim_admin_tenant_list(scim_admin_call_t *call);

#endif
