/*
 * Changes of who gets access, saved together.
 *
 * A change that a preview has shown is carried out as operations of other nouns (tenant set, subscription set, mapping
 * add-many, mapping remove), all in one transaction: all of them happen or none. Nobody loses in between what stays.
 */
#ifndef SCIM_ADMIN_POLICY_H
#define SCIM_ADMIN_POLICY_H

#include "admin.h"

/* Carries out `policy save` (see its arguments). If-Match is the tenant's version. Errors: as the operations have them,
 * with the argument that was refused as their field; nothing has changed then. */
scim_error_t *scim_admin_policy_save(scim_admin_call_t *call);

#endif
