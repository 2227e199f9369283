/*
 * Builds resource types when all schemas are known. Documents that only add extensions to a type are read after all
 * others.
 */
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "schema.h"
#include "schema_check.h"
#include "schema_loader.h"

#define TYPE_WITH_MEMBERS "Group" /* other types may have `members` and `groups` as ordinary attributes */
#define TYPE_WITH_GROUPS  "User"

#define READ_ONLY "readOnly" /* extensions of this server: /ResourceTypes shows neither */
#define VIEW_OF   "viewOf"

static const char *const type_members[] = {"schemas",          "id",      "name",  "description", "endpoint", "schema",
                                           "schemaExtensions", READ_ONLY, VIEW_OF, "meta",        NULL};
static const char *const extension_members[] = {"schema", "required", NULL};

/* URLs that are not resource types (RFC 7644 3.2). */
static const char *const reserved_endpoints[] = {
    "ServiceProviderConfig", "ResourceTypes", "Schemas", "Me", "Bulk", NULL};

/* The schema with the URN in the member `schema`. */
static scim_error_t *get_schema(const scim_loader_t *loader, const char *what, json_object *json,
                                const scim_schema_t **out)
{
    const char *urn = "";
    scim_error_t *error = scim_load_string(loader, what, json, "schema", &urn);
    if (error)
        return error;
    *out = scim_schemas_find(loader->out, urn, strlen(urn));
    return *out ? NULL : scim_load_complain(loader, what, "there is no schema \"%s\"", urn);
}

/* An error in an attribute, with the name of its schema's file. */
static scim_error_t *complain_attr(const scim_loader_t *loader, const scim_attr_t *attr, const char *text)
{
    scim_loader_t there = *loader;
    there.file = apr_hash_get(loader->files, attr->schema->id, APR_HASH_KEY_STRING);
    return scim_load_complain(&there,
                              apr_pstrcat(loader->pool, "attribute ", attr->parent ? attr->parent->name : "",
                                          attr->parent ? "." : "", attr->name, NULL),
                              "%s", text);
}

static scim_error_t *check_schema(const scim_loader_t *loader, const scim_resource_type_t *type,
                                  const scim_schema_t *schema)
{
    const scim_attr_t *attr = NULL;
    const char *text = scim_schema_misfit(&attr, type, schema, loader->pool);
    return text ? complain_attr(loader, attr, text) : NULL;
}

static scim_error_t *read_extensions(const scim_loader_t *loader, json_object *list, scim_resource_type_t *type)
{
    if (!list)
        return NULL;
    if (!json_object_is_type(list, json_type_array))
        return scim_load_complain(loader, "schemaExtensions", "a list was expected");
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *json = json_object_array_get_idx(list, i);
        scim_extension_t extension = {NULL, 0};
        scim_error_t *error;
        if ((error = scim_load_members(loader, "schemaExtensions", json, extension_members)) ||
            (error = get_schema(loader, "schemaExtensions", json, &extension.schema)) ||
            (error = scim_load_boolean(loader, "schemaExtensions", json, "required", &extension.required)) ||
            (error = check_schema(loader, type, extension.schema)))
            return error;
        if (scim_type_schema(type, extension.schema->id, strlen(extension.schema->id)))
            return scim_load_complain(loader, "schemaExtensions", "\"%s\" occurs twice", extension.schema->id);
        APR_ARRAY_PUSH(type->extensions, scim_extension_t) = extension;
    }
    return NULL;
}

static scim_error_t *read_endpoint(const scim_loader_t *loader, json_object *json, scim_resource_type_t *type)
{
    scim_error_t *error = scim_load_string(loader, "", json, "endpoint", &type->endpoint);
    if (error)
        return error;
    if (*type->endpoint == '/')
        type->endpoint++;
    for (const char *c = type->endpoint; *c; c++) {
        if (!apr_isalnum(*c) && !strchr("-_", *c))
            return scim_load_complain(loader, "endpoint", "letters, digits, - and _ are allowed after the slash");
    }
    if (!*type->endpoint || scim_load_listed(reserved_endpoints, type->endpoint))
        return scim_load_complain(loader, "endpoint", "\"%s\" cannot be a resource type's", type->endpoint);
    if (scim_schemas_endpoint(loader->out, type->endpoint, strlen(type->endpoint)))
        return scim_load_complain(loader, "endpoint", "there is another resource type at \"%s\"", type->endpoint);
    return NULL;
}

