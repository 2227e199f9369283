/*
 * Tenants: one customer organisation each. The key is short text, permanent, and the last segment of the tenant's base
 * URL.
 */
#ifndef SCIM_TENANT_H
#define SCIM_TENANT_H

#include "connection.h"

typedef struct scim_tenant_row_t {
    const char *tenant;
    const char *display_name;
    int enabled;
    const char *restore; /* "externalId", "userName" (by either) or "never": what a POST may bring back (U4) */
    apr_time_t created;
    const char *profile; /* "lenient", "rfc" or "interop": what is accepted (scim/leniency.h) */
} scim_tenant_row_t;

/* Whether `key` may name a tenant: [a-z0-9] then [a-z0-9_-], 1 to 63 characters. */
int scim_tenant_key_valid(const char *key);

/* Errors: 400 that names the field `tenant`. */
scim_error_t *scim_tenant_check_key(const char *key, apr_pool_t *pool);

/* Whether people may call something by this text: 1 to `max` bytes of UTF-8 without control characters, which would
 * reach logs and terminals. */
int scim_label_valid(const char *text, apr_size_t max);

/* The 404 of everything that is asked for a tenant that does not exist. */
scim_error_t *scim_tenant_missing(const char *tenant, apr_pool_t *pool);

/* Errors: 400 where the key or the display name (which may be NULL) cannot be used, 409 where the key is taken. */
scim_error_t *scim_tenant_add(scim_tenant_row_t *row, scim_conn_t *conn, const char *tenant, const char *display_name,
                              apr_pool_t *pool);
/* Rows (scim_tenant_row_t) in the order of their keys. */
scim_error_t *scim_tenant_list(apr_array_header_t **rows, scim_conn_t *conn, apr_pool_t *pool);
/* These answer with the tenant as it is afterwards. Errors: 404, and 400 for an unknown word in `restore` or `profile`.
 */
scim_error_t *scim_tenant_show(scim_tenant_row_t *row, scim_conn_t *conn, const char *tenant, apr_pool_t *pool);
scim_error_t *scim_tenant_enable(scim_tenant_row_t *row, scim_conn_t *conn, const char *tenant, int enabled,
                                 apr_pool_t *pool);
/* Of restore and profile, NULL leaves as it is. */
scim_error_t *scim_tenant_set(scim_tenant_row_t *row, scim_conn_t *conn, const char *tenant, const char *restore,
                              const char *profile, apr_pool_t *pool);

/* The profile of a tenant, for whom it is not known who asks: *profile is NULL where there is no such tenant. */
scim_error_t *scim_tenant_profile(const char **profile, scim_conn_t *conn, const char *tenant, apr_pool_t *pool);

#endif
