/*
 * Attribute paths: `[urn:]attribute[.sub]` and, in PATCH, `attribute[filter][.sub]` (RFC 7644 3.10, 3.5.2).
 *
 * A path is resolved against a resource type when it is read, so later code need not check that an attribute exists.
 * Names are matched without case.
 */
#ifndef SCIM_PATH_H
#define SCIM_PATH_H

#include "leniency.h"
#include "schema.h"

typedef struct scim_filter_t scim_filter_t;

typedef struct scim_path_t {
    const scim_schema_t *schema; /* of `attr`; if the path is a schema's bare URN, only this is set (attr NULL) */
    const scim_attr_t *attr;
    const scim_filter_t *filter; /* the value path's filter on `attr`'s sub-attributes, or NULL */
    const scim_attr_t *sub;      /* or NULL */
} scim_path_t;

/* Reads a PATCH path. Errors: 400 invalidPath (unknown attribute, syntax; the detail quotes the position), 400
 * invalidFilter for what is inside the brackets. */
scim_error_t *scim_path_read(scim_path_t *out, const char *text, const scim_resource_type_t *type,
                             scim_leniency_t *leniency, apr_pool_t *pool);

/* Resolves `[urn:]attribute[.sub]`, text[0..len), without a filter; 0 if the type has no such attribute. Used by
 * filters, projections, sortBy and PATCH keys. `leniency` may be NULL: no leniency. A name without URN is an attribute
 * of the base schema, else a common one, else (SCIM_LENIENT_BARE_EXTENSION) one of the first extension that has it.
 */
int scim_path_resolve(scim_path_t *out, const char *text, apr_size_t len, const scim_resource_type_t *type,
                      scim_leniency_t *leniency);

/* The length of the URN in text[0..len), a URN followed by an attribute's name: up to the last colon, or the whole text
 * if that would leave no URN. */
apr_size_t scim_path_urn_len(const char *text, apr_size_t len);

/* Whether a name has no URN, or the URN of a schema of the type. */
int scim_path_is_known(const char *text, apr_size_t len, const scim_resource_type_t *type, scim_leniency_t *leniency);

/* Whether a name has the URN of another resource type's base schema: the request was sent to the wrong endpoint. */
int scim_path_is_astray(const char *text, const scim_resource_type_t *type);

/* Whether text[0..len) is syntactically an attribute's name, perhaps with a URN and sub-attributes. */
int scim_path_is_name(const char *text, apr_size_t len);

/* The schema of a type with this URN, or with SCIM_LENIENT_URN_SLIP with one of the misspelt URNs of clients. NULL if
 * the type has no such schema. `leniency` may be NULL. */
const scim_schema_t *scim_path_schema(const char *urn, apr_size_t len, const scim_resource_type_t *type,
                                      scim_leniency_t *leniency);

#endif
