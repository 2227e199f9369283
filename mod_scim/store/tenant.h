/*
 * Tenants: one customer organisation each. The key is a short, permanent text, and the last segment of the tenant's
 * base URL.
 */
#ifndef SCIM_TENANT_H
#define SCIM_TENANT_H

#include "session.h"

/* Whether `key` may name a tenant: [a-z0-9] then [a-z0-9_-], 1 to 63 characters. */
int scim_tenant_key_valid(const char *key);

/* Errors: 400 that names the field `tenant`. */
scim_error_t *scim_tenant_check_key(const char *key, apr_pool_t *pool);

/* Whether a text is valid as a name: 1 to `max` bytes of UTF-8 without invisible characters (scim_hidden_find), which
 * would reach logs and terminals. */
int scim_label_valid(const char *text, apr_size_t max);

/* Authenticates, and returns whether the tenant's /Schemas leaves out attributes that are never stored. Errors: those
 * of authentication. */
scim_error_t *scim_tenant_hides(int *hides, scim_session_t *session);

/* The 404 for every operation on a tenant that does not exist. */
scim_error_t *scim_tenant_missing(const char *tenant, apr_pool_t *pool);

#endif
