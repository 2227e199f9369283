/*
 * The text of a statement that is made of what a request asks.
 *
 * Its file in sql/statements has blanks, {{name=text}}: places that C may fill with another text, such as a search's
 * condition or order. The build finds where they are, and leaves the text of the file in them, with which the statement
 * is complete. What is filled in is made by this program alone (filter_sql.h, order.h); what clients send is a
 * parameter.
 */
#ifndef SCIM_COMPOSE_H
#define SCIM_COMPOSE_H

#include <apr_pools.h>

#include "statements.h"

/* The statement with fills[blank] in each of its blanks; where that is NULL what the file has stays. A blank that it
 * has not is not looked at. */
const char *scim_compose(scim_statement_e id, const char *const fills[SCIM_BLANK_COUNT], apr_pool_t *pool);

/* The same with a condition in `filter`. */
const char *scim_compose_filter(scim_statement_e id, const char *condition, apr_pool_t *pool);

#endif
