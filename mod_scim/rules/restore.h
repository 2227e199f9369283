/*
 * Which account a POST of a user means: a new one, a deleted or deactivated one, or a local one.
 *
 * The store finds similar accounts (sql/statements/user_alike.sql); this file decides. Clients choose the externalId,
 * and some send the same "0" or "null" for everybody. So an externalId identifies a person by itself only if it looks
 * like an identifier. With any other externalId an account is restored only if the userName or an e-mail address is the
 * same too. A userName alone may belong to another person by now; a tenant can decide that it is sufficient (restore =
 * userName).
 *
 * An account that was merged into another one is not restored: a POST of it means that other account if it has the
 * externalId now, or is a local account that may be adopted, and is refused otherwise.
 */
#ifndef SCIM_RULES_RESTORE_H
#define SCIM_RULES_RESTORE_H

#include "row.h"

/* A similar account: its stored row, and its id. */
typedef struct scim_alike_t {
    const char *id;
    const char *into; /* the id of the account that it was merged into, which is in the list, too; NULL: not merged */
    scim_row_t row;
} scim_alike_t;

/* The decision about the POST. */
typedef struct scim_claim_t {
    const scim_alike_t *found; /* the account to restore or adopt; NULL: make a new one */
    int adopts;                /* `found` is a local account, which becomes a provisioned one */
    const char *refusal;       /* why the POST is refused; NULL: it is not */
    const char *note;          /* a remark for administrators about a new account; NULL: none */
} scim_claim_t;

/* Whether the externalId of a user's document identifies a person by itself: it has at least 16 characters without
 * leading and trailing blanks, and not all of them are the same, as in a UUID of zeros. */
int scim_restore_identifies(json_object *doc);

/* Decides. `sent` has its keys; `alike` has scim_alike_t in the order of their ids, with their keys. Texts live in
 * `pool`. */
scim_claim_t scim_restore_decide(const scim_row_t *sent, const apr_array_header_t *alike, const scim_rules_t *rules,
                                 apr_pool_t *pool);

/* The row of `found` after the POST of `sent` has restored or adopted it. The document is a copy of what was sent;
 * scim_account_apply applies the rules to it afterwards. */
scim_row_t scim_restore_row(const scim_claim_t *claim, const scim_row_t *sent, apr_pool_t *pool);

#endif
