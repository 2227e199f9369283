#include "user.h"

#include <apr_strings.h>
#include <string.h>

#include "account.h"
#include "account_doc.h"
#include "entry.h"
#include "nouns.h"
#include "scim/json.h"

#define USER  "User"
#define LOCAL "local"
#define CORE  "urn:ietf:params:scim:schemas:core:2.0:User"

const scim_refusal_t scim_user_missing = {NULL, 404, "user",
                                          "There is no user \"{user}\"; make it first, or correct the name."};

const scim_noun_t scim_user_noun = {.missing = &scim_user_missing};

/* Only the names in the type are used for a row. */
static const scim_resource_type_t user_type = {.name = USER, .stored = USER};

static json_object *member(json_object *object, const char *name)
{
    return json_object_object_get(object, name);
}

static void put_text(json_object *object, const char *name, const char *value)
{
    json_object_object_add(object, name, value ? json_object_new_string(value) : NULL);
}

static int is_same(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

/* --- from facts --------------------------------------------------------------------------------------------------- */

const scim_rules_t *scim_user_rules(const scim_asked_t *asked)
{
    return scim_rules_of(member(asked->facts, "rules"), 0, asked->schemas, asked->pool);
}

static const apr_array_header_t *texts_of(json_object *list, apr_pool_t *pool)
{
    size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    apr_array_header_t *texts = count > 0 ? apr_array_make(pool, (int)count, sizeof(const char *)) : NULL;
    for (size_t i = 0; i < count; i++) {
        APR_ARRAY_PUSH(texts, const char *) = json_object_get_string(json_object_array_get_idx(list, i));
    }
    return texts;
}

scim_row_t scim_user_row(json_object *fact, const scim_rules_t *rules, apr_pool_t *pool)
{
    scim_row_t row = {.type = &user_type, .doc = member(fact, "doc")};
    row.source = scim_row_text(fact, "source");
    row.role = scim_row_text(fact, "role");
    row.sent_role = scim_row_text(fact, "sentRole");
    row.protected = scim_row_text(fact, "protected");
    row.flags = texts_of(member(fact, "flags"), pool);
    row.deleted = json_object_get_boolean(member(fact, "deleted"));
    scim_row_keys(&row, rules, pool);
    return row;
}

scim_row_t scim_user_new(apr_pool_t *pool)
{
    scim_row_t row = {.type = &user_type, .source = LOCAL};
    json_object *schemas = json_object_new_array();
    row.doc = scim_json_own(json_object_new_object(), pool);
    json_object_array_add(schemas, json_object_new_string(CORE));
    json_object_object_add(row.doc, "schemas", schemas);
    json_object_object_add(row.doc, "active", json_object_new_boolean(1));
    return row;
}

/* --- values that an administrator sets -----------------------------------------------------------------------------*/

#define MANAGED "managed by provisioning; change it in your identity provider"

/* Arguments that only the identity provider may change for its accounts. */
static const char *const provisioned[] = {"active",    "displayName", "email",    "familyName",
                                          "givenName", "phone",       "userName", NULL};

static scim_error_t *check_locked(const scim_row_t *row, const scim_rules_t *rules, const scim_asked_t *asked)
{
    static const scim_refusal_t derived = {
        NULL, 400, "displayName", "displayName: is made of the name in this tenant; set givenName and familyName."};
    scim_error_t *error = NULL;
    if (strcmp(row->source, "scim") != 0) {
        int named = json_object_object_get_ex(asked->args, "displayName", NULL);
        return named && rules->derives_name ? scim_action_refuse(asked, &derived) : NULL;
    }
    for (const char *const *name = provisioned; *name; name++) {
        if (json_object_object_get_ex(asked->args, *name, NULL)) {
            error = error ? error : scim_error_status(asked->pool, 403, "%s", MANAGED);
            scim_error_field(error, *name, MANAGED, asked->pool);
        }
    }
    return error;
}

static scim_error_t *check_name(const scim_asked_t *asked)
{
    static const scim_refusal_t taken = {NULL, 409, "userName",
                                         "There is a user \"{named}\" already; choose another userName."};
    json_object *name = member(asked->args, "userName");
    int is_taken = json_object_get_boolean(member(asked->facts, "taken"));
    return name && is_taken ? scim_action_refuse_named(asked, &taken, name) : NULL;
}

static scim_error_t *settle_role(scim_row_t *after, const scim_asked_t *asked)
{
    static const scim_refusal_t no_role = {NULL, 400, "role", "Role not found: {named}"};
    json_object *name;
    if (!json_object_object_get_ex(asked->args, "role", &name)) {
        return NULL;
    }
    after->role = scim_row_text(asked->facts, "role");
    return name && !after->role ? scim_action_refuse_named(asked, &no_role, name) : NULL;
}

static scim_error_t *settle_flags(scim_row_t *after, const scim_asked_t *asked)
{
    static const scim_refusal_t no_flag = {NULL, 400, "flags",
                                           "There is no flag \"{named}\"; make it first, or correct the name."};
    json_object *list;
    if (!json_object_object_get_ex(asked->args, "flags", &list)) {
        return NULL;
    }
    for (size_t i = 0; i < scim_list_length(list); i++) {
        if (!scim_asked_found(asked, "flagsFound", list, i)) {
            return scim_action_refuse_named(asked, &no_flag, json_object_array_get_idx(list, i));
        }
    }
    after->flags = texts_of(member(asked->facts, "flags"), asked->pool);
    return NULL;
}

scim_error_t *scim_user_check_login(const scim_row_t *after, const scim_asked_t *asked, const char *then_do)
{
    const char *key = after->keys[SCIM_KEY_LOGIN];
    const char *owner = key ? scim_row_text(member(asked->facts, "logins"), key) : NULL;
    if (!owner) {
        return NULL;
    }
    const scim_refusal_t taken = {NULL, 409, "email",
                                  apr_psprintf(asked->pool, "The e-mail address \"%s\" is the login of \"%s\" %s.",
                                               scim_row_email(after->doc, asked->pool), owner, then_do)};
    scim_error_t *error = scim_error_status(asked->pool, taken.status, "%s", taken.text);
    scim_error_field(error, taken.field, error->detail, asked->pool);
    return error;
}

static scim_error_t *settle_doc(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                                const scim_asked_t *asked)
{
    static const scim_refusal_t no_address = {NULL, 400, "email",
                                              "\"{named}\" is no e-mail address; write one such as name@example.com."};
    const char *email = scim_row_text(asked->args, "email");
    if (email && !scim_account_is_email(email, 0)) {
        return scim_action_refuse_named(asked, &no_address, member(asked->args, "email"));
    }
    after->doc = scim_account_doc(after->doc, asked->args, asked->pool);
    scim_error_t *error = scim_account_administer(after, before, rules, asked->pool);
    return error ? error : scim_user_check_login(after, asked, "already; choose another one");
}

scim_error_t *scim_user_settle(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                               const scim_asked_t *asked)
{
    scim_error_t *error = check_locked(after, rules, asked);
    error = error ? error : check_name(asked);
    error = error ? error : settle_role(after, asked);
    error = error ? error : settle_flags(after, asked);
    return error || strcmp(after->source, "scim") == 0 ? error : settle_doc(after, before, rules, asked);
}

/* --- rows to write -------------------------------------------------------------------------------------------------*/

static json_object *list_of(scim_outcome_t *outcome, const char *name)
{
    json_object *list = member(outcome->row, name);
    if (!list) {
        list = json_object_new_array();
        json_object_object_add(outcome->row, name, list);
    }
    return list;
}

static json_object *flags_of(const scim_row_t *row)
{
    json_object *flags = row->flags ? json_object_new_array() : NULL;
    for (int i = 0; flags && i < row->flags->nelts; i++) {
        json_object_array_add(flags, json_object_new_string(APR_ARRAY_IDX(row->flags, i, const char *)));
    }
    return flags;
}

static json_object *keys_of(const scim_row_t *row)
{
    json_object *keys = json_object_new_array();
    for (int i = 0; i < SCIM_KEY_COUNT; i++) {
        json_object_array_add(keys, row->keys[i] ? json_object_new_string(row->keys[i]) : NULL);
    }
    return keys;
}

static json_object *element_of(const char *id, const scim_row_t *row)
{
    json_object *element = json_object_new_object();
    put_text(element, "id", id);
    json_object_object_add(element, "doc", json_object_get(row->doc));
    put_text(element, "source", row->source);
    json_object_object_add(element, "wire", json_object_new_boolean(scim_row_is_seen(row)));
    json_object_object_add(element, "active", json_object_new_boolean(row->active));
    put_text(element, "role", row->role);
    put_text(element, "sentRole", row->sent_role);
    json_object_object_add(element, "flags", flags_of(row));
    put_text(element, "protected", row->protected);
    json_object_object_add(element, "keys", keys_of(row));
    return element;
}

void scim_user_make(scim_outcome_t *outcome, const char *id, const scim_row_t *after)
{
    json_object_array_add(list_of(outcome, "made"), element_of(id, after));
}

/* Adds the document under which the user is indexed now, and the change in the number of users that clients see. */
static void put_before(json_object *element, const scim_row_t *before, int seen)
{
    json_object_object_add(element, "was", before->deleted ? NULL : json_object_get(before->doc));
    json_object_object_add(element, "seen", json_object_new_int(seen - scim_row_is_seen(before)));
}

static int has_same_flags(const scim_row_t *one, const scim_row_t *other)
{
    int count = one->flags ? one->flags->nelts : 0, others = other->flags ? other->flags->nelts : 0;
    int same = count == others;
    for (int i = 0; same && i < count; i++) {
        same = strcmp(APR_ARRAY_IDX(one->flags, i, const char *), APR_ARRAY_IDX(other->flags, i, const char *)) == 0;
    }
    return same;
}

static int is_same_row(const scim_row_t *one, const scim_row_t *other)
{
    return json_object_equal(one->doc, other->doc) && one->deleted == other->deleted &&
           is_same(one->source, other->source) && is_same(one->role, other->role) &&
           is_same(one->sent_role, other->sent_role) && is_same(one->protected, other->protected) &&
           has_same_flags(one, other);
}

static void tell_change(scim_outcome_t *outcome, const char *id, const scim_row_t *before, const scim_row_t *after)
{
    scim_entry_t entry;
    scim_entry_change(&entry, before, after, outcome->pool);
    if (entry.action) {
        scim_outcome_tell(outcome, entry.action, USER, id, entry.name, entry.before, entry.after);
        if (entry.weight || entry.logins) {
            scim_outcome_weigh(outcome, entry.weight, entry.logins);
        }
    }
}

static json_object *change_in(scim_outcome_t *outcome, const char *list, const char *id, const scim_row_t *before,
                              const scim_row_t *after)
{
    if (is_same_row(before, after)) {
        return NULL;
    }
    json_object *element = element_of(id, after);
    json_object_object_add(element, "deleted", json_object_new_boolean(after->deleted));
    put_before(element, before, scim_row_is_seen(after));
    json_object_object_add(element, "again", json_object_new_boolean(1));
    json_object_array_add(list_of(outcome, list), element);
    tell_change(outcome, id, before, after);
    return element;
}

json_object *scim_user_change(scim_outcome_t *outcome, const char *id, const scim_row_t *before,
                              const scim_row_t *after)
{
    return change_in(outcome, "changes", id, before, after);
}

json_object *scim_user_change_later(scim_outcome_t *outcome, const char *id, const scim_row_t *before,
                                    const scim_row_t *after)
{
    return change_in(outcome, "later", id, before, after);
}

void scim_user_erase(scim_outcome_t *outcome, const char *id, const scim_row_t *before)
{
    json_object *element = json_object_new_object();
    put_text(element, "id", id);
    put_before(element, before, 0);
    json_object_array_add(list_of(outcome, "erased"), element);
    scim_outcome_tell(outcome, "erase", USER, id, NULL, NULL, NULL);
    if (before->active) {
        scim_outcome_weigh(outcome, 1, 0);
    }
}

/* --- groups ------------------------------------------------------------------------------------------------------- */

/* { "members": [id] } */
static json_object *members_of(json_object *id, apr_pool_t *pool)
{
    json_object *object = scim_json_own(json_object_new_object(), pool), *list = json_object_new_array();
    json_object_array_add(list, json_object_get(id));
    json_object_object_add(object, "members", list);
    return object;
}

static void tell_members(scim_outcome_t *outcome, const char *action, json_object *group, json_object *before,
                         json_object *after)
{
    scim_outcome_tell(outcome, action, "Group", scim_row_text(group, "id"), scim_row_text(group, "name"), before,
                      after);
}

void scim_user_leave(scim_outcome_t *outcome, json_object *id, json_object *groups)
{
    json_object *members = members_of(id, outcome->pool), *touched = list_of(outcome, "touched");
    for (size_t i = 0; i < scim_list_length(groups); i++) {
        json_object *group = json_object_array_get_idx(groups, i);
        json_object_array_add(touched, json_object_get(member(group, "id")));
        tell_members(outcome, "remove-members", group, members, NULL);
    }
}

void scim_user_join(scim_outcome_t *outcome, json_object *id, json_object *groups)
{
    json_object *members = members_of(id, outcome->pool);
    for (size_t i = 0; i < scim_list_length(groups); i++) {
        tell_members(outcome, "add-members", json_object_array_get_idx(groups, i), NULL, members);
    }
}
