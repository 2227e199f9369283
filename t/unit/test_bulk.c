/*
 * Bulk messages: reading, references, and the order of execution.
 */
#include "scim/bulk.h"

#include <apr_strings.h>
#include <string.h>

#include "unit.h"

#define BASE "https://example.com/scim/v2/acme"
#define NONE "018f0000-0000-7000-8000-000000000000"

static scim_leniency_t leniency;
static scim_bulk_t *bulk;

static scim_error_t *read_bulk(const char *text)
{
    const scim_bulk_context_t context = {unit_schemas(), BASE, 20, &leniency};

    leniency = (scim_leniency_t){.allowed = SCIM_LENIENT_ALL};
    return scim_bulk_read(&bulk, unit_json(text), &context, unit_pool);
}

/* The same for operations only. */
static scim_error_t *read_operations(const char *text)
{
    return read_bulk(
        apr_pstrcat(unit_pool, "{'schemas':['" SCIM_URN_BULK_REQUEST "'],'Operations':[", text, "]}", NULL));
}

static scim_bulk_op_t *op_at(int i)
{
    return &APR_ARRAY_IDX(bulk->ops, i, scim_bulk_op_t);
}

/* ---- messages ---- */

static void test_messages(void)
{
    UNIT_OK(read_bulk("{'SCHEMAS':['x','" SCIM_URN_BULK_REQUEST "'],'FAILONERRORS':3,'operations':[]}"));
    UNIT_INT(bulk->fail_on_errors, 3);
    UNIT_INT(bulk->ops->nelts, 0);
    UNIT_OK(read_bulk("{'Operations':[],'failOnErrors':null}"));
    UNIT_INT(bulk->fail_on_errors, 0);
    UNIT_INT(leniency.used, SCIM_LENIENT_NO_SCHEMAS);
}

static void test_wrong_messages(void)
{
    static const struct {
        const char *text;
        scim_type_e type;
        const char *detail;
    } cases[] = {
        {"{'schemas':[1],'Operations':[]}", SCIM_INVALID_SYNTAX,
         "\"schemas\" must be a list that contains \"" SCIM_URN_BULK_REQUEST "\"."},
        {"{}", SCIM_INVALID_SYNTAX, "A Bulk request must have one \"Operations\", a list."},
        {"{'Operations':'x'}", SCIM_INVALID_SYNTAX, "A Bulk request must have one \"Operations\", a list."},
        {"{'Operations':[],'operations':[]}", SCIM_INVALID_SYNTAX,
         "A Bulk request must have one \"Operations\", a list."},
        {"{'Operations':[[]]}", SCIM_INVALID_SYNTAX, "Each of \"Operations\" must be an object."},
        {"{'Operations':[],'failOnErrors':-1}", SCIM_INVALID_VALUE,
         "\"failOnErrors\" must be one integer, 1 or more, or 0 for no limit."},
        {"{'Operations':[],'failOnErrors':'1'}", SCIM_INVALID_VALUE,
         "\"failOnErrors\" must be one integer, 1 or more, or 0 for no limit."},
        {"{'Operations':[{'method':'POST','bulkId':'a'},{'method':'post','bulkId':'a'}]}", SCIM_INVALID_VALUE,
         "The bulkId \"a\" is used by more than one POST."},
        {"{'Operations':[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]}", SCIM_NO_TYPE,
         "The request has 21 operations; a Bulk request has at most 20."},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        UNIT_ERROR(read_bulk(cases[i].text), cases[i].type, cases[i].detail);
    UNIT_OK(read_operations("{'method':'PUT','bulkId':'a'},{'method':'DELETE','bulkId':'a'}"));
    UNIT_OK(read_bulk("{'schemas':'x','Operations':{'method':'PUT'},'failOnErrors':0}"));
    UNIT_INT(bulk->fail_on_errors, 0);
    UNIT_INT(bulk->ops->nelts, 1);
}

/* ---- operations ---- */

static void test_operations(void)
{
    UNIT_OK(read_operations(
        "{'method':'post','path':'/Users','bulkId':'a','version':'W/\\'1\\'','data':{'userName':'u'}},"
        "{'Method':'PUT','Path':'" BASE "/Users/" NONE "','Version':'W/\\'7\\'','Data':{'userName':'v'}},"
        "{'method':'Patch','path':'Groups/" NONE
        "/','data':{'Operations':[{'op':'add','path':'externalId','value':'e'}]}},"
        "{'method':'DELETE','path':'/Users/018F0000-0000-7000-8000-000000000000'}"));
    UNIT_INT(op_at(0)->kind, SCIM_BULK_POST);
    UNIT_STR(op_at(0)->method, "POST");
    UNIT_STR(op_at(0)->target, NULL);
    UNIT_INT(strlen(op_at(0)->id), SCIM_ID_SIZE - 1);
    CU_ASSERT_PTR_NULL(op_at(0)->match);
    UNIT_JSON(op_at(0)->resource->doc,
              "{'userName':'u','schemas':['" SCIM_URN_USER "'],'active':true,'displayName':'u'}");
    UNIT_STR(op_at(1)->type->name, "User");
    UNIT_STR(op_at(1)->id, NONE);
    CU_ASSERT(scim_versions_match(op_at(1)->match, 7));
    UNIT_STR(op_at(2)->method, "PATCH");
    UNIT_STR(op_at(2)->type->name, "Group");
    UNIT_INT(op_at(2)->patch->ops->nelts, 1);
    UNIT_STR(op_at(3)->id, NONE);
    for (int i = 0; i < bulk->ops->nelts; i++)
        UNIT_OK(op_at(i)->error);
}

static void test_wrong_operations(void)
{
    static const struct {
        const char *text;
        int status;
        const char *detail;
    } cases[] = {
        {"{}", 400, "A Bulk operation must have a \"method\"."},
        {"{'method':'OPTIONS'}", 400,
         "\"OPTIONS\" is not possible in a Bulk request: \"method\" must be POST, PUT, PATCH or DELETE."},
        {"{'method':'POST','path':'/Users','data':{}}", 400, "A POST in a Bulk request must have a \"bulkId\"."},
        {"{'method':'POST','bulkId':1}", 400, "\"bulkId\" of a Bulk operation must be a string."},
        {"{'method':'POST','bulkId':'a','BULKID':'b'}", 400, "The operation has more than one \"bulkId\"."},
        {"{'method':'PUT'}", 400, "A Bulk operation must have a \"path\"."},
        {"{'method':'PUT','path':'/Users'}", 405, "The path must name a resource, as in /Users/ID."},
        {"{'method':'PUT','path':'/Users//'}", 405, "The path must name a resource, as in /Users/ID."},
        {"{'method':'POST','bulkId':'a','path':'/Groups/x'}", 405,
         "POST is possible at a resource type's endpoint only, as in /Groups."},
        {"{'method':'PUT','path':'/Users/x'}", 400, "PUT in a Bulk request must have \"data\", one object."},
        {"{'method':'PUT','path':'/Users/x','data':null}", 400,
         "PUT in a Bulk request must have \"data\", one object."},
        {"{'method':'DELETE','path':'/Users/bulkId:'}", 400, "\"bulkId:\" refers to no POST of this request."},
        {"{'method':'DELETE','path':'/Users/bulkId:a'}", 400, "\"bulkId:a\" refers to no POST of this request."},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        UNIT_OK(read_operations(cases[i].text));
        if (UNIT_INT(op_at(0)->error ? op_at(0)->error->status : 0, cases[i].status))
            UNIT_STR(op_at(0)->error->detail, cases[i].detail);
    }
}

static void test_operations_places(void)
{
    static const char *const paths[] = {"/Bulk", "/Me",     "/Schemas",    "/.search",
                                        "/",     "",        "/users",      "https://example.com/scim/v2/other/Users",
                                        BASE,    BASE "/x", BASE "x/Users"};

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        UNIT_OK(
            read_operations(apr_psprintf(unit_pool, "{'method':'POST','bulkId':'a','path':'%s','data':{}}", paths[i])));
        UNIT_INT(op_at(0)->error ? op_at(0)->error->status : 0, 404);
    }
}

