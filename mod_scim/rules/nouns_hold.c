/* Requests that the guard against mass changes holds: the decisions of administrators. */
#include <string.h>

#include "nouns.h"
#include "scim/json.h"

#define RELEASED "released"
#define REJECTED "rejected"

const scim_refusal_t scim_hold_missing = {NULL, 404, "hold",
                                          "There is no held request \"{hold}\"; the list of holds shows their ids."};

const scim_refusal_t scim_activity_missing = {
    NULL, 404, "activity", "There is no request \"{activity}\" in the activity log; old ones are removed."};

static const scim_noun_t hold_noun = {.type = "Hold", .missing = &scim_hold_missing};

static json_object *member(json_object *object, const char *name)
{
    return json_object_object_get(object, name);
}

static const char *text(json_object *object, const char *name)
{
    return json_object_get_string(member(object, name));
}

static json_object *state_of(const char *state, const char *until, apr_pool_t *pool)
{
    json_object *out = scim_json_own(json_object_new_object(), pool);
    json_object_object_add(out, "state", json_object_new_string(state));
    if (until) {
        json_object_object_add(out, "until", json_object_new_string(until));
    }
    return out;
}

/* Adds a hold that gets the state in the outcome's row. */
static void decide_one(scim_outcome_t *outcome, json_object *hold)
{
    const char *state = text(outcome->row, "state"), *until = text(outcome->row, "until");
    json_object_array_add(member(outcome->row, "holds"), json_object_get(member(hold, "id")));
    scim_outcome_tell(outcome, state, "Hold", text(hold, "id"), text(hold, "request"),
                      state_of(text(hold, "state"), NULL, outcome->pool), state_of(state, until, outcome->pool));
}

static void begin_row(scim_outcome_t *outcome, const char *state, const char *until)
{
    json_object_object_add(outcome->row, "state", json_object_new_string(state));
    json_object_object_add(outcome->row, "until", until ? json_object_new_string(until) : NULL);
    json_object_object_add(outcome->row, "holds", json_object_new_array());
}

/* Decides the named hold; the answer shows it. */
static void decide_asked(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *hold = member(asked->facts, "told");
    decide_one(outcome, hold);
    json_object_object_add(outcome->row, "id", json_object_get(member(hold, "id")));
}

/* --- one request ---------------------------------------------------------------------------------------------------*/

/* Releases one request, or everything, for a while. Other rejected requests stay rejected: the look-up returns all
 * holds of the released request, in their order. */
static scim_error_t *release(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *others = member(asked->facts, "others");
    begin_row(outcome, RELEASED, text(asked->facts, "until"));
    json_object_object_add(outcome->row, "everything",
                           json_object_new_boolean(json_object_get_boolean(member(asked->args, "everything"))));
    for (size_t i = 0; i < scim_list_length(others); i++) {
        decide_one(outcome, json_object_array_get_idx(others, i));
    }
    decide_asked(outcome, asked);
    return NULL;
}

const scim_action_t scim_hold_release = {
    .noun = &hold_noun,
    .kind = SCIM_ACTION_SET,
    .refusals =
        (const scim_refusal_t[]){
            {"released", 409, "hold", "The request was released already; it may be sent again."},
            SCIM_NO_REFUSAL,
        },
    .decide = release,
};

static scim_error_t *reject(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    begin_row(outcome, REJECTED, NULL);
    decide_asked(outcome, asked);
    return NULL;
}

const scim_action_t scim_hold_reject = {
    .noun = &hold_noun,
    .kind = SCIM_ACTION_SET,
    .refusals =
        (const scim_refusal_t[]){
            {"decided", 409, "hold", "The request was {state} already; there is nothing to reject."},
            SCIM_NO_REFUSAL,
        },
    .decide = reject,
};

/* --- several requests ----------------------------------------------------------------------------------------------*/

/* Rejects the named requests, or all held ones; requests that are rejected already stay so. */
static scim_error_t *reject_all(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    static const scim_refusal_t missing = {NULL, 404, "hold",
                                           "There is no held request \"{named}\"; the list of holds shows their ids."};
    static const scim_refusal_t was_released = {NULL, 409, "holds",
                                                "The request {named} was released already; leave it out."};
    json_object *found = member(asked->facts, "found");
    begin_row(outcome, REJECTED, NULL);
    for (size_t i = 0; i < scim_list_length(found); i++) {
        json_object *hold = json_object_array_get_idx(found, i);
        const char *state = text(hold, "state");
        if (!state || strcmp(state, RELEASED) == 0) {
            return scim_action_refuse_one(asked, state ? &was_released : &missing, hold);
        }
        if (strcmp(state, REJECTED) != 0) {
            decide_one(outcome, hold);
        }
    }
    return NULL;
}

const scim_action_t scim_hold_reject_all = {.noun = &hold_noun, .kind = SCIM_ACTION_ADD, .decide = reject_all};
