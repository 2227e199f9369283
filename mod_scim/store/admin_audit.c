/* The audit log, which is read only, and the history of a person, which is computed from it. */
#include "admin_ops.h"

/* HEAD(text) is a heading in the output of one entry; lists have no such column. */
#define FIELDS_OF(ENTRY, BY, HEAD)                                                                                     \
    {"id", SCIM_ARG_TEXT, ENTRY("Entry"), "its number; entries are ordered by it"},                                    \
        {"at", SCIM_ARG_TIME, "Time", "when"},                                                                         \
        {"actorKind", SCIM_ARG_TEXT, BY("By"), "who acted: token, admin, scimctl or database"},                        \
        {"actor", SCIM_ARG_TEXT, "Name", "the token's name, or the user's"},                                           \
        {"actorKey", SCIM_ARG_TEXT, HEAD("Key id"), "the token's key id"},                                             \
    {                                                                                                                  \
        "request", SCIM_ARG_TEXT, HEAD("Request"), "the request's id in the logs and the activity"                     \
    }

#define WHAT(HEAD, ID)                                                                                                 \
    {"action", SCIM_ARG_TEXT, HEAD("Action"), "the action"},                                                           \
        {"objectType", SCIM_ARG_TEXT, HEAD("Type"), "the type of the object"},                                         \
        {"objectId", SCIM_ARG_TEXT, ID("Object id"), "its id"},                                                        \
    {                                                                                                                  \
        "objectName", SCIM_ARG_TEXT, HEAD("Object"), "its name at that time"                                           \
    }

#define DIFFERENCE(HEAD, CHANGE)                                                                                       \
    {"members", SCIM_ARG_JSON, HEAD("Members"),                                                                        \
     "members that joined or left a group: count, and the first hundred of them (items: id, name); null: none"},       \
        {"before", SCIM_ARG_JSON, NULL, "what has changed, before"},                                                   \
    {                                                                                                                  \
        "after", SCIM_ARG_JSON, CHANGE("Change"), "what has changed, after"                                            \
    }

#define FIELDS(HEAD) FIELDS_OF(SHOWN, HEAD, HEAD)
#define SHOWN(text)  text
#define HIDDEN(text) NULL

static const scim_admin_field_t list_fields[] = {
    FIELDS(HIDDEN),
    WHAT(SHOWN, HIDDEN),
    DIFFERENCE(HIDDEN, SHOWN),
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t fields[] = {
    FIELDS(SHOWN),
    WHAT(SHOWN, SHOWN),
    DIFFERENCE(SHOWN, SHOWN),
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t history_fields[] = {
    FIELDS_OF(HIDDEN, SHOWN, HIDDEN),
    {"text", SCIM_ARG_TEXT, "What", "what it means for the user"},
    WHAT(HIDDEN, HIDDEN),
    DIFFERENCE(HIDDEN, HIDDEN),
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

#define PERIOD                                                                                                         \
    {"since", SCIM_ARG_TIME, 0, "TIME", 0, 0, "only from this time on"},                                               \
    {                                                                                                                  \
        "until", SCIM_ARG_TIME, 0, "TIME", 0, 0, "only before this time"                                               \
    }

static const scim_admin_arg_t list_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    {"objectId", SCIM_ARG_TEXT, 0, "ID", 1, 200, "only entries about this object, by its id"},
    {"objectType", SCIM_ARG_TEXT, 0, "TYPE", 1, 100, "only entries about this type of object: User, Group, Token, ..."},
    {"user", SCIM_ARG_TEXT, 0, "USER", 1, 400, "only entries about this user, and about its joining or leaving groups"},
    {"request", SCIM_ARG_TEXT, 0, "ID", 1, 200, "only entries of the request with this id"},
    {"actor", SCIM_ARG_TEXT, 0, "NAME", 1, 200, "only entries of this actor, a token or user"},
    {"action", SCIM_ARG_TEXT, 0, "ACTION", 1, 100, "only these actions"},
    PERIOD,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t history_args[] = {
    {"limit", SCIM_ARG_INT, 0, "N", 1, 500, "the maximum number of items (default: 50)"},
    {"after", SCIM_ARG_TEXT, 0, "NEXT", 0, 1000, "the `next` of the previous page"},
    PERIOD,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

#define AUDIT "/tenants/{tenant}/audit"

const scim_admin_op_t scim_admin_audit_ops[] = {
    {.noun = "audit",
     .verb = "list",
     .method = "GET",
     .path = AUDIT,
     .statement = SCIM_STMT_ADMIN_AUDIT_LIST,
     .args = list_args,
     .fields = list_fields,
     .flags = SCIM_OP_LIST | SCIM_OP_ORDERED | SCIM_OP_SURVIVES,
     .summary = "show who has changed what, newest first"},
    {.noun = "audit",
     .verb = "show",
     .argument = "entry",
     .method = "GET",
     .path = AUDIT "/{entry}",
     .statement = SCIM_STMT_ADMIN_AUDIT_SHOW,
     .fields = fields,
     .flags = SCIM_OP_SURVIVES,
     .summary = "show an entry of the audit log, with the values before and after"},
    {.noun = "user",
     .verb = "history",
     .argument = "user",
     .method = "GET",
     .path = "/tenants/{tenant}/users/{user}/history",
     .statement = SCIM_STMT_ADMIN_USER_HISTORY,
     .args = history_args,
     .fields = history_fields,
     .flags = SCIM_OP_LIST | SCIM_OP_ORDERED,
     .summary = "show the changes of a user, its groups and its access, newest first; for an erased user, by its id"},
    {.noun = NULL},
};
