/*
 * Composes the text of a statement for a request.
 *
 * Its file in sql/statements has blanks, {{name=text}}, which C may fill with another text, such as a search's
 * condition or order. The build records their positions; unfilled, they have the file's text, with which the statement
 * is complete. Only this program makes the texts for blanks (filter_sql.h, order.h); clients' values are parameters.
 */
#ifndef SCIM_COMPOSE_H
#define SCIM_COMPOSE_H

#include <apr_pools.h>

#include "statements.h"

/* The statement with fills[blank] in each of its blanks; NULL keeps the file's text. Fills for other blanks are
 * ignored. */
const char *scim_compose(scim_statement_e id, const char *const fills[SCIM_BLANK_COUNT], apr_pool_t *pool);

/* The same with a condition in `filter`. */
const char *scim_compose_filter(scim_statement_e id, const char *condition, apr_pool_t *pool);

#endif
