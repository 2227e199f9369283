/* Tokens: what a client may do with a token, and until when. */
#include <string.h>

#include "nouns.h"
#include "scim/json.h"

const scim_refusal_t scim_token_missing = {
    NULL, 404, "token",
    "Tenant \"{tenant}\" has no token with the key id or name \"{token}\"; its list of tokens shows both."};

static const scim_noun_t token_noun = {
    .missing = &scim_token_missing,
    .members =
        (const scim_member_rule_t[]){
            {"tenant", NULL, 1},
            {"keyId", NULL, 1},
            {"name", NULL, 1},
            {"description", NULL, 0},
            {"created", NULL, 1},
            {"createdBy", NULL, 1},
            {"expires", NULL, 1},
            {"revoked", NULL, 1},
            {"revokedBy", NULL, 1},
            {"readOnly", "false", 0},
            {"addresses", NULL, 0},
            {"rate", NULL, 0},
            {"burst", NULL, 1},
            {"expectEvery", NULL, 0},
            {"external", NULL, 1},
            {"scope", "\"tenant\"", 1},
            {"userId", NULL, 1},
            SCIM_NO_MEMBER,
        },
};

static json_object *member(json_object *object, const char *name)
{
    return json_object_object_get(object, name);
}

static void put(json_object *object, const char *name, json_object *value)
{
    json_object_object_add(object, name, json_object_get(value));
}

/* --- the terms ---------------------------------------------------------------------------------------------------- */

/* The user that a token belongs to. */
static json_object *user_of(const scim_asked_t *asked)
{
    int argued = json_object_object_get_ex(asked->args, "user", NULL);
    return member(argued ? asked->facts : member(asked->facts, "is"), argued ? "foundUser" : "userId");
}

/* Whether the token is only for its user's /Me: by default if it gets a user. */
static int is_confined(const scim_asked_t *asked)
{
    json_object *is = member(asked->facts, "is");
    const char *scope = json_object_get_string(member(asked->args, "scope"));
    const char *was = json_object_get_string(member(is, "scope"));
    int confined = was && strcmp(was, "me") == 0;
    if (scope) {
        return strcmp(scope, "me") == 0;
    }
    if (json_object_object_get_ex(asked->args, "user", NULL)) {
        return member(asked->args, "user") && (!member(is, "userId") || confined);
    }
    return confined;
}

static scim_error_t *check_terms(const scim_asked_t *asked)
{
    static const scim_refusal_t no_rate = {NULL, 400, "burst", "burst needs a rate; give rate, too."};
    static const scim_refusal_t no_user = {NULL, 404, "user",
                                           "Tenant \"{tenant}\" has no user with the id or userName \"{user}\"."};
    static const scim_refusal_t nobody = {NULL, 400, "scope",
                                          "scope: a token that is only for /Me needs a user (user)."};
    if (json_object_object_get_ex(asked->args, "burst", NULL) && !member(asked->args, "rate")) {
        return scim_action_refuse(asked, &no_rate);
    }
    if (member(asked->args, "user") && !member(asked->facts, "foundUser")) {
        return scim_action_refuse(asked, &no_user);
    }
    return is_confined(asked) && !user_of(asked) ? scim_action_refuse(asked, &nobody) : NULL;
}

static void derive_terms(json_object *will, const scim_asked_t *asked)
{
    json_object *rate = member(will, "rate"), *burst = member(asked->args, "burst");
    if (json_object_object_get_ex(asked->args, "rate", NULL)) {
        json_object *twice = rate && !burst ? json_object_new_int64(2 * json_object_get_int64(rate)) : NULL;
        json_object_object_add(will, "burst", twice ? twice : json_object_get(burst));
    }
    put(will, "userId", user_of(asked));
    json_object_object_add(will, "scope", json_object_new_string(is_confined(asked) ? "me" : "tenant"));
}

/* --- the audit log ------------------------------------------------------------------------------------------------ */

