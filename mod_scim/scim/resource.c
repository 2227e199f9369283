/*
 * Bodies of POST and PUT made into documents (RFC 7644 3.3, 3.5.1), and what keeps a document whole after a change.
 */
#include "resource.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <string.h>

#include "json.h"
#include "path.h"
#include "same.h"
#include "text.h"

#define QUOTE_MAX 200

typedef struct body_t {
    scim_resource_t *resource;
    const scim_resource_type_t *type;
    apr_hash_t *seen;   /* attributes and schemas that were met, by address */
    apr_hash_t *listed; /* what `schemas` lists: const scim_schema_t * by its id */
    scim_leniency_t *leniency;
    apr_pool_t *pool;
} body_t;

/* URNs of other people's schemas that clients list beside the right one, and of which they send no attribute. */
static const char *const harmless[] = {
    "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group", /* Entra ID */
    "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/User",
};

static int is_harmless(const body_t *body, const char *urn)
{
    size_t i;

    for (i = 0; i < sizeof(harmless) / sizeof(*harmless); i++) {
        if (!strcasecmp(harmless[i], urn))
            return scim_lenient(body->leniency, SCIM_LENIENT_URN_SLIP);
    }
    return 0;
}

static const scim_schema_t *find_schema(const body_t *body, const char *urn)
{
    return scim_path_schema(urn, strlen(urn), body->type, body->leniency);
}

/* Whether this attribute or schema is met for the first time in the body. */
static int first_time(body_t *body, const void *what)
{
    const void **key = apr_palloc(body->pool, sizeof(*key));

    *key = what;
    if (apr_hash_get(body->seen, key, sizeof(*key)))
        return 0;
    apr_hash_set(body->seen, key, sizeof(*key), what);
    return 1;
}

static scim_error_t *given_twice(const body_t *body, const char *name)
{
    return scim_error_typed(body->pool, SCIM_INVALID_SYNTAX, "%s is given twice, in different spellings of one name.",
                            name);
}

/* What no schema of the type has is ignored. */
static scim_error_t *unknown(const body_t *body)
{
    scim_lenient_note(body->leniency, SCIM_NOTED_UNKNOWN_ATTRIBUTE);
    return NULL;
}

/* The client's text, cut for a detail. */
static const char *clipped(const char *text, apr_pool_t *pool)
{
    apr_size_t len = strlen(text);

    return len <= QUOTE_MAX ? text : apr_psprintf(pool, "%.*s...", (int)scim_utf8_valid(text, QUOTE_MAX), text);
}

static scim_error_t *list_schema(body_t *body, json_object *item)
{
    const scim_schema_t *schema;

    if (!json_object_is_type(item, json_type_string))
        return scim_error_typed(body->pool, SCIM_INVALID_VALUE, "schemas must be a list of URNs, which are strings.");
    schema = find_schema(body, json_object_get_string(item));
    if (!schema && is_harmless(body, json_object_get_string(item)))
        return NULL;
    if (!schema)
        return scim_error_typed(body->pool, SCIM_INVALID_SYNTAX,
                                "schemas lists \"%s\", which the resource type %s does not have.",
                                clipped(json_object_get_string(item), body->pool), body->type->name);
    apr_hash_set(body->listed, schema->id, APR_HASH_KEY_STRING, schema);
    return NULL;
}

static scim_error_t *read_schemas(body_t *body, json_object *value)
{
    scim_error_t *error = NULL;
    size_t i;

    if (!value)
        return NULL;
    if (json_object_is_type(value, json_type_string) && scim_lenient(body->leniency, SCIM_LENIENT_OBJECT_FOR_ARRAY))
        return list_schema(body, value);
    if (!json_object_is_type(value, json_type_array))
        return scim_error_typed(body->pool, SCIM_INVALID_SYNTAX, "schemas must be a list of URNs.");
    for (i = 0; !error && i < json_object_array_length(value); i++)
        error = list_schema(body, json_object_array_get_idx(value, i));
    return error;
}

static scim_error_t *read_attr(body_t *body, json_object *target, const scim_attr_t *attr, const char *name,
                               json_object *value)
{
    json_object *read;
    scim_error_t *error;

    if (!first_time(body, attr))
        return given_twice(body, name);
    if (attr->mutability == SCIM_READ_ONLY)
        return NULL;
    body->resource->roles |= attr == body->type->roles;
    if (attr == body->type->members)
        return scim_members_read(&body->resource->members, value, attr, body->leniency, body->pool);
    error = scim_value_read(&read, value, attr, name, body->leniency, body->pool);
    if (!error && read && scim_attr_stored(attr))
        json_object_object_add(target, attr->name, json_object_get(read));
    return error;
}

