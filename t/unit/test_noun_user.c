/* Administrators' actions on users. */
#include "noun_case.h"
#include "rules/account_doc.h"
#include "rules/nouns.h"
#include "rules/row.h"
#include "scim/json.h"
#include "unit.h"

#define SCHEMAS "'schemas':['urn:ietf:params:scim:schemas:core:2.0:User']"
#define RULES   "'rules':{'userNameEmail':false,'derivesName':false,'loginEmail':false}"
#define EMAIL   "'rules':{'loginEmail':true}"
#define ANN_DOC "{'userName':'ann','displayName':'Ann','active':true}"

#define STORED(SOURCE, DOC)                                                                                            \
    "'userId':'u1','userName':'ann','deleted':false,'is':{'id':'u1'},"                                                 \
    "'was':{'id':'u1','doc':" DOC ",'source':'" SOURCE "','role':'user','sentRole':null,'flags':['b'],"                \
    "'protected':null,'deleted':false},"
#define ANN     STORED("local", ANN_DOC)
#define SCIM    STORED("scim", ANN_DOC)
#define BOB_DOC "{'userName':'bob','active':true}"
#define BOB                                                                                                            \
    "'intoId':'u2','intoName':'bob','intoWas':{'id':'u2','doc':" BOB_DOC                                               \
    ",'source':'local','sentRole':'y','flags':['A','C'],'deleted':false}"
#define GLASS                                                                                                          \
    "'userId':'u1','userName':'ann','deleted':false,'is':{'id':'u1'},'was':{'id':'u1','doc':" ANN_DOC                  \
    ",'source':'local','protected':'break-glass','deleted':false},"
#define GONE(SOURCE, MORE)                                                                                             \
    "'userId':'u1','userName':'ann','deleted':true,'is':{'id':'u1'},'was':{'id':'u1','doc':{'userName':'ann'"          \
    ",'active':false" MORE "},'source':'" SOURCE "','sentRole':'x','deleted':true},"
#define DELETED "'userId':'u1','userName':'ann','deleted':true,'is':{'id':'u1'},"

#define CHANGED(DOC, ROLE, FLAGS)                                                                                      \
    "{'id':'u1','changes':[{'id':'u1','doc':" DOC ",'source':'local','wire':false,'active':true,'role':" ROLE          \
    ",'sentRole':null,'flags':" FLAGS ",'protected':null,'deleted':false,'was':" ANN_DOC ",'seen':0,'again':true}]}"

