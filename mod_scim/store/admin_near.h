/*
 * Adds suggestions to refusals of unknown names (rules/near.h), in one more round trip.
 */
#ifndef SCIM_ADMIN_NEAR_H
#define SCIM_ADMIN_NEAR_H

#include "admin.h"

/* Adds them to an error of a call, whose transaction was rolled back. If the names cannot be read, the error stays
 * unchanged; NULL stays NULL. */
scim_error_t *scim_admin_near(const scim_admin_call_t *call, scim_error_t *error);

#endif
