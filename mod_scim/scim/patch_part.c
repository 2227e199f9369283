#include "patch_read.h"

#include <string.h>

#include "json.h"

static const scim_attr_t *target_of(const scim_path_t *path)
{
    return path->sub ? path->sub : path->attr;
}

static int is_read_only(const scim_path_t *path)
{
    return path->attr->mutability == SCIM_READ_ONLY || target_of(path)->mutability == SCIM_READ_ONLY;
}

/* `schemas` is computed from the document's attributes (RFC 7644 3.5.2), so setting it has no effect. */
static int is_schemas(const scim_patch_reader_t *reader, const scim_attr_t *attr)
{
    return attr->schema == reader->type->common && strcmp(attr->key, "schemas") == 0;
}

/* The value of an attribute that is never stored (a password) is checked, and then ignored. */
static int is_stored(const scim_path_t *path)
{
    return scim_attr_stored(path->attr) && scim_attr_stored(target_of(path));
}

static scim_error_t *unassignable(const scim_patch_reader_t *reader, const scim_patch_part_t *part)
{
    return scim_error_typed(reader->pool, part->op == SCIM_PATCH_REMOVE ? SCIM_MUTABILITY : SCIM_INVALID_VALUE,
                            "Attribute \"%s\" is required and cannot be %s.", part->text,
                            part->op == SCIM_PATCH_REMOVE ? "removed" : "empty");
}

/* Removes the target's value. If a filter selects some of several values, it is known only during execution whether
 * any is left. */
static scim_error_t *unassign(scim_patch_reader_t *reader, const scim_patch_part_t *part)
{
    int whole = part->path.sub || !part->path.filter;

    if (part->op == SCIM_PATCH_ADD) {
        return NULL;
    }
    if (scim_attr_defaults(part->path.attr, reader->type)) {
        return NULL;
    }
    if (whole && target_of(&part->path)->required) {
        return unassignable(reader, part);
    }
    if (!is_stored(&part->path)) {
        return NULL;
    }
    return scim_patch_push(reader, SCIM_PATCH_REMOVE, &part->path, part->text, NULL);
}

/* `remove` with the values to remove. They are read one by one, because the list itself is not stored. */
static scim_error_t *remove_values(scim_patch_reader_t *reader, const scim_patch_part_t *part)
{
    json_object *given = scim_patch_as_list(part->value, reader->pool);
    json_object *values = scim_json_own(json_object_new_array(), reader->pool);
    scim_error_t *error;

    if (!scim_lenient(reader->leniency, SCIM_LENIENT_REMOVE_VALUE)) {
        return scim_error_typed(
            reader->pool, SCIM_INVALID_VALUE,
            "The operation \"remove\" takes no \"value\"; select values with a filter in the path.");
    }
    for (size_t i = 0; i < json_object_array_length(given); i++) {
        json_object *value;

        if ((error = scim_element_read(&value, json_object_array_get_idx(given, i), part->path.attr, part->text,
                                       reader->leniency, reader->pool))) {
            return error;
        }
        if (value) {
            json_object_array_add(values, json_object_get(value));
        }
    }
    /* An empty list removes nothing. Without a value the operation would remove all. */
    if (json_object_array_length(values) == 0 || !is_stored(&part->path)) {
        return NULL;
    }
    return scim_patch_push(reader, SCIM_PATCH_REMOVE, &part->path, part->text, values);
}

/* The element of a list of one; any other value unchanged. */
static json_object *unwrap(json_object *value)
{
    if (json_object_is_type(value, json_type_array) && json_object_array_length(value) == 1) {
        return json_object_array_get_idx(value, 0);
    }
    return value;
}

