/*
 * Connection strings of libpq: the text of DBDParams, or of scimctl's --db.
 *
 * libpq itself finds unknown parameters, and a missing quote, without connecting. It checks values only when it
 * connects; these functions find invalid numbers and words before that. Error texts never contain passwords.
 */
#ifndef SCIM_CONNINFO_H
#define SCIM_CONNINFO_H

#include <apr_pools.h>

/* What is wrong with the connection string, and what to write instead; NULL if libpq accepts it. */
const char *scim_conninfo_problem(const char *conninfo, apr_pool_t *pool);

/* The value of a parameter, such as "connect_timeout"; NULL if it is missing, or libpq cannot parse the string. The
 * environment and service files are not used. */
const char *scim_conninfo_value(const char *conninfo, const char *word, apr_pool_t *pool);

#endif
