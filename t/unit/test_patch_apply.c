/*
 * The effect of PATCH operations on a document; test_patch_list.c has multi-valued attributes.
 */
#include <apr_file_io.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "patch_case.h"
#include "scim/json.h"

/* ---- attributes with one value ---- */

static const patch_case_t singular_rows[] = {
    {"", "{'op':'add','path':'title','value':'Dr'}", "'title':'Dr'", 0, NULL},
    {"'title':'Ms'", "{'op':'add','path':'title','value':'Dr'}", "'title':'Dr'", 0, NULL},
    {"'title':'Dr'", "{'op':'add','path':'title','value':'Dr'}", "'title':'Dr'", 0, NULL},
    {"", "{'op':'replace','path':'TITLE','value':'Dr'}", "'title':'Dr'", 0, NULL},
    {"'title':'Ms'", "{'op':'replace','path':'title','value':'Dr'}", "'title':'Dr'", 0, NULL},
    {"'title':'Ms'", "{'op':'replace','path':'title','value':null}", "", 0, NULL},
    {"'title':'Ms'", "{'op':'add','path':'title','value':null}", "'title':'Ms'", 0, NULL},
    {"'title':'Ms'", "{'op':'remove','path':'title'}", "", 0, NULL},
    {"'title':'Ms'", "{'op':'remove','path':'title','value':'other'}", "", 0, NULL},
    {"", "{'op':'remove','path':'title'}", "", 0, NULL},
    {"", "{'op':'replace','path':'title','value':null}", "", 0, NULL},
    {"'active':true", "{'op':'replace','path':'active','value':false}", "'active':false", 0, NULL},
    {"'externalId':'a'", "{'op':'replace','path':'externalId','value':'b'}", "'externalId':'b'", 0, NULL},
    {"'userName':'a'", "{'op':'replace','path':'userName','value':'B'}", "'userName':'B'", 0, NULL},
    {"", "{'op':'replace','path':'" URN_USER ":title','value':'Dr'}", "'title':'Dr'", 0, NULL},
    {"", "{'op':'replace','path':'password','value':'secret'}", "", 0, NULL},
    {"", "{'op':'remove','path':'password'}", "", 0, NULL},
    {"", "{'op':'add','path':'schemas','value':['" ENT "','urn:example:x']}", "", 0, NULL},
    {"", "{'op':'replace','path':'schemas','value':[]}", "", 0, NULL},
    /* in sequence: each operation sees the result of the previous one */
    {"'title':'a'", "{'op':'remove','path':'title'},{'op':'add','path':'title','value':'b'}", "'title':'b'", 0, NULL},
    {"'title':'a'",
     "{'op':'replace','path':'title','value':'b'},{'op':'add','path':'title','value':'c'},"
     "{'op':'add','path':'title','value':'a'}",
     "'title':'a'", 0, NULL},
};

static void singular(void)
{
    CHECK_ROWS(singular_rows);
}

/* ---- complex attributes with one value ---- */

static const patch_case_t complex_rows[] = {
    {"", "{'op':'add','path':'name','value':{'givenName':'B','familyName':'J'}}",
     "'name':{'givenName':'B','familyName':'J'}", 0, NULL},
    {"'name':{'givenName':'A','familyName':'J'}", "{'op':'add','path':'name','value':{'givenName':'B'}}",
     "'name':{'givenName':'B','familyName':'J'}", 0, NULL},
    {"'name':{'givenName':'A','familyName':'J'}", "{'op':'replace','path':'name','value':{'GIVENNAME':'B'}}",
     "'name':{'givenName':'B','familyName':'J'}", 0, NULL},
    {"'name':{'givenName':'A','familyName':'J'}",
     "{'op':'replace','path':'name','value':{'givenName':'B','familyName':null}}", "'name':{'givenName':'B'}", 0, NULL},
    {"'name':{'givenName':'A','familyName':'J'}", "{'op':'replace','path':'name','value':{'familyName':null}}",
     "'name':{'givenName':'A'}", 0, NULL},
    {"'name':{'givenName':'A','familyName':'J'}", "{'op':'add','path':'name','value':{'familyName':null}}",
     "'name':{'givenName':'A','familyName':'J'}", 0, NULL},
    {"'name':{'givenName':'A'}", "{'op':'replace','path':'name','value':{}}", "'name':{'givenName':'A'}", 0, NULL},
    {"'name':{'givenName':'A'}", "{'op':'replace','path':'name','value':{'shoeSize':7}}", "'name':{'givenName':'A'}", 0,
     NULL},
    {"'name':{'givenName':'A'}", "{'op':'replace','path':'name','value':null}", "", 0, NULL},
    {"'name':{'givenName':'A'}", "{'op':'remove','path':'name'}", "", 0, NULL},
    {"", "{'op':'replace','path':'name.givenName','value':'B'}", "'name':{'givenName':'B'}", 0, NULL},
    {"'name':{'givenName':'A','familyName':'J'}", "{'op':'Replace','path':'name.givenName','value':'B'}",
     "'name':{'givenName':'B','familyName':'J'}", 0, NULL},
    {"'name':{'givenName':'A','familyName':'J'}", "{'op':'remove','path':'name.givenName'}",
     "'name':{'familyName':'J'}", 0, NULL},
    {"'name':{'givenName':'A'}", "{'op':'remove','path':'name.givenName'}", "", 0, NULL},
    {"'name':{'givenName':'A'}", "{'op':'replace','path':'name.givenName','value':null}", "", 0, NULL},
    {"", "{'op':'remove','path':'name.givenName'}", "", 0, NULL},
};

