#include "scim/resource.h"

#include <apr_strings.h>
#include <string.h>

#include "unit.h"

#define USER       "urn:ietf:params:scim:schemas:core:2.0:User"
#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define GROUP      "urn:ietf:params:scim:schemas:core:2.0:Group"
#define AS_USER    "'schemas':['" USER "'],'userName':'u',"

static scim_leniency_t lenient;
static scim_resource_t *resource;

static char *repeated(char c, size_t count)
{
    char *text = apr_palloc(unit_pool, count + 3);

    memset(text + 1, c, count);
    text[0] = text[count + 1] = '\'';
    text[count + 2] = '\0';
    return text;
}

static const char *joined(const apr_array_header_t *ids)
{
    return ids ? apr_array_pstrcat(unit_pool, ids, ' ') : "none";
}

static scim_error_t *read_body(const char *type, const char *json, unsigned allowed)
{
    lenient.allowed = allowed;
    lenient.used = 0;
    return scim_resource_read(&resource, unit_json(json), unit_type(type), &lenient, unit_pool);
}

static void a_user(void)
{
    UNIT_OK(read_body("User",
                      "{'schemas':['" USER "','" ENTERPRISE "'],'USERNAME':'u@x','id':'1','meta':{'version':5},"
                      "'groups':[{'value':1}],'password':'secret','unknown':{'a':1},'title':null,'roles':[],"
                      "'active':false,'externalId':'e','" ENTERPRISE
                      "':{'EmployeeNumber':'7','schemas':['x'],'manager':{'value':'m','displayName':'d'}}}",
                      SCIM_LENIENT_NONE));
    UNIT_JSON(resource->doc,
              "{'userName':'u@x','active':false,'externalId':'e','" ENTERPRISE
              "':{'employeeNumber':'7','manager':{'value':'m'}},'schemas':['" USER "','" ENTERPRISE "']}");
    CU_ASSERT_PTR_NULL(resource->members);
    UNIT_INT(lenient.used, SCIM_NOTED_UNKNOWN_ATTRIBUTE);
}

static void a_group(void)
{
    UNIT_OK(read_body("Group",
                      "{'schemas':['" GROUP "'],'displayName':'g','Members':[{'value':'a'},{'value':'b'},"
                      "{'value':'a'}]}",
                      SCIM_LENIENT_NONE));
    UNIT_JSON(resource->doc, "{'displayName':'g','schemas':['" GROUP "']}");
    UNIT_STR(joined(resource->members), "a b");
    UNIT_OK(read_body("Group", "{'schemas':['" GROUP "'],'displayName':'g','members':[]}", SCIM_LENIENT_NONE));
    UNIT_INT(resource->members->nelts, 0);
    UNIT_OK(read_body("Group", "{'schemas':['" GROUP "'],'displayName':'g'}", SCIM_LENIENT_NONE));
    CU_ASSERT_PTR_NULL(resource->members);
}

static void a_group_of_entra(void)
{
    static const char body[] =
        "{'schemas':['" GROUP "','http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],"
        "'externalId':'8aa1','displayName':'X','meta':{'resourceType':'Group'}}";

    UNIT_OK(read_body("Group", body, SCIM_LENIENT_ALL));
    UNIT_JSON(resource->doc, "{'externalId':'8aa1','displayName':'X','schemas':['" GROUP "']}");
    UNIT_INT(lenient.used, SCIM_LENIENT_URN_SLIP);
    UNIT_ERROR(read_body("Group", body, SCIM_LENIENT_NONE), SCIM_INVALID_SYNTAX,
               "schemas lists \"http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group\", which the "
               "resource type Group does not have.");
}

