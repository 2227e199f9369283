/* Subscriptions and roles, which clients read as resources, and mappings and grants, which give them. */
#include <apr_strings.h>
#include <string.h>

#include "nouns.h"
#include "scim/json.h"
#include "scim/text.h"

/* --- values ------------------------------------------------------------------------------------------------------- */

static json_object *text(const char *value)
{
    return json_object_new_string(value);
}

static json_object *member(json_object *object, const char *name)
{
    return json_object_object_get(object, name);
}

static const char *member_text(json_object *object, const char *name)
{
    json_object *value = member(object, name);
    return value ? json_object_get_string(value) : NULL;
}

/* Adds a member with this value, unless it is null. */
static void copy_known(json_object *to, const char *name, json_object *value)
{
    if (value) {
        json_object_object_add(to, name, json_object_get(value));
    }
}

static json_object *schemas_of(const char *type, apr_pool_t *pool)
{
    json_object *list = json_object_new_array();
    json_object_array_add(list, text(apr_pstrcat(pool, "urn:ietf:params:scim:schemas:core:2.0:", type, NULL)));
    json_object_array_add(list, text(apr_pstrcat(pool, "urn:okta:scim:schemas:core:1.0:", type, NULL)));
    return list;
}

/* --- resources that clients read -----------------------------------------------------------------------------------*/

/* The document of a Role or an Entitlement. It has the attributes of both formats: the IETF draft's and Okta's. */
static json_object *document(const char *type, const char *value, const char *display, const char *kind,
                             json_object *seats, apr_pool_t *pool)
{
    json_object *doc = scim_json_own(json_object_new_object(), pool);
    json_object_object_add(doc, "schemas", schemas_of(type, pool));
    json_object_object_add(doc, "value", text(value));
    json_object_object_add(doc, "display", text(display));
    json_object_object_add(doc, "displayName", text(display));
    json_object_object_add(doc, "type", text(kind));
    json_object_object_add(doc, "supported", json_object_new_boolean(1));
    json_object_object_add(doc, "limitedAssignmentsPermitted", json_object_new_boolean(seats != NULL));
    copy_known(doc, "totalAssignmentsPermitted", seats);
    return doc;
}

/* Adds the new document for the statements, and the audit entry. */
static void put_document(scim_outcome_t *outcome, const scim_asked_t *asked, const char *type, json_object *doc)
{
    json_object *was = scim_asked_value(asked, "was"), *before = NULL, *after = doc;
    int gone = asked->action->kind == SCIM_ACTION_REMOVE;
    const char *action = gone ? "delete" : was ? "update" : "create";
    json_object_object_add(outcome->row, "type", text(type));
    json_object_object_add(outcome->row, "doc", json_object_get(doc));
    json_object_object_add(outcome->row, "gone", json_object_new_boolean(gone));
    if (was) {
        scim_outcome_differ(&before, &after, was, doc, outcome->pool);
    }
    if (gone || before || after) {
        scim_outcome_tell(outcome, action, type, member_text(outcome->row, "id"), member_text(doc, "value"), before,
                          after);
    }
}

/* --- subscriptions ------------------------------------------------------------------------------------------------ */

const scim_refusal_t scim_subscription_missing = {
    NULL, 404, "subscription", "There is no subscription \"{subscription}\"; make it first, or correct the name."};

/* The audit log shows the subscription's Entitlement. */
static const scim_noun_t subscription_noun = {
    .missing = &scim_subscription_missing,
    .members =
        (const scim_member_rule_t[]){
            {"id", NULL, 1},
            {"name", NULL, 0},
            {"description", NULL, 0},
            {"seats", NULL, 0},
            {"automatic", "false", 0},
            {"created", NULL, 1},
            SCIM_NO_MEMBER,
        },
};

static const scim_refusal_t name_taken[] = {
    {"taken", 409, "name", "There is a subscription \"{taken}\" already; choose another name, or change that one."},
    SCIM_NO_REFUSAL,
};

static void put_entitlement(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *row = outcome->row;
    const char *name = member_text(row, "name");
    json_object *doc = document("Entitlement", name, name, "subscription", member(row, "seats"), asked->pool);
    copy_known(doc, "description", member(row, "description"));
    copy_known(doc, "automatic", member(row, "automatic"));
    put_document(outcome, asked, "Entitlement", doc);
}

