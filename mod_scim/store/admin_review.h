/*
 * The review of access (rules/review.h): one statement reads the tenant's rules, and one each batch of people, each in
 * its own transaction. For the present an index gives the holders of the last seats; for a moment in the past all
 * people are read before the first page. The result is part of `next`, together with the moment, so that a list of any
 * length computes it once.
 */
#ifndef SCIM_ADMIN_REVIEW_H
#define SCIM_ADMIN_REVIEW_H

#include "admin.h"

/* Executes `access review`. Errors: 400 for a moment in the future, or before the audit log begins. */
scim_error_t *scim_admin_access_review(scim_admin_call_t *call);

#endif
