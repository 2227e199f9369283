/*
 * Names in httpd's configuration that no tenant has: `Require scim-role "Admn"`. Such a line lets nobody in, which may
 * be a misspelling.
 */
#ifndef SCIM_NAMES_H
#define SCIM_NAMES_H

#include "connection.h"

typedef struct scim_named_t {
    const char *kind; /* scim-user, scim-role, scim-group, scim-entitlement or scim-flag */
    const char *name;
    const char *file; /* where it stands */
    int line;
} scim_named_t;

/* Those of `names` (scim_named_t) that no tenant has, in one transaction with the rights of an administrator of all
 * tenants; `user` is who asks. Errors: 503. */
scim_error_t *scim_names_unknown(apr_array_header_t **unknown, scim_conn_t *conn, const apr_array_header_t *names,
                                 const char *user, apr_pool_t *pool);

/* What is said of one: FILE line N: Require KIND "NAME" lets nobody in, because ... */
const char *scim_names_text(const scim_named_t *named, apr_pool_t *pool);

#endif
