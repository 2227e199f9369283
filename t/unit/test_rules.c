#include "rules/account.h"
#include "rules/entry.h"
#include "rules/restore.h"
#include "rules/template.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/json.h"
#include "unit.h"

/* The rules of a tenant with three roles, one of them reserved; `more` has further members. */
static const scim_rules_t *rules_with(const char *more)
{
    const char *text =
        apr_pstrcat(unit_pool,
                    "{'roles':[['administrator','00000000-0000-7000-8000-000000000001','Administrator'],"
                    "['user','00000000-0000-7000-8000-000000000002','User'],"
                    "['read-only','00000000-0000-7000-8000-000000000003','Nur Lesen']],'reserved':['administrator']",
                    *more ? "," : "", more, "}", NULL);
    apr_size_t len;
    const char *json = scim_json_text(unit_json(text), &len, unit_pool);
    return scim_rules_read(json, len, 7, unit_schemas(), unit_pool);
}

#define SYNC "'roleSyncs':true"

static scim_row_t user(const char *doc)
{
    return scim_row_new(unit_type("User"), unit_json(doc));
}

/* A row as the database has it. */
static scim_row_t stored(const char *doc, const char *role, const char *sent_role, const scim_rules_t *rules)
{
    scim_row_t row = user(doc);
    row.role = role;
    row.sent_role = sent_role;
    scim_row_keys(&row, rules, unit_pool);
    return row;
}

static void reading(void)
{
    const scim_rules_t *rules = rules_with("'restore':'userName','adopts':true,'erases':true,'traits':'-ptm'");
    UNIT_INT(rules->version, 7);
    UNIT_INT(rules->restore, SCIM_RESTORE_BY_USER_NAME);
    UNIT_INT(rules->adopts && rules->erases && rules->protects && rules->bound && !rules->templates, 1);
    UNIT_INT(rules->login_email || rules->role_syncs || rules->derives_name || rules->user_name_email, 0);
    rules = rules_with("'restore':'never','traits':'-'");
    UNIT_INT(rules->restore, SCIM_RESTORE_NEVER);
    UNIT_INT(rules->protects || rules->bound, 0);
    UNIT_INT(rules_with("'templates':null")->templates == NULL, 1);
    UNIT_INT(rules_with("'templates':[['x','X',null,'user',[],[],[]]]")->templates->list->nelts, 1);
    UNIT_INT(scim_rules_read("[]", 2, 1, unit_schemas(), unit_pool) == NULL, 1);
}

static void names_of_roles(void)
{
    static const struct {
        const char *name;
        const char *value; /* NULL: none */
    } cases[] = {
        {"administrator", "administrator"},
        {"ADMINISTRATOR", "administrator"},
        {"nur lesen", "read-only"},
        {"00000000-0000-7000-8000-000000000002", "user"},
        {"nobody", NULL},
        {"", NULL},
    };
    const scim_rules_t *rules = rules_with("");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const scim_role_t *role = scim_rules_role(rules, cases[i].name, unit_pool);
        UNIT_STR(role ? role->value : NULL, cases[i].value);
    }
    UNIT_INT(scim_rules_reserved(rules, "administrator"), 1);
    UNIT_INT(scim_rules_reserved(rules, "user"), 0);
    UNIT_INT(scim_rules_reserved(rules, NULL), 0);
}

