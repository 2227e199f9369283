/* Who has what and why, and what a change would do. */
#include <string.h>

#include "admin_change.h"
#include "admin_holders.h"
#include "admin_ops.h"
#include "admin_pairs.h"
#include "admin_policy.h"
#include "admin_preview.h"
#include "admin_review.h"
#include "rules/holding.h"
#include "rules/nouns.h"
#include "scim/json.h"

#define FIELDS                                                                                                         \
    {"userName", SCIM_ARG_TEXT, "User", "its userName"}, {"userId", SCIM_ARG_TEXT, "Id", "its id"},                    \
        {"active", SCIM_ARG_FLAG, "Active", "it is not deactivated"},                                                  \
        {"source", SCIM_ARG_TEXT, "Source", "scim or local"},                                                          \
        {"protected", SCIM_ARG_TEXT, "Protected",                                                                      \
         "main-contact or break-glass, which policy and groups leave alone; null: it is not"},                         \
        {"syncPolicy", SCIM_ARG_TEXT, "Sync policy", "the tenant's"},                                                  \
        {"access", SCIM_ARG_JSON, NULL,                                                                                \
         "what it has: kind (subscription or role), id, name, seated, since, and sources, each with source, id, "      \
         "name, "                                                                                                      \
         "since and text"},                                                                                            \
        {"summary", SCIM_ARG_LIST, "Access", "the same, a line of text each"},                                         \
    {                                                                                                                  \
        "notes", SCIM_ARG_LIST, "Notes", "why it has no more"                                                          \
    }

