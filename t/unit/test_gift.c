/* What a template gives to existing accounts. */
#include <apr_strings.h>
#include <time.h>

#include "rules/gift.h"
#include "unit.h"

#define TEMPLATE "{'role':'boss','flags':['ai','vip'],'groups':['Staff','Board'],'subscriptions':['Web']}"
#define NOTHING  "'ownRole':null,'flags':[],'groups':[]"

static void gifts(void)
{
    static const struct {
        const char *template, *is, *grants, *told, *before; /* told NULL: nothing is missing */
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

#define MANY 10000

/* A template and an account with equally many groups, all but the first in common. */
static void long_lists(void)
{
    json_object *template = unit_json("{'flags':[],'groups':['other'],'subscriptions':[]}"),
                *is = unit_json("{" NOTHING "}");
    json_object *names = json_object_object_get(template, "groups"), *groups = json_object_object_get(is, "groups");
    for (int i = 1; i <= MANY; i++) {
        json_object *group = json_object_new_object();
        const char *name = apr_psprintf(unit_pool, "group %d", MANY + 1 - i);
        json_object_object_add(group, "displayName", json_object_new_string(name));
        json_object_array_add(groups, group);
        json_object_array_add(names, json_object_new_string(apr_psprintf(unit_pool, "GROUP %d", i)));
    }
    scim_gift_t gift;
    clock_t start = clock();
    UNIT_INT(scim_gift(&gift, template, is, NULL, unit_pool), 1);
    CU_ASSERT(clock() - start < 2 * CLOCKS_PER_SEC);
    UNIT_JSON(scim_gift_tell(&gift, unit_pool), "{'groups':['other']}");
}

CU_TestInfo test_gift[] = {{"gifts", gifts}, {"long lists", long_lists}, CU_TEST_INFO_NULL};
