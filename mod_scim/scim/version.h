/*
 * Preconditions on versions: If-Match and If-None-Match with weak entity-tags (RFC 7644 3.14, RFC 9110 13.1), compared
 * weakly. httpd's own comparison is strong and answers 412 to every SCIM tag. A suffix added by mod_deflate ("-gzip")
 * is accepted.
 */
#ifndef SCIM_VERSION_H
#define SCIM_VERSION_H

#include <apr_pools.h>
#include <apr_tables.h>

typedef struct scim_versions_t {
    int any;                  /* "*" */
    int except;               /* all versions except the listed ones */
    apr_array_header_t *list; /* apr_int64_t; foreign tags match nothing and are left out */
} scim_versions_t;

/* NULL if the header is absent. */
const scim_versions_t *scim_versions_read(const char *header, apr_pool_t *pool);

/* The versions that a write may change, by If-Match and If-None-Match, either of which may be NULL: RFC 9110 13.1.2
 * refuses the write if If-None-Match names the version or is "*". NULL: any version. */
const scim_versions_t *scim_versions_allow(const scim_versions_t *match, const scim_versions_t *none, apr_pool_t *pool);

int scim_versions_match(const scim_versions_t *versions, apr_int64_t version);

#endif
