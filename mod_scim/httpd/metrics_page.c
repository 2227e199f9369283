/* The page of metrics, and the lines in mod_status. */
#include <apr_buckets.h>
#include <apr_strings.h>
#include <http_main.h>
#include <http_protocol.h>
#include <mod_status.h>

#include "database.h"
#include "metrics_private.h"
#include "scim/text.h"

#define PROMETHEUS  "text/plain; version=0.0.4; charset=utf-8"
#define OPENMETRICS "application/openmetrics-text"

static const char *const asked_names[SCIM_ASKED] = {
    [SCIM_ASKED_GET] = "get",         [SCIM_ASKED_LIST] = "list",   [SCIM_ASKED_CREATE] = "create",
    [SCIM_ASKED_REPLACE] = "replace", [SCIM_ASKED_PATCH] = "patch", [SCIM_ASKED_DELETE] = "delete",
    [SCIM_ASKED_BULK] = "bulk",       [SCIM_ASKED_TOKEN] = "token", [SCIM_ASKED_OTHER] = "other",
};

static const char *const class_names[SCIM_METRICS_CLASSES] = {"2xx", "3xx", "4xx", "5xx"};

/* A family of metrics and its samples, which are consecutive in `counts`. Microseconds are printed as seconds. */
typedef struct family_t {
    const char *name; /* without _total */
    const char *help;
    const char *label; /* NULL: one sample without a label */
    scim_count_e first;
    int seconds;
    const char *values[8];
} family_t;

static const family_t families[] = {
    {"scim_database_round_trips", "Round trips to PostgreSQL.", NULL, SCIM_COUNT_TRIPS, 0, {NULL}},
    {"scim_database_held_seconds", "Time for which connections were in use.", NULL, SCIM_COUNT_HELD_US, 1, {NULL}},
    {"scim_database_waits", "Requests that waited for a connection.", NULL, SCIM_COUNT_WAITS, 0, {NULL}},
    {"scim_database_waited_seconds",
     "Time that requests waited for a connection.",
     NULL,
     SCIM_COUNT_WAITED_US,
     1,
     {NULL}},
    {"scim_database_refused", "Requests that got no connection.", NULL, SCIM_COUNT_NOT_LENT, 0, {NULL}},
    {"scim_limited",
     "Requests answered 429, by reason.",
     "reason",
     SCIM_COUNT_LIMIT_TOKEN,
     0,
     {"token", "address", "share", "guard", NULL}},
    {"scim_authz_decisions",
     "Decisions of Require scim-..., by outcome.",
     "outcome",
     SCIM_COUNT_AUTHZ_GRANTED,
     0,
     {"granted", "unauthenticated", "denied", "unavailable", NULL}},
    {"scim_authz_reused",
     "Decisions from cached facts, by the directive that allows it.",
     "by",
     SCIM_COUNT_AUTHZ_CACHED,
     0,
     {"cache", "grace", NULL}},
    {"scim_outbox_entries", "Activity entries to be written.", NULL, SCIM_COUNT_OUTBOX_ADDED, 0, {NULL}},
    {"scim_outbox_done", "Activity entries that were written.", NULL, SCIM_COUNT_OUTBOX_DONE, 0, {NULL}},
    {"scim_outbox_lost",
     "Activity entries that were lost because the buffer was full.",
     NULL,
     SCIM_COUNT_OUTBOX_LOST,
     0,
     {NULL}},
    {"scim_housekeeping_runs", "Runs of housekeeping.", NULL, SCIM_COUNT_HOUSEKEEPING, 0, {NULL}},
};

static apr_uint64_t read_counter(const scim_counter_t *counter)
{
    return atomic_load_explicit((scim_counter_t *)counter, memory_order_relaxed);
}

/* In OpenMetrics the type line of a counter has its name without the suffix _total of its samples. */
static void add_head(scim_buf_t *out, const char *name, const char *type, const char *help, int open)
{
    const char *end = !open && strcmp(type, "counter") == 0 ? "_total" : "";
    scim_buf_printf(out, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, end, help, name, end, type);
}

static void add_value(scim_buf_t *out, apr_uint64_t value, int seconds)
{
    if (seconds) {
        scim_buf_printf(out, " %" APR_UINT64_T_FMT ".%06" APR_UINT64_T_FMT "\n", value / 1000000, value % 1000000);
    } else {
        scim_buf_printf(out, " %" APR_UINT64_T_FMT "\n", value);
    }
}

