/*
 * Which attributes an answer has: `attributes`, `excludedAttributes` and the returned rules (RFC 7644 3.9, RFC 7643 7).
 *
 * NULL is the default projection. Unknown names are ignored. returned:always cannot be left out, returned:never cannot
 * be requested, returned:request must be requested.
 */
#ifndef SCIM_PROJECTION_H
#define SCIM_PROJECTION_H

#include <json-c/json.h>

#include "schema.h"

typedef struct scim_projection_t scim_projection_t;

/* Either argument may be NULL or empty: comma-separated attribute paths. *out is NULL if both are and the type is
 * plain. Errors: 400 invalidValue if both are given. */
scim_error_t *scim_projection_read(scim_projection_t **out, const char *attributes, const char *excluded,
                                   const scim_resource_type_t *type, apr_pool_t *pool);

/* The same for an answer with resources of several types: `types` has const scim_resource_type_t *. */
scim_error_t *scim_projection_read_all(scim_projection_t **out, const char *attributes, const char *excluded,
                                       const apr_array_header_t *types, apr_pool_t *pool);

/* Whether any part of a top-level attribute is wanted; the store skips expensive ones (members, groups). */
int scim_projection_wants(const scim_projection_t *projection, const scim_attr_t *attr);

/* Which parts of each member or group are wanted, as RFC 7643 names them; 0: none. */
#define SCIM_PART_VALUE   1
#define SCIM_PART_REF     2
#define SCIM_PART_TYPE    4
#define SCIM_PART_DISPLAY 8
#define SCIM_PARTS_ALL    15
int scim_projection_parts(const scim_projection_t *projection, const scim_attr_t *attr);

/* Whether the client named attributes: then a write answers with a body (RFC 7644 3.5.2). */
int scim_projection_named(const scim_projection_t *projection);

/* Removes from a full representation (with id, meta etc.) of a resource of `type` what the projection leaves out. The
 * projection was read for this type, perhaps among others. */
void scim_projection_apply(const scim_projection_t *projection, const scim_resource_type_t *type,
                           json_object *resource);

#endif