/* The object in the document that holds a schema's attributes. */
static json_object *container(json_object *doc, const scim_schema_t *schema, const scim_resource_type_t *type)
{
    json_object *object;

    if (schema == type->schema)
        return doc;
    if (!json_object_object_get_ex(doc, schema->id, &object)) {
        object = json_object_new_object();
        json_object_object_add(doc, schema->id, object);
    }
    return object;
}

static scim_error_t *read_extension(body_t *body, const scim_schema_t *schema, const char *name, json_object *value)
{
    json_object *target;

    if (schema == body->type->schema)
        return scim_error_typed(body->pool, SCIM_INVALID_SYNTAX,
                                "%s is the base schema: its attributes stand at the top level, not in an object.",
                                name);
    if (!first_time(body, schema))
        return given_twice(body, name);
    if (!value || scim_value_empty_string(value, body->leniency))
        return NULL;
    if (!json_object_is_type(value, json_type_object))
        return scim_error_typed(body->pool, SCIM_INVALID_VALUE, "%s must be an object that holds attributes.", name);
    target = container(body->resource->doc, schema, body->type);
    json_object_object_foreach(value, key, item)
    {
        const scim_attr_t *attr = scim_schema_attr(schema, key, strlen(key));
        scim_error_t *error =
            attr ? read_attr(body, target, attr, apr_pstrcat(body->pool, name, ":", key, NULL), item) : unknown(body);

        if (error)
            return error;
    }
    return NULL;
}

/* A key with a colon is a schema's URN or, from Entra ID, an attribute's with its schema's before it. */
static scim_error_t *read_urn_key(body_t *body, const char *key, json_object *value)
{
    const scim_schema_t *schema = find_schema(body, key);
    const char *name = strrchr(key, ':') + 1;
    const scim_attr_t *attr;

    if (schema)
        return read_extension(body, schema, key, value);
    schema = find_schema(body, apr_pstrmemdup(body->pool, key, (apr_size_t)(name - key) - 1));
    if (!schema || !scim_lenient(body->leniency, SCIM_LENIENT_URN_KEY))
        return scim_error_typed(body->pool, SCIM_INVALID_SYNTAX,
                                "\"%s\" is of a schema that the resource type %s does not have.",
                                clipped(key, body->pool), body->type->name);
    attr = scim_schema_attr(schema, name, strlen(name));
    if (!attr)
        return unknown(body);
    return read_attr(body, container(body->resource->doc, schema, body->type), attr, key, value);
}

static scim_error_t *read_key(body_t *body, const char *key, json_object *value)
{
    const scim_attr_t *attr;

    if (strchr(key, ':'))
        return read_urn_key(body, key, value);
    attr = scim_type_attr(body->type, key, strlen(key));
    if (!attr)
        return unknown(body);
    if (strcmp(attr->key, "schemas"))
        return read_attr(body, body->resource->doc, attr, key, value);
    return first_time(body, attr) ? read_schemas(body, value) : given_twice(body, key);
}

/* Whether `schemas` lists what the body uses (RFC 7643 3). */
static scim_error_t *check_listed(const body_t *body)
{
    const scim_schema_t *base = body->type->schema;
    int i;

    if (!apr_hash_count(body->listed)) {
        if (scim_lenient(body->leniency, SCIM_LENIENT_NO_SCHEMAS))
            return NULL;
        return scim_error_typed(body->pool, SCIM_INVALID_SYNTAX, "schemas is required and must list \"%s\".", base->id);
    }
    if (!apr_hash_get(body->listed, base->id, APR_HASH_KEY_STRING) &&
        !scim_lenient(body->leniency, SCIM_LENIENT_NO_SCHEMAS))
        return scim_error_typed(body->pool, SCIM_INVALID_VALUE, "schemas must list \"%s\".", base->id);
    for (i = 0; i < body->type->extensions->nelts; i++) {
        const char *urn = APR_ARRAY_IDX(body->type->extensions, i, scim_extension_t).schema->id;
        json_object *extension;

        if (json_object_object_get_ex(body->resource->doc, urn, &extension) && json_object_object_length(extension) &&
            !apr_hash_get(body->listed, urn, APR_HASH_KEY_STRING) &&
            !scim_lenient(body->leniency, SCIM_LENIENT_UNLISTED_EXTENSION))
            return scim_error_typed(body->pool, SCIM_INVALID_VALUE,
                                    "schemas must list \"%s\", of which the resource has attributes.", urn);
    }
    return NULL;
}

