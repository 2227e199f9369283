/*
 * A query that is resolved: what it means for each resource type that it is about (RFC 7644 3.4.2).
 *
 * A list of one type and a query of the server's root are the same thing with one target and with many. In a query of
 * many types an attribute that a type has not is one without a value there; at least one of the types must have it.
 */
#ifndef SCIM_SEARCH_H
#define SCIM_SEARCH_H

#include "filter.h"
#include "projection.h"
#include "query.h"

typedef struct scim_target_t {
    const scim_resource_type_t *type;
    const scim_filter_t *filter; /* NULL where there is none, then for every target */
    /* What the resources are sorted by: never a complex attribute without `sort_sub`. `sort` is NULL where the query
     * does not sort or the type has no such attribute; `sort_sub` is NULL where `sort` is the whole. */
    const scim_attr_t *sort;
    const scim_attr_t *sort_sub;
    int relation; /* whether the answer holds the type's members or groups */
} scim_target_t;

typedef struct scim_search_t {
    apr_array_header_t *targets; /* scim_target_t, one at least */
    int sorted;
    int descending;
    apr_int64_t start_index; /* as in scim_query_t */
    apr_int64_t count;
    scim_projection_t *projection;
} scim_search_t;

/* `types` holds const scim_resource_type_t *. An empty sortBy or sortOrder is none; sortOrder is matched without case.
 * Errors: 400 invalidFilter, and 400 invalidValue for a sortBy that names no attribute, one that is never returned, or
 * a complex one that has no `value`, and for a sortOrder that is neither ascending nor descending. */
scim_error_t *scim_search_read(scim_search_t **out, const scim_query_t *query, const apr_array_header_t *types,
                               scim_leniency_t *leniency, apr_pool_t *pool);

#endif
