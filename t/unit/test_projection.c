#include "scim/projection.h"

#include <apr_strings.h>
#include <string.h>

#include "unit.h"

#define USER       "urn:ietf:params:scim:schemas:core:2.0:User"
#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

static const char full[] = "{'schemas':['" USER "'],'id':'1','externalId':'e','userName':'u',"
                           "'name':{'givenName':'G','familyName':'F'},"
                           "'emails':[{'value':'a','type':'work'},{'value':'b'}],'groups':[{'value':'g'}],"
                           "'" ENTERPRISE "':{'division':'d','manager':{'value':'m','$ref':'r'}},"
                           "'meta':{'resourceType':'User','version':'3'}}";

static json_object *projected(const char *attributes, const char *excluded)
{
    json_object *resource = unit_json(full);
    scim_projection_t *projection;

    UNIT_OK(scim_projection_read(&projection, attributes, excluded, unit_type("User"), unit_pool));
    scim_projection_apply(projection, unit_type("User"), resource);
    return resource;
}

static void nothing_named(void)
{
    scim_projection_t *projection;

    UNIT_OK(scim_projection_read(&projection, NULL, NULL, unit_type("User"), unit_pool));
    CU_ASSERT_PTR_NULL(projection);
    UNIT_OK(scim_projection_read(&projection, "", "", unit_type("Group"), unit_pool));
    CU_ASSERT_PTR_NULL(projection);
    UNIT_INT(scim_projection_named(NULL), 0);
    UNIT_JSON(projected(NULL, ""), full);
}

static void both_named(void)
{
    scim_projection_t *projection;

    UNIT_ERROR(scim_projection_read(&projection, "a", "b", unit_type("User"), unit_pool), SCIM_INVALID_VALUE,
               "attributes and excludedAttributes cannot be used in one request.");
}

