/* What administrators do: facts and arguments in, a refusal or what is written out. */
#include <apr_strings.h>
#include <stdio.h>

#include "rules/nouns.h"
#include "scim/json.h"
#include "unit.h"

/* A case. ' stands for ". */
typedef struct case_t {
    const char *what;
    const scim_action_t *action;
    const char *args;
    const char *facts;
    const char *if_match; /* the stored one has version "v1" */
    int status;           /* 0: it is done */
    const char *said;     /* the refusal: "field: text", or "text" where it is about no argument */
    const char *row;      /* what is written; NULL: nothing, it is so already */
    const char *entries;
} case_t;

#define FLAG  "'is':{'flag':'VIP','description':null,'created':'T'}"
#define LINK  "'is':{'id':'1','issuer':'I','subject':'S','linked':'T','userId':'u1','userName':'ann'}"
#define OWNER "'userId':'u1','userName':'ann','deleted':false,"

static const case_t cases[] = {
    {"a flag is added", &scim_flag_add, "{'flag':'VIP'}", "{'taken':false,'created':'T'}", NULL, 0, NULL,
     "{'taken':false,'created':'T','flag':'VIP','description':null}",
     "[{'action':'create','type':'Flag','id':'VIP','name':'VIP','after':{'flag':'VIP','description':null,'created':'T'}"
     "}]"},
    {"a flag that is there already", &scim_flag_add, "{'flag':'vip'}", "{'taken':true,'created':'T'}", NULL, 409,
     "flag: There is a flag \"vip\" already.", NULL, NULL},
    {"a flag is described", &scim_flag_set, "{'flag':'vip','description':'new'}", "{" FLAG "}", "v0,v1", 0, NULL,
     "{'flag':'VIP','description':'new','created':'T'}",
     "[{'action':'update','type':'Flag','id':'VIP','name':'VIP','before':{'description':null},'after':{'description':'"
     "new'}}]"},
    {"a flag is described as before", &scim_flag_set, "{'flag':'vip','description':null}", "{" FLAG "}", NULL, 0, NULL,
     NULL, NULL},
    {"another version of it", &scim_flag_set, "{'flag':'VIP','description':'new'}", "{" FLAG "}", "v0,v10", 412,
     "The resource has another version than If-Match names. Read it again.", NULL, NULL},
    {"any version of it", &scim_flag_set, "{'flag':'VIP','description':null}", "{" FLAG "}", "*", 0, NULL, NULL, NULL},
    {"no such flag, whatever the version", &scim_flag_set, "{'flag':'X','description':null}", "{}", "v0", 404,
     "flag: There is no flag \"X\".", NULL, NULL},
    {"a flag goes, and a deleted user loses it", &scim_flag_remove, "{'flag':'vip'}",
     "{" FLAG ",'used':false,'deleted':[{'id':'u1','userName':'ann','flags':['a','VIP']},{'id':'u2','flags':['VIP']}]}",
     NULL, 0, NULL,
     "{'used':false,'deleted':[{'id':'u1','userName':'ann','flags':['a','VIP']},{'id':'u2','flags':['VIP']}],"
     "'flag':'VIP','description':null,'created':'T'}",
     "[{'action':'update','type':'User','id':'u1','name':'ann','before':{'flags':['a','VIP']},'after':{'flags':['a']}},"
     "{'action':'update','type':'User','id':'u2','before':{'flags':['VIP']}},"
     "{'action':'delete','type':'Flag','id':'VIP','name':'VIP','before':{'flag':'VIP','description':null,'created':'T'}"
     "}]"},
    {"a flag that users have", &scim_flag_remove, "{'flag':'vip'}", "{" FLAG ",'used':true,'template':'T'}", NULL, 409,
     "flag: The flag \"VIP\" is in use; take it from the accounts that have it first.", NULL, NULL},
    {"a flag that a template gives", &scim_flag_remove, "{'flag':'vip'}", "{" FLAG ",'used':false,'template':'T'}",
     "v1", 409, "flag: The flag \"VIP\" is in use: the template \"T\" gives it. Change that first.", NULL, NULL},
    {"the version comes before what uses it", &scim_flag_remove, "{'flag':'vip'}", "{" FLAG ",'used':true}", "v0", 412,
     "The resource has another version than If-Match names. Read it again.", NULL, NULL},
    {"a link is recorded", &scim_link_add, "{'user':'Ann','issuer':'I','subject':'S'}",
     "{'id':'1'," OWNER "'linked':'T'}", NULL, 0, NULL, "{'id':'1'," OWNER "'linked':'T','issuer':'I','subject':'S'}",
     "[{'action':'add-link','type':'User','id':'u1','name':'ann','after':{'issuer':'I','subject':'S'}}]"},
    {"a login like the one before", &scim_link_add, "{'user':'Ann','issuer':'I','subject':'S'}",
     "{'id':'2'," OWNER "'linked':'T2'," LINK "}", NULL, 0, NULL, NULL, NULL},
    {"a link of another user", &scim_link_add, "{'user':'Ann','issuer':'I','subject':'S'}",
     "{'id':'2'," OWNER "'linked':'T','taken':'bob'}", NULL, 409,
     "subject: This link is that of another user, \"bob\"; remove it there first.", NULL, NULL},
    {"a link of nobody", &scim_link_add, "{'user':'Ann','issuer':'I','subject':'S'}", "{'id':'2'}", NULL, 404,
     "user: There is no user \"Ann\".", NULL, NULL},
    {"a link of a deleted user", &scim_link_add, "{'user':'Ann','issuer':'I','subject':'S'}",
     "{'id':'2','userId':'u1','userName':'ann','deleted':true}", NULL, 409,
     "user: The user \"ann\" is deleted; restore it first.", NULL, NULL},
    {"a link goes", &scim_link_remove, "{'link':'1'}", "{" LINK "}", NULL, 0, NULL,
     "{'id':'1','issuer':'I','subject':'S','linked':'T','userId':'u1','userName':'ann'}",
     "[{'action':'remove-link','type':'User','id':'u1','name':'ann','before':{'issuer':'I','subject':'S'}}]"},
    {"no such link", &scim_link_remove, "{'link':'7'}", "{}", NULL, 404, "link: There is no link \"7\".", NULL, NULL},
};

static const char *said(const scim_error_t *error)
{
    const scim_field_error_t *field = error->fields ? &APR_ARRAY_IDX(error->fields, 0, scim_field_error_t) : NULL;
    return field ? apr_pstrcat(unit_pool, field->field, ": ", field->detail, NULL) : error->detail;
}

static void check(const case_t *one)
{
    scim_outcome_t outcome;
    scim_asked_t asked = {.action = one->action,
                          .args = unit_json(one->args),
                          .facts = unit_json(one->facts),
                          .version = "v1",
                          .if_match = one->if_match,
                          .pool = unit_pool};
    scim_error_t *error = scim_action_decide(&outcome, &asked);
    int held = UNIT_INT(error ? error->status : 0, one->status);
    if (error) {
        held &= UNIT_STR(said(error), one->said);
    } else {
        held &= UNIT_INT(outcome.changes, one->row != NULL);
        held &= !one->row || UNIT_JSON(outcome.row, one->row);
        held &= !one->row || UNIT_JSON(outcome.entries, one->entries);
    }
    if (!held) {
        fprintf(stderr, "    in the case: %s\n", one->what);
    }
}

static void test_cases(void)
{
    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        check(&cases[i]);
    }
}

CU_TestInfo test_noun[] = {{"cases", test_cases}, CU_TEST_INFO_NULL};
