/*
 * Common parts of all messages of RFC 7644: members are found by name without case (RFC 7643 2.1), and `schemas`.
 */
#ifndef SCIM_MEMBER_H
#define SCIM_MEMBER_H

#include <json-c/json.h>

#include "error.h"
#include "leniency.h"
#include "schema.h"

/* Finds a member by its name without case; returns how often it occurs. */
int scim_member_find(json_object **out, json_object *object, const char *name);

/* Whether a member of this name may have a meaning in any message: it is one of RFC 7644's own, or an attribute of one
 * of the schemas (const scim_schemas_t *), perhaps with a schema's URN, a sub-attribute or a filter. A
 * scim_json_known_t. */
int scim_member_known(const void *schemas, const char *name, apr_size_t len);

/* The list `Operations` of a message. Errors: 400 invalidSyntax, with `detail`. */
scim_error_t *scim_member_operations(json_object **out, json_object *body, const char *detail,
                                     scim_leniency_t *leniency, apr_pool_t *pool);

/* Checks that `schemas` lists the message's URN; with leniency `schemas` may be missing, lack it, or be a text. Errors:
 * 400 invalidSyntax. */
scim_error_t *scim_member_schemas(json_object *body, const char *urn, scim_leniency_t *leniency, apr_pool_t *pool);

#endif
