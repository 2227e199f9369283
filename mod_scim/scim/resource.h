/*
 * A resource as a client sends it, made into the document that is stored.
 *
 * A document holds what the client owns, under the schema's own spelling of every name: readOnly
 * attributes, `id`, `meta`, null and empty lists are gone; `schemas` lists the base schema and exactly the
 * extensions that have values; types have been checked; at most one value of a multi-valued attribute is
 * primary; writeOnly attributes that nothing may return (password) have been checked and dropped, because mod_scim
 * keeps no passwords. The values themselves are the client's, byte for byte.
 * Attributes kept as rows (a Group's members) are never in the document: they stand beside it.
 */
#ifndef SCIM_RESOURCE_H
#define SCIM_RESOURCE_H

#include <json-c/json.h>

#include "leniency.h"
#include "schema.h"

/* Bytes of a string, and of one that resources are looked up by: PostgreSQL's indexes hold no more, and what is
 * compared without case is folded. */
#define SCIM_TEXT_MAX   65536
#define SCIM_LOOKUP_MAX 1024

/* Values of a list, stored or sent; and members that one request names. They bound what a request costs. */
#define SCIM_LIST_MAX    10000
#define SCIM_MEMBERS_MAX 50000

typedef struct scim_resource_t {
    const scim_resource_type_t *type;
    json_object *doc; /* owned by the pool; the caller may change it */
    apr_array_header_t
        *members; /* const char *: the values as sent, doubles removed; NULL where the body had no such attribute */
    int roles;    /* whether the body says something of the type's roles, be it that there are none */
} scim_resource_t;

/* Reads and checks a POST or PUT body (RFC 7644 3.3, 3.5.1) except for what only the stored resource can tell.
 * Unknown attributes of a known schema are ignored; a schema that the type has not is 400 invalidValue or
 * invalidSyntax. Errors: 400 invalidValue, invalidSyntax; the detail names the attribute. */
scim_error_t *scim_resource_read(scim_resource_t **out, json_object *body, const scim_resource_type_t *type,
                                 scim_leniency_t *leniency, apr_pool_t *pool);

/* Whether this is the attribute that has a default: `active` of the type's base schema, which is true. It always has a
 * value: what would take it away leaves it as it is, since nobody gains access by what was not said. */
int scim_attr_defaults(const scim_attr_t *attr, const scim_resource_type_t *type);

/* Whether a document is that of a resource that is switched off. */
int scim_resource_inactive(json_object *doc, const scim_resource_type_t *type);

/* Gives a new resource its defaults: `active` true where the schema has it; displayName of a User derived from the name
 * where it was not sent (name.formatted, else givenName familyName, else userName). */
void scim_resource_default(scim_resource_t *resource, apr_pool_t *pool);

/* What a user is called where nobody says: name.formatted, else givenName and familyName, else userName; the first that
 * is not blank and not longer than a displayName may be. NULL: none is. This is the one place that derives it. */
const char *scim_display_name(json_object *doc, apr_pool_t *pool);

/* After a PATCH of a user: derives the displayName anew where it was derived from what the document was before. `told`
 * says that the PATCH itself is about displayName. */
void scim_resource_follow_name(json_object *doc, json_object *before, int told, const scim_resource_type_t *type,
                               apr_pool_t *pool);

/* PUT: turns `resource` (read from the body) into the document that replaces `stored` (RFC 7644 3.5.1): immutable
 * attributes must match or be new (400 mutability) and stay where the body leaves them out, `active` is kept where the
 * body has none, and displayName is derived as for a new resource. */
scim_error_t *scim_resource_replace(scim_resource_t *resource, json_object *stored, apr_pool_t *pool);

/* Checks one attribute's value (a list where it is multi-valued) and returns it in the form that is stored, NULL where
 * it is unassigned: null, an empty list, an object of which nothing is kept, a blank externalId, a blank `value` of a
 * complex attribute, and in lenient "" for whatever is no string. Elements of a list that hold nothing but labels
 * (type, primary, display) are left out, unless the schema requires a sub-attribute. `name` is how the client called
 * it, for the detail. The result is the pool's: json_object_get it to put it into a document. Its containers are new,
 * its leaves may be the body's. readOnly sub-attributes are dropped; of equal (type, value) pairs one stays (RFC 7643
 * 2.4). Strings are at most as long as the schema's file says, else SCIM_TEXT_MAX bytes, and SCIM_LOOKUP_MAX where
 * resources are looked up by them: unique attributes, externalId, displayName, the `value` of a list, and what a schema
 * file says is indexed. Errors: 400 invalidValue, with a path, what it must be and what it is; invalidSyntax for a
 * sub-attribute given twice. Shared by POST, PUT and PATCH. */
scim_error_t *scim_value_read(json_object **out, json_object *value, const scim_attr_t *attr, const char *name,
                              scim_leniency_t *leniency, apr_pool_t *pool);

/* The same for the value of a PATCH operation whose path is the attribute. */
scim_error_t *scim_target_read(json_object **out, json_object *value, const scim_attr_t *attr, const char *name,
                               scim_leniency_t *leniency, apr_pool_t *pool);

/* The same for one element of a multi-valued attribute, whatever the plurality of `attr`. */
scim_error_t *scim_element_read(json_object **out, json_object *value, const scim_attr_t *attr, const char *name,
                                scim_leniency_t *leniency, apr_pool_t *pool);

/* A new list, the pool's, of the elements of a stored one without those that hold nothing; of equal (type, value) pairs
 * one stays, the primary one where there is one. */
json_object *scim_value_unite(json_object *list, const scim_attr_t *attr, apr_pool_t *pool);

/* Whether a value is "", which in lenient says that there is none. */
int scim_value_empty_string(json_object *value, scim_leniency_t *leniency);

/* Whether the schema requires a sub-attribute of each value of `attr`. */
int scim_attr_requires(const scim_attr_t *attr);

/* Whether documents hold this attribute at all: not what is readOnly, and not what is writeOnly and never returned. */
int scim_attr_stored(const scim_attr_t *attr);

/* Sets `schemas` from what the document holds, and checks that required attributes have values (and of each complex
 * value its required sub-attributes; and required extensions). Called after every change of a document. Errors: 400
 * invalidValue. */
scim_error_t *scim_resource_seal(json_object *doc, const scim_resource_type_t *type, apr_pool_t *pool);

/* Reads the value of a members attribute: a list of {"value": id, ..} (or of bare ids in lenient) into `ids`
 * (const char *, as sent, doubles removed). Errors: 400 invalidValue, also beyond SCIM_MEMBERS_MAX. */
scim_error_t *scim_members_read(apr_array_header_t **ids, json_object *value, const scim_attr_t *attr,
                                scim_leniency_t *leniency, apr_pool_t *pool);

#endif
