/*
 * A resolved query to SQL: the condition and the order of rows `r` of scim.resource.
 *
 * Like a filter's, both texts depend on the shape alone: on which attributes of which types. Every value is a
 * parameter.
 *
 * What sorting means here (RFC 7644 3.4.2.3):
 * - Text is in the order of code points, folded by scim.fold() unless the attribute is caseExact; so it is the same in
 *   every locale, and the same that `gt` and `lt` of a filter see. Times, numbers and ids are in their own order, false
 *   is before true.
 * - Who has no value comes last, and first where the order is descending.
 * - In a query of several types that mean different things by one name (text here, a number there), text comes first,
 *   then times, numbers, ids.
 */
#ifndef SCIM_SEARCH_SQL_H
#define SCIM_SEARCH_SQL_H

#include "filter_sql.h"
#include "scim/search.h"

/* Appends the condition that all filters of the search make, in parentheses, and its values, as scim_filter_sql does.
 * To be called only where there is a filter. */
scim_error_t *scim_search_condition(scim_sql_t *sql, const scim_search_t *search, apr_pool_t *pool);

/* Appends what stands in front of the statement's own order, a comma at its end; nothing where nothing is sorted.
 * Errors: 400 invalidValue for what cannot be sorted by. */
scim_error_t *scim_search_order(scim_buf_t *out, const scim_search_t *search, apr_pool_t *pool);

/* What to answer when a search met `error`. Where PostgreSQL's time was over because all resources had to be read, for
 * their filter or their order, trying again is no use: 400 tooMany. Any other error is as it was. */
scim_error_t *scim_search_error(scim_error_t *error, const scim_search_t *search, const apr_array_header_t *indexed,
                                apr_pool_t *pool);

#endif
