#include "rules/merge.h"

#include <apr_strings.h>
#include <string.h>

#include "unit.h"

static void carries(void)
{
    static const struct {
        const char *list;
        const char *wrong;
    } cases[] = {{"[]", NULL},
                 {"['userName','externalId','source','links']", NULL},
                 {"['links','username']", "username"},
                 {"['']", ""}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *wrong = NULL;
        UNIT_INT(scim_merge_carries(&wrong, unit_json(cases[i].list)), !cases[i].wrong);
        UNIT_STR(wrong, cases[i].wrong);
    }
}

#define GOES    "'user':{'id':'7','userName':'Ann','source':'scim'},'externalId':'a1'"
#define STAYS   ",'into':{'userName':'anna','source':'local','protected':null}"
#define GONE404 "The identity provider's next request for the user that goes (7) is answered 404. It then "

static void what_comes_next(void)
{
    static const struct {
        const char *preview;
        const char *begins;
    } cases[] = {
        {"{'user':{'id':'7','userName':'ann','source':'local'}" STAYS
         ",'becomes':{'userName':'anna','source':'local'}}",
         "The identity provider does not know the user that goes, so nothing changes for it."},
        {"{" GOES STAYS ",'becomes':{'userName':'ann','externalId':'a1','source':'scim'}}",
         GONE404 "looks for the user again, finds the one that stays, and manages that one from then on."},
        {"{" GOES STAYS ",'becomes':{'userName':'ann','externalId':'b','source':'scim'}}",
         GONE404 "looks for the user again, finds the one that stays by its userName"},
        {"{" GOES STAYS ",'becomes':{'userName':'anna','externalId':'a1','source':'scim'}}",
         GONE404 "looks for the user again: by the externalId it finds"},
        {"{" GOES STAYS ",'becomes':{'userName':'anna','externalId':null,'source':'scim'}}",
         GONE404 "sends the user again, which creates"},
        {"{" GOES STAYS ",'becomes':{'userName':'ann','externalId':'a1','source':'local'},'adopts':false}",
         GONE404 "sends the user again, and is refused (409)"},
        {"{" GOES STAYS ",'becomes':{'userName':'ann','externalId':'a1','source':'local'},'adopts':true}",
         GONE404 "sends the user again, and the one that stays is adopted"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *next = scim_merge_next(unit_json(cases[i].preview), unit_pool);
        UNIT_STR(apr_pstrndup(unit_pool, next, strlen(cases[i].begins)), cases[i].begins);
    }
    const char *next = scim_merge_next(
        unit_json(
            "{" GOES
            ",'into':{'protected':'main-contact'},'becomes':{'userName':'ann','externalId':'a1','source':'scim'}}"),
        unit_pool);
    CU_ASSERT_PTR_NOT_NULL(strstr(next, " The one that stays is protected: writes to it are refused."));
}

CU_TestInfo test_merge[] = {
    {"what can be carried over", carries}, {"what comes next", what_comes_next}, CU_TEST_INFO_NULL};
