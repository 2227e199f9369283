#include "scim/schema.h"

#include <apr_file_io.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const scim_attr_t *attr_of(const char *type, const char *name, const char *sub)
{
    const scim_attr_t *attr = scim_type_attr(unit_type(type), name, strlen(name));
    return attr && sub ? scim_attr_sub(attr, sub, strlen(sub)) : attr;
}

/* ---- the shipped schemas ---- */

static void lookups(void)
{
    const scim_schemas_t *schemas = unit_schemas();
    const scim_schema_t *user = scim_schemas_find(schemas, SCIM_URN_USER, strlen(SCIM_URN_USER));
    UNIT_STR(user->id, SCIM_URN_USER);
    UNIT_STR(user->name, "User");
    UNIT_INT(user->served, 1);
    CU_ASSERT_PTR_EQUAL(scim_schemas_find(schemas, "URN:IETF:PARAMS:SCIM:SCHEMAS:CORE:2.0:USER:x", 42), user);
    CU_ASSERT_PTR_NULL(scim_schemas_find(schemas, SCIM_URN_USER, strlen(SCIM_URN_USER) - 1));
    CU_ASSERT_PTR_NULL(scim_schemas_find(schemas, "common", 6));
    CU_ASSERT_PTR_NULL(scim_schemas_find(schemas, "", 0));

    const scim_resource_type_t *type = scim_schemas_endpoint(schemas, "Users/x", 5);
    UNIT_STR(type->name, "User");
    UNIT_STR(type->endpoint, "Users");
    CU_ASSERT_PTR_NULL(scim_schemas_endpoint(schemas, "users", 5));
    CU_ASSERT_PTR_EQUAL(scim_schemas_type(schemas, "uSER", 4), type);
    CU_ASSERT_PTR_NULL(scim_schemas_type(schemas, "Users", 5));
    CU_ASSERT_PTR_EQUAL(type->schema, user);

    const scim_attr_t *name = scim_schema_attr(user, "NAME.familyName", 4);
    UNIT_STR(name->name, "name");
    UNIT_STR(scim_attr_sub(name, "familyname", 10)->name, "familyName");
    UNIT_STR(scim_attr_sub(name, "familyname", 10)->key, "familyname");
    CU_ASSERT_PTR_EQUAL(scim_attr_sub(name, "familyname", 10)->parent, name);
    CU_ASSERT_PTR_EQUAL(scim_attr_sub(name, "familyname", 10)->schema, user);
    CU_ASSERT_PTR_NULL(scim_attr_sub(name, "family", 6));
    CU_ASSERT_PTR_NULL(scim_attr_sub(scim_schema_attr(user, "userName", 8), "value", 5));
    CU_ASSERT_PTR_NULL(scim_schema_attr(user, "id", 2));

    char *longest = apr_palloc(unit_pool, 5000);
    memset(longest, 'a', 5000);
    CU_ASSERT_PTR_NULL(scim_schema_attr(user, longest, 5000));
}

static void types(void)
{
    const scim_resource_type_t *user = unit_type("User"), *group = unit_type("Group");
    UNIT_INT(unit_schemas()->types->nelts, 6);
    UNIT_INT(unit_schemas()->schemas->nelts, 10);
    UNIT_INT(user->common->served, 0);
    UNIT_STR(scim_type_attr(user, "externalID", 10)->name, "externalId");
    UNIT_STR(scim_type_attr(user, "userName", 8)->name, "userName");
    CU_ASSERT_PTR_NULL(scim_type_attr(user, "manager", 7));
    UNIT_INT(user->extensions->nelts, 1);
    UNIT_INT(APR_ARRAY_IDX(user->extensions, 0, scim_extension_t).required, 0);
    const scim_schema_t *enterprise =
        scim_type_schema(user, SCIM_URN_ENTERPRISE_USER, strlen(SCIM_URN_ENTERPRISE_USER));
    CU_ASSERT_PTR_EQUAL(APR_ARRAY_IDX(user->extensions, 0, scim_extension_t).schema, enterprise);
    CU_ASSERT_PTR_EQUAL(scim_type_schema(user, SCIM_URN_USER, strlen(SCIM_URN_USER)), user->schema);
    CU_ASSERT_PTR_NULL(scim_type_schema(user, SCIM_URN_GROUP, strlen(SCIM_URN_GROUP)));
    CU_ASSERT_PTR_NULL(scim_type_schema(group, SCIM_URN_ENTERPRISE_USER, strlen(SCIM_URN_ENTERPRISE_USER)));
    UNIT_INT(scim_type_extends(user, scim_schema_attr(enterprise, "manager", 7)), 1);
    UNIT_INT(scim_type_extends(user, attr_of("User", "name", "givenName")), 0);
    UNIT_INT(scim_type_extends(user, attr_of("User", "meta", "version")), 0);
    CU_ASSERT_PTR_EQUAL(user->groups, attr_of("User", "groups", NULL));
    CU_ASSERT_PTR_NULL(user->members);
    CU_ASSERT_PTR_EQUAL(group->members, attr_of("Group", "members", NULL));
    CU_ASSERT_PTR_NULL(group->groups);
    UNIT_INT(user->plain, 1);
    UNIT_INT(group->plain, 1);
}

