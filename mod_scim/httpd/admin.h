/*
 * The admin API: `SetHandler scim-admin` under a Location that httpd protects.
 *
 * What can be done stands in the tables of store/admin.h, and this is the way there and back: a request becomes an
 * operation and its arguments, the answer JSON, an error problem details (RFC 9457). Who may use it is httpd's own
 * Require; without an authenticated user everything is refused. ScimAdminTenant narrows a Location to one tenant. It
 * has no cookies of its own, and refuses what another site's page makes a browser send.
 */
#ifndef SCIM_ADMIN_HANDLER_H
#define SCIM_ADMIN_HANDLER_H

#include <httpd.h>

/* Hook handler. */
int scim_admin(request_rec *r);

#endif
