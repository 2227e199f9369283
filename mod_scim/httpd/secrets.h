/*
 * Secrets that a client has put where logs look: a bearer token in a path, a query or a Referer, and in the URL of a
 * SCIM request whatever scim/mask.h masks.
 *
 * Of a token its key id is left, which is public: "scim_KEY0123456...". Control characters are httpd's own to escape,
 * in the error log as in the access log.
 */
#ifndef SCIM_SECRETS_H
#define SCIM_SECRETS_H

#include <httpd.h>

/* `text` without the secrets of tokens; the same pointer where there is none. NULL is allowed. */
const char *scim_secrets_hide(const char *text, apr_pool_t *pool);

/* The same for a path with its query, of which the value of access_token goes as well. */
const char *scim_secrets_hide_all(const char *text, apr_pool_t *pool);

/* A URL, or the path of one, as logs may show it: masked where it is of a Location of ours. */
const char *scim_secrets_url(request_rec *r, const char *url);

/* Hook log_transaction, before the access log: takes the secrets out of what it may print of any request. */
int scim_secrets_log(request_rec *r);

#endif
