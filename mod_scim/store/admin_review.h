/*
 * The review of access (rules/review.h), read piece by piece: one statement for the tenant's rules, and one for each
 * piece of people, each in a transaction of its own. Who has the last seats is read for now, by an index; for a moment
 * in the past all people are read before the first page. What came of it is a part of `next`, with the moment, so that
 * a list of any length finds it once.
 */
#ifndef SCIM_ADMIN_REVIEW_H
#define SCIM_ADMIN_REVIEW_H

#include "admin.h"

/* Carries out `access review`. Errors: 400 for a moment that is to come, or of which the audit log tells nothing. */
scim_error_t *scim_admin_access_review(scim_admin_call_t *call);

#endif
