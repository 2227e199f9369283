#include "scim/resource.h"

#include <apr_strings.h>
#include <string.h>

#include "unit.h"

#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

static scim_leniency_t lenient;
static json_object *value;

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

/* Reads the member `v` of an object. */
static scim_error_t *read_as(const scim_attr_t *attr, const char *json, unsigned allowed)
{
    json_object *body = unit_json(apr_pstrcat(unit_pool, "{'v':", json, "}", NULL));

    lenient.allowed = allowed;
    lenient.used = 0;
    value = NULL;
    return scim_value_read(&value, json_object_object_get(body, "v"), attr, attr->name, &lenient, unit_pool);
}

static scim_error_t *read_type(scim_attr_type_e type, const char *json, unsigned allowed)
{
    scim_attr_t attr = attr_of(type);

    return read_as(&attr, json, allowed);
}

static scim_error_t *read_user(const char *name, const char *json, unsigned allowed)
{
    const scim_attr_t *attr = scim_type_attr(unit_type("User"), name, strlen(name));

    if (!attr)
        attr = scim_schema_attr(scim_schemas_find(unit_schemas(), ENTERPRISE, strlen(ENTERPRISE)), name, strlen(name));
    return read_as(attr, json, allowed);
}

static void simple_types(void)
{
    static const struct {
        scim_attr_type_e type;
        const char *json;
        const char *detail; /* NULL: accepted unchanged */
    } cases[] = {
        {SCIM_STRING, "'\xc3\xa4 B'", NULL},
        {SCIM_STRING, "''", NULL},
        {SCIM_STRING, "5", "x must be a string, not a number."},
        {SCIM_STRING, "true", "x must be a string, not a boolean."},
        {SCIM_STRING, "{}", "x must be a string, not an object."},
        {SCIM_STRING, "['a']", "x must be a single value, not a list."},
        {SCIM_BOOLEAN, "true", NULL},
        {SCIM_BOOLEAN, "false", NULL},
        {SCIM_BOOLEAN, "1", "x must be a boolean, not a number."},
        {SCIM_BOOLEAN, "'true'", "x must be a boolean, not a string."},
        {SCIM_BOOLEAN, "'yes'", "x must be a boolean, not \"yes\"."},
        {SCIM_INTEGER, "-7", NULL},
        {SCIM_INTEGER, "1.0", "x must be an integer, which has neither fraction nor exponent, not 1.0."},
        {SCIM_INTEGER, "1e2", "x must be an integer, which has neither fraction nor exponent, not 1e2."},
        {SCIM_INTEGER, "'7'", "x must be an integer, not a string."},
        {SCIM_DECIMAL, "1.50", NULL},
        {SCIM_DECIMAL, "3", NULL},
        {SCIM_DECIMAL, "'1.5'", "x must be a number, not a string."},
        {SCIM_DATETIME, "'2008-01-23T04:56:22Z'", NULL},
        {SCIM_DATETIME, "'2008-01-23T04:56:22.123+02:00'", NULL},
        {SCIM_DATETIME, "'2008-01-23'",
         "x must be a date and time such as \"2008-01-23T04:56:22Z\", not \"2008-01-23\"."},
        {SCIM_DATETIME, "1201064182", "x must be a date and time such as \"2008-01-23T04:56:22Z\", not a number."},
        {SCIM_REFERENCE, "'https://example.com/a?b#c'", NULL},
        {SCIM_REFERENCE, "'../Users/1'", NULL},
        {SCIM_REFERENCE, "'urn:x:y'", NULL},
        {SCIM_REFERENCE, "'a b'", "x must be a URI without spaces and control characters, not \"a b\"."},
        {SCIM_REFERENCE, "'a\\n'", "x must be a URI without spaces and control characters, not \"a\n\"."},
        {SCIM_REFERENCE, "7", "x must be a URI, not a number."},
        {SCIM_BINARY, "''", NULL},
        {SCIM_BINARY, "'aGk='", NULL},
        {SCIM_BINARY, "'aGk'", NULL},
        {SCIM_BINARY, "'aGVs'", NULL},
        {SCIM_BINARY, "'aA=='", NULL},
        {SCIM_BINARY, "'aA='", "x must be base64 text, not \"aA=\"."},
        {SCIM_BINARY, "'a'", "x must be base64 text, not \"a\"."},
        {SCIM_BINARY, "'aGVs===='", "x must be base64 text, not \"aGVs====\"."},
        {SCIM_BINARY, "'a-_k'", "x must be base64 text, not \"a-_k\"."},
        {SCIM_BINARY, "'aG k'", "x must be base64 text, not \"aG k\"."},
        {SCIM_BINARY, "true", "x must be base64 text, not a boolean."},
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        scim_error_t *error = read_type(cases[i].type, cases[i].json, SCIM_LENIENT_NONE);

        if (cases[i].detail)
            UNIT_ERROR(error, SCIM_INVALID_VALUE, cases[i].detail);
        else if (UNIT_OK(error))
            UNIT_JSON(value, cases[i].json);
    }
}

