/*
 * Require scim-user, scim-role, scim-group, scim-entitlement, scim-flag: authorization by SCIM data.
 *
 *     Require scim-entitlement "Web - French" "Web - Bilingual"     an account with a seat of one of them
 *     Require scim-group "%{env:TEAM}"                              the value of an expression
 *
 * Several values mean any of them. They are compared as SCIM compares names, without case. An inactive account has
 * nothing. If the answer is unknown (the database does not answer, the tenant is unknown, an expression fails),
 * mod_authz_core gets an error and not a denial, so that `Require not` does not turn it into a permission.
 *
 * mod_authz_core answers only 401 and 500. So the two authorization hooks run all other hooks inside themselves, and
 * then answer 503 if the database did not answer, 403 for an authenticated person, and otherwise the others' result.
 * %{scim-reason}n, the environment (SCIM_REASON) and one line of the error log contain the reason.
 */
#ifndef SCIM_AUTHZ_H
#define SCIM_AUTHZ_H

#include <httpd.h>

/* Registers the providers. */
void scim_authz_register(apr_pool_t *pool);

/* Hooks access_checker_ex and auth_checker, before all others. */
int scim_authz_userless(request_rec *r);
int scim_authz_user(request_rec *r);

/* Hook fixups, before all others: httpd does not authorize a subrequest or an internal redirect again if its sections
 * are the same. If its path differs, the tenant and the values of expressions may differ, so this authorizes it again.
 * Also passes the reason to the logs when an ErrorDocument replaces the request. */
int scim_authz_again(request_rec *r);

#endif
