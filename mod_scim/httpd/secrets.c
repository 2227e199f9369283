#include "secrets.h"

#include <apr_strings.h>

#include "configuration.h"
#include "request.h"
#include "scim/mask.h"
#include "scim/text.h"
#include "store/token.h"

#define PREFIX    "scim_"
#define SHORTEST  20              /* characters after the prefix; a shorter word is not a token */
#define PARAMETER "access_token=" /* RFC 6750 2.3; mod_scim does not accept tokens there */
#define HIDDEN    "..."

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* Finds the next token, even if it is incomplete or mistyped. */
static const char *find_token(const char *text, apr_size_t *len)
{
    while ((text = strstr(text, PREFIX))) {
        *len = sizeof(PREFIX) - 1 + strspn(text + sizeof(PREFIX) - 1, alphabet);
        if (*len >= sizeof(PREFIX) - 1 + SHORTEST)
            return text;
        text += *len;
    }
    return NULL;
}

const char *scim_secrets_hide(const char *text, apr_pool_t *pool)
{
    apr_size_t len = 0;
    const char *token = text ? find_token(text, &len) : NULL;
    scim_buf_t out;

    if (!token)
        return text;
    scim_buf_init(&out, strlen(text) + 1, pool);
    for (; token; token = find_token(text, &len)) {
        scim_buf_add(&out, text, (apr_size_t)(token - text) + sizeof(PREFIX) - 1 + SCIM_TOKEN_KEY_LENGTH);
        scim_buf_puts(&out, HIDDEN);
        text = token + len;
    }
    scim_buf_puts(&out, text);
    return out.data;
}

/* Hides the value of access_token in a query, even if it does not look like a token. */
static const char *hide_parameter(const char *text, apr_pool_t *pool)
{
    const char *at = text ? strstr(text, PARAMETER) : NULL;
    scim_buf_t out;

    if (!at)
        return text;
    scim_buf_init(&out, strlen(text) + 1, pool);
    for (; at; at = strstr(text, PARAMETER)) {
        at += sizeof(PARAMETER) - 1;
        scim_buf_add(&out, text, (apr_size_t)(at - text));
        scim_buf_puts(&out, HIDDEN);
        text = at + strcspn(at, "& ");
    }
    scim_buf_puts(&out, text);
    return out.data;
}

const char *scim_secrets_hide_all(const char *text, apr_pool_t *pool)
{
    return hide_parameter(scim_secrets_hide(text, pool), pool);
}

/* The Location of a URL, also if httpd refused the request before it searched for one. */
static const char *location_of(request_rec *r, const char *url)
{
    const scim_endpoint_t *endpoint;

    if (scim_config_serves(r))
        return scim_dir_config(r)->location;
    endpoint = scim_config_endpoint(r->server, url);
    return endpoint ? endpoint->location : NULL;
}

/* The length of the part of a URL that is no secret: the Location and the tenant. */
static apr_size_t known_part(const request_rec *r, const char *location, const char *url)
{
    const scim_request_t *request = scim_request_of(r);
    apr_size_t len = strlen(location);

    if (strncmp(location, url, len) != 0)
        return 0;
    if (request && request->tenant && request->config->tenant == SCIM_TENANT_PATH && url[len] == '/')
        len += 1 + strcspn(url + len + 1, "/?#");
    return len;
}

static const scim_mask_t *mask_of(const request_rec *r)
{
    static const scim_mask_t unknown = {"", NULL, NULL};
    const scim_request_t *request = scim_request_of(r);

    return request ? &request->mask : &unknown;
}

const char *scim_secrets_url(request_rec *r, const char *url)
{
    const char *location = url ? location_of(r, apr_pstrmemdup(r->pool, url, strcspn(url, "?#"))) : NULL;

    return location ? scim_mask_url(url, known_part(r, location, url), mask_of(r), r->pool) : url;
}

/* "GET /path?query HTTP/1.1" */
static const char *mask_line(request_rec *r, const char *line)
{
    const char *url = line ? strchr(line, ' ') : NULL;
    const char *end = url ? strrchr(url + 1, ' ') : NULL;
    const char *asked, *masked;

    if (!url)
        return line;
    url++;
    end = end ? end : url + strlen(url);
    asked = apr_pstrmemdup(r->pool, url, (apr_size_t)(end - url));
    masked = scim_secrets_url(r, asked);
    return masked == asked ? line : apr_psprintf(r->pool, "%.*s%s%s", (int)(url - line), line, masked, end);
}

static void put(char **text, const char *masked, apr_pool_t *pool)
{
    if (masked != *text)
        *text = apr_pstrdup(pool, masked);
}

/* No files are below a Location: r->filename holds the path (scim_endpoint_translate). */
static void mask_filename(request_rec *r)
{
    char *path = r->filename ? strstr(r->filename, r->uri) : NULL;
    const char *masked = path && !path[strlen(r->uri)] ? scim_secrets_url(r, r->uri) : r->uri;

    if (masked != r->uri)
        r->filename = apr_psprintf(r->pool, "%.*s%s", (int)(path - r->filename), r->filename, masked);
}

static void mask_request(request_rec *r)
{
    mask_filename(r);
    put(&r->the_request, mask_line(r, r->the_request), r->pool);
    put(&r->unparsed_uri, scim_secrets_url(r, r->unparsed_uri), r->pool);
    if (r->args && location_of(r, r->uri))
        put(&r->args, scim_mask_url(apr_pstrcat(r->pool, "?", r->args, NULL), 0, mask_of(r), r->pool) + 1, r->pool);
    put(&r->uri, scim_secrets_url(r, r->uri), r->pool);
}

static void hide(char **text, apr_pool_t *pool)
{
    put(text, scim_secrets_hide_all(*text, pool), pool);
}

static void hide_header(request_rec *r, const char *name)
{
    const char *value = apr_table_get(r->headers_in, name);
    const char *hidden = scim_secrets_hide_all(value, r->pool);

    if (hidden != value)
        apr_table_setn(r->headers_in, name, hidden);
}

/* The password of Basic may be a token. Base64 hides its prefix, so the whole header is checked. */
static void hide_basic(request_rec *r)
{
    const char *header = apr_table_get(r->headers_in, "Authorization");

    if (header && ap_cstr_casecmpn(header, "Basic ", 6) == 0 && location_of(r, r->uri))
        apr_table_setn(r->headers_in, "Authorization", "Basic " HIDDEN);
}

/* "https://host/path?query": the path may belong to this module. */
static void mask_referer(request_rec *r)
{
    const char *referer = apr_table_get(r->headers_in, "Referer");
    const char *host = referer ? strstr(referer, "://") : NULL;
    const char *path = host ? strchr(host + 3, '/') : NULL;
    const char *masked = path ? scim_secrets_url(r, path) : NULL;

    if (masked != path)
        apr_table_setn(r->headers_in, "Referer",
                       apr_psprintf(r->pool, "%.*s%s", (int)(path - referer), referer, masked));
}

int scim_secrets_log(request_rec *r)
{
    for (; r; r = r->next) {
        hide_basic(r);
        mask_referer(r);
        mask_request(r);
        hide(&r->the_request, r->pool);
        hide(&r->unparsed_uri, r->pool);
        hide(&r->uri, r->pool);
        hide(&r->filename, r->pool);
        hide(&r->args, r->pool);
        hide_header(r, "Authorization");
        hide_header(r, "Referer");
    }
    return DECLINED;
}