static void long_values_are_clipped_in_details(void)
{
    UNIT_ERROR(read_type(SCIM_BOOLEAN, "'0123456789012345678901234567890123456789012345'", SCIM_LENIENT_NONE),
               SCIM_INVALID_VALUE, "x must be a boolean, not \"0123456789012345678901234567890123456789...\".");
    UNIT_ERROR(read_type(SCIM_BOOLEAN, "'012345678901234567890123456789012345678\xc3\xa4xxx'", SCIM_LENIENT_NONE),
               SCIM_INVALID_VALUE, "x must be a boolean, not \"012345678901234567890123456789012345678...\".");
}

static void unassigned(void)
{
    UNIT_OK(read_type(SCIM_STRING, "null", SCIM_LENIENT_NONE));
    CU_ASSERT_PTR_NULL(value);
    UNIT_OK(read_user("emails", "null", SCIM_LENIENT_NONE));
    CU_ASSERT_PTR_NULL(value);
    UNIT_OK(read_user("emails", "[]", SCIM_LENIENT_NONE));
    CU_ASSERT_PTR_NULL(value);
    UNIT_OK(read_user("name", "{'givenName':null,'unknown':1}", SCIM_LENIENT_NONE));
    CU_ASSERT_PTR_NULL(value);
    UNIT_OK(read_user("emails", "[{},{'unknown':1}]", SCIM_LENIENT_NONE));
    CU_ASSERT_PTR_NULL(value);
    UNIT_OK(read_user("externalId", "''", SCIM_LENIENT_NONE));
    CU_ASSERT_PTR_NULL(value);
}

