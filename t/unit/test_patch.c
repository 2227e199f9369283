/*
 * Reading PATCH messages: errors, and the resulting changes of memberships. test_patch_apply.c tests the effect of
 * operations on a document.
 */
#include <apr_strings.h>
#include <string.h>

#include "scim/json.h"
#include "scim/patch.h"
#include "unit.h"

#define SCHEMAS "'schemas':['urn:ietf:params:scim:api:messages:2.0:PatchOp']"
#define TEN     "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
#define ENT     "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

typedef struct refused_t {
    const char *text; /* a body, or the operations of one */
    scim_type_e type;
    const char *detail;
} refused_t;

static scim_error_t *read_patch(scim_patch_t **out, const char *type, const char *body, unsigned allowed)
{
    scim_leniency_t leniency = {.allowed = allowed};

    return scim_patch_read(out, unit_json(body), unit_type(type), &leniency, unit_pool);
}

static const char *message(const char *operations)
{
    return apr_pstrcat(unit_pool, "{" SCHEMAS ",'Operations':[", operations, "]}", NULL);
}

/* ---- the message ---- */

static const refused_t messages[] = {
    {"{" SCHEMAS "}", SCIM_INVALID_SYNTAX,
     "A PATCH request must have one \"Operations\", a list of one operation or more."},
    {"{" SCHEMAS ",'Operations':null}", SCIM_INVALID_SYNTAX, NULL},
    {"{" SCHEMAS ",'Operations':'x'}", SCIM_INVALID_SYNTAX, NULL},
    {"{" SCHEMAS ",'userName':'x'}", SCIM_INVALID_SYNTAX,
     "A PATCH request must have one \"Operations\", a list of one operation or more. This body is a resource, as PUT "
     "has "
     "it: choose PUT as the client's method for updates, or operations (PatchOp) as what it sends by PATCH."},
    {"{" SCHEMAS ",'Operations':[{'op':'remove','path':'title'}],'operations':[]}", SCIM_INVALID_SYNTAX, NULL},
    {"{" SCHEMAS ",'Operations':['remove']}", SCIM_INVALID_SYNTAX, "Each of \"Operations\" must be an object."},
    {"{" SCHEMAS ",'Operations':[null]}", SCIM_INVALID_SYNTAX, "Each of \"Operations\" must be an object."},
    {"{'schemas':[1],'Operations':[{'op':'remove','path':'title'}]}", SCIM_INVALID_SYNTAX,
     "\"schemas\" must be a list that contains \"urn:ietf:params:scim:api:messages:2.0:PatchOp\"."},
    {"{'schemas':1,'Operations':[{'op':'remove','path':'title'}]}", SCIM_INVALID_SYNTAX, NULL},
    {"{'schemas':{},'Operations':[{'op':'remove','path':'title'}]}", SCIM_INVALID_SYNTAX, NULL},
};

