/*
 * Why authentication refused a request, in words for the tenant's administrators.
 *
 * A client that is answered 401 does not learn the reason. Administrators see it in activity: each text says what is
 * wrong with the token and what to do at the identity provider. An error carries one of them as `told`; to distinguish
 * them, compare the addresses.
 */
#ifndef SCIM_DENIAL_H
#define SCIM_DENIAL_H

extern const char scim_denied_nothing[]; /* no Authorization header */
extern const char scim_denied_scheme[];  /* a scheme other than Bearer */
extern const char scim_denied_form[];    /* not in the form of a token */
extern const char scim_denied_typing[];  /* in the form of a token, but with a wrong checksum */
extern const char scim_denied_unknown[]; /* the tenant has no token with this key id */
extern const char scim_denied_alien[];   /* nor this tenant, but another one has it */
extern const char scim_denied_secret[];  /* the key id exists, but the secret is wrong */
extern const char scim_denied_revoked[];
extern const char scim_denied_expired[];
extern const char scim_denied_client[]; /* a client authenticated by httpd, without a service account */
extern const char scim_denied_pair[];   /* OAuth: client id and secret do not belong together */

#endif
