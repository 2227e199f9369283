/*
 * A page of a list that is put together of what an administrator asks for: a statement, whose blanks are filled
 * (compose.h), and its values. $1 is the tenant and $2 how many rows the page has at the most; others follow as they
 * are added. The statement answers what is shown; it calls the row of scim.resource r.
 */
#ifndef SCIM_LISTING_H
#define SCIM_LISTING_H

#include "admin.h"
#include "compose.h"
#include "rules/noun.h"
#include "scim/text.h"

typedef struct scim_listing_t {
    scim_admin_call_t *call;
    apr_array_header_t *values; /* const char *: $1 is element 0 */
    scim_buf_t filter;          /* what narrows the list down */
    const char *fills[SCIM_BLANK_COUNT];
    int descending;
} scim_listing_t;

void scim_listing_begin(scim_listing_t *listing, scim_admin_call_t *call);

/* Adds a value; returns what stands for it in SQL. */
const char *scim_listing_value(scim_listing_t *listing, const char *value);

/* Narrows the list down to the rows of which a condition is true; ?1 in it is the first of n values. */
void scim_listing_put(scim_listing_t *listing, const char *condition, const char *const *values, int n);

/* Sorts by one column, or by two (`second` not NULL), in the direction that is asked for. */
void scim_listing_order(scim_listing_t *listing, const char *first, const char *second);

/* Begins after a place: columns and values, such as "r.id" and "$3::uuid". */
void scim_listing_place(scim_listing_t *listing, const char *columns, const char *values);

/* Reads the page, which is the call's answer. `ordered`: an index has the order, so that nothing is sorted. */
scim_error_t *scim_listing_read(scim_listing_t *listing, scim_statement_e statement, int ordered);

/* A column of the only row that a look-up has found, as text of the call's pool; NULL: null. */
const char *scim_listing_column(const scim_listing_t *listing, const PGresult *found, const char *name);

/* Whether an argument is this word. */
int scim_listing_asks(const scim_listing_t *listing, const char *argument, const char *word);

/* Refuses an argument. */
scim_error_t *scim_listing_refuse(const scim_listing_t *listing, const scim_refusal_t *refusal);

#endif