static void leave_document(scim_outcome_t *outcome, const scim_asked_t *asked, const char *type)
{
    put_document(outcome, asked, type, scim_asked_value(asked, "was"));
}

static void remove_entitlement(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    leave_document(outcome, asked, "Entitlement");
}

const scim_action_t scim_subscription_add = {
    .noun = &subscription_noun, .kind = SCIM_ACTION_ADD, .refusals = name_taken, .follow = put_entitlement};

const scim_action_t scim_subscription_set = {
    .noun = &subscription_noun, .kind = SCIM_ACTION_SET, .refusals = name_taken, .follow = put_entitlement};

const scim_action_t scim_subscription_remove = {
    .noun = &subscription_noun,
    .kind = SCIM_ACTION_REMOVE,
    .refusals =
        (const scim_refusal_t[]){
            {"policyGives", 409, "subscription",
             "The subscription \"{name}\" is what the policy \"all\" gives; make another one automatic first."},
            {"mapped", 409, "subscription",
             "The subscription \"{name}\" is mapped to the group \"{mapped}\"; remove its mappings first."},
            {"granted", 409, "subscription",
             "The subscription \"{name}\" is granted to the user \"{granted}\"; remove its grants first."},
            {"template", 409, "subscription",
             "The subscription \"{name}\" is in use: the template \"{template}\" gives it. Change that first."},
            SCIM_NO_REFUSAL,
        },
    .follow = remove_entitlement,
};

/* --- roles -------------------------------------------------------------------------------------------------------- */

const scim_refusal_t scim_role_missing = {NULL, 404, "role",
                                          "There is no role \"{role}\"; make it first, or correct the name."};

static const scim_noun_t role_noun = {
    .missing = &scim_role_missing,
    .members =
        (const scim_member_rule_t[]){
            {"role", NULL, 1},
            {"displayName", NULL, 0},
            {"builtIn", "false", 1},
            {"created", NULL, 1},
            {"id", NULL, 1},
            SCIM_NO_MEMBER,
        },
};

static void put_role(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *row = outcome->row;
    if (!member(row, "displayName")) {
        copy_known(row, "displayName", member(row, "role"));
    }
    const char *display = member_text(row, "displayName");
    put_document(outcome, asked, "Role",
                 document("Role", member_text(row, "role"), display, "custom", NULL, asked->pool));
}

/* The document of an existing role keeps its other members. */
static void change_role(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *doc = scim_json_copy(scim_asked_value(asked, "was"), asked->pool);
    copy_known(doc, "display", member(outcome->row, "displayName"));
    copy_known(doc, "displayName", member(outcome->row, "displayName"));
    put_document(outcome, asked, "Role", doc);
}

/* Deleted users lose the role too, so that nobody is restored with a role that does not exist. */
static void remove_role(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *users = scim_asked_value(asked, "deleted");
    json_object *before = scim_json_own(json_object_new_object(), asked->pool);
    copy_known(before, "role", scim_asked_value(asked, "role"));
    for (size_t i = 0; users && i < json_object_array_length(users); i++) {
        json_object *user = json_object_array_get_idx(users, i);
        scim_outcome_tell(outcome, "update", "User", member_text(user, "id"), member_text(user, "userName"), before,
                          NULL);
    }
    leave_document(outcome, asked, "Role");
}

const scim_action_t scim_role_add = {
    .noun = &role_noun,
    .kind = SCIM_ACTION_ADD,
    .refusals =
        (const scim_refusal_t[]){
            {"taken", 409, "role", "There is a role \"{taken}\" already; choose another name, or change that one."},
            SCIM_NO_REFUSAL,
        },
    .follow = put_role,
};

const scim_action_t scim_role_set = {.noun = &role_noun, .kind = SCIM_ACTION_SET, .follow = change_role};

const scim_action_t scim_role_remove = {
    .noun = &role_noun,
    .kind = SCIM_ACTION_REMOVE,
    .refusals =
        (const scim_refusal_t[]){
            {"builtIn", 409, "role",
             "The role \"{role}\" is built in and cannot be removed; reserve it (reservedRoles) if provisioning is not "
             "to give it."},
            {"isDefault", 409, "role", "The role \"{role}\" is the tenant's default; choose another default first."},
            {"reserved", 409, "role",
             "The role \"{role}\" is reserved (reservedRoles); remove it from that list first."},
            {"used", 409, "role", "The role \"{role}\" is in use; give its users another role first."},
            {"mapped", 409, "role",
             "The role \"{role}\" is mapped to the group \"{mapped}\"; remove its mappings first."},
            {"template", 409, "role",
             "The role \"{role}\" is in use: the template \"{template}\" gives it. Change that first."},
            SCIM_NO_REFUSAL,
        },
    .follow = remove_role,
};