/* Messages that need a leniency, with that leniency. */
static const struct {
    const char *text;
    unsigned used;
    int ops;
} lenient_messages[] = {
    {"{" SCHEMAS ",'Operations':[]}", SCIM_LENIENT_NO_OPERATIONS, 0},
    {"{" SCHEMAS ",'Operations':{'op':'remove','path':'title'}}", SCIM_LENIENT_OBJECT_FOR_ARRAY, 1},
    {"{'Operations':[{'op':'remove','path':'title'}]}", SCIM_LENIENT_NO_SCHEMAS, 1},
    {"{'schemas':null,'Operations':[{'op':'remove','path':'title'}]}", SCIM_LENIENT_NO_SCHEMAS, 1},
    {"{'schemas':[],'Operations':[{'op':'remove','path':'title'}]}", SCIM_LENIENT_NO_SCHEMAS, 1},
    {"{'schemas':['urn:ietf:params:scim:schemas:core:2.0:User'],'Operations':[{'op':'remove','path':'title'}]}",
     SCIM_LENIENT_NO_SCHEMAS, 1},
    {"{'schemas':'urn:ietf:params:scim:api:messages:2.0:PatchOp','Operations':[{'op':'remove','path':'title'}]}",
     SCIM_LENIENT_OBJECT_FOR_ARRAY, 1},
    {"[{'op':'remove','path':'title'}]", SCIM_LENIENT_BARE_OPERATIONS, 1},
    {"{" SCHEMAS ",'Operations':[{'op':'add','path':'','value':{'title':'x'}}]}", SCIM_LENIENT_EMPTY_STRING, 1},
    {"{" SCHEMAS ",'Operations':[{'op':'remove','path':'shoeSize'}]}", SCIM_LENIENT_UNKNOWN_PATH, 0},
    {"{" SCHEMAS ",'Operations':[{'op':'remove','path':'name.shoeSize'}]}", SCIM_LENIENT_UNKNOWN_PATH, 0},
    {"{" SCHEMAS ",'Operations':[{'op':'remove','path':'members'}]}", SCIM_LENIENT_UNKNOWN_PATH, 0},
    {"{" SCHEMAS ",'Operations':[{'op':'remove','path':'urn:example:User:title'}]}", SCIM_LENIENT_UNKNOWN_PATH, 0},
    {"{" SCHEMAS ",'Operations':[{'op':'replace','path':'emails[type eq \\'work\\'].shoe','value':1}]}",
     SCIM_LENIENT_UNKNOWN_PATH, 0},
    {"{" SCHEMAS ",'Operations':[{'op':'add','value':{'urn:example:User':{'x':1}}}]}", SCIM_LENIENT_UNKNOWN_EXTENSION,
     0},
    {"{" SCHEMAS ",'Operations':[{'op':'add','value':{'urn:example:User:x':1,'title':'t'}}]}",
     SCIM_LENIENT_UNKNOWN_EXTENSION, 1},
    {"{" SCHEMAS ",'Operations':[{'op':'replace','path':'" ENT ".division','value':'d'}]}", SCIM_LENIENT_URN_SLIP, 1},
};

/* All leniencies except those that ignore unknown names, which would hide that another one is missing. */
#define KNOWN_ONLY (SCIM_LENIENT_ALL & ~(unsigned)(SCIM_LENIENT_UNKNOWN_PATH | SCIM_LENIENT_UNKNOWN_EXTENSION))

static void lenient_messages_read(void)
{
    for (size_t i = 0; i < sizeof(lenient_messages) / sizeof(lenient_messages[0]); i++) {
        scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
        scim_patch_t *patch;

        if (UNIT_OK(
                scim_patch_read(&patch, unit_json(lenient_messages[i].text), unit_type("User"), &leniency, unit_pool)))
            UNIT_INT(patch->ops->nelts, lenient_messages[i].ops);
        UNIT_INT(leniency.used & SCIM_LENIENT_ALL, lenient_messages[i].used);
        leniency = (scim_leniency_t){.allowed = KNOWN_ONLY & ~lenient_messages[i].used};
        if (!scim_patch_read(&patch, unit_json(lenient_messages[i].text), unit_type("User"), &leniency, unit_pool))
            UNIT_STR(lenient_messages[i].text, "refused");
    }
}

static void refuses_messages(void)
{
    scim_patch_t *patch;

    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
        UNIT_ERROR(read_patch(&patch, "User", messages[i].text, SCIM_LENIENT_ALL), messages[i].type,
                   messages[i].detail);
}

static void accepts_messages(void)
{
    const char *unnamed = "{'Operations':[{'op':'remove','path':'title'}]}";
    scim_patch_t *patch;

    UNIT_OK(read_patch(&patch, "User", unnamed, SCIM_LENIENT_ALL));
    UNIT_ERROR(read_patch(&patch, "User", unnamed, SCIM_LENIENT_ALL & ~(unsigned)SCIM_LENIENT_NO_SCHEMAS),
               SCIM_INVALID_SYNTAX, NULL);
    UNIT_OK(read_patch(&patch, "User",
                       "{'Schemas':['x','urn:ietf:params:scim:api:messages:2.0:patchop'],"
                       "'operations':[{'OP':'remove','Path':'TITLE'}]}",
                       SCIM_LENIENT_NONE));
    UNIT_INT(patch->ops->nelts, 1);
    UNIT_INT(patch->members->nelts, 0);
    UNIT_STR(APR_ARRAY_IDX(patch->ops, 0, scim_patch_op_t).path.attr->name, "title");
    UNIT_STR(APR_ARRAY_IDX(patch->ops, 0, scim_patch_op_t).text, "TITLE");
}

