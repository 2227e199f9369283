#include "rules/entitlement.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/json.h"
#include "scim/text.h"
#include "unit.h"

#define WEB  "00000000-0000-7000-8000-00000000000a"
#define SHOP "00000000-0000-7000-8000-00000000000b"

static const scim_rules_t *rules_with(const char *entitlements, const char *more)
{
    const char *text = apr_pstrcat(unit_pool, "{'entitlements':'", entitlements, "'", more,
                                   ",'subscriptions':[['" WEB "','Web'],['" SHOP "','Web - Shop']]}", NULL);
    apr_size_t len;
    const char *json = scim_json_text(unit_json(text), &len, unit_pool);
    return scim_rules_read(json, len, 1, unit_schemas(), unit_pool);
}

static scim_row_t row_with(const char *entitlements)
{
    const char *doc =
        apr_pstrcat(unit_pool, "{'userName':'anna'", *entitlements ? ",'entitlements':" : "", entitlements, "}", NULL);
    return scim_row_new(unit_type("User"), unit_json(doc));
}

/* "a b"; NULL: no list. */
static const char *joined(const apr_array_header_t *ids)
{
    return ids ? apr_array_pstrcat(unit_pool, ids, ' ') : NULL;
}

#define NEW "new"

typedef struct case_t {
    const char *before; /* NEW: the user does not exist yet */
    const char *after;
    const char *entitled, *disentitled; /* NULL: no change; for disentitled, NULL: all others */
    int loses;
    const char *told; /* the refusal or the note */
} case_t;

static void try(const case_t *c, const scim_rules_t *rules, int refused)
{
    scim_row_t before = row_with(strcmp(c->before, NEW) == 0 ? "" : c->before), after = row_with(c->after);
    scim_error_t *error =
        scim_entitlement_apply(&after, strcmp(c->before, NEW) == 0 ? NULL : &before, rules, unit_pool);
    if (refused) {
        UNIT_STR(error ? error->detail : NULL, c->told);
        return;
    }
    UNIT_OK(error);
    UNIT_STR(joined(after.entitled), c->entitled);
    UNIT_STR(joined(after.disentitled), c->disentitled);
    UNIT_INT(after.loses, c->loses);
    UNIT_STR(after.note, c->told);
}