static void keys(void)
{
    const scim_rules_t *rules = rules_with("'loginEmail':true");
    scim_row_t row = stored("{'userName':'KIM@Example.com','externalId':'X-1','displayName':'K\xc3\x84RA',"
                            "'name':{'givenName':'Kim','familyName':'BERG'},"
                            "'emails':[{'value':'one@x'},{'value':' Two@X ','primary':true}]}",
                            NULL, NULL, rules);
    UNIT_STR(row.keys[SCIM_KEY_EXTERNAL_ID], "X-1");
    UNIT_STR(row.keys[SCIM_KEY_USER_NAME], "kim@example.com");
    UNIT_STR(row.keys[SCIM_KEY_FORMER_NAME], NULL);
    UNIT_STR(row.keys[SCIM_KEY_GROUP_NAME], NULL);
    UNIT_STR(row.keys[SCIM_KEY_DISPLAY_NAME], "k\xc3\xa4ra");
    UNIT_STR(row.keys[SCIM_KEY_FAMILY_NAME], "berg");
    UNIT_STR(row.keys[SCIM_KEY_LOGIN], "two@x");
    UNIT_INT(row.active, 1);
    row.deleted = 1;
    scim_row_keys(&row, rules, unit_pool);
    UNIT_STR(row.keys[SCIM_KEY_USER_NAME], NULL);
    UNIT_STR(row.keys[SCIM_KEY_FORMER_NAME], "kim@example.com");
    UNIT_STR(row.keys[SCIM_KEY_LOGIN], NULL);
    UNIT_INT(row.active, 0);
    row = scim_row_new(unit_type("Group"), unit_json("{'displayName':'Staff'}"));
    scim_row_keys(&row, rules, unit_pool);
    UNIT_STR(row.keys[SCIM_KEY_GROUP_NAME], "staff");
    UNIT_STR(row.keys[SCIM_KEY_USER_NAME], NULL);
    UNIT_INT(row.active, 1);
}

/* A key is cut between characters. */
static void long_keys(void)
{
    char name[2 * 300 + 1];
    for (int i = 0; i < 300; i++) {
        memcpy(name + 2 * i, "\xc3\xa4", 2);
    }
    name[600] = '\0';
    const scim_rules_t *rules = rules_with("");
    scim_row_t row = stored(apr_psprintf(unit_pool, "{'name':{'familyName':'%s'}}", name), NULL, NULL, rules);
    UNIT_INT(strlen(row.keys[SCIM_KEY_FAMILY_NAME]), 2 * SCIM_KEY_CUT);
}

