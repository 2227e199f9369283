/*
 * Any text as a path of PATCH: reading it twice gives the same result, and its parts belong together.
 */
#include "scim/path.h"

#include <string.h>

#include "fuzz.h"

static void put_path(scim_buf_t *out, const scim_path_t *path)
{
    scim_buf_printf(out, "%s|%s|%s|", path->schema ? path->schema->id : "-", path->attr ? path->attr->name : "-",
                    path->sub ? path->sub->name : "-");
    fuzz_put_filter(out, path->filter);
}

static void check_parts(const scim_path_t *path, const scim_resource_type_t *type)
{
    FUZZ_CHECK(path->attr || (path->schema && !path->sub && !path->filter));
    FUZZ_CHECK(!path->attr || path->attr->schema == path->schema);
    FUZZ_CHECK(!path->attr || !path->attr->parent);
    FUZZ_CHECK(!path->sub || path->sub->parent == path->attr);
    FUZZ_CHECK(path->schema == type->common || scim_type_schema(type, path->schema->id, strlen(path->schema->id)));
}

static void check_path(const char *text, const scim_resource_type_t *type, unsigned allowed, apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = allowed}, again = {.allowed = allowed};
    scim_path_t path, other;
    scim_error_t *error = scim_path_read(&path, text, type, &leniency, pool);
    scim_buf_t one, two;

    fuzz_same_error(error, scim_path_read(&other, text, type, &again, pool));
    FUZZ_CHECK(leniency.used == again.used && !(leniency.used & SCIM_LENIENT_ALL & ~allowed));
    if (scim_path_resolve(&other, text, strlen(text), type, &again))
        check_parts(&other, type);
    if (error) {
        fuzz_error(error, pool);
        return;
    }
    check_parts(&path, type);
    FUZZ_CHECK(!scim_path_read(&other, text, type, &again, pool));
    scim_buf_init(&one, 64, pool);
    scim_buf_init(&two, 64, pool);
    put_path(&one, &path);
    put_path(&two, &other);
    FUZZ_CHECK(strcmp(one.data, two.data) == 0);
}

void fuzz_path(const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    if (scim_utf8_valid(bytes, strlen(bytes)) != strlen(bytes))
        return; /* JSON and queries are checked before, and contain nothing else */
    (void)len;
    for (const scim_resource_type_t *const *type = fuzz_types(); *type; type++) {
        check_path(bytes, *type, SCIM_LENIENT_ALL, pool);
        check_path(bytes, *type, SCIM_LENIENT_NONE, pool);
    }
}
