/*
 * The effect of PATCH operations on multi-valued attributes.
 */
#include <apr_strings.h>

#include "patch_case.h"

static const patch_case_t add_rows[] = {
    {"", "{'op':'add','path':'emails','value':[" WORK "]}", "'emails':[" WORK "]", 0, NULL},
    {"'emails':[" WORK "]", "{'op':'add','path':'emails','value':[" HOME "]}", BOTH, 0, NULL},
    {"'emails':[" WORK "]", "{'op':'add','path':'emails','value':" HOME "}", BOTH, 0, NULL},
    {"'emails':[" WORK "]", "{'op':'add','path':'emails','value':[" WORK "," HOME "," HOME "]}", BOTH, 0, NULL},
    {BOTH, "{'op':'add','path':'emails','value':[" HOME "]}", BOTH, 0, NULL},
    {BOTH, "{'op':'add','path':'emails','value':[]}", BOTH, 0, NULL},
    {BOTH, "{'op':'add','path':'emails','value':null}", BOTH, 0, NULL},
    {BOTH, "{'op':'add','path':'emails','value':''}", BOTH, 0, NULL},
    {BOTH, "{'op':'add','path':'emails','value':[{'type':'work','primary':true},{},'']}", BOTH, 0, NULL},
    {"", "{'op':'add','path':'" E_WORK ".primary','value':true},{'op':'add','path':'" E_WORK ".value','value':'w'}",
     "'emails':[{'type':'work','primary':true,'value':'w'}]", 0, NULL},
    {"", "{'op':'add','path':'" E_WORK ".primary','value':true}", "", 0, NULL},
    /* the same value with another type is another element */
    {"'emails':[" WORK "]", "{'op':'add','path':'emails','value':[{'type':'home','value':'w@x'}]}",
     "'emails':[" WORK ",{'type':'home','value':'w@x'}]", 0, NULL},
    {"'emails':[" WORK "]", "{'op':'add','path':'emails','value':[{'value':'w@x'}]}",
     "'emails':[" WORK ",{'value':'w@x'}]", 0, NULL},
    /* new sub-attributes are added to an existing element */
    {"'emails':[" WORK "]", "{'op':'add','path':'emails','value':[{'type':'work','value':'w@x','display':'W'}]}",
     "'emails':[{'type':'work','value':'w@x','display':'W'}]", 0, NULL},
    {"'emails':[" WORK "]", "{'op':'add','path':'emails','value':[{'type':'WORK','value':'W@x'}]}",
     "'emails':[" WORK "]", 0, NULL},
    /* one value that looks like two sub-attributes */
    {"'emails':[{'type':'work','value':'a'}]", "{'op':'add','path':'emails','value':[{'value':'a\\ntype\\nwork'}]}",
     "'emails':[{'type':'work','value':'a'},{'value':'a\\ntype\\nwork'}]", 0, NULL},
    /* without `value` all sub-attributes are compared */
    {"'addresses':[{'type':'work','locality':'a'}]",
     "{'op':'add','path':'addresses','value':[{'locality':'a','type':'work'},{'locality':'b','type':'work'}]}",
     "'addresses':[{'type':'work','locality':'a'},{'type':'work','locality':'b'}]", 0, NULL},
    /* primary */
    {"'emails':[{'value':'a','primary':true},{'value':'b'}]",
     "{'op':'add','path':'emails','value':[{'value':'c','primary':true}]}",
     "'emails':[{'value':'a','primary':false},{'value':'b'},{'value':'c','primary':true}]", 0, NULL},
    {"'emails':[{'value':'a','primary':true},{'value':'b'}]",
     "{'op':'add','path':'emails','value':[{'value':'b','primary':true}]}",
     "'emails':[{'value':'a','primary':false},{'value':'b','primary':true}]", 0, NULL},
    {"'emails':[{'value':'a','primary':true}]", "{'op':'add','path':'emails','value':[{'value':'a'}]}",
     "'emails':[{'value':'a','primary':true}]", 0, NULL},
    {"", "{'op':'add','path':'emails','value':[{'value':'c','primary':true},{'value':'d','primary':true}]}", NULL,
     SCIM_INVALID_VALUE, "emails must have at most one primary value, not 2."},
    {"",
     "{'op':'add','path':'emails','value':[{'value':'c','primary':true}]},"
     "{'op':'add','path':'emails','value':[{'value':'d','primary':true}]}",
     "'emails':[{'value':'c','primary':false},{'value':'d','primary':true}]", 0, NULL},
};

