/*
 * Wrong addresses, and the right ones: `/users`, a base path that is there twice, the names of SCIM 1.1, a missing
 * slash.
 *
 * Nothing is served at a wrong address, because what httpd's configuration says about the right one would not hold
 * there. The answer names the right one.
 */
#ifndef SCIM_ADDRESS_H
#define SCIM_ADDRESS_H

#include "schema.h"

/* The path below a tenant's base URL, without a slash at its start, that a path of that kind stands for: from the last
 * segment on that is an endpoint's name in whatever case, a resource type's name, or what SCIM 1.1 calls an endpoint.
 * NULL where there is none, or nothing is wrong with it. */
const char *scim_address_right(const char *path, const scim_schemas_t *schemas, apr_pool_t *pool);

/* Whether text[0..len) is the name of an endpoint, in whatever case. */
int scim_address_is_endpoint(const char *text, apr_size_t len, const scim_schemas_t *schemas);

/* Where the name of an endpoint begins that the text ends with, behind something else; 0: it ends with none. */
apr_size_t scim_address_split(const char *text, const scim_schemas_t *schemas);

#endif
