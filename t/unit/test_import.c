/* Lines of an import: columns, values, and what an existing account lacks. */
#include <apr_strings.h>
#include <time.h>

#include "rules/import.h"
#include "scim/json.h"
#include "unit.h"

static const char *refused_columns(json_object **ignored, const char *names)
{
    json_object *list = unit_json(apr_pstrcat(unit_pool, "{'list':", names, "}", NULL));
    list = json_object_object_get(list, "list");
    apr_array_header_t *columns = apr_array_make(unit_pool, 8, sizeof(const char *));
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        APR_ARRAY_PUSH(columns, const char *) = json_object_get_string(json_object_array_get_idx(list, i));
    }
    scim_error_t *error = scim_import_columns(ignored, columns, unit_pool);
    return error ? error->detail : NULL;
}

#define COLUMNS "userName, givenName, familyName, displayName, email, phone, active, role, flags, groups"

static void columns(void)
{
    json_object *ignored;
    UNIT_STR(refused_columns(&ignored, "['User Name','E-mail','given_name','id','source']"), NULL);
    UNIT_JSON(ignored, "['id','source']");
    UNIT_STR(refused_columns(&ignored, "['email','phone']"),
             "file: The first line must name the columns, and one of them must be userName.");
    UNIT_STR(refused_columns(&ignored, "['userName','colour']"),
             "file: There is no column \"colour\"; the columns are " COLUMNS ". Rename it, or take it out.");
    UNIT_STR(scim_import_column("ROLE"), "role");
    UNIT_STR(scim_import_column("Own role"), "role");
    UNIT_STR(scim_import_column("roleSource"), "");
    UNIT_STR(scim_import_column("userNam"), NULL);
    UNIT_STR(scim_import_column("userNames"), NULL);
}

static void values(void)
{
    static const struct {
        const char *row, *values, *cause;
    } cases[] = {
        {"{'User name':'ann','id':'7','Role':'boss'}", "{'userName':'ann','role':'boss'}", NULL},
        {"{'userName':'ann','role':'user','roleSource':'default'}", "{'userName':'ann'}", NULL},
        {"{'userName':'ann','role':'boss','ownRole':'boss'}", "{'userName':'ann','role':'boss'}", NULL},
        {"{'userName':'ann','groups':[{'displayName':'Staff','source':'local'},{'displayName':'Sales','source':'scim'}]"
         "}",
         "{'userName':'ann','groups':['Staff']}", NULL},
        {"{'userName':'ann','groups':['Staff'],'flags':'a,b'}", "{'userName':'ann','groups':['Staff'],'flags':'a,b'}",
         NULL},
        {"{'userName':'ann','colour':'red'}", NULL,
         "There is no column \"colour\"; the columns are " COLUMNS ". Rename it, or take it out."},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        scim_import_line_t line = {.line = 2};
        json_object *got = scim_import_values(&line, unit_json(cases[i].row), unit_pool);
        UNIT_STR(line.cause, cases[i].cause);
        if (cases[i].values) {
            UNIT_JSON(got, cases[i].values);
        } else {
            CU_ASSERT_PTR_NULL(got);
            UNIT_INT(line.outcome, SCIM_IMPORT_REFUSED);
            UNIT_STR(line.field, "colour");
        }
    }
}

#define ANN                                                                                                            \
    "{'id':'u1','userName':'Ann','displayName':'Ann','email':'a@x','phone':null,'active':true,'ownRole':'boss',"       \
    "'flags':['ai','vip'],'groups':[{'id':'g1','displayName':'Staff','source':'local'}]}"

