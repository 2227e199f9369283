/*
 * Attribute paths: `[urn:]attribute[.sub]` and, in PATCH, `attribute[filter][.sub]` (RFC 7644 3.10, 3.5.2).
 *
 * A path is resolved against a resource type when it is read, so nobody after that asks whether an
 * attribute exists. Names are matched without case.
 */
#ifndef SCIM_PATH_H
#define SCIM_PATH_H

#include "leniency.h"
#include "schema.h"

typedef struct scim_filter_t scim_filter_t;

typedef struct scim_path_t {
    const scim_schema_t *schema; /* of `attr`; set alone (attr NULL) where the path is a schema's bare URN */
    const scim_attr_t *attr;
    const scim_filter_t *filter; /* the value path's filter on `attr`'s sub-attributes, or NULL */
    const scim_attr_t *sub;      /* or NULL */
} scim_path_t;

/* Reads a PATCH path. Errors: 400 invalidPath (unknown attribute, syntax; the detail quotes the place),
 * 400 invalidFilter for what is inside the brackets. */
scim_error_t *scim_path_read(scim_path_t *out, const char *text, const scim_resource_type_t *type,
                             scim_leniency_t *leniency, apr_pool_t *pool);

/* Resolves `[urn:]attribute[.sub]`, text[0..len), without a filter; 0 where the type has no such attribute. Used by
 * filters, projections, sortBy and PATCH keys. `leniency` may be NULL: nothing is lenient then. A name without URN is
 * of the base schema, else a common attribute, else (SCIM_LENIENT_BARE_EXTENSION) of the first extension that has it.
 */
int scim_path_resolve(scim_path_t *out, const char *text, apr_size_t len, const scim_resource_type_t *type,
                      scim_leniency_t *leniency);

/* Bytes of text[0..len), an attribute's name behind a schema's URN, that are the URN: all up to the last colon, or the
 * whole where that would leave no URN. */
apr_size_t scim_path_urn_len(const char *text, apr_size_t len);

/* Whether a name is of a schema that the type has: it has no URN, or that of one. */
int scim_path_is_known(const char *text, apr_size_t len, const scim_resource_type_t *type, scim_leniency_t *leniency);

/* Whether a name is of the base schema of another resource type: a request about that has come to the wrong endpoint.
 */
int scim_path_is_astray(const char *text, const scim_resource_type_t *type);

/* Whether text[0..len) may be the name of an attribute that nobody knows, with a URN and sub-attributes. */
int scim_path_is_name(const char *text, apr_size_t len);

/* The schema of a type that a URN means: its own URN, or with SCIM_LENIENT_URN_SLIP one of those that clients write
 * instead. NULL where the type has no such schema. `leniency` may be NULL. */
const scim_schema_t *scim_path_schema(const char *urn, apr_size_t len, const scim_resource_type_t *type,
                                      scim_leniency_t *leniency);

#endif
