/*
 * The facts about the account of a request, for authorization and for applications.
 *
 * ScimAccount and ScimLink select the account, ScimTenant its tenant. The database is queried once for a chain of
 * requests (the client's request with its subrequests and internal redirects), and again only if a later one needs
 * further lists. The facts are not kept beyond the chain, so a committed change takes effect with the next request. The
 * first request of an account that has never logged in records its login.
 */
#ifndef SCIM_HTTPD_FACTS_H
#define SCIM_HTTPD_FACTS_H

#include <httpd.h>

#include "configuration.h"
#include "store/facts.h"

typedef enum {
    SCIM_KNOWN,       /* *out has the facts; the account may not exist */
    SCIM_NOBODY,      /* the request names no account: not authenticated, or the expressions are empty */
    SCIM_ASTRAY,      /* no tenant, or an expression failed: the answer is unknown */
    SCIM_UNAVAILABLE, /* the database did not answer */
} scim_known_e;

/* Finds the facts, with at least those of `wish`. *why gets a short reason if the result is not SCIM_KNOWN. */
scim_known_e scim_facts_find(const scim_facts_t **out, const char **why, request_rec *r, const scim_wish_t *wish);

/* The client's request that a subrequest or an internal redirect belongs to. */
request_rec *scim_facts_origin(request_rec *r);

#endif
