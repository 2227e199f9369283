/*
 * Attribute paths: resolution, URNs and their misspellings, PATCH value paths, and every refusal.
 */
#include <apr_strings.h>
#include <string.h>

#include "filter_dump.h"
#include "unit.h"

#define ADVICE     " Correct the attribute mapping in the identity provider; /Schemas lists the attributes."
#define CORE       "urn:ietf:params:scim:schemas:core:2.0:User"
#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

typedef struct {
    const char *type;
    const char *path;
    const char *wanted; /* the dump, or the detail of an error */
    unsigned used;      /* leniencies, or the scimType of an error */
} path_case_t;

static const path_case_t good[] = {
    {"User", "userName", "userName", 0},
    {"User", "USERNAME", "userName", 0},
    {"User", "name.givenName", "name.givenName", 0},
    {"User", "Name.GIVENNAME", "name.givenName", 0},
    {"User", "id", "id", 0},
    {"User", "externalId", "externalId", 0},
    {"User", "meta.lastModified", "meta.lastModified", 0},
    {"User", "schemas", "schemas", 0},
    {"Group", "members", "members", 0},
    {"Group", "members.$ref", "members.$ref", 0},
    {"User", CORE ":userName", "userName", 0},
    {"User", CORE ":name.familyName", "name.familyName", 0},
    {"User", CORE ":externalId", "externalId", 0},
    {"User", "URN:IETF:params:scim:schemas:core:2.0:user:USERNAME", "userName", 0},
    {"User", ENTERPRISE ":employeeNumber", "+employeeNumber", 0},
    {"User", ENTERPRISE ":manager.value", "+manager.value", 0},
    {"User", ENTERPRISE, "<" ENTERPRISE ">", 0},
    {"User", "manager", "+manager", SCIM_LENIENT_BARE_EXTENSION},
    {"User", "manager.displayName", "+manager.displayName", SCIM_LENIENT_BARE_EXTENSION},
    {"User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department", "+department",
     SCIM_LENIENT_URN_SLIP},
    {"User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0User", "<" ENTERPRISE ">", SCIM_LENIENT_URN_SLIP},
    {"User", "urn:scim:schemas:extension:enterprise:2.0:manager", "+manager", SCIM_LENIENT_URN_SLIP},
    {"User", "urn:scim:schemas:extension:enterprise:1.0:manager.value", "+manager.value", SCIM_LENIENT_URN_SLIP},
    {"User", "urn:scim:schemas:core:2.0:name.givenName", "name.givenName", SCIM_LENIENT_URN_SLIP},
    {"Group", "urn:scim:schemas:core:1.0:displayName", "displayName", SCIM_LENIENT_URN_SLIP},
    {"User", "emails[type eq 'work']", "emails[(eq type 'work')]", 0},
    {"User", "emails[type eq 'work'].value", "emails[(eq type 'work')].value", 0},
    {"User", "addresses[type eq 'other'].Formatted", "addresses[(eq type 'other')].formatted", 0},
    {"User", CORE ":emails[type eq 'a]b' or value pr].value", "emails[(or (eq type 'a]b') (pr value))].value", 0},
    {"User", "emails[not (primary eq true)]", "emails[(not (eq primary true))]", 0},
    {"User", "roles[primary eq 'True'].display", "roles[(eq primary true)].display", SCIM_LENIENT_FILTER_SLIPS},
    {"User", "emails[type eq work].value", "emails[(eq type 'work')].value", SCIM_LENIENT_FILTER_SLIPS},
    {"Group", "members[value eq '2819c223-7f76-453a-919d-413861904646']",
     "members[(eq value '2819c223-7f76-453a-919d-413861904646')]", 0},
    {"User", "schemas[value sw 'urn:']", "schemas[(sw schemas 'urn:')]", 0},
};

static void test_good(void)
{
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
        scim_path_t path;

        if (UNIT_OK(scim_path_read(&path, unit_quotes(good[i].path), unit_type(good[i].type), &leniency, unit_pool))) {
            UNIT_STR(unit_path_dump(&path), good[i].wanted);
            UNIT_INT(leniency.used, good[i].used);
            if (path.attr)
                CU_ASSERT_PTR_EQUAL(path.schema, path.attr->schema);
        }
    }
}

