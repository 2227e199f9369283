/*
 * Users, Groups and every other resource: what can be done to one, and the list of many.
 *
 * Each function is one request: it authenticates, does its work in one transaction and answers with a record, or
 * fails and changes nothing. Ids are text as the client sent them; one that is no UUID is simply not found.
 * `relation` says which parts of its members or groups the record shall come with (scim_projection_parts); they cost a
 * query of their own. Members go to the session's spool as they are read: no memory grows with a group.
 */
#ifndef SCIM_RESOURCES_H
#define SCIM_RESOURCES_H

#include "scim/patch.h"
#include "scim/record.h"
#include "scim/resource.h"
#include "scim/search.h"
#include "scim/version.h"
#include "session.h"

/* A group whose version is one of `known`, which may be NULL, comes without members. Errors: 404; 503 where there is no
 * room for the members, here and below. */
scim_error_t *scim_store_get(scim_record_t **out, scim_session_t *session, const scim_resource_type_t *type,
                             const char *id, int relation, const scim_versions_t *known);

typedef struct scim_page_t {
    apr_array_header_t *records;  /* scim_record_t * */
    apr_int64_t total;            /* exact number of matches; -1: it was not counted */
    const scim_position_t *first; /* of the records; NULL where there are none */
    const scim_position_t *last;
    int more; /* whether there are more in the direction in which it was read */
} scim_page_t;

/* Resources of the search's types: as it sorts them, then by type, then in the order of their creation, which is the
 * same on every page. A count of 0 gives the total alone. The total of a search that filters is not counted where it
 * begins at a position. Errors: 400 for what cannot be filtered or sorted by.
 *
 * A page deep in a list: have `search->after` be the `last` of a page that ended with the resource numbered n, and
 * `search->skip` start_index - 1 - n. It then costs what it costs to skip from there on. */
scim_error_t *scim_store_list(scim_page_t *out, scim_session_t *session, const scim_search_t *search);

/* How many resources a search finds in all, wherever it begins. Errors: those of scim_store_list. */
scim_error_t *scim_store_total(apr_int64_t *total, scim_session_t *session, const scim_search_t *search);

/* POST. *restored tells that a deleted resource came back under its old id (PRODUCT U4). Errors: 409 uniqueness; 400
 * invalidValue for a member that is no resource of the tenant; 413 for more than a resource may take, as in PUT and
 * PATCH.
 */
scim_error_t *scim_store_create(scim_record_t **out, int *restored, scim_session_t *session,
                                const scim_resource_t *resource, int relation);

/* PUT. `match` may be NULL. Errors: 404, 412, 409, 400. */
scim_error_t *scim_store_replace(scim_record_t **out, scim_session_t *session, const char *id,
                                 scim_resource_t *resource, const scim_versions_t *match, int relation);

/* PATCH. A patch of members alone reads neither the group nor its members. `*out` is NULL unless `body` is set. */
scim_error_t *scim_store_patch(scim_record_t **out, scim_session_t *session, const char *id, const scim_patch_t *patch,
                               scim_leniency_t *leniency, const scim_versions_t *match, int body, int relation);

/* DELETE: users are deactivated and kept, groups archived; on the wire both are gone (RFC 7644 3.6). */
scim_error_t *scim_store_delete(scim_session_t *session, const scim_resource_type_t *type, const char *id,
                                const scim_versions_t *match);

#endif
