/*
 * Converts a resource from a client's request into the stored document.
 *
 * A document has the client's values, under the schema's spelling of every name: readOnly attributes, `id`, `meta`,
 * null and empty lists are removed; `schemas` lists the base schema and exactly the extensions that have values; types
 * have been checked; at most one value of a multi-valued attribute is primary; writeOnly attributes that are never
 * returned (password) have been checked and dropped, because mod_scim stores no passwords. The values themselves are
 * unchanged, byte for byte. Attributes that are stored as rows (a Group's members) are not in the document but beside
 * it.
 */
#ifndef SCIM_RESOURCE_H
#define SCIM_RESOURCE_H

#include <json-c/json.h>

#include "leniency.h"
#include "schema.h"

/* Maximum bytes of a string, and of one that resources are looked up by: PostgreSQL's index entries are limited, and
 * folding may lengthen a text. */
#define SCIM_TEXT_MAX   65536
#define SCIM_LOOKUP_MAX 1024

/* Maximum values of a list, stored or sent, and maximum members in one request. They bound the cost of a request. */
#define SCIM_LIST_MAX    10000
#define SCIM_MEMBERS_MAX 50000

typedef struct scim_resource_t {
    const scim_resource_type_t *type;
    json_object *doc; /* owned by the pool; the caller may change it */
    apr_array_header_t
        *members; /* const char *: the values as sent, without duplicates; NULL: the body had no such attribute */
    int roles;    /* whether the body has the type's roles attribute, perhaps empty */
} scim_resource_t;

/* Reads and checks a POST or PUT body (RFC 7644 3.3, 3.5.1), except for checks that need the stored resource. Unknown
 * attributes of a known schema are ignored; an unknown schema is 400 invalidValue or invalidSyntax. Errors: 400
 * invalidValue, invalidSyntax; the detail names the attribute. */
scim_error_t *scim_resource_read(scim_resource_t **out, json_object *body, const scim_resource_type_t *type,
                                 scim_leniency_t *leniency, apr_pool_t *pool);

/* Whether this is the attribute that has a default: `active` of the type's base schema, with the default true. It
 * always has a value: a request that would remove it leaves it unchanged, so that nobody gains access by an omission.
 */
int scim_attr_defaults(const scim_attr_t *attr, const scim_resource_type_t *type);

/* Whether a document is that of an inactive resource. */
int scim_resource_inactive(json_object *doc, const scim_resource_type_t *type);

/* Gives a new resource its defaults: `active` true if the schema has it; displayName of a User derived from the name if
 * it was not sent (name.formatted, else givenName familyName, else userName). */
void scim_resource_default(scim_resource_t *resource, apr_pool_t *pool);

/* Derives a user's displayName: name.formatted, else givenName and familyName, else userName; the first that is not
 * blank and not too long. NULL: none. Only this function derives it. */
const char *scim_display_name(json_object *doc, apr_pool_t *pool);

/* After a PATCH of a user: derives the displayName again if it had been derived from the document `before`. `told`: the
 * PATCH itself names displayName. */
void scim_resource_follow_name(json_object *doc, json_object *before, int told, const scim_resource_type_t *type,
                               apr_pool_t *pool);

/* PUT: turns `resource` (read from the body) into the document that replaces `stored` (RFC 7644 3.5.1): immutable
 * attributes must match or be new (400 mutability) and stay if the body leaves them out, `active` stays if the body has
 * none, and displayName is derived as for a new resource. */
scim_error_t *scim_resource_replace(scim_resource_t *resource, json_object *stored, apr_pool_t *pool);

/* Checks one attribute's value (a list if it is multi-valued) and returns it in stored form, or NULL if it means no
 * value: null, an empty list, an object without any value, a blank externalId, a blank `value` of a complex attribute,
 * and with leniency "" for a non-string attribute. Elements of a list that have only labels (type, primary, display)
 * are left out, unless the schema requires a sub-attribute. `name` is the client's spelling, for the detail. The pool
 * owns the result: call json_object_get to put it into a document. Its containers are new, its leaves may belong to the
 * body. readOnly sub-attributes are dropped; of equal (type, value) pairs one stays (RFC 7643 2.4). The maximum length
 * of strings is in the schema's file, else SCIM_TEXT_MAX bytes, or SCIM_LOOKUP_MAX if resources are looked up by them:
 * unique attributes, externalId, displayName, the `value` of a list, and attributes that a schema file declares as
 * indexed. Errors: 400 invalidValue, with a path, what it must be and what it is; invalidSyntax for a sub-attribute
 * given twice. Shared by POST, PUT and PATCH. */
scim_error_t *scim_value_read(json_object **out, json_object *value, const scim_attr_t *attr, const char *name,
                              scim_leniency_t *leniency, apr_pool_t *pool);

/* The same for the value of a PATCH operation whose path is the attribute. */
scim_error_t *scim_target_read(json_object **out, json_object *value, const scim_attr_t *attr, const char *name,
                               scim_leniency_t *leniency, apr_pool_t *pool);

/* The same for one element of a multi-valued attribute; `attr` is treated as single-valued. */
scim_error_t *scim_element_read(json_object **out, json_object *value, const scim_attr_t *attr, const char *name,
                                scim_leniency_t *leniency, apr_pool_t *pool);

/* A new list, owned by the pool, of the elements of a stored list without empty ones; of equal (type, value) pairs one
 * stays, the primary one if there is one. */
json_object *scim_value_unite(json_object *list, const scim_attr_t *attr, apr_pool_t *pool);

/* Whether a value is "" and leniency lets that mean no value. */
int scim_value_empty_string(json_object *value, scim_leniency_t *leniency);

/* Whether the schema requires a sub-attribute of each value of `attr`. */
int scim_attr_requires(const scim_attr_t *attr);

/* Whether documents have this attribute: not if it is readOnly, or writeOnly and never returned. */
int scim_attr_stored(const scim_attr_t *attr);

/* Sets `schemas` from the document's contents, and checks that required attributes have values (and of each complex
 * value its required sub-attributes; and required extensions). Called after every change of a document. Errors: 400
 * invalidValue. */
scim_error_t *scim_resource_seal(json_object *doc, const scim_resource_type_t *type, apr_pool_t *pool);

/* Reads the value of a members attribute: a list of {"value": id, ..} (or with leniency of bare ids) into `ids` (const
 * char *, as sent, without duplicates). Errors: 400 invalidValue, also beyond SCIM_MEMBERS_MAX. */
scim_error_t *scim_members_read(apr_array_header_t **ids, json_object *value, const scim_attr_t *attr,
                                scim_leniency_t *leniency, apr_pool_t *pool);

#endif