static const noun_case_t cases[] = {
    {"a user is made", &scim_user_add,
     "{'userName':'Ann','givenName':'A','email':'a@x','role':'USER','flags':['F','f']}",
     "{'id':'u1'," RULES ",'taken':null,'role':'user','flagsFound':[{'named':'F'},{'named':'f'}],'flags':['f']}", NULL,
     0, NULL,
     "{'id':'u1','made':[{'id':'u1','doc':{" SCHEMAS ",'active':true,'userName':'Ann','name':{'givenName':'A'},"
     "'emails':[{'value':'a@x','primary':true}],'displayName':'A'},'source':'local','wire':false,'active':true,"
     "'role':'user','sentRole':null,'flags':['f'],'protected':null}]}",
     "[]"},
    {"a user who is inactive, called otherwise", &scim_user_add, "{'userName':'Ann','displayName':'X','active':false}",
     "{'id':'u1'," RULES "}", NULL, 0, NULL,
     "{'id':'u1','made':[{'id':'u1','doc':{" SCHEMAS ",'active':false,'userName':'Ann','displayName':'X'},"
     "'source':'local','wire':false,'active':false,'role':null,'sentRole':null,'flags':null,'protected':null}]}",
     "[]"},
    {"a userName is taken", &scim_user_add, "{'userName':'ANN','role':'x'}", "{" RULES ",'taken':true}", NULL, 409,
     "userName: There is a user \"ANN\" already; choose another userName.", NULL, NULL},
    {"a role that is none", &scim_user_add, "{'userName':'a','role':'x'}", "{" RULES ",'role':null}", NULL, 400,
     "role: Role not found: x", NULL, NULL},
    {"a flag that is none", &scim_user_add, "{'userName':'a','flags':['f','g']}",
     "{" RULES ",'flagsFound':[{'named':'f'}],'flags':['f']}", NULL, 400,
     "flags: There is no flag \"g\"; make it first, or correct the name.", NULL, NULL},
    {"an address that is none", &scim_user_add, "{'userName':'a','email':'a b@x'}", "{" RULES "}", NULL, 400,
     "email: \"a b@x\" is no e-mail address; write one such as name@example.com.", NULL, NULL},
    {"a displayName where it is derived", &scim_user_add, "{'userName':'a','displayName':'x'}",
     "{'rules':{'derivesName':true}}", NULL, 400,
     "displayName: is made of the name in this tenant; set givenName and familyName.", NULL, NULL},
    {"a userName that has to be an address", &scim_user_add, "{'userName':'a@x'}", "{'rules':{'userNameEmail':true}}",
     NULL, 400, "userName: \"a@x\" is not an e-mail address, which this tenant requires.", NULL, NULL},
    {"an address by which another one logs in", &scim_user_add, "{'userName':'a','email':'B@x'}",
     "{" EMAIL ",'logins':{'b@x':'bob'}}", NULL, 409,
     "email: The e-mail address \"B@x\" is the login of \"bob\" already; choose another one.", NULL, NULL},
    {"the same where nobody logs in by it", &scim_user_set, "{'user':'ann','email':'b@x'}",
     "{" ANN RULES ",'logins':{'b@x':'bob'}}", NULL, 0, NULL,
     CHANGED("{'userName':'ann','displayName':'Ann','active':true,'emails':[{'value':'b@x','primary':true}]}", "'user'",
             "['b']"),
     "[{'action':'update','type':'User','id':'u1','name':'ann','after':{'emails':[{'value':'b@x','primary':true}]}}]"},
    {"no such user", &scim_user_set, "{'user':'x','role':null}", "{}", NULL, 404,
     "user: There is no user \"x\"; make it first, or correct the name.", NULL, NULL},
    {"another version of a user", &scim_user_set, "{'user':'ann','role':null}", "{" ANN RULES "}", "v0", 412,
     "The resource has another version than If-Match names. Read it again.", NULL, NULL},
    {"a deleted user is not changed", &scim_user_set, "{'user':'ann','role':null}", "{" DELETED RULES "}", "v1", 409,
     "user: The user \"ann\" is deleted; restore it first.", NULL, NULL},
    {"what the identity provider manages", &scim_user_set, "{'user':'ann','phone':'1','role':'x'}",
     "{" SCIM RULES ",'role':null}", NULL, 403, "phone: managed by provisioning; change it in your identity provider",
     NULL, NULL},
    {"a name of another user", &scim_user_set, "{'user':'ann','userName':'Bob'}", "{" ANN RULES ",'taken':true}", NULL,
     409, "userName: There is a user \"Bob\" already; choose another userName.", NULL, NULL},
    {"a displayName that is made of the name stays so", &scim_user_set, "{'user':'ann','displayName':null}",
     "{" ANN "'rules':{'derivesName':true}}", NULL, 400,
     "displayName: is made of the name in this tenant; set givenName and familyName.", NULL, NULL},
    {"a user gets another role, and loses its flags", &scim_user_set, "{'user':'ann','role':'X','flags':[]}",
     "{" ANN RULES ",'role':'x','flags':[]}", NULL, 0, NULL, CHANGED(ANN_DOC, "'x'", "null"),
     "[{'action':'update','type':'User','id':'u1','name':'ann','before':{'role':'user','flags':['b']},"
     "'after':{'role':'x'}}]"},
    {"a user as it is", &scim_user_set, "{'user':'ann','role':'USER','flags':['B'],'active':true}",
     "{" ANN RULES ",'role':'user','flagsFound':[{'named':'B'}],'flags':['b']}", NULL, 0, NULL, NULL, NULL},
    {"a user is switched off", &scim_user_set, "{'user':'ann','active':false}", "{" ANN RULES "}", NULL, 0, NULL,
     "{'id':'u1','changes':[{'id':'u1','doc':{'userName':'ann','displayName':'Ann','active':false},'source':'local',"
     "'wire':false,'active':false,'role':'user','sentRole':null,'flags':['b'],'protected':null,'deleted':false,"
     "'was':" ANN_DOC ",'seen':0,'again':true}]}",
     "[{'action':'update','type':'User','id':'u1','name':'ann','before':{'active':true},'after':{'active':false},"
     "'weight':1}]"},
    {"a user is called otherwise", &scim_user_set, "{'user':'ann','userName':'Zoe'}", "{" ANN RULES "}", NULL, 0, NULL,
     CHANGED("{'userName':'Zoe','displayName':'Ann','active':true}", "'user'", "['b']"),
     "[{'action':'update','type':'User','id':'u1','name':'Zoe','before':{'userName':'ann'},'after':{'userName':'Zoe'},"
     "'weight':0,'logins':1}]"},
    {"a deleted user is not deleted again", &scim_user_remove, "{'user':'ann'}", "{" DELETED RULES "}", NULL, 409,
     "user: The user \"ann\" is deleted already; erase it if nothing is to be left of it.", NULL, NULL},
    {"a user of the identity provider is not deleted", &scim_user_remove, "{'user':'ann'}",
     "{" SCIM RULES ",'isProvisioned':true,'isProtected':true,'isMainContact':true}", NULL, 403,
     "user: managed by provisioning; delete it in your identity provider, or convert it to a local account first", NULL,
     NULL},
    {"the main contact is not deleted", &scim_user_remove, "{'user':'ann'}",
     "{" ANN RULES ",'isProtected':true,'isMainContact':true}", NULL, 409,
     "user: The user \"ann\" is the main contact; unprotect it first.", NULL, NULL},
    {"a break-glass account is not deleted", &scim_user_remove, "{'user':'ann'}",
     "{" ANN RULES ",'isProtected':true,'isMainContact':false}", NULL, 409,
     "user: The user \"ann\" is a break-glass account; unprotect it first.", NULL, NULL},
    {"a user is deleted, and leaves a group", &scim_user_remove, "{'user':'ann'}",
     "{" ANN RULES ",'joined':[{'id':'g1','name':'G'}],'grants':[{'id':'a1','subscription':'S','source':'manual'}]}",
     "v1", 0, NULL,
     "{'id':'u1','changes':[{'id':'u1','doc':{'userName':'ann','displayName':'Ann','active':false},'source':'local',"
     "'wire':false,'active':false,'role':'user','sentRole':null,'flags':['b'],'protected':null,'deleted':true,"
     "'was':" ANN_DOC ",'seen':0,'again':true}],'touched':['g1']}",
     "[{'action':'delete','type':'User','id':'u1','name':'ann','before':{'active':true},'after':{'active':false},"
     "'weight':1},{'action':'remove-members','type':'Group','id':'g1','name':'G','before':{'members':['u1']}}]"},
    {"a user is erased where nothing is kept, with its grants", &scim_user_remove, "{'user':'ann'}",
     "{" ANN
     "'rules':{'erases':true},'joined':[{'id':'g1','name':'G'}],'grants':[{'id':'a1','subscription':'S','role':null,"
     "'source':'manual'}]}",
     NULL, 0, NULL,
     "{'id':'u1','erased':[{'id':'u1','was':" ANN_DOC ",'seen':0}],'withdrawn':[{'id':'a1','subscription':'S',"
     "'role':null,'source':'manual'}],'touched':['g1']}",
     "[{'action':'erase','type':'User','id':'u1','weight':1},"
     "{'action':'withdraw','type':'User','id':'u1','before':{'subscription':'S','source':'manual','id':'a1'}},"
     "{'action':'remove-members','type':'Group','id':'g1','name':'G','before':{'members':['u1']}}]"},
    {"a user who is there is not erased", &scim_user_erase_deleted, "{'user':'ann'}", "{" ANN RULES "}", NULL, 409,
     "user: The user \"ann\" is not deleted; only deleted users can be erased.", NULL, NULL},
    {"a protected user is not erased", &scim_user_erase_deleted, "{'user':'ann'}",
     "{" GONE("scim", "") RULES ",'isProtected':true,'isMainContact':false}", NULL, 409,
     "user: The user \"ann\" is a break-glass account; unprotect it first.", NULL, NULL},
    {"a deleted user is erased", &scim_user_erase_deleted, "{'user':'ann'}", "{" GONE("scim", "") RULES "}", NULL, 0,
     NULL, "{'id':'u1','erased':[{'id':'u1','was':null,'seen':0}],'withdrawn':[],'touched':[]}",
     "[{'action':'erase','type':'User','id':'u1'}]"},
    {"who is there is not restored", &scim_user_restore, "{'user':'ann'}", "{" ANN RULES "}", NULL, 409,
     "user: The user \"ann\" is not deleted. To restore a deleted one of the same name, give its id.", NULL, NULL},
    {"a user whose name is taken is not restored", &scim_user_restore, "{'user':'ann'}",
     "{" GONE("scim", "") RULES ",'taken':true}", NULL, 409,
     "userName: Another user has the userName \"ann\" now; rename or remove it first.", NULL, NULL},
    {"a user whose address is another one's login is not restored", &scim_user_restore, "{'user':'ann'}",
     "{" GONE("local", ",'emails':[{'value':' A@x '}]") EMAIL ",'logins':{'a@x':'bob'}}", NULL, 409,
     "email: The e-mail address \"A@x\" is the login of \"bob\" now; give that user another one first.", NULL, NULL},
    {"a user who was active comes back so, whom clients see", &scim_user_restore, "{'user':'ann'}",
     "{" GONE("scim", "") RULES ",'wasActive':true}", NULL, 0, NULL,
     "{'id':'u1','changes':[{'id':'u1','doc':{'userName':'ann','active':true},'source':'scim','wire':true,'active':"
     "true,"
     "'role':null,'sentRole':'x','flags':null,'protected':null,'deleted':false,'was':null,'seen':1,'again':true}]}",
     "[{'action':'restore','type':'User','id':'u1','name':'ann','before':{'active':false},'after':{'active':true}}]"},
    {"a user of whom nobody knows it comes back inactive", &scim_user_restore, "{'user':'ann'}",
     "{" GONE("local", "") RULES ",'wasActive':null}", NULL, 0, NULL,
     "{'id':'u1','changes':[{'id':'u1','doc':{'userName':'ann','active':false},'source':'local','wire':false,"
     "'active':false,'role':null,'sentRole':'x','flags':null,'protected':null,'deleted':false,'was':null,'seen':0,"
     "'again':true}]}",
     "[{'action':'restore','type':'User','id':'u1','name':'ann'}]"},
    {"a deleted user is not converted", &scim_user_convert, "{'user':'ann'}", "{" GONE("scim", "") RULES "}", NULL, 409,
     "user: The user \"ann\" is deleted; restore it first.", NULL, NULL},
    {"a local user is not converted", &scim_user_convert, "{'user':'ann'}", "{" ANN RULES ",'isProvisioned':false}",
     NULL, 409, "user: The user \"ann\" is local already; there is nothing to convert.", NULL, NULL},
    {"a user is converted", &scim_user_convert, "{'user':'ann'}", "{" SCIM RULES ",'isProvisioned':true}", NULL, 0,
     NULL,
     "{'id':'u1','changes':[{'id':'u1','doc':" ANN_DOC ",'source':'local','wire':false,'active':true,'role':'user',"
     "'sentRole':null,'flags':['b'],'protected':null,'deleted':false,'was':" ANN_DOC ",'seen':-1,'again':true}]}",
     "[{'action':'unlink','type':'User','id':'u1','name':'ann','before':{'source':'scim'},'after':{'source':'local'}}"
     "]"},
    {"a deleted user is not protected", &scim_user_protect, "{'user':'ann','kind':'break-glass'}",
     "{" GONE("scim", "") RULES "}", NULL, 409, "user: The user \"ann\" is deleted; restore it first.", NULL, NULL},
    {"a second main contact", &scim_user_protect, "{'user':'ann','kind':'main-contact'}",
     "{" ANN RULES ",'contact':'bob'}", NULL, 409, "kind: The main contact is \"bob\"; unprotect that account first.",
     NULL, NULL},
    {"a user is protected", &scim_user_protect, "{'user':'ann','kind':'break-glass'}", "{" ANN RULES "}", NULL, 0, NULL,
     "{'id':'u1','granted':[],'changes':[{'id':'u1','doc':" ANN_DOC ",'source':'local','wire':false,'active':true,"
     "'role':'user','sentRole':null,'flags':['b'],'protected':'break-glass','deleted':false,'was':" ANN_DOC
     ",'seen':0,'again':false}]}",
     "[{'action':'update','type':'User','id':'u1','name':'ann','after':{'protected':'break-glass'}}]"},
    {"a user is protected as before, and keeps no more", &scim_user_protect, "{'user':'ann','kind':'break-glass'}",
     "{" GLASS RULES ",'pins':[{'subscription':'S'}]}", NULL, 0, NULL, NULL, NULL},
    {"a protected user becomes the main contact", &scim_user_protect, "{'user':'ann','kind':'main-contact'}",
     "{" GLASS RULES ",'pins':[{'subscription':'S'}]}", NULL, 0, NULL,
     "{'id':'u1','changes':[{'id':'u1','doc':" ANN_DOC ",'source':'local','wire':false,'active':true,'role':null,"
     "'sentRole':null,'flags':null,'protected':'main-contact','deleted':false,'was':" ANN_DOC
     ",'seen':0,'again':false}]}",
     "[{'action':'update','type':'User','id':'u1','name':'ann','before':{'protected':'break-glass'},"
     "'after':{'protected':'main-contact'}}]"},
    {"who is not protected is not unprotected", &scim_user_unprotect, "{'user':'ann'}",
     "{" ANN RULES ",'isProtected':false}", NULL, 409, "user: The user \"ann\" is not protected; no change is needed.",
     NULL, NULL},
    {"a user is unprotected, and loses what it had kept", &scim_user_unprotect, "{'user':'ann'}",
     "{" GLASS RULES ",'isProtected':true,'grants':[{'id':'a1','subscription':'S','source':'manual'},"
     "{'id':'a2','role':'r','source':'protected'}]}",
     NULL, 0, NULL,
     "{'id':'u1','withdrawn':[{'id':'a2','role':'r','source':'protected'}],'changes':[{'id':'u1','doc':" ANN_DOC
     ",'source':'local','wire':false,'active':true,'role':null,'sentRole':null,'flags':null,'protected':null,"
     "'deleted':false,'was':" ANN_DOC ",'seen':0,'again':false}]}",
     "[{'action':'withdraw','type':'User','id':'u1','name':'ann','before':{'role':'r','source':'protected','id':'a2'}},"
     "{'action':'update','type':'User','id':'u1','name':'ann','before':{'protected':'break-glass'}}]"},
    {"a merge into nobody", &scim_user_merge, "{'user':'ann','into':'x','confirm':'ann'}", "{" SCIM RULES "}", NULL,
     400, "into: There is no user \"x\"; make it first, or correct the name.", NULL, NULL},
    {"a merge into itself", &scim_user_merge, "{'user':'ann','into':'u1','confirm':'ann'}",
     "{" SCIM RULES "," BOB ",'same':true}", NULL, 400, "into: This is the same account; name another one.", NULL,
     NULL},
    {"a deleted user is not merged", &scim_user_merge, "{'user':'ann','into':'bob','confirm':'ann'}",
     "{" GONE("scim", "") RULES "," BOB "}", NULL, 409, "user: The user \"ann\" is deleted; restore it first.", NULL,
     NULL},
    {"a merge into a deleted user", &scim_user_merge, "{'user':'ann','into':'bob','confirm':'ann'}",
     "{" SCIM RULES "," BOB ",'intoDeleted':true}", NULL, 409, "into: The user \"bob\" is deleted; restore it first.",
     NULL, NULL},
    {"a protected user is not merged", &scim_user_merge, "{'user':'ann','into':'bob','confirm':'ann'}",
     "{" GLASS RULES "," BOB ",'isProtected':true}", NULL, 409,
     "user: The user \"ann\" is a break-glass account; unprotect it first.", NULL, NULL},
    {"a merge that nobody has confirmed", &scim_user_merge, "{'user':'ann','into':'bob','confirm':'bob'}",
     "{" SCIM RULES "," BOB "}", NULL, 400,
     "confirm: The user \"ann\" is going to be deleted; repeat its userName here to confirm that.", NULL, NULL},
    {"a merge into who may not be called so", &scim_user_merge,
     "{'user':'ann','into':'bob','confirm':'ANN','carry':['userName']}",
     "{" SCIM "'rules':{'userNameEmail':true}," BOB "}", NULL, 400,
     "userName: \"ann\" is not an e-mail address, which this tenant requires.", NULL, NULL},
    {"a merge of what is no identity", &scim_user_merge, "{'user':'ann','into':'bob','confirm':'ANN','carry':[]}",
     "{" SCIM RULES "," BOB ",'linksHeld':[{'issuer':'I','subject':'S'}]}", NULL, 0, NULL,
     "{'id':'u2','gone':'u1','into':'u2','joins':[],'carriesLinks':false,'changes':[{'id':'u1','doc':"
     "{'userName':'ann','displayName':'Ann','active':false},'source':'scim','wire':false,'active':false,'role':'user',"
     "'sentRole':null,'flags':['b'],'protected':null,'deleted':true,'was':" ANN_DOC ",'seen':-1,'again':true,"
     "'mergedInto':'u2'}],'touched':[],'later':[{'id':'u2','doc':" BOB_DOC
     ",'source':'local','wire':false,'active':true,"
     "'role':null,'sentRole':'y','flags':['A','b','C'],'protected':null,'deleted':false,'was':" BOB_DOC
     ",'seen':0,'again':true}]}",
     "[{'action':'delete','type':'User','id':'u1','name':'ann','before':{'active':true},'after':{'active':false},"
     "'weight':1},"
     "{'action':'update','type':'User','id':'u2','name':'bob','before':{'flags':['A','C']},'after':{'flags':['A','b','"
     "C'"
     "]}},"
     "{'action':'merge','type':'User','id':'u2','name':'bob','before':{'id':'u1','userName':'ann','source':'scim'},"
     "'after':{'carry':[],'becomes':{'userName':'bob','externalId':null,'source':'local'},'groups':[],'flags':['b'],"
     "'links':[],'grants':[]}}]"},
    {"a merge into a local user, who is the provisioned one from then on", &scim_user_merge,
     "{'user':'ann','into':'bob','confirm':'Ann'}",
     "{" STORED("scim", "{'userName':'ann','externalId':'E','active':true}") RULES
     "," BOB
     ",'groupsBeyond':[{'id':'g2','name':'H','source':'scim','archived':false},{'id':'g3','name':'I','source':'local',"
     "'archived':true}],'joined':[{'id':'g1','name':'G'},{'id':'g2','name':'H'},{'id':'g3','name':'I'}],"
     "'linksHeld':[{'issuer':'I','subject':'S'}],'grantsBeyond':[{'subscription':'S','source':'manual'}]}",
     "v1", 0, NULL,
     "{'id':'u2','gone':'u1','into':'u2','joins':['g2','g3'],'carriesLinks':true,'changes':[{'id':'u1','doc':"
     "{'userName':'ann','externalId':'E','active':false},'source':'scim','wire':false,'active':false,'role':'user',"
     "'sentRole':null,'flags':['b'],'protected':null,'deleted':true,'was':{'userName':'ann','externalId':'E',"
     "'active':true},'seen':-1,'again':true,'mergedInto':'u2'}],'touched':['g1','g2','g3'],'later':[{'id':'u2','doc':"
     "{'userName':'ann','active':true,'externalId':'E'},'source':'scim','wire':true,'active':true,'role':null,"
     "'sentRole':null,'flags':['A','b','C'],'protected':null,'deleted':false,'was':" BOB_DOC
     ",'seen':1,'again':true}]}",
     "[{'action':'add-members','type':'Group','id':'g2','name':'H','after':{'members':['u2']}},"
     "{'action':'add-members','type':'Group','id':'g3','name':'I','after':{'members':['u2']}},"
     "{'action':'delete','type':'User','id':'u1','name':'ann','before':{'active':true},'after':{'active':false},"
     "'weight':1},"
     "{'action':'remove-members','type':'Group','id':'g1','name':'G','before':{'members':['u1']}},"
     "{'action':'remove-members','type':'Group','id':'g2','name':'H','before':{'members':['u1']}},"
     "{'action':'remove-members','type':'Group','id':'g3','name':'I','before':{'members':['u1']}},"
     "{'action':'adopt','type':'User','id':'u2','name':'ann','before':{'userName':'bob','source':'local',"
     "'flags':['A','C']},'after':{'userName':'ann','externalId':'E','source':'scim','flags':['A','b','C']},'weight':0,"
     "'logins':1},"
     "{'action':'merge','type':'User','id':'u2','name':'bob','before':{'id':'u1','userName':'ann','source':'scim'},"
     "'after':{'carry':['userName','externalId','source','links'],'becomes':{'userName':'ann','externalId':'E',"
     "'source':'scim'},'groups':[{'id':'g2','displayName':'H','source':'scim'}],'flags':['b'],'links':[{'issuer':'I',"
     "'subject':'S'}],'grants':[{'subscription':'S','source':'manual'}]}}]"},
    {"a preview of a merge into nobody", &scim_user_merge_preview, "{'user':'ann','into':'x'}", "{" SCIM RULES "}",
     NULL, 400, "into: There is no user \"x\"; make it first, or correct the name.", NULL, NULL},
    {"a preview of a merge into itself", &scim_user_merge_preview, "{'user':'ann','into':'ann'}",
     "{" SCIM RULES "," BOB ",'same':true}", NULL, 400, "into: This is the same account; name another one.", NULL,
     NULL},
};

