/*
 * The endpoint: a request in, an answer out.
 */
#ifndef SCIM_ENDPOINT_H
#define SCIM_ENDPOINT_H

#include <httpd.h>

/* Hook handler, for `SetHandler scim`. */
int scim_endpoint(request_rec *r);

#endif
