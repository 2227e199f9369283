/*
 * Fuzz targets: functions that take any bytes, hand them to one reader of the module, and check what must hold of
 * whatever it makes of them.
 *
 * t/fuzz/fuzz_NAME.c has one target, fuzz_NAME. It is built twice: with libFuzzer (configure --enable-fuzzers) as a
 * program of that name, and into t/fuzz/replay, which runs every file of t/fuzz/corpus/NAME once, under any compiler.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <apr_pools.h>
#include <json-c/json.h>

#include "scim/error.h"
#include "scim/filter.h"
#include "scim/schema.h"
#include "scim/text.h"

typedef void fuzz_target_t(const char *bytes, apr_size_t len, apr_pool_t *pool);

fuzz_target_t fuzz_bulk;
fuzz_target_t fuzz_cursor;
fuzz_target_t fuzz_filter;
fuzz_target_t fuzz_json;
fuzz_target_t fuzz_patch;
fuzz_target_t fuzz_path;
fuzz_target_t fuzz_query;
fuzz_target_t fuzz_resource;
fuzz_target_t fuzz_search;
fuzz_target_t fuzz_sheet;
fuzz_target_t fuzz_token;

/* Deeper than any schema; httpd's default. */
#define FUZZ_DEPTH 32

/* Runs a target on an input, with a pool for this run. */
void fuzz_run(fuzz_target_t *target, const void *bytes, apr_size_t len);

/* The schemas for all inputs. */
const scim_schemas_t *fuzz_schemas(void);

/* The resource types for which inputs are read; ended by NULL. */
const scim_resource_type_t *const *fuzz_types(void);
const scim_resource_type_t *fuzz_type(const char *name);

/* Ends the program with a signal, which libFuzzer reports, unless this is true. */
#define FUZZ_CHECK(holds) ((holds) ? (void)0 : fuzz_fail(#holds, __FILE__, __LINE__))
void fuzz_fail(const char *what, const char *file, int line) __attribute__((noreturn));

/* Checks that an error can be sent: it has a status, a detail in valid UTF-8, and a body that is JSON. */
void fuzz_error(const scim_error_t *error, apr_pool_t *pool);

/* Checks that both succeeded, or failed with the same answer. */
void fuzz_same_error(const scim_error_t *one, const scim_error_t *other);

/* Equal texts; either may be NULL. */
int fuzz_same(const char *one, const char *other);

/* Parses text[0..len), which must be JSON. */
json_object *fuzz_json_of(const char *text, apr_size_t len, apr_pool_t *pool);

/* The document that POST makes from this body; NULL: the body is refused. */
json_object *fuzz_document(const char *body, apr_size_t len, const scim_resource_type_t *type, apr_pool_t *pool);

/* A User or Group with a value for every attribute that PATCH and PUT treat differently. */
json_object *fuzz_stored(const scim_resource_type_t *type, apr_pool_t *pool);

/* Appends a text that is different for different filters; NULL is "-". */
void fuzz_put_filter(scim_buf_t *out, const scim_filter_t *filter);

#endif
