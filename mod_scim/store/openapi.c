#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "openapi.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_tables.h>
#include <string.h>

#include "admin.h"
#include "scim/json.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

#define JSON_TYPE    "application/json"
#define PROBLEM_TYPE "application/problem+json"

/* The state of making the document. */
typedef struct document_t {
    json_object *schemas;
    apr_array_header_t *named; /* named_t: the answers that have a schema */
    apr_pool_t *pool;
} document_t;

typedef struct named_t {
    const scim_admin_field_t *fields;
    const char *noun;
    const char *name;
} named_t;

/* --- JSON ----------------------------------------------------------------------------------------------------------*/

static json_object *put(json_object *object, const char *name, json_object *value)
{
    json_object_object_add(object, name, value);
    return value;
}

static void put_text(json_object *object, const char *name, const char *text)
{
    put(object, name, json_object_new_string(text));
}

static json_object *put_object(json_object *object, const char *name)
{
    return put(object, name, json_object_new_object());
}

static json_object *texts(const char *const *values, int n)
{
    json_object *list = json_object_new_array();
    for (int i = 0; i < n; i++) {
        json_object_array_add(list, json_object_new_string(values[i]));
    }
    return list;
}

/* The schema of an object that has exactly these members; those in `required` are always present. */
static json_object *object_schema(json_object **members, json_object **required)
{
    json_object *schema = json_object_new_object();
    put_text(schema, "type", "object");
    *members = put_object(schema, "properties");
    *required = put(schema, "required", json_object_new_array());
    put(schema, "additionalProperties", json_object_new_boolean(0));
    return schema;
}

static void add_text(json_object *list, const char *text)
{
    json_object_array_add(list, json_object_new_string(text));
}

static json_object *reference(const char *kind, const char *name, apr_pool_t *pool)
{
    json_object *object = json_object_new_object();
    put_text(object, "$ref", apr_pstrcat(pool, "#/components/", kind, "/", name, NULL));
    return object;
}

/* "role", "main-contact": RoleMainContact */
static const char *pascal(const char *noun, const char *verb, apr_pool_t *pool)
{
    char *text = apr_pstrcat(pool, "-", noun, "-", verb, NULL);
    char *to = text;
    for (const char *from = text; *from; from++) {
        *to++ = *from == '-' && from[1] ? (char)apr_toupper(*++from) : *from;
    }
    *to = '\0';
    return text[0] && to[-1] == '-' ? apr_pstrmemdup(pool, text, (apr_size_t)(to - text - 1)) : text;
}

/* --- values ------------------------------------------------------------------------------------------------------- */

static void put_type(json_object *schema, const char *type, int nullable)
{
    const char *const either[] = {type, "null"};
    if (nullable) {
        put(schema, "type", texts(either, 2));
    } else {
        put_text(schema, "type", type);
    }
}

static void put_choices(json_object *schema, const char *words, int nullable)
{
    json_object *list = put(schema, "enum", json_object_new_array());
    for (const char *word = words; word; word = strchr(word, '|')) {
        word += *word == '|';
        json_object_array_add(list, json_object_new_string_len(word, (int)strcspn(word, "|")));
    }
    if (nullable) {
        json_object_array_add(list, NULL);
    }
}

/* Limits are in bytes, which are never fewer than the characters that JSON Schema counts. */
static void put_length(json_object *schema, apr_int64_t most)
{
    put(schema, "minLength", json_object_new_int(1));
    put(schema, "maxLength", json_object_new_int64(most ? most : SCIM_ADMIN_TEXT_MAX));
}

static const char *const json_types[] = {
    [SCIM_ARG_TEXT] = "string", [SCIM_ARG_INT] = "integer",    [SCIM_ARG_FLAG] = "boolean",
    [SCIM_ARG_TIME] = "string", [SCIM_ARG_CHOICE] = "string",  [SCIM_ARG_LIST] = "array",
    [SCIM_ARG_JSON] = "object", [SCIM_ARG_MAPPINGS] = "array", [SCIM_ARG_FILE] = "string",
};

