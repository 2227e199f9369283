#include "scim/query.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/search.h"
#include "unit.h"

static scim_query_t query;

static scim_error_t *read_args(const char *args)
{
    return scim_query_read(&query, args, 100, 1000, unit_pool);
}

static void nothing(void)
{
    static const char *const texts[] = {
        NULL, "", "&", "aadOptscim062020", "aadOptscim062020&x=%zz&y=%00&%zz=1", "=", "=filter", "x=1&x=2"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        UNIT_OK(read_args(texts[i]));
        UNIT_STR(query.filter, NULL);
        UNIT_STR(query.attributes, NULL);
        UNIT_STR(query.excluded_attributes, NULL);
        UNIT_STR(query.sort_by, NULL);
        UNIT_STR(query.sort_order, NULL);
        UNIT_STR(query.cursor, NULL);
        UNIT_INT(query.by_index, 0);
        UNIT_INT(query.start_index, 1);
        UNIT_INT(query.count, 100);
    }
}

static void everything(void)
{
    UNIT_OK(read_args("filter=userName+eq+%22a%2Bb%C3%BC%22&attributes=id,userName&excludedAttributes=members"
                      "&sortBy=name.familyName&sortOrder=descending&startIndex=11&count=5&x=y"));
    UNIT_STR(query.filter, "userName eq \"a+b\xc3\xbc\"");
    UNIT_STR(query.attributes, "id,userName");
    UNIT_STR(query.excluded_attributes, "members");
    UNIT_STR(query.sort_by, "name.familyName");
    UNIT_STR(query.sort_order, "descending");
    UNIT_INT(query.start_index, 11);
    UNIT_INT(query.count, 5);
    UNIT_OK(read_args("filter=userName%20eq%20%22a+b@x%22&sortBy=a+b"));
    UNIT_STR(query.filter, "userName eq \"a+b@x\"");
    UNIT_STR(query.sort_by, "a+b");
    UNIT_OK(read_args("sortBy=a+b&filter=id+pr&x=%2520"));
    UNIT_STR(query.sort_by, "a b");
    UNIT_STR(query.filter, "id pr");
}

static void names_and_values(void)
{
    UNIT_OK(read_args("FILTER=a%3db=c&StartIndex=2&%63ount=3"));
    UNIT_STR(query.filter, "a=b=c");
    UNIT_INT(query.start_index, 2);
    UNIT_INT(query.count, 3);
    UNIT_OK(read_args("filter=&attributes"));
    UNIT_STR(query.filter, "");
    UNIT_STR(query.attributes, "");
    UNIT_OK(read_args("filters=x&filte=y"));
    UNIT_STR(query.filter, NULL);
}

