#include "request.h"

#include <apr_lib.h>
#include <apr_network_io.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_ssl.h>
#include <http_vhost.h>

#include "claim.h"
#include "rules/denial.h"
#include "scim/address.h"
#include "scim/leniency.h"
#include "store/tenant.h"

typedef struct endpoint_t {
    const char *name;
    scim_place_e alone;   /* the place of the endpoint's own URL */
    scim_place_e with_id; /* the place of a URL with an id below it */
} endpoint_t;

/* The SCIM request is stored in the pool of httpd's request (scim_request_of). */
#define REQUEST_KEY "scim-request"

/* The resource type of /Me. */
#define USER_TYPE "User"

/* Endpoints that are not resource types (RFC 7644 3.2). */
static const endpoint_t endpoints[] = {
    {"ServiceProviderConfig", SCIM_AT_CONFIG, SCIM_AT_NOTHING},
    {"Schemas", SCIM_AT_SCHEMAS, SCIM_AT_SCHEMA},
    {"ResourceTypes", SCIM_AT_TYPES, SCIM_AT_TYPE},
    {"Me", SCIM_AT_ME, SCIM_AT_NOTHING},
    {"Bulk", SCIM_AT_BULK, SCIM_AT_NOTHING},
    {".search", SCIM_AT_SEARCH, SCIM_AT_NOTHING},
    {".well-known", SCIM_AT_NOTHING, SCIM_AT_WELL_KNOWN},
    {"oauth2", SCIM_AT_NOTHING, SCIM_AT_ACCESS_TOKEN},
    {NULL, SCIM_AT_NOTHING, SCIM_AT_NOTHING},
};

/* The next segment of *path, which then points behind it; NULL: none. A slash at the end of the path is ignored. */
static const char *segment(const char **path, apr_pool_t *pool)
{
    const char *start = *path + (**path == '/');
    apr_size_t len = strcspn(start, "/");

    *path = start + len;
    return *start ? apr_pstrmemdup(pool, start, len) : NULL;
}

static void find_place(scim_request_t *request, const char *path)
{
    apr_pool_t *pool = request->r->pool;
    const char *whole = path + (*path == '/'), *name = segment(&path, pool);
    const endpoint_t *endpoint = endpoints;

    request->place = name ? SCIM_AT_NOTHING : SCIM_AT_ROOT;
    if (!name)
        return;
    request->right = scim_address_right(whole, request->schemas, pool);
    request->id = segment(&path, pool);
    if (segment(&path, pool) || (request->id && !*request->id))
        return;
    while (endpoint->name && strcmp(endpoint->name, name) != 0)
        endpoint++;
    if (endpoint->name) {
        request->place = request->id ? endpoint->with_id : endpoint->alone;
        if (request->place == SCIM_AT_ACCESS_TOKEN && strcmp(request->id, "token") != 0)
            request->place = SCIM_AT_NOTHING;
        if (request->place == SCIM_AT_ME)
            request->type = scim_schemas_type(request->schemas, USER_TYPE, sizeof(USER_TYPE) - 1);
        return;
    }
    request->type = scim_schemas_endpoint(request->schemas, name, strlen(name));
    if (!request->type)
        return;
    if (request->id && ap_cstr_casecmp(request->id, ".search") == 0)
        request->place = strcmp(request->id, ".search") == 0 ? SCIM_AT_SEARCH : SCIM_AT_NOTHING;
    else
        request->place = request->id ? SCIM_AT_RESOURCE : SCIM_AT_COLLECTION;
}

/* Whether the host name belongs to the virtual host. The first virtual host also gets requests for unknown names; with
 * ServerAlias it answers only for its own names, because another name with the same first label would avoid the
 * directives for the tenant's own name. */
static int known_name(request_rec *r)
{
    const server_rec *server = r->server;

    return (!server->names && !server->wild_names) || ap_matches_request_vhost(r, r->hostname, server->port);
}

/* The first label of the host name that the client asked for. */
static const char *host_tenant(request_rec *r)
{
    char *name = r->hostname ? apr_pstrmemdup(r->pool, r->hostname, strcspn(r->hostname, ".")) : NULL;

    if (!name || !known_name(r))
        return NULL;
    ap_str_tolower(name);
    return name;
}

/* The tenant, by the mode of the Location. If the tenant is part of the path, *path then points behind it. */
static const char *find_tenant(request_rec *r, const scim_dir_config_t *config, const char **path)
{
    const char *problem = NULL;
    const char *tenant;

    switch (config->tenant) {
    case SCIM_TENANT_PATH:
        return segment(path, r->pool);
    case SCIM_TENANT_HOST:
        return host_tenant(r);
    case SCIM_TENANT_FIXED:
        return config->tenant_name;
    case SCIM_TENANT_EXPR:
        tenant = ap_expr_str_exec(r, config->tenant_expr, &problem);
        return problem ? NULL : tenant;
    case SCIM_TENANT_UNSET:
        break;
    }
    return NULL;
}