static void refused_bodies(void)
{
    static const struct {
        const char *json;
        scim_type_e type;
        const char *detail;
    } cases[] = {
        {"{'schemas':['" USER "']}", SCIM_INVALID_VALUE,
         "userName is required. Map an attribute to it in the identity provider."},
        {"{'schemas':['" USER "'],'userName':null}", SCIM_INVALID_VALUE,
         "userName is required. Map an attribute to it in the identity provider."},
        {"{'schemas':['" USER "'],'userName':' '}", SCIM_INVALID_VALUE, "userName must not be empty."},
        {"{'userName':'u'}", SCIM_INVALID_SYNTAX, "schemas is required and must list \"" USER "\"."},
        {"{'schemas':[],'userName':'u'}", SCIM_INVALID_SYNTAX, "schemas is required and must list \"" USER "\"."},
        {"{'schemas':null,'userName':'u'}", SCIM_INVALID_SYNTAX, "schemas is required and must list \"" USER "\"."},
        {"{'schemas':'" USER "','userName':'u'}", SCIM_INVALID_SYNTAX, "schemas must be a list of URNs."},
        {"{'schemas':[1],'userName':'u'}", SCIM_INVALID_VALUE, "schemas must be a list of URNs, which are strings."},
        {"{'schemas':['" USER "','urn:x'],'userName':'u'}", SCIM_INVALID_SYNTAX,
         "schemas lists \"urn:x\", which the resource type User does not have."},
        {"{'schemas':['" GROUP "'],'userName':'u'}", SCIM_INVALID_SYNTAX,
         "schemas lists \"" GROUP "\", which the resource type User does not have."},
        {"{'schemas':['" ENTERPRISE "'],'userName':'u'}", SCIM_INVALID_VALUE, "schemas must list \"" USER "\"."},
        {"{" AS_USER "'" ENTERPRISE "':{'division':'d'}}", SCIM_INVALID_VALUE,
         "schemas must list \"" ENTERPRISE "\", of which the resource has attributes."},
        {"{" AS_USER "'UserName':'v'}", SCIM_INVALID_SYNTAX,
         "UserName is given twice, in different spellings of one name."},
        {"{" AS_USER "'Schemas':[]}", SCIM_INVALID_SYNTAX,
         "Schemas is given twice, in different spellings of one name."},
        {"{" AS_USER "'id':'1','ID':'2'}", SCIM_INVALID_SYNTAX,
         "ID is given twice, in different spellings of one name."},
        {"{" AS_USER "'urn:example:2.0:User':{'a':1}}", SCIM_INVALID_SYNTAX,
         "\"urn:example:2.0:User\" is of a schema that the resource type User does not have."},
        {"{" AS_USER "'" ENTERPRISE ":division':'d'}", SCIM_INVALID_SYNTAX,
         "\"" ENTERPRISE ":division\" is an attribute with its schema's URN: put it into an object under the URN."},
        {"{" AS_USER "'" USER "':{'title':'t'}}", SCIM_INVALID_SYNTAX,
         USER " is the base schema: its attributes belong at the top level, not in an object."},
        {"{" AS_USER "'" ENTERPRISE "':'x'}", SCIM_INVALID_VALUE,
         ENTERPRISE " must be an object that holds attributes."},
        {"{" AS_USER "'" ENTERPRISE "':{'manager':{'value':1}}}", SCIM_INVALID_VALUE,
         ENTERPRISE ":manager.value must be a string, not a number."},
        {"{" AS_USER "'" ENTERPRISE "':{'division':'a','Division':'b'}}", SCIM_INVALID_SYNTAX,
         ENTERPRISE ":Division is given twice, in different spellings of one name."},
        {"{" AS_USER "'password':5}", SCIM_INVALID_VALUE, "password must be a string, not a number."},
        {"{" AS_USER "'active':'False'}", SCIM_INVALID_VALUE, "active must be a boolean, not a string."},
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        UNIT_ERROR(read_body("User", cases[i].json, SCIM_LENIENT_NONE), cases[i].type, cases[i].detail);
    UNIT_ERROR(read_body("Group", "{'schemas':['" GROUP "']}", SCIM_LENIENT_NONE), SCIM_INVALID_VALUE,
               "displayName is required. Map an attribute to it in the identity provider.");
    UNIT_ERROR(read_body("User", "{" AS_USER "'urn:x':{}}", SCIM_LENIENT_NONE), SCIM_INVALID_SYNTAX,
               "\"urn:x\" is of a schema that the resource type User does not have.");
    UNIT_ERROR(read_body("User", "{" AS_USER "'name.givenName':'x'}", SCIM_LENIENT_NONE), SCIM_INVALID_SYNTAX,
               "\"name.givenName\" is a path and not an attribute's name: put the value into an object.");
}

static void a_long_urn_is_clipped(void)
{
    const char *urn = apr_pstrcat(unit_pool, "urn:", repeated('a', 400) + 1, NULL);
    const scim_error_t *error =
        read_body("User", apr_pstrcat(unit_pool, "{" AS_USER "'", urn, ":1}", NULL), SCIM_LENIENT_NONE);

    UNIT_ERROR(error, SCIM_INVALID_SYNTAX,
               apr_psprintf(unit_pool, "\"%.200s...\" is of a schema that the resource type User does not have.", urn));
}

static void lenient_bodies(void)
{
    static const struct {
        const char *json, *doc;
        unsigned used;
    } cases[] = {
        {"{'userName':'u'}", "{'userName':'u','schemas':['" USER "']}", SCIM_LENIENT_NO_SCHEMAS},
        {"{'schemas':[],'userName':'u'}", "{'userName':'u','schemas':['" USER "']}", SCIM_LENIENT_NO_SCHEMAS},
        {"{'schemas':['" ENTERPRISE "'],'userName':'u'}", "{'userName':'u','schemas':['" USER "']}",
         SCIM_LENIENT_NO_SCHEMAS},
        {"{'schemas':'" USER "','userName':'u'}", "{'userName':'u','schemas':['" USER "']}",
         SCIM_LENIENT_OBJECT_FOR_ARRAY},
        {"{'schemas':['urn:scim:schemas:core:2.0','urn:scim:schemas:extension:enterprise:2.0'],'userName':'u',"
         "'urn:scim:schemas:extension:enterprise:2.0':{'division':'d'}}",
         "{'userName':'u','" ENTERPRISE "':{'division':'d'},'schemas':['" USER "','" ENTERPRISE "']}",
         SCIM_LENIENT_URN_SLIP},
        {"{" AS_USER "'urn:ietf:params:scim:schemas:extension:enterprise:2.0User':{'manager':'123456'}}",
         "{'userName':'u','" ENTERPRISE "':{'manager':{'value':'123456'}},'schemas':['" USER "','" ENTERPRISE "']}",
         SCIM_LENIENT_URN_SLIP | SCIM_LENIENT_BARE_COMPLEX | SCIM_LENIENT_UNLISTED_EXTENSION},
        {"{" AS_USER "'URN:ietf:params:scim:schemas:extension:ENTERPRISE:2.0:User':{'division':'d'}}",
         "{'userName':'u','" ENTERPRISE "':{'division':'d'},'schemas':['" USER "','" ENTERPRISE "']}",
         SCIM_LENIENT_UNLISTED_EXTENSION},
        {"{" AS_USER "'" ENTERPRISE ":division':'d','" USER ":title':'t','" ENTERPRISE ":unknown':1}",
         "{'userName':'u','" ENTERPRISE "':{'division':'d'},'title':'t','schemas':['" USER "','" ENTERPRISE "']}",
         SCIM_LENIENT_URN_KEY | SCIM_LENIENT_UNLISTED_EXTENSION | SCIM_NOTED_UNKNOWN_ATTRIBUTE},
        {"{" AS_USER "'manager':'left out','" ENTERPRISE "':{'manager':null}}",
         "{'userName':'u','schemas':['" USER "']}", SCIM_LENIENT_BARE_EXTENSION},
        {"{" AS_USER "'department':'d','manager':null}",
         "{'userName':'u','" ENTERPRISE "':{'department':'d'},'schemas':['" USER "','" ENTERPRISE "']}",
         SCIM_LENIENT_BARE_EXTENSION | SCIM_LENIENT_UNLISTED_EXTENSION},
        {"{" AS_USER "'name.givenName':'G','emails[type eq \\'work\\'].value':'w','name':{'familyName':'F'}}",
         "{'userName':'u','name':{'familyName':'F','givenName':'G'},'emails':[{'type':'work','value':'w'}],"
         "'schemas':['" USER "']}",
         SCIM_LENIENT_DOTTED_KEY},
        {"{" AS_USER "'" USER "':{'title':'t'},'urn:x:y':{'a':1},'urn:x:z:b':1,'shoeSize':1}",
         "{'userName':'u','title':'t','schemas':['" USER "']}",
         SCIM_LENIENT_URN_KEY | SCIM_LENIENT_UNKNOWN_EXTENSION | SCIM_NOTED_UNKNOWN_ATTRIBUTE},
        {"{" AS_USER "'" ENTERPRISE ".employeeNumber':'7'}",
         "{'userName':'u','" ENTERPRISE "':{'employeeNumber':'7'},'schemas':['" USER "','" ENTERPRISE "']}",
         SCIM_LENIENT_URN_KEY | SCIM_LENIENT_URN_SLIP | SCIM_LENIENT_UNLISTED_EXTENSION},
        {"{" AS_USER "'" ENTERPRISE "':null}", "{'userName':'u','schemas':['" USER "']}", 0},
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        if (UNIT_OK(read_body("User", cases[i].json, SCIM_LENIENT_ALL)))
            UNIT_JSON(resource->doc, cases[i].doc);
        UNIT_INT(lenient.used, cases[i].used);
    }
}

static void an_extension_under_two_names(void)
{
    UNIT_ERROR(read_body("User",
                         "{" AS_USER "'" ENTERPRISE
                         "':{'division':'a'},'urn:scim:schemas:extension:enterprise:2.0':{'costCenter':'b'}}",
                         SCIM_LENIENT_ALL),
               SCIM_INVALID_SYNTAX,
               "urn:scim:schemas:extension:enterprise:2.0 is given twice, in different spellings of one name.");
    UNIT_ERROR(read_body("User", "{" AS_USER "'" ENTERPRISE "':{'division':'a'},'" ENTERPRISE ":division':'b'}",
                         SCIM_LENIENT_ALL),
               SCIM_INVALID_SYNTAX, ENTERPRISE ":division is given twice, in different spellings of one name.");
}

static void documents_share_no_container(void)
{
    json_object *body = unit_json("{" AS_USER "'emails':[{'value':'a'}]}"), *emails;

    lenient.allowed = SCIM_LENIENT_ALL;
    UNIT_OK(scim_resource_read(&resource, body, unit_type("User"), &lenient, unit_pool));
    json_object_object_get_ex(resource->doc, "emails", &emails);
    json_object_object_add(json_object_array_get_idx(emails, 0), "type", json_object_new_string("work"));
    UNIT_JSON(json_object_object_get(body, "emails"), "[{'value':'a'}]");
}

static void defaults(void)
{
    static const struct {
        const char *sent, *added;
    } cases[] = {
        {"", "'active':true,'displayName':'u'"},
        {"'active':false,'displayName':'D',", ""},
        {"'active':true,'name':{'formatted':'F G','givenName':'G'},", "'displayName':'F G'"},
        {"'active':true,'name':{'givenName':'G','familyName':'N'},", "'displayName':'G N'"},
        {"'active':true,'name':{'familyName':'N'},", "'displayName':'N'"},
        {"'active':true,'name':{'formatted':'','givenName':'G'},", "'displayName':'G'"},
        {"'active':true,'name':{'middleName':'M'},", "'displayName':'u'"},
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        UNIT_OK(read_body("User", apr_psprintf(unit_pool, "{%s'userName':'u'}", cases[i].sent), SCIM_LENIENT_ALL));
        scim_resource_default(resource, unit_pool);
        UNIT_JSON(resource->doc, apr_psprintf(unit_pool, "{%s'userName':'u','schemas':['" USER "']%s%s}", cases[i].sent,
                                              *cases[i].added ? "," : "", cases[i].added));
    }
    UNIT_OK(read_body("Group", "{'displayName':'g'}", SCIM_LENIENT_ALL));
    scim_resource_default(resource, unit_pool);
    UNIT_JSON(resource->doc, "{'displayName':'g','schemas':['" GROUP "']}");
}

static void a_derived_name_fits_its_limit(void)
{
    UNIT_OK(read_body(
        "User",
        apr_psprintf(unit_pool, "{'userName':'u','name':{'familyName':%s,'givenName':'G'}}", repeated('f', 1024)),
        SCIM_LENIENT_ALL));
    scim_resource_default(resource, unit_pool);
    UNIT_STR(json_object_get_string(json_object_object_get(resource->doc, "displayName")), "u");
}

static void put_keeps_active(void)
{
    UNIT_OK(read_body("User", "{'userName':'v','displayName':'d'}", SCIM_LENIENT_ALL));
    UNIT_OK(scim_resource_replace(resource, unit_json("{'userName':'u','title':'t','active':false}"), unit_pool));
    UNIT_JSON(resource->doc, "{'userName':'v','displayName':'d','schemas':['" USER "'],'active':false}");
    UNIT_OK(read_body("User", "{'userName':'v','displayName':'d','active':true}", SCIM_LENIENT_ALL));
    UNIT_OK(scim_resource_replace(resource, unit_json("{'userName':'u','active':false}"), unit_pool));
    UNIT_JSON(resource->doc, "{'userName':'v','displayName':'d','active':true,'schemas':['" USER "']}");
    UNIT_OK(read_body("User", "{'userName':'v','displayName':'d'}", SCIM_LENIENT_ALL));
    UNIT_OK(scim_resource_replace(resource, unit_json("{'userName':'u'}"), unit_pool));
    UNIT_JSON(resource->doc, "{'userName':'v','displayName':'d','schemas':['" USER "'],'active':true}");
}

static void put_derives_the_display_name(void)
{
    const char *stored = "{'userName':'u','displayName':'Old','active':true}";

    UNIT_OK(read_body("User", "{'userName':'v','name':{'givenName':'G','familyName':'N'}}", SCIM_LENIENT_ALL));
    UNIT_OK(scim_resource_replace(resource, unit_json(stored), unit_pool));
    UNIT_JSON(resource->doc, "{'userName':'v','name':{'givenName':'G','familyName':'N'},'schemas':['" USER
                             "'],'active':true,'displayName':'G N'}");
    UNIT_OK(read_body("User", "{'userName':'v','displayName':null}", SCIM_LENIENT_ALL));
    UNIT_OK(scim_resource_replace(resource, unit_json(stored), unit_pool));
    UNIT_JSON(resource->doc, "{'userName':'v','schemas':['" USER "'],'active':true,'displayName':'v'}");
}

/* The served schemas have no stored immutable attribute, and no required sub-attribute or extension, so this test has
 * a schema with these. */
static scim_attr_t own_attrs[4];
static scim_attr_t own_sub;
static scim_schema_t own_base, own_more;
static scim_resource_type_t own_type;

static scim_attr_t attr_of(scim_attr_type_e type)
{
    static const scim_schema_t schema = {"urn:x", "x", NULL, NULL, 1, NULL};
    scim_attr_t attr;

    memset(&attr, 0, sizeof(attr));
    attr.name = attr.key = "x";
    attr.schema = &schema;
    attr.type = type;
    return attr;
}

static void put_attr(apr_array_header_t *list, apr_hash_t *keys, scim_attr_t *attr, const char *name)
{
    attr->name = attr->key = name;
    APR_ARRAY_PUSH(list, const scim_attr_t *) = attr;
    apr_hash_set(keys, name, APR_HASH_KEY_STRING, attr);
}

static void init_schema(scim_schema_t *schema, const char *id)
{
    schema->id = id;
    schema->served = 1;
    schema->attrs = apr_array_make(unit_pool, 4, sizeof(const scim_attr_t *));
    schema->attrs_by_key = apr_hash_make(unit_pool);
}

static const scim_resource_type_t *make_own_type(void)
{
    scim_extension_t extension = {&own_more, 0};
    int i;

    init_schema(&own_base, "urn:test:base");
    init_schema(&own_more, "urn:test:more");
    for (i = 0; i < 4; i++) {
        own_attrs[i] = attr_of(i == 2 ? SCIM_COMPLEX : SCIM_STRING);
        own_attrs[i].schema = i == 3 ? &own_more : &own_base;
        own_attrs[i].mutability = i == 2 ? SCIM_READ_WRITE : SCIM_IMMUTABLE;
    }
    own_attrs[1].case_exact = 1;
    put_attr(own_base.attrs, own_base.attrs_by_key, &own_attrs[0], "loose");
    put_attr(own_base.attrs, own_base.attrs_by_key, &own_attrs[1], "exact");
    put_attr(own_base.attrs, own_base.attrs_by_key, &own_attrs[2], "complex");
    put_attr(own_more.attrs, own_more.attrs_by_key, &own_attrs[3], "other");
    own_sub = attr_of(SCIM_STRING);
    own_sub.mutability = SCIM_IMMUTABLE;
    own_sub.parent = &own_attrs[2];
    own_attrs[2].subs = apr_array_make(unit_pool, 1, sizeof(const scim_attr_t *));
    own_attrs[2].subs_by_key = apr_hash_make(unit_pool);
    put_attr(own_attrs[2].subs, own_attrs[2].subs_by_key, &own_sub, "sub");
    memset(&own_type, 0, sizeof(own_type));
    own_type.name = "Own";
    own_type.schema = &own_base;
    own_type.common = unit_type("User")->common;
    own_type.extensions = apr_array_make(unit_pool, 1, sizeof(extension));
    APR_ARRAY_PUSH(own_type.extensions, scim_extension_t) = extension;
    return &own_type;
}

static scim_error_t *replace_own(const char *stored, const char *body)
{
    lenient.allowed = SCIM_LENIENT_ALL;
    UNIT_OK(scim_resource_read(&resource, unit_json(body), make_own_type(), &lenient, unit_pool));
    return scim_resource_replace(resource, unit_json(stored), unit_pool);
}

static void immutable(void)
{
    UNIT_OK(replace_own("{'loose':'A','exact':'B','complex':{'sub':'C'},'urn:test:more':{'other':'D'}}",
                        "{'loose':'a','complex':{}}"));
    UNIT_JSON(resource->doc, "{'loose':'A','schemas':['urn:test:base','urn:test:more'],'exact':'B',"
                             "'urn:test:more':{'other':'D'}}");
    UNIT_OK(replace_own("{}", "{'loose':'a','urn:test:more':{'other':'d'}}"));
    UNIT_JSON(resource->doc, "{'loose':'a','urn:test:more':{'other':'d'},'schemas':['urn:test:base','urn:test:more']}");
    UNIT_OK(replace_own("{'complex':{'sub':'C'}}", "{'complex':{'sub':'c'}}"));
    UNIT_JSON(resource->doc, "{'complex':{'sub':'C'},'schemas':['urn:test:base']}");
    UNIT_ERROR(replace_own("{'loose':'A'}", "{'loose':'b'}"), SCIM_MUTABILITY,
               "loose is immutable and has another value already.");
    UNIT_ERROR(replace_own("{'exact':'A'}", "{'exact':'a'}"), SCIM_MUTABILITY,
               "exact is immutable and has another value already.");
    UNIT_ERROR(replace_own("{'complex':{'sub':'A'}}", "{'complex':{'sub':'b'}}"), SCIM_MUTABILITY,
               "complex.sub is immutable and has another value already.");
    UNIT_ERROR(replace_own("{'urn:test:more':{'other':'A'}}", "{'urn:test:more':{'other':'b'}}"), SCIM_MUTABILITY,
               "urn:test:more:other is immutable and has another value already.");
}

static scim_error_t *seal_own(json_object **doc, const char *json)
{
    const scim_resource_type_t *type = make_own_type();

    own_sub.required = 1;
    own_attrs[3].required = 1;
    *doc = unit_json(json);
    return scim_resource_seal(*doc, type, unit_pool);
}

static void sealing(void)
{
    json_object *doc;

    UNIT_OK(seal_own(&doc, "{'schemas':['x'],'urn:test:more':{}}"));
    UNIT_JSON(doc, "{'schemas':['urn:test:base']}");
    UNIT_OK(seal_own(&doc, "{'complex':[{'sub':'a'}],'urn:test:more':{'other':'o'}}"));
    UNIT_JSON(doc, "{'complex':[{'sub':'a'}],'urn:test:more':{'other':'o'},"
                   "'schemas':['urn:test:base','urn:test:more']}");
    UNIT_ERROR(seal_own(&doc, "{'complex':{'x':1}}"), SCIM_INVALID_VALUE,
               "complex.sub is required. Map an attribute to it in the identity provider.");
    UNIT_ERROR(seal_own(&doc, "{'complex':[{'sub':'a'},{'sub':null}]}"), SCIM_INVALID_VALUE,
               "complex[1].sub is required. Map an attribute to it in the identity provider.");
    UNIT_ERROR(seal_own(&doc, "{'urn:test:more':{'x':1}}"), SCIM_INVALID_VALUE,
               "urn:test:more:other is required. Map an attribute to it in the identity provider.");
    make_own_type();
    APR_ARRAY_IDX(own_type.extensions, 0, scim_extension_t).required = 1;
    UNIT_ERROR(scim_resource_seal(unit_json("{}"), &own_type, unit_pool), SCIM_INVALID_VALUE,
               "The resource type Own requires attributes of \"urn:test:more\".");
}

CU_TestInfo test_resource[] = {
    {"a user", a_user},
    {"a group", a_group},
    {"a group of Entra ID", a_group_of_entra},
    {"refused bodies", refused_bodies},
    {"a long URN is clipped", a_long_urn_is_clipped},
    {"lenient bodies", lenient_bodies},
    {"an extension under two names", an_extension_under_two_names},
    {"documents share no container with bodies", documents_share_no_container},
    {"defaults", defaults},
    {"a derived displayName fits its limit", a_derived_name_fits_its_limit},
    {"PUT derives the displayName", put_derives_the_display_name},
    {"PUT keeps active", put_keeps_active},
    {"immutable attributes", immutable},
    {"sealing", sealing},
    CU_TEST_INFO_NULL,
};