static const path_case_t bad[] = {
    {"User", "", "The path is empty.", SCIM_INVALID_PATH},
    {"User", "nope", "The path 'nope' names no attribute of User." ADVICE, SCIM_INVALID_PATH},
    {"User", "name.nope", "The path 'name.nope' names no attribute of User." ADVICE, SCIM_INVALID_PATH},
    {"User", "name.", "The path 'name.' names no attribute of User." ADVICE, SCIM_INVALID_PATH},
    {"User", ".name", "The path '.name' names no attribute of User." ADVICE, SCIM_INVALID_PATH},
    {"User", "name.givenName.x", "The path 'name.givenName.x' names no attribute of User." ADVICE, SCIM_INVALID_PATH},
    {"User", "userName.x", "The path 'userName.x' names no attribute of User." ADVICE, SCIM_INVALID_PATH},
    {"User", "userName ", "The path 'userName ' names no attribute of User." ADVICE, SCIM_INVALID_PATH},
    {"User", CORE ":", "The path '" CORE ":' names no attribute of User." ADVICE, SCIM_INVALID_PATH},
    {"User", CORE ":manager", "The path '" CORE ":manager' names no attribute of User." ADVICE, SCIM_INVALID_PATH},
    {"User", ENTERPRISE ":userName", "The path '" ENTERPRISE ":userName' names no attribute of User." ADVICE,
     SCIM_INVALID_PATH},
    {"Group", "manager", "The path 'manager' names no attribute of Group." ADVICE, SCIM_INVALID_PATH},
    {"Group", CORE ":userName", "The path '" CORE ":userName' names no attribute of Group." ADVICE, SCIM_INVALID_PATH},
    {"User", "urn:example:x:y", "The path 'urn:example:x:y' names no attribute of User." ADVICE, SCIM_INVALID_PATH},
    {"User", "name[givenName eq 'x']",
     "The path has an error at character 5: only a multi-valued attribute takes a filter in brackets.",
     SCIM_INVALID_PATH},
    {"User", "emails.value[type eq 'x']",
     "The path has an error at character 13: only a multi-valued attribute takes a filter in brackets.",
     SCIM_INVALID_PATH},
    {"User", ENTERPRISE "[value pr]",
     "The path has an error at character 59: only a multi-valued attribute takes a filter in brackets.",
     SCIM_INVALID_PATH},
    {"User", "emails[type eq 'work']value",
     "The path has an error at character 23: expected '.' and a sub-attribute, or the end.", SCIM_INVALID_PATH},
    {"User", "emails[type eq 'work'].nope", "'nope' is not a sub-attribute of 'emails'.", SCIM_INVALID_PATH},
    {"User", "emails[type eq 'work'].", "'' is not a sub-attribute of 'emails'.", SCIM_INVALID_PATH},
    {"User", "emails[]", "The path has an error at character 8: expected an attribute, 'not' or '('.",
     SCIM_INVALID_FILTER},
    {"User", "emails[type eq 'work'", "The path has an error at character 22: expected 'and', 'or' or ']'.",
     SCIM_INVALID_FILTER},
    {"User", "emails[nope eq 'work']", "'nope' at character 8 of the path is not a sub-attribute of 'emails'.",
     SCIM_INVALID_FILTER},
    {"User", "emails[type gt 5 5]", "The path has an error at character 18: expected 'and', 'or' or ']'.",
     SCIM_INVALID_FILTER},
    {"User", "emails[emails[type pr]]", "'emails' at character 8 of the path is not a sub-attribute of 'emails'.",
     SCIM_INVALID_FILTER},
    {"User", "emails[primary gt true]", "The operator 'gt' cannot be used on the boolean attribute 'primary'.",
     SCIM_INVALID_FILTER},
};

static void test_bad(void)
{
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
        scim_path_t path;

        UNIT_ERROR(scim_path_read(&path, unit_quotes(bad[i].path), unit_type(bad[i].type), &leniency, unit_pool),
                   bad[i].used, unit_quotes(bad[i].wanted));
    }
}

/* A path that needs a leniency is refused without it. */
static void test_strict(void)
{
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL & ~good[i].used};
        scim_path_t path;
        scim_error_t *error =
            scim_path_read(&path, unit_quotes(good[i].path), unit_type(good[i].type), &leniency, unit_pool);

        UNIT_INT(error != NULL, good[i].used != 0);
    }
}

static void test_long(void)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    char *text = apr_palloc(unit_pool, 100001);
    scim_path_t path;

    memset(text, 'a', 100000);
    text[100000] = '\0';
    UNIT_ERROR(
        scim_path_read(&path, text, unit_type("User"), &leniency, unit_pool), SCIM_INVALID_PATH,
        "The path \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..\" names no "
        "attribute of User." ADVICE);
}

static void test_resolve(void)
{
    scim_path_t path;

    UNIT_INT(scim_path_resolve(&path, "name.givenName,x", 14, unit_type("User"), NULL), 1);
    UNIT_STR(unit_path_dump(&path), "name.givenName");
    UNIT_INT(scim_path_resolve(&path, "manager", 7, unit_type("User"), NULL), 0);
    UNIT_INT(scim_path_resolve(&path, "", 0, unit_type("User"), NULL), 0);
    CU_ASSERT_PTR_EQUAL(scim_path_schema(CORE, strlen(CORE), unit_type("User"), NULL), unit_type("User")->schema);
    CU_ASSERT_PTR_NULL(scim_path_schema("urn:scim:schemas:core:2.0", 25, unit_type("User"), NULL));
}

CU_TestInfo test_path[] = {
    {"paths that resolve", test_good},  {"paths that are refused", test_bad},
    {"no leniency", test_strict},       {"length", test_long},
    {"resolution alone", test_resolve}, CU_TEST_INFO_NULL,
};
