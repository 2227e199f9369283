#include "endpoint.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>

#include "configuration.h"
#include "database.h"
#include "limits.h"
#include "message.h"
#include "metrics.h"
#include "oauth.h"
#include "operation.h"
#include "pages.h"
#include "report.h"
#include "respond.h"
#include "store/client.h"
#include "store/search_sql.h"
#include "store/tenant.h"

static int is_discovery(scim_place_e place)
{
    const scim_operation_t *row;

    for (row = scim_discovery_operations; row->answer; row++)
        if (row->place == place)
            return 1;
    return 0;
}

static const scim_operation_t *table_of(scim_place_e place)
{
    return is_discovery(place) ? scim_discovery_operations : scim_resource_operations;
}

/* Whether a row of the table is for this place and type. A read-only type can be read and searched. */
static int fits(const scim_operation_t *row, const scim_request_t *request)
{
    if (row->place != request->place)
        return 0;
    return !request->type || !request->type->read_only || row->method == M_GET || row->place == SCIM_AT_SEARCH;
}

static const scim_operation_t *find_operation(const scim_request_t *request)
{
    const scim_operation_t *row;

    for (row = table_of(request->place); row->answer; row++)
        if (fits(row, request) && row->method == request->r->method_number)
            return row;
    return NULL;
}

/* The value of Allow for a place: the methods of its rows, and OPTIONS. For httpd, HEAD is M_GET too. */
static const char *allowed(const scim_request_t *request)
{
    apr_pool_t *pool = request->r->pool;
    const char *allow = "";
    const scim_operation_t *row;

    for (row = table_of(request->place); row->answer; row++)
        if (fits(row, request))
            allow = apr_pstrcat(pool, allow, row->method == M_GET ? "GET, HEAD" : ap_method_name_of(pool, row->method),
                                ", ", NULL);
    return apr_pstrcat(pool, allow, "OPTIONS", NULL);
}

/* Why a request has no operation; NULL: it is OPTIONS. */
static scim_error_t *refusal(scim_request_t *request)
{
    request_rec *r = request->r;

    if (request->place == SCIM_AT_NOTHING && request->right)
        return scim_error_status(r->pool, HTTP_NOT_FOUND,
                                 "There is no endpoint at \"%s\"; use %s/%s. Correct the base URL in the identity "
                                 "provider, which is %s, or the path that it adds to that.",
                                 r->uri, request->base, request->right, request->base);
    if (request->place == SCIM_AT_NOTHING)
        return scim_error_status(r->pool, HTTP_NOT_FOUND, "There is no endpoint at \"%s\".", r->uri);
    request->allow = allowed(request);
    if (r->method_number == M_OPTIONS)
        return NULL;
    return scim_error_status(r->pool, HTTP_METHOD_NOT_ALLOWED, "%s is not possible here; possible are: %s.", r->method,
                             request->allow);
}

static scim_error_t *check_only(scim_call_t *call, scim_session_t *session)
{
    (void)call;
    return scim_session_check(session);
}

static scim_error_t *nothing_to_say(scim_call_t *call)
{
    call->answer.status = HTTP_NO_CONTENT;
    return NULL;
}

static const scim_operation_t options = {SCIM_AT_ANY, M_OPTIONS, NULL, check_only, nothing_to_say};

static scim_spool_t *make_spool(scim_call_t *call)
{
    const request_rec *r = call->request->r;
    const core_dir_config *core = ap_get_core_module_config(r->per_dir_config);
    apr_int32_t flags = core->enable_sendfile == ENABLE_SENDFILE_ON ? APR_FOPEN_SENDFILE_ENABLED : 0;

    scim_spool_init(&call->spool, call->request->config->spool_dir, flags, call->pool);
    call->answer.spool = &call->spool;
    return &call->spool;
}

/* The only user that the request concerns (`about` in session.h). */
static const char *about(const scim_request_t *request)
{
    char id[SCIM_ID_SIZE];

    if (request->place == SCIM_AT_ME || request->place == SCIM_AT_NOTHING)
        return "me";
    if (request->place != SCIM_AT_RESOURCE || !request->type->groups || !scim_id_read(id, request->id))
        return "";
    return apr_pstrdup(request->r->pool, id);
}

/* Whether a search must read all resources. A search with an error is not executed, so it is not slow. */
static int is_slow(const scim_call_t *call, scim_work_t work)
{
    const scim_runtime_t *runtime = scim_server_config(call->request->r->server)->runtime;

    return work != check_only && call->search && scim_search_is_slow(call->search, runtime->indexed, call->pool);
}

