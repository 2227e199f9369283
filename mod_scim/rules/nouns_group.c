/* Groups: those of the identity provider, those of the application, and local ones. */
#include <apr_strings.h>
#include <string.h>

#include "nouns.h"
#include "scim/json.h"

#define GROUP   "Group"
#define PROJECT "project"
#define LOCAL   "local"

const scim_refusal_t scim_group_missing = {NULL, 404, "group",
                                           "There is no group \"{group}\"; make it first, or correct the name."};

/* The audit log shows its document and its members. */
static const scim_noun_t group_noun = {
    .missing = &scim_group_missing,
    .members = (const scim_member_rule_t[]){{"id", NULL, 1}, {"kind", NULL, 1}, {"access", NULL, 1}, SCIM_NO_MEMBER},
};

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
    return json_object_get_string(member(object, name));
}

static void put(json_object *object, const char *name, json_object *value)
{
    json_object_object_add(object, name, json_object_get(value));
}

static int is_text(json_object *value, const char *wanted)
{
    const char *known = json_object_get_string(value);
    return known && strcmp(known, wanted) == 0;
}

static json_object *stored(const scim_asked_t *asked)
{
    return member(asked->facts, "is");
}

/* --- changes of rows -----------------------------------------------------------------------------------------------*/

/* Adds a change of a group's row, with unchanged source and deletion, and returns it. */
static json_object *add_change(scim_outcome_t *outcome, json_object *group, json_object *doc)
{
    json_object *changes = member(outcome->row, "changes");
    json_object *change = json_object_new_object();
    if (!changes) {
        changes = json_object_new_array();
        json_object_object_add(outcome->row, "changes", changes);
    }
    put(change, "id", member(group, "id"));
    json_object_object_add(change, "type", text(GROUP));
    put(change, "doc", doc);
    put(change, "was", member(group, "was"));
    put(change, "source", member(group, "source"));
    put(change, "wasSource", member(group, "source"));
    put(change, "gone", member(group, "gone"));
    put(change, "wasGone", member(group, "gone"));
    json_object_array_add(changes, change);
    return change;
}

/* Adds a change of the action's group, with an unchanged document. */
static json_object *change_own(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *group = scim_json_own(json_object_new_object(), asked->pool);
    put(group, "id", member(stored(asked), "id"));
    put(group, "was", member(asked->facts, "was"));
    put(group, "source", member(stored(asked), "source"));
    json_object_object_add(group, "gone", json_object_new_boolean(member(stored(asked), "archivedAt") != NULL));
    return add_change(outcome, group, member(asked->facts, "was"));
}

static void tell_own(scim_outcome_t *outcome, const scim_asked_t *asked, const char *action, json_object *before,
                     json_object *after)
{
    scim_outcome_tell(outcome, action, GROUP, member_text(stored(asked), "id"),
                      member_text(stored(asked), "displayName"), before, after);
}

static json_object *one_member(const char *name, json_object *value, apr_pool_t *pool)
{
    json_object *object = scim_json_own(json_object_new_object(), pool);
    put(object, name, value);
    return object;
}

static json_object *list_of_one(json_object *value, apr_pool_t *pool)
{
    json_object *list = scim_json_own(json_object_new_array(), pool);
    json_object_array_add(list, json_object_get(value));
    return list;
}

/* --- refusals ----------------------------------------------------------------------------------------------------- */

#define ARCHIVED                                                                                                       \
    {                                                                                                                  \
        "isArchived", 409, "group", "The group \"{displayName}\" is archived; restore it first."                       \
    }
/* An administrator cannot change a group of the identity provider, or an archived one. */
#define OURS                                                                                                           \
    ARCHIVED,                                                                                                          \
    {                                                                                                                  \
        "isProvisioned", 403, "group",                                                                                 \
            "The group \"{displayName}\" is managed by provisioning; change it in your identity provider."             \
    }

static const scim_refusal_t ours[] = {OURS, SCIM_NO_REFUSAL};

/* The arguments that a kind of group needs or refuses. */
static const struct {
    const char *argument;
    int of_project;
    scim_refusal_t missing, wrong;
} arguments[] = {
    {"project",
     1,
     {NULL, 400, "project", "project: is missing; give the name of the project."},
     {NULL, 400, "project", "project: only a group of the kind \"project\" has it; leave it out."}},
    {"access",
     1,
     {NULL, 400, "access", "access: is missing; give the level of access to the project."},
     {NULL, 400, "access", "access: only a group of the kind \"project\" has it; leave it out."}},
    {"displayName",
     0,
     {NULL, 400, "displayName", "displayName: is missing; give the name of the group."},
     {NULL, 400, "displayName", "displayName: is made of project and access; leave it out."}},
};
#define ARGUMENT_COUNT (sizeof(arguments) / sizeof(*arguments))

