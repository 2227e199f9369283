/*
 * What the entitlements that an identity provider sends give a user (setting `sentEntitlements`).
 *
 *   ignore   they are stored, give nothing, and that is told
 *   match    each names a subscription, by its name or id, which the user is granted (source `provider`)
 *   refuse   a request that brings one is refused
 *
 * An example for `match`: a PATCH adds {"value": "web"} to a user of a tenant that has the subscription "Web". The user
 * is granted Web, in the same transaction; when the entry goes, so does the grant. The document decides: what its
 * entries match is what the identity provider gives. Names that were stored before and match nothing any more, as the
 * subscription was renamed, give nothing new; while there is one, no grant is taken back but those of entries that go.
 */
#ifndef SCIM_RULES_ENTITLEMENT_H
#define SCIM_RULES_ENTITLEMENT_H

#include "row.h"
#include "scim/error.h"

/* Sets of `after` what follows for its grants, adds to its note what an administrator should know, and says whether
 * the user may lose access by it. `before` is NULL for a new user. Errors: 400 invalidValue (refused, or no
 * subscription), 403 (a token that is for its own user). */
scim_error_t *scim_entitlement_apply(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                                     apr_pool_t *pool);

#endif
