/*
 * Which mappings a new group takes over from a deleted group of the same name.
 *
 * When an identity provider deletes a group and makes it again, the result is a new group: unlike a user, a group is
 * not restored. With the setting `restoreMappings` the new group takes over the mappings of the deleted group of that
 * name; of several, those of the one that was deleted last and has mappings. The mappings count from then on, so nobody
 * loses a seat. Renaming a group takes over nothing.
 */
#ifndef SCIM_RULES_MAPPING_H
#define SCIM_RULES_MAPPING_H

#include <json-c/json.h>

#include "rules.h"
#include "scim/schema.h"

/* A mapping of a deleted group. */
typedef struct scim_former_mapping_t {
    const char *group; /* its id */
    const char *name;  /* its former name */
    const char *mapping;
    const char *subscription; /* its name; NULL: mapped to a role */
    const char *role;
} scim_former_mapping_t;

/* Whether a POST of this type searches for such mappings. */
int scim_mapping_looks(const scim_resource_type_t *type, const scim_rules_t *rules);

/* What the new group `id` takes over, as the statement mapping_move expects it: a list of objects with mapping, from,
 * to, and `told`, the entries of the audit log; NULL: nothing. *note gets a remark for administrators, or NULL.
 * `former` has scim_former_mapping_t in the order in which the groups were deleted. */
json_object *scim_mapping_find(const char **note, const char *id, const char *name, const apr_array_header_t *former,
                               apr_pool_t *pool);

#endif
