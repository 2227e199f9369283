/*
 * What a client may change in a resource, and what follows for the account.
 *
 * These functions decide for all writes by provisioning: protected accounts and the application's groups are not
 * changed, userName and displayName follow the tenant's settings, and the role follows from the roles in the request.
 * nouns_user.c decides what an administrator may change; the tenant's settings apply there, too.
 */
#ifndef SCIM_RULES_ACCOUNT_H
#define SCIM_RULES_ACCOUNT_H

#include "row.h"
#include "scim/error.h"

/* How a request names an account's roles. */
typedef enum {
    SCIM_ROLES_UNSAID,   /* not at all */
    SCIM_ROLES_PATCHED,  /* a PATCH names them */
    SCIM_ROLES_PUT,      /* a PUT has the attribute, perhaps empty */
    SCIM_ROLES_LEFT_OUT, /* a PUT without the attribute */
} scim_roles_said_e;

/* Checks and completes `after`, which starts with the client's document and the other columns of `before`; `before` is
 * NULL for a new resource. Changes role, sent_role and (in place) the document of `after`, and computes its keys.
 * Errors: 403 (protected, of the application, a reserved role), 400 mutability (the name of the application's group),
 * 400 invalidValue (userName, roles, entitlements). */
scim_error_t *scim_account_apply(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                                 scim_roles_said_e said, apr_pool_t *pool);

/* The same for a change by an administrator: displayName and userName follow the tenant's settings, the role is the
 * given one, and protected accounts may be changed. Errors: 400 userName. */
scim_error_t *scim_account_administer(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                                      apr_pool_t *pool);

/* Refuses a change (`deletes` 0) or a deletion that provisioning may never make to this resource. Errors: 403. */
scim_error_t *scim_account_may_change(const scim_row_t *row, int deletes, apr_pool_t *pool);

/* Whether a PATCH that repeats the stored roles gives the account another role than it has now; *role gets that role.
 */
int scim_account_role_due(const char **role, const scim_row_t *row, const scim_rules_t *rules, apr_pool_t *pool);

/* The row after a DELETE of `before`: deleted, and a user inactive. The document is a copy. */
scim_row_t scim_account_deleted(const scim_row_t *before, const scim_rules_t *rules, apr_pool_t *pool);

#endif
