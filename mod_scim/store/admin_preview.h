/*
 * A preview of a change of policy, mappings or seats: one statement reads the rules, rules/preview.h compares them with
 * the changed rules, and a second statement reads the affected people. Nothing is written.
 */
#ifndef SCIM_ADMIN_PREVIEW_H
#define SCIM_ADMIN_PREVIEW_H

#include "admin.h"

/* Executes `policy preview` (see its arguments). Errors: those of scim_preview_make. */
scim_error_t *scim_admin_policy_preview(scim_admin_call_t *call);

#endif
