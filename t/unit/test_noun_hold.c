/* Requests that the guard holds: decisions of administrators, and their entries in the audit log. */
#include "noun_case.h"
#include "rules/nouns.h"
#include "unit.h"

#define HOLD(STATE)                                                                                                    \
    "'is':{'id':'7','method':'PUT','state':'" STATE "'},'told':{'id':'7','state':'" STATE "','request':'PUT "          \
    "/Users/1'}"
#define HELD HOLD("held") ",'released':false,'decided':false,'until':'U'"

static const noun_case_t cases[] = {
    {"no such request", &scim_hold_release, "{'hold':'8'}", "{'others':null}", NULL, 404,
     "hold: There is no held request \"8\"; the list of holds shows their ids.", NULL, NULL},
    {"another version of it", &scim_hold_release, "{'hold':'7'}", "{" HELD "}", "v0", 412,
     "The resource has another version than If-Match names. Read it again.", NULL, NULL},
    {"it is released", &scim_hold_release, "{'hold':'7','minutes':5}", "{" HELD ",'others':null}", "v1", 0, NULL,
     "{'state':'released','until':'U','holds':['7'],'everything':false,'id':'7'}",
     "[{'action':'released','type':'Hold','id':'7','name':'PUT /Users/1','before':{'state':'held'},"
     "'after':{'state':'released','until':'U'}}]"},
    {"it is released with everything else, others first", &scim_hold_release, "{'hold':'7','everything':true}",
     "{" HELD ",'others':[{'id':'3','state':'rejected','request':'PUT /Users/1'},"
     "{'id':'5','state':'held','request':'DELETE /Users/2'}]}",
     NULL, 0, NULL, "{'state':'released','until':'U','holds':['3','5','7'],'everything':true,'id':'7'}",
     "[{'action':'released','type':'Hold','id':'3','name':'PUT /Users/1','before':{'state':'rejected'},"
     "'after':{'state':'released','until':'U'}},"
     "{'action':'released','type':'Hold','id':'5','name':'DELETE /Users/2','before':{'state':'held'},"
     "'after':{'state':'released','until':'U'}},"
     "{'action':'released','type':'Hold','id':'7','name':'PUT /Users/1','before':{'state':'held'},"
     "'after':{'state':'released','until':'U'}}]"},
    {"what was rejected is released", &scim_hold_release, "{'hold':'7'}",
     "{" HOLD("rejected") ",'released':false,'decided':true,'until':'U'}", NULL, 0, NULL,
     "{'state':'released','until':'U','holds':['7'],'everything':false,'id':'7'}",
     "[{'action':'released','type':'Hold','id':'7','name':'PUT /Users/1','before':{'state':'rejected'},"
     "'after':{'state':'released','until':'U'}}]"},
    {"it was released before", &scim_hold_release, "{'hold':'7'}",
     "{" HOLD("released") ",'released':true,'decided':true,'until':'U'}", NULL, 409,
     "hold: The request was released already; it may be sent again.", NULL, NULL},
    {"it is rejected", &scim_hold_reject, "{'hold':'7'}", "{" HELD "}", NULL, 0, NULL,
     "{'state':'rejected','until':null,'holds':['7'],'id':'7'}",
     "[{'action':'rejected','type':'Hold','id':'7','name':'PUT /Users/1','before':{'state':'held'},"
     "'after':{'state':'rejected'}}]"},
    {"it was decided about before", &scim_hold_reject, "{'hold':'7'}",
     "{" HOLD("released") ",'released':true,'decided':true,'until':'U'}", NULL, 409,
     "hold: The request was released already; there is nothing to reject.", NULL, NULL},
    {"several are rejected, one of them once more", &scim_hold_reject_all, "{'holds':['7','8']}",
     "{'found':[{'named':'7','id':'7','state':'held','request':'PUT /Users/1'},"
     "{'named':'8','id':'8','state':'rejected','request':'PUT /Users/2'}]}",
     NULL, 0, NULL, "{'state':'rejected','until':null,'holds':['7']}",
     "[{'action':'rejected','type':'Hold','id':'7','name':'PUT /Users/1','before':{'state':'held'},"
     "'after':{'state':'rejected'}}]"},
    {"one of several was released", &scim_hold_reject_all, "{'holds':['7']}",
     "{'found':[{'named':'7','id':'7','state':'released','request':'PUT /Users/1'}]}", NULL, 409,
     "holds: The request 7 was released already; leave it out.", NULL, NULL},
    {"one of several is not there", &scim_hold_reject_all, "{'holds':['x']}", "{'found':[{'named':'x'}]}", NULL, 404,
     "hold: There is no held request \"x\"; the list of holds shows their ids.", NULL, NULL},
    {"none is held", &scim_hold_reject_all, "{}", "{'found':null}", NULL, 0, NULL,
     "{'state':'rejected','until':null,'holds':[]}", "[]"},
};

static void test_cases(void)
{
    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        noun_case(&cases[i]);
    }
}

CU_TestInfo test_noun_hold[] = {{"cases", test_cases}, CU_TEST_INFO_NULL};
