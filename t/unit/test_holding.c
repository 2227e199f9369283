#include "rules/holding.h"

#include <apr_strings.h>

#include "scim/text.h"
#include "unit.h"

/* An account, a tenant's policies, and one subscription. */
#define TOLD(ACCOUNT, POLICIES, ACCESS, SUBSCRIPTION)                                                                  \
    "{'userId':'u','userName':'Kim'," ACCOUNT "," POLICIES ",'access':" ACCESS ",'subscriptions':[{'id':'s',"          \
    "'name':'Web'," SUBSCRIPTION "}]}"
#define ACTIVE    "'active':true,'source':'scim','wire':true,'protected':null,'isMember':true"
#define LOCAL     "'active':true,'source':'local','wire':true,'protected':null,'isMember':true"
#define HIDDEN    "'active':true,'source':'scim','wire':false,'protected':null,'isMember':true"
#define GONE      "'active':false,'source':'scim','wire':true,'protected':null,'isMember':true"
#define GONE_HERE "'active':false,'source':'local','wire':true,'protected':null,'isMember':true"
#define GUARDED   "'active':true,'source':'scim','wire':true,'protected':'main-contact','isMember':true"
#define MANUAL    "'syncPolicy':'manual','loginPolicy':'manual'"
#define ALL       "'syncPolicy':'all','loginPolicy':'manual'"
#define GROUPS    "'syncPolicy':'groups','loginPolicy':'manual'"
#define LOGIN     "'syncPolicy':'manual','loginPolicy':'first-login'"
#define PLAIN     "'seats':null,'automatic':false,'mapped':null"
#define AUTOMATIC "'seats':null,'automatic':true,'mapped':null"
#define HAS(SEATED)                                                                                                    \
    "[{'kind':'subscription','id':'s','name':'Web','seated':" SEATED ",'since':'T','sources':[{'text':'group A'},"     \
    "{'text':'policy all'}]},{'kind':'role','id':null,'name':'user','seated':true,'since':'T',"                        \
    "'sources':[{'text':'own'}]}]"
#define MAPPED(GROUPS) "'seats':null,'automatic':false,'mapped':[" GROUPS "]"
#define GROUP(NAME)    "{'name':'" NAME "','archived':false,'mine':false}"

static json_object *shown(const char *told)
{
    json_object *answer = NULL;
    UNIT_OK(scim_holding_show(&answer, unit_json(told), unit_pool));
    return answer;
}

/* The standing, and the code, operation and arguments of each reason. */
static const char *standing(json_object *answer)
{
    scim_buf_t text;
    json_object *one = json_object_array_get_idx(json_object_object_get(answer, "subscriptions"), 0);
    json_object *reasons = json_object_object_get(one, "reasons");
    scim_buf_init(&text, 64, unit_pool);
    scim_buf_puts(&text, json_object_get_string(json_object_object_get(one, "standing")));
    for (size_t i = 0; i < json_object_array_length(reasons); i++) {
        json_object *reason = json_object_array_get_idx(reasons, i);
        json_object *operation = json_object_object_get(reason, "operation");
        scim_buf_printf(&text, " | %s %s", json_object_get_string(json_object_object_get(reason, "code")),
                        operation ? json_object_get_string(operation) : "-");
        json_object_object_foreach(json_object_object_get(reason, "arguments"), name, value)
        {
            scim_buf_printf(&text, " %s=%s", name, json_object_get_string(value));
        }
    }
    return text.data;
}

