/*
 * The inside of scim_patch_apply, only for patch_apply.c and patch_list.c.
 *
 * A holder is the object that contains an attribute: the document, or an extension's object inside it.
 */
#ifndef SCIM_PATCH_LIST_H
#define SCIM_PATCH_LIST_H

#include "patch.h"

typedef struct scim_patch_state_t {
    json_object *doc;
    const scim_resource_type_t *type;
    const scim_patch_op_t *op; /* the one being applied */
    size_t work;               /* work done so far, see patch_list.c */
    scim_leniency_t *leniency;
    apr_pool_t *pool;
    apr_pool_t *scratch; /* for one comparison */
} scim_patch_state_t;

/* Applies state->op, whose attribute is multi-valued. */
scim_error_t *scim_patch_list(scim_patch_state_t *state, json_object *holder);

/* A reference to `value` for the document. A simple value never changes and is shared; others are copied. */
json_object *scim_patch_keep(const scim_patch_state_t *state, json_object *value);

/* Sets `attr` of `object` to scim_patch_keep of the value. Errors: 400 mutability if it is immutable and has another
 * value. */
scim_error_t *scim_patch_set(scim_patch_state_t *state, json_object *object, const scim_attr_t *attr,
                             json_object *value);

/* Removes the value of `attr`. Errors: 400 mutability if it is immutable and has one. */
scim_error_t *scim_patch_unset(scim_patch_state_t *state, json_object *object, const scim_attr_t *attr);

/* Sets the given sub-attributes of a complex value; the others stay as they are. */
scim_error_t *scim_patch_merge(scim_patch_state_t *state, json_object *object, const scim_attr_t *attr,
                               json_object *value);

#endif
