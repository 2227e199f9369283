/*
 * Mappings as an argument of administrators' operations (SCIM_ARG_MAPPINGS): a list of objects.
 *
 * Each has `group` and either `subscription` or `role`. A text is accepted as well, GROUP=SUBSCRIPTION or
 * GROUP=role:ROLE; it is split at the last "=", and blanks beside it are ignored. So {"group": "Web, Pro",
 * "subscription": "1/2"} is "Web, Pro = 1/2". The operation always gets objects.
 */
#ifndef SCIM_ADMIN_PAIRS_H
#define SCIM_ADMIN_PAIRS_H

#include "admin.h"

/* Why a value is not such a list; NULL: it is one. Texts in the list are replaced by objects. */
const char *scim_admin_pairs_check(json_object *value, apr_pool_t *pool);

/* Reads a command line's argument: a JSON list, or one text. The caller owns it. */
json_object *scim_admin_pairs_read(const char *text, apr_pool_t *pool);

/* Appends the mapping given by the arguments group, subscription and role to the argument `map`. Errors: 400 if they
 * are not a mapping. */
scim_error_t *scim_admin_pairs_join(scim_admin_call_t *call);

#endif
