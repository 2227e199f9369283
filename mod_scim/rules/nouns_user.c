/* Users: administrators create, change and delete them, and protect them from provisioning. */
#include <string.h>

#include "account.h"
#include "nouns.h"
#include "scim/json.h"
#include "scim/text.h"
#include "template.h"
#include "user.h"

static json_object *member(json_object *object, const char *name)
{
    return json_object_object_get(object, name);
}

/* The answer shows the user with this id. */
static void answer_with(scim_outcome_t *outcome, json_object *id)
{
    json_object_object_add(outcome->row, "id", json_object_get(id));
}

static const scim_refusal_t there[] = {SCIM_USER_IS_DELETED, SCIM_NO_REFUSAL};

/* Applies the templates: role and flags go to the row; what is written later, to `given`. */
static void give(scim_outcome_t *outcome, const char *id, scim_row_t *row, const scim_asked_t *asked)
{
    scim_giving_t giving = {.templates =
                                scim_templates_read(member(asked->facts, "templates"), asked->schemas, asked->pool),
                            .above = member(asked->facts, "above"),
                            .pool = asked->pool};
    scim_give(&giving, id, row);
    if (giving.given) {
        json_object_object_add(outcome->row, "given", json_object_get(giving.given));
    }
}

static scim_error_t *decide_add(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *id = member(asked->facts, "id");
    scim_row_t after = scim_user_new(asked->pool);
    scim_error_t *error = scim_user_settle(&after, NULL, scim_user_rules(asked), asked);
    if (!error) {
        answer_with(outcome, id);
        give(outcome, json_object_get_string(id), &after, asked);
        scim_user_make(outcome, json_object_get_string(id), &after);
    }
    return error;
}

const scim_action_t scim_user_add = {.noun = &scim_user_noun, .kind = SCIM_ACTION_ADD, .decide = decide_add};

/* A stored user, and the tenant's rules. */
typedef struct stored_t {
    const char *id;
    const scim_rules_t *rules;
    scim_row_t row;
} stored_t;

/* Reads the user from the facts; the answer shows it. */
static stored_t read_stored(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    stored_t stored = {.rules = scim_user_rules(asked)};
    stored.row = scim_user_row(member(asked->facts, "was"), stored.rules, asked->pool);
    stored.id = json_object_get_string(member(asked->facts, "userId"));
    answer_with(outcome, member(asked->facts, "userId"));
    return stored;
}

static scim_error_t *decide_set(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    stored_t stored = read_stored(outcome, asked);
    scim_row_t after = stored.row;
    scim_error_t *error = scim_user_settle(&after, &stored.row, stored.rules, asked);
    if (!error) {
        outcome->changes = scim_user_change(outcome, stored.id, &stored.row, &after) != NULL;
    }
    return error;
}

const scim_action_t scim_user_set = {
    .noun = &scim_user_noun, .kind = SCIM_ACTION_SET, .refusals = there, .decide = decide_set};

/* --- deleting, erasing, restoring, converting --------------------------------------------------------------------- */

/* Withdraws the user's grants, of one source or all. `name`: the user's name; NULL: the user is erased. */
static void take_back(scim_outcome_t *outcome, const stored_t *stored, const char *source, const char *name,
                      const scim_asked_t *asked)
{
    json_object *grants = member(asked->facts, "grants"), *withdrawn = json_object_new_array();
    json_object_object_add(outcome->row, "withdrawn", withdrawn);
    for (size_t i = 0; i < scim_list_length(grants); i++) {
        json_object *grant = json_object_array_get_idx(grants, i);
        if (!source || strcmp(scim_row_text(grant, "source"), source) == 0) {
            json_object_array_add(withdrawn, json_object_get(grant));
            scim_grant_tell(outcome, "withdraw", stored->id, name, grant);
        }
    }
}

static void erase(scim_outcome_t *outcome, const stored_t *stored, const scim_asked_t *asked)
{
    scim_user_erase(outcome, stored->id, &stored->row);
    take_back(outcome, stored, NULL, NULL, asked);
}

static scim_error_t *decide_remove(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    stored_t stored = read_stored(outcome, asked);
    if (stored.rules->erases) {
        erase(outcome, &stored, asked);
    } else {
        scim_row_t after = scim_account_deleted(&stored.row, stored.rules, asked->pool);
        scim_user_change(outcome, stored.id, &stored.row, &after);
    }
    scim_user_leave(outcome, member(asked->facts, "userId"), member(asked->facts, "joined"));
    return NULL;
}

const scim_action_t scim_user_remove = {
    .noun = &scim_user_noun,
    .kind = SCIM_ACTION_REMOVE,
    .refusals =
        (const scim_refusal_t[]){
            {"deleted", 409, "user",
             "The user \"{userName}\" is deleted already; erase it if nothing is to be left of it."},
            {"isProvisioned", 403, "user",
             "managed by provisioning; delete it in your identity provider, or convert it to a local account first"},
            SCIM_USER_IS_PROTECTED,
            SCIM_NO_REFUSAL,
        },
    .decide = decide_remove,
};

static scim_error_t *decide_erase(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    stored_t stored = read_stored(outcome, asked);
    erase(outcome, &stored, asked);
    scim_user_leave(outcome, member(asked->facts, "userId"), member(asked->facts, "joined"));
    return NULL;
}

