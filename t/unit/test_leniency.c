#include "scim/leniency.h"
#include "unit.h"

static void what_is_used_is_noted(void)
{
    scim_leniency_t leniency = {SCIM_LENIENT_DOTTED_KEY | SCIM_LENIENT_NO_SCHEMAS, 0};
    UNIT_INT(scim_lenient(&leniency, SCIM_LENIENT_DOTTED_KEY), 1);
    UNIT_INT(scim_lenient(&leniency, SCIM_LENIENT_URN_KEY), 0);
    UNIT_INT(leniency.used, SCIM_LENIENT_DOTTED_KEY);
    UNIT_INT(scim_lenient(&leniency, SCIM_LENIENT_NO_SCHEMAS), 1);
    UNIT_INT(leniency.used, SCIM_LENIENT_DOTTED_KEY | SCIM_LENIENT_NO_SCHEMAS);
    UNIT_INT(scim_lenient(NULL, SCIM_LENIENT_NO_SCHEMAS), 0);
}

static void names(void)
{
    UNIT_STR(scim_leniency_names(0, unit_pool), "");
    UNIT_STR(scim_leniency_names(SCIM_LENIENT_NO_SCHEMAS, unit_pool), "no-schemas");
    UNIT_STR(scim_leniency_names(SCIM_LENIENT_ALL, unit_pool),
             "boolean-string,dotted-key,urn-key,array-for-singular,bare-complex,bare-extension,remove-value,"
             "read-only-in-value,json-string,value-path-creates,no-schemas,unlisted-extension,urn-slip,filter-slips,"
             "object-for-array");
}

CU_TestInfo test_leniency[] = {
    {"what was used is noted", what_is_used_is_noted}, {"names for the log", names}, CU_TEST_INFO_NULL};