static const patch_case_t replace_rows[] = {
    {BOTH, "{'op':'replace','path':'emails','value':[{'value':'a'}]}", "'emails':[{'value':'a'}]", 0, NULL},
    {BOTH, "{'op':'replace','path':'emails','value':[" WORK "," HOME "]}", BOTH, 0, NULL},
    {BOTH, "{'op':'replace','path':'emails','value':[]}", "", 0, NULL},
    {BOTH, "{'op':'replace','path':'emails','value':null}", "", 0, NULL},
    {"", "{'op':'replace','path':'emails','value':[" WORK "]}", "'emails':[" WORK "]", 0, NULL},
    /* selected values */
    {BOTH, "{'op':'replace','path':'" E_WORK "','value':{'value':'n@x'}}",
     "'emails':[{'type':'work','value':'n@x'}," HOME "]", 0, NULL},
    {BOTH, "{'op':'replace','path':'" E_WORK "','value':{'value':'n@x','display':'N'}}",
     "'emails':[{'type':'work','value':'n@x','display':'N'}," HOME "]", 0, NULL},
    {"'emails':[{'type':'work','value':'w','display':'W'}]",
     "{'op':'replace','path':'" E_WORK "','value':{'value':'n','display':null}}",
     "'emails':[{'type':'work','value':'n'}]", 0, NULL},
    {BOTH, "{'op':'replace','path':'" E_WORK "','value':null}", "'emails':[" HOME "]", 0, NULL},
    {BOTH, "{'op':'replace','path':'" E_WORK "','value':{}}", BOTH, 0, NULL},
    {BOTH, "{'op':'replace','path':'emails[type eq \\'WORK\\'].Value','value':'n@x'}",
     "'emails':[{'type':'work','value':'n@x'}," HOME "]", 0, NULL},
    /* elements of which only a label would be left */
    {BOTH, "{'op':'replace','path':'" E_WORK ".value','value':null}", "'emails':[" HOME "]", 0, NULL},
    {BOTH, "{'op':'replace','path':'" E_WORK ".value','value':' '}", "'emails':[" HOME "]", 0, NULL},
    {BOTH, "{'op':'add','path':'" E_WORK ".value','value':''}", "'emails':[" HOME "]", 0, NULL},
    {BOTH, "{'op':'replace','path':'" E_WORK "','value':{'value':''}}", "'emails':[" HOME "]", 0, NULL},
    {BOTH, "{'op':'replace','path':'" E_WORK "','value':''}", "'emails':[" HOME "]", 0, NULL},
    {BOTH, "{'op':'replace','path':'" E_WORK "','value':[{'value':null,'display':'d'}]}", "'emails':[" HOME "]", 0,
     NULL},
    {"'addresses':[{'type':'work','locality':'a'},{'region':'r'}]",
     "{'op':'replace','path':'addresses[type eq \\'work\\'].locality','value':''}", "'addresses':[{'region':'r'}]", 0,
     NULL},
    {BOTH, "{'op':'replace','path':'emails','value':''}", "", 0, NULL},
    {BOTH, "{'op':'replace','path':'emails','value':['']}", "", 0, NULL},
    {BOTH, "{'op':'replace','path':'emails','value':[{},{'type':'work','primary':true,'display':'W'},{'value':' '}]}",
     "", 0, NULL},
    {BOTH, "{'op':'replace','value':{'emails':''}}", "", 0, NULL},
    {BOTH, "{'op':'replace','path':'" E_WORK ".value','value':null},{'op':'add','path':'" E_WORK ".value','value':'n'}",
     "'emails':[{'type':'work','value':'n'}," HOME "]", 0, NULL},
    {BOTH, "{'op':'replace','path':'emails[type eq \\'work\\' or type eq \\'home\\'].display','value':'d'}",
     "'emails':[{'type':'work','value':'w@x','display':'d'},{'type':'home','value':'h@x','display':'d'}]", 0, NULL},
    {BOTH, "{'op':'add','path':'" E_WORK ".display','value':'d'}",
     "'emails':[{'type':'work','value':'w@x','display':'d'}," HOME "]", 0, NULL},
    /* changes of all elements */
    {BOTH, "{'op':'replace','path':'emails.display','value':'d'}",
     "'emails':[{'type':'work','value':'w@x','display':'d'},{'type':'home','value':'h@x','display':'d'}]", 0, NULL},
    {"", "{'op':'replace','path':'emails.value','value':'a'}", "'emails':[{'value':'a'}]", 0, NULL},
    {"", "{'op':'add','path':'emails.value','value':'a'}", "'emails':[{'value':'a'}]", 0, NULL},
    /* primary */
    {"'emails':[{'type':'work','value':'a'},{'type':'home','value':'b','primary':true}]",
     "{'op':'replace','path':'" E_WORK ".primary','value':true}",
     "'emails':[{'type':'work','value':'a','primary':true},{'type':'home','value':'b','primary':false}]", 0, NULL},
    {"'emails':[{'type':'work','value':'a'},{'type':'home','value':'b','primary':true}]",
     "{'op':'replace','path':'" E_WORK "','value':{'primary':true}}",
     "'emails':[{'type':'work','value':'a','primary':true},{'type':'home','value':'b','primary':false}]", 0, NULL},
    {"'emails':[{'type':'work','value':'a'},{'type':'home','value':'b','primary':true}]",
     "{'op':'replace','path':'" E_WORK ".primary','value':false}",
     "'emails':[{'type':'work','value':'a','primary':false},{'type':'home','value':'b','primary':true}]", 0, NULL},
    {BOTH, "{'op':'replace','path':'emails.primary','value':true}", NULL, SCIM_INVALID_VALUE,
     "\"emails.primary\" selects more than one value, and only one can be primary."},
    {BOTH, "{'op':'replace','path':'emails[value pr]','value':{'primary':true}}", NULL, SCIM_INVALID_VALUE, NULL},
    {BOTH, "{'op':'replace','path':'emails.primary','value':false}",
     "'emails':[{'type':'work','value':'w@x','primary':false},{'type':'home','value':'h@x','primary':false}]", 0, NULL},
};