typedef struct expected_t {
    const char *type, *name, *sub;
    scim_attr_type_e kind;
    int multi_valued, required, case_exact;
    scim_mutability_e mutability;
    scim_returned_e returned;
    scim_uniqueness_e uniqueness;
} expected_t;

#define RW  SCIM_READ_WRITE
#define RO  SCIM_READ_ONLY
#define IM  SCIM_IMMUTABLE
#define DEF SCIM_RETURN_DEFAULT
#define NO  SCIM_UNIQUE_NONE

static const expected_t expected[] = {
    {"User", "schemas", NULL, SCIM_REFERENCE, 1, 1, 1, RW, SCIM_RETURN_ALWAYS, NO},
    {"User", "id", NULL, SCIM_STRING, 0, 0, 1, RO, SCIM_RETURN_ALWAYS, SCIM_UNIQUE_SERVER},
    {"User", "externalId", NULL, SCIM_STRING, 0, 0, 1, RW, DEF, NO},
    {"User", "meta", NULL, SCIM_COMPLEX, 0, 0, 0, RO, DEF, NO},
    {"User", "meta", "resourceType", SCIM_STRING, 0, 0, 1, RO, DEF, NO},
    {"User", "meta", "created", SCIM_DATETIME, 0, 0, 0, RO, DEF, NO},
    {"User", "meta", "lastModified", SCIM_DATETIME, 0, 0, 0, RO, DEF, NO},
    {"User", "meta", "location", SCIM_REFERENCE, 0, 0, 1, RO, DEF, NO},
    {"User", "meta", "version", SCIM_STRING, 0, 0, 1, RO, DEF, NO},
    {"User", "userName", NULL, SCIM_STRING, 0, 1, 0, RW, DEF, SCIM_UNIQUE_SERVER},
    {"User", "name", NULL, SCIM_COMPLEX, 0, 0, 0, RW, DEF, NO},
    {"User", "displayName", NULL, SCIM_STRING, 0, 0, 0, RW, DEF, NO},
    {"User", "profileUrl", NULL, SCIM_REFERENCE, 0, 0, 1, RW, DEF, NO},
    {"User", "active", NULL, SCIM_BOOLEAN, 0, 0, 0, RW, DEF, NO},
    {"User", "password", NULL, SCIM_STRING, 0, 0, 1, SCIM_WRITE_ONLY, SCIM_RETURN_NEVER, NO},
    {"User", "emails", NULL, SCIM_COMPLEX, 1, 0, 0, RW, DEF, NO},
    {"User", "emails", "value", SCIM_STRING, 0, 0, 0, RW, DEF, NO},
    {"User", "emails", "primary", SCIM_BOOLEAN, 0, 0, 0, RW, DEF, NO},
    {"User", "photos", "value", SCIM_REFERENCE, 0, 0, 1, RW, DEF, NO},
    {"User", "addresses", "primary", SCIM_BOOLEAN, 0, 0, 0, RW, DEF, NO},
    {"User", "groups", NULL, SCIM_COMPLEX, 1, 0, 0, RO, DEF, NO},
    {"User", "groups", "value", SCIM_STRING, 0, 0, 1, RO, DEF, NO},
    {"User", "groups", "$ref", SCIM_REFERENCE, 0, 0, 1, RO, DEF, NO},
    {"User", "roles", "value", SCIM_STRING, 0, 0, 0, RW, DEF, NO},
    {"User", "x509Certificates", "value", SCIM_BINARY, 0, 0, 1, RW, DEF, NO},
    {"Group", "displayName", NULL, SCIM_STRING, 0, 1, 0, RW, DEF, SCIM_UNIQUE_SERVER},
    {"Group", "members", NULL, SCIM_COMPLEX, 1, 0, 0, RW, DEF, NO},
    {"Group", "members", "value", SCIM_STRING, 0, 0, 1, IM, DEF, NO},
    {"Group", "members", "$ref", SCIM_REFERENCE, 0, 0, 1, IM, DEF, NO},
    {"Group", "members", "type", SCIM_STRING, 0, 0, 0, IM, DEF, NO},
    {"Group", "members", "display", SCIM_STRING, 0, 0, 0, RO, DEF, NO},
};

static void characteristics(void)
{
    for (size_t i = 0; i < COUNT(expected); i++) {
        const expected_t *want = &expected[i];
        const scim_attr_t *attr = attr_of(want->type, want->name, want->sub);
        UNIT_STR(attr->name, want->sub ? want->sub : want->name);
        const int held = UNIT_INT(attr->type, want->kind) & UNIT_INT(attr->multi_valued, want->multi_valued) &
                         UNIT_INT(attr->required, want->required) & UNIT_INT(attr->case_exact, want->case_exact) &
                         UNIT_INT(attr->mutability, want->mutability) & UNIT_INT(attr->returned, want->returned) &
                         UNIT_INT(attr->uniqueness, want->uniqueness);
        if (!held)
            UNIT_STR("wrong", attr->name);
    }
}

static const char *names_of(const apr_array_header_t *attrs)
{
    const char *names = "";
    for (int i = 0; i < attrs->nelts; i++)
        names =
            apr_pstrcat(unit_pool, names, *names ? " " : "", APR_ARRAY_IDX(attrs, i, const scim_attr_t *)->name, NULL);
    return names;
}

