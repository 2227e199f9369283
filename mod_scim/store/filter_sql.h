/*
 * Filters to SQL: a condition over one row `r` of scim.resource.
 *
 * The text depends on the filter's shape alone (attributes come from the schemas, never from the client; of a value it
 * matters whether it is ASCII, how long it is in a `sw`, and how late if it is a time), so the same kind of question
 * gives the same text and its prepared plan is found again. Every value is a parameter. Attributes with a column of
 * their own (sql/) use it and so its index; all others read the document. Where an index finds what may match, a
 * condition for it stands in front of the comparison (scim_operand_hint): it decides nothing.
 *
 * What the operators mean here:
 * - `ne` is true where the attribute is absent. Of a multi-valued attribute it is true where it has no value, or where
 *   any of its values differs (any value decides, as for every operator: RFC 7644 3.4.2.2).
 * - `eq null` is the same as not present and `ne null` the same as present. An empty string is present.
 * - Strings are compared by caseExact: as they are, or folded by scim.fold(). Their order is that of code points.
 * - `attr[filter]` needs a value that satisfies the whole filter; of a singular complex attribute, that it is present.
 * - `not` never meets an unknown: a comparison with something absent is false, and its negation is true.
 * - id and the ids of members and groups are UUIDs: what is none equals nothing.
 */
#ifndef SCIM_FILTER_SQL_H
#define SCIM_FILTER_SQL_H

#include "scim/filter.h"
#include "scim/text.h"

typedef struct scim_sql_t {
    scim_buf_t text;
    apr_array_header_t *params; /* const char *: $1 is element 0; every one is sent as text and cast in the SQL */
    const apr_array_header_t *indexed; /* scim_indexed_t: what the connection looks up in scim.lookup; may be NULL */
} scim_sql_t;

/* Appends the condition, in parentheses, to sql->text and its values to sql->params. $1 must be the tenant already.
 * Errors: 400 invalidFilter for what no SQL is made of (never silently another meaning). */
scim_error_t *scim_filter_sql(scim_sql_t *sql, const scim_filter_t *filter, const scim_resource_type_t *type,
                              apr_pool_t *pool);

/* Whether indexes find all that the filter matches, so that nothing else is read. `indexed` as in scim_sql_t. */
int scim_filter_answered(const scim_filter_t *filter, const scim_resource_type_t *type,
                         const apr_array_header_t *indexed, apr_pool_t *pool);

/* scim_filter_sql for the inner filter of members[...]: a condition over one row `m` of scim.membership. */
scim_error_t *scim_member_filter_sql(scim_sql_t *sql, const scim_filter_t *filter, apr_pool_t *pool);

#endif
