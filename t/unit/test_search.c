/*
 * Queries: read from a message, resolved for types, and converted to SQL.
 */
#include "scim/search.h"

#include <string.h>

#include "store/search_sql.h"
#include "unit.h"

#define SCHEMAS    "'schemas':['" SCIM_URN_SEARCH "']"
#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

static scim_query_t query;

/* ---- messages ---- */

static scim_error_t *read_message(const char *text)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};

    return scim_query_read_message(&query, unit_json(text), 100, 1000, &leniency, unit_pool);
}

static void test_message(void)
{
    UNIT_OK(read_message("{" SCHEMAS ",'attributes':['id','name.givenName'],'filter':'a eq 1','sortBy':'title',"
                         "'sortOrder':'descending','startIndex':11,'count':5,'x':[{}]}"));
    UNIT_STR(query.filter, "a eq 1");
    UNIT_STR(query.attributes, "id,name.givenName");
    UNIT_STR(query.excluded_attributes, NULL);
    UNIT_STR(query.sort_by, "title");
    UNIT_STR(query.sort_order, "descending");
    UNIT_INT(query.start_index, 11);
    UNIT_INT(query.count, 5);
    UNIT_OK(
        read_message("{'SCHEMAS':['x','" SCIM_URN_SEARCH "'],'EXCLUDEDATTRIBUTES':['','a','','b'],'StartIndex':-1}"));
    UNIT_STR(query.excluded_attributes, "a,b");
    UNIT_INT(query.start_index, 1);
    UNIT_INT(query.count, 100);
    UNIT_OK(read_message("{'filter':null,'attributes':[],'count':-5}"));
    UNIT_STR(query.filter, NULL);
    UNIT_STR(query.attributes, "");
    UNIT_INT(query.count, 0);
    UNIT_STR(query.cursor, NULL);
    UNIT_OK(read_message("{'cursor':'','startIndex':null}"));
    UNIT_STR(query.cursor, "");
    UNIT_INT(query.by_index, 0);
    UNIT_OK(read_message("{'cursor':null,'startIndex':1}"));
    UNIT_STR(query.cursor, NULL);
    UNIT_INT(query.by_index, 1);
    UNIT_OK(read_message("{'count':5000}"));
    UNIT_INT(query.count, 1000);
}

static void test_wrong_messages(void)
{
    static const struct {
        const char *text, *detail;
    } cases[] = {
        {"{'filter':1}", "\"filter\" must be a string."},
        {"{'sortBy':['a']}", "\"sortBy\" must be a string."},
        {"{'sortOrder':true}", "\"sortOrder\" must be a string."},
        {"{'attributes':7}", "\"attributes\" must be a list of strings."},
        {"{'attributes':['a',null]}", "\"attributes\" must be a list of strings."},
        {"{'excludedAttributes':{}}", "\"excludedAttributes\" must be a list of strings."},
        {"{'startIndex':'1'}", "\"startIndex\" must be an integer."},
        {"{'STARTINDEX':1.5}", "\"startIndex\" must be an integer."},
        {"{'count':false}", "\"count\" must be an integer."},
        {"{'count':1,'Count':1}", "\"count\" is given twice."},
    };
    scim_leniency_t strict = {.allowed = 0};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        UNIT_ERROR(read_message(cases[i].text), SCIM_INVALID_VALUE, cases[i].detail);
    UNIT_ERROR(read_message("{" SCHEMAS ",'cursor':1}"), SCIM_INVALID_VALUE, "\"cursor\" must be a string.");
    UNIT_ERROR(read_message("{" SCHEMAS ",'count':'1','cursor':''}"), SCIM_INVALID_COUNT,
               "\"count\" must be an integer.");
    UNIT_ERROR(read_message("{'schemas':[7]}"), SCIM_INVALID_SYNTAX,
               "\"schemas\" must be a list that contains \"" SCIM_URN_SEARCH "\".");
    static const char *const slips[] = {"{}",
                                        "{'schemas':['x']}",
                                        "{'schemas':[]}",
                                        "{'schemas':'x'}",
                                        "{'schemas':'" SCIM_URN_SEARCH "'}",
                                        "{" SCHEMAS ",'excludedAttributes':'userName, emails'}"};
    for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
        UNIT_OK(read_message(slips[i]));
        CU_ASSERT_PTR_NOT_NULL(scim_query_read_message(&query, unit_json(slips[i]), 1, 1, &strict, unit_pool));
    }
    UNIT_OK(read_message(slips[5]));
    UNIT_STR(query.excluded_attributes, "userName, emails");
}

/* ---- resolved ---- */

