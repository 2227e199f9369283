/*
 * Renders records as JSON. The default projection copies the stored text without parsing it; only a request that names
 * attributes has to parse the document.
 */
#ifndef SCIM_RENDER_H
#define SCIM_RENDER_H

#include "projection.h"
#include "record.h"

#define SCIM_URN_LIST "urn:ietf:params:scim:api:messages:2.0:ListResponse"

/* The absolute location of a resource: base, endpoint, id. `base` has no slash at its end. */
const char *scim_render_location(const scim_resource_type_t *type, const char *id, const char *base, apr_pool_t *pool);

/* The entity-tag of a version: W/"3" (RFC 7644 3.14). */
const char *scim_render_version(apr_int64_t version, apr_pool_t *pool);

/* Adds one member to a list, with the wanted `parts` (projection.h): value, $ref, type, display. `id` begins with a
 * UUID's 36 characters, and need not end there. */
void scim_render_member(scim_buf_t *out, int parts, int is_group, const char *id, const char *display,
                        apr_size_t display_len, const char *base);

/* The representation with id, meta (resourceType, created, lastModified, location, version) and relation. With
 * `empty_relation` an empty relation is rendered as [] instead of left out (after a write that emptied it). `out` is
 * the text of the answer: the members of a large group stay in their spool, which records their offset in `out`. */
void scim_render_resource(scim_buf_t *out, const scim_record_t *record, const scim_projection_t *projection,
                          const char *base, int empty_relation);

/* A page of a list. */
typedef struct scim_list_t {
    const apr_array_header_t *records; /* scim_record_t * */
    apr_int64_t total;                 /* -1: unknown, and left out */
    apr_int64_t start_index;           /* 0 for a page by cursor, which has none */
    const char *previous;              /* cursors, or NULL */
    const char *next;
} scim_list_t;

/* A ListResponse (RFC 7644 3.4.2, RFC 9865 2). */
void scim_render_list(scim_buf_t *out, const scim_list_t *list, const scim_projection_t *projection, const char *base);

#endif