/* A body of `count` operations. */
static const char *many(const char *operation, int count)
{
    char *list = apr_palloc(unit_pool, (strlen(operation) + 1) * (size_t)count + 1), *at = list;

    for (int i = 0; i < count; i++) {
        memcpy(at, operation, strlen(operation));
        at += strlen(operation);
        *at++ = ',';
    }
    at[-1] = '\0';
    return message(list);
}

static void bounds_operations(void)
{
    scim_patch_t *patch;
    scim_error_t *error = read_patch(&patch, "User", many("{'op':'remove','path':'title'}", 1001), SCIM_LENIENT_ALL);

    UNIT_ERROR(error, SCIM_NO_TYPE, "The request has 1001 operations; at most 1000 are accepted.");
    UNIT_INT(error->status, 413);
    UNIT_OK(read_patch(&patch, "User", many("{'op':'remove','path':'title'}", 1000), SCIM_LENIENT_ALL));
    error = read_patch(&patch, "User", many("{'op':'add','value':{'title':'a','locale':'b'}}", 501), SCIM_LENIENT_ALL);
    UNIT_ERROR(error, SCIM_NO_TYPE, "The request changes more than 1000 attributes.");
    UNIT_INT(error->status, 413);
}

/* ---- operations ---- */

static const refused_t operations[] = {
    {"{'path':'title','value':'x'}", SCIM_INVALID_SYNTAX,
     "Each operation must have exactly one \"op\": \"add\", \"remove\" or \"replace\"."},
    {"{'op':'add','Op':'add','path':'title','value':'x'}", SCIM_INVALID_SYNTAX,
     "Each operation must have exactly one \"op\": \"add\", \"remove\" or \"replace\"."},
    {"{'op':1,'path':'title','value':'x'}", SCIM_INVALID_SYNTAX, NULL},
    {"{'op':null,'path':'title','value':'x'}", SCIM_INVALID_SYNTAX, NULL},
    {"{'op':'move','path':'title','value':'x'}", SCIM_INVALID_SYNTAX,
     "\"move\" is not a PATCH operation: \"op\" must be \"add\", \"remove\" or \"replace\"."},
    {"{'op':'','path':'title','value':'x'}", SCIM_INVALID_SYNTAX, NULL},
    {"{'op':'" TEN TEN TEN "'}", SCIM_INVALID_SYNTAX,
     "\"" TEN TEN "...\" is not a PATCH operation: \"op\" must be \"add\", \"remove\" or \"replace\"."},
    {"{'op':'add','path':'title'}", SCIM_INVALID_VALUE, "The operation \"add\" must have a \"value\"."},
    {"{'op':'Replace','path':'title'}", SCIM_INVALID_VALUE, "The operation \"replace\" must have a \"value\"."},
    {"{'op':'add'}", SCIM_INVALID_VALUE, "The operation \"add\" must have a \"value\"."},
    {"{'op':'add','path':'title','value':'x','VALUE':'y'}", SCIM_INVALID_SYNTAX,
     "An operation has more than one \"value\"."},
    {"{'op':'add','path':'title','PATH':'title','value':'x'}", SCIM_INVALID_SYNTAX,
     "An operation has more than one \"path\"."},
    {"{'op':'remove'}", SCIM_NO_TARGET, "The operation \"remove\" must have a \"path\"."},
    {"{'op':'remove','path':null}", SCIM_NO_TARGET, "The operation \"remove\" must have a \"path\"."},
    {"{'op':'remove','value':{'title':'x'}}", SCIM_NO_TARGET, NULL},
    {"{'op':'remove','path':''}", SCIM_NO_TARGET, "The operation \"remove\" must have a \"path\"."},
    {"{'op':'add','path':7,'value':'x'}", SCIM_INVALID_PATH, "\"path\" must be a string that is not empty."},
    {"{'op':'add','path':['title'],'value':'x'}", SCIM_INVALID_PATH, NULL},
    {"{'op':'add','value':'x'}", SCIM_INVALID_VALUE,
     "The \"value\" of an operation without \"path\" must be an object of attributes."},
    {"{'op':'add','path':null,'value':'x'}", SCIM_INVALID_VALUE, NULL},
    {"{'op':'replace','value':null}", SCIM_INVALID_VALUE, NULL},
    {"{'op':'add','value':[{'title':'x'}]}", SCIM_INVALID_VALUE, NULL},
    /* paths */
    {"{'op':'add','path':'shoe size','value':'x'}", SCIM_INVALID_PATH,
     "The path \"shoe size\" names no attribute of User. Correct the attribute mapping in the identity provider; "
     "/Schemas lists the attributes."},
    {"{'op':'remove','path':'/members'}", SCIM_INVALID_PATH,
     "The path \"/members\" names no attribute of User. Correct the attribute mapping in the identity provider; "
     "/Schemas lists the attributes."},
    {"{'op':'remove','path':'urn:ietf:params:scim:schemas:core:2.0:User'}", SCIM_NO_TARGET, NULL},
    {"{'op':'remove','path':'emails[type eq \\'work\\''}", SCIM_INVALID_FILTER, NULL},
    {"{'op':'remove','path':'emails[shoe eq \\'work\\']'}", SCIM_INVALID_FILTER, NULL},
    {"{'op':'remove','path':'emails[type eq \\'work\\']shoe'}", SCIM_INVALID_PATH, NULL},
    {"{'op':'remove','path':'name[givenName eq \\'x\\']'}", SCIM_INVALID_PATH, NULL},
    /* mutability */
    {"{'op':'replace','path':'id','value':'x'}", SCIM_MUTABILITY,
     "\"id\" is read-only: this server sets it. Take it out of the attribute mapping in the identity provider."},
    {"{'op':'remove','path':'meta'}", SCIM_MUTABILITY,
     "\"meta\" is read-only: this server sets it. Take it out of the attribute mapping in the identity provider."},
    {"{'op':'replace','path':'meta.created','value':'x'}", SCIM_MUTABILITY,
     "\"meta.created\" is read-only: this server sets it. Take it out of the attribute mapping in the identity "
     "provider."},
    {"{'op':'add','path':'groups','value':[{'value':'x'}]}", SCIM_MUTABILITY,
     "\"groups\" is read-only: it follows from the members of groups. Change \"members\" of the group instead."},
    {"{'op':'remove','path':'groups[value eq \\'x\\']'}", SCIM_MUTABILITY,
     "\"groups[value eq \"x\"]\" is read-only: it follows from the members of groups. Change \"members\" of the group "
     "instead."},
    {"{'op':'replace','path':'" ENT ":manager.displayName','value':'x'}", SCIM_MUTABILITY, NULL},
    {"{'op':'remove','path':'schemas'}", SCIM_MUTABILITY, "Attribute \"schemas\" is required and cannot be removed."},
    {"{'op':'remove','path':'userName'}", SCIM_MUTABILITY, "Attribute \"userName\" is required and cannot be removed."},
    {"{'op':'remove','path':'userName','value':'x'}", SCIM_MUTABILITY, NULL},
    /* values */
    {"{'op':'replace','path':'userName','value':null}", SCIM_INVALID_VALUE,
     "Attribute \"userName\" is required and cannot be empty."},
    {"{'op':'replace','path':'userName','value':''}", SCIM_INVALID_VALUE, "userName must not be empty."},
    {"{'op':'add','path':'userName','value':''}", SCIM_INVALID_VALUE, "userName must not be empty."},
    {"{'op':'replace','value':{'userName':null}}", SCIM_INVALID_VALUE,
     "Attribute \"userName\" is required and cannot be empty."},
    {"{'op':'replace','path':'title','value':7}", SCIM_INVALID_VALUE, "title must be a string, not a number."},
    {"{'op':'replace','path':'active','value':'maybe'}", SCIM_INVALID_VALUE, NULL},
    {"{'op':'replace','path':'password','value':7}", SCIM_INVALID_VALUE, "password must be a string, not a number."},
    {"{'op':'replace','path':'name','value':'Babs'}", SCIM_INVALID_VALUE, NULL},
    {"{'op':'add','path':'name.givenName','value':{'x':1}}", SCIM_INVALID_VALUE,
     "name.givenName must be a string, not an object."},
    {"{'op':'add','path':'emails','value':[{'value':7}]}", SCIM_INVALID_VALUE,
     "emails[0].value must be a string, not a number."},
    {"{'op':'replace','path':'emails','value':[{'value':'a','primary':true},{'value':'b','primary':true}]}",
     SCIM_INVALID_VALUE, "emails must have at most one primary value, not 2."},
    {"{'op':'replace','path':'emails[type eq \\'work\\']','value':[{'value':'a'},{'value':'b'}]}", SCIM_INVALID_VALUE,
     NULL},
    {"{'op':'replace','path':'emails[type eq \\'work\\'].value','value':7}", SCIM_INVALID_VALUE,
     "emails[type eq \"work\"].value must be a string, not a number."},
    {"{'op':'remove','path':'emails','value':[7]}", SCIM_INVALID_VALUE,
     "emails must be an object with a \"value\", not a number."},
    {"{'op':'add','path':'" ENT "','value':'x'}", SCIM_INVALID_VALUE, "\"" ENT "\" must be an object of attributes."},
    /* keys of values */
    {"{'op':'add','value':{'emails[type eq]':1}}", SCIM_INVALID_FILTER, NULL},
    {"{'op':'add','value':{'" ENT "':['x']}}", SCIM_INVALID_VALUE, "\"" ENT "\" must be an object of attributes."},
    {"{'op':'add','value':{'" ENT "':{'department':7}}}", SCIM_INVALID_VALUE,
     ENT ":department must be a string, not a number."},
    /* a schema inside of a schema */
    {"{'op':'add','value':{'urn:ietf:params:scim:schemas:core:2.0:User':{'" ENT "':{}}}}", SCIM_INVALID_VALUE,
     "\"" ENT
     "\" is a schema and not an attribute: it cannot be inside \"urn:ietf:params:scim:schemas:core:2.0:User\"."},
    {"{'op':'replace','value':{'urn:ietf:params:scim:schemas:core:2.0:User':"
     "{'urn:ietf:params:scim:schemas:core:2.0:User':null}}}",
     SCIM_INVALID_VALUE, NULL},
    {"{'op':'replace','value':{'urn:ietf:params:scim:schemas:core:2.0:User':null}}", SCIM_INVALID_VALUE, NULL},
    /* a wrong operation after correct ones */
    {"{'op':'add','path':'title','value':'x'},{'op':'remove'}", SCIM_NO_TARGET, NULL},
};