/* ---- references ---- */

#define USER(id, manager) "{'method':'POST','path':'/Users','bulkId':'" id "','data':{'userName':'" id "'" manager "}}"
#define MANAGER(id)       ",'" SCIM_URN_ENTERPRISE_USER "':{'manager':{'value':'" id "'}}"
#define GROUP(id, members)                                                                                             \
    "{'method':'POST','path':'/Groups','bulkId':'" id "','data':{'displayName':'" id "','members':[" members "]}}"
#define MEMBER(id) "{'value':'bulkId:" id "'}"

static void test_references(void)
{
    json_object *data;

    UNIT_OK(read_operations(
        USER("a", "") ",{'method':'PATCH','path':'/Users/bulkId:a','data':{'Operations':["
                      "{'op':'add','path':'title','value':'no bulkId:a'},"
                      "{'op':'replace','path':'" SCIM_URN_ENTERPRISE_USER ":manager',"
                      "'value':{'value':'bulkId:a','$ref':'../Users/bulkId:a'}},"
                      "{'op':'remove','path':'emails[value eq \\'bulkId:a\\' or value eq \\'bulkId:b\\']'}]}}," USER(
                          "b", "")));
    UNIT_INT(op_at(1)->refs->nelts, 5);
    UNIT_INT(op_at(1)->target_op, 0);
    UNIT_STR(op_at(1)->id, op_at(0)->id);
    data = scim_bulk_substitute(bulk, op_at(1));
    UNIT_JSON(data, apr_psprintf(unit_pool,
                                 "{'Operations':[{'op':'add','path':'title','value':'no bulkId:a'},"
                                 "{'op':'replace','path':'" SCIM_URN_ENTERPRISE_USER ":manager',"
                                 "'value':{'value':'%s','$ref':'../Users/%s'}},"
                                 "{'op':'remove','path':'emails[value eq \\'%s\\' or value eq \\'%s\\']'}]}",
                                 op_at(0)->id, op_at(0)->id, op_at(0)->id, op_at(2)->id));
    UNIT_OK(op_at(1)->error);

    scim_bulk_rename(bulk, op_at(0), NONE);
    scim_bulk_prepare(bulk, op_at(1));
    UNIT_STR(op_at(1)->id, NONE);

    UNIT_OK(read_operations(USER("a", MANAGER("bulkId:b")) "," USER("c", MANAGER("bulkId:a"))));
    UNIT_STR(op_at(0)->error->detail, "\"bulkId:b\" refers to no POST of this request.");
    UNIT_INT(op_at(1)->error->status, 409);
    UNIT_STR(op_at(1)->error->detail, "The operation with the bulkId \"a\", which this one refers to, failed.");
}