/* The role of an account after a change of its roles. */
static void roles(void)
{
    static const struct {
        const char *rules;
        const char *before; /* roles; NULL: a new account */
        const char *role, *sent;
        scim_roles_said_e said;
        const char *after;
        const char *wanted_role, *wanted_sent;
        const char *error; /* the beginning of its detail; NULL: none */
    } cases[] = {
        /* new accounts */
        {SYNC, NULL, NULL, NULL, SCIM_ROLES_UNSAID, "", NULL, NULL, NULL},
        {SYNC, NULL, NULL, NULL, SCIM_ROLES_UNSAID, "'roles':[{'value':'User'}]", "user", "user", NULL},
        {SYNC, NULL, NULL, NULL, SCIM_ROLES_UNSAID, "'roles':[{'value':'user'},{'value':'read-only','primary':true}]",
         "read-only", "read-only", NULL},
        {SYNC, NULL, NULL, NULL, SCIM_ROLES_UNSAID, "'roles':[{'value':'king'}]", NULL, NULL,
         "Role not found: king. The roles here are: "},
        {SYNC, NULL, NULL, NULL, SCIM_ROLES_UNSAID, "'roles':[{'value':'administrator'}]", NULL, NULL,
         "roles: \"admin"},
        {"", NULL, NULL, NULL, SCIM_ROLES_UNSAID, "'roles':[{'value':'user'}]", "user", "user", NULL},
        /* a request without roles keeps the role, from any source */
        {SYNC, "'roles':[{'value':'user'}]", "administrator", "user", SCIM_ROLES_UNSAID, "'roles':[{'value':'user'}]",
         "administrator", "user", NULL},
        {SYNC, "'roles':[{'value':'user'}]", "administrator", "user", SCIM_ROLES_LEFT_OUT, "", "administrator", "user",
         NULL},
        /* a PUT with the roles that were last sent keeps it, too */
        {SYNC, "'roles':[{'value':'user'}]", "read-only", "user", SCIM_ROLES_PUT, "'roles':[{'value':'USER'}]",
         "read-only", "user", NULL},
        {SYNC, "'roles':[{'value':'user'}]", "read-only", "user", SCIM_ROLES_PUT, "'roles':[{'value':'read-only'}]",
         "read-only", "read-only", NULL},
        /* a PATCH of roles is always effective */
        {SYNC, "'roles':[{'value':'user'}]", "read-only", "user", SCIM_ROLES_PATCHED, "'roles':[{'value':'user'}]",
         "user", "user", NULL},
        /* of several the current one */
        {SYNC, "'roles':[{'value':'user'}]", "user", "user", SCIM_ROLES_PATCHED,
         "'roles':[{'value':'read-only'},{'value':'user'}]", "user", "user", NULL},
        /* a sent role that is removed is withdrawn, but not a role that an administrator has set instead */
        {SYNC, "'roles':[{'value':'user'}]", "user", "user", SCIM_ROLES_PATCHED, "", NULL, NULL, NULL},
        {SYNC, "'roles':[{'value':'user'}]", "read-only", "user", SCIM_ROLES_PATCHED, "", "read-only", NULL, NULL},
        /* if only the first one counts */
        {"", "'roles':[{'value':'user'}]", "user", "user", SCIM_ROLES_PATCHED, "'roles':[{'value':'read-only'}]",
         "user", "read-only", NULL},
        /* a token of a user */
        {SYNC ",'traits':'-m'", "'roles':[{'value':'user'}]", "user", "user", SCIM_ROLES_PATCHED,
         "'roles':[{'value':'read-only'}]", NULL, NULL, "roles: a token of a user"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const scim_rules_t *rules = rules_with(cases[i].rules);
        scim_row_t before, after;
        const char *doc = apr_psprintf(unit_pool, "{'userName':'kim'%s%s}", *cases[i].after ? "," : "", cases[i].after);
        if (cases[i].before) {
            before = stored(apr_psprintf(unit_pool, "{'userName':'kim',%s}", cases[i].before), cases[i].role,
                            cases[i].sent, rules);
            after = before;
            after.doc = unit_json(doc);
        } else {
            after = user(doc);
        }
        scim_error_t *error =
            scim_account_apply(&after, cases[i].before ? &before : NULL, rules, cases[i].said, unit_pool);
        if (cases[i].error) {
            UNIT_INT(error && strncmp(error->detail, cases[i].error, strlen(cases[i].error)) == 0, 1);
            continue;
        }
        UNIT_OK(error);
        UNIT_STR(after.role, cases[i].wanted_role);
        UNIT_STR(after.sent_role, cases[i].wanted_sent);
    }
}

static void protection(void)
{
    const scim_rules_t *rules = rules_with(SYNC);
    scim_row_t before = stored("{'userName':'Ann','title':'x'}", NULL, NULL, rules), after = before;
    before.protected = after.protected = "break-glass";
    after.doc = unit_json("{'userName':'Ann','title':'y'}");
    scim_error_t *error = scim_account_apply(&after, &before, rules, SCIM_ROLES_UNSAID, unit_pool);
    UNIT_STR(error->detail,
             "The user \"Ann\" is a break-glass account. Provisioning may not change it; an administrator can.");
    UNIT_INT(error->status, 403);
    after.doc = unit_json("{'userName':'Ann','title':'x'}");
    UNIT_OK(scim_account_apply(&after, &before, rules, SCIM_ROLES_LEFT_OUT, unit_pool));
    UNIT_INT(scim_account_may_change(&before, 1, unit_pool)->status, 403);

    before = scim_row_new(unit_type("Group"), unit_json("{'displayName':'Staff'}"));
    before.source = "application";
    UNIT_INT(scim_account_may_change(&before, 1, unit_pool)->status, 403);
    UNIT_OK(scim_account_may_change(&before, 0, unit_pool));
    after = before;
    after.doc = unit_json("{'displayName':'STAFF','externalId':'e'}");
    UNIT_OK(scim_account_apply(&after, &before, rules, SCIM_ROLES_UNSAID, unit_pool));
    UNIT_JSON(after.doc, "{'displayName':'Staff','externalId':'e'}");
    after.doc = unit_json("{'displayName':'Other'}");
    error = scim_account_apply(&after, &before, rules, SCIM_ROLES_UNSAID, unit_pool);
    UNIT_INT(error->type, SCIM_MUTABILITY);
}

static void names(void)
{
    static const struct {
        const char *name;
        int email;
    } cases[] = {{"kim@x.example", 1}, {"kim", 0},      {"@x.example", 0},    {"kim@example", 0},
                 {"kim@.example", 0},  {"kim@x.e", 1},  {"a b@x.example", 0}, {"a@b@x.example", 0},
                 {"kim@x.", 0},        {"kim@x.y.z", 1}};
    const scim_rules_t *rules = rules_with("'userNameEmail':true,'derivesName':true");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        scim_row_t row = user(apr_psprintf(unit_pool, "{'userName':'%s'}", cases[i].name));
        UNIT_INT(scim_account_apply(&row, NULL, rules, SCIM_ROLES_UNSAID, unit_pool) == NULL, cases[i].email);
    }
    scim_row_t row = user("{'userName':'kim@x.example','displayName':'Boss','name':{'givenName':'Kim'}}");
    UNIT_OK(scim_account_apply(&row, NULL, rules, SCIM_ROLES_UNSAID, unit_pool));
    UNIT_STR(scim_row_text(row.doc, "displayName"), "Kim");
}

