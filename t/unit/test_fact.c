/* Facts as text: percent-encoding, and where a long text is cut. */
#include <apr_strings.h>
#include <string.h>

#include "scim/fact.h"
#include "unit.h"

static const struct {
    const char *value, *text;
} cases[] = {
    {"", ""},
    {"Web - French", "Web - French"},
    {" a b ", "%20a b%20"},
    {" ", "%20"},
    {"a,b", "a%2Cb"},
    {"50%", "50%25"},
    {"Z\xc3\xbcrich", "Z%C3%BCrich"},
    {"a\r\nX-Scim-Role: b", "a%0D%0AX-Scim-Role: b"},
    {"\x7f", "%7F"},
    {"...", "%2E.."},
    {"....", "...."},
    {"\"<&>\"", "\"<&>\""},
};

static void text(void)
{
    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CU_ASSERT_STRING_EQUAL(scim_fact_text(cases[i].value, unit_pool), cases[i].text);
    }
}

static const char *repeat(const char *part, apr_size_t times)
{
    char *text = apr_palloc(unit_pool, strlen(part) * times + 1);
    char *at = text;
    for (apr_size_t i = 0; i < times; i++) {
        at = apr_cpystrn(at, part, strlen(part) + 1);
    }
    *at = '\0';
    return text;
}

static void long_text(void)
{
    const char *fits = repeat("a", SCIM_FACT_MAX);
    CU_ASSERT_STRING_EQUAL(scim_fact_text(fits, unit_pool), fits);
    const char *cut = scim_fact_text(repeat("a", SCIM_FACT_MAX + 1), unit_pool);
    CU_ASSERT_EQUAL(strlen(cut), SCIM_FACT_MAX);
    CU_ASSERT_STRING_EQUAL(cut + SCIM_FACT_MAX - 4, "a...");
    for (apr_size_t shift = 0; shift < 3; shift++) {
        cut = scim_fact_text(apr_pstrcat(unit_pool, repeat("a", shift), repeat("\xc3\xbc", SCIM_FACT_MAX), NULL),
                             unit_pool);
        CU_ASSERT_TRUE(strlen(cut) <= SCIM_FACT_MAX);
        CU_ASSERT_EQUAL((strlen(cut) - 3 - shift) % 3, 0);
    }
}

static apr_array_header_t *list_of(const char *value, int count)
{
    apr_array_header_t *list = apr_array_make(unit_pool, 2, sizeof(const char *));
    for (int i = 0; i < count; i++) {
        APR_ARRAY_PUSH(list, const char *) = value;
    }
    return list;
}

static void list(void)
{
    CU_ASSERT_STRING_EQUAL(scim_fact_list(list_of("x", 0), unit_pool), "");
    CU_ASSERT_STRING_EQUAL(scim_fact_list(list_of("a,b", 2), unit_pool), "a%2Cb,a%2Cb");
    CU_ASSERT_STRING_EQUAL(scim_fact_list(list_of("", 3), unit_pool), ",,");
}

static void long_list(void)
{
    const char *whole = scim_fact_list(list_of("1234567", SCIM_FACT_MAX / 8), unit_pool);
    CU_ASSERT_EQUAL(strlen(whole), SCIM_FACT_MAX - 1);
    const char *cut = scim_fact_list(list_of("1234567", SCIM_FACT_MAX / 8 + 1), unit_pool);
    CU_ASSERT_TRUE(strlen(cut) <= SCIM_FACT_MAX);
    CU_ASSERT_STRING_EQUAL(cut + strlen(cut) - 11, "1234567,...");
    CU_ASSERT_STRING_EQUAL(scim_fact_list(list_of(repeat("a", 5000), 1), unit_pool), "...");
}

CU_TestInfo test_fact[] = {
    {"what is encoded", text}, {"a long value is cut", long_text},
    {"lists", list},           {"a long list is cut behind a value", long_list},
    CU_TEST_INFO_NULL,
};