/* Text that means "no value". */
static void empty_text(void)
{
    static const struct {
        const char *attr, *json;
        unsigned used;
        const char *strict; /* the error without the leniency; NULL: no value in that case, too */
    } cases[] = {
        {"active", "''", SCIM_LENIENT_EMPTY_STRING, "active must be a boolean, not \"\"."},
        {"profileUrl", "''", SCIM_LENIENT_EMPTY_STRING, "profileUrl must be a URI, not \"\"."},
        {"name", "''", SCIM_LENIENT_EMPTY_STRING, "name must be an object, not a string."},
        {"manager", "''", SCIM_LENIENT_EMPTY_STRING, "manager must be an object with a \"value\", not a string."},
        {"manager", "{'$ref':''}", SCIM_LENIENT_EMPTY_STRING, "manager.$ref must be a URI, not \"\"."},
        {"emails", "''", SCIM_LENIENT_EMPTY_STRING, "emails must be a list, not a string."},
        {"emails", "['']", SCIM_LENIENT_EMPTY_STRING, "emails[0] must be an object with a \"value\", not a string."},
        {"x509Certificates", "''", SCIM_LENIENT_EMPTY_STRING, "x509Certificates must be a list, not a string."},
        /* that means "no value" under every profile */
        {"externalId", "' \\t\xc2\xa0\xe2\x80\x8b'", 0, NULL},
        {"manager", "{'value':'','displayName':'M'}", 0, NULL},
        {"manager", "{'value':' \xe3\x80\x80'}", 0, NULL},
        {"emails", "[{},{'type':'work'},{'value':'','primary':true},{'display':'D'}]", 0, NULL},
        {"photos", "[{'value':''}]", 0, NULL},
        {"roles", "[{'value':' '}]", 0, NULL},
        {"addresses", "[{'type':'work','locality':'','primary':true}]", 0, NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        UNIT_OK(read_user(cases[i].attr, cases[i].json, SCIM_LENIENT_ALL));
        UNIT_STR(value ? json_object_to_json_string(value) : "none", "none");
        UNIT_INT(lenient.used, cases[i].used);
        if (cases[i].strict)
            UNIT_ERROR(read_user(cases[i].attr, cases[i].json, SCIM_LENIENT_NONE), SCIM_INVALID_VALUE, cases[i].strict);
        else if (UNIT_OK(read_user(cases[i].attr, cases[i].json, SCIM_LENIENT_NONE)))
            CU_ASSERT_PTR_NULL(value);
    }
    UNIT_OK(read_user("title", "''", SCIM_LENIENT_ALL));
    UNIT_JSON(value, "''");
    UNIT_OK(read_user("name", "{'givenName':'','familyName':'B'}", SCIM_LENIENT_ALL));
    UNIT_JSON(value, "{'givenName':'','familyName':'B'}");
    UNIT_OK(read_user("addresses", "[{'type':'work','locality':'','region':'R'},{'type':'home'}]", SCIM_LENIENT_NONE));
    UNIT_JSON(value, "[{'type':'work','locality':'','region':'R'}]");
    UNIT_ERROR(read_user("userName", "'\xc2\xa0'", SCIM_LENIENT_ALL), SCIM_INVALID_VALUE,
               "userName must not be empty.");
}

static char *repeated(char c, size_t count)
{
    char *text = apr_palloc(unit_pool, count + 3);

    memset(text + 1, c, count);
    text[0] = text[count + 1] = '\'';
    text[count + 2] = '\0';
    return text;
}

static void lengths(void)
{
    UNIT_OK(read_user("userName", repeated('a', 1024), SCIM_LENIENT_NONE));
    UNIT_ERROR(read_user("userName", repeated('a', 1025), SCIM_LENIENT_NONE), SCIM_INVALID_VALUE,
               "userName must be at most 1024 bytes long, not 1025.");
    UNIT_ERROR(read_user("externalId", repeated('a', 1025), SCIM_LENIENT_NONE), SCIM_INVALID_VALUE,
               "externalId must be at most 1024 bytes long, not 1025.");
    UNIT_ERROR(read_user("displayName", repeated('a', 1025), SCIM_LENIENT_NONE), SCIM_INVALID_VALUE,
               "displayName must be at most 1024 bytes long, not 1025.");
    UNIT_ERROR(read_user("emails", apr_psprintf(unit_pool, "[{'value':%s}]", repeated('a', 1025)), SCIM_LENIENT_NONE),
               SCIM_INVALID_VALUE, "emails[0].value must be at most 1024 bytes long, not 1025.");
    UNIT_OK(read_user("title", repeated('a', 65536), SCIM_LENIENT_NONE));
    UNIT_ERROR(read_user("title", repeated('a', 65537), SCIM_LENIENT_NONE), SCIM_INVALID_VALUE,
               "title must be at most 65536 bytes long, not 65537.");
    UNIT_ERROR(read_user("profileUrl", repeated('a', 65537), SCIM_LENIENT_NONE), SCIM_INVALID_VALUE,
               "profileUrl must be at most 65536 bytes long, not 65537.");
    UNIT_ERROR(read_user("x509Certificates", apr_psprintf(unit_pool, "[{'value':%s}]", repeated('a', 1048580)),
                         SCIM_LENIENT_NONE),
               SCIM_INVALID_VALUE, "x509Certificates[0].value must be at most 1048576 bytes long, not 1048580.");
    UNIT_OK(read_user("photos", apr_psprintf(unit_pool, "[{'value':%s}]", repeated('a', 1048576)), SCIM_LENIENT_NONE));
    UNIT_ERROR(
        read_user("photos", apr_psprintf(unit_pool, "[{'value':%s}]", repeated('a', 1048577)), SCIM_LENIENT_NONE),
        SCIM_INVALID_VALUE, "photos[0].value must be at most 1048576 bytes long, not 1048577.");
    UNIT_ERROR(read_user("photos", apr_psprintf(unit_pool, "[{'type':%s}]", repeated('a', 65537)), SCIM_LENIENT_NONE),
               SCIM_INVALID_VALUE, "photos[0].type must be at most 65536 bytes long, not 65537.");
    UNIT_ERROR(read_user("userName", "''", SCIM_LENIENT_NONE), SCIM_INVALID_VALUE, "userName must not be empty.");
    UNIT_ERROR(read_user("userName", "' \\t'", SCIM_LENIENT_NONE), SCIM_INVALID_VALUE, "userName must not be empty.");
}

static void complex_values(void)
{
    UNIT_OK(read_user("name", "{'GIVENNAME':'G','x':[1],'familyname':'F'}", SCIM_LENIENT_NONE));
    UNIT_JSON(value, "{'givenName':'G','familyName':'F'}");
    UNIT_OK(read_user("manager", "{'value':'1','displayName':'Boss','$ref':null}", SCIM_LENIENT_NONE));
    UNIT_JSON(value, "{'value':'1'}");
    UNIT_ERROR(read_user("name", "{'givenName':'a','GivenName':'b'}", SCIM_LENIENT_NONE), SCIM_INVALID_SYNTAX,
               "name.GivenName is given twice, in different case.");
    UNIT_ERROR(read_user("name", "'x'", SCIM_LENIENT_ALL), SCIM_INVALID_VALUE, "name must be an object, not a string.");
    UNIT_ERROR(read_user("name", "{'GivenName':5}", SCIM_LENIENT_ALL), SCIM_INVALID_VALUE,
               "name.GivenName must be a string, not a number.");
    UNIT_ERROR(read_user("name", "[{'givenName':'a'},{}]", SCIM_LENIENT_ALL), SCIM_INVALID_VALUE,
               "name must be a single value, not a list of 2.");
    UNIT_ERROR(read_user("name", "[{'givenName':'a'}]", SCIM_LENIENT_NONE), SCIM_INVALID_VALUE,
               "name must be a single value, not a list.");
    UNIT_ERROR(read_user("name", "{'givenName':{'a':1}}", SCIM_LENIENT_NONE), SCIM_INVALID_VALUE,
               "name.givenName must be a string, not an object.");
}

static void lists(void)
{
    UNIT_OK(read_user("emails", "[{'VALUE':'a@x','Type':'work','primary':true},{'value':'b@x','primary':false}]",
                      SCIM_LENIENT_NONE));
    UNIT_JSON(value, "[{'value':'a@x','type':'work','primary':true},{'value':'b@x','primary':false}]");
    UNIT_OK(read_user("emails", "[{'value':'a','type':'no canonical one'}]", SCIM_LENIENT_NONE));
    UNIT_JSON(value, "[{'value':'a','type':'no canonical one'}]");
    UNIT_ERROR(read_user("emails", "[{'value':'a'},{'value':'b','Primary':1}]", SCIM_LENIENT_ALL), SCIM_INVALID_VALUE,
               "emails[1].Primary must be a boolean, not a number.");
    UNIT_ERROR(read_user("emails", "[null]", SCIM_LENIENT_ALL), SCIM_INVALID_VALUE,
               "emails[0] must be an object with a \"value\", not null.");
    UNIT_ERROR(read_user("emails", "[[]]", SCIM_LENIENT_ALL), SCIM_INVALID_VALUE,
               "emails[0] must be an object with a \"value\", not a list.");
    UNIT_ERROR(read_user("emails", "['a']", SCIM_LENIENT_NONE), SCIM_INVALID_VALUE,
               "emails[0] must be an object with a \"value\", not a string.");
    UNIT_ERROR(read_user("emails", "{'value':'a'}", SCIM_LENIENT_NONE), SCIM_INVALID_VALUE,
               "emails must be a list, not an object.");
    UNIT_ERROR(read_user("emails", "5", SCIM_LENIENT_ALL), SCIM_INVALID_VALUE, "emails must be a list, not a number.");
    UNIT_ERROR(read_user("emails", "[{'value':'a','primary':true},{'value':'b','primary':true}]", SCIM_LENIENT_ALL),
               SCIM_INVALID_VALUE, "emails must have at most one primary value, not 2.");
}

static void simple_lists(void)
{
    scim_attr_t attr = attr_of(SCIM_STRING);

    attr.multi_valued = 1;
    UNIT_OK(read_as(&attr, "['a','b','a']", SCIM_LENIENT_NONE));
    UNIT_JSON(value, "['a','b']");
    UNIT_ERROR(read_as(&attr, "['a',3]", SCIM_LENIENT_NONE), SCIM_INVALID_VALUE,
               "x[1] must be a string, not a number.");
    UNIT_ERROR(read_as(&attr, "['a',null]", SCIM_LENIENT_NONE), SCIM_INVALID_VALUE, "x[1] must be a value, not null.");
    UNIT_ERROR(read_as(&attr, "'a'", SCIM_LENIENT_NONE), SCIM_INVALID_VALUE, "x must be a list, not a string.");
    UNIT_OK(read_as(&attr, "'a'", SCIM_LENIENT_ALL));
    UNIT_JSON(value, "['a']");
    UNIT_INT(lenient.used, SCIM_LENIENT_OBJECT_FOR_ARRAY);
}

static void doubles_are_kept_once(void)
{
    UNIT_OK(read_user("emails",
                      "[{'value':'a','type':'work'},{'value':'a','type':'home'},{'value':'a'},"
                      "{'type':'work','value':'a','display':'second'},{'value':'a'},{'value':'A'}]",
                      SCIM_LENIENT_NONE));
    UNIT_JSON(value, "[{'value':'a','type':'work'},{'value':'a','type':'home'},{'value':'a'}]");
    UNIT_OK(read_user("emails", "[{'value':'\u00c4@x','type':'Work'},{'value':'a\u0308@X','type':'work'}]",
                      SCIM_LENIENT_NONE));
    UNIT_JSON(value, "[{'value':'\u00c4@x','type':'Work'}]");
    UNIT_OK(read_user("photos", "[{'value':'http://x/a'},{'value':'http://x/A'}]", SCIM_LENIENT_NONE));
    UNIT_JSON(value, "[{'value':'http://x/a'},{'value':'http://x/A'}]");
    UNIT_OK(read_user("addresses", "[{'locality':'L','type':'work'},{'type':'work','locality':'l'},{'locality':'L'}]",
                      SCIM_LENIENT_NONE));
    UNIT_JSON(value, "[{'locality':'L','type':'work'},{'locality':'L'}]");
    UNIT_OK(read_user("emails", "[{'value':'a'},{'value':'b'},{'value':'a','primary':true},{'value':'a'}]",
                      SCIM_LENIENT_NONE));
    UNIT_JSON(value, "[{'value':'a','primary':true},{'value':'b'}]");
    UNIT_OK(read_user("emails", "[{'value':'a','primary':true},{'value':'a','primary':true}]", SCIM_LENIENT_NONE));
    UNIT_JSON(value, "[{'value':'a','primary':true}]");
    UNIT_OK(read_user("addresses", "[{'type':'work','region':'A'},{'type':'work','region':'B'}]", SCIM_LENIENT_NONE));
    UNIT_JSON(value, "[{'type':'work','region':'A'},{'type':'work','region':'B'}]");
}

/* A leniency that would hide mistakes applies only to the attributes in its row. */
static void leniencies_of_some(void)
{
    static const struct {
        const char *attr, *json, *detail;
    } refused[] = {
        {"userName", "['a']", "userName must be a single value, not a list."},
        {"active", "['True']", "active must be a single value, not a list."},
        {"title", "['x']", "title must be a single value, not a list."},
        {"title", "{'value':'x'}", "title must be a string, not an object."},
        {"displayName", "{'value':'x'}", "displayName must be a string, not an object."},
        {"name", "[{'givenName':'x'}]", "name must be a single value, not a list."},
        {"name", "{'givenName':['x']}", "name.givenName must be a single value, not a list."},
        {"name", "'x'", "name must be an object, not a string."},
        {"emails", "'text'", "emails[0] must be an object with a \"value\", not a string."},
        {"emails", "['text']", "emails[0] must be an object with a \"value\", not a string."},
        {"roles", "['user']", "roles[0] must be an object with a \"value\", not a string."},
        {"emails", "[{'value':['x']}]", "emails[0].value must be a single value, not a list."},
    };
    static const struct {
        const char *attr, *json, *read;
        unsigned used;
    } targets[] = {
        {"userName", "['a']", "'a'", SCIM_LENIENT_ARRAY_FOR_SINGULAR},
        {"active", "['True']", "true", SCIM_LENIENT_BOOLEAN_STRING | SCIM_LENIENT_ARRAY_FOR_SINGULAR},
        {"displayName", "{'value':'x'}", "'x'", SCIM_LENIENT_VALUE_OBJECT},
    };

    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
        UNIT_ERROR(read_user(refused[i].attr, refused[i].json, SCIM_LENIENT_ALL), SCIM_INVALID_VALUE,
                   refused[i].detail);
    for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
        const scim_attr_t *attr = scim_type_attr(unit_type("User"), targets[i].attr, strlen(targets[i].attr));

        json_object *body = unit_json(apr_pstrcat(unit_pool, "{'v':", targets[i].json, "}", NULL));

        lenient = (scim_leniency_t){.allowed = SCIM_LENIENT_ALL};
        if (UNIT_OK(scim_target_read(&value, json_object_object_get(body, "v"), attr, targets[i].attr, &lenient,
                                     unit_pool)))
            UNIT_JSON(value, targets[i].read);
        UNIT_INT(lenient.used, targets[i].used);
    }
}

