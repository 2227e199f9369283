#include "errors.h"

#include <apr_strings.h>
#include <http_protocol.h>
#include <util_filter.h>

#include "configuration.h"
#include "message.h"
#include "respond.h"

#define FILTER "SCIM_ERROR"

typedef struct detail_t {
    int status;
    const char *text;
} detail_t;

static const detail_t details[] = {
    {HTTP_BAD_REQUEST, "The request is malformed."},
    {HTTP_UNAUTHORIZED, "The server requires other credentials."},
    {HTTP_FORBIDDEN, "The server's configuration does not allow this request."},
    {HTTP_NOT_FOUND, "There is nothing at this URL."},
    {HTTP_METHOD_NOT_ALLOWED, "The server does not allow this method here."},
    {HTTP_REQUEST_TIME_OUT, "The request did not arrive in time."},
    {HTTP_REQUEST_ENTITY_TOO_LARGE, "The request is larger than the server accepts."},
    {HTTP_REQUEST_URI_TOO_LARGE, "The URL is longer than the server accepts."},
    {HTTP_EXPECTATION_FAILED, "The server cannot meet the Expect header."},
    {0, NULL},
};

static const char *detail(int status)
{
    const detail_t *row = details;

    while (row->status && row->status != status)
        row++;
    return row->status ? row->text : ap_get_status_line(status) + sizeof("500");
}

/* The path in a request line that httpd did not parse because it is too long. */
static const char *unparsed_path(const request_rec *r)
{
    const char *path = r->the_request ? strchr(r->the_request, ' ') : NULL;

    return path ? apr_pstrmemdup(r->pool, path + 1, strcspn(path + 1, " ?")) : NULL;
}

/* A request that was refused early has no Location yet, so its path is compared. */
static int inside(request_rec *r)
{
    const scim_dir_config_t *config = scim_dir_config(r);

    if (config && config->location)
        return scim_config_serves(r);
    return scim_config_endpoint(r->server, r->parsed_uri.path) || scim_config_endpoint(r->server, r->uri) ||
           scim_config_endpoint(r->server, unparsed_path(r));
}

int scim_errors_refused(request_rec *r)
{
    return r->status >= HTTP_BAD_REQUEST && inside(r);
}

int scim_errors_admin_refused(request_rec *r)
{
    return r->status >= HTTP_BAD_REQUEST && (scim_config_manages(r) || scim_config_admin_location(r->server, r->uri) ||
                                             scim_config_admin_location(r->server, unparsed_path(r)));
}

static apr_status_t send_error(ap_filter_t *filter, int status)
{
    request_rec *r = filter->r;
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, alloc);
    const char *body = scim_error_body(scim_error_status(r->pool, status, "%s", detail(status)), r->pool);

    apr_table_setn(r->notes, "scim-error", apr_itoa(r->pool, status));
    r->status = status;
    r->status_line = NULL;
    r->content_encoding = NULL;
    apr_table_unset(r->headers_out, "Content-Encoding");
    apr_table_unset(r->headers_out, "Last-Modified");
    apr_table_unset(r->headers_out, "ETag");
    ap_set_content_type_ex(r, SCIM_MEDIA_TYPE, 1);
    ap_set_content_length(r, (apr_off_t)strlen(body));
    scim_respond_headers(r);
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_pool_create(body, strlen(body), r->pool, alloc));
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(alloc));
    return ap_pass_brigade(filter->next, brigade);
}

/* Drops httpd's page, and sends our error once instead. */
static apr_status_t error_filter(ap_filter_t *filter, apr_bucket_brigade *brigade)
{
    int *status = filter->ctx;
    int refused = *status;
    apr_bucket *bucket;
    int end = 0;

    for (bucket = APR_BRIGADE_FIRST(brigade); bucket != APR_BRIGADE_SENTINEL(brigade); bucket = APR_BUCKET_NEXT(bucket))
        end |= APR_BUCKET_IS_EOS(bucket);
    apr_brigade_cleanup(brigade);
    if (!end || !refused)
        return APR_SUCCESS;
    *status = 0;
    return send_error(filter, refused);
}

static void add(request_rec *r, int status)
{
    int *ctx = apr_palloc(r->pool, sizeof(*ctx));

    *ctx = status;
    ap_add_output_filter(FILTER, ctx, r, r->connection);
}

void scim_errors_register(void)
{
    ap_register_output_filter(FILTER, error_filter, NULL, AP_FTYPE_RESOURCE);
}

/* Not where httpd has refused the request because of its body, or of too much work. */
static int may_drain(const request_rec *r)
{
    return r->status != HTTP_REQUEST_ENTITY_TOO_LARGE && r->status != HTTP_REQUEST_TIME_OUT &&
           r->status != HTTP_BAD_REQUEST && r->status != HTTP_TOO_MANY_REQUESTS &&
           r->status != HTTP_SERVICE_UNAVAILABLE;
}

void scim_errors_insert(request_rec *r)
{
    int refused = scim_errors_refused(r);

    if (may_drain(r) && (refused || scim_errors_admin_refused(r)))
        scim_respond_drain(r);
    if (refused)
        add(r, r->status);
}

void scim_errors_redirected(request_rec *r)
{
    if (r->prev && scim_errors_refused(r->prev))
        add(r, r->prev->status);
}
