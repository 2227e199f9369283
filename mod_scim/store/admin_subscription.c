/* Subscriptions: what a tenant has bought, and how many people have it. */
#include "admin_change.h"
#include "admin_ops.h"
#include "rules/nouns.h"

/* ONE(text) is a heading in the output of one subscription; lists have no such column. */
#define FIELDS(ONE)                                                                                                    \
    {"name", SCIM_ARG_TEXT, "Subscription", "its name"}, {"description", SCIM_ARG_TEXT, "Description", "what it is"},  \
        {"seats", SCIM_ARG_INT, "Seats", "how many may have it at once; null: no limit"},                              \
        {"automatic", SCIM_ARG_FLAG, "Automatic", "the sync policy `all` and a first login give it"},                  \
        {"created", SCIM_ARG_TIME, ONE("Created"), "when it was created"},                                             \
    {                                                                                                                  \
        "id", SCIM_ARG_TEXT, NULL, "its id, also in /Entitlements"                                                     \
    }

#define HOLDERS                                                                                                        \
    {"entitled", SCIM_ARG_INT, "Entitled", "how many users have a source of it"},                                      \
        {"seated", SCIM_ARG_INT, "Seated", "how many of those have it"},                                               \
    {                                                                                                                  \
        "waiting", SCIM_ARG_INT, "Waiting", "how many of those wait for a seat"                                        \
    }

#define SHOWN(text)  text
#define HIDDEN(text) NULL

static const scim_admin_field_t fields[] = {FIELDS(SHOWN), {NULL, SCIM_ARG_TEXT, NULL, NULL}};

#define COUNTED(ONE)                                                                                                   \
    FIELDS(ONE), HOLDERS,                                                                                              \
        {"more", SCIM_ARG_FLAG, NULL,                                                                                  \
         "there are more: they were counted up to 1,000; `subscription usage` counts all"},                            \
        {"mappings", SCIM_ARG_INT, "Mappings", "how many groups are mapped to it"},                                    \
    {                                                                                                                  \
        "grants", SCIM_ARG_INT, "Grants", "how many accounts have a grant of it"                                       \
    }

static const scim_admin_field_t list_fields[] = {COUNTED(HIDDEN), {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static const scim_admin_field_t counted_fields[] = {COUNTED(SHOWN), {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static const scim_admin_field_t usage_fields[] = {
    {"name", SCIM_ARG_TEXT, "Subscription", "its name"},
    {"seats", SCIM_ARG_INT, "Seats", "how many may have it at once; null: no limit"},
    HOLDERS,
    {"id", SCIM_ARG_TEXT, NULL, "its id"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t list_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t add_args[] = {
    {"name", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED | SCIM_ARG_NAME, "TEXT", 1, 200, "its name, unique without case"},
    {"description", SCIM_ARG_TEXT, SCIM_ARG_NULLABLE, "TEXT", 1, 1000, "what it is"},
    {"seats", SCIM_ARG_INT, SCIM_ARG_NULLABLE, "N", 0, 1000000000,
     "how many may have it at once; those who have had it longest get a seat, the others wait (default: no limit)"},
    {"automatic", SCIM_ARG_FLAG, 0, NULL, 0, 0, "the sync policy `all` and a first login give it"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t set_args[] = {
    {"name", SCIM_ARG_TEXT, SCIM_ARG_NAME, "TEXT", 1, 200, "its name, unique without case"},
    {"description", SCIM_ARG_TEXT, SCIM_ARG_NULLABLE, "TEXT", 1, 1000, "what it is"},
    {"seats", SCIM_ARG_INT, SCIM_ARG_NULLABLE, "N", 0, 1000000000,
     "how many may have it at once; those who have had it longest get a seat, the others wait (default: no limit)"},
    {"automatic", SCIM_ARG_FLAG, 0, NULL, 0, 0, "the sync policy `all` and a first login give it"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_change_t add = {
    .action = &scim_subscription_add,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_SUBSCRIPTION_TAKEN),
    .writes =
        SCIM_STATEMENTS(SCIM_STMT_ADMIN_SUBSCRIPTION_ADD, SCIM_STMT_ADMIN_RESOURCE_ADD, SCIM_STMT_ADMIN_RULES_RAISE),
};

static const scim_admin_change_t set = {
    .action = &scim_subscription_set,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_SUBSCRIPTION_HOLD, SCIM_STMT_ADMIN_SUBSCRIPTION_TAKEN,
                             SCIM_STMT_ADMIN_SUBSCRIPTION_ENTITLEMENT),
    .writes =
        SCIM_STATEMENTS(SCIM_STMT_ADMIN_SUBSCRIPTION_SET, SCIM_STMT_ADMIN_RESOURCE_SET, SCIM_STMT_ADMIN_RULES_RAISE),
};

static const scim_admin_change_t take_away = {
    .action = &scim_subscription_remove,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_SUBSCRIPTION_HOLD, SCIM_STMT_ADMIN_SUBSCRIPTION_USE,
                             SCIM_STMT_ADMIN_SUBSCRIPTION_ENTITLEMENT),
    .writes =
        SCIM_STATEMENTS(SCIM_STMT_ADMIN_SUBSCRIPTION_REMOVE, SCIM_STMT_ADMIN_RESOURCE_SET, SCIM_STMT_ADMIN_RULES_RAISE),
};

#define SUBSCRIPTIONS "/tenants/{tenant}/subscriptions"
#define SUBSCRIPTION  SUBSCRIPTIONS "/{subscription}"

const scim_admin_op_t scim_admin_subscription_ops[] = {
    {.noun = "subscription",
     .verb = "list",
     .method = "GET",
     .path = SUBSCRIPTIONS,
     .statement = SCIM_STMT_ADMIN_SUBSCRIPTION_LIST,
     .args = list_args,
     .fields = list_fields,
     .flags = SCIM_OP_LIST,
     .summary = "show the subscriptions of a tenant"},
    {.noun = "subscription",
     .verb = "show",
     .argument = "subscription",
     .method = "GET",
     .path = SUBSCRIPTION,
     .statement = SCIM_STMT_ADMIN_SUBSCRIPTION_SHOW,
     .missing = &scim_subscription_missing,
     .fields = counted_fields,
     .summary = "show a subscription"},
    {.noun = "subscription",
     .verb = "usage",
     .argument = "subscription",
     .method = "GET",
     .path = SUBSCRIPTION "/usage",
     .statement = SCIM_STMT_ADMIN_SUBSCRIPTION_USAGE,
     .missing = &scim_subscription_missing,
     .fields = usage_fields,
     .flags = SCIM_OP_SEATS,
     .summary = "count who has a subscription"},
    {.noun = "subscription",
     .verb = "add",
     .argument = "name",
     .method = "POST",
     .path = SUBSCRIPTIONS,
     .change = &add,
     .args = add_args,
     .fields = fields,
     .id_field = "id",
     .flags = SCIM_OP_CREATES,
     .summary = "add a subscription"},
    {.noun = "subscription",
     .verb = "set",
     .argument = "subscription",
     .method = "PATCH",
     .path = SUBSCRIPTION,
     .change = &set,
     .args = set_args,
     .fields = fields,
     .summary = "change a subscription"},
    {.noun = "subscription",
     .verb = "remove",
     .argument = "subscription",
     .method = "DELETE",
     .path = SUBSCRIPTION,
     .change = &take_away,
     .fields = fields,
     .flags = SCIM_OP_EMPTY,
     .summary = "delete a subscription that is not in use"},
    {.noun = NULL},
};