static scim_error_t *resolve(scim_search_t **out, const char *type, const char *filter, const char *by,
                             const char *order)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    scim_query_t asked = {.filter = filter, .sort_by = by, .sort_order = order, .start_index = 3, .count = 4};
    apr_array_header_t *types = apr_array_make(unit_pool, 2, sizeof(const scim_resource_type_t *));

    if (!type || strcmp(type, "Group") == 0)
        APR_ARRAY_PUSH(types, const scim_resource_type_t *) = unit_type("Group");
    if (!type || strcmp(type, "User") == 0)
        APR_ARRAY_PUSH(types, const scim_resource_type_t *) = unit_type("User");
    return scim_search_read(out, &asked, types, &leniency, unit_pool);
}

static void test_resolved(void)
{
    scim_search_t *search;
    const scim_target_t *targets;

    UNIT_OK(resolve(&search, NULL, "userName eq \"a\"", "emails", "Descending"));
    UNIT_INT(search->targets->nelts, 2);
    UNIT_INT(search->sorted, 1);
    UNIT_INT(search->descending, 1);
    UNIT_INT(search->start_index, 3);
    UNIT_INT(search->count, 4);
    targets = (const scim_target_t *)search->targets->elts;
    UNIT_STR(targets[0].type->name, "Group");
    CU_ASSERT_PTR_NULL(targets[0].sort);
    UNIT_INT(targets[0].relation, SCIM_PARTS_ALL);
    UNIT_INT(targets[0].filter->absent, 1);
    UNIT_STR(targets[1].sort->name, "emails");
    UNIT_STR(targets[1].sort_sub->name, "value");
    UNIT_INT(targets[1].filter->absent, 0);
    UNIT_OK(resolve(&search, "User", NULL, "", ""));
    UNIT_INT(search->sorted, 0);
    UNIT_INT(search->descending, 0);
    CU_ASSERT_PTR_NULL(APR_ARRAY_IDX(search->targets, 0, scim_target_t).filter);
}

static void test_refused(void)
{
    static const struct {
        const char *type, *by, *order, *detail;
    } cases[] = {
        {"User", "none", NULL, "sortBy \"none\" is not an attribute of User. /Schemas lists the existing ones."},
        {NULL, "none", NULL,
         "sortBy \"none\" is not an attribute of any resource type. /Schemas lists the existing ones."},
        {"User", "name.none", NULL,
         "sortBy \"name.none\" is not an attribute of User. /Schemas lists the existing ones."},
        {"User", "members", NULL, "sortBy \"members\" is not an attribute of User. /Schemas lists the existing ones."},
        {"User", ENTERPRISE, NULL,
         "sortBy \"" ENTERPRISE "\" is not an attribute of User. /Schemas lists the existing ones."},
        {"User", "emails[type eq \"work\"]", NULL,
         "sortBy \"emails[type eq \"work\"]\" is not an attribute of User. /Schemas lists the existing ones."},
        {"User", "name", NULL, "sortBy \"name\": this attribute is complex; name one of its sub-attributes."},
        {NULL, "password", NULL, "sortBy \"password\": this attribute cannot be sorted by."},
        {"User", "userName", "up", "sortOrder must be \"ascending\" or \"descending\", not \"up\"."},
        {"User", NULL, "desc", "sortOrder must be \"ascending\" or \"descending\", not \"desc\"."},
    };
    scim_search_t *search;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        UNIT_ERROR(resolve(&search, cases[i].type, NULL, cases[i].by, cases[i].order), SCIM_INVALID_VALUE,
                   cases[i].detail);
    UNIT_ERROR(resolve(&search, NULL, "none pr", NULL, NULL), SCIM_INVALID_FILTER,
               "\"none\" at character 1 of the filter is not an attribute of any resource type. /Schemas lists the "
               "existing ones.");
    UNIT_ERROR(
        resolve(&search, "Group", "userName pr", NULL, NULL), SCIM_INVALID_FILTER,
        "\"userName\" at character 1 of the filter is not an attribute of Group. /Schemas lists the existing ones.");
}

static const char *identity(const char *type, const char *filter, const char *by, const char *order)
{
    scim_search_t *search;
    scim_buf_t out;

    UNIT_OK(resolve(&search, type, filter, by, order));
    scim_buf_init(&out, 16, unit_pool);
    scim_search_identify(&out, search);
    return out.data;
}