static void complex(void)
{
    CHECK_ROWS(complex_rows);
}

/* ---- extensions ---- */

static const patch_case_t extension_rows[] = {
    {"", "{'op':'add','path':'" ENT ":employeeNumber','value':'7'}", "'" ENT "':{'employeeNumber':'7'}", 0, NULL},
    {"'" ENT "':{'employeeNumber':'7'}", "{'op':'remove','path':'" ENT ":employeeNumber'}", "", 0, NULL},
    {"", "{'op':'remove','path':'" ENT ":employeeNumber'}", "", 0, NULL},
    {"'" ENT "':{'employeeNumber':'7','division':'a'}", "{'op':'remove','path':'" ENT "'}", "", 0, NULL},
    {"", "{'op':'remove','path':'" ENT "'}", "", 0, NULL},
    {"'" ENT "':{'employeeNumber':'7'}", "{'op':'replace','path':'" ENT "','value':null}", "", 0, NULL},
    {"'" ENT "':{'employeeNumber':'7'}", "{'op':'add','path':'" ENT "','value':null}",
     "'" ENT "':{'employeeNumber':'7'}", 0, NULL},
    {"'" ENT "':{'employeeNumber':'7'}",
     "{'op':'replace','path':'" ENT "','value':{'division':'a','schemas':['x'],'shoe':1,'manager':{'value':'m'}}}",
     "'" ENT "':{'employeeNumber':'7','division':'a','manager':{'value':'m'}}", 0, NULL},
    {"'" ENT "':{'employeeNumber':'7'}", "{'op':'replace','value':{'" ENT "':{'employeeNumber':null}}}", "", 0, NULL},
    {"'" ENT "':{'employeeNumber':'7'}", "{'op':'replace','value':{'" ENT "':null}}", "", 0, NULL},
    {"'" ENT "':{'manager':{'value':'m'}}", "{'op':'replace','path':'" ENT ":manager.value','value':'n'}",
     "'" ENT "':{'manager':{'value':'n'}}", 0, NULL},
    {"'" ENT "':{'manager':{'value':'m'}}", "{'op':'remove','path':'" ENT ":manager'}", "", 0, NULL},
    {"'" ENT "':{'manager':{'value':'m'}}", "{'op':'remove','path':'" ENT ":manager.value'}", "", 0, NULL},
    {"", "{'op':'add','path':'" ENT "','value':{'manager':{'value':'m','displayName':'M'}}}",
     "'" ENT "':{'manager':{'value':'m'}}", 0, NULL},
};

static void extensions(void)
{
    CHECK_ROWS(extension_rows);
}

/* ---- values that mean "no value" ---- */

#define MANAGER "'" ENT "':{'manager':{'value':'m','$ref':'http://x/m'}}"
#define ACTIVE  "'active':false"

