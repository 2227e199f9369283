/*
 * The endpoint's operations: one row for each place and method.
 *
 * An operation has three steps. `prepare` reads the request without the database, `work` is the transaction, `answer`
 * renders the answer after the connection was returned. Discovery has only `answer`, and needs no authentication.
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

/* A running operation: filled by prepare, then work, then answer. */
typedef struct scim_call_t {
    scim_request_t *request;
    apr_pool_t *pool;
    scim_leniency_t leniency;
    scim_activity_t activity; /* its activity (report.h) */
    const char *bytes;        /* the body; NULL: not read */
    apr_size_t bytes_len;
    scim_query_t query;
    const char *profile; /* discovery: the tenant's profile; NULL: no token of the tenant */
    int shows;           /* discovery: /Schemas has attributes that are never stored */
    scim_projection_t *projection;
    int relation;                 /* whether the answer has members or groups */
    scim_search_t *search;        /* a list's */
    const scim_versions_t *match; /* If-Match */
    scim_resource_t *resource;
    scim_patch_t *patch;
    scim_bulk_t *bulk;
    int patch_body;
    const scim_versions_t *known; /* If-None-Match */
    scim_spool_t spool;           /* members of groups for the answer */
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

/* The rows of resources (operation.c) and of discovery (discover.c), each table ending with a row without an answer.
 */
extern const scim_operation_t scim_resource_operations[];
extern const scim_operation_t scim_discovery_operations[];

#endif
