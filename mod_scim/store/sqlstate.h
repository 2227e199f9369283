/*
 * What PostgreSQL says, as a SCIM error: the one table that maps SQLSTATE (and the constraint it names) to HTTP status,
 * scimType and detail.
 */
#ifndef SCIM_SQLSTATE_H
#define SCIM_SQLSTATE_H

#include <apr_pools.h>
#include <libpq-fe.h>

#include "scim/error.h"

#define SCIM_USER_NAME_TAKEN                                                                                           \
    "userName is already used by another User. Match that user instead of making it again, or send another userName."

/* A group's name is unique among those that clients do not see, too. */
#define SCIM_GROUP_NAME_TAKEN                                                                                          \
    "displayName is already used by another Group, perhaps by a local one, which provisioning does not see. Rename "   \
    "one of them."

/* Where people log in by their e-mail address. */
#define SCIM_LOGIN_TAKEN                                                                                               \
    "emails: the e-mail address is the login of another user already. In this tenant people log in by their e-mail "   \
    "address, whatever its case: give this user another primary e-mail address in the identity provider, or leave "    \
    "the user out of provisioning."

/* The error of a failed result. PostgreSQL's own words go to `cause` alone; ours (SCnnn) may be the detail. */
scim_error_t *scim_sqlstate_error(const PGresult *result, apr_pool_t *pool);

/* Whether PostgreSQL's words name the constraint: as the schema calls it or, on a server of a Citus cluster, with the
 * number of a piece of the table behind it ("resource_user_name_102091"). */
int scim_sqlstate_names(const char *text, const char *constraint);

/* 503 with Retry-After: the database is out of reach. */
scim_error_t *scim_sqlstate_unavailable(const char *cause, apr_pool_t *pool);

/* 503 with Retry-After: the module's own deadline is over (ScimDatabaseTimeout), and nothing came until then. What was
 * to be written may be done, but is not done from now on. */
scim_error_t *scim_sqlstate_late(const char *cause, int writes, apr_pool_t *pool);

/* The profile that refused the request, where that is the failure; else NULL. */
const char *scim_sqlstate_profile(const PGresult *result);

/* Whether the database refused the end of a transaction because its deadline was over. */
int scim_sqlstate_late_end(const PGresult *result);

/* Whether a statement that was prepared is not there, or one that was not is. */
int scim_sqlstate_misplaced(const PGresult *result);

/* Whether the failure means that a prepared statement must be made anew (the schema changed under it). */
int scim_sqlstate_stale(const PGresult *result);

#endif
