/*
 * Warnings of httpd's housekeeping for the log: tokens of all tenants that expire soon or are not used any more. It
 * acts as an administrator of all tenants.
 */
#ifndef SCIM_STORE_SILENCE_H
#define SCIM_STORE_SILENCE_H

#include "connection.h"

/* The tokens that expire within `within` and were not reported today, a line each (const char *). Errors: 503. */
scim_error_t *scim_silence_warnings(apr_array_header_t **lines, scim_conn_t *conn, apr_interval_time_t within,
                                    apr_pool_t *pool);

/* Learns how often tokens are used (rules/silence.h); returns the silent ones that were not reported today, a line
 * each. Errors: 503. */
scim_error_t *scim_silence_tell(apr_array_header_t **lines, scim_conn_t *conn, apr_pool_t *pool);

#endif
