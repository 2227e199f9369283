/*
 * Metrics for operators: counters of all processes of this httpd, in shared memory, without locks.
 *
 *     SetHandler scim-metrics     Prometheus text, or OpenMetrics if the client asks for it
 *     mod_status                  a section of its page, and lines of its short form
 *
 * Counters only grow, as long as the parent process lives; a graceful restart keeps them. Requests are counted for each
 * tenant, up to a number of tenants (ScimMetricsTenants); all others are counted as `other`, and requests without a
 * valid token have no tenant. So neither clients nor many tenants can make the page grow.
 *
 * In addition there are rows that housekeeping has read from a database, independent of the tenants whose requests are
 * counted. Each of the databases of this httpd has a number, and its rows are replaced all at once.
 */
#ifndef SCIM_METRICS_H
#define SCIM_METRICS_H

#include <httpd.h>

#define SCIM_METRICS_HANDLER "scim-metrics"

/* Counters without labels of tenants; the rows of their names are in metrics_page.c. */
typedef enum {
    SCIM_COUNT_TRIPS,       /* round trips to PostgreSQL */
    SCIM_COUNT_HELD_US,     /* microseconds for which connections were in use */
    SCIM_COUNT_WAITS,       /* requests that waited for a connection */
    SCIM_COUNT_WAITED_US,   /* and for how long */
    SCIM_COUNT_CAME,        /* requests that wanted a connection */
    SCIM_COUNT_LENT,        /* those that got one */
    SCIM_COUNT_RETURNED,    /* those that have returned it */
    SCIM_COUNT_NOT_LENT,    /* those that got none */
    SCIM_COUNT_LIMIT_TOKEN, /* 429: the token's rate */
    SCIM_COUNT_LIMIT_ADDRESS,
    SCIM_COUNT_LIMIT_SHARE,
    SCIM_COUNT_LIMIT_GUARD,
    SCIM_COUNT_AUTHZ_GRANTED,
    SCIM_COUNT_AUTHZ_UNKNOWN, /* not authenticated */
    SCIM_COUNT_AUTHZ_DENIED,
    SCIM_COUNT_AUTHZ_UNAVAILABLE,
    SCIM_COUNT_AUTHZ_CACHED, /* answers from the cache */
    SCIM_COUNT_AUTHZ_GRACE,
    SCIM_COUNT_OUTBOX_ADDED,
    SCIM_COUNT_OUTBOX_DONE,
    SCIM_COUNT_OUTBOX_LOST,
    SCIM_COUNT_HOUSEKEEPING, /* runs */
    SCIM_COUNTS
} scim_count_e;

/* The endpoint's operations. */
typedef enum {
    SCIM_ASKED_GET,
    SCIM_ASKED_LIST,
    SCIM_ASKED_CREATE,
    SCIM_ASKED_REPLACE,
    SCIM_ASKED_PATCH,
    SCIM_ASKED_DELETE,
    SCIM_ASKED_BULK,
    SCIM_ASKED_TOKEN,
    SCIM_ASKED_OTHER,
    SCIM_ASKED
} scim_asked_e;

/* In post_config: creates the memory, or finds that of an earlier generation. */
apr_status_t scim_metrics_start(server_rec *main_server);

void scim_metrics_add(scim_count_e count, apr_uint64_t n);

/* Records that housekeeping has run. */
void scim_metrics_kept_house(void);

/* Replaces the rows of the database `house` (scim_watched_t of store/watch.h). */
void scim_metrics_watched(int house, const apr_array_header_t *watched);

/* In post_config: sets the number of databases, and drops the rows of others. */
void scim_metrics_houses(int houses);

/* Counts an answered request of the endpoint; `tenant` NULL: none. */
void scim_metrics_request(const char *tenant, scim_asked_e asked, int status, apr_interval_time_t duration);

/* Handler `scim-metrics`. */
int scim_metrics(request_rec *r);

/* Hook of mod_status. */
int scim_metrics_status(request_rec *r, int flags);

#endif
