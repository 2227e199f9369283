/*
 * What one account has and why it does not have more, for administrators.
 *
 * The statement access_told.part has read the account, its tenant's policies and its access (scim.access). From these
 * this file makes a line of text for each subscription and role, and notes with general reasons. For each subscription
 * of the tenant it says whether the account has it, with or without a seat, and otherwise the reasons, each with the
 * operation that would change it.
 *
 * An example: the policy is `groups`, Web is mapped to Sales, and Kim is in no group. Kim's standing is "none", and the
 * reason not-member: "The account is in no group that is mapped to it ("Sales"). Assign it to one of them at the
 * identity provider."
 */
#ifndef SCIM_RULES_HOLDING_H
#define SCIM_RULES_HOLDING_H

#include <json-c/json.h>

#include "scim/error.h"

/* *answer gets userId, userName, active, source, protected, syncPolicy, access, summary, notes. If `told` has a list of
 * subscriptions, also these with their standing and reasons, and whyNot. Errors: 404 for a deleted account. */
scim_error_t *scim_holding_show(json_object **answer, json_object *told, apr_pool_t *pool);

#endif
