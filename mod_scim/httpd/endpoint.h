/*
 * The endpoint: a request in, an answer out.
 */
#ifndef SCIM_ENDPOINT_H
#define SCIM_ENDPOINT_H

#include <httpd.h>

/* Hook handler, for `SetHandler scim`. */
int scim_endpoint(request_rec *r);

/* Hooks translate_name, map_to_storage and type_checker: nothing below the Location is a file, so no file is looked
 * for and no file name's extension means anything. */
int scim_endpoint_translate(request_rec *r);
int scim_endpoint_map(request_rec *r);
int scim_endpoint_type(request_rec *r);

#endif
