#include "account.h"

#include <apr_strings.h>
#include <string.h>

#include "account_doc.h"
#include "entitlement.h"
#include "scim/fold.h"
#include "scim/json.h"
#include "scim/resource.h"

static int is_same(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

static int is_application(const scim_row_t *row)
{
    return strcmp(row->source, "application") == 0;
}

/* --- what provisioning may not change ------------------------------------------------------------------------------*/

scim_error_t *scim_account_may_change(const scim_row_t *row, int deletes, apr_pool_t *pool)
{
    if (row->protected) {
        return scim_error_status(
            pool, 403, "The user \"%s\" is %s. Provisioning may not change it; an administrator can.",
            scim_row_text(row->doc, "userName"),
            strcmp(row->protected, "main-contact") == 0 ? "the main contact" : "a break-glass account");
    }
    if (deletes && is_application(row)) {
        return scim_error_status(pool, 403,
                                 "The group \"%s\" belongs to the application; its members may be changed, but it may "
                                 "not be deleted.",
                                 scim_row_text(row->doc, "displayName"));
    }
    return NULL;
}

/* The application owns the group's name; an identity provider may only store other attributes, such as an
 * externalId. */
static scim_error_t *keep_group_name(scim_row_t *after, const scim_row_t *before, apr_pool_t *pool)
{
    const char *was = scim_row_text(before->doc, "displayName");
    const char *name = scim_row_text(after->doc, "displayName");
    if (!was) {
        return NULL;
    }
    if (name && strcmp(scim_fold(name, pool), scim_fold(was, pool)) != 0) {
        return scim_error_typed(pool, SCIM_MUTABILITY,
                                "The group \"%s\" belongs to the application; its members may be changed, but not its "
                                "name.",
                                was);
    }
    json_object_object_add(after->doc, "displayName", json_object_new_string(was));
    return NULL;
}

/* --- names -------------------------------------------------------------------------------------------------------- */

static scim_error_t *check_user_name(const scim_row_t *row, const scim_rules_t *rules, apr_pool_t *pool)
{
    const char *name = scim_row_text(row->doc, "userName");
    if (!rules->user_name_email || !name || scim_account_is_email(name, 1)) {
        return NULL;
    }
    return scim_error_typed(pool, SCIM_INVALID_VALUE,
                            "userName: \"%s\" is not an e-mail address, which this tenant requires. Map an attribute "
                            "that holds the e-mail address to userName in the identity provider.",
                            name);
}

static void derive_name(scim_row_t *row, const scim_rules_t *rules, apr_pool_t *pool)
{
    const char *name = rules->derives_name ? scim_display_name(row->doc, pool) : NULL;
    if (name) {
        json_object_object_add(row->doc, "displayName", json_object_new_string(name));
    }
}

/* --- roles -------------------------------------------------------------------------------------------------------- */

static json_object *roles_of(const scim_row_t *row)
{
    return row ? json_object_object_get(row->doc, "roles") : NULL;
}

static int has_roles(const scim_row_t *row)
{
    return row && json_object_object_get_ex(row->doc, "roles", NULL);
}

/* The state of evaluating a list `roles`. */
typedef struct choice_t {
    const scim_rules_t *rules;
    int strict;       /* unknown names are refused, or reported */
    const char *note; /* about the first unknown name; NULL: there is none, or it is not reported */
    const char *held; /* the current role; NULL: it is not considered */
    const char *role;
    int count;
    apr_pool_t *pool;
} choice_t;

#define NAMED_MOST 20 /* maximum of roles in a refusal */

/* The roles that provisioning may give: "administrator, user". */
static const char *names_of_roles(const scim_rules_t *rules, apr_pool_t *pool)
{
    const char *names = "";
    int n = 0;
    for (int i = 0; rules->roles && i < rules->roles->nelts && n < NAMED_MOST; i++) {
        const char *value = APR_ARRAY_IDX(rules->roles, i, scim_role_t).value;
        if (!scim_rules_reserved(rules, value)) {
            names = apr_pstrcat(pool, names, n++ ? ", " : "", value, NULL);
        }
    }
    return rules->roles && rules->roles->nelts > NAMED_MOST ? apr_pstrcat(pool, names, ", ...", NULL) : names;
}

static scim_error_t *role_not_found(const choice_t *choice, const char *name)
{
    return scim_error_typed(choice->pool, SCIM_INVALID_VALUE,
                            "Role not found: %s. The roles here are: %s. Correct the mapping of roles in the identity "
                            "provider, or let an administrator add the role here.",
                            name, names_of_roles(choice->rules, choice->pool));
}

static scim_error_t *consider(choice_t *choice, json_object *entry, int primary)
{
    const char *name = scim_row_text(entry, "value");
    if (!name || primary != json_object_get_boolean(json_object_object_get(entry, "primary"))) {
        return NULL;
    }
    const scim_role_t *role = scim_rules_role(choice->rules, name, choice->pool);
    if (!role && choice->strict && !choice->rules->role_defaults) {
        return role_not_found(choice, name);
    }
    if (!role && choice->strict && !choice->note) {
        choice->note =
            apr_psprintf(choice->pool,
                         "The role \"%s\" is unknown here and was taken as none, so the user has the default "
                         "one unless another is given. Add the role, or correct the role mapping in the "
                         "identity provider.",
                         name);
    }
    choice->count++;
    if (choice->count == 1) {
        choice->role = role ? role->value : NULL;
        choice->held = primary ? NULL : choice->held;
    } else if (role && choice->held && strcmp(role->value, choice->held) == 0) {
        choice->role = role->value;
    }
    return NULL;
}

/* The role that the row's roles request: the primary one, else the current one, else the first. An unknown name is
 * ignored, unless it is refused. */
static scim_error_t *choose_role(choice_t *choice, json_object *roles)
{
    size_t count = json_object_is_type(roles, json_type_array) ? json_object_array_length(roles) : 0;
    for (int primary = 1; primary >= 0; primary--) {
        for (size_t i = 0; i < count; i++) {
            scim_error_t *error = consider(choice, json_object_array_get_idx(roles, i), primary);
            if (error) {
                return error;
            }
        }
    }
    return NULL;
}

/* Only a request with roles changes the role: a new document, a PATCH of them, or a PUT with another role than was last
 * sent. Otherwise the role stays, even if somebody else gave it. Removing the sent role withdraws it, but not a role
 * that an administrator has set instead. */
static scim_error_t *follow_roles(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                                  scim_roles_said_e said, apr_pool_t *pool)
{
    int made = !before || strcmp(before->source, after->source) != 0;
    int back = before && before->deleted;
    json_object *roles = roles_of(after), *were = roles_of(before);
    int differ = roles && were ? !json_object_equal(roles, were) : roles != were;
    scim_roles_said_e told = made || back ? SCIM_ROLES_UNSAID : said;
    int says = ((made || back) && has_roles(after)) || told == SCIM_ROLES_PATCHED;
    if (!says && (made || back || told == SCIM_ROLES_LEFT_OUT || (told != SCIM_ROLES_PUT && !differ))) {
        return NULL;
    }
    choice_t choice = {.rules = rules,
                       .strict = differ && (made || rules->role_syncs),
                       .held = made || back ? NULL : before->sent_role,
                       .pool = pool};
    scim_error_t *error = choose_role(&choice, roles);
    if (error) {
        return error;
    }
    after->note = choice.note;
    const char *was = before ? before->role : NULL, *sent = before ? before->sent_role : NULL;
    after->sent_role = choice.role;
    if ((!made && !rules->role_syncs) || !is_same(after->role, was) || (!says && is_same(choice.role, sent))) {
        return NULL;
    }
    after->role = choice.role ? choice.role : is_same(after->role, sent) ? NULL : after->role;
    return NULL;
}

int scim_account_role_due(const char **role, const scim_row_t *row, const scim_rules_t *rules, apr_pool_t *pool)
{
    choice_t choice = {.rules = rules, .held = row->sent_role, .pool = pool};
    if (!rules->role_syncs) {
        return 0;
    }
    choose_role(&choice, roles_of(row));
    *role = choice.role ? choice.role : is_same(row->role, row->sent_role) ? NULL : row->role;
    return !is_same(row->role, *role);
}

/* Refuses a new role that this token may not give. */
static scim_error_t *check_role(const scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                                apr_pool_t *pool)
{
    if (is_same(after->role, before ? before->role : NULL)) {
        return NULL;
    }
    if (scim_rules_reserved(rules, after->role)) {
        return scim_error_status(pool, 403,
                                 "roles: \"%s\" is reserved: only administrators of this service give it. Take it out "
                                 "of the role mapping of the identity provider, or let an administrator give it to "
                                 "this user here.",
                                 after->role);
    }
    if (rules->bound) {
        return scim_error_status(pool, 403,
                                 "roles: a token of a user cannot change the role of that user; an administrator or "
                                 "the identity provider can.");
    }
    return NULL;
}

/* --- all checks ----------------------------------------------------------------------------------------------------*/

static scim_error_t *apply_to_user(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                                   scim_roles_said_e said, apr_pool_t *pool)
{
    scim_error_t *error = check_user_name(after, rules, pool);
    if (error) {
        return error;
    }
    derive_name(after, rules, pool);
    if (has_roles(after) || has_roles(before) || (before && before->sent_role)) {
        error = follow_roles(after, before, rules, said, pool);
        error = error ? error : check_role(after, before, rules, pool);
    }
    return error;
}

/* Whether a request is for a change. A PUT of the stored document is not. */
static int asks(const scim_row_t *after, const scim_row_t *before, scim_roles_said_e said)
{
    return !before || after->deleted != before->deleted || said == SCIM_ROLES_PATCHED || said == SCIM_ROLES_PUT ||
           !json_object_equal(after->doc, before->doc);
}

scim_error_t *scim_account_apply(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                                 scim_roles_said_e said, apr_pool_t *pool)
{
    scim_error_t *error = NULL;
    int asked = asks(after, before, said);
    after->note = NULL;
    if (asked && before) {
        error = scim_account_may_change(before, after->deleted, pool);
    }
    if (!error && asked && before && is_application(before)) {
        error = keep_group_name(after, before, pool);
    }
    if (!error && asked && scim_row_is_user(after)) {
        error = apply_to_user(after, before, rules, said, pool);
    }
    if (!error && !after->deleted && scim_row_is_user(after) && !(before && before->protected)) {
        error = scim_entitlement_apply(after, before, rules, pool);
    }
    if (!error) {
        scim_row_keys(after, rules, pool);
    }
    return error;
}

scim_error_t *scim_account_administer(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                                      apr_pool_t *pool)
{
    const char *name = scim_row_text(after->doc, "userName");
    if (!after->deleted && !(before && json_object_equal(before->doc, after->doc))) {
        if (rules->user_name_email && name && !scim_account_is_email(name, 1)) {
            scim_error_t *error =
                scim_error_typed(pool, SCIM_INVALID_VALUE,
                                 "userName: \"%s\" is not an e-mail address, which this tenant requires.", name);
            scim_error_field(error, "userName", error->detail + strlen("userName: "), pool);
            return error;
        }
        derive_name(after, rules, pool);
    }
    scim_row_keys(after, rules, pool);
    return NULL;
}

scim_row_t scim_account_deleted(const scim_row_t *before, const scim_rules_t *rules, apr_pool_t *pool)
{
    scim_row_t after = *before;
    after.deleted = 1;
    if (scim_row_is_user(before)) {
        after.doc = scim_json_copy(before->doc, pool);
        json_object_object_add(after.doc, "active", json_object_new_boolean(0));
    }
    scim_row_keys(&after, rules, pool);
    return after;
}
