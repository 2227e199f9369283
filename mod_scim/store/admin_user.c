/* Users: provisioned ones, for which administrators set role and flags, and local ones. */
#include <string.h>

#include "admin_change.h"
#include "admin_ops.h"
#include "rules/merge.h"
#include "rules/nouns.h"
#include "scim/json.h"
#include "user_list.h"

/* The columns of lists, which are also the first ones of a single user. */
#define ROW                                                                                                            \
    {"id", SCIM_ARG_TEXT, NULL, "its id in /Users"}, {"userName", SCIM_ARG_TEXT, "User name", "its userName"},         \
        {"displayName", SCIM_ARG_TEXT, "Name", "its name for people"},                                                 \
        {"email", SCIM_ARG_TEXT, "E-mail", "its e-mail address: the primary one, else the first; null: none"},         \
        {"phone", SCIM_ARG_TEXT, NULL, "its phone number: the primary one, else the first; null: none"},               \
        {"login", SCIM_ARG_TEXT, NULL, "its login: its value of the attribute with which people log in"},              \
        {"active", SCIM_ARG_FLAG, NULL, "whether it is active"},                                                       \
        {"state", SCIM_ARG_TEXT, "State", "active, inactive, deleted"},                                                \
        {"source", SCIM_ARG_TEXT, "Source", "who manages it: scim (the identity provider), local (administrators)"},   \
        {"role", SCIM_ARG_TEXT, "Role",                                                                                \
         "its effective role: its own, else the one its groups give, else the default"},                               \
        {"roleSource", SCIM_ARG_TEXT, NULL,                                                                            \
         "the source of its effective role: account, group, protected (kept), default"},                               \
        {"roleGroup", SCIM_ARG_TEXT, NULL, "the group that gives its effective role; null: none"},                     \
        {"ownRole", SCIM_ARG_TEXT, NULL, "the account's own role, which is set here; null: it has none"},              \
        {"roleDefault", SCIM_ARG_FLAG, NULL, "its effective role is the tenant's default"},                            \
        {"flags", SCIM_ARG_LIST, "Flags", "its flags"},                                                                \
        {"protected", SCIM_ARG_TEXT, "Protected", "main-contact, break-glass; null: provisioning may change it"},      \
        {"created", SCIM_ARG_TIME, NULL, "when it was created"},                                                       \
        {"lastModified", SCIM_ARG_TIME, NULL, "when it was last changed"},                                             \
    {                                                                                                                  \
        "deletedAt", SCIM_ARG_TIME, NULL, "when it was deleted; null: it is not"                                       \
    }