static void test_cases(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        noun_case(&cases[i]);
    }
}

/* Arguments, a document, and the resulting document. */
static const struct {
    const char *args, *doc, *will;
} documents[] = {
    {"{'email':'n@x'}",
     "{'userName':'a','displayName':'D','emails':[{'value':'h@x'},{'value':'w@x','primary':true,'type':'w'}]}",
     "{'userName':'a','displayName':'D','emails':[{'value':'h@x'},{'value':'n@x','primary':true,'type':'w'}]}"},
    {"{'email':'n@x'}", "{'displayName':'D','emails':[{'value':' ','primary':true},{'value':'w@x'}]}",
     "{'displayName':'D','emails':[{'value':' ','primary':true},{'value':'n@x'}]}"},
    {"{'email':null}", "{'displayName':'D','emails':[{'value':'h@x'},{'value':'w@x'}]}",
     "{'displayName':'D','emails':[{'value':'w@x'}]}"},
    {"{'email':null,'phone':null}", "{'displayName':'D','emails':[{'value':'h@x'}]}", "{'displayName':'D'}"},
    {"{'phone':'2'}", "{'displayName':'D','phoneNumbers':[{'value':'','type':'w'}]}",
     "{'displayName':'D','phoneNumbers':[{'value':'2','type':'w'}]}"},
    {"{'givenName':'G','familyName':null}",
     "{'displayName':'D','name':{'formatted':'X Y','familyName':'Y','middleName':'M'}}",
     "{'displayName':'D','name':{'middleName':'M','givenName':'G'}}"},
    {"{'familyName':null}", "{'displayName':'D','name':{'familyName':'Y','formatted':'Y'}}", "{'displayName':'D'}"},
    {"{'displayName':null}", "{'userName':'a','displayName':'D','name':{'givenName':'G','familyName':'F'}}",
     "{'userName':'a','name':{'givenName':'G','familyName':'F'},'displayName':'G F'}"},
    {"{}", "{'userName':'a'}", "{'userName':'a','displayName':'a'}"},
    {"{'givenName':'A','was':{'name':{'formatted':'Dr. A'},'displayName':'D'}}",
     "{'userName':'a','name':{'givenName':'B'},'displayName':'B'}",
     "{'userName':'a','name':{'formatted':'Dr. A'},'displayName':'D'}"},
    {"{'givenName':null,'phone':'1','was':{'name':null,'displayName':null}}",
     "{'userName':'a','name':{'givenName':'B'},'displayName':'B'}",
     "{'userName':'a','phoneNumbers':[{'value':'1','primary':true}]}"},
    {"{'userName':'b','active':false}", "{'userName':'a','displayName':'a','active':true}",
     "{'userName':'b','displayName':'a','active':false}"},
};

