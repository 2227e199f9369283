/*
 * Writes the activity that httpd has collected about requests without a complete row: entries (scim_activity_entry),
 * many at a time, of any tenants, in one transaction. It acts as an administrator of each tenant in turn.
 */
#ifndef SCIM_STORE_RECORD_H
#define SCIM_STORE_RECORD_H

#include <apr_hash.h>

#include "connection.h"

/* Records entries, a JSON list. Errors: 503, and other errors of the database. */
scim_error_t *scim_record_entries(scim_conn_t *conn, const char *entries, apr_pool_t *pool);

/* The entries of each tenant, a JSON list for each, in the order of the list: name -> const char *. */
apr_hash_t *scim_record_split(const char *entries, apr_pool_t *pool);

#endif
