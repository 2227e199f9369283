/*
 * Saves several changes of access together.
 *
 * The changes of a preview are executed as operations of other nouns (tenant set, subscription set, mapping add-many,
 * mapping remove), in one transaction: all or none. So nobody temporarily loses access.
 */
#ifndef SCIM_ADMIN_POLICY_H
#define SCIM_ADMIN_POLICY_H

#include "admin.h"

/* Executes `policy save` (see its arguments). If-Match is the tenant's version. Errors: those of the operations, with
 * the refused argument as field; then nothing has changed. */
scim_error_t *scim_admin_policy_save(scim_admin_call_t *call);

#endif
