/*
 * SCIM bodies for what httpd itself refuses inside a Location: access control, limits, broken requests.
 *
 * httpd makes an HTML page for those. A filter swallows that page and sends the error message of RFC 7644 3.12 with the
 * same status, whatever ErrorDocument says.
 */
#ifndef SCIM_ERRORS_H
#define SCIM_ERRORS_H

#include <httpd.h>

/* Registers the filter; called where hooks are registered. */
void scim_errors_register(void);

/* Whether httpd has refused a request inside a Location of the endpoint, or of the admin API, perhaps before it looked
 * for its Location. */
int scim_errors_refused(request_rec *r);
int scim_errors_admin_refused(request_rec *r);

/* Hook insert_error_filter. */
void scim_errors_insert(request_rec *r);

/* Hook insert_filter: the same for an ErrorDocument that httpd fetches by an internal redirect. */
void scim_errors_redirected(request_rec *r);

#endif
