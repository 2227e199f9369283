/*
 * The users who have a subscription, in the order of seats.
 *
 * The sources by which people have it are read in batches, in their order (sql/statements/admin_holders.sql). An
 * account is shown at its first source. A page reads a bounded number of sources: if few match a search, a page may
 * have few accounts, or none, and its `next` continues after the last source that was read.
 */
#ifndef SCIM_ADMIN_HOLDERS_H
#define SCIM_ADMIN_HOLDERS_H

#include "admin.h"

/* Answers the operation `access list`. Errors: 404 for the subscription, 400 for an invalid page token. */
scim_error_t *scim_admin_holders(scim_admin_call_t *call);

#endif