static const patch_case_t unset_rows[] = {
    /* an attribute with a default keeps its value */
    {ACTIVE, "{'op':'remove','path':'active'}", ACTIVE, 0, NULL},
    {ACTIVE, "{'op':'remove','path':'" URN_USER ":ACTIVE','value':false}", ACTIVE, 0, NULL},
    {ACTIVE, "{'op':'replace','path':'active','value':null}", ACTIVE, 0, NULL},
    {ACTIVE, "{'op':'replace','path':'active','value':[]}", ACTIVE, 0, NULL},
    {ACTIVE, "{'op':'replace','path':'active','value':''}", ACTIVE, 0, NULL},
    {ACTIVE, "{'op':'replace','path':'active','value':['']}", ACTIVE, 0, NULL},
    {ACTIVE, "{'op':'add','path':'active','value':null}", ACTIVE, 0, NULL},
    {ACTIVE, "{'op':'add','path':'active','value':''}", ACTIVE, 0, NULL},
    {ACTIVE, "{'op':'add','path':'active','value':[]}", ACTIVE, 0, NULL},
    {ACTIVE, "{'op':'replace','value':{'active':null}}", ACTIVE, 0, NULL},
    {ACTIVE, "{'op':'add','value':{'" URN_USER "':{'active':''}}}", ACTIVE, 0, NULL},
    {ACTIVE, "{'op':'replace','value':{'" URN_USER ":active':[]}}", ACTIVE, 0, NULL},
    {ACTIVE, "{'op':'replace','path':'active','value':' '}", NULL, SCIM_INVALID_VALUE,
     "active must be a boolean, not \" \"."},
    /* references and complex values */
    {MANAGER, "{'op':'replace','path':'manager','value':''}", "", 0, NULL},
    {MANAGER, "{'op':'add','path':'manager','value':''}", "", 0, NULL},
    {MANAGER, "{'op':'replace','path':'manager','value':['']}", "", 0, NULL},
    {MANAGER, "{'op':'replace','path':'manager','value':{'value':''}}", "", 0, NULL},
    {MANAGER, "{'op':'add','path':'manager','value':[{'value':''}]}", "", 0, NULL},
    {MANAGER, "{'op':'replace','path':'manager','value':{'value':'','$ref':'','displayName':'M'}}", "", 0, NULL},
    {MANAGER, "{'op':'replace','path':'manager','value':{'value':null}}", "", 0, NULL},
    {MANAGER, "{'op':'replace','path':'manager','value':{'value':'\xc2\xa0 '}}", "", 0, NULL},
    {MANAGER, "{'op':'replace','path':'manager.value','value':''}", "", 0, NULL},
    {MANAGER, "{'op':'replace','path':'manager.value','value':null}", "", 0, NULL},
    {MANAGER, "{'op':'remove','path':'manager.value'}", "", 0, NULL},
    {MANAGER, "{'op':'replace','path':'manager','value':{'$ref':''}}", "'" ENT "':{'manager':{'value':'m'}}", 0, NULL},
    {MANAGER, "{'op':'replace','path':'manager','value':{'$ref':'http://x/n','value':''}}",
     "'" ENT "':{'manager':{'$ref':'http://x/n'}}", 0, NULL},
    {MANAGER, "{'op':'add','path':'manager','value':{'value':null}}", MANAGER, 0, NULL},
    {MANAGER, "{'op':'replace','value':{'" ENT "':{'manager':''}}}", "", 0, NULL},
    {MANAGER, "{'op':'replace','value':{'" ENT ":manager':{'value':''}}}", "", 0, NULL},
    {MANAGER, "{'op':'replace','path':'" ENT "','value':''}", "", 0, NULL},
    {MANAGER, "{'op':'add','path':'" ENT "','value':''}", MANAGER, 0, NULL},
    {"'name':{'givenName':'A'}", "{'op':'replace','path':'name','value':''}", "", 0, NULL},
    {"'name':{'givenName':'A'}", "{'op':'replace','path':'name.givenName','value':''}", "'name':{'givenName':''}", 0,
     NULL},
    {"'profileUrl':'http://x'", "{'op':'replace','path':'profileUrl','value':''}", "", 0, NULL},
    {"'profileUrl':'http://x'", "{'op':'add','value':{'profileUrl':''}}", "", 0, NULL},
    {"'title':'a'", "{'op':'replace','path':'title','value':''}", "'title':''", 0, NULL},
    {"'externalId':'a'", "{'op':'replace','path':'externalId','value':' \xe3\x80\x80'}", "", 0, NULL},
    {"'externalId':'a'", "{'op':'add','path':'externalId','value':''}", "", 0, NULL},
    {"'externalId':'a'", "{'op':'add','path':'externalId','value':null}", "'externalId':'a'", 0, NULL},
};

static void unset(void)
{
    CHECK_ROWS(unset_rows);
}

/* ---- without a path ---- */

static const patch_case_t value_rows[] = {
    {"'title':'a'", "{'op':'add','value':{'nickname':'Babs','emails':[{'value':'b@x','type':'home'}]}}",
     "'title':'a','nickName':'Babs','emails':[{'value':'b@x','type':'home'}]", 0, NULL},
    {"'emails':[{'value':'a@x'}]",
     "{'op':'replace','value':{'emails':[{'value':'b@x','type':'work','primary':true},{'value':'c@x'}],'nickname':'B'}"
     "}",
     "'emails':[{'value':'b@x','type':'work','primary':true},{'value':'c@x'}],'nickName':'B'", 0, NULL},
    {"'title':'a'", "{'op':'replace','value':{}}", "'title':'a'", 0, NULL},
    {"'title':'a'", "{'op':'replace','value':{'title':null}}", "", 0, NULL},
    {"'title':'a'", "{'op':'add','value':{'title':null,'emails':[]}}", "'title':'a'", 0, NULL},
    {"'emails':[{'value':'a'}]", "{'op':'replace','value':{'emails':[]}}", "", 0, NULL},
    {"'title':'a'", "{'op':'replace','value':{'id':'x','meta':{'version':'y'},'groups':[],'schemas':['z']}}",
     "'title':'a'", 0, NULL},
    {"'title':'a'", "{'op':'replace','value':{'shoeSize':7,'" URN_USER ":shoeSize':7,'" ENT ":shoeSize':7}}",
     "'title':'a'", 0, NULL},
    {"", "{'op':'replace','value':{'shoes[type eq \\'x\\'].value':7}}", "", 0, NULL},
    {"", "{'op':'replace','value':{'password':'secret'}}", "", 0, NULL},
    {"", "{'op':'replace','value':{'" URN_USER "':{'title':'a','id':'x','schemas':[]}}}", "'title':'a'", 0, NULL},
    {"", "{'op':'add','value':{'" ENT "':{'employeeNumber':'7','Division':'d'}}}",
     "'" ENT "':{'employeeNumber':'7','division':'d'}", 0, NULL},
};

