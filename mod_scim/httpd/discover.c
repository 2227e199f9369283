/* Discovery (RFC 7644 4): without authentication. It shows nothing of a tenant but its profile. */
#include "operation.h"

#include <util_script.h>

#include "scim/discovery.h"

#define DOCUMENT_SIZE 8192
#define INTEROP_PAGE  100 /* the page size of the interoperability profile */

/* A filter is refused, and every other parameter ignored (RFC 7644 4). */
static scim_error_t *begin(scim_call_t *call)
{
    apr_table_t *args;

    ap_args_to_table(call->request->r, &args);
    if (apr_table_get(args, "filter"))
        return scim_error_status(call->pool, HTTP_FORBIDDEN, "Discovery endpoints cannot be filtered.");
    call->answer.status = HTTP_OK;
    scim_buf_init(&call->answer.body, DOCUMENT_SIZE, call->pool);
    return NULL;
}

static scim_error_t *found(scim_call_t *call, int there, const char *what, const char *list)
{
    if (there)
        return NULL;
    return scim_error_status(call->pool, HTTP_NOT_FOUND, "There is no %s \"%s\". %s lists the existing ones.", what,
                             call->request->id, list);
}

/* Whether the tenant has the interoperability profile. It is shown only to clients with a token of that tenant, so
 * that strangers do not learn which tenants exist. */
static int interop(const scim_call_t *call)
{
    return call->profile && scim_setting_page_maximum(call->request->config) >= INTEROP_PAGE &&
           strcmp(call->profile, "interop") == 0;
}

static scim_error_t *answer_config(scim_call_t *call)
{
    const scim_dir_config_t *config = call->request->config;
    scim_provider_t provider = {.page_default = scim_setting_page_default(config),
                                .page_maximum = scim_setting_page_maximum(config),
                                .cursor_timeout = (int)apr_time_sec(scim_setting_cursor_timeout(config)),
                                .bulk_operations = scim_setting_bulk_operations(config),
                                .bulk_bytes = scim_setting_bulk_body(config),
                                .documentation_uri = config->documentation_uri};
    scim_error_t *error = begin(call);

    if (error)
        return error;
    provider.interop = interop(call);
    scim_discovery_config(&call->answer.body, &provider, call->request->base);
    return NULL;
}

static scim_error_t *answer_schemas(scim_call_t *call)
{
    scim_error_t *error = begin(call);

    if (!error)
        scim_discovery_schemas(&call->answer.body, call->request->schemas, call->shows, call->request->base);
    return error;
}

static scim_error_t *answer_schema(scim_call_t *call)
{
    const scim_request_t *request = call->request;
    scim_error_t *error = begin(call);

    if (error)
        return error;
    return found(call,
                 scim_discovery_schema(&call->answer.body, request->schemas, request->id, call->shows, request->base),
                 "schema", "/Schemas");
}

static scim_error_t *answer_types(scim_call_t *call)
{
    scim_error_t *error = begin(call);

    if (!error)
        scim_discovery_types(&call->answer.body, call->request->schemas, call->request->base);
    return error;
}

static scim_error_t *answer_type(scim_call_t *call)
{
    const scim_request_t *request = call->request;
    scim_error_t *error = begin(call);

    if (error)
        return error;
    return found(call, scim_discovery_type(&call->answer.body, request->schemas, request->id, request->base),
                 "resource type", "/ResourceTypes");
}

const scim_operation_t scim_discovery_operations[] = {
    {SCIM_AT_CONFIG, M_GET, NULL, NULL, answer_config}, {SCIM_AT_SCHEMAS, M_GET, NULL, NULL, answer_schemas},
    {SCIM_AT_SCHEMA, M_GET, NULL, NULL, answer_schema}, {SCIM_AT_TYPES, M_GET, NULL, NULL, answer_types},
    {SCIM_AT_TYPE, M_GET, NULL, NULL, answer_type},     {SCIM_AT_NOTHING, 0, NULL, NULL, NULL},
};