const scim_action_t scim_user_erase_deleted = {
    .noun = &scim_user_noun,
    .kind = SCIM_ACTION_REMOVE,
    .refusals =
        (const scim_refusal_t[]){
            {"!deleted", 409, "user", "The user \"{userName}\" is not deleted; only deleted users can be erased."},
            SCIM_USER_IS_PROTECTED,
            SCIM_NO_REFUSAL,
        },
    .decide = decide_erase,
};

/* A restored user is active if it was active when it was deleted. */
static scim_error_t *decide_restore(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    stored_t stored = read_stored(outcome, asked);
    scim_row_t after = stored.row;
    after.deleted = 0;
    after.doc = scim_json_copy(stored.row.doc, asked->pool);
    json_object_object_add(after.doc, "active",
                           json_object_new_boolean(json_object_get_boolean(member(asked->facts, "wasActive"))));
    scim_error_t *error = scim_account_administer(&after, &stored.row, stored.rules, asked->pool);
    error = error ? error : scim_user_check_login(&after, asked, "now; give that user another one first");
    if (!error) {
        scim_user_change(outcome, stored.id, &stored.row, &after);
    }
    return error;
}

const scim_action_t scim_user_restore = {
    .noun = &scim_user_noun,
    .kind = SCIM_ACTION_SET,
    .refusals =
        (const scim_refusal_t[]){
            {"!deleted", 409, "user",
             "The user \"{userName}\" is not deleted. To restore a deleted one of the same name, give its id."},
            {"taken", 409, "userName", "Another user has the userName \"{userName}\" now; rename or remove it first."},
            SCIM_NO_REFUSAL,
        },
    .decide = decide_restore,
};

static scim_error_t *decide_convert(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    stored_t stored = read_stored(outcome, asked);
    scim_row_t after = stored.row;
    after.source = "local";
    scim_user_change(outcome, stored.id, &stored.row, &after);
    return NULL;
}

const scim_action_t scim_user_convert = {
    .noun = &scim_user_noun,
    .kind = SCIM_ACTION_SET,
    .refusals =
        (const scim_refusal_t[]){
            SCIM_USER_IS_DELETED,
            {"!isProvisioned", 409, "user", "The user \"{userName}\" is local already; there is nothing to convert."},
            SCIM_NO_REFUSAL,
        },
    .decide = decide_convert,
};

/* --- protection --------------------------------------------------------------------------------------------------- */

#define KEPT "protected" /* the source of grants that keep a protected user's access */

/* Protecting a user does not change its version. */
static int change_protection(scim_outcome_t *outcome, const stored_t *stored, const char *kind)
{
    scim_row_t after = stored->row;
    after.protected = kind;
    json_object *element = scim_user_change(outcome, stored->id, &stored->row, &after);
    if (element) {
        json_object_object_add(element, "again", json_object_new_boolean(0));
    }
    return element != NULL;
}

/* Makes grants of the access that the user has by policy, groups and login. The grants keep the times, and so the user
 * keeps its seats. */
static void pin(scim_outcome_t *outcome, const stored_t *stored, const scim_asked_t *asked)
{
    json_object *pins = member(asked->facts, "pins"), *granted = json_object_new_array();
    json_object_object_add(outcome->row, "granted", granted);
    for (size_t i = 0; i < scim_list_length(pins); i++) {
        char id[SCIM_ID_SIZE];
        json_object *grant = json_object_get(json_object_array_get_idx(pins, i));
        scim_id_make(id);
        json_object_object_add(grant, "id", json_object_new_string(id));
        json_object_object_add(grant, "userId", json_object_new_string(stored->id));
        json_object_object_add(grant, "source", json_object_new_string(KEPT));
        json_object_array_add(granted, grant);
        scim_grant_tell(outcome, "grant", stored->id, scim_row_name(&stored->row), grant);
    }
}

static scim_error_t *decide_protect(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    stored_t stored = read_stored(outcome, asked);
    if (!stored.row.protected) {
        pin(outcome, &stored, asked);
    }
    outcome->changes = change_protection(outcome, &stored, scim_row_text(asked->args, "kind"));
    return NULL;
}

const scim_action_t scim_user_protect = {
    .noun = &scim_user_noun,
    .kind = SCIM_ACTION_SET,
    .refusals =
        (const scim_refusal_t[]){
            SCIM_USER_IS_DELETED,
            {"contact", 409, "kind", "The main contact is \"{contact}\"; unprotect that account first."},
            SCIM_NO_REFUSAL,
        },
    .decide = decide_protect,
};

static scim_error_t *decide_unprotect(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    stored_t stored = read_stored(outcome, asked);
    take_back(outcome, &stored, KEPT, scim_row_name(&stored.row), asked);
    change_protection(outcome, &stored, NULL);
    return NULL;
}

const scim_action_t scim_user_unprotect = {
    .noun = &scim_user_noun,
    .kind = SCIM_ACTION_SET,
    .refusals =
        (const scim_refusal_t[]){
            {"!isProtected", 409, "user", "The user \"{userName}\" is not protected; no change is needed."},
            SCIM_NO_REFUSAL,
        },
    .decide = decide_unprotect,
};