static void attribute_lists(void)
{
    static const char *const plural[] = {"emails", "phoneNumbers",    "ims", "photos", "entitlements",
                                         "roles",  "x509Certificates"};
    UNIT_STR(names_of(unit_type("User")->common->attrs), "schemas id externalId meta");
    UNIT_STR(names_of(unit_type("User")->schema->attrs),
             "userName name displayName nickName profileUrl title userType preferredLanguage locale timezone active "
             "password emails phoneNumbers ims photos addresses groups entitlements roles x509Certificates");
    UNIT_STR(names_of(unit_type("Group")->schema->attrs), "displayName members");
    UNIT_STR(names_of(attr_of("User", "name", NULL)->subs),
             "formatted familyName givenName middleName honorificPrefix honorificSuffix");
    UNIT_STR(names_of(attr_of("User", "addresses", NULL)->subs),
             "formatted streetAddress locality region postalCode country type primary");
    UNIT_STR(names_of(attr_of("User", "groups", NULL)->subs), "value $ref display type");
    UNIT_STR(names_of(attr_of("Group", "members", NULL)->subs), "value $ref display type");
    for (size_t i = 0; i < COUNT(plural); i++)
        UNIT_STR(names_of(attr_of("User", plural[i], NULL)->subs), "value display type primary");
}

static void enterprise(void)
{
    const scim_schema_t *schema =
        scim_schemas_find(unit_schemas(), SCIM_URN_ENTERPRISE_USER, strlen(SCIM_URN_ENTERPRISE_USER));
    UNIT_STR(names_of(schema->attrs), "employeeNumber costCenter organization division department manager");
    const scim_attr_t *manager = scim_schema_attr(schema, "manager", 7);
    UNIT_STR(names_of(manager->subs), "value $ref displayName");
    UNIT_INT(scim_attr_sub(manager, "value", 5)->required, 0);
    UNIT_INT(scim_attr_sub(manager, "value", 5)->case_exact, 1);
    UNIT_INT(scim_attr_sub(manager, "displayName", 11)->mutability, SCIM_READ_ONLY);
    const scim_attr_t *ref = scim_attr_sub(manager, "$REF", 4);
    UNIT_INT(ref->reference_types->nelts, 1);
    UNIT_STR(APR_ARRAY_IDX(ref->reference_types, 0, const char *), "User");
    CU_ASSERT_PTR_NULL(ref->canonical);
}

static void lists_of_words(void)
{
    const scim_attr_t *type = attr_of("Group", "members", "type");
    UNIT_INT(type->canonical->nelts, 2);
    UNIT_STR(APR_ARRAY_IDX(type->canonical, 1, const char *), "Group");
    CU_ASSERT_PTR_NULL(type->reference_types);
    CU_ASSERT_PTR_NULL(type->subs);
}

static void served_documents(void)
{
    const scim_resource_type_t *user = unit_type("User");
    UNIT_JSON(json_object_object_get(user->json, "meta"), "{'resourceType':'ResourceType'}");
    UNIT_STR(json_object_get_string(json_object_object_get(user->json, "endpoint")), "/Users");
    UNIT_JSON(json_object_object_get(user->schema->json, "meta"), "{'resourceType':'Schema'}");
    UNIT_JSON(json_object_object_get(user->schema->json, "schemas"),
              "['urn:ietf:params:scim:schemas:core:2.0:Schema']");
}

/* ---- refused files ---- */

#define URN_SCHEMA            "'urn:ietf:params:scim:schemas:core:2.0:Schema'"
#define URN_TYPE              "'urn:ietf:params:scim:schemas:core:2.0:ResourceType'"
#define PLAIN                 "'multiValued':false,'description':'d','required':false,'caseExact':false,'uniqueness':'none'"
#define SHOWN                 ",'mutability':'readWrite','returned':'default'"
#define STRING(n)             "{'name':'" n "','type':'string'," PLAIN SHOWN "}"
#define COMMON                "{'schemas':[" URN_SCHEMA "],'id':'common','name':'Common','attributes':[" STRING("id") "]}"
#define SCHEMA(attributes)    "{'schemas':[" URN_SCHEMA "],'id':'urn:t','name':'T','attributes':" attributes "}"
#define EXTENSION(attributes) "{'schemas':[" URN_SCHEMA "],'id':'urn:e','name':'E','attributes':" attributes "}"
#define TYPE(more)            "{'schemas':[" URN_TYPE "],'name':'T','endpoint':'/Ts','schema':'urn:t'" more "}"

/* The files of one directory; NULL: without this file. */
typedef struct files_t {
    const char *common, *schema, *type, *extension;
} files_t;

static const files_t good = {COMMON, SCHEMA("[" STRING("a") "]"), TYPE(""), NULL};

