#include "admin_stream.h"

#include <apr_atomic.h>
#include <apr_buckets.h>
#include <apr_strings.h>
#include <http_log.h>
#include <http_protocol.h>
#include <string.h>

#include "respond.h"
#include "scim/json.h"

APLOG_USE_MODULE(scim);

#define TICK        apr_time_from_sec(1)
#define WAITERS_MAX 8 /* per process, because each one occupies a thread */

static const struct {
    const char *type;
    const char *suffix;
    scim_export_e kind;
} forms[] = {{"text/csv", "csv", SCIM_EXPORT_CSV},
             {"application/jsonl", "jsonl", SCIM_EXPORT_LINES},
             {"application/x-ndjson", "jsonl", SCIM_EXPORT_LINES}};

#define FORMS ((int)(sizeof(forms) / sizeof(forms[0])))

/* The index of the wanted form in `forms`; FORMS: no form, the answer is JSON. */
static int find_form(const request_rec *r)
{
    const char *accept = apr_table_get(r->headers_in, "Accept");
    int i = 0;

    while (i < FORMS && !(accept && strstr(accept, forms[i].type)))
        i++;
    return i;
}

scim_export_e scim_stream_wanted(const request_rec *r, const scim_admin_op_t *op)
{
    int form = find_form(r);

    return op && (op->flags & SCIM_OP_LIST) && form < FORMS ? forms[form].kind : SCIM_EXPORT_NONE;
}

static apr_status_t put(request_rec *r, const scim_buf_t *text, int last)
{
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, alloc);
    apr_status_t status;

    apr_brigade_write(brigade, NULL, NULL, text->data, text->len);
    APR_BRIGADE_INSERT_TAIL(brigade, last ? apr_bucket_eos_create(alloc) : apr_bucket_flush_create(alloc));
    status = ap_pass_brigade(r->output_filters, brigade);
    apr_brigade_destroy(brigade);
    return status;
}

/* The status is already sent. Closing the connection tells the client that the file is incomplete. */
static int break_off(request_rec *r, const scim_error_t *error)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "the list was broken off: %s", error->detail);
    r->connection->aborted = 1;
    return AP_FILTER_ERROR;
}

int scim_stream_send(request_rec *r, scim_admin_call_t *call, scim_export_e kind, scim_admin_turn_t turn, void *baton)
{
    int form = find_form(r);
    apr_pool_t *pool = call->pool;
    apr_status_t status = APR_SUCCESS;
    const char *next;
    scim_buf_t text;

    scim_respond_headers(r);
    ap_set_content_type_ex(r, forms[form].type, 1);
    apr_table_setn(r->headers_out, "Content-Disposition",
                   apr_psprintf(r->pool, "attachment; filename=\"%s.%s\"", call->op->noun, forms[form].suffix));
    scim_buf_init(&text, 4096, pool);
    scim_export_head(&text, kind, call->op->fields);
    next = scim_export_page(&text, kind, call->op->fields, call->answer, pool);
    while (next && turn && status == APR_SUCCESS && !r->connection->aborted) {
        scim_error_t *error;

        status = put(r, &text, 0);
        scim_admin_set(call, "after", json_object_new_string(next));
        if (pool == call->pool)
            apr_pool_create(&call->pool, pool);
        else
            apr_pool_clear(call->pool);
        if ((error = turn(baton)) != NULL)
            return break_off(r, error);
        scim_buf_init(&text, 4096, call->pool);
        next = scim_export_page(&text, kind, call->op->fields, call->answer, call->pool);
    }
    put(r, &text, 1);
    return OK;
}

static int is_empty(const scim_admin_call_t *call)
{
    json_object *page = scim_json_trusted(call->answer, strlen(call->answer), call->pool);
    json_object *items = NULL;

    return json_object_object_get_ex(page, "items", &items) && json_object_array_length(items) == 0;
}

scim_error_t *scim_stream_wait(request_rec *r, scim_admin_call_t *call, scim_admin_turn_t turn, void *baton)
{
    static apr_uint32_t waiters = 0;
    static apr_uint32_t asking = 0;
    json_object *wait = NULL;
    apr_time_t end = r->request_time;
    apr_pool_t *pool = call->pool;
    scim_error_t *error = NULL;

    json_object_object_get_ex(call->args, "wait", &wait);
    if (wait)
        end += apr_time_from_sec(json_object_get_int64(wait));
    if (apr_atomic_inc32(&waiters) >= WAITERS_MAX)
        end = 0;
    apr_pool_create(&call->pool, pool);
    while (!error && is_empty(call) && apr_time_now() + TICK <= end && !r->connection->aborted) {
        apr_sleep(TICK);
        if (apr_atomic_cas32(&asking, 1, 0) != 0)
            continue;
        apr_pool_clear(call->pool);
        error = turn(baton);
        apr_atomic_set32(&asking, 0);
    }
    apr_atomic_dec32(&waiters);
    return error;
}
