/* The requests of clients and their outcome, and the requests that the guard against mass changes holds. */
#include <string.h>

#include "admin_change.h"
#include "admin_ops.h"
#include "rules/nouns.h"

/* ONE(text) is a heading in the output of one request; lists have no such column. */
#define FIELDS(ONE)                                                                                                    \
    {"id", SCIM_ARG_TEXT, "Id", "its id; newer requests have greater ones"},                                           \
        {"at", SCIM_ARG_TIME, "Time", "when the request came"},                                                        \
        {"tokenId", SCIM_ARG_TEXT, ONE("Key id"), "the token's key id; null: the token has none"},                     \
        {"tokenName", SCIM_ARG_TEXT, ONE("Token"), "the token's name; null: no token of this tenant has the key id"},  \
        {"method", SCIM_ARG_TEXT, "Method", "GET, POST, ..."},                                                         \
        {"path", SCIM_ARG_TEXT, "Path", "below the tenant's base URL, with the query"},                                \
        {"status", SCIM_ARG_INT, "Status", "the status of the answer"},                                                \
        {"outcome", SCIM_ARG_TEXT, "Outcome", "the outcome: done, refused, failed, held"},                             \
        {"scimType", SCIM_ARG_TEXT, ONE("Kind"), "the scimType of the refusal; null: the standard defines none"},      \
        {"reason", SCIM_ARG_TEXT, "Reason", "why it was refused, and what to do"},                                     \
        {"duration", SCIM_ARG_INT, ONE("Microseconds"), "how long it took, in microseconds"},                          \
        {"request", SCIM_ARG_TEXT, ONE("Request"), "the request's id in the logs and the audit log"},                  \
        {"address", SCIM_ARG_TEXT, ONE("Address"), "the client's address"},                                            \
        {"object", SCIM_ARG_TEXT, "Object", "the resource's name: the one in the body, else the stored one"},          \
        {"resourceType", SCIM_ARG_TEXT, ONE("Type"),                                                                   \
         "the type of the resource that it concerns; null: none, or several"},                                         \
        {"resourceId", SCIM_ARG_TEXT, ONE("Resource"), "its id; null: it has none"},                                   \
        {"leniencies", SCIM_ARG_LIST, ONE("Leniencies"), "its deviations from the standard that were accepted"},       \
    {                                                                                                                  \
        "dryRun", SCIM_ARG_FLAG, ONE("Dry run"), "nothing was changed, because of the tenant's dry run"                \
    }

#define DIGITS "0123456789"

#define SHOWN(text)  text
#define HIDDEN(text) NULL

