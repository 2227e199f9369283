/*
 * Facts that are used again, where a Location says so: for a short time without asking (ScimFactsCache), or while the
 * database does not answer (ScimFactsGrace).
 *
 * Both lie in the cache of pages (pages.h), under a digest of the database, the tenant and the identity. An account
 * that is not there is not kept: whoever is provisioned is let in at once. Without that cache nothing is kept.
 */
#ifndef SCIM_FACTS_CACHE_H
#define SCIM_FACTS_CACHE_H

#include <httpd.h>

#include "store/facts.h"

/* What was read at most `age` ago, with at least what is wished for; NULL: nothing. *seconds gets how long ago. */
scim_facts_t *scim_facts_recall(int *seconds, request_rec *r, const scim_identity_t *identity, const scim_wish_t *wish,
                                apr_interval_time_t age, apr_pool_t *pool);

/* Keeps it for `age`. */
void scim_facts_keep(request_rec *r, const scim_identity_t *identity, const scim_facts_t *facts,
                     apr_interval_time_t age, apr_pool_t *pool);

#endif