const char *scim_request_tenant(request_rec *r, const scim_dir_config_t *config)
{
    const char *path = r->uri;
    const char *tenant;

    if (config->tenant == SCIM_TENANT_PATH) {
        if (!config->location || !scim_config_covers(config->location, path))
            return NULL;
        path += strlen(config->location);
    }
    tenant = find_tenant(r, config, &path);
    return tenant && scim_tenant_key_valid(tenant) ? tenant : NULL;
}

/* Skips the Location's path if the path has it twice. Returns whether it does. */
static int skip_again(const char **path, const char *location)
{
    const apr_size_t len = strlen(location);
    const char *start = *path;

    while (len > 1 && strncmp(*path, location, len) == 0 && ((*path)[len] == '/' || !(*path)[len]))
        *path += len;
    return *path != start;
}

/* Called if the segment in the tenant's place is not a tenant's key. It may be the tenant and an endpoint with no
 * slash between them, as in /demoGroups/ID, or an endpoint alone. Returns the path behind the tenant. */
static const char *mend_tenant(scim_request_t *request, const char *path, int *wrong)
{
    const char *text = request->tenant;
    apr_size_t at = scim_address_split(text, request->schemas);
    const char *tenant = apr_pstrmemdup(request->r->pool, text, at);

    request->tenant = NULL;
    request->astray = scim_address_is_endpoint(text, strlen(text), request->schemas);
    if (request->astray || !at || !scim_tenant_key_valid(tenant))
        return path;
    *wrong = 1;
    request->tenant = tenant;
    return apr_pstrcat(request->r->pool, "/", text + at, path, NULL);
}

static const char *make_base(const scim_request_t *request)
{
    request_rec *r = request->r;
    const scim_dir_config_t *config = request->config;
    const char *base = config->base_url;

    if (base && strstr(base, SCIM_TENANT_PLACE)) {
        if (request->tenant)
            return scim_config_base_url(base, request->tenant, r->pool);
        base = NULL;
    }
    if (!base)
        base = ap_construct_url(r->pool, ap_os_escape_path(r->pool, config->location, 1), r);
    if (config->tenant == SCIM_TENANT_PATH && request->tenant)
        base = apr_pstrcat(r->pool, base, "/", request->tenant, NULL);
    return base;
}

static int loopback(const request_rec *r)
{
    apr_sockaddr_t *peer = r->connection->client_addr;
    apr_ipsubnet_t *net;

    if (peer->family == APR_UNIX)
        return 1;
    if (apr_ipsubnet_create(&net, "127.0.0.0", "8", r->pool) == APR_SUCCESS && apr_ipsubnet_test(net, peer))
        return 1;
    return apr_ipsubnet_create(&net, "::1", NULL, r->pool) == APR_SUCCESS && apr_ipsubnet_test(net, peer);
}

/* Tokens and personal data must be encrypted in transit (RFC 7644 7.1). A proxy on this machine that ends TLS is a
 * loopback client; another one needs `ServerName https://..` or ScimRequireTLS off. */
scim_error_t *scim_request_tls(request_rec *r, const scim_dir_config_t *config)
{
    if (ap_ssl_conn_is_ssl(r->connection) || strcmp(ap_http_scheme(r), "https") == 0 ||
        !scim_setting_require_tls(config) || loopback(r))
        return NULL;
    return scim_error_status(r->pool, HTTP_FORBIDDEN, "This service answers over TLS only. Use an https URL.");
}

