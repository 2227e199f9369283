/*
 * What one account has, and why it has no more, as administrators read it.
 *
 * The statement access_told.part has read the account, its tenant's policies and what it has (scim.access). From these
 * follow a line of text for each thing that it has, and notes: general reasons why it has nothing, or no more. Of each
 * subscription of the tenant it follows whether the account has it, with or without a seat, and where it has it not,
 * the reasons, each with the operation that would change it.
 *
 * An example: the policy is `groups`, Web is mapped to Sales, and Kim is in no group. Kim's standing is "none", and the
 * reason not-member: "The account is in no group that is mapped to it ("Sales"). Assign it to one of them at the
 * identity provider."
 */
#ifndef SCIM_RULES_HOLDING_H
#define SCIM_RULES_HOLDING_H

#include <json-c/json.h>

#include "scim/error.h"

/* *answer gets what an account has: userId, userName, active, source, protected, syncPolicy, access, summary, notes.
 * Where `told` has a list of subscriptions, these with their standing and reasons, and whyNot. Errors: 404 of an
 * account that was deleted. */
scim_error_t *scim_holding_show(json_object **answer, json_object *told, apr_pool_t *pool);

#endif
