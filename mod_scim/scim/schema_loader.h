/*
 * What schema_load.c, which reads the files, and schema_type.c, which makes resource types of them, share.
 */
#ifndef SCIM_SCHEMA_LOADER_H
#define SCIM_SCHEMA_LOADER_H

#include "schema.h"

/* One run of the loader. */
typedef struct scim_loader_t {
    scim_schemas_t *out;
    const scim_schema_t *common;
    apr_array_header_t *waiting; /* scim_waiting_t */
    apr_array_header_t *types;   /* scim_resource_type_t *, as they are in `out` */
    apr_hash_t *files;           /* a schema's id -> the file that it is from */
    const char *file;            /* the file being read, or bound */
    apr_pool_t *pool;
} scim_loader_t;

typedef struct scim_waiting_t {
    const char *file;
    json_object *json;
} scim_waiting_t;

/* A complaint about `what`, a place in the current file; "" for the document itself. */
scim_error_t *scim_load_complain(const scim_loader_t *loader, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4), returns_nonnull));

/* Whether the list, which NULL ends, has this word. */
int scim_load_listed(const char *const *list, const char *name);

/* The members of a JSON object: which there may be, and what they must be. */
scim_error_t *scim_load_members(const scim_loader_t *loader, const char *what, json_object *json,
                                const char *const *known);
scim_error_t *scim_load_string(const scim_loader_t *loader, const char *what, json_object *json, const char *name,
                               const char **out);
scim_error_t *scim_load_boolean(const scim_loader_t *loader, const char *what, json_object *json, const char *name,
                                int *out);

/* Gives a document the `meta` that it is served with; the location depends on the request. */
void scim_load_meta(json_object *json, const char *resource_type);

/* Binds what waits to the schemas: all that there are must have been read. */
scim_error_t *scim_load_types(scim_loader_t *loader);

#endif
