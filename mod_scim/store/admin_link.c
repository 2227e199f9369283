/* Links of users to identity providers, and users who may be the same person. */
#include "admin_change.h"
#include "admin_ops.h"
#include "rules/nouns.h"

static const scim_admin_field_t link_fields[] = {
    {"issuer", SCIM_ARG_TEXT, "Issuer", "the identity provider"},
    {"subject", SCIM_ARG_TEXT, "Subject", "the user's subject there"},
    {"userName", SCIM_ARG_TEXT, "User", "the user's userName"},
    {"linked", SCIM_ARG_TIME, "Linked", "when it was linked"},
    {"userId", SCIM_ARG_TEXT, NULL, "the user's id"},
    {"id", SCIM_ARG_TEXT, "Link", "its id"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t list_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    {"user", SCIM_ARG_TEXT, 0, "USER", 1, 400, "only those of this user, by its id or userName"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_name_t list_names[] = {{"user", &scim_user_missing}, {NULL, NULL}};

static const scim_admin_arg_t add_args[] = {
    {"user", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED, "USER", 1, 400, "the user, by its id or userName"},
    {"issuer", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED, "ISSUER", 1, 500,
     "the issuer in the assertions of the identity provider"},
    {"subject", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED, "SUBJECT", 1, 500,
     "the subject of the user in the assertions of the identity provider"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_field_t duplicate_fields[] = {
    {"key", SCIM_ARG_TEXT, "Alike",
     "the userName or e-mail address that they share, without case, or their externalId"},
    {"accounts", SCIM_ARG_JSON, "Accounts", "the users, as a list of users shows them; the first 100"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t duplicate_args[] = {
    {"q", SCIM_ARG_TEXT, 0, "TEXT", 1, 200, "only those whose userName, e-mail address or externalId begins with this"},
    {"limit", SCIM_ARG_INT, 0, "N", 1, 500, "the maximum number of items (default: 50)"},
    {"after", SCIM_ARG_TEXT, 0, "NEXT", 0, 1100, "the `next` of the previous page"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_field_t dismiss_fields[] = {
    {"pairs", SCIM_ARG_INT, "Pairs", "for how many pairs this is new"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t dismiss_args[] = {
    {"users", SCIM_ARG_LIST, SCIM_ARG_REQUIRED, "USER", 0, 0, "the users, by their ids or userNames: at least two"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_change_t add = {
    .action = &scim_link_add,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_USER_HOLD, SCIM_STMT_ADMIN_LINK_KNOWN),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_LINK_ADD),
};

static const scim_admin_change_t take_away = {
    .action = &scim_link_remove,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_LINK_HOLD),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_LINK_REMOVE),
};

static const scim_admin_change_t dismiss = {
    .action = &scim_duplicate_dismiss,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_DUPLICATE_USERS),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_DUPLICATE_DISMISS),
};

#define LINKS "/tenants/{tenant}/links"

const scim_admin_op_t scim_admin_link_ops[] = {
    {.noun = "link",
     .verb = "list",
     .method = "GET",
     .path = LINKS,
     .statement = SCIM_STMT_ADMIN_LINK_LIST,
     .names = list_names,
     .args = list_args,
     .fields = link_fields,
     .flags = SCIM_OP_LIST | SCIM_OP_ORDERED,
     .summary = "show the identities with which users log in"},
    {.noun = "link",
     .verb = "add",
     .method = "POST",
     .path = LINKS,
     .change = &add,
     .args = add_args,
     .fields = link_fields,
     .id_field = "id",
     .flags = SCIM_OP_CREATES,
     .summary = "link an identity to a user, as the application does; repeating it changes nothing"},
    {.noun = "link",
     .verb = "remove",
     .argument = "link",
     .method = "DELETE",
     .path = LINKS "/{link}",
     .change = &take_away,
     .fields = link_fields,
     .flags = SCIM_OP_EMPTY,
     .summary = "remove a link"},
    {.noun = "duplicate",
     .verb = "list",
     .method = "GET",
     .path = "/tenants/{tenant}/duplicates",
     .statement = SCIM_STMT_ADMIN_DUPLICATE_LIST,
     .args = duplicate_args,
     .fields = duplicate_fields,
     .flags = SCIM_OP_LIST | SCIM_OP_ORDERED,
     .summary = "show users that may be the same person, with the same userName, e-mail address or externalId"},
    {.noun = "duplicate",
     .verb = "dismiss",
     .method = "POST",
     .path = "/tenants/{tenant}/duplicates/dismiss",
     .change = &dismiss,
     .args = dismiss_args,
     .fields = dismiss_fields,
     .summary = "record that users are different people, so that they are no longer listed as duplicates"},
    {.noun = NULL},
};
