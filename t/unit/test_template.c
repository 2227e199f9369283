/* What templates give to new accounts: which templates, in which order, in the row and in addition. */
#include <apr_strings.h>

#include "rules/template.h"
#include "scim/json.h"
#include "unit.h"

#define A "00000000-0000-7000-8000-00000000000a"
#define B "00000000-0000-7000-8000-00000000000b"
#define G "00000000-0000-7000-8000-000000000001"
#define H "00000000-0000-7000-8000-000000000002"
#define S "00000000-0000-7000-8000-000000000003"

static scim_templates_t *templates_of(const char *list)
{
    return scim_templates_read(unit_json(list), unit_schemas(), unit_pool);
}

/* A new account with a role (or NULL), and one flag (or NULL). */
static scim_row_t new_row(const char *doc, const char *role, const char *flag)
{
    scim_row_t row = scim_row_new(unit_type("User"), unit_json(doc));
    apr_array_header_t *flags = apr_array_make(unit_pool, 1, sizeof(const char *));
    row.role = role;
    if (flag) {
        APR_ARRAY_PUSH(flags, const char *) = flag;
        row.flags = flags;
    }
    return row;
}

/* Role and flags as a text. */
static const char *shown(const scim_row_t *row)
{
    const char *text = row->role ? row->role : "-";
    for (int i = 0; row->flags && i < row->flags->nelts; i++) {
        text = apr_pstrcat(unit_pool, text, " ", APR_ARRAY_IDX(row->flags, i, const char *), NULL);
    }
    return text;
}

/* The names of the templates that gave something. */
static const char *givers(const scim_giving_t *giving)
{
    const char *text = "";
    for (size_t i = 0; giving->given && i < json_object_array_length(giving->given); i++) {
        json_object *gift = json_object_array_get_idx(giving->given, i);
        text = apr_pstrcat(unit_pool, text, i ? " " : "", scim_row_text(gift, "template"),
                           json_object_object_get(gift, "failed") ? "!" : "", NULL);
    }
    return text;
}

#define ROLE(NAME, CONDITION, ROLE)          "['" A "','" NAME "'," CONDITION "," ROLE ",[],[],[]]"
#define GIVE(NAME, CONDITION, GROUPS, FLAGS) "['" A "','" NAME "'," CONDITION ",null,[" GROUPS "],[],[" FLAGS "]]"

