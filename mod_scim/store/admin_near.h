/*
 * Refusals of what was not found get the names that may have been meant (rules/near.h), in one more round trip.
 */
#ifndef SCIM_ADMIN_NEAR_H
#define SCIM_ADMIN_NEAR_H

#include "admin.h"

/* Adds to an error of a call, whose transaction is undone. Where the names cannot be read the error stays as it is;
 * NULL stays NULL. */
scim_error_t *scim_admin_near(const scim_admin_call_t *call, scim_error_t *error);

#endif