static void decisions(void)
{
    static const struct {
        const char *values;
        int earlier, changes;
        scim_import_e outcome;
        const char *args, *before; /* for a refused line the cause */
    } cases[] = {
        {"{'userName':'ANN'}", 0, 0, SCIM_IMPORT_SAME, "{}", "{}"},
        {"{'userName':'ann','email':'a@x','active':true,'role':'BOSS','flags':['VIP','ai'],'groups':['staff']}", 0, 1,
         SCIM_IMPORT_SAME, "{}", "{}"},
        {"{'userName':'ann','email':'b@x'}", 0, 0, SCIM_IMPORT_KEPT, "{'email':'b@x'}", "{'email':'a@x'}"},
        {"{'userName':'ann','email':'b@x','phone':'1'}", 0, 1, SCIM_IMPORT_CHANGED, "{'email':'b@x','phone':'1'}",
         "{'email':'a@x','phone':null}"},
        {"{'userName':'ann','active':false}", 0, 1, SCIM_IMPORT_CHANGED, "{'active':false}", "{'active':true}"},
        {"{'userName':'ann','flags':['vip']}", 0, 1, SCIM_IMPORT_CHANGED, "{'flags':['vip']}",
         "{'flags':['ai','vip']}"},
        {"{'userName':'ann','flags':['ai','vip','x']}", 0, 1, SCIM_IMPORT_CHANGED, "{'flags':['ai','vip','x']}",
         "{'flags':['ai','vip']}"},
        {"{'userName':'ann','groups':['Sales','STAFF','sales']}", 0, 1, SCIM_IMPORT_CHANGED, "{'groups':['Sales']}",
         "{}"},
        {"{'userName':'ann','groups':['G1','staff']}", 0, 1, SCIM_IMPORT_SAME, "{}", "{}"},
        {"{'userName':'ann','groups':['g2','G2','g1']}", 0, 1, SCIM_IMPORT_CHANGED, "{'groups':['g2']}", "{}"},
        {"{'userName':'ann','role':'user'}", 0, 1, SCIM_IMPORT_CHANGED, "{'role':'user'}", "{'role':'boss'}"},
        {"{'userName':'anna'}", 0, 1, SCIM_IMPORT_CHANGED, "{'userName':'anna'}", "{'userName':'Ann'}"},
        {"{'userName':'ann','email':'b@x'}", 7, 1, SCIM_IMPORT_CHANGED, "{'email':'b@x'}", "{'email':'a@x'}"},
        {"{'userName':'ann'}", 3, 1, SCIM_IMPORT_REFUSED,
         "Line 3 is about the same account; combine both in one line, and remove the other.", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        scim_import_line_t line = {.line = 7, .values = unit_json(cases[i].values)};
        scim_import_decide(&line, unit_json(ANN), cases[i].earlier, cases[i].changes, unit_pool);
        UNIT_INT(line.outcome, cases[i].outcome);
        UNIT_STR(line.id, "u1");
        if (cases[i].outcome == SCIM_IMPORT_REFUSED) {
            UNIT_STR(line.cause, cases[i].args);
        } else {
            UNIT_JSON(line.args, cases[i].args);
            UNIT_JSON(line.before, cases[i].before);
        }
    }
}

/* The arguments that undo a change. */
static void sets_back(void)
{
    static const struct {
        const char *values, *is, *set;
    } cases[] = {
        {"{'phone':'1'}", "{'phone':null,'displayName':'A'}", "{'phone':null}"},
        {"{'givenName':'B'}", "{'givenName':'A','name':{'givenName':'A','formatted':'Dr. A'},'displayName':'D'}",
         "{'givenName':'A','was':{'name':{'givenName':'A','formatted':'Dr. A'},'displayName':'D'}}"},
        {"{'displayName':'B'}", "{'displayName':null,'name':{}}",
         "{'displayName':null,'was':{'name':null,'displayName':null}}"},
        {"{'familyName':'B','phone':'1'}", "{'familyName':'B','phone':'2'}", "{'phone':'2'}"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        scim_import_line_t line = {.line = 7, .values = unit_json(cases[i].values)};
        scim_import_decide(&line, unit_json(cases[i].is), 0, 1, unit_pool);
        UNIT_JSON(line.set, cases[i].set);
    }
}

static void numbers_of_groups(void)
{
    static const struct {
        int named, counted;
        const char *cause;
    } cases[] = {
        {0, 0, NULL},
        {200, 200, NULL},
        {201, 0,
         "names 201 groups, and a line may name 200; put the others into a second file, and import that with "
         "existing=change, which adds them."},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        json_object *values = unit_json("{'userName':'ann','groups':[]}");
        scim_import_line_t line = {.line = 7, .outcome = SCIM_IMPORT_MADE, .values = values};
        for (int named = 0; named < cases[i].named; named++) {
            json_object_array_add(json_object_object_get(values, "groups"), json_object_new_string("Staff"));
        }
        UNIT_INT(scim_import_has_too_many(&line, unit_pool), cases[i].cause != NULL);
        UNIT_STR(line.cause, cases[i].cause);
        UNIT_INT(scim_import_groups(&line), cases[i].counted);
    }
}

#define MANY 10000

/* "NAME 1", ... */
static json_object *many_texts(const char *name)
{
    json_object *list = json_object_new_array();
    for (int i = 1; i <= MANY; i++) {
        json_object_array_add(list, json_object_new_string(apr_psprintf(unit_pool, "%s %d", name, i)));
    }
    return list;
}

static json_object *many_groups(void)
{
    json_object *list = json_object_new_array();
    for (int i = 1; i <= MANY; i++) {
        json_object *group = json_object_new_object();
        const char *name = apr_psprintf(unit_pool, "group %d", MANY + 1 - i);
        json_object_object_add(group, "id", json_object_new_string(apr_psprintf(unit_pool, "g%d", i)));
        json_object_object_add(group, "displayName", json_object_new_string(name));
        json_object_array_add(list, group);
    }
    return list;
}

static void long_lists(void)
{
    json_object *is = unit_json("{'id':'u1'}"), *values = unit_json("{'userName':'ann'}");
    scim_import_line_t line = {.line = 7, .values = values};
    json_object_object_add(is, "userName", json_object_new_string("Ann"));
    json_object_object_add(is, "flags", many_texts("flag"));
    json_object_object_add(is, "groups", many_groups());
    json_object_object_add(values, "flags", many_texts("FLAG"));
    json_object_object_add(values, "groups", many_texts("GROUP"));
    clock_t start = clock();
    scim_import_decide(&line, is, 0, 1, unit_pool);
    CU_ASSERT(clock() - start < 2 * CLOCKS_PER_SEC);
    UNIT_INT(line.outcome, SCIM_IMPORT_SAME);
}

CU_TestInfo test_import[] = {
    {"columns", columns},
    {"values", values},
    {"accounts that are there", decisions},
    {"what takes a change back", sets_back},
    {"numbers of groups", numbers_of_groups},
    {"long lists", long_lists},
    CU_TEST_INFO_NULL,
};