scim_error_t *scim_resource_read(scim_resource_t **out, json_object *object, const scim_resource_type_t *type,
                                 scim_leniency_t *leniency, apr_pool_t *pool)
{
    scim_resource_t *resource = apr_pcalloc(pool, sizeof(*resource));
    body_t body = {resource, type, apr_hash_make(pool), apr_hash_make(pool), leniency, pool};
    scim_error_t *error;

    resource->type = type;
    resource->doc = scim_json_own(json_object_new_object(), pool);
    *out = resource;
    json_object_object_foreach(object, key, value)
    {
        error = read_key(&body, key, value);
        if (error)
            return error;
    }
    error = check_listed(&body);
    return error ? error : scim_resource_seal(resource->doc, type, pool);
}

/* A member that is text and not blank, else "". */
static const char *get_text(json_object *object, const char *name)
{
    json_object *value = object ? json_object_object_get(object, name) : NULL;
    const char *text = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";

    return scim_text_blank(text) ? "" : text;
}

const char *scim_display_name(json_object *doc, apr_pool_t *pool)
{
    json_object *name = json_object_object_get(doc, "name");
    const char *given = get_text(name, "givenName"), *family = get_text(name, "familyName");
    const char *candidates[] = {get_text(name, "formatted"),
                                apr_pstrcat(pool, given, *given && *family ? " " : "", family, NULL),
                                get_text(doc, "userName")};

    for (size_t i = 0; i < sizeof(candidates) / sizeof(*candidates); i++) {
        if (*candidates[i] && strlen(candidates[i]) <= SCIM_LOOKUP_MAX)
            return candidates[i];
    }
    return NULL;
}

/* Whether resources of the type have a displayName that may be derived: those that are users. */
static int derives_name(const scim_schema_t *schema)
{
    return scim_schema_attr(schema, "userName", strlen("userName")) &&
           scim_schema_attr(schema, "displayName", strlen("displayName"));
}

/* Gives a user a displayName where it has none. */
static void default_display_name(json_object *doc, const scim_schema_t *schema, apr_pool_t *pool)
{
    const char *name;

    if (!derives_name(schema) || json_object_object_get_ex(doc, "displayName", NULL))
        return;
    name = scim_display_name(doc, pool);
    if (name)
        json_object_object_add(doc, "displayName", json_object_new_string(name));
}

void scim_resource_follow_name(json_object *doc, json_object *before, int told, const scim_resource_type_t *type,
                               apr_pool_t *pool)
{
    const char *derived = scim_display_name(before, pool);
    json_object *was = json_object_object_get(before, "displayName");

    if (told || !was || !derived || !derives_name(type->schema) || strcmp(json_object_get_string(was), derived) != 0)
        return;
    json_object_object_del(doc, "displayName");
    default_display_name(doc, type->schema, pool);
}

int scim_attr_defaults(const scim_attr_t *attr, const scim_resource_type_t *type)
{
    return attr && attr->schema == type->schema && !attr->parent && attr->type == SCIM_BOOLEAN && !attr->multi_valued &&
           !attr->required && !strcmp(attr->key, "active");
}

/* Gives `active` a value where it has none: the one of `stored`, which may be NULL, else its default. */
static void default_active(json_object *doc, json_object *stored, const scim_resource_type_t *type)
{
    const scim_attr_t *active = scim_schema_attr(type->schema, "active", strlen("active"));
    json_object *was = stored && active ? json_object_object_get(stored, active->name) : NULL;

    if (scim_attr_defaults(active, type) && !json_object_object_get_ex(doc, active->name, NULL))
        json_object_object_add(doc, active->name, json_object_new_boolean(!was || json_object_get_boolean(was)));
}

int scim_resource_inactive(json_object *doc, const scim_resource_type_t *type)
{
    const scim_attr_t *active = scim_schema_attr(type->schema, "active", strlen("active"));
    json_object *value;

    return scim_attr_defaults(active, type) && json_object_object_get_ex(doc, active->name, &value) &&
           !json_object_get_boolean(value);
}

void scim_resource_default(scim_resource_t *resource, apr_pool_t *pool)
{
    default_active(resource->doc, NULL, resource->type);
    default_display_name(resource->doc, resource->type->schema, pool);
}

/* Holds immutable attributes to their stored values. One that the body leaves out is kept: it was not asserted.
 * Elements of a list are replaced as wholes, so theirs are not looked at. */
