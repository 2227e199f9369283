/*
 * Value paths on one value: every operator on every type, absent values, nested logic.
 */
#include <string.h>

#include "filter_dump.h"
#include "scim/json.h"
#include "unit.h"

typedef struct {
    const char *attr;
    const char *filter;
    const char *element; /* ' stands for " in both */
    int wanted;
} match_case_t;

static const match_case_t cases[] = {
    {"emails", "type eq 'work'", "{'type':'work'}", 1},
    {"emails", "type eq 'WORK'", "{'type':'work'}", 1},
    {"emails", "type eq 'wor'", "{'type':'work'}", 0},
    {"emails", "type ne 'work'", "{'type':'work'}", 0},
    {"emails", "type ne 'work'", "{'type':'home'}", 1},
    {"emails", "type ne 'work'", "{}", 1},
    {"emails", "type eq 'work'", "{}", 0},
    {"emails", "type eq 'work'", "'work'", 0},
    {"emails", "value co '@EXAMPLE.'", "{'value':'a@example.com'}", 1},
    {"emails", "value co 'ä'", "{'value':'xäy'}", 1},
    {"emails", "value co ''", "{'value':'x'}", 1},
    {"emails", "value sw 'A@'", "{'value':'a@example.com'}", 1},
    {"emails", "value sw 'b'", "{'value':'a@example.com'}", 0},
    {"emails", "value ew '.COM'", "{'value':'a@example.com'}", 1},
    {"emails", "value ew 'xa@example.com'", "{'value':'a@example.com'}", 0},
    {"emails", "value gt 'a'", "{'value':'B'}", 1},
    {"emails", "value ge 'b'", "{'value':'B'}", 1},
    {"emails", "value lt 'b'", "{'value':'B'}", 0},
    {"emails", "value le 'B'", "{'value':'b'}", 1},
    {"emails", "value gt 'a'", "{}", 0},
    {"photos", "value eq 'http://X'", "{'value':'http://x'}", 0}, /* caseExact */
    {"photos", "value sw 'HTTP'", "{'value':'http://x'}", 0},
    {"photos", "value co 'x'", "{'value':'http://x'}", 1},
    {"photos", "value ew 'x'", "{'value':'http://x'}", 1},
    {"photos", "value lt 'a'", "{'value':'Z'}", 1},
    {"emails", "primary eq true", "{'primary':true}", 1},
    {"emails", "primary eq false", "{'primary':true}", 0},
    {"emails", "primary ne false", "{'primary':true}", 1},
    {"emails", "primary eq false", "{'primary':false}", 1},
    {"emails", "primary eq false", "{}", 0},
    {"emails", "primary ne true", "{}", 1},
    {"emails", "primary eq true", "{'primary':'true'}", 0},
    {"emails", "primary pr", "{'primary':false}", 1},
    {"emails", "primary pr", "{'primary':null}", 0},
    {"emails", "primary eq null", "{}", 1},
    {"emails", "primary eq null", "{'primary':null}", 1},
    {"emails", "primary eq null", "{'primary':false}", 0},
    {"emails", "primary ne null", "{'primary':false}", 1},
    {"emails", "type eq 'work' and value pr", "{'type':'work','value':'x'}", 1},
    {"emails", "type eq 'work' and value pr", "{'type':'work'}", 0},
    {"emails", "display pr", "{'display':''}", 0},
    {"emails", "display eq null", "{'display':''}", 1},
    {"emails", "type eq 'home' or value pr", "{'type':'work','value':'x'}", 1},
    {"emails", "not (type eq 'home' or value pr)", "{'type':'work'}", 1},
    {"emails", "not (type eq 'home')", "{}", 1},
    {"schemas", "value eq 'urn:x'", "'urn:x'", 1},
    {"schemas", "value eq 'urn:X'", "'urn:x'", 0},
    {"schemas", "value pr", "'urn:x'", 1},
};

/* One JSON value of any kind. */
static json_object *read_element(const char *text)
{
    return scim_json_own(json_tokener_parse(unit_quotes(text)), unit_pool);
}

