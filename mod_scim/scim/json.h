/*
 * Strict JSON reading, and json-c objects that are owned by a pool.
 *
 * scim_json_read accepts what RFC 8259 calls a JSON text and nothing more: well-formed UTF-8, no duplicate member
 * names, no NUL (not even \u0000), no lone surrogates, no comments, no NaN, no trailing bytes, and no nesting beyond a
 * limit. Each error says where (line and column) and what. An integer of 64 bits becomes a json_type_int. Every other
 * number, larger integers included, becomes a json_type_double that keeps its original digits; a number that does not
 * fit into a double is refused. A json_object made here or passed to scim_json_own is released with the pool; do not
 * call json_object_put for it.
 */
#ifndef SCIM_JSON_H
#define SCIM_JSON_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <json-c/json.h>

#include "error.h"

/* Reads the whole of bytes[0..len) as one JSON object (SCIM messages are objects, RFC 7644 3.8) of at most `max_depth`
 * objects and lists inside each other, itself counted. The numbers of objects and lists and of other values are bounded
 * by `len`, because they take more memory than their text. Errors: 400 invalidSyntax. */
scim_error_t *scim_json_read(json_object **out, const char *bytes, apr_size_t len, int max_depth, apr_pool_t *pool);

/* Whether a member of this name can have a meaning. */
typedef int (*scim_json_known_t)(const void *data, const char *name, apr_size_t len);

/* The same; unknown members keep their names, but get null values. */
scim_error_t *scim_json_read_known(json_object **out, const char *bytes, apr_size_t len, int max_depth,
                                   scim_json_known_t known, const void *data, apr_pool_t *pool);

/* Frees the unused space that json-c has allocated for members of `object`; returns `object`. */
json_object *scim_json_fit(json_object *object);

/* Reads JSON that this server wrote (a stored document); NULL only if it is not JSON. */
json_object *scim_json_trusted(const char *bytes, apr_size_t len, apr_pool_t *pool);

/* Ties one reference of `object` to the pool; returns `object`. */
json_object *scim_json_own(json_object *object, apr_pool_t *pool);

/* A deep copy, owned by the pool. Numbers keep their original digits. */
json_object *scim_json_copy(json_object *object, apr_pool_t *pool);

/* The names of the members that are equal in two objects, as const char *, which live as long as `one`. */
apr_array_header_t *scim_json_same(json_object *one, json_object *other, apr_pool_t *pool);

/* Compact JSON text, slashes unescaped, in the pool; *len may be NULL. Does not modify the object, so threads may call
 * it for a shared one (json-c's json_object_to_json_string does modify it). */
const char *scim_json_text(json_object *object, apr_size_t *len, apr_pool_t *pool);

#endif
