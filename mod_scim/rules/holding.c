#include "holding.h"

#include <apr_strings.h>
#include <string.h>

#include "access.h"
#include "noun.h"
#include "nouns.h"
#include "scim/json.h"
#include "scim/text.h"

#define GROUPS_READ 5 /* how many mapped groups the statement reads for a subscription */

/* --- values ------------------------------------------------------------------------------------------------------- */

static json_object *member(json_object *object, const char *name)
{
    return json_object_object_get(object, name);
}

static const char *text_of(json_object *object, const char *name)
{
    json_object *value = member(object, name);
    return value ? json_object_get_string(value) : NULL;
}

static int is_true(json_object *object, const char *name)
{
    return json_object_get_boolean(member(object, name));
}

static void copy(json_object *to, const char *name, json_object *from)
{
    json_object_object_add(to, name, json_object_get(member(from, name)));
}

static void add_line(json_object *list, const char *text)
{
    json_object_array_add(list, json_object_new_string(text));
}

/* --- an account and a subscription -------------------------------------------------------------------------------- */

typedef struct holding_t {
    json_object *told;
    int active, is_protected, synced;
    scim_policy_e policy;
    int by_login; /* its first login grants the automatic subscriptions */
    /* The subscription. */
    json_object *subscription;
    json_object *has; /* its row of `access`; NULL: the account does not have it */
    int seated;
    json_object *mapped;  /* some groups that are mapped to it; NULL: no group is */
    const char *archived; /* an archived group of the account that is mapped to it */
    apr_pool_t *pool;
} holding_t;

static holding_t read_account(json_object *told, apr_pool_t *pool)
{
    holding_t holding = {.told = told, .pool = pool};
    holding.active = is_true(told, "active");
    holding.is_protected = member(told, "protected") != NULL;
    holding.synced = strcmp(text_of(told, "source"), "scim") == 0;
    holding.policy = scim_policy_read(text_of(told, "syncPolicy"));
    holding.by_login = strcmp(text_of(told, "loginPolicy"), "first-login") == 0;
    return holding;
}

static json_object *row_of(json_object *access, const char *id)
{
    for (size_t i = 0; i < scim_list_length(access); i++) {
        json_object *row = json_object_array_get_idx(access, i);
        const char *other = text_of(row, "id");
        if (other && strcmp(other, id) == 0) {
            return row;
        }
    }
    return NULL;
}

static void read_subscription(holding_t *holding, json_object *subscription)
{
    holding->subscription = subscription;
    holding->has = row_of(member(holding->told, "access"), text_of(subscription, "id"));
    holding->seated = holding->has && is_true(holding->has, "seated");
    holding->mapped = member(subscription, "mapped");
    holding->archived = NULL;
    for (size_t i = scim_list_length(holding->mapped); i > 0; i--) {
        json_object *group = json_object_array_get_idx(holding->mapped, i - 1);
        if (is_true(group, "archived") && is_true(group, "mine")) {
            holding->archived = text_of(group, "name");
        }
    }
}

/* --- reasons why the account does not have it ----------------------------------------------------------------------*/

static int is_without(const holding_t *holding)
{
    return holding->active && !holding->has && !holding->is_protected;
}

static int is_inactive(const holding_t *holding)
{
    return !holding->active;
}

static int waits(const holding_t *holding)
{
    return holding->active && holding->has && !holding->seated;
}

static int is_left_alone(const holding_t *holding)
{
    return holding->active && !holding->has && holding->is_protected;
}

static int is_manual(const holding_t *holding)
{
    return is_without(holding) && holding->policy == SCIM_POLICY_MANUAL;
}

static int is_not_automatic(const holding_t *holding)
{
    return is_without(holding) && holding->policy == SCIM_POLICY_ALL && !is_true(holding->subscription, "automatic");
}

static int is_local(const holding_t *holding)
{
    return is_without(holding) && holding->policy == SCIM_POLICY_ALL && is_true(holding->subscription, "automatic") &&
           !(holding->synced && is_true(holding->told, "wire"));
}

static int is_not_mapped(const holding_t *holding)
{
    return is_without(holding) && holding->policy == SCIM_POLICY_GROUPS && !holding->mapped;
}

static int is_archived(const holding_t *holding)
{
    return is_without(holding) && holding->policy == SCIM_POLICY_GROUPS && holding->archived;
}

static int is_no_member(const holding_t *holding)
{
    return is_without(holding) && holding->policy == SCIM_POLICY_GROUPS && holding->mapped && !holding->archived;
}

static int waits_for_login(const holding_t *holding)
{
    return is_without(holding) && is_true(holding->subscription, "automatic") && holding->by_login &&
           (holding->policy == SCIM_POLICY_MANUAL || !holding->synced) && !is_true(holding->told, "hasLoggedIn");
}

