#include "claim.h"

#include <apr_buckets.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <util_filter.h>

#include "configuration.h"
#include "errors.h"

#define NO_FILE         "scim:"
#define REFUSED_HANDLER "scim-refused"
#define ENTRA_FLAG      "aadOptscim062020"

/* The state of a request, in its request_config. */
typedef struct claim_t {
    int had_flag;
    const char *handler; /* NULL: not claimed */
    char *filename;
    char *args;
} claim_t;

static claim_t *claim_of(const request_rec *r)
{
    return ap_get_module_config(r->request_config, &scim_module);
}

static claim_t *make_claim(request_rec *r)
{
    claim_t *claim = claim_of(r);

    if (!claim) {
        claim = apr_pcalloc(r->pool, sizeof(*claim));
        ap_set_module_config(r->request_config, &scim_module, claim);
    }
    return claim;
}

/* --- Entra ID's flag ---------------------------------------------------------------------------------------------- */

/* Where the tenant's base URL ends in the path that the client sent; NULL: the path names no tenant of a Location. */
static char *behind_tenant(const request_rec *r)
{
    char *path = r->parsed_uri.path;
    const scim_endpoint_t *endpoint = scim_config_endpoint(r->server, path);

    if (!endpoint)
        return NULL;
    path += strlen(endpoint->location);
    if (endpoint->tenant != SCIM_TENANT_PATH)
        return path;
    return *path && path[1] && path[1] != '/' ? path + 1 + strcspn(path + 1, "/") : NULL;
}

/* What follows the flag at the start of `text`: a slash or nothing. NULL: `text` does not start with the flag. */
static char *behind_flag(char *text)
{
    const apr_size_t len = sizeof(ENTRA_FLAG) - 1;

    return text && ap_cstr_casecmpn(text, ENTRA_FLAG, len) == 0 && strchr("/", text[len]) ? text + len : NULL;
}

static int replace_path(request_rec *r, apr_size_t keep, const char *rest)
{
    make_claim(r)->had_flag = 1;
    r->parsed_uri.path = apr_pstrcat(r->pool, apr_pstrmemdup(r->pool, r->parsed_uri.path, keep), rest, NULL);
    r->uri = r->parsed_uri.path;
    return DECLINED;
}

int scim_claim_unflag(request_rec *r)
{
    char *end = r->proxyreq == PROXYREQ_NONE && r->parsed_uri.path ? behind_tenant(r) : NULL;
    apr_size_t keep;
    char *rest;

    if (!end)
        return DECLINED;
    keep = (apr_size_t)(end - r->parsed_uri.path);
    if (*end == '/' && (rest = behind_flag(end + 1)))
        return replace_path(r, keep, rest);
    rest = behind_flag(r->args);
    if ((*end && strcmp(end, "/") != 0) || !rest || *rest != '/')
        return DECLINED;
    end = rest + strcspn(rest, "?&");
    r->args = *end ? end + 1 : NULL;
    return replace_path(r, keep, apr_pstrmemdup(r->pool, rest, (apr_size_t)(end - rest)));
}

int scim_claim_had_flag(const request_rec *r)
{
    const claim_t *claim = claim_of(r);

    return claim && claim->had_flag;
}

/* --- claiming ------------------------------------------------------------------------------------------------------*/

/* The handler for a request; NULL: another module's. */
static const char *find_handler(request_rec *r)
{
    if (r->prev && scim_errors_refused(r->prev))
        return REFUSED_HANDLER;
    if (scim_config_serves(r))
        return SCIM_HANDLER;
    return scim_config_manages(r) ? SCIM_ADMIN_HANDLER : NULL;
}

/* httpd sends an ErrorDocument of the admin API, since it may be a login page. The application that serves it must not
 * get the password. */
static void hide_password(request_rec *r)
{
    if (!r->prev || !scim_errors_admin_refused(r->prev))
        return;
    r->headers_in = apr_table_copy(r->pool, r->headers_in);
    apr_table_unset(r->headers_in, "Authorization");
}

int scim_claim_early(request_rec *r)
{
    hide_password(r);
    return find_handler(r) ? OK : DECLINED;
}

/* If an ErrorDocument were a URL, httpd would redirect the client to it. These texts are replaced by the filter in
 * errors.c. */
static void refuse_in_own_words(request_rec *r)
{
    static const int statuses[] = {HTTP_BAD_REQUEST,           HTTP_UNAUTHORIZED,       HTTP_FORBIDDEN,
                                   HTTP_METHOD_NOT_ALLOWED,    HTTP_REQUEST_TIME_OUT,   HTTP_REQUEST_ENTITY_TOO_LARGE,
                                   HTTP_INTERNAL_SERVER_ERROR, HTTP_SERVICE_UNAVAILABLE};
    apr_size_t i;

    for (i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
        ap_custom_response(r, statuses[i], "");
}

int scim_claim(request_rec *r)
{
    const char *handler = find_handler(r);
    claim_t *claim;

    if (!handler)
        return DECLINED;
    claim = make_claim(r);
    claim->handler = handler;
    claim->filename = apr_pstrcat(r->pool, NO_FILE, r->uri, NULL);
    claim->args = r->args;
    r->filename = claim->filename;
    if (strcmp(handler, SCIM_HANDLER) == 0)
        refuse_in_own_words(r);
    return OK;
}

int scim_claim_rewritten(request_rec *r)
{
    ap_conf_vector_t *before = r->per_dir_config;

    if (!r->parsed_uri.path || strcmp(r->uri, r->parsed_uri.path) == 0)
        return DECLINED;
    r->per_dir_config = r->server->lookup_defaults;
    if (ap_location_walk(r) == OK && scim_claim(r) == OK)
        return OK;
    r->per_dir_config = before;
    return DECLINED;
}

static const claim_t *held(const request_rec *r)
{
    const claim_t *claim = claim_of(r);

    return claim && claim->handler ? claim : NULL;
}

int scim_claim_map(request_rec *r)
{
    return held(r) ? OK : DECLINED;
}

int scim_claim_type(request_rec *r)
{
    return held(r) ? OK : DECLINED;
}

int scim_claim_keep(request_rec *r)
{
    const claim_t *claim = held(r);

    if (!claim)
        return DECLINED;
    r->handler = claim->handler;
    r->filename = claim->filename;
    r->args = claim->args;
    r->proxyreq = PROXYREQ_NONE;
    return OK;
}

/* The filter in errors.c writes the body. */
int scim_claim_refused(request_rec *r)
{
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;
    apr_bucket_brigade *brigade;

    if (!r->handler || strcmp(r->handler, REFUSED_HANDLER) != 0)
        return DECLINED;
    brigade = apr_brigade_create(r->pool, alloc);
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(alloc));
    ap_pass_brigade(r->output_filters, brigade);
    return OK;
}