static void lenient_shapes(void)
{
    static const struct {
        const char *attr, *json, *read;
        unsigned used;
    } cases[] = {
        {"active", "'False'", "false", SCIM_LENIENT_BOOLEAN_STRING},
        {"active", "'true'", "true", SCIM_LENIENT_BOOLEAN_STRING},
        {"manager", "[{'$ref':'http://x/ID','value':'ID'}]", "{'$ref':'http://x/ID','value':'ID'}",
         SCIM_LENIENT_ARRAY_FOR_SINGULAR},
        {"manager", "'ID'", "{'value':'ID'}", SCIM_LENIENT_BARE_COMPLEX},
        {"manager", "['ID']", "{'value':'ID'}", SCIM_LENIENT_BARE_COMPLEX | SCIM_LENIENT_ARRAY_FOR_SINGULAR},
        {"emails", "['{\\'value\\':\\'a\\',\\'type\\':\\'work\\'}']", "[{'value':'a','type':'work'}]",
         SCIM_LENIENT_JSON_STRING},
        {"name", "'{\\'givenName\\':\\'a\\'}'", "{'givenName':'a'}", SCIM_LENIENT_JSON_STRING},
        {"x509Certificates", "[{'value':'ssh-ed25519 AAAA x@y'}]", "[{'value':'ssh-ed25519 AAAA x@y'}]",
         SCIM_LENIENT_SSH_KEY},
        {"emails", "{'value':'a'}", "[{'value':'a'}]", SCIM_LENIENT_OBJECT_FOR_ARRAY},
        {"roles", "[{'value':'{\\'id\\':\\'0\\',\\'value\\':\\'25\\',\\'displayName\\':\\'Role1234\\'}'}]",
         "[{'value':'25','display':'Role1234'}]", SCIM_LENIENT_JSON_STRING},
        {"roles", "[{'value':'{\\'value\\':\\'25\\',\\'displayName\\':\\'R\\'}','display':'Own'}]",
         "[{'value':'25','display':'Own'}]", SCIM_LENIENT_JSON_STRING},
        {"roles", "[{'value':'{\\'value\\':25}'}]", "[{'value':'{\\'value\\':25}'}]", 0},
        {"roles", "[{'value':'{no json'}]", "[{'value':'{no json'}]", 0},
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        if (UNIT_OK(read_user(cases[i].attr, cases[i].json, SCIM_LENIENT_ALL)))
            UNIT_JSON(value, cases[i].read);
        UNIT_INT(lenient.used, cases[i].used);
    }
    UNIT_OK(read_user("manager", "[]", SCIM_LENIENT_ALL));
    CU_ASSERT_PTR_NULL(value);
    UNIT_OK(read_user("roles", "[{'value':'{\\'value\\':\\'25\\'}'}]", SCIM_LENIENT_NONE));
    UNIT_JSON(value, "[{'value':'{\\'value\\':\\'25\\'}'}]");
    UNIT_ERROR(read_user("manager", "'ID'", SCIM_LENIENT_NONE), SCIM_INVALID_VALUE,
               "manager must be an object with a \"value\", not a string.");
}