/* --- mappings ----------------------------------------------------------------------------------------------------- */

#define NO_GROUP "There is no group \"{group}\"; make it first, or correct the name."
#define ARCHIVED "The group \"{group}\" was archived on {archivedOn}; restore it first."
#define RESERVED                                                                                                       \
    "The role \"{role}\" is reserved (reservedRoles): provisioning would give it to the members that it adds to the "  \
    "group. Remove it from that list first, or choose another role."

static const char *const mapping_told[] = {"subscription", "role", NULL};
static const scim_refusal_t mapping_missing = {
    NULL, 404, "mapping", "There is no mapping \"{mapping}\"; the list of mappings shows their ids."};

static const scim_noun_t mapping_noun = {
    .type = "Group",
    .id = "groupId",
    .name = "group",
    .actions = {"map", NULL, "unmap"},
    .told = mapping_told,
    .missing = &mapping_missing,
    .members =
        (const scim_member_rule_t[]){
            {"id", NULL, 1},
            {"group", NULL, 1},
            {"groupId", NULL, 1},
            {"archived", "false", 1},
            {"subscription", NULL, 1},
            {"subscriptionId", NULL, 1},
            {"role", NULL, 1},
            {"created", NULL, 1},
            SCIM_NO_MEMBER,
        },
};

static scim_error_t *check_target(const scim_asked_t *asked)
{
    static const scim_refusal_t either = {NULL, 400, "subscription", "Name either a subscription or a role."};
    int subscription = member(asked->args, "subscription") != NULL, role = member(asked->args, "role") != NULL;
    return subscription == role ? scim_action_refuse(asked, &either) : NULL;
}

const scim_action_t scim_mapping_add = {
    .noun = &mapping_noun,
    .kind = SCIM_ACTION_ADD,
    .check = check_target,
    .refusals =
        (const scim_refusal_t[]){
            {"!groupId", 404, "group", NO_GROUP},
            {"archivedOn", 404, "group", ARCHIVED},
            {"noSubscription", 404, "subscription",
             "There is no subscription \"{subscription}\"; make it first, or correct the name."},
            {"noRole", 404, "role", "There is no role \"{role}\"; make it first, or correct the name."},
            {"reserved", 409, "role", RESERVED},
            {"mappedSubscription", 409, "subscription",
             "The group \"{group}\" is mapped to \"{subscription}\" already; there is nothing to add."},
            {"mappedRole", 409, "role",
             "The group \"{group}\" is mapped to \"{role}\" already; there is nothing to add."},
            SCIM_NO_REFUSAL,
        },
};

const scim_action_t scim_mapping_remove = {.noun = &mapping_noun, .kind = SCIM_ACTION_REMOVE};

/* Maps several groups to several targets. The facts `found` (groups), `rolesFound` and `subscriptionsFound` are lists
 * of objects with the `named` text; `mapped` has the existing mappings of the groups, in the form of key_of(). */

static const scim_noun_t mappings_noun = {.type = "Group"};

static const struct {
    const char *argument, *found;
    scim_refusal_t missing;
} targets[] = {
    {"roles", "rolesFound", {NULL, 404, "roles", "There is no role \"{named}\"; make it first, or correct the name."}},
    {"subscriptions",
     "subscriptionsFound",
     {NULL, 404, "subscriptions", "There is no subscription \"{named}\"; make it first, or correct the name."}},
};

static scim_error_t *check_group(const scim_asked_t *asked, json_object *list, size_t place)
{
    static const scim_refusal_t missing = {NULL, 404, "groups",
                                           "There is no group \"{named}\"; make it first, or correct the name."};
    static const scim_refusal_t archived = {NULL, 404, "groups", ARCHIVED};
    json_object *group = scim_asked_found(asked, "found", list, place);
    if (!group) {
        return scim_action_refuse_named(asked, &missing, json_object_array_get_idx(list, place));
    }
    return member(group, "archivedOn") ? scim_action_refuse_one(asked, &archived, group) : NULL;
}