static void matched(void)
{
    static const case_t cases[] = {
        {NEW, "", NULL, NULL, 0, NULL},
        {"", "", NULL, NULL, 0, NULL},
        {NEW, "[{'value':'Web'}]", WEB, NULL, 0, NULL},
        {NEW, "[{'value':' wEB '},{'value':'WEB'}]", WEB, NULL, 0, NULL},
        {NEW, "[{'value':'" SHOP "'}]", SHOP, NULL, 0, NULL},
        {NEW, "[{'value':'Web - Shop','display':'Web','type':'License','primary':true}]", SHOP, NULL, 0, NULL},
        {"[{'value':'Web'}]", "[{'value':'Web'},{'value':'web - shop'}]", WEB " " SHOP, NULL, 0, NULL},
        {"[{'value':'Web'}]", "[{'value':'Web'}]", WEB, NULL, 0, NULL},
        {"[{'value':'Web'}]", "[{'value':'Web - Shop'}]", SHOP, NULL, 1, NULL},
        {"[{'value':'Web'}]", "", "", NULL, 1, NULL},
        {"[{'value':'Web'}]", "[]", "", NULL, 1, NULL},
        /* an entry that was stored before and matches nothing any more removes no access */
        {"[{'value':'Old'},{'value':'Web'}]", "[{'value':'Old'},{'value':'Web'}]", WEB, "", 0,
         "The entitlement \"Old\" gives nothing: there is no subscription of that name any more. Correct the mapping "
         "of "
         "entitlements in the identity provider."},
        {"[{'value':'Old'},{'value':'Web'}]", "[{'value':'Old'}]", "", WEB, 1,
         "The entitlement \"Old\" gives nothing: there is no subscription of that name any more. Correct the mapping "
         "of "
         "entitlements in the identity provider."},
        {"[{'value':'Old'}]", "[]", "", NULL, 1, NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        try(&cases[i], rules_with("match", ""), 0);
    }
}

static void unknown(void)
{
    static const case_t cases[] = {
        {NEW, "[{'value':'Web'},{'value':'Nothing'}]", NULL, NULL, 0,
         "Entitlement not found: Nothing. The subscriptions here are: Web, Web - Shop. Correct the mapping of "
         "entitlements in the identity provider, or let an administrator add the subscription here."},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        try(&cases[i], rules_with("match", ""), 1);
    }
}

static void ignored(void)
{
    static const case_t cases[] = {
        {NEW, "[{'value':'Web'}]", NULL, NULL, 0,
         "The entitlement \"Web\" was stored and gives nothing: this tenant ignores entitlements that are sent "
         "(sentEntitlements)."},
        {"[{'value':'Web'}]", "[{'value':'web'},{'value':'a'},{'value':'b'}]", NULL, NULL, 0,
         "The entitlements \"a\", \"b\" were stored and give nothing: this tenant ignores entitlements that are sent "
         "(sentEntitlements)."},
        {"[{'value':'Web'}]", "[{'value':'Web','primary':true}]", NULL, NULL, 0, NULL},
        {"[{'value':'Web'}]", "", NULL, NULL, 0, NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        try(&cases[i], rules_with("ignore", ""), 0);
    }
}

static void refused(void)
{
    static const case_t no = {"[{'value':'a'}]",
                              "[{'value':'a'},{'value':'Web'}]",
                              NULL,
                              NULL,
                              0,
                              "entitlements: this tenant accepts none from the identity provider, and \"Web\" was "
                              "sent. Remove the mapping of entitlements there and give access by groups, or let an "
                              "administrator choose their effect here (sentEntitlements)."};
    static const case_t yes = {"[{'value':'a'},{'value':'b'}]", "[{'value':'b'}]", NULL, NULL, 0, NULL};
    static const case_t own = {"",
                               "[{'value':'Web'}]",
                               NULL,
                               NULL,
                               0,
                               "entitlements: a token of a user cannot change the entitlements of that user; an "
                               "administrator or the identity provider can."};
    static const case_t same = {"[{'value':'Web'}]", "[{'value':'Web'}]", WEB, NULL, 0, NULL};
    try(&no, rules_with("refuse", ""), 1);
    try(&yes, rules_with("refuse", ""), 0);
    try(&own, rules_with("match", ",'traits':'-m'"), 1);
    try(&same, rules_with("match", ",'traits':'-m'"), 0);
}

/* "[{'value':'a0'},{'value':'a1'}]": the maximum length of a list. */
static const char *most(const char *name)
{
    scim_buf_t buf;
    scim_buf_init(&buf, 1 << 18, unit_pool);
    for (int i = 0; i < 10000; i++) {
        scim_buf_printf(&buf, "%s{'value':'%s%d'}", i ? "," : "[", name, i);
    }
    scim_buf_puts(&buf, "]");
    return buf.data;
}

/* The work must grow linearly with the number of entries. */
static void many(void)
{
    static const char *const settings[] = {"ignore", "match"};
    scim_row_t before = row_with(most("a")), after = row_with(most("b"));
    for (int i = 0; i < 2; i++) {
        apr_time_t begun = apr_time_now();
        scim_error_t *error = scim_entitlement_apply(&after, &before, rules_with(settings[i], ""), unit_pool);
        UNIT_INT(error ? error->status : 0, i ? 400 : 0);
        CU_ASSERT(apr_time_now() - begun < apr_time_from_sec(2));
    }
    CU_ASSERT_PTR_NOT_NULL(after.note);
    CU_ASSERT(after.note && strlen(after.note) < 400);
}

CU_TestInfo test_entitlement[] = {{"what they match", matched},
                                  {"what is unknown", unknown},
                                  {"what is ignored", ignored},
                                  {"what is refused", refused},
                                  {"many", many},
                                  CU_TEST_INFO_NULL};
