#include "fuzz.h"

#include <apr_general.h>
#include <apr_strings.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "scim/json.h"
#include "scim/resource.h"

static scim_schemas_t *schemas;
static apr_pool_t *lasting_pool;

static const char user[] =
    "{\"schemas\":[\"" SCIM_URN_USER "\",\"" SCIM_URN_ENTERPRISE_USER "\"],\"userName\":\"bjensen@example.com\","
    "\"externalId\":\"701984\",\"active\":true,\"displayName\":\"Babs Jensen\",\"nickName\":\"Babs\","
    "\"name\":{\"familyName\":\"Jensen\",\"givenName\":\"Barbara\"},\"emails\":["
    "{\"value\":\"bjensen@example.com\",\"type\":\"work\",\"primary\":true},"
    "{\"value\":\"babs@jensen.org\",\"type\":\"home\"}],\"phoneNumbers\":[{\"value\":\"555-555-5555\",\"type\":"
    "\"work\"}],"
    "\"addresses\":[{\"type\":\"work\",\"streetAddress\":\"100 Universal City Plaza\",\"country\":\"US\"}],"
    "\"roles\":[{\"value\":\"25\",\"display\":\"Role\",\"primary\":true}],\"x509Certificates\":[{\"value\":\"MIID\"}],"
    "\"" SCIM_URN_ENTERPRISE_USER "\":{\"employeeNumber\":\"701984\",\"manager\":"
    "{\"value\":\"26118915-6090-4610-87e4-49d8ca9f808d\"}}}";
static const char group[] =
    "{\"schemas\":[\"" SCIM_URN_GROUP "\"],\"displayName\":\"Tour Guides\",\"externalId\":\"g\"}";

static void prepare(void)
{
    const char *dir = getenv("SCHEMA_DIR");
    const scim_error_t *error;
    apr_array_header_t *dirs;

    if (apr_initialize() != APR_SUCCESS)
        abort();
    atexit(apr_terminate);
    apr_pool_create(&lasting_pool, NULL);
    dirs = apr_array_make(lasting_pool, 1, sizeof(const char *));
    APR_ARRAY_PUSH(dirs, const char *) = dir ? dir : FUZZ_SCHEMA_DIR;
    if ((error = scim_schemas_load(&schemas, dirs, lasting_pool))) {
        fprintf(stderr, "fuzz: %s\n", error->detail);
        exit(2);
    }
}

void fuzz_run(fuzz_target_t *target, const void *bytes, apr_size_t len)
{
    apr_pool_t *pool;

    if (!schemas)
        prepare();
    apr_pool_create(&pool, NULL);
    fuzz_pool_begin();
    target(apr_pstrmemdup(pool, len ? bytes : "", len), len, pool);
    apr_pool_destroy(pool);
    fuzz_pool_end();
}

const scim_schemas_t *fuzz_schemas(void)
{
    return schemas;
}

const scim_resource_type_t *const *fuzz_types(void)
{
    static const scim_resource_type_t *types[3];

    types[0] = fuzz_type("User");
    types[1] = fuzz_type("Group");
    return types;
}

const scim_resource_type_t *fuzz_type(const char *name)
{
    const scim_resource_type_t *type = scim_schemas_type(schemas, name, strlen(name));

    FUZZ_CHECK(type);
    return type;
}

void fuzz_fail(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

void fuzz_error(const scim_error_t *error, apr_pool_t *pool)
{
    const char *body;

    FUZZ_CHECK(error->status == 400 || error->status == 413);
    FUZZ_CHECK(error->detail && *error->detail);
    FUZZ_CHECK(scim_utf8_valid(error->detail, strlen(error->detail)) == strlen(error->detail));
    body = scim_error_body(error, pool);
    fuzz_json_of(body, strlen(body), pool);
}

void fuzz_same_error(const scim_error_t *one, const scim_error_t *other)
{
    FUZZ_CHECK(!one == !other);
    FUZZ_CHECK(!one || (one->status == other->status && one->type == other->type));
    FUZZ_CHECK(!one || fuzz_same(one->detail, other->detail));
}

int fuzz_same(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

json_object *fuzz_json_of(const char *text, apr_size_t len, apr_pool_t *pool)
{
    json_object *object = NULL;

    /* Written JSON may be deeper than JSON that is read, by the levels of a list response. */
    FUZZ_CHECK(!scim_json_read(&object, text, len, FUZZ_DEPTH + 3, pool));
    return object;
}

json_object *fuzz_document(const char *body, apr_size_t len, const scim_resource_type_t *type, apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    scim_resource_t *resource;
    json_object *json;

    if (scim_json_read(&json, body, len, FUZZ_DEPTH, pool) ||
        scim_resource_read(&resource, json, type, &leniency, pool))
        return NULL;
    return resource->doc;
}

json_object *fuzz_stored(const scim_resource_type_t *type, apr_pool_t *pool)
{
    const char *body = type == fuzz_type("User") ? user : group;
    json_object *doc = fuzz_document(body, strlen(body), type, pool);

    FUZZ_CHECK(doc);
    return doc;
}

static void put_attr(scim_buf_t *out, const scim_attr_t *attr)
{
    if (attr)
        scim_buf_printf(out, "%s%s%s", attr->parent ? attr->parent->name : "", attr->parent ? "." : "", attr->name);
    scim_buf_puts(out, "|");
}

/* The recursion is limited by SCIM_FILTER_MAX_DEPTH. */
void fuzz_put_filter(scim_buf_t *out, const scim_filter_t *filter)
{
    if (!filter) {
        scim_buf_puts(out, "-");
        return;
    }
    scim_buf_printf(out, "(%d|", (int)filter->kind);
    put_attr(out, filter->attr);
    put_attr(out, filter->sub);
    if (filter->kind == SCIM_FILTER_COMPARE) {
        scim_buf_printf(out, "%d|%d|", (int)filter->op, filter->op == SCIM_PR ? -1 : (int)filter->value_kind);
        scim_buf_puts(out, filter->op != SCIM_PR && filter->value ? filter->value : "-");
    }
    if (filter->kind == SCIM_FILTER_AND || filter->kind == SCIM_FILTER_OR || filter->kind == SCIM_FILTER_NOT ||
        filter->kind == SCIM_FILTER_VALUE_PATH)
        fuzz_put_filter(out, filter->left);
    if (filter->kind == SCIM_FILTER_AND || filter->kind == SCIM_FILTER_OR)
        fuzz_put_filter(out, filter->right);
    scim_buf_puts(out, ")");
}
