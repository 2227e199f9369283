/*
 * Address blocks: "192.0.2.0/24", "2001:db8::/32", or a single address.
 */
#ifndef SCIM_CIDR_H
#define SCIM_CIDR_H

#include <apr_pools.h>

#include "scim/error.h"

/* Reads one block; *out gets the form of PostgreSQL's cidr. Errors: 400 if it is not a block, if the address has bits
 * beyond the prefix, and for an IPv4 address in IPv6 form, which no client ever has. */
scim_error_t *scim_cidr_read(const char **out, const char *text, apr_pool_t *pool);

#endif
