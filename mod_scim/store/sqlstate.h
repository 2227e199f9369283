/*
 * Converts PostgreSQL's errors to SCIM errors: one table maps SQLSTATE (and the constraint) to HTTP status, scimType
 * and detail.
 */
#ifndef SCIM_SQLSTATE_H
#define SCIM_SQLSTATE_H

#include <apr_pools.h>
#include <libpq-fe.h>

#include "scim/error.h"

#define SCIM_USER_NAME_TAKEN                                                                                           \
    "userName is already used by another User. Match that user instead of creating it again, or send another "         \
    "userName."

/* A group's name is unique also among groups that clients do not see. */
#define SCIM_GROUP_NAME_TAKEN                                                                                          \
    "displayName is already used by another Group, perhaps by a local one, which provisioning does not see. Rename "   \
    "one of them."

/* If people log in by their e-mail address. */
#define SCIM_LOGIN_TAKEN                                                                                               \
    "emails: the e-mail address is already the login of another user. In this tenant people log in with their e-mail " \
    "address, without case: give this user another primary e-mail address in the identity provider, or leave the "     \
    "user out of provisioning."

/* The error of a failed result. PostgreSQL's own text is only in `cause`; our own errors (SCnnn) may be the detail. */
scim_error_t *scim_sqlstate_error(const PGresult *result, apr_pool_t *pool);

/* Whether PostgreSQL's text names the constraint: by its name or, on a worker of a Citus cluster, followed by the
 * number of a shard ("resource_user_name_102091"). */
int scim_sqlstate_names(const char *text, const char *constraint);

/* 503 with Retry-After: the database is out of reach. */
scim_error_t *scim_sqlstate_unavailable(const char *cause, apr_pool_t *pool);

/* 503 with Retry-After: the module's timeout (ScimDatabaseTimeout) is over without an answer. A write may have been
 * committed, but will not be committed later. */
scim_error_t *scim_sqlstate_late(const char *cause, int writes, apr_pool_t *pool);

/* The profile that refused the request, if that is the failure; else NULL. */
const char *scim_sqlstate_profile(const PGresult *result);

/* Whether the database refused a COMMIT because its deadline was over. */
int scim_sqlstate_late_end(const PGresult *result);

/* Whether a prepared statement is missing, or exists unexpectedly. */
int scim_sqlstate_misplaced(const PGresult *result);

/* Whether the failure means that statements must be prepared again (the schema has changed). */
int scim_sqlstate_stale(const PGresult *result);

#endif
