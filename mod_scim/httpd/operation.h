/*
 * What can be done at which place, as data: one row for each place and method.
 *
 * An operation has three steps. `prepare` reads what the client sent and needs no database, `work` is the one
 * transaction, `answer` makes bytes when the connection has been given back. Discovery has `answer` alone, and is told
 * to everybody.
 */
#ifndef SCIM_OPERATION_H
#define SCIM_OPERATION_H

#include "request.h"
#include "respond.h"
#include "scim/patch.h"
#include "scim/projection.h"
#include "scim/query.h"
#include "scim/resource.h"
#include "scim/search.h"
#include "scim/version.h"
#include "store/activity.h"
#include "store/bulk.h"
#include "store/page.h"
#include "store/walk.h"

/* An operation under way: filled by prepare, then work, then answer. */
typedef struct scim_call_t {
    scim_request_t *request;
    apr_pool_t *pool;
    scim_leniency_t leniency;
    scim_activity_t activity; /* what is told of it (report.h) */
    const char *bytes;        /* of the body; NULL: it was not read */
    apr_size_t bytes_len;
    scim_query_t query;
    const char *profile; /* of discovery: the tenant's; NULL: who asks has no token of it */
    int shows;           /* of discovery: /Schemas has attributes that are never kept */
    scim_projection_t *projection;
    int relation;                 /* whether the answer holds members or groups */
    scim_search_t *search;        /* of a list */
    const scim_versions_t *match; /* If-Match */
    scim_resource_t *resource;
    scim_patch_t *patch;
    scim_bulk_t *bulk;
    int patch_body;
    const scim_versions_t *known; /* If-None-Match */
    scim_spool_t spool;           /* members of groups, on their way into the answer */
    scim_page_t page;
    scim_walk_t walk;
    scim_record_t *record;
    scim_answer_t answer;
} scim_call_t;

typedef scim_error_t *(*scim_prepare_t)(scim_call_t *call);
typedef scim_error_t *(*scim_work_t)(scim_call_t *call, scim_session_t *session);

typedef struct scim_operation_t {
    scim_place_e place;
    int method; /* M_GET stands for HEAD too */
    scim_prepare_t prepare;
    scim_work_t work;
    scim_prepare_t answer;
} scim_operation_t;

/* The rows of resources (operation.c) and of discovery (discover.c), each ended by one without an answer. */
extern const scim_operation_t scim_resource_operations[];
extern const scim_operation_t scim_discovery_operations[];

#endif