/* The schema of a kind of value, without limits. */
static json_object *kind_schema(scim_arg_kind_e kind, int nullable)
{
    static const char *const any[] = {"object", "array", "null"};
    json_object *schema = json_object_new_object();
    if (kind == SCIM_ARG_JSON) {
        put(schema, "type", texts(any, nullable ? 3 : 2));
        return schema;
    }
    put_type(schema, json_types[kind], nullable);
    if (kind == SCIM_ARG_TIME) {
        put_text(schema, "format", "date-time");
    }
    return schema;
}

/* A mapping: a group, and either a subscription or a role. */
static void put_mapping(json_object *schema)
{
    static const char *const names[] = {"group", "subscription", "role"};
    put_text(schema, "type", "object");
    json_object *members = put_object(schema, "properties");
    for (apr_size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        json_object *name = put_object(members, names[i]);
        put_text(name, "type", "string");
        put_length(name, 1000);
    }
    put(schema, "required", texts(names, 1));
    put(schema, "minProperties", json_object_new_int(2));
    put(schema, "maxProperties", json_object_new_int(2));
    put(schema, "additionalProperties", json_object_new_boolean(0));
}

static json_object *arg_schema(const scim_admin_arg_t *arg)
{
    int nullable = (arg->flags & SCIM_ARG_NULLABLE) != 0;
    json_object *schema = kind_schema(arg->kind, nullable);
    switch (arg->kind) {
    case SCIM_ARG_TEXT:
    case SCIM_ARG_FILE:
        put_length(schema, arg->most);
        break;
    case SCIM_ARG_INT:
        put(schema, "minimum", json_object_new_int64(arg->least));
        put(schema, "maximum", json_object_new_int64(arg->most ? arg->most : APR_INT32_MAX));
        break;
    case SCIM_ARG_CHOICE:
        put_choices(schema, arg->form, nullable);
        break;
    case SCIM_ARG_LIST: {
        json_object *item = put_object(schema, "items");
        put_text(item, "type", "string");
        put_length(item, arg->most);
        put(schema, "maxItems", json_object_new_int(SCIM_ADMIN_LIST_MAX));
        break;
    }
    case SCIM_ARG_MAPPINGS:
        put_mapping(put_object(schema, "items"));
        put(schema, "maxItems", json_object_new_int(SCIM_ADMIN_LIST_MAX));
        break;
    case SCIM_ARG_FLAG:
    case SCIM_ARG_TIME:
    case SCIM_ARG_JSON:
        break;
    }
    return schema;
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

static json_object *fields_schema(const scim_admin_field_t *fields)
{
    json_object *members;
    json_object *required;
    json_object *schema = object_schema(&members, &required);
    for (const scim_admin_field_t *field = fields; field->name; field++) {
        json_object *member = put(members, field->name, kind_schema(field->kind, 1));
        put_text(member, "description", field->help ? field->help : field->name);
        add_text(required, field->name);
    }
    return schema;
}

/* Tables with the same fields may differ in scimctl's headings. */
static int same_fields(const scim_admin_field_t *one, const scim_admin_field_t *other)
{
    while (one->name && other->name && one->kind == other->kind && strcmp(one->name, other->name) == 0) {
        one++;
        other++;
    }
    return !one->name && !other->name;
}

/* The name of the schema of an operation's answer: the noun, with the verb if the noun has several answers. */
static const char *answer_name(document_t *document, const scim_admin_op_t *op)
{
    for (int i = 0; i < document->named->nelts; i++) {
        const named_t *named = &APR_ARRAY_IDX(document->named, i, named_t);
        if (strcmp(named->noun, op->noun) == 0 && same_fields(named->fields, op->fields)) {
            return named->name;
        }
    }
    named_t *named = &APR_ARRAY_PUSH(document->named, named_t);
    named->fields = op->fields;
    named->noun = op->noun;
    named->name = pascal(op->noun, "", document->pool);
    if (json_object_object_get_ex(document->schemas, named->name, NULL)) {
        named->name = pascal(op->noun, op->verb, document->pool);
    }
    put(document->schemas, named->name, fields_schema(op->fields));
    return named->name;
}

/* The name of the schema of a list of such objects. */
static const char *list_name(document_t *document, const char *item)
{
    const char *name = apr_pstrcat(document->pool, item, "List", NULL);
    json_object *members;
    json_object *required;
    if (json_object_object_get_ex(document->schemas, name, NULL)) {
        return name;
    }
    put(document->schemas, name, object_schema(&members, &required));
    json_object *items = put_object(members, "items");
    put_text(items, "type", "array");
    put(items, "items", reference("schemas", item, document->pool));
    json_object *next = put_object(members, "next");
    put_type(next, "string", 1);
    put_text(next, "description", "the value of `after` for the next page; null: there is no more");
    add_text(required, "items");
    add_text(required, "next");
    return name;
}

static json_object *put_content(json_object *holder, const char *type, json_object *schema)
{
    json_object *content = put_object(holder, "content");
    put(put_object(content, type), "schema", schema);
    return content;
}

/* The whole list as a file, if the client's Accept has one of these types. */
static void put_files(json_object *content)
{
    static const char *const types[] = {"text/csv", "application/jsonl", "application/x-ndjson"};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        json_object *schema = json_object_new_object();
        put_text(schema, "type", "string");
        put(put_object(content, types[i]), "schema", schema);
    }
}

