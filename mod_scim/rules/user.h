/*
 * Administrators' actions on users (noun.h): the stored user is a fact, the new one is in the outcome's row.
 *
 * A change has two rows (row.h), like a client's change; keys, tally and audit entry follow from their difference. As a
 * fact a row is an object: id, doc, source, role, sentRole, flags, protected, deleted
 * (sql/statements/user_stored.part). The outcome's row has lists of the users to write:
 *
 *   made     new ones (admin_users_make.sql): id and the row's members, with `keys` in the order of scim_key_e
 *   changes  changed users (admin_users_set.sql): the same, with `was`, the former document, whose look-up rows are
 *            replaced; `seen`, how many more resources clients see; `again`, whether the version increases
 *   later    users that are changed after these, because they take over unique values of these
 *   erased   erased users (admin_users_erase.sql): id, `was` and `seen`
 */
#ifndef SCIM_RULES_USER_H
#define SCIM_RULES_USER_H

#include "noun.h"
#include "row.h"

/* The audit log has their documents and server-owned columns. */
extern const scim_noun_t scim_user_noun;

/* Rows for tables of refusals. */
#define SCIM_USER_IS_DELETED                                                                                           \
    {                                                                                                                  \
        "deleted", 409, "user", "The user \"{userName}\" is deleted; restore it first."                                \
    }

#define SCIM_USER_IS_PROTECTED                                                                                         \
    {"isMainContact", 409, "user", "The user \"{userName}\" is the main contact; unprotect it first."},                \
    {                                                                                                                  \
        "isProtected", 409, "user", "The user \"{userName}\" is a break-glass account; unprotect it first."            \
    }

/* The tenant's rules, from the fact `rules` (sql/statements/rules_of_tenant.part). */
const scim_rules_t *scim_user_rules(const scim_asked_t *asked);

/* The row of a fact, with its keys; the document belongs to the fact. */
scim_row_t scim_user_row(json_object *fact, const scim_rules_t *rules, apr_pool_t *pool);

/* The row of a new local account, without a name. */
scim_row_t scim_user_new(apr_pool_t *pool);

/* Applies an administrator's arguments to a user. `before` is NULL for a new one; `after` starts as a copy of it, or as
 * scim_user_new. The facts are those of admin_user_terms.sql. Errors: 400, 403, 409. */
scim_error_t *scim_user_settle(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                               const scim_asked_t *asked);

/* Refuses the row's e-mail address if somebody else logs in by it; `then_do` ends the sentence. The fact `logins` says
 * who logs in by which address. */
scim_error_t *scim_user_check_login(const scim_row_t *after, const scim_asked_t *asked, const char *then_do);

/* Puts a new user into the outcome. The statement writes its audit entry, before the entries of templates. */
void scim_user_make(scim_outcome_t *outcome, const char *id, const scim_row_t *after);

/* Puts a change and its audit entry into the outcome, unless the rows are equal. Returns the element; NULL: none. */
json_object *scim_user_change(scim_outcome_t *outcome, const char *id, const scim_row_t *before,
                              const scim_row_t *after);

/* The same for a user that is changed after the others. */
json_object *scim_user_change_later(scim_outcome_t *outcome, const char *id, const scim_row_t *before,
                                    const scim_row_t *after);

/* Puts an erasure into the outcome, and its audit entry, which has no values. */
void scim_user_erase(scim_outcome_t *outcome, const char *id, const scim_row_t *before);

/* Adds the audit entries of the groups that a user leaves or joins, a list of objects with id and name; their ids are
 * written to `touched`. */
void scim_user_leave(scim_outcome_t *outcome, json_object *id, json_object *groups);
void scim_user_join(scim_outcome_t *outcome, json_object *id, json_object *groups);

#endif
