#include "same.h"

#include <string.h>

#include "fold.h"
#include "json.h"

static const char *text_of(json_object *value, const scim_attr_t *attr, apr_pool_t *pool)
{
    if (!json_object_is_type(value, json_type_string))
        return scim_json_text(value, NULL, pool);
    return attr->case_exact ? json_object_get_string(value) : scim_fold(json_object_get_string(value), pool);
}

/* NUL separates names and values, because no string contains it. */
static void add_part(scim_buf_t *key, json_object *element, const scim_attr_t *sub)
{
    json_object *value = sub ? json_object_object_get(element, sub->name) : NULL;
    if (!value)
        return;
    const char *text = text_of(value, sub, key->pool);
    scim_buf_add(key, sub->key, strlen(sub->key) + 1);
    scim_buf_add(key, text, strlen(text) + 1);
}

void scim_same_key(scim_buf_t *key, json_object *element, const scim_attr_t *attr, int typed)
{
    const scim_attr_t *value = attr->type == SCIM_COMPLEX ? scim_attr_sub(attr, "value", 5) : NULL;
    if (attr->type != SCIM_COMPLEX) {
        scim_buf_puts(key, text_of(element, attr, key->pool));
        return;
    }
    if (value && json_object_object_get(element, value->name)) {
        add_part(key, element, value);
        if (typed)
            add_part(key, element, scim_attr_sub(attr, "type", 4));
        return;
    }
    for (int i = 0; i < attr->subs->nelts; i++)
        add_part(key, element, APR_ARRAY_IDX(attr->subs, i, const scim_attr_t *));
}

int scim_same_value(json_object *one, json_object *other, const scim_attr_t *attr, apr_pool_t *pool)
{
    if (json_object_is_type(one, json_type_string) && json_object_is_type(other, json_type_string))
        return !strcmp(text_of(one, attr, pool), text_of(other, attr, pool));
    return json_object_equal(one, other);
}

int scim_same_primary(json_object *element)
{
    json_object *primary;

    return json_object_is_type(element, json_type_object) && json_object_object_get_ex(element, "primary", &primary) &&
           json_object_is_type(primary, json_type_boolean) && json_object_get_boolean(primary);
}

void scim_same_add(json_object *list, json_object *element, const scim_attr_t *attr, apr_hash_t *seen, apr_pool_t *pool)
{
    scim_buf_t key;
    size_t *index;

    scim_buf_init(&key, 64, pool);
    scim_same_key(&key, element, attr, 1);
    index = key.len ? apr_hash_get(seen, key.data, (apr_ssize_t)key.len) : NULL;
    if (index) {
        if (scim_same_primary(element))
            json_object_array_put_idx(list, *index, json_object_get(element));
        return;
    }
    if (key.len) {
        index = apr_palloc(pool, sizeof(*index));
        *index = json_object_array_length(list);
        apr_hash_set(seen, key.data, (apr_ssize_t)key.len, index);
    }
    json_object_array_add(list, json_object_get(element));
}