static void elements(void)
{
    const scim_attr_t *emails = scim_type_attr(unit_type("User"), "emails", 6);

    lenient.allowed = SCIM_LENIENT_ALL;
    UNIT_OK(scim_element_read(&value, unit_json("{'Value':'a'}"), emails, "emails", &lenient, unit_pool));
    UNIT_JSON(value, "{'value':'a'}");
    UNIT_OK(scim_element_read(&value, NULL, emails, "emails", &lenient, unit_pool));
    CU_ASSERT_PTR_NULL(value);
    UNIT_ERROR(scim_element_read(&value, unit_json("{'value':1}"), emails, "emails[x]", &lenient, unit_pool),
               SCIM_INVALID_VALUE, "emails[x].value must be a string, not a number.");
}

/* ---- members ---- */

static scim_error_t *read_members(apr_array_header_t **ids, const char *json, unsigned allowed)
{
    json_object *body = unit_json(apr_pstrcat(unit_pool, "{'v':", json, "}", NULL));

    lenient.allowed = allowed;
    return scim_members_read(ids, json_object_object_get(body, "v"), unit_type("Group")->members, &lenient, unit_pool);
}

static const char *joined(const apr_array_header_t *ids)
{
    return ids ? apr_array_pstrcat(unit_pool, ids, ' ') : "none";
}