static int is_get(const scim_admin_op_t *op)
{
    return strcmp(op->method, "GET") == 0;
}

static json_object *success(document_t *document, const scim_admin_op_t *op)
{
    json_object *response = json_object_new_object();
    int list = op->flags & SCIM_OP_LIST;
    if (op->flags & SCIM_OP_EMPTY) {
        put_text(response, "description", "Done; the answer has no body.");
        return response;
    }
    put_text(response, "description", op->flags & SCIM_OP_CREATES ? "It was created." : "The answer.");
    json_object *headers = list ? NULL : put_object(response, "headers");
    if (op->flags & SCIM_OP_CREATES) {
        put(headers, "Location", reference("headers", "Location", document->pool));
    }
    if (headers) {
        put(headers, "ETag", reference("headers", "ETag", document->pool));
    }
    const char *name = answer_name(document, op);
    name = list ? list_name(document, name) : name;
    json_object *content = put_content(response, JSON_TYPE, reference("schemas", name, document->pool));
    if (list) {
        put_files(content);
    }
    return response;
}

/* The operations that can have an error. */
enum { OF_ALL = 1, OF_CHANGES = 2, OF_BODIES = 4 };

static const struct {
    const char *status;
    const char *name;
    int when;
    const char *description;
} refusals[] = {
    {"400", "Invalid", OF_ALL, "An argument is wrong; `errors` names each."},
    {"401", "Login", OF_ALL, "httpd requires a login; the body is httpd's."},
    {"403", "Forbidden", OF_ALL, "The user may not do this, or nobody may."},
    {"404", "Missing", OF_ALL, "The object in the path does not exist, or you may not see its tenant."},
    {"409", "Conflict", OF_CHANGES, "The current state does not allow it; the text says what to do first."},
    {"412", "Changed", OF_CHANGES, "It was changed since the version in If-Match."},
    {"413", "TooLarge", OF_BODIES, "The body is larger than ScimMaxBody."},
    {"415", "NoJson", OF_BODIES, "The Content-Type of the body is not application/json."},
    {"503", "Unavailable", OF_ALL, "The database does not answer; Retry-After says when to try again."},
};

#define REFUSALS (sizeof(refusals) / sizeof(refusals[0]))

