/*
 * What a client may change of a resource, and what follows for the account.
 *
 * The one place where it is decided for all writes by provisioning: protected accounts and the application's groups
 * stay as they are, userName and displayName follow the tenant's settings, and the role follows from what the request
 * says of roles. What an administrator may change is decided in nouns_user.c; the tenant's settings hold there, too.
 */
#ifndef SCIM_RULES_ACCOUNT_H
#define SCIM_RULES_ACCOUNT_H

#include "row.h"
#include "scim/error.h"

/* What a request says of an account's roles. */
typedef enum {
    SCIM_ROLES_UNSAID,   /* nothing */
    SCIM_ROLES_PATCHED,  /* a PATCH names them */
    SCIM_ROLES_PUT,      /* a PUT has them, or says that there are none */
    SCIM_ROLES_LEFT_OUT, /* a PUT has not */
} scim_roles_said_e;

/* Makes `after` what it must be: `after` starts as what the client wants, with the facts of `before`; `before` is NULL
 * for a new resource. Of `after` role, sent_role and, in place, the document may be changed; the keys are computed.
 * Errors: 403 (protected, of the application, a reserved role), 400 mutability (the name of the application's group),
 * 400 invalidValue (userName, roles, entitlements). */
scim_error_t *scim_account_apply(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                                 scim_roles_said_e said, apr_pool_t *pool);

/* Makes `after` what it must be where an administrator changes it: displayName and userName follow the tenant's
 * settings, the role is what was said, and nobody is protected. Errors: 400 userName. */
scim_error_t *scim_account_administer(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                                      apr_pool_t *pool);

/* Refuses what provisioning may not do to this resource at all: change (`deletes` 0) or delete it. Errors: 403. */
scim_error_t *scim_account_may_change(const scim_row_t *row, int deletes, apr_pool_t *pool);

/* Whether a PATCH that repeats the roles which are there gives the account another role than it has by now; *role gets
 * it. */
int scim_account_role_due(const char **role, const scim_row_t *row, const scim_rules_t *rules, apr_pool_t *pool);

/* `before` as a DELETE leaves it: gone, and a user is inactive. The document is a copy. */
scim_row_t scim_account_deleted(const scim_row_t *before, const scim_rules_t *rules, apr_pool_t *pool);

#endif
