/*
 * Filters of RFC 7644 3.4.2.2: text to a typed tree.
 *
 * The tree is resolved against a resource type: every comparison knows its attribute, and its value has been checked
 * against the attribute's type. Precedence is not > and > or. The store compiles the tree to SQL; scim_filter_matches
 * evaluates it on one element of a multi-valued attribute, as PATCH needs it, and scim_filter_holds on a whole
 * resource, as conditions of templates need it. Depth, number of comparisons and length of values are bounded
 * (SCIM_FILTER_MAX_*); beyond them: 400 invalidFilter. `eq` of an id, of members.value or of groups.value is cheap, and
 * clients send many at once: these comparisons have their own limit. meta.location and $ref of memberships are compared
 * by the id in them.
 */
#ifndef SCIM_FILTER_H
#define SCIM_FILTER_H

#include <json-c/json.h>

#include "path.h"

#define SCIM_FILTER_MAX_VALUE       8192 /* bytes of one value */
#define SCIM_FILTER_MAX_DEPTH       32
#define SCIM_FILTER_MAX_COMPARISONS 128
#define SCIM_FILTER_MAX_IDS         1000 /* of comparisons by eq with an id */

typedef enum {
    SCIM_FILTER_AND,
    SCIM_FILTER_OR,
    SCIM_FILTER_NOT,
    SCIM_FILTER_COMPARE,
    SCIM_FILTER_VALUE_PATH
} scim_filter_e;

typedef enum { SCIM_EQ, SCIM_NE, SCIM_CO, SCIM_SW, SCIM_EW, SCIM_GT, SCIM_GE, SCIM_LT, SCIM_LE, SCIM_PR } scim_op_e;

/* The JSON type that the value was written in. */
typedef enum { SCIM_VALUE_NULL, SCIM_VALUE_TRUE, SCIM_VALUE_FALSE, SCIM_VALUE_NUMBER, SCIM_VALUE_STRING } scim_value_e;

struct scim_filter_t {
    scim_filter_e kind;
    const scim_filter_t *left;  /* AND, OR, NOT; the inner filter of VALUE_PATH */
    const scim_filter_t *right; /* AND, OR */
    /* COMPARE and VALUE_PATH: the attribute. At the top level `attr` and, of a complex attribute, `sub`. A complex
     * attribute with a `value` sub-attribute compared without naming one gets `sub` = value (`emails co "x"`).
     * Inside a value path `attr` is the sub-attribute itself (attr->parent tells) and `sub` is NULL. */
    const scim_attr_t *attr;
    const scim_attr_t *sub;
    int absent; /* only another type of the query has the attribute; here it has no value */
    scim_op_e op;
    scim_value_e value_kind; /* COMPARE, unless SCIM_PR */
    const char *value;       /* decoded string, or the number's text; NULL for null, true, false */
    const char *folded;      /* the folded string, if the attribute is compared folded; else NULL */
};

/* Reads a filter on resources of `type`. Errors: 400 invalidFilter; the detail names attribute or position. */
scim_error_t *scim_filter_read(const scim_filter_t **out, const char *text, const scim_resource_type_t *type,
                               scim_leniency_t *leniency, apr_pool_t *pool);

/* The same for a query of several types: `among` has const scim_resource_type_t *, `type` is one of them. An attribute
 * that only another type has is not an error, but absent. */
scim_error_t *scim_filter_read_among(const scim_filter_t **out, const char *text, const scim_resource_type_t *type,
                                     const apr_array_header_t *among, scim_leniency_t *leniency, apr_pool_t *pool);

/* Reads text[0..len), the inside of a value path's brackets, on the sub-attributes of `parent`. A simple multi-valued
 * attribute is addressed as `value`. */
scim_error_t *scim_filter_read_values(const scim_filter_t **out, const char *text, apr_size_t len,
                                      const scim_attr_t *parent, scim_leniency_t *leniency, apr_pool_t *pool);

/* Whether `element`, one value of the parent attribute, satisfies a value path's inner filter. Strings are compared by
 * caseExact, dateTime as time; absent equals null. `pool` is temporary, for folding. */
int scim_filter_matches(const scim_filter_t *filter, json_object *element, apr_pool_t *pool);

/* Whether a filter on resources of `type` holds for one, with the meaning of store/filter_sql.h. `resource` is the
 * resource as a client reads all of it: `id`, `meta` and, of a user, `groups` included. */
int scim_filter_holds(const scim_filter_t *filter, json_object *resource, const scim_resource_type_t *type,
                      apr_pool_t *pool);

/* Whether a filter on resources uses an attribute or one of its sub-attributes. */
int scim_filter_asks(const scim_filter_t *filter, const scim_attr_t *attr);

#endif
