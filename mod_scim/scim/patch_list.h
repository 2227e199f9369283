/*
 * The inside of scim_patch_apply, shared by patch_apply.c and patch_list.c and nobody else.
 *
 * A holder is the object that an attribute stands in: the document, or an extension's object inside it.
 */
#ifndef SCIM_PATCH_LIST_H
#define SCIM_PATCH_LIST_H

#include "patch.h"

typedef struct scim_patch_state_t {
    json_object *doc;
    const scim_resource_type_t *type;
    const scim_patch_op_t *op; /* the one being applied */
    size_t work;               /* what it all has cost so far, see patch_list.c */
    scim_leniency_t *leniency;
    apr_pool_t *pool;
    apr_pool_t *scratch; /* of one comparison */
} scim_patch_state_t;

/* Applies state->op, whose attribute is multi-valued. */
scim_error_t *scim_patch_list(scim_patch_state_t *state, json_object *holder);

/* A reference to `value` for the document. What has no parts never changes and is shared; else a copy is made. */
json_object *scim_patch_keep(const scim_patch_state_t *state, json_object *value);

/* Gives `attr` of `object` a value, as scim_patch_keep does. Errors: 400 mutability where it is immutable and has
 * another one. */
scim_error_t *scim_patch_set(scim_patch_state_t *state, json_object *object, const scim_attr_t *attr,
                             json_object *value);

/* Takes the value of `attr` away. Errors: 400 mutability where it is immutable and has one. */
scim_error_t *scim_patch_unset(scim_patch_state_t *state, json_object *object, const scim_attr_t *attr);

/* Sets the given sub-attributes of a complex value; the others stay as they are. */
scim_error_t *scim_patch_merge(scim_patch_state_t *state, json_object *object, const scim_attr_t *attr,
                               json_object *value);

#endif
