/*
 * Users, Groups and every other resource: what can be done to one, and the list of many.
 *
 * Each function is one request: it authenticates, does its work in one transaction and answers with a record, or fails
 * and changes nothing. Ids are text as the client sent them; one that is no UUID is not found. `relation` says which
 * parts of members or groups to read (scim_projection_parts); they need a query of their own. Members are written to
 * the session's spool as they are read, so a large group does not need memory.
 */
#ifndef SCIM_RESOURCES_H
#define SCIM_RESOURCES_H

#include "scim/patch.h"
#include "scim/record.h"
#include "scim/resource.h"
#include "scim/search.h"
#include "scim/version.h"
#include "session.h"

/* A group whose version is in `known`, which may be NULL, is returned without members. Errors: 404; 503 if there is no
 * space for the members, here and below. */
scim_error_t *scim_store_get(scim_record_t **out, scim_session_t *session, const scim_resource_type_t *type,
                             const char *id, int relation, const scim_versions_t *known);

typedef struct scim_page_t {
    apr_array_header_t *records;  /* scim_record_t * */
    apr_int64_t total;            /* exact number of matches; -1: not counted */
    const scim_position_t *first; /* of the records; NULL if there are none */
    const scim_position_t *last;
    int more; /* whether more follow in the reading direction */
} scim_page_t;

/* Resources of the search's types, in its sort order, then by type, then in the order of their creation, which is the
 * same on every page. A count of 0 gives only the total. With a filter the total is not counted if the page begins at a
 * position. Errors: 400 for an attribute that cannot be filtered or sorted by.
 *
 * For a page deep in a list set `search->after` to the `last` of a page that ended with the resource numbered n, and
 * `search->skip` to start_index - 1 - n. Then only the resources from there on are skipped. */
scim_error_t *scim_store_list(scim_page_t *out, scim_session_t *session, const scim_search_t *search);

/* The total number of resources of a search, wherever it begins. Errors: those of scim_store_list. */
scim_error_t *scim_store_total(apr_int64_t *total, scim_session_t *session, const scim_search_t *search);

/* POST. *restored: a deleted resource was restored under its old id. Errors: 409 uniqueness; 400 invalidValue for a
 * member that is not a resource of the tenant; 413 for a resource that is too large, as in PUT and PATCH.
 */
scim_error_t *scim_store_create(scim_record_t **out, int *restored, scim_session_t *session,
                                const scim_resource_t *resource, int relation);

/* PUT. `match` may be NULL. Errors: 404, 412, 409, 400. */
scim_error_t *scim_store_replace(scim_record_t **out, scim_session_t *session, const char *id,
                                 scim_resource_t *resource, const scim_versions_t *match, int relation);

/* PATCH. A patch of only the members reads neither the group nor its members. `*out` is NULL unless `body` is set. */
scim_error_t *scim_store_patch(scim_record_t **out, scim_session_t *session, const char *id, const scim_patch_t *patch,
                               scim_leniency_t *leniency, const scim_versions_t *match, int body, int relation);

/* DELETE: users are deactivated and kept, groups archived; clients see neither any more (RFC 7644 3.6). */
scim_error_t *scim_store_delete(scim_session_t *session, const scim_resource_type_t *type, const char *id,
                                const scim_versions_t *match);

#endif
