/*
 * Connection strings of libpq: the text of DBDParams, or of scimctl's --db.
 *
 * libpq itself finds unknown words, and a missing quote, without connecting. It looks at the values only when it
 * connects; these functions find wrong numbers and wrong words before that. Passwords never stand in a message.
 */
#ifndef SCIM_CONNINFO_H
#define SCIM_CONNINFO_H

#include <apr_pools.h>

/* What is wrong with the connection string, with what to write instead; NULL where libpq accepts it. */
const char *scim_conninfo_problem(const char *conninfo, apr_pool_t *pool);

/* The value of one of its words, such as "connect_timeout"; NULL where it is not there, or libpq cannot read the
 * string. Values of the environment and of a service file are not seen. */
const char *scim_conninfo_value(const char *conninfo, const char *word, apr_pool_t *pool);

#endif
