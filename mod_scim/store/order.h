/*
 * The order of a search in SQL, and where in it one reads on.
 *
 * Like a filter's, all texts depend on the shape alone: on which attributes of which types. Every value is a parameter.
 *
 * What sorting means here (RFC 7644 3.4.2.3):
 * - Text is in the order of code points, folded by scim.fold() unless the attribute is caseExact; so it is the same in
 *   every locale, and the same that `gt` and `lt` of a filter see. Of text that has no column of its own the first 256
 *   characters count, so that a position in the order is never long. Times, numbers and ids are in their own order,
 *   false is before true.
 * - Who has no value comes last, and first where the order is descending.
 * - In a query of several types that mean different things by one name (text here, a number there), text comes first,
 *   then times, numbers, ids; in descending order last.
 * - Then come, always ascending, the types and the ids.
 *
 * Who comes after a position is found in two steps, because an index answers each of them and not the two together:
 * near are those who have a value of the same kind as the position (or none, as it has), far are all behind these.
 */
#ifndef SCIM_ORDER_H
#define SCIM_ORDER_H

#include "filter_sql.h"
#include "scim/search.h"

typedef struct scim_order_t scim_order_t;

/* What of an order an index gives. */
typedef enum {
    SCIM_BY_SORT, /* nothing, or it may take long to find in it what is asked for */
    SCIM_BY_KEY,  /* the key; who has the same one is sorted */
    SCIM_BY_INDEX /* all */
} scim_order_by_e;

typedef enum { SCIM_ORDER_NEAR, SCIM_ORDER_FAR, SCIM_ORDER_BOTH } scim_order_e;

/* Errors: 400 invalidValue for what cannot be sorted by. */
scim_error_t *scim_order_make(const scim_order_t **out, const scim_search_t *search, apr_pool_t *pool);

/* Appends what follows `order by` where this part is read: the order of the search, reversed where it goes backward.
 * Those without a value are ordered by what is left, so that an index may find them in that order. */
void scim_order_put(scim_buf_t *out, const scim_order_t *order, scim_order_e which);

/* Appends the expression of a row's sort key as text (scim_position_t); only where the search sorts. */
void scim_order_put_key(scim_buf_t *out, const scim_order_t *order);

/* Appends the condition on rows after search->after, in the order that they are read in, and its values, as
 * scim_filter_sql does. To be called only where there is a position, and FAR only where there is somebody far. */
void scim_order_put_after(scim_sql_t *sql, const scim_order_t *order, scim_order_e which);

/* By what the rows of this part come in their order, where no filter finds them by another index. */
scim_order_by_e scim_order_by(const scim_order_t *order, scim_order_e which);

/* Whether there can be anybody far. */
int scim_order_is_split(const scim_order_t *order);

#endif