static scim_error_t *check_arguments(const scim_asked_t *asked)
{
    int project = is_text(member(asked->args, "kind"), PROJECT);
    for (apr_size_t i = 0; i < ARGUMENT_COUNT; i++) {
        if (arguments[i].of_project == project && !member(asked->args, arguments[i].argument)) {
            return scim_action_refuse(asked, &arguments[i].missing);
        }
    }
    for (apr_size_t i = 0; i < ARGUMENT_COUNT; i++) {
        if (arguments[i].of_project != project && json_object_object_get_ex(asked->args, arguments[i].argument, NULL)) {
            return scim_action_refuse(asked, &arguments[i].wrong);
        }
    }
    return NULL;
}

static scim_error_t *refuse_taken(const scim_asked_t *asked, json_object *group, const char *field)
{
    scim_refusal_t taken = {NULL, 409, field, "There is a group \"{taken}\" already{takenBy}; choose another name."};
    return scim_action_refuse_one(asked, &taken, group);
}

/* --- adding and renaming -------------------------------------------------------------------------------------------*/

static scim_error_t *check_add(const scim_asked_t *asked)
{
    scim_error_t *error = check_arguments(asked);
    if (error || !member(asked->facts, "taken")) {
        return error;
    }
    return refuse_taken(asked, asked->facts, member(asked->args, "displayName") ? "displayName" : "access");
}

static void follow_add(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *row = outcome->row, *doc = scim_json_own(json_object_new_object(), asked->pool);
    json_object *schemas = json_object_new_array();
    json_object_array_add(schemas, text("urn:ietf:params:scim:schemas:core:2.0:Group"));
    json_object_object_add(doc, "schemas", schemas);
    put(doc, "displayName", member(asked->facts, "name"));
    put(row, "doc", doc);
    json_object_object_add(row, "type", text(GROUP));
    json_object_object_add(row, "source", text(member(row, "kind") ? "application" : LOCAL));
    scim_outcome_tell(outcome, "create", GROUP, member_text(row, "id"), member_text(doc, "displayName"), NULL, doc);
}

const scim_action_t scim_group_add = {
    .noun = &group_noun, .kind = SCIM_ACTION_ADD, .check = check_add, .follow = follow_add};

/* `renamed` lists the groups whose name may change, each with the new `name`: all groups of a project, or one other
 * group. */
static scim_error_t *check_set(const scim_asked_t *asked)
{
    static const scim_refusal_t made = {NULL, 400, "displayName",
                                        "displayName: is made of project and access; set those."};
    int project = is_text(member(stored(asked), "kind"), PROJECT);
    json_object *renamed = member(asked->facts, "renamed");
    scim_error_t *error = scim_action_check(asked, ours);
    if (error) {
        return error;
    }
    for (apr_size_t i = 0; !project && i < ARGUMENT_COUNT; i++) {
        if (arguments[i].of_project && json_object_object_get_ex(asked->args, arguments[i].argument, NULL)) {
            return scim_action_refuse(asked, &arguments[i].wrong);
        }
    }
    if (project && json_object_object_get_ex(asked->args, "displayName", NULL)) {
        return scim_action_refuse(asked, &made);
    }
    for (size_t i = 0; !error && i < scim_list_length(renamed); i++) {
        json_object *group = json_object_array_get_idx(renamed, i);
        const char *field = !project ? "displayName" : member(asked->args, "project") ? "project" : "access";
        error = member(group, "taken") ? refuse_taken(asked, group, field) : NULL;
    }
    return error;
}

static void derive_names(json_object *will, const scim_asked_t *asked)
{
    json_object *renamed = member(asked->facts, "renamed");
    for (size_t i = 0; i < scim_list_length(renamed); i++) {
        json_object *group = json_object_array_get_idx(renamed, i);
        if (json_object_equal(member(group, "id"), member(will, "id"))) {
            put(will, "displayName", member(group, "name"));
        }
    }
    if (member(asked->facts, "line")) {
        put(will, "project", member(asked->facts, "line"));
    }
    if (is_text(member(will, "kind"), PROJECT) && member(asked->args, "access")) {
        put(will, "access", member(asked->args, "access"));
    }
}