static void add_family(scim_buf_t *out, const family_t *family, const scim_metrics_t *memory, int open)
{
    add_head(out, family->name, "counter", family->help, open);
    for (int i = 0; i == 0 || family->values[i]; i++) {
        scim_buf_printf(out, "%s_total", family->name);
        if (family->label) {
            scim_buf_printf(out, "{%s=\"%s\"}", family->label, family->values[i]);
        }
        add_value(out, read_counter(&memory->counts[family->first + (unsigned)i]), family->seconds);
        if (!family->label) {
            break;
        }
    }
}

/* A tenant's name has letters, digits, hyphens and underscores only, so it needs no escapes. */
static void add_tenant(scim_buf_t *out, const scim_metrics_tenant_t *tenant, const char *name)
{
    for (int asked = 0; asked < SCIM_ASKED; asked++) {
        for (int kind = 0; kind < SCIM_METRICS_CLASSES; kind++) {
            apr_uint64_t value = read_counter(&tenant->requests[asked][kind]);
            if (value) {
                scim_buf_printf(out, "scim_requests_total{tenant=\"%s\",operation=\"%s\",status=\"%s\"}", name,
                                asked_names[asked], class_names[kind]);
                add_value(out, value, 0);
            }
        }
    }
}

static void add_requests(scim_buf_t *out, const scim_metrics_t *memory, int open)
{
    add_head(out, "scim_requests", "counter", "Requests of the endpoint, by tenant, operation and class of status.",
             open);
    for (apr_uint64_t i = 0; i < memory->tenants; i++) {
        const scim_metrics_tenant_t *tenant = &memory->tenant[i];
        if (i < 2 || read_counter(&tenant->state) == 2) {
            add_tenant(out, tenant, i == 0 ? "" : i == 1 ? "other" : tenant->name);
        }
    }
}

static void add_durations(scim_buf_t *out, const scim_metrics_t *memory, int open)
{
    add_head(out, "scim_request_duration_seconds", "histogram", "How long requests of the endpoint took, by operation.",
             open);
    for (int asked = 0; asked < SCIM_ASKED; asked++) {
        apr_uint64_t sum = 0;
        for (int i = 0; i < SCIM_METRICS_BUCKETS; i++) {
            sum += read_counter(&memory->buckets[asked][i]);
            scim_buf_printf(out,
                            "scim_request_duration_seconds_bucket{operation=\"%s\",le=\"%g\"} %" APR_UINT64_T_FMT "\n",
                            asked_names[asked], (double)scim_metrics_ends[i] / 1e6, sum);
        }
        sum += read_counter(&memory->buckets[asked][SCIM_METRICS_BUCKETS]);
        scim_buf_printf(out,
                        "scim_request_duration_seconds_bucket{operation=\"%s\",le=\"+Inf\"} %" APR_UINT64_T_FMT "\n",
                        asked_names[asked], sum);
        scim_buf_printf(out, "scim_request_duration_seconds_sum{operation=\"%s\"}", asked_names[asked]);
        add_value(out, read_counter(&memory->duration_us[asked]), 1);
        scim_buf_printf(out, "scim_request_duration_seconds_count{operation=\"%s\"} %" APR_UINT64_T_FMT "\n",
                        asked_names[asked], sum);
    }
}

/* The results of housekeeping. */
static const struct {
    const char *name, *help;
} found_families[SCIM_FOUND] = {
    [SCIM_FOUND_TOKEN_EXPIRY] = {"scim_token_expiry_timestamp_seconds", "When the next token of a tenant expires."},
    [SCIM_FOUND_TOKEN_USED] = {"scim_token_used_timestamp_seconds", "When a token of a tenant was last used."},
    [SCIM_FOUND_TOKENS_SILENT] = {"scim_tokens_silent", "Tokens that have not been used for longer than usual."},
    [SCIM_FOUND_HOLDS] = {"scim_holds", "Requests that the guard holds until an administrator decides."},
    [SCIM_FOUND_SEATS_TAKEN] = {"scim_seats_taken", "Seats of a subscription that are taken."},
    [SCIM_FOUND_SEATS_WAITING] = {"scim_seats_waiting", "Accounts that wait for a seat of a subscription."},
};

