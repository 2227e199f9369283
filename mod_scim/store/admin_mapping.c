/* Mappings of groups to subscriptions and roles. */
#include "admin_change.h"
#include "admin_ops.h"
#include "rules/nouns.h"

static const scim_admin_field_t fields[] = {
    {"id", SCIM_ARG_TEXT, "Mapping", "its id"},
    {"group", SCIM_ARG_TEXT, "Group", "the group whose members get it"},
    {"groupId", SCIM_ARG_TEXT, NULL, "its id"},
    {"archived", SCIM_ARG_FLAG, "Archived", "the group is archived, so that the mapping gives nothing"},
    {"subscription", SCIM_ARG_TEXT, "Subscription", "the subscription that they get; null: a role"},
    {"subscriptionId", SCIM_ARG_TEXT, NULL, "its id"},
    {"role", SCIM_ARG_TEXT, "Role", "the role that they get; null: a subscription"},
    {"created", SCIM_ARG_TIME, "Created", "when it was created"},
    {"createdBy", SCIM_ARG_TEXT, "By", "who created it"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_name_t list_names[] = {{"group", &scim_group_missing},
                                               {"subscription", &scim_subscription_missing},
                                               {"role", &scim_role_missing},
                                               {NULL, NULL}};

static const scim_admin_arg_t list_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    {"group", SCIM_ARG_TEXT, 0, "GROUP", 1, 1000, "only mappings of this group, by its name or id"},
    {"subscription", SCIM_ARG_TEXT, 0, "NAME", 1, 200, "only mappings to this subscription"},
    {"role", SCIM_ARG_TEXT, 0, "ROLE", 1, 200, "only mappings to this role"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t add_args[] = {
    {"group", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED, "GROUP", 1, 1000, "the group, by its name or id"},
    {"subscription", SCIM_ARG_TEXT, 0, "NAME", 1, 200, "the subscription that its members get; either this or a role"},
    {"role", SCIM_ARG_TEXT, 0, "ROLE", 1, 200, "the role that its members get"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_field_t many_fields[] = {
    {"added", SCIM_ARG_INT, "Added", "how many mappings were added"},
    {"existing", SCIM_ARG_INT, "Existing", "how many existed already"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t many_args[] = {
    {"groups", SCIM_ARG_LIST, SCIM_ARG_REQUIRED, "GROUP", 0, 1000, "the groups, by their names or ids"},
    {"subscriptions", SCIM_ARG_LIST, 0, "NAME", 0, 200, "the subscriptions that their members get"},
    {"roles", SCIM_ARG_LIST, 0, "ROLE", 0, 200, "the roles that their members get"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_change_t add = {
    .action = &scim_mapping_add,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_MAPPING_GROUP, SCIM_STMT_ADMIN_MAPPING_TARGET),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_MAPPING_ADD),
};

static const scim_admin_change_t add_many = {
    .action = &scim_mapping_add_many,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_MAPPING_GROUPS, SCIM_STMT_ADMIN_MAPPING_TARGETS),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_MAPPING_ADD_MANY),
};

static const scim_admin_change_t take_away = {
    .action = &scim_mapping_remove,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_MAPPING_HOLD),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_MAPPING_REMOVE),
};

#define MAPPINGS "/tenants/{tenant}/mappings"

const scim_admin_op_t scim_admin_mapping_ops[] = {
    {.noun = "mapping",
     .verb = "list",
     .method = "GET",
     .path = MAPPINGS,
     .statement = SCIM_STMT_ADMIN_MAPPING_LIST,
     .names = list_names,
     .args = list_args,
     .fields = fields,
     .flags = SCIM_OP_LIST | SCIM_OP_ORDERED,
     .summary = "show the mappings of groups"},
    {.noun = "mapping",
     .verb = "add",
     .method = "POST",
     .path = MAPPINGS,
     .change = &add,
     .args = add_args,
     .fields = fields,
     .id_field = "id",
     .flags = SCIM_OP_CREATES,
     .summary = "map a group to a subscription or a role"},
    {.noun = "mapping",
     .verb = "add-many",
     .method = "POST",
     .path = MAPPINGS "/many",
     .change = &add_many,
     .args = many_args,
     .fields = many_fields,
     .summary = "map each of several groups to each of several subscriptions and roles"},
    {.noun = "mapping",
     .verb = "remove",
     .argument = "mapping",
     .method = "DELETE",
     .path = MAPPINGS "/{mapping}",
     .change = &take_away,
     .fields = fields,
     .flags = SCIM_OP_EMPTY,
     .summary = "delete a mapping"},
    {.noun = NULL},
};
