/*
 * Which account a POST of a user is about: a new one, one that was deleted or deactivated, or a local one.
 *
 * The store finds who is alike (sql/statements/user_alike.sql); here it is decided what that means. An externalId is
 * the client's, and clients send all sorts of things as one: the same "0" or "null" for everybody. So it names one
 * person by itself only where it has at least the shape of an identifier. Any other one brings an account back only
 * where the userName or an e-mail address is the same too. A userName alone may be another person's by now; a tenant
 * can say that it is enough (restore = userName).
 *
 * An account that was merged into another one does not come back: a POST of it is about that other one where this has
 * its externalId now, or is a local one that may be adopted, and is refused otherwise.
 */
#ifndef SCIM_RULES_RESTORE_H
#define SCIM_RULES_RESTORE_H

#include "row.h"

/* Somebody who is alike: the stored row, and its id. */
typedef struct scim_alike_t {
    const char *id;
    const char *into; /* the id of the account that it was merged into, which is alike too; NULL: it was not */
    scim_row_t row;
} scim_alike_t;

/* What becomes of the POST. */
typedef struct scim_claim_t {
    const scim_alike_t *found; /* who it is; NULL: somebody new */
    int adopts;                /* `found` is a local account, which becomes the provisioned one */
    const char *refusal;       /* why there can be none; NULL: there can */
    const char *note;          /* what an administrator should know of a new account; NULL: nothing */
} scim_claim_t;

/* Whether the externalId of a user's document names one person by itself: it has 16 characters or more, as a UUID has,
 * without blanks at its ends, and is not one character over and over, as a UUID of zeros is. */
int scim_restore_identifies(json_object *doc);

/* Decides. `sent` has its keys; `alike` holds scim_alike_t in the order of their ids, with their keys. Texts live in
 * `pool`. */
scim_claim_t scim_restore_decide(const scim_row_t *sent, const apr_array_header_t *alike, const scim_rules_t *rules,
                                 apr_pool_t *pool);

/* `found` as the POST of `sent` leaves it: back, or adopted. The document is a copy of what was sent; the rules are
 * applied to it by scim_account_apply. */
scim_row_t scim_restore_row(const scim_claim_t *claim, const scim_row_t *sent, apr_pool_t *pool);

#endif
