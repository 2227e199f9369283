/* Exports users in the form that an import reads. */
#include "admin_ops.h"

static const scim_admin_field_t fields[] = {
    {"userName", SCIM_ARG_TEXT, "User name", "its userName"},
    {"givenName", SCIM_ARG_TEXT, "Given name", "its given name"},
    {"familyName", SCIM_ARG_TEXT, "Family name", "its family name"},
    {"displayName", SCIM_ARG_TEXT, "Name", "its name for people"},
    {"email", SCIM_ARG_TEXT, "E-mail", "its e-mail address: the primary one, else the first; null: none"},
    {"phone", SCIM_ARG_TEXT, "Phone", "its phone number: the primary one, else the first; null: none"},
    {"active", SCIM_ARG_FLAG, "Active", "whether it is active"},
    {"role", SCIM_ARG_TEXT, "Role", "its own role; null: it has the role that its groups give, else the default"},
    {"flags", SCIM_ARG_LIST, "Flags", "its flags"},
    {"groups", SCIM_ARG_LIST, "Groups", "its groups, without those of the identity provider"},
    {"source", SCIM_ARG_TEXT, "Source", "who manages it: scim (the identity provider), local (administrators)"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t args[] = {
    SCIM_ADMIN_PAGE_ARGS,
    {"source", SCIM_ARG_CHOICE, 0, "scim|local", 0, 0, "only provisioned users, or only local ones"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

const scim_admin_op_t scim_admin_user_export_ops[] = {
    {.noun = "user",
     .verb = "export",
     .method = "GET",
     .path = "/tenants/{tenant}/user-export",
     .statement = SCIM_STMT_ADMIN_USER_EXPORT,
     .args = args,
     .fields = fields,
     .flags = SCIM_OP_LIST | SCIM_OP_SHEET,
     .summary = "show all users that are not deleted, in the form that an import reads"},
    {.noun = NULL},
};
