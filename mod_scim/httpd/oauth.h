/*
 * The token endpoint for client credentials (RFC 6749 4.4), and the metadata by which clients find it.
 *
 *     POST BASE/oauth2/token                        grant_type=client_credentials; the client is a token: its key id
 * and text GET  /.well-known/oauth-authorization-server/PATH-OF-BASE     RFC 8414 GET
 * /.well-known/oauth-protected-resource/PATH-OF-BASE       RFC 9728
 *
 * A well-known URL names its resource behind the well-known part. It is taken for BASE/.well-known/... before httpd
 * matches the path, so that the Location of the tenant decides about it. Answers and errors here are JSON of OAuth, not
 * of SCIM.
 */
#ifndef SCIM_OAUTH_H
#define SCIM_OAUTH_H

#include "operation.h"

/* Hook post_read_request, before httpd matches the path. */
int scim_oauth_well_known(request_rec *r);

/* Whether a request is answered as OAuth has it. */
int scim_oauth_is(const scim_request_t *request);

/* Metadata, which is open to everybody. Errors: 404, 405. */
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
