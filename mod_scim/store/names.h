/*
 * Finds names in httpd's configuration that no tenant has: `Require scim-role "Admn"`. Such a line lets nobody in, and
 * may be misspelt.
 */
#ifndef SCIM_NAMES_H
#define SCIM_NAMES_H

#include "connection.h"

typedef struct scim_named_t {
    const char *kind; /* scim-user, scim-role, scim-group, scim-entitlement or scim-flag */
    const char *name;
    const char *file; /* the configuration file */
    int line;
} scim_named_t;

/* Selects from `names` (scim_named_t) those that no tenant has, in one transaction with the rights of an administrator
 * of all tenants; `user` is the actor. Errors: 503. */
scim_error_t *scim_names_unknown(apr_array_header_t **unknown, scim_conn_t *conn, const apr_array_header_t *names,
                                 const char *user, apr_pool_t *pool);

/* The message about one: FILE line N: Require KIND "NAME" lets nobody in, because ... */
const char *scim_names_text(const scim_named_t *named, apr_pool_t *pool);

#endif
