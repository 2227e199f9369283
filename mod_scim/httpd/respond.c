#include "respond.h"

#include <apr_buckets.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <util_filter.h>

#include "message.h"
#include "oauth.h"
#include "scim/leniency.h"
#include "secrets.h"

APLOG_USE_MODULE(scim);

#define SENT_AT_ONCE 8192               /* bytes, see send_now */
#define DRAINED_MAX  (10 * 1024 * 1024) /* how many bytes of an unread body are read and dropped */
#define DRAINED_TIME apr_time_from_sec(5)

/* Answers have personal data, so caches between server and client must not store them. */
void scim_respond_headers(request_rec *r)
{
    apr_table_setn(r->headers_out, "X-Content-Type-Options", "nosniff");
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
}

/* In HTTP/2 httpd resets a stream whose body was not read, and the client may lose the answer. In HTTP/1.1 httpd reads
 * the rest after the answer; ap_discard_request_body has an effect only there. */
void scim_respond_drain(request_rec *r)
{
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    apr_off_t left = DRAINED_MAX;
    apr_off_t len = 0;
    apr_time_t until = apr_time_now() + DRAINED_TIME;
    int end = r->proto_num < HTTP_VERSION(2, 0);

    while (!end && left > 0 && apr_time_now() < until &&
           ap_get_brigade(r->input_filters, brigade, AP_MODE_READBYTES, APR_BLOCK_READ, SENT_AT_ONCE) == APR_SUCCESS) {
        end = APR_BRIGADE_EMPTY(brigade) || APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(brigade));
        apr_brigade_length(brigade, 1, &len);
        left -= len;
        apr_brigade_cleanup(brigade);
    }
}

void scim_respond_begin(request_rec *r)
{
    scim_respond_drain(r);
    scim_respond_headers(r);
}

static void set_header(request_rec *r, const char *name, const char *value)
{
    if (value)
        apr_table_setn(r->headers_out, name, value);
}

static void put_text(apr_bucket_brigade *brigade, const char *bytes, apr_size_t len)
{
    if (len)
        APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_pool_create(bytes, len, brigade->p, brigade->bucket_alloc));
}

/* A part of the spool's file. All parts share one file bucket: when the first part is set aside for a slow client, the
 * file moves from the request's pool to the connection's, and separate buckets would lose it. `*file` is any of the
 * parts; NULL at first. */
static void put_file(apr_bucket_brigade *brigade, apr_bucket **file, const scim_spool_t *spool,
                     const scim_insert_t *insert, int mmap)
{
    apr_bucket *part = NULL;

    if (!*file) {
        part = apr_bucket_file_create(spool->file, 0, 0, brigade->p, brigade->bucket_alloc);
        apr_bucket_file_enable_mmap(part, mmap);
    } else {
        apr_bucket_copy(*file, &part);
    }
    part->start = insert->from;
    part->length = (apr_size_t)insert->len;
    APR_BRIGADE_INSERT_TAIL(brigade, part);
    *file = part;
}

/* Sends the text with the contents of the spool inserted. Returns the total length. */
static apr_off_t put_body(apr_bucket_brigade *brigade, const char *bytes, apr_size_t len, const scim_spool_t *spool,
                          int mmap)
{
    apr_off_t total = (apr_off_t)len;
    apr_bucket *file = NULL;
    apr_size_t done = 0;
    int i;

    for (i = 0; spool && spool->inserts && i < spool->inserts->nelts; i++) {
        const scim_insert_t *insert = &APR_ARRAY_IDX(spool->inserts, i, scim_insert_t);

        put_text(brigade, bytes + done, insert->before - done);
        if (spool->file)
            put_file(brigade, &file, spool, insert, mmap);
        else
            put_text(brigade, spool->buf.data + insert->from, (apr_size_t)insert->len);
        done = insert->before;
        total += insert->len;
    }
    put_text(brigade, bytes + done, len - done);
    return total;
}

/* httpd delays a short answer until it has looked for the client's next request. If there is none, the connection goes
 * to the listener, and another thread gets the next request. Sent at once, the answer may bring the next request in
 * time for this thread. The answer must fit into the socket's buffer, so that sending does not block. */
static void send_now(request_rec *r)
{
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, r->connection->bucket_alloc);

    ap_fflush(r->connection->output_filters, brigade);
}

/* The body and the spool are in the request's pool, so sending copies nothing. */
static int send_body(request_rec *r, const char *bytes, apr_size_t len, const scim_spool_t *spool)
{
    const core_dir_config *core = ap_get_core_module_config(r->per_dir_config);
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, alloc);

    if (bytes) {
        ap_set_content_type_ex(r, SCIM_MEDIA_TYPE, 1);
        ap_set_content_length(r, put_body(brigade, bytes, len, spool, core->enable_mmap != ENABLE_MMAP_OFF));
    }
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(alloc));
    ap_pass_brigade(r->output_filters, brigade);
    if (len <= SENT_AT_ONCE && !(spool && spool->inserts))
        send_now(r);
    return OK; /* a client that closed the connection is not our error */
}

