/*
 * Mappings as an argument of administrators' operations (SCIM_ARG_MAPPINGS): a list of objects.
 *
 * Each has `group` and either `subscription` or `role`. A text is taken for one as well, GROUP=SUBSCRIPTION or
 * GROUP=role:ROLE; the last "=" divides, and blanks beside it do not count. So {"group": "Web, Pro", "subscription":
 * "1/2"} is "Web, Pro = 1/2". Whatever came, the operation gets objects.
 */
#ifndef SCIM_ADMIN_PAIRS_H
#define SCIM_ADMIN_PAIRS_H

#include "admin.h"

/* Why a value is no such list; NULL: it is one. The texts of a list become objects. */
const char *scim_admin_pairs_check(json_object *value, apr_pool_t *pool);

/* What a command line says: a JSON list, or one text. The caller's. */
json_object *scim_admin_pairs_read(const char *text, apr_pool_t *pool);

/* The arguments group, subscription and role are one mapping, which becomes the last one of the argument `map`. Errors:
 * 400 where they are none. */
scim_error_t *scim_admin_pairs_join(scim_admin_call_t *call);

#endif
