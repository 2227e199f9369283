/*
 * How often may be asked: by a token (`scimctl token add --rate`), and by an address whose tokens are wrong
 * (ScimFailureLimit). Both are decided before the database is asked, and answered 429 with Retry-After.
 *
 * All processes of this httpd count together, in memory that they share and that lives as long as the parent process: a
 * graceful restart forgets nothing. Nodes count for themselves.
 *
 * A token is known by its digest, so who does not have it can neither use up its rate nor look like it. The first
 * request that the database lets in makes the token known, with its limit; each later one brings the limit up to date.
 * A known token is not asked where it comes from: an identity provider is not shut out by what others do behind the
 * same address. A token that is refused is unknown again. Addresses are counted by IPv4 address and by IPv6 network of
 * 64 bits.
 *
 * When the table of tokens is full, the one that has been unused for longest is forgotten, and when that of the
 * addresses is, the one that is the nearest to being in time again (slots.h): no flood makes a token of others
 * forgotten, since only valid tokens get there.
 */
#ifndef SCIM_LIMITS_H
#define SCIM_LIMITS_H

#include "metrics.h"
#include "request.h"
#include "store/session.h"

/* In post_config: makes the memory, or finds what an earlier generation has made, and puts it into the runtime. */
apr_status_t scim_limits_start(server_rec *main_server);

/* The cause of a 429 that is for an address: what a flood of guesses gets, which nobody wants to read one by one. */
extern const char scim_limits_flood[];

/* Decides when the token has been read; `unreadable` is the error of that, or NULL. Returns 429, or `unreadable`. A
 * request without a bearer token is no attempt, and is not counted. */
scim_error_t *scim_limits_admit(const scim_request_t *request, scim_error_t *unreadable);

/* Tells what authentication has said: `error` is that of the work, or NULL. */
void scim_limits_learn(const scim_request_t *request, const scim_session_t *session, const scim_error_t *error);

/* Whether activity is told of one more request without a token that the tenant knows: few of an address, and not very
 * many of all addresses together, so that nobody fills it. */
int scim_limits_stranger(const scim_request_t *request);

/* Which limit answered 429; whoever has no cause of ours is held by the guard. */
scim_count_e scim_limits_count(const scim_error_t *error);

#endif
