/*
 * The inside of scim_patch_read, shared by its files and nobody else.
 *
 * An operation of the message is read in one direction: patch.c checks the message and its operations, patch_split.c
 * takes a path-less value apart into one part for each attribute, patch_part.c checks a part's target and
 * value and makes operations of it, patch_members.c makes membership changes of those that address members.
 */
#ifndef SCIM_PATCH_READ_H
#define SCIM_PATCH_READ_H

#include <apr_hash.h>

#include "patch.h"

/* Operations in one message; and operations on the document once path-less values have been taken apart. It bounds the
 * work that one request can ask for. */
#define SCIM_PATCH_MAX_OPERATIONS 1000

typedef struct scim_patch_reader_t {
    scim_patch_t *patch;
    const scim_resource_type_t *type;
    scim_leniency_t *leniency;
    apr_hash_t *ids; /* the ids of the last membership change, to leave out doubles */
    int members;     /* how many ids all membership changes name */
    apr_pool_t *pool;
} scim_patch_reader_t;

/* One attribute to change, with the value as the client sent it. */
typedef struct scim_patch_part_t {
    scim_patch_e op;
    scim_path_t path;   /* `attr` is set */
    const char *text;   /* the path or the key as the client wrote it */
    json_object *value; /* NULL: JSON null; and for remove, none */
    int in_value;       /* a key of a value, not a path: a readOnly attribute is no error in lenient */
} scim_patch_part_t;

/* Checks a part and adds the operations or membership changes that it means: none, one or more. */
scim_error_t *scim_patch_part(scim_patch_reader_t *reader, const scim_patch_part_t *part);

/* Adds the membership change that a part on the type's members attribute means. */
scim_error_t *scim_patch_members(scim_patch_reader_t *reader, const scim_patch_part_t *part);

/* Takes the value of an operation without path apart; `schema` is NULL, or the schema whose URN the path or an outer
 * key was. */
scim_error_t *scim_patch_split(scim_patch_reader_t *reader, scim_patch_e op, const scim_schema_t *schema,
                               json_object *value);

/* An operation whose target is a schema's bare URN: its keys, or for remove and null the whole extension. */
scim_error_t *scim_patch_schema(scim_patch_reader_t *reader, scim_patch_e op, const scim_schema_t *schema,
                                json_object *value);

/* Adds one operation on the document. */
scim_error_t *scim_patch_push(scim_patch_reader_t *reader, scim_patch_e op, const scim_path_t *path, const char *text,
                              json_object *value);

/* What a path or key that no schema of the type has is told by: its attribute, or where *foreign the URN of an
 * extension that the type has not. */
const char *scim_patch_unknown(int *foreign, const char *text, json_object *value, const scim_patch_reader_t *reader);

/* The name, as in "emails.foo", of what a path with brackets leads to, where its attribute is a list of values without
 * such a sub-attribute; NULL: it leads elsewhere. */
const char *scim_patch_unknown_sub(const scim_path_t *path, const char *text, apr_pool_t *pool);

/* The client's text, cut to a length that a detail can hold. */
const char *scim_patch_quote(const char *text, apr_pool_t *pool);

/* `value` as a list: itself, or a list of it alone. */
json_object *scim_patch_as_list(json_object *value, apr_pool_t *pool);

#endif