/* The client, as far as known: the token's name, or the public part of its token. */
static const char *caller(const scim_request_t *request)
{
    if (request->token_name)
        return request->token_name;
    return request->token.key_id[0] ? request->token.key_id : "-";
}

/* The start of our lines in the error log. */
static const char *log_prefix(const scim_request_t *request)
{
    request_rec *r = request->r;
    const char *id = scim_request_log_id(r);
    const char *path = scim_secrets_url(r, r->uri);

    return apr_psprintf(r->pool, "tenant=%s token=%s request=%s %s %s", request->tenant ? request->tenant : "-",
                        caller(request), id ? id : "-", r->method, path);
}

/* Sets the notes for httpd's logs: the token's name, and the leniencies that were used. */
static void tell_logs(const scim_request_t *request)
{
    request_rec *r = request->r;
    const char *names;

    if (!request->token_name)
        return;
    r->user = apr_pstrdup(r->pool, request->token_name);
    r->ap_auth_type = apr_pstrdup(r->pool, "Bearer");
    apr_table_setn(r->notes, "scim-token", request->token_name);
    if (request->ignored)
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "%s: ignored: %s", scim_secrets_hide(log_prefix(request), r->pool),
                      scim_secrets_hide(scim_mask_detail(request->ignored, &request->mask, r->pool), r->pool));
    names = request->leniencies ? scim_leniency_names(request->leniencies, r->pool) : "";
    if (!*names)
        return;
    apr_table_setn(r->notes, "scim-leniency", names);
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "%s: leniency: %s", scim_secrets_hide(log_prefix(request), r->pool),
                  names);
}

int scim_respond(const scim_request_t *request, const scim_answer_t *answer)
{
    request_rec *r = request->r;

    tell_logs(request);
    if (answer->spool && answer->spool->error)
        scim_respond_log(request, answer->spool->error, "done, but answered without members");
    scim_respond_begin(r);
    r->status = answer->status;
    set_header(r, "Location", answer->location);
    /* RFC 7643 3.1: equal to meta.location if the body is that resource */
    set_header(r, "Content-Location", answer->body.len ? answer->location : NULL);
    set_header(r, "ETag", answer->etag);
    set_header(r, "Allow", answer->status == HTTP_NO_CONTENT ? request->allow : NULL);
    return send_body(r, answer->body.data, answer->body.len, answer->spool);
}

/* 501 is not an error of the server, so its level is info. httpd escapes control characters in the log. */
void scim_respond_log(const scim_request_t *request, const scim_error_t *error, const char *where)
{
    const char *type = scim_type_name(error->type);
    int level = error->status >= 500 && error->status != HTTP_NOT_IMPLEMENTED ? APLOG_ERR : APLOG_INFO;
    const char *detail, *cause, *line;

    if (!APLOG_R_IS_LEVEL(request->r, level))
        return;
    detail = scim_mask_detail(error->detail, &request->mask, request->r->pool);
    cause = level == APLOG_ERR ? scim_mask_fault(error->cause, &request->mask, request->r->pool)
                               : scim_mask_detail(error->cause, &request->mask, request->r->pool);
    line = apr_psprintf(request->r->pool, "%s: %s%s%d%s%s: %s%s%s%s", log_prefix(request), where ? where : "",
                        where ? ": " : "", error->status, type ? " " : "", type ? type : "", detail, cause ? " (" : "",
                        cause ? cause : "", cause ? ")" : "");
    ap_log_rerror(APLOG_MARK, level, 0, request->r, "%s", scim_secrets_hide(line, request->r->pool));
}

/* RFC 6750 3: `error` is sent only if the client presented a token. */
static const char *challenge(const scim_request_t *request)
{
    const char *error = request->token_presented ? ", error=\"invalid_token\"" : "";

    if (!request->tenant)
        return apr_pstrcat(request->r->pool, "Bearer realm=\"scim\"", error, NULL);
    return apr_pstrcat(request->r->pool, "Bearer realm=\"scim\"", error, ", resource_metadata=\"",
                       scim_oauth_resource_url(request), "\"", NULL);
}

int scim_respond_error(const scim_request_t *request, const scim_error_t *error)
{
    request_rec *r = request->r;
    const char *type = scim_type_name(error->type);
    const char *body;

    tell_logs(request);
    scim_respond_log(request, error, NULL);
    apr_table_setn(r->notes, "scim-error", type ? type : apr_itoa(r->pool, error->status));
    if (error->status < 0)
        return error->status; /* AP_FILTER_ERROR: httpd has sent an answer */
    scim_respond_begin(r);
    r->status = error->status;
    if (error->status == HTTP_UNAUTHORIZED)
        set_header(r, "WWW-Authenticate", challenge(request));
    if (error->retry_after)
        set_header(r, "Retry-After", apr_itoa(r->pool, error->retry_after));
    set_header(r, "Allow", error->status == HTTP_METHOD_NOT_ALLOWED ? request->allow : NULL);
    body = scim_error_body(error, r->pool);
    return send_body(r, body, strlen(body), NULL);
}
