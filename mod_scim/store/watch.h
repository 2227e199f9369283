/*
 * Values for operators' metrics, of all tenants: expiry of tokens, silent tokens, holds, seats.
 */
#ifndef SCIM_WATCH_H
#define SCIM_WATCH_H

#include "connection.h"

typedef struct scim_watched_t {
    const char *kind; /* as in sql/statements/watch.sql; for seats: seats_taken and seats_waiting */
    const char *tenant;
    const char *name;  /* a subscription's; NULL: the whole tenant */
    apr_int64_t value; /* seconds since 1970, or a number */
} scim_watched_t;

/* At most `most` of each kind (scim_watched_t), with the rights of an administrator of all tenants. Errors: 503.
 */
scim_error_t *scim_watch_read(apr_array_header_t **watched, scim_conn_t *conn, int most, apr_pool_t *pool);

#endif
