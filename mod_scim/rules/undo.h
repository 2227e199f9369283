/*
 * Whether what was done to an account of a batch can be taken back: only what nobody has changed since.
 *
 * A batch is what was done to many accounts at once: an import, or deactivating them when provisioning was switched
 * off. What is refused here is left as it is, and told with the reason.
 */
#ifndef SCIM_RULES_UNDO_H
#define SCIM_RULES_UNDO_H

#include <json-c/json.h>

/* Why one item stays; NULL: it is taken back. `what` is what was done: made, changed, deactivated. `facts` are
 * undone, there, deleted, protected, provisioned, active, same (the version that it had then) and used (somebody has
 * logged in, or was granted something), true or false each. */
const char *scim_undo_left(const char *what, json_object *facts);

#endif
