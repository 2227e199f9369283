#include "admin.h"

#include <apr_buckets.h>
#include <apr_strings.h>
#include <http_log.h>
#include <http_protocol.h>

#include "admin_stream.h"
#include "configuration.h"
#include "console.h"
#include "database.h"
#include "message.h"
#include "request.h"
#include "respond.h"
#include "scim/json.h"
#include "scim/text.h"
#include "store/admin.h"
#include "store/openapi.h"
#include "store/tenant.h"

APLOG_USE_MODULE(scim);

#define PATIENCE     apr_time_from_sec(3)
#define PROBLEM_TYPE "application/problem+json"
#define JSON_TYPE    "application/json"
#define ARGS_DEPTH   8

/* A request to the admin API. */
typedef struct admin_t {
    request_rec *r;
    const scim_dir_config_t *config;
    const char *path;     /* below the Location */
    const char *allow;    /* the methods of that place */
    scim_export_e export; /* the file format of a list */
    int one_page;         /* the client asked for one page, not for the whole list */
    scim_admin_call_t call;
} admin_t;

/* --- access --------------------------------------------------------------------------------------------------------*/

/* Whether an origin is this site: the same host and port. If the request came by TLS, an origin with plain HTTP is
 * not, because anybody on the network may have changed its page. */
static int is_own(const char *origin, const request_rec *r)
{
    const char *ours = ap_http_scheme(r);
    const char *host = apr_table_get(r->headers_in, "Host");
    apr_size_t scheme = strcspn(origin, ":");

    if (!host || strncmp(origin + scheme, "://", 3) != 0 || ap_cstr_casecmp(origin + scheme + 3, host) != 0)
        return 0;
    return ap_cstr_casecmpn(origin, "https:", scheme + 1) == 0 ||
           (strlen(ours) == scheme && ap_cstr_casecmpn(origin, ours, scheme) == 0);
}

/* A browser marks a request that another site's page has made: with Sec-Fetch-Site, or at least with the page's
 * Origin. */
static int foreign(const request_rec *r)
{
    const char *site = apr_table_get(r->headers_in, "Sec-Fetch-Site");
    const char *origin = apr_table_get(r->headers_in, "Origin");

    if (site)
        return strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
    return origin && !is_own(origin, r);
}

static int changes(const request_rec *r)
{
    return r->method_number != M_GET && r->method_number != M_OPTIONS;
}

/* A form of another site can send a body that is not JSON without a CORS preflight. */
static int announces_json(const request_rec *r)
{
    const char *type = apr_table_get(r->headers_in, "Content-Type");
    apr_size_t len = type ? strcspn(type, "; \t") : 0;

    return len == strlen(JSON_TYPE) && ap_cstr_casecmpn(type, JSON_TYPE, len) == 0;
}

/* Whether the body is the file that an operation takes: CSV, or JSON lines. */
static int is_file(const admin_t *admin)
{
    static const char *const types[] = {"text/csv", "application/jsonl", "application/x-ndjson"};
    const char *type = apr_table_get(admin->r->headers_in, "Content-Type");
    apr_size_t len = type ? strcspn(type, "; \t") : 0;
    const scim_admin_arg_t *arg = admin->call.op->args;
    apr_size_t i;

    if (!arg || arg->kind != SCIM_ARG_FILE)
        return 0;
    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (len == strlen(types[i]) && ap_cstr_casecmpn(type, types[i], len) == 0)
            return 1;
    return 0;
}

static scim_error_t *check_sender(const admin_t *admin)
{
    request_rec *r = admin->r;

    if (!r->user || !*r->user)
        return scim_error_status(r->pool, HTTP_FORBIDDEN,
                                 "Nobody is logged in. Protect this Location by AuthType and Require.");
    if (changes(r) && foreign(r))
        return scim_error_status(r->pool, HTTP_FORBIDDEN, "Changes are accepted only from pages of this site.");
    return NULL;
}

/* Checked after path and method, because an error in these is the more helpful answer. */
static scim_error_t *check_type(const admin_t *admin)
{
    request_rec *r = admin->r;

    if (changes(r) && r->method_number != M_DELETE && !announces_json(r) && !is_file(admin))
        return scim_error_status(r->pool, HTTP_UNSUPPORTED_MEDIA_TYPE, "The Content-Type must be " JSON_TYPE ".");
    return NULL;
}