static const scim_attr_t *find_list(const scim_schema_t *schema, const char *name)
{
    const scim_attr_t *attr = scim_schema_attr(schema, name, strlen(name));
    return attr && attr->multi_valued && attr->type == SCIM_COMPLEX ? attr : NULL;
}

/* The name is used in paths, logs and every resource's meta; the id, if there is one, must be equal. */
static scim_error_t *read_type_name(const scim_loader_t *loader, json_object *json, const char **name)
{
    const char *id = "";
    scim_error_t *error = scim_load_string(loader, "", json, "name", name);
    if (error)
        return error;
    for (const char *c = *name; *c; c++) {
        if (!apr_isalnum(*c))
            return scim_load_complain(loader, "name", "letters and digits are allowed, not \"%s\"", *name);
    }
    if (!json_object_object_get(json, "id"))
        return NULL;
    if ((error = scim_load_string(loader, "", json, "id", &id)))
        return error;
    return strcmp(id, *name) == 0 ? NULL : scim_load_complain(loader, "id", "it must be the name, \"%s\"", *name);
}

/* Reads and removes the members that are for the server only. */
static scim_error_t *read_kind(const scim_loader_t *loader, json_object *json, scim_resource_type_t *type)
{
    scim_error_t *error = NULL;
    type->stored = type->name;
    if (json_object_object_get_ex(json, READ_ONLY, NULL))
        error = scim_load_boolean(loader, "", json, READ_ONLY, &type->read_only);
    if (!error && json_object_object_get_ex(json, VIEW_OF, NULL)) {
        error = scim_load_string(loader, "", json, VIEW_OF, &type->stored);
        type->stored = apr_pstrdup(loader->pool, type->stored);
        type->read_only = 1;
    }
    json_object_object_del(json, READ_ONLY);
    json_object_object_del(json, VIEW_OF);
    return error;
}

static scim_error_t *bind_type(scim_loader_t *loader, json_object *json)
{
    scim_resource_type_t *type = apr_pcalloc(loader->pool, sizeof(*type));
    scim_error_t *error;
    type->common = loader->common;
    type->all = loader->out;
    type->json = json;
    type->extensions = apr_array_make(loader->pool, 2, sizeof(scim_extension_t));
    if ((error = scim_load_members(loader, "", json, type_members)) ||
        (error = read_type_name(loader, json, &type->name)) || (error = read_kind(loader, json, type)) ||
        (error = read_endpoint(loader, json, type)) || (error = get_schema(loader, "", json, &type->schema)) ||
        (error = check_schema(loader, type, type->schema)) ||
        (error = read_extensions(loader, json_object_object_get(json, "schemaExtensions"), type)))
        return error;
    if (scim_schemas_type(loader->out, type->name, strlen(type->name)))
        return scim_load_complain(loader, "", "there is another resource type \"%s\"", type->name);
    scim_load_meta(json, "ResourceType");
    type->members = strcmp(type->name, TYPE_WITH_MEMBERS) == 0 ? find_list(type->schema, "members") : NULL;
    type->groups = strcmp(type->name, TYPE_WITH_GROUPS) == 0 ? find_list(type->schema, "groups") : NULL;
    if (type->groups && type->groups->mutability != SCIM_READ_ONLY)
        type->groups = NULL;
    type->roles = strcmp(type->name, TYPE_WITH_GROUPS) == 0 ? find_list(type->schema, "roles") : NULL;
    type->entitlements = strcmp(type->name, TYPE_WITH_GROUPS) == 0 ? find_list(type->schema, "entitlements") : NULL;
    APR_ARRAY_PUSH(loader->types, scim_resource_type_t *) = type;
    APR_ARRAY_PUSH(loader->out->types, const scim_resource_type_t *) = type;
    return NULL;
}

/* A ResourceType without endpoint and schema adds extensions to the type with its name. */
static int is_addition(json_object *json)
{
    return !json_object_object_get_ex(json, "endpoint", NULL) && !json_object_object_get_ex(json, "schema", NULL);
}

static scim_resource_type_t *find_type(const scim_loader_t *loader, const char *name)
{
    for (int i = 0; i < loader->types->nelts; i++) {
        scim_resource_type_t *type = APR_ARRAY_IDX(loader->types, i, scim_resource_type_t *);
        if (strcmp(type->name, name) == 0)
            return type;
    }
    return NULL;
}

