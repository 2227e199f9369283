/*
 * A query that is resolved: what it means for each resource type that it is about (RFC 7644 3.4.2), and from where on
 * it is read.
 *
 * A list of one type and a query of the server's root are the same thing with one target and with many. In a query of
 * many types an attribute that a type has not is one without a value there; at least one of the types must have it.
 *
 * A position is a place in the order of a search: behind one resource, which need not exist any longer. Reading from a
 * position costs the same wherever it is, and gives whoever keeps its place exactly once. `after`, `backward` and
 * `skip` say where a page begins, and whoever has a search may set them: a cursor is a position that the client keeps
 * (cursor.h); a page by index is the start and a `skip`, or the position of an earlier page's last resource
 * (scim_page_t, store/resources.h) and a smaller `skip`.
 */
#ifndef SCIM_SEARCH_H
#define SCIM_SEARCH_H

#include "filter.h"
#include "projection.h"
#include "query.h"
#include "text.h"

typedef struct scim_target_t {
    const scim_resource_type_t *type;
    const scim_filter_t *filter; /* NULL where there is none, then for every target */
    /* What the resources are sorted by: never a complex attribute without `sort_sub`. `sort` is NULL where the query
     * does not sort or the type has no such attribute; `sort_sub` is NULL where `sort` is the whole. */
    const scim_attr_t *sort;
    const scim_attr_t *sort_sub;
    int relation; /* which parts of the type's members or groups the answer holds (projection.h) */
} scim_target_t;

typedef struct scim_position_t {
    const char *key;       /* the sort key as text; NULL: no value, or nothing is sorted by */
    const char *type;      /* the type's name; NULL in a search of one type */
    char id[SCIM_ID_SIZE]; /* as scim_id_read gives it */
} scim_position_t;

typedef struct scim_search_t {
    apr_array_header_t *targets; /* scim_target_t, one at least */
    int sorted;
    int descending;
    apr_int64_t start_index; /* as in scim_query_t */
    apr_int64_t count;
    scim_projection_t *projection;
    const char *cursor;           /* as in scim_query_t */
    const scim_position_t *after; /* where it begins; NULL: at the start, or at the end where it goes backward */
    int backward;                 /* the `count` resources that end before `after`, still in the order of the search */
    apr_int64_t skip;             /* how many resources to pass over, from `after` on; start_index - 1 at first */
} scim_search_t;

/* `types` holds const scim_resource_type_t *. An empty sortBy or sortOrder is none; sortOrder is matched without case.
 * Errors: 400 invalidFilter, and 400 invalidValue for a sortBy that names no attribute, one that is never returned, or
 * a complex one that has no `value`, for a sortOrder that is neither ascending nor descending, and for a startIndex
 * beside a cursor. */
scim_error_t *scim_search_read(scim_search_t **out, const scim_query_t *query, const apr_array_header_t *types,
                               scim_leniency_t *leniency, apr_pool_t *pool);

/* Appends bytes that are the same for two searches exactly if they find the same resources in the same order: types,
 * filters, what they are sorted by and how. They don't depend on how names are spelled, nor on what is answered of a
 * resource and how many come at once. */
void scim_search_identify(scim_buf_t *out, const scim_search_t *search);

#endif
