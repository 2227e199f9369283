/*
 * Records to bytes. The default projection is spliced from stored text without parsing it; only a request that
 * names attributes pays for reading the document.
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

/* One member, added to a list of them, as far as its `parts` are wanted (projection.h): value, $ref, type, display.
 * `id` is a UUID's text of 36 characters, which need not end there. */
void scim_render_member(scim_buf_t *out, int parts, int is_group, const char *id, const char *display,
                        apr_size_t display_len, const char *base);

/* The representation with id, meta (resourceType, created, lastModified, location, version) and relation. With
 * `empty_relation` an empty relation is answered as [] instead of left out (a write that emptied it). `out` is the text
 * of the answer: the members of a large group stay in their spool, which notes where in `out` they belong. */
void scim_render_resource(scim_buf_t *out, const scim_record_t *record, const scim_projection_t *projection,
                          const char *base, int empty_relation);

/* A page of a list. */
typedef struct scim_list_t {
    const apr_array_header_t *records; /* scim_record_t * */
    apr_int64_t total;                 /* -1 where it is not known; it is then left out */
    apr_int64_t start_index;           /* 0 for a page by cursor, which has none */
    const char *previous;              /* cursors, or NULL */
    const char *next;
} scim_list_t;

/* A ListResponse (RFC 7644 3.4.2, RFC 9865 2). */
void scim_render_list(scim_buf_t *out, const scim_list_t *list, const scim_projection_t *projection, const char *base);

#endif
