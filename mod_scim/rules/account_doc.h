/*
 * The document of an account as an administrator sets it: by arguments of one value each, where the document may have
 * lists. An e-mail address is that of the account (row.h), the entry of `emails` that is primary, else the first; it
 * gets another value, and its type stays. A phone number is the same of `phoneNumbers`.
 */
#ifndef SCIM_RULES_ACCOUNT_DOC_H
#define SCIM_RULES_ACCOUNT_DOC_H

#include <apr_pools.h>
#include <json-c/json.h>

/* An argument that no administrator sends: `name` and displayName as the account had them before a change of its names,
 * which is taken back. A change drops name.formatted, and may make a displayName. */
#define SCIM_ACCOUNT_WAS "was"

/* A copy of a document with what the arguments (userName, displayName, givenName, familyName, email, phone, active) set
 * of it; null takes a value away. Where there is no displayName it is made of the name. */
json_object *scim_account_doc(json_object *doc, json_object *args, apr_pool_t *pool);

/* Whether a text has something before and behind its only @, and no white space; with `dotted`, also a dot within what
 * is behind it. */
int scim_account_is_email(const char *text, int dotted);

#endif