static void test_documents(void)
{
    for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++) {
        json_object *doc = unit_json(documents[i].doc);
        UNIT_JSON(scim_account_doc(doc, unit_json(documents[i].args), unit_pool), documents[i].will);
        UNIT_JSON(doc, documents[i].doc);
    }
}

static void test_addresses(void)
{
    static const struct {
        const char *text;
        int plain, dotted;
    } addresses[] = {{"a@b", 1, 0}, {"a@b.c", 1, 1}, {"a@.c", 1, 0},    {"a@b.", 1, 0},   {"@b.c", 0, 0},
                     {"a@", 0, 0},  {"a", 0, 0},     {"a@b@c.d", 0, 0}, {"a @b.c", 0, 0}, {"a@b.c ", 0, 0}};
    for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
        UNIT_INT(scim_account_is_email(addresses[i].text, 0), addresses[i].plain);
        UNIT_INT(scim_account_is_email(addresses[i].text, 1), addresses[i].dotted);
    }
}

/* The ids are random, so a table of cases cannot contain them. */
static void test_pins(void)
{
    scim_outcome_t outcome;
    scim_asked_t asked = {.action = &scim_user_protect, .version = "v1", .pool = unit_pool};
    asked.args = unit_json("{'user':'ann','kind':'break-glass'}");
    asked.facts =
        unit_json("{" ANN RULES ",'pins':[{'subscriptionId':'s1','subscription':'S','role':null,'since':'T',"
                  "'joined':'J'},{'subscriptionId':null,'subscription':null,'role':'r','since':'T','joined':'T'}]}");
    UNIT_OK(scim_action_decide(&outcome, &asked));
    json_object *granted = json_object_object_get(outcome.row, "granted");
    for (size_t i = 0; i < json_object_array_length(granted); i++) {
        json_object_object_del(json_object_array_get_idx(granted, i), "id");
    }
    UNIT_JSON(granted, "[{'subscriptionId':'s1','subscription':'S','role':null,'since':'T','joined':'J','userId':'u1',"
                       "'source':'protected'},{'subscriptionId':null,'subscription':null,'role':'r','since':'T',"
                       "'joined':'T','userId':'u1','source':'protected'}]");
    UNIT_JSON(
        outcome.entries,
        "[{'action':'grant','type':'User','id':'u1','name':'ann','after':{'subscription':'S','source':'protected'}},"
        "{'action':'grant','type':'User','id':'u1','name':'ann','after':{'role':'r','source':'protected'}},"
        "{'action':'update','type':'User','id':'u1','name':'ann','after':{'protected':'break-glass'}}]");
}

