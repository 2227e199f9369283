/*
 * An identity provider's first calls to a base URL, made from here: what it asks when somebody presses "Test
 * connection" there.
 *
 * Each call is a row of a table: what is asked, what is expected, and what to do where something else is found. No
 * redirect is followed, no proxy is used, and a certificate is checked as identity providers check it, so nothing but
 * the base URL is asked.
 */
#ifndef SCIM_STORE_FIRST_CALLS_H
#define SCIM_STORE_FIRST_CALLS_H

#include <apr_pools.h>
#include <json-c/json.h>

/* The steps, a list of objects (step, request, expected, found, ok, fix), and whether all of them passed. `token` is
 * the bearer token's text; NULL: what needs one is not tried (ok is null). *steps is the pool's. */
int scim_first_calls(json_object **steps, const char *base_url, const char *token, apr_pool_t *pool);

#endif
