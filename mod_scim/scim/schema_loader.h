/*
 * Shared by schema_load.c, which reads the files, and schema_type.c, which makes resource types of them.
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
    apr_hash_t *files;           /* a schema's id -> its file */
    const char *file;            /* the file being read, or bound */
    apr_pool_t *pool;
} scim_loader_t;

typedef struct scim_waiting_t {
    const char *file;
    json_object *json;
} scim_waiting_t;

/* An error about `what`, a part of the current file; "" for the document itself. */
scim_error_t *scim_load_complain(const scim_loader_t *loader, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4), returns_nonnull));

/* Whether the NULL-terminated list has this word. */
int scim_load_listed(const char *const *list, const char *name);

/* Checks that a JSON object has only known members. */
scim_error_t *scim_load_members(const scim_loader_t *loader, const char *what, json_object *json,
                                const char *const *known);
scim_error_t *scim_load_string(const scim_loader_t *loader, const char *what, json_object *json, const char *name,
                               const char **out);
scim_error_t *scim_load_boolean(const scim_loader_t *loader, const char *what, json_object *json, const char *name,
                                int *out);

/* Adds `meta` to a document, without the location, which depends on the request. */
void scim_load_meta(json_object *json, const char *resource_type);

/* Resolves the waiting resource types, after all schemas have been read. */
scim_error_t *scim_load_types(scim_loader_t *loader);

#endif
