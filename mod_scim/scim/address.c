#include "address.h"

#include <apr_strings.h>
#include <string.h>
#include <strings.h>

/* The endpoints that are not resource types (RFC 7644 3.2), and the wrong names that clients use for them. */
static const struct {
    const char *name, *right;
    int has_ids; /* an id may follow, even one with the name of an endpoint */
} endpoints[] = {
    {"ServiceProviderConfig", "ServiceProviderConfig", 0},
    {"ServiceProviderConfigs", "ServiceProviderConfig", 0}, /* SCIM 1.1 */
    {"Schemas", "Schemas", 1},
    {"Schema", "Schemas", 1},
    {"ResourceTypes", "ResourceTypes", 1},
    {"ResourceType", "ResourceTypes", 1},
    {"Me", "Me", 0},
    {"Bulk", "Bulk", 0},
    {".search", ".search", 0},
};

static int is_name(const char *text, apr_size_t len, const char *name)
{
    return strlen(name) == len && strncasecmp(text, name, len) == 0;
}

/* The correct name of the endpoint that a segment names; NULL: none. *has_ids: the ids behind it are not those of
 * resources. */
static const char *endpoint_of(const char *text, apr_size_t len, const scim_schemas_t *schemas, int *has_ids)
{
    *has_ids = 0;
    for (apr_size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {
        if (is_name(text, len, endpoints[i].name)) {
            *has_ids = endpoints[i].has_ids;
            return endpoints[i].right;
        }
    }
    for (int i = 0; i < schemas->types->nelts; i++) {
        const scim_resource_type_t *type = APR_ARRAY_IDX(schemas->types, i, const scim_resource_type_t *);
        if (is_name(text, len, type->endpoint) || is_name(text, len, type->name))
            return type->endpoint;
    }
    return NULL;
}

int scim_address_is_endpoint(const char *text, apr_size_t len, const scim_schemas_t *schemas)
{
    int has_ids;
    return endpoint_of(text, len, schemas, &has_ids) != NULL;
}

const char *scim_address_right(const char *path, const scim_schemas_t *schemas, apr_pool_t *pool)
{
    const char *right = NULL, *at = path, *rest = "";
    int has_ids = 0;
    for (apr_size_t len; *at && !has_ids; at += len + (at[len] == '/')) {
        len = strcspn(at, "/");
        const char *endpoint = endpoint_of(at, len, schemas, &has_ids);
        if (endpoint) {
            /* .search comes after the endpoint that it searches. */
            right = right && *endpoint == '.' ? apr_pstrcat(pool, right, "/", endpoint, NULL) : endpoint;
            rest = at + len;
        }
    }
    if (!right)
        return NULL;
    right = apr_pstrcat(pool, right, rest, NULL);
    return strcmp(right, path) == 0 ? NULL : right;
}

apr_size_t scim_address_split(const char *text, const scim_schemas_t *schemas)
{
    for (apr_size_t at = 1; text[at]; at++) {
        if (scim_address_is_endpoint(text + at, strlen(text + at), schemas))
            return at;
    }
    return 0;
}
