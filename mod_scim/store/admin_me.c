/* The caller, and the caller's tenants. */
#include "admin_ops.h"

static const scim_admin_field_t fields[] = {
    {"user", SCIM_ARG_TEXT, "User", "your name in the audit log"},
    {"kind", SCIM_ARG_TEXT, NULL, "admin (the admin API) or scimctl"},
    {"tenant", SCIM_ARG_TEXT, "Tenant", "the only tenant of which you are an administrator; null: all"},
    {"count", SCIM_ARG_INT, "Tenants", "how many tenants you may see"},
    {"tenants", SCIM_ARG_JSON, NULL,
     "the first hundred of them: tenant, displayName, baseUrl, enabled, held (how many requests)"},
    {"now", SCIM_ARG_TIME, "Time", "the database's clock, by which tokens expire"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t args[] = {
    {"with", SCIM_ARG_TEXT, 0, "TENANT", 1, 200,
     "a tenant that the list has, even if it is not one of the first hundred"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

const scim_admin_op_t scim_admin_me_ops[] = {
    {.noun = "me",
     .verb = "show",
     .method = "GET",
     .path = "/me",
     .statement = SCIM_STMT_ADMIN_ME_SHOW,
     .args = args,
     .fields = fields,
     .summary = "show who you are, and which tenants you may see"},
    {.noun = NULL},
};
