/*
 * The checks of an installation's database for `scimctl doctor`.
 *
 * A check is a row of one table: an area, a name, a severity, a statement (sql/statements/doctor_*.sql), and two texts,
 * what was found and what to do. Each row that the statement returns is one finding; its columns replace %1, %2, ... in
 * the texts. No row means no problem.
 *
 *   {"schema", "indexes", SCIM_DOCTOR_ERROR, SCIM_STMT_DOCTOR_INDEXES,
 *    "The index %1 is not valid, so no query uses it.", "Make it anew: reindex index concurrently scim.%1"}
 */
#ifndef SCIM_DOCTOR_H
#define SCIM_DOCTOR_H

#include "connection.h"

typedef enum {
    SCIM_DOCTOR_NOTE,    /* something could not be checked */
    SCIM_DOCTOR_WARNING, /* works now, but may soon fail */
    SCIM_DOCTOR_ERROR    /* does not work, or breaks a guarantee */
} scim_doctor_e;

typedef struct scim_finding_t {
    const char *area;
    const char *check;
    scim_doctor_e severity;
    const char *finding;
    const char *advice;
} scim_finding_t;

/* Adds a finding to an array of them. */
void scim_doctor_add(apr_array_header_t *findings, const char *area, const char *check, scim_doctor_e severity,
                     const char *finding, const char *advice);

/* Runs all checks on a database with this build's schema, as `user`; no log records it. *checks is their number. A
 * check that the connection's user may not make becomes a note. Errors: 503. */
scim_error_t *scim_doctor_run(apr_array_header_t *findings, int *checks, scim_conn_t *conn, const char *user,
                              apr_pool_t *pool);

/* How far this machine's clock is ahead of the database's. Errors: 503. */
scim_error_t *scim_doctor_clock(apr_interval_time_t *ahead, scim_conn_t *conn, apr_pool_t *pool);

#endif