static scim_error_t *borrow(scim_database_t **out, const scim_call_t *call, scim_work_t work)
{
    const scim_request_t *request = call->request;
    scim_guest_t guest;

    scim_database_guest(&guest, request->tenant, request->config);
    guest.token = request->token.key_id;
    guest.slow = is_slow(call, work);
    return scim_database_borrow(out, request->r->server, &guest, scim_setting_database_timeout(request->config),
                                call->pool);
}

/* A client that httpd has authenticated acts with the rights of the token that has its name. */
static scim_error_t *find_client(scim_call_t *call, scim_session_t *session)
{
    scim_request_t *request = call->request;
    scim_error_t *error;

    if (!request->client || request->token.key_id[0])
        return NULL;
    error = scim_client_find(&request->token, session, request->client);
    if (error)
        return error;
    request->key_id = request->token.key_id;
    request->token_presented = 1;
    call->activity.key_id = request->key_id;
    return scim_limits_admit(request, NULL);
}

/* Runs `work` with a connection, which is returned right after it. */
static scim_error_t *with_database(scim_call_t *call, scim_work_t work)
{
    scim_request_t *request = call->request;
    scim_database_t *database;
    scim_session_t *session = apr_pcalloc(call->pool, sizeof(*session));
    scim_error_t *error = borrow(&database, call, work);

    if (error)
        return error;
    session->conn = scim_database_connection(database);
    if (call->activity.reads)
        scim_conn_reads(session->conn);
    session->tenant = request->tenant;
    session->token = &request->token;
    session->base = request->base;
    session->address = call->activity.address;
    session->request = call->activity.request;
    session->writes = !call->activity.reads;
    session->about = about(request);
    session->spool = make_spool(call);
    session->leniency = &call->leniency;
    session->activity = &call->activity;
    session->memory = scim_pages_memory(scim_server_config(request->r->server)->runtime->pages);
    session->rules_cache = scim_server_config(request->r->server)->runtime->rules;
    session->schemas = scim_server_config(request->r->server)->runtime->schemas;
    session->pool = call->pool;
    error = scim_conn_limit(session->conn);
    if (!error)
        error = find_client(call, session);
    if (!error)
        error = work(call, session);
    scim_database_close(database);
    if (request->token.key_id[0])
        scim_limits_learn(request, session, error);
    request->token_name = session->told.token_name;
    return error;
}

/* The token is checked first, even if the request has another error, so that strangers see only 401. A long body takes
 * many times its length of memory, so it is not even read for a stranger. */
static scim_error_t *serve_resources(scim_call_t *call)
{
    scim_request_t *request = call->request;
    const scim_operation_t *operation = find_operation(request);
    scim_error_t *early = operation ? scim_message_accept(request) : refusal(request);
    scim_error_t *error;

    if (!operation)
        operation = &options;
    if (!early && scim_message_long(request) && (error = with_database(call, check_only)))
        return error;
    if (!early && operation->prepare)
        early = operation->prepare(call);
    if (request->broken)
        return early;
    scim_report_begin(call);
    error = with_database(call, early ? check_only : operation->work);
    if (error || early)
        return error ? error : early;
    return operation->answer(call);
}

static scim_error_t *find_profile(scim_call_t *call, scim_session_t *session)
{
    scim_error_t *error = scim_session_check(session);

    call->profile = error ? NULL : session->told.profile;
    return error;
}

static scim_error_t *find_shown(scim_call_t *call, scim_session_t *session)
{
    int hides = 1;
    scim_error_t *error = scim_tenant_hides(&hides, session);

    call->shows = !error && !hides;
    return error;
}

/* Discovery needs no token, and an invalid token is ignored. The database is queried only if the answer depends on the
 * tenant: for /ServiceProviderConfig and /Schemas, with a token. */
static void look_up_profile(scim_call_t *call)
{
    scim_request_t *request = call->request;

    int schemas = request->place == SCIM_AT_SCHEMAS || request->place == SCIM_AT_SCHEMA;

    if ((schemas || request->place == SCIM_AT_CONFIG) && !scim_limits_admit(request, scim_request_token(request)))
        (void)with_database(call, schemas ? find_shown : find_profile);
}

static scim_error_t *serve_discovery(scim_call_t *call)
{
    const scim_operation_t *operation = find_operation(call->request);
    scim_error_t *error;

    if (!operation) {
        error = refusal(call->request);
        return error ? error : nothing_to_say(call);
    }
    look_up_profile(call);
    error = scim_message_accept(call->request);
    return error ? error : operation->answer(call);
}