static void test_cases(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        scim_leniency_t leniency = {.allowed = SCIM_LENIENT_NONE};
        const scim_attr_t *attr = scim_type_attr(unit_type("User"), cases[i].attr, strlen(cases[i].attr));
        const scim_filter_t *filter;

        if (UNIT_OK(scim_filter_read_values(&filter, unit_quotes(cases[i].filter), strlen(cases[i].filter), attr,
                                            &leniency, unit_pool)))
            UNIT_INT(scim_filter_matches(filter, read_element(cases[i].element), unit_pool), cases[i].wanted);
    }
}

/* No schema of RFC 7643 has numbers or times in a multi-valued attribute, so these filters are built directly. */
static const struct {
    scim_attr_type_e type;
    scim_op_e op;
    const char *value;
    const char *element;
    int wanted;
} typed[] = {
    {SCIM_INTEGER, SCIM_EQ, "5", "5", 1},
    {SCIM_INTEGER, SCIM_NE, "5", "5", 0},
    {SCIM_INTEGER, SCIM_GT, "9007199254740992", "9007199254740993", 1},
    {SCIM_INTEGER, SCIM_EQ, "9007199254740993", "9007199254740992", 0},
    {SCIM_INTEGER, SCIM_LT, "-1", "-2", 1},
    {SCIM_INTEGER, SCIM_LE, "5.5", "5", 1},
    {SCIM_INTEGER, SCIM_EQ, "5e0", "5", 1},
    {SCIM_INTEGER, SCIM_LT, "99999999999999999999", "5", 1},
    {SCIM_DECIMAL, SCIM_GE, "2.50", "2.5", 1},
    {SCIM_DECIMAL, SCIM_GT, "2.5", "2.5", 0},
    {SCIM_DECIMAL, SCIM_LT, "1e999", "2.5", 1},
    {SCIM_DECIMAL, SCIM_EQ, "2.5", "'2.5'", 0},
    {SCIM_DECIMAL, SCIM_NE, "2.5", "'2.5'", 1},
    {SCIM_DATETIME, SCIM_EQ, "2011-05-13T04:42:34Z", "'2011-05-13T06:42:34+02:00'", 1},
    {SCIM_DATETIME, SCIM_NE, "2011-05-13T04:42:34Z", "'2011-05-13T06:42:34+02:00'", 0},
    {SCIM_DATETIME, SCIM_GT, "2011-05-13T04:42:34Z", "'2011-05-13T06:42:34.5+02:00'", 1},
    {SCIM_DATETIME, SCIM_GT, "2011-05-13T04:42:34Z", "'soon'", 0},
    {SCIM_DATETIME, SCIM_NE, "2011-05-13T04:42:34Z", "'soon'", 1},
};

static void test_typed(void)
{
    for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
        scim_attr_t attr = {.name = "x", .key = "x", .type = typed[i].type, .multi_valued = 1};
        scim_filter_t filter = {.kind = SCIM_FILTER_COMPARE, .attr = &attr, .op = typed[i].op, .value = typed[i].value};

        filter.value_kind = typed[i].type == SCIM_DATETIME ? SCIM_VALUE_STRING : SCIM_VALUE_NUMBER;
        UNIT_INT(scim_filter_matches(&filter, read_element(typed[i].element), unit_pool), typed[i].wanted);
    }
}

/* --- a whole resource --------------------------------------------------------------------------------------------- */

#define ID "00000000-0000-7000-8000-00000000000a"

static const char resource[] =
    "{'id':'" ID "','userName':'Ann','externalId':'X1','active':true,'title':'','name':{'familyName':'Müller'},"
    "'emails':[{'value':'a@x.example','type':'work'},{'value':'b@x.example','type':'home','primary':true}],"
    "'photos':[],'schemas':['urn:ietf:params:scim:schemas:core:2.0:User'],"
    "'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User':{'department':'Sales','manager':{'value':'26'}},"
    "'groups':[{'value':'" ID "','display':'Staff','type':'direct'}],"
    "'meta':{'resourceType':'User','created':'2024-05-01T10:00:00Z','version':'W/\\'7\\''}}";

