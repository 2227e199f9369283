/* The audit log, which can be read and nothing else. */
#include "admin_ops.h"

static const scim_admin_field_t fields[] = {
    {"id", SCIM_ARG_TEXT, NULL, "orders the log"},
    {"at", SCIM_ARG_TIME, "Time", "when"},
    {"actorKind", SCIM_ARG_TEXT, "By", "who acted: token, admin, scimctl or database"},
    {"actor", SCIM_ARG_TEXT, "Name", "the token's name, or the user's"},
    {"actorKey", SCIM_ARG_TEXT, NULL, "the token's key id"},
    {"request", SCIM_ARG_TEXT, NULL, "the request's id, as the logs have it"},
    {"action", SCIM_ARG_TEXT, "Action", "what was done"},
    {"objectType", SCIM_ARG_TEXT, "Type", "to what"},
    {"objectId", SCIM_ARG_TEXT, NULL, "its id"},
    {"objectName", SCIM_ARG_TEXT, "Object", "its name at that time"},
    {"before", SCIM_ARG_JSON, NULL, "what has changed, as it was"},
    {"after", SCIM_ARG_JSON, NULL, "what has changed, as it was from then on"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t list_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    {"objectId", SCIM_ARG_TEXT, 0, "ID", 1, 200, "only what was done to this"},
    {"actor", SCIM_ARG_TEXT, 0, "NAME", 1, 200, "only what this token or user did"},
    {"action", SCIM_ARG_TEXT, 0, "ACTION", 1, 100, "only these actions"},
    {"since", SCIM_ARG_TIME, 0, "TIME", 0, 0, "only from then on"},
    {"until", SCIM_ARG_TIME, 0, "TIME", 0, 0, "only before then"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

const scim_admin_op_t scim_admin_audit_ops[] = {
    {.noun = "audit",
     .verb = "list",
     .method = "GET",
     .path = "/tenants/{tenant}/audit",
     .statement = SCIM_STMT_ADMIN_AUDIT_LIST,
     .args = list_args,
     .fields = fields,
     .flags = SCIM_OP_LIST,
     .summary = "show who has changed what, newest first"},
    {.noun = NULL},
};
