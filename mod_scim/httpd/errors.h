/*
 * SCIM bodies for requests that httpd itself refuses in a Location: access control, limits, malformed requests.
 *
 * httpd makes an HTML page for them. A filter replaces that page by the error message of RFC 7644 3.12 with the same
 * status, regardless of ErrorDocument.
 */
#ifndef SCIM_ERRORS_H
#define SCIM_ERRORS_H

#include <httpd.h>

/* Registers the filter; called where hooks are registered. */
void scim_errors_register(void);

/* Whether httpd has refused a request in a Location of the endpoint, or of the admin API, perhaps before it determined
 * the Location. */
int scim_errors_refused(request_rec *r);
int scim_errors_admin_refused(request_rec *r);

/* Hook insert_error_filter. In HTTP/2 it first reads the body of a refused request, so that the client gets the answer.
 */
void scim_errors_insert(request_rec *r);

/* Hook insert_filter: the same for an ErrorDocument that httpd fetches by an internal redirect. */
void scim_errors_redirected(request_rec *r);

#endif
