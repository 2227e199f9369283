/*
 * Reads that were done: most of what provisioning asks for, so their rows of scim.activity are gathered by tenant, in
 * columns, and each tenant's are written by one statement.
 *
 * A read of which there is more to tell (a refusal, a reason, a body) is an entry instead (activity.h). What share of
 * its reads a tenant keeps is told by authentication, so those that are not kept cost nothing. That their tokens were
 * used is noted either way, once a minute for each token.
 */
#ifndef SCIM_STORE_READS_H
#define SCIM_STORE_READS_H

#include "activity.h"

/* What was gathered; one thread at a time. */
typedef struct scim_reads_t scim_reads_t;

/* It lives as long as the pool, and has a pool of its own for what it gathers. */
scim_reads_t *scim_reads_make(apr_pool_t *pool);

/* Whether a request is told so. */
int scim_reads_take(const scim_activity_t *activity, const scim_outcome_t *outcome);

/* Notes a read; `kept` says whether it has a row. Returns 0 where there is no room: there may be 4 MB of them. */
int scim_reads_add(scim_reads_t *reads, const scim_activity_t *activity, int status, int kept);

/* How many were noted. */
apr_uint64_t scim_reads_count(const scim_reads_t *reads);

/* Whether it is half full. */
int scim_reads_many(const scim_reads_t *reads);

/* Writes what was gathered, in one transaction. `again` says that it was tried before, with an end that nobody knows.
 * Errors: 503, and whatever else the database has against it. */
scim_error_t *scim_reads_record(scim_reads_t *reads, scim_conn_t *conn, int again, apr_pool_t *pool);

/* Forgets what was gathered. */
void scim_reads_clear(scim_reads_t *reads);

#endif