static const scim_admin_field_t list_fields[] = {
    FIELDS(HIDDEN),
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t fields[] = {
    FIELDS(SHOWN),
    {"bodyLength", SCIM_ARG_INT, "Body length", "bytes of its body; null: it has none, or bodies are not kept"},
    {"body", SCIM_ARG_JSON, "Body", "its body, masked; null: it is not kept"},
    {"changes", SCIM_ARG_JSON, "Changes",
     "for a dry run, what it would have changed: count, and items as in the audit log"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t list_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    {"token", SCIM_ARG_TEXT, 0, "TOKEN", 1, 200, "only requests with this token: its key id or name"},
    {"outcome", SCIM_ARG_CHOICE, 0, "done|refused|failed|held", 0, 0,
     "only requests with this outcome; held: by the guard against mass changes"},
    {"status", SCIM_ARG_INT, 0, "N", 100, 599, "only requests with this status"},
    {"method", SCIM_ARG_TEXT, 0, "METHOD", 1, 20, "only requests with this method"},
    {"user", SCIM_ARG_TEXT, 0, "USER", 1, 400, "only requests about this user, by id or userName"},
    {"group", SCIM_ARG_TEXT, 0, "GROUP", 1, 1000, "only requests about this group, by id or name"},
    {"request", SCIM_ARG_TEXT, 0, "ID", 1, 200,
     "only the request with this id; one that changed nothing is found for 24 hours"},
    {"dryRun", SCIM_ARG_FLAG, 0, NULL, 0, 0, "only dry runs, or only others"},
    {"newer", SCIM_ARG_TEXT, 0, "ID", 1, 40, "only requests after the one with this id"},
    {"wait", SCIM_ARG_INT, 0, "SECONDS", 1, 50, "wait at most this many seconds for a new one"},
    {"since", SCIM_ARG_TIME, 0, "TIME", 0, 0, "only from this time on"},
    {"until", SCIM_ARG_TIME, 0, "TIME", 0, 0, "only before this time"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_field_t keep_fields[] = {
    {"made", SCIM_ARG_INT, "Made", "how many weekly tables were added"},
    {"dropped", SCIM_ARG_INT, "Dropped", "how many weekly tables were deleted"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t keep_args[] = {
    {"days", SCIM_ARG_INT, SCIM_ARG_REQUIRED, "N", 1, 3650, "delete what is older than this many days, in whole weeks"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

#define AT_DIGITS 16
#define ID_DIGITS 18

/* The id of a request is its time in microseconds and a number: 1700000000000000-42. The time is sufficient if only
 * one request has it; it must have as many digits as today's. */
static scim_error_t *prepare_show(scim_admin_call_t *call)
{
    static const char detail[] = "There is no request \"%s\" in the activity log; its list shows the ids.";
    const char *named = scim_admin_text(call, "activity");
    apr_size_t at = strspn(named, DIGITS);
    const char *id = named[at] == '-' ? named + at + 1 : NULL;
    apr_size_t len = id ? strspn(id, DIGITS) : 0;
    int fits =
        id ? at > 0 && at <= AT_DIGITS && len > 0 && len <= ID_DIGITS && !id[len] : at == AT_DIGITS && !named[at];
    if (!fits) {
        scim_error_t *error = scim_error_status(call->pool, 404, detail, named);
        scim_error_field(error, "activity", error->detail, call->pool);
        return error;
    }
    scim_admin_set(call, "at", json_object_new_string_len(named, (int)at));
    scim_admin_set(call, "id", id ? json_object_new_string(id) : NULL);
    return NULL;
}

#define ACTIVITY "/tenants/{tenant}/activity"

const scim_admin_op_t scim_admin_activity_ops[] = {
    {.noun = "activity",
     .verb = "list",
     .method = "GET",
     .path = ACTIVITY,
     .statement = SCIM_STMT_ADMIN_ACTIVITY_LIST,
     .args = list_args,
     .fields = list_fields,
     .flags = SCIM_OP_LIST | SCIM_OP_ORDERED,
     .summary = "show requests of clients, newest first"},
    {.noun = "activity",
     .verb = "show",
     .argument = "activity",
     .method = "GET",
     .path = ACTIVITY "/{activity}",
     .statement = SCIM_STMT_ADMIN_ACTIVITY_SHOW,
     .missing = &scim_activity_missing,
     .fields = fields,
     .prepare = prepare_show,
     .summary = "show one request, with its body if it was kept"},
    {.noun = "activity",
     .verb = "keep",
     .method = "POST",
     .path = "/activity/keep",
     .statement = SCIM_STMT_ADMIN_ACTIVITY_KEEP,
     .args = keep_args,
     .fields = keep_fields,
     .summary = "delete old activity of all tenants, as httpd does automatically"},
    {.noun = NULL},
};

#define HOLD_FIELDS(ONE)                                                                                               \
    {"id", SCIM_ARG_TEXT, "Id", "its id"}, {"at", SCIM_ARG_TIME, "Time", "when it was first held"},                    \
        {"lastAt", SCIM_ARG_TIME, NULL, "when it was last held"},                                                      \
        {"attempts", SCIM_ARG_INT, ONE("Attempts"), "how often it was sent"},                                          \
        {"tokenId", SCIM_ARG_TEXT, NULL, "the token's key id"},                                                        \
        {"tokenName", SCIM_ARG_TEXT, "Token", "the token's name"},                                                     \
        {"method", SCIM_ARG_TEXT, "Method", "PUT, PATCH, ..."},                                                        \
        {"path", SCIM_ARG_TEXT, "Path", "below the tenant's base URL"},                                                \
        {"request", SCIM_ARG_TEXT, NULL, "the latest request's id"},                                                   \
        {"weight", SCIM_ARG_INT, "Weight", "how many people would lose access by it"},                                 \
        {"people", SCIM_ARG_JSON, "People", "the first hundred of them: id, userName, displayName"},                   \
        {"total", SCIM_ARG_INT, ONE("Total"), "the same with those of the hour before"},                               \
        {"threshold", SCIM_ARG_INT, ONE("Threshold"), "how many the tenant allowed then"},                             \
        {"state", SCIM_ARG_TEXT, "State", "held, released or rejected"},                                               \
        {"decided", SCIM_ARG_TIME, NULL, "when it was released or rejected"},                                          \
        {"decidedBy", SCIM_ARG_TEXT, NULL, "who released or rejected it"},                                             \
    {                                                                                                                  \
        "until", SCIM_ARG_TIME, ONE("Passes until"), "until when a released request passes; null: it is not released"  \
    }

static const scim_admin_field_t hold_list_fields[] = {HOLD_FIELDS(HIDDEN), {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static const scim_admin_field_t hold_fields[] = {HOLD_FIELDS(SHOWN), {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static const scim_admin_arg_t hold_list_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    {"state", SCIM_ARG_CHOICE, 0, "held|released|rejected", 0, 0, "only requests in this state"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_field_t rejected_fields[] = {
    {"rejected", SCIM_ARG_INT, "Rejected", "how many requests were rejected"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t reject_args[] = {
    {"holds", SCIM_ARG_LIST, 0, "HOLD", 0, 0, "only these requests (default: all that are held)"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t release_args[] = {
    {"minutes", SCIM_ARG_INT, 0, "N", 1, 1440, "for how many minutes the guard lets it pass (default: 60)"},
    {"everything", SCIM_ARG_FLAG, 0, NULL, 0, 0,
     "let all other requests of the tenant pass, too, except rejected ones"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_change_t release = {
    .action = &scim_hold_release,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_HOLD_HOLD, SCIM_STMT_ADMIN_HOLD_OTHERS),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_HOLD_EVERYTHING, SCIM_STMT_ADMIN_HOLD_DECIDE),
    .answer = 1,
};

static const scim_admin_change_t rejection = {
    .action = &scim_hold_reject,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TENANT_LOCK, SCIM_STMT_ADMIN_HOLD_HOLD),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_HOLD_DECIDE, SCIM_STMT_ADMIN_TENANT_SPREAD),
};

static const scim_admin_change_t rejections = {
    .action = &scim_hold_reject_all,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TENANT_LOCK, SCIM_STMT_ADMIN_HOLD_SEVERAL),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_HOLD_DECIDE_SEVERAL, SCIM_STMT_ADMIN_TENANT_SPREAD),
};

#define HOLDS "/tenants/{tenant}/holds"
#define HOLD  HOLDS "/{hold}"

const scim_admin_op_t scim_admin_hold_ops[] = {
    {.noun = "hold",
     .verb = "list",
     .method = "GET",
     .path = HOLDS,
     .statement = SCIM_STMT_ADMIN_HOLD_LIST,
     .args = hold_list_args,
     .fields = hold_list_fields,
     .flags = SCIM_OP_LIST,
     .summary = "show the requests that the guard against mass changes has held"},
    {.noun = "hold",
     .verb = "show",
     .argument = "hold",
     .method = "GET",
     .path = HOLD,
     .statement = SCIM_STMT_ADMIN_HOLD_SHOW,
     .missing = &scim_hold_missing,
     .fields = hold_fields,
     .summary = "show a held request"},
    {.noun = "hold",
     .verb = "release",
     .argument = "hold",
     .method = "POST",
     .path = HOLD "/release",
     .change = &release,
     .args = release_args,
     .fields = hold_fields,
     .summary = "let the request pass when the identity provider repeats it"},
    {.noun = "hold",
     .verb = "reject-all",
     .method = "POST",
     .path = HOLDS "/reject",
     .change = &rejections,
     .args = reject_args,
     .fields = rejected_fields,
     .summary = "refuse several held requests for a day"},
    {.noun = "hold",
     .verb = "reject",
     .argument = "hold",
     .method = "POST",
     .path = HOLD "/reject",
     .change = &rejection,
     .fields = hold_fields,
     .summary = "refuse the request for a day, however often it is repeated"},
    {.noun = NULL},
};
