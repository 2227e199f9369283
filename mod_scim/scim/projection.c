/*
 * A projection is a set of selected attributes, which are either included or excluded.
 */
#include "projection.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <string.h>

#include "path.h"

struct scim_projection_t {
    int named;            /* the client sent `attributes` or `excludedAttributes` */
    int include;          /* 1: only the selected ones are returned; 0: all others */
    apr_hash_t *selected; /* attributes, sub-attributes and schemas, by address */
    apr_pool_t *pool;
};

/* What to do with an attribute. */
typedef enum { DROP, KEEP, PARTLY } fate_e;

static void select_one(scim_projection_t *projection, const void *what)
{
    const void **key = apr_palloc(projection->pool, sizeof(*key));

    *key = what;
    apr_hash_set(projection->selected, key, sizeof(*key), what);
}

static int is_selected(const scim_projection_t *projection, const void *what)
{
    return apr_hash_get(projection->selected, &what, sizeof(what)) != NULL;
}

static void select_name(scim_projection_t *projection, const char *name, apr_size_t len,
                        const scim_resource_type_t *type)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_BARE_EXTENSION | SCIM_LENIENT_URN_SLIP};
    const scim_schema_t *schema = scim_type_schema(type, name, len);
    scim_path_t path;

    if (schema)
        select_one(projection, schema);
    else if (scim_path_resolve(&path, name, len, type, &leniency) && path.attr)
        select_one(projection, path.sub ? path.sub : path.attr);
}

static void select_names(scim_projection_t *projection, const char *names, const scim_resource_type_t *type)
{
    static const char between[] = ", \t";

    while (*(names += strspn(names, between))) {
        apr_size_t len = strcspn(names, between);

        select_name(projection, names, len, type);
        names += len;
    }
}

static int has_names(const char *names)
{
    return names && *names;
}

static int all_plain(const apr_array_header_t *types)
{
    int i;

    for (i = 0; i < types->nelts; i++) {
        if (!APR_ARRAY_IDX(types, i, const scim_resource_type_t *)->plain)
            return 0;
    }
    return 1;
}

scim_error_t *scim_projection_read(scim_projection_t **out, const char *attributes, const char *excluded,
                                   const scim_resource_type_t *type, apr_pool_t *pool)
{
    apr_array_header_t *types = apr_array_make(pool, 1, sizeof(const scim_resource_type_t *));

    APR_ARRAY_PUSH(types, const scim_resource_type_t *) = type;
    return scim_projection_read_all(out, attributes, excluded, types, pool);
}

scim_error_t *scim_projection_read_all(scim_projection_t **out, const char *attributes, const char *excluded,
                                       const apr_array_header_t *types, apr_pool_t *pool)
{
    scim_projection_t *projection;
    int i;

    *out = NULL;
    if (has_names(attributes) && has_names(excluded))
        return scim_error_typed(pool, SCIM_INVALID_VALUE,
                                "attributes and excludedAttributes cannot be used in one request.");
    if (!has_names(attributes) && !has_names(excluded) && all_plain(types))
        return NULL;
    projection = apr_pcalloc(pool, sizeof(*projection));
    projection->include = has_names(attributes);
    projection->named = projection->include || has_names(excluded);
    projection->selected = apr_hash_make(pool);
    projection->pool = pool;
    for (i = 0; projection->named && i < types->nelts; i++)
        select_names(projection, projection->include ? attributes : excluded,
                     APR_ARRAY_IDX(types, i, const scim_resource_type_t *));
    *out = projection;
    return NULL;
}

static int has_selected_sub(const scim_projection_t *projection, const scim_attr_t *attr)
{
    int i;

    for (i = 0; attr->subs && i < attr->subs->nelts; i++) {
        if (is_selected(projection, APR_ARRAY_IDX(attr->subs, i, const scim_attr_t *)))
            return 1;
    }
    return 0;
}

static int has_special_sub(const scim_attr_t *attr)
{
    int i;

    for (i = 0; attr->subs && i < attr->subs->nelts; i++) {
        scim_returned_e returned = APR_ARRAY_IDX(attr->subs, i, const scim_attr_t *)->returned;

        if (returned == SCIM_RETURN_NEVER || returned == SCIM_RETURN_REQUEST)
            return 1;
    }
    return 0;
}

/* By `returned` (RFC 7643 7) and RFC 7644 3.9. A schema's URN selects all its attributes that are returned by
 * default. */
static fate_e fate_of(const scim_projection_t *projection, const scim_attr_t *attr)
{
    int selected = is_selected(projection, attr), partly;

    if (attr->returned == SCIM_RETURN_NEVER)
        return DROP;
    if (attr->returned == SCIM_RETURN_ALWAYS)
        return has_special_sub(attr) ? PARTLY : KEEP;
    partly = has_selected_sub(projection, attr);
    if (!projection->include) {
        if (selected || is_selected(projection, attr->schema) || attr->returned == SCIM_RETURN_REQUEST)
            return DROP;
        return partly || has_special_sub(attr) ? PARTLY : KEEP;
    }
    if (!selected && attr->returned == SCIM_RETURN_DEFAULT)
        selected = is_selected(projection, attr->schema);
    if (selected)
        return has_special_sub(attr) ? PARTLY : KEEP;
    return partly ? PARTLY : DROP;
}

