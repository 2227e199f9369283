/*
 * Clients that do not send a token of the tenant as it is.
 *
 * A token can be exchanged for access tokens (RFC 6749 4.4). An access token looks like a token: it has the key id of
 * the one that it came from, and random bits of its own. So it is known to logs, limits and the audit log by the same
 * key id, and authentication finds the same row and asks everything of it; only whose text it is, is looked up beside
 * it (scim.examine). It ends with its token at once, and makes no further ones.
 *
 * A client that httpd has authenticated itself acts as the token that is named after it (`scimctl token add
 * --external`). Nobody knows a text of such a token; its row is found by the name, and then everything is as for other
 * tokens.
 */
#ifndef SCIM_CLIENT_STORE_H
#define SCIM_CLIENT_STORE_H

#include "session.h"

/* Makes an access token of the session's token, which authenticates the batch. `text` gets it; *seconds how long it
 * holds, at most `life`. Errors: those of scim_session_run; 401 for what is no token itself. */
scim_error_t *scim_client_access(char text[SCIM_TOKEN_LENGTH + 1], int *seconds, scim_session_t *session, int life);

/* The token named after a client of httpd. Errors: 401 where there is none. */
scim_error_t *scim_client_find(scim_token_t *token, scim_session_t *session, const char *subject);

#endif
