/*
 * Finds the right address for a misspelt one: `/users`, a repeated base path, names of SCIM 1.1, a missing slash.
 *
 * A misspelt address is not served, because httpd's configuration for the right address would not apply to it. The
 * answer names the right one.
 */
#ifndef SCIM_ADDRESS_H
#define SCIM_ADDRESS_H

#include "schema.h"

/* The right path for a misspelt one, below the tenant's base URL and without a leading slash: it begins with the last
 * segment that is an endpoint's name in any case, a resource type's name, or SCIM 1.1's name of an endpoint. NULL if
 * there is none, or if the path is right. */
const char *scim_address_right(const char *path, const scim_schemas_t *schemas, apr_pool_t *pool);

/* Whether text[0..len) is the name of an endpoint, in any case. */
int scim_address_is_endpoint(const char *text, apr_size_t len, const scim_schemas_t *schemas);

/* If the text ends with the name of an endpoint after other characters, the offset of that name; else 0. */
apr_size_t scim_address_split(const char *text, const scim_schemas_t *schemas);

#endif