/* Whether a sub-attribute is returned if its attribute is returned in part. */
static int keeps_sub(const scim_projection_t *projection, const scim_attr_t *sub)
{
    int whole, selected = is_selected(projection, sub);

    if (sub->returned == SCIM_RETURN_NEVER || sub->returned == SCIM_RETURN_ALWAYS)
        return sub->returned == SCIM_RETURN_ALWAYS;
    if (!projection->include)
        return !selected && sub->returned == SCIM_RETURN_DEFAULT;
    whole = is_selected(projection, sub->parent) || is_selected(projection, sub->schema) ||
            sub->parent->returned == SCIM_RETURN_ALWAYS;
    return selected || (whole && sub->returned == SCIM_RETURN_DEFAULT);
}

int scim_projection_wants(const scim_projection_t *projection, const scim_attr_t *attr)
{
    if (!projection)
        return attr->returned == SCIM_RETURN_DEFAULT || attr->returned == SCIM_RETURN_ALWAYS;
    return fate_of(projection, attr) != DROP;
}

int scim_projection_parts(const scim_projection_t *projection, const scim_attr_t *attr)
{
    static const char *const names[] = {"value", "$ref", "type", "display"};
    fate_e fate = DROP;
    int i, parts = 0;

    if (projection)
        fate = fate_of(projection, attr);
    else if (scim_projection_wants(NULL, attr))
        fate = KEEP;
    if (fate == KEEP)
        return SCIM_PARTS_ALL;
    for (i = 0; fate == PARTLY && i < 4; i++) {
        const scim_attr_t *sub = scim_attr_sub(attr, names[i], strlen(names[i]));

        if (sub ? keeps_sub(projection, sub) : !projection->include)
            parts |= 1 << i;
    }
    return parts;
}

int scim_projection_named(const scim_projection_t *projection)
{
    return projection && projection->named;
}

/* Removes the sub-attributes that are not returned; 0: none is left. */
static int apply_subs(const scim_projection_t *projection, json_object *value, const scim_attr_t *attr)
{
    if (!json_object_is_type(value, json_type_object))
        return 1;
    json_object_object_foreach(value, key, item)
    {
        const scim_attr_t *sub = scim_attr_sub(attr, key, strlen(key));

        (void)item;
        if (sub ? !keeps_sub(projection, sub) : projection->include)
            json_object_object_del(value, key);
    }
    return json_object_object_length(value) > 0;
}

/* Removes elements of which nothing is left. A new list is faster than removing them one by one. */
static void apply_part(const scim_projection_t *projection, json_object *object, const char *key, json_object *value,
                       const scim_attr_t *attr)
{
    json_object *kept;
    size_t i;

    if (!json_object_is_type(value, json_type_array)) {
        if (!apply_subs(projection, value, attr))
            json_object_object_del(object, key);
        return;
    }
    kept = json_object_new_array();
    for (i = 0; i < json_object_array_length(value); i++) {
        json_object *element = json_object_array_get_idx(value, i);

        if (apply_subs(projection, element, attr))
            json_object_array_add(kept, json_object_get(element));
    }
    if (json_object_array_length(kept)) {
        json_object_object_add(object, key, kept);
        return;
    }
    json_object_put(kept);
    json_object_object_del(object, key);
}

static void apply_one(const scim_projection_t *projection, json_object *object, const char *key, json_object *value,
                      const scim_attr_t *attr)
{
    fate_e fate = attr ? fate_of(projection, attr) : (projection->include ? DROP : KEEP);

    if (fate == DROP)
        json_object_object_del(object, key);
    else if (fate == PARTLY)
        apply_part(projection, object, key, value, attr);
}

static void apply_extension(const scim_projection_t *projection, json_object *resource, const char *urn,
                            json_object *extension, const scim_schema_t *schema)
{
    json_object_object_foreach(extension, key, value)
    {
        apply_one(projection, extension, key, value, scim_schema_attr(schema, key, strlen(key)));
    }
    if (!json_object_object_length(extension))
        json_object_object_del(resource, urn);
}

/* Removes the attributes that the type does not have, and sets `schemas` to those of the type: a view shows a stored
 * document as another type. */
static void narrow(const scim_resource_type_t *type, json_object *resource)
{
    json_object *schemas = json_object_new_array();
    json_object_array_add(schemas, json_object_new_string(type->schema->id));
    json_object_object_foreach(resource, key, value)
    {
        int urn = strchr(key, ':') != NULL;
        const void *known = urn ? (const void *)scim_type_schema(type, key, strlen(key))
                                : (const void *)scim_type_attr(type, key, strlen(key));

        (void)value;
        if (!known)
            json_object_object_del(resource, key);
        else if (urn)
            json_object_array_add(schemas, json_object_new_string(key));
    }
    json_object_object_add(resource, "schemas", schemas);
}

void scim_projection_apply(const scim_projection_t *projection, const scim_resource_type_t *type, json_object *resource)
{
    if (!projection)
        return;
    if (type->read_only)
        narrow(type, resource);
    json_object_object_foreach(resource, key, value)
    {
        const scim_schema_t *schema = strchr(key, ':') ? scim_type_schema(type, key, strlen(key)) : NULL;

        if (schema && json_object_is_type(value, json_type_object))
            apply_extension(projection, resource, key, value, schema);
        else
            apply_one(projection, resource, key, value, scim_type_attr(type, key, strlen(key)));
    }
}
