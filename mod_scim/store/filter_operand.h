/*
 * Where an attribute's value is found in SQL: a generated column, a column of the server's own, the document, one
 * element of a list in the document, or a membership row. filter_sql.c makes conditions of it, search_sql.c orders;
 * nobody else uses this.
 *
 * Every text here is made of constants and of names from the schemas.
 */
#ifndef SCIM_FILTER_OPERAND_H
#define SCIM_FILTER_OPERAND_H

#include "scim/filter.h"

/* What the names in a condition refer to. */
typedef enum {
    SCIM_SCOPE_ROW,     /* r: a resource */
    SCIM_SCOPE_ELEMENT, /* e.value: one value of a multi-valued attribute in the document */
    SCIM_SCOPE_MEMBER,  /* m: a membership, seen from its group */
    SCIM_SCOPE_GROUP    /* m and g: a direct or indirect membership and its group, seen from the member */
} scim_scope_e;

typedef enum {
    SCIM_OPERAND_NONE,   /* of this attribute no SQL is made but for its presence */
    SCIM_OPERAND_TEXT,   /* text; `fold` tells whether to compare it folded */
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

/* Many values: `from` and the condition `on` (or NULL) that gives one row for each, and the scope within. */
typedef struct scim_many_t {
    scim_scope_e scope;
    const char *from;
    const char *on;
} scim_many_t;

/* The values of a multi-valued attribute of r. */
scim_many_t scim_operand_many(const scim_attr_t *attr, const scim_resource_type_t *type, apr_pool_t *pool);

/* The operand, in SCIM_SCOPE_ROW, of the one value that a list is sorted by: of a multi-valued attribute the primary
 * value, else the first (RFC 7644 3.4.2.3). */
scim_operand_t scim_operand_first(const scim_attr_t *attr, const scim_attr_t *sub, const scim_resource_type_t *type,
                                  apr_pool_t *pool);

/* A name from a schema as an SQL literal. */
const char *scim_operand_literal(const char *name, apr_pool_t *pool);

/* The operand as it is compared as text: the same one unless it is a UUID. */
scim_operand_t scim_operand_text(const scim_operand_t *operand, apr_pool_t *pool);

/* How an index finds the resources of which one value of a multi-valued attribute equals something: a condition on r in
 * which `?` stands for that, of the kind *kind (SCIM_OPERAND_FOLDED or SCIM_OPERAND_UUID). NULL where no index does. */
const char *scim_operand_keyed(scim_operand_e *kind, const scim_attr_t *attr, const scim_attr_t *sub,
                               const scim_resource_type_t *type);

#endif
