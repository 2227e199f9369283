#include "rules/near.h"

#include <apr_strings.h>
#include <string.h>

#include "unit.h"

static void what_is_not_there(void)
{
    static const struct {
        const char *detail;
        scim_near_e what;
        const char *name;
    } cases[] = {
        {"There is no group \"Sales\"; make it first, or correct the name.", SCIM_NEAR_GROUP, "Sales"},
        {"There is no group \"Sales\".", SCIM_NEAR_GROUP, "Sales"},
        {"groups: there is no group \"a \"b\" c\"; make it first, or correct the name.", SCIM_NEAR_GROUP, "a \"b\" c"},
        {"There is no user \"anna\".", SCIM_NEAR_USER, "anna"},
        {"There is no subscription \"x\"; make it first, or correct the name.", SCIM_NEAR_SUBSCRIPTION, "x"},
        {"There is no flag \"x\"", SCIM_NEAR_FLAG, "x"},
        {"There is no template \"x\".", SCIM_NEAR_TEMPLATE, "x"},
        {"There is no tenant \"x\"; create it first or correct the name.", SCIM_NEAR_TENANT, "x"},
        {"Role not found: king", SCIM_NEAR_ROLE, "king"},
        {"There is no role \"king\".", SCIM_NEAR_ROLE, "king"},
        {"There is no mapping \"x\".", SCIM_NEAR_NONE, NULL},
        {"There is no groups \"x\".", SCIM_NEAR_NONE, NULL},
        {"There is a group \"x\" already; choose another name.", SCIM_NEAR_NONE, NULL},
        {"", SCIM_NEAR_NONE, NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *name = NULL;
        UNIT_INT(scim_near_read(&name, cases[i].detail, unit_pool), cases[i].what);
        if (cases[i].what != SCIM_NEAR_NONE) {
            UNIT_STR(name, cases[i].name);
        }
    }
}

/* Names separated by |. */
static apr_array_header_t *names_of(const char *text)
{
    apr_array_header_t *names = apr_array_make(unit_pool, 4, sizeof(const char *));
    char *state;
    for (char *name = apr_strtok(apr_pstrdup(unit_pool, text), "|", &state); name;
         name = apr_strtok(NULL, "|", &state)) {
        APR_ARRAY_PUSH(names, const char *) = name;
    }
    return names;
}

#define MANY "a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|Sales"

static void what_was_meant(void)
{
    static const struct {
        scim_near_e what;
        const char *name, *names;
        const char *text;
    } cases[] = {
        {SCIM_NEAR_ROLE, "king", "administrator|user", "The roles here are: administrator, user."},
        {SCIM_NEAR_SUBSCRIPTION, "x", "Web", "The subscription here is: Web."},
        {SCIM_NEAR_FLAG, "x", "", NULL},
        {SCIM_NEAR_SUBSCRIPTION, "sale", MANY, "Did you mean \"Sales\"?"},
        {SCIM_NEAR_SUBSCRIPTION, "zebra", MANY, NULL},
        {SCIM_NEAR_GROUP, "Salse", "Sailing club|Sales|Sales EMEA|Support", "Did you mean \"Sales\"?"},
        {SCIM_NEAR_GROUP, "sales", "Sales EMEA|Sales DACH|Pre-Sales|Sales APAC",
         "Did you mean \"Sales EMEA\" or \"Sales DACH\" or \"Pre-Sales\"?"},
        {SCIM_NEAR_GROUP, "Crew", "Staff", NULL},
        {SCIM_NEAR_USER, "ana", "anna|zoe", "Did you mean \"anna\"?"},
        {SCIM_NEAR_USER, "anna@example.com", "anna", "Did you mean \"anna\"?"},
        {SCIM_NEAR_USER, "a", "b|ab|abc", NULL},
        {SCIM_NEAR_TENANT, "acm", "acme", "Did you mean \"acme\"?"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        UNIT_STR(scim_near_text(cases[i].what, cases[i].name, names_of(cases[i].names), unit_pool), cases[i].text);
    }
}

CU_TestInfo test_near[] = {
    {"what is not there", what_is_not_there}, {"what was meant", what_was_meant}, CU_TEST_INFO_NULL};