/* --- the audit log ------------------------------------------------------------------------------------------------ */

static void entries(void)
{
    static const struct {
        const char *before, *after;
        const char *action;
        const char *was, *is; /* JSON; NULL: no entry */
        int weight, logins;
    } cases[] = {
        {"{'userName':'kim','title':'x'}", "{'userName':'kim','title':'x'}", NULL, NULL, NULL, 0, 0},
        {"{'userName':'kim','title':'x'}", "{'userName':'kim','title':'y','nickName':'k'}", "update", "{'title':'x'}",
         "{'title':'y','nickName':'k'}", 0, 0},
        {"{'userName':'kim','title':'x'}", "{'userName':'kim'}", "update", "{'title':'x'}", NULL, 0, 0},
        {"{'userName':'kim','active':true}", "{'userName':'kim','active':false}", "update", "{'active':true}",
         "{'active':false}", 1, 0},
        {"{'userName':'kim','active':false}", "{'userName':'kim','active':true}", "update", "{'active':false}",
         "{'active':true}", 0, 0},
        {"{'userName':'kim'}", "{'userName':'KIM'}", "update", "{'userName':'kim'}", "{'userName':'KIM'}", 0, 0},
        {"{'userName':'kim'}", "{'userName':'ann'}", "update", "{'userName':'kim'}", "{'userName':'ann'}", 0, 1},
        {"{'userName':'kim','externalId':'1'}", "{'userName':'kim'}", "update", "{'externalId':'1'}", NULL, 0, 1},
        {"{'userName':'kim'}", "{'userName':'kim','externalId':'1'}", "update", NULL, "{'externalId':'1'}", 0, 0},
        {"{'userName':'kim','active':false}", "{'userName':'ann','active':false}", "update", "{'userName':'kim'}",
         "{'userName':'ann'}", 0, 0},
    };
    const scim_rules_t *rules = rules_with("");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        scim_row_t before = stored(cases[i].before, NULL, NULL, rules),
                   after = stored(cases[i].after, NULL, NULL, rules);
        scim_entry_t entry;
        scim_entry_change(&entry, &before, &after, unit_pool);
        UNIT_STR(entry.action, cases[i].action);
        UNIT_INT(entry.weight, cases[i].weight);
        UNIT_INT(entry.logins, cases[i].logins);
        UNIT_INT(entry.before != NULL, cases[i].was != NULL);
        UNIT_INT(entry.after != NULL, cases[i].is != NULL);
        if (entry.before && cases[i].was)
            UNIT_JSON(entry.before, cases[i].was);
        if (entry.after && cases[i].is)
            UNIT_JSON(entry.after, cases[i].is);
    }
}

static void entries_of_facts(void)
{
    const scim_rules_t *rules = rules_with("");
    scim_row_t before = stored("{'userName':'kim','active':true}", "user", NULL, rules), after = before;
    scim_entry_t entry;
    after.role = "read-only";
    scim_entry_change(&entry, &before, &after, unit_pool);
    UNIT_JSON(entry.before, "{'role':'user'}");
    UNIT_JSON(entry.after, "{'role':'read-only'}");
    after = scim_account_deleted(&before, rules, unit_pool);
    scim_entry_change(&entry, &before, &after, unit_pool);
    UNIT_STR(entry.action, "delete");
    UNIT_STR(entry.name, "kim");
    UNIT_INT(entry.weight, 1);
    UNIT_JSON(entry.before, "{'active':true}");
    scim_entry_change(&entry, &after, &before, unit_pool);
    UNIT_STR(entry.action, "restore");
    UNIT_INT(entry.weight, 0);
    after = before;
    before.source = "local";
    scim_entry_change(&entry, &before, &after, unit_pool);
    UNIT_STR(entry.action, "adopt");
    UNIT_JSON(entry.after, "{'source':'scim'}");
    scim_entry_change(&entry, &after, &before, unit_pool);
    UNIT_STR(entry.action, "unlink");
}

