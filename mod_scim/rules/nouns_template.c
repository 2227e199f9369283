/* Templates: what new users get. */
#include <string.h>

#include "nouns.h"

const scim_refusal_t scim_template_missing = {
    NULL, 404, "template", "There is no template \"{template}\"; the list of templates shows their names."};

static const scim_noun_t template_noun = {
    .type = "Template",
    .id = "id",
    .name = "name",
    .actions = {"create", "update", "delete"},
    .missing = &scim_template_missing,
    .members =
        (const scim_member_rule_t[]){
            {"id", NULL, 1},
            {"name", NULL, 0},
            {"priority", NULL, 0},
            {"condition", NULL, 0},
            {"role", NULL, 0},
            {"groups", "[]", 0},
            {"subscriptions", "[]", 0},
            {"flags", "[]", 0},
            {"created", NULL, 1},
            {"lastModified", NULL, 1},
            SCIM_NO_MEMBER,
        },
};

/* The arguments with what a template gives, and the refusal of an unknown name in each. */
static const struct {
    const char *argument, *found; /* found: the fact with the objects of these names */
    scim_refusal_t missing;
} gifts[] = {
    {"groups",
     "groupsFound",
     {NULL, 400, "groups", "groups: there is no group \"{named}\"; make it first, or correct the name."}},
    {"subscriptions",
     "subscriptionsFound",
     {NULL, 400, "subscriptions",
      "subscriptions: there is no subscription \"{named}\"; make it first, or correct the name."}},
    {"flags", "flagsFound", {NULL, 400, "flags", "There is no flag \"{named}\"; make it first, or correct the name."}},
};
#define GIFT_COUNT (sizeof(gifts) / sizeof(*gifts))

static scim_error_t *check_group(const scim_asked_t *asked, json_object *group)
{
    static const scim_refusal_t archived = {NULL, 400, "groups",
                                            "groups: the group \"{group}\" is archived; restore it first."};
    static const scim_refusal_t provisioned = {
        NULL, 400, "groups",
        "groups: the group \"{group}\" is managed by provisioning, so only your identity provider can change its "
        "members; unlink it first, or choose another one."};
    if (json_object_get_boolean(json_object_object_get(group, "archived"))) {
        return scim_action_refuse_one(asked, &archived, group);
    }
    const char *source = json_object_get_string(json_object_object_get(group, "source"));
    return source && strcmp(source, "scim") == 0 ? scim_action_refuse_one(asked, &provisioned, group) : NULL;
}

static scim_error_t *check_list(const scim_asked_t *asked, apr_size_t gift)
{
    json_object *list = scim_asked_list(asked, gifts[gift].argument);
    scim_error_t *error = NULL;
    for (size_t i = 0; !error && i < scim_list_length(list); i++) {
        json_object *one = scim_asked_found(asked, gifts[gift].found, list, i);
        if (!one) {
            return scim_action_refuse_named(asked, &gifts[gift].missing, json_object_array_get_idx(list, i));
        }
        error = gift == 0 ? check_group(asked, one) : NULL;
    }
    return error;
}

/* The value of a member after the change. */
static json_object *will_be(const scim_asked_t *asked, const char *name)
{
    json_object *is = json_object_object_get(asked->facts, "is");
    int argued = json_object_object_get_ex(asked->args, name, NULL);
    return argued || !is ? json_object_object_get(asked->facts, name) : json_object_object_get(is, name);
}

static int gives(const scim_asked_t *asked)
{
    int some = will_be(asked, "role") != NULL;
    for (apr_size_t i = 0; i < GIFT_COUNT; i++) {
        some |= scim_list_length(will_be(asked, gifts[i].argument)) > 0;
    }
    return some;
}

static scim_error_t *check_gifts(const scim_asked_t *asked)
{
    static const scim_refusal_t no_role = {NULL, 400, "role", "Role not found: {named}"};
    static const scim_refusal_t reserved = {NULL, 409, "role",
                                            "The role \"{role}\" is reserved (reservedRoles): provisioning would give "
                                            "it to new users who match the condition."};
    static const scim_refusal_t nothing = {NULL, 400, NULL,
                                           "A template must give something: a role, groups, subscriptions or flags."};
    scim_error_t *error = NULL;
    if (json_object_get_boolean(json_object_object_get(asked->facts, "noRole"))) {
        return scim_action_refuse_named(asked, &no_role, json_object_object_get(asked->args, "role"));
    }
    if (json_object_object_get(asked->facts, "reserved")) {
        return scim_action_refuse(asked, &reserved);
    }
    for (apr_size_t i = 0; !error && i < GIFT_COUNT; i++) {
        error = check_list(asked, i);
    }
    return error || gives(asked) ? error : scim_action_refuse(asked, &nothing);
}

/* The compiled condition is stored with the condition. */
static void put_condition(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    static const char *const names[] = {"conditionSql", "conditionParams"};
    for (int i = 0; i < 2; i++) {
        json_object *value = NULL;
        if (json_object_object_get_ex(asked->args, names[i], &value)) {
            json_object_object_add(outcome->row, names[i], json_object_get(value));
        }
    }
}

static const scim_refusal_t name_taken[] = {
    {"taken", 409, "name", "There is a template \"{taken}\" already; choose another name, or change that one."},
    SCIM_NO_REFUSAL,
};

const scim_action_t scim_template_add = {.noun = &template_noun,
                                         .kind = SCIM_ACTION_ADD,
                                         .check = check_gifts,
                                         .refusals = name_taken,
                                         .follow = put_condition};

const scim_action_t scim_template_set = {.noun = &template_noun,
                                         .kind = SCIM_ACTION_SET,
                                         .check = check_gifts,
                                         .refusals = name_taken,
                                         .follow = put_condition};

const scim_action_t scim_template_remove = {.noun = &template_noun, .kind = SCIM_ACTION_REMOVE};
