/*
 * How a request comes to the module: by the path that httpd has matched, and past all other modules.
 *
 * httpd decides by the path which Location a request is in, and so whose Require holds for it. The module reads that
 * same path and nothing else. Entra ID's flag is therefore taken out of the path before httpd looks at it:
 *
 *     /scim/v2/acme/aadOptscim062020/Users?filter=..    becomes   /scim/v2/acme/Users?filter=..
 *     /scim/v2/acme?aadOptscim062020/Users?filter=..    becomes   /scim/v2/acme/Users?filter=..
 *
 * A request of a Location of the module carries a bearer token, or an administrator's password. Other modules may send
 * it elsewhere (ProxyPass /, RewriteRule [P], an ErrorDocument), with these headers. So the module claims it before
 * they see it, and sets right at the end of the fixups what they have changed nevertheless.
 */
#ifndef SCIM_CLAIM_H
#define SCIM_CLAIM_H

#include <httpd.h>

/* Hook post_read_request, before httpd matches the path: takes the flag out of it. */
int scim_claim_unflag(request_rec *r);

/* Whether the client's path had the flag. */
int scim_claim_had_flag(const request_rec *r);

/* Hooks pre_translate_name and translate_name: nothing below the Location is a file, and nobody else maps it. */
int scim_claim_early(request_rec *r);
int scim_claim(request_rec *r);

/* Hook translate_name, behind mod_rewrite: a path outside may have become one of a Location (RewriteRule [PT]). */
int scim_claim_rewritten(request_rec *r);

/* Hooks map_to_storage and type_checker: no file is looked for, and no file name's extension means anything. */
int scim_claim_map(request_rec *r);
int scim_claim_type(request_rec *r);

/* Hook fixups, at their end: who is to handle the request, and with what. */
int scim_claim_keep(request_rec *r);

/* Hook handler: what stands in the place of an ErrorDocument for a request that httpd has refused. */
int scim_claim_refused(request_rec *r);

#endif
