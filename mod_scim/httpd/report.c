#include "report.h"

#include <apr_strings.h>
#include <http_protocol.h>

#include "limits.h"
#include "outbox.h"
#include "respond.h"
#include "rules/denial.h"
#include "scim/json.h"
#include "scim/mask.h"
#include "scim/text.h"
#include "secrets.h"
#include "store/reads.h"

#define PATH_MAX_BYTES 2000
#define BODY_MAX       (64 * 1024) /* longest recorded body in bytes */
#define ENTRY_SIZE     512

/* Makes a text valid UTF-8, and limits its length. */
static const char *clean(const char *text, apr_pool_t *pool)
{
    apr_size_t len = strlen(text);
    apr_size_t valid;
    char *copy;

    if (len <= PATH_MAX_BYTES && scim_utf8_valid(text, len) == len)
        return text;
    copy = apr_pstrmemdup(pool, text, len > PATH_MAX_BYTES ? PATH_MAX_BYTES : len);
    while ((valid = scim_utf8_valid(copy, strlen(copy))) < strlen(copy))
        copy[valid] = '?';
    return copy;
}

/* The path below the tenant's base URL, with the query. Secrets in it are masked. */
static const char *path_of(const scim_request_t *request)
{
    const request_rec *r = request->r;
    const char *path = r->uri + strlen(request->config->location);
    const char *whole;

    if (request->config->tenant == SCIM_TENANT_PATH && *path == '/') {
        path++;
        path += strcspn(path, "/");
    }
    whole = scim_mask_url(r->args ? apr_pstrcat(r->pool, path, "?", r->args, NULL) : path, 0, &request->mask, r->pool);
    return clean(scim_secrets_hide_all(*whole ? whole : "/", r->pool), r->pool);
}

/* The resource's name in its body: userName or displayName. */
static void name_object(scim_activity_t *activity, const scim_call_t *call)
{
    static const char *const names[] = {"userName", "displayName"};
    json_object *name;
    int i;

    for (i = 0; call->resource && i < 2; i++)
        if (json_object_object_get_ex(call->resource->doc, names[i], &name)) {
            activity->object = json_object_get_string(name);
            activity->named = names[i];
            return;
        }
}

/* The resource that the path of a request names. */
static void find_resource(scim_activity_t *activity, const scim_request_t *request, apr_pool_t *pool)
{
    char id[SCIM_ID_SIZE];

    if (request->place != SCIM_AT_RESOURCE && request->place != SCIM_AT_COLLECTION)
        return;
    activity->type = request->type->stored;
    if (request->place == SCIM_AT_RESOURCE && scim_id_read(id, request->id))
        activity->resource = apr_pstrdup(pool, id);
}

/* The path in one spelling: without a slash at the end, double slashes, an id in capitals, or percent-encoded
 * letters. */
static const char *target_of(const scim_activity_t *activity, const scim_request_t *request, apr_pool_t *pool)
{
    const char *query = activity->path + strcspn(activity->path, "?");

    if (request->place == SCIM_AT_BULK)
        return apr_pstrcat(pool, "/Bulk", query, NULL);
    if (request->place == SCIM_AT_ME)
        return apr_pstrcat(pool, "/Me", query, NULL);
    if (request->place == SCIM_AT_COLLECTION)
        return apr_pstrcat(pool, "/", request->type->endpoint, query, NULL);
    if (activity->resource)
        return apr_pstrcat(pool, "/", request->type->endpoint, "/", activity->resource, query, NULL);
    return activity->path;
}

static int success(const scim_call_t *call)
{
    const scim_request_t *request = call->request;

    switch (request->r->method_number) {
    case M_POST:
        return request->place == SCIM_AT_COLLECTION ? HTTP_CREATED : HTTP_OK;
    case M_PATCH:
        return call->patch_body ? HTTP_OK : HTTP_NO_CONTENT;
    case M_DELETE:
        return HTTP_NO_CONTENT;
    default:
        return HTTP_OK;
    }
}

/* The client's address in a form that PostgreSQL can read: without the interface of a link-local address
 * (fe80::1%eth0). NULL: the client has none, for example on a Unix socket. */
static const char *address(const request_rec *r)
{
    const apr_sockaddr_t *from = r->useragent_addr;
    apr_size_t len;

    if (!r->useragent_ip || !from || (from->family != APR_INET && from->family != APR_INET6))
        return NULL;
    len = strcspn(r->useragent_ip, "%");
    return r->useragent_ip[len] ? apr_pstrmemdup(r->pool, r->useragent_ip, len) : r->useragent_ip;
}

static int reads(const scim_request_t *request)
{
    int method = request->r->method_number;

    return method == M_GET || method == M_OPTIONS || request->place == SCIM_AT_SEARCH;
}