static scim_error_t *check_targets(const scim_asked_t *asked)
{
    static const scim_refusal_t reserved = {NULL, 409, "role", RESERVED};
    for (apr_size_t t = 0; t < sizeof(targets) / sizeof(*targets); t++) {
        json_object *list = scim_asked_list(asked, targets[t].argument);
        for (size_t i = 0; i < scim_list_length(list); i++) {
            json_object *one = scim_asked_found(asked, targets[t].found, list, i);
            if (!one || (!member(one, "role") && !member(one, "subscriptionId"))) {
                return scim_action_refuse_named(asked, &targets[t].missing, json_object_array_get_idx(list, i));
            }
            if (member(one, "reserved")) {
                return scim_action_refuse_one(asked, &reserved, one);
            }
        }
    }
    return NULL;
}

static scim_error_t *check_many(const scim_asked_t *asked)
{
    static const scim_refusal_t none = {NULL, 400, "subscriptions", "Name subscriptions or roles."};
    json_object *groups = scim_asked_list(asked, "groups");
    scim_error_t *error = NULL;
    if (scim_list_length(scim_asked_list(asked, "roles")) + scim_list_length(scim_asked_list(asked, "subscriptions")) ==
        0) {
        return scim_action_refuse(asked, &none);
    }
    for (size_t i = 0; !error && i < scim_list_length(groups); i++) {
        error = check_group(asked, groups, i);
        error = error || i > 0 ? error : check_targets(asked);
    }
    return error;
}

/* The key of a mapping of a group to a target. */
static const char *key_of(json_object *group, json_object *target, apr_pool_t *pool)
{
    const char *role = member_text(target, "role");
    return apr_pstrcat(pool, member_text(group, "id"), role ? " role:" : " ",
                       role ? role : member_text(target, "subscriptionId"), NULL);
}

typedef struct pairs_t {
    scim_outcome_t *outcome;
    const scim_asked_t *asked;
    json_object *mapped;   /* a JSON object; its names are the keys */
    json_object *mappings; /* the new mappings */
    int known;
} pairs_t;

static void add_pair(pairs_t *pairs, json_object *group, json_object *target)
{
    const char *key = key_of(group, target, pairs->asked->pool);
    char id[SCIM_ID_SIZE];
    if (json_object_object_get_ex(pairs->mapped, key, NULL)) {
        pairs->known++;
        return;
    }
    json_object *mapping = json_object_new_object();
    scim_id_make(id);
    json_object_object_add(mapping, "id", text(id));
    copy_known(mapping, "groupId", member(group, "id"));
    copy_known(mapping, "subscriptionId", member(target, "subscriptionId"));
    copy_known(mapping, "role", member(target, "role"));
    json_object_array_add(pairs->mappings, mapping);
    json_object_object_add(pairs->mapped, key, NULL);

    json_object *after = scim_json_own(json_object_new_object(), pairs->asked->pool);
    copy_known(after, "subscription", member(target, "subscription"));
    copy_known(after, "role", member(target, "role"));
    scim_outcome_tell(pairs->outcome, "map", "Group", member_text(group, "id"), member_text(group, "group"), NULL,
                      after);
}

static void add_pairs(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *groups = scim_asked_list(asked, "groups"), *mapped = scim_asked_value(asked, "mapped");
    pairs_t pairs = {.outcome = outcome, .asked = asked, .mappings = json_object_new_array()};
    pairs.mapped = scim_json_own(json_object_new_object(), asked->pool);
    for (size_t i = 0; i < scim_list_length(mapped); i++) {
        json_object_object_add(pairs.mapped, json_object_get_string(json_object_array_get_idx(mapped, i)), NULL);
    }
    for (size_t g = 0; g < scim_list_length(groups); g++) {
        json_object *group = scim_asked_found(asked, "found", groups, g);
        for (apr_size_t t = 0; t < sizeof(targets) / sizeof(*targets); t++) {
            json_object *list = scim_asked_list(asked, targets[t].argument);
            for (size_t i = 0; i < scim_list_length(list); i++) {
                add_pair(&pairs, group, scim_asked_found(asked, targets[t].found, list, i));
            }
        }
    }
    json_object_object_add(outcome->row, "added", json_object_new_int64((int64_t)scim_list_length(pairs.mappings)));
    json_object_object_add(outcome->row, "existing", json_object_new_int(pairs.known));
    json_object_object_add(outcome->row, "mappings", pairs.mappings);
}

