/*
 * What a connection remembers of the subscriptions that a section asks for: which groups give them.
 *
 * Subscriptions and mappings are what administrators have decided, and change seldom; they are remembered, and verified
 * where they are used. Each of their changes raises scim.tenant.grounds in its own transaction, and the statement that
 * decides tells the number that holds: where it is not the one of what is remembered, the answer means nothing, and the
 * statement that reads all is run instead. Who is in a group, and whether there still is one, is read each time.
 *
 *   sections ask for "Web"; Web is mapped to the groups Staff and Guests -> remembered: 41, {Web: Staff, Guests}
 *   a person of Staff asks                                               -> groups {Staff}, grounds 41: has Web
 *   an administrator takes Staff's mapping away                          -> grounds 42: read anew
 *
 * Subscriptions with seats, or with many groups, are not for it.
 */
#ifndef SCIM_FACTS_KNOWN_H
#define SCIM_FACTS_KNOWN_H

#include "facts.h"

typedef struct scim_known_t scim_known_t;

/* Whether it is for tenants with these traits. */
int scim_known_may(unsigned traits);

/* What is remembered of the subscriptions with these names (folded, the text of an SQL array), or NULL. */
const scim_known_t *scim_known_find(const scim_conn_t *conn, const char *tenant, const char *names);

/* Adds to a batch what reads it, where it is time to; its slot, or -1. */
int scim_known_add(scim_batch_t *batch, const scim_conn_t *conn, const char *tenant, const char *names,
                   apr_pool_t *pool);

/* Remembers what that has read. */
void scim_known_keep(const scim_conn_t *conn, const char *tenant, const char *names, const PGresult *result);

/* The statement that decides, and its parameters: `params` has the tenant and the login already, and room for five. */
scim_statement_e scim_known_statement(scim_param_t *params, const scim_known_t *known, unsigned traits);

/* What its rows say; NULL: what is remembered does not hold any longer. */
scim_facts_t *scim_known_read(const scim_known_t *known, const PGresult *result, apr_pool_t *pool);

#endif
