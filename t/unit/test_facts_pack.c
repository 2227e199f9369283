/* Packed facts: unpacking gives the same facts, and damaged bytes give none. */
#include <string.h>

#include "store/facts_pack.h"
#include "unit.h"

static scim_facts_t *make(void)
{
    scim_facts_t *facts = apr_pcalloc(unit_pool, sizeof(*facts));
    facts->lists = SCIM_FACTS_GROUPS;
    facts->tenant = facts->enabled = facts->found = facts->active = 1;
    facts->id = "01a22c";
    facts->account = "kim";
    facts->groups = apr_array_make(unit_pool, 2, sizeof(const char *));
    APR_ARRAY_PUSH(facts->groups, const char *) = "Staff";
    APR_ARRAY_PUSH(facts->groups, const char *) = "";
    facts->flags = apr_array_make(unit_pool, 2, sizeof(const char *));
    return facts;
}

static void come_back(void)
{
    scim_buf_t bytes;
    apr_time_t at;
    scim_buf_init(&bytes, 64, unit_pool);
    scim_facts_pack(&bytes, make(), 77);
    const scim_facts_t *facts = scim_facts_unpack(&at, bytes.data, bytes.len, unit_pool);
    CU_ASSERT_PTR_NOT_NULL_FATAL(facts);
    UNIT_INT(at, 77);
    UNIT_INT(facts->lists, SCIM_FACTS_GROUPS);
    UNIT_INT(facts->active, 1);
    UNIT_INT(facts->foreign, 0);
    UNIT_STR(facts->id, "01a22c");
    UNIT_STR(facts->account, "kim");
    UNIT_STR(facts->role, NULL);
    CU_ASSERT_PTR_NULL(facts->roles);
    UNIT_INT(facts->groups->nelts, 2);
    UNIT_STR(APR_ARRAY_IDX(facts->groups, 0, const char *), "Staff");
    UNIT_STR(APR_ARRAY_IDX(facts->groups, 1, const char *), "");
    UNIT_INT(facts->flags->nelts, 0);
}

static void parts(void)
{
    scim_buf_t bytes;
    apr_time_t at;
    scim_buf_init(&bytes, 64, unit_pool);
    scim_facts_pack(&bytes, make(), 77);
    for (apr_size_t len = 0; len < bytes.len; len++) {
        CU_ASSERT_PTR_NULL(scim_facts_unpack(&at, bytes.data, len, unit_pool));
    }
    scim_buf_add(&bytes, "x", 1);
    CU_ASSERT_PTR_NULL(scim_facts_unpack(&at, bytes.data, bytes.len, unit_pool));
    bytes.data[0] = 9;
    CU_ASSERT_PTR_NULL(scim_facts_unpack(&at, bytes.data, bytes.len - 1, unit_pool));
}

CU_TestInfo test_facts_pack[] = {
    {"they come back", come_back}, {"what is not whole is nothing", parts}, CU_TEST_INFO_NULL};
