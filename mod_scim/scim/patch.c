#include "patch.h"

#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "member.h"
#include "patch_read.h"
#include "text.h"

#define URN_PATCH_OP "urn:ietf:params:scim:api:messages:2.0:PatchOp"
#define QUOTE_MAX    200

static scim_error_t *find_operations(json_object **out, json_object *body, apr_pool_t *pool)
{
    int found = scim_member_find(out, body, "Operations");

    if (found != 1 || !json_object_is_type(*out, json_type_array) || json_object_array_length(*out) == 0) {
        return scim_error_typed(pool, SCIM_INVALID_SYNTAX,
                                "A PATCH request must have one \"Operations\", a list of one operation or more.");
    }
    if (json_object_array_length(*out) > SCIM_PATCH_MAX_OPERATIONS) {
        return scim_error_status(pool, 413, "The request has %lu operations; at most %d are accepted.",
                                 (unsigned long)json_object_array_length(*out), SCIM_PATCH_MAX_OPERATIONS);
    }
    return NULL;
}

static scim_error_t *read_op(scim_patch_e *out, json_object *operation, scim_leniency_t *leniency, apr_pool_t *pool)
{
    static const struct {
        const char *name;
        scim_patch_e op;
    } ops[] = {{"add", SCIM_PATCH_ADD}, {"remove", SCIM_PATCH_REMOVE}, {"replace", SCIM_PATCH_REPLACE}};
    json_object *name;

    if (scim_member_find(&name, operation, "op") != 1 || !json_object_is_type(name, json_type_string)) {
        return scim_error_typed(pool, SCIM_INVALID_SYNTAX,
                                "Each operation must have exactly one \"op\": \"add\", \"remove\" or \"replace\".");
    }
    for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        const char *text = json_object_get_string(name);
        if (strcmp(text, ops[i].name) == 0 ||
            (strcasecmp(text, ops[i].name) == 0 && scim_lenient(leniency, SCIM_LENIENT_CAPITAL_OP))) {
            *out = ops[i].op;
            return NULL;
        }
    }
    return scim_error_typed(pool, SCIM_INVALID_SYNTAX,
                            "\"%s\" is not a PATCH operation: \"op\" must be \"add\", \"remove\" or \"replace\".",
                            scim_patch_quote(json_object_get_string(name), pool));
}

/* The path, or NULL where the operation has none. */
static scim_error_t *find_path(const char **out, json_object *operation, apr_pool_t *pool)
{
    json_object *path;
    int found = scim_member_find(&path, operation, "path");

    *out = NULL;
    if (found > 1) {
        return scim_error_typed(pool, SCIM_INVALID_SYNTAX, "An operation has more than one \"path\".");
    }
    if (!path) {
        return NULL;
    }
    if (!json_object_is_type(path, json_type_string) || json_object_get_string_len(path) == 0) {
        return scim_error_typed(pool, SCIM_INVALID_PATH, "\"path\" must be a string that is not empty.");
    }
    *out = json_object_get_string(path);
    return NULL;
}

static scim_error_t *find_value(json_object **out, json_object *operation, scim_patch_e op, apr_pool_t *pool)
{
    int found = scim_member_find(out, operation, "value");

    if (found > 1) {
        return scim_error_typed(pool, SCIM_INVALID_SYNTAX, "An operation has more than one \"value\".");
    }
    if (!found && op != SCIM_PATCH_REMOVE) {
        return scim_error_typed(pool, SCIM_INVALID_VALUE, "The operation \"%s\" must have a \"value\".",
                                op == SCIM_PATCH_ADD ? "add" : "replace");
    }
    return NULL;
}

static scim_error_t *read_without_path(scim_patch_reader_t *reader, scim_patch_e op, json_object *value)
{
    if (op == SCIM_PATCH_REMOVE) {
        return scim_error_typed(reader->pool, SCIM_NO_TARGET, "The operation \"remove\" must have a \"path\".");
    }
    scim_lenient_note(reader->leniency, SCIM_NOTED_NO_PATH);
    if (!json_object_is_type(value, json_type_object)) {
        return scim_error_typed(reader->pool, SCIM_INVALID_VALUE,
                                "The \"value\" of an operation without \"path\" must be an object of attributes.");
    }
    return scim_patch_split(reader, op, NULL, value);
}

static scim_error_t *read_operation(scim_patch_reader_t *reader, json_object *operation)
{
    scim_patch_part_t part = {0};
    scim_error_t *error;

    if (!json_object_is_type(operation, json_type_object)) {
        return scim_error_typed(reader->pool, SCIM_INVALID_SYNTAX, "Each of \"Operations\" must be an object.");
    }
    if ((error = read_op(&part.op, operation, reader->leniency, reader->pool)) ||
        (error = find_path(&part.text, operation, reader->pool)) ||
        (error = find_value(&part.value, operation, part.op, reader->pool))) {
        return error;
    }
    if (!part.text) {
        return read_without_path(reader, part.op, part.value);
    }
    if ((error = scim_path_read(&part.path, part.text, reader->type, reader->leniency, reader->pool))) {
        return error;
    }
    if (!part.path.attr) {
        return scim_patch_schema(reader, part.op, part.path.schema, part.value);
    }
    return scim_patch_part(reader, &part);
}

scim_error_t *scim_patch_push(scim_patch_reader_t *reader, scim_patch_e op, const scim_path_t *path, const char *text,
                              json_object *value)
{
    scim_patch_op_t *pushed;

    if (reader->patch->ops->nelts >= SCIM_PATCH_MAX_OPERATIONS) {
        return scim_error_status(reader->pool, 413, "The request changes more than %d attributes.",
                                 SCIM_PATCH_MAX_OPERATIONS);
    }
    pushed = apr_array_push(reader->patch->ops);
    *pushed = (scim_patch_op_t){.op = op, .path = *path, .text = text, .value = value};
    reader->patch->roles |= path->attr && path->attr == reader->type->roles;
    return NULL;
}

const char *scim_patch_quote(const char *text, apr_pool_t *pool)
{
    apr_size_t len = strlen(text);

    if (len <= QUOTE_MAX) {
        return text;
    }
    return apr_psprintf(pool, "%.*s...", (int)scim_utf8_valid(text, QUOTE_MAX), text);
}

json_object *scim_patch_as_list(json_object *value, apr_pool_t *pool)
{
    json_object *list;

    if (json_object_is_type(value, json_type_array)) {
        return value;
    }
    list = scim_json_own(json_object_new_array(), pool);
    json_object_array_add(list, json_object_get(value));
    return list;
}

scim_error_t *scim_patch_read(scim_patch_t **out, json_object *body, const scim_resource_type_t *type,
                              scim_leniency_t *leniency, apr_pool_t *pool)
{
    scim_patch_reader_t reader = {.type = type, .leniency = leniency, .pool = pool};
    json_object *operations;
    scim_error_t *error;

    if ((error = scim_member_schemas(body, URN_PATCH_OP, leniency, pool)) ||
        (error = find_operations(&operations, body, pool))) {
        return error;
    }
    reader.patch = apr_pcalloc(pool, sizeof(*reader.patch));
    reader.patch->type = type;
    reader.patch->ops = apr_array_make(pool, 4, sizeof(scim_patch_op_t));
    reader.patch->members = apr_array_make(pool, 1, sizeof(scim_members_op_t));
    for (size_t i = 0; i < json_object_array_length(operations); i++) {
        if ((error = read_operation(&reader, json_object_array_get_idx(operations, i)))) {
            return error;
        }
    }
    *out = reader.patch;
    return NULL;
}