static void reasons(void)
{
    static const struct {
        const char *told, *standing, *why;
    } cases[] = {
        {TOLD(ACTIVE, MANUAL, HAS("true"), PLAIN), "seated", NULL},
        {TOLD(ACTIVE, MANUAL, HAS("false"), "'seats':1,'automatic':false,'mapped':null"),
         "waiting | seat subscription-set subscription=s",
         "Web: It waits for a seat: the only one is taken by somebody who has had it longer."},
        {TOLD(ACTIVE, MANUAL, HAS("false"), "'seats':7,'automatic':false,'mapped':null"),
         "waiting | seat subscription-set subscription=s",
         "Web: It waits for a seat: all 7 are taken by people who have had it longer."},
        {TOLD(GONE, MANUAL, "null", PLAIN), "none | inactive - user=u active=true",
         "Web: The account is deactivated; it has no access until it is active again."},
        {TOLD(GONE_HERE, MANUAL, "null", PLAIN), "none | inactive user-set user=u active=true", NULL},
        {TOLD(GUARDED, GROUPS, "null", PLAIN), "none | protected grant-add user=u subscription=s", NULL},
        {TOLD(ACTIVE, MANUAL, "null", AUTOMATIC), "none | manual grant-add user=u subscription=s", NULL},
        {TOLD(ACTIVE, ALL, "null", PLAIN), "none | not-automatic subscription-set subscription=s automatic=true", NULL},
        {TOLD(ACTIVE, ALL, "null", AUTOMATIC), "none", NULL},
        {TOLD(LOCAL, ALL, "null", AUTOMATIC), "none | local grant-add user=u subscription=s", NULL},
        {TOLD(HIDDEN, ALL, "null", AUTOMATIC), "none | local grant-add user=u subscription=s", NULL},
        {TOLD(ACTIVE, GROUPS, "null", PLAIN), "none | not-mapped mapping-add subscription=s",
         "Web: No group is mapped to it."},
        {TOLD(ACTIVE, GROUPS, "null",
              MAPPED("{'name':'A','archived':true,'mine':true},"
                     "{'name':'B','archived':true,'mine':true}," GROUP("C"))),
         "none | archived-mapping group-restore group=A", "Web: The group \"A\", which is mapped to it, is archived."},
        {TOLD(ACTIVE, GROUPS, "null", MAPPED("{'name':'A','archived':true,'mine':false}")), "none | not-member -",
         "Web: The account is in no group that is mapped to it (\"A\"). Assign it to one of them at the identity "
         "provider."},
        {TOLD(ACTIVE, GROUPS, "null", MAPPED(GROUP("A") "," GROUP("B") "," GROUP("C") "," GROUP("D") "," GROUP("E"))),
         "none | not-member -",
         "Web: The account is in no group that is mapped to it (\"A\", \"B\", \"C\", \"D\", \"E\", ...). Assign it to "
         "one of them at the identity provider."},
        {TOLD(ACTIVE, LOGIN, "null", AUTOMATIC), "none | manual grant-add user=u subscription=s | first-login -", NULL},
        {TOLD(ACTIVE ",'hasLoggedIn':true", LOGIN, "null", AUTOMATIC), "none | manual grant-add user=u subscription=s",
         NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        json_object *answer = shown(cases[i].told);
        json_object *why = json_object_array_get_idx(json_object_object_get(answer, "whyNot"), 0);
        UNIT_STR(standing(answer), cases[i].standing);
        if (cases[i].why) {
            UNIT_STR(json_object_get_string(why), cases[i].why);
        }
    }
}

static void notes(void)
{
    static const struct {
        const char *account, *policies, *note;
    } cases[] = {
        {ACTIVE, GROUPS, NULL},
        {GONE, GROUPS, "The account is deactivated; it has no access until it is active again."},
        {GUARDED, GROUPS, "The account is protected; policy and groups do not change its access, only grants do."},
        {ACTIVE, MANUAL, "The sync policy is \"manual\"; synchronisation gives nothing, only grants count."},
        {LOCAL, ALL, "The account is a local one; the sync policy \"all\" applies only to synchronised accounts."},
        {"'active':true,'source':'scim','protected':null,'isMember':false", GROUPS,
         "The account is in no group; the sync policy \"groups\" gives what groups are mapped to."},
        {ACTIVE ",'hasLoginGrant':true", GROUPS, "What the first login granted does not count here."},
        {LOCAL ",'hasLoginGrant':true", GROUPS, NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        json_object *notes = json_object_object_get(
            shown(apr_psprintf(unit_pool, "{'userId':'u',%s,%s}", cases[i].account, cases[i].policies)), "notes");
        UNIT_INT(json_object_array_length(notes), cases[i].note != NULL);
        UNIT_STR(json_object_get_string(json_object_array_get_idx(notes, 0)), cases[i].note);
    }
}

static void lines(void)
{
    UNIT_JSON(json_object_object_get(shown(TOLD(ACTIVE, MANUAL, HAS("true"), PLAIN)), "summary"),
              "['Web: group A, policy all','role user: own']");
    UNIT_JSON(json_object_object_get(shown(TOLD(ACTIVE, MANUAL, HAS("false"), PLAIN)), "summary"),
              "['Web (waiting for a seat): group A, policy all','role user: own']");
    UNIT_JSON(shown("{'userId':'u','userName':'Kim'," ACTIVE "," GROUPS "}"),
              "{'userId':'u','userName':'Kim','active':true,'source':'scim','protected':null,'syncPolicy':'groups',"
              "'access':[],'summary':[],'notes':[]}");
}

static void deleted(void)
{
    json_object *answer;
    scim_error_t *error = scim_holding_show(
        &answer, unit_json("{'userName':'Kim','deletedOn':'2026-01-02'," GONE "," MANUAL "}"), unit_pool);
    CU_ASSERT_PTR_NOT_NULL_FATAL(error);
    UNIT_INT(error->status, 404);
    UNIT_STR(error->detail, "The user \"Kim\" was deleted on 2026-01-02; restore it first.");
}

CU_TestInfo test_holding[] = {
    {"why an account has not a subscription", reasons},
    {"why it has no more", notes},
    {"what it has, in lines", lines},
    {"a deleted account", deleted},
    CU_TEST_INFO_NULL,
};