static const patch_case_t create_rows[] = {
    {"", "{'op':'replace','path':'" E_WORK ".value','value':'w@x'}", "'emails':[" WORK "]", 0, NULL},
    {"", "{'op':'add','path':'" E_WORK ".value','value':'w@x'}", "'emails':[" WORK "]", 0, NULL},
    {"'emails':[" WORK "]", "{'op':'replace','path':'emails[type eq \\'home\\'].value','value':'h@x'}", BOTH, 0, NULL},
    {"", "{'op':'replace','path':'" E_WORK "','value':{'value':'w@x'}}", "'emails':[" WORK "]", 0, NULL},
    {"", "{'op':'replace','path':'emails[type eq \\'Work\\'].value','value':'w@x'}",
     "'emails':[{'type':'Work','value':'w@x'}]", 0, NULL},
    {"", "{'op':'replace','path':'emails[type eq \\'work\\' and primary eq true].value','value':'w@x'}",
     "'emails':[{'type':'work','primary':true,'value':'w@x'}]", 0, NULL},
    {"'emails':[{'value':'a','primary':true}]",
     "{'op':'replace','path':'emails[type eq \\'work\\' and primary eq true].value','value':'w@x'}",
     "'emails':[{'value':'a','primary':false},{'type':'work','primary':true,'value':'w@x'}]", 0, NULL},
    {"'emails':[" WORK "]",
     "{'op':'replace','path':'emails[type eq \\'work\\' and primary eq true].value','value':'w@x'}",
     "'emails':[{'type':'work','primary':true,'value':'w@x'}]", 0, NULL},
    {"", "{'op':'replace','path':'roles[primary eq \\'True\\'].value','value':'Admin'}",
     "'roles':[{'primary':true,'value':'Admin'}]", 0, NULL},
    {"", "{'op':'add','path':'roles[type eq \\'any\\'].value','value':'Admin'}",
     "'roles':[{'type':'any','value':'Admin'}]", 0, NULL},
    {"", "{'op':'replace','path':'addresses[type eq \\'other\\'].Formatted','value':'a\\nb'}",
     "'addresses':[{'type':'other','formatted':'a\\nb'}]", 0, NULL},
    {"", "{'op':'add','path':'emails[value eq \\'a\\'].type','value':'work'}", "'emails':[{'value':'a','type':'work'}]",
     0, NULL},
    {"", "{'op':'add','path':'emails[type eq \\'strange\\'].value','value':'s'}",
     "'emails':[{'type':'strange','value':'s'}]", 0, NULL},
    {"", "{'op':'add','path':'emails[type eq null].value','value':'s'}", "'emails':[{'value':'s'}]", 0, NULL},
    /* two operations on one new value */
    {"",
     "{'op':'add','path':'phoneNumbers[type eq \\'mobile\\'].value','value':'1'},"
     "{'op':'add','path':'phoneNumbers[type eq \\'mobile\\'].display','value':'d'}",
     "'phoneNumbers':[{'type':'mobile','value':'1','display':'d'}]", 0, NULL},
    /* nothing to create */
    {"", "{'op':'add','path':'photos[value eq \\'no URI\\'].display','value':'d'}", NULL, SCIM_NO_TARGET, NULL},
    {"", "{'op':'replace','path':'emails[type eq \\'strange\\'].value','value':'s'}", NULL, SCIM_NO_TARGET,
     "No value matches the path \"emails[type eq \"strange\"].value\"."},
    {"", "{'op':'replace','path':'emails[value eq \\'a\\'].type','value':'work'}", NULL, SCIM_NO_TARGET, NULL},
    {"", "{'op':'replace','path':'emails[type ne \\'work\\'].value','value':'s'}", NULL, SCIM_NO_TARGET, NULL},
    {"", "{'op':'replace','path':'emails[type pr].value','value':'s'}", NULL, SCIM_NO_TARGET, NULL},
    {"", "{'op':'replace','path':'emails[type eq \\'work\\' or type eq \\'home\\'].value','value':'s'}", NULL,
     SCIM_NO_TARGET, NULL},
    {"", "{'op':'add','path':'emails[value sw \\'a\\'].type','value':'work'}", NULL, SCIM_NO_TARGET, NULL},
    {"", "{'op':'add','path':'emails[not (type eq \\'work\\')].value','value':'s'}", NULL, SCIM_NO_TARGET, NULL},
    {"", "{'op':'add','path':'emails[type eq \\'work\\' and type eq \\'home\\'].value','value':'s'}", NULL,
     SCIM_NO_TARGET, NULL},
    {"'emails':[" HOME "]", "{'op':'replace','path':'" E_WORK ".value','value':null}", "'emails':[" HOME "]", 0, NULL},
};

