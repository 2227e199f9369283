/* Administrators' actions: facts and arguments, and the refusal or the row. */
#include "noun_case.h"
#include "rules/nouns.h"
#include "scim/json.h"
#include "store/admin.h"
#include "store/admin_change.h"
#include "unit.h"

#define FLAG  "'is':{'flag':'VIP','description':null,'created':'T'}"
#define LINK  "'is':{'id':'1','issuer':'I','subject':'S','linked':'T','userId':'u1','userName':'ann'}"
#define OWNER "'userId':'u1','userName':'ann','deleted':false,"

#define SUBSCRIPTION "'is':{'id':'s1','name':'Pro','description':null,'seats':3,'automatic':false,'created':'T'}"
#define ROLE         "'is':{'role':'Boss','displayName':'Boss','builtIn':false,'created':'T','id':'r1'}"
#define TEMPLATE     "'is':{'id':'t1','name':'T','priority':10,'role':'X','groups':['G'],'flags':[],'lastModified':'T'}"
#define GROUP        "{'named':'g','id':'g1','group':'G','archivedOn':null}"

#define OWN(SOURCE) "'is':{'id':'g1','displayName':'G','source':'" SOURCE "','members':3,'archivedAt':null}"

#define TENANT(ENABLED, ONE_TOKEN)                                                                                     \
    "'is':{'tenant':'t','displayName':'T','enabled':" ENABLED ",'oneToken':" ONE_TOKEN "}"

#define ENTITLEMENT                                                                                                    \
    "{'schemas':['urn:ietf:params:scim:schemas:core:2.0:Entitlement','urn:okta:scim:schemas:core:1.0:Entitlement'],"   \
    "'value':'Pro','display':'Pro','displayName':'Pro','type':'subscription','supported':true,"
#define PRO      ENTITLEMENT "'limitedAssignmentsPermitted':true,'totalAssignmentsPermitted':3,'automatic':false}"
#define PRO_FREE ENTITLEMENT "'limitedAssignmentsPermitted':false,'automatic':false}"

