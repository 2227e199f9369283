/* Users: what administrators make and change of them. */
#include <string.h>

#include "account.h"
#include "nouns.h"
#include "scim/json.h"
#include "user.h"

/* The audit log tells of their documents, and of what stands beside these. */
static const scim_noun_t user_noun = {.missing = &scim_user_missing};

static json_object *member(json_object *object, const char *name)
{
    return json_object_object_get(object, name);
}

/* The answer is the user of this id. */
static void answer_with(scim_outcome_t *outcome, json_object *id)
{
    json_object_object_add(outcome->row, "id", json_object_get(id));
}

static const scim_refusal_t there[] = {
    {"deleted", 409, "user", "The user \"{userName}\" is deleted; restore it first."},
    SCIM_NO_REFUSAL,
};

static scim_error_t *decide_add(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *id = member(asked->facts, "id");
    scim_row_t after = scim_user_new(asked->pool);
    scim_error_t *error = scim_user_settle(&after, NULL, scim_user_rules(asked), asked);
    if (!error) {
        answer_with(outcome, id);
        scim_user_make(outcome, json_object_get_string(id), &after);
    }
    return error;
}

const scim_action_t scim_user_add = {.noun = &user_noun, .kind = SCIM_ACTION_ADD, .decide = decide_add};

static scim_error_t *decide_set(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *id = member(asked->facts, "userId");
    const scim_rules_t *rules = scim_user_rules(asked);
    scim_row_t before = scim_user_row(member(asked->facts, "was"), rules, asked->pool), after = before;
    scim_error_t *error = scim_user_settle(&after, &before, rules, asked);
    if (!error) {
        answer_with(outcome, id);
        outcome->changes = scim_user_change(outcome, json_object_get_string(id), &before, &after) != NULL;
    }
    return error;
}

const scim_action_t scim_user_set = {
    .noun = &user_noun, .kind = SCIM_ACTION_SET, .refusals = there, .decide = decide_set};