/* Escapes the characters that would end the label or the line. */
static void add_subscription(scim_buf_t *out, const char *name)
{
    if (*name) {
        scim_buf_puts(out, ",subscription=\"");
        for (; *name; name++) {
            const char *put = *name == '\n' ? "\\n" : *name == '"' ? "\\\"" : *name == '\\' ? "\\\\" : NULL;
            scim_buf_add(out, put ? put : name, put ? 2 : 1);
        }
        scim_buf_puts(out, "\"");
    }
    scim_buf_puts(out, "}");
}

static void add_found(scim_buf_t *out, apr_pool_t *pool, int open)
{
    const apr_array_header_t *rows = scim_metrics_found(pool);
    int at = 0;
    for (int family = 0; family < SCIM_FOUND; family++) {
        add_head(out, found_families[family].name, "gauge", found_families[family].help, open);
        for (; at < rows->nelts && (int)APR_ARRAY_IDX(rows, at, scim_found_t).family == family; at++) {
            const scim_found_t *row = &APR_ARRAY_IDX(rows, at, scim_found_t);
            scim_buf_printf(out, "%s{tenant=\"%s\"", found_families[family].name, row->tenant);
            add_subscription(out, row->name);
            add_value(out, row->value, 0);
        }
    }
}

/* Begun and not ended. The counters are read one after the other while others increase them, so `ended` may be
 * larger. */
static apr_uint64_t difference(apr_uint64_t begun, apr_uint64_t ended)
{
    return begun > ended ? begun - ended : 0;
}

static apr_uint64_t backlog(const scim_metrics_t *memory)
{
    apr_uint64_t done = read_counter(&memory->counts[SCIM_COUNT_OUTBOX_DONE]);
    return difference(read_counter(&memory->counts[SCIM_COUNT_OUTBOX_ADDED]), done);
}

static apr_uint64_t in_use(const scim_metrics_t *memory)
{
    apr_uint64_t returned = read_counter(&memory->counts[SCIM_COUNT_RETURNED]);
    return difference(read_counter(&memory->counts[SCIM_COUNT_LENT]), returned);
}

static apr_uint64_t waiting(const scim_metrics_t *memory)
{
    apr_uint64_t lent = read_counter(&memory->counts[SCIM_COUNT_LENT]);
    apr_uint64_t answered = lent + read_counter(&memory->counts[SCIM_COUNT_NOT_LENT]);
    return difference(read_counter(&memory->counts[SCIM_COUNT_CAME]), answered);
}

static void add_gauge(scim_buf_t *out, const char *name, const char *help, apr_uint64_t value, int open)
{
    add_head(out, name, "gauge", help, open);
    scim_buf_puts(out, name);
    add_value(out, value, 0);
}

static void add_gauges(scim_buf_t *out, const scim_metrics_t *memory, int open)
{
    add_gauge(out, "scim_database_in_use", "Connections that are in use now.", in_use(memory), open);
    add_gauge(out, "scim_database_waiting", "Requests that wait for a connection.", waiting(memory), open);
    add_gauge(out, "scim_outbox_backlog", "Activity entries that wait to be written.", backlog(memory), open);
    add_gauge(out, "scim_housekeeping_timestamp_seconds", "When housekeeping last ran; 0: not yet.",
              read_counter(&memory->house), open);
}

static void fill(scim_buf_t *out, const scim_metrics_t *memory, apr_pool_t *pool, int open)
{
    add_requests(out, memory, open);
    add_durations(out, memory, open);
    for (apr_size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        add_family(out, &families[i], memory, open);
    }
    add_gauges(out, memory, open);
    add_found(out, pool, open);
    if (open) {
        scim_buf_puts(out, "# EOF\n");
    }
}

int scim_metrics(request_rec *r)
{
    const scim_metrics_t *memory = scim_metrics_memory();
    const char *accept = apr_table_get(r->headers_in, "Accept");
    int open = accept && strstr(accept, OPENMETRICS) != NULL;
    scim_buf_t body;
    if (!r->handler || strcmp(r->handler, SCIM_METRICS_HANDLER) != 0) {
        return DECLINED;
    }
    r->allowed = AP_METHOD_BIT << M_GET;
    if (r->method_number != M_GET) {
        return HTTP_METHOD_NOT_ALLOWED;
    }
    if (!memory) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    scim_buf_init(&body, 16384, r->pool);
    fill(&body, memory, r->pool, open);
    ap_set_content_type_ex(r, open ? OPENMETRICS "; version=1.0.0; charset=utf-8" : PROMETHEUS, 1);
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    apr_table_setn(r->headers_out, "X-Content-Type-Options", "nosniff");
    apr_table_mergen(r->headers_out, "Vary", "Accept");
    ap_set_content_length(r, (apr_off_t)body.len);
    ap_rwrite(body.data, (int)body.len, r);
    return OK;
}

