/*
 * The attributes of documents that are indexed in scim.lookup.
 *
 * A schema declares them ("indexed": true); `scimctl db index` registers them in scim.indexed and makes the rows; a
 * connection reads which are ready when it is first used. Attributes with their own column or rows (members, groups)
 * are not in scim.lookup.
 */
#ifndef SCIM_INDEXED_H
#define SCIM_INDEXED_H

#include <apr_tables.h>
#include <libpq-fe.h>

#include "scim/schema.h"

typedef struct scim_indexed_t {
    int id;             /* scim.indexed.id; 0: only declared */
    const char *type;   /* the resource type */
    const char *schema; /* the URN of an extension; NULL for the type's own schema */
    const char *attribute;
    const char *sub; /* or NULL */
    int multi_valued;
    int fold; /* compared without case */
} scim_indexed_t;

/* The attributes that the schemas declare: scim_indexed_t. */
apr_array_header_t *scim_indexed_declared(const scim_schemas_t *schemas, apr_pool_t *pool);

/* The rows of a result whose first columns are id, type, schema, attribute, sub, multi_valued, fold; copies. */
apr_array_header_t *scim_indexed_read(const PGresult *result, apr_pool_t *pool);

/* The entry of `list` that equals `entry` except for the id; NULL: none. `list` may be NULL. */
const scim_indexed_t *scim_indexed_same(const apr_array_header_t *list, const scim_indexed_t *entry);

/* The entry of an attribute; `sub` is NULL for a simple one. NULL: none. */
const scim_indexed_t *scim_indexed_find(const apr_array_header_t *list, const scim_attr_t *attr, const scim_attr_t *sub,
                                        const scim_resource_type_t *type);

/* The entry's name for people: `emails.value`, `urn:...:number`. */
const char *scim_indexed_name(const scim_indexed_t *entry, apr_pool_t *pool);

/* The names of entries in `declared` that are not in `ready`, with their types; NULL: none. */
const char *scim_indexed_missing(const apr_array_header_t *declared, const apr_array_header_t *ready, apr_pool_t *pool);

#endif
