#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "filter_parser.h"
#include "fold.h"
#include "text.h"

/* The operators that an attribute allows, by its type (RFC 7644 3.4.2.2), and the JSON value that they take. */
static const struct {
    const char *name;
    unsigned ops; /* scim_op_class_e bits; all types allow SCIM_OP_PRESENCE */
    const char *value;
} types[] = {
    [SCIM_STRING] = {"string", SCIM_OP_EQUALITY | SCIM_OP_SUBSTRING | SCIM_OP_ORDER, "a string"},
    [SCIM_BOOLEAN] = {"boolean", SCIM_OP_EQUALITY, "true or false"},
    [SCIM_DECIMAL] = {"decimal", SCIM_OP_EQUALITY | SCIM_OP_ORDER, "a number"},
    [SCIM_INTEGER] = {"integer", SCIM_OP_EQUALITY | SCIM_OP_ORDER, "a number"},
    [SCIM_DATETIME] = {"dateTime", SCIM_OP_EQUALITY | SCIM_OP_ORDER, "a dateTime such as \"2011-05-13T04:42:34Z\""},
    [SCIM_REFERENCE] = {"reference", SCIM_OP_EQUALITY | SCIM_OP_SUBSTRING | SCIM_OP_ORDER, "a string"},
    [SCIM_BINARY] = {"binary", SCIM_OP_EQUALITY, "a string"},
    [SCIM_COMPLEX] = {"complex", SCIM_OP_EQUALITY, "null"},
};

/* Whether a literal of a filter is a valid value for `type`. */
static int fits(scim_attr_type_e type, const scim_filter_literal_t *literal)
{
    apr_time_t time;

    switch (type) {
    case SCIM_BOOLEAN:
        return literal->kind == SCIM_VALUE_TRUE || literal->kind == SCIM_VALUE_FALSE;
    case SCIM_DECIMAL:
    case SCIM_INTEGER:
        return literal->kind == SCIM_VALUE_NUMBER;
    case SCIM_DATETIME:
        return literal->kind == SCIM_VALUE_STRING && scim_time_read(&time, literal->text);
    case SCIM_STRING:
    case SCIM_REFERENCE:
    case SCIM_BINARY:
        return literal->kind == SCIM_VALUE_STRING;
    case SCIM_COMPLEX:
        break;
    }
    return 0;
}

/* Corrects a client's wrong quotes: "True" becomes true; 17 or true become "17" or "true". */
static scim_filter_literal_t without_slip(scim_attr_type_e type, const scim_filter_literal_t *literal)
{
    scim_filter_literal_t meant = *literal;

    if (type != SCIM_BOOLEAN) {
        meant.kind = SCIM_VALUE_STRING;
    } else if (literal->kind == SCIM_VALUE_STRING && strcasecmp(literal->text, "true") == 0) {
        meant.kind = SCIM_VALUE_TRUE;
    } else if (literal->kind == SCIM_VALUE_STRING && strcasecmp(literal->text, "false") == 0) {
        meant.kind = SCIM_VALUE_FALSE;
    }
    return meant;
}

/* The id in a resource's URL, ".../Users/ID"; "": not the URL of a resource of this type (NULL: of any type). */
static const char *id_of_url(const char *url, const scim_resource_type_t *type, apr_pool_t *pool)
{
    const char *id = strrchr(url, '/'), *name;

    if (!id || id == url) {
        return "";
    }
    name = memrchr(url, '/', (apr_size_t)(id - url));
    name = name ? name + 1 : url;
    if (type && (strlen(type->endpoint) != (apr_size_t)(id - name) ||
                 strncmp(name, type->endpoint, (apr_size_t)(id - name)) != 0)) {
        return "";
    }
    return apr_pstrdup(pool, id + 1);
}