/* Members of a token that change without an administrator; the audit log does not show them. */
static json_object *version_of(json_object *token, apr_pool_t *pool)
{
    static const char *const names[] = {"status", "lastUsed", "lastAddress", "userName", "usualEvery", "quiet"};
    json_object *version = scim_json_own(json_object_new_object(), pool);
    if (!token) {
        return version;
    }
    json_object_object_foreach(token, name, value)
    {
        put(version, name, value);
    }
    for (apr_size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        json_object_object_del(version, names[i]);
    }
    return version;
}

static json_object *without_nulls(json_object *object, apr_pool_t *pool)
{
    json_object *rest = object ? scim_json_own(json_object_new_object(), pool) : NULL;
    if (object) {
        json_object_object_foreach(object, name, value)
        {
            if (value) {
                put(rest, name, value);
            }
        }
    }
    return rest;
}

void scim_token_tell(scim_outcome_t *outcome, const char *action, json_object *is, json_object *will)
{
    json_object *before, *after;
    scim_outcome_differ(&before, &after, version_of(is, outcome->pool), version_of(will, outcome->pool), outcome->pool);
    scim_outcome_tell(outcome, action, "Token", json_object_get_string(member(will, "keyId")),
                      json_object_get_string(member(will, "name")), before, without_nulls(after, outcome->pool));
}

const scim_refusal_t scim_token_end[] = {
    {"past", 400, "expires", "The expiry of a token must be in the future; choose a later one."},
    {"late", 400, "expires",
     "The expiry of a token must be at most 3653 days (10 years) from now; choose an earlier one."},
    SCIM_NO_REFUSAL,
};

/* --- actions ------------------------------------------------------------------------------------------------------ */

static scim_error_t *check_add(const scim_asked_t *asked)
{
    static const scim_refusal_t before[] = {
        {"taken", 409, "name",
         "Tenant \"{tenant}\" already has an unrevoked token named \"{taken}\"; choose another name or revoke that "
         "token "
         "first."},
        {"only", 409, NULL,
         "Tenant \"{tenant}\" allows one token at a time, and \"{only}\" is valid. Switch provisioning off and on "
         "again for a new one, or revoke that token first."},
        {"externalTaken", 409, "external",
         "The token \"{externalTaken}\" already belongs to the client \"{external}\"; revoke it first."},
        SCIM_NO_REFUSAL,
    };
    scim_error_t *error = scim_action_check(asked, before);
    return error ? error : check_terms(asked);
}

static void follow_add(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    put(outcome->row, "digest", member(asked->args, "digest"));
    scim_token_tell(outcome, "create", NULL, outcome->will);
}

const scim_action_t scim_token_add = {
    .noun = &token_noun,
    .kind = SCIM_ACTION_ADD,
    .check = check_add,
    .refusals = scim_token_end,
    .derive = derive_terms,
    .follow = follow_add,
};

static scim_error_t *check_set(const scim_asked_t *asked)
{
    static const scim_refusal_t revoked = {NULL, 409, "token",
                                           "The token \"{name}\" was revoked; add a new one instead."};
    if (member(member(asked->facts, "is"), "revoked")) {
        return scim_action_refuse(asked, &revoked);
    }
    return check_terms(asked);
}

static void follow_set(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    (void)asked;
    scim_token_tell(outcome, "update", outcome->is, outcome->will);
}

const scim_action_t scim_token_set = {
    .noun = &token_noun, .kind = SCIM_ACTION_SET, .check = check_set, .derive = derive_terms, .follow = follow_set};

/* Revoking a token again changes nothing. */
static void derive_revoked(json_object *will, const scim_asked_t *asked)
{
    if (!member(will, "revoked")) {
        put(will, "revoked", member(asked->facts, "now"));
        put(will, "revokedBy", member(asked->facts, "acting"));
    }
}

static void follow_revoke(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    (void)asked;
    scim_token_tell(outcome, "revoke", outcome->is, outcome->will);
}

const scim_action_t scim_token_revoke = {
    .noun = &token_noun, .kind = SCIM_ACTION_SET, .derive = derive_revoked, .follow = follow_revoke};
