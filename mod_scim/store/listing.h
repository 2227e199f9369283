/*
 * A page of an administrator's list, composed from the arguments: a statement with filled blanks (compose.h), and its
 * values. $1 is the tenant and $2 the maximum number of rows; others follow as they are added. In the statement r is
 * the row of scim.resource.
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
    scim_buf_t filter;          /* the list's conditions */
    const char *fills[SCIM_BLANK_COUNT];
    int descending;
} scim_listing_t;

void scim_listing_begin(scim_listing_t *listing, scim_admin_call_t *call);

/* Adds a value; returns its placeholder in SQL. */
const char *scim_listing_value(scim_listing_t *listing, const char *value);

/* Adds a condition on the rows; ?1 in it is the first of n values. */
void scim_listing_put(scim_listing_t *listing, const char *condition, const char *const *values, int n);

/* Sorts by one column, or by two (`second` not NULL), in the requested direction. */
void scim_listing_order(scim_listing_t *listing, const char *first, const char *second);

/* Begins after a position: columns and values, such as "r.id" and "$3::uuid". */
void scim_listing_place(scim_listing_t *listing, const char *columns, const char *values);

/* Reads the page into the call's answer. `ordered`: an index gives the order, without sorting. */
scim_error_t *scim_listing_read(scim_listing_t *listing, scim_statement_e statement, int ordered);

/* A column of a look-up's only row, as text in the call's pool; NULL: null. */
const char *scim_listing_column(const scim_listing_t *listing, const PGresult *found, const char *name);

/* Whether an argument has this value. */
int scim_listing_asks(const scim_listing_t *listing, const char *argument, const char *word);

/* Refuses an argument. */
scim_error_t *scim_listing_refuse(const scim_listing_t *listing, const scim_refusal_t *refusal);

#endif
