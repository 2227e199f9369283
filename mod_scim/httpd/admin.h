/*
 * The admin API: `SetHandler scim-admin` under a Location that httpd protects.
 *
 * The operations are in the tables of store/admin.h. This file converts a request to an operation and its arguments, an
 * answer to JSON, and an error to problem details (RFC 9457). httpd's Require decides who may use it; without an
 * authenticated user everything is refused. ScimAdminTenant limits a Location to one tenant. The API sets no cookies,
 * and refuses requests that another site's page makes a browser send.
 */
#ifndef SCIM_ADMIN_HANDLER_H
#define SCIM_ADMIN_HANDLER_H

#include <httpd.h>

/* Hook handler. */
int scim_admin(request_rec *r);

#endif