static void named_attributes(void)
{
    static const struct {
        const char *attributes, *kept;
    } cases[] = {
        {"userName", ",'userName':'u'"},
        {"USERNAME,externalid", ",'externalId':'e','userName':'u'"},
        {USER ":userName", ",'userName':'u'"},
        {" userName , ,id", ",'userName':'u'"},
        {"name.givenName", ",'name':{'givenName':'G'}"},
        {USER ":name.familyName", ",'name':{'familyName':'F'}"},
        {"name.givenName,name", ",'name':{'givenName':'G','familyName':'F'}"},
        {"name.middleName", ""},
        {"emails", ",'emails':[{'value':'a','type':'work'},{'value':'b'}]"},
        {"emails.type", ",'emails':[{'type':'work'}]"},
        {"emails.display", ""},
        {"emails.value", ",'emails':[{'value':'a'},{'value':'b'}]"},
        {"meta.version", ",'meta':{'version':'3'}"},
        {ENTERPRISE, ",'" ENTERPRISE "':{'division':'d','manager':{'value':'m','$ref':'r'}}"},
        {ENTERPRISE ":division", ",'" ENTERPRISE "':{'division':'d'}"},
        {ENTERPRISE ":manager.value", ",'" ENTERPRISE "':{'manager':{'value':'m'}}"},
        {"manager.value", ",'" ENTERPRISE "':{'manager':{'value':'m'}}"},
        {ENTERPRISE ":costCenter", ""},
        {"unknown,urn:x:y,name.unknown", ""},
        {",", ""},
        {"schemas", ""},
        {"password", ""},
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        UNIT_JSON(projected(cases[i].attributes, NULL),
                  apr_pstrcat(unit_pool, "{'schemas':['" USER "'],'id':'1'", cases[i].kept, "}", NULL));
}

static void a_base_schema_named(void)
{
    UNIT_JSON(projected(USER, NULL), "{'schemas':['" USER "'],'id':'1','userName':'u',"
                                     "'name':{'givenName':'G','familyName':'F'},"
                                     "'emails':[{'value':'a','type':'work'},{'value':'b'}],'groups':[{'value':'g'}]}");
}

static void excluded_attributes(void)
{
    UNIT_JSON(projected(NULL, "id,schemas,emails,groups,meta,externalId,unknown"),
              "{'schemas':['" USER "'],'id':'1','userName':'u','name':{'givenName':'G','familyName':'F'},"
              "'" ENTERPRISE "':{'division':'d','manager':{'value':'m','$ref':'r'}}}");
    UNIT_JSON(projected(NULL, "name.givenName,emails.value,groups,meta.version,manager.$ref,externalId"),
              "{'schemas':['" USER "'],'id':'1','userName':'u','name':{'familyName':'F'},'emails':[{'type':'work'}],"
              "'" ENTERPRISE "':{'division':'d','manager':{'value':'m'}},'meta':{'resourceType':'User'}}");
    UNIT_JSON(projected(NULL, "name.givenName,name.familyName,emails,groups,meta,userName,externalId," ENTERPRISE),
              "{'schemas':['" USER "'],'id':'1'}");
    UNIT_JSON(projected(NULL, ENTERPRISE ":division," ENTERPRISE ":manager,emails,meta," USER),
              "{'schemas':['" USER "'],'id':'1','externalId':'e'}");
}

static const scim_attr_t *user_attr(const char *name)
{
    return scim_type_attr(unit_type("User"), name, strlen(name));
}

static void wants(void)
{
    scim_projection_t *projection;

    UNIT_INT(scim_projection_wants(NULL, user_attr("groups")), 1);
    UNIT_INT(scim_projection_wants(NULL, user_attr("id")), 1);
    UNIT_INT(scim_projection_wants(NULL, user_attr("password")), 0);
    UNIT_OK(scim_projection_read(&projection, "groups.value,password", NULL, unit_type("User"), unit_pool));
    UNIT_INT(scim_projection_named(projection), 1);
    UNIT_INT(scim_projection_wants(projection, user_attr("groups")), 1);
    UNIT_INT(scim_projection_wants(projection, user_attr("emails")), 0);
    UNIT_INT(scim_projection_wants(projection, user_attr("id")), 1);
    UNIT_INT(scim_projection_wants(projection, user_attr("password")), 0);
    UNIT_OK(scim_projection_read(&projection, NULL, "groups,emails.value", unit_type("User"), unit_pool));
    UNIT_INT(scim_projection_named(projection), 1);
    UNIT_INT(scim_projection_wants(projection, user_attr("groups")), 0);
    UNIT_INT(scim_projection_wants(projection, user_attr("emails")), 1);
    UNIT_OK(scim_projection_read(&projection, NULL, "members", unit_type("Group"), unit_pool));
    UNIT_INT(scim_projection_wants(projection, unit_type("Group")->members), 0);
}

static int parts_of(const char *attributes, const char *excluded)
{
    scim_projection_t *projection;

    UNIT_OK(scim_projection_read(&projection, attributes, excluded, unit_type("Group"), unit_pool));
    return scim_projection_parts(projection, unit_type("Group")->members);
}

static void parts(void)
{
    UNIT_INT(parts_of(NULL, NULL), SCIM_PARTS_ALL);
    UNIT_INT(parts_of("members", NULL), SCIM_PARTS_ALL);
    UNIT_INT(parts_of("displayName", NULL), 0);
    UNIT_INT(parts_of(NULL, "displayName"), SCIM_PARTS_ALL);
    UNIT_INT(parts_of(NULL, "members"), 0);
    UNIT_INT(parts_of("displayName,members.value", NULL), SCIM_PART_VALUE);
    UNIT_INT(parts_of("members.$ref,members.type,members.display", NULL),
             SCIM_PART_REF | SCIM_PART_TYPE | SCIM_PART_DISPLAY);
    UNIT_INT(parts_of(NULL, "members.display"), SCIM_PART_VALUE | SCIM_PART_REF | SCIM_PART_TYPE);
    UNIT_INT(parts_of(NULL, "members.value,members.$ref,members.type,members.display"), 0);
    UNIT_INT(scim_projection_parts(NULL, user_attr("password")), 0);
    UNIT_INT(scim_projection_parts(NULL, user_attr("groups")), SCIM_PARTS_ALL);
}

/* A type for this test, with every kind of `returned`; the served schemas do not have all. */
static scim_attr_t own[6];

static void put(apr_array_header_t *list, apr_hash_t *keys, scim_attr_t *attr, const char *name,
                scim_returned_e returned)
{
    attr->name = attr->key = name;
    attr->returned = returned;
    APR_ARRAY_PUSH(list, const scim_attr_t *) = attr;
    apr_hash_set(keys, name, APR_HASH_KEY_STRING, attr);
}

static json_object *own_projected(const char *attributes, const char *excluded)
{
    static scim_schema_t schema;
    static scim_resource_type_t type;
    json_object *resource = unit_json("{'id':'1','always':'a','never':'n','request':'r','c':{'value':'v','rare':'x'},"
                                      "'stray':1}");
    scim_projection_t *projection;
    int i;

    memset(own, 0, sizeof(own));
    schema.id = "urn:test:base";
    schema.attrs = apr_array_make(unit_pool, 4, sizeof(const scim_attr_t *));
    schema.attrs_by_key = apr_hash_make(unit_pool);
    own[3].type = SCIM_COMPLEX;
    own[3].subs = apr_array_make(unit_pool, 2, sizeof(const scim_attr_t *));
    own[3].subs_by_key = apr_hash_make(unit_pool);
    for (i = 0; i < 6; i++)
        own[i].schema = &schema;
    own[4].parent = own[5].parent = &own[3];
    put(schema.attrs, schema.attrs_by_key, &own[0], "always", SCIM_RETURN_ALWAYS);
    put(schema.attrs, schema.attrs_by_key, &own[1], "never", SCIM_RETURN_NEVER);
    put(schema.attrs, schema.attrs_by_key, &own[2], "request", SCIM_RETURN_REQUEST);
    put(schema.attrs, schema.attrs_by_key, &own[3], "c", SCIM_RETURN_DEFAULT);
    put(own[3].subs, own[3].subs_by_key, &own[4], "value", SCIM_RETURN_DEFAULT);
    put(own[3].subs, own[3].subs_by_key, &own[5], "rare", SCIM_RETURN_REQUEST);
    type.schema = &schema;
    type.common = unit_type("User")->common;
    type.extensions = apr_array_make(unit_pool, 1, sizeof(scim_extension_t));
    UNIT_OK(scim_projection_read(&projection, attributes, excluded, &type, unit_pool));
    CU_ASSERT_PTR_NOT_NULL(projection);
    UNIT_INT(scim_projection_named(projection), attributes || excluded);
    scim_projection_apply(projection, &type, resource);
    return resource;
}

static void returned(void)
{
    UNIT_JSON(own_projected(NULL, NULL), "{'id':'1','always':'a','c':{'value':'v'},'stray':1}");
    UNIT_JSON(own_projected("request", NULL), "{'id':'1','always':'a','request':'r'}");
    UNIT_JSON(own_projected("never", NULL), "{'id':'1','always':'a'}");
    UNIT_JSON(own_projected("c", NULL), "{'id':'1','always':'a','c':{'value':'v'}}");
    UNIT_JSON(own_projected("c.rare", NULL), "{'id':'1','always':'a','c':{'rare':'x'}}");
    UNIT_JSON(own_projected("c,c.rare", NULL), "{'id':'1','always':'a','c':{'value':'v','rare':'x'}}");
    UNIT_JSON(own_projected("urn:test:base", NULL), "{'id':'1','always':'a','c':{'value':'v'}}");
    UNIT_JSON(own_projected(NULL, "always,c.value"), "{'id':'1','always':'a','stray':1}");
    UNIT_JSON(own_projected(NULL, "request"), "{'id':'1','always':'a','c':{'value':'v'},'stray':1}");
}

CU_TestInfo test_projection[] = {
    {"parts", parts},
    {"nothing named", nothing_named},
    {"both parameters", both_named},
    {"attributes", named_attributes},
    {"attributes: the base schema's URN", a_base_schema_named},
    {"excludedAttributes", excluded_attributes},
    {"wants", wants},
    {"returned", returned},
    CU_TEST_INFO_NULL,
};
