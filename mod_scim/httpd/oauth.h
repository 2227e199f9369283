/*
 * The token endpoint for client credentials (RFC 6749 4.4), and the metadata by which clients find it.
 *
 *     POST BASE/oauth2/token                                       grant_type=client_credentials; the client id is a
 *                                                                  token's key id, the secret its text
 *     GET /.well-known/oauth-authorization-server/PATH-OF-BASE     RFC 8414
 *     GET /.well-known/oauth-protected-resource/PATH-OF-BASE       RFC 9728
 *
 * A well-known URL names its resource after the well-known part. It is rewritten to BASE/.well-known/... before httpd
 * matches the path, so that the tenant's Location applies. Answers and errors are OAuth's JSON, not SCIM's.
 */
#ifndef SCIM_OAUTH_H
#define SCIM_OAUTH_H

#include "operation.h"

/* Hook post_read_request, before httpd matches the path. */
int scim_oauth_well_known(request_rec *r);

/* Whether a request is answered with OAuth's JSON. */
int scim_oauth_is(const scim_request_t *request);

/* Metadata, which needs no authentication. Errors: 404, 405. */
scim_error_t *scim_oauth_describe(scim_call_t *call);

/* Reads the form and the client's credentials, as the request's token. Errors: 400, 401, 405, 413. */
scim_error_t *scim_oauth_read(scim_call_t *call);

/* The work of the token endpoint: makes an access token, and the answer. */
scim_error_t *scim_oauth_grant(scim_call_t *call, scim_session_t *session);

/* Answers; returns what the handler returns. */
int scim_oauth_respond(scim_call_t *call, const scim_error_t *error);

/* The URL of the metadata of a resource, for WWW-Authenticate. */
const char *scim_oauth_resource_url(const scim_request_t *request);

#endif
