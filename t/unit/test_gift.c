/* What a template gives to accounts that are there. */
#include <apr_strings.h>

#include "rules/gift.h"
#include "unit.h"

#define TEMPLATE "{'role':'boss','flags':['ai','vip'],'groups':['Staff','Board'],'subscriptions':['Web']}"
#define NOTHING  "'ownRole':null,'flags':[],'groups':[]"

static void gifts(void)
{
    static const struct {
        const char *template, *is, *grants, *told, *before; /* told NULL: it has all of it */
    } cases[] = {
        {TEMPLATE, "{" NOTHING "}", "[]",
         "{'role':'boss','flags':['ai','vip'],'groups':['Staff','Board'],'subscriptions':['Web']}",
         "{'role':null,'flags':[]}"},
        {TEMPLATE, "{'ownRole':'user','flags':['AI','x'],'groups':[{'displayName':'staff'}]}",
         "[{'subscription':'web','source':'manual'}]", "{'flags':['AI','x','vip'],'groups':['Board']}",
         "{'flags':['AI','x']}"},
        {TEMPLATE, "{'ownRole':'user','flags':['vip','ai'],'groups':[{'displayName':'Board'},{'displayName':'Staff'}]}",
         "[{'subscription':'Web','source':'template'}]", NULL, "{}"},
        {"{'role':null,'flags':[],'groups':[],'subscriptions':['Web','Pro']}", "{" NOTHING "}",
         "[{'subscription':null,'role':'x'},{'subscription':'Web'}]", "{'subscriptions':['Pro']}", "{}"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        scim_gift_t gift;
        json_object *grants = unit_json(apr_pstrcat(unit_pool, "{'items':", cases[i].grants, "}", NULL));
        int some = scim_gift(&gift, unit_json(cases[i].template), unit_json(cases[i].is),
                             json_object_object_get(grants, "items"), unit_pool);
        UNIT_INT(some, cases[i].told != NULL);
        UNIT_JSON(scim_gift_tell(&gift, unit_pool), cases[i].told ? cases[i].told : "{}");
        UNIT_JSON(gift.before, cases[i].before);
    }
}

CU_TestInfo test_gift[] = {{"gifts", gifts}, CU_TEST_INFO_NULL};