/* --- the account that a POST means ---------------------------------------------------------------------------------*/

#define STRONG "'externalId':'00ujl29u0le5T6Aj10h7'"
#define WEAK   "'externalId':'0'"

/* A similar account: how it is stored, and the effect of the POST. */
typedef enum { THERE, INACTIVE, DELETED, LOCAL, GUARDED } state_e;
typedef enum { NEW, NOTED, BACK, ADOPTED, REFUSED } outcome_e;

static scim_row_t known(const char *doc, state_e state, const scim_rules_t *rules)
{
    scim_row_t row = user(doc);
    json_object_object_add(row.doc, "active", json_object_new_boolean(state != INACTIVE));
    row.deleted = state == DELETED;
    row.source = state == LOCAL || state == GUARDED ? "local" : "scim";
    row.protected = state == GUARDED ? "main-contact" : NULL;
    scim_row_keys(&row, rules, unit_pool);
    return row;
}

static outcome_e outcome(const scim_claim_t *claim)
{
    if (claim->refusal) {
        return REFUSED;
    }
    if (claim->found) {
        return claim->adopts ? ADOPTED : BACK;
    }
    return claim->note ? NOTED : NEW;
}

static void claims(void)
{
    static const struct {
        const char *rules;
        const char *sent;
        state_e state;
        const char *doc;
        outcome_e outcome;
    } cases[] = {
        /* an externalId that identifies a person */
        {"", "{'userName':'new'," STRONG "}", DELETED, "{'userName':'old'," STRONG "}", BACK},
        {"", "{'userName':'new'," STRONG "}", INACTIVE, "{'userName':'old'," STRONG "}", BACK},
        {"", "{'userName':'new'," STRONG "}", THERE, "{'userName':'old'," STRONG "}", NEW},
        {"'restore':'never'", "{'userName':'new'," STRONG "}", DELETED, "{'userName':'old'," STRONG "}", NEW},
        /* an account that stays inactive exists already, unless it is renamed */
        {"", "{'userName':'old','active':false," STRONG "}", INACTIVE, "{'userName':'old'," STRONG "}", NEW},
        {"", "{'userName':'new','active':false," STRONG "}", INACTIVE, "{'userName':'old'," STRONG "}", BACK},
        /* an externalId that anybody may have */
        {"", "{'userName':'new'," WEAK "}", DELETED, "{'userName':'old'," WEAK "}", NOTED},
        {"", "{'userName':'OLD'," WEAK "}", DELETED, "{'userName':'old'," WEAK "}", BACK},
        {"", "{'userName':'new'," WEAK ",'emails':[{'value':'A@X'}]}", DELETED,
         "{'userName':'old'," WEAK ",'emails':[{'value':'b@x'},{'value':'a@x'}]}", BACK},
        {"", "{'userName':'old'," WEAK "}", INACTIVE, "{'userName':'old'," WEAK "}", BACK},
        /* only the userName */
        {"", "{'userName':'old'}", DELETED, "{'userName':'old'}", NEW},
        {"'restore':'userName'", "{'userName':'old'}", DELETED, "{'userName':'old'}", BACK},
        {"'restore':'userName'", "{'userName':'old'}", INACTIVE, "{'userName':'old'}", BACK},
        {"'restore':'userName'", "{'userName':'old'," STRONG "}", DELETED, "{'userName':'OLD','externalId':'x'}", BACK},
        /* local accounts */
        {"", "{'userName':'old'}", LOCAL, "{'userName':'old'}", REFUSED},
        {"'adopts':true", "{'userName':'OLD'}", LOCAL, "{'userName':'old'}", ADOPTED},
        {"'adopts':true", "{'userName':'old'}", GUARDED, "{'userName':'old'}", REFUSED},
        {"'adopts':true", "{'userName':'new','emails':[{'value':'A@X'}]}", LOCAL,
         "{'userName':'old','emails':[{'value':'a@x'}]}", ADOPTED},
        {"'adopts':true", "{'userName':'new','emails':[{'value':'a@x'}]}", LOCAL,
         "{'userName':'old','emails':[{'value':'b@x','primary':true},{'value':'a@x'}]}", NEW},
        {"'adopts':true", "{'userName':'old'}", THERE, "{'userName':'old'}", NEW},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const scim_rules_t *rules = rules_with(cases[i].rules);
        scim_row_t sent = user(cases[i].sent);
        apr_array_header_t *alike = apr_array_make(unit_pool, 1, sizeof(scim_alike_t));
        APR_ARRAY_PUSH(alike, scim_alike_t) =
            (scim_alike_t){.id = "id", .row = known(cases[i].doc, cases[i].state, rules)};
        scim_row_keys(&sent, rules, unit_pool);
        scim_claim_t claim = scim_restore_decide(&sent, alike, rules, unit_pool);
        UNIT_INT(outcome(&claim), cases[i].outcome);
    }
}

