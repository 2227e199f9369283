#include <apr_lib.h>
#include <string.h>
#include <strings.h>

#include "filter_parser.h"
#include "path.h"

/* Wrong URNs that clients send for a schema of RFC 7643. Without `urn` they mean the base schema of the type. */
static const struct {
    const char *slip;
    const char *urn;
} urn_slips[] = {
    {"urn:ietf:params:scim:schemas:extension:enterprise:2.0User", SCIM_URN_ENTERPRISE_USER}, /* Entra ID */
    {"urn:scim:schemas:extension:enterprise:2.0", SCIM_URN_ENTERPRISE_USER},                 /* OneLogin */
    {"urn:scim:schemas:extension:enterprise:1.0", SCIM_URN_ENTERPRISE_USER},                 /* SCIM 1.1 */
    {"urn:scim:schemas:core:2.0", NULL},                                                     /* OneLogin */
    {"urn:scim:schemas:core:1.0", NULL},                                                     /* SCIM 1.1 */
};

static const scim_schema_t *schema_of_slip(const char *urn, apr_size_t len, const scim_resource_type_t *type)
{
    for (apr_size_t i = 0; i < sizeof(urn_slips) / sizeof(urn_slips[0]); i++) {
        if (strlen(urn_slips[i].slip) == len && strncasecmp(urn_slips[i].slip, urn, len) == 0) {
            return urn_slips[i].urn ? scim_type_schema(type, urn_slips[i].urn, strlen(urn_slips[i].urn)) : type->schema;
        }
    }
    return NULL;
}

const scim_schema_t *scim_path_schema(const char *urn, apr_size_t len, const scim_resource_type_t *type,
                                      scim_leniency_t *leniency)
{
    const scim_schema_t *schema = scim_type_schema(type, urn, len);

    if (schema) {
        return schema;
    }
    schema = schema_of_slip(urn, len, type);
    return schema && leniency && scim_lenient(leniency, SCIM_LENIENT_URN_SLIP) ? schema : NULL;
}

/* The schema with the URN text[0..end), if a valid character follows: a colon, or, from ConnId, a dot. */
static const scim_schema_t *schema_before(const char *text, apr_size_t end, apr_size_t len,
                                          const scim_resource_type_t *type, scim_leniency_t *leniency)
{
    const scim_schema_t *schema;

    if (end < len && text[end] != ':' && text[end] != '.') {
        return NULL;
    }
    schema = scim_path_schema(text, end, type, leniency);
    return schema && end < len && text[end] == '.' && !scim_lenient(leniency, SCIM_LENIENT_URN_SLIP) ? NULL : schema;
}

/* The length of the longest prefix that is a schema's URN. URNs have colons and dots, so only a comparison with the
 * schemas shows where one ends. */
static apr_size_t read_urn(const scim_schema_t **schema, const char *text, apr_size_t len,
                           const scim_resource_type_t *type, scim_leniency_t *leniency)
{
    *schema = NULL;
    if (!memchr(text, ':', len)) {
        return 0;
    }
    for (apr_size_t end = len; end > 0; end--) {
        *schema = schema_before(text, end, len, type, leniency);
        if (*schema) {
            return end;
        }
    }
    return 0;
}

static const scim_attr_t *extension_attr(const char *name, apr_size_t len, const scim_resource_type_t *type)
{
    for (int i = 0; type->extensions && i < type->extensions->nelts; i++) {
        const scim_schema_t *schema = APR_ARRAY_IDX(type->extensions, i, scim_extension_t).schema;
        const scim_attr_t *attr = scim_schema_attr(schema, name, len);

        if (attr) {
            return attr;
        }
    }
    return NULL;
}

static const scim_attr_t *find_attr(const scim_schema_t *schema, const char *name, apr_size_t len,
                                    const scim_resource_type_t *type, scim_leniency_t *leniency)
{
    const scim_attr_t *attr;

    if (schema && schema != type->schema) {
        return scim_schema_attr(schema, name, len);
    }
    attr = scim_type_attr(type, name, len);
    if (attr || schema) {
        return attr;
    }
    attr = extension_attr(name, len, type);
    return attr && leniency && scim_lenient(leniency, SCIM_LENIENT_BARE_EXTENSION) ? attr : NULL;
}

int scim_path_is_known(const char *text, apr_size_t len, const scim_resource_type_t *type, scim_leniency_t *leniency)
{
    const scim_schema_t *schema;

    return !memchr(text, ':', len) || read_urn(&schema, text, len, type, leniency) > 0;
}

apr_size_t scim_path_urn_len(const char *text, apr_size_t len)
{
    const char *colon = memrchr(text, ':', len);

    return colon && memchr(text, ':', (apr_size_t)(colon - text)) ? (apr_size_t)(colon - text) : len;
}