/* A refusal of a merge is a part of the preview's answer. */
static void test_preview(void)
{
    static const struct {
        const char *facts, *answer;
    } previews[] = {
        {"{" GLASS RULES "," BOB ",'isProtected':true,'isMainContact':false,'userRow':{'id':'u1','source':'local'},"
         "'intoRow':{'id':'u2'}}",
         "{'carry':['links'],'becomes':{'userName':'bob','externalId':null,'source':'local'},'groups':[],'flags':[],"
         "'links':[],'grants':[],'user':{'id':'u1','source':'local'},'into':{'id':'u2'},"
         "'refused':'The user \\'ann\\' is a break-glass account; unprotect it first.',"
         "'next':'The identity provider does not know the user that goes, so nothing changes for it.'}"},
        {"{" ANN RULES "," BOB ",'userRow':{'id':'u1','source':'local'},'intoRow':{'id':'u2'},"
         "'linksHeld':[{'issuer':'I','subject':'S'}]}",
         "{'carry':['links'],'becomes':{'userName':'bob','externalId':null,'source':'local'},'groups':[],'flags':['b'],"
         "'links':[{'issuer':'I','subject':'S'}],'grants':[],'user':{'id':'u1','source':'local'},'into':{'id':'u2'},"
         "'refused':null,'next':'The identity provider does not know the user that goes, so nothing changes for it.'}"},
    };
    for (size_t i = 0; i < sizeof(previews) / sizeof(*previews); i++) {
        scim_outcome_t outcome;
        scim_asked_t asked = {.action = &scim_user_merge_preview, .version = "v1", .pool = unit_pool};
        asked.args = unit_json("{'user':'ann','into':'bob'}");
        asked.facts = unit_json(previews[i].facts);
        UNIT_OK(scim_action_decide(&outcome, &asked));
        UNIT_INT(outcome.changes, 0);
        UNIT_JSON(outcome.answer, previews[i].answer);
    }
}

CU_TestInfo test_noun_user[] = {{"cases", test_cases},         {"pins", test_pins},           {"preview", test_preview},
                                {"documents", test_documents}, {"addresses", test_addresses}, CU_TEST_INFO_NULL};
