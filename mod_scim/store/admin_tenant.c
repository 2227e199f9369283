/* Tenants: adding and changing them, and switching provisioning on and off. */
#include <string.h>

#include "admin_change.h"
#include "admin_ops.h"
#include "admin_removal.h"
#include "admin_secret.h"
#include "admin_tenant_list.h"
#include "rules/access.h"
#include "rules/nouns.h"
#include "scim/json.h"
#include "tenant.h"

/* A new column of scim.tenant needs a row here to be shown, and a row in SETTINGS to be set. HEAD(text) is a heading
 * in scimctl's output of one tenant; a list shows only the first columns. baseUrl is not a column but comes from
 * httpd's configuration. So it is not part of the version, and scimctl does not show it. */
#define FIELDS(HEAD)                                                                                                   \
    {"tenant", SCIM_ARG_TEXT, "Tenant", "its name, the end of its base URL"},                                          \
        {"displayName", SCIM_ARG_TEXT, "Display name", "its name for people; null: none"},                             \
        {"baseUrl", SCIM_ARG_TEXT, NULL, "its base URL, for the identity provider; null: ScimBaseURL is not set"},     \
        {"enabled", SCIM_ARG_FLAG, "Enabled", "whether provisioning is switched on"},                                  \
        {"restore", SCIM_ARG_TEXT, "Restore by",                                                                       \
         "how a POST finds a deleted user to restore: externalId, userName, never"},                                   \
        {"profile", SCIM_ARG_TEXT, "Profile",                                                                          \
         "how strictly requests must follow the standard: lenient, rfc, interop"},                                     \
        {"passwordSchema", SCIM_ARG_TEXT, HEAD("Password in schemas"),                                                 \
         "whether /Schemas shows passwords: profile, show, hide"},                                                     \
        {"syncPolicy", SCIM_ARG_TEXT, HEAD("Sync policy"), "to whom provisioning gives access: manual, all, groups"},  \
        {"loginPolicy", SCIM_ARG_TEXT, HEAD("Login policy"), "what a first login gives: manual, first-login"},         \
        {"linkPolicy", SCIM_ARG_TEXT, HEAD("Link policy"), "whether a login links its identity: manual, first-login"}, \
        {"oneToken", SCIM_ARG_FLAG, HEAD("One token"), "only one token is valid; enabling the tenant replaces it"},    \
        {"defaultRole", SCIM_ARG_TEXT, HEAD("Default role"), "the role of users for which none is sent"},              \
        {"roleWins", SCIM_ARG_TEXT, HEAD("Role wins"), "when a role that is sent counts: sync (always), creation"},    \
        {"unknownRole", SCIM_ARG_TEXT, HEAD("Unknown roles"),                                                          \
         "what happens to a role that the tenant does not have: refuse, default"},                                     \
        {"reservedRoles", SCIM_ARG_LIST, HEAD("Reserved roles"), "roles that provisioning never gives"},               \
        {"sentEntitlements", SCIM_ARG_TEXT, HEAD("Sent entitlements"),                                                 \
         "what happens to entitlements that are sent: ignore, match, refuse"},                                         \
        {"userNameEmail", SCIM_ARG_FLAG, HEAD("E-mail names"), "userName must be an e-mail address"},                  \
        {"deriveDisplayName", SCIM_ARG_FLAG, HEAD("Derive names"), "displayName is derived from the name"},            \
        {"localMatch", SCIM_ARG_TEXT, HEAD("Local match"),                                                             \
         "what happens to a POST of a user who exists as a local one: refuse, adopt"},                                 \
        {"deletion", SCIM_ARG_TEXT, HEAD("Deletion"), "what happens to a deleted user: keep, erase"},                  \
        {"loginAttribute", SCIM_ARG_TEXT, HEAD("Login"), "with what people log in: userName, email"},                  \
        {"restoreMappings", SCIM_ARG_TEXT, HEAD("Restore mappings by"),                                                \
         "which deleted group gives its mappings to a new one: never, displayName"},                                   \
        {"groupDepth", SCIM_ARG_INT, HEAD("Group depth"), "how deep groups may be nested"},                            \
        {"dryRun", SCIM_ARG_FLAG, HEAD("Dry run"), "requests are answered as usual, but change nothing"},              \
        {"guardLimit", SCIM_ARG_INT, HEAD("Guard limit"),                                                              \
         "how many people may lose access within an hour; null: no limit"},                                            \
        {"guardShare", SCIM_ARG_INT, HEAD("Guard share"), "how many percent of the active users; null: no limit"},     \
        {"guardLogins", SCIM_ARG_FLAG, HEAD("Guard logins"), "people who cannot log in any more count, too"},          \
        {"guardUntil", SCIM_ARG_TIME, HEAD("Guard open until"), "the guard lets everything pass until this time"},     \
        {"activityBodies", SCIM_ARG_FLAG, HEAD("Keep bodies"), "activity keeps bodies of requests"},                   \
        {"activityMask", SCIM_ARG_LIST, HEAD("Mask"),                                                                  \
         "attributes that activity masks; personal: everything that identifies people"},                               \
        {"activityReads", SCIM_ARG_INT, HEAD("Reads kept"), "how many of 100 reads activity keeps"},                   \
        {"removing", SCIM_ARG_TIME, HEAD("Being removed since"), "since when it is being removed; null: it is not"},   \
    {                                                                                                                  \
        "created", SCIM_ARG_TIME, "Created", "when it was created"                                                     \
    }

