#include "rules/preview.h"

#include "scim/text.h"
#include "unit.h"

/* A tenant with the subscriptions A (automatic, 3 seats), B and C, and the mapped groups g and h: g to B and the role
 * r, h to B. The group n is in g. Times are small numbers. */
#define RULES(POLICY)                                                                                                  \
    "{'now':100,'syncPolicy':'" POLICY "','subscriptions':[{'id':'A','seats':3,'automatic':true,'since':5},"           \
    "{'id':'B','automatic':false,'since':1},{'id':'C','automatic':false,'since':1,'logins':true}],"                    \
    "'mappings':[{'id':'m1','group':'g','subscription':'B','since':10},{'id':'m2','group':'h','subscription':'B',"     \
    "'since':20},{'id':'m3','group':'g','role':'r','since':30}],"                                                      \
    "'reaches':[{'group':'g','via':'g','since':0},{'group':'g','via':'n','since':15},{'group':'h','via':'h',"          \
    "'since':0},{'group':'k','via':'k','since':0}],"                                                                   \
    "'groups':[{'named':'G','id':'g','group':'G'},{'named':'K','id':'k','group':'K'},{'named':'Gone','id':'x',"        \
    "'group':'Gone','archivedOn':'2026-01-02'}],'roles':[{'named':'R','role':'r'}],"                                   \
    "'subscriptionsFound':[{'named':'a','id':'A'},{'named':'b','id':'B'},{'named':'c','id':'C'}]}"

static void put_side(scim_buf_t *text, const scim_gives_t *gives, int side)
{
    if (gives->there[side]) {
        scim_buf_printf(text, "%d", (int)gives->since[side]);
    }
}

/* The concerns as TARGET[SEATS>SEATS], each with its gifts as VIA:SINCE>SINCE, and the policies. */
static const char *described(const scim_preview_t *preview)
{
    scim_buf_t text;
    scim_buf_init(&text, 64, unit_pool);
    scim_buf_printf(&text, "%s>%s", preview->policy[0], preview->policy[1]);
    for (int i = 0; i < preview->concerns->nelts; i++) {
        const scim_concern_t *one = &APR_ARRAY_IDX(preview->concerns, i, scim_concern_t);
        scim_buf_printf(&text, " | %s[%d>%d]", one->role ? one->role : one->subscription, one->seats[0], one->seats[1]);
        for (int g = 0; g < preview->gives->nelts; g++) {
            const scim_gives_t *gives = &APR_ARRAY_IDX(preview->gives, g, scim_gives_t);
            if (gives->concern == i + 1) {
                scim_buf_printf(&text, " %s:", gives->via ? gives->via : "all");
                put_side(&text, gives, 0);
                scim_buf_puts(&text, ">");
                put_side(&text, gives, 1);
            }
        }
    }
    return text.data;
}

