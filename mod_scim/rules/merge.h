/*
 * Merging two accounts: what the identity provider will do next.
 *
 * The account that goes is deleted, so what the identity provider addresses by its id is answered 404. What follows
 * depends on whether it finds the account that stays, by the userName or the externalId that it has in mind: so the
 * merge carries these over, with the source, as far as the administrator wants.
 */
#ifndef SCIM_RULES_MERGE_H
#define SCIM_RULES_MERGE_H

#include <apr_pools.h>
#include <json-c/json.h>

/* Whether each text of a list is something that a merge can carry over; *wrong is the first that is not. */
int scim_merge_carries(const char **wrong, json_object *list);

/* What the identity provider will do after a merge, for administrators. `preview` has the accounts (user, into), what
 * the one that stays becomes (becomes: userName, externalId, source), the externalId of the one that goes, and whether
 * the tenant adopts local accounts (adopts). The text lives in `pool`. */
const char *scim_merge_next(json_object *preview, apr_pool_t *pool);

#endif