scim_error_t *scim_request_begin(scim_request_t **out, request_rec *r)
{
    scim_request_t *request = apr_pcalloc(r->pool, sizeof(*request));
    const scim_runtime_t *runtime = scim_server_config(r->server)->runtime;
    const char *path = r->uri;
    int wrong;
    scim_error_t *error;

    *out = request;
    request->r = r;
    apr_pool_userdata_setn(request, REQUEST_KEY, NULL, r->pool);
    request->config = scim_dir_config(r);
    request->leniencies = scim_claim_had_flag(r) ? SCIM_LENIENT_FLAG_IN_PATH : 0;
    if (!request->config->location || !runtime) {
        error = scim_error_status(r->pool, HTTP_INTERNAL_SERVER_ERROR, "The service is not configured completely.");
        error->cause = "SetHandler scim is set where no ScimTenant applies";
        return error;
    }
    request->schemas = runtime->schemas;
    request->mask.secret = request->schemas->secret;
    request->mask.schemas = request->schemas;
    if (!scim_config_covers(request->config->location, path))
        return scim_error_status(r->pool, HTTP_NOT_FOUND, "There is no endpoint at \"%s\".", path);
    path += strlen(request->config->location);
    wrong = skip_again(&path, request->config->location);
    request->tenant = find_tenant(r, request->config, &path);
    if (request->tenant && !scim_tenant_key_valid(request->tenant))
        path = mend_tenant(request, path, &wrong);
    request->base = make_base(request);
    if (request->tenant)
        apr_table_setn(r->notes, "scim-tenant", request->tenant);
    find_place(request, path);
    if (wrong) {
        request->place = SCIM_AT_NOTHING;
        request->right = request->right ? request->right : path + (*path == '/');
    }
    return scim_request_tls(r, request->config);
}

const scim_request_t *scim_request_of(const request_rec *r)
{
    void *request = NULL;

    apr_pool_userdata_get(&request, REQUEST_KEY, r->pool);
    return request;
}

const char *scim_request_log_id(const request_rec *r)
{
    const char *id = apr_table_get(r->subprocess_env, "UNIQUE_ID");

    return id ? id : r->log_id;
}

static scim_error_t *unauthorized(apr_pool_t *pool, const char *detail, const char *cause, const char *told)
{
    scim_error_t *error = scim_error_status(pool, HTTP_UNAUTHORIZED, "%s", detail);

    error->cause = cause;
    error->told = told;
    return error;
}

/* The text is about the URL only, and does not say whether a tenant exists. */
static const char *no_tenant(const scim_request_t *request)
{
    return apr_psprintf(request->r->pool,
                        "The URL lacks the tenant's name. The base URL is %s/TENANT, which the administrator of this "
                        "service can give you; correct it in the identity provider.",
                        request->base);
}

char *scim_request_basic(const request_rec *r)
{
    const char *header = apr_table_get(r->headers_in, "Authorization");
    const char *scheme = header ? ap_getword_white(r->pool, &header) : "";

    return ap_cstr_casecmp(scheme, "Basic") == 0 ? ap_pbase64decode(r->pool, header) : NULL;
}

/* The token that the client sent; NULL: none. */
static const char *sent_token(const request_rec *r, const scim_dir_config_t *config)
{
    const char *header = apr_table_get(r->headers_in, "Authorization");
    const char *scheme = header ? ap_getword_white(r->pool, &header) : "";
    const char *password;

    if (ap_cstr_casecmp(scheme, "Bearer") == 0)
        return header;
    if (!scim_setting_basic_tokens(config))
        return NULL;
    password = scim_request_basic(r);
    password = password ? ap_strchr_c(password, ':') : NULL;
    return password ? password + 1 : NULL;
}

/* The client that httpd has authenticated; NULL: none, or a token is used instead. */
static const char *find_client(const scim_request_t *request, int sent)
{
    const scim_dir_config_t *config = request->config;
    const char *problem = NULL;
    const char *client;

    if (!config->client || (sent && config->client_after))
        return NULL;
    client = ap_expr_str_exec(request->r, config->client, &problem);
    return client && *client && !problem ? client : NULL;
}

#define NEEDED "A bearer token is needed in the Authorization header."

scim_error_t *scim_request_token(scim_request_t *request)
{
    request_rec *r = request->r;
    apr_pool_t *pool = r->pool;
    const char *sent = sent_token(r, request->config);
    char key[SCIM_TOKEN_KEY_LENGTH + 1];
    const char *text;

    request->client = find_client(request, sent != NULL);
    if (request->client)
        return request->tenant ? NULL : unauthorized(pool, "The client is not known.", "the URL names no tenant", NULL);
    if (!sent && apr_table_get(r->headers_in, "Authorization"))
        return unauthorized(pool, NEEDED, "another authentication scheme", scim_denied_scheme);
    if (!sent)
        return unauthorized(pool, NEEDED, "no Authorization header", scim_denied_nothing);
    request->token_presented = 1;
    text = ap_getword_white(pool, &sent);
    if (scim_token_key(key, text))
        request->key_id = apr_pstrdup(pool, key);
    if (*sent || !scim_token_read(&request->token, text))
        return unauthorized(pool, "The bearer token is not valid.", "not in a token's form, or mistyped",
                            request->key_id ? scim_denied_typing : scim_denied_form);
    if (!request->tenant)
        return unauthorized(pool, request->astray ? no_tenant(request) : "The bearer token is not valid.",
                            "the URL names no tenant", NULL);
    return NULL;
}