static void without_path(void)
{
    CHECK_ROWS(value_rows);
}

/* ---- requests of identity providers: one leniency accepts each, without it they are refused ---- */

static const struct {
    const char *doc, *ops, *wanted;
    unsigned used;
    scim_type_e without; /* the error without the leniency */
} lenient_rows[] = {
    {"'active':true", "{'op':'replace','path':'active','value':'False'}", "'active':false", SCIM_LENIENT_BOOLEAN_STRING,
     SCIM_INVALID_VALUE},
    {"'name':{'familyName':'J'}", "{'op':'replace','value':{'title':'t','name.givenName':'K','name.familyName':'U'}}",
     "'title':'t','name':{'givenName':'K','familyName':'U'}", SCIM_LENIENT_DOTTED_KEY, SCIM_INVALID_VALUE},
    {"'emails':[" WORK "]", "{'op':'replace','value':{'" E_WORK ".value':'n'}}",
     "'emails':[{'type':'work','value':'n'}]", SCIM_LENIENT_DOTTED_KEY, SCIM_INVALID_VALUE},
    {"", "{'op':'replace','value':{'" ENT ":employeeNumber':'7'}}", "'" ENT "':{'employeeNumber':'7'}",
     SCIM_LENIENT_URN_KEY, SCIM_INVALID_VALUE},
    {"", "{'op':'add','path':'" ENT ":manager','value':[{'$ref':'http://x/scim/Users/ID','value':'ID'}]}",
     "'" ENT "':{'manager':{'$ref':'http://x/scim/Users/ID','value':'ID'}}", SCIM_LENIENT_ARRAY_FOR_SINGULAR,
     SCIM_INVALID_VALUE},
    {"", "{'op':'add','path':'" ENT ":manager','value':'ID'}", "'" ENT "':{'manager':{'value':'ID'}}",
     SCIM_LENIENT_BARE_COMPLEX, SCIM_INVALID_VALUE},
    {"", "{'op':'add','path':'manager','value':{'value':'ID'}}", "'" ENT "':{'manager':{'value':'ID'}}",
     SCIM_LENIENT_BARE_EXTENSION, SCIM_INVALID_PATH},
    {BOTH, "{'op':'remove','path':'emails','value':[" WORK "]}", "'emails':[" HOME "]", SCIM_LENIENT_REMOVE_VALUE,
     SCIM_INVALID_VALUE},
    {"", "{'op':'replace','value':{'id':'x','displayName':'X'}}", "'displayName':'X'", SCIM_LENIENT_READ_ONLY_IN_VALUE,
     SCIM_MUTABILITY},
    {"", "{'op':'replace','path':'" E_WORK ".value','value':'w@x'}", "'emails':[" WORK "]",
     SCIM_LENIENT_VALUE_PATH_CREATES, SCIM_NO_TARGET},
    {"", "{'op':'replace','value':{'urn:ietf:params:scim:schemas:extension:enterprise:2.0User':{'division':'d'}}}",
     "'" ENT "':{'division':'d'}", SCIM_LENIENT_URN_SLIP, SCIM_INVALID_SYNTAX},
    {"'roles':[{'value':'a'}]", "{'op':'replace','path':'roles[value eq a].value','value':'b'}",
     "'roles':[{'value':'b'}]", SCIM_LENIENT_FILTER_SLIPS, SCIM_INVALID_FILTER},
    {"", "{'op':'replace','path':'emails','value':{'value':'a'}}", "'emails':[{'value':'a'}]",
     SCIM_LENIENT_OBJECT_FOR_ARRAY, SCIM_INVALID_VALUE},
    {BOTH, "{'op':'replace','path':'" E_WORK "','value':[{'value':'n'}]}",
     "'emails':[{'type':'work','value':'n'}," HOME "]", SCIM_LENIENT_ARRAY_FOR_SINGULAR, SCIM_INVALID_VALUE},
    {"'active':true", "{'op':'Replace','path':'active','value':false}", "'active':false", SCIM_LENIENT_CAPITAL_OP,
     SCIM_INVALID_SYNTAX},
};

/* All leniencies except those that ignore unknown names, which would hide that another one is missing. */
#define KNOWN_ONLY (SCIM_LENIENT_ALL & ~(unsigned)(SCIM_LENIENT_UNKNOWN_PATH | SCIM_LENIENT_UNKNOWN_EXTENSION))