static void rename_one(scim_outcome_t *outcome, json_object *group, apr_pool_t *pool)
{
    json_object *was = member(group, "was"), *name = member(group, "name");
    if (json_object_equal(member(was, "displayName"), name)) {
        return;
    }
    json_object *doc = scim_json_copy(was, pool);
    put(doc, "displayName", name);
    add_change(outcome, group, doc);
    scim_outcome_tell(outcome, "update", GROUP, member_text(group, "id"), json_object_get_string(name),
                      one_member("displayName", member(was, "displayName"), pool),
                      one_member("displayName", name, pool));
}

static void follow_set(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *renamed = member(asked->facts, "renamed");
    json_object_object_add(outcome->row, "changes", json_object_new_array());
    put(outcome->row, "wasProject", member(stored(asked), "project"));
    for (size_t i = 0; i < scim_list_length(renamed); i++) {
        rename_one(outcome, json_object_array_get_idx(renamed, i), asked->pool);
    }
}

const scim_action_t scim_group_set = {
    .noun = &group_noun, .kind = SCIM_ACTION_SET, .check = check_set, .derive = derive_names, .follow = follow_set};

/* --- archiving and ownership ---------------------------------------------------------------------------------------*/

/* An archived group is removed from the groups that it is in: `parents`. */
static void follow_remove(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *parents = member(asked->facts, "parents");
    json_object *members = list_of_one(member(stored(asked), "id"), asked->pool);
    int people = json_object_get_int(member(asked->facts, "people"));
    json_object_object_add(change_own(outcome, asked), "gone", json_object_new_boolean(1));
    tell_own(outcome, asked, "delete", NULL, NULL);
    scim_outcome_weigh(outcome, people, 0);
    for (size_t i = 0; i < scim_list_length(parents); i++) {
        json_object *parent = json_object_array_get_idx(parents, i);
        scim_outcome_tell(outcome, "remove-members", GROUP, member_text(parent, "id"), member_text(parent, "name"),
                          one_member("members", members, asked->pool), NULL);
        scim_outcome_weigh(outcome, people, 0);
    }
}

const scim_action_t scim_group_remove = {
    .noun = &group_noun,
    .kind = SCIM_ACTION_REMOVE,
    .refusals =
        (const scim_refusal_t[]){
            OURS,
            {"template", 409, "group",
             "The group \"{displayName}\" is in use: the template \"{template}\" gives it. Change that first."},
            {"mappedSubscription", 409, "group",
             "The group \"{displayName}\" is in use: it is mapped to the subscription \"{mappedSubscription}\". Change "
             "that "
             "first."},
            {"mappedRole", 409, "group",
             "The group \"{displayName}\" is in use: it is mapped to the role \"{mappedRole}\". Change that first."},
            SCIM_NO_REFUSAL,
        },
    .follow = follow_remove,
};

static void derive_restored(json_object *will, const scim_asked_t *asked)
{
    (void)asked;
    json_object_object_add(will, "archivedAt", NULL);
}

/* Former members that do not exist any more, `lost`, are not restored. */
static void follow_restore(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *lost = member(asked->facts, "lost");
    if (lost) {
        tell_own(outcome, asked, "remove-members", one_member("members", lost, asked->pool), NULL);
        scim_outcome_weigh(outcome, (int)scim_list_length(lost), 0);
    }
    json_object_object_add(change_own(outcome, asked), "gone", json_object_new_boolean(0));
    tell_own(outcome, asked, "restore", NULL, NULL);
}

const scim_action_t scim_group_restore = {
    .noun = &group_noun,
    .kind = SCIM_ACTION_SET,
    .refusals =
        (const scim_refusal_t[]){
            {"!isArchived", 409, "group",
             "The group \"{displayName}\" is not archived. To restore an archived one of the same name, give its id."},
            {"taken", 409, "group", "Another group has the name \"{displayName}\" now; rename or archive it first."},
            SCIM_NO_REFUSAL,
        },
    .derive = derive_restored,
    .follow = follow_restore,
};

static void derive_local(json_object *will, const scim_asked_t *asked)
{
    (void)asked;
    json_object_object_add(will, "source", text(LOCAL));
}

/* The group keeps its name and members, but clients do not see it any more. */
static void follow_unlink(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *local = scim_json_own(text(LOCAL), asked->pool);
    put(change_own(outcome, asked), "source", local);
    tell_own(outcome, asked, "unlink", one_member("source", member(stored(asked), "source"), asked->pool),
             one_member("source", local, asked->pool));
}

