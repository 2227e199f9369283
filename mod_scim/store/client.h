/*
 * Clients that authenticate without sending the tenant's token itself.
 *
 * A token can be exchanged for access tokens (RFC 6749 4.4). An access token looks like a token: it has the key id of
 * its token, and its own random bits. So logs, limits and the audit log show the same key id, and authentication finds
 * the token's row and makes the same checks; only the digest is looked up in another table (scim.examine). It ends with
 * its token at once, and cannot be exchanged again.
 *
 * A client that httpd has authenticated acts as the token with its name (`scimctl token add --external`). Such a token
 * has no known text; its row is found by the name, and otherwise it is treated like other tokens.
 */
#ifndef SCIM_CLIENT_STORE_H
#define SCIM_CLIENT_STORE_H

#include "session.h"

/* Makes an access token for the session's token, which authenticates the batch. `text` gets it; *seconds gets its life,
 * at most `life`. Errors: those of scim_session_run; 401 if the session's token is itself an access token. */
scim_error_t *scim_client_access(char text[SCIM_TOKEN_LENGTH + 1], int *seconds, scim_session_t *session, int life);

/* The token with the name of httpd's client. Errors: 401 if there is none. */
scim_error_t *scim_client_find(scim_token_t *token, scim_session_t *session, const char *subject);

#endif
