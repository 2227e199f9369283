/*
 * The OpenAPI 3.1 description of the admin API, generated from the table of operations (admin.h).
 *
 * docs/openapi.json has the same text, `scimctl openapi` prints it, and the admin handler serves it at
 * SCIM_OPENAPI_PATH below its Location. Its paths are relative to that Location. An operation's id is NOUN-VERB; an
 * answer has exactly the members in its schema, and those without a value are null.
 */
#ifndef SCIM_OPENAPI_H
#define SCIM_OPENAPI_H

#include <apr_pools.h>

#define SCIM_OPENAPI_PATH "/openapi.json"

/* The document, in lines, ending with a newline. */
const char *scim_openapi(apr_pool_t *pool);

#endif
