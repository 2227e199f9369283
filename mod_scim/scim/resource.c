/*
 * Makes documents from the bodies of POST and PUT (RFC 7644 3.3, 3.5.1), and completes a document after a change.
 */
#include "resource.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <string.h>

#include "json.h"
#include "patch.h"
#include "path.h"
#include "same.h"
#include "text.h"

#define QUOTE_MAX 200

typedef struct body_t {
    scim_resource_t *resource;
    const scim_resource_type_t *type;
    apr_hash_t *seen;   /* attributes and schemas of the body, by address */
    apr_hash_t *listed; /* the schemas in `schemas`: const scim_schema_t * by its id */
    json_object *bare;  /* attributes of extensions that lack the URN; NULL: none */
    json_object *slips; /* members whose name is a path, which is read as in a PATCH; NULL: none */
    scim_leniency_t *leniency;
    apr_pool_t *pool;
} body_t;

/* URNs of other schemas that clients list in addition to the correct one, without sending their attributes. */
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

/* Whether this is the URN of an unknown extension, which may be ignored. A text without a colon is not a URN. */
static int is_foreign(const body_t *body, const char *urn)
{
    return strchr(urn, ':') && !scim_path_is_astray(urn, body->type) && scim_lenient_foreign(body->leniency, urn);
}

static const scim_schema_t *find_schema(const body_t *body, const char *urn)
{
    return scim_path_schema(urn, strlen(urn), body->type, body->leniency);
}

static int is_met(const body_t *body, const void *what)
{
    return apr_hash_get(body->seen, &what, sizeof(what)) != NULL;
}

/* Whether the body has this attribute or schema for the first time. */
static int first_time(body_t *body, const void *what)
{
    const void **key = apr_palloc(body->pool, sizeof(*key));

    *key = what;
    if (is_met(body, what))
        return 0;
    apr_hash_set(body->seen, key, sizeof(*key), what);
    return 1;
}

static scim_error_t *given_twice(const body_t *body, const char *name)
{
    return scim_error_typed(body->pool, SCIM_INVALID_SYNTAX, "%s is given twice, in different spellings of one name.",
                            name);
}

/* The client's text, shortened for an error's detail. */
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
    if (!schema && (is_harmless(body, json_object_get_string(item)) || is_foreign(body, json_object_get_string(item))))
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

/* The object in the document that has a schema's attributes. */
static json_object *container(json_object *doc, const scim_schema_t *schema, const scim_resource_type_t *type)
{
    json_object *object;

    if (schema == type->schema || schema == type->common)
        return doc;
    if (!json_object_object_get_ex(doc, schema->id, &object)) {
        object = json_object_new_object();
        json_object_object_add(doc, schema->id, object);
    }
    return object;
}

/* An unknown attribute is always ignored, an unknown extension only if the profile allows it. */
static scim_error_t *unknown(const body_t *body, const char *name, json_object *value)
{
    apr_size_t len = strcspn(name, "[");

    if (scim_path_is_known(name, len, body->type, body->leniency)) {
        scim_lenient_ignore(body->leniency, apr_pstrmemdup(body->pool, name, len));
        return NULL;
    }
    if (!json_object_is_type(value, json_type_object))
        len = scim_path_urn_len(name, len);
    if (is_foreign(body, apr_pstrmemdup(body->pool, name, len)))
        return NULL;
    return scim_error_typed(body->pool, SCIM_INVALID_SYNTAX,
                            "\"%s\" is of a schema that the resource type %s does not have.", clipped(name, body->pool),
                            body->type->name);
}

static void keep_member(json_object **members, const char *name, json_object *value, apr_pool_t *pool)
{
    if (!*members)
        *members = scim_json_own(json_object_new_object(), pool);
    json_object_object_add(*members, name, json_object_get(value));
}

/* Stores a member whose name is a path, such as name.givenName, until the others have been read. */
static scim_error_t *keep_slip(body_t *body, const char *name, json_object *value)
{
    if (!scim_lenient(body->leniency, SCIM_LENIENT_DOTTED_KEY))
        return scim_error_typed(body->pool, SCIM_INVALID_SYNTAX,
                                "\"%s\" is a path and not an attribute's name: put the value into an object.",
                                clipped(name, body->pool));
    keep_member(&body->slips, name, value, body->pool);
    return NULL;
}