/* The only tenant of a Location, or an error if its expression gives none. */
static scim_error_t *find_wall(admin_t *admin)
{
    const scim_dir_config_t *config = admin->config;
    const char *problem = NULL;
    const char *tenant = config->admin_tenant;

    if (config->admin_tenant_expr)
        tenant = ap_expr_str_exec(admin->r, config->admin_tenant_expr, &problem);
    else if (!tenant)
        return NULL;
    if (problem || !tenant || !scim_tenant_key_valid(tenant))
        return scim_error_status(admin->r->pool, HTTP_FORBIDDEN, "You are the administrator of no tenant here.");
    admin->call.wall = tenant;
    return NULL;
}

/* A tenant that this Location does not administer is answered like one that does not exist. */
static scim_error_t *check_wall(const admin_t *admin)
{
    const scim_admin_call_t *call = &admin->call;

    if (!call->wall)
        return NULL;
    if (!call->tenant && strcmp(call->op->method, "GET") != 0)
        return scim_error_status(call->pool, HTTP_FORBIDDEN, "Here only the tenant \"%s\" can be changed.", call->wall);
    if (call->tenant && strcmp(call->tenant, call->wall) != 0)
        return scim_tenant_missing(call->tenant, call->pool);
    return NULL;
}

/* --- requests ------------------------------------------------------------------------------------------------------*/

static scim_error_t *find_operation(admin_t *admin)
{
    request_rec *r = admin->r;
    scim_admin_call_t *call = &admin->call;
    const char *method = r->header_only ? "GET" : r->method;

    call->args = scim_json_own(json_object_new_object(), r->pool);
    call->op = scim_admin_route(call->args, &admin->allow, method, admin->path, r->pool);
    if (call->op)
        call->tenant = apr_pstrdup(r->pool, scim_admin_text(call, "tenant"));
    else if (!admin->allow)
        return scim_error_status(r->pool, HTTP_NOT_FOUND, "There is nothing at \"%s\".", r->uri);
    else
        return scim_error_status(r->pool, HTTP_METHOD_NOT_ALLOWED, "%s is not possible here; possible are: %s.",
                                 r->method, admin->allow);
    return NULL;
}

static const scim_admin_op_t description = {.method = "GET", .path = SCIM_OPENAPI_PATH};

/* The OpenAPI document is not an operation: it needs no tenant and no database. */
static int is_description(const admin_t *admin)
{
    return strcmp(admin->path, SCIM_OPENAPI_PATH) == 0;
}

static scim_error_t *describe(admin_t *admin)
{
    request_rec *r = admin->r;
    scim_admin_call_t *call = &admin->call;

    admin->allow = "GET";
    if (r->method_number != M_GET)
        return scim_error_status(r->pool, HTTP_METHOD_NOT_ALLOWED, "%s is not possible here; possible are: GET.",
                                 r->method);
    call->op = &description;
    call->answer = scim_openapi(r->pool);
    call->etag = scim_admin_etag(call->answer, strlen(call->answer), r->pool);
    return NULL;
}

/* Query and body must not repeat an argument of the path. */
static scim_error_t *check_once(const admin_t *admin, const char *name)
{
    static const char detail[] = "is given twice; give it once: in the path, if it is part of it.";
    apr_pool_t *pool = admin->r->pool;
    scim_error_t *error;

    if (!json_object_object_get_ex(admin->call.args, name, NULL))
        return NULL;
    error = scim_error_status(pool, HTTP_BAD_REQUEST, "%s: %s", name, detail);
    scim_error_field(error, name, detail, pool);
    return error;
}

