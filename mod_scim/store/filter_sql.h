/*
 * Filters to SQL: a condition over one row `r` of scim.resource.
 *
 * The text depends only on the filter's shape (attributes come from the schemas, never from the client; for a value it
 * matters whether it is ASCII, its length in a `sw`, and how recent a time is), so similar filters have the same text,
 * and its prepared plan is reused. Every value is a parameter. Attributes with their own column (sql/) use it and its
 * index; all others read the document. If an index can preselect rows, its condition (scim_operand_hint) is added
 * before the comparison; the comparison decides.
 *
 * The meaning of the operators:
 * - `ne` is true if the attribute is absent. For a multi-valued attribute it is true if it has no value, or if any of
 *   its values differs (any value counts, as for every operator: RFC 7644 3.4.2.2).
 * - `eq null` is the same as not present and `ne null` the same as present. An empty string is present.
 * - Strings are compared by caseExact: unchanged, or folded by scim.fold(). Their order is that of code points.
 * - `attr[filter]` is true if one value satisfies the whole filter; for a singular complex attribute the value must be
 *   present.
 * - `not` is never applied to SQL null: a comparison with an absent value is false, and its negation is true.
 * - id and the ids of members and groups are UUIDs: a value that is no UUID equals none of them.
 */
#ifndef SCIM_FILTER_SQL_H
#define SCIM_FILTER_SQL_H

#include "scim/filter.h"
#include "scim/text.h"

typedef struct scim_sql_t {
    scim_buf_t text;
    apr_array_header_t *params;        /* const char *: $1 is element 0; each is sent as text and cast in the SQL */
    const apr_array_header_t *indexed; /* scim_indexed_t: the attributes in scim.lookup; may be NULL */
} scim_sql_t;

/* Appends the condition, in parentheses, to sql->text and its values to sql->params. $1 must be the tenant already.
 * Errors: 400 invalidFilter if it cannot be expressed in SQL. */
scim_error_t *scim_filter_sql(scim_sql_t *sql, const scim_filter_t *filter, const scim_resource_type_t *type,
                              apr_pool_t *pool);

/* Whether indexes answer the filter completely, so that no other rows are read. `indexed` as in scim_sql_t. */
int scim_filter_answered(const scim_filter_t *filter, const scim_resource_type_t *type,
                         const apr_array_header_t *indexed, apr_pool_t *pool);

/* scim_filter_sql for the inner filter of members[...]: a condition over one row `m` of scim.membership. */
scim_error_t *scim_member_filter_sql(scim_sql_t *sql, const scim_filter_t *filter, apr_pool_t *pool);

#endif