int scim_path_is_astray(const char *text, const scim_resource_type_t *type)
{
    for (int i = 0; i < type->all->types->nelts; i++) {
        const char *urn = APR_ARRAY_IDX(type->all->types, i, const scim_resource_type_t *)->schema->id;
        apr_size_t len = strlen(urn);

        if (strncasecmp(text, urn, len) == 0 && (!text[len] || text[len] == ':' || text[len] == '.')) {
            return !scim_type_schema(type, urn, len);
        }
    }
    return 0;
}

int scim_path_is_name(const char *text, apr_size_t len)
{
    int inside = 0; /* within a part of the name, between dots and colons */

    for (apr_size_t i = 0; i < len; i++) {
        int letter = apr_isalnum(text[i]) || text[i] == '-' || text[i] == '_' || text[i] == '$';

        if (!letter && (!inside || (text[i] != '.' && text[i] != ':'))) {
            return 0;
        }
        inside = letter;
    }
    return inside && !apr_isdigit(*text);
}

int scim_path_resolve(scim_path_t *out, const char *text, apr_size_t len, const scim_resource_type_t *type,
                      scim_leniency_t *leniency)
{
    scim_path_t path = {NULL, NULL, NULL, NULL};
    apr_size_t skip = read_urn(&path.schema, text, len, type, leniency);
    const char *name, *dot, *end = text + len;

    if (path.schema && skip == len) {
        *out = path;
        return 1;
    }
    name = path.schema ? text + skip + 1 : text;
    dot = memchr(name, '.', (apr_size_t)(end - name));
    path.attr = find_attr(path.schema, name, (apr_size_t)((dot ? dot : end) - name), type, leniency);
    if (!path.attr) {
        return 0;
    }
    if (dot) {
        path.sub =
            path.attr->type == SCIM_COMPLEX ? scim_attr_sub(path.attr, dot + 1, (apr_size_t)(end - dot - 1)) : NULL;
        if (!path.sub) {
            return 0;
        }
    }
    path.schema = path.attr->schema;
    *out = path;
    return 1;
}

/* Reads what follows the brackets: nothing, or `.sub` (RFC 7644 figure 7). */
static scim_error_t *read_sub(scim_path_t *path, scim_filter_parser_t *parser)
{
    scim_filter_word_t name;

    if (parser->at == parser->end) {
        return NULL;
    }
    if (*parser->at != '.') {
        return scim_error_typed(
            parser->pool, SCIM_INVALID_PATH,
            "The path has an error at character %lu: expected \".\" and a sub-attribute, or the end.",
            scim_filter_position(parser, parser->at));
    }
    name.at = parser->at + 1;
    name.len = (apr_size_t)(parser->end - name.at);
    path->sub = path->attr->type == SCIM_COMPLEX ? scim_attr_sub(path->attr, name.at, name.len) : NULL;
    if (!path->sub) {
        return scim_error_typed(parser->pool, SCIM_INVALID_PATH, "%s is not a sub-attribute of \"%s\".",
                                scim_filter_quote(name.at, name.len, parser->pool), path->attr->name);
    }
    return NULL;
}

static scim_error_t *read_value_path(scim_path_t *path, scim_filter_parser_t *parser)
{
    scim_error_t *err;

    if (!path->attr || path->sub || !path->attr->multi_valued) {
        return scim_error_typed(parser->pool, SCIM_INVALID_PATH,
                                "The path has an error at character %lu: only a multi-valued attribute takes a filter "
                                "in brackets.",
                                scim_filter_position(parser, parser->at));
    }
    parser->at++;
    err = scim_filter_brackets(&path->filter, parser, path->attr);
    return err ? err : read_sub(path, parser);
}

scim_error_t *scim_path_read(scim_path_t *out, const char *text, const scim_resource_type_t *type,
                             scim_leniency_t *leniency, apr_pool_t *pool)
{
    apr_size_t len = strlen(text), names = strcspn(text, "[");
    scim_filter_parser_t parser = {
        text, text + names, text + len, "path", type, NULL, leniency, pool, 0, 0, 0, NULL, 0,
    };

    if (len == 0) {
        return scim_error_typed(pool, SCIM_INVALID_PATH, "The path is empty.");
    }
    if (!scim_path_resolve(out, text, names, type, leniency)) {
        return scim_error_typed(pool, SCIM_INVALID_PATH,
                                "The path %s names no attribute of %s. Correct the attribute mapping in the identity "
                                "provider; /Schemas lists "
                                "the attributes.",
                                scim_filter_quote(text, names, pool), type->name);
    }
    return names < len ? read_value_path(out, &parser) : NULL;
}
