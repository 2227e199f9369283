/*
 * What the entitlements that an identity provider sends give a user (setting `sentEntitlements`).
 *
 *   ignore   they are stored and give nothing; activity says so
 *   match    each names a subscription by its name or id, and the user is granted it (source `provider`)
 *   refuse   a request with an entitlement is refused
 *
 * An example for `match`: a PATCH adds {"value": "web"} to a user of a tenant that has the subscription "Web". The user
 * is granted Web in the same transaction; when the entry is removed, so is the grant. The grants follow the document's
 * entries. A stored name that matches nothing any more, because its subscription was renamed, gives nothing new; while
 * the document has such a name, only the grants of removed entries are taken back.
 */
#ifndef SCIM_RULES_ENTITLEMENT_H
#define SCIM_RULES_ENTITLEMENT_H

#include "row.h"
#include "scim/error.h"

/* Sets in `after` the grants that follow, adds remarks for administrators to its note, and sets whether the user may
 * lose access. `before` is NULL for a new user. Errors: 400 invalidValue (refused, or no such subscription), 403 (a
 * token bound to its own user). */
scim_error_t *scim_entitlement_apply(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                                     apr_pool_t *pool);

#endif