static void refuses_operations(void)
{
    scim_patch_t *patch;

    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        scim_error_t *error = read_patch(&patch, "User", message(operations[i].text), SCIM_LENIENT_ALL);

        if (UNIT_ERROR(error, operations[i].type, operations[i].detail))
            UNIT_INT(error->status, 400);
        else
            UNIT_STR(operations[i].text, "refused");
    }
}

/* ---- members ---- */

#define MEMBER(id) "{'value':'" id "'}"

static const struct {
    const char *operations;
    const char *changes; /* as members_text writes them */
} members[] = {
    {"{'op':'add','path':'members','value':[" MEMBER("a") "," MEMBER("b") "]}", "add a b;"},
    {"{'op':'Add','path':'members','value':[{'$ref':null,'value':'a'}]}", "add a;"},
    {"{'op':'add','path':'members','value':[{'value':'a','display':'A','$ref':'https://x/Users/a','type':'User'}]}",
     "add a;"},
    {"{'op':'add','path':'members','value':" MEMBER("a") "}", "add a;"},
    {"{'op':'add','path':'members','value':[" MEMBER("a") "," MEMBER("A") "]}", "add a;"},
    {"{'op':'add','path':'MEMBERS','value':[]}", ""},
    {"{'op':'add','path':'members','value':null}", ""},
    {"{'op':'add','path':'urn:ietf:params:scim:schemas:core:2.0:Group:members','value':[" MEMBER("a") "]}", "add a;"},
    {"{'op':'replace','path':'members','value':[" MEMBER("a") "]}", "replace a;"},
    {"{'op':'replace','path':'members','value':[]}", "replace;"},
    {"{'op':'replace','path':'members','value':null}", "replace;"},
    {"{'op':'remove','path':'members'}", "replace;"},
    {"{'op':'remove','path':'members','value':null}", "replace;"},
    {"{'op':'remove','path':'members','value':[]}", ""},
    {"{'op':'add','path':'members','value':''}", ""},
    {"{'op':'replace','path':'members','value':''}", "replace;"},
    {"{'op':'remove','path':'members','value':''}", ""},
    {"{'op':'replace','value':{'members':''}}", "replace;"},
    {"{'op':'Remove','path':'members','value':[{'$ref':null,'value':'a'}," MEMBER("b") "]}", "remove a b;"},
    {"{'op':'remove','path':'members','value':" MEMBER("a") "}", "remove a;"},
    {"{'op':'remove','path':'members[value eq \\'a\\']'}", "remove a;"},
    {"{'op':'remove','path':'members[value eq\\'a\\']'}", "remove a;"},
    {"{'op':'remove','path':'members[value eq \\'a\\' or value eq \\'b\\' or value eq \\'c\\']'}", "remove a b c;"},
    {"{'op':'remove','path':'members[value eq \\'a\\' and type eq \\'User\\']'}", "filter;"},
    {"{'op':'remove','path':'members[type eq \\'User\\']'}", "filter;"},
    {"{'op':'remove','path':'members[value eq \\'a\\' or type eq \\'User\\']'}", "filter;"},
    {"{'op':'remove','path':'members[not (value eq \\'a\\')]'}", "filter;"},
    {"{'op':'remove','path':'members[value ne \\'a\\']'}", "filter;"},
    {"{'op':'remove','path':'members[value eq null]'}", "filter;"},
    /* without a path */
    {"{'op':'add','value':{'members':[" MEMBER("a") "]}}", "add a;"},
    {"{'op':'replace','value':{'members':[" MEMBER("a") "],'externalId':'x'}}", "replace a;"},
    {"{'op':'replace','value':{'members[value eq \\'a\\']':null}}", NULL},
    {"{'op':'add','value':{'urn:ietf:params:scim:schemas:core:2.0:Group':{'members':[" MEMBER("a") "]}}}", "add a;"},
    /* one after the other */
    {"{'op':'add','path':'members','value':[" MEMBER("a") "]},{'op':'add','path':'members','value':[" MEMBER(
         "b") "," MEMBER("a") "]}",
     "add a b;"},
    {"{'op':'remove','path':'members[value eq \\'a\\']'},{'op':'remove','path':'members[value eq \\'b\\']'}",
     "remove a b;"},
    {"{'op':'remove','path':'members'},{'op':'add','path':'members','value':[" MEMBER("a") "]}", "replace a;"},
    {"{'op':'remove','path':'members[value eq \\'a\\']'},{'op':'add','path':'members','value':[" MEMBER("a") "]}",
     "remove a;add a;"},
    {"{'op':'add','path':'members','value':[" MEMBER("a") "]},{'op':'remove','path':'members[value eq \\'a\\']'},"
                                                          "{'op':'add','path':'members','value':[" MEMBER("a") "]}",
     "add a;remove a;add a;"},
    {"{'op':'remove','path':'members[type eq \\'User\\']'},{'op':'remove','path':'members[type eq \\'Group\\']'}",
     "filter;filter;"},
    {"{'op':'add','path':'members','value':[" MEMBER("a") "]},{'op':'replace','path':'members','value':[" MEMBER(
         "b") "]},{'op':'remove','path':'members'}",
     "add a;replace b;replace;"},
};

