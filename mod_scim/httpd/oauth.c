#include "oauth.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>

#include "message.h"
#include "rules/denial.h"
#include "scim/text.h"
#include "secrets.h"
#include "store/client.h"

#define WELL_KNOWN "/.well-known/"
#define SERVER     "oauth-authorization-server"
#define RESOURCE   "oauth-protected-resource"
#define FORM       "application/x-www-form-urlencoded"
#define GRANT      "client_credentials"

/* The error codes (RFC 6749 5.2) that do not follow from the status. */
static const char invalid_request[] = "invalid_request";
static const char unsupported_grant[] = "unsupported_grant_type";

/* --- well-known URLs --------------------------------------------------------------------------------------------- */

int scim_oauth_well_known(request_rec *r)
{
    static const char *const names[] = {SERVER, RESOURCE, NULL};
    const char *path = r->parsed_uri.path;
    if (r->proxyreq != PROXYREQ_NONE || !path || strncmp(path, WELL_KNOWN, sizeof(WELL_KNOWN) - 1) != 0) {
        return DECLINED;
    }
    path += sizeof(WELL_KNOWN) - 1;
    for (int i = 0; names[i]; i++) {
        apr_size_t len = strlen(names[i]);
        if (strncmp(path, names[i], len) == 0 && path[len] == '/' && scim_config_endpoint(r->server, path + len)) {
            apr_size_t rest = strlen(path + len);
            while (rest > 1 && path[len + rest - 1] == '/') {
                rest--;
            }
            r->parsed_uri.path =
                apr_pstrcat(r->pool, apr_pstrmemdup(r->pool, path + len, rest), WELL_KNOWN, names[i], NULL);
            r->uri = r->parsed_uri.path;
            break;
        }
    }
    return DECLINED;
}

