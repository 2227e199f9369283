/*
 * A resolved query: its meaning for each of its resource types (RFC 7644 3.4.2), and where reading begins.
 *
 * A list of one type has one target, a query of the server's root has many. In a query of many types, an attribute that
 * a type does not have counts as absent; at least one of the types must have it.
 *
 * A position is a place in the order of a search: after one resource, which need not exist any longer. Reading from a
 * position costs the same everywhere, and returns each resource that keeps its place exactly once. `after`, `backward`
 * and `skip` say where a page begins; callers may set them: a cursor is a position that the client stores (cursor.h); a
 * page by index begins at the start with a `skip`, or at an earlier page's last resource (scim_page_t,
 * store/resources.h) with a smaller `skip`.
 */
#ifndef SCIM_SEARCH_H
#define SCIM_SEARCH_H

#include "filter.h"
#include "projection.h"
#include "query.h"
#include "text.h"

typedef struct scim_target_t {
    const scim_resource_type_t *type;
    const scim_filter_t *filter; /* NULL: none, for any target */
    /* The sort attribute: never a complex attribute without `sort_sub`. `sort` is NULL if the query does not sort or
     * the type has no such attribute; `sort_sub` is NULL if `sort` is not complex. */
    const scim_attr_t *sort;
    const scim_attr_t *sort_sub;
    int relation; /* which parts of the type's members or groups the answer has (projection.h) */
} scim_target_t;

typedef struct scim_position_t {
    const char *key;       /* the sort key as text; NULL: no value, or no sorting */
    const char *type;      /* the type's name; NULL in a search of one type */
    char id[SCIM_ID_SIZE]; /* as returned by scim_id_read */
} scim_position_t;

typedef struct scim_search_t {
    apr_array_header_t *targets; /* scim_target_t, one at least */
    int sorted;
    int descending;
    apr_int64_t start_index; /* as in scim_query_t */
    apr_int64_t count;
    scim_projection_t *projection;
    const char *cursor;           /* as in scim_query_t */
    const scim_position_t *after; /* where it begins; NULL: at the start, or backward from the end */
    int backward;                 /* the `count` resources that end before `after`, still in the order of the search */
    apr_int64_t skip;             /* how many resources to skip after `after`; initially start_index - 1 */
} scim_search_t;

/* `types` has const scim_resource_type_t *. An empty sortBy or sortOrder is ignored; sortOrder is matched without case.
 * Errors: 400 invalidFilter, and 400 invalidValue for a sortBy that names no attribute, one that is never returned, or
 * a complex one that has no `value`, for a sortOrder that is neither ascending nor descending, and for a startIndex
 * together with a cursor. */
scim_error_t *scim_search_read(scim_search_t **out, const scim_query_t *query, const apr_array_header_t *types,
                               scim_leniency_t *leniency, apr_pool_t *pool);

/* Appends a key that is the same for two searches exactly if they find the same resources in the same order: it covers
 * types, filters, sort attribute and direction, but not the spelling of names, the projection or the page size. */
void scim_search_identify(scim_buf_t *out, const scim_search_t *search);

#endif
