/*
 * What is known of the account behind a request of httpd, for decisions and for applications.
 *
 * Whose account it is, ScimAccount and ScimLink say, and of which tenant ScimTenant says. The database is asked once
 * for a chain of requests, which is the client's own one with its subrequests and internal redirects, and a second time
 * only where a later one needs lists that the first did not read. Nothing is kept beyond the chain, so what is
 * committed holds on the very next request. The first request of an account that has never logged in records its login
 * (PRODUCT P5).
 */
#ifndef SCIM_HTTPD_FACTS_H
#define SCIM_HTTPD_FACTS_H

#include <httpd.h>

#include "configuration.h"
#include "store/facts.h"

typedef enum {
    SCIM_KNOWN,       /* *out is what is known, which may be that there is no such account */
    SCIM_NOBODY,      /* the request names nobody: not authenticated, or the expressions give nothing */
    SCIM_ASTRAY,      /* no tenant, or an expression failed: nobody may conclude anything from that */
    SCIM_UNAVAILABLE, /* the database could not be asked */
} scim_known_e;

/* Finds what is known, with at least what is wished for. *why gets a short reason where it is not SCIM_KNOWN. */
scim_known_e scim_facts_find(const scim_facts_t **out, const char **why, request_rec *r, const scim_wish_t *wish);

/* The client's request that a subrequest, or an internal redirect, comes from. */
request_rec *scim_facts_origin(request_rec *r);

#endif
