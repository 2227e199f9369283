/*
 * A preview of a change of policy, mappings or seats: one statement reads the rules, rules/preview.h compares them with
 * what they would be, and a second one reads whom the difference is about. Nothing is written.
 */
#ifndef SCIM_ADMIN_PREVIEW_H
#define SCIM_ADMIN_PREVIEW_H

#include "admin.h"

/* Carries out `policy preview` (see its arguments). Errors: those of scim_preview_make. */
scim_error_t *scim_admin_policy_preview(scim_admin_call_t *call);

#endif
