/*
 * A connection's cache of mappings: which groups give the subscriptions that a section asks for.
 *
 * Subscriptions and mappings change seldom; they are cached, and verified when they are used. Each change increments
 * scim.tenant.grounds in its own transaction, and the deciding statement returns the current number: if it differs from
 * the cached one, the answer is dropped, and the statement that reads everything is run instead. The members of a
 * group, and whether the group exists, are read each time.
 *
 *   sections ask for "Web"; Web is mapped to the groups Staff and Guests -> cached: 41, {Web: Staff, Guests}
 *   a request of a member of Staff                                       -> groups {Staff}, grounds 41: has Web
 *   an administrator removes Staff's mapping                             -> grounds 42: read again
 *
 * Subscriptions with seats, or with many groups, are not cached.
 */
#ifndef SCIM_FACTS_KNOWN_H
#define SCIM_FACTS_KNOWN_H

#include "facts.h"

typedef struct scim_known_t scim_known_t;

/* Whether it can be used for tenants with these traits. */
int scim_known_may(unsigned traits);

/* The cached entry for subscriptions with these names (folded, the text of an SQL array), or NULL. */
const scim_known_t *scim_known_find(const scim_conn_t *conn, const char *tenant, const char *names);

/* Adds to a batch the statement that reads an entry, if it is due; its slot, or -1. */
int scim_known_add(scim_batch_t *batch, const scim_conn_t *conn, const char *tenant, const char *names,
                   apr_pool_t *pool);

/* Caches the result of that statement. */
void scim_known_keep(const scim_conn_t *conn, const char *tenant, const char *names, const PGresult *result);

/* The deciding statement, and its parameters: `params` has the tenant and the login already, and room for five. */
scim_statement_e scim_known_statement(scim_param_t *params, const scim_known_t *known, unsigned traits);

/* The facts from its rows; NULL: the cached entry is outdated. */
scim_facts_t *scim_known_read(const scim_known_t *known, const PGresult *result, apr_pool_t *pool);

#endif
