#include "operation.h"

#include <apr_strings.h>
#include <http_protocol.h>

#include "client.h"
#include "message.h"
#include "scim/json.h"
#include "scim/member.h"
#include "scim/render.h"
#include "scim/text.h"

#define BODY_SIZE      2048
#define OPERATION_SIZE 256 /* approximate size of an operation in a Bulk answer */
#define BULK_DEPTH     3   /* levels of JSON around an operation's data: the message, its operations, the operation */

/* Reads what all operations on resources need: the query, and which attributes the answer has. */
static scim_error_t *read_query(scim_call_t *call)
{
    const scim_request_t *request = call->request;
    const scim_resource_type_t *type = request->type;
    const scim_attr_t *attr = type->members ? type->members : type->groups;
    scim_error_t *error;

    if ((error = scim_query_read(&call->query, request->r->args, scim_setting_page_default(request->config),
                                 scim_setting_page_maximum(request->config), call->pool)))
        return error;
    if ((error = scim_projection_read(&call->projection, call->query.attributes, call->query.excluded_attributes, type,
                                      call->pool)))
        return error;
    call->relation = attr ? scim_projection_parts(call->projection, attr) : 0;
    call->match = scim_versions_read(apr_table_get(request->r->headers_in, "If-Match"), call->pool);
    if (request->r->method_number != M_GET && request->place == SCIM_AT_RESOURCE) {
        call->known = scim_versions_read(apr_table_get(request->r->headers_in, "If-None-Match"), call->pool);
        call->match = scim_versions_allow(call->match, call->known, call->pool);
    }
    return NULL;
}

/* `outer`: how many levels of JSON are around the part that ScimMaxDepth limits. */
static scim_error_t *read_json(json_object **out, int outer, scim_call_t *call)
{
    int depth = scim_setting_max_depth(call->request->config) + outer;
    scim_error_t *error = scim_message_body(&call->bytes, &call->bytes_len, call->request);

    return error ? error
                 : scim_json_read_known(out, call->bytes, call->bytes_len, depth, scim_member_known,
                                        call->request->schemas, call->pool);
}

static scim_error_t *read_resource(scim_call_t *call)
{
    json_object *body;
    scim_error_t *error;

    if ((error = read_query(call)) || (error = read_json(&body, 0, call)))
        return error;
    return scim_resource_read(&call->resource, body, call->request->type, &call->leniency, call->pool);
}

/* Reads the search, from the URL or from the body, for the place's type or for all types. */
static scim_error_t *read_search(scim_call_t *call)
{
    const scim_request_t *request = call->request;
    const apr_array_header_t *types = request->schemas->root;
    apr_array_header_t *one;

    if (request->type) {
        one = apr_array_make(call->pool, 1, sizeof(const scim_resource_type_t *));
        APR_ARRAY_PUSH(one, const scim_resource_type_t *) = request->type;
        types = one;
    }
    return scim_search_read(&call->search, &call->query, types, &call->leniency, call->pool);
}

static scim_error_t *prepare_list(scim_call_t *call)
{
    const scim_request_t *request = call->request;
    scim_error_t *error = scim_query_read(&call->query, request->r->args, scim_setting_page_default(request->config),
                                          scim_setting_page_maximum(request->config), call->pool);

    return error ? error : read_search(call);
}

static scim_error_t *prepare_search(scim_call_t *call)
{
    const scim_dir_config_t *config = call->request->config;
    json_object *body;
    scim_error_t *error = read_json(&body, 0, call);

    if (!error)
        error = scim_query_read_message(&call->query, body, scim_setting_page_default(config),
                                        scim_setting_page_maximum(config), &call->leniency, call->pool);
    return error ? error : read_search(call);
}

static scim_error_t *prepare_get(scim_call_t *call)
{
    call->known = scim_versions_read(apr_table_get(call->request->r->headers_in, "If-None-Match"), call->pool);
    return read_query(call);
}

