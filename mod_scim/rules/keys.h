/*
 * Sets of names without case, to compare two lists of names.
 *
 *   the list ["VIP", "ai"], or [{"displayName": "VIP"}, {"displayName": "ai"}] by "displayName", contains "vip"
 *
 * Each name is folded once, so that two lists of n names are compared in n steps.
 */
#ifndef SCIM_RULES_KEYS_H
#define SCIM_RULES_KEYS_H

#include <apr_hash.h>
#include <json-c/json.h>

/* The names of a list (NULL: none): of texts, or of objects by a member that is a text. Owned by the pool. */
apr_hash_t *scim_keys_of(json_object *list, const char *member, apr_pool_t *pool);

/* Adds a list's names to a set. */
void scim_keys_add_all(apr_hash_t *keys, json_object *list, const char *member, apr_pool_t *pool);

/* Adds a name; returns 0 if the set has it already. */
int scim_keys_add(apr_hash_t *keys, const char *name, apr_pool_t *pool);

/* The texts of `list` that are not in the set, each once; adds them to the set. Owned by the pool. */
json_object *scim_keys_beyond(json_object *list, apr_hash_t *keys, apr_pool_t *pool);

#endif
