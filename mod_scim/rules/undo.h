/*
 * Whether an account's change by a batch can be undone: only if nobody has changed the account since.
 *
 * A batch is an operation on many accounts: an import, an applied template, or deactivating them when provisioning was
 * switched off. An account that is refused here stays unchanged, and is reported with the reason.
 */
#ifndef SCIM_RULES_UNDO_H
#define SCIM_RULES_UNDO_H

#include <json-c/json.h>

/* Why one item is not undone; NULL: it is undone. `what` is what was done: made, changed, deactivated. `facts` are
 * booleans: undone, there, deleted, protected, provisioned, active, same (it still has the version of then) and used
 * (somebody has logged in, or something was granted). */
const char *scim_undo_left(const char *what, json_object *facts);

#endif
