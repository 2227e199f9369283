/* Flags: marks that administrators give to users. */
#include "admin_change.h"
#include "admin_ops.h"
#include "rules/nouns.h"

#define FIELDS                                                                                                         \
    {"flag", SCIM_ARG_TEXT, "Flag", "its name"},                                                                       \
        {"description", SCIM_ARG_TEXT, "Description", "what it means; null: not described"},                           \
    {                                                                                                                  \
        "created", SCIM_ARG_TIME, "Created", "when it was created"                                                     \
    }

static const scim_admin_field_t fields[] = {FIELDS, {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static const scim_admin_field_t counted_fields[] = {
    FIELDS,
    {"users", SCIM_ARG_INT, "Users", "how many users have it"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t list_args[] = {SCIM_ADMIN_LIST_ARGS, {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL}};

static const scim_admin_arg_t add_args[] = {
    {"flag", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED | SCIM_ARG_NAME, "FLAG", 1, 100,
     "its name; permanent, and unique without case"},
    {"description", SCIM_ARG_TEXT, SCIM_ARG_NULLABLE, "TEXT", 1, 500, "what it means"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t set_args[] = {
    {"description", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED | SCIM_ARG_NULLABLE, "TEXT", 1, 500, "what it means"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_change_t add = {
    .action = &scim_flag_add,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_FLAG_TAKEN),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_FLAG_ADD),
};

static const scim_admin_change_t set = {
    .action = &scim_flag_set,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_FLAG_HOLD),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_FLAG_SET),
};

static const scim_admin_change_t take_away = {
    .action = &scim_flag_remove,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_FLAG_HOLD, SCIM_STMT_ADMIN_FLAG_USE),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_FLAG_REMOVE, SCIM_STMT_ADMIN_FLAG_DROP),
};

#define FLAGS "/tenants/{tenant}/flags"
#define FLAG  FLAGS "/{flag}"

const scim_admin_op_t scim_admin_flag_ops[] = {
    {.noun = "flag",
     .verb = "list",
     .method = "GET",
     .path = FLAGS,
     .statement = SCIM_STMT_ADMIN_FLAG_LIST,
     .args = list_args,
     .fields = counted_fields,
     .flags = SCIM_OP_LIST,
     .summary = "show the flags that users can have"},
    {.noun = "flag",
     .verb = "show",
     .argument = "flag",
     .method = "GET",
     .path = FLAG,
     .statement = SCIM_STMT_ADMIN_FLAG_SHOW,
     .missing = &scim_flag_missing,
     .fields = counted_fields,
     .summary = "show a flag"},
    {.noun = "flag",
     .verb = "add",
     .argument = "flag",
     .method = "POST",
     .path = FLAGS,
     .change = &add,
     .args = add_args,
     .fields = fields,
     .id_field = "flag",
     .flags = SCIM_OP_CREATES,
     .summary = "add a flag"},
    {.noun = "flag",
     .verb = "set",
     .argument = "flag",
     .method = "PATCH",
     .path = FLAG,
     .change = &set,
     .args = set_args,
     .fields = fields,
     .summary = "describe a flag"},
    {.noun = "flag",
     .verb = "remove",
     .argument = "flag",
     .method = "DELETE",
     .path = FLAG,
     .change = &take_away,
     .fields = fields,
     .flags = SCIM_OP_EMPTY,
     .summary = "delete a flag that no user has"},
    {.noun = NULL},
};
