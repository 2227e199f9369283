#include "message.h"

#include <apr_buckets.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <http_protocol.h>
#include <util_filter.h>

#include "scim/text.h"

#define READ_SIZE 65536
#define LONG_BODY 65536

static const char *const media_types[] = {SCIM_MEDIA_TYPE, "application/json"};
#define MEDIA_TYPES (sizeof(media_types) / sizeof(media_types[0]))

/* Splits `name=value` of a header element, and removes the quotes around the value. */
static const char *parameter(char **value, const char **rest, apr_pool_t *pool)
{
    char *name = ap_getword(pool, rest, ';');

    *value = strchr(name, '=');
    if (*value) {
        *(*value)++ = '\0';
        apr_collapse_spaces(*value, *value);
        if (**value == '"') {
            (*value)++;
            (*value)[strcspn(*value, "\"")] = '\0';
        }
    }
    apr_collapse_spaces(name, name);
    return name;
}

/* How exactly a media range matches `type`: 4 exactly; 3 by its suffix, which some clients use although RFC 9110
 * 12.5.1 has no such range; 2 application slash *; 1 anything; 0 not at all. */
static int closeness(const char *range, const char *type)
{
    static const char suffix[] = "+json";

    if (ap_cstr_casecmp(range, type) == 0)
        return 4;
    if (ap_cstr_casecmp(range, "application/*+json") == 0)
        return strlen(type) > strlen(suffix) && strcmp(type + strlen(type) - strlen(suffix), suffix) == 0 ? 3 : 0;
    if (ap_cstr_casecmp(range, "application/*") == 0)
        return 2;
    return strcmp(range, "*/*") == 0;
}

static int refused(const char *quality)
{
    return quality[0] == '0' && strspn(quality + 1, ".0") == strlen(quality + 1);
}

/* The range that matches best decides; a quality of 0 refuses the type. */
static int accepts(const char *header, const char *type, apr_pool_t *pool)
{
    int best = 0;
    int answer = 0;

    while (*header) {
        const char *element = ap_getword(pool, &header, ',');
        char *range = ap_getword(pool, &element, ';');
        int zero = 0;
        int close;

        apr_collapse_spaces(range, range);
        close = closeness(range, type);
        while (*element) {
            char *value;
            const char *name = parameter(&value, &element, pool);

            if (ap_cstr_casecmp(name, "q") == 0 && value)
                zero = refused(value);
        }
        if (close > best || (close && close == best && !zero)) {
            best = close;
            answer = !zero;
        }
    }
    return answer;
}

scim_error_t *scim_message_accept(const scim_request_t *request)
{
    const char *header = apr_table_get(request->r->headers_in, "Accept");
    apr_size_t i;

    if (!header || !header[strspn(header, " \t")])
        return NULL;
    for (i = 0; i < MEDIA_TYPES; i++)
        if (accepts(header, media_types[i], request->r->pool))
            return NULL;
    return scim_error_status(request->r->pool, HTTP_NOT_ACCEPTABLE,
                             "Answers are application/scim+json. The Accept header allows neither that nor "
                             "application/json.");
}

static int known_type(const char *header, apr_pool_t *pool)
{
    char *type = ap_getword(pool, &header, ';');
    apr_size_t i;

    apr_collapse_spaces(type, type);
    for (i = 0; i < MEDIA_TYPES && ap_cstr_casecmp(type, media_types[i]) != 0; i++)
        ;
    if (i == MEDIA_TYPES)
        return 0;
    while (*header) {
        char *value;
        const char *name = parameter(&value, &header, pool);

        if (ap_cstr_casecmp(name, "charset") == 0 && value && ap_cstr_casecmp(value, "utf-8") != 0)
            return 0;
    }
    return 1;
}

static scim_error_t *check_type(const scim_request_t *request)
{
    const char *header = apr_table_get(request->r->headers_in, "Content-Type");

    if (!header || known_type(header, request->r->pool))
        return NULL;
    return scim_error_status(request->r->pool, HTTP_UNSUPPORTED_MEDIA_TYPE,
                             "The body must be application/scim+json or application/json in UTF-8.");
}

/* mod_deflate removes the header when it decodes the body, so this works only after the body was read. */
static scim_error_t *check_encoding(const scim_request_t *request)
{
    const char *header = apr_table_get(request->r->headers_in, "Content-Encoding");

    if (!header || ap_cstr_casecmp(header, "identity") == 0)
        return NULL;
    return scim_error_status(request->r->pool, HTTP_UNSUPPORTED_MEDIA_TYPE,
                             "The body must come without a Content-Encoding.");
}

/* The longest body that a request may have. */
static apr_off_t body_limit(const scim_request_t *request)
{
    return request->place == SCIM_AT_BULK ? scim_setting_bulk_body(request->config)
                                          : scim_setting_max_body(request->config);
}

/* To keep the connection, httpd would have to read the rest of the body, so the connection is closed. */
static scim_error_t *too_large(const scim_request_t *request)
{
    request->r->connection->keepalive = AP_CONN_CLOSE;
    return scim_error_status(request->r->pool, HTTP_REQUEST_ENTITY_TOO_LARGE,
                             "The body is larger than %" APR_OFF_T_FMT " bytes.", body_limit(request));
}

