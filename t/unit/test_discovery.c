#include "scim/discovery.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/json.h"
#include "unit.h"

#define BASE "https://scim.example.com/v2/acme"

static scim_buf_t out;

/* The written text, which must be valid JSON. */
static json_object *answer(void)
{
    json_object *object = NULL;

    UNIT_OK(scim_json_read(&object, out.data, out.len, 16, unit_pool));
    return object;
}

static void start(void)
{
    scim_buf_init(&out, 16, unit_pool);
}

static void config(void)
{
    scim_provider_t provider = {
        .page_default = 50, .page_maximum = 200, .cursor_timeout = 600, .bulk_operations = 70, .bulk_bytes = 4096};

    start();
    scim_discovery_config(&out, &provider, BASE);
    UNIT_JSON(answer(),
              "{'schemas':['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],'patch':{'supported':true},"
              "'bulk':{'supported':true,'maxOperations':70,'maxPayloadSize':4096},"
              "'filter':{'supported':true,'maxResults':200},'changePassword':{'supported':false},"
              "'sort':{'supported':true},'etag':{'supported':true},"
              "'pagination':{'cursor':true,'index':true,'defaultPaginationMethod':'index','defaultPageSize':50,"
              "'maxPageSize':200,'cursorTimeout':600},"
              "'authenticationSchemes':[{'type':'oauthbearertoken','name':'OAuth Bearer Token',"
              "'description':'A bearer token in the Authorization header, issued by the operator',"
              "'specUri':'https://www.rfc-editor.org/info/rfc6750','primary':true},"
              "{'type':'oauth2','name':'OAuth 2.0 Client Credentials',"
              "'description':'Key id and text of a token are client id and secret at " BASE "/oauth2/token',"
              "'specUri':'https://www.rfc-editor.org/info/rfc6749','primary':false}],"
              "'meta':{'resourceType':'ServiceProviderConfig','location':'" BASE "/ServiceProviderConfig'}}");
    provider.documentation_uri = "https://example.com/\"docs\"";
    start();
    scim_discovery_config(&out, &provider, BASE);
    UNIT_STR(json_object_get_string(json_object_object_get(answer(), "documentationUri")),
             "https://example.com/\"docs\"");
    provider.interop = 1;
    start();
    scim_discovery_config(&out, &provider, BASE);
    UNIT_INT(json_object_get_boolean(json_object_object_get(answer(), "interopProfileConformant")), 1);
}

static json_object *element(json_object *list, size_t index)
{
    return json_object_array_get_idx(json_object_object_get(list, "Resources"), index);
}

/* The element of a list with this id. */
static json_object *with_id(json_object *list, const char *id)
{
    size_t i, count = json_object_array_length(json_object_object_get(list, "Resources"));

    for (i = 0; i < count; i++) {
        if (!strcmp(json_object_get_string(json_object_object_get(element(list, i), "id")), id))
            return element(list, i);
    }
    CU_FAIL("no element of this id");
    return NULL;
}

/* A served document is the file's document, except for meta. */
static void check_document(json_object *served, json_object *file, const char *meta)
{
    json_object *wanted = scim_json_copy(file, unit_pool);

    UNIT_JSON(json_object_object_get(served, "meta"), meta);
    json_object_object_del(wanted, "meta");
    json_object_object_del(served, "meta");
    UNIT_STR(scim_json_text(served, NULL, unit_pool), scim_json_text(wanted, NULL, unit_pool));
}

static void check_head(json_object *list, int count)
{
    UNIT_JSON(json_object_object_get(list, "schemas"), "['urn:ietf:params:scim:api:messages:2.0:ListResponse']");
    UNIT_INT(json_object_get_int(json_object_object_get(list, "totalResults")), count);
    UNIT_INT(json_object_get_int(json_object_object_get(list, "itemsPerPage")), count);
    UNIT_INT(json_object_get_int(json_object_object_get(list, "startIndex")), 1);
    UNIT_INT(json_object_array_length(json_object_object_get(list, "Resources")), count);
}