static const noun_case_t cases[] = {
    {"a flag is added", &scim_flag_add, "{'flag':'VIP'}", "{'taken':false,'created':'T'}", NULL, 0, NULL,
     "{'taken':false,'created':'T','flag':'VIP','description':null}",
     "[{'action':'create','type':'Flag','id':'VIP','name':'VIP','after':{'flag':'VIP','description':null,'created':'T'}"
     "}]"},
    {"a flag that is there already", &scim_flag_add, "{'flag':'vip'}", "{'taken':true,'created':'T'}", NULL, 409,
     "flag: There is a flag \"vip\" already; choose another name, or change that one.", NULL, NULL},
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
     "flag: There is no flag \"X\"; make it first, or correct the name.", NULL, NULL},
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
     "subject: This link belongs to another user, \"bob\"; remove it there first.", NULL, NULL},
    {"a link of nobody", &scim_link_add, "{'user':'Ann','issuer':'I','subject':'S'}", "{'id':'2'}", NULL, 404,
     "user: There is no user \"Ann\"; make it first, or correct the name.", NULL, NULL},
    {"a link of a deleted user", &scim_link_add, "{'user':'Ann','issuer':'I','subject':'S'}",
     "{'id':'2','userId':'u1','userName':'ann','deleted':true}", NULL, 409,
     "user: The user \"ann\" is deleted; restore it first.", NULL, NULL},
    {"accounts are not one person", &scim_duplicate_dismiss, "{'users':['ann','bob']}",
     "{'id':'u1','users':['u1','u2'],'names':'ann, bob','isAlone':false,'areMany':false}", NULL, 0, NULL,
     "{'id':'u1','users':['u1','u2'],'names':'ann, bob','isAlone':false,'areMany':false}",
     "[{'action':'dismiss','type':'Duplicate','id':'u1','name':'ann, bob','after':{'users':['u1','u2']}}]"},
    {"which is known already", &scim_duplicate_dismiss, "{'users':['ann','bob']}",
     "{'id':'u1','users':['u1','u2'],'names':'ann, bob','isAlone':false,'areMany':false,'is':{'pairs':0}}", NULL, 0,
     NULL, NULL, NULL},
    {"one of them is nobody", &scim_duplicate_dismiss, "{'users':['ann','x']}",
     "{'id':'u1','users':['u1'],'names':'ann','unknown':'x','isAlone':true,'areMany':false}", NULL, 404,
     "user: There is no user \"x\"; make it first, or correct the name.", NULL, NULL},
    {"one alone, named twice", &scim_duplicate_dismiss, "{'users':['ann','u1']}",
     "{'id':'u1','users':['u1'],'names':'ann','isAlone':true,'areMany':false,'is':{'pairs':0}}", NULL, 400,
     "users: A single account is not a duplicate; name at least two.", NULL, NULL},
    {"too many at once", &scim_duplicate_dismiss, "{'users':['ann']}",
     "{'id':'u1','users':['u1'],'names':'ann','isAlone':false,'areMany':true}", NULL, 400,
     "users: Too many accounts at once; name at most a hundred.", NULL, NULL},
    {"a link goes", &scim_link_remove, "{'link':'1'}", "{" LINK "}", NULL, 0, NULL,
     "{'id':'1','issuer':'I','subject':'S','linked':'T','userId':'u1','userName':'ann'}",
     "[{'action':'remove-link','type':'User','id':'u1','name':'ann','before':{'issuer':'I','subject':'S'}}]"},
    {"a subscription is made, with its Entitlement", &scim_subscription_add, "{'name':'Pro','seats':3}",
     "{'id':'s1','created':'T'}", NULL, 0, NULL,
     "{'id':'s1','created':'T','name':'Pro','description':null,'seats':3,'automatic':false,'type':'Entitlement','doc'"
     ":" PRO ",'gone':false}",
     "[{'action':'create','type':'Entitlement','id':'s1','name':'Pro','after':" PRO "}]"},
    {"a subscription's name is taken", &scim_subscription_set, "{'subscription':'pro','name':'BASIC'}",
     "{" SUBSCRIPTION ",'taken':'Basic'}", NULL, 409,
     "name: There is a subscription \"Basic\" already; choose another name, or change that one.", NULL, NULL},
    {"a subscription has no more seats to count", &scim_subscription_set, "{'subscription':'pro','seats':null}",
     "{" SUBSCRIPTION ",'was':" PRO "}", NULL, 0, NULL,
     "{'was':" PRO ",'id':'s1','name':'Pro','description':null,'seats':null,'automatic':false,'created':'T',"
     "'type':'Entitlement','doc':" PRO_FREE ",'gone':false}",
     "[{'action':'update','type':'Entitlement','id':'s1','name':'Pro','before':{'limitedAssignmentsPermitted':true,"
     "'totalAssignmentsPermitted':3},'after':{'limitedAssignmentsPermitted':false}}]"},
    {"a subscription that the policy gives", &scim_subscription_remove, "{'subscription':'pro'}",
     "{" SUBSCRIPTION ",'policyGives':true,'mapped':'g'}", NULL, 409,
     "subscription: The subscription \"Pro\" is what the policy \"all\" gives; make another one automatic first.", NULL,
     NULL},
    {"a subscription that a group is mapped to", &scim_subscription_remove, "{'subscription':'pro'}",
     "{" SUBSCRIPTION ",'policyGives':false,'mapped':'Staff','granted':'ann'}", NULL, 409,
     "subscription: The subscription \"Pro\" is mapped to the group \"Staff\"; remove its mappings first.", NULL, NULL},
    {"a subscription that was granted", &scim_subscription_remove, "{'subscription':'pro'}",
     "{" SUBSCRIPTION ",'granted':'ann','template':'T'}", NULL, 409,
     "subscription: The subscription \"Pro\" is granted to the user \"ann\"; remove its grants first.", NULL, NULL},
    {"a subscription that a template gives", &scim_subscription_remove, "{'subscription':'pro'}",
     "{" SUBSCRIPTION ",'template':'T'}", NULL, 409,
     "subscription: The subscription \"Pro\" is in use: the template \"T\" gives it. Change that first.", NULL, NULL},
    {"a subscription goes, with its Entitlement", &scim_subscription_remove, "{'subscription':'pro'}",
     "{" SUBSCRIPTION ",'was':{'value':'Pro'}}", "v1", 0, NULL,
     "{'was':{'value':'Pro'},'id':'s1','name':'Pro','description':null,'seats':3,'automatic':false,'created':'T',"
     "'type':'Entitlement','doc':{'value':'Pro'},'gone':true}",
     "[{'action':'delete','type':'Entitlement','id':'s1','name':'Pro'}]"},
    {"no such subscription", &scim_subscription_set, "{'subscription':'x','seats':1}", "{}", NULL, 404,
     "subscription: There is no subscription \"x\"; make it first, or correct the name.", NULL, NULL},
    {"a role is called otherwise", &scim_role_set, "{'role':'boss','displayName':'Chief'}",
     "{" ROLE ",'was':{'value':'Boss','display':'Boss','displayName':'Boss','x':1}}", NULL, 0, NULL,
     "{'was':{'value':'Boss','display':'Boss','displayName':'Boss','x':1},'role':'Boss','displayName':'Chief','builtIn'"
     ":"
     "false,'created':'T','id':'r1','type':'Role','doc':{'value':'Boss','display':'Chief','displayName':'Chief','x':1},"
     "'gone':false}",
     "[{'action':'update','type':'Role','id':'r1','name':'Boss','before':{'display':'Boss','displayName':'Boss'},"
     "'after':{'display':'Chief','displayName':'Chief'}}]"},
    {"a role that is called so", &scim_role_add, "{'role':'BOSS'}", "{'id':'r2','taken':'Boss'}", NULL, 409,
     "role: There is a role \"Boss\" already; choose another name, or change that one.", NULL, NULL},
    {"a built-in role", &scim_role_remove, "{'role':'user'}", "{" ROLE ",'builtIn':true}", NULL, 409,
     "role: The role \"Boss\" is built in and cannot be removed; reserve it (reservedRoles) if provisioning is not to "
     "give it.",
     NULL, NULL},
    {"the default role", &scim_role_remove, "{'role':'boss'}", "{" ROLE ",'builtIn':false,'isDefault':true}", NULL, 409,
     "role: The role \"Boss\" is the tenant's default; choose another default first.", NULL, NULL},
    {"a reserved role", &scim_role_remove, "{'role':'boss'}", "{" ROLE ",'reserved':true,'used':true}", NULL, 409,
     "role: The role \"Boss\" is reserved (reservedRoles); remove it from that list first.", NULL, NULL},
    {"a role that users have", &scim_role_remove, "{'role':'boss'}", "{" ROLE ",'used':true,'mapped':'g'}", NULL, 409,
     "role: The role \"Boss\" is in use; give its users another role first.", NULL, NULL},
    {"a role that a group is mapped to", &scim_role_remove, "{'role':'boss'}", "{" ROLE ",'mapped':'Staff'}", NULL, 409,
     "role: The role \"Boss\" is mapped to the group \"Staff\"; remove its mappings first.", NULL, NULL},
    {"a role that a template gives", &scim_role_remove, "{'role':'boss'}", "{" ROLE ",'template':'T'}", NULL, 409,
     "role: The role \"Boss\" is in use: the template \"T\" gives it. Change that first.", NULL, NULL},
    {"a role goes, and a deleted user loses it", &scim_role_remove, "{'role':'boss'}",
     "{" ROLE ",'was':{'value':'Boss'},'deleted':[{'id':'u1','userName':'ann'}]}", NULL, 0, NULL,
     "{'was':{'value':'Boss'},'deleted':[{'id':'u1','userName':'ann'}],'role':'Boss','displayName':'Boss','builtIn':"
     "false,"
     "'created':'T','id':'r1','type':'Role','doc':{'value':'Boss'},'gone':true}",
     "[{'action':'update','type':'User','id':'u1','name':'ann','before':{'role':'Boss'}},"
     "{'action':'delete','type':'Role','id':'r1','name':'Boss'}]"},
    {"a mapping to nothing", &scim_mapping_add, "{'group':'g'}", "{}", NULL, 400,
     "subscription: Name either a subscription or a role.", NULL, NULL},
    {"a mapping to two things", &scim_mapping_add, "{'group':'g','role':'r','subscription':'s'}", "{}", NULL, 400,
     "subscription: Name either a subscription or a role.", NULL, NULL},
    {"a mapping of no group", &scim_mapping_add, "{'group':'g','role':'r'}", "{'role':'r','noRole':false}", NULL, 404,
     "group: There is no group \"g\"; make it first, or correct the name.", NULL, NULL},
    {"a mapping of an archived group", &scim_mapping_add, "{'group':'g','role':'r'}",
     "{'groupId':'g1','group':'G','archivedOn':'2027-01-01'}", NULL, 404,
     "group: The group \"G\" was archived on 2027-01-01; restore it first.", NULL, NULL},
    {"a mapping to no subscription", &scim_mapping_add, "{'group':'g','subscription':'s'}",
     "{'groupId':'g1','group':'G','noSubscription':true,'subscription':null}", NULL, 404,
     "subscription: There is no subscription \"s\"; make it first, or correct the name.", NULL, NULL},
    {"a mapping to no role", &scim_mapping_add, "{'group':'g','role':'r'}",
     "{'groupId':'g1','group':'G','noRole':true}", NULL, 404,
     "role: There is no role \"r\"; make it first, or correct the name.", NULL, NULL},
    {"a mapping to a reserved role", &scim_mapping_add, "{'group':'g','role':'r'}",
     "{'groupId':'g1','group':'G','role':'R','reserved':true}", NULL, 409,
     "role: The role \"R\" is reserved (reservedRoles): provisioning would give it to the members that it adds to the "
     "group. Remove it from that list first, or choose another role.",
     NULL, NULL},
    {"a mapping that is there", &scim_mapping_add, "{'group':'g','subscription':'s'}",
     "{'groupId':'g1','group':'G','subscriptionId':'s1','subscription':'S','mappedSubscription':true}", NULL, 409,
     "subscription: The group \"G\" is mapped to \"S\" already; there is nothing to add.", NULL, NULL},
    {"a mapping to a role that is there", &scim_mapping_add, "{'group':'g','role':'r'}",
     "{'groupId':'g1','group':'G','role':'R','mappedRole':true}", NULL, 409,
     "role: The group \"G\" is mapped to \"R\" already; there is nothing to add.", NULL, NULL},
    {"a group is mapped", &scim_mapping_add, "{'group':'g','role':'r'}",
     "{'id':'m1','groupId':'g1','group':'G','role':'R','subscription':null,'created':'T'}", NULL, 0, NULL,
     "{'id':'m1','groupId':'g1','group':'G','role':'R','subscription':null,'created':'T','archived':false,"
     "'subscriptionId':null}",
     "[{'action':'map','type':'Group','id':'g1','name':'G','after':{'role':'R'}}]"},
    {"many mappings to nothing", &scim_mapping_add_many, "{'groups':['g'],'roles':[]}", "{}", NULL, 400,
     "subscriptions: Name subscriptions or roles.", NULL, NULL},
    {"of many, the second group is none", &scim_mapping_add_many, "{'groups':['g','h'],'roles':['r']}",
     "{'found':[" GROUP "],'rolesFound':[{'named':'r','role':'R'}]}", NULL, 404,
     "groups: There is no group \"h\"; make it first, or correct the name.", NULL, NULL},
    {"of many, the targets come before the second group", &scim_mapping_add_many,
     "{'groups':['g','h'],'subscriptions':['s']}", "{'found':[" GROUP "]}", NULL, 404,
     "subscriptions: There is no subscription \"s\"; make it first, or correct the name.", NULL, NULL},
    {"of many, a role is reserved", &scim_mapping_add_many, "{'groups':['g'],'roles':['r']}",
     "{'found':[" GROUP "],'rolesFound':[{'named':'r','role':'R','reserved':true}]}", NULL, 409,
     "role: The role \"R\" is reserved (reservedRoles): provisioning would give it to the members that it adds to the "
     "group. Remove it from that list first, or choose another role.",
     NULL, NULL},
    {"of many, a role is none", &scim_mapping_add_many, "{'groups':['g'],'roles':['r'],'subscriptions':['s']}",
     "{'found':[" GROUP "],'rolesFound':[{'named':'r','role':null}]}", NULL, 404,
     "roles: There is no role \"r\"; make it first, or correct the name.", NULL, NULL},
    {"of many, all are there, one of them twice", &scim_mapping_add_many,
     "{'groups':['g'],'roles':['r','r'],'subscriptions':['s']}",
     "{'found':[" GROUP "],'rolesFound':[{'named':'r','role':'R'},{'named':'r','role':'R'}],"
     "'subscriptionsFound':[{'named':'s','subscriptionId':'s1','subscription':'S'}],'mapped':['g1 role:R','g1 s1']}",
     NULL, 0, NULL,
     "{'found':[" GROUP "],'rolesFound':[{'named':'r','role':'R'},{'named':'r','role':'R'}],"
     "'subscriptionsFound':[{'named':'s','subscriptionId':'s1','subscription':'S'}],'mapped':['g1 role:R','g1 s1'],"
     "'added':0,'existing':3,'mappings':[]}",
     "[]"},
    {"a mapping goes", &scim_mapping_remove, "{'mapping':'m1'}",
     "{'is':{'id':'m1','group':'G','groupId':'g1','subscription':'S','role':null}}", NULL, 0, NULL,
     "{'id':'m1','group':'G','groupId':'g1','subscription':'S','role':null}",
     "[{'action':'unmap','type':'Group','id':'g1','name':'G','before':{'subscription':'S'}}]"},
    {"a grant to a deleted user", &scim_grant_add, "{'user':'ann','subscription':'s'}",
     "{'userId':'u1','userName':'Ann','deletedOn':'2027-01-01'}", NULL, 404,
     "user: The user \"Ann\" was deleted on 2027-01-01; restore it first.", NULL, NULL},
    {"a grant of no subscription", &scim_grant_add, "{'user':'ann','subscription':'s'}",
     "{'userId':'u1','userName':'Ann'}", NULL, 404,
     "subscription: There is no subscription \"s\"; make it first, or correct the name.", NULL, NULL},
    {"a grant that is there", &scim_grant_add, "{'user':'ann','subscription':'s'}",
     "{'userId':'u1','userName':'Ann','subscriptionId':'s1','subscription':'S','taken':true}", NULL, 409,
     "subscription: The user \"Ann\" was granted \"S\" already; there is nothing to add.", NULL, NULL},
    {"a grant", &scim_grant_add, "{'user':'ann','subscription':'s'}",
     "{'id':'a1','userId':'u1','userName':'Ann','subscriptionId':'s1','subscription':'S','granted':'T'}", NULL, 0, NULL,
     "{'id':'a1','userId':'u1','userName':'Ann','subscriptionId':'s1','subscription':'S','granted':'T','role':null,"
     "'source':'manual'}",
     "[{'action':'grant','type':'User','id':'u1','name':'Ann','after':{'subscription':'S','source':'manual'}}]"},
    {"a grant of a role goes", &scim_grant_remove, "{'grant':'a1'}",
     "{'is':{'id':'a1','userId':'u1','userName':'Ann','subscription':null,'role':'R','source':'protected'}}", NULL, 0,
     NULL, "{'id':'a1','userId':'u1','userName':'Ann','subscription':null,'role':'R','source':'protected'}",
     "[{'action':'withdraw','type':'User','id':'u1','name':'Ann','before':{'role':'R','source':'protected','id':'a1'}}"
     "]"},
    {"the log has all of a grant that goes", &scim_grant_remove, "{'grant':'a1'}",
     "{'is':{'id':'a1','userId':'u1','userName':'Ann','subscription':'S','source':'manual','granted':'T',"
     "'grantedBy':'B'},'joined':'J'}",
     NULL, 0, NULL,
     "{'joined':'J','id':'a1','userId':'u1','userName':'Ann','subscription':'S','source':'manual','granted':'T',"
     "'grantedBy':'B'}",
     "[{'action':'withdraw','type':'User','id':'u1','name':'Ann','before':{'subscription':'S','source':'manual',"
     "'id':'a1','granted':'T','grantedBy':'B','joined':'J'}}]"},
    {"a template that gives nothing", &scim_template_add, "{'name':'T'}",
     "{'id':'t1','priority':10,'role':null,'groups':[],'subscriptions':[],'flags':[]}", NULL, 400,
     "A template must give something: a role, groups, subscriptions or flags.", NULL, NULL},
    {"a template loses the last that it gives", &scim_template_set, "{'template':'t','role':null,'groups':null}",
     "{" TEMPLATE ",'role':null,'groups':[],'subscriptions':[],'flags':[]}", NULL, 400,
     "A template must give something: a role, groups, subscriptions or flags.", NULL, NULL},
    {"a template gives no role that is none", &scim_template_set, "{'template':'t','role':'x'}",
     "{" TEMPLATE ",'noRole':true,'role':null}", NULL, 400, "role: Role not found: x", NULL, NULL},
    {"a template gives no reserved role", &scim_template_set, "{'template':'t','role':'x'}",
     "{" TEMPLATE ",'noRole':false,'role':'X','reserved':true}", NULL, 409,
     "role: The role \"X\" is reserved (reservedRoles): provisioning would give it to new users who match the "
     "condition.",
     NULL, NULL},
    {"a template gives no group that is none", &scim_template_add, "{'name':'T','groups':['g','h']}",
     "{'groupsFound':[{'named':'g','group':'G','archived':false,'source':'local'}]}", NULL, 400,
     "groups: there is no group \"h\"; make it first, or correct the name.", NULL, NULL},
    {"a template gives no archived group", &scim_template_add, "{'name':'T','groups':['g']}",
     "{'groupsFound':[{'named':'g','group':'G','archived':true,'source':'scim'}]}", NULL, 400,
     "groups: the group \"G\" is archived; restore it first.", NULL, NULL},
    {"a template gives no group of provisioning", &scim_template_add, "{'name':'T','groups':['g']}",
     "{'groupsFound':[{'named':'g','group':'G','archived':false,'source':'scim'}]}", NULL, 400,
     "groups: the group \"G\" is managed by provisioning, so only your identity provider can change its members; "
     "unlink it first, or choose another one.",
     NULL, NULL},
    {"a template gives no subscription that is none", &scim_template_add, "{'name':'T','subscriptions':['s']}", "{}",
     NULL, 400, "subscriptions: there is no subscription \"s\"; make it first, or correct the name.", NULL, NULL},
    {"a template gives no flag that is none", &scim_template_add, "{'name':'T','flags':['f']}", "{'flagsFound':null}",
     NULL, 400, "flags: There is no flag \"f\"; make it first, or correct the name.", NULL, NULL},
    {"a template's name is taken", &scim_template_add, "{'name':'t','role':'x'}", "{'role':'X','taken':'T'}", NULL, 409,
     "name: There is a template \"T\" already; choose another name, or change that one.", NULL, NULL},
    {"a template is made", &scim_template_add,
     "{'name':'T','role':'x','condition':'active eq true','conditionSql':'C','conditionParams':['p']}",
     "{'id':'t1','priority':20,'role':'X','groups':[],'subscriptions':[],'flags':[],'created':'N','lastModified':'N'}",
     NULL, 0, NULL,
     "{'id':'t1','priority':20,'role':'X','groups':[],'subscriptions':[],'flags':[],'created':'N','lastModified':'N',"
     "'name':'T','condition':'active eq true','conditionSql':'C','conditionParams':['p']}",
     "[{'action':'create','type':'Template','id':'t1','name':'T','after':{'id':'t1','name':'T','priority':20,"
     "'condition':'active eq "
     "true','role':'X','groups':[],'subscriptions':[],'flags':[],'created':'N','lastModified':'N'"
     "}}]"},
    {"a template gets another place and gives a flag", &scim_template_set,
     "{'template':'t','priority':5,'flags':['f','F']}",
     "{" TEMPLATE
     ",'priority':5,'flagsFound':[{'named':'f'},{'named':'F'}],'flags':['F'],'groups':[],'lastModified':'N'}",
     "v1", 0, NULL,
     "{'priority':5,'flagsFound':[{'named':'f'},{'named':'F'}],'flags':['F'],'groups':['G'],'lastModified':'T','id':'"
     "t1',"
     "'name':'T','role':'X'}",
     "[{'action':'update','type':'Template','id':'t1','name':'T','before':{'priority':10,'flags':[]},'after':{'"
     "priority':"
     "5,'flags':['F']}}]"},
    {"a template goes", &scim_template_remove, "{'template':'t'}", "{'is':{'id':'t1','name':'T'}}", NULL, 0, NULL,
     "{'id':'t1','name':'T'}",
     "[{'action':'delete','type':'Template','id':'t1','name':'T','before':{'id':'t1','name':'T'}}]"},
    {"a token's name is taken", &scim_token_add, "{'name':'a'}", "{'tenant':'t','taken':'A','only':'B'}", NULL, 409,
     "name: Tenant \"t\" already has an unrevoked token named \"A\"; choose another name or revoke that token first.",
     NULL, NULL},
    {"a second token where there is one at a time", &scim_token_add, "{'name':'a'}", "{'tenant':'t','only':'B'}", NULL,
     409,
     "Tenant \"t\" allows one token at a time, and \"B\" is valid. Switch provisioning off and on again for a new one, "
     "or "
     "revoke that token first.",
     NULL, NULL},
    {"a token for a client that has one", &scim_token_add, "{'name':'a','external':'X'}", "{'externalTaken':'B'}", NULL,
     409, "external: The token \"B\" already belongs to the client \"X\"; revoke it first.", NULL, NULL},
    {"a burst without a rate", &scim_token_add, "{'name':'a','burst':5,'rate':null}", "{'past':true}", NULL, 400,
     "burst: burst needs a rate; give rate, too.", NULL, NULL},
    {"a token of nobody", &scim_token_add, "{'name':'a','user':'ann'}", "{'tenant':'t','foundUser':null}", NULL, 404,
     "user: Tenant \"t\" has no user with the id or userName \"ann\".", NULL, NULL},
    {"a token for /Me without a user", &scim_token_add, "{'name':'a','scope':'me'}", "{}", NULL, 400,
     "scope: a token that is only for /Me needs a user (user).", NULL, NULL},
    {"a token that ends in the past", &scim_token_add, "{'name':'a'}", "{'past':true,'late':false}", NULL, 400,
     "expires: The expiry of a token must be in the future; choose a later one.", NULL, NULL},
    {"a token that ends too late", &scim_token_add, "{'name':'a'}", "{'past':false,'late':true}", NULL, 400,
     "expires: The expiry of a token must be at most 3653 days (10 years) from now; choose an earlier one.", NULL,
     NULL},
    {"a token is made", &scim_token_add, "{'name':'a','keyId':'k','digest':'d','rate':5,'user':'ann'}",
     "{'tenant':'t','expires':'E','created':'N','createdBy':'me','foundUser':'u1'}", NULL, 0, NULL,
     "{'tenant':'t','expires':'E','created':'N','createdBy':'me','foundUser':'u1','keyId':'k','name':'a','description':"
     "null,"
     "'revoked':null,'revokedBy':null,'readOnly':false,'addresses':null,'rate':5,'burst':10,'expectEvery':null,"
     "'external':null,'scope':'me','userId':'u1','digest':'d'}",
     "[{'action':'create','type':'Token','id':'k','name':'a','after':{'tenant':'t','keyId':'k','name':'a','created':'N'"
     ","
     "'createdBy':'me','expires':'E','readOnly':false,'rate':5,'burst':10,'scope':'me','userId':'u1'}}]"},
    {"a revoked token is not changed", &scim_token_set, "{'token':'a','rate':1}", "{'is':{'name':'A','revoked':'N'}}",
     NULL, 409, "token: The token \"A\" was revoked; add a new one instead.", NULL, NULL},
    {"a token has no rate any more, and the tenant's whole scope", &scim_token_set,
     "{'token':'a','rate':null,'scope':'tenant'}",
     "{'is':{'keyId':'k','name':'A','rate':5,'burst':10,'scope':'me','userId':'u1','userName':'ann','lastUsed':'L'}}",
     NULL, 0, NULL,
     "{'keyId':'k','name':'A','rate':null,'burst':null,'scope':'tenant','userId':'u1','userName':'ann','lastUsed':'L'}",
     "[{'action':'update','type':'Token','id':'k','name':'A','before':{'rate':5,'burst':10,'scope':'me'},'after':{'"
     "scope':"
     "'tenant'}}]"},
    {"another user of a token that is for the whole tenant", &scim_token_set, "{'token':'a','user':'bob'}",
     "{'foundUser':'u2','is':{'keyId':'k','name':'A','scope':'tenant','userId':'u1'}}", NULL, 0, NULL,
     "{'foundUser':'u2','keyId':'k','name':'A','scope':'tenant','userId':'u2'}",
     "[{'action':'update','type':'Token','id':'k','name':'A','before':{'userId':'u1'},'after':{'userId':'u2'}}]"},
    {"a token's user is taken from it", &scim_token_set, "{'token':'a','user':null}",
     "{'foundUser':null,'is':{'keyId':'k','name':'A','scope':'me','userId':'u1'}}", NULL, 0, NULL,
     "{'foundUser':null,'keyId':'k','name':'A','scope':'tenant','userId':null}",
     "[{'action':'update','type':'Token','id':'k','name':'A','before':{'scope':'me','userId':'u1'},'after':{'scope':'"
     "tenant'"
     "}}]"},
    {"a token is revoked", &scim_token_revoke, "{'token':'a'}",
     "{'now':'N','acting':'me','is':{'keyId':'k','name':'A','revoked':null,'revokedBy':null,'status':'active'}}", "v1",
     0, NULL, "{'now':'N','acting':'me','keyId':'k','name':'A','revoked':'N','revokedBy':'me','status':'active'}",
     "[{'action':'revoke','type':'Token','id':'k','name':'A','before':{'revoked':null,'revokedBy':null},'after':{'"
     "revoked':"
     "'N','revokedBy':'me'}}]"},
    {"a token is revoked once more", &scim_token_revoke, "{'token':'a'}",
     "{'now':'N','acting':'me','is':{'keyId':'k','name':'A','revoked':'O','revokedBy':'you'}}", NULL, 0, NULL, NULL,
     NULL},
    {"no such token", &scim_token_set, "{'token':'x','rate':1}", "{'tenant':'t'}", NULL, 404,
     "token: Tenant \"t\" has no token with the key id or name \"x\"; its list of tokens shows both.", NULL, NULL},
    {"a group without a name", &scim_group_add, "{}", "{'id':'g1'}", NULL, 400,
     "displayName: is missing; give the name of the group.", NULL, NULL},
    {"a group of a project without its level", &scim_group_add, "{'kind':'project','project':'P'}", "{}", NULL, 400,
     "access: is missing; give the level of access to the project.", NULL, NULL},
    {"a group of a project with a name", &scim_group_add,
     "{'kind':'project','project':'P','access':'A','displayName':'x'}", "{}", NULL, 400,
     "displayName: is made of project and access; leave it out.", NULL, NULL},
    {"a profile with a level", &scim_group_add, "{'kind':'profile','displayName':'x','access':'A'}", "{}", NULL, 400,
     "access: only a group of the kind \"project\" has it; leave it out.", NULL, NULL},
    {"a group's name is taken", &scim_group_add, "{'displayName':'g'}",
     "{'taken':'G','takenBy':', managed by provisioning'}", NULL, 409,
     "displayName: There is a group \"G\" already, managed by provisioning; choose another name.", NULL, NULL},
    {"a level of a project is there", &scim_group_add, "{'kind':'project','project':'P','access':'A'}",
     "{'taken':'P (A)','takenBy':''}", NULL, 409, "access: There is a group \"P (A)\" already; choose another name.",
     NULL, NULL},
    {"a group of a project is made", &scim_group_add, "{'kind':'project','project':'p','access':'A'}",
     "{'id':'g1','line':'P','name':'P (A)'}", NULL, 0, NULL,
     "{'id':'g1','line':'P','name':'P "
     "(A)','kind':'project','access':'A','doc':{'schemas':['urn:ietf:params:scim:schemas:"
     "core:2.0:Group'],'displayName':'P (A)'},'type':'Group','source':'application'}",
     "[{'action':'create','type':'Group','id':'g1','name':'P "
     "(A)','after':{'schemas':['urn:ietf:params:scim:schemas:core:"
     "2.0:Group'],'displayName':'P (A)'}}]"},
    {"an archived group is not renamed", &scim_group_set, "{'group':'g','displayName':'H'}",
     "{" OWN("local") ",'isArchived':true,'isProvisioned':true}", NULL, 409,
     "group: The group \"G\" is archived; restore it first.", NULL, NULL},
    {"a group of the identity provider is not renamed", &scim_group_set, "{'group':'g','displayName':'H'}",
     "{" OWN("scim") ",'isArchived':false,'isProvisioned':true}", NULL, 403,
     "group: The group \"G\" is managed by provisioning; change it in your identity provider.", NULL, NULL},
    {"a group is no project", &scim_group_set, "{'group':'g','project':'P'}", "{" OWN("local") "}", NULL, 400,
     "project: only a group of the kind \"project\" has it; leave it out.", NULL, NULL},
    {"a group is renamed", &scim_group_set, "{'group':'g','displayName':'H'}",
     "{" OWN("local") ",'renamed':[{'id':'g1','was':{'displayName':'G'},'source':'local','gone':false,'name':'H'}]}",
     "v1", 0, NULL,
     "{'renamed':[{'id':'g1','was':{'displayName':'G'},'source':'local','gone':false,'name':'H'}],'id':'g1','"
     "displayName':"
     "'H','source':'local','members':3,'archivedAt':null,'changes':[{'id':'g1','type':'Group','doc':{'displayName':'H'}"
     ","
     "'was':{'displayName':'G'},'source':'local','wasSource':'local','gone':false,'wasGone':false}],'wasProject':null}",
     "[{'action':'update','type':'Group','id':'g1','name':'H','before':{'displayName':'G'},'after':{'displayName':'H'}}"
     "]"},
    {"a group is called as before", &scim_group_set, "{'group':'g','displayName':'G'}",
     "{" OWN("local") ",'renamed':[{'id':'g1','was':{'displayName':'G'},'name':'G'}]}", NULL, 0, NULL, NULL, NULL},
    {"a group that a template gives is not archived", &scim_group_remove, "{'group':'g'}",
     "{" OWN("local") ",'template':'T','mappedRole':'R'}", NULL, 409,
     "group: The group \"G\" is in use: the template \"T\" gives it. Change that first.", NULL, NULL},
    {"a group that is mapped is not archived", &scim_group_remove, "{'group':'g'}",
     "{" OWN("local") ",'mappedRole':'R'}", NULL, 409,
     "group: The group \"G\" is in use: it is mapped to the role \"R\". Change that first.", NULL, NULL},
    {"a group is archived, and leaves another", &scim_group_remove, "{'group':'g'}",
     "{" OWN("local") ",'was':{'displayName':'G'},'people':7,'parents':[{'id':'g2','name':'All'}]}", NULL, 0, NULL,
     "{'was':{'displayName':'G'},'people':7,'parents':[{'id':'g2','name':'All'}],'id':'g1','displayName':'G','source':"
     "'local','members':3,'archivedAt':null,'changes':[{'id':'g1','type':'Group','doc':{'displayName':'G'},'was':{"
     "'displayName':'G'},'source':'local','wasSource':'local','gone':true,'wasGone':false}]}",
     "[{'action':'delete','type':'Group','id':'g1','name':'G','weight':7},{'action':'remove-members','type':'Group','"
     "id':"
     "'g2','name':'All','before':{'members':['g1']},'weight':7}]"},
    {"a group that is not archived does not come back", &scim_group_restore, "{'group':'g'}", "{" OWN("local") "}",
     NULL, 409, "group: The group \"G\" is not archived. To restore an archived one of the same name, give its id.",
     NULL, NULL},
    {"a group whose name is taken does not come back", &scim_group_restore, "{'group':'g'}",
     "{" OWN("local") ",'isArchived':true,'taken':true}", NULL, 409,
     "group: Another group has the name \"G\" now; rename or archive it first.", NULL, NULL},
    {"a group comes back without who is gone", &scim_group_restore, "{'group':'g'}",
     "{'is':{'id':'g1','displayName':'G','source':'local','archivedAt':'A'},'was':{},'isArchived':true,'lost':['u1','"
     "u2']}",
     NULL, 0, NULL,
     "{'was':{},'isArchived':true,'lost':['u1','u2'],'id':'g1','displayName':'G','source':'local','archivedAt':null,"
     "'changes':[{'id':'g1','type':'Group','doc':{},'was':{},'source':'local','wasSource':'local','gone':false,'"
     "wasGone':"
     "true}]}",
     "[{'action':'remove-members','type':'Group','id':'g1','name':'G','before':{'members':['u1','u2']},'weight':2},"
     "{'action':'restore','type':'Group','id':'g1','name':'G'}]"},
    {"a local group is not unlinked", &scim_group_unlink, "{'group':'g'}", "{" OWN("local") ",'isProvisioned':false}",
     NULL, 409, "group: The group \"G\" is not managed by provisioning; there is nothing to unlink.", NULL, NULL},
    {"a group is unlinked", &scim_group_unlink, "{'group':'g'}", "{" OWN("scim") ",'was':{},'isProvisioned':true}",
     NULL, 0, NULL,
     "{'was':{},'isProvisioned':true,'id':'g1','displayName':'G','source':'local','members':3,'archivedAt':null,'"
     "changes':["
     "{'id':'g1','type':'Group','doc':{},'was':{},'source':'local','wasSource':'scim','gone':false,'wasGone':false}]}",
     "[{'action':'unlink','type':'Group','id':'g1','name':'G','before':{'source':'scim'},'after':{'source':'local'}}]"},
    {"a group of the identity provider is not linked", &scim_group_link, "{'group':'g'}",
     "{" OWN("scim") ",'isProvisioned':true}", NULL, 409,
     "group: The group \"G\" is managed by provisioning; there is nothing to link.", NULL, NULL},
    {"a group of the application is not linked", &scim_group_link, "{'group':'g'}",
     "{" OWN("application") ",'isApplication':true}", NULL, 409,
     "group: The group \"G\" belongs to the application, so the identity provider sees it already; there is nothing to "
     "link.",
     NULL, NULL},
    {"an archived group is not linked", &scim_group_link, "{'group':'g'}", "{" OWN("local") ",'isArchived':true}", NULL,
     409, "group: The group \"G\" is archived; restore it first.", NULL, NULL},
    {"a group that a template gives is not linked", &scim_group_link, "{'group':'g'}",
     "{" OWN("local") ",'template':'T'}", NULL, 409,
     "group: The group \"G\" is in use: the template \"T\" gives it, and only the identity provider would from then "
     "on. Change that first.",
     NULL, NULL},
    {"a group is linked", &scim_group_link, "{'group':'g'}", "{" OWN("local") ",'was':{}}", NULL, 0, NULL,
     "{'was':{},'id':'g1','displayName':'G','source':'scim','members':3,'archivedAt':null,'changes':["
     "{'id':'g1','type':'Group','doc':{},'was':{},'source':'scim','wasSource':'local','gone':false,'wasGone':false}]}",
     "[{'action':'link','type':'Group','id':'g1','name':'G','before':{'source':'local'},'after':{'source':'scim'}}]"},
    {"a member that is nobody", &scim_group_add_members, "{'group':'g','members':['a','b']}",
     "{" OWN("local") ",'found':[{'named':'a','id':'u1'}],'joins':['u1']}", NULL, 400,
     "members: \"b\" is not a user or group of this tenant; make it first, or correct the name.", NULL, NULL},
    {"a group is no member of itself", &scim_group_add_members, "{'group':'g','members':['G']}",
     "{" OWN("local") ",'found':[{'named':'G','id':'g1'}],'joins':['g1']}", NULL, 400,
     "members: a group cannot be a member of itself (G); leave it out.", NULL, NULL},
    {"a member joins", &scim_group_add_members, "{'group':'g','members':['a']}",
     "{" OWN("local") ",'found':[{'named':'a','id':'u1'}],'joins':['u1']}", NULL, 0, NULL,
     "{'found':[{'named':'a','id':'u1'}],'joins':['u1'],'id':'g1','displayName':'G','source':'local','members':4,"
     "'archivedAt':null}",
     "[{'action':'add-members','type':'Group','id':'g1','name':'G','after':{'members':['u1']}}]"},
    {"a member that is one already", &scim_group_add_members, "{'group':'g','members':['a']}",
     "{" OWN("local") ",'found':[{'named':'a','id':'u1'}],'joins':null}", NULL, 0, NULL, NULL, NULL},
    {"who is no member does not leave", &scim_group_remove_member, "{'group':'g','member':'a'}", "{" OWN("local") "}",
     NULL, 404, "member: \"a\" is not a member of the group \"G\"; its list of members shows who is.", NULL, NULL},
    {"a group of five people leaves", &scim_group_remove_member, "{'group':'g','member':'h'}",
     "{" OWN("local") ",'memberId':'g2','people':5}", NULL, 0, NULL,
     "{'memberId':'g2','people':5,'id':'g1','displayName':'G','source':'local','members':2,'archivedAt':null}",
     "[{'action':'remove-members','type':'Group','id':'g1','name':'G','before':{'members':['g2']},'weight':5}]"},
    {"no such group", &scim_group_remove, "{'group':'x'}", "{}", NULL, 404,
     "group: There is no group \"x\"; make it first, or correct the name.", NULL, NULL},
    {"an expiry without a new token", &scim_tenant_enable, "{'expires':'E'}", "{" TENANT("false", "false") "}", NULL,
     400,
     "expires: the tenant may have several tokens (oneToken is off), so there is no new one; its tokens keep their "
     "expiry.",
     NULL, NULL},
    {"an expiry of a tenant that is switched on", &scim_tenant_enable, "{'expires':'E'}",
     "{" TENANT("true", "true") "}", NULL, 400,
     "expires: the tenant is switched on already, so there is no new token; change the expiry of the one that it has.",
     NULL, NULL},
    {"a new token that ends in the past", &scim_tenant_enable, "{'expires':'E'}",
     "{" TENANT("false", "true") ",'past':true}", NULL, 400,
     "expires: The expiry of a token must be in the future; choose a later one.", NULL, NULL},
    {"a tenant is switched on once more", &scim_tenant_enable, "{}", "{" TENANT("true", "true") "}", NULL, 0, NULL,
     "{'tenant':'t','displayName':'T','enabled':true,'oneToken':true}", "[]"},
    {"a tenant is switched on, and its token renewed", &scim_tenant_enable, "{'keyId':'k2','digest':'d'}",
     "{" TENANT("false", "true") ",'tokens':[{'keyId':'k1','name':'N','rate':5,'scope':'tenant','revoked':null}],"
                                 "'now':'W','acting':'me','expires':'E'}",
     "v1", 0, NULL,
     "{'tokens':[{'keyId':'k1','name':'N','rate':5,'scope':'tenant','revoked':null}],'now':'W','acting':'me','expires':"
     "'E',"
     "'tenant':'t','displayName':'T','enabled':true,'oneToken':true,'name':'N','readOnly':null,'scope':'tenant',"
     "'description':null,'addresses':null,'rate':5,'burst':null,'expectEvery':null,'external':null,'userId':null,"
     "'keyId':'k2','created':'W','createdBy':'me','digest':'d'}",
     "[{'action':'enable','type':'Tenant','id':'t','name':'T','before':{'enabled':false},'after':{'enabled':true}},"
     "{'action':'revoke','type':'Token','id':'k1','name':'N','before':{'revoked':null},'after':{'revoked':'W','"
     "revokedBy':"
     "'me'}},"
     "{'action':'create','type':'Token','id':'k2','name':'N','after':{'name':'N','scope':'tenant','rate':5,'tenant':'t'"
     ","
     "'keyId':'k2','created':'W','createdBy':'me','expires':'E'}}]"},
    {"a tenant is switched off", &scim_tenant_disable, "{'accounts':'local'}",
     "{" TENANT("true", "false") ",'accountsChanged':4}", NULL, 0, NULL,
     "{'accountsChanged':4,'tenant':'t','displayName':'T','enabled':false,'oneToken':false,'accounts':'local'}",
     "[{'action':'disable','type':'Tenant','id':'t','name':'T','before':{'enabled':true},'after':{'enabled':false,"
     "'accounts':'local','accountsChanged':4}}]"},
    {"a default role that is none", &scim_tenant_set, "{'defaultRole':'x'}", "{" TENANT("true", "false") "}", NULL, 400,
     "defaultRole: Role not found: x", NULL, NULL},
    {"a reserved role that is none", &scim_tenant_set, "{'reservedRoles':['user','x']}",
     "{" TENANT("true", "false") ",'reservedFound':[{'named':'user'}]}", NULL, 400, "reservedRoles: Role not found: x",
     NULL, NULL},
    {"the default role is reserved", &scim_tenant_set, "{'defaultRole':'boss'}",
     "{" TENANT("true", "false") ",'defaultRole':'Boss','defaultReserved':'Boss'}", NULL, 409,
     "defaultRole: The role \"Boss\" is reserved (reservedRoles): provisioning would give it to each new user. Remove "
     "it from that list first, or choose another role.",
     NULL, NULL},
    {"the default role is going to be reserved", &scim_tenant_set, "{'reservedRoles':['user']}",
     "{" TENANT("true", "false") ",'reservedFound':[{'named':'user'}],'defaultReserved':'user'}", NULL, 409,
     "reservedRoles: The role \"user\" is the default one (defaultRole); choose another default first.", NULL, NULL},
    {"a mapped role is going to be reserved", &scim_tenant_set, "{'reservedRoles':[]}",
     "{" TENANT("true", "false") ",'mappedRole':'R','mappedGroup':'G','templateRole':'R','template':'T'}", NULL, 409,
     "reservedRoles: The role \"R\" is mapped to the group \"G\"; remove that mapping first.", NULL, NULL},
    {"a template's role is going to be reserved", &scim_tenant_set, "{'reservedRoles':[]}",
     "{" TENANT("true", "false") ",'templateRole':'R','template':'T'}", NULL, 409,
     "reservedRoles: The role \"R\" is given by the template \"T\"; change that first.", NULL, NULL},
    {"what contradicts before is no matter of other settings", &scim_tenant_set, "{'displayName':'U'}",
     "{" TENANT("true", "false") ",'mappedRole':'R','several':true}", NULL, 0, NULL,
     "{'mappedRole':'R','several':true,'tenant':'t','displayName':'U','enabled':true,'oneToken':false,'loginsChange':"
     "false,"
     "'lossesCount':false}",
     "[{'action':'update','type':'Tenant','id':'t','name':'U','before':{'displayName':'T'},'after':{'displayName':'U'}}"
     "]"},
    {"several users with the same login", &scim_tenant_set, "{'loginAttribute':'email'}",
     "{" TENANT("true", "false") ",'clash':'C'}", NULL, 409,
     "loginAttribute: Several users would have the same login: C. Give all but one of them another primary e-mail "
     "address, "
     "or merge those that are the same person, and set it again.",
     NULL, NULL},
    {"one token at a time, of several", &scim_tenant_set, "{'oneToken':true}",
     "{" TENANT("true", "false") ",'several':true}", NULL, 409,
     "oneToken: The tenant has several valid tokens; revoke all but one first.", NULL, NULL},
    {"a guard counts what was lost before, and people log in otherwise", &scim_tenant_set,
     "{'tenant':'t','guardLimit':5,'loginAttribute':'email','nosuch':1}",
     "{'is':{'tenant':'t','guardLimit':null,'guardShare':null,'loginAttribute':'userName'}}", NULL, 0, NULL,
     "{'tenant':'t','guardLimit':5,'guardShare':null,'loginAttribute':'email','loginsChange':true,'lossesCount':true}",
     "[{'action':'update','type':'Tenant','id':'t','before':{'guardLimit':null,'loginAttribute':'userName'},'after':{"
     "'guardLimit':5,'loginAttribute':'email'}}]"},
    {"a tenant that is there", &scim_tenant_add, "{'tenant':'t'}", "{'tenant':'t'}", "v0", 409,
     "tenant: There is a tenant \"t\" already; choose another name.", NULL, NULL},
    {"a tenant that was removed", &scim_tenant_add, "{'tenant':'t'}",
     "{'tenant':'t','wasThere':true,'is':{'tenant':'t'}}", NULL, 409,
     "tenant: There was a tenant \"t\", whose audit log is kept under this name; choose another name.", NULL, NULL},
    {"a tenant is made, whatever version is asked for", &scim_tenant_add,
     "{'tenant':'t','displayName':'T','defaultRole':'boss'}",
     "{'is':{'tenant':'t','displayName':null,'defaultRole':'user','loginAttribute':'userName'},'defaultRole':'Boss'}",
     "v0", 0, NULL,
     "{'defaultRole':'Boss','tenant':'t','displayName':'T','loginAttribute':'userName','loginsChange':false,'"
     "lossesCount':"
     "false}",
     "[{'action':'create','type':'Tenant','id':'t','name':'T','after':{'tenant':'t','displayName':'T','defaultRole':'"
     "Boss',"
     "'loginAttribute':'userName'}}]"},
    {"no such link", &scim_link_remove, "{'link':'7'}", "{}", NULL, 404,
     "link: There is no link \"7\"; the list of links shows their ids.", NULL, NULL},
};