/* Whether mod_deflate decodes the body. */
static int inflates(const request_rec *r)
{
    const ap_filter_t *filter;

    for (filter = r->input_filters; filter; filter = filter->next)
        if (ap_cstr_casecmp(filter->frec->name, "DEFLATE") == 0)
            return 1;
    return 0;
}

/* mod_deflate's errors for a body that becomes too large: APR_EINVAL for its ratio, APR_ENOSPC for its length. */
static int is_bomb(const request_rec *r, apr_status_t rv)
{
    return (rv == APR_EINVAL || rv == APR_ENOSPC) && inflates(r);
}

static scim_error_t *broken(scim_request_t *request, apr_status_t rv)
{
    int status = ap_map_http_request_error(rv, HTTP_BAD_REQUEST);
    scim_error_t *error;

    request->r->connection->keepalive = AP_CONN_CLOSE;
    if (is_bomb(request->r, rv))
        return scim_error_status(request->r->pool, HTTP_REQUEST_ENTITY_TOO_LARGE,
                                 "The compressed body becomes larger than mod_deflate allows "
                                 "(DeflateInflateRatioLimit, 200 times its size if not set otherwise, and "
                                 "DeflateInflateLimitRequestBody); a body has at most %" APR_OFF_T_FMT
                                 " bytes. Send it without compression.",
                                 body_limit(request));
    request->broken = 1;
    if (status == AP_FILTER_ERROR)
        return scim_error_status(request->r->pool, AP_FILTER_ERROR, "The body was refused.");
    error = scim_error_status(request->r->pool, status, "The body did not arrive completely.");
    error->cause = apr_psprintf(request->r->pool, "reading the body: %pm", &rv);
    return error;
}

/* Adds the data of a brigade; sets *end if the body is complete. */
static apr_status_t gather(scim_buf_t *body, int *end, apr_bucket_brigade *brigade, apr_off_t limit)
{
    apr_bucket *bucket;

    for (bucket = APR_BRIGADE_FIRST(brigade); bucket != APR_BRIGADE_SENTINEL(brigade);
         bucket = APR_BUCKET_NEXT(bucket)) {
        const char *bytes;
        apr_size_t len;
        apr_status_t rv;

        if (APR_BUCKET_IS_EOS(bucket)) {
            *end = 1;
            return APR_SUCCESS;
        }
        if (APR_BUCKET_IS_METADATA(bucket))
            continue;
        rv = apr_bucket_read(bucket, &bytes, &len, APR_BLOCK_READ);
        if (rv != APR_SUCCESS)
            return rv;
        if (len > (apr_size_t)limit - body->len)
            return APR_ENOSPC;
        scim_buf_add(body, bytes, len);
    }
    return APR_SUCCESS;
}

static scim_error_t *read_body(scim_buf_t *body, scim_request_t *request)
{
    request_rec *r = request->r;
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    apr_off_t limit = body_limit(request);
    int end = 0;

    while (!end) {
        apr_status_t rv = ap_get_brigade(r->input_filters, brigade, AP_MODE_READBYTES, APR_BLOCK_READ, READ_SIZE);

        if (rv != APR_SUCCESS)
            return broken(request, rv);
        rv = gather(body, &end, brigade, limit);
        apr_brigade_cleanup(brigade);
        if (rv == APR_ENOSPC)
            return too_large(request);
        if (rv != APR_SUCCESS)
            return broken(request, rv);
    }
    return NULL;
}

/* Whether a filter of the request, such as mod_deflate's, may make the body longer than the received bytes. */
static int may_grow(const request_rec *r)
{
    const ap_filter_t *filter;

    for (filter = r->input_filters; filter; filter = filter->next)
        if (filter->frec->ftype < AP_FTYPE_PROTOCOL)
            return 1;
    return 0;
}

int scim_message_long(const scim_request_t *request)
{
    const char *announced = apr_table_get(request->r->headers_in, "Content-Length");
    apr_off_t length;

    if (!announced)
        return apr_table_get(request->r->headers_in, "Transfer-Encoding") != NULL;
    if (!ap_parse_strict_length(&length, announced) || length > LONG_BODY)
        return 1;
    return length > 0 && may_grow(request->r);
}

scim_error_t *scim_message_body(const char **bytes, apr_size_t *len, scim_request_t *request)
{
    scim_error_t *error = check_type(request);

    return error ? error : scim_message_bytes(bytes, len, request);
}

scim_error_t *scim_message_bytes(const char **bytes, apr_size_t *len, scim_request_t *request)
{
    const char *announced = apr_table_get(request->r->headers_in, "Content-Length");
    apr_off_t length = 0;
    scim_buf_t body;
    scim_error_t *error;

    if (announced && ap_parse_strict_length(&length, announced) && length > body_limit(request))
        return too_large(request);
    scim_buf_init(&body, length ? (apr_size_t)length + 1 : READ_SIZE, request->r->pool);
    if ((error = read_body(&body, request)) || (error = check_encoding(request)))
        return error;
    *bytes = body.data;
    *len = body.len;
    return NULL;
}