/* The well-known part goes between the host and the path of a URL (RFC 8414 3, RFC 9728 3.1). */
static const char *well_known_url(const scim_request_t *request, const char *name)
{
    const char *host = strstr(request->base, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;
    apr_pool_t *pool = request->r->pool;
    if (!path) {
        return apr_pstrcat(pool, request->base, WELL_KNOWN, name, NULL);
    }
    return apr_pstrcat(pool, apr_pstrmemdup(pool, request->base, (apr_size_t)(path - request->base)), WELL_KNOWN, name,
                       path, NULL);
}

const char *scim_oauth_resource_url(const scim_request_t *request)
{
    return well_known_url(request, RESOURCE);
}

int scim_oauth_is(const scim_request_t *request)
{
    return request->place == SCIM_AT_WELL_KNOWN || request->place == SCIM_AT_ACCESS_TOKEN;
}

static void add_member(scim_buf_t *out, const char *name, const char *value)
{
    scim_buf_printf(out, "\"%s\":", name);
    scim_buf_json(out, value, strlen(value));
}

static void add_server(scim_buf_t *out, const char *base)
{
    scim_buf_puts(out, "{");
    add_member(out, "issuer", base);
    scim_buf_puts(out, ",");
    add_member(out, "token_endpoint", apr_pstrcat(out->pool, base, "/oauth2/token", NULL));
    scim_buf_puts(out, ",\"grant_types_supported\":[\"" GRANT "\"],\"response_types_supported\":[],"
                       "\"token_endpoint_auth_methods_supported\":[\"client_secret_basic\",\"client_secret_post\"]}");
}

static void add_resource(scim_buf_t *out, const char *base)
{
    scim_buf_puts(out, "{");
    add_member(out, "resource", base);
    scim_buf_puts(out, ",\"authorization_servers\":[");
    scim_buf_json(out, base, strlen(base));
    scim_buf_puts(out, "],\"bearer_methods_supported\":[\"header\"],\"resource_name\":\"SCIM\"}");
}

static scim_error_t *wrong_method(scim_call_t *call, const char *allow)
{
    call->request->allow = allow;
    return scim_error_status(call->pool, HTTP_METHOD_NOT_ALLOWED, "%s is not possible here; possible are: %s.",
                             call->request->r->method, allow);
}

scim_error_t *scim_oauth_describe(scim_call_t *call)
{
    const scim_request_t *request = call->request;
    if (request->r->method_number != M_GET) {
        return wrong_method(call, "GET, HEAD");
    }
    call->answer.status = HTTP_OK;
    scim_buf_init(&call->answer.body, 512, call->pool);
    if (request->tenant && strcmp(request->id, SERVER) == 0) {
        add_server(&call->answer.body, request->base);
        return NULL;
    }
    if (request->tenant && strcmp(request->id, RESOURCE) == 0) {
        add_resource(&call->answer.body, request->base);
        return NULL;
    }
    return scim_error_status(call->pool, HTTP_NOT_FOUND, "There is nothing at \"%s\".", request->r->uri);
}

/* --- credentials ----------------------------------------------------------------------------------------------------
 */

static scim_error_t *bad(scim_call_t *call, const char *name, const char *detail)
{
    scim_error_t *error = scim_error_status(call->pool, HTTP_BAD_REQUEST, "%s", detail);
    error->cause = name;
    return error;
}

typedef struct form_t {
    const char *grant_type, *client_id, *client_secret;
} form_t;

/* Where to store a parameter; NULL: it is ignored. */
static const char **place_of(form_t *form, const char *name)
{
    if (strcmp(name, "grant_type") == 0) {
        return &form->grant_type;
    }
    if (strcmp(name, "client_id") == 0) {
        return &form->client_id;
    }
    return strcmp(name, "client_secret") == 0 ? &form->client_secret : NULL;
}

/* A parameter must not be repeated (RFC 6749 3.2); unknown ones are ignored. */
static scim_error_t *read_form(form_t *form, scim_call_t *call)
{
    const char *rest = apr_pstrmemdup(call->pool, call->bytes, call->bytes_len);
    if (strlen(rest) != call->bytes_len) {
        return bad(call, invalid_request, "The form is not encoded correctly.");
    }
    while (*rest) {
        char *name = ap_getword(call->pool, &rest, '&');
        char *value = strchr(name, '=');
        if (value) {
            *value++ = '\0';
        }
        if (ap_unescape_urlencoded(name) != OK || (value && ap_unescape_urlencoded(value) != OK)) {
            return bad(call, invalid_request, "The form is not encoded correctly.");
        }
        const char **place = place_of(form, name);
        if (place && *place) {
            return bad(call, invalid_request, "A parameter is given twice.");
        }
        if (place) {
            *place = value ? value : "";
        }
    }
    return NULL;
}

/* Id and secret are encoded as in a form before they are joined (RFC 6749 2.3.1). */
static scim_error_t *read_basic(form_t *form, scim_call_t *call)
{
    char *pair = scim_request_basic(call->request->r);
    char *secret = pair ? strchr(pair, ':') : NULL;
    if (!pair) {
        return NULL;
    }
    if (form->client_secret) {
        return bad(call, invalid_request, "The client authenticates in two ways; use one.");
    }
    if (secret) {
        *secret++ = '\0';
    }
    if (!secret || ap_unescape_urlencoded(pair) != OK || ap_unescape_urlencoded(secret) != OK ||
        (form->client_id && strcmp(form->client_id, pair) != 0)) {
        return bad(call, invalid_request, "The client's credentials cannot be read.");
    }
    form->client_id = pair;
    form->client_secret = secret;
    return NULL;
}

static scim_error_t *unknown_client(const scim_call_t *call, const char *cause)
{
    scim_error_t *error = scim_error_status(
        call->pool, HTTP_UNAUTHORIZED, "The client id must be a token's key id, and the secret that token's text.");
    error->cause = cause;
    error->told = scim_denied_pair;
    return error;
}

static scim_error_t *read_client(const form_t *form, scim_call_t *call)
{
    scim_request_t *request = call->request;
    if (!form->client_id || !form->client_secret) {
        return unknown_client(call, "no client id or no secret");
    }
    request->token_presented = 1;
    if (!scim_token_read(&request->token, form->client_secret)) {
        return unknown_client(call, "the secret does not have a token's form, or is mistyped");
    }
    request->key_id = request->token.key_id;
    if (strcmp(form->client_id, request->token.key_id) != 0) {
        return unknown_client(call, "the client id is another token's");
    }
    return request->tenant ? NULL : unknown_client(call, "the URL names no tenant");
}

static int is_form(const request_rec *r)
{
    const char *type = apr_table_get(r->headers_in, "Content-Type");
    apr_size_t len = type ? strcspn(type, "; \t") : 0;
    return len == sizeof(FORM) - 1 && ap_cstr_casecmpn(type, FORM, len) == 0;
}

scim_error_t *scim_oauth_read(scim_call_t *call)
{
    request_rec *r = call->request->r;
    form_t form = {NULL, NULL, NULL};
    if (r->method_number != M_POST) {
        return wrong_method(call, "POST");
    }
    if (!is_form(r)) {
        return bad(call, invalid_request, "The Content-Type must be " FORM ".");
    }
    scim_error_t *error = scim_message_bytes(&call->bytes, &call->bytes_len, call->request);
    if (!error) {
        error = read_form(&form, call);
    }
    if (!error) {
        error = read_basic(&form, call);
    }
    call->bytes_len = 0; /* so that no log shows it */
    if (!error && !form.grant_type) {
        error = bad(call, invalid_request, "grant_type is missing.");
    }
    if (!error && strcmp(form.grant_type, GRANT) != 0) {
        error = bad(call, unsupported_grant, "grant_type must be " GRANT ".");
    }
    return error ? error : read_client(&form, call);
}

/* --- granting -------------------------------------------------------------------------------------------------------
 */

scim_error_t *scim_oauth_grant(scim_call_t *call, scim_session_t *session)
{
    char *text = apr_pcalloc(call->pool, SCIM_TOKEN_LENGTH + 1);
    int life = (int)apr_time_sec(scim_setting_access_token_life(call->request->config));
    int seconds = 0;
    session->about = "me"; /* an access token of a token for /Me is for /Me, too */
    session->writes = 0;
    scim_error_t *error = scim_client_access(text, &seconds, session, life);
    if (error) {
        return error;
    }
    call->answer.status = HTTP_OK;
    scim_buf_init(&call->answer.body, 256, call->pool);
    scim_buf_puts(&call->answer.body, "{");
    add_member(&call->answer.body, "access_token", text);
    scim_buf_printf(&call->answer.body, ",\"token_type\":\"Bearer\",\"expires_in\":%d}", seconds);
    return NULL;
}

/* --- answering ------------------------------------------------------------------------------------------------------
 */

static const char *name_of(const scim_error_t *error)
{
    if (error->cause == invalid_request || error->cause == unsupported_grant) {
        return error->cause;
    }
    switch (error->status) {
    case HTTP_UNAUTHORIZED:
        return "invalid_client";
    case HTTP_FORBIDDEN:
        return "unauthorized_client";
    case HTTP_TOO_MANY_REQUESTS:
    case HTTP_SERVICE_UNAVAILABLE:
        return "temporarily_unavailable";
    default:
        return invalid_request;
    }
}

static void add_error(scim_buf_t *out, const scim_error_t *error)
{
    scim_buf_puts(out, "{");
    add_member(out, "error", name_of(error));
    scim_buf_puts(out, ",");
    add_member(out, "error_description", error->detail);
    scim_buf_puts(out, "}");
}

static int send_json(request_rec *r, const scim_buf_t *body)
{
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, alloc);
    ap_set_content_type_ex(r, "application/json", 1);
    ap_set_content_length(r, (apr_off_t)body->len);
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_pool_create(body->data, body->len, r->pool, alloc));
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(alloc));
    ap_pass_brigade(r->output_filters, brigade);
    return OK;
}

