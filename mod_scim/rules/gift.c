#include "gift.h"

#include "keys.h"
#include "scim/json.h"

/* The names in `wanted` that are missing in `list`, which has texts, or objects with the name in `member`. */
static json_object *missing(json_object *wanted, json_object *list, const char *member, apr_pool_t *pool)
{
    return scim_keys_beyond(wanted, scim_keys_of(list, member, pool), pool);
}

static void set(scim_gift_t *gift, const char *name, json_object *value, json_object *before)
{
    json_object_object_add(gift->set, name, json_object_get(value));
    json_object_object_add(gift->before, name, json_object_get(before));
}

/* A role is given only to an account without one; flags are added to the existing flags. */
static void give_own(scim_gift_t *gift, json_object *template_, json_object *is, apr_pool_t *pool)
{
    json_object *role = json_object_object_get(template_, "role"), *flags = json_object_object_get(is, "flags");
    json_object *more = missing(json_object_object_get(template_, "flags"), flags, NULL, pool);
    if (role && !json_object_object_get(is, "ownRole")) {
        set(gift, "role", role, NULL);
    }
    if (json_object_array_length(more) > 0) {
        json_object *all = scim_json_copy(flags, pool);
        for (size_t i = 0; i < json_object_array_length(more); i++) {
            json_object_array_add(all, json_object_get(json_object_array_get_idx(more, i)));
        }
        set(gift, "flags", all, flags);
    }
}

int scim_gift(scim_gift_t *gift, json_object *template_, json_object *is, json_object *grants, apr_pool_t *pool)
{
    gift->set = scim_json_own(json_object_new_object(), pool);
    gift->before = scim_json_own(json_object_new_object(), pool);
    give_own(gift, template_, is, pool);
    gift->groups =
        missing(json_object_object_get(template_, "groups"), json_object_object_get(is, "groups"), "displayName", pool);
    gift->subscriptions = missing(json_object_object_get(template_, "subscriptions"), grants, "subscription", pool);
    return json_object_object_length(gift->set) > 0 || json_object_array_length(gift->groups) > 0 ||
           json_object_array_length(gift->subscriptions) > 0;
}

json_object *scim_gift_tell(const scim_gift_t *gift, apr_pool_t *pool)
{
    json_object *told = scim_json_copy(gift->set, pool);
    if (json_object_array_length(gift->groups) > 0) {
        json_object_object_add(told, "groups", json_object_get(gift->groups));
    }
    if (json_object_array_length(gift->subscriptions) > 0) {
        json_object_object_add(told, "subscriptions", json_object_get(gift->subscriptions));
    }
    return told;
}
