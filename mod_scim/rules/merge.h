/*
 * Merging two accounts: what the identity provider will do next.
 *
 * The merged account is deleted, so the identity provider's requests to its id are answered 404. What happens then
 * depends on whether the identity provider finds the remaining account by its userName or externalId: so the merge
 * carries these over, with the source, as far as the administrator wants.
 */
#ifndef SCIM_RULES_MERGE_H
#define SCIM_RULES_MERGE_H

#include <apr_pools.h>
#include <json-c/json.h>

/* Whether a merge can carry over each item of a list; *wrong is the first that it cannot. */
int scim_merge_carries(const char **wrong, json_object *list);

/* A text that tells administrators what the identity provider will do after a merge. `preview` has the accounts (user,
 * into), the remaining account's future userName, externalId and source (becomes), the externalId of the merged
 * account, and whether the tenant adopts local accounts (adopts). The text lives in `pool`. */
const char *scim_merge_next(json_object *preview, apr_pool_t *pool);

#endif
