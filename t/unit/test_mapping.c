#include "rules/mapping.h"

#include "unit.h"

#define OLD   "11111111-0000-7000-8000-000000000001"
#define OLDER "11111111-0000-7000-8000-000000000002"
#define NEW   "22222222-0000-7000-8000-000000000001"

static const scim_former_mapping_t rows[] = {
    {.group = OLDER, .name = "Sales", .mapping = "1", .subscription = "Shop"},
    {.group = OLD, .name = "sales", .mapping = "2", .subscription = "Web"},
    {.group = OLD, .name = "sales", .mapping = "3", .role = "read-only"},
};

static apr_array_header_t *former(int first, int count)
{
    apr_array_header_t *list = apr_array_make(unit_pool, 3, sizeof(scim_former_mapping_t));
    for (int i = first; i < first + count; i++) {
        APR_ARRAY_PUSH(list, scim_former_mapping_t) = rows[i];
    }
    return list;
}

#define MOVES_WEB                                                                                                      \
    "{'mapping':'2','from':'" OLD "','to':'" NEW "','told':[{'action':'unmap','type':'Group','id':'" OLD               \
    "','name':'sales','before':{'subscription':'Web'}},{'action':'map','type':'Group','id':'" NEW                      \
    "','name':'Sales','after':{'subscription':'Web','formerGroup':'" OLD "'}}]}"
#define MOVES_ROLE                                                                                                     \
    "{'mapping':'3','from':'" OLD "','to':'" NEW "','told':[{'action':'unmap','type':'Group','id':'" OLD               \
    "','name':'sales','before':{'role':'read-only'}},{'action':'map','type':'Group','id':'" NEW                        \
    "','name':'Sales','after':{'role':'read-only','formerGroup':'" OLD "'}}]}"
#define MOVES_SHOP                                                                                                     \
    "{'mapping':'1','from':'" OLDER "','to':'" NEW "','told':[{'action':'unmap','type':'Group','id':'" OLDER           \
    "','name':'Sales','before':{'subscription':'Shop'}},{'action':'map','type':'Group','id':'" NEW                     \
    "','name':'Sales','after':{'subscription':'Shop','formerGroup':'" OLDER "'}}]}"

static void moves(void)
{
    static const struct {
        int first, count;
        const char *moves;
        const char *note;
    } cases[] = {
        {0, 0, NULL, NULL},
        {0, 1, "[" MOVES_SHOP "]", "The group found 1 mapping of the deleted group of that name again."},
        {1, 2, "[" MOVES_WEB "," MOVES_ROLE "]", "The group found 2 mappings of the deleted group of that name again."},
        /* of several groups the one that was deleted last */
        {0, 3, "[" MOVES_WEB "," MOVES_ROLE "]", "The group found 2 mappings of the deleted group of that name again."},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *note = NULL;
        json_object *moves = scim_mapping_find(&note, NEW, "Sales", former(cases[i].first, cases[i].count), unit_pool);
        UNIT_STR(note, cases[i].note);
        if (cases[i].moves) {
            UNIT_JSON(moves, cases[i].moves);
        } else {
            CU_ASSERT_PTR_NULL(moves);
        }
    }
}

static void looks(void)
{
    const scim_rules_t wants = {.restores_mappings = 1}, does_not = {.restores_mappings = 0};
    UNIT_INT(scim_mapping_looks(unit_type("Group"), &wants), 1);
    UNIT_INT(scim_mapping_looks(unit_type("Group"), &does_not), 0);
    UNIT_INT(scim_mapping_looks(unit_type("User"), &wants), 0);
}

CU_TestInfo test_mapping[] = {
    {"which mappings a new group finds", moves}, {"whether it looks for any", looks}, CU_TEST_INFO_NULL};
