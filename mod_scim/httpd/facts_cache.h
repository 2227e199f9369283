/*
 * Facts that are reused without asking the database, where a Location says so: for a short time (ScimFactsCache), or
 * while the database does not answer (ScimFactsGrace).
 *
 * They are stored in the cache of pages (pages.h), under a digest of the database, the tenant and the identity.
 * Accounts that do not exist are not stored, so that a new account gets access at once. Without that cache nothing is
 * stored.
 *
 * Reading the shared cache costs a lock of all processes and a digest. So each process reuses an answer that it has
 * read or stored there for one second (store/places.h), but not beyond ScimFactsCache. If another process stores a
 * newer answer, all processes use it one second later.
 *
 *   0.0 s   process A asks the database              -> A reuses the answer until 1.0 s
 *   0.9 s   process B reads it in the shared cache   -> B reuses it until 1.9 s, or with ScimFactsCache 1 until 1.0 s
 *   1.1 s   A reads the shared cache again
 */
#ifndef SCIM_FACTS_CACHE_H
#define SCIM_FACTS_CACHE_H

#include <httpd.h>

#include "store/facts.h"

typedef struct scim_recall_t {
    apr_interval_time_t age; /* maximum time since the query */
    int newest;              /* read the shared cache in any case */
} scim_recall_t;

/* The stored facts, with at least what `wish` asks for; NULL if there are none. *seconds gets their age. */
scim_facts_t *scim_facts_recall(int *seconds, request_rec *r, const scim_identity_t *identity, const scim_wish_t *wish,
                                const scim_recall_t *how, apr_pool_t *pool);

/* Stores for `age` the answer to a query that was sent at the time `asked`. */
void scim_facts_keep(request_rec *r, const scim_identity_t *identity, const scim_facts_t *facts, apr_time_t asked,
                     apr_interval_time_t age, apr_pool_t *pool);

#endif
