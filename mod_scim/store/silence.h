/*
 * Tokens that end soon or have fallen silent, of all tenants, for the log: what httpd's housekeeping tells. It acts as
 * an administrator of all tenants.
 */
#ifndef SCIM_STORE_SILENCE_H
#define SCIM_STORE_SILENCE_H

#include "connection.h"

/* The tokens that end within `within` and that nobody was told of today, a line each (const char *). Errors: 503. */
scim_error_t *scim_silence_warnings(apr_array_header_t **lines, scim_conn_t *conn, apr_interval_time_t within,
                                    apr_pool_t *pool);

/* Learns how often tokens are used (rules/silence.h); those that have fallen silent and that nobody was told of today,
 * a line each. Errors: 503. */
scim_error_t *scim_silence_tell(apr_array_header_t **lines, scim_conn_t *conn, apr_pool_t *pool);

#endif
