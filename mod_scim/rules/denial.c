#include "denial.h"

const char scim_denied_nothing[] =
    "The request has no Authorization header. Choose a bearer token (HTTP header) as the way of authentication at the "
    "identity provider, and enter a token of this tenant there. If one is entered, something on the way removes the "
    "header.";
const char scim_denied_scheme[] =
    "The request does not authenticate with a bearer token. Choose a bearer token (HTTP header) at the identity "
    "provider, and enter a token of this tenant there; in a field for the whole header write Bearer before it.";
const char scim_denied_form[] = "The request's bearer token is not a token of this service: each begins with scim_ and "
                                "has 64 characters. Enter a token of this tenant at the identity provider.";
const char scim_denied_typing[] =
    "The bearer token was changed when it was entered: its checksum is wrong. Enter it again at the identity provider, "
    "whole and without spaces, or create another one.";
const char scim_denied_unknown[] =
    "This tenant has no token with this key id. Enter one of the tenant's tokens at the identity provider; its list of "
    "tokens shows the key id of each.";
const char scim_denied_alien[] = "The bearer token belongs to another tenant. Enter one of this tenant's tokens at the "
                                 "identity provider, or correct the tenant's name in the base URL there.";
const char scim_denied_secret[] =
    "The bearer token has the key id of this token and another secret: it is an expired access token, or not a token "
    "of this service. An identity provider that uses OAuth gets a new access token automatically; otherwise create "
    "another token and enter it there.";
const char scim_denied_revoked[] = "The token was revoked. Create another one and enter it at the identity provider.";
const char scim_denied_expired[] = "The token has expired. Create another one and enter it at the identity provider.";
const char scim_denied_client[] = "httpd has authenticated a client for which there is no token. Create a token for it "
                                  "(external), or correct ScimClient.";
const char scim_denied_pair[] =
    "The client id must be the key id of one of the tenant's tokens, and the secret that token's text. Enter both at "
    "the identity provider again.";