/* Arguments of the query, name=value. */
static scim_error_t *read_query(admin_t *admin)
{
    apr_pool_t *pool = admin->r->pool;
    const char *rest = admin->r->args ? admin->r->args : "";

    while (*rest) {
        char *name = ap_getword(pool, &rest, '&');
        char *text = strchr(name, '=');
        const scim_admin_arg_t *arg;
        json_object *value = NULL;
        scim_error_t *error = NULL;

        if (text)
            *text++ = '\0';
        if (ap_unescape_urlencoded(name) != OK || (text && ap_unescape_urlencoded(text) != OK))
            return scim_error_status(pool, HTTP_BAD_REQUEST,
                                     "The query is not encoded correctly: two hexadecimal digits must follow each %%.");
        if ((error = check_once(admin, name)))
            return error;
        arg = scim_admin_arg(admin->call.op, name, strlen(name));
        if (arg && (error = scim_admin_read(&value, arg, text ? text : "", pool)))
            return error;
        json_object_object_add(admin->call.args, name, arg ? value : json_object_new_string(""));
    }
    return NULL;
}

/* The body is the file; the other arguments are in the query. */
static scim_error_t *read_file(admin_t *admin)
{
    scim_request_t request = {.r = admin->r, .config = admin->config};
    const char *bytes;
    apr_size_t len;
    scim_error_t *error = scim_message_bytes(&bytes, &len, &request);

    if (!error)
        error = read_query(admin);
    if (!error)
        error = check_once(admin, admin->call.op->args->name);
    if (!error)
        scim_admin_set(&admin->call, admin->call.op->args->name, json_object_new_string_len(bytes, (int)len));
    return error;
}

/* Each member of the body is an argument. */
static scim_error_t *read_body(admin_t *admin)
{
    scim_request_t request = {.r = admin->r, .config = admin->config};
    json_object *body;
    const char *bytes;
    apr_size_t len;
    scim_error_t *error = scim_message_body(&bytes, &len, &request);

    if (error || len == 0)
        return error;
    if ((error = scim_json_read(&body, bytes, len, ARGS_DEPTH, admin->r->pool)))
        return error;
    json_object_object_foreach(body, name, value)
    {
        if ((error = check_once(admin, apr_pstrdup(admin->r->pool, name))))
            return error;
        json_object_object_add(admin->call.args, name, json_object_get(value));
    }
    return NULL;
}

/* The version tags of If-Match, without quotes and with commas between them. */
static const char *version_tags(const request_rec *r)
{
    const char *header = apr_table_get(r->headers_in, "If-Match");
    char *text = header ? apr_pstrdup(r->pool, header) : NULL;
    char *to = text;
    const char *from;

    for (from = text; from && *from; from++)
        if (strncmp(from, "W/", 2) == 0)
            from++;
        else if (*from != '"' && *from != ' ')
            *to++ = *from;
    if (to)
        *to = '\0';
    return text;
}

static scim_error_t *read_arguments(admin_t *admin)
{
    const scim_admin_op_t *op = admin->call.op;
    scim_error_t *error = strcmp(op->method, "GET") == 0 ? read_query(admin)
                          : is_file(admin)               ? read_file(admin)
                                                         : read_body(admin);

    return error ? error : scim_admin_check(op, admin->call.args, admin->r->pool);
}

/* The error for an operation that timed out: what has happened, and what to do. */
static scim_error_t *explain_late(scim_error_t *error, const admin_t *admin)
{
    apr_pool_t *pool = admin->r->pool;
    apr_int64_t limit = apr_time_as_msec(scim_setting_admin_timeout(admin->config));
    const char *done =
        error->late ? "Nothing was changed. Try it again when the database has less to do, or let it take "
                      "longer (ScimAdminTimeout)."
                    : "It is not known whether it was done, but it will not be done later; check before you try again.";

    error->detail = apr_psprintf(
        pool, "The operation took longer than %" APR_INT64_T_FMT ".%" APR_INT64_T_FMT " seconds, its limit. %s",
        limit / 1000, limit % 1000 / 100, done);
    error->cause = "ScimAdminTimeout";
    return error;
}

/* The base URL, if it is the same for all tenants, belongs to one tenant only. */
static const char *base_url(const admin_t *admin)
{
    const char *url = admin->config->base_url;

    return url && (admin->call.wall || strstr(url, SCIM_TENANT_PLACE)) ? url : NULL;
}