static const scim_admin_field_t fields[] = {FIELDS, {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static const scim_admin_field_t show_fields[] = {
    FIELDS,
    {"whyNot", SCIM_ARG_LIST, "Why not", "which subscriptions it has not, and why, a line of text for each reason"},
    {"subscriptions", SCIM_ARG_JSON, NULL,
     "each subscription of the tenant: id, name, has, standing (seated, waiting, none), since, sources as above, and "
     "where it has it not reasons, each with code, text, and the operation that would change it with its arguments"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t list_fields[] = {
    {"userName", SCIM_ARG_TEXT, "User", "its userName"},
    {"displayName", SCIM_ARG_TEXT, "Name", "what people call it"},
    {"userId", SCIM_ARG_TEXT, NULL, "its id"},
    {"seated", SCIM_ARG_FLAG, "Seated", "it has a seat; or else it waits for one"},
    {"since", SCIM_ARG_TIME, "Since", "what seats are given in the order of"},
    {"sources", SCIM_ARG_JSON, NULL, "what gives it: source, id, name, since and text each"},
    {"why", SCIM_ARG_LIST, "Why", "the same, a text each"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t review_fields[] = {
    {"userId", SCIM_ARG_TEXT, NULL, "the user's id"},
    {"userName", SCIM_ARG_TEXT, "User", "its userName at that moment"},
    {"displayName", SCIM_ARG_TEXT, NULL, "what people called it"},
    {"kind", SCIM_ARG_TEXT, "Kind", "what it has: subscription or role"},
    {"id", SCIM_ARG_TEXT, NULL, "the subscription's id; null: it is a role"},
    {"name", SCIM_ARG_TEXT, "Name", "the subscription's name then, or the role's"},
    {"seated", SCIM_ARG_FLAG, "Seated", "it has a seat, or needs none; or else it waits for one"},
    {"since", SCIM_ARG_TIME, "Since", "since when; null: since before the audit log begins"},
    {"why", SCIM_ARG_LIST, "Why", "what gives it, a text each"},
    {"sources", SCIM_ARG_JSON, NULL, "the same: source, id, name, since and text each"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t preview_fields[] = {
    {"granted", SCIM_ARG_JSON, "Granted",
     "how many would get something (count), and the first of them (items: userId, userName, displayName, subscription, "
     "role)"},
    {"withdrawn", SCIM_ARG_JSON, "Withdrawn", "how many would lose something, and the first of them"},
    {"next", SCIM_ARG_TEXT, NULL,
     "roles were compared for 5,000 members: `after` of the request that compares the next ones; null: all were"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_name_t list_names[] = {{"subscription", &scim_subscription_missing}, {NULL, NULL}};

static const scim_admin_arg_t list_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    {"standing", SCIM_ARG_CHOICE, 0, "seated|waiting", 0, 0, "only those who have a seat, or wait for one"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t review_args[] = {
    {"at", SCIM_ARG_TIME, 0, "TIME", 0, 0, "at this moment, by the audit log (default: now)"},
    {"limit", SCIM_ARG_INT, 0, "N", 1, 500, "of how many users at the most (default 1000)"},
    {"after", SCIM_ARG_TEXT, 0, "NEXT", 0, 4000, "what follows a page: the `next` that it came with"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t preview_args[] = {
    {"syncPolicy", SCIM_ARG_CHOICE, 0, "manual|all|groups", 0, 0, "the sync policy that it would be"},
    {"automatic", SCIM_ARG_LIST, 0, "NAME", 0, 0, "the subscriptions that would be automatic, and no others"},
    {"group", SCIM_ARG_TEXT, 0, "GROUP", 1, 1000, "one mapping that would be made: its group,"},
    {"subscription", SCIM_ARG_TEXT, 0, "NAME", 1, 200, "and the subscription that it gives,"},
    {"role", SCIM_ARG_TEXT, 0, "ROLE", 1, 200, "or the role"},
    {"map", SCIM_ARG_MAPPINGS, 0, "GROUP=NAME", 0, 0, "what would be mapped: GROUP=SUBSCRIPTION or GROUP=role:ROLE"},
    {"unmap", SCIM_ARG_LIST, 0, "MAPPING", 0, 0, "the mappings that would be taken away"},
    {"seats", SCIM_ARG_LIST, 0, "NAME=N", 0, 0, "the seats that a subscription would have: SUBSCRIPTION=N, or none"},
    {"limit", SCIM_ARG_INT, 0, "N", 1, 500, "how many of each to show at the most (default 50)"},
    {"after", SCIM_ARG_TEXT, SCIM_ARG_PIECE, "NEXT", 1, 36, "where a request before it has ended: its `next`"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t save_args[] = {
    {"syncPolicy", SCIM_ARG_CHOICE, 0, "manual|all|groups", 0, 0, "what being provisioned gives"},
    {"loginPolicy", SCIM_ARG_CHOICE, 0, "manual|first-login", 0, 0, "what a first login gives"},
    {"automatic", SCIM_ARG_LIST, 0, "NAME", 0, 200, "subscriptions that everybody gets from now on"},
    {"notAutomatic", SCIM_ARG_LIST, 0, "NAME", 0, 200, "subscriptions that everybody gets no longer"},
    {"group", SCIM_ARG_TEXT, 0, "GROUP", 1, 1000, "one mapping that is made: its group,"},
    {"subscription", SCIM_ARG_TEXT, 0, "NAME", 1, 200, "and the subscription that it gives,"},
    {"role", SCIM_ARG_TEXT, 0, "ROLE", 1, 200, "or the role"},
    {"map", SCIM_ARG_MAPPINGS, 0, "GROUP=NAME", 0, 0, "what is mapped: GROUP=SUBSCRIPTION or GROUP=role:ROLE"},
    {"unmap", SCIM_ARG_LIST, 0, "MAPPING", 0, 0, "the mappings that are taken away"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_change_t login = {
    .action = &scim_access_login,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_ACCESS_USER),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_ACCESS_LOGIN, SCIM_STMT_ADMIN_ACCESS_TOLD),
    .answer = 1,
};

/* Makes the answer from the data that the statement has read: what an account has, and why it has no more. */
static scim_error_t *show_holding(scim_admin_call_t *call)
{
    json_object *answer;
    apr_size_t len;
    json_object *told = scim_json_trusted(call->answer, strlen(call->answer), call->pool);
    scim_error_t *error = scim_holding_show(&answer, told, call->pool);
    if (!error) {
        call->answer = scim_json_text(answer, &len, call->pool);
        call->etag = scim_admin_etag(call->answer, len, call->pool);
    }
    return error;
}

const scim_admin_op_t scim_admin_access_ops[] = {
    {.noun = "access",
     .verb = "show",
     .argument = "user",
     .method = "GET",
     .path = "/tenants/{tenant}/users/{user}/access",
     .statement = SCIM_STMT_ADMIN_ACCESS_SHOW,
     .missing = &scim_user_missing,
     .fields = show_fields,
     .flags = SCIM_OP_SEATS,
     .finish = show_holding,
     .summary = "show what a user has, and why"},
    {.noun = "access",
     .verb = "list",
     .argument = "subscription",
     .method = "GET",
     .path = "/tenants/{tenant}/subscriptions/{subscription}/users",
     .names = list_names,
     .args = list_args,
     .fields = list_fields,
     .flags = SCIM_OP_LIST | SCIM_OP_SEATS,
     .read = scim_admin_holders,
     .summary = "show who has a subscription, in the order of seats"},
    {.noun = "access",
     .verb = "review",
     .method = "GET",
     .path = "/tenants/{tenant}/access",
     .args = review_args,
     .fields = review_fields,
     .flags = SCIM_OP_LIST | SCIM_OP_SEATS,
     .carry = scim_admin_access_review,
     .summary = "show who has what, since when and why, now or at a moment in the past"},
    {.noun = "access",
     .verb = "login",
     .argument = "user",
     .method = "POST",
     .path = "/tenants/{tenant}/users/{user}/login",
     .change = &login,
     .fields = fields,
     .finish = show_holding,
     .summary = "tell of a login, which grants what the login policy says"},
    {.noun = "policy",
     .verb = "preview",
     .method = "POST",
     .path = "/tenants/{tenant}/preview",
     .args = preview_args,
     .fields = preview_fields,
     .flags = SCIM_OP_SEATS,
     .read = scim_admin_policy_preview,
     .prepare = scim_admin_pairs_join,
     .summary = "show whom a change would grant and withdraw what, without making it"},
    {.noun = "policy",
     .verb = "save",
     .method = "POST",
     .path = "/tenants/{tenant}/policy",
     .args = save_args,
     .flags = SCIM_OP_EMPTY,
     .carry = scim_admin_policy_save,
     .summary = "change policies, what is automatic, and mappings, all at once or not at all"},
    {.noun = NULL},
};