/* Of several the last one, but an existing account is preferred to deleted ones. */
static void claims_of_several(void)
{
    const scim_rules_t *rules = rules_with("");
    apr_array_header_t *alike = apr_array_make(unit_pool, 3, sizeof(scim_alike_t));
    scim_row_t sent = user("{'userName':'new'," STRONG "}");
    scim_row_keys(&sent, rules, unit_pool);
    APR_ARRAY_PUSH(alike, scim_alike_t) =
        (scim_alike_t){.id = "1", .row = known("{'userName':'a'," STRONG "}", DELETED, rules)};
    APR_ARRAY_PUSH(alike, scim_alike_t) =
        (scim_alike_t){.id = "2", .row = known("{'userName':'b'," STRONG "}", DELETED, rules)};
    UNIT_STR(scim_restore_decide(&sent, alike, rules, unit_pool).found->id, "2");
    APR_ARRAY_IDX(alike, 0, scim_alike_t).row = known("{'userName':'a'," STRONG "}", INACTIVE, rules);
    UNIT_STR(scim_restore_decide(&sent, alike, rules, unit_pool).found->id, "1");
}

/* An account that was merged into another one, and the state of that one. */
static void claims_of_merged(void)
{
    static const struct {
        const char *rules;
        const char *sent;
        const char *merged;
        state_e into_state;
        const char *into;
        int outcome;
    } cases[] = {
        /* the remaining account has the externalId now */
        {"", "{'userName':'new'," STRONG "}", "{'userName':'old'," STRONG "}", THERE, "{'userName':'stays'," STRONG "}",
         BACK},
        {"", "{'userName':'old'," WEAK "}", "{'userName':'old'," WEAK "}", THERE, "{'userName':'stays'," WEAK "}",
         BACK},
        /* or it has another one, so there are two provisioned accounts */
        {"", "{'userName':'new'," STRONG "}", "{'userName':'old'," STRONG "}", THERE, "{'userName':'stays'}", REFUSED},
        /* or it is local */
        {"", "{'userName':'new'," STRONG "}", "{'userName':'old'," STRONG "}", LOCAL, "{'userName':'stays'}", REFUSED},
        {"'adopts':true", "{'userName':'new'," STRONG "}", "{'userName':'old'," STRONG "}", LOCAL,
         "{'userName':'stays'}", ADOPTED},
        {"'adopts':true", "{'userName':'new'," STRONG "}", "{'userName':'old'," STRONG "}", GUARDED,
         "{'userName':'stays'}", REFUSED},
        /* or it was deleted, too */
        {"", "{'userName':'new'," STRONG "}", "{'userName':'old'," STRONG "}", DELETED, "{'userName':'stays'}", NEW},
        /* and a POST that may mean another person creates an account */
        {"", "{'userName':'new'," WEAK "}", "{'userName':'old'," WEAK "}", THERE, "{'userName':'stays'," WEAK "}", NEW},
        {"", "{'userName':'old'}", "{'userName':'old'}", THERE, "{'userName':'stays'}", NEW},
        {"'restore':'never'", "{'userName':'new'," STRONG "}", "{'userName':'old'," STRONG "}", THERE,
         "{'userName':'stays'," STRONG "}", NEW},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const scim_rules_t *rules = rules_with(cases[i].rules);
        scim_row_t sent = user(cases[i].sent);
        apr_array_header_t *alike = apr_array_make(unit_pool, 2, sizeof(scim_alike_t));
        APR_ARRAY_PUSH(alike, scim_alike_t) =
            (scim_alike_t){.id = "1", .into = "2", .row = known(cases[i].merged, DELETED, rules)};
        APR_ARRAY_PUSH(alike, scim_alike_t) =
            (scim_alike_t){.id = "2", .row = known(cases[i].into, cases[i].into_state, rules)};
        scim_row_keys(&sent, rules, unit_pool);
        scim_claim_t claim = scim_restore_decide(&sent, alike, rules, unit_pool);
        if (!UNIT_INT(outcome(&claim), cases[i].outcome))
            UNIT_INT(i, -1);
        if (claim.found)
            UNIT_STR(claim.found->id, "2");
    }
}