static const struct {
    const char *filter; /* ' stands for " */
    int wanted;
} wholes[] = {
    {"userName eq 'ANN'", 1},
    {"externalId eq 'x1'", 0},
    {"externalId eq 'X1'", 1},
    {"title pr", 0},
    {"title eq null", 1},
    {"title eq ''", 1},
    {"nickName ne 'x'", 1},
    {"nickName gt ''", 0},
    {"not (nickName gt '')", 1},
    {"active eq true", 1},
    {"active ne true", 0},
    {"name pr", 1},
    {"name.familyName eq 'MÜLLER'", 1},
    {"name.givenName eq null", 1},
    {"name[familyName sw 'm' and not (givenName pr)]", 1},
    {"name[givenName pr]", 0},
    {"addresses pr", 0},
    {"emails pr", 1},
    {"emails.display pr", 0},
    {"emails.display eq null", 1},
    {"emails.primary pr", 1},
    {"emails co 'B@'", 1},
    {"emails.type ne 'work'", 1},
    {"emails.type eq 'work' and emails.primary eq true", 1},
    {"emails[type eq 'work' and primary eq true]", 0},
    {"emails[type eq 'home' and not (value sw 'a')]", 1},
    {"photos pr", 0},
    {"photos.value eq null", 1},
    {"photos.value ne 'x'", 1},
    {"photos.value eq 'x'", 0},
    {"photos[not (value eq 'x')]", 0},
    {"phoneNumbers.value ne 'x'", 1},
    {"schemas eq 'urn:ietf:params:scim:schemas:core:2.0:User'", 1},
    {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq 'sales'", 1},
    {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq '26'", 1},
    {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter pr", 0},
    {"id eq '00000000-0000-7000-8000-00000000000A'", 1},
    {"id ne '00000000-0000-7000-8000-00000000000A'", 0},
    {"id eq 'none'", 0},
    {"id ne 'none'", 1},
    {"id sw '00000000-'", 1},
    {"groups.value eq '00000000-0000-7000-8000-00000000000A'", 1},
    {"groups[value eq '00000000-0000-7000-8000-00000000000A' and type eq 'direct']", 1},
    {"groups[value eq 'none']", 0},
    {"groups.display eq 'STAFF'", 1},
    {"meta pr", 1},
    {"meta.resourceType eq 'User'", 1},
    {"meta.created gt '2024-05-01T11:00:00+02:00'", 1},
    {"meta.created lt '2024-05-01T11:00:00+02:00'", 0},
};

static void test_wholes(void)
{
    const scim_resource_type_t *type = unit_type("User");
    for (size_t i = 0; i < sizeof(wholes) / sizeof(wholes[0]); i++) {
        scim_leniency_t leniency = {.allowed = SCIM_LENIENT_NONE};
        const scim_filter_t *filter;
        if (UNIT_OK(scim_filter_read(&filter, unit_quotes(wholes[i].filter), type, &leniency, unit_pool)) &&
            scim_filter_holds(filter, unit_json(resource), type, unit_pool) != wholes[i].wanted) {
            UNIT_STR(wholes[i].filter, wholes[i].wanted ? "holds" : "does not hold");
        }
    }
}

static void test_asks(void)
{
    static const struct {
        const char *filter;
        int wanted;
    } asked[] = {
        {"userName pr", 0},     {"not (title pr or groups pr)", 1}, {"title pr and groups.value eq 'x'", 1},
        {"groups[type pr]", 1}, {"emails[value eq 'groups']", 0},
    };
    const scim_resource_type_t *type = unit_type("User");
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        scim_leniency_t leniency = {.allowed = SCIM_LENIENT_NONE};
        const scim_filter_t *filter;
        if (UNIT_OK(scim_filter_read(&filter, unit_quotes(asked[i].filter), type, &leniency, unit_pool))) {
            UNIT_INT(scim_filter_asks(filter, type->groups), asked[i].wanted);
        }
    }
}

CU_TestInfo test_filter_match[] = {
    {"whole resources", test_wholes},
    {"what is asked for", test_asks},
    {"operators and logic", test_cases},
    {"numbers and times", test_typed},
    CU_TEST_INFO_NULL,
};
