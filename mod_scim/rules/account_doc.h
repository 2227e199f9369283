/*
 * Changes an account's document by an administrator's arguments, which have one value each, even where the document has
 * a list. `email` is the account's address (row.h): the primary entry of `emails`, else the first; its value changes,
 * its type stays. `phone` is the same for `phoneNumbers`.
 */
#ifndef SCIM_RULES_ACCOUNT_DOC_H
#define SCIM_RULES_ACCOUNT_DOC_H

#include <apr_pools.h>
#include <json-c/json.h>

/* An argument that only undo uses: `name` and displayName as they were before a change of the names. The change has
 * dropped name.formatted, and perhaps derived a displayName, so undo restores both. */
#define SCIM_ACCOUNT_WAS "was"

/* A copy of the document with the arguments applied (userName, displayName, givenName, familyName, email, phone,
 * active); null removes a value. A missing displayName is derived from the name. */
json_object *scim_account_doc(json_object *doc, json_object *args, apr_pool_t *pool);

/* Whether a text has exactly one @ with text before and after it, and no white space; with `dotted`, the part after it
 * must contain a dot. */
int scim_account_is_email(const char *text, int dotted);

#endif
