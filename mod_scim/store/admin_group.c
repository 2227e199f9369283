/* Groups: those of the identity provider, those of the application, and local ones. */
#include "admin_change.h"
#include "admin_ops.h"
#include "group_list.h"
#include "rules/nouns.h"

/* HEAD(text) is a heading in scimctl's output of one group; lists have no such column. */
#define FIELDS(HEAD)                                                                                                   \
    {"id", SCIM_ARG_TEXT, "Id", "its id in /Groups"}, {"displayName", SCIM_ARG_TEXT, "Name", "its name"},              \
        {"source", SCIM_ARG_TEXT, "Source",                                                                            \
         "who manages it: scim (the identity provider), local (administrators; hidden from it), or application"},      \
        {"kind", SCIM_ARG_TEXT, HEAD("Kind"),                                                                          \
         "its kind if it is the application's: profile or project; null: it is not"},                                  \
        {"project", SCIM_ARG_TEXT, HEAD("Project"), "the project to which it gives access; null: none"},               \
        {"access", SCIM_ARG_TEXT, HEAD("Access"), "the level of access to the project; null: none"},                   \
        {"externalId", SCIM_ARG_TEXT, HEAD("External id"), "its externalId; null: none"},                              \
        {"members", SCIM_ARG_INT, "Members", "how many members it has"},                                               \
        {"mappings", SCIM_ARG_INT, HEAD("Mappings"), "how many subscriptions and roles it is mapped to"},              \
        {"created", SCIM_ARG_TIME, "Created", "when it was created"},                                                  \
        {"lastModified", SCIM_ARG_TIME, HEAD("Last modified"), "when it or its members were last changed"},            \
    {                                                                                                                  \
        "archivedAt", SCIM_ARG_TIME, "Archived", "when it was archived; null: it is not"                               \
    }

#define SHOWN(text)  text
#define HIDDEN(text) NULL

static const scim_admin_field_t list_fields[] = {
    FIELDS(HIDDEN),
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t fields[] = {
    FIELDS(SHOWN),
    {"locked", SCIM_ARG_LIST, "Locked", "the arguments that only the identity provider can change"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t member_fields[] = {
    {"id", SCIM_ARG_TEXT, "Id", "its id"},
    {"type", SCIM_ARG_TEXT, "Type", "User or Group"},
    {"name", SCIM_ARG_TEXT, "Name", "the userName of a user, the displayName of a group"},
    {"displayName", SCIM_ARG_TEXT, "Display name", "its name; null: none"},
    {"source", SCIM_ARG_TEXT, "Source", "scim, local or application"},
    {"added", SCIM_ARG_TIME, "Added", "when it became a member"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_name_t group_names[] = {{"group", &scim_group_missing}, {NULL, NULL}};

static const scim_admin_arg_t list_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    {"source", SCIM_ARG_CHOICE, 0, "scim|local|application", 0, 0, "only groups of this source"},
    {"archived", SCIM_ARG_FLAG, 0, NULL, 0, 0, "only archived groups, instead of the others"},
    {"sort", SCIM_ARG_CHOICE, 0, "displayName|created", 0, 0,
     "the order (default: displayName; archived groups: always created)"},
    SCIM_ADMIN_ORDER_ARG,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t member_list_args[] = {SCIM_ADMIN_LIST_ARGS, {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL}};

#define NAMES                                                                                                          \
    {"displayName", SCIM_ARG_TEXT, SCIM_ARG_NAME, "NAME", 1, 1000, "its name, unique without case"},                   \
        {"project", SCIM_ARG_TEXT, 0, "PROJECT", 1, 400, "for a level of access to a project: the project"},           \
    {                                                                                                                  \
        "access", SCIM_ARG_TEXT, 0, "LEVEL", 1, 400,                                                                   \
            "for a level of access to a project: the level; the group's name is PROJECT (LEVEL)"                       \
    }

static const scim_admin_arg_t add_args[] = {
    NAMES,
    {"kind", SCIM_ARG_CHOICE, 0, "profile|project", 0, 0,
     "make it a group of the application, which the identity provider sees (default: a local one, which it does not)"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t set_args[] = {NAMES, {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL}};

static const scim_admin_arg_t members_args[] = {
    {"members", SCIM_ARG_LIST, SCIM_ARG_REQUIRED, "MEMBER", 0, 0,
     "a user by its id or userName, or a group by its id or displayName"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_change_t add = {
    .action = &scim_group_add,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GROUP_NAME),
    .writes =
        SCIM_STATEMENTS(SCIM_STMT_ADMIN_RESOURCE_ADD, SCIM_STMT_ADMIN_GROUP_KIND_ADD, SCIM_STMT_ADMIN_GROUP_ANSWER),
    .answer = 2,
};

static const scim_admin_change_t set = {
    .action = &scim_group_set,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GROUP_HOLD, SCIM_STMT_ADMIN_GROUP_NAMES),
    .writes =
        SCIM_STATEMENTS(SCIM_STMT_ADMIN_RESOURCE_SET, SCIM_STMT_ADMIN_GROUP_KIND_SET, SCIM_STMT_ADMIN_GROUP_ANSWER),
    .answer = 2,
};

static const scim_admin_change_t take_away = {
    .action = &scim_group_remove,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GROUP_HOLD, SCIM_STMT_ADMIN_GROUP_USE),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_RESOURCE_SET, SCIM_STMT_ADMIN_GROUP_LEAVE, SCIM_STMT_ADMIN_GROUPS_TOUCH),
};

static const scim_admin_change_t bring_back = {
    .action = &scim_group_restore,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GROUP_HOLD, SCIM_STMT_ADMIN_GROUP_LOST),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GROUP_DROP, SCIM_STMT_ADMIN_RESOURCE_SET, SCIM_STMT_ADMIN_GROUP_GIVE,
                              SCIM_STMT_ADMIN_GROUP_ANSWER),
    .answer = 3,
};

static const scim_admin_change_t free_it = {
    .action = &scim_group_unlink,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GROUP_HOLD),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_RESOURCE_SET, SCIM_STMT_ADMIN_GROUP_ANSWER),
    .answer = 1,
};

static const scim_admin_change_t hand_over = {
    .action = &scim_group_link,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GROUP_HOLD, SCIM_STMT_ADMIN_GROUP_USE),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_RESOURCE_SET, SCIM_STMT_ADMIN_GROUP_ANSWER),
    .answer = 1,
};

