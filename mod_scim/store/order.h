/*
 * The order of a search in SQL, and the condition for reading on after a position.
 *
 * As for filters, the SQL depends only on the attributes and types. Every value is a parameter.
 *
 * The meaning of sorting (RFC 7644 3.4.2.3):
 * - Text is sorted by code points, folded by scim.fold() unless the attribute is caseExact; so the order is the same in
 *   every locale, and the same that `gt` and `lt` of a filter use. For text without its own column only the first 256
 *   characters count, so that a position is never long. Times, numbers and ids are sorted by value, false is before
 *   true.
 * - Resources without a value come last, or first if the order is descending.
 * - If an attribute has different types in a query of several resource types, text comes first, then times, numbers,
 *   ids; in descending order the reverse.
 * - Equal values are ordered by resource type and then id, always ascending.
 *
 * The rows after a position are read in two steps, because an index answers each of them, but not both together: near
 * rows have a value of the same kind as the position (or none, if the position has none), far rows are all after these.
 * If an index has only the rows with a value, a list without a position and a filter is read in the same way: near rows
 * have a value, far rows have none; in descending order the reverse.
 */
#ifndef SCIM_ORDER_H
#define SCIM_ORDER_H

#include "filter_sql.h"
#include "scim/search.h"

typedef struct scim_order_t scim_order_t;

/* How far an index gives the order. */
typedef enum {
    SCIM_BY_SORT, /* not at all, or finding the rows in it may take long */
    SCIM_BY_KEY,  /* by the key; rows with the same key are sorted */
    SCIM_BY_INDEX /* all */
} scim_order_by_e;

typedef enum { SCIM_ORDER_NEAR, SCIM_ORDER_FAR, SCIM_ORDER_BOTH } scim_order_e;

/* Errors: 400 invalidValue for an attribute that cannot be sorted by. */
scim_error_t *scim_order_make(const scim_order_t **out, const scim_search_t *search, apr_pool_t *pool);

/* Appends the text after `order by` for reading this part: the order of the search, reversed if it goes backward. Rows
 * without a value are ordered by the remaining columns, so that an index may give that order. */
void scim_order_put(scim_buf_t *out, const scim_order_t *order, scim_order_e which);

/* Appends the expression of a row's sort key as text (scim_position_t); only where the search sorts. */
void scim_order_put_key(scim_buf_t *out, const scim_order_t *order);

/* Whether reading this part needs the condition of scim_order_put_after. */
int scim_order_has_after(const scim_order_t *order, scim_order_e which);

/* Appends the condition for rows after search->after, in reading order, and its values, like scim_filter_sql. Call it
 * only if scim_order_has_after, and with FAR only if scim_order_is_split. */
void scim_order_put_after(scim_sql_t *sql, const scim_order_t *order, scim_order_e which);

/* How far an index gives the order of this part, if no filter uses another index. */
scim_order_by_e scim_order_by(const scim_order_t *order, scim_order_e which);

/* Whether there can be far rows. */
int scim_order_is_split(const scim_order_t *order);

#endif