const scim_action_t scim_group_unlink = {
    .noun = &group_noun,
    .kind = SCIM_ACTION_SET,
    .refusals =
        (const scim_refusal_t[]){
            {"!isProvisioned", 409, "group",
             "The group \"{displayName}\" is not managed by provisioning; there is nothing to unlink."},
            ARCHIVED,
            SCIM_NO_REFUSAL,
        },
    .derive = derive_local,
    .follow = follow_unlink,
};

static void derive_provisioned(json_object *will, const scim_asked_t *asked)
{
    (void)asked;
    json_object_object_add(will, "source", text("scim"));
}

/* Clients see the group again, with its name and members. */
static void follow_link(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *provisioned = scim_json_own(text("scim"), asked->pool);
    put(change_own(outcome, asked), "source", provisioned);
    tell_own(outcome, asked, "link", one_member("source", member(stored(asked), "source"), asked->pool),
             one_member("source", provisioned, asked->pool));
}

const scim_action_t scim_group_link = {
    .noun = &group_noun,
    .kind = SCIM_ACTION_SET,
    .refusals =
        (const scim_refusal_t[]){
            ARCHIVED,
            {"isProvisioned", 409, "group",
             "The group \"{displayName}\" is managed by provisioning; there is nothing to link."},
            {"isApplication", 409, "group",
             "The group \"{displayName}\" belongs to the application, so the identity provider sees it already; there "
             "is nothing to link."},
            {"template", 409, "group",
             "The group \"{displayName}\" is in use: the template \"{template}\" gives it, and only the identity "
             "provider would from then on. Change that first."},
            SCIM_NO_REFUSAL,
        },
    .derive = derive_provisioned,
    .follow = follow_link,
};

/* --- members ------------------------------------------------------------------------------------------------------ */

static scim_error_t *check_members(const scim_asked_t *asked)
{
    static const scim_refusal_t nobody = {
        NULL, 400, "members",
        "members: \"{named}\" is not a user or group of this tenant; make it first, or correct the name."};
    static const scim_refusal_t itself = {NULL, 400, "members",
                                          "members: a group cannot be a member of itself ({named}); leave it out."};
    json_object *list = scim_asked_list(asked, "members");
    scim_error_t *error = scim_action_check(asked, ours);
    for (size_t i = 0; !error && i < scim_list_length(list); i++) {
        json_object *named = json_object_array_get_idx(list, i);
        json_object *found = scim_asked_found(asked, "found", list, i);
        if (!found) {
            error = scim_action_refuse_named(asked, &nobody, named);
        } else if (json_object_equal(member(found, "id"), member(stored(asked), "id"))) {
            error = scim_action_refuse_named(asked, &itself, named);
        }
    }
    return error;
}

/* Counts the new members: `joins`, an ordered list of their ids. */
static void derive_joined(json_object *will, const scim_asked_t *asked)
{
    size_t joined = scim_list_length(member(asked->facts, "joins"));
    int64_t before = json_object_get_int64(member(will, "members"));
    json_object_object_add(will, "members", json_object_new_int64(before + (int64_t)joined));
}

static void follow_joined(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    tell_own(outcome, asked, "add-members", NULL, one_member("members", member(asked->facts, "joins"), asked->pool));
}

const scim_action_t scim_group_add_members = {.noun = &group_noun,
                                              .kind = SCIM_ACTION_SET,
                                              .check = check_members,
                                              .derive = derive_joined,
                                              .follow = follow_joined};

static void derive_left(json_object *will, const scim_asked_t *asked)
{
    (void)asked;
    json_object_object_add(will, "members", json_object_new_int64(json_object_get_int64(member(will, "members")) - 1));
}

static void follow_left(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *members = list_of_one(member(asked->facts, "memberId"), asked->pool);
    tell_own(outcome, asked, "remove-members", one_member("members", members, asked->pool), NULL);
    scim_outcome_weigh(outcome, json_object_get_int(member(asked->facts, "people")), 0);
}

const scim_action_t scim_group_remove_member = {
    .noun = &group_noun,
    .kind = SCIM_ACTION_SET,
    .refusals =
        (const scim_refusal_t[]){
            OURS,
            {"!memberId", 404, "member",
             "\"{member}\" is not a member of the group \"{displayName}\"; its list of members shows who is."},
            SCIM_NO_REFUSAL,
        },
    .derive = derive_left,
    .follow = follow_left,
};
