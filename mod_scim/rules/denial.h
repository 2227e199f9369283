/*
 * Why a request was not let in, for the tenant's administrators.
 *
 * A client that is answered 401 learns nothing of the reason. Administrators see it in activity: each text here says
 * what is wrong with the token and what to do at the identity provider. An error carries one of them as `told`, and who
 * has to know which it is compares the addresses.
 */
#ifndef SCIM_DENIAL_H
#define SCIM_DENIAL_H

extern const char scim_denied_nothing[]; /* no Authorization header */
extern const char scim_denied_scheme[];  /* one of another scheme than Bearer */
extern const char scim_denied_form[];    /* not of a token's form */
extern const char scim_denied_typing[];  /* a token's form, with a wrong checksum */
extern const char scim_denied_unknown[]; /* the tenant has no token of this key id */
extern const char scim_denied_alien[];   /* that is so, and another tenant has */
extern const char scim_denied_secret[];  /* the key id of a token with another secret */
extern const char scim_denied_revoked[];
extern const char scim_denied_expired[];
extern const char scim_denied_client[]; /* a client of httpd's, which no token is for */
extern const char scim_denied_pair[];   /* of OAuth: client id and secret do not belong together */

#endif
