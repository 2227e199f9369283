/*
 * Administrators' list of a tenant's groups, by name or in the order of creation; archived ones are always in the order
 * of creation. A page reads a bounded number of groups, like user_list.h.
 */
#ifndef SCIM_GROUP_LIST_H
#define SCIM_GROUP_LIST_H

#include "admin.h"

/* Answers the operation `group list`. Errors: 400 for the arguments, 503. */
scim_error_t *scim_group_list(scim_admin_call_t *call);

#endif