static json_object *responses(document_t *document, const scim_admin_op_t *op)
{
    json_object *all = json_object_new_object();
    int when = is_get(op) ? OF_ALL : strcmp(op->method, "DELETE") == 0 ? OF_ALL | OF_CHANGES : ~0;
    const char *status = op->flags & SCIM_OP_EMPTY ? "204" : op->flags & SCIM_OP_CREATES ? "201" : "200";
    put(all, status, success(document, op));
    if (is_get(op) && !(op->flags & SCIM_OP_LIST)) {
        put_text(put_object(all, "304"), "description", "The version has not changed since the one in If-None-Match.");
    }
    for (apr_size_t i = 0; i < REFUSALS; i++) {
        if (refusals[i].when & when) {
            put(all, refusals[i].status, reference("responses", refusals[i].name, document->pool));
        }
    }
    return all;
}

/* --- requests ------------------------------------------------------------------------------------------------------*/

static json_object *new_parameter(const char *where, const char *name, const char *description, int required)
{
    json_object *parameter = json_object_new_object();
    put_text(parameter, "name", name);
    put_text(parameter, "in", where);
    put(parameter, "required", json_object_new_boolean(required));
    put_text(parameter, "description", description);
    return parameter;
}

static json_object *path_parameter(const char *name, apr_pool_t *pool)
{
    json_object *parameter = new_parameter("path", name, apr_pstrcat(pool, "which ", name, NULL), 1);
    put_text(put_object(parameter, "schema"), "type", "string");
    return parameter;
}

static json_object *query_parameter(const scim_admin_arg_t *arg)
{
    json_object *parameter = new_parameter("query", arg->name, arg->help, (arg->flags & SCIM_ARG_REQUIRED) != 0);
    if (arg->kind == SCIM_ARG_LIST) {
        put_text(parameter, "style", "form");
        put(parameter, "explode", json_object_new_boolean(0));
    }
    put(parameter, "schema", arg_schema(arg));
    return parameter;
}

/* Arguments of many operations are described once. */
static const scim_admin_arg_t shared_args[] = {SCIM_ADMIN_LIST_ARGS, {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL}};

static int is_shared(const scim_admin_arg_t *arg)
{
    for (const scim_admin_arg_t *shared = shared_args; shared->name; shared++) {
        if (strcmp(shared->name, arg->name) == 0 && strcmp(shared->help, arg->help) == 0) {
            return 1;
        }
    }
    return 0;
}

static void add_path_parameters(json_object *list, const scim_admin_op_t *op, apr_pool_t *pool)
{
    const char *at = op->path;
    const char *segment;
    apr_size_t len;
    while (scim_admin_segment(&segment, &len, &at)) {
        const char *name = apr_pstrmemdup(pool, segment, len);
        json_object_array_add(list, strcmp(name, "tenant") == 0 ? reference("parameters", name, pool)
                                                                : path_parameter(name, pool));
    }
}

static void add_query_parameters(json_object *list, const scim_admin_op_t *op, apr_pool_t *pool)
{
    for (const scim_admin_arg_t *arg = op->args; arg && arg->name; arg++) {
        json_object_array_add(list, is_shared(arg) ? reference("parameters", arg->name, pool) : query_parameter(arg));
    }
}

static json_object *parameters(const scim_admin_op_t *op, apr_pool_t *pool)
{
    json_object *list = json_object_new_array();
    add_path_parameters(list, op, pool);
    if (is_get(op)) {
        add_query_parameters(list, op, pool);
    }
    if (is_get(op) && !(op->flags & SCIM_OP_LIST)) {
        json_object_array_add(list, reference("parameters", "IfNoneMatch", pool));
    }
    if (!is_get(op) && !(op->flags & SCIM_OP_CREATES)) {
        json_object_array_add(list, reference("parameters", "IfMatch", pool));
    }
    return list;
}

