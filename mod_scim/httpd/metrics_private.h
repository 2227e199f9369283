/*
 * Shared by metrics.c (counting) and metrics_page.c (telling): the memory.
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
    scim_counter_t expires; /* seconds since the epoch; 0: not known */
    scim_counter_t used;
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

#endif