static const scim_admin_change_t add_members = {
    .action = &scim_group_add_members,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GROUP_HOLD, SCIM_STMT_ADMIN_GROUP_JOINING),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GROUP_JOIN, SCIM_STMT_ADMIN_GROUP_NEST, SCIM_STMT_ADMIN_GROUP_ANSWER),
    .answer = 2,
};

static const scim_admin_change_t remove_member = {
    .action = &scim_group_remove_member,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GROUP_HOLD, SCIM_STMT_ADMIN_GROUP_LEAVING),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_GROUP_REMOVE_MEMBER, SCIM_STMT_ADMIN_GROUPS_TOUCH),
};

#define GROUPS  "/tenants/{tenant}/groups"
#define GROUP   GROUPS "/{group}"
#define MEMBERS GROUP "/members"

const scim_admin_op_t scim_admin_group_ops[] = {
    {.noun = "group",
     .verb = "list",
     .method = "GET",
     .path = GROUPS,
     .read = scim_group_list,
     .args = list_args,
     .fields = list_fields,
     .flags = SCIM_OP_LIST,
     .summary = "show the groups of a tenant"},
    {.noun = "group",
     .verb = "show",
     .argument = "group",
     .method = "GET",
     .path = GROUP,
     .statement = SCIM_STMT_ADMIN_GROUP_SHOW,
     .missing = &scim_group_missing,
     .fields = fields,
     .summary = "show a group, by its id or name"},
    {.noun = "group",
     .verb = "add",
     .argument = "displayName",
     .method = "POST",
     .path = GROUPS,
     .change = &add,
     .args = add_args,
     .fields = fields,
     .id_field = "id",
     .flags = SCIM_OP_CREATES,
     .summary = "add a local group, a profile, or a level of access to a project"},
    {.noun = "group",
     .verb = "set",
     .argument = "group",
     .method = "PATCH",
     .path = GROUP,
     .change = &set,
     .args = set_args,
     .fields = fields,
     .summary = "rename a group that the identity provider does not manage; a project in all its groups"},
    {.noun = "group",
     .verb = "remove",
     .argument = "group",
     .method = "DELETE",
     .path = GROUP,
     .change = &take_away,
     .fields = fields,
     .flags = SCIM_OP_EMPTY,
     .summary = "archive a group that the identity provider does not manage"},
    {.noun = "group",
     .verb = "restore",
     .argument = "group",
     .method = "POST",
     .path = GROUP "/restore",
     .change = &bring_back,
     .fields = fields,
     .summary = "restore an archived group, with the members that still exist"},
    {.noun = "group",
     .verb = "unlink",
     .argument = "group",
     .method = "POST",
     .path = GROUP "/unlink",
     .change = &free_it,
     .fields = fields,
     .summary = "convert a group of the identity provider into a local one, which it no longer sees"},
    {.noun = "group",
     .verb = "link",
     .argument = "group",
     .method = "POST",
     .path = GROUP "/link",
     .change = &hand_over,
     .fields = fields,
     .summary = "give a local group, such as an unlinked one, to the identity provider to manage"},
    {.noun = "group",
     .verb = "members",
     .argument = "group",
     .method = "GET",
     .path = MEMBERS,
     .statement = SCIM_STMT_ADMIN_GROUP_MEMBERS,
     .names = group_names,
     .args = member_list_args,
     .fields = member_fields,
     .flags = SCIM_OP_LIST | SCIM_OP_ORDERED,
     .summary = "show the members of a group"},
    {.noun = "group",
     .verb = "add-members",
     .argument = "group",
     .method = "POST",
     .path = MEMBERS,
     .change = &add_members,
     .args = members_args,
     .fields = fields,
     .summary = "add members to a group that the identity provider does not manage"},
    {.noun = "group",
     .verb = "remove-member",
     .argument = "group",
     .method = "DELETE",
     .path = MEMBERS "/{member}",
     .change = &remove_member,
     .fields = fields,
     .flags = SCIM_OP_EMPTY,
     .summary = "remove a member from a group that the identity provider does not manage"},
    {.noun = NULL},
};