const scim_action_t scim_mapping_add_many = {
    .noun = &mappings_noun, .kind = SCIM_ACTION_ADD, .check = check_many, .follow = add_pairs};

/* --- grants ------------------------------------------------------------------------------------------------------- */

static const char *const grant_told[] = {"subscription", "role", "source", NULL};
/* The entry of a withdrawn grant has the whole grant, so that a review of access can restore its data. */
static const char *const withdrawal_told[] = {"subscription", "role",      "source", "id",
                                              "granted",      "grantedBy", "joined", NULL};
static const scim_refusal_t grant_missing = {NULL, 404, "grant",
                                             "There is no grant \"{grant}\"; the list of grants shows their ids."};

static const scim_noun_t grant_noun = {
    .type = "User",
    .id = "userId",
    .name = "userName",
    .actions = {"grant", NULL, NULL},
    .told = grant_told,
    .missing = &grant_missing,
    .members =
        (const scim_member_rule_t[]){
            {"id", NULL, 1},
            {"userId", NULL, 1},
            {"userName", NULL, 1},
            {"subscription", NULL, 1},
            {"subscriptionId", NULL, 1},
            {"role", NULL, 1},
            {"source", "\"manual\"", 1},
            {"granted", NULL, 1},
            SCIM_NO_MEMBER,
        },
};

void scim_grant_tell(scim_outcome_t *outcome, const char *action, const char *user, const char *name,
                     json_object *grant)
{
    json_object *what = scim_json_own(json_object_new_object(), outcome->pool);
    int gets = strcmp(action, "grant") == 0;
    for (const char *const *told = gets ? grant_told : withdrawal_told; *told; told++) {
        copy_known(what, *told, member(grant, *told));
    }
    scim_outcome_tell(outcome, action, "User", user, name, gets ? NULL : what, gets ? what : NULL);
}

#define USER_MISSING                                                                                                   \
    {                                                                                                                  \
        "!userId", 404, "user", "There is no user \"{user}\"; make it first, or correct the name."                     \
    }
#define USER_DELETED                                                                                                   \
    {                                                                                                                  \
        "deletedOn", 404, "user", "The user \"{userName}\" was deleted on {deletedOn}; restore it first."              \
    }

const scim_refusal_t scim_user_deleted = USER_DELETED;

const scim_action_t scim_grant_add = {
    .noun = &grant_noun,
    .kind = SCIM_ACTION_ADD,
    .refusals =
        (const scim_refusal_t[]){
            USER_MISSING,
            USER_DELETED,
            {"!subscriptionId", 404, "subscription",
             "There is no subscription \"{subscription}\"; make it first, or correct the name."},
            {"taken", 409, "subscription",
             "The user \"{userName}\" was granted \"{subscription}\" already; there is nothing to add."},
            SCIM_NO_REFUSAL,
        },
};

static void tell_withdrawal(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *grant = scim_json_own(json_object_new_object(), asked->pool);
    for (const char *const *told = withdrawal_told; *told; told++) {
        copy_known(grant, *told, scim_asked_value(asked, *told));
    }
    scim_grant_tell(outcome, "withdraw", member_text(outcome->is, "userId"), member_text(outcome->is, "userName"),
                    grant);
}

static const scim_noun_t withdrawn_noun = {.type = "User", .missing = &grant_missing};

const scim_action_t scim_grant_remove = {
    .noun = &withdrawn_noun,
    .kind = SCIM_ACTION_REMOVE,
    .refusals =
        (const scim_refusal_t[]){
            {"isProvided", 403, "grant",
             "The identity provider gives \"{subscription}\" to the user \"{userName}\" (entitlements); take it away "
             "there."},
            SCIM_NO_REFUSAL,
        },
    .follow = tell_withdrawal,
};

/* --- logins ------------------------------------------------------------------------------------------------------- */

/* The statement that writes a first login also writes the entries of its grants. */
static const scim_noun_t login_noun = {.type = "User"};

const scim_action_t scim_access_login = {
    .noun = &login_noun,
    .kind = SCIM_ACTION_ADD,
    .refusals =
        (const scim_refusal_t[]){
            USER_MISSING,
            USER_DELETED,
            {"inactive", 409, "user",
             "The user \"{userName}\" is deactivated, so it may not log in; activate it first; the identity provider "
             "does that if it manages the user."},
            SCIM_NO_REFUSAL,
        },
};