/* Finds the user of /Me (RFC 7644 3.11). From then on the request is for that user. */
static scim_error_t *find_me(scim_call_t *call, scim_session_t *session)
{
    scim_request_t *request = call->request;
    scim_error_t *error = scim_session_user(&request->id, session);

    if (error)
        return error;
    if (!request->id || !request->type)
        return scim_error_status(call->pool, HTTP_NOT_IMPLEMENTED,
                                 "/Me is for tokens that belong to a user, and this one belongs to none. Use /Users, "
                                 "or a token that was made for a user.");
    request->place = SCIM_AT_RESOURCE;
    return NULL;
}

/* Exchanges a token for an access token. */
static scim_error_t *serve_access(scim_call_t *call)
{
    scim_error_t *error = scim_oauth_read(call);

    if (call->request->tenant)
        scim_report_begin(call);
    if (!error || error->status == HTTP_UNAUTHORIZED)
        error = scim_limits_admit(call->request, error);
    return error ? error : with_database(call, scim_oauth_grant);
}

static scim_error_t *serve(scim_call_t *call, request_rec *r)
{
    scim_error_t *error = scim_request_begin(&call->request, r);

    if (error)
        return error;
    call->activity.mask = &call->request->mask;
    call->leniency.used = call->request->leniencies;
    if (is_discovery(call->request->place)) {
        call->request->mask.names = ""; /* its body has no values to mask */
        return serve_discovery(call);
    }
    if (call->request->place == SCIM_AT_WELL_KNOWN)
        return scim_oauth_describe(call);
    if (call->request->place == SCIM_AT_ACCESS_TOKEN)
        return serve_access(call);
    error = scim_request_token(call->request);
    if (call->request->tenant)
        scim_report_begin(call);
    error = scim_limits_admit(call->request, error);
    if (!error && call->request->place == SCIM_AT_ME)
        error = with_database(call, find_me);
    return error ? error : serve_resources(call);
}

/* The kind of a request, for the metrics. */
static scim_asked_e asked(const scim_request_t *request)
{
    static const struct {
        scim_place_e place;
        int method;
        scim_asked_e asked;
    } rows[] = {
        {SCIM_AT_RESOURCE, M_GET, SCIM_ASKED_GET},
        {SCIM_AT_RESOURCE, M_PUT, SCIM_ASKED_REPLACE},
        {SCIM_AT_RESOURCE, M_PATCH, SCIM_ASKED_PATCH},
        {SCIM_AT_RESOURCE, M_DELETE, SCIM_ASKED_DELETE},
        {SCIM_AT_COLLECTION, M_GET, SCIM_ASKED_LIST},
        {SCIM_AT_COLLECTION, M_POST, SCIM_ASKED_CREATE},
        {SCIM_AT_ROOT, M_GET, SCIM_ASKED_LIST},
        {SCIM_AT_SEARCH, M_POST, SCIM_ASKED_LIST},
        {SCIM_AT_BULK, M_POST, SCIM_ASKED_BULK},
        {SCIM_AT_ACCESS_TOKEN, M_POST, SCIM_ASKED_TOKEN},
        {SCIM_AT_ANY, 0, SCIM_ASKED_OTHER},
    };
    int i = 0;

    while (rows[i].asked != SCIM_ASKED_OTHER &&
           (rows[i].place != request->place || rows[i].method != request->r->method_number))
        i++;
    return rows[i].asked;
}

/* The metrics name a tenant only if a valid token has shown that it exists. */
static void count(const scim_call_t *call, const scim_error_t *error)
{
    const scim_request_t *request = call->request;
    int status = !error ? call->answer.status : error->status > 0 ? error->status : HTTP_BAD_REQUEST;

    scim_metrics_request(request->token_name ? request->tenant : NULL, asked(request), status,
                         apr_time_now() - request->r->request_time);
    if (status == HTTP_TOO_MANY_REQUESTS)
        scim_metrics_add(scim_limits_count(error), 1);
}

int scim_endpoint(request_rec *r)
{
    scim_call_t call = {.pool = r->pool, .leniency = {.allowed = SCIM_LENIENT_ALL, .pool = r->pool}};
    scim_error_t *error;

    if (!r->handler || strcmp(r->handler, SCIM_HANDLER) != 0)
        return DECLINED;
    error = serve(&call, r);
    scim_report_end(&call, error);
    count(&call, error);
    call.request->leniencies = call.leniency.used;
    call.request->ignored = scim_leniency_ignored(&call.leniency, call.pool);
    if (scim_oauth_is(call.request))
        return scim_oauth_respond(&call, error);
    return error ? scim_respond_error(call.request, error) : scim_respond(call.request, &call.answer);
}