/* Repeated merges, and a circle, which administrators can make by restoring. */
static void chains_of_merged(void)
{
    const scim_rules_t *rules = rules_with("");
    apr_array_header_t *alike = apr_array_make(unit_pool, 3, sizeof(scim_alike_t));
    scim_row_t sent = user("{'userName':'new'," STRONG "}");
    scim_row_keys(&sent, rules, unit_pool);
    APR_ARRAY_PUSH(alike, scim_alike_t) =
        (scim_alike_t){.id = "1", .into = "3", .row = known("{'userName':'a'," STRONG "}", DELETED, rules)};
    APR_ARRAY_PUSH(alike, scim_alike_t) =
        (scim_alike_t){.id = "2", .row = known("{'userName':'b'," STRONG "}", THERE, rules)};
    APR_ARRAY_PUSH(alike, scim_alike_t) =
        (scim_alike_t){.id = "3", .into = "2", .row = known("{'userName':'c'}", DELETED, rules)};
    UNIT_STR(scim_restore_decide(&sent, alike, rules, unit_pool).found->id, "2");
    APR_ARRAY_IDX(alike, 2, scim_alike_t).into = "1";
    CU_ASSERT_PTR_NULL(scim_restore_decide(&sent, alike, rules, unit_pool).found);
}

static void rows_that_come_back(void)
{
    const scim_rules_t *rules = rules_with("");
    scim_row_t sent = user("{'userName':'new'}");
    scim_alike_t alike = {.id = "id", .row = known("{'userName':'old','roles':[{'value':'user'}]}", INACTIVE, rules)};
    scim_claim_t claim = {.found = &alike};
    UNIT_JSON(scim_restore_row(&claim, &sent, unit_pool).doc, "{'userName':'new','roles':[{'value':'user'}]}");
    alike.row = known("{'userName':'old','roles':[{'value':'user'}]}", DELETED, rules);
    scim_row_t back = scim_restore_row(&claim, &sent, unit_pool);
    UNIT_JSON(back.doc, "{'userName':'new'}");
    UNIT_INT(back.deleted, 0);
    alike.row = known("{'userName':'old'}", LOCAL, rules);
    claim.adopts = 1;
    UNIT_STR(scim_restore_row(&claim, &sent, unit_pool).source, "scim");
}

CU_TestInfo test_rules[] = {{"reading", reading},
                            {"names of roles", names_of_roles},
                            {"keys", keys},
                            {"long keys", long_keys},
                            {"roles", roles},
                            {"protection", protection},
                            {"names", names},
                            {"entries", entries},
                            {"entries of facts", entries_of_facts},
                            {"claims", claims},
                            {"claims of several", claims_of_several},
                            {"claims of merged accounts", claims_of_merged},
                            {"chains of merged accounts", chains_of_merged},
                            {"rows that come back", rows_that_come_back},
                            CU_TEST_INFO_NULL};
