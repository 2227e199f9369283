/* Entries of activity, grouped by tenant. */
#include <apr_hash.h>

#include "store/record.h"
#include "unit.h"

static const char *list(apr_hash_t *lists, const char *tenant)
{
    return apr_hash_get(lists, tenant, APR_HASH_KEY_STRING);
}

static void test_split(void)
{
    apr_hash_t *lists = scim_record_split(
        "[{\"t\":\"a\",\"b\":{\"x\":\"}\\\"{\",\"y\":[{}]}},{\"t\":\"b\"},{\"t\":\"a\",\"r\":\"\\\\\"}]", unit_pool);
    UNIT_INT((int)apr_hash_count(lists), 2);
    UNIT_STR(list(lists, "a"), "[{\"t\":\"a\",\"b\":{\"x\":\"}\\\"{\",\"y\":[{}]}},{\"t\":\"a\",\"r\":\"\\\\\"}]");
    UNIT_STR(list(lists, "b"), "[{\"t\":\"b\"}]");
    UNIT_INT((int)apr_hash_count(scim_record_split("[]", unit_pool)), 0);
}

/* A name that is not a tenant's key keeps its JSON escapes, since no tenant has it. */
static void test_strange(void)
{
    apr_hash_t *lists = scim_record_split("[{\"t\":\"\"},{\"t\":\"a\\\"b\"},{\"t\":\"a\"}]", unit_pool);
    UNIT_STR(list(lists, ""), "[{\"t\":\"\"}]");
    UNIT_STR(list(lists, "a"), "[{\"t\":\"a\"}]");
    UNIT_STR(list(lists, "a\\"), "[{\"t\":\"a\\\"b\"}]");
}

CU_TestInfo test_record[] = {{"split", test_split}, {"strange", test_strange}, CU_TEST_INFO_NULL};