static void test_cases(void)
{
    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        noun_case(&cases[i]);
    }
}

/* The ids are random, so a table of cases cannot contain them. */
static void test_many_mappings(void)
{
    scim_outcome_t outcome;
    scim_asked_t asked = {.action = &scim_mapping_add_many, .pool = unit_pool};
    asked.args = unit_json("{'groups':['g','g'],'roles':['r'],'subscriptions':['s']}");
    asked.facts = unit_json("{'found':[" GROUP "," GROUP "],'rolesFound':[{'named':'r','role':'R'}],"
                            "'subscriptionsFound':[{'named':'s','subscriptionId':'s1','subscription':'S'}]}");
    UNIT_OK(scim_action_decide(&outcome, &asked));
    UNIT_INT(json_object_get_int(json_object_object_get(outcome.row, "added")), 2);
    UNIT_INT(json_object_get_int(json_object_object_get(outcome.row, "existing")), 2);
    json_object *mappings = json_object_object_get(outcome.row, "mappings");
    UNIT_INT(json_object_array_length(mappings), 2);
    json_object_object_del(json_object_array_get_idx(mappings, 0), "id");
    UNIT_JSON(json_object_array_get_idx(mappings, 0), "{'groupId':'g1','role':'R'}");
    json_object_object_del(json_object_array_get_idx(mappings, 1), "id");
    UNIT_JSON(json_object_array_get_idx(mappings, 1), "{'groupId':'g1','subscriptionId':'s1'}");
    UNIT_JSON(outcome.entries, "[{'action':'map','type':'Group','id':'g1','name':'G','after':{'role':'R'}},"
                               "{'action':'map','type':'Group','id':'g1','name':'G','after':{'subscription':'S'}}]");
}