static const char *members_text(const scim_patch_t *patch)
{
    static const char *const names[] = {[SCIM_MEMBERS_ADD] = "add",
                                        [SCIM_MEMBERS_REMOVE] = "remove",
                                        [SCIM_MEMBERS_REPLACE] = "replace",
                                        [SCIM_MEMBERS_FILTER] = "filter"};
    const char *text = "";

    for (int i = 0; i < patch->members->nelts; i++) {
        const scim_members_op_t *change = &APR_ARRAY_IDX(patch->members, i, scim_members_op_t);

        text = apr_pstrcat(unit_pool, text, names[change->op], NULL);
        for (int j = 0; j < change->ids->nelts; j++)
            text = apr_pstrcat(unit_pool, text, " ", APR_ARRAY_IDX(change->ids, j, const char *), NULL);
        text = apr_pstrcat(unit_pool, text, ";", NULL);
        UNIT_INT(change->filter != NULL, change->op == SCIM_MEMBERS_FILTER);
    }
    return text;
}

static void collects_members(void)
{
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        scim_patch_t *patch = NULL;
        scim_error_t *error = read_patch(&patch, "Group", message(members[i].operations), SCIM_LENIENT_ALL);

        if (!members[i].changes)
            UNIT_ERROR(error, SCIM_MUTABILITY, NULL);
        else if (!UNIT_OK(error) || !UNIT_STR(members_text(patch), members[i].changes))
            UNIT_STR(members[i].operations, "collected");
    }
}