static scim_error_t *prepare_create(scim_call_t *call)
{
    scim_error_t *error = read_resource(call);

    if (!error)
        scim_resource_default(call->resource, call->pool);
    return error;
}

static scim_error_t *prepare_patch(scim_call_t *call)
{
    json_object *body;
    scim_error_t *error;

    if ((error = read_query(call)) || (error = read_json(&body, 0, call)))
        return error;
    call->patch_body = scim_projection_named(call->projection) ||
                       scim_setting_patch_body(call->request->config, call->request->type, call->pool);
    return scim_patch_read(&call->patch, body, call->request->type, &call->leniency, call->pool);
}

static scim_error_t *prepare_bulk(scim_call_t *call)
{
    const scim_request_t *request = call->request;
    const scim_bulk_context_t context = {request->schemas, request->base, scim_setting_bulk_operations(request->config),
                                         &call->leniency};
    json_object *body;
    scim_error_t *error = read_json(&body, BULK_DEPTH, call);

    return error ? error : scim_bulk_read(&call->bulk, body, &context, call->pool);
}

static scim_error_t *work_list(scim_call_t *call, scim_session_t *session)
{
    if (!call->search->cursor)
        return scim_store_page(&call->page, session, call->search);
    call->walk.timeout = scim_setting_cursor_timeout(call->request->config);
    return scim_store_walk(&call->page, &call->walk, session, call->search);
}

static scim_error_t *work_get(scim_call_t *call, scim_session_t *session)
{
    return scim_store_get(&call->record, session, call->request->type, call->request->id, call->relation, call->known);
}

static scim_error_t *work_create(scim_call_t *call, scim_session_t *session)
{
    int restored;

    return scim_store_create(&call->record, &restored, session, call->resource, call->relation);
}

/* Names If-None-Match as the header that forbids the change. */
static scim_error_t *precondition(const scim_call_t *call, scim_error_t *error)
{
    if (error && error->status == HTTP_PRECONDITION_FAILED && call->known)
        error->detail = "The resource exists in a version that If-None-Match excludes. Omit that header to change it.";
    return error;
}

static scim_error_t *work_replace(scim_call_t *call, scim_session_t *session)
{
    return precondition(call, scim_store_replace(&call->record, session, call->request->id, call->resource, call->match,
                                                 call->relation));
}

static scim_error_t *work_patch(scim_call_t *call, scim_session_t *session)
{
    return precondition(call, scim_store_patch(&call->record, session, call->request->id, call->patch, &call->leniency,
                                               call->match, call->patch_body, call->relation));
}

static scim_error_t *work_delete(scim_call_t *call, scim_session_t *session)
{
    return precondition(call, scim_store_delete(session, call->request->type, call->request->id, call->match));
}

static scim_error_t *work_bulk(scim_call_t *call, scim_session_t *session)
{
    const request_rec *r = call->request->r;
    const scim_bulk_bounds_t bounds = {apr_time_now() + scim_setting_bulk_timeout(call->request->config),
                                       scim_client_is_gone, r->connection};

    return scim_store_bulk(call->bulk, session, &bounds);
}

static scim_error_t *answer_empty(scim_call_t *call)
{
    call->answer.status = HTTP_NO_CONTENT;
    return NULL;
}

static scim_error_t *answer_list(scim_call_t *call)
{
    const scim_search_t *search = call->search;
    scim_list_t list = {call->page.records, call->page.total, search->cursor ? 0 : search->start_index,
                        call->walk.previous, call->walk.next};

    call->answer.status = HTTP_OK;
    scim_buf_init(&call->answer.body, BODY_SIZE, call->pool);
    scim_render_list(&call->answer.body, &list, search->projection, call->request->base);
    return NULL;
}

static void answer_record(scim_call_t *call, int status, int empty_relation)
{
    scim_answer_t *answer = &call->answer;
    const char *base = call->request->base;

    answer->status = status;
    answer->location = scim_render_location(call->record->type, call->record->id, base, call->pool);
    answer->etag = scim_render_version(call->record->version, call->pool);
    if (status == HTTP_NOT_MODIFIED)
        return;
    scim_buf_init(&answer->body, BODY_SIZE + call->record->doc_len + call->record->relation_len, call->pool);
    scim_render_resource(&answer->body, call->record, call->projection, base, empty_relation);
}

