/*
 * Executes an administrator's change in two round trips: the first locks and reads the named objects, rules/noun.h
 * decides, and the second writes the result and the audit entries.
 *
 * All statements take two values, $1 the tenant and $2 a JSON object: for a look-up the arguments, for a write the
 * decided row. Each column of a look-up is a fact of that name (jsonb, text or boolean); `version` is the version of
 * `is`, unless it is that of its whole text; the fact `tenant` is always present. If another transaction has meanwhile
 * taken a unique value or removed a row, the whole change is tried again: the new look-up then finds this, and the
 * action decides the answer.
 */
#ifndef SCIM_ADMIN_CHANGE_H
#define SCIM_ADMIN_CHANGE_H

#include "connection.h"
#include "rules/noun.h"

typedef struct scim_admin_change_t {
    const scim_action_t *action;
    /* Each list ends with SCIM_STMT_COUNT. */
    const scim_statement_e *looks;
    const scim_statement_e *writes;
    int answer; /* the index of the writing statement whose result is the answer */
} scim_admin_change_t;

#define SCIM_STATEMENTS(...) ((const scim_statement_e[]){__VA_ARGS__, SCIM_STMT_COUNT})

struct scim_admin_call_t;

/* Executes a call whose operation is a change; call->answer gets the representation, call->etag its version. The
 * look-ups are added to the batch `head` of the call's connection, and it leaves the transaction open; `commits`
 * commits it at the end. A refusal rolls it back. Errors: those of the action, and of the statements. */
scim_error_t *scim_admin_change(struct scim_admin_call_t *call, scim_batch_t *head, int commits);

/* The error for a call whose statement has found no row. */
scim_error_t *scim_admin_missing(const struct scim_admin_call_t *call);

#endif