static const scim_admin_field_t list_fields[] = {ROW, {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static const scim_admin_field_t fields[] = {
    ROW,
    {"givenName", SCIM_ARG_TEXT, NULL, "its given name"},
    {"familyName", SCIM_ARG_TEXT, NULL, "its family name"},
    {"name", SCIM_ARG_JSON, NULL, "its `name`"},
    {"emails", SCIM_ARG_JSON, NULL, "its `emails`"},
    {"phoneNumbers", SCIM_ARG_JSON, "Phone", "its `phoneNumbers`"},
    {"externalId", SCIM_ARG_TEXT, "External id", "its externalId"},
    {"groups", SCIM_ARG_JSON, "Groups", "the groups that it is a member of: id, displayName, source"},
    {"links", SCIM_ARG_JSON, "Links", "its linked identities: id, issuer, subject, linked"},
    {"locked", SCIM_ARG_LIST, "Locked", "the arguments that only the identity provider can change"},
    {"mergedInto", SCIM_ARG_TEXT, NULL, "the user that it was merged into"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t merge_fields[] = {
    {"user", SCIM_ARG_JSON, NULL, "the user that would be deleted"},
    {"into", SCIM_ARG_JSON, NULL, "the user that would stay"},
    {"refused", SCIM_ARG_TEXT, "Refused", "why the merge would be refused; null: it would not"},
    {"next", SCIM_ARG_TEXT, "Next", "what the identity provider will do then"},
    {"carry", SCIM_ARG_LIST, "Carried over", "what would be carried over"},
    {"becomes", SCIM_ARG_JSON, NULL, "the new values of the user that stays: userName, externalId, source"},
    {"groups", SCIM_ARG_JSON, "Groups", "the groups that it would join"},
    {"flags", SCIM_ARG_LIST, "Flags", "the flags that it would get"},
    {"links", SCIM_ARG_JSON, "Links", "the links that it would get"},
    {"grants", SCIM_ARG_JSON, "Grants", "the subscriptions that it would be granted by hand"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t list_args[] = {
    {"q", SCIM_ARG_TEXT, 0, "TEXT", 1, 200,
     "only users whose userName, displayName, given or family name or e-mail address begins with this, or whose id or "
     "externalId it is; if there are none, users with it anywhere in these names, ignoring accents"},
    SCIM_ADMIN_PAGE_ARGS,
    {"sort", SCIM_ARG_CHOICE, 0, "userName|created", 0, 0, "the order (default: userName)"},
    SCIM_ADMIN_ORDER_ARG,
    {"state", SCIM_ARG_CHOICE, 0, "active|inactive|deleted", 0, 0,
     "only users with this status (default: all that are not deleted)"},
    {"source", SCIM_ARG_CHOICE, 0, "scim|local", 0, 0, "only provisioned users, or only local ones"},
    {"role", SCIM_ARG_TEXT, 0, "ROLE", 1, 100, "only users with this effective role"},
    {"group", SCIM_ARG_TEXT, 0, "GROUP", 1, 1000, "only users in this group or in groups in it"},
    {"subscription", SCIM_ARG_TEXT, 0, "NAME", 1, 200, "only users with a source of this subscription"},
    {"flag", SCIM_ARG_TEXT, 0, "FLAG", 1, 100, "only users with this flag"},
    {"protected", SCIM_ARG_FLAG, 0, NULL, 0, 0, "only protected users, or only others"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

/* The values that an administrator can set. */
#define SETTINGS                                                                                                       \
    {"displayName",                                                                                                    \
     SCIM_ARG_TEXT,                                                                                                    \
     SCIM_ARG_NULLABLE | SCIM_ARG_NAME,                                                                                \
     "TEXT",                                                                                                           \
     1,                                                                                                                \
     400,                                                                                                              \
     "its name for people (default: given and family name)"},                                                          \
        {"givenName", SCIM_ARG_TEXT, SCIM_ARG_NULLABLE, "NAME", 1, 200, "its given name"},                             \
        {"familyName", SCIM_ARG_TEXT, SCIM_ARG_NULLABLE, "NAME", 1, 200, "its family name"},                           \
        {"email", SCIM_ARG_TEXT, SCIM_ARG_NULLABLE, "ADDRESS", 1, 254, "its e-mail address"},                          \
        {"phone", SCIM_ARG_TEXT, SCIM_ARG_NULLABLE, "NUMBER", 1, 100, "its phone number"},                             \
        {"active", SCIM_ARG_FLAG, 0, NULL, 0, 0, "whether it is active (default: true)"},                              \
        {"role", SCIM_ARG_TEXT, SCIM_ARG_NULLABLE, "ROLE", 1, 100, "its role (null: the tenant's default)"},           \
    {                                                                                                                  \
        "flags", SCIM_ARG_LIST, 0, "FLAG", 0, 0, "all its flags"                                                       \
    }

#define USER_NAME_MAX 400

static const scim_admin_arg_t add_args[] = {
    {"userName", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED | SCIM_ARG_NAME, "NAME", 1, USER_NAME_MAX,
     "its userName, unique without case"},
    SETTINGS,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t set_args[] = {
    {"userName", SCIM_ARG_TEXT, SCIM_ARG_NAME, "NAME", 1, USER_NAME_MAX, "its userName, unique without case"},
    SETTINGS,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t protect_args[] = {
    {"kind", SCIM_ARG_CHOICE, SCIM_ARG_REQUIRED, "main-contact|break-glass", 0, 0,
     "the only main contact of the tenant, or an account for emergencies"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

#define INTO                                                                                                           \
    {                                                                                                                  \
        "into", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED, "USER", 1, USER_NAME_MAX,                                            \
            "the user that stays, by its id or userName"                                                               \
    }

#define CARRY                                                                                                          \
    {                                                                                                                  \
        "carry", SCIM_ARG_LIST, 0, "WHAT", 0, 0,                                                                       \
            "what to carry over: userName, externalId, source, links (default: links, and the others if a "            \
            "provisioned user is merged into a local one that is not protected)"                                       \
    }

static const scim_admin_arg_t preview_args[] = {INTO, CARRY, {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL}};

static const scim_admin_arg_t merge_args[] = {
    INTO,
    CARRY,
    {"confirm", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED, "NAME", 1, USER_NAME_MAX,
     "the userName of the user that will be deleted, to confirm"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static scim_error_t *check_carry(scim_admin_call_t *call)
{
    const char *wrong;
    json_object *carry = json_object_object_get(call->args, "carry");
    if (!carry || scim_merge_carries(&wrong, carry)) {
        return NULL;
    }
    scim_error_t *error = scim_error_status(
        call->pool, 400, "carry: \"%s\" cannot be carried over; userName, externalId, source and links can.", wrong);
    scim_error_field(error, "carry", error->detail + strlen("carry: "), call->pool);
    return error;
}

/* Looking up a user begins with locking it. */
#define HELD SCIM_STMT_ADMIN_USER_HOLD, SCIM_STMT_ADMIN_USER_STORED, SCIM_STMT_ADMIN_USER_TERMS

static const scim_admin_change_t add = {
    .action = &scim_user_add,
    .looks =
        SCIM_STATEMENTS(SCIM_STMT_ADMIN_USER_LOGIN_LOCK, SCIM_STMT_ADMIN_USER_TERMS, SCIM_STMT_ADMIN_USER_TEMPLATES),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_USERS_MAKE, SCIM_STMT_TEMPLATES_GIVE, SCIM_STMT_ADMIN_USER_ANSWER),
    .answer = 2,
};

static const scim_admin_change_t set = {
    .action = &scim_user_set,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_USER_LOGIN_LOCK, HELD),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_USERS_SET, SCIM_STMT_ADMIN_USER_ANSWER),
    .answer = 1,
};

static const scim_admin_change_t take_away = {
    .action = &scim_user_remove,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_USER_LEAVE_LOCK, HELD, SCIM_STMT_ADMIN_USER_BELONGINGS),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_USERS_SET, SCIM_STMT_ADMIN_GRANTS_DROP, SCIM_STMT_ADMIN_USERS_ERASE,
                              SCIM_STMT_ADMIN_GROUP_LEAVE, SCIM_STMT_ADMIN_GROUPS_TOUCH),
};

static const scim_admin_change_t erase = {
    .action = &scim_user_erase_deleted,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_USER_LEAVE_LOCK, HELD, SCIM_STMT_ADMIN_USER_BELONGINGS),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GRANTS_DROP, SCIM_STMT_ADMIN_USERS_ERASE, SCIM_STMT_ADMIN_GROUP_LEAVE,
                              SCIM_STMT_ADMIN_GROUPS_TOUCH),
};

static const scim_admin_change_t bring_back = {
    .action = &scim_user_restore,
    .looks = SCIM_STATEMENTS(SCIM_STMT_LOGIN_LOCK, HELD, SCIM_STMT_ADMIN_USER_PAST),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_USERS_SET, SCIM_STMT_ADMIN_USER_ANSWER),
    .answer = 1,
};

static const scim_admin_change_t convert = {
    .action = &scim_user_convert,
    .looks = SCIM_STATEMENTS(HELD),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_USERS_SET, SCIM_STMT_ADMIN_USER_ANSWER),
    .answer = 1,
};

/* Protection is copied to the tenant's tokens, so the tenant is locked first. */
static const scim_admin_change_t protect = {
    .action = &scim_user_protect,
    .looks =
        SCIM_STATEMENTS(SCIM_STMT_ADMIN_TENANT_LOCK, HELD, SCIM_STMT_ADMIN_USER_CONTACT, SCIM_STMT_ADMIN_USER_PINS),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GRANTS_MAKE, SCIM_STMT_ADMIN_USERS_SET, SCIM_STMT_ADMIN_TENANT_SPREAD,
                              SCIM_STMT_ADMIN_USER_ANSWER),
    .answer = 3,
};

static const scim_admin_change_t unprotect = {
    .action = &scim_user_unprotect,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TENANT_LOCK, HELD, SCIM_STMT_ADMIN_USER_BELONGINGS),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GRANTS_DROP, SCIM_STMT_ADMIN_USERS_SET, SCIM_STMT_ADMIN_TENANT_SPREAD,
                              SCIM_STMT_ADMIN_USER_ANSWER),
    .answer = 3,
};

static const scim_admin_change_t merge_preview = {
    .action = &scim_user_merge_preview,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_USER_SEEN, SCIM_STMT_ADMIN_MERGE_INTO_SEEN, SCIM_STMT_ADMIN_USER_TERMS,
                             SCIM_STMT_ADMIN_MERGE_BEYOND),
    .writes = SCIM_STATEMENTS(SCIM_STMT_COUNT),
};

static const scim_admin_change_t merge = {
    .action = &scim_user_merge,
    .looks = SCIM_STATEMENTS(SCIM_STMT_LOGIN_LOCK, SCIM_STMT_ADMIN_USER_LEAVE_LOCK, SCIM_STMT_ADMIN_MERGE_HOLD, HELD,
                             SCIM_STMT_ADMIN_MERGE_INTO, SCIM_STMT_ADMIN_MERGE_BEYOND, SCIM_STMT_ADMIN_USER_BELONGINGS),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_MERGE_CARRY, SCIM_STMT_ADMIN_USERS_SET, SCIM_STMT_ADMIN_USERS_SET_LATER,
                              SCIM_STMT_ADMIN_GROUPS_TOUCH, SCIM_STMT_ADMIN_USER_ANSWER),
    .answer = 4,
};