static const patch_case_t remove_rows[] = {
    {BOTH, "{'op':'remove','path':'emails'}", "", 0, NULL},
    {"", "{'op':'remove','path':'emails'}", "", 0, NULL},
    {BOTH, "{'op':'remove','path':'" E_WORK "'}", "'emails':[" HOME "]", 0, NULL},
    {BOTH, "{'op':'remove','path':'emails[type eq \\'work\\' and value ew \\'x\\']'}", "'emails':[" HOME "]", 0, NULL},
    {BOTH, "{'op':'remove','path':'emails[value pr]'}", "", 0, NULL},
    {BOTH, "{'op':'remove','path':'emails[type eq \\'other\\']'}", BOTH, 0, NULL},
    {"", "{'op':'remove','path':'" E_WORK "'}", "", 0, NULL},
    {BOTH, "{'op':'remove','path':'" E_WORK ".value'}", "'emails':[" HOME "]", 0, NULL},
    {BOTH, "{'op':'remove','path':'emails[type eq \\'other\\'].value'}", BOTH, 0, NULL},
    {BOTH, "{'op':'remove','path':'emails.type'}", "'emails':[{'value':'w@x'},{'value':'h@x'}]", 0, NULL},
    {"'emails':[{'value':'a'},{'type':'work','value':'b'}]", "{'op':'remove','path':'emails.value'}", "", 0, NULL},
    {"'emails':[{'value':'a'}]", "{'op':'remove','path':'emails.value'}", "", 0, NULL},
    /* with values */
    {BOTH, "{'op':'remove','path':'emails','value':[{'value':'w@x'}]}", "'emails':[" HOME "]", 0, NULL},
    {BOTH, "{'op':'Remove','path':'emails','value':[{'$ref':null,'value':'W@X'}]}", "'emails':[" HOME "]", 0, NULL},
    {BOTH, "{'op':'remove','path':'emails','value':{'value':'w@x'}}", "'emails':[" HOME "]", 0, NULL},
    {BOTH, "{'op':'remove','path':'emails','value':[" WORK "," HOME "]}", "", 0, NULL},
    {BOTH, "{'op':'remove','path':'emails','value':[{'type':'home','value':'w@x'}]}", BOTH, 0, NULL},
    {BOTH, "{'op':'remove','path':'emails','value':[{'value':'other'}]}", BOTH, 0, NULL},
    {BOTH, "{'op':'remove','path':'emails','value':[]}", BOTH, 0, NULL},
    {BOTH, "{'op':'remove','path':'emails','value':[{}]}", BOTH, 0, NULL},
    {BOTH, "{'op':'remove','path':'emails','value':''}", BOTH, 0, NULL},
    {BOTH, "{'op':'remove','path':'emails','value':['',{'value':''}]}", BOTH, 0, NULL},
    {BOTH, "{'op':'remove','path':'emails','value':[null]}", BOTH, 0, NULL},
    {BOTH, "{'op':'remove','path':'emails','value':null}", "", 0, NULL},
    {"'addresses':[{'type':'work','locality':'a'},{'type':'work','locality':'b'}]",
     "{'op':'remove','path':'addresses','value':[{'locality':'a','type':'work'},{'type':'work'}]}",
     "'addresses':[{'type':'work','locality':'b'}]", 0, NULL},
    {"'emails':[" WORK "]",
     "{'op':'remove','path':'emails','value':[" WORK "]},{'op':'add','path':'emails','value':[" HOME "]}",
     "'emails':[" HOME "]", 0, NULL},
};

