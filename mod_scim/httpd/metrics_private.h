/*
 * Shared by metrics.c (counting), metrics_found.c (what housekeeping finds) and metrics_page.c (telling): the memory.
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
    scim_metrics_tenant_t tenant[]; /* the first is nobody's, the second the others' */
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

/* What operators name a subscription by is not longer than that. */
#define SCIM_FOUND_NAME 804

/* A sample that housekeeping found. */
typedef struct scim_found_t {
    scim_found_e family;
    int house;
    char tenant[SCIM_METRICS_NAME];
    char name[SCIM_FOUND_NAME]; /* empty: it is of the tenant as a whole */
    apr_uint64_t value;
} scim_found_t;

/* In post_config, as scim_metrics_start, which calls it: room for what is found of so many tenants. */
apr_status_t scim_metrics_found_start(server_rec *main_server, apr_uint64_t tenants);

/* All samples (scim_found_t), in the order of their families. */
apr_array_header_t *scim_metrics_found(apr_pool_t *pool);

#endif
