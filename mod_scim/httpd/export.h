/*
 * Passes facts about the account to the application: SCIM_* environment variables, X-Scim-* request headers.
 *
 * Applications trust these headers, so clients must not be able to send them: they are removed from each client's
 * request as soon as it has been read, in every Location, even if ScimFacts is off. Names are compared as in
 * applications that convert headers to variables: without case, and any character that is neither letter nor digit
 * equals a hyphen. Trailers are removed when they arrive.
 */
#ifndef SCIM_EXPORT_H
#define SCIM_EXPORT_H

#include <httpd.h>

/* The default prefix of the headers; ScimFactsPrefix sets the server's. */
#define SCIM_FACTS_PREFIX "X-Scim-"

/* Hook post_read_request, before all others: removes the headers, and adds the filter for trailers. */
int scim_export_strip(request_rec *r);

/* Registers the filter for trailers. */
void scim_export_register(void);

/* Sets the environment variables as soon as the account is known, so that expressions can use them. */
void scim_export_prepare(request_rec *r);

/* Hook fixups, after authz.c's: sets environment and headers. Returns 503 if the facts cannot be read. */
int scim_export(request_rec *r);

#endif
