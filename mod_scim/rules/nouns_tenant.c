/* Tenants: their settings, and switching provisioning on and off. */
#include <string.h>

#include "nouns.h"
#include "scim/json.h"
#include "scim/text.h"

/* The audit log shows more than the representation. */
static const scim_noun_t tenant_noun = {.open = 1};

static json_object *member(json_object *object, const char *name)
{
    return json_object_object_get(object, name);
}

static void put(json_object *object, const char *name, json_object *value)
{
    json_object_object_add(object, name, json_object_get(value));
}

static json_object *stored(const scim_asked_t *asked)
{
    return member(asked->facts, "is");
}

static void tell(scim_outcome_t *outcome, const char *action, json_object *will)
{
    json_object *before, *after;
    scim_outcome_differ(&before, &after, outcome->is, will, outcome->pool);
    if (before || after) {
        const char *tenant = json_object_get_string(member(will, "tenant"));
        scim_outcome_tell(outcome, action, "Tenant", tenant, json_object_get_string(member(will, "displayName")),
                          before, after);
    }
}

/* --- switching provisioning on -------------------------------------------------------------------------------------*/

static int has_one_token(const scim_asked_t *asked)
{
    return json_object_get_boolean(member(stored(asked), "oneToken"));
}

/* If a tenant has one token at a time, switching provisioning on creates a new one. */
static int issues(const scim_asked_t *asked)
{
    return has_one_token(asked) && !json_object_get_boolean(member(stored(asked), "enabled"));
}

static scim_error_t *check_enable(const scim_asked_t *asked)
{
    static const scim_refusal_t is_on = {NULL, 400, "expires",
                                         "expires: the tenant is switched on already, so there is no new token; change "
                                         "the expiry of the one that it has."};
    static const scim_refusal_t many = {NULL, 400, "expires",
                                        "expires: the tenant may have several tokens (oneToken is off), so there is no "
                                        "new one; its tokens keep their expiry."};
    static const scim_refusal_t going = {
        NULL, 409, NULL, "The tenant \"{tenant}\" is being removed, which cannot be cancelled; continue its removal."};
    if (member(stored(asked), "removing")) {
        return scim_action_refuse(asked, &going);
    }
    if (issues(asked)) {
        return scim_action_check(asked, scim_token_end);
    }
    return member(asked->args, "expires") ? scim_action_refuse(asked, has_one_token(asked) ? &is_on : &many) : NULL;
}

static void derive_on(json_object *will, const scim_asked_t *asked)
{
    (void)asked;
    json_object_object_add(will, "enabled", json_object_new_boolean(1));
}

/* A new token with the name and the terms of the last one, if there is one. */
static json_object *renewed(const scim_asked_t *asked, json_object *last)
{
    static const char *const terms[] = {"name",  "description", "readOnly", "addresses", "rate",
                                        "burst", "expectEvery", "external", "scope",     "userId"};
    json_object *token = scim_json_own(json_object_new_object(), asked->pool);
    json_object_object_add(token, "name", json_object_new_string("provisioning"));
    json_object_object_add(token, "readOnly", json_object_new_boolean(0));
    json_object_object_add(token, "scope", json_object_new_string("tenant"));
    for (apr_size_t i = 0; last && i < sizeof(terms) / sizeof(*terms); i++) {
        put(token, terms[i], member(last, terms[i]));
    }
    put(token, "tenant", member(stored(asked), "tenant"));
    put(token, "keyId", member(asked->args, "keyId"));
    put(token, "created", member(asked->facts, "now"));
    put(token, "createdBy", member(asked->facts, "acting"));
    put(token, "expires", member(asked->facts, "expires"));
    return token;
}

/* Revokes all tokens (the fact `tokens`, oldest first), and creates a new one. */
static void issue(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *tokens = member(asked->facts, "tokens"), *last = NULL;
    for (size_t i = 0; i < scim_list_length(tokens); i++) {
        last = json_object_array_get_idx(tokens, i);
        json_object *revoked = scim_json_copy(last, asked->pool);
        put(revoked, "revoked", member(asked->facts, "now"));
        put(revoked, "revokedBy", member(asked->facts, "acting"));
        scim_token_tell(outcome, "revoke", last, revoked);
    }
    json_object *token = renewed(asked, last);
    scim_token_tell(outcome, "create", NULL, token);
    json_object_object_foreach(token, name, value)
    {
        put(outcome->row, name, value);
    }
    put(outcome->row, "digest", member(asked->args, "digest"));
}

static void follow_enable(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    tell(outcome, "enable", outcome->will);
    if (issues(asked)) {
        issue(outcome, asked);
    }
}

const scim_action_t scim_tenant_enable = {.noun = &tenant_noun,
                                          .kind = SCIM_ACTION_SET,
                                          .always = 1,
                                          .check = check_enable,
                                          .derive = derive_on,
                                          .follow = follow_enable};

/* --- switching provisioning off ------------------------------------------------------------------------------------*/

static void derive_off(json_object *will, const scim_asked_t *asked)
{
    (void)asked;
    json_object_object_add(will, "enabled", json_object_new_boolean(0));
}

/* Whether the accounts are deactivated; the audit log shows it, too. */
static int deactivates(const scim_asked_t *asked)
{
    return strcmp(json_object_get_string(member(asked->args, "accounts")), "deactivate") == 0;
}

/* The deactivation of the accounts is a batch, so that it can be undone. */
static void follow_disable(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *will = scim_json_copy(outcome->will, asked->pool);
    put(will, "accounts", member(asked->args, "accounts"));
    put(will, "accountsChanged", member(asked->facts, "accountsChanged"));
    put(outcome->row, "accounts", member(asked->args, "accounts"));
    if (json_object_get_int64(member(asked->facts, "accountsChanged")) > 0 && deactivates(asked)) {
        char id[SCIM_ID_SIZE];
        scim_id_make(id);
        json_object_object_add(outcome->row, "batch", json_object_new_string(id));
    }
    tell(outcome, "disable", will);
}