static void deciding(void)
{
    static const struct {
        const char *templates, *doc, *role, *flag, *row, *givers;
    } cases[] = {
        {"[]", "{}", NULL, NULL, "-", ""},
        {"[" ROLE("x", "null", "'user'") "]", "{}", NULL, NULL, "user", "x"},
        {"[" ROLE("x", "null", "'user'") "]", "{}", "boss", NULL, "boss", "x"},
        {"[" ROLE("x", "null", "'user'") "," ROLE("y", "null", "'boss'") "]", "{}", NULL, NULL, "user", "x y"},
        {"[" ROLE("x", "'title pr'", "'user'") "," ROLE("y", "null", "'boss'") "]", "{}", NULL, NULL, "boss", "y"},
        {"[" ROLE("x", "'title pr'", "'user'") "]", "{'title':'T'}", NULL, NULL, "user", "x"},
        {"[" GIVE("x", "null", "", "'b','A'") "]", "{}", NULL, "B", "- A B b", "x"},
        {"[" GIVE("x", "null", "", "'b'") "," GIVE("y", "null", "", "'a','b'") "]", "{}", NULL, NULL, "- a b", "x y"},
        {"[" GIVE("x", "null", "", "'b'") "]", "{}", NULL, "b", "- b", "x"},
        {"[" ROLE("x", "'nothing pr'", "'user'") "," ROLE("y", "null", "'boss'") "]", "{}", NULL, NULL, "boss", "x! y"},
        {"[" GIVE("x", "null", "'" G "'", "") "," GIVE("y", "'groups.value eq \\'" G "\\''", "", "'in'") "]", "{}",
         NULL, NULL, "- in", "x y"},
        {"[" GIVE("y", "'groups.value eq \\'" G "\\''", "", "'in'") "," GIVE("x", "null", "'" G "'", "") "]", "{}",
         NULL, NULL, "-", "x"},
        {"[" GIVE("x", "null", "'" G "'", "") "," GIVE("y", "'groups[display eq \\'ALL\\' and type eq \\'indirect\\']'",
                                                       "", "'in'") "]",
         "{}", NULL, NULL, "- in", "x y"},
        {"[" GIVE("x", "null", "'" S "'", "") "," GIVE("y", "'groups pr'", "", "'in'") "]", "{}", NULL, NULL, "-", "x"},
        {"[" GIVE("x", "'id eq \\'" A "\\''", "", "'me'") "]", "{}", NULL, NULL, "- me", "x"},
        {"[" GIVE("x", "'meta.created gt \\'2020-01-01T00:00:00Z\\' and meta.version eq \\'W/\\\\\\'1\\\\\\'\\''", "",
                  "'now'") "]",
         "{}", NULL, NULL, "- now", "x"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        scim_giving_t giving = {.templates = templates_of(cases[i].templates),
                                .above = unit_json("{'" G "':[['" G "','Staff',true],['" H "','All',false]]}"),
                                .pool = unit_pool};
        scim_row_t row = new_row(cases[i].doc, cases[i].role, cases[i].flag);
        scim_give(&giving, A, &row);
        UNIT_STR(shown(&row), cases[i].row);
        UNIT_STR(givers(&giving), cases[i].givers);
    }
}

/* Many accounts, and the list that is written for them. */
static void collecting(void)
{
    scim_giving_t giving = {.templates =
                                templates_of("[['" G "','Titled','title pr','user',['" G "'],['" S "'],['new']],"
                                             "['" H "','Broken','nothing pr',null,[],[],['x']]]"),
                            .pool = unit_pool};
    scim_row_t one = new_row("{'title':'T'}", NULL, NULL), other = new_row("{'title':'U'}", "boss", "new");
    scim_row_t none = new_row("{}", NULL, NULL);
    scim_give(&giving, A, &one);
    scim_give(&giving, B, &other);
    scim_give(&giving, S, &none);
    UNIT_JSON(giving.given,
              "[{'n':0,'template':'Titled','templateId':'" G "','users':['" A "','" B "'],'groups':['" G "'],"
              "'subscriptions':['" S "'],'flags':['new'],'role':'user','roles':['" A "'],"
              "'changes':[{'user':'" A "','before':null,'after':{'role':'user','flags':['new']}}]},"
              "{'n':1,'template':'Broken','templateId':'" H "','users':['" A "','" B "','" S
              "'],'failed':'\\\"nothing\\\" at character 1 of the filter is not an attribute of User. /Schemas lists "
              "the existing ones.'}]");
    UNIT_INT(templates_of("[" GIVE("x", "null", "'" G "'", "") "," GIVE("y", "'groups pr'", "", "'a'") "]")->groups, 1);
    UNIT_INT(templates_of("[" GIVE("y", "'groups pr'", "", "'a'") "," GIVE("x", "null", "'" G "'", "") "]")->groups, 0);
    UNIT_INT(templates_of("[" GIVE("x", "null", "'" G "'", "") "," GIVE("y", "'title pr'", "", "'a'") "]")->groups, 0);
}

/* Without schemas a condition cannot be evaluated; templates without a condition give nevertheless. */
static void without_schemas(void)
{
    json_object *list = unit_json("[" ROLE("x", "'title pr'", "'user'") "," GIVE("y", "null", "", "'a'") "]");
    scim_giving_t giving = {.templates = scim_templates_read(list, NULL, unit_pool), .pool = unit_pool};
    scim_row_t row = new_row("{'title':'T'}", NULL, NULL);
    scim_give(&giving, A, &row);
    UNIT_STR(shown(&row), "- a");
    UNIT_STR(givers(&giving), "x! y");
}

CU_TestInfo test_template[] = {
    {"deciding", deciding},
    {"collecting", collecting},
    {"without schemas", without_schemas},
    CU_TEST_INFO_NULL,
};