static void fill_call(admin_t *admin)
{
    request_rec *r = admin->r;
    scim_admin_call_t *call = &admin->call;

    call->actor_kind = "admin";
    call->actor = r->user;
    call->sync_policy = admin->config->sync_policy;
    call->base_url = base_url(admin);
    call->request = scim_request_log_id(r);
    call->if_match = version_tags(r);
    call->patience = PATIENCE;
    call->schemas = scim_server_config(r->server)->runtime->schemas;
}

/* Executes the operation once, with a connection that is returned. */
static scim_error_t *take_turn(void *baton)
{
    admin_t *admin = baton;
    request_rec *r = admin->r;
    scim_admin_call_t *call = &admin->call;
    scim_database_t *database;
    scim_guest_t guest;
    scim_error_t *error;

    scim_database_guest(&guest, call->tenant, admin->config);
    error = scim_database_borrow(&database, r->server, &guest, scim_setting_admin_timeout(admin->config), call->pool);
    if (error)
        return error;
    call->conn = scim_database_connection(database);
    if (strcmp(call->op->method, "GET") == 0)
        scim_conn_reads(call->conn);
    error = scim_admin_run(call);
    scim_database_close(database);
    if (!error && call->op->after)
        return call->op->after(call);
    return error && (error->late || error->unknown) ? explain_late(error, admin) : error;
}

/* A list that is wanted as a file has all its pages, in large steps, unless the client asks for one page. */
static void widen(admin_t *admin)
{
    if (admin->export != SCIM_EXPORT_NONE && !json_object_object_get_ex(admin->call.args, "limit", NULL))
        scim_admin_set(&admin->call, "limit", json_object_new_int(SCIM_ADMIN_PAGE_MAX));
    else if (admin->export != SCIM_EXPORT_NONE)
        admin->one_page = 1;
}

static scim_error_t *run(admin_t *admin)
{
    scim_error_t *error;

    fill_call(admin);
    admin->export = scim_stream_wanted(admin->r, admin->call.op);
    widen(admin);
    error = take_turn(admin);
    return error || !scim_admin_text(&admin->call, "wait") ? error
                                                           : scim_stream_wait(admin->r, &admin->call, take_turn, admin);
}

/* --- answers -------------------------------------------------------------------------------------------------------*/

static int send_body(request_rec *r, const char *type, const char *body)
{
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, alloc);
    apr_size_t len = body ? strlen(body) : 0;

    if (body) {
        ap_set_content_type_ex(r, type, 1);
        ap_set_content_length(r, (apr_off_t)len);
        APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_pool_create(body, len, r->pool, alloc));
    }
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(alloc));
    ap_pass_brigade(r->output_filters, brigade);
    return OK;
}

/* The problem details of RFC 9457. */
static const char *problem_body(const scim_error_t *error, apr_pool_t *pool)
{
    scim_buf_t body;
    int i;

    scim_buf_init(&body, 256, pool);
    scim_buf_puts(&body, "{\"type\":\"about:blank\",\"title\":");
    scim_buf_json(&body, ap_get_status_line(error->status) + 4, strlen(ap_get_status_line(error->status) + 4));
    scim_buf_printf(&body, ",\"status\":%d,\"detail\":", error->status);
    scim_buf_json(&body, error->detail, strlen(error->detail));
    for (i = 0; error->fields && i < error->fields->nelts; i++) {
        const scim_field_error_t *field = &APR_ARRAY_IDX(error->fields, i, scim_field_error_t);

        scim_buf_puts(&body, i ? ",{\"field\":" : ",\"errors\":[{\"field\":");
        scim_buf_json(&body, field->field, strlen(field->field));
        scim_buf_puts(&body, ",\"detail\":");
        scim_buf_json(&body, field->detail, strlen(field->detail));
        scim_buf_puts(&body, "}");
    }
    scim_buf_puts(&body, error->fields ? "]}" : "}");
    return body.data;
}