static scim_error_t *hold_immutable(json_object *next, json_object *stored, const apr_array_header_t *attrs,
                                    const char *prefix, apr_pool_t *pool)
{
    int i;

    for (i = 0; i < attrs->nelts; i++) {
        const scim_attr_t *attr = APR_ARRAY_IDX(attrs, i, const scim_attr_t *);
        json_object *was, *now = NULL;
        scim_error_t *error = NULL;

        if (!json_object_object_get_ex(stored, attr->name, &was) || !was)
            continue;
        json_object_object_get_ex(next, attr->name, &now);
        if (attr->mutability == SCIM_IMMUTABLE) {
            if (now && !scim_same_value(was, now, attr, pool))
                return scim_error_typed(pool, SCIM_MUTABILITY, "%s%s is immutable and has another value already.",
                                        prefix, attr->name);
            json_object_object_add(next, attr->name, json_object_get(scim_json_copy(was, pool)));
        } else if (now && attr->type == SCIM_COMPLEX && !attr->multi_valued) {
            error = hold_immutable(now, was, attr->subs, apr_pstrcat(pool, prefix, attr->name, ".", NULL), pool);
        }
        if (error)
            return error;
    }
    return NULL;
}

scim_error_t *scim_resource_replace(scim_resource_t *resource, json_object *stored, apr_pool_t *pool)
{
    const scim_resource_type_t *type = resource->type;
    json_object *doc = resource->doc, *part;
    scim_error_t *error = hold_immutable(doc, stored, type->schema->attrs, "", pool);
    int i;

    for (i = 0; !error && i < type->extensions->nelts; i++) {
        const scim_schema_t *schema = APR_ARRAY_IDX(type->extensions, i, scim_extension_t).schema;

        if (json_object_object_get_ex(stored, schema->id, &part))
            error = hold_immutable(container(doc, schema, type), part, schema->attrs,
                                   apr_pstrcat(pool, schema->id, ":", NULL), pool);
    }
    if (error)
        return error;
    default_active(doc, stored, type);
    default_display_name(doc, type->schema, pool);
    return scim_resource_seal(doc, type, pool);
}

static scim_error_t *check_subs(json_object *value, const scim_attr_t *attr, const char *name, apr_pool_t *pool)
{
    size_t i;
    int s;

    if (json_object_is_type(value, json_type_array)) {
        for (i = 0; i < json_object_array_length(value); i++) {
            scim_error_t *error = check_subs(json_object_array_get_idx(value, i), attr,
                                             apr_psprintf(pool, "%s[%" APR_SIZE_T_FMT "]", name, i), pool);

            if (error)
                return error;
        }
        return NULL;
    }
    for (s = 0; s < attr->subs->nelts; s++) {
        const scim_attr_t *sub = APR_ARRAY_IDX(attr->subs, s, const scim_attr_t *);
        json_object *held = NULL;

        if (!sub->required || !scim_attr_stored(sub))
            continue;
        if (!json_object_object_get_ex(value, sub->name, &held) || !held)
            return scim_error_typed(pool, SCIM_INVALID_VALUE, "%s.%s is required.", name, sub->name);
    }
    return NULL;
}

static scim_error_t *check_required(json_object *object, const scim_schema_t *schema, const char *prefix,
                                    const scim_resource_type_t *type, apr_pool_t *pool)
{
    scim_error_t *error = NULL;
    int i;

    for (i = 0; !error && i < schema->attrs->nelts; i++) {
        const scim_attr_t *attr = APR_ARRAY_IDX(schema->attrs, i, const scim_attr_t *);
        json_object *value = NULL;

        if (!scim_attr_stored(attr) || attr == type->members)
            continue;
        json_object_object_get_ex(object, attr->name, &value);
        if (!value && attr->required)
            return scim_error_typed(pool, SCIM_INVALID_VALUE, "%s%s is required.", prefix, attr->name);
        if (value && scim_attr_requires(attr))
            error = check_subs(value, attr, apr_pstrcat(pool, prefix, attr->name, NULL), pool);
    }
    return error;
}

scim_error_t *scim_resource_seal(json_object *doc, const scim_resource_type_t *type, apr_pool_t *pool)
{
    json_object *schemas = json_object_new_array();
    scim_error_t *error;
    int i;

    json_object_object_add(doc, "schemas", schemas);
    json_object_array_add(schemas, json_object_new_string(type->schema->id));
    error = check_required(doc, type->schema, "", type, pool);
    for (i = 0; !error && i < type->extensions->nelts; i++) {
        const scim_extension_t *extension = &APR_ARRAY_IDX(type->extensions, i, scim_extension_t);
        const char *urn = extension->schema->id;
        json_object *object = NULL;

        if (json_object_object_get_ex(doc, urn, &object) && json_object_object_length(object)) {
            json_object_array_add(schemas, json_object_new_string(urn));
            error = check_required(object, extension->schema, apr_pstrcat(pool, urn, ":", NULL), type, pool);
            continue;
        }
        json_object_object_del(doc, urn);
        if (extension->required)
            error = scim_error_typed(pool, SCIM_INVALID_VALUE, "The resource type %s requires attributes of \"%s\".",
                                     type->name, urn);
    }
    return error;
}