static void numbers_are_clamped(void)
{
    static const struct {
        const char *args;
        apr_int64_t start_index, count;
    } cases[] = {
        {"startIndex=0&count=0", 1, 0},
        {"startIndex=-5&count=-1", 1, 0},
        {"startIndex=007&count=1000", 7, 1000},
        {"startIndex=1&count=1001", 1, 1000},
        {"startIndex=9223372036854775807&count=9223372036854775807", APR_INT64_MAX, 1000},
        {"startIndex=9223372036854775808&count=99999999999999999999", APR_INT64_MAX, 1000},
        {"startIndex=-99999999999999999999&count=-99999999999999999999", 1, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        UNIT_OK(read_args(cases[i].args));
        UNIT_INT(query.start_index, cases[i].start_index);
        UNIT_INT(query.count, cases[i].count);
    }
    UNIT_OK(scim_query_read(&query, NULL, 100, 20, unit_pool));
    UNIT_INT(query.count, 20);
}

static void refused(void)
{
    static const struct {
        const char *args;
        const char *detail;
        scim_type_e type;
    } cases[] = {
        {"count=abc", "The parameter count must be an integer, not \"abc\".", SCIM_INVALID_VALUE},
        {"count=", "The parameter count must be an integer, not \"\".", SCIM_INVALID_VALUE},
        {"count", "The parameter count must be an integer, not \"\".", SCIM_INVALID_VALUE},
        {"count=1.5", "The parameter count must be an integer, not \"1.5\".", SCIM_INVALID_VALUE},
        {"count=-", "The parameter count must be an integer, not \"-\".", SCIM_INVALID_VALUE},
        {"COUNT=1x", "The parameter count must be an integer, not \"1x\".", SCIM_INVALID_VALUE},
        {"startIndex=+1", "The parameter startIndex must be an integer, not \" 1\".", SCIM_INVALID_VALUE},
        {"startIndex=1&filter=a&startindex=1", "The parameter startIndex is given twice.", SCIM_INVALID_VALUE},
        {"filter=a&filter=a", "The parameter filter is given twice.", SCIM_INVALID_VALUE},
        {"filter=%C3", "The parameter filter is not valid UTF-8.", SCIM_INVALID_FILTER},
        {"filter=\xff", "The parameter filter is not valid UTF-8.", SCIM_INVALID_FILTER},
        {"sortBy=a%00b", "The parameter sortBy holds a NUL character.", SCIM_INVALID_VALUE},
        {"count=1%00", "The parameter count holds a NUL character.", SCIM_INVALID_VALUE},
        {"filter=%", "The parameter filter has a % that two hexadecimal digits do not follow.", SCIM_INVALID_FILTER},
        {"filter=%4", "The parameter filter has a % that two hexadecimal digits do not follow.", SCIM_INVALID_FILTER},
        {"filter=%4&attributes=1", "The parameter filter has a % that two hexadecimal digits do not follow.",
         SCIM_INVALID_FILTER},
        {"filter=%4g", "The parameter filter has a % that two hexadecimal digits do not follow.", SCIM_INVALID_FILTER},
        {"cursor=%ff", "The parameter cursor is not valid UTF-8.", SCIM_INVALID_CURSOR},
        {"cursor=%00", "The parameter cursor holds a NUL character.", SCIM_INVALID_CURSOR},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        UNIT_ERROR(read_args(cases[i].args), cases[i].type, cases[i].detail);
}

static void cursors(void)
{
    static const struct {
        const char *args;
        const char *cursor;
    } cases[] = {
        {"cursor", ""}, {"cursor=", ""}, {"cursor&count=3", ""}, {"CURSOR=a-_9&count=3", "a-_9"}, {"count=3", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        UNIT_OK(read_args(cases[i].args));
        UNIT_STR(query.cursor, cases[i].cursor);
        UNIT_INT(query.by_index, 0);
    }
    UNIT_OK(read_args("startIndex=0"));
    UNIT_INT(query.by_index, 1);
    UNIT_ERROR(read_args("count=x&cursor"), SCIM_INVALID_COUNT, "The parameter count must be an integer, not \"x\".");
    UNIT_ERROR(read_args("cursor=a&count="), SCIM_INVALID_COUNT, "The parameter count must be an integer, not \"\".");
    UNIT_ERROR(read_args("cursor=a&startIndex=x"), SCIM_INVALID_VALUE, NULL);
    UNIT_ERROR(read_args("cursor=a&cursor=a"), SCIM_INVALID_VALUE, "The parameter cursor is given twice.");
}

/* A quoted text in a detail is cut between two characters. */
static void cuts_between_characters(void)
{
    UNIT_ERROR(read_args("count=123456789012345678901234567890123456789%C3%9C"), SCIM_INVALID_VALUE,
               "The parameter count must be an integer, not \"123456789012345678901234567890123456789\".");
}

static void cuts_sort_by(void)
{
    const scim_resource_type_t *type = unit_type("User");
    apr_array_header_t *types = apr_array_make(unit_pool, 1, sizeof(type));
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    char name[300], detail[300];
    scim_search_t *search;

    APR_ARRAY_PUSH(types, const scim_resource_type_t *) = type;
    memset(name, 'x', sizeof(name));
    memcpy(name + 199, "\xc3\x9c", 3);
    apr_snprintf(detail, sizeof(detail),
                 "sortBy \"%.199s\" is not an attribute of User. /Schemas lists the existing ones.", name);
    UNIT_OK(read_args(apr_pstrcat(unit_pool, "sortBy=", name, NULL)));
    UNIT_ERROR(scim_search_read(&search, &query, types, &leniency, unit_pool), SCIM_INVALID_VALUE, detail);
}

CU_TestInfo test_query[] = {{"nothing that SCIM names", nothing},
                            {"everything", everything},
                            {"names and values", names_and_values},
                            {"numbers are clamped", numbers_are_clamped},
                            {"refused", refused},
                            {"cursors", cursors},
                            {"cuts between characters", cuts_between_characters},
                            {"cuts sortBy", cuts_sort_by},
                            CU_TEST_INFO_NULL};