/* meta.location, and $ref of a member or group, are computed from an id, so `eq` and `ne` with them compare ids. */
static void compare_id(scim_filter_t *node, const scim_filter_parser_t *parser)
{
    const scim_attr_t *attr = node->attr->parent ? node->attr->parent : node->attr;
    const scim_attr_t *sub = node->attr->parent ? node->attr : node->sub;
    const scim_resource_type_t *type = parser->type;

    if (!type || !sub || node->value_kind != SCIM_VALUE_STRING || (node->op != SCIM_EQ && node->op != SCIM_NE)) {
        return;
    }
    if (attr->schema == type->common && strcmp(attr->key, "meta") == 0 && strcmp(sub->key, "location") == 0) {
        node->attr = scim_type_attr(type, "id", 2);
        node->sub = NULL;
        node->value = id_of_url(node->value, type, parser->pool);
    } else if ((attr == type->members || attr == type->groups) && strcmp(sub->key, "$ref") == 0) {
        *(node->attr->parent ? &node->attr : &node->sub) = scim_attr_sub(attr, "value", 5);
        node->value = id_of_url(node->value, NULL, parser->pool);
    }
}

static scim_error_t *check_value(scim_filter_t *node, const scim_filter_parser_t *parser, const char *name,
                                 const scim_attr_t *attr, const scim_filter_literal_t *literal)
{
    scim_filter_literal_t value = *literal;

    if (!fits(attr->type, &value)) {
        value = without_slip(attr->type, literal);
        if (!fits(attr->type, &value) || !scim_lenient(parser->leniency, SCIM_LENIENT_FILTER_SLIPS)) {
            return scim_error_typed(
                parser->pool, SCIM_INVALID_FILTER,
                "The %s attribute %s is compared at character %lu of the %s with a value that is not %s.",
                types[attr->type].name, name, scim_filter_position(parser, literal->at), parser->what,
                types[attr->type].value);
        }
    }
    node->value_kind = value.kind;
    node->value = value.kind == SCIM_VALUE_STRING || value.kind == SCIM_VALUE_NUMBER ? value.text : NULL;
    if (value.kind == SCIM_VALUE_STRING && !attr->case_exact && attr->type != SCIM_DATETIME) {
        node->folded = scim_fold(value.text, parser->pool);
    }
    compare_id(node, parser);
    return NULL;
}

static int is_hidden(const scim_attr_t *attr)
{
    return attr && (attr->returned == SCIM_RETURN_NEVER || attr->mutability == SCIM_WRITE_ONLY);
}

/* Only presence can be tested on a whole complex attribute; any other operator compares its `value`. */
static scim_error_t *need_simple(scim_filter_t *node, const scim_filter_parser_t *parser, const char *name)
{
    if (node->attr->type != SCIM_COMPLEX || node->sub) {
        return NULL;
    }
    node->sub = scim_attr_sub(node->attr, "value", 5);
    return node->sub ? NULL
                     : scim_error_typed(parser->pool, SCIM_INVALID_FILTER,
                                        "The attribute %s is complex: the %s must name one of its sub-attributes.",
                                        name, parser->what);
}

scim_error_t *scim_filter_check(scim_filter_t *node, const scim_filter_parser_t *parser, scim_filter_word_t word,
                                const scim_filter_op_t *op, const scim_filter_literal_t *literal)
{
    const char *name = scim_filter_quote(word.at, word.len, parser->pool);
    const scim_attr_t *attr;
    scim_error_t *err;

    node->op = op->op;
    if (is_hidden(node->attr) || is_hidden(node->sub)) {
        return scim_error_typed(parser->pool, SCIM_INVALID_FILTER, "The attribute %s cannot be filtered by.", name);
    }
    if (!literal || (literal->kind == SCIM_VALUE_NULL && op->class == SCIM_OP_EQUALITY)) {
        node->value_kind = SCIM_VALUE_NULL;
        return NULL;
    }
    err = need_simple(node, parser, name);
    if (err) {
        return err;
    }
    attr = node->sub ? node->sub : node->attr;
    if (!(types[attr->type].ops & op->class)) {
        return scim_error_typed(parser->pool, SCIM_INVALID_FILTER,
                                "The operator \"%s\" cannot be used on the %s attribute %s.", op->name,
                                types[attr->type].name, name);
    }
    if (literal->kind == SCIM_VALUE_NULL) {
        return scim_error_typed(parser->pool, SCIM_INVALID_FILTER,
                                "The operator \"%s\" cannot be used with null, only \"eq\" and \"ne\" can.", op->name);
    }
    return check_value(node, parser, name, attr, literal);
}
