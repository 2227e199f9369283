/*
 * A resolved query to SQL: the condition on rows `r` of scim.resource. Its order is order.h.
 *
 * Like a filter's, the text depends on the shape alone: on which attributes of which types. Every value is a parameter.
 */
#ifndef SCIM_SEARCH_SQL_H
#define SCIM_SEARCH_SQL_H

#include "filter_sql.h"
#include "scim/search.h"

/* Appends the condition that all filters of the search make, in parentheses, and its values, as scim_filter_sql does.
 * To be called only where there is a filter. */
scim_error_t *scim_search_condition(scim_sql_t *sql, const scim_search_t *search, apr_pool_t *pool);

/* Whether indexes answer the filters of all targets; 0 where there are none. `indexed` as in scim_sql_t. */
int scim_search_is_answered(const scim_search_t *search, const apr_array_header_t *indexed, apr_pool_t *pool);

/* Whether all resources may have to be read for its filters or its order. */
int scim_search_is_slow(const scim_search_t *search, const apr_array_header_t *indexed, apr_pool_t *pool);

/* What to answer when a search met `error`. Where PostgreSQL's time was over because all resources had to be read, for
 * their filter or their order, trying again is no use: 400 tooMany. Any other error is as it was. */
scim_error_t *scim_search_error(scim_error_t *error, const scim_search_t *search, const apr_array_header_t *indexed,
                                apr_pool_t *pool);

#endif