/* bulkIds in the order of execution; those of one unit are in brackets. */
static const char *order(void)
{
    const char *text = "";
    int *places = (int *)bulk->order->elts;

    for (int at = 0; at < bulk->order->nelts; at++) {
        const scim_bulk_op_t *op = op_at(places[at]);
        int begins = at == 0 || op_at(places[at - 1])->unit != op->unit;
        int ends = at == bulk->order->nelts - 1 || op_at(places[at + 1])->unit != op->unit;

        UNIT_INT(op->place, at);
        text = apr_pstrcat(unit_pool, text, begins && !ends ? "(" : "", op->bulk_id, ends && !begins ? ")" : "", NULL);
    }
    return text;
}

static void test_order(void)
{
    static const struct {
        const char *operations, *order;
    } cases[] = {
        {USER("a", "") "," USER("b", "") "," USER("c", ""), "abc"},
        {USER("a", "") "," GROUP("b", MEMBER("a")) "," USER("c", ""), "abc"},
        {GROUP("a", MEMBER("c")) "," USER("b", "") "," USER("c", "") "," USER("d", ""), "bcad"},
        {GROUP("a", MEMBER("b")) "," GROUP("b", MEMBER("c")) "," USER("c", "") "," USER("d", ""), "cbad"},
        {GROUP("a", MEMBER("b")) "," USER("c", "") "," GROUP("b", MEMBER("a")) "," USER("d", ""), "c(ab)d"},
        {GROUP("a", MEMBER("a")) "," USER("b", MANAGER("bulkId:b")), "ab"},
        {GROUP("x", MEMBER("a")) "," GROUP("a", MEMBER("b")) "," GROUP("b", MEMBER("c")) "," GROUP(
             "c", MEMBER("a") "," MEMBER("d")) "," USER("d", "") "," USER("e", ""),
         "d(abc)xe"},
        {GROUP("a", MEMBER("b")) "," GROUP("b", MEMBER("a")) "," GROUP("c", MEMBER("d") "," MEMBER("a")) "," GROUP(
             "d", MEMBER("c")),
         "(ab)(cd)"},
        {GROUP("c", MEMBER("d") "," MEMBER("a")) "," GROUP("d", MEMBER("c")) "," GROUP("a", MEMBER("b")) "," GROUP(
             "b", MEMBER("a")),
         "(ab)(cd)"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        UNIT_OK(read_operations(cases[i].operations));
        UNIT_STR(order(), cases[i].order);
    }
}

/* ---- answers ---- */

static void test_answer(void)
{
    scim_buf_t out;

    UNIT_OK(read_operations(USER("a", "") ",{'method':'PUT','path':'/Users/" NONE "','data':{'userName':'u'}},"
                                          "{'method':'GET','path':'/Users'},{'method':'DELETE','path':'/Users/x'}"));
    scim_bulk_rename(bulk, op_at(0), NONE);
    op_at(0)->answered = op_at(2)->answered = op_at(3)->answered = 1;
    op_at(0)->status = 201;
    op_at(0)->version = 4;
    op_at(3)->error = scim_error_status(unit_pool, 404, "Gone.");
    scim_buf_init(&out, 64, unit_pool);
    scim_bulk_render(&out, bulk, BASE);
    UNIT_JSON(
        unit_json(out.data),
        "{'schemas':['" SCIM_URN_BULK_RESPONSE "'],'Operations':["
        "{'method':'POST','bulkId':'a','version':'W/\\'4\\'','location':'" BASE "/Users/" NONE "','status':'201'},"
        "{'method':'GET','status':'400','response':{'schemas':['" SCIM_URN_ERROR "'],'status':'400',"
        "'scimType':'invalidValue','detail':'\\'GET\\' is not possible in a Bulk request: \\'method\\' must be POST, "
        "PUT,"
        " PATCH or DELETE.'}},"
        "{'method':'DELETE','location':'" BASE "/Users/x','status':'404','response':{'schemas':['" SCIM_URN_ERROR "'],"
        "'status':'404','detail':'Gone.'}}]}");
}

CU_TestInfo test_bulk[] = {
    {"messages", test_messages},
    {"messages refused", test_wrong_messages},
    {"operations", test_operations},
    {"operations refused", test_wrong_operations},
    {"places refused", test_operations_places},
    {"references", test_references},
    {"order", test_order},
    {"answers", test_answer},
    CU_TEST_INFO_NULL,
};
