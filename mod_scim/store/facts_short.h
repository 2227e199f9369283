/*
 * The short statements: what a decision of one kind reads of a tenant of the common sort, in as few tables as there can
 * be.
 *
 * Starting a plan costs PostgreSQL more than running it, a fifth as much for each table as the account's own row, so
 * there is a statement for each kind of decision, for each attribute that people may log in by, and for whether groups
 * decide. Which one is right, the tenant's settings say (its traits). They are remembered with the connection, and each
 * statement tells them anew: where they are not those that it was chosen by, its answer means nothing, and the long
 * statement for all tenants is run instead. Tenants that have groups in groups, or record first logins, have no short
 * statement.
 */
#ifndef SCIM_FACTS_SHORT_H
#define SCIM_FACTS_SHORT_H

#include "facts.h"

#define SCIM_TRAIT_KNOWN  1u  /* the others are */
#define SCIM_TRAIT_EMAIL  2u  /* people log in by their e-mail address */
#define SCIM_TRAIT_NESTS  4u  /* there are groups in groups */
#define SCIM_TRAIT_GROUPS 8u  /* groups decide who has what */
#define SCIM_TRAIT_FIRST  16u /* first logins are recorded */

/* The traits in four columns from `column` on, {{facts_traits}}; 0 where there is no tenant. */
unsigned scim_facts_traits(const PGresult *result, int column);

/* Reads what every statement begins with: whether the tenant is on, and the account's id, userName, state and flags.
 * Whether there is one. */
int scim_facts_account(scim_facts_t *facts, const PGresult *result, apr_pool_t *pool);

/* A list of texts in the first row (const char *). */
apr_array_header_t *scim_facts_list(const PGresult *result, int column, apr_pool_t *pool);

/* Where the short statements tell the traits. */
#define SCIM_FACTS_SHORT_TRAITS 5

/* The statement for one of the lists (SCIM_FACTS_*), or none (0), in a tenant with these traits; -1: there is none. */
int scim_facts_short(unsigned list, unsigned traits);

/* What the rows say. */
scim_facts_t *scim_facts_short_read(const PGresult *result, unsigned list, apr_pool_t *pool);

#endif
