/*
 * The list of a tenant's groups as administrators see it, by their names or in the order in which they were made, as
 * archived ones always are. So many are looked at for a page and no more, as of users (user_list.h).
 */
#ifndef SCIM_GROUP_LIST_H
#define SCIM_GROUP_LIST_H

#include "admin.h"

/* Answers the operation `group list`. Errors: 400 of the arguments, 503. */
scim_error_t *scim_group_list(scim_admin_call_t *call);

#endif