int scim_oauth_respond(scim_call_t *call, const scim_error_t *error)
{
    request_rec *r = call->request->r;
    scim_respond_begin(r);
    apr_table_setn(r->headers_out, "Pragma", "no-cache");
    if (!error) {
        r->status = call->answer.status;
        return send_json(r, &call->answer.body);
    }
    scim_respond_log(call->request, error, NULL);
    apr_table_setn(r->notes, "scim-error", apr_itoa(r->pool, error->status));
    if (error->status < 0) {
        return error->status;
    }
    /* RFC 6749 5.2 demands 400 if the client may not do this. */
    r->status = error->status == HTTP_FORBIDDEN && call->request->token_presented ? HTTP_BAD_REQUEST : error->status;
    if (error->status == HTTP_UNAUTHORIZED) {
        apr_table_setn(r->headers_out, "WWW-Authenticate", "Basic realm=\"SCIM\"");
    }
    if (error->retry_after) {
        apr_table_setn(r->headers_out, "Retry-After", apr_itoa(r->pool, error->retry_after));
    }
    if (error->status == HTTP_METHOD_NOT_ALLOWED) {
        apr_table_setn(r->headers_out, "Allow", call->request->allow);
    }
    scim_buf_init(&call->answer.body, 256, call->pool);
    add_error(&call->answer.body, error);
    return send_json(r, &call->answer.body);
}