static scim_error_t *answer_get(scim_call_t *call)
{
    int same = call->known && scim_versions_match(call->known, call->record->version);

    if (call->match && !scim_versions_match(call->match, call->record->version))
        return scim_error_status(call->pool, HTTP_PRECONDITION_FAILED,
                                 "The resource has another version than If-Match names. Read it again.");
    /* authentik compares the members of a group only if the answer lists them */
    answer_record(call, same ? HTTP_NOT_MODIFIED : HTTP_OK, call->request->type->members && call->relation);
    return NULL;
}

static scim_error_t *answer_create(scim_call_t *call)
{
    answer_record(call, HTTP_CREATED, 0);
    return NULL;
}

/* The answer has the list of members even if it is empty, so that the client sees it. */
static scim_error_t *answer_replace(scim_call_t *call)
{
    answer_record(call, HTTP_OK, call->request->type->members && call->relation);
    return NULL;
}

/* The answer for a change that did not read the resource: its URL is known, its version is not. */
static scim_error_t *answer_unread(scim_call_t *call)
{
    const scim_request_t *request = call->request;
    char id[SCIM_ID_SIZE];

    scim_id_read(id, request->id);
    call->answer.location = scim_render_location(request->type, id, request->base, call->pool);
    return answer_empty(call);
}

static scim_error_t *answer_patch(scim_call_t *call)
{
    if (!call->record)
        return answer_unread(call);
    answer_record(call, HTTP_OK, call->relation && call->patch->members && call->patch->members->nelts);
    return NULL;
}

/* Each operation has the status of a single request, but no representation. */
static scim_error_t *answer_bulk(scim_call_t *call)
{
    const scim_request_t *request = call->request;
    scim_bulk_t *bulk = call->bulk;
    int i;

    for (i = 0; i < bulk->ops->nelts; i++) {
        scim_bulk_op_t *op = &APR_ARRAY_IDX(bulk->ops, i, scim_bulk_op_t);

        if (op->kind == SCIM_BULK_PATCH && op->status == HTTP_OK &&
            !scim_setting_patch_body(request->config, op->type, call->pool))
            op->status = HTTP_NO_CONTENT;
        scim_leniency_add(bulk->leniency, &op->leniency);
        if (op->answered && op->error)
            scim_respond_log(request, op->error, apr_psprintf(call->pool, "operation %d", i + 1));
    }
    call->answer.status = HTTP_OK;
    scim_buf_init(&call->answer.body, BODY_SIZE + (apr_size_t)bulk->ops->nelts * OPERATION_SIZE, call->pool);
    scim_bulk_render(&call->answer.body, bulk, request->base);
    return NULL;
}

const scim_operation_t scim_resource_operations[] = {
    {SCIM_AT_ROOT, M_GET, prepare_list, work_list, answer_list},
    {SCIM_AT_SEARCH, M_POST, prepare_search, work_list, answer_list},
    {SCIM_AT_BULK, M_POST, prepare_bulk, work_bulk, answer_bulk},
    {SCIM_AT_COLLECTION, M_GET, prepare_list, work_list, answer_list},
    {SCIM_AT_COLLECTION, M_POST, prepare_create, work_create, answer_create},
    {SCIM_AT_RESOURCE, M_GET, prepare_get, work_get, answer_get},
    {SCIM_AT_RESOURCE, M_PUT, read_resource, work_replace, answer_replace},
    {SCIM_AT_RESOURCE, M_PATCH, prepare_patch, work_patch, answer_patch},
    {SCIM_AT_RESOURCE, M_DELETE, read_query, work_delete, answer_empty},
    {SCIM_AT_NOTHING, 0, NULL, NULL, NULL},
};