static const refused_t bad_members[] = {
    {"{'op':'remove','path':'members.value'}", SCIM_INVALID_PATH,
     "\"members.value\" cannot be removed: remove whole values, as in members[value eq \"id\"]."},
    {"{'op':'replace','path':'members.value','value':'x'}", SCIM_MUTABILITY,
     "\"members.value\" cannot be changed: values of \"members\" are added and removed, not modified."},
    {"{'op':'replace','path':'members[value eq \\'a\\'].value','value':'x'}", SCIM_MUTABILITY, NULL},
    {"{'op':'add','path':'members[value eq \\'a\\'].display','value':'x'}", SCIM_MUTABILITY, NULL},
    {"{'op':'remove','path':'members[value eq \\'a\\'].display'}", SCIM_MUTABILITY, NULL},
    {"{'op':'replace','path':'members[value eq \\'a\\']','value':{'value':'b'}}", SCIM_MUTABILITY, NULL},
    {"{'op':'add','path':'members','value':[{'display':'A'}]}", SCIM_INVALID_VALUE,
     "members[0].value is required. It is the id that this server gave to the member."},
    {"{'op':'add','path':'members','value':[{'value':7}]}", SCIM_INVALID_VALUE,
     "members[0].value must be a string, not a number."},
    {"{'op':'remove','path':'members','value':[{}]}", SCIM_INVALID_VALUE,
     "members[0].value is required. It is the id that this server gave to the member."},
    {"{'op':'replace','path':'members','value':[{'value':''}]}", SCIM_INVALID_VALUE,
     "members[0].value is required. It is the id that this server gave to the member."},
    {"{'op':'replace','path':'members','value':['']}", SCIM_INVALID_VALUE,
     "members[0].value is required. It is the id that this server gave to the member."},
    {"{'op':'remove','path':'members','value':7}", SCIM_INVALID_VALUE, NULL},
    {"{'op':'replace','path':'members','value':'a'}", SCIM_INVALID_VALUE, NULL},
    {"{'op':'remove','path':'members[shoe eq \\'a\\']'}", SCIM_INVALID_FILTER, NULL},
    {"{'op':'remove','path':'displayName'}", SCIM_MUTABILITY,
     "Attribute \"displayName\" is required and cannot be removed."},
};