#define RESTORE      "externalId|userName|never"
#define PROFILE      "lenient|rfc|interop"
#define SYNC_POLICY  "manual|all|groups"
#define LOGIN_POLICY "manual|first-login"
#define ROLE_WINS    "sync|creation"
#define UNKNOWN_ROLE "refuse|default"
#define PASSWORD     "profile|show|hide"
#define LOCAL_MATCH  "refuse|adopt"
#define DELETION     "keep|erase"
#define LOGIN        "userName|email"
#define MAPPINGS     "never|displayName"
#define ENTITLEMENTS "ignore|match|refuse"

#define SETTINGS                                                                                                        \
    {"displayName", SCIM_ARG_TEXT, SCIM_ARG_NULLABLE | SCIM_ARG_NAME, "TEXT", 1, 200, "its name for people"},           \
        {"restore",                                                                                                     \
         SCIM_ARG_CHOICE,                                                                                               \
         0,                                                                                                             \
         RESTORE,                                                                                                       \
         0,                                                                                                             \
         0,                                                                                                             \
         "how a POST finds a deleted user to restore (default: externalId)"},                                           \
        {"profile",                                                                                                     \
         SCIM_ARG_CHOICE,                                                                                               \
         0,                                                                                                             \
         PROFILE,                                                                                                       \
         0,                                                                                                             \
         0,                                                                                                             \
         "how strictly requests must follow the standard (default: lenient)"},                                          \
        {"passwordSchema",                                                                                              \
         SCIM_ARG_CHOICE,                                                                                               \
         0,                                                                                                             \
         PASSWORD,                                                                                                      \
         0,                                                                                                             \
         0,                                                                                                             \
         "whether /Schemas shows passwords, which are never stored (default: profile, so not in lenient)"},             \
        {"syncPolicy", SCIM_ARG_CHOICE, 0, SYNC_POLICY, 0, 0, "to whom provisioning gives access (default: manual)"},   \
        {"loginPolicy", SCIM_ARG_CHOICE, 0, LOGIN_POLICY, 0, 0, "what a first login gives (default: manual)"},          \
        {"linkPolicy", SCIM_ARG_CHOICE, 0, LOGIN_POLICY, 0, 0, "whether a login links its identity (default: manual)"}, \
        {"oneToken",                                                                                                    \
         SCIM_ARG_FLAG,                                                                                                 \
         0,                                                                                                             \
         NULL,                                                                                                          \
         0,                                                                                                             \
         0,                                                                                                             \
         "allow only one valid token; disabling and enabling the tenant replaces it"},                                  \
        {"defaultRole", SCIM_ARG_TEXT, 0, "ROLE", 1, 100, "the role of users without one (default: user)"},             \
        {"roleWins",                                                                                                    \
         SCIM_ARG_CHOICE,                                                                                               \
         0,                                                                                                             \
         ROLE_WINS,                                                                                                     \
         0,                                                                                                             \
         0,                                                                                                             \
         "when a role that is sent counts: always, or only when the user is created (default: sync)"},                  \
        {"unknownRole",                                                                                                 \
         SCIM_ARG_CHOICE,                                                                                               \
         0,                                                                                                             \
         UNKNOWN_ROLE,                                                                                                  \
         0,                                                                                                             \
         0,                                                                                                             \
         "refuse a role that the tenant does not have, or give the default role (default: refuse)"},                    \
        {"reservedRoles", SCIM_ARG_LIST, 0, "ROLE", 0, 100, "a role that provisioning never gives (default: none)"},    \
        {"sentEntitlements",                                                                                            \
         SCIM_ARG_CHOICE,                                                                                               \
         0,                                                                                                             \
         ENTITLEMENTS,                                                                                                  \
         0,                                                                                                             \
         0,                                                                                                             \
         "ignore entitlements that are sent, match them to subscriptions, or refuse them (default: ignore)"},           \
        {"dryRun", SCIM_ARG_FLAG, 0, NULL, 0, 0, "answer requests as usual, but change nothing"},                       \
        {"guardLimit",                                                                                                  \
         SCIM_ARG_INT,                                                                                                  \
         SCIM_ARG_NULLABLE,                                                                                             \
         "N",                                                                                                           \
         1,                                                                                                             \
         1000000,                                                                                                       \
         "hold a request if more people than this would lose access within an hour"},                                   \
        {"guardShare",                                                                                                  \
         SCIM_ARG_INT,                                                                                                  \
         SCIM_ARG_NULLABLE,                                                                                             \
         "PERCENT",                                                                                                     \
         1,                                                                                                             \
         100,                                                                                                           \
         "the same in percent of the active users that provisioning can change"},                                       \
        {"guardLogins",                                                                                                 \
         SCIM_ARG_FLAG,                                                                                                 \
         0,                                                                                                             \
         NULL,                                                                                                          \
         0,                                                                                                             \
         0,                                                                                                             \
         "count also people who cannot log in any more, because the userName, login or externalId changes (default: "   \
         "true)"},                                                                                                      \
        {"activityBodies", SCIM_ARG_FLAG, 0, NULL, 0, 0, "keep the bodies of requests in activity, without passwords"}, \
        {"activityMask",                                                                                                \
         SCIM_ARG_LIST,                                                                                                 \
         0,                                                                                                             \
         "ATTRIBUTE",                                                                                                   \
         0,                                                                                                             \
         100,                                                                                                           \
         "mask this attribute in activity; personal: everything that identifies people (default: personal)"},           \
        {"activityReads", SCIM_ARG_INT, 0, "PERCENT", 0, 100, "how many of 100 reads activity keeps (default: 100)"},   \
        {"userNameEmail", SCIM_ARG_FLAG, 0, NULL, 0, 0, "refuse a userName that is not an e-mail address"},             \
        {"deriveDisplayName", SCIM_ARG_FLAG, 0, NULL, 0, 0, "derive displayName from the name, even if one is sent"},   \
        {"localMatch",                                                                                                  \
         SCIM_ARG_CHOICE,                                                                                               \
         0,                                                                                                             \
         LOCAL_MATCH,                                                                                                   \
         0,                                                                                                             \
         0,                                                                                                             \
         "what happens to a POST of a user who exists as a local one (default: refuse)"},                               \
        {"deletion", SCIM_ARG_CHOICE, 0, DELETION, 0, 0, "what happens to a deleted user (default: keep)"},             \
        {"restoreMappings",                                                                                             \
         SCIM_ARG_CHOICE,                                                                                               \
         0,                                                                                                             \
         MAPPINGS,                                                                                                      \
         0,                                                                                                             \
         0,                                                                                                             \
         "whether a new group gets the mappings of a deleted group with the same name (default: never)"},               \
        {"groupDepth", SCIM_ARG_INT, 0, "N", 1, 100, "how deep groups may be nested (default: 10)"},                    \
    {                                                                                                                   \
        "loginAttribute", SCIM_ARG_CHOICE, 0, LOGIN, 0, 0, "with what people log in (default: userName)"                \
    }