static void leniencies(void)
{
    for (size_t i = 0; i < sizeof(lenient_rows) / sizeof(lenient_rows[0]); i++) {
        scim_leniency_t all = {.allowed = SCIM_LENIENT_ALL}, without = {.allowed = KNOWN_ONLY & ~lenient_rows[i].used};
        json_object *doc = patch_user(lenient_rows[i].doc);
        int changed = 0, held;

        held = UNIT_OK(patch_run(&changed, doc, unit_type("User"), lenient_rows[i].ops, &all)) &&
               patch_equal(doc, patch_user(lenient_rows[i].wanted)) && UNIT_INT(changed, 1) &&
               UNIT_INT(all.used & SCIM_LENIENT_ALL, lenient_rows[i].used);
        doc = patch_user(lenient_rows[i].doc);
        held = UNIT_ERROR(patch_run(&changed, doc, unit_type("User"), lenient_rows[i].ops, &without),
                          lenient_rows[i].without, NULL) &&
               held;
        if (!held)
            UNIT_STR(lenient_rows[i].ops, "as wanted");
    }
}

/* Whole requests of Entra ID. */
static const patch_case_t entra_rows[] = {
    {"'name':{'givenName':'a','familyName':'b'},'emails':[{'primary':true,'type':'work','value':'old@x'}]",
     "{'op':'Replace','path':'displayName','value':'Pvlo'},"
     "{'op':'Replace','path':'" E_WORK ".value','value':'x@y'},"
     "{'op':'Replace','path':'name.givenName','value':'Gtfd'},"
     "{'op':'Replace','path':'" ENT ":employeeNumber','value':'Eqpj'}",
     "'name':{'givenName':'Gtfd','familyName':'b'},'emails':[{'primary':true,'type':'work','value':'x@y'}],"
     "'displayName':'Pvlo','" ENT "':{'employeeNumber':'Eqpj'}",
     0, NULL},
    {"",
     "{'op':'replace','path':'" E_WORK ".value','value':'x@y'},{'op':'replace','value':{'displayName':'Bjfe',"
     "'name.givenName':'Kkom','name.familyName':'Unua','" ENT ":employeeNumber':'Aklq'}}",
     "'emails':[{'type':'work','value':'x@y'}],'displayName':'Bjfe','name':{'givenName':'Kkom','familyName':'Unua'},"
     "'" ENT "':{'employeeNumber':'Aklq'}",
     0, NULL},
    {"'" ENT "':{'manager':{'value':'old'}}",
     "{'op':'Add','path':'manager','value':[{'$ref':'http://x/ID','value':'ID'}]}",
     "'" ENT "':{'manager':{'value':'ID','$ref':'http://x/ID'}}", 0, NULL},
    {"", "{'op':'Add','path':'manager','value':[{'$ref':null,'value':'ID'}]}", "'" ENT "':{'manager':{'value':'ID'}}",
     0, NULL},
    {"'" ENT "':{'manager':{'value':'ID','$ref':'http://x/ID'}}",
     "{'op':'Replace','path':'manager','value':[{'$ref':null,'value':'ID2'}]}", "'" ENT "':{'manager':{'value':'ID2'}}",
     0, NULL},
    {"'" ENT "':{'manager':{'value':'ID'}}", "{'op':'Remove','path':'manager'}", "", 0, NULL},
    {"",
     "{'op':'Add','path':'roles','value':[{'value':'{\\'id\\':\\'06b\\',\\'value\\':\\'25\\',"
     "\\'displayName\\':\\'Role1234\\'}'}]}",
     "'roles':[{'value':'25','display':'Role1234'}]", 0, NULL},
    {"'roles':[{'value':'a','primary':false}]",
     "{'op':'add','path':'roles','value':[{'value':'a','primary':false},{'value':'b','primary':false}]}",
     "'roles':[{'value':'a','primary':false},{'value':'b','primary':false}]", 0, NULL},
    {"'roles':[{'primary':true,'type':'t','value':'a'}]",
     "{'op':'Replace','path':'roles[primary eq \\'True\\'].value','value':'b'},"
     "{'op':'Replace','path':'roles[primary eq \\'True\\'].display','value':'B'}",
     "'roles':[{'primary':true,'type':'t','value':'b','display':'B'}]", 0, NULL},
    {"'title':'a'", "{'op':'replace','value':{'active':false}}", "'title':'a','active':false", 0, NULL},
};

