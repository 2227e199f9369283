/*
 * A review of access: who has what, since when and why, at a moment.
 *
 * The rules of a tenant at that moment (policy, subscriptions with their seats, mappings, groups, groups in groups) are
 * made once, of what the statement admin_review_rules answers; people come in any number of pieces, each as
 * admin_review_people answers it. Where seats are counted, all people are shown to the review twice: first to find who
 * has a seat (scim_review_count, then scim_review_settle), then for their rows. What is kept meanwhile is a place for
 * each ground of a subscription with seats, and nothing else of people.
 *
 * What gives access is decided as for the present (access.h); t/http/access_review.t compares both.
 */
#ifndef SCIM_RULES_REVIEW_H
#define SCIM_RULES_REVIEW_H

#include <apr_pools.h>
#include <json-c/json.h>

#include "scim/error.h"

typedef struct scim_review_t scim_review_t;

/* `rules` lives as long as the review. moment 0: now. Errors: 400, where the log does not reach back to the moment, or
 * it is to come. */
scim_error_t *scim_review_make(scim_review_t **review, json_object *rules, apr_time_t moment, apr_pool_t *pool);

/* The moment that it is about. */
apr_time_t scim_review_moment(const scim_review_t *review);

/* Whether any subscription has a number of seats. */
int scim_review_counts(const scim_review_t *review);

/* Takes the places of a piece of people, `people` with what the log says of whom `joined`; `pool` is for the work. */
void scim_review_count(scim_review_t *review, json_object *piece, apr_pool_t *pool);

/* Finds the last seat of each subscription, and what is kept of it: an object, which scim_review_resume takes instead
 * of all people. */
json_object *scim_review_settle(scim_review_t *review);
void scim_review_resume(scim_review_t *review, json_object *seats);

/* Adds a row for each thing that each of these people has to `rows`, a list. */
void scim_review_rows(const scim_review_t *review, json_object *piece, json_object *rows, apr_pool_t *pool);

#endif