/* Adds the extensions to the type's document, which clients see. */
static void list_extensions(scim_resource_type_t *type, json_object *added)
{
    json_object *list = json_object_object_get(type->json, "schemaExtensions");
    if (!list) {
        list = json_object_new_array();
        json_object_object_add(type->json, "schemaExtensions", list);
    }
    for (size_t i = 0; i < json_object_array_length(added); i++)
        json_object_array_add(list, json_object_get(json_object_array_get_idx(added, i)));
}

static scim_error_t *extend_type(const scim_loader_t *loader, json_object *json)
{
    const char *name = "";
    json_object *added = json_object_object_get(json, "schemaExtensions");
    scim_error_t *error = scim_load_members(loader, "", json, type_members);
    if (error || (error = read_type_name(loader, json, &name)))
        return error;
    scim_resource_type_t *type = find_type(loader, name);
    if (!added)
        return scim_load_complain(
            loader, "",
            "\"endpoint\" and \"schema\" are missing, or \"schemaExtensions\" of an existing resource type");
    if (!type)
        return scim_load_complain(loader, "", "there is no resource type \"%s\" to add extensions to", name);
    if ((error = read_extensions(loader, added, type)))
        return error;
    list_extensions(type, added);
    return NULL;
}

/* Each reference must name a resource type, or be "external" or "uri" (RFC 7643 7). */
static scim_error_t *check_references(const scim_loader_t *loader, const apr_array_header_t *attrs)
{
    for (int i = 0; attrs && i < attrs->nelts; i++) {
        const scim_attr_t *attr = APR_ARRAY_IDX(attrs, i, const scim_attr_t *);
        const apr_array_header_t *names = attr->reference_types;
        for (int j = 0; names && j < names->nelts; j++) {
            const char *name = APR_ARRAY_IDX(names, j, const char *);
            if (strcmp(name, "external") != 0 && strcmp(name, "uri") != 0 &&
                !scim_schemas_type(loader->out, name, strlen(name)))
                return complain_attr(loader, attr,
                                     apr_psprintf(loader->pool, "there is no resource type \"%s\"", name));
        }
        scim_error_t *error = check_references(loader, attr->subs);
        if (error)
            return error;
    }
    return NULL;
}

/* A view must show a type that is stored and read-only; otherwise it would show resources that clients may not see. */
static scim_error_t *check_view(const scim_loader_t *loader, const scim_resource_type_t *type)
{
    const scim_resource_type_t *of = find_type(loader, type->stored);
    if (of == type || (of && of->read_only && strcmp(of->stored, of->name) == 0))
        return NULL;
    return scim_load_complain(loader, VIEW_OF, "there is no read-only resource type \"%s\"", type->stored);
}

static scim_error_t *bind_waiting(scim_loader_t *loader, int additions)
{
    scim_error_t *error = NULL;
    for (int i = 0; !error && i < loader->waiting->nelts; i++) {
        const scim_waiting_t *waiting = &APR_ARRAY_IDX(loader->waiting, i, scim_waiting_t);
        loader->file = waiting->file;
        if (is_addition(waiting->json) == additions)
            error = additions ? extend_type(loader, waiting->json) : bind_type(loader, waiting->json);
    }
    return error;
}

scim_error_t *scim_load_types(scim_loader_t *loader)
{
    scim_error_t *error = bind_waiting(loader, 0);
    if (!error)
        error = bind_waiting(loader, 1);
    for (int i = 0; !error && i < loader->types->nelts; i++) {
        scim_resource_type_t *type = APR_ARRAY_IDX(loader->types, i, scim_resource_type_t *);
        type->plain = scim_type_is_plain(type);
        error = check_view(loader, type);
        if (!type->read_only)
            APR_ARRAY_PUSH(loader->out->root, const scim_resource_type_t *) = type;
    }
    if (!error && !loader->out->root->nelts)
        loader->out->root = loader->out->types;
    for (int i = 0; !error && i < loader->out->schemas->nelts; i++) {
        const scim_schema_t *schema = APR_ARRAY_IDX(loader->out->schemas, i, const scim_schema_t *);
        error = check_references(loader, schema->attrs);
    }
    return error;
}