/* Reads a member by its full name. `inside`: it is in an object under its schema's URN. */
static scim_error_t *read_named(body_t *body, const char *name, int inside, json_object *value)
{
    apr_size_t len = strcspn(name, "[");
    scim_path_t path;

    if (!scim_path_resolve(&path, name, len, body->type, body->leniency) || !path.attr)
        return unknown(body, name, value);
    if (path.sub || name[len])
        return keep_slip(body, name, value);
    if (!strchr(name, ':') && scim_type_extends(body->type, path.attr)) {
        keep_member(&body->bare, name, value, body->pool);
        return NULL;
    }
    if (!inside && memchr(name, ':', len) && !scim_lenient(body->leniency, SCIM_LENIENT_URN_KEY))
        return scim_error_typed(body->pool, SCIM_INVALID_SYNTAX,
                                "\"%s\" is an attribute with its schema's URN: put it into an object under the URN.",
                                clipped(name, body->pool));
    if (path.attr->schema == body->type->common && !strcmp(path.attr->key, "schemas"))
        return first_time(body, path.attr) ? read_schemas(body, value) : given_twice(body, name);
    return read_attr(body, container(body->resource->doc, path.attr->schema, body->type), path.attr, name, value);
}

/* Reads an object under a schema's URN. For the base schema this is wrong, since its attributes belong to the top
 * level. */
static scim_error_t *read_under_urn(body_t *body, const scim_schema_t *schema, const char *name, json_object *value)
{
    int base = schema == body->type->schema;

    if (base && !scim_lenient(body->leniency, SCIM_LENIENT_URN_KEY))
        return scim_error_typed(body->pool, SCIM_INVALID_SYNTAX,
                                "%s is the base schema: its attributes belong at the top level, not in an object.",
                                name);
    if (!first_time(body, schema))
        return given_twice(body, name);
    if (!value || scim_value_empty_string(value, body->leniency))
        return NULL;
    if (!json_object_is_type(value, json_type_object))
        return scim_error_typed(body->pool, SCIM_INVALID_VALUE, "%s must be an object that holds attributes.", name);
    json_object_object_foreach(value, key, item)
    {
        const char *whole = base ? key : apr_pstrcat(body->pool, schema->id, ":", key, NULL);
        scim_error_t *error = read_named(body, whole, 1, item);

        if (error)
            return error;
    }
    return NULL;
}

static scim_error_t *read_key(body_t *body, const char *key, json_object *value)
{
    const scim_schema_t *schema = strchr(key, ':') ? find_schema(body, key) : NULL;

    return schema ? read_under_urn(body, schema, key, value) : read_named(body, key, 0, value);
}

/* Reads the attributes of extensions that lack the URN. An attribute that the extension's object has too is ignored,
 * because Entra ID sends an empty one in addition. */
static scim_error_t *read_bare(body_t *body)
{
    scim_error_t *error = NULL;
    scim_path_t path;

    if (!body->bare)
        return NULL;
    json_object_object_foreach(body->bare, name, value)
    {
        if (error || !scim_path_resolve(&path, name, strlen(name), body->type, body->leniency) ||
            is_met(body, path.attr))
            continue;
        error = read_attr(body, container(body->resource->doc, path.attr->schema, body->type), path.attr, name, value);
    }
    return error;
}

/* Applies the members whose names are paths, like `add` in a PATCH. */
static scim_error_t *apply_slips(const body_t *body)
{
    scim_leniency_t *leniency = body->leniency;
    apr_array_header_t *same;
    scim_patch_t *patch;
    scim_error_t *error;

    if (!body->slips)
        return NULL;
    error = scim_patch_read_value(&patch, body->slips, body->type, leniency, body->pool);
    if (error)
        return error;
    body->resource->roles |= patch->roles;
    if (patch->members->nelts)
        return scim_error_typed(body->pool, SCIM_INVALID_SYNTAX, "%s must be a list of members.",
                                body->type->members->name);
    return scim_patch_apply(&same, body->resource->doc, patch, leniency, body->pool);
}

/* Checks that `schemas` lists the schemas of the body's attributes (RFC 7643 3). */
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
    body_t body = {resource, type, apr_hash_make(pool), apr_hash_make(pool), NULL, NULL, leniency, pool};
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
    error = read_bare(&body);
    error = error ? error : apply_slips(&body);
    error = error ? error : check_listed(&body);
    return error ? error : scim_resource_seal(resource->doc, type, pool);
}

/* The text of a member; "": it is blank, or not a string. */
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

/* Whether the type's displayName can be derived: only for users. */
static int derives_name(const scim_schema_t *schema)
{
    return scim_schema_attr(schema, "userName", strlen("userName")) &&
           scim_schema_attr(schema, "displayName", strlen("displayName"));
}

/* Gives a user without displayName a derived one. */
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

/* If `active` is missing, sets it to the value in `stored` (may be NULL), or to its default. */
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

/* Refuses changes of immutable attributes. A missing one keeps its stored value. Elements of a list are replaced as a
 * whole, so their sub-attributes are not checked. */
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
            return scim_error_typed(pool, SCIM_INVALID_VALUE,
                                    "%s.%s is required. Map an attribute to it in the identity provider.", name,
                                    sub->name);
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
            return scim_error_typed(pool, SCIM_INVALID_VALUE,
                                    "%s%s is required. Map an attribute to it in the identity provider.", prefix,
                                    attr->name);
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