static json_object *body_schema(const scim_admin_op_t *op)
{
    json_object *members;
    json_object *required;
    json_object *schema = object_schema(&members, &required);
    for (const scim_admin_arg_t *arg = op->args; arg && arg->name; arg++) {
        json_object *member = put(members, arg->name, arg_schema(arg));
        put_text(member, "description", arg->help);
        if (arg->flags & SCIM_ARG_PIECE || arg->kind == SCIM_ARG_FILE) {
            put_text(member, "format", arg->flags & SCIM_ARG_PIECE ? "piece" : "file");
        }
        if (arg->flags & SCIM_ARG_REQUIRED) {
            add_text(required, arg->name);
        }
    }
    return schema;
}

static int requires_some(const scim_admin_op_t *op)
{
    const scim_admin_arg_t *arg = op->args;
    while (arg && arg->name && !(arg->flags & SCIM_ARG_REQUIRED)) {
        arg++;
    }
    return arg && arg->name;
}

static json_object *operation(document_t *document, const scim_admin_op_t *op)
{
    json_object *object = json_object_new_object();
    put_text(object, "operationId", apr_pstrcat(document->pool, op->noun, "-", op->verb, NULL));
    put(object, "tags", texts(&op->noun, 1));
    put_text(object, "summary", op->summary);
    put(object, "parameters", parameters(op, document->pool));
    if (!is_get(op) && op->args && op->args->name) {
        json_object *body = put_object(object, "requestBody");
        put(body, "required", json_object_new_boolean(requires_some(op)));
        json_object *content = put_content(body, JSON_TYPE, body_schema(op));
        if (op->args->kind == SCIM_ARG_FILE) { /* a file may be the whole body, with the other arguments in the query */
            put_files(content);
        }
    }
    put(object, "responses", responses(document, op));
    return object;
}

/* --- the document ------------------------------------------------------------------------------------------------- */

static const char description[] =
    "What administrators of mod_scim do: tenants, tokens, accounts, groups, access, and the logs. Everything here can "
    "be "
    "done by scimctl(8) as well.\n\n"
    "httpd decides who may send requests, by the Location's Require directives. Lists are paged: `next` of an answer "
    "is `after` of the next request. With an ETag as If-Match a change is refused if somebody else has changed the "
    "object meanwhile. Errors are problem details (RFC 9457). Changes need the Content-Type application/json, and are "
    "refused if they come from pages of other sites.";

static void put_info(json_object *root)
{
    put_text(root, "openapi", "3.1.0");
    json_object *info = put_object(root, "info");
    put_text(info, "title", "mod_scim: administration");
    put_text(info, "version", PACKAGE_VERSION);
    put_text(info, "description", description);
    json_object *license = put_object(info, "license");
    put_text(license, "name", "Apache License 2.0");
    put_text(license, "identifier", "Apache-2.0");
    json_object *server = json_object_new_object();
    json_object_array_add(put(root, "servers", json_object_new_array()), server);
    put_text(server, "url", ".");
    put_text(server, "description", "the Location of the handler scim-admin, below which this document is");
}

static void put_header(json_object *headers, const char *name, const char *text)
{
    json_object *header = put_object(headers, name);
    put_text(header, "description", text);
    put_text(put_object(header, "schema"), "type", "string");
}

static void put_match(json_object *all, const char *name, const char *header, const char *text)
{
    json_object *parameter = put(all, name, new_parameter("header", header, text, 0));
    put_text(put_object(parameter, "schema"), "type", "string");
}

static json_object *problem_field_schema(void)
{
    json_object *members;
    json_object *required;
    json_object *schema = object_schema(&members, &required);
    put_text(put_object(members, "field"), "type", "string");
    put_text(put_object(members, "detail"), "type", "string");
    add_text(required, "field");
    add_text(required, "detail");
    return schema;
}