static char *scratch(void)
{
    char *dir = apr_pstrdup(unit_pool, "/tmp/unit-schema-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    return dir;
}

static void put_file(const char *dir, const char *name, const char *text)
{
    apr_file_t *file;
    if (!text)
        return;
    char *copy = apr_pstrdup(unit_pool, text);
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    CU_ASSERT_FATAL(apr_file_open(&file, apr_pstrcat(unit_pool, dir, "/", name, NULL),
                                  APR_FOPEN_WRITE | APR_FOPEN_CREATE | APR_FOPEN_TRUNCATE, APR_FPROT_OS_DEFAULT,
                                  unit_pool) == APR_SUCCESS);
    apr_file_puts(copy, file);
    apr_file_close(file);
}

static const char *const file_names[] = {"common.json",    "schema.json",  "type.json",
                                         "extension.json", ".hidden.json", "readme.txt"};

static scim_error_t *load(scim_schemas_t **out, const char *dir)
{
    apr_array_header_t *dirs = apr_array_make(unit_pool, 1, sizeof(const char *));
    APR_ARRAY_PUSH(dirs, const char *) = dir;
    return scim_schemas_load(out, dirs, unit_pool);
}

/* Loads the files; returns the error without the directory; "": none. */
static const char *complaint(scim_schemas_t **out, const files_t *files)
{
    char *dir = scratch();
    const char *const texts[] = {files->common, files->schema, files->type, files->extension, "no JSON", "no JSON"};
    for (size_t i = 0; i < COUNT(file_names); i++)
        put_file(dir, file_names[i], texts[i]);
    const scim_error_t *error = load(out, dir);
    for (size_t i = 0; i < COUNT(file_names); i++)
        apr_file_remove(apr_pstrcat(unit_pool, dir, "/", file_names[i], NULL), unit_pool);
    apr_dir_remove(dir, unit_pool);
    if (!error)
        return "";
    UNIT_INT(error->status, 500);
    const apr_size_t len = strlen(dir);
    return strncmp(error->detail, dir, len) == 0 ? error->detail + len + 1 : error->detail;
}

static void smallest(void)
{
    scim_schemas_t *schemas = NULL;
    UNIT_STR(complaint(&schemas, &good), "");
    UNIT_INT(schemas->types->nelts, 1);
    UNIT_STR(APR_ARRAY_IDX(schemas->types, 0, const scim_resource_type_t *)->endpoint, "Ts");
    UNIT_JSON(json_object_object_get(APR_ARRAY_IDX(schemas->schemas, 0, const scim_schema_t *)->json, "meta"),
              "{'resourceType':'Schema'}");
}

static void refused_attributes(void)
{
    static const struct {
        const char *schema;
        const char *complaint; /* after "schema.json: " */
    } cases[] = {
        {SCHEMA("[{'name':'a','type':'strin'," PLAIN SHOWN "}]"),
         "attribute a: \"type\" is \"strin\", which is not one of the keywords"},
        {SCHEMA("[{'name':'a'," PLAIN SHOWN "}]"), "attribute a: \"type\" must be a string that is not empty"},
        {SCHEMA("[{'name':'a','type':'string'," PLAIN ",'returned':'default'}]"),
         "attribute a: \"mutability\" must be a string that is not empty"},
        {SCHEMA("[{'name':'a','type':'string'," PLAIN ",'mutability':'readonly','returned':'default'}]"),
         "attribute a: \"mutability\" is \"readonly\", which is not one of the keywords"},
        {SCHEMA("[{'name':'a','type':'string'," PLAIN ",'mutability':'readOnly'}]"),
         "attribute a: \"returned\" must be a string that is not empty"},
        {SCHEMA("[{'name':'a','type':'string'," PLAIN ",'mutability':'writeOnly','returned':'default'}]"),
         "attribute a: a writeOnly attribute must have \"returned\" \"never\""},
        {SCHEMA("[{'name':'a','type':'string','multiValued':'no','description':'d','required':false,'caseExact':false,"
                "'uniqueness':'none'" SHOWN "}]"),
         "attribute a: \"multiValued\" must be true or false"},
        {SCHEMA("[{'name':'a','type':'string','multiValued':false,'description':'d','caseExact':false,"
                "'uniqueness':'none'" SHOWN "}]"),
         "attribute a: \"required\" must be true or false"},
        {SCHEMA("[{'name':'a','type':'string','multiValued':false,'description':'d','required':false,"
                "'uniqueness':'none'" SHOWN "}]"),
         "attribute a: \"caseExact\" must be true or false"},
        {SCHEMA("[{'name':'a','type':'string','multiValued':false,'description':'d','required':false,"
                "'caseExact':false" SHOWN "}]"),
         "attribute a: \"uniqueness\" must be a string that is not empty"},
        {SCHEMA("[{'name':'a','type':'string','multiValued':false,'required':false,'caseExact':false,"
                "'uniqueness':'none'" SHOWN "}]"),
         "attribute a: \"description\" must be a string that is not empty"},
        {SCHEMA("[{'name':'a','type':'string','mutabilty':'x'," PLAIN SHOWN "}]"),
         "attribute a: unknown member \"mutabilty\""},
        {SCHEMA("[{'name':'a','type':'reference'," PLAIN SHOWN "}]"),
         "attribute a: \"referenceTypes\" belongs to references, and to each of them"},
        {SCHEMA("[{'name':'a','type':'string','referenceTypes':['uri']," PLAIN SHOWN "}]"),
         "attribute a: \"referenceTypes\" belongs to references, and to each of them"},
        {SCHEMA("[{'name':'a','type':'complex'," PLAIN SHOWN "}]"),
         "attribute a: \"subAttributes\" belongs to complex attributes, and to each of them"},
        {SCHEMA("[{'name':'a','type':'string','subAttributes':[" STRING("b") "]," PLAIN SHOWN "}]"),
         "attribute a: \"subAttributes\" belongs to complex attributes, and to each of them"},
        {SCHEMA("[{'name':'a','type':'string','canonicalValues':[]," PLAIN SHOWN "}]"),
         "attribute a: \"canonicalValues\" must be a list that is not empty"},
        {SCHEMA("[{'name':'a','type':'string','canonicalValues':[1]," PLAIN SHOWN "}]"),
         "attribute a: \"canonicalValues\" must hold strings only"},
        {SCHEMA("[{'name':'a','type':'complex','subAttributes':[]," PLAIN SHOWN "}]"),
         "attribute a: a list of attributes was expected"},
        {SCHEMA("[{'name':'a','type':'complex','subAttributes':[" STRING("b") "," STRING("B") "]," PLAIN SHOWN "}]"),
         "attribute a: the attribute \"B\" occurs twice"},
        {SCHEMA("[{'name':'a','type':'complex','subAttributes':[{'name':'b'}]," PLAIN SHOWN "}]"),
         "attribute a.b: \"description\" must be a string that is not empty"},
        {SCHEMA("[" STRING("a") "," STRING("A") "]"), "the attribute \"A\" occurs twice"},
        {SCHEMA("[" STRING("1a") "]"), "attribute 1a: the name is not allowed (RFC 7643 2.1)"},
        {SCHEMA("[" STRING("a.b") "]"), "attribute a.b: the name is not allowed (RFC 7643 2.1)"},
        {SCHEMA("[{'type':'string'}]"), "attributes: \"name\" must be a string that is not empty"},
        {SCHEMA("['a']"), "an attribute must be an object"},
        {SCHEMA("[]"), "a list of attributes was expected"},
        {SCHEMA("{}"), "a list of attributes was expected"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        scim_schemas_t *schemas;
        files_t files = good;
        files.schema = cases[i].schema;
        UNIT_STR(complaint(&schemas, &files), apr_pstrcat(unit_pool, "schema.json: ", cases[i].complaint, NULL));
        CU_ASSERT_PTR_NULL(schemas);
    }
}

#define REFERENCE(to) "[{'name':'r','type':'reference','referenceTypes':['" to "']," PLAIN SHOWN "}]"
#define NESTED                                                                                                         \
    "[{'name':'a','type':'complex'," PLAIN SHOWN ",'subAttributes':[{'name':'b','type':'complex'," PLAIN SHOWN         \
    ",'subAttributes':[" STRING("c") "]}]}]"
#define EXTENDED(urn) TYPE(",'schemaExtensions':[{'schema':'" urn "','required':true}]")

static void refused_documents(void)
{
    static const struct {
        files_t files;
        const char *complaint;
    } cases[] = {
        {{NULL, SCHEMA("[" STRING("a") "]"), TYPE(""), NULL}, "no schema directory holds a common.json"},
        {{COMMON, SCHEMA("[" STRING("a") "]"), NULL, NULL}, "no schema directory holds a ResourceType"},
        {{COMMON, NULL, TYPE(""), NULL}, "type.json: there is no schema \"urn:t\""},
        {{COMMON, "{", TYPE(""), NULL},
         "schema.json: The JSON is not valid: line 1, column 2: expected a member name, found the end of the text."},
        {{COMMON, "", TYPE(""), NULL}, "schema.json: A JSON object was expected, but there is nothing."},
        {{COMMON, "{}", TYPE(""), NULL},
         "schema.json: \"schemas\" must be [\"urn:ietf:params:scim:schemas:core:2.0:Schema\"] or "
         "[\"urn:ietf:params:scim:schemas:core:2.0:ResourceType\"]"},
        {{COMMON, "{'schemas':[" URN_SCHEMA "," URN_TYPE "]}", TYPE(""), NULL},
         "schema.json: \"schemas\" must be [\"urn:ietf:params:scim:schemas:core:2.0:Schema\"] or "
         "[\"urn:ietf:params:scim:schemas:core:2.0:ResourceType\"]"},
        {{COMMON, "{'schemas':[" URN_SCHEMA "],'name':'T'}", TYPE(""), NULL},
         "schema.json: \"id\" must be a string that is not empty"},
        {{COMMON, "{'schemas':[" URN_SCHEMA "],'id':'urn:t'}", TYPE(""), NULL},
         "schema.json: \"name\" must be a string that is not empty"},
        {{COMMON, "{'schemas':[" URN_SCHEMA "],'x':1}", TYPE(""), NULL}, "schema.json: unknown member \"x\""},
        {{COMMON, "{'schemas':[" URN_SCHEMA "],'id':'t','name':'T','attributes':[" STRING("a") "]}", TYPE(""), NULL},
         "schema.json: \"id\" must be a URN"},
        {{COMMON, SCHEMA("[" STRING("a") "]"), TYPE(""), SCHEMA("[" STRING("a") "]")},
         "schema.json: there is another schema \"urn:t\""},
        {{COMMON, SCHEMA("[" STRING("ID") "]"), TYPE(""), NULL},
         "schema.json: attribute ID: this is the name of a common attribute"},
        {{COMMON, SCHEMA(NESTED), TYPE(""), NULL}, "schema.json: attribute a.b: a sub-attribute must not be complex"},
        {{COMMON, SCHEMA(REFERENCE("Nobody")), TYPE(""), NULL},
         "schema.json: attribute r: there is no resource type \"Nobody\""},
        {{COMMON, SCHEMA("[" STRING("a") "]"), TYPE(",'x':1"), NULL}, "type.json: unknown member \"x\""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        scim_schemas_t *schemas;
        UNIT_STR(complaint(&schemas, &cases[i].files), cases[i].complaint);
        CU_ASSERT_PTR_NULL(schemas);
    }
}

static void refused_types(void)
{
    static const struct {
        const char *type;
        const char *complaint; /* after "type.json: " */
    } cases[] = {
        {"{'schemas':[" URN_TYPE "],'endpoint':'/Ts','schema':'urn:t'}", "\"name\" must be a string that is not empty"},
        {"{'schemas':[" URN_TYPE "],'name':'T','schema':'urn:t'}", "\"endpoint\" must be a string that is not empty"},
        {"{'schemas':[" URN_TYPE "],'name':'T','endpoint':'/Ts'}", "\"schema\" must be a string that is not empty"},
        {"{'schemas':[" URN_TYPE "],'name':'T','endpoint':'/','schema':'urn:t'}",
         "endpoint: \"\" cannot be a resource type's"},
        {"{'schemas':[" URN_TYPE "],'name':'T','endpoint':'/Schemas','schema':'urn:t'}",
         "endpoint: \"Schemas\" cannot be a resource type's"},
        {"{'schemas':[" URN_TYPE "],'name':'a/b','endpoint':'/Ts','schema':'urn:t'}",
         "name: letters and digits are allowed, not \"a/b\""},
        {TYPE(",'readOnly':'x'"), "\"readOnly\" must be true or false"},
        {TYPE(",'viewOf':'X'"), "viewOf: there is no read-only resource type \"X\""},
        {TYPE(",'id':'U'"), "id: it must be the name, \"T\""},
        {TYPE(",'id':7"), "\"id\" must be a string that is not empty"},
        {"{'schemas':[" URN_TYPE "],'name':'T','endpoint':'/a/b','schema':'urn:t'}",
         "endpoint: letters, digits, - and _ are allowed after the slash"},
        {"{'schemas':[" URN_TYPE "],'name':'T','endpoint':'Ts','schema':'urn:x'}", "there is no schema \"urn:x\""},
        {EXTENDED("urn:x"), "schemaExtensions: there is no schema \"urn:x\""},
        {EXTENDED("urn:t"), "schemaExtensions: \"urn:t\" occurs twice"},
        {TYPE(",'schemaExtensions':[{'schema':'urn:e'}]"), "schemaExtensions: \"required\" must be true or false"},
        {TYPE(",'schemaExtensions':[{'schema':'urn:e','required':true,'x':1}]"),
         "schemaExtensions: unknown member \"x\""},
        {TYPE(",'schemaExtensions':['urn:e']"), "schemaExtensions: an object was expected"},
        {TYPE(",'schemaExtensions':{}"), "schemaExtensions: a list was expected"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        scim_schemas_t *schemas;
        files_t files = good;
        files.type = cases[i].type;
        files.extension = EXTENSION("[" STRING("a") "]");
        UNIT_STR(complaint(&schemas, &files), apr_pstrcat(unit_pool, "type.json: ", cases[i].complaint, NULL));
    }
}

static void refused_doubles(void)
{
    scim_schemas_t *schemas;
    files_t files = good;
    files.extension = TYPE("");
    UNIT_STR(complaint(&schemas, &files), "type.json: endpoint: there is another resource type at \"Ts\"");
    files.extension = "{'schemas':[" URN_TYPE "],'name':'t','endpoint':'/Xs','schema':'urn:t'}";
    UNIT_STR(complaint(&schemas, &files), "type.json: there is another resource type \"T\"");
}

/* Schemas with properties that the server does not support. */
#define ATTR(name, type, multi, required, unique, mutability, returned)                                                \
    "{'name':'" name "','type':'" type "','multiValued':" multi ",'description':'d','required':" required              \
    ",'caseExact':false,'uniqueness':'" unique "','mutability':'" mutability "','returned':'" returned "'"
#define SIMPLE(name, type, multi) ATTR(name, type, multi, "false", "none", "readWrite", "default") "}"
#define COMPLEX(name, multi, subs)                                                                                     \
    ATTR(name, "complex", multi, "false", "none", "readWrite", "default") ",'subAttributes':[" subs "]}"
#define UNIQUE(name, unique)       ATTR(name, "string", "false", "false", unique, "readWrite", "default") "}"
#define INDEXED(name, type, multi) ATTR(name, type, multi, "false", "none", "readWrite", "default") ",'indexed':true}"
#define HEAD(urn)                  "{'schemas':[" URN_SCHEMA "],'id':'" urn "','name':'N','attributes':"
#define NOT_UNIQUE                 "\"uniqueness\" must be \"none\": only a User's userName and a Group's displayName are kept unique"

static void refused_promises(void)
{
    static const struct {
        const char *attribute;
        const char *in_base;      /* the error after the file's name; "": none */
        const char *in_extension; /* NULL: the same */
    } cases[] = {
        {UNIQUE("x", "server"), "attribute x: " NOT_UNIQUE, NULL},
        {UNIQUE("x", "global"), "attribute x: " NOT_UNIQUE, NULL},
        {UNIQUE("userName", "server"), "attribute userName: " NOT_UNIQUE, NULL},
        {COMPLEX("c", "true", UNIQUE("x", "server")), "attribute c.x: " NOT_UNIQUE, NULL},
        {ATTR("x", "string", "false", "true", "none", "readOnly", "default") "}",
         "attribute x: a readOnly attribute cannot be required", NULL},
        {ATTR("x", "string", "false", "true", "none", "writeOnly", "never") "}",
         "attribute x: a writeOnly attribute cannot be required", NULL},
        {COMPLEX("c", "false", ATTR("x", "string", "false", "true", "none", "readOnly", "default") "}"),
         "attribute c.x: a readOnly attribute cannot be required", NULL},
        {ATTR("x", "string", "false", "true", "none", "immutable", "default") "}", "", NULL},
        {SIMPLE("displayName", "string", "false"), "", NULL},
        {SIMPLE("displayname", "string", "true"), "attribute displayname: a displayName must be a single string", ""},
        {SIMPLE("displayName", "integer", "false"), "attribute displayName: a displayName must be a single string", ""},
        {SIMPLE("active", "string", "false"), "attribute active: an active must be a single boolean", ""},
        {SIMPLE("active", "boolean", "true"), "attribute active: an active must be a single boolean", ""},
        {SIMPLE("emails", "string", "true"), "attribute emails: emails must be multi-valued and complex", ""},
        {COMPLEX("emails", "false", SIMPLE("value", "string", "false")),
         "attribute emails: emails must be multi-valued and complex", ""},
        {COMPLEX("emails", "true", SIMPLE("value", "string", "false")), "", NULL},
        {COMPLEX("emails", "true", SIMPLE("value", "decimal", "false")),
         "attribute emails.value: the value of emails must be a single string", ""},
        {INDEXED("x", "string", "true"), "", NULL},
        {COMPLEX("c", "true", INDEXED("x", "string", "false")), "", NULL},
        {COMPLEX("c", "false", INDEXED("x", "string", "true")),
         "attribute c.x: a sub-attribute with many values cannot be \"indexed\"", NULL},
        {INDEXED("x", "dateTime", "false"), "attribute x: only strings and references can be \"indexed\"", NULL},
        {ATTR("x", "string", "false", "false", "none", "writeOnly", "never") ",'indexed':true}",
         "attribute x: a writeOnly attribute cannot be \"indexed\"", NULL},
        {SIMPLE("id", "string", "false"), "attribute id: this is the name of a common attribute", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *list = apr_pstrcat(unit_pool, "[", cases[i].attribute, "]", NULL);
        const char *wanted = cases[i].in_extension ? cases[i].in_extension : cases[i].in_base;
        scim_schemas_t *schemas;
        files_t files = {COMMON, apr_pstrcat(unit_pool, HEAD("urn:t"), list, "}", NULL), TYPE(""), NULL};
        UNIT_STR(complaint(&schemas, &files),
                 *cases[i].in_base ? apr_pstrcat(unit_pool, "schema.json: ", cases[i].in_base, NULL) : "");
        files.schema = good.schema;
        files.type = EXTENDED("urn:e");
        files.extension = apr_pstrcat(unit_pool, HEAD("urn:e"), list, "}", NULL);
        UNIT_STR(complaint(&schemas, &files), *wanted ? apr_pstrcat(unit_pool, "extension.json: ", wanted, NULL) : "");
    }
}

/* ---- additions to existing types ---- */

#define ADDITION(name, more) "{'schemas':[" URN_TYPE "],'name':'" name "'" more "}"
#define ADDED(urn)           ",'schemaExtensions':[{'schema':'" urn "','required':true}]"

/* Loads `good`, and another directory with an extension and the document that adds it. */
static const char *added(scim_schemas_t **out, const char *type, const char *addition)
{
    const char *const names[] = {"0/common.json", "0/schema.json", "0/type.json", "1/addition.json",
                                 "1/extension.json"};
    const char *const texts[] = {COMMON, good.schema, type, addition, EXTENSION("[" STRING("a") "]")};
    char *dir = scratch();
    apr_array_header_t *dirs = apr_array_make(unit_pool, 2, sizeof(const char *));
    for (int i = 1; i >= 0; i--) { /* the order does not matter */
        APR_ARRAY_PUSH(dirs, const char *) = apr_psprintf(unit_pool, "%s/%d", dir, i);
        apr_dir_make(APR_ARRAY_IDX(dirs, 1 - i, const char *), APR_FPROT_OS_DEFAULT, unit_pool);
        UNIT_INT(scim_schemas_complete(dirs, unit_pool), 0);
    }
    for (size_t i = 0; i < COUNT(names); i++)
        put_file(dir, names[i], texts[i]);
    UNIT_INT(scim_schemas_complete(dirs, unit_pool), 1);
    const scim_error_t *error = scim_schemas_load(out, dirs, unit_pool);
    for (size_t i = 0; i < COUNT(names); i++)
        apr_file_remove(apr_pstrcat(unit_pool, dir, "/", names[i], NULL), unit_pool);
    for (int i = 0; i < 2; i++)
        apr_dir_remove(APR_ARRAY_IDX(dirs, i, const char *), unit_pool);
    apr_dir_remove(dir, unit_pool);
    return error ? error->detail + strlen(dir) + 1 : "";
}

static void additions(void)
{
    scim_schemas_t *schemas;
    UNIT_STR(added(&schemas, TYPE(""), ADDITION("T", ADDED("urn:e"))), "");
    const scim_resource_type_t *type = APR_ARRAY_IDX(schemas->types, 0, const scim_resource_type_t *);
    UNIT_INT(schemas->types->nelts, 1);
    UNIT_INT(type->extensions->nelts, 1);
    UNIT_INT(APR_ARRAY_IDX(type->extensions, 0, scim_extension_t).required, 1);
    UNIT_INT(type->plain, 1);
    UNIT_JSON(json_object_object_get(type->json, "schemaExtensions"), "[{'schema':'urn:e','required':true}]");

    UNIT_STR(added(&schemas, EXTENDED("urn:e"), ADDITION("T", ADDED("urn:e"))),
             "1/addition.json: schemaExtensions: \"urn:e\" occurs twice");
    UNIT_STR(added(&schemas, TYPE(""), ADDITION("T", ADDED("urn:x"))),
             "1/addition.json: schemaExtensions: there is no schema \"urn:x\"");
    UNIT_STR(added(&schemas, TYPE(""), ADDITION("X", ADDED("urn:e"))),
             "1/addition.json: there is no resource type \"X\" to add extensions to");
    UNIT_STR(added(&schemas, TYPE(""), ADDITION("T", "")), "1/addition.json: \"endpoint\" and \"schema\" are missing, "
                                                           "or \"schemaExtensions\" of an existing resource type");
    UNIT_STR(added(&schemas, TYPE(""), ADDITION("T", ",'schemaExtensions':'urn:e'")),
             "1/addition.json: schemaExtensions: a list was expected");
}

/* Only groups have memberships: `members` of another type stays in the document. */
static void own_members(void)
{
    scim_schemas_t *schemas;
    files_t files = good;
    files.schema =
        SCHEMA("[" COMPLEX("members", "true", STRING("value")) "," COMPLEX("groups", "true", STRING("value")) "]");
    UNIT_STR(complaint(&schemas, &files), "");
    const scim_resource_type_t *type = APR_ARRAY_IDX(schemas->types, 0, const scim_resource_type_t *);
    CU_ASSERT_PTR_NULL(type->members);
    CU_ASSERT_PTR_NULL(type->groups);
}

static void refused_directory(void)
{
    scim_schemas_t *schemas;
    UNIT_STR(load(&schemas, "/nonexistent")->detail,
             "/nonexistent: cannot read the directory: No such file or directory");
}

/* ---- consequences of the characteristics ---- */

#define WITH(mutability, returned)                                                                                     \
    "{'name':'x','type':'string'," PLAIN ",'mutability':'" mutability "','returned':'" returned "'}"
#define INSIDE(attribute) "{'name':'c','type':'complex'," PLAIN SHOWN ",'subAttributes':[" attribute "]}"

static void plain(void)
{
    static const struct {
        const char *attribute;
        int plain;
    } cases[] = {
        {WITH("readWrite", "default"), 1},
        {WITH("readWrite", "always"), 1},
        {WITH("readWrite", "request"), 0},
        {WITH("readWrite", "never"), 0},
        {WITH("immutable", "never"), 0},
        {WITH("writeOnly", "never"), 1},
        {WITH("readOnly", "never"), 1},
        {WITH("readOnly", "request"), 0},
        {INSIDE(WITH("readWrite", "default")), 1},
        {INSIDE(WITH("readWrite", "request")), 0},
        {INSIDE(WITH("readOnly", "never")), 1},
        {INSIDE(WITH("writeOnly", "never")), 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int extends = 0; extends < 2; extends++) {
            const char *list = apr_pstrcat(unit_pool, "[", cases[i].attribute, "]", NULL);
            scim_schemas_t *schemas = NULL;
            files_t files = {COMMON, SCHEMA("[" STRING("a") "]"), EXTENDED("urn:e"), EXTENSION("[" STRING("a") "]")};
            const char **where = extends ? &files.extension : &files.schema;
            const char *urn = extends ? "urn:e" : "urn:t";
            *where =
                apr_psprintf(unit_pool, "{'schemas':[" URN_SCHEMA "],'id':'%s','name':'N','attributes':%s}", urn, list);
            UNIT_STR(complaint(&schemas, &files), "");
            if (!UNIT_INT(APR_ARRAY_IDX(schemas->types, 0, const scim_resource_type_t *)->plain, cases[i].plain))
                UNIT_STR("of", cases[i].attribute);
        }
    }
}

CU_TestInfo test_schema[] = {{"lookups", lookups},
                             {"types", types},
                             {"characteristics", characteristics},
                             {"attributes and their order", attribute_lists},
                             {"the enterprise extension", enterprise},
                             {"lists of words", lists_of_words},
                             {"documents as they are served", served_documents},
                             {"the smallest set", smallest},
                             {"refused: attributes", refused_attributes},
                             {"refused: documents", refused_documents},
                             {"refused: resource types", refused_types},
                             {"refused: doubles", refused_doubles},
                             {"refused: directory", refused_directory},
                             {"refused: promises that are not kept", refused_promises},
                             {"added extensions", additions},
                             {"members of another type", own_members},
                             {"plain", plain},
                             CU_TEST_INFO_NULL};
