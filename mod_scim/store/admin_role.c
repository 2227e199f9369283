/* Roles: the built-in ones, and those of the tenant. */
#include "admin_change.h"
#include "admin_ops.h"
#include "rules/nouns.h"

#define FIELDS                                                                                                         \
    {"role", SCIM_ARG_TEXT, "Role", "its value, as in `roles` of a user"},                                             \
        {"displayName", SCIM_ARG_TEXT, "Name", "its name for people"},                                                 \
        {"builtIn", SCIM_ARG_FLAG, "Built in", "every tenant has it"},                                                 \
        {"created", SCIM_ARG_TIME, "Created", "when it was created"},                                                  \
    {                                                                                                                  \
        "id", SCIM_ARG_TEXT, NULL, "its id in /Roles"                                                                  \
    }

static const scim_admin_field_t fields[] = {FIELDS, {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static const scim_admin_field_t counted_fields[] = {
    FIELDS,
    {"users", SCIM_ARG_INT, "Users",
     "how many users have it as their own, counted up to 1,000; `user list --role` shows all who have it"},
    {"more", SCIM_ARG_FLAG, NULL, "there are more users than were counted"},
    {"mappings", SCIM_ARG_INT, "Mappings", "how many groups are mapped to it, counted up to 1,000"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t list_args[] = {SCIM_ADMIN_LIST_ARGS, {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL}};

static const scim_admin_arg_t add_args[] = {
    {"role", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED | SCIM_ARG_NAME, "ROLE", 1, 100,
     "its value; permanent, and unique without case"},
    {"displayName", SCIM_ARG_TEXT, SCIM_ARG_NAME, "TEXT", 1, 200, "its name for people (default: its value)"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t set_args[] = {
    {"displayName", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED | SCIM_ARG_NAME, "TEXT", 1, 200, "its name for people"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_change_t add = {
    .action = &scim_role_add,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_ROLE_TAKEN),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_ROLE_ANSWER, SCIM_STMT_ADMIN_RESOURCE_ADD, SCIM_STMT_ADMIN_RULES_RAISE),
};

static const scim_admin_change_t set = {
    .action = &scim_role_set,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_ROLE_HOLD),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_ROLE_ANSWER, SCIM_STMT_ADMIN_RESOURCE_SET, SCIM_STMT_ADMIN_RULES_RAISE),
};

static const scim_admin_change_t take_away = {
    .action = &scim_role_remove,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_ROLE_HOLD, SCIM_STMT_ADMIN_ROLE_USE),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_ROLE_DROP, SCIM_STMT_ADMIN_RESOURCE_SET, SCIM_STMT_ADMIN_RULES_RAISE),
};

#define ROLES "/tenants/{tenant}/roles"
#define ROLE  ROLES "/{role}"

const scim_admin_op_t scim_admin_role_ops[] = {
    {.noun = "role",
     .verb = "list",
     .method = "GET",
     .path = ROLES,
     .statement = SCIM_STMT_ADMIN_ROLE_LIST,
     .args = list_args,
     .fields = counted_fields,
     .flags = SCIM_OP_LIST,
     .summary = "show the roles of a tenant"},
    {.noun = "role",
     .verb = "show",
     .argument = "role",
     .method = "GET",
     .path = ROLE,
     .statement = SCIM_STMT_ADMIN_ROLE_SHOW,
     .missing = &scim_role_missing,
     .fields = counted_fields,
     .summary = "show a role"},
    {.noun = "role",
     .verb = "add",
     .argument = "role",
     .method = "POST",
     .path = ROLES,
     .change = &add,
     .args = add_args,
     .fields = fields,
     .id_field = "role",
     .flags = SCIM_OP_CREATES,
     .summary = "add a role of the tenant"},
    {.noun = "role",
     .verb = "set",
     .argument = "role",
     .method = "PATCH",
     .path = ROLE,
     .change = &set,
     .args = set_args,
     .fields = fields,
     .summary = "rename a role"},
    {.noun = "role",
     .verb = "remove",
     .argument = "role",
     .method = "DELETE",
     .path = ROLE,
     .change = &take_away,
     .fields = fields,
     .flags = SCIM_OP_EMPTY,
     .summary = "delete a role that nobody has"},
    {.noun = NULL},
};
