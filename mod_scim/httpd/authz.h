/*
 * Require scim-user, scim-role, scim-group, scim-entitlement, scim-flag: httpd lets a request through by what SCIM
 * says.
 *
 *     Require scim-entitlement "Web - French" "Web - Bilingual"     an account with a seat of one of them
 *     Require scim-group "%{env:TEAM}"                              the value of an expression
 *
 * Several values mean any of them. They are compared as SCIM compares names, whatever their case. An account that is
 * not active, or whose tenant is switched off, has nothing. What cannot be found out (the database does not answer, the
 * tenant is not known, an expression fails) is an error for mod_authz_core and not a denial, so that `Require not` does
 * not make a permission of it.
 *
 * mod_authz_core knows 401 and 500 where this has more to say. So the two hooks of decisions run all others inside of
 * themselves and then answer 503 where the database did not, 403 to somebody who is authenticated, and otherwise what
 * the others said. %{scim-reason}n, the environment (SCIM_REASON) and one line of the error log tell why.
 */
#ifndef SCIM_AUTHZ_H
#define SCIM_AUTHZ_H

#include <httpd.h>

/* Registers the providers. */
void scim_authz_register(apr_pool_t *pool);

/* Hooks access_checker_ex and auth_checker, before all others. */
int scim_authz_userless(request_rec *r);
int scim_authz_user(request_rec *r);

/* Hook fixups, before all others: httpd decides no second time about a subrequest or an internal redirect whose
 * sections are the same. Where its path is another one, so may be the tenant and the values of expressions. Also tells
 * the logs the reason when an ErrorDocument stands in for the request. */
int scim_authz_again(request_rec *r);

#endif