static void schemas(void)
{
    static const char *const urns[] = {SCIM_URN_USER, SCIM_URN_GROUP, SCIM_URN_ENTERPRISE_USER};
    json_object *list;
    size_t i;

    start();
    scim_discovery_schemas(&out, unit_schemas(), 1, BASE);
    list = answer();
    check_head(list, unit_schemas()->schemas->nelts);
    for (i = 0; i < 3; i++) {
        const scim_schema_t *schema = scim_schemas_find(unit_schemas(), urns[i], strlen(urns[i]));

        check_document(
            with_id(list, urns[i]), schema->json,
            apr_pstrcat(unit_pool, "{'resourceType':'Schema','location':'" BASE "/Schemas/", urns[i], "'}", NULL));
    }
}

static void one_schema(void)
{
    start();
    UNIT_INT(scim_discovery_schema(&out, unit_schemas(), "URN:ietf:params:scim:schemas:core:2.0:GROUP", 1, BASE), 1);
    check_document(answer(), scim_schemas_find(unit_schemas(), SCIM_URN_GROUP, strlen(SCIM_URN_GROUP))->json,
                   "{'resourceType':'Schema','location':'" BASE "/Schemas/" SCIM_URN_GROUP "'}");
    start();
    UNIT_INT(scim_discovery_schema(&out, unit_schemas(), "urn:x", 1, BASE), 0);
    UNIT_INT(scim_discovery_schema(&out, unit_schemas(), "common", 1, BASE), 0);
    UNIT_INT(scim_discovery_schema(&out, unit_schemas(), "", 1, BASE), 0);
    UNIT_INT(out.len, 0);
}

static void types(void)
{
    json_object *list;

    start();
    scim_discovery_types(&out, unit_schemas(), BASE);
    list = answer();
    check_head(list, 6);
    UNIT_STR(json_object_get_string(json_object_object_get(with_id(list, "User"), "endpoint")), "/Users");
    UNIT_JSON(json_object_object_get(with_id(list, "User"), "schemaExtensions"),
              "[{'schema':'" SCIM_URN_ENTERPRISE_USER "','required':false}]");
    check_document(with_id(list, "User"), unit_type("User")->json,
                   "{'resourceType':'ResourceType','location':'" BASE "/ResourceTypes/User'}");
    check_document(with_id(list, "Group"), unit_type("Group")->json,
                   "{'resourceType':'ResourceType','location':'" BASE "/ResourceTypes/Group'}");
}

static void read_only_types(void)
{
    const scim_resource_type_t *role = unit_type("Role"), *view = unit_type("OktaRole"), *user = unit_type("User");
    UNIT_INT(unit_schemas()->root->nelts, 2);
    UNIT_STR(role->stored, "Role");
    UNIT_STR(view->stored, "Role");
    UNIT_STR(user->stored, "User");
    UNIT_INT(role->read_only && !role->plain, 1);
    UNIT_INT(view->read_only && !view->plain, 1);
    UNIT_INT(user->read_only, 0);
    CU_ASSERT_PTR_NULL(json_object_object_get(role->json, "readOnly"));
    CU_ASSERT_PTR_NULL(json_object_object_get(view->json, "viewOf"));
}

static void one_type(void)
{
    start();
    UNIT_INT(scim_discovery_type(&out, unit_schemas(), "User", BASE), 1);
    check_document(answer(), unit_type("User")->json,
                   "{'resourceType':'ResourceType','location':'" BASE "/ResourceTypes/User'}");
    start();
    UNIT_INT(scim_discovery_type(&out, unit_schemas(), "Users", BASE), 0);
    UNIT_INT(out.len, 0);
}

CU_TestInfo test_discovery[] = {
    {"ServiceProviderConfig", config},
    {"Schemas", schemas},
    {"one Schema", one_schema},
    {"ResourceTypes", types},
    {"read-only ResourceTypes", read_only_types},
    {"one ResourceType", one_type},
    CU_TEST_INFO_NULL,
};
