#include "nouns.h"

#include <string.h>

#include "scim/json.h"

/* --- flags -------------------------------------------------------------------------------------------------------- */

const scim_refusal_t scim_flag_missing = {NULL, 404, "flag",
                                          "There is no flag \"{flag}\"; make it first, or correct the name."};

static const scim_noun_t flag_noun = {
    .type = "Flag",
    .id = "flag",
    .name = "flag",
    .actions = {"create", "update", "delete"},
    .missing = &scim_flag_missing,
    .members =
        (const scim_member_rule_t[]){{"flag", NULL, 1}, {"description", NULL, 0}, {"created", NULL, 1}, SCIM_NO_MEMBER},
};

const scim_action_t scim_flag_add = {
    .noun = &flag_noun,
    .kind = SCIM_ACTION_ADD,
    .refusals =
        (const scim_refusal_t[]){
            {"taken", 409, "flag", "There is a flag \"{flag}\" already; choose another name, or change that one."},
            SCIM_NO_REFUSAL},
};

const scim_action_t scim_flag_set = {.noun = &flag_noun, .kind = SCIM_ACTION_SET};

/* The flags of a deleted user without the removed flag; NULL: no flag is left. */
static json_object *without_flag(json_object *flags, const char *gone, apr_pool_t *pool)
{
    json_object *rest = scim_json_own(json_object_new_array(), pool);
    for (size_t i = 0; i < json_object_array_length(flags); i++) {
        json_object *one = json_object_array_get_idx(flags, i);
        if (strcmp(json_object_get_string(one), gone) != 0) {
            json_object_array_add(rest, json_object_get(one));
        }
    }
    return json_object_array_length(rest) > 0 ? rest : NULL;
}

static json_object *of_flags(json_object *flags, apr_pool_t *pool)
{
    json_object *out = flags ? scim_json_own(json_object_new_object(), pool) : NULL;
    if (flags) {
        json_object_object_add(out, "flags", json_object_get(flags));
    }
    return out;
}

/* Deleted users lose the flag too, so that nobody is restored with a flag that does not exist. */
static void tell_of_deleted(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *users = scim_asked_value(asked, "deleted");
    const char *gone = json_object_get_string(scim_asked_value(asked, "flag"));
    for (size_t i = 0; users && i < json_object_array_length(users); i++) {
        json_object *user = json_object_array_get_idx(users, i);
        json_object *flags = json_object_object_get(user, "flags");
        scim_outcome_tell(outcome, "update", "User", json_object_get_string(json_object_object_get(user, "id")),
                          json_object_get_string(json_object_object_get(user, "userName")),
                          of_flags(flags, asked->pool), of_flags(without_flag(flags, gone, asked->pool), asked->pool));
    }
}

const scim_action_t scim_flag_remove = {
    .noun = &flag_noun,
    .kind = SCIM_ACTION_REMOVE,
    .refusals =
        (const scim_refusal_t[]){
            {"used", 409, "flag", "The flag \"{flag}\" is in use; take it from the accounts that have it first."},
            {"template", 409, "flag",
             "The flag \"{flag}\" is in use: the template \"{template}\" gives it. Change that first."},
            SCIM_NO_REFUSAL,
        },
    .follow = tell_of_deleted,
};

/* --- links -------------------------------------------------------------------------------------------------------- */

static const char *const link_told[] = {"issuer", "subject", NULL};

static const scim_refusal_t link_missing = {NULL, 404, "link",
                                            "There is no link \"{link}\"; the list of links shows their ids."};

static const scim_noun_t link_noun = {
    .type = "User",
    .id = "userId",
    .name = "userName",
    .actions = {"add-link", NULL, "remove-link"},
    .told = link_told,
    .missing = &link_missing,
    .members =
        (const scim_member_rule_t[]){
            {"id", NULL, 1},
            {"issuer", NULL, 1},
            {"subject", NULL, 1},
            {"linked", NULL, 1},
            {"userId", NULL, 1},
            {"userName", NULL, 1},
            SCIM_NO_MEMBER,
        },
};

/* If the user has the link already, the fact `is` has it, and nothing changes. */
const scim_action_t scim_link_add = {
    .noun = &link_noun,
    .kind = SCIM_ACTION_ADD,
    .refusals =
        (const scim_refusal_t[]){
            {"!userId", 404, "user", "There is no user \"{user}\"; make it first, or correct the name."},
            {"deleted", 409, "user", "The user \"{userName}\" is deleted; restore it first."},
            {"taken", 409, "subject", "This link belongs to another user, \"{taken}\"; remove it there first."},
            SCIM_NO_REFUSAL,
        },
};

const scim_action_t scim_link_remove = {.noun = &link_noun, .kind = SCIM_ACTION_REMOVE};

/* --- accounts that belong to different people ----------------------------------------------------------------------*/

static const char *const dismissed_told[] = {"users", NULL};

static const scim_noun_t dismissed_noun = {
    .type = "Duplicate",
    .id = "id",
    .name = "names",
    .actions = {"dismiss", NULL, NULL},
    .told = dismissed_told,
    .members =
        (const scim_member_rule_t[]){
            {"id", NULL, 1},
            {"names", NULL, 1},
            {"users", NULL, 1},
            SCIM_NO_MEMBER,
        },
};

/* If all pairs of the accounts are known already, the fact `is` is present, and nothing changes. */
const scim_action_t scim_duplicate_dismiss = {
    .noun = &dismissed_noun,
    .kind = SCIM_ACTION_ADD,
    .refusals =
        (const scim_refusal_t[]){
            {"unknown", 404, "user", "There is no user \"{unknown}\"; make it first, or correct the name."},
            {"isAlone", 400, "users", "A single account is not a duplicate; name at least two."},
            {"areMany", 400, "users", "Too many accounts at once; name at most a hundred."},
            SCIM_NO_REFUSAL,
        },
};