/* RFC 7644 3.5.2.3 */
static const patch_case_t rfc_rows[] = {
    {"'addresses':[{'type':'home','locality':'X','primary':true},{'type':'work','locality':'Y'}]",
     "{'op':'replace','path':'addresses[type eq \\'work\\']','value':{'type':'work','streetAddress':'911 Plaza',"
     "'locality':'Hollywood','formatted':'911 Plaza\\nHollywood','primary':true}}",
     "'addresses':[{'type':'home','locality':'X','primary':false},{'type':'work','streetAddress':'911 Plaza',"
     "'locality':'Hollywood','formatted':'911 Plaza\\nHollywood','primary':true}]",
     0, NULL},
    {"'addresses':[{'type':'home','locality':'X'},{'type':'work','locality':'Y'}]",
     "{'op':'replace','path':'addresses[type eq \\'work\\'].streetAddress','value':'1010 Broadway Ave'}",
     "'addresses':[{'type':'home','locality':'X'},{'type':'work','locality':'Y','streetAddress':'1010 Broadway Ave'}]",
     0, NULL},
};

static void requests(void)
{
    CHECK_ROWS(entra_rows);
    CHECK_ROWS(rfc_rows);
}

/* ---- cases that the served schemas do not have: immutable attributes, simple lists, required lists ---- */

#define CHARACTERISTICS(name, type, multi, required, mutability)                                                       \
    "\"name\":\"" name "\",\"type\":\"" type "\",\"multiValued\":" multi ",\"required\":" required                     \
    ",\"caseExact\":false,\"mutability\":\"" mutability "\",\"returned\":\"default\",\"uniqueness\":\"none\","         \
    "\"description\":\"d\""

static const char badge_schema[] =
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Schema\"],\"id\":\"urn:example:Badge\",\"name\":\"Badge\","
    "\"description\":\"d\",\"meta\":{\"resourceType\":\"Schema\"},\"attributes\":["
    "{" CHARACTERISTICS(
        "serial", "string", "false", "false",
        "immutable") "},"
                     "{" CHARACTERISTICS(
                         "tags", "string", "true", "false",
                         "readWrite") "},"
                                      "{" CHARACTERISTICS(
                                          "site", "complex", "false", "false",
                                          "immutable") ",\"subAttributes\":["
                                                       "{" CHARACTERISTICS(
                                                           "name", "string", "false", "false",
                                                           "readWrite") "},"
                                                                        "{" CHARACTERISTICS(
                                                                            "room", "string", "false", "false",
                                                                            "readWrite") "}]},"
                                                                                         "{" CHARACTERISTICS(
                                                                                             "owners", "complex",
                                                                                             "true", "true",
                                                                                             "readWrite") ",\"subAttrib"
                                                                                                          "utes\":["
                                                                                                          "{" CHARACTERISTICS(
                                                                                                              "value",
                                                                                                              "string",
                                                                                                              "false",
                                                                                                              "true",
                                                                                                              "readWrit"
                                                                                                              "e") "},"
                                                                                                                   "{" CHARACTERISTICS(
                                                                                                                       "since",
                                                                                                                       "integer",
                                                                                                                       "false",
                                                                                                                       "false",
                                                                                                                       "immutable") "}]}]}";

static const char lock_schema[] =
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Schema\"],\"id\":\"urn:example:Lock\",\"name\":\"Lock\","
    "\"description\":\"d\",\"meta\":{\"resourceType\":\"Schema\"},\"attributes\":["
    "{" CHARACTERISTICS("key", "string", "false", "false", "readWrite") "}]}";

static const char seal_schema[] =
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Schema\"],\"id\":\"urn:example:Seal\",\"name\":\"Seal\","
    "\"description\":\"d\",\"meta\":{\"resourceType\":\"Schema\"},\"attributes\":["
    "{" CHARACTERISTICS("wax", "string", "false", "false", "immutable") "}]}";

static const char badge_type[] =
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:ResourceType\"],\"id\":\"Badge\",\"name\":\"Badge\","
    "\"description\":\"d\",\"endpoint\":\"/Badges\",\"schema\":\"urn:example:Badge\",\"schemaExtensions\":["
    "{\"schema\":\"urn:example:Lock\",\"required\":true},{\"schema\":\"urn:example:Seal\",\"required\":false}],"
    "\"meta\":{\"resourceType\":\"ResourceType\"}}";

static void write_file(const char *path, const char *text)
{
    apr_file_t *file;
    apr_size_t len = strlen(text);

    UNIT_INT(apr_file_open(&file, path, APR_FOPEN_WRITE | APR_FOPEN_CREATE, APR_FPROT_OS_DEFAULT, unit_pool), 0);
    UNIT_INT(apr_file_write_full(file, text, len, NULL), 0);
    apr_file_close(file);
}

/* The resource type Badge, from files that are deleted before this returns. */
static const scim_resource_type_t *badge(void)
{
    static const char *const texts[] = {badge_schema, lock_schema, seal_schema, badge_type};
    char *dir = apr_pstrdup(unit_pool, "/tmp/unit-XXXXXX"), *paths[4];
    apr_array_header_t *dirs = apr_array_make(unit_pool, 2, sizeof(const char *));
    scim_schemas_t *schemas = NULL;

    if (!mkdtemp(dir))
        return NULL;
    for (int i = 0; i < 4; i++) {
        paths[i] = apr_psprintf(unit_pool, "%s/%d.json", dir, i);
        write_file(paths[i], texts[i]);
    }
    APR_ARRAY_PUSH(dirs, const char *) = unit_schema_dir();
    APR_ARRAY_PUSH(dirs, const char *) = dir;
    UNIT_OK(scim_schemas_load(&schemas, dirs, unit_pool));
    for (int i = 0; i < 4; i++)
        unlink(paths[i]);
    rmdir(dir);
    return schemas ? scim_schemas_type(schemas, "Badge", 5) : NULL;
}