#define COUNTS                                                                                                         \
    {"users", SCIM_ARG_INT, "Users", "how many users the identity provider sees"},                                     \
        {"localUsers", SCIM_ARG_INT, "Local users", "how many users it does not see"},                                 \
    {                                                                                                                  \
        "groups", SCIM_ARG_INT, "Groups", "how many groups the identity provider sees"                                 \
    }

#define SHOWN(text)  text
#define HIDDEN(text) NULL

static const scim_admin_field_t list_fields[] = {
    FIELDS(HIDDEN),
    {"lastRequest", SCIM_ARG_TIME, "Last request", "when a token was last used; null: never"},
    {"health", SCIM_ARG_TEXT, "Health",
     "good, attention (see its overview), quiet (a token is silent), off, no-token (none is valid), unused (no token "
     "was ever used)"},
    {"held", SCIM_ARG_INT, NULL, "how many requests the guard against mass changes holds"},
    {"refused", SCIM_ARG_INT, NULL,
     "how many requests of the last 24 hours were refused or failed, counted up to 1,000"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t overview_fields[] = {
    {"tenant", SCIM_ARG_TEXT, "Tenant", "its name"},
    {"displayName", SCIM_ARG_TEXT, "Display name", "its name for people; null: none"},
    {"baseUrl", SCIM_ARG_TEXT, NULL, "its base URL, for the identity provider; null: ScimBaseURL is not set"},
    {"enabled", SCIM_ARG_FLAG, "Enabled", "whether provisioning is switched on"},
    {"dryRun", SCIM_ARG_FLAG, "Dry run", "requests are answered as usual, but change nothing"},
    {"syncPolicy", SCIM_ARG_TEXT, "Sync policy", "to whom provisioning gives access: manual, all, groups"},
    {"loginPolicy", SCIM_ARG_TEXT, "Login policy", "what a first login gives: manual, first-login"},
    {"guardUntil", SCIM_ARG_TIME, "Guard open until",
     "the guard lets everything pass until this time; null: it is closed"},
    {"lastRequest", SCIM_ARG_TIME, "Last request", "when a token was last used; null: never"},
    {"users", SCIM_ARG_INT, "Users", "how many users the identity provider sees"},
    {"localUsers", SCIM_ARG_INT, "Local users", "how many users it does not see"},
    {"groups", SCIM_ARG_INT, "Groups", "how many groups the identity provider sees"},
    {"tokens", SCIM_ARG_JSON, "Tokens", "its tokens, newest first, without revoked ones, as in `token list`"},
    {"requests", SCIM_ARG_JSON, NULL,
     "how the requests of the last 24 hours ended: done, refused, failed, held; and `hours`, the same with `at` for "
     "each"},
    {"subscriptions", SCIM_ARG_JSON, NULL, "the first fifty, as in `subscription list`"},
    {"attention", SCIM_ARG_JSON, "Attention",
     "what needs attention, the most urgent first: kind, severity (error, warning, info), count, objectType, objectId, "
     "object, at, text, fix (what to do), and the operation that does it with its arguments"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t fields[] = {
    FIELDS(SHOWN),
    COUNTS,
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t set_fields[] = {
    FIELDS(SHOWN),
    COUNTS,
    {"warnings", SCIM_ARG_LIST, "Warnings", "warnings about the new settings"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t enabled_fields[] = {
    {"token", SCIM_ARG_TEXT, NULL, "the text of the new token, if the tenant allows only one; shown once"},
    {"issued", SCIM_ARG_JSON, NULL, "the new token, as in `token show`"},
    FIELDS(SHOWN),
    COUNTS,
    {"warnings", SCIM_ARG_LIST, "Warnings", "accounts that are still deactivated, and how to reactivate them"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t list_args[] = {SCIM_ADMIN_LIST_ARGS, {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL}};

static const scim_admin_arg_t add_args[] = {
    {"tenant", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED, "NAME", 0, 0, "its name; permanent, and the end of its base URL"},
    SETTINGS,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t set_args[] = {SETTINGS, {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL}};

static const scim_admin_arg_t disable_args[] = {
    {"accounts", SCIM_ARG_CHOICE, SCIM_ARG_REQUIRED, "keep|local|deactivate", 0, 0,
     "what happens to provisioned accounts: they stay as they are, become local (users and groups), or are "
     "deactivated"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_field_t fate_fields[] = {
    {"users", SCIM_ARG_INT, "Users", "how many users would change"},
    {"groups", SCIM_ARG_INT, "Groups", "how many groups would change"},
    {"protected", SCIM_ARG_INT, "Protected", "how many users would stay as they are, because they are protected"},
    {"names", SCIM_ARG_LIST, "Who", "the userNames of the first hundred of them"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t enable_args[] = {
    {"expires", SCIM_ARG_TIME, SCIM_ARG_FUTURE, "WHEN", 0, 0,
     "when the new token expires, if the tenant allows only one (default: 30d)"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t remove_args[] = {
    {"confirm", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED, "NAME", 1, 100, "its name again, to confirm"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_field_t removed_fields[] = {
    {"tenant", SCIM_ARG_TEXT, "Tenant", "its name"},
    {"done", SCIM_ARG_FLAG, "Removed", "whether only its audit log is left; if false, repeat the request"},
    {"erased", SCIM_ARG_INT, "Erased", "how many rows this request has deleted"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

/* Warns if nobody gets anything from the new policy. */
static scim_error_t *warn(scim_admin_call_t *call)
{
    static const char *const policies[] = {"syncPolicy", "loginPolicy"};
    json_object *answer = scim_json_trusted(call->answer, strlen(call->answer), call->pool);
    json_object *warnings = json_object_new_array();
    for (int i = 0; i < 2; i++) {
        const char *policy = scim_admin_text(call, policies[i]);
        const char *text =
            policy ? scim_policy_warning(policy, i == 0,
                                         json_object_get_boolean(json_object_object_get(answer, "automatic")),
                                         json_object_get_boolean(json_object_object_get(answer, "mapped")))
                   : NULL;
        if (text) {
            json_object_array_add(warnings, json_object_new_string(text));
        }
    }
    json_object_object_add(answer, "warnings", warnings);
    json_object_object_del(answer, "automatic");
    json_object_object_del(answer, "mapped");
    call->answer = scim_json_text(answer, NULL, call->pool);
    return NULL;
}

static scim_error_t *prepare_add(scim_admin_call_t *call)
{
    scim_error_t *error = scim_tenant_check_key(scim_admin_text(call, "tenant"), call->pool);
    if (!error && call->sync_policy && !scim_admin_text(call, "syncPolicy")) {
        scim_admin_set(call, "syncPolicy", json_object_new_string(call->sync_policy));
    }
    return error;
}

static const scim_admin_change_t add = {
    .action = &scim_tenant_add,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TENANT_KNOWN, SCIM_STMT_ADMIN_TENANT_MAKE, SCIM_STMT_ADMIN_TENANT_ROLES,
                             SCIM_STMT_ADMIN_TENANT_SETTINGS),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TENANT_WRITE, SCIM_STMT_ADMIN_TENANT_SHOW),
    .answer = 1,
};

static const scim_admin_change_t set = {
    .action = &scim_tenant_set,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TENANT_LOGIN_LOCK, SCIM_STMT_ADMIN_TENANT_HOLD,
                             SCIM_STMT_ADMIN_TENANT_SETTINGS),
    .writes =
        SCIM_STATEMENTS(SCIM_STMT_ADMIN_TENANT_POLICY, SCIM_STMT_ADMIN_TENANT_WRITE, SCIM_STMT_ADMIN_TENANT_SPREAD,
                        SCIM_STMT_ADMIN_TENANT_LOGINS, SCIM_STMT_ADMIN_TENANT_LOSSES, SCIM_STMT_ADMIN_TENANT_ANSWER),
    .answer = 5,
};

static const scim_admin_change_t enable = {
    .action = &scim_tenant_enable,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TENANT_HOLD, SCIM_STMT_ADMIN_TENANT_TOKENS),
    .writes =
        SCIM_STATEMENTS(SCIM_STMT_ADMIN_TENANT_SWITCH, SCIM_STMT_ADMIN_TENANT_SPREAD, SCIM_STMT_ADMIN_TOKEN_REVOKE_ALL,
                        SCIM_STMT_ADMIN_TOKEN_ADD, SCIM_STMT_ADMIN_TENANT_ENABLED),
    .answer = 4,
};

static const scim_admin_change_t disable = {
    .action = &scim_tenant_disable,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TENANT_HOLD, SCIM_STMT_ADMIN_TENANT_ACCOUNTS),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TENANT_SWITCH, SCIM_STMT_ADMIN_TENANT_SPREAD,
                              SCIM_STMT_ADMIN_TENANT_SETTLE, SCIM_STMT_ADMIN_TENANT_SHOW),
    .answer = 3,
};

#define TENANTS "/tenants"
#define TENANT  TENANTS "/{tenant}"

const scim_admin_op_t scim_admin_tenant_ops[] = {
    {.noun = "tenant",
     .verb = "list",
     .method = "GET",
     .path = TENANTS,
     .statement = SCIM_STMT_ADMIN_TENANT_LIST,
     .read = scim_admin_tenant_list,
     .args = list_args,
     .fields = list_fields,
     .flags = SCIM_OP_LIST | SCIM_OP_FEW,
     .summary = "show tenants"},
    {.noun = "tenant",
     .verb = "show",
     .argument = "tenant",
     .method = "GET",
     .path = TENANT,
     .statement = SCIM_STMT_ADMIN_TENANT_SHOW,
     .fields = fields,
     .summary = "show a tenant"},
    {.noun = "tenant",
     .verb = "overview",
     .argument = "tenant",
     .method = "GET",
     .path = TENANT "/overview",
     .statement = SCIM_STMT_ADMIN_TENANT_OVERVIEW,
     .fields = overview_fields,
     .summary = "show the state of a tenant, and what needs attention"},
    {.noun = "tenant",
     .verb = "add",
     .argument = "tenant",
     .method = "POST",
     .path = TENANTS,
     .change = &add,
     .args = add_args,
     .fields = fields,
     .id_field = "tenant",
     .flags = SCIM_OP_CREATES,
     .prepare = prepare_add,
     .summary = "add a tenant; its name is permanent, and the end of its base URL"},
    {.noun = "tenant",
     .verb = "set",
     .argument = "tenant",
     .method = "PATCH",
     .path = TENANT,
     .change = &set,
     .args = set_args,
     .fields = set_fields,
     .finish = warn,
     .summary = "change settings of a tenant"},
    {.noun = "tenant",
     .verb = "enable",
     .argument = "tenant",
     .method = "POST",
     .path = TENANT "/enable",
     .change = &enable,
     .args = enable_args,
     .fields = enabled_fields,
     .prepare = scim_admin_make_secret,
     .finish = scim_admin_show_secret,
     .summary = "switch provisioning on; if the tenant allows only one token, a new one replaces it"},
    {.noun = "tenant",
     .verb = "disable",
     .argument = "tenant",
     .method = "POST",
     .path = TENANT "/disable",
     .change = &disable,
     .args = disable_args,
     .fields = fields,
     .flags = SCIM_OP_ASKS,
     .summary = "switch provisioning off: every request of the tenant is answered 403"},
    {.noun = "tenant",
     .verb = "disable-preview",
     .argument = "tenant",
     .method = "GET",
     .path = TENANT "/disable",
     .statement = SCIM_STMT_ADMIN_TENANT_FATE,
     .args = disable_args,
     .fields = fate_fields,
     .summary = "show what switching provisioning off would change, and change nothing"},
    {.noun = "tenant",
     .verb = "remove",
     .argument = "tenant",
     .method = "POST",
     .path = TENANT "/remove",
     .args = remove_args,
     .fields = removed_fields,
     .carry = scim_admin_tenant_remove,
     .summary = "erase a tenant that is switched off, with all its data except the audit log; in pieces: repeat it "
                "until it is done"},
    {.noun = NULL},
};