/* Each text says what is wrong, and then what to do: after a semicolon, a colon or in a second sentence. */
static int says_what_to_do(const char *text)
{
    static const char *const behind[] = {"; ", ". ", ": "};
    for (size_t i = 0; i < sizeof(behind) / sizeof(*behind); i++) {
        const char *at = strstr(text, behind[i]);
        if (at && strlen(at) > 8) {
            return 1;
        }
    }
    return 0;
}

static void what_to_do(void)
{
    for (int t = 0; scim_admin_tables[t]; t++) {
        for (const scim_admin_op_t *op = scim_admin_tables[t]; op->noun; op++) {
            const scim_action_t *action = op->change ? op->change->action : NULL;
            const scim_refusal_t *missing = action ? action->noun->missing : op->missing;
            if (missing && !says_what_to_do(missing->text)) {
                UNIT_STR(missing->text, "what to do");
            }
            for (const scim_refusal_t *refusal = action ? action->refusals : NULL; refusal && refusal->fact;
                 refusal++) {
                if (!says_what_to_do(refusal->text)) {
                    UNIT_STR(refusal->text, "what to do");
                }
            }
        }
    }
}

CU_TestInfo test_noun[] = {
    {"cases", test_cases}, {"many mappings", test_many_mappings}, {"what to do", what_to_do}, CU_TEST_INFO_NULL};
