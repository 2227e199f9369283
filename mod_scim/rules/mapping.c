#include "mapping.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/json.h"

int scim_mapping_looks(const scim_resource_type_t *type, const scim_rules_t *rules)
{
    return type->members && rules->restores_mappings;
}

static void put(json_object *object, const char *name, const char *text)
{
    if (text) {
        json_object_object_add(object, name, json_object_new_string(text));
    }
}

/* The target of the mapping, as the audit log shows it. */
static json_object *target_of(const scim_former_mapping_t *former)
{
    json_object *target = json_object_new_object();
    put(target, "subscription", former->subscription);
    put(target, "role", former->role);
    return target;
}

static json_object *entry(const char *action, const char *id, const char *name)
{
    json_object *told = json_object_new_object();
    put(told, "action", action);
    put(told, "type", "Group");
    put(told, "id", id);
    put(told, "name", name);
    return told;
}

static json_object *move(const scim_former_mapping_t *former, const char *id, const char *name)
{
    json_object *move = json_object_new_object(), *told = json_object_new_array();
    json_object *unmap = entry("unmap", former->group, former->name), *map = entry("map", id, name);
    json_object *after = target_of(former);
    json_object_object_add(unmap, "before", target_of(former));
    put(after, "formerGroup", former->group);
    json_object_object_add(map, "after", after);
    json_object_array_add(told, unmap);
    json_object_array_add(told, map);
    put(move, "mapping", former->mapping);
    put(move, "from", former->group);
    put(move, "to", id);
    json_object_object_add(move, "told", told);
    return move;
}

json_object *scim_mapping_find(const char **note, const char *id, const char *name, const apr_array_header_t *former,
                               apr_pool_t *pool)
{
    *note = NULL;
    if (former->nelts == 0) {
        return NULL;
    }
    const char *last = APR_ARRAY_IDX(former, former->nelts - 1, scim_former_mapping_t).group;
    json_object *moves = scim_json_own(json_object_new_array(), pool);
    for (int i = 0; i < former->nelts; i++) {
        const scim_former_mapping_t *one = &APR_ARRAY_IDX(former, i, scim_former_mapping_t);
        if (strcmp(one->group, last) == 0) {
            json_object_array_add(moves, move(one, id, name));
        }
    }
    int count = (int)json_object_array_length(moves);
    *note = apr_psprintf(pool, "The group found %d mapping%s of the deleted group of that name again.", count,
                         count == 1 ? "" : "s");
    return moves;
}
