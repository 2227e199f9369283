/*
 * The inside of scim_patch_read, only for its files.
 *
 * An operation of the message is read in one direction: patch.c checks the message and its operations, patch_split.c
 * splits a value without a path into one part for each attribute, patch_part.c checks a part's target and value and
 * makes operations of it, patch_members.c makes membership changes of parts that name members.
 */
#ifndef SCIM_PATCH_READ_H
#define SCIM_PATCH_READ_H

#include <apr_hash.h>

#include "patch.h"

/* The maximum of operations in one message, and of operations on the document after splitting. It bounds the work of
 * one request. */
#define SCIM_PATCH_MAX_OPERATIONS 1000

typedef struct scim_patch_reader_t {
    scim_patch_t *patch;
    const scim_resource_type_t *type;
    scim_leniency_t *leniency;
    apr_hash_t *ids; /* the ids of the last membership change, to skip duplicates */
    int members;     /* number of ids in all membership changes */
    apr_pool_t *pool;
} scim_patch_reader_t;

/* One attribute to change, with the value as the client sent it. */
typedef struct scim_patch_part_t {
    scim_patch_e op;
    scim_path_t path;   /* `attr` is set */
    const char *text;   /* the path or the key as the client wrote it */
    json_object *value; /* NULL: JSON null; and for remove, none */
    int in_value;       /* a key of a value, not a path: with leniency a readOnly attribute is not an error */
} scim_patch_part_t;

/* Checks a part and adds the operations or membership changes that it means: none, one or more. */
scim_error_t *scim_patch_part(scim_patch_reader_t *reader, const scim_patch_part_t *part);

/* Adds the membership change that a part on the type's members attribute means. */
scim_error_t *scim_patch_members(scim_patch_reader_t *reader, const scim_patch_part_t *part);

/* Splits the value of an operation without a path; `schema` is NULL, or the schema whose URN is the path or an outer
 * key. */
scim_error_t *scim_patch_split(scim_patch_reader_t *reader, scim_patch_e op, const scim_schema_t *schema,
                               json_object *value);

/* An operation whose target is a schema's bare URN: its keys, or for remove and null the whole extension. */
scim_error_t *scim_patch_schema(scim_patch_reader_t *reader, scim_patch_e op, const scim_schema_t *schema,
                                json_object *value);

/* Adds one operation on the document. */
scim_error_t *scim_patch_push(scim_patch_reader_t *reader, scim_patch_e op, const scim_path_t *path, const char *text,
                              json_object *value);

/* The name to report for an unknown path or key: its attribute, or if *foreign the URN of the unknown extension. */
const char *scim_patch_unknown(int *foreign, const char *text, json_object *value, const scim_patch_reader_t *reader);

/* The name, such as "emails.foo", of an unknown sub-attribute after the brackets of a path; NULL otherwise. */
const char *scim_patch_unknown_sub(const scim_path_t *path, const char *text, apr_pool_t *pool);

/* The client's text, truncated for a detail. */
const char *scim_patch_quote(const char *text, apr_pool_t *pool);

/* `value` as a list: itself if it is one, else a list with this value. */
json_object *scim_patch_as_list(json_object *value, apr_pool_t *pool);

#endif
