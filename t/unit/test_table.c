#include "scim/table.h"

#include <apr_strings.h>
#include <string.h>
#include <time.h>

#include "unit.h"

/* The test vectors of SipHash's authors: the key 00 01 .. 0f, and inputs 00 01 .. of increasing length. */
static void siphash_is_siphash(void)
{
    static const struct {
        apr_size_t len;
        apr_uint64_t hash;
    } vectors[] = {{0, APR_UINT64_C(0x726fdb47dd0e0e31)},
                   {1, APR_UINT64_C(0x74f839c593dc67fd)},
                   {8, APR_UINT64_C(0x93f5f5799a932462)},
                   {15, APR_UINT64_C(0xa129ca6149be45e5)}};
    static const apr_uint64_t key[] = {APR_UINT64_C(0x0706050403020100), APR_UINT64_C(0x0f0e0d0c0b0a0908)};
    static const char input[] = "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16";

    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
        CU_ASSERT_EQUAL(scim_siphash(key, input, vectors[i].len), vectors[i].hash);
}

/* A hash that multiplies by 33 has the same value for "Ez" and "FY", at any position. */
static const char *colliding(unsigned number)
{
    char *text = apr_palloc(unit_pool, 2 * 17 + 1);

    for (int i = 0; i < 17; i++)
        memcpy(text + 2 * (size_t)i, number >> i & 1 ? "Ez" : "FY", 2);
    text[34] = '\0';
    return text;
}

static void keys_cannot_be_chosen(void)
{
    const int keys = 100000;
    apr_hash_t *table = scim_table_make(unit_pool);
    clock_t start = clock();

    for (unsigned i = 0; i < (unsigned)keys; i++) {
        const char *key = colliding(i);

        apr_hash_set(table, key, APR_HASH_KEY_STRING, key);
    }
    UNIT_INT(apr_hash_count(table), keys);
    UNIT_STR(apr_hash_get(table, colliding(77), APR_HASH_KEY_STRING), colliding(77));
    UNIT_STR(apr_hash_get(table, colliding(77), 34), colliding(77));
    CU_ASSERT_PTR_NULL(apr_hash_get(table, colliding(77), 32));
    UNIT_INT(clock() - start < 2 * CLOCKS_PER_SEC, 1); /* with a linear search these take minutes */
}

static void ids_have_no_case(void)
{
    apr_hash_t *ids = scim_table_make(unit_pool);

    UNIT_INT(scim_table_add_id(ids, "0189aBcd-0000-7000-8000-000000000001", unit_pool), 1);
    UNIT_INT(scim_table_add_id(ids, "0189AbCD-0000-7000-8000-000000000001", unit_pool), 0);
    UNIT_INT(scim_table_add_id(ids, "0189abcd-0000-7000-8000-000000000002", unit_pool), 1);
    UNIT_INT(scim_table_add_id(ids, "", unit_pool), 1);
    UNIT_INT(apr_hash_count(ids), 3);
}

CU_TestInfo test_table[] = {{"SipHash is SipHash", siphash_is_siphash},
                            {"keys cannot be chosen", keys_cannot_be_chosen},
                            {"ids have no case", ids_have_no_case},
                            CU_TEST_INFO_NULL};
