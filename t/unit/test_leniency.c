#include "scim/leniency.h"
#include "unit.h"

static void what_is_used_is_noted(void)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_DOTTED_KEY | SCIM_LENIENT_NO_SCHEMAS};
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
             "object-for-array,capital-op,flag-in-path,empty-string,unknown-extension,unknown-path,no-operations,"
             "bare-operations,ssh-key,value-object");
}

static void refusals(void)
{
    const unsigned lenient = SCIM_LENIENT_NO_SCHEMAS | SCIM_NOTED_NO_PATH;
    CU_ASSERT_PTR_NULL(scim_leniency_refusers(0));
    UNIT_STR(scim_leniency_refusers(SCIM_NOTED_NO_PATH), "{interop}");
    UNIT_STR(scim_leniency_refusers(lenient), "{rfc,interop}");
    CU_ASSERT_PTR_NULL(scim_leniency_refusal(lenient, NULL, unit_pool));
    CU_ASSERT_PTR_NULL(scim_leniency_refusal(lenient, "lenient", unit_pool));
    CU_ASSERT_PTR_NULL(scim_leniency_refusal(SCIM_NOTED_NO_PATH, "rfc", unit_pool));
    UNIT_ERROR(
        scim_leniency_refusal(SCIM_NOTED_NO_PATH, "interop", unit_pool), SCIM_INVALID_SYNTAX,
        "An operation has no \"path\" (no-path), which the tenant's profile \"interop\" does not accept: send an "
        "operation with a \"path\" for each attribute.");
    UNIT_ERROR(scim_leniency_refusal(SCIM_LENIENT_DOTTED_KEY | lenient, "rfc", unit_pool), SCIM_INVALID_PATH,
               "A path such as name.givenName is the name of a member (dotted-key), which the tenant's profile \"rfc\" "
               "does not accept: send it as the \"path\" of an operation.");
}

/* The scimType for a refused name depends on the name's position. */
static void places(void)
{
    const unsigned name = SCIM_LENIENT_BARE_EXTENSION, both = SCIM_NOTED_IN_FILTER | SCIM_NOTED_IN_SORT;
    static const char detail[] =
        "An extension's attribute lacks its schema's URN (bare-extension), which the tenant's profile \"rfc\" does not "
        "accept: put the URN and a colon before its name.";
    UNIT_ERROR(scim_leniency_refusal(name, "rfc", unit_pool), SCIM_INVALID_PATH, detail);
    UNIT_ERROR(scim_leniency_refusal(name | SCIM_NOTED_IN_SORT, "rfc", unit_pool), SCIM_INVALID_VALUE, detail);
    UNIT_ERROR(scim_leniency_refusal(name | SCIM_NOTED_IN_FILTER, "rfc", unit_pool), SCIM_INVALID_FILTER, detail);
    UNIT_ERROR(scim_leniency_refusal(name | both, "rfc", unit_pool), SCIM_INVALID_FILTER, detail);
    UNIT_STR(scim_leniency_refusers(name | both), "{rfc,interop}");
    UNIT_STR(scim_leniency_names(name | both, unit_pool), "bare-extension");
}

/* Each bit has a row: a name, an error text, and the profiles that refuse it. */
static void every_bit(void)
{
    for (unsigned bit = 1; bit <= SCIM_NOTED_NO_PATH; bit <<= 1) {
        UNIT_INT(*scim_leniency_names(bit, unit_pool) != '\0', (bit & SCIM_LENIENT_ALL) != 0);
        UNIT_INT(scim_leniency_refusal(bit, "rfc", unit_pool) != NULL, (bit & SCIM_LENIENT_ALL) != 0);
        CU_ASSERT_PTR_NOT_NULL(scim_leniency_refusal(bit, "interop", unit_pool));
    }
}

CU_TestInfo test_leniency[] = {{"what was used is noted", what_is_used_is_noted},
                               {"names for the log", names},
                               {"refusals by profile", refusals},
                               {"refusals by place", places},
                               {"every bit has its row", every_bit},
                               CU_TEST_INFO_NULL};
