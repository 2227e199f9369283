#include "patch_read.h"

#include <apr_strings.h>
#include <string.h>

/* The end of a schema's URN at the start of a key; NULL: it has none. */
static const char *urn_end(const char *key)
{
    return memrchr(key, ':', strcspn(key, "["));
}

/* An attribute that no schema of the type has is ignored, as in a POST. */
static scim_error_t *unknown_key(const scim_patch_reader_t *reader, const char *key, json_object *value)
{
    int foreign;
    const char *name = scim_patch_unknown(&foreign, key, value, reader);

    if (!foreign) {
        scim_lenient_ignore(reader->leniency, name);
        return NULL;
    }
    if (!scim_path_is_astray(key, reader->type) && scim_lenient_foreign(reader->leniency, name)) {
        return NULL;
    }
    return scim_error_typed(reader->pool, SCIM_INVALID_SYNTAX,
                            "\"%s\" is of a schema that the resource type %s does not have.",
                            scim_patch_quote(key, reader->pool), reader->type->name);
}

/* RFC 7644 allows as key only an attribute's plain name or a schema's URN. */
static scim_error_t *check_key(const scim_patch_reader_t *reader, const scim_path_t *path, const char *key)
{
    if (urn_end(key) && !scim_lenient(reader->leniency, SCIM_LENIENT_URN_KEY)) {
        return scim_error_typed(reader->pool, SCIM_INVALID_VALUE,
                                "\"%s\" is not an attribute's name: put it inside an object under its schema's URN.",
                                key);
    }
    if ((path->sub || path->filter) && !scim_lenient(reader->leniency, SCIM_LENIENT_DOTTED_KEY)) {
        return scim_error_typed(reader->pool, SCIM_INVALID_VALUE,
                                "\"%s\" is not an attribute's name: use it as the \"path\" of an operation.", key);
    }
    return NULL;
}

/* Splits off one key of a value. `schema` is that of the object around the key; NULL: there is none. */
static scim_error_t *split_key(scim_patch_reader_t *reader, scim_patch_e op, const scim_schema_t *schema,
                               const char *key, json_object *value)
{
    int extended = schema && schema != reader->type->schema;
    const char *name = extended ? apr_pstrcat(reader->pool, schema->id, ":", key, NULL) : key;
    const char *bracket = strchr(name, '['), *unknown;
    scim_patch_part_t part = {.op = op, .text = name, .value = value, .in_value = 1};
    const scim_schema_t *inner = schema ? NULL : scim_path_schema(key, strlen(key), reader->type, reader->leniency);
    scim_error_t *error;

    if (inner) {
        return scim_patch_schema(reader, op, inner, value);
    }
    if (!scim_path_resolve(&part.path, name, bracket ? (apr_size_t)(bracket - name) : strlen(name), reader->type,
                           reader->leniency)) {
        return unknown_key(reader, name, value);
    }
    if (bracket && (unknown = scim_patch_unknown_sub(&part.path, name, reader->pool))) {
        scim_lenient_ignore(reader->leniency, unknown);
        return NULL;
    }
    if (bracket && (error = scim_path_read(&part.path, name, reader->type, reader->leniency, reader->pool))) {
        return error;
    }
    if (!part.path.attr) {
        return scim_error_typed(reader->pool, SCIM_INVALID_VALUE,
                                "\"%s\" is a schema and not an attribute: it cannot be inside \"%s\".", key,
                                schema ? schema->id : reader->type->name);
    }
    if ((error = check_key(reader, &part.path, key))) {
        return error;
    }
    return scim_patch_part(reader, &part);
}

scim_error_t *scim_patch_split(scim_patch_reader_t *reader, scim_patch_e op, const scim_schema_t *schema,
                               json_object *value)
{
    scim_error_t *error;

    json_object_object_foreach(value, key, item)
    {
        if ((error = split_key(reader, op, schema, key, item))) {
            return error;
        }
    }
    return NULL;
}

static int is_required(const scim_resource_type_t *type, const scim_schema_t *schema)
{
    for (int i = 0; i < type->extensions->nelts; i++) {
        const scim_extension_t *extension = &APR_ARRAY_IDX(type->extensions, i, scim_extension_t);

        if (extension->schema == schema) {
            return extension->required;
        }
    }
    return 0;
}

/* Removes all attributes of an extension. */
static scim_error_t *remove_schema(scim_patch_reader_t *reader, scim_patch_e op, const scim_schema_t *schema)
{
    const scim_path_t path = {.schema = schema};

    if (schema == reader->type->schema) {
        return scim_error_typed(reader->pool, op == SCIM_PATCH_REMOVE ? SCIM_NO_TARGET : SCIM_INVALID_VALUE,
                                "\"%s\" is the schema of every %s and cannot be removed.", schema->id,
                                reader->type->name);
    }
    if (is_required(reader->type, schema)) {
        return scim_error_typed(reader->pool, op == SCIM_PATCH_REMOVE ? SCIM_MUTABILITY : SCIM_INVALID_VALUE,
                                "The extension \"%s\" is required and cannot be removed.", schema->id);
    }
    return scim_patch_push(reader, SCIM_PATCH_REMOVE, &path, schema->id, NULL);
}

scim_error_t *scim_patch_schema(scim_patch_reader_t *reader, scim_patch_e op, const scim_schema_t *schema,
                                json_object *value)
{
    if (value && scim_value_empty_string(value, reader->leniency)) {
        value = NULL;
    }
    if (op == SCIM_PATCH_REMOVE || (op == SCIM_PATCH_REPLACE && !value)) {
        return remove_schema(reader, op, schema);
    }
    if (!value) {
        return NULL;
    }
    if (!json_object_is_type(value, json_type_object)) {
        return scim_error_typed(reader->pool, SCIM_INVALID_VALUE, "\"%s\" must be an object of attributes.",
                                schema->id);
    }
    return scim_patch_split(reader, op, schema, value);
}
