#include "scim/version.h"

#include "unit.h"

static void matches(void)
{
    static const struct {
        const char *header;
        apr_int64_t version;
        int match;
    } cases[] = {
        {"W/\"3\"", 3, 1},
        {"\"3\"", 3, 1},
        {"W/\"3-gzip\"", 3, 1},
        {"\"3-gzip\"", 3, 1},
        {"W/\"3-br\"", 3, 1},
        {"*", 3, 1},
        {" * ", 3, 1},
        {"W/\"3\"", 4, 0},
        {"W/\"33\"", 3, 0},
        {"W/\"1\", W/\"2\",W/\"3\"", 3, 1},
        {"W/\"1\" ,, \"a,b\" , \"3\"", 3, 1},
        {"\"a,3\", \"b\"", 3, 0},
        {"W/\"9223372036854775807\"", APR_INT64_MAX, 1},
        {"W/\"9223372036854775808\"", APR_INT64_MAX, 0},
        {"W/\"18446744073709551619\"", 3, 0},
        {"W/\"03\"", 3, 0},
        {"W/\"-3\"", 3, 0},
        {"W/\"+3\"", 3, 0},
        {"W/\" 3\"", 3, 0},
        {"W/\"3-zip\"", 3, 0},
        {"W/\"3x\"", 3, 0},
        {"W/\"\"", 0, 0},
        {"\"0\"", 0, 0},
        {"\"-gzip\"", 0, 0},
        {"w/\"3\"", 3, 0},
        {"W/3", 3, 0},
        {"3", 3, 0},
        {"\"3", 3, 0},
        {"", 3, 0},
        {"\"*\"", 3, 0},
        {"*, W/\"4\"", 3, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const scim_versions_t *versions = scim_versions_read(cases[i].header, unit_pool);
        if (!UNIT_INT(scim_versions_match(versions, cases[i].version), cases[i].match))
            UNIT_STR("the header is", cases[i].header);
    }
}

static void lists(void)
{
    const scim_versions_t *versions = scim_versions_read("W/\"1\", \"x\", junk, \"12-gzip\"", unit_pool);
    UNIT_INT(versions->any, 0);
    UNIT_INT(versions->list->nelts, 2);
    UNIT_INT(APR_ARRAY_IDX(versions->list, 0, apr_int64_t), 1);
    UNIT_INT(APR_ARRAY_IDX(versions->list, 1, apr_int64_t), 12);
    versions = scim_versions_read("*", unit_pool);
    UNIT_INT(versions->any, 1);
    UNIT_INT(versions->list->nelts, 0);
    CU_ASSERT_PTR_NULL(scim_versions_read(NULL, unit_pool));
}

CU_TestInfo test_version[] = {{"matches", matches}, {"lists", lists}, CU_TEST_INFO_NULL};
