/*
 * Users in what administrators do (noun.h): the stored one among the facts, and the one that shall be in what is
 * written.
 *
 * A change is two rows (row.h), as a client's is; keys, tally and audit entry follow from their difference. As a fact a
 * row is an object: id, doc, source, role, sentRole, flags, protected, deleted (sql/statements/user_stored.part). What
 * is written is lists in the outcome's row, of as many users as there are:
 *
 *   made     new ones (admin_users_make.sql): id and the row's members, with `keys` in the order of scim_key_e
 *   changes  others as they are from now on (admin_users_set.sql): the same, with `was`, the document that was looked
 *            up by so far; `seen`, how many more clients see; `again`, whether it is a new version
 *   later    those that are changed after these: they may get what these had alone
 *   erased   those of whom nothing stays (admin_users_erase.sql): id, `was` and `seen`
 */
#ifndef SCIM_RULES_USER_H
#define SCIM_RULES_USER_H

#include "noun.h"
#include "row.h"

/* The audit log tells of their documents, and of what stands beside these. */
extern const scim_noun_t scim_user_noun;

/* Rows of tables of refusals. */
#define SCIM_USER_IS_DELETED                                                                                           \
    {                                                                                                                  \
        "deleted", 409, "user", "The user \"{userName}\" is deleted; restore it first."                                \
    }

#define SCIM_USER_IS_PROTECTED                                                                                         \
    {"isMainContact", 409, "user", "The user \"{userName}\" is the main contact; unprotect it first."},                \
    {                                                                                                                  \
        "isProtected", 409, "user", "The user \"{userName}\" is a break-glass account; unprotect it first."            \
    }

/* The rules of the tenant, which the fact `rules` has (sql/statements/rules_of_tenant.part). */
const scim_rules_t *scim_user_rules(const scim_asked_t *asked);

/* A row that is a fact, with its keys; the document is the fact's. */
scim_row_t scim_user_row(json_object *fact, const scim_rules_t *rules, apr_pool_t *pool);

/* A new local account, without a name yet. */
scim_row_t scim_user_new(apr_pool_t *pool);

/* What an administrator sets of a user by arguments. `before` is NULL of a new one; `after` starts as it, or as
 * scim_user_new. The facts are those of admin_user_terms.sql. Errors: 400, 403, 409. */
scim_error_t *scim_user_settle(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                               const scim_asked_t *asked);

/* Refuses the row's e-mail address where somebody else logs in by it; `then_do` ends the sentence. The fact `logins`
 * has who logs in by which. */
scim_error_t *scim_user_check_login(const scim_row_t *after, const scim_asked_t *asked, const char *then_do);

/* Puts a new user into the outcome. Its entry of the audit log is written by the statement, before what templates give
 * it. */
void scim_user_make(scim_outcome_t *outcome, const char *id, const scim_row_t *after);

/* Puts a change into the outcome, and its entry; nothing where the rows are the same. Returns the element, NULL: none.
 */
json_object *scim_user_change(scim_outcome_t *outcome, const char *id, const scim_row_t *before,
                              const scim_row_t *after);

/* The same of one that is changed after the others. */
json_object *scim_user_change_later(scim_outcome_t *outcome, const char *id, const scim_row_t *before,
                                    const scim_row_t *after);

/* Puts into the outcome that nothing stays of a user, and the entry, which says that alone. */
void scim_user_erase(scim_outcome_t *outcome, const char *id, const scim_row_t *before);

/* The entries of the groups that a user leaves, or joins: a list of objects with id and name. What is written for it is
 * `touched`, their ids. */
void scim_user_leave(scim_outcome_t *outcome, json_object *id, json_object *groups);
void scim_user_join(scim_outcome_t *outcome, json_object *id, json_object *groups);

#endif