void scim_report_begin(scim_call_t *call)
{
    scim_activity_t *activity = &call->activity;
    const scim_request_t *request = call->request;
    request_rec *r = request->r;

    activity->tenant = request->tenant;
    activity->key_id = request->key_id;
    activity->method = r->method;
    activity->path = path_of(request);
    activity->address = address(r);
    activity->request = scim_request_log_id(r);
    name_object(activity, call);
    find_resource(activity, request, call->pool);
    activity->target = target_of(activity, request, call->pool);
    activity->body = call->bytes;
    activity->body_len = call->bytes_len;
    activity->began = r->request_time;
    activity->status = success(call);
    activity->reads = reads(request);
}

/* A body that is not a JSON object is not stored, because secrets in it cannot be found. */
static const char *masked_body(const scim_call_t *call)
{
    json_object *body;

    if (call->bytes_len > BODY_MAX || scim_json_read(&body, call->bytes, call->bytes_len,
                                                     scim_setting_max_depth(call->request->config) + 3, call->pool))
        return NULL;
    scim_mask_json(body, &call->request->mask, call->pool);
    return scim_json_text(body, NULL, call->pool);
}

/* The id of a POST's result, if it is not the id that was assigned before, because the POST restored or adopted a
 * resource. */
static const char *other_resource(const scim_call_t *call)
{
    const char *told = call->activity.resource;

    if (!call->record || call->request->place != SCIM_AT_COLLECTION || call->request->r->method_number != M_POST)
        return NULL;
    return told && strcmp(told, call->record->id) == 0 ? NULL : call->record->id;
}

static const char *reason_of(const scim_call_t *call, const scim_error_t *error)
{
    const char *outcome, *told;

    if (error)
        return error->told ? error->told : error->detail;
    outcome = call->bulk ? scim_bulk_outcome(call->bulk) : NULL;
    told = scim_leniency_told(&call->leniency, call->pool);
    return outcome && told ? apr_pstrcat(call->pool, outcome, " ", told, NULL) : outcome ? outcome : told;
}

/* Whether a request is not recorded: recording did not start, or there are too many requests of unknown clients. For
 * unknown clients only refusals are recorded. */
static int is_silent(const scim_call_t *call, const scim_error_t *error)
{
    if (!call->activity.method || (error && error->cause == scim_limits_flood))
        return 1;
    if (call->activity.key_id && (!error || error->told != scim_denied_unknown))
        return 0;
    return !error || error->status != HTTP_UNAUTHORIZED || !scim_limits_stranger(call->request);
}

/* Whether to record a request: of successful reads only the percentage that the tenant has chosen. */
static int is_kept(const scim_activity_t *activity, int status)
{
    return !activity->reads || status >= HTTP_BAD_REQUEST || !activity->used || activity->share == 100 ||
           (activity->share > 0 && (int)ap_random_pick(0, 99) < activity->share);
}

static void tell(const scim_call_t *call, const scim_outcome_t *outcome)
{
    const scim_activity_t *activity = &call->activity;
    int kept = is_kept(activity, outcome->status);
    scim_buf_t entry;

    if (!kept || scim_reads_take(activity, outcome)) {
        scim_outbox_read(call->request->r->server, activity, outcome->status, kept);
        return;
    }
    scim_buf_init(&entry, ENTRY_SIZE, call->pool);
    scim_activity_entry(&entry, activity, outcome);
    scim_outbox_add(call->request->r->server, entry.data, entry.len);
}

void scim_report_end(scim_call_t *call, const scim_error_t *error)
{
    scim_activity_t *activity = &call->activity;
    const char *keeps = activity->keeps;
    scim_outcome_t outcome = {.received = call->bytes_len};

    if (is_silent(call, error))
        return;
    outcome.status = !error ? call->answer.status : error->status > 0 ? error->status : HTTP_BAD_REQUEST;
    outcome.type = error ? scim_type_name(error->type) : NULL;
    if (call->request->place == SCIM_AT_COLLECTION && (error || activity->changes))
        activity->resource = NULL; /* no resource with this id was created */
    outcome.reason = reason_of(call, error);
    outcome.elsewhere = error && error->told == scim_denied_unknown ? scim_denied_alien : NULL;
    outcome.resource = error ? NULL : other_resource(call);
    outcome.leniencies = call->leniency.used ? scim_leniency_names(call->leniency.used, call->pool) : NULL;
    activity->path = path_of(call->request);
    outcome.reason = scim_mask_detail(outcome.reason, &call->request->mask, call->pool);
    activity->changes = scim_mask_changes(activity->changes, &call->request->mask, call->pool);
    outcome.body = keeps && *keeps == '+' && call->bytes_len ? masked_body(call) : NULL;
    if (activity->refused)
        scim_respond_log(call->request, activity->refused, "done, and its activity is written later");
    tell(call, &outcome);
}
