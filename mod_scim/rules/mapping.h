/*
 * Which mappings a new group finds again.
 *
 * An identity provider that deletes a group and makes it again sends a new one: other than a user it does not come
 * back. Where the tenant wants that (setting `restoreMappings`), the new group takes over the mappings of the deleted
 * one that was called the same; of several those of the one that was deleted last and has any. They count from then on,
 * so nobody's seat is taken. A group that is renamed takes over nothing.
 */
#ifndef SCIM_RULES_MAPPING_H
#define SCIM_RULES_MAPPING_H

#include <json-c/json.h>

#include "rules.h"
#include "scim/schema.h"

/* A mapping of a deleted group. */
typedef struct scim_former_mapping_t {
    const char *group; /* its id */
    const char *name;  /* what it was called */
    const char *mapping;
    const char *subscription; /* its name; NULL: it is mapped to a role */
    const char *role;
} scim_former_mapping_t;

/* Whether a POST of this type looks for such mappings. */
int scim_mapping_looks(const scim_resource_type_t *type, const scim_rules_t *rules);

/* What the new group `id` takes over, as the statement mapping_move has it: a list of objects with mapping, from, to,
 * and `told`, the entries of the audit log; NULL: nothing. *note: what an administrator should know of it; NULL where
 * there is nothing. `former` holds scim_former_mapping_t in the order in which the groups were deleted. */
json_object *scim_mapping_find(const char **note, const char *id, const char *name, const apr_array_header_t *former,
                               apr_pool_t *pool);

#endif