static void refuses_members(void)
{
    scim_patch_t *patch;

    for (size_t i = 0; i < sizeof(bad_members) / sizeof(bad_members[0]); i++) {
        scim_error_t *error = read_patch(&patch, "Group", message(bad_members[i].text), SCIM_LENIENT_ALL);

        if (!UNIT_ERROR(error, bad_members[i].type, bad_members[i].detail))
            UNIT_STR(bad_members[i].text, "refused");
    }
    UNIT_ERROR(
        read_patch(&patch, "Group", message("{'op':'remove','path':'members','value':[" MEMBER("a") "]}"),
                   SCIM_LENIENT_ALL & ~(unsigned)SCIM_LENIENT_REMOVE_VALUE),
        SCIM_INVALID_VALUE,
        "The operation \"remove\" takes no \"value\"; name the values in the path, as in members[value eq \"id\"].");
}

/* Operations on members do not change the document, and other operations change no members. */
static void separates_members(void)
{
    scim_patch_t *patch;

    UNIT_OK(read_patch(&patch, "Group",
                       message("{'op':'replace','value':{'id':'x','displayName':'X','members':[" MEMBER("a") "]}}"),
                       SCIM_LENIENT_ALL));
    UNIT_INT(patch->ops->nelts, 1);
    UNIT_STR(APR_ARRAY_IDX(patch->ops, 0, scim_patch_op_t).path.attr->name, "displayName");
    UNIT_STR(members_text(patch), "replace a;");
}

CU_TestInfo test_patch[] = {{"refuses messages", refuses_messages},
                            {"reads messages with leniency", lenient_messages_read},
                            {"accepts messages", accepts_messages},
                            {"bounds operations", bounds_operations},
                            {"refuses operations", refuses_operations},
                            {"collects members", collects_members},
                            {"refuses members", refuses_members},
                            {"separates members", separates_members},
                            CU_TEST_INFO_NULL};
