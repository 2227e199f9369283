/*
 * When two values are the same.
 *
 * Text is the same by the attribute's caseExact: byte by byte, or folded (fold.h). Two values of a list are the same
 * where `value` and `type` are (RFC 7643 2.4), each by its own caseExact; of values without a `value`, such as
 * addresses, where all sub-attributes are. POST, PUT, PATCH and Bulk all ask here, so that none of them keeps what
 * another one takes for a double.
 */
#ifndef SCIM_SAME_H
#define SCIM_SAME_H

#include <json-c/json.h>

#include "schema.h"
#include "text.h"

/* Appends bytes that are equal exactly for values of the list `attr` that are the same. `typed` is 0 where `value`
 * alone decides. Nothing is appended for a value that holds nothing. */
void scim_same_key(scim_buf_t *key, json_object *element, const scim_attr_t *attr, int typed);

/* Whether a value of a list is its primary one. */
int scim_same_primary(json_object *element);

/* Adds a value to a list, unless it has the same one already; of two the primary one stays. `seen` is a scim_table_make
 * of the list's. */
void scim_same_add(json_object *list, json_object *element, const scim_attr_t *attr, apr_hash_t *seen,
                   apr_pool_t *pool);

/* Whether two values of an attribute that is no list are the same. */
int scim_same_value(json_object *one, json_object *other, const scim_attr_t *attr, apr_pool_t *pool);

#endif
