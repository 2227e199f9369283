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

static const char no_operations[] = "A PATCH request must have one \"Operations\", a list of one operation or more.";
static const char no_patch[] =
    "A PATCH request must have one \"Operations\", a list of one operation or more. This body is a resource, as PUT "
    "has "
    "it: choose PUT as the client's method for updates, or operations (PatchOp) as what it sends by PATCH.";

/* Some clients send a resource as the body of PATCH. */
static const char *lacks_operations(json_object *body)
{
    json_object *found;

    return scim_member_find(&found, body, "userName") || scim_member_find(&found, body, "displayName") ? no_patch
                                                                                                       : no_operations;
}

/* Finds the operations of a message. In a Bulk request (RFC 7644 3.7.3) they may be a list without a message. */
static scim_error_t *find_operations(json_object **out, json_object *body, scim_leniency_t *leniency, apr_pool_t *pool)
{
    int bare = json_object_is_type(body, json_type_array);
    scim_error_t *error = bare ? NULL : scim_member_schemas(body, URN_PATCH_OP, leniency, pool);

    *out = body;
    if (bare && !scim_lenient(leniency, SCIM_LENIENT_BARE_OPERATIONS)) {
        return scim_error_typed(pool, SCIM_INVALID_SYNTAX, "%s", no_operations);
    }
    if (!bare && !error) {
        error = scim_member_operations(out, body, lacks_operations(body), leniency, pool);
    }
    if (error) {
        return error;
    }
    if (json_object_array_length(*out) == 0 && !scim_lenient(leniency, SCIM_LENIENT_NO_OPERATIONS)) {
        return scim_error_typed(pool, SCIM_INVALID_SYNTAX, "%s", no_operations);
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

/* The path of an operation; NULL: it has none, or an empty one. */
static scim_error_t *find_path(const char **out, json_object *operation, scim_leniency_t *leniency, apr_pool_t *pool)
{
    json_object *path;
    int found = scim_member_find(&path, operation, "path");

    *out = NULL;
    if (found > 1) {
        return scim_error_typed(pool, SCIM_INVALID_SYNTAX, "An operation has more than one \"path\".");
    }
    if (!path || scim_value_empty_string(path, leniency)) {
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

/* The name under which an unknown path or key is reported: the attribute's name, or the URN of its extension. */
const char *scim_patch_unknown(int *foreign, const char *text, json_object *value, const scim_patch_reader_t *reader)
{
    apr_size_t len = strcspn(text, "[");

    *foreign = !scim_path_is_known(text, len, reader->type, reader->leniency);
    if (*foreign && !json_object_is_type(value, json_type_object)) {
        len = scim_path_urn_len(text, len);
    }
    return apr_pstrmemdup(reader->pool, text, len);
}

/* The sub-attribute after the brackets of a path, or NULL. */
static const char *behind_brackets(const char *text)
{
    const char *bracket = strrchr(text, ']');

    return bracket && bracket[1] == '.' && scim_path_is_name(bracket + 2, strlen(bracket + 2)) ? bracket + 2 : NULL;
}

const char *scim_patch_unknown_sub(const scim_path_t *path, const char *text, apr_pool_t *pool)
{
    const char *sub = strchr(text, '[') ? behind_brackets(text) : NULL;

    if (!sub || !path->attr || !path->attr->multi_valued || path->attr->type != SCIM_COMPLEX ||
        scim_attr_sub(path->attr, sub, strlen(sub))) {
        return NULL;
    }
    return apr_pstrcat(pool, path->attr->name, ".", sub, NULL);
}

/* Whether a path leads to an attribute that no schema of the type has, and so is ignored. A path with a malformed name
 * is an error. */
static int ignores_path(scim_patch_reader_t *reader, const scim_patch_part_t *part)
{
    apr_size_t len = strcspn(part->text, "[");
    const char *name;
    scim_path_t path;
    int foreign;

    if (!scim_path_is_name(part->text, len)) {
        return 0;
    }
    if (scim_path_resolve(&path, part->text, len, reader->type, reader->leniency)) {
        name = scim_patch_unknown_sub(&path, part->text, reader->pool);
        return name && scim_lenient_path(reader->leniency, name, 0);
    }
    name = scim_patch_unknown(&foreign, part->text, part->value, reader);
    return !scim_path_is_astray(part->text, reader->type) && scim_lenient_path(reader->leniency, name, foreign);
}

static scim_error_t *read_operation(scim_patch_reader_t *reader, json_object *operation)
{
    scim_patch_part_t part = {0};
    scim_error_t *error;

    if (!json_object_is_type(operation, json_type_object)) {
        return scim_error_typed(reader->pool, SCIM_INVALID_SYNTAX, "Each of \"Operations\" must be an object.");
    }
    if ((error = read_op(&part.op, operation, reader->leniency, reader->pool)) ||
        (error = find_path(&part.text, operation, reader->leniency, reader->pool)) ||
        (error = find_value(&part.value, operation, part.op, reader->pool))) {
        return error;
    }
    if (!part.text) {
        return read_without_path(reader, part.op, part.value);
    }
    if (ignores_path(reader, &part)) {
        return NULL;
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
    reader->patch->entitlements |= path->attr && path->attr == reader->type->entitlements;
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

static scim_patch_reader_t begin(const scim_resource_type_t *type, scim_leniency_t *leniency, apr_pool_t *pool)
{
    scim_patch_reader_t reader = {.type = type, .leniency = leniency, .pool = pool};

    reader.patch = apr_pcalloc(pool, sizeof(*reader.patch));
    reader.patch->type = type;
    reader.patch->ops = apr_array_make(pool, 4, sizeof(scim_patch_op_t));
    reader.patch->members = apr_array_make(pool, 1, sizeof(scim_members_op_t));
    return reader;
}

scim_error_t *scim_patch_read_value(scim_patch_t **out, json_object *value, const scim_resource_type_t *type,
                                    scim_leniency_t *leniency, apr_pool_t *pool)
{
    scim_patch_reader_t reader = begin(type, leniency, pool);

    *out = reader.patch;
    return scim_patch_split(&reader, SCIM_PATCH_ADD, NULL, value);
}

scim_error_t *scim_patch_read(scim_patch_t **out, json_object *body, const scim_resource_type_t *type,
                              scim_leniency_t *leniency, apr_pool_t *pool)
{
    scim_patch_reader_t reader = begin(type, leniency, pool);
    json_object *operations;
    scim_error_t *error;

    if ((error = find_operations(&operations, body, leniency, pool))) {
        return error;
    }
    for (size_t i = 0; i < json_object_array_length(operations); i++) {
        if ((error = read_operation(&reader, json_object_array_get_idx(operations, i)))) {
            return error;
        }
    }
    *out = reader.patch;
    return NULL;
}