static void differences(void)
{
    static const struct {
        const char *rules, *args, *expected;
    } cases[] = {
        {RULES("groups"), "{}", "groups>groups"},
        {RULES("groups"), "{'syncPolicy':'groups'}", "groups>groups"},
        /* a new mapping gives from now on, also to nested groups */
        {RULES("groups"), "{'map':[{'group':'K','subscription':'b'}]}",
         "groups>groups | B[-1>-1] g:10>10 n:15>15 h:20>20 k:>100"},
        {RULES("groups"), "{'map':[{'group':'K','role':'R'}]}", "groups>groups | r[-1>-1] g:30>30 n:30>30 k:>100"},
        {RULES("groups"), "{'map':[{'group':'G','subscription':'b'},{'group':'G','role':'R'}]}", "groups>groups"},
        {RULES("groups"), "{'unmap':['M1']}", "groups>groups | B[-1>-1] g:10> n:15> h:20>20"},
        /* one mapping added, another removed: a member of both groups keeps it */
        {RULES("groups"), "{'map':[{'group':'K','subscription':'b'}],'unmap':['m2','m1']}",
         "groups>groups | B[-1>-1] g:10> n:15> h:20> k:>100"},
        {RULES("groups"), "{'seats':['b=2']}", "groups>groups | B[-1>2] g:10>10 n:15>15 h:20>20"},
        {RULES("groups"), "{'seats':['a=none']}", "groups>groups | A[3>-1]"},
        {RULES("groups"), "{'seats':['a=3']}", "groups>groups"},
        /* policies: a new policy gives from now on; grants of logins count with `manual` */
        {RULES("groups"), "{'syncPolicy':'all'}",
         "groups>all | A[3>3] all:>100 | B[-1>-1] g:10> n:15> h:20> | r[-1>-1] g:30> n:30>"},
        {RULES("manual"), "{'syncPolicy':'groups'}",
         "manual>groups | B[-1>-1] g:>100 n:>100 h:>100 | C[-1>-1] | r[-1>-1] g:>100 n:>100"},
        {RULES("all"), "{'syncPolicy':'manual'}", "all>manual | A[3>3] all:5> | C[-1>-1]"},
        {RULES("all"), "{'automatic':['c']}", "all>all | A[3>3] all:5> | C[-1>-1] all:>100"},
        {RULES("all"), "{'automatic':['a','b']}", "all>all | B[-1>-1] all:>100"},
        {RULES("all"), "{'automatic':[]}", "all>all | A[3>3] all:5>"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        scim_preview_t preview;
        scim_error_t *error =
            scim_preview_make(&preview, unit_json(cases[i].rules), unit_json(cases[i].args), unit_pool);
        UNIT_STR(error ? error->detail : described(&preview), cases[i].expected);
    }
}

static void refusals(void)
{
    static const struct {
        const char *args;
        int status;
        const char *field, *detail;
    } cases[] = {
        {"{'map':[{'group':'none','subscription':'b'}]}", 404, "map",
         "There is no group \"none\"; make it first, or correct the name."},
        {"{'map':[{'group':'Gone','subscription':'b'}]}", 404, "map",
         "The group \"Gone\" was archived on 2026-01-02; restore it first."},
        {"{'map':[{'group':'G','subscription':'z'}]}", 404, "map",
         "There is no subscription \"z\"; make it first, or correct the name."},
        {"{'map':[{'group':'G','role':'z'}]}", 404, "map",
         "There is no role \"z\"; make it first, or correct the name."},
        {"{'unmap':['m1','m1']}", 404, "unmap", "There is no mapping \"m1\"; the list of mappings shows their ids."},
        {"{'seats':['b']}", 400, "seats", "\"b\" is not of the form SUBSCRIPTION=SEATS."},
        {"{'seats':['=1']}", 400, "seats", "\"=1\" is not of the form SUBSCRIPTION=SEATS."},
        {"{'seats':['z=1']}", 404, "seats", "There is no subscription \"z\"; make it first, or correct the name."},
        {"{'seats':['b=many']}", 400, "seats",
         "\"many\" is not a number of seats; write a whole number, or \"none\" for no limit."},
        {"{'seats':['b=1234567890']}", 400, "seats",
         "\"1234567890\" is not a number of seats; write a whole number, or \"none\" for no limit."},
        {"{'automatic':['z']}", 404, "automatic",
         "There is no subscription \"z\"; make it first, or correct the name."},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        scim_preview_t preview;
        scim_error_t *error =
            scim_preview_make(&preview, unit_json(RULES("groups")), unit_json(cases[i].args), unit_pool);
        CU_ASSERT_PTR_NOT_NULL_FATAL(error);
        CU_ASSERT_EQUAL(error->status, cases[i].status);
        UNIT_STR(error->detail, cases[i].detail);
        UNIT_STR(APR_ARRAY_IDX(error->fields, 0, scim_field_error_t).field, cases[i].field);
    }
}

static void names(void)
{
    UNIT_JSON(scim_preview_names(unit_json("{'map':[{'group':'G','role':'R'},{'group':'G','subscription':'S'}],"
                                           "'seats':['S=1','T=x=2','bad'],'automatic':['U','S']}"),
                                 unit_pool),
              "{'groups':['G'],'roles':['R'],'subscriptions':['S','T=x','U']}");
    UNIT_JSON(scim_preview_names(unit_json("{}"), unit_pool), "{'groups':[],'roles':[],'subscriptions':[]}");
}

CU_TestInfo test_policy_preview[] = {
    {"what differs", differences},
    {"what is refused", refusals},
    {"what is looked up", names},
    CU_TEST_INFO_NULL,
};
