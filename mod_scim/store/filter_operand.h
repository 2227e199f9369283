/*
 * The SQL expression of an attribute's value: a generated column, a server-owned column, the document, one element of a
 * list in the document, or a membership row. Only for filter_sql.c, which makes conditions, and search_sql.c, which
 * makes sort orders.
 *
 * All SQL here consists of constants and of names from the schemas.
 */
#ifndef SCIM_FILTER_OPERAND_H
#define SCIM_FILTER_OPERAND_H

#include "indexed.h"
#include "scim/filter.h"

/* What the names in a condition refer to. */
typedef enum {
    SCIM_SCOPE_ROW,     /* r: a resource */
    SCIM_SCOPE_ELEMENT, /* e.value: one value of a multi-valued attribute in the document */
    SCIM_SCOPE_MEMBER,  /* m: a membership, seen from its group */
    SCIM_SCOPE_GROUP    /* m and g: a direct or indirect membership and its group, seen from the member */
} scim_scope_e;

typedef enum {
    SCIM_OPERAND_NONE,   /* only the attribute's presence can be tested */
    SCIM_OPERAND_TEXT,   /* text; `fold` says whether to compare it folded */
    SCIM_OPERAND_FOLDED, /* text that is stored folded */
    SCIM_OPERAND_UUID,
    SCIM_OPERAND_TIME,
    SCIM_OPERAND_NUMBER,
    SCIM_OPERAND_COMPLEX /* jsonb */
} scim_operand_e;

typedef struct scim_operand_t {
    scim_operand_e kind;
    const char *sql; /* an expression; NULL for SCIM_OPERAND_NONE */
    int fold;
    int present; /* never null */
} scim_operand_t;

/* The operand of a single value. In SCIM_SCOPE_ROW `attr` is the attribute and `sub` its sub-attribute or NULL;
 * elsewhere `attr` is the sub-attribute itself, as in a value path's filter. */
scim_operand_t scim_operand_find(scim_scope_e scope, const scim_attr_t *attr, const scim_attr_t *sub,
                                 const scim_resource_type_t *type, apr_pool_t *pool);

/* Several values: `from` and the condition `on` (or NULL) give one row for each; `scope` is the scope of these rows.
 */
typedef struct scim_many_t {
    scim_scope_e scope;
    const char *from;
    const char *on;
} scim_many_t;

/* The values of a multi-valued attribute of r. */
scim_many_t scim_operand_many(const scim_attr_t *attr, const scim_resource_type_t *type, apr_pool_t *pool);

/* The operand, in SCIM_SCOPE_ROW, of the value to sort by: for a multi-valued attribute the primary value, else the
 * first (RFC 7644 3.4.2.3). */
scim_operand_t scim_operand_first(const scim_attr_t *attr, const scim_attr_t *sub, const scim_resource_type_t *type,
                                  apr_pool_t *pool);

/* A name from a schema as an SQL literal. */
const char *scim_operand_literal(const char *name, apr_pool_t *pool);

/* The operand for a comparison as text: unchanged unless it is a UUID. */
scim_operand_t scim_operand_text(const scim_operand_t *operand, apr_pool_t *pool);

/* A condition on r that an index answers, and that is true for every row for which its comparison is true. */
typedef struct scim_hint_t {
    const char *sql;  /* `?` stands for the value, wherever it is */
    const char *scan; /* if `sql` is equivalent to the comparison, so that it can replace it: an equivalent expression
                         that is cheaper when rows are read one by one, never SQL null; else NULL */
    scim_operand_e kind; /* the value's kind: SCIM_OPERAND_FOLDED, _TEXT, _UUID or _TIME */
} scim_hint_t;

/* The hint for comparing a top-level attribute and its sub-attribute (or NULL) with a string; `indexed` has the
 * attributes in scim.lookup (scim_indexed_t; may be NULL). 0 if no index helps, or no hint is needed. */
int scim_operand_hint(scim_hint_t *out, scim_op_e op, const scim_attr_t *attr, const scim_attr_t *sub,
                      const scim_resource_type_t *type, const apr_array_header_t *indexed, apr_pool_t *pool);

/* The column with the folded, cut key of a single value of the document; its index has only rows with a value. NULL:
 * there is none. */
const char *scim_operand_key(const scim_attr_t *attr, const scim_attr_t *sub, const scim_resource_type_t *type);

/* Whether an attribute has its own column or rows, so that it is not in scim.lookup. */
int scim_operand_has_key(const scim_attr_t *attr, const scim_attr_t *sub, const scim_resource_type_t *type);

/* Whether an index answers `eq` of this operand. */
int scim_operand_has_index(const scim_operand_t *operand);

#endif
