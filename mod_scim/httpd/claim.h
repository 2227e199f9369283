/*
 * Takes requests for this module: by the path that httpd has matched, and before all other modules.
 *
 * By the path httpd decides which Location a request is in, and so which Require applies. The module uses exactly that
 * path. Therefore Entra ID's flag is removed from the path before httpd matches it:
 *
 *     /scim/v2/acme/aadOptscim062020/Users?filter=..    becomes   /scim/v2/acme/Users?filter=..
 *     /scim/v2/acme?aadOptscim062020/Users?filter=..    becomes   /scim/v2/acme/Users?filter=..
 *
 * Requests of the module's Locations have a bearer token or an administrator's password. Other modules could send them
 * elsewhere (ProxyPass /, RewriteRule [P], an ErrorDocument), with these headers. So the module takes the request
 * before they see it, and at the end of the fixups corrects what they have still changed.
 */
#ifndef SCIM_CLAIM_H
#define SCIM_CLAIM_H

#include <httpd.h>

/* Hook post_read_request, before httpd matches the path: removes the flag. */
int scim_claim_unflag(request_rec *r);

/* Whether the client's path had the flag. */
int scim_claim_had_flag(const request_rec *r);

/* Hooks pre_translate_name and translate_name: paths below the Location are not files, and no other module maps them.
 */
int scim_claim_early(request_rec *r);
int scim_claim(request_rec *r);

/* Hook translate_name, after mod_rewrite, which may have changed another path to one in a Location (RewriteRule [PT]).
 */
int scim_claim_rewritten(request_rec *r);

/* Hooks map_to_storage and type_checker: do not look for a file, and ignore file name extensions. */
int scim_claim_map(request_rec *r);
int scim_claim_type(request_rec *r);

/* Hook fixups, at the end: sets the handler and the path again. */
int scim_claim_keep(request_rec *r);

/* Hook handler: answers in place of an ErrorDocument for a request that httpd has refused. */
int scim_claim_refused(request_rec *r);

#endif
