/*
 * Who has a subscription, in the order of seats.
 *
 * The grounds on which people have it are read in pieces, in their order (sql/statements/admin_holders.sql). An account
 * is shown at its first one. No page looks at more than a number of grounds, however many people have the subscription:
 * where what is searched for is rare, a page may have few accounts, or none, and its `next` goes on behind the last one
 * that was looked at.
 */
#ifndef SCIM_ADMIN_HOLDERS_H
#define SCIM_ADMIN_HOLDERS_H

#include "admin.h"

/* Answers the operation `access list`. Errors: 404 of the subscription, 400 of a place that is none. */
scim_error_t *scim_admin_holders(scim_admin_call_t *call);

#endif