#define OWNERS "'owners':[{'value':'o','since':1}]"

static const patch_case_t badge_rows[] = {
    {OWNERS, "{'op':'add','path':'serial','value':'1'}", OWNERS ",'serial':'1'", 0, NULL},
    {OWNERS ",'serial':'1'", "{'op':'replace','path':'serial','value':'1'}", OWNERS ",'serial':'1'", 0, NULL},
    {OWNERS ",'serial':'1'", "{'op':'replace','path':'serial','value':'2'}", NULL, SCIM_MUTABILITY,
     "Attribute \"serial\" is immutable and has a value already."},
    {OWNERS ",'serial':'1'", "{'op':'remove','path':'serial'}", NULL, SCIM_MUTABILITY, NULL},
    {OWNERS, "{'op':'remove','path':'serial'}", OWNERS, 0, NULL},
    {OWNERS, "{'op':'add','path':'serial','value':'1'},{'op':'add','path':'serial','value':'2'}", NULL, SCIM_MUTABILITY,
     NULL},
    {OWNERS, "{'op':'add','path':'site.name','value':'a'}", OWNERS ",'site':{'name':'a'}", 0, NULL},
    {OWNERS ",'site':{'name':'a'}", "{'op':'add','path':'site.room','value':'b'}", NULL, SCIM_MUTABILITY,
     "Attribute \"site\" is immutable and has a value already."},
    {OWNERS ",'site':{'name':'a'}", "{'op':'remove','path':'site.name'}", NULL, SCIM_MUTABILITY, NULL},
    {OWNERS ",'site':{'name':'a'}", "{'op':'replace','path':'site','value':{'name':'a'}}",
     OWNERS ",'site':{'name':'a'}", 0, NULL},
    /* simple lists */
    {OWNERS, "{'op':'add','path':'tags','value':['a','b','A']}", OWNERS ",'tags':['a','b']", 0, NULL},
    {OWNERS ",'tags':['a']", "{'op':'add','path':'tags','value':'b'}", OWNERS ",'tags':['a','b']", 0, NULL},
    {OWNERS ",'tags':['a']", "{'op':'add','path':'tags','value':['A']}", OWNERS ",'tags':['a']", 0, NULL},
    {OWNERS ",'tags':['a','b']", "{'op':'remove','path':'tags[value eq \\'B\\']'}", OWNERS ",'tags':['a']", 0, NULL},
    {OWNERS ",'tags':['a','b']", "{'op':'remove','path':'tags','value':['a','b']}", OWNERS, 0, NULL},
    {OWNERS ",'tags':['a','b']", "{'op':'replace','path':'tags[value eq \\'b\\']','value':'c'}",
     OWNERS ",'tags':['a','c']", 0, NULL},
    {OWNERS ",'tags':['a']", "{'op':'add','path':'tags[value eq \\'b\\']','value':'b'}", OWNERS ",'tags':['a','b']", 0,
     NULL},
    /* a required list, with a required and an immutable sub-attribute */
    {OWNERS, "{'op':'remove','path':'owners'}", NULL, SCIM_MUTABILITY,
     "Attribute \"owners\" is required and cannot be removed."},
    {OWNERS, "{'op':'remove','path':'owners[value eq \\'o\\']'}", NULL, SCIM_MUTABILITY,
     "Attribute \"owners\" is required and its last value cannot be removed."},
    {OWNERS, "{'op':'remove','path':'owners','value':[{'value':'o'}]}", NULL, SCIM_MUTABILITY, NULL},
    {OWNERS, "{'op':'replace','path':'owners','value':[]}", NULL, SCIM_INVALID_VALUE,
     "Attribute \"owners\" is required and cannot be empty."},
    {OWNERS, "{'op':'remove','path':'owners.value'}", NULL, SCIM_MUTABILITY, NULL},
    {OWNERS, "{'op':'replace','path':'owners[value eq \\'o\\']','value':{'value':null}}", NULL, SCIM_INVALID_VALUE,
     NULL},
    {OWNERS, "{'op':'replace','path':'owners[value eq \\'o\\'].since','value':2}", NULL, SCIM_MUTABILITY,
     "Attribute \"since\" is immutable and has a value already."},
    {OWNERS, "{'op':'remove','path':'owners[value eq \\'o\\'].since'}", NULL, SCIM_MUTABILITY, NULL},
    {OWNERS, "{'op':'add','path':'owners','value':[{'value':'o','since':2}]}", NULL, SCIM_MUTABILITY, NULL},
    {OWNERS, "{'op':'replace','path':'owners','value':[{'value':'p','since':2}]}", "'owners':[{'value':'p','since':2}]",
     0, NULL},
    {OWNERS, "{'op':'add','path':'owners[value eq \\'p\\' and since eq 3]','value':{}}", OWNERS, 0, NULL},
    {OWNERS, "{'op':'add','path':'owners[since eq 3].value','value':'p'}",
     "'owners':[{'value':'o','since':1},{'since':3,'value':'p'}]", 0, NULL},
    {OWNERS, "{'op':'add','path':'owners','value':[{'since':3}]}", NULL, SCIM_INVALID_VALUE,
     "owners[1].value is required. Map an attribute to it in the identity provider."},
    /* extensions */
    {OWNERS, "{'op':'remove','path':'urn:example:Lock'}", NULL, SCIM_MUTABILITY,
     "The extension \"urn:example:Lock\" is required and cannot be removed."},
    {OWNERS, "{'op':'replace','value':{'urn:example:Lock':null}}", NULL, SCIM_INVALID_VALUE,
     "The extension \"urn:example:Lock\" is required and cannot be removed."},
    {OWNERS, "{'op':'remove','path':'urn:example:Lock:key'}", NULL, SCIM_INVALID_VALUE,
     "The resource type Badge requires attributes of \"urn:example:Lock\"."},
    {OWNERS, "{'op':'add','path':'wax','value':'red'}", OWNERS ",'urn:example:Seal':{'wax':'red'}", 0, NULL},
    {OWNERS ",'urn:example:Seal':{'wax':'red'}", "{'op':'remove','path':'urn:example:Seal'}", NULL, SCIM_MUTABILITY,
     "Attribute \"wax\" is immutable and has a value already."},
};

