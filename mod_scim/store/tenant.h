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
} scim_tenant_row_t;

/* Whether `key` may name a tenant: [a-z0-9] then [a-z0-9_-], 1 to 63 characters. */
int scim_tenant_key_valid(const char *key);

scim_error_t *scim_tenant_add(scim_tenant_row_t *row, scim_conn_t *conn, const char *tenant, const char *display_name,
                              apr_pool_t *pool);
scim_error_t *scim_tenant_list(apr_array_header_t **rows, scim_conn_t *conn, apr_pool_t *pool);
scim_error_t *scim_tenant_show(scim_tenant_row_t *row, scim_conn_t *conn, const char *tenant, apr_pool_t *pool);
scim_error_t *scim_tenant_enable(scim_tenant_row_t *row, scim_conn_t *conn, const char *tenant, int enabled,
                                 apr_pool_t *pool);
scim_error_t *scim_tenant_restore(scim_tenant_row_t *row, scim_conn_t *conn, const char *tenant, const char *restore,
                                  apr_pool_t *pool);

#endif
