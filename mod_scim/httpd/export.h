/*
 * What an application is told of the account: SCIM_* in its environment, X-Scim-* in the headers of its requests.
 *
 * The headers are the server's word, so nobody else may say them: whatever a client sends under such a name is taken
 * out of each request as soon as it has been read, in every Location, be facts on or off. A name is compared as
 * applications do that make variables of headers: without case, and with any character that is neither letter nor digit
 * for a hyphen. What comes in trailers is taken out when it arrives.
 */
#ifndef SCIM_EXPORT_H
#define SCIM_EXPORT_H

#include <httpd.h>

/* Of the default prefix of the headers; the server's own is ScimFactsPrefix. */
#define SCIM_FACTS_PREFIX "X-Scim-"

/* Hook post_read_request, before all others: takes the headers out. */
int scim_export_strip(request_rec *r);

/* Registers the filter for trailers; hook insert_filter adds it to the requests that may have some. */
void scim_export_register(void);
void scim_export_trailers(request_rec *r);

/* Puts the facts into the environment as soon as the account is known, so that expressions can use them. */
void scim_export_prepare(request_rec *r);

/* Hook fixups, behind authz.c's: environment and headers. Returns 503 where the facts cannot be known. */
int scim_export(request_rec *r);

#endif