static void members(void)
{
    apr_array_header_t *ids;

    UNIT_OK(read_members(&ids, "[{'$ref':null,'Value':'a1'},{'value':'b','display':'x'},{'value':'A1'}]", 0));
    UNIT_STR(joined(ids), "a1 b");
    UNIT_OK(read_members(&ids, "null", 0));
    UNIT_INT(ids->nelts, 0);
    UNIT_OK(read_members(&ids, "[]", 0));
    UNIT_INT(ids->nelts, 0);
    UNIT_OK(read_members(&ids, "''", SCIM_LENIENT_ALL));
    UNIT_INT(ids->nelts, 0);
    UNIT_ERROR(read_members(&ids, "''", 0), SCIM_INVALID_VALUE, "members must be a list, not a string.");
    UNIT_OK(read_members(&ids, "['{\\'value\\':\\'a\\'}','{\\'value\\':\\'b\\'}']", SCIM_LENIENT_ALL));
    UNIT_STR(joined(ids), "a b");
    UNIT_ERROR(read_members(&ids, "['a','b']", SCIM_LENIENT_ALL), SCIM_INVALID_VALUE,
               "members[0] must be an object with a \"value\", not a string.");
    UNIT_ERROR(read_members(&ids, "['']", SCIM_LENIENT_ALL), SCIM_INVALID_VALUE,
               "members[0].value is required. It is the id that this server gave to the member.");
    UNIT_OK(read_members(&ids, "{'value':'a'}", SCIM_LENIENT_ALL));
    UNIT_STR(joined(ids), "a");
    UNIT_ERROR(read_members(&ids, "{'value':'a'}", 0), SCIM_INVALID_VALUE, "members must be a list, not an object.");
    UNIT_ERROR(read_members(&ids, "'a'", SCIM_LENIENT_ALL), SCIM_INVALID_VALUE,
               "members must be a list, not a string.");
    UNIT_ERROR(read_members(&ids, "['a']", 0), SCIM_INVALID_VALUE,
               "members[0] must be an object with a \"value\", not a string.");
    UNIT_ERROR(read_members(&ids, "[{'value':'a'},null]", 0), SCIM_INVALID_VALUE,
               "members[1] must be an object with a \"value\", not null.");
    UNIT_ERROR(read_members(&ids, "[{'display':'a'}]", 0), SCIM_INVALID_VALUE,
               "members[0].value is required. It is the id that this server gave to the member.");
    UNIT_ERROR(read_members(&ids, "[{'value':' '}]", 0), SCIM_INVALID_VALUE,
               "members[0].value is required. It is the id that this server gave to the member.");
    UNIT_ERROR(read_members(&ids, "[{'value':7}]", 0), SCIM_INVALID_VALUE,
               "members[0].value must be a string, not a number.");
}

CU_TestInfo test_value[] = {
    {"simple types", simple_types},
    {"long values are clipped in details", long_values_are_clipped_in_details},
    {"unassigned values", unassigned},
    {"text that is no value", empty_text},
    {"lengths and empty values", lengths},
    {"complex values", complex_values},
    {"lists", lists},
    {"lists of simple values", simple_lists},
    {"doubles are kept once", doubles_are_kept_once},
    {"leniencies of some attributes", leniencies_of_some},
    {"lenient shapes", lenient_shapes},
    {"elements", elements},
    {"members", members},
    CU_TEST_INFO_NULL,
};
