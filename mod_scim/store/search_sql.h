/*
 * A resolved query to SQL: the condition on rows `r` of scim.resource. order.h makes its order.
 *
 * As for filters, the text depends only on the attributes and types. Every value is a parameter.
 */
#ifndef SCIM_SEARCH_SQL_H
#define SCIM_SEARCH_SQL_H

#include "filter_sql.h"
#include "scim/search.h"

/* Appends the condition of all filters of the search, in parentheses, and its values, like scim_filter_sql. Call it
 * only if there is a filter. */
scim_error_t *scim_search_condition(scim_sql_t *sql, const scim_search_t *search, apr_pool_t *pool);

/* Whether indexes answer the filters of all targets; 0 if there are no filters. `indexed` as in scim_sql_t. */
int scim_search_is_answered(const scim_search_t *search, const apr_array_header_t *indexed, apr_pool_t *pool);

/* Whether its filters or its order may need reading all resources. */
int scim_search_is_slow(const scim_search_t *search, const apr_array_header_t *indexed, apr_pool_t *pool);

/* The error to answer when a search failed with `error`. A timeout that comes from reading all resources, for the
 * filter or the order, becomes 400 tooMany, because repeating the request does not help. Other errors stay unchanged.
 */
scim_error_t *scim_search_error(scim_error_t *error, const scim_search_t *search, const apr_array_header_t *indexed,
                                apr_pool_t *pool);

#endif