static json_object *problem_schema(void)
{
    static const struct {
        const char *name;
        const char *type;
        const char *description;
    } always[] = {{"type", "string", "about:blank: only the status"},
                  {"title", "string", "the status in words"},
                  {"status", "integer", "the status"},
                  {"detail", "string", "what is wrong and what to do"}};
    json_object *members;
    json_object *required;
    json_object *schema = object_schema(&members, &required);
    for (apr_size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
        json_object *member = put_object(members, always[i].name);
        put_text(member, "type", always[i].type);
        put_text(member, "description", always[i].description);
        add_text(required, always[i].name);
    }
    json_object *errors = put_object(members, "errors");
    put_text(errors, "type", "array");
    put_text(errors, "description", "each wrong argument, and what is wrong with it");
    put(errors, "items", problem_field_schema());
    return schema;
}

static void put_refusals(json_object *all, apr_pool_t *pool)
{
    for (apr_size_t i = 0; i < REFUSALS; i++) {
        json_object *response = put_object(all, refusals[i].name);
        put_text(response, "description", refusals[i].description);
        if (strcmp(refusals[i].status, "401") != 0) {
            put_content(response, PROBLEM_TYPE, reference("schemas", "Problem", pool));
        }
    }
}

static void put_components(json_object *root, json_object *schemas, apr_pool_t *pool)
{
    json_object *components = put_object(root, "components");
    put(components, "schemas", schemas);
    put_refusals(put_object(components, "responses"), pool);
    json_object *all = put_object(components, "parameters");
    put(all, "tenant", path_parameter("tenant", pool));
    for (const scim_admin_arg_t *arg = shared_args; arg->name; arg++) {
        put(all, arg->name, query_parameter(arg));
    }
    put_match(all, "IfMatch", "If-Match", "the ETag of the version to change; without it, any version");
    put_match(all, "IfNoneMatch", "If-None-Match", "the ETag of the version that the client has");
    json_object *headers = put_object(components, "headers");
    put_header(headers, "ETag", "the version of the answered object");
    put_header(headers, "Location", "its address");
    json_object *login = put_object(put_object(components, "securitySchemes"), "httpd");
    put_text(login, "type", "http");
    put_text(login, "scheme", "basic");
    put_text(login, "description", "or another scheme that AuthType of the Location sets");
}

static void put_security(json_object *root)
{
    json_object *login = json_object_new_object();
    put(login, "httpd", json_object_new_array());
    json_object_array_add(put(root, "security", json_object_new_array()), login);
}

static void put_operation(json_object *paths, document_t *document, const scim_admin_op_t *op)
{
    json_object *path;
    char *method = apr_pstrdup(document->pool, op->method);
    for (char *c = method; *c; c++) {
        *c = (char)apr_tolower(*c);
    }
    if (!json_object_object_get_ex(paths, op->path, &path)) {
        path = put_object(paths, op->path);
    }
    put(path, method, operation(document, op));
}

static void put_tag(json_object *tags, const char *noun)
{
    for (size_t i = 0; i < json_object_array_length(tags); i++) {
        json_object *name = json_object_object_get(json_object_array_get_idx(tags, i), "name");
        if (strcmp(json_object_get_string(name), noun) == 0) {
            return;
        }
    }
    json_object *tag = json_object_new_object();
    put_text(tag, "name", noun);
    json_object_array_add(tags, tag);
}

static void put_paths(json_object *root, document_t *document)
{
    json_object *tags = put(root, "tags", json_object_new_array());
    json_object *paths = put_object(root, "paths");
    for (int i = 0; scim_admin_tables[i]; i++) {
        for (const scim_admin_op_t *op = scim_admin_tables[i]; op->noun; op++) {
            put_tag(tags, op->noun);
            put_operation(paths, document, op);
        }
    }
}

const char *scim_openapi(apr_pool_t *pool)
{
    json_object *root = scim_json_own(json_object_new_object(), pool);
    document_t document = {json_object_new_object(), apr_array_make(pool, 32, sizeof(named_t)), pool};
    put(document.schemas, "Problem", problem_schema());
    put_info(root);
    put_security(root);
    put_paths(root, &document);
    put_components(root, document.schemas, pool);
    return apr_pstrcat(pool,
                       json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                                JSON_C_TO_STRING_NOSLASHESCAPE),
                       "\n", NULL);
}