static const char *tell_seats(const holding_t *holding)
{
    int seats = json_object_get_int(member(holding->subscription, "seats"));
    return seats == 1 ? "It waits for a seat: the only one is taken by somebody who has had it longer."
                      : apr_psprintf(holding->pool,
                                     "It waits for a seat: all %d are taken by people who have had it longer.", seats);
}

static const char *tell_archived(const holding_t *holding)
{
    return apr_psprintf(holding->pool, "The group \"%s\", which is mapped to it, is archived.", holding->archived);
}

static const char *tell_groups(const holding_t *holding)
{
    scim_buf_t names;
    scim_buf_init(&names, 64, holding->pool);
    for (size_t i = 0; i < scim_list_length(holding->mapped); i++) {
        const char *name = text_of(json_object_array_get_idx(holding->mapped, i), "name");
        scim_buf_printf(&names, "%s\"%s\"", i ? ", " : "", name ? name : "");
    }
    if (scim_list_length(holding->mapped) == GROUPS_READ) {
        scim_buf_puts(&names, ", ...");
    }
    return apr_psprintf(
        holding->pool,
        "The account is in no group that is mapped to it (%s). Assign it to one of them at the identity "
        "provider.",
        names.data);
}

static void put_value(json_object *arguments, const char *name, const char *value)
{
    json_object_object_add(arguments, name, json_object_new_string(value));
}

static void name_user(json_object *arguments, const holding_t *holding)
{
    put_value(arguments, "user", text_of(holding->told, "userId"));
}

static void name_subscription(json_object *arguments, const holding_t *holding)
{
    put_value(arguments, "subscription", text_of(holding->subscription, "id"));
}

static void activate(json_object *arguments, const holding_t *holding)
{
    name_user(arguments, holding);
    json_object_object_add(arguments, "active", json_object_new_boolean(1));
}

static void grant(json_object *arguments, const holding_t *holding)
{
    name_user(arguments, holding);
    name_subscription(arguments, holding);
}

static void make_automatic(json_object *arguments, const holding_t *holding)
{
    name_subscription(arguments, holding);
    json_object_object_add(arguments, "automatic", json_object_new_boolean(1));
}

static void name_group(json_object *arguments, const holding_t *holding)
{
    put_value(arguments, "group", holding->archived);
}

static const struct {
    const char *code;
    int (*holds)(const holding_t *holding);
    const char *text;
    const char *(*tell)(const holding_t *holding); /* makes the text; NULL: it is `text` */
    const char *operation;                         /* the operation that would give it; NULL: none */
    void (*put_arguments)(json_object *arguments, const holding_t *holding); /* NULL: no arguments */
} reasons[] = {
    /* Only the identity provider can activate the accounts that it manages. */
    {"inactive", is_inactive, "The account is deactivated; it has no access until it is active again.", NULL,
     "user-set", activate},
    {"seat", waits, NULL, tell_seats, "subscription-set", name_subscription},
    {"protected", is_left_alone,
     "The account is protected, so policy and groups do not count; it was not granted to it.", NULL, "grant-add",
     grant},
    {"manual", is_manual,
     "The sync policy is \"manual\": only what was granted counts, and it was not granted to this account.", NULL,
     "grant-add", grant},
    {"not-automatic", is_not_automatic,
     "The sync policy \"all\" gives everybody what is marked as automatic, and this is not.", NULL, "subscription-set",
     make_automatic},
    {"local", is_local, "The account is a local one; the sync policy \"all\" applies only to synchronised accounts.",
     NULL, "grant-add", grant},
    {"not-mapped", is_not_mapped, "No group is mapped to it.", NULL, "mapping-add", name_subscription},
    {"archived-mapping", is_archived, NULL, tell_archived, "group-restore", name_group},
    {"not-member", is_no_member, NULL, tell_groups, NULL, NULL},
    {"first-login", waits_for_login, "It is given at the first login, which has not happened yet.", NULL, NULL, NULL},
};

static json_object *reasons_of(const holding_t *holding)
{
    json_object *list = json_object_new_array();
    for (apr_size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
        if (!reasons[i].holds(holding)) {
            continue;
        }
        json_object *reason = json_object_new_object(), *arguments = json_object_new_object();
        int elsewhere = reasons[i].holds == is_inactive && holding->synced;
        const char *operation = elsewhere ? NULL : reasons[i].operation;
        if (reasons[i].put_arguments) {
            reasons[i].put_arguments(arguments, holding);
        }
        put_value(reason, "code", reasons[i].code);
        put_value(reason, "text", reasons[i].tell ? reasons[i].tell(holding) : reasons[i].text);
        json_object_object_add(reason, "operation", operation ? json_object_new_string(operation) : NULL);
        json_object_object_add(reason, "arguments", arguments);
        json_object_array_add(list, reason);
    }
    return list;
}

