#include <string.h>

#include "json.h"
#include "patch_list.h"

static scim_error_t *immutable(scim_patch_state_t *state, const scim_attr_t *attr)
{
    return scim_error_typed(state->pool, SCIM_MUTABILITY, "Attribute \"%s\" is immutable and has a value already.",
                            attr->name);
}

json_object *scim_patch_keep(const scim_patch_state_t *state, json_object *value)
{
    int container = json_object_is_type(value, json_type_object) || json_object_is_type(value, json_type_array);

    return json_object_get(container ? scim_json_copy(value, state->pool) : value);
}

scim_error_t *scim_patch_set(scim_patch_state_t *state, json_object *object, const scim_attr_t *attr,
                             json_object *value)
{
    json_object *old = json_object_object_get(object, attr->name);

    if (old && json_object_equal(old, value)) {
        return NULL;
    }
    if (old && attr->mutability == SCIM_IMMUTABLE) {
        return immutable(state, attr);
    }
    json_object_object_add(object, attr->name, scim_patch_keep(state, value));
    return NULL;
}

scim_error_t *scim_patch_unset(scim_patch_state_t *state, json_object *object, const scim_attr_t *attr)
{
    if (attr->mutability == SCIM_IMMUTABLE && json_object_object_get(object, attr->name)) {
        return immutable(state, attr);
    }
    json_object_object_del(object, attr->name);
    if (attr->parent && strcmp(attr->key, "value") == 0) {
        json_object_object_del(object, "$ref"); /* it belongs to the old value */
    }
    return NULL;
}

scim_error_t *scim_patch_merge(scim_patch_state_t *state, json_object *object, const scim_attr_t *attr,
                               json_object *value)
{
    json_object_object_foreach(value, key, item)
    {
        const scim_attr_t *sub = scim_attr_sub(attr, key, strlen(key));
        scim_error_t *error = sub ? scim_patch_set(state, object, sub, item) : NULL;

        if (error) {
            return error;
        }
    }
    return NULL;
}

/* Changes a complex attribute with one value. RFC 7644 3.5.2.3: sub-attributes that the operation does not have stay
 * unchanged. */
static scim_error_t *apply_complex(scim_patch_state_t *state, json_object *holder)
{
    const scim_patch_op_t *op = state->op;
    const scim_attr_t *attr = op->path.attr, *sub = op->path.sub;
    json_object *object = json_object_object_get(holder, attr->name);
    scim_error_t *error;

    if (!object && op->op == SCIM_PATCH_REMOVE) {
        return NULL;
    }
    if (!object) {
        object = json_object_new_object();
        json_object_object_add(holder, attr->name, object);
    }
    if (!sub) {
        error = scim_patch_merge(state, object, attr, op->value);
    } else if (op->op == SCIM_PATCH_REMOVE) {
        error = scim_patch_unset(state, object, sub);
    } else {
        error = scim_patch_set(state, object, sub, op->value);
    }
    if (!error && json_object_object_length(object) == 0) {
        json_object_object_del(holder, attr->name);
    }
    return error;
}

static scim_error_t *apply_to(scim_patch_state_t *state, json_object *holder)
{
    const scim_patch_op_t *op = state->op;
    const scim_attr_t *attr = op->path.attr;

    if (attr->multi_valued) {
        return scim_patch_list(state, holder);
    }
    if (op->op == SCIM_PATCH_REMOVE && !op->path.sub) {
        return scim_patch_unset(state, holder, attr);
    }
    if (attr->type == SCIM_COMPLEX) {
        return apply_complex(state, holder);
    }
    return scim_patch_set(state, holder, attr, op->value);
}

/* An immutable attribute may get its first value, but neither it nor its parts may change later. */
static scim_error_t *apply_to_immutable(scim_patch_state_t *state, json_object *holder)
{
    const scim_attr_t *attr = state->op->path.attr;
    json_object *old = json_object_object_get(holder, attr->name);
    json_object *before = old ? scim_json_copy(old, state->pool) : NULL;
    scim_error_t *error = apply_to(state, holder);

    if (!error && before && !json_object_equal(before, json_object_object_get(holder, attr->name))) {
        return immutable(state, attr);
    }
    return error;
}

