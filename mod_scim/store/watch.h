/*
 * What operators watch of a database, whatever tenant it is of: ends of tokens, silences, holds, seats.
 */
#ifndef SCIM_WATCH_H
#define SCIM_WATCH_H

#include "connection.h"

typedef struct scim_watched_t {
    const char *kind; /* as sql/statements/watch.sql calls it; of seats, seats_taken and seats_waiting */
    const char *tenant;
    const char *name;  /* of a subscription; NULL: it is of the tenant as a whole */
    apr_int64_t value; /* seconds since 1970, or a number */
} scim_watched_t;

/* At most so many of each kind (scim_watched_t), with the rights of an administrator of all tenants. Errors: 503.
 */
scim_error_t *scim_watch_read(apr_array_header_t **watched, scim_conn_t *conn, int most, apr_pool_t *pool);

#endif
