/*
 * The review of access (rules/review.h), read piece by piece: one statement for the tenant's rules, and one for each
 * piece of people, each in a transaction of its own. Where seats are counted all people are read before the first page;
 * what came of it is an argument of the call from then on, so that a list of any length reads them once.
 */
#ifndef SCIM_ADMIN_REVIEW_H
#define SCIM_ADMIN_REVIEW_H

#include "admin.h"

/* Carries out `access review`. Errors: 400 for a moment that is to come, or of which the audit log tells nothing. */
scim_error_t *scim_admin_access_review(scim_admin_call_t *call);

#endif
