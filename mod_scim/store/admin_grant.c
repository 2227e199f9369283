/* Grants: subscriptions and roles that are given to single users. */
#include "admin_change.h"
#include "admin_ops.h"
#include "rules/nouns.h"

static const scim_admin_field_t fields[] = {
    {"id", SCIM_ARG_TEXT, "Grant", "its id"},
    {"userId", SCIM_ARG_TEXT, NULL, "the id of the user that has it"},
    {"userName", SCIM_ARG_TEXT, "User", "its userName"},
    {"subscription", SCIM_ARG_TEXT, "Subscription", "the subscription that it has; null: a role"},
    {"subscriptionId", SCIM_ARG_TEXT, NULL, "its id"},
    {"role", SCIM_ARG_TEXT, "Role", "a role that it keeps because it is protected; null: a subscription"},
    {"source", SCIM_ARG_TEXT, "Source",
     "manual, template, login, provider (an entitlement that it sends), or protected (kept because the user is "
     "protected)"},
    {"granted", SCIM_ARG_TIME, "Granted", "when it was granted"},
    {"grantedBy", SCIM_ARG_TEXT, "By", "who did it"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_name_t list_names[] = {
    {"user", &scim_user_missing}, {"subscription", &scim_subscription_missing}, {NULL, NULL}};

static const scim_admin_arg_t list_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    {"user", SCIM_ARG_TEXT, 0, "USER", 1, 1000, "only grants to this user, by userName or id"},
    {"subscription", SCIM_ARG_TEXT, 0, "NAME", 1, 200, "only grants of this subscription"},
    {"source", SCIM_ARG_CHOICE, 0, "manual|template|login|provider|protected", 0, 0, "only grants from this source"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t add_args[] = {
    {"user", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED, "USER", 1, 1000, "the user, by its userName or id"},
    {"subscription", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED, "NAME", 1, 200,
     "the subscription that it gets, under any sync policy"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_change_t add = {
    .action = &scim_grant_add,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GRANT_USER, SCIM_STMT_ADMIN_GRANT_SUBSCRIPTION),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GRANT_ADD),
};

static const scim_admin_change_t take_away = {
    .action = &scim_grant_remove,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GRANT_HOLD),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GRANT_REMOVE),
};

#define GRANTS "/tenants/{tenant}/grants"

const scim_admin_op_t scim_admin_grant_ops[] = {
    {.noun = "grant",
     .verb = "list",
     .method = "GET",
     .path = GRANTS,
     .statement = SCIM_STMT_ADMIN_GRANT_LIST,
     .names = list_names,
     .args = list_args,
     .fields = fields,
     .flags = SCIM_OP_LIST | SCIM_OP_ORDERED,
     .summary = "show grants to single users"},
    {.noun = "grant",
     .verb = "add",
     .method = "POST",
     .path = GRANTS,
     .change = &add,
     .args = add_args,
     .fields = fields,
     .id_field = "id",
     .flags = SCIM_OP_CREATES,
     .summary = "grant a subscription to a user; provisioning does not change it"},
    {.noun = "grant",
     .verb = "remove",
     .argument = "grant",
     .method = "DELETE",
     .path = GRANTS "/{grant}",
     .change = &take_away,
     .fields = fields,
     .flags = SCIM_OP_EMPTY,
     .summary = "withdraw a grant"},
    {.noun = NULL},
};