#define USERS "/tenants/{tenant}/users"
#define USER  USERS "/{user}"

/* An operation on one user: its noun, argument and answer. */
#define ON_USER .noun = "user", .argument = "user", .fields = fields

const scim_admin_op_t scim_admin_user_ops[] = {
    {.noun = "user",
     .verb = "list",
     .method = "GET",
     .path = USERS,
     .read = scim_user_list,
     .args = list_args,
     .fields = list_fields,
     .flags = SCIM_OP_LIST,
     .summary = "show the users of a tenant"},
    {ON_USER, .verb = "show", .method = "GET", .path = USER, .statement = SCIM_STMT_ADMIN_USER_SHOW,
     .missing = &scim_user_missing, .summary = "show a user, by its id or userName"},
    {.noun = "user",
     .verb = "add",
     .argument = "userName",
     .method = "POST",
     .path = USERS,
     .change = &add,
     .args = add_args,
     .fields = fields,
     .id_field = "id",
     .flags = SCIM_OP_CREATES | SCIM_OP_FILTERS,
     .summary = "add a local user, whom the identity provider does not see"},
    {ON_USER, .verb = "set", .method = "PATCH", .path = USER, .change = &set, .args = set_args,
     .summary = "change a user; only role and flags of a provisioned one"},
    {ON_USER, .verb = "remove", .method = "DELETE", .path = USER, .change = &take_away, .flags = SCIM_OP_EMPTY,
     .summary = "delete a local user"},
    {ON_USER, .verb = "restore", .method = "POST", .path = USER "/restore", .change = &bring_back,
     .summary = "restore a deleted user; the identity provider sees a provisioned one again"},
    {ON_USER, .verb = "erase", .method = "POST", .path = USER "/erase", .change = &erase, .flags = SCIM_OP_EMPTY,
     .summary = "erase a deleted user; only the audit log remains"},
    {ON_USER, .verb = "convert", .method = "POST", .path = USER "/convert", .change = &convert,
     .summary = "convert a provisioned user into a local one, whom the identity provider no longer sees"},
    {ON_USER, .verb = "protect", .method = "POST", .path = USER "/protect", .change = &protect, .args = protect_args,
     .summary = "protect a user: provisioning changes neither the user nor its access"},
    {ON_USER, .verb = "unprotect", .method = "POST", .path = USER "/unprotect", .change = &unprotect,
     .summary = "end the protection of a user"},
    {.noun = "user",
     .verb = "merge-preview",
     .argument = "user",
     .method = "GET",
     .path = USER "/merge",
     .change = &merge_preview,
     .args = preview_args,
     .fields = merge_fields,
     .prepare = check_carry,
     .summary = "show what a merge would carry over, and change nothing"},
    {ON_USER, .verb = "merge", .method = "POST", .path = USER "/merge", .change = &merge, .args = merge_args,
     .prepare = check_carry,
     .summary = "merge a user into another one, which gets its groups, flags and grants, and what is carried over; the "
                "merged user is deleted"},
    {.noun = NULL},
};