static scim_error_t *read_value(json_object **out, scim_patch_reader_t *reader, const scim_patch_part_t *part)
{
    const scim_attr_t *target = target_of(&part->path);
    json_object *value = part->value;

    if (part->path.filter && !part->path.sub) {
        return scim_element_read(out, value, target, part->text, reader->leniency, reader->pool);
    }
    if (target->multi_valued && part->op == SCIM_PATCH_ADD) {
        value = scim_patch_as_list(value, reader->pool); /* RFC 7644 3.5.2.1: "a new value is added" */
    }
    return part->in_value ? scim_value_read(out, value, target, part->text, reader->leniency, reader->pool)
                          : scim_target_read(out, value, target, part->text, reader->leniency, reader->pool);
}

/* The operation for a value without content: adding null changes nothing; adding an empty string removes the value. */
static scim_patch_e unassigning_op(scim_patch_e op, json_object *raw)
{
    return op == SCIM_PATCH_ADD && json_object_is_type(raw, json_type_string) ? SCIM_PATCH_REPLACE : op;
}

/* Removes sub-attributes that the client's object has without content (`read` lacks them), each by its own operation.
 * These operations come first, because the replacement may change what the path's filter selects. */
static scim_error_t *unassign_subs(scim_patch_reader_t *reader, const scim_patch_part_t *part, json_object *object,
                                   json_object *read)
{
    scim_error_t *error;

    json_object_object_foreach(object, key, value)
    {
        const scim_attr_t *sub = scim_attr_sub(part->path.attr, key, strlen(key));
        scim_patch_part_t inner = *part;

        if (!sub || (read && json_object_object_get_ex(read, sub->name, NULL))) {
            continue;
        }
        inner.path.sub = sub;
        inner.op = unassigning_op(part->op, value);
        if (!is_read_only(&inner.path) && (error = unassign(reader, &inner))) {
            return error;
        }
    }
    return NULL;
}

static scim_error_t *assign(scim_patch_reader_t *reader, const scim_patch_part_t *part)
{
    const scim_attr_t *target = target_of(&part->path);
    int one = part->path.filter || !target->multi_valued;
    json_object *raw = one ? unwrap(part->value) : part->value;
    int merged = one && target->type == SCIM_COMPLEX && json_object_is_type(raw, json_type_object);
    json_object *value;
    scim_error_t *error;

    if ((error = read_value(&value, reader, part))) {
        return error;
    }
    if (merged && (error = unassign_subs(reader, part, raw, value))) {
        return error;
    }
    if (!value) {
        scim_patch_part_t whole = *part;

        whole.op = one ? unassigning_op(part->op, raw) : part->op;
        return merged ? NULL : unassign(reader, &whole);
    }
    if (!is_stored(&part->path)) {
        return NULL;
    }
    return scim_patch_push(reader, part->op, &part->path, part->text, value);
}

static scim_error_t *refuse_read_only(scim_patch_reader_t *reader, const scim_patch_part_t *part)
{
    if (part->in_value && scim_lenient(reader->leniency, SCIM_LENIENT_READ_ONLY_IN_VALUE)) {
        return NULL;
    }
    if (part->path.attr == reader->type->groups)
        return scim_error_typed(reader->pool, SCIM_MUTABILITY,
                                "\"%s\" is read-only: it follows from the members of groups. Change \"members\" of the "
                                "group instead.",
                                part->text);
    return scim_error_typed(reader->pool, SCIM_MUTABILITY,
                            "\"%s\" is read-only: this server sets it. Take it out of the attribute mapping in the "
                            "identity provider.",
                            part->text);
}

scim_error_t *scim_patch_part(scim_patch_reader_t *reader, const scim_patch_part_t *part)
{
    const scim_path_t *path = &part->path;

    if (path->attr == reader->type->members) {
        return scim_patch_members(reader, part);
    }
    if (is_schemas(reader, path->attr)) {
        return part->op == SCIM_PATCH_REMOVE ? unassignable(reader, part) : NULL;
    }
    if (is_read_only(path)) {
        return refuse_read_only(reader, part);
    }
    if (part->op == SCIM_PATCH_REMOVE && part->value && path->attr->multi_valued && !path->filter && !path->sub) {
        return remove_values(reader, part);
    }
    return part->op == SCIM_PATCH_REMOVE || !part->value ? unassign(reader, part) : assign(reader, part);
}