/* Elements that become equal are united, as in a body (RFC 7643 2.4). */
static const patch_case_t unite_rows[] = {
    {"'emails':[{'type':'work','value':'a'},{'type':'home','value':'a','primary':true}]",
     "{'op':'remove','path':'emails.type'}", "'emails':[{'value':'a','primary':true}]", 0, NULL},
    {"'emails':[{'type':'work','value':'a'},{'type':'work','value':'b'},{'type':'home','value':'c'}]",
     "{'op':'replace','path':'emails.value','value':'x'}",
     "'emails':[{'type':'work','value':'x'},{'type':'home','value':'x'}]", 0, NULL},
    {"'emails':[{'type':'work','value':'a'},{'type':'work','value':'b'}]",
     "{'op':'replace','path':'emails[value eq \\'b\\'].value','value':'a'}", "'emails':[{'type':'work','value':'a'}]",
     0, NULL},
    /* elements are united only after the last operation */
    {"'emails':[{'type':'work','value':'a'},{'type':'home','value':'a','primary':true}]",
     "{'op':'remove','path':'emails.type'},{'op':'add','path':'emails[primary eq true].type','value':'other'}",
     "'emails':[{'value':'a'},{'type':'other','value':'a','primary':true}]", 0, NULL},
};

static void adds(void)
{
    CHECK_ROWS(add_rows);
}

