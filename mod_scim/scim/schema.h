/*
 * Schemas and resource types, read from the JSON files that /Schemas and /ResourceTypes serve.
 *
 * One file is one document: a Schema (RFC 7643 7) or a ResourceType (RFC 7643 6), as its `schemas` member says. A
 * ResourceType with neither `endpoint` nor `schema` adds its `schemaExtensions` to the type that it names, from
 * whichever file. `common.json` is a Schema that is not served; it has the attributes of every resource (RFC 7643 3.1:
 * schemas, id, externalId, meta). There is no other list of attributes.
 *
 * Everything here is made once at start-up, in the configuration's pool, and is read-only after that: any thread may
 * use it without a lock. The json members may be read and rendered by scim_json_text, but json_object_get must not be
 * called for them, because it is not atomic. Names are compared without case (RFC 7643 2.1).
 */
#ifndef SCIM_SCHEMA_H
#define SCIM_SCHEMA_H

#include <apr_hash.h>
#include <apr_pools.h>
#include <apr_tables.h>
#include <json-c/json.h>

#include "error.h"

#define SCIM_URN_USER            "urn:ietf:params:scim:schemas:core:2.0:User"
#define SCIM_URN_GROUP           "urn:ietf:params:scim:schemas:core:2.0:Group"
#define SCIM_URN_ENTERPRISE_USER "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

typedef enum {
    SCIM_STRING,
    SCIM_BOOLEAN,
    SCIM_DECIMAL,
    SCIM_INTEGER,
    SCIM_DATETIME,
    SCIM_REFERENCE,
    SCIM_BINARY,
    SCIM_COMPLEX
} scim_attr_type_e;

typedef enum { SCIM_READ_WRITE, SCIM_READ_ONLY, SCIM_IMMUTABLE, SCIM_WRITE_ONLY } scim_mutability_e;
typedef enum { SCIM_RETURN_DEFAULT, SCIM_RETURN_ALWAYS, SCIM_RETURN_NEVER, SCIM_RETURN_REQUEST } scim_returned_e;
typedef enum { SCIM_UNIQUE_NONE, SCIM_UNIQUE_SERVER, SCIM_UNIQUE_GLOBAL } scim_uniqueness_e;

typedef struct scim_schema_t scim_schema_t;
typedef struct scim_attr_t scim_attr_t;
typedef struct scim_resource_type_t scim_resource_type_t;
typedef struct scim_schemas_t scim_schemas_t;

/* An attribute with all characteristics of RFC 7643 7. */
struct scim_attr_t {
    const char *name; /* as the schema spells it, and as it is stored */
    const char *key;  /* `name` in lower case */
    const scim_schema_t *schema;
    const scim_attr_t *parent; /* the complex attribute that this is a sub-attribute of, or NULL */
    scim_attr_type_e type;
    scim_mutability_e mutability;
    scim_returned_e returned;
    scim_uniqueness_e uniqueness;
    int multi_valued;
    int required;
    int case_exact;
    int indexed;                   /* resources are looked up by it; not a standard characteristic, and not served */
    int personal;                  /* its values identify a person; not served */
    int max_length;                /* maximum bytes of a value; 0: not in the schema's file; not served */
    apr_array_header_t *canonical; /* const char *; NULL: none */
    apr_array_header_t *reference_types; /* const char *; NULL unless a reference */
    apr_array_header_t *subs;            /* const scim_attr_t *; NULL unless complex */
    apr_hash_t *subs_by_key;
};

struct scim_schema_t {
    const char *id; /* the URN, as spelled in the file */
    const char *name;
    apr_array_header_t *attrs; /* const scim_attr_t * */
    apr_hash_t *attrs_by_key;
    int served;        /* 0 for common.json only */
    json_object *json; /* the document as /Schemas serves it, without meta.location */
};

typedef struct scim_extension_t {
    const scim_schema_t *schema;
    int required;
} scim_extension_t;

struct scim_resource_type_t {
    const char *name;     /* "User" */
    const char *stored;   /* the type name in the database: its own, or that of the type it is a view of */
    const char *endpoint; /* "Users", without the slash */
    const scim_schema_t *schema;
    const scim_schema_t *common;
    const scim_schemas_t *all;       /* all schemas and types */
    apr_array_header_t *extensions;  /* scim_extension_t */
    const scim_attr_t *members;      /* the attribute stored as membership rows: Group's members; else NULL */
    const scim_attr_t *groups;       /* the readOnly attribute computed from memberships: User's groups; else NULL */
    const scim_attr_t *entitlements; /* the attribute that may give access: User's entitlements; else NULL */
    const scim_attr_t *roles;        /* the attribute that gives the account's role: User's roles; else NULL */
    int read_only; /* clients cannot change its resources, and a query of the root leaves them out; only attributes of
                      its schemas are returned */
    int plain; /* every stored attribute is returned by default or always: the stored document can be returned unchanged
                */
    json_object *json; /* the document as /ResourceTypes serves it, without meta.location */
};

struct scim_schemas_t {
    apr_array_header_t *schemas; /* const scim_schema_t *, in the order served */
    apr_array_header_t *types;   /* const scim_resource_type_t * */
    apr_array_header_t *root;    /* the types in a query of the root */
    apr_hash_t *by_urn;          /* lower-case URN -> const scim_schema_t * */
    const char *secret;          /* comma-separated names of the attributes that are never returned */
    const char *personal;        /* comma-separated names of the attributes marked personal */
    apr_hash_t *names;           /* lower-case names of all attributes and sub-attributes of all schemas */
};

/* Reads every *.json of each directory in `dirs` (const char *), in the order of their names. An inconsistency (a
 * ResourceType that names a missing schema, an attribute without a characteristic, a name twice) is an error whose
 * detail names file and attribute, for `apachectl configtest`. */
scim_error_t *scim_schemas_load(scim_schemas_t **out, const apr_array_header_t *dirs, apr_pool_t *pool);

/* Whether one of the directories has common.json: then they replace the shipped files instead of adding to them. */
int scim_schemas_complete(const apr_array_header_t *dirs, apr_pool_t *pool);

/* NULL if there is none. URN and names are matched without case. */
const scim_schema_t *scim_schemas_find(const scim_schemas_t *schemas, const char *urn, apr_size_t len);
/* By endpoint ("Users"), exact case as in a URL; and by name ("User"). */
const scim_resource_type_t *scim_schemas_endpoint(const scim_schemas_t *schemas, const char *endpoint, apr_size_t len);
const scim_resource_type_t *scim_schemas_type(const scim_schemas_t *schemas, const char *name, apr_size_t len);

/* Whether any schema has an attribute or a sub-attribute of this name. */
int scim_schemas_name(const scim_schemas_t *schemas, const char *name, apr_size_t len);

const scim_attr_t *scim_schema_attr(const scim_schema_t *schema, const char *name, apr_size_t len);
const scim_attr_t *scim_attr_sub(const scim_attr_t *attr, const char *name, apr_size_t len);

/* The schema with this URN among a type's base and extension schemas; NULL if the type does not have it. */
const scim_schema_t *scim_type_schema(const scim_resource_type_t *type, const char *urn, apr_size_t len);

/* An attribute without URN: of the base schema, else of the common one. NULL where there is none. */
const scim_attr_t *scim_type_attr(const scim_resource_type_t *type, const char *name, apr_size_t len);

/* Whether `attr` belongs to an extension of the type: its values then live under the schema's URN. */
int scim_type_extends(const scim_resource_type_t *type, const scim_attr_t *attr);

#endif
