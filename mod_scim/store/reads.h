/*
 * Activity of successful reads. They are the most frequent requests, so their rows of scim.activity are collected by
 * tenant, in columns, and one statement writes all rows of a tenant.
 *
 * A read with more to record (a refusal, a reason, a body) becomes an entry instead (activity.h). Authentication
 * returns which share of its reads a tenant records, so unrecorded ones cost nothing. The use of a token is recorded in
 * any case, once a minute for each token.
 */
#ifndef SCIM_STORE_READS_H
#define SCIM_STORE_READS_H

#include "activity.h"

/* The collected reads; one thread at a time. */
typedef struct scim_reads_t scim_reads_t;

/* Lives as long as the pool, and has its own pool for the collected reads. */
scim_reads_t *scim_reads_make(apr_pool_t *pool);

/* Whether a request is recorded in this way. */
int scim_reads_take(const scim_activity_t *activity, const scim_outcome_t *outcome);

/* Adds a read; `kept` says whether it gets a row. Returns 0 if the 4 MB are full. */
int scim_reads_add(scim_reads_t *reads, const scim_activity_t *activity, int status, int kept);

/* The number of reads. */
apr_uint64_t scim_reads_count(const scim_reads_t *reads);

/* Whether the buffer is half full. */
int scim_reads_many(const scim_reads_t *reads);

/* Writes the collected reads in one transaction. `again`: it was tried before, with an unknown result. Errors: 503, and
 * other errors of the database. */
scim_error_t *scim_reads_record(scim_reads_t *reads, scim_conn_t *conn, int again, apr_pool_t *pool);

/* Drops the collected reads. */
void scim_reads_clear(scim_reads_t *reads);

#endif