/* --- mod_status ------------------------------------------------------------------------------------------------------
 */

static apr_uint64_t requests_of(const scim_metrics_t *memory, int kind)
{
    apr_uint64_t sum = 0;
    for (apr_uint64_t i = 0; i < memory->tenants; i++) {
        for (int asked = 0; asked < SCIM_ASKED; asked++) {
            sum += read_counter(&memory->tenant[i].requests[asked][kind]);
        }
    }
    return sum;
}

static void add_row(request_rec *r, int brief, const char *name, const char *label, apr_uint64_t value)
{
    if (brief) {
        ap_rprintf(r, "%s: %" APR_UINT64_T_FMT "\n", name, value);
    } else {
        ap_rprintf(r, "<dt>%s: %" APR_UINT64_T_FMT "</dt>\n", label, value);
    }
}

/* The connections of each pool. */
static void add_pools(request_rec *r, int brief)
{
    const apr_array_header_t *pools = scim_database_pools(ap_server_conf, r->pool);
    for (int i = 0; i < pools->nelts; i++) {
        const scim_pool_state_t *pool = &APR_ARRAY_IDX(pools, i, scim_pool_state_t);
        if (brief) {
            ap_rprintf(r, "ScimPool%dLent: %u\nScimPool%dOpen: %u\nScimPool%dMost: %d\n", i + 1, pool->lent, i + 1,
                       pool->open, i + 1, pool->most);
        } else {
            ap_rprintf(r, "<dt>Connections to %s: %u lent, %u open, %d at the most</dt>\n",
                       ap_escape_html(r->pool, pool->database), pool->lent, pool->open, pool->most);
        }
    }
}

int scim_metrics_status(request_rec *r, int flags)
{
    static const struct {
        const char *name, *label;
        scim_count_e count;
    } rows[] = {
        {"ScimRoundTrips", "Round trips to PostgreSQL", SCIM_COUNT_TRIPS},
        {"ScimDatabaseWaits", "Requests that waited for a connection", SCIM_COUNT_WAITS},
        {"ScimDatabaseRefused", "Requests that got no connection", SCIM_COUNT_NOT_LENT},
        {"ScimAuthzGranted", "Decisions: granted", SCIM_COUNT_AUTHZ_GRANTED},
        {"ScimAuthzDenied", "Decisions: denied", SCIM_COUNT_AUTHZ_DENIED},
        {"ScimAuthzUnavailable", "Decisions: the database did not answer", SCIM_COUNT_AUTHZ_UNAVAILABLE},
        {"ScimOutboxLost", "Activity entries lost", SCIM_COUNT_OUTBOX_LOST},
    };
    const scim_metrics_t *memory = scim_metrics_memory();
    int brief = flags & AP_STATUS_SHORT;
    if (!memory) {
        return OK;
    }
    if (!brief) {
        ap_rputs("<hr />\n<h2>mod_scim</h2>\n<dl>\n", r);
    }
    for (int kind = 0; kind < SCIM_METRICS_CLASSES; kind++) {
        add_row(r, brief, apr_pstrcat(r->pool, "ScimRequests", class_names[kind], NULL),
                apr_pstrcat(r->pool, "Requests answered ", class_names[kind], NULL), requests_of(memory, kind));
    }
    for (apr_size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        add_row(r, brief, rows[i].name, rows[i].label, read_counter(&memory->counts[rows[i].count]));
    }
    add_row(r, brief, "ScimDatabaseInUse", "Connections in use", in_use(memory));
    add_row(r, brief, "ScimDatabaseWaiting", "Requests that wait for a connection", waiting(memory));
    add_pools(r, brief);
    add_row(r, brief, "ScimOutboxBacklog", "Activity entries that wait", backlog(memory));
    add_row(r, brief, "ScimHousekeeping", "Housekeeping last ran, in seconds since 1970", read_counter(&memory->house));
    if (!brief) {
        ap_rputs("</dl>\n", r);
    }
    return OK;
}
