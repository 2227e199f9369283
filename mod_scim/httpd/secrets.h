/*
 * Removes secrets from texts in logs: a bearer token in a path, a query or a Referer, and in the URL of a SCIM request
 * everything that scim/mask.h masks.
 *
 * A token's key id stays, because it is public: "scim_KEY0123456...". httpd itself escapes control characters in both
 * logs.
 */
#ifndef SCIM_SECRETS_H
#define SCIM_SECRETS_H

#include <httpd.h>

/* `text` without the secrets of tokens; the same pointer if there is none. NULL is allowed. */
const char *scim_secrets_hide(const char *text, apr_pool_t *pool);

/* The same for a path with its query; the value of access_token is removed, too. */
const char *scim_secrets_hide_all(const char *text, apr_pool_t *pool);

/* A URL or its path for logs: masked if it is in one of our Locations. */
const char *scim_secrets_url(request_rec *r, const char *url);

/* Hook log_transaction, before the access log: removes the secrets from everything that it may print. */
int scim_secrets_log(request_rec *r);

#endif
