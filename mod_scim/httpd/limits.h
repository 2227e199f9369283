/*
 * Rate limits: for a token (`scimctl token add --rate`), and for an address that sends wrong tokens (ScimFailureLimit).
 * Both are checked before the database is queried, and answered 429 with Retry-After.
 *
 * All processes of this httpd count together, in shared memory that lives as long as the parent process, also over a
 * graceful restart. Each node counts separately.
 *
 * A token is identified by its digest, so only clients that have the token can use up its rate. The first request that
 * the database accepts makes the token known, with its limit; each later one updates the limit. The limit of addresses
 * does not apply to known tokens, so an identity provider is not blocked by others behind the same address. A refused
 * token becomes unknown. Addresses are counted by IPv4 address and by IPv6 /64 network.
 *
 * If the table of tokens is full, the token that has been unused for longest is dropped; if that of addresses is full,
 * the one that would be allowed again first (slots.h). A flood cannot displace others' tokens, because only valid
 * tokens get into the table.
 */
#ifndef SCIM_LIMITS_H
#define SCIM_LIMITS_H

#include "metrics.h"
#include "request.h"
#include "store/session.h"

/* In post_config: creates the memory, or finds that of an earlier generation, and puts it into the runtime. */
apr_status_t scim_limits_start(server_rec *main_server);

/* The cause of a 429 for an address: the answers to a flood of guesses, which are not logged one by one. */
extern const char scim_limits_flood[];

/* Checks the limits when the token has been read; `unreadable` is the error of reading it, or NULL. Returns 429, or
 * `unreadable`. A request without a bearer token is not counted. */
scim_error_t *scim_limits_admit(const scim_request_t *request, scim_error_t *unreadable);

/* Records the result of authentication: `error` is that of the work, or NULL. */
void scim_limits_learn(const scim_request_t *request, const scim_session_t *session, const scim_error_t *error);

/* Whether to record one more request with an unknown token in activity: few for an address, and a limited number for
 * all addresses, so that nobody can fill it. */
int scim_limits_stranger(const scim_request_t *request);

/* The limit that answered 429; without one of our causes it is the guard. */
scim_count_e scim_limits_count(const scim_error_t *error);

#endif
