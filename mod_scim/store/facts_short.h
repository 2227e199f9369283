/*
 * The short statements: the reads of one kind of decision, in an ordinary tenant, with as few tables as possible.
 *
 * Starting a plan costs PostgreSQL more than running it, and each further table costs a fifth of the account's own row.
 * So there is a statement for each kind of decision, for each login attribute, and for policies with and without
 * groups. The tenant's settings (its traits) select one. The traits are stored with the connection, and each statement
 * returns the current ones: if they differ from those it was selected by, the answer is dropped, and the long statement
 * for all tenants is run instead. Tenants with nested groups, or that record first logins, have no short statement.
 */
#ifndef SCIM_FACTS_SHORT_H
#define SCIM_FACTS_SHORT_H

#include "facts.h"

#define SCIM_TRAIT_KNOWN  1u  /* the others are */
#define SCIM_TRAIT_EMAIL  2u  /* people log in by their e-mail address */
#define SCIM_TRAIT_NESTS  4u  /* there are groups in groups */
#define SCIM_TRAIT_GROUPS 8u  /* groups decide who has what */
#define SCIM_TRAIT_FIRST  16u /* first logins are recorded */

/* The traits in four columns from `column` on, {{facts_traits}}; 0 if the tenant does not exist. */
unsigned scim_facts_traits(const PGresult *result, int column);

/* Reads the first columns of every statement: whether the tenant is enabled, and the account's id, userName, state and
 * flags. Returns whether the account exists. */
int scim_facts_account(scim_facts_t *facts, const PGresult *result, apr_pool_t *pool);

/* A list of texts in the first row (const char *). */
apr_array_header_t *scim_facts_list(const PGresult *result, int column, apr_pool_t *pool);

/* The first column of the traits in the short statements. */
#define SCIM_FACTS_SHORT_TRAITS 5

/* The statement for one of the lists (SCIM_FACTS_*), or none (0), in a tenant with these traits; -1: none. */
int scim_facts_short(unsigned list, unsigned traits);

/* The facts from the rows. */
scim_facts_t *scim_facts_short_read(const PGresult *result, unsigned list, apr_pool_t *pool);

#endif