static scim_error_t *remove_extension(scim_patch_state_t *state)
{
    const scim_schema_t *schema = state->op->path.schema;
    json_object *holder = json_object_object_get(state->doc, schema->id);

    for (int i = 0; holder && i < schema->attrs->nelts; i++) {
        scim_error_t *error = scim_patch_unset(state, holder, APR_ARRAY_IDX(schema->attrs, i, const scim_attr_t *));

        if (error) {
            return error;
        }
    }
    json_object_object_del(state->doc, schema->id);
    return NULL;
}

static scim_error_t *apply_op(scim_patch_state_t *state)
{
    const scim_attr_t *attr = state->op->path.attr;
    json_object *holder = state->doc;
    scim_error_t *error;

    if (!attr) {
        return remove_extension(state);
    }
    if (scim_type_extends(state->type, attr)) {
        holder = json_object_object_get(state->doc, attr->schema->id);
    }
    if (!holder && state->op->op == SCIM_PATCH_REMOVE) {
        return NULL;
    }
    if (!holder) {
        holder = json_object_new_object();
        json_object_object_add(state->doc, attr->schema->id, holder);
    }
    error = attr->mutability == SCIM_IMMUTABLE ? apply_to_immutable(state, holder) : apply_to(state, holder);
    if (!error && holder != state->doc && json_object_object_length(holder) == 0) {
        json_object_object_del(state->doc, attr->schema->id);
    }
    return error;
}

/* After a change, different values may have become equal, for example if `emails.value` of all was replaced, or
 * `emails.type` removed. Of equal values one is kept, and elements that have only labels are removed. */
static void unite_values(json_object *holder, const scim_schema_t *schema, apr_pool_t *pool)
{
    for (int i = 0; holder && i < schema->attrs->nelts; i++) {
        const scim_attr_t *attr = APR_ARRAY_IDX(schema->attrs, i, const scim_attr_t *);
        json_object *list = attr->multi_valued ? json_object_object_get(holder, attr->name) : NULL;
        json_object *united = list ? scim_value_unite(list, attr, pool) : NULL;

        if (list && json_object_array_length(united) == 0) {
            json_object_object_del(holder, attr->name);
        } else if (list && json_object_array_length(united) < json_object_array_length(list)) {
            json_object_object_add(holder, attr->name, json_object_get(united));
        }
    }
}

static void unite_all(json_object *doc, const scim_resource_type_t *type, apr_pool_t *pool)
{
    unite_values(doc, type->schema, pool);
    for (int i = 0; i < type->extensions->nelts; i++) {
        const scim_schema_t *schema = APR_ARRAY_IDX(type->extensions, i, scim_extension_t).schema;

        unite_values(json_object_object_get(doc, schema->id), schema, pool);
    }
}

/* Whether an operation sets the displayName. */
static int names_display(const scim_patch_t *patch)
{
    const scim_attr_t *display = scim_schema_attr(patch->type->schema, "displayName", strlen("displayName"));

    for (int i = 0; i < patch->ops->nelts; i++) {
        if (display && APR_ARRAY_IDX(patch->ops, i, scim_patch_op_t).path.attr == display) {
            return 1;
        }
    }
    return 0;
}

scim_error_t *scim_patch_apply(apr_array_header_t **same, json_object *doc, const scim_patch_t *patch,
                               scim_leniency_t *leniency, apr_pool_t *pool)
{
    scim_patch_state_t state = {.doc = doc, .type = patch->type, .leniency = leniency, .pool = pool};
    json_object *before = scim_json_copy(doc, pool);
    scim_error_t *error;

    *same = NULL;
    apr_pool_create(&state.scratch, pool);
    for (int i = 0; i < patch->ops->nelts; i++) {
        state.op = &APR_ARRAY_IDX(patch->ops, i, scim_patch_op_t);
        if ((error = apply_op(&state))) {
            return error;
        }
    }
    unite_all(doc, patch->type, pool);
    scim_resource_follow_name(doc, before, names_display(patch), patch->type, pool);
    if ((error = scim_resource_seal(doc, patch->type, pool))) {
        return error;
    }
    if (!json_object_equal(before, doc)) {
        *same = scim_json_same(before, doc, pool);
    }
    return NULL;
}
