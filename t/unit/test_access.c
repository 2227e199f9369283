/* Whether policy, groups and grants apply to an account, and who has a seat. */
#include "rules/access.h"
#include "unit.h"

static scim_access_account_t account(const char *policy, int synced, int is_protected)
{
    return (scim_access_account_t){scim_policy_read(policy), synced, 1, is_protected};
}

static void policies(void)
{
    scim_access_account_t all = account("all", 1, 0);
    scim_access_account_t local = account("all", 0, 0);
    scim_access_account_t kept = account("all", 1, 1);
    scim_access_account_t groups = account("groups", 1, 0);
    scim_access_account_t hidden = account("all", 1, 0);
    hidden.wire = 0;
    CU_ASSERT(scim_access_by_policy(&all));
    CU_ASSERT(!scim_access_by_policy(&local));
    CU_ASSERT(!scim_access_by_policy(&kept));
    CU_ASSERT(!scim_access_by_policy(&hidden));
    CU_ASSERT(!scim_access_by_policy(&groups));
    CU_ASSERT(scim_access_by_group(&groups));
    CU_ASSERT(!scim_access_by_group(&all));
    CU_ASSERT_EQUAL(scim_policy_read(NULL), SCIM_POLICY_MANUAL);
    CU_ASSERT_EQUAL(scim_policy_read("manual"), SCIM_POLICY_MANUAL);
}

static void grants(void)
{
    static const struct {
        const char *policy;
        int synced, is_protected, login; /* whether a grant of the first login counts */
    } rows[] = {
        {"manual", 1, 0, 1}, {"manual", 0, 0, 1}, {"all", 1, 0, 0},    {"all", 0, 0, 1},
        {"groups", 1, 0, 0}, {"groups", 0, 0, 1}, {"manual", 1, 1, 0}, {"groups", 0, 1, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        scim_access_account_t one = account(rows[i].policy, rows[i].synced, rows[i].is_protected);
        CU_ASSERT_EQUAL(scim_access_by_grant(&one, "login"), rows[i].login);
        CU_ASSERT(scim_access_by_grant(&one, "manual"));
        CU_ASSERT(scim_access_by_grant(&one, "template"));
        CU_ASSERT(scim_access_by_grant(&one, "protected"));
    }
}

static void seats(void)
{
    static const struct {
        scim_access_place_t place, last;
        int seated;
    } rows[] = {
        {{5, 5, "a"}, {0, 0, NULL}, 1}, {{5, 5, "a"}, {0, 0, ""}, 1},  {{4, 4, "b"}, {5, 5, "a"}, 1},
        {{6, 6, "a"}, {5, 5, "b"}, 0},  {{5, 5, "a"}, {5, 5, "a"}, 1}, {{5, 5, "a"}, {5, 5, "b"}, 1},
        {{5, 5, "b"}, {5, 5, "a"}, 0},  {{5, 2, "b"}, {5, 3, "a"}, 1}, {{5, 4, "a"}, {5, 3, "b"}, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(scim_access_is_seated(&rows[i].place, &rows[i].last), rows[i].seated);
    }
    CU_ASSERT_EQUAL(scim_access_place(7, 3, "a").since, 7);
    CU_ASSERT_EQUAL(scim_access_place(3, 7, "a").since, 7);
    CU_ASSERT_EQUAL(scim_access_place(7, 3, "a").joined, 3);
    CU_ASSERT_EQUAL(scim_access_id_time("0191f3a2-4b5c-7000-8000-00000000000b"), APR_INT64_C(0x0191f3a24b5c) * 1000);
    CU_ASSERT_EQUAL(scim_access_id_time("short"), 0);
}

static void warnings(void)
{
    static const struct {
        const char *policy;
        int sync, automatic, mapped, warns;
    } rows[] = {{"all", 1, 0, 1, 1},         {"all", 1, 1, 0, 0},    {"groups", 1, 1, 0, 1},
                {"groups", 1, 0, 1, 0},      {"manual", 1, 0, 0, 0}, {"first-login", 0, 0, 1, 1},
                {"first-login", 0, 1, 0, 0}, {"manual", 0, 0, 0, 0}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(scim_policy_warning(rows[i].policy, rows[i].sync, rows[i].automatic, rows[i].mapped) != NULL,
                        rows[i].warns);
    }
}

CU_TestInfo test_access[] = {
    {"warnings", warnings}, {"policies", policies}, {"grants", grants}, {"seats", seats}, CU_TEST_INFO_NULL};
