/*
 * PATCH of RFC 7644 3.5.2, in two steps.
 *
 * scim_patch_read checks the body, every path and every value without looking at the resource, so that a wrong request
 * is 400 whether or not its target exists. scim_patch_apply then changes a copy of the stored document; either all
 * operations succeed or none. Operations on an attribute that is stored as rows (a Group's members) do not touch the
 * document: they are collected as membership changes, in order, which the store executes as sets.
 */
#ifndef SCIM_PATCH_H
#define SCIM_PATCH_H

#include <json-c/json.h>

#include "filter.h"
#include "resource.h"

typedef enum { SCIM_PATCH_ADD, SCIM_PATCH_REMOVE, SCIM_PATCH_REPLACE } scim_patch_e;

typedef struct scim_patch_op_t {
    scim_patch_e op;
    scim_path_t path;   /* never the resource itself: a value without a path is split into one operation for each
                           attribute when it is read. `attr` is NULL for the removal of a whole extension */
    json_object *value; /* checked and in stored form (scim_value_read, or of an element, or of a sub-attribute). For
                           remove a list of the values to remove, or NULL: all that the path addresses. `replace`
                           with null is read as remove */
    const char *text;   /* the path as the client wrote it, for details */
} scim_patch_op_t;

typedef enum { SCIM_MEMBERS_ADD, SCIM_MEMBERS_REMOVE, SCIM_MEMBERS_REPLACE, SCIM_MEMBERS_FILTER } scim_members_e;

/* One change of memberships. REPLACE with no ids removes all. FILTER removes what the value path's filter matches and
 * is used only where the filter is more than `value eq "id"` joined by `or`: those are REMOVE with ids. Consecutive
 * changes with the same effect as one change are merged: ADD after ADD or REPLACE, REMOVE after REMOVE. */
typedef struct scim_members_op_t {
    scim_members_e op;
    apr_array_header_t *ids; /* const char *, as sent, without duplicates; empty for FILTER */
    const scim_filter_t *filter;
} scim_members_op_t;

typedef struct scim_patch_t {
    const scim_resource_type_t *type;
    apr_array_header_t *ops;     /* scim_patch_op_t, on the document */
    apr_array_header_t *members; /* scim_members_op_t, on memberships */
    int roles;                   /* whether an operation names the type's roles */
    int entitlements;            /* the same for its entitlements */
} scim_patch_t;

/* Reads a PatchOp message. Errors: 400 invalidSyntax (message), invalidPath, invalidFilter, invalidValue, noTarget
 * (remove without path), mutability (readOnly; required removed); 413 (too many operations). */
scim_error_t *scim_patch_read(scim_patch_t **out, json_object *body, const scim_resource_type_t *type,
                              scim_leniency_t *leniency, apr_pool_t *pool);

/* Reads an object of attributes as the value of an `add` without a path. Errors as above. */
scim_error_t *scim_patch_read_value(scim_patch_t **out, json_object *value, const scim_resource_type_t *type,
                                    scim_leniency_t *leniency, apr_pool_t *pool);

/* Applies patch->ops to `doc`, in place (pass a copy: it is undefined after an error), and seals it. *same gets the
 * names of the unchanged members (scim_json_same), NULL if all are unchanged. Errors: 400 noTarget, mutability
 * (immutable), invalidValue; 413 (too much work: many operations on long lists). */
scim_error_t *scim_patch_apply(apr_array_header_t **same, json_object *doc, const scim_patch_t *patch,
                               scim_leniency_t *leniency, apr_pool_t *pool);

#endif
