/*
 * /ServiceProviderConfig, /Schemas and /ResourceTypes.
 */
#include "discovery.h"

#include <apr_strings.h>
#include <string.h>

#include "json.h"
#include "render.h"

static void add_string(scim_buf_t *out, const char *text)
{
    scim_buf_json(out, text, strlen(text));
}

static void add_meta(scim_buf_t *out, const char *resource_type, const char *base, const char *path)
{
    scim_buf_puts(out, "\"meta\":{\"resourceType\":");
    add_string(out, resource_type);
    scim_buf_puts(out, ",\"location\":");
    add_string(out, apr_pstrcat(out->pool, base, path, NULL));
    scim_buf_puts(out, "}");
}

/* Whether an attribute in a schema's document is never stored. */
static int is_dropped(json_object *attribute)
{
    const char *mutability = json_object_get_string(json_object_object_get(attribute, "mutability"));
    const char *returned = json_object_get_string(json_object_object_get(attribute, "returned"));

    return mutability && returned && !strcmp(mutability, "writeOnly") && !strcmp(returned, "never");
}

static void add_kept(scim_buf_t *out, json_object *attributes)
{
    const char *between = "[";
    size_t i;

    for (i = 0; i < json_object_array_length(attributes); i++) {
        json_object *attribute = json_object_array_get_idx(attributes, i);

        if (is_dropped(attribute))
            continue;
        scim_buf_puts(out, between);
        scim_buf_puts(out, scim_json_text(attribute, NULL, out->pool));
        between = ",";
    }
    scim_buf_puts(out, *between == '[' ? "[]" : "]");
}

/* Adds a document of a schema file, with `meta` of this server. Without `all`, a schema's attributes that are never
 * stored are left out. */
static void add_document(scim_buf_t *out, json_object *document, int all, const char *resource_type, const char *base,
                         const char *path)
{
    scim_buf_puts(out, "{");
    json_object_object_foreach(document, key, value)
    {
        if (!strcmp(key, "meta"))
            continue;
        add_string(out, key);
        scim_buf_puts(out, ":");
        if (!all && !strcmp(key, "attributes"))
            add_kept(out, value);
        else
            scim_buf_puts(out, scim_json_text(value, NULL, out->pool));
        scim_buf_puts(out, ",");
    }
    add_meta(out, resource_type, base, path);
    scim_buf_puts(out, "}");
}

static void add_schema(scim_buf_t *out, const scim_schema_t *schema, int all, const char *base)
{
    add_document(out, schema->json, all, "Schema", base, apr_pstrcat(out->pool, "/Schemas/", schema->id, NULL));
}

static void add_type(scim_buf_t *out, const scim_resource_type_t *type, const char *base)
{
    add_document(out, type->json, 1, "ResourceType", base, apr_pstrcat(out->pool, "/ResourceTypes/", type->name, NULL));
}

/* Features that the server lacks are listed too, because strict clients (authentik, SailPoint) expect every member. */
void scim_discovery_config(scim_buf_t *out, const scim_provider_t *provider, const char *base)
{
    scim_buf_puts(out, "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig\"],");
    if (provider->documentation_uri) {
        scim_buf_puts(out, "\"documentationUri\":");
        add_string(out, provider->documentation_uri);
        scim_buf_puts(out, ",");
    }
    scim_buf_printf(out,
                    "\"patch\":{\"supported\":true},"
                    "\"bulk\":{\"supported\":true,\"maxOperations\":%d,\"maxPayloadSize\":%" APR_OFF_T_FMT "},"
                    "\"filter\":{\"supported\":true,\"maxResults\":%d},"
                    "\"changePassword\":{\"supported\":false},"
                    "\"sort\":{\"supported\":true},"
                    "\"etag\":{\"supported\":true},"
                    "\"pagination\":{\"cursor\":true,\"index\":true,\"defaultPaginationMethod\":\"index\","
                    "\"defaultPageSize\":%d,\"maxPageSize\":%d,\"cursorTimeout\":%d},",
                    provider->bulk_operations, provider->bulk_bytes, provider->page_maximum, provider->page_default,
                    provider->page_maximum, provider->cursor_timeout);
    scim_buf_puts(out, "\"authenticationSchemes\":[{\"type\":\"oauthbearertoken\",\"name\":\"OAuth Bearer Token\","
                       "\"description\":\"A bearer token in the Authorization header, issued by the operator\","
                       "\"specUri\":\"https://www.rfc-editor.org/info/rfc6750\",\"primary\":true},"
                       "{\"type\":\"oauth2\",\"name\":\"OAuth 2.0 Client Credentials\",\"description\":");
    add_string(out, apr_pstrcat(out->pool, "Key id and text of a token are client id and secret at ", base,
                                "/oauth2/token", NULL));
    scim_buf_puts(out, ",\"specUri\":\"https://www.rfc-editor.org/info/rfc6749\",\"primary\":false}],");
    if (provider->interop)
        scim_buf_puts(out, "\"interopProfileConformant\":true,");
    add_meta(out, "ServiceProviderConfig", base, "/ServiceProviderConfig");
    scim_buf_puts(out, "}");
}

static void add_list_head(scim_buf_t *out, int count)
{
    scim_buf_printf(out,
                    "{\"schemas\":[\"" SCIM_URN_LIST "\"],\"totalResults\":%d,\"startIndex\":1,"
                    "\"itemsPerPage\":%d,\"Resources\":[",
                    count, count);
}

void scim_discovery_schemas(scim_buf_t *out, const scim_schemas_t *schemas, int all, const char *base)
{
    int i;

    add_list_head(out, schemas->schemas->nelts);
    for (i = 0; i < schemas->schemas->nelts; i++) {
        if (i)
            scim_buf_puts(out, ",");
        add_schema(out, APR_ARRAY_IDX(schemas->schemas, i, const scim_schema_t *), all, base);
    }
    scim_buf_puts(out, "]}");
}

int scim_discovery_schema(scim_buf_t *out, const scim_schemas_t *schemas, const char *id, int all, const char *base)
{
    const scim_schema_t *schema = scim_schemas_find(schemas, id, strlen(id));

    if (!schema || !schema->served)
        return 0;
    add_schema(out, schema, all, base);
    return 1;
}

void scim_discovery_types(scim_buf_t *out, const scim_schemas_t *schemas, const char *base)
{
    int i;

    add_list_head(out, schemas->types->nelts);
    for (i = 0; i < schemas->types->nelts; i++) {
        if (i)
            scim_buf_puts(out, ",");
        add_type(out, APR_ARRAY_IDX(schemas->types, i, const scim_resource_type_t *), base);
    }
    scim_buf_puts(out, "]}");
}

int scim_discovery_type(scim_buf_t *out, const scim_schemas_t *schemas, const char *id, const char *base)
{
    const scim_resource_type_t *type = scim_schemas_type(schemas, id, strlen(id));

    if (!type)
        return 0;
    add_type(out, type, base);
    return 1;
}
