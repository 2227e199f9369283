/*
 * Carries out what an administrator changes, in two round trips: the first locks and looks up what the action names,
 * rules/noun.h decides, and the second writes what was decided, with the entries of the audit log.
 *
 * The statements of both take two values, $1 the tenant and $2 a JSON object: to look up, the arguments; to write, the
 * row that was decided. A column of what is looked up is a fact of its name (jsonb, text or boolean), `version` is that
 * of `is` where it is not of its whole text; and `tenant` is known of all. A value that another transaction has taken
 * meanwhile, and what it has removed, make the whole be attempted again: by then it is looked up, and the answer is the
 * action's own.
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
    int answer; /* which of those that write answers: the first, or a later one */
} scim_admin_change_t;

#define SCIM_STATEMENTS(...) ((const scim_statement_e[]){__VA_ARGS__, SCIM_STMT_COUNT})

struct scim_admin_call_t;

/* Carries out a call whose operation is a change; call->answer gets the representation, call->etag its version. `head`
 * is a batch of the call's connection that is run first, with what it has; the transaction is open then, and is ended
 * with `commits`. A transaction that is refused is undone. Errors: those of the action, and of the statements. */
scim_error_t *scim_admin_change(struct scim_admin_call_t *call, scim_batch_t *head, int commits);

/* What a call is answered whose statement has found nothing. */
scim_error_t *scim_admin_missing(const struct scim_admin_call_t *call);

#endif
