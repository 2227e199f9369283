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
        {"active", SCIM_ARG_FLAG, "Active", "it is active"}, {"source", SCIM_ARG_TEXT, "Source", "scim or local"},     \
        {"protected", SCIM_ARG_TEXT, "Protected",                                                                      \
         "main-contact or break-glass: policy and groups do not apply; null: it is not protected"},                    \
        {"syncPolicy", SCIM_ARG_TEXT, "Sync policy", "the tenant's setting"},                                          \
        {"access", SCIM_ARG_JSON, NULL,                                                                                \
         "what it has: kind (subscription or role), id, name, seated, since, and sources, each with source, id, "      \
         "name, "                                                                                                      \
         "since and text"},                                                                                            \
        {"summary", SCIM_ARG_LIST, "Access", "the same, each as a line of text"},                                      \
    {                                                                                                                  \
        "notes", SCIM_ARG_LIST, "Notes", "why it does not have more"                                                   \
    }

static const scim_admin_field_t fields[] = {FIELDS, {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static const scim_admin_field_t show_fields[] = {
    FIELDS,
    {"whyNot", SCIM_ARG_LIST, "Why not",
     "the subscriptions that it does not have, and why, a line of text for each reason"},
    {"subscriptions", SCIM_ARG_JSON, NULL,
     "each subscription of the tenant: id, name, has, standing (seated, waiting, none), since, sources as above, and, "
     "if it does not have it, reasons, each with code, text, and the operation that would change it with its "
     "arguments"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t list_fields[] = {
    {"userName", SCIM_ARG_TEXT, "User", "its userName"},
    {"displayName", SCIM_ARG_TEXT, "Name", "its name for people"},
    {"userId", SCIM_ARG_TEXT, NULL, "its id"},
    {"seated", SCIM_ARG_FLAG, "Seated", "whether it has a seat; if not, it waits for one"},
    {"since", SCIM_ARG_TIME, "Since", "the time that decides the order of seats"},
    {"sources", SCIM_ARG_JSON, NULL, "its sources: each with source, id, name, since and text"},
    {"why", SCIM_ARG_LIST, "Why", "the same, each as a text"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t review_fields[] = {
    {"userId", SCIM_ARG_TEXT, NULL, "the user's id"},
    {"userName", SCIM_ARG_TEXT, "User", "its userName at that time"},
    {"displayName", SCIM_ARG_TEXT, NULL, "its displayName at that time"},
    {"kind", SCIM_ARG_TEXT, "Kind", "subscription or role"},
    {"id", SCIM_ARG_TEXT, NULL, "the subscription's id; null: it is a role"},
    {"name", SCIM_ARG_TEXT, "Name", "the subscription's name then, or the role's"},
    {"seated", SCIM_ARG_FLAG, "Seated", "whether it has a seat or needs none; if not, it waits for one"},
    {"since", SCIM_ARG_TIME, "Since", "since when; null: since before the audit log begins"},
    {"why", SCIM_ARG_LIST, "Why", "its sources, each as a text"},
    {"sources", SCIM_ARG_JSON, NULL, "its sources: each with source, id, name, since and text"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t preview_fields[] = {
    {"granted", SCIM_ARG_JSON, "Granted",
     "how many would gain something (count), and the first of them (items: userId, userName, displayName, "
     "subscription, role)"},
    {"withdrawn", SCIM_ARG_JSON, "Withdrawn", "how many would lose something, and the first of them"},
    {"next", SCIM_ARG_TEXT, NULL,
     "roles were compared for 5,000 members: `after` of the request that compares the next ones; null: all were"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_name_t list_names[] = {{"subscription", &scim_subscription_missing}, {NULL, NULL}};

static const scim_admin_arg_t list_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    {"standing", SCIM_ARG_CHOICE, 0, "seated|waiting", 0, 0, "only users with a seat, or only those who wait for one"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t review_args[] = {
    {"at", SCIM_ARG_TIME, 0, "TIME", 0, 0, "at this time, from the audit log (default: now)"},
    {"limit", SCIM_ARG_INT, 0, "N", 1, 500, "of at most this many users (default: 1000)"},
    {"after", SCIM_ARG_TEXT, 0, "NEXT", 0, 4000, "the `next` of the previous page"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t preview_args[] = {
    {"syncPolicy", SCIM_ARG_CHOICE, 0, "manual|all|groups", 0, 0, "the new sync policy"},
    {"automatic", SCIM_ARG_LIST, 0, "NAME", 0, 0, "all subscriptions that would be automatic"},
    {"group", SCIM_ARG_TEXT, 0, "GROUP", 1, 1000, "one mapping to add: its group,"},
    {"subscription", SCIM_ARG_TEXT, 0, "NAME", 1, 200, "and the subscription that it gives,"},
    {"role", SCIM_ARG_TEXT, 0, "ROLE", 1, 200, "or the role"},
    {"map", SCIM_ARG_MAPPINGS, 0, "GROUP=NAME", 0, 0, "mappings to add: GROUP=SUBSCRIPTION or GROUP=role:ROLE"},
    {"unmap", SCIM_ARG_LIST, 0, "MAPPING", 0, 0, "mappings to delete"},
    {"seats", SCIM_ARG_LIST, 0, "NAME=N", 0, 0, "the new number of a subscription's seats: SUBSCRIPTION=N, or none"},
    {"limit", SCIM_ARG_INT, 0, "N", 1, 500, "show at most this many of each (default: 50)"},
    {"after", SCIM_ARG_TEXT, SCIM_ARG_PIECE, "NEXT", 1, 36, "the `next` of the previous request, to continue"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t save_args[] = {
    {"syncPolicy", SCIM_ARG_CHOICE, 0, "manual|all|groups", 0, 0, "to whom provisioning gives access"},
    {"loginPolicy", SCIM_ARG_CHOICE, 0, "manual|first-login", 0, 0, "what a first login gives"},
    {"automatic", SCIM_ARG_LIST, 0, "NAME", 0, 200, "subscriptions that become automatic"},
    {"notAutomatic", SCIM_ARG_LIST, 0, "NAME", 0, 200, "subscriptions that are no longer automatic"},
    {"group", SCIM_ARG_TEXT, 0, "GROUP", 1, 1000, "one mapping to add: its group,"},
    {"subscription", SCIM_ARG_TEXT, 0, "NAME", 1, 200, "and the subscription that it gives,"},
    {"role", SCIM_ARG_TEXT, 0, "ROLE", 1, 200, "or the role"},
    {"map", SCIM_ARG_MAPPINGS, 0, "GROUP=NAME", 0, 0, "mappings to add: GROUP=SUBSCRIPTION or GROUP=role:ROLE"},
    {"unmap", SCIM_ARG_LIST, 0, "MAPPING", 0, 0, "mappings to delete"},
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
     .summary = "show who has what, since when and why, now or at a past time"},
    {.noun = "access",
     .verb = "login",
     .argument = "user",
     .method = "POST",
     .path = "/tenants/{tenant}/users/{user}/login",
     .change = &login,
     .fields = fields,
     .finish = show_holding,
     .summary = "report a login, which grants what the login policy gives"},
    {.noun = "policy",
     .verb = "preview",
     .method = "POST",
     .path = "/tenants/{tenant}/preview",
     .args = preview_args,
     .fields = preview_fields,
     .flags = SCIM_OP_SEATS,
     .read = scim_admin_policy_preview,
     .prepare = scim_admin_pairs_join,
     .summary = "show what a change of policies would give and take away, and from whom, without making it"},
    {.noun = "policy",
     .verb = "save",
     .method = "POST",
     .path = "/tenants/{tenant}/policy",
     .args = save_args,
     .flags = SCIM_OP_EMPTY,
     .carry = scim_admin_policy_save,
     .summary = "change policies, automatic subscriptions, and mappings, all at once or not at all"},
    {.noun = NULL},
};