static int respond_error(const admin_t *admin, const scim_error_t *error)
{
    request_rec *r = admin->r;

    ap_log_rerror(APLOG_MARK, error->status >= HTTP_INTERNAL_SERVER_ERROR ? APLOG_ERR : APLOG_INFO, 0, r,
                  "admin user=%s tenant=%s request=%s %s %s: %d: %s%s%s%s", r->user ? r->user : "-",
                  admin->call.tenant ? admin->call.tenant : "-", scim_request_log_id(r) ? scim_request_log_id(r) : "-",
                  r->method, r->uri, error->status, error->detail, error->cause ? " (" : "",
                  error->cause ? error->cause : "", error->cause ? ")" : "");
    apr_table_setn(r->notes, "scim-error", apr_itoa(r->pool, error->status));
    if (error->status < 0)
        return error->status; /* AP_FILTER_ERROR: httpd has sent an answer */
    scim_respond_begin(r);
    r->status = error->status;
    if (error->retry_after)
        apr_table_setn(r->headers_out, "Retry-After", apr_itoa(r->pool, error->retry_after));
    if (error->status == HTTP_METHOD_NOT_ALLOWED)
        apr_table_setn(r->headers_out, "Allow", admin->allow);
    return send_body(r, PROBLEM_TYPE, problem_body(error, r->pool));
}

/* The URL of what a POST created. */
static const char *new_place(const admin_t *admin)
{
    const scim_admin_call_t *call = &admin->call;
    json_object *answer = scim_json_trusted(call->answer, strlen(call->answer), call->pool);
    json_object *id;

    if (!json_object_object_get_ex(answer, call->op->id_field, &id))
        return NULL;
    return apr_pstrcat(call->pool, admin->r->uri, "/", ap_escape_path_segment(call->pool, json_object_get_string(id)),
                       NULL);
}

static int respond(admin_t *admin)
{
    request_rec *r = admin->r;
    const scim_admin_call_t *call = &admin->call;
    unsigned flags = call->op->flags;
    const char *tag = call->etag && !(flags & SCIM_OP_LIST) ? apr_pstrcat(r->pool, "\"", call->etag, "\"", NULL) : NULL;
    const char *known = apr_table_get(r->headers_in, "If-None-Match");

    if (admin->export != SCIM_EXPORT_NONE)
        return scim_stream_send(r, &admin->call, admin->export, admin->one_page ? NULL : take_turn, admin);
    scim_respond_begin(r);
    r->status = flags & SCIM_OP_EMPTY ? HTTP_NO_CONTENT : flags & SCIM_OP_CREATES ? HTTP_CREATED : HTTP_OK;
    if (tag)
        apr_table_setn(r->headers_out, "ETag", tag);
    if (flags & SCIM_OP_CREATES)
        apr_table_setn(r->headers_out, "Location", new_place(admin));
    if (tag && known && r->method_number == M_GET && strstr(known, tag)) {
        r->status = HTTP_NOT_MODIFIED;
        return send_body(r, NULL, NULL);
    }
    return send_body(r, JSON_TYPE, call->answer);
}

static const char *below_location(const request_rec *r)
{
    const char *location = scim_config_admin_location(r->server, r->uri);

    return location ? r->uri + strlen(location) : NULL;
}

/* *console: the status from scim_console; OK if the request is for the API. */
static scim_error_t *serve(admin_t *admin, int *console)
{
    scim_error_t *error = scim_request_tls(admin->r, admin->config);

    if (!error)
        error = check_sender(admin);
    if (!error && (*console = scim_console(&error, admin->r, admin->path)) != OK)
        return NULL;
    if (!error && is_description(admin))
        return describe(admin);
    if (!error)
        error = find_wall(admin);
    if (!error)
        error = find_operation(admin);
    if (!error)
        error = check_wall(admin);
    if (!error)
        error = check_type(admin);
    if (!error)
        error = read_arguments(admin);
    return error ? error : run(admin);
}

int scim_admin(request_rec *r)
{
    admin_t admin = {.r = r, .config = scim_dir_config(r), .call = {.pool = r->pool}};
    scim_error_t *error;
    int console = OK;

    if (!r->handler || strcmp(r->handler, SCIM_ADMIN_HANDLER) != 0)
        return DECLINED;
    admin.allow = "GET";
    admin.path = below_location(r);
    error = admin.path
                ? serve(&admin, &console)
                : scim_error_status(r->pool, HTTP_INTERNAL_SERVER_ERROR, "The service is not configured completely.");
    if (console != OK)
        return console;
    return error ? respond_error(&admin, error) : respond(&admin);
}
