/*
 * Taking values out of what is kept for people to read.
 *
 * A name is an attribute's, whatever the case; `names` has commas between them. What is called so loses its value at
 * any depth, in whatever way a message names it: as a member ("emails"), in the name of one ("name.familyName",
 * "emails[type eq \"work\"].value", "urn:...:User:employeeNumber"), or in the `path` of a PATCH operation, whose
 * `value` then goes, as does every text in quotes in it. In a `filter` that names one the texts in quotes go. Passwords
 * always go.
 */
#ifndef SCIM_MASK_H
#define SCIM_MASK_H

#include <apr_pools.h>
#include <json-c/json.h>

/* Masks `value`, which is changed. */
void scim_mask_json(json_object *value, const char *names, apr_pool_t *pool);

/* A path that may speak of attributes, with its query, percent-encoded or not: with one of the names in it, its texts
 * in quotes go. Returns `text` where there is nothing to mask. */
const char *scim_mask_text(const char *text, const char *names, apr_pool_t *pool);

/* An error's detail, which may quote what has quotes in itself: with one of the names in it, everything between its
 * first quote and its last one goes. Returns `text` where there is nothing to mask. */
const char *scim_mask_detail(const char *text, const char *names, apr_pool_t *pool);

/* Masks what a dry run would have changed, JSON text as scim.changes makes it: of each item what was before
 * and after, and the name of a resource where the attribute is masked that it is made of. NULL for NULL. */
const char *scim_mask_changes(const char *changes, const char *names, apr_pool_t *pool);

#endif
