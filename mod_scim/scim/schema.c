#include "schema.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_LENGTH 256 /* longer than any name or URN that a schema may have */

/* Finds a name, ignoring case; all tables here have lower-case keys. */
static const void *find_lower(apr_hash_t *table, const char *name, apr_size_t len)
{
    char key[NAME_MAX_LENGTH];
    if (!table || len >= sizeof(key))
        return NULL;
    for (apr_size_t i = 0; i < len; i++)
        key[i] = (char)apr_tolower(name[i]);
    return apr_hash_get(table, key, (apr_ssize_t)len);
}

static int equal_nocase(const char *known, const char *text, apr_size_t len)
{
    return strlen(known) == len && strncasecmp(known, text, len) == 0;
}

const scim_schema_t *scim_schemas_find(const scim_schemas_t *schemas, const char *urn, apr_size_t len)
{
    return find_lower(schemas->by_urn, urn, len);
}

const scim_resource_type_t *scim_schemas_endpoint(const scim_schemas_t *schemas, const char *endpoint, apr_size_t len)
{
    for (int i = 0; i < schemas->types->nelts; i++) {
        const scim_resource_type_t *type = APR_ARRAY_IDX(schemas->types, i, const scim_resource_type_t *);
        if (strlen(type->endpoint) == len && memcmp(type->endpoint, endpoint, len) == 0)
            return type;
    }
    return NULL;
}

const scim_resource_type_t *scim_schemas_type(const scim_schemas_t *schemas, const char *name, apr_size_t len)
{
    for (int i = 0; i < schemas->types->nelts; i++) {
        const scim_resource_type_t *type = APR_ARRAY_IDX(schemas->types, i, const scim_resource_type_t *);
        if (equal_nocase(type->name, name, len))
            return type;
    }
    return NULL;
}

int scim_schemas_name(const scim_schemas_t *schemas, const char *name, apr_size_t len)
{
    return find_lower(schemas->names, name, len) != NULL;
}

const scim_attr_t *scim_schema_attr(const scim_schema_t *schema, const char *name, apr_size_t len)
{
    return find_lower(schema->attrs_by_key, name, len);
}

const scim_attr_t *scim_attr_sub(const scim_attr_t *attr, const char *name, apr_size_t len)
{
    return find_lower(attr->subs_by_key, name, len);
}

const scim_schema_t *scim_type_schema(const scim_resource_type_t *type, const char *urn, apr_size_t len)
{
    if (equal_nocase(type->schema->id, urn, len))
        return type->schema;
    for (int i = 0; i < type->extensions->nelts; i++) {
        const scim_schema_t *schema = APR_ARRAY_IDX(type->extensions, i, scim_extension_t).schema;
        if (equal_nocase(schema->id, urn, len))
            return schema;
    }
    return NULL;
}

const scim_attr_t *scim_type_attr(const scim_resource_type_t *type, const char *name, apr_size_t len)
{
    const scim_attr_t *attr = scim_schema_attr(type->schema, name, len);
    return attr ? attr : scim_schema_attr(type->common, name, len);
}

int scim_type_extends(const scim_resource_type_t *type, const scim_attr_t *attr)
{
    return attr->schema != type->schema && attr->schema != type->common;
}