static void test_identified(void)
{
    const char *all[] = {
        identity("User", NULL, NULL, NULL),
        identity("Group", NULL, NULL, NULL),
        identity(NULL, NULL, NULL, NULL),
        identity("User", "userName eq \"a\"", NULL, NULL),
        identity("User", "userName eq \"A\"", NULL, NULL),
        identity("User", "userName ne \"a\"", NULL, NULL),
        identity("User", "title eq \"a\"", NULL, NULL),
        identity("User", "not (userName eq \"a\")", NULL, NULL),
        identity("User", "userName eq \"a\" and title pr", NULL, NULL),
        identity("User", "userName eq \"a\" or title pr", NULL, NULL),
        identity("User", "title pr or userName eq \"a\"", NULL, NULL),
        identity("User", "title eq null", NULL, NULL),
        identity("User", "title pr", NULL, NULL),
        identity("User", "active eq true", NULL, NULL),
        identity("User", "active eq false", NULL, NULL),
        identity("User", "emails.value pr", NULL, NULL),
        identity("User", "emails[value pr]", NULL, NULL),
        identity("User", "emails.type pr", NULL, NULL),
        identity("User", "emails[type eq \"work\" and value pr]", NULL, NULL),
        identity("User", NULL, "userName", NULL),
        identity("User", NULL, "userName", "descending"),
        identity("User", NULL, "emails.type", NULL),
        identity("User", NULL, "emails", NULL),
        identity("User", NULL, "phoneNumbers", NULL),
        identity(NULL, NULL, "userName", NULL),
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        for (size_t j = 0; j < i; j++)
            UNIT_INT(strcmp(all[i], all[j]) == 0, 0);
    }
    UNIT_STR(identity("User", NULL, "", "descending"), all[0]);
    UNIT_STR(identity("User", "USERNAME EQ \"a\"", NULL, NULL), all[3]);
    UNIT_STR(identity("User", "((urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"a\"))", NULL, NULL), all[3]);
    UNIT_STR(identity("User", NULL, "username", "Ascending"), all[19]);
    UNIT_STR(identity("User", NULL, "emails.value", NULL), all[22]);
}

static void test_pages(void)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    scim_query_t asked = {.cursor = "", .start_index = 1, .count = 4};
    apr_array_header_t *types = apr_array_make(unit_pool, 1, sizeof(const scim_resource_type_t *));
    scim_search_t *search;

    APR_ARRAY_PUSH(types, const scim_resource_type_t *) = unit_type("User");
    UNIT_OK(scim_search_read(&search, &asked, types, &leniency, unit_pool));
    UNIT_STR(search->cursor, "");
    CU_ASSERT_PTR_NULL(search->after);
    UNIT_INT(search->backward, 0);
    UNIT_INT(search->skip, 0);
    asked.by_index = 1;
    UNIT_ERROR(scim_search_read(&search, &asked, types, &leniency, unit_pool), SCIM_INVALID_VALUE,
               "Pages are either by cursor or by startIndex: omit one of the two parameters.");
    asked.cursor = NULL;
    asked.start_index = 9;
    UNIT_OK(scim_search_read(&search, &asked, types, &leniency, unit_pool));
    UNIT_STR(search->cursor, NULL);
    UNIT_INT(search->skip, 8);
}

/* ---- SQL ---- */

static void test_conditions(void)
{
    static const struct {
        const char *type, *filter, *sql;
    } cases[] = {
        {"User", "userName eq \"a\"", "(r.user_name_key = $2::text)"},
        {NULL, "userName eq \"a\"",
         "((r.type = 'Group' and (false)) or (r.type = 'User' and (r.user_name_key = $2::text)))"},
        {NULL, "displayName eq \"a\"",
         "((r.type = 'Group' and (r.display_name_key = $2::text)) or (r.type = 'User' and"
         " (r.display_name_key = $3::text)))"},
        {NULL, "userName ne \"a\" and not (members pr)",
         "((r.type = 'Group' and ((true and not (exists (select 1 from scim.membership m join scim.resource u on"
         " u.tenant = $1::text and u.id = m.member_id and u.wire where m.tenant = $1::text and"
         " m.group_id = r.id))))) or (r.type = 'User' and ((r.user_name_key is distinct from $2::text and"
         " not (false)))))"},
        {NULL, "userName eq null or userName ne null",
         "((r.type = 'Group' and ((true or false))) or (r.type = 'User' and ((r.user_name_key is null or"
         " r.user_name_key is not null))))"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        scim_sql_t sql = {.params = apr_array_make(unit_pool, 4, sizeof(const char *))};
        scim_search_t *search;

        APR_ARRAY_PUSH(sql.params, const char *) = "tenant";
        scim_buf_init(&sql.text, 16, unit_pool);
        UNIT_OK(resolve(&search, cases[i].type, cases[i].filter, NULL, NULL));
        UNIT_OK(scim_search_condition(&sql, search, unit_pool));
        UNIT_STR(sql.text.data, cases[i].sql);
    }
}

CU_TestInfo test_search[] = {
    {"messages", test_message},
    {"messages refused", test_wrong_messages},
    {"resolved", test_resolved},
    {"refused", test_refused},
    {"identified", test_identified},
    {"pages", test_pages},
    {"conditions of types", test_conditions},
    CU_TEST_INFO_NULL,
};
