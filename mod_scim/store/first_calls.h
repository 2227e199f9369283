/*
 * Makes an identity provider's first calls to a base URL: the calls of its "Test connection".
 *
 * Each call is a row of a table: the request, the expected answer, and what to do if the answer differs. It follows no
 * redirect, uses no proxy, and checks the certificate as identity providers do, so it connects only to the base URL.
 */
#ifndef SCIM_STORE_FIRST_CALLS_H
#define SCIM_STORE_FIRST_CALLS_H

#include <apr_pools.h>
#include <json-c/json.h>

/* Whether a path is one of the endpoint below a base URL: a name, and perhaps a query, as they stand in a URL. */
int scim_is_first_call(const char *path);

/* The steps, a list of objects (step, request, expected, found, ok, fix), and whether all of them passed. `token` is
 * the bearer token's text; NULL: steps that need one are skipped (ok is null). `own` lists paths (scim_is_first_call)
 * that the product requests in addition; NULL: none. The pool owns *steps. */
int scim_first_calls(json_object **steps, const char *base_url, const char *token, json_object *own, apr_pool_t *pool);

#endif