static void replaces(void)
{
    CHECK_ROWS(replace_rows);
}

static void creates(void)
{
    CHECK_ROWS(create_rows);
}

static void unites(void)
{
    CHECK_ROWS(unite_rows);
}

static void removes(void)
{
    CHECK_ROWS(remove_rows);
}

/* Many operations on a long list are refused before they take long. */
static void bounds_work(void)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    json_object *doc = patch_user(""), *emails = json_object_new_array();
    char *ops = apr_pstrdup(unit_pool, "{'op':'remove','path':'emails[value eq \\'x\\']'}");
    int changed = 0;
    scim_error_t *error;

    json_object_object_add(doc, "emails", emails);
    for (int i = 0; i < 200000; i++) {
        json_object *email = json_object_new_object();

        json_object_object_add(email, "value", json_object_new_int(i));
        json_object_array_add(emails, email);
    }
    UNIT_OK(patch_run(&changed, doc, unit_type("User"), ops, &leniency));
    UNIT_INT(changed, 0);
    ops = apr_pstrcat(unit_pool, ops, ",", ops, ",", ops, NULL);
    error = patch_run(&changed, doc, unit_type("User"), ops, &leniency);
    UNIT_ERROR(error, SCIM_NO_TYPE, "The request has too many operations on lists as long as \"emails\".");
    UNIT_INT(error->status, 413);
}

/* 200 values of `len` bytes each, and an operation repeated 100 times. */
static const scim_error_t *work_of(int len, const char *op)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    json_object *doc = patch_user(""), *emails = json_object_new_array();
    char *text = apr_pcalloc(unit_pool, (apr_size_t)len + 1), *ops = apr_pstrdup(unit_pool, op);
    int changed = 0;

    memset(text, 'x', (size_t)len);
    json_object_object_add(doc, "emails", emails);
    for (int i = 0; i < 200; i++) {
        json_object *email = json_object_new_object();

        json_object_object_add(email, "value", json_object_new_int(i));
        json_object_object_add(email, "display", json_object_new_string(text));
        json_object_array_add(emails, email);
    }
    for (int i = 1; i < 100; i++)
        ops = apr_pstrcat(unit_pool, ops, ",", op, NULL);
    return patch_run(&changed, doc, unit_type("User"), ops, &leniency);
}

/* The same limit applies to long strings, and to many comparisons. */
static void bounds_bytes(void)
{
    const char *one = "{'op':'remove','path':'emails[display eq \\'y\\']'}", *many = "display eq \\'y\\'";
    char *text = apr_pcalloc(unit_pool, 30001);

    CU_ASSERT_PTR_NULL(work_of(1000, one));
    CU_ASSERT_PTR_NULL(work_of(20000, one));
    UNIT_INT(work_of(60000, one)->status, 413);
    for (int i = 1; i < 60; i++)
        many = apr_pstrcat(unit_pool, many, " or display eq \\'y\\'", NULL);
    many = apr_pstrcat(unit_pool, "{'op':'remove','path':'emails[", many, "]'}", NULL);
    CU_ASSERT_PTR_NULL(work_of(0, one));
    UNIT_INT(work_of(0, many)->status, 413);
    memset(text, 'y', 30000);
    UNIT_INT(work_of(0, apr_psprintf(unit_pool, "{'op':'replace','path':'emails.display','value':'%s'}", text))->status,
             413);
    CU_ASSERT_PTR_NULL(work_of(0, "{'op':'replace','path':'emails.display','value':'short'}"));
}

CU_TestInfo test_patch_list[] = {{"adds to lists", adds},
                                 {"replaces in lists", replaces},
                                 {"creates values", creates},
                                 {"removes from lists", removes},
                                 {"unites", unites},
                                 {"bounds work", bounds_work},
                                 {"bounds bytes", bounds_bytes},
                                 CU_TEST_INFO_NULL};
