#include "indexed.h"

#include <apr_strings.h>
#include <string.h>

#include "connection.h"
#include "filter_operand.h"

static scim_indexed_t describe(const scim_attr_t *attr, const scim_attr_t *sub, const scim_resource_type_t *type)
{
    return (scim_indexed_t){
        .type = type->name,
        .schema = scim_type_extends(type, attr) ? attr->schema->id : NULL,
        .attribute = attr->name,
        .sub = sub ? sub->name : NULL,
        .multi_valued = attr->multi_valued,
        .fold = !(sub ? sub : attr)->case_exact,
    };
}

static void declare(apr_array_header_t *list, const scim_attr_t *attr, const scim_attr_t *sub,
                    const scim_resource_type_t *type)
{
    if ((sub ? sub : attr)->indexed && !scim_operand_has_key(attr, sub, type)) {
        APR_ARRAY_PUSH(list, scim_indexed_t) = describe(attr, sub, type);
    }
}

static void declare_schema(apr_array_header_t *list, const scim_schema_t *schema, const scim_resource_type_t *type)
{
    for (int i = 0; i < schema->attrs->nelts; i++) {
        const scim_attr_t *attr = APR_ARRAY_IDX(schema->attrs, i, const scim_attr_t *);

        declare(list, attr, NULL, type);
        for (int j = 0; attr->subs && j < attr->subs->nelts; j++) {
            declare(list, attr, APR_ARRAY_IDX(attr->subs, j, const scim_attr_t *), type);
        }
    }
}

apr_array_header_t *scim_indexed_declared(const scim_schemas_t *schemas, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 8, sizeof(scim_indexed_t));

    for (int i = 0; i < schemas->types->nelts; i++) {
        const scim_resource_type_t *type = APR_ARRAY_IDX(schemas->types, i, const scim_resource_type_t *);

        declare_schema(list, type->schema, type);
        for (int j = 0; j < type->extensions->nelts; j++) {
            declare_schema(list, APR_ARRAY_IDX(type->extensions, j, scim_extension_t).schema, type);
        }
    }
    return list;
}

static const char *copy(const PGresult *result, int row, int column, apr_pool_t *pool)
{
    apr_size_t len;
    const char *text = scim_result_text(&len, result, row, column);

    return text ? apr_pstrmemdup(pool, text, len) : NULL;
}

apr_array_header_t *scim_indexed_read(const PGresult *result, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, PQntuples(result), sizeof(scim_indexed_t));

    for (int row = 0; row < PQntuples(result); row++) {
        APR_ARRAY_PUSH(list, scim_indexed_t) = (scim_indexed_t){
            .id = (int)scim_result_int(result, row, 0),
            .type = copy(result, row, 1, pool),
            .schema = copy(result, row, 2, pool),
            .attribute = copy(result, row, 3, pool),
            .sub = copy(result, row, 4, pool),
            .multi_valued = scim_result_bool(result, row, 5),
            .fold = scim_result_bool(result, row, 6),
        };
    }
    return list;
}

static int equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

const scim_indexed_t *scim_indexed_same(const apr_array_header_t *list, const scim_indexed_t *entry)
{
    for (int i = 0; list && i < list->nelts; i++) {
        const scim_indexed_t *other = &APR_ARRAY_IDX(list, i, scim_indexed_t);

        if (equal(other->attribute, entry->attribute) && equal(other->sub, entry->sub) &&
            equal(other->type, entry->type) && equal(other->schema, entry->schema) &&
            other->multi_valued == entry->multi_valued && other->fold == entry->fold) {
            return other;
        }
    }
    return NULL;
}

const scim_indexed_t *scim_indexed_find(const apr_array_header_t *list, const scim_attr_t *attr, const scim_attr_t *sub,
                                        const scim_resource_type_t *type)
{
    const scim_indexed_t entry = describe(attr, sub, type);

    return scim_indexed_same(list, &entry);
}

const char *scim_indexed_name(const scim_indexed_t *entry, apr_pool_t *pool)
{
    return apr_pstrcat(pool, entry->schema ? entry->schema : "", entry->schema ? ":" : "", entry->attribute,
                       entry->sub ? "." : "", entry->sub ? entry->sub : "", NULL);
}

const char *scim_indexed_missing(const apr_array_header_t *declared, const apr_array_header_t *ready, apr_pool_t *pool)
{
    const char *names = NULL;

    for (int i = 0; i < declared->nelts; i++) {
        const scim_indexed_t *entry = &APR_ARRAY_IDX(declared, i, scim_indexed_t);

        if (!scim_indexed_same(ready, entry)) {
            names = apr_pstrcat(pool, names ? names : "", names ? ", " : "", entry->type, " ",
                                scim_indexed_name(entry, pool), NULL);
        }
    }
    return names;
}