const scim_action_t scim_tenant_disable = {
    .noun = &tenant_noun, .kind = SCIM_ACTION_SET, .always = 1, .derive = derive_off, .follow = follow_disable};

/* --- settings ----------------------------------------------------------------------------------------------------- */

static int is_argued(const scim_asked_t *asked, const char *name)
{
    return json_object_object_get_ex(asked->args, name, NULL);
}

static scim_error_t *check_roles(const scim_asked_t *asked)
{
    static const scim_refusal_t no_default = {NULL, 400, "defaultRole", "Role not found: {named}"};
    static const scim_refusal_t no_reserved = {NULL, 400, "reservedRoles", "Role not found: {named}"};
    json_object *list = scim_asked_list(asked, "reservedRoles");
    if (is_argued(asked, "defaultRole") && !member(asked->facts, "defaultRole")) {
        return scim_action_refuse_named(asked, &no_default, member(asked->args, "defaultRole"));
    }
    for (size_t i = 0; i < scim_list_length(list); i++) {
        if (!scim_asked_found(asked, "reservedFound", list, i)) {
            return scim_action_refuse_named(asked, &no_reserved, json_object_array_get_idx(list, i));
        }
    }
    return NULL;
}

/* Refuses contradictory settings: provisioning must not give a reserved role by default, by a mapping or by a
 * template. */
static scim_error_t *check_contradictions(const scim_asked_t *asked)
{
    static const scim_refusal_t by_default[] = {
        {"defaultReserved", 409, "defaultRole",
         "The role \"{defaultReserved}\" is reserved (reservedRoles): provisioning would give it to each new user. "
         "Remove it from that list first, or choose another role."},
        SCIM_NO_REFUSAL,
    };
    static const scim_refusal_t others[] = {
        {"defaultReserved", 409, "reservedRoles",
         "The role \"{defaultReserved}\" is the default one (defaultRole); choose another default first."},
        {"mappedRole", 409, "reservedRoles",
         "The role \"{mappedRole}\" is mapped to the group \"{mappedGroup}\"; remove that mapping first."},
        {"templateRole", 409, "reservedRoles",
         "The role \"{templateRole}\" is given by the template \"{template}\"; change that first."},
        SCIM_NO_REFUSAL,
    };
    int by = is_argued(asked, "defaultRole");
    scim_error_t *error = by ? scim_action_check(asked, by_default) : NULL;
    return error || (!by && !is_argued(asked, "reservedRoles")) ? error : scim_action_check(asked, others);
}

static scim_error_t *check_settings(const scim_asked_t *asked)
{
    static const scim_refusal_t clash[] = {
        {"clash", 409, "loginAttribute",
         "Several users would have the same login: {clash}. Give all but one of them another primary e-mail address, "
         "or "
         "merge those that are the same person, and set it again."},
        SCIM_NO_REFUSAL,
    };
    static const scim_refusal_t several[] = {
        {"several", 409, "oneToken", "The tenant has several valid tokens; revoke all but one first."},
        SCIM_NO_REFUSAL,
    };
    scim_error_t *error = check_roles(asked);
    error = error ? error : check_contradictions(asked);
    error = error ? error : scim_action_check(asked, clash);
    if (error || has_one_token(asked) || !json_object_get_boolean(member(asked->args, "oneToken"))) {
        return error;
    }
    return scim_action_check(asked, several);
}

static int guards(json_object *tenant)
{
    return member(tenant, "guardLimit") || member(tenant, "guardShare");
}

/* What the statements do in addition to the settings: compute the login keys again, and count what was lost before the
 * guard was switched on. */
static void put_consequences(scim_outcome_t *outcome)
{
    int logins = !json_object_equal(member(outcome->is, "loginAttribute"), member(outcome->will, "loginAttribute"));
    int counts = !guards(outcome->is) && guards(outcome->will);
    json_object_object_add(outcome->row, "loginsChange", json_object_new_boolean(logins));
    json_object_object_add(outcome->row, "lossesCount", json_object_new_boolean(counts));
}

static void follow_set(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    (void)asked;
    put_consequences(outcome);
    tell(outcome, "update", outcome->will);
}

const scim_action_t scim_tenant_set = {
    .noun = &tenant_noun, .kind = SCIM_ACTION_SET, .always = 1, .check = check_settings, .follow = follow_set};

/* A tenant is created with the table's defaults, and then its settings are set. */
static const scim_refusal_t is_there = {NULL, 409, "tenant",
                                        "There is a tenant \"{tenant}\" already; choose another name."};

static const scim_noun_t new_tenant_noun = {.missing = &is_there, .open = 1};

static scim_error_t *check_new(const scim_asked_t *asked)
{
    static const scim_refusal_t was_there[] = {
        {"wasThere", 409, "tenant",
         "There was a tenant \"{tenant}\", whose audit log is kept under this name; choose another name."},
        SCIM_NO_REFUSAL,
    };
    scim_error_t *error = scim_action_check(asked, was_there);
    return error ? error : check_settings(asked);
}

static void follow_add(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *will = outcome->will;
    (void)asked;
    put_consequences(outcome);
    scim_outcome_tell(outcome, "create", "Tenant", json_object_get_string(member(will, "tenant")),
                      json_object_get_string(member(will, "displayName")), NULL, will);
}

const scim_action_t scim_tenant_add = {.noun = &new_tenant_noun,
                                       .kind = SCIM_ACTION_SET,
                                       .fresh = 1,
                                       .always = 1,
                                       .check = check_new,
                                       .follow = follow_add};
