/*
 * Any text as a query, as the value of If-Match, and as a list of attributes: numbers are within their limits, texts
 * are UTF-8, and a version that was read is one that the server could have written.
 */
#include "scim/query.h"

#include <string.h>

#include "fuzz.h"
#include "scim/render.h"
#include "scim/version.h"

#define PAGE_DEFAULT 100
#define PAGE_MAXIMUM 1000

static void check_text(const char *text)
{
    FUZZ_CHECK(!text || scim_utf8_valid(text, strlen(text)) == strlen(text));
}

static void check_projection(const char *attributes, const char *excluded, apr_pool_t *pool)
{
    for (const scim_resource_type_t *const *type = fuzz_types(); *type; type++) {
        scim_projection_t *projection, *other;
        scim_error_t *error = scim_projection_read(&projection, attributes, excluded, *type, pool);
        json_object *doc = fuzz_stored(*type, pool);

        FUZZ_CHECK(!error == !(attributes && *attributes && excluded && *excluded));
        if (error)
            continue;
        scim_projection_apply(projection, *type, doc);
        FUZZ_CHECK(json_object_is_type(doc, json_type_object));
        FUZZ_CHECK(!scim_projection_read(&other, attributes, excluded, *type, pool));
        FUZZ_CHECK(!projection == !other && scim_projection_named(projection) == scim_projection_named(other));
    }
}

static void check_query(const char *text, apr_pool_t *pool)
{
    scim_query_t query;
    scim_error_t *error = scim_query_read(&query, text, PAGE_DEFAULT, PAGE_MAXIMUM, pool);

    if (error) {
        fuzz_error(error, pool);
        return;
    }
    FUZZ_CHECK(query.start_index >= 1 && query.count >= 0 && query.count <= PAGE_MAXIMUM);
    check_text(query.filter);
    check_text(query.attributes);
    check_text(query.excluded_attributes);
    check_text(query.sort_by);
    check_text(query.sort_order);
    check_projection(query.attributes, query.excluded_attributes, pool);
}

static void check_versions(const char *text, apr_pool_t *pool)
{
    const scim_versions_t *versions = scim_versions_read(text, pool);

    FUZZ_CHECK(versions);
    for (int i = 0; i < versions->list->nelts; i++) {
        apr_int64_t version = APR_ARRAY_IDX(versions->list, i, apr_int64_t);
        const scim_versions_t *again = scim_versions_read(scim_render_version(version, pool), pool);

        FUZZ_CHECK(version > 0 && scim_versions_match(versions, version) && scim_versions_match(again, version));
        FUZZ_CHECK(!scim_versions_match(again, version - 1));
    }
}

void fuzz_query(const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    (void)len;
    check_query(bytes, pool);
    check_versions(bytes, pool);
    check_projection(bytes, NULL, pool);
    check_projection(NULL, bytes, pool);
}
