/*
 * The memory, shared by metrics.c (counting), metrics_found.c (housekeeping's rows) and metrics_page.c (the page).
 */
#ifndef SCIM_METRICS_PRIVATE_H
#define SCIM_METRICS_PRIVATE_H

#include <stdatomic.h>

#include "metrics.h"

#define SCIM_METRICS_CLASSES 4 /* of status: 2xx, 3xx, 4xx, 5xx */
#define SCIM_METRICS_BUCKETS 11
#define SCIM_METRICS_NAME    64 /* of a tenant, with NUL */

typedef _Atomic apr_uint64_t scim_counter_t;

/* `state` is 0: free, 1: being named, 2: named. */
typedef struct scim_metrics_tenant_t {
    scim_counter_t state;
    char name[SCIM_METRICS_NAME];
    scim_counter_t requests[SCIM_ASKED][SCIM_METRICS_CLASSES];
} scim_metrics_tenant_t;

typedef struct scim_metrics_t {
    scim_counter_t counts[SCIM_COUNTS];
    scim_counter_t house; /* seconds since the epoch */
    scim_counter_t buckets[SCIM_ASKED][SCIM_METRICS_BUCKETS + 1];
    scim_counter_t duration_us[SCIM_ASKED];
    apr_uint64_t tenants;
    scim_metrics_tenant_t tenant[]; /* the first: no tenant; the second: `other` */
} scim_metrics_t;

/* Upper ends of the buckets, in microseconds. */
extern const apr_uint64_t scim_metrics_ends[SCIM_METRICS_BUCKETS];

/* NULL before scim_metrics_start. */
const scim_metrics_t *scim_metrics_memory(void);

typedef enum {
    SCIM_FOUND_TOKEN_EXPIRY,
    SCIM_FOUND_TOKEN_USED,
    SCIM_FOUND_TOKENS_SILENT,
    SCIM_FOUND_HOLDS,
    SCIM_FOUND_SEATS_TAKEN,
    SCIM_FOUND_SEATS_WAITING,
    SCIM_FOUND
} scim_found_e;

/* The maximum length of a subscription's name. */
#define SCIM_FOUND_NAME 804

/* A sample from housekeeping. */
typedef struct scim_found_t {
    scim_found_e family;
    int house;
    char tenant[SCIM_METRICS_NAME];
    char name[SCIM_FOUND_NAME]; /* empty: the whole tenant */
    apr_uint64_t value;
} scim_found_t;

/* In post_config, called by scim_metrics_start: creates memory for the samples of this number of tenants. */
apr_status_t scim_metrics_found_start(server_rec *main_server, apr_uint64_t tenants);

/* All samples (scim_found_t), in the order of their families. */
apr_array_header_t *scim_metrics_found(apr_pool_t *pool);

#endif
