/*
 * Filters to SQL: a condition over one row `r` of scim.resource.
 *
 * The text depends on the filter's shape alone (attributes come from the schemas, never from the client), so the same
 * kind of question gives the same text and its prepared plan is found again. Every value is a parameter.
 * Attributes with a generated column (sql/) use it and so its index; all others read the document.
 */
#ifndef SCIM_FILTER_SQL_H
#define SCIM_FILTER_SQL_H

#include "scim/filter.h"
#include "scim/text.h"

typedef struct scim_sql_t {
    scim_buf_t text;
    apr_array_header_t *params; /* const char *: $1 is element 0; every one is sent as text and cast in the SQL */
} scim_sql_t;

/* Appends the condition, in parentheses, to sql->text and its values to sql->params. $1 must be the tenant already.
 * Errors: 400 invalidFilter for what no SQL is made of (never silently another meaning). */
scim_error_t *scim_filter_sql(scim_sql_t *sql, const scim_filter_t *filter, const scim_resource_type_t *type,
                              apr_pool_t *pool);

/* The same for the inner filter of members[...]: a condition over one row `m` of scim.membership. */
scim_error_t *scim_member_filter_sql(scim_sql_t *sql, const scim_filter_t *filter, apr_pool_t *pool);

#endif
