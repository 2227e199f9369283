/*
 * The HTTP side of a message: media types and the bytes of the body.
 */
#ifndef SCIM_MESSAGE_H
#define SCIM_MESSAGE_H

#include "request.h"

#define SCIM_MEDIA_TYPE "application/scim+json"

/* Whether the client accepts application/scim+json or application/json (RFC 7644 3.8, RFC 9110 12.5.1). Errors: 406. */
scim_error_t *scim_message_accept(const scim_request_t *request);

/* Whether the body is or may become long: more than 64 KiB, of unknown length, or of any length if an input filter of
 * the request (SetInputFilter DEFLATE) may enlarge it. */
int scim_message_long(const scim_request_t *request);

/* Reads the whole body. Errors: 415 for a Content-Type that is neither of those two, has another charset than UTF-8, or
 * a Content-Encoding; 413 beyond ScimMaxBody, or of a Bulk request beyond ScimBulkLimits; 400 or 408 for a body that
 * does not arrive, with request->broken set. */
scim_error_t *scim_message_body(const char **bytes, apr_size_t *len, scim_request_t *request);

/* The same for any Content-Type. */
scim_error_t *scim_message_bytes(const char **bytes, apr_size_t *len, scim_request_t *request);

#endif
