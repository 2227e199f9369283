/*
 * A review of access: who has what, since when and why, at a moment.
 *
 * The rules of a tenant at that moment (policy, subscriptions with their seats, mappings, groups, nested groups) are
 * computed once from the answer of the statement admin_review_rules; people are passed in any number of batches, each
 * the answer of admin_review_people. If a subscription has seats, all people are passed twice: first to find who has a
 * seat (scim_review_count, then scim_review_settle), then to make their rows. Meanwhile the review keeps one place for
 * each source of a subscription with seats, and no other data about people.
 *
 * Access is decided as for the present (access.h); t/http/access_review.t compares both.
 */
#ifndef SCIM_RULES_REVIEW_H
#define SCIM_RULES_REVIEW_H

#include <apr_pools.h>
#include <json-c/json.h>

#include "scim/error.h"

typedef struct scim_review_t scim_review_t;

/* `rules` must live as long as the review. moment 0: now. Errors: 400 if the log does not reach back to the moment, or
 * the moment is in the future. */
scim_error_t *scim_review_make(scim_review_t **review, json_object *rules, apr_time_t moment, apr_pool_t *pool);

/* The moment of the review. */
apr_time_t scim_review_moment(const scim_review_t *review);

/* Whether any subscription has a number of seats. */
int scim_review_counts(const scim_review_t *review);

/* Collects the places of a batch: `people`, and `joined`, the log about their memberships; `pool` is temporary. */
void scim_review_count(scim_review_t *review, json_object *piece, apr_pool_t *pool);

/* Finds the last seat of each subscription. The result can be passed to scim_review_resume instead of counting all
 * people again. */
json_object *scim_review_settle(scim_review_t *review);
void scim_review_resume(scim_review_t *review, json_object *seats);

/* Adds to the list `rows` a row for each subscription and role of each person of the batch. */
void scim_review_rows(const scim_review_t *review, json_object *piece, json_object *rows, apr_pool_t *pool);

#endif
