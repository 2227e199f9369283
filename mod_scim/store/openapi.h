/*
 * The OpenAPI 3.1 description of the admin API, made of the table of operations (admin.h), so that it says what is so.
 *
 * It is the same text each time: docs/openapi.json is it, `scimctl openapi` prints it, and the admin handler serves it
 * at SCIM_OPENAPI_PATH below its Location. Its paths are relative to that Location. An operation is called NOUN-VERB;
 * an answer has exactly the members that its schema names, and those that have no value are null.
 */
#ifndef SCIM_OPENAPI_H
#define SCIM_OPENAPI_H

#include <apr_pools.h>

#define SCIM_OPENAPI_PATH "/openapi.json"

/* The document, in lines, with a line end at its end. */
const char *scim_openapi(apr_pool_t *pool);

#endif
