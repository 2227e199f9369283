/*
 * When two values are equal.
 *
 * Text is compared by the attribute's caseExact: byte by byte, or folded (fold.h). Two values of a list are equal if
 * `value` and `type` are (RFC 7643 2.4), each by its own caseExact; values without a `value`, such as addresses, if all
 * sub-attributes are. POST, PUT, PATCH and Bulk all use these functions, so that they agree about duplicates.
 */
#ifndef SCIM_SAME_H
#define SCIM_SAME_H

#include <json-c/json.h>

#include "schema.h"
#include "text.h"

/* Appends a key that is the same exactly for equal values of the list `attr`. `typed` 0: only `value` counts. Appends
 * nothing for an empty value. */
void scim_same_key(scim_buf_t *key, json_object *element, const scim_attr_t *attr, int typed);

/* Whether a value of a list is its primary one. */
int scim_same_primary(json_object *element);

/* Adds a value to a list, unless the list has an equal one; of two equal ones the primary one stays. `seen` is a
 * scim_table_make for this list. */
void scim_same_add(json_object *list, json_object *element, const scim_attr_t *attr, apr_hash_t *seen,
                   apr_pool_t *pool);

/* Whether two values of a single-valued attribute are equal. */
int scim_same_value(json_object *one, json_object *other, const scim_attr_t *attr, apr_pool_t *pool);

#endif