static json_object *standing_of(const holding_t *holding)
{
    json_object *shown = json_object_new_object(), *sources = holding->has ? member(holding->has, "sources") : NULL;
    copy(shown, "id", holding->subscription);
    copy(shown, "name", holding->subscription);
    json_object_object_add(shown, "has", json_object_new_boolean(holding->seated));
    put_value(shown, "standing", holding->seated ? "seated" : holding->has ? "waiting" : "none");
    json_object_object_add(shown, "since", holding->has ? json_object_get(member(holding->has, "since")) : NULL);
    json_object_object_add(shown, "sources", sources ? json_object_get(sources) : json_object_new_array());
    json_object_object_add(shown, "reasons", reasons_of(holding));
    return shown;
}

static void put_subscriptions(json_object *answer, holding_t *holding)
{
    json_object *list = member(holding->told, "subscriptions");
    json_object *shown = json_object_new_array(), *why_not = json_object_new_array();
    for (size_t i = 0; i < scim_list_length(list); i++) {
        read_subscription(holding, json_object_array_get_idx(list, i));
        json_object *standing = standing_of(holding), *why = member(standing, "reasons");
        for (size_t r = 0; r < scim_list_length(why); r++) {
            add_line(why_not, apr_pstrcat(holding->pool, text_of(standing, "name"), ": ",
                                          text_of(json_object_array_get_idx(why, r), "text"), NULL));
        }
        json_object_array_add(shown, standing);
    }
    json_object_object_add(answer, "subscriptions", shown);
    json_object_object_add(answer, "whyNot", why_not);
}

/* --- what the account has ------------------------------------------------------------------------------------------*/

static const char *line_of(json_object *row, apr_pool_t *pool)
{
    json_object *sources = member(row, "sources");
    const char *text = apr_pstrcat(pool, strcmp(text_of(row, "kind"), "role") == 0 ? "role " : "", text_of(row, "name"),
                                   is_true(row, "seated") ? ": " : " (waiting for a seat): ", NULL);
    for (size_t i = 0; i < scim_list_length(sources); i++) {
        text = apr_pstrcat(pool, text, i ? ", " : "", text_of(json_object_array_get_idx(sources, i), "text"), NULL);
    }
    return text;
}

static json_object *lines_of(json_object *access, apr_pool_t *pool)
{
    json_object *lines = json_object_new_array();
    for (size_t i = 0; i < scim_list_length(access); i++) {
        add_line(lines, line_of(json_object_array_get_idx(access, i), pool));
    }
    return lines;
}

/* General reasons why the account has no more, for all subscriptions. */
static json_object *notes_of(const holding_t *holding)
{
    int steered = !holding->is_protected;
    scim_access_account_t account = {
        .policy = holding->policy, .synced = holding->synced, .is_protected = holding->is_protected};
    const struct {
        int holds;
        const char *text;
    } notes[] = {
        {!holding->active, "The account is deactivated; it has no access until it is active again."},
        {holding->is_protected,
         "The account is protected; policy and groups do not change its access, only grants do."},
        {steered && holding->policy == SCIM_POLICY_MANUAL,
         "The sync policy is \"manual\"; synchronisation gives nothing, only grants count."},
        {steered && holding->policy == SCIM_POLICY_ALL && !holding->synced,
         "The account is a local one; the sync policy \"all\" applies only to synchronised accounts."},
        {steered && holding->policy == SCIM_POLICY_GROUPS && !is_true(holding->told, "isMember"),
         "The account is in no group; the sync policy \"groups\" gives what groups are mapped to."},
        {is_true(holding->told, "hasLoginGrant") && !scim_access_by_grant(&account, "login"),
         "What the first login granted does not count here."},
    };
    json_object *list = json_object_new_array();
    for (apr_size_t i = 0; i < sizeof(notes) / sizeof(*notes); i++) {
        if (notes[i].holds) {
            add_line(list, notes[i].text);
        }
    }
    return list;
}

scim_error_t *scim_holding_show(json_object **answer, json_object *told, apr_pool_t *pool)
{
    static const char *const alike[] = {"userId", "userName", "active", "source", "protected", "syncPolicy"};
    json_object *access = member(told, "access");
    if (member(told, "deletedOn")) {
        scim_asked_t asked = {.args = told, .facts = told, .pool = pool};
        return scim_action_refuse(&asked, &scim_user_deleted);
    }
    holding_t holding = read_account(told, pool);
    *answer = scim_json_own(json_object_new_object(), pool);
    for (apr_size_t i = 0; i < sizeof(alike) / sizeof(*alike); i++) {
        copy(*answer, alike[i], told);
    }
    json_object_object_add(*answer, "access", access ? json_object_get(access) : json_object_new_array());
    json_object_object_add(*answer, "summary", lines_of(access, pool));
    json_object_object_add(*answer, "notes", notes_of(&holding));
    if (json_object_object_get_ex(told, "subscriptions", NULL)) {
        put_subscriptions(*answer, &holding);
    }
    return NULL;
}
