#include "keys.h"

#include "scim/fold.h"
#include "scim/json.h"
#include "scim/table.h"

static size_t count_of(json_object *list)
{
    return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

int scim_keys_add(apr_hash_t *keys, const char *name, apr_pool_t *pool)
{
    const char *key = scim_fold(name, pool);
    if (apr_hash_get(keys, key, APR_HASH_KEY_STRING)) {
        return 0;
    }
    apr_hash_set(keys, key, APR_HASH_KEY_STRING, key);
    return 1;
}

void scim_keys_add_all(apr_hash_t *keys, json_object *list, const char *member, apr_pool_t *pool)
{
    for (size_t i = 0; i < count_of(list); i++) {
        json_object *one = json_object_array_get_idx(list, i);
        if (json_object_is_type(one, json_type_object)) {
            one = json_object_object_get(one, member);
        }
        if (one) {
            scim_keys_add(keys, json_object_get_string(one), pool);
        }
    }
}

apr_hash_t *scim_keys_of(json_object *list, const char *member, apr_pool_t *pool)
{
    apr_hash_t *keys = scim_table_make(pool);
    scim_keys_add_all(keys, list, member, pool);
    return keys;
}

json_object *scim_keys_beyond(json_object *list, apr_hash_t *keys, apr_pool_t *pool)
{
    json_object *more = scim_json_own(json_object_new_array(), pool);
    for (size_t i = 0; i < count_of(list); i++) {
        json_object *one = json_object_array_get_idx(list, i);
        if (one && scim_keys_add(keys, json_object_get_string(one), pool)) {
            json_object_array_add(more, json_object_get(one));
        }
    }
    return more;
}