/* A document with the required extension. */
static json_object *badge_doc(const char *members)
{
    return unit_json(apr_pstrcat(unit_pool, "{'schemas':['urn:example:Badge','urn:example:Lock'",
                                 strstr(members, "urn:example:Seal") ? ",'urn:example:Seal'" : "",
                                 "],'urn:example:Lock':{'key':'k'},", members, "}", NULL));
}

static void other_schemas(void)
{
    const scim_resource_type_t *type = badge();

    if (type)
        PATCH_CHECK(badge_rows, type, badge_doc);
}

/* A parsed PATCH can be applied again, to another copy: the store does so after a serialization failure. */
static void applies_twice(void)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    json_object *body = unit_json("{'Operations':[{'op':'add','path':'emails','value':[{'value':'a','primary':true}]},"
                                  "{'op':'add','path':'emails','value':[{'value':'b','primary':true}]},"
                                  "{'op':'replace','path':'name','value':{'givenName':'x'}},"
                                  "{'op':'replace','path':'name.familyName','value':'y'}]}");
    const char *before = scim_json_text(body, NULL, unit_pool);
    scim_patch_t *patch;

    UNIT_OK(scim_patch_read(&patch, body, unit_type("User"), &leniency, unit_pool));
    for (int i = 0; i < 2; i++) {
        json_object *doc = patch_user("");
        apr_array_header_t *same = NULL;

        UNIT_OK(scim_patch_apply(&same, doc, patch, &leniency, unit_pool));
        patch_equal(doc, patch_user("'emails':[{'value':'a','primary':false},{'value':'b','primary':true}],"
                                    "'name':{'givenName':'x','familyName':'y'}"));
        UNIT_STR(apr_array_pstrcat(unit_pool, same, ' '), "schemas userName");
    }
    UNIT_STR(scim_json_text(body, NULL, unit_pool), before);
}

/* If an extension's last value was removed, only `schemas` shows the difference. */
static void changes_schemas(void)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    json_object *doc = patch_user("");
    int changed = 0;

    UNIT_OK(
        patch_run(&changed, doc, unit_type("User"), "{'op':'add','path':'" ENT ":division','value':'d'}", &leniency));
    UNIT_JSON(json_object_object_get(doc, "schemas"), "['" URN_USER "','" ENT "']");
    UNIT_INT(changed, 1);
    UNIT_OK(patch_run(&changed, doc, unit_type("User"), "{'op':'remove','path':'division'}", &leniency));
    UNIT_JSON(doc, "{'schemas':['" URN_USER "'],'userName':'babs'}");
    UNIT_INT(changed, 1);
}

CU_TestInfo test_patch_apply[] = {{"single values", singular},
                                  {"complex values", complex},
                                  {"extensions", extensions},
                                  {"no value", unset},
                                  {"values without path", without_path},
                                  {"leniencies", leniencies},
                                  {"whole requests", requests},
                                  {"other schemas", other_schemas},
                                  {"applies twice", applies_twice},
                                  {"changes schemas", changes_schemas},
                                  CU_TEST_INFO_NULL};
