/*
 * A recursive descent parser for the grammar of RFC 7644 figure 1: or, and, not, comparison. Parentheses and brackets
 * deepen the recursion, so their depth is limited.
 */
#include <string.h>

#include "filter_parser.h"
#include "text.h"

static const scim_filter_op_t operators[] = {
    {"eq", SCIM_EQ, SCIM_OP_EQUALITY},  {"ne", SCIM_NE, SCIM_OP_EQUALITY},  {"co", SCIM_CO, SCIM_OP_SUBSTRING},
    {"sw", SCIM_SW, SCIM_OP_SUBSTRING}, {"ew", SCIM_EW, SCIM_OP_SUBSTRING}, {"gt", SCIM_GT, SCIM_OP_ORDER},
    {"ge", SCIM_GE, SCIM_OP_ORDER},     {"lt", SCIM_LT, SCIM_OP_ORDER},     {"le", SCIM_LE, SCIM_OP_ORDER},
    {"pr", SCIM_PR, SCIM_OP_PRESENCE},
};

static scim_error_t *parse_or(const scim_filter_t **out, scim_filter_parser_t *parser);

static scim_filter_t *make_node(const scim_filter_parser_t *parser, scim_filter_e kind, const scim_filter_t *left,
                                const scim_filter_t *right)
{
    scim_filter_t *node = apr_pcalloc(parser->pool, sizeof(*node));

    node->kind = kind;
    node->left = left;
    node->right = right;
    return node;
}

static scim_error_t *deepen(scim_filter_parser_t *parser)
{
    if (++parser->depth > SCIM_FILTER_MAX_DEPTH) {
        return scim_error_typed(parser->pool, SCIM_INVALID_FILTER,
                                "The %s nests parentheses and brackets deeper than %d.", parser->what,
                                SCIM_FILTER_MAX_DEPTH);
    }
    return NULL;
}

/* Consumes the word `keyword` if it is next. */
static int take_word(scim_filter_parser_t *parser, const char *keyword)
{
    const char *start = parser->at;

    if (scim_filter_is(scim_filter_word(parser), keyword)) {
        return 1;
    }
    parser->at = start;
    return 0;
}

/* Consumes the character `c` if it is next. */
static int take_char(scim_filter_parser_t *parser, char c)
{
    scim_filter_spaces(parser);
    if (parser->at < parser->end && *parser->at == c) {
        parser->at++;
        return 1;
    }
    return 0;
}

scim_error_t *scim_filter_operator(const scim_filter_op_t **out, scim_filter_parser_t *parser)
{
    scim_filter_word_t word = scim_filter_operator_word(parser);

    for (apr_size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        if (scim_filter_is(word, operators[i].name)) {
            *out = &operators[i];
            return NULL;
        }
    }
    if (word.len == 0) {
        return scim_filter_expected(parser, word.at, "an operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr)");
    }
    return scim_error_typed(
        parser->pool, SCIM_INVALID_FILTER, "The operator %s at character %lu of the %s is not supported.",
        scim_filter_quote(word.at, word.len, parser->pool), scim_filter_position(parser, word.at), parser->what);
}

/* Whether a comparison is `eq` with a resource's id. */
static int asks_id(const scim_filter_t *node, const scim_resource_type_t *type)
{
    const scim_attr_t *attr = node->attr->parent ? node->attr->parent : node->attr;
    const scim_attr_t *sub = node->attr->parent ? node->attr : node->sub;

    if (!type || node->op != SCIM_EQ || node->value_kind != SCIM_VALUE_STRING) {
        return 0;
    }
    if (attr->schema == type->common) {
        return !sub && strcmp(attr->key, "id") == 0;
    }
    return (attr == type->members || attr == type->groups) && sub && strcmp(sub->key, "value") == 0;
}

static scim_error_t *count(const scim_filter_t *node, scim_filter_parser_t *parser)
{
    int is_id = asks_id(node, parser->type);
    int most = is_id ? SCIM_FILTER_MAX_IDS : SCIM_FILTER_MAX_COMPARISONS;

    if (++*(is_id ? &parser->ids : &parser->comparisons) <= most) {
        return NULL;
    }
    return scim_error_typed(parser->pool, SCIM_INVALID_FILTER, "The %s has more than %d comparisons%s.", parser->what,
                            most, is_id ? " with ids" : "");
}

/* Parses `operator value`, after an attribute's name. */
static scim_error_t *parse_compare(const scim_filter_t **out, scim_filter_parser_t *parser, const scim_attr_t *attr,
                                   const scim_attr_t *sub, scim_filter_word_t name)
{
    scim_filter_t *node = make_node(parser, SCIM_FILTER_COMPARE, NULL, NULL);
    scim_filter_literal_t literal;
    const scim_filter_op_t *op = NULL;
    scim_error_t *err = scim_filter_operator(&op, parser);

    if (err) {
        return err;
    }
    node->attr = attr;
    node->sub = sub;
    node->absent = parser->absent;
    *out = node;
    if (op->op == SCIM_PR) {
        err = scim_filter_check(node, parser, name, op, NULL);
        return err ? err : count(node, parser);
    }
    /* An example in RFC 7644 3.5.2.2 has eq"x" without a space. */
    if (parser->at < parser->end && (*parser->at == '"' || *parser->at == '\'') &&
        !scim_lenient(parser->leniency, SCIM_LENIENT_FILTER_SLIPS)) {
        return scim_filter_expected(parser, parser->at, "a space");
    }
    scim_filter_spaces(parser);
    err = scim_filter_literal(&literal, parser);
    err = err ? err : scim_filter_check(node, parser, name, op, &literal);
    return err ? err : count(node, parser);
}

/* Finds the sub-attribute in a value path. A simple attribute has only `value`, which is the attribute itself. */
static scim_error_t *find_sub(const scim_attr_t **out, const scim_filter_parser_t *parser, const scim_attr_t *attr,
                              scim_filter_word_t name)
{
    if (attr->type == SCIM_COMPLEX) {
        *out = scim_attr_sub(attr, name.at, name.len);
    } else {
        *out = scim_filter_is(name, "value") ? attr : NULL;
    }
    return *out ? NULL
                : scim_error_typed(parser->pool, SCIM_INVALID_FILTER,
                                   "%s at character %lu of the %s is not a sub-attribute of \"%s\".",
                                   scim_filter_quote(name.at, name.len, parser->pool),
                                   scim_filter_position(parser, name.at), parser->what, attr->name);
}

scim_error_t *scim_filter_brackets(const scim_filter_t **out, scim_filter_parser_t *parser, const scim_attr_t *attr)
{
    scim_error_t *err = deepen(parser);

    if (err) {
        return err;
    }
    parser->parent = attr;
    err = parse_or(out, parser);
    if (err) {
        return err;
    }
    if (!take_char(parser, ']')) {
        return scim_filter_expected(parser, parser->at, "\"and\", \"or\" or \"]\"");
    }
    parser->parent = NULL;
    parser->depth--;
    return NULL;
}

/* Parses `attr[filter]`, and Entra ID's `attr[filter].sub eq "x"`: one value must match both. */
static scim_error_t *parse_value_path(const scim_filter_t **out, scim_filter_parser_t *parser, const scim_path_t *path)
{
    scim_filter_t *node = make_node(parser, SCIM_FILTER_VALUE_PATH, NULL, NULL);
    const scim_filter_t *compare;
    const scim_attr_t *sub;
    scim_filter_word_t name;
    scim_error_t *err;

    if (path->sub || (path->attr->type != SCIM_COMPLEX && !path->attr->multi_valued)) {
        return scim_filter_expected(parser, parser->at, "brackets only behind a complex or multi-valued attribute");
    }
    parser->at++;
    node->attr = path->attr;
    node->absent = parser->absent;
    err = scim_filter_brackets(&node->left, parser, path->attr);
    if (err) {
        return err;
    }
    *out = node;
    if (parser->at == parser->end || *parser->at != '.') {
        return NULL;
    }
    parser->at++;
    name = scim_filter_word(parser);
    err = find_sub(&sub, parser, path->attr, name);
    if (!err) {
        err = parse_compare(&compare, parser, sub, NULL, name);
    }
    if (!err) {
        node->left = make_node(parser, SCIM_FILTER_AND, node->left, compare);
    }
    return err;
}

/* Finds the attribute of a name in the parser's type, or in another type of the query; 0: none has it. */
static int find_path(scim_path_t *path, scim_filter_parser_t *parser, scim_filter_word_t name)
{
    parser->absent = 0;
    if (scim_path_resolve(path, name.at, name.len, parser->type, parser->leniency)) {
        return path->attr != NULL;
    }
    for (int i = 0; parser->among && i < parser->among->nelts; i++) {
        const scim_resource_type_t *type = APR_ARRAY_IDX(parser->among, i, const scim_resource_type_t *);

        if (scim_path_resolve(path, name.at, name.len, type, parser->leniency) && path->attr) {
            parser->absent = 1;
            return 1;
        }
    }
    return 0;
}

static scim_error_t *parse_attribute(const scim_filter_t **out, scim_filter_parser_t *parser)
{
    scim_filter_word_t name = scim_filter_word(parser);
    const scim_attr_t *sub;
    scim_path_t path;
    scim_error_t *err;

    if (name.len == 0) {
        return scim_filter_expected(parser, name.at, "an attribute, \"not\" or \"(\"");
    }
    if (parser->parent) {
        err = find_sub(&sub, parser, parser->parent, name);
        return err ? err : parse_compare(out, parser, sub, NULL, name);
    }
    if (!find_path(&path, parser, name)) {
        return scim_error_typed(
            parser->pool, SCIM_INVALID_FILTER,
            "%s at character %lu of the %s is not an attribute of %s. /Schemas lists the existing ones.",
            scim_filter_quote(name.at, name.len, parser->pool), scim_filter_position(parser, name.at), parser->what,
            parser->among && parser->among->nelts > 1 ? "any resource type" : parser->type->name);
    }
    if (parser->at < parser->end && *parser->at == '[') {
        return parse_value_path(out, parser, &path);
    }
    return parse_compare(out, parser, path.attr, path.sub, name);
}

/* Parses what follows an opening parenthesis. */
static scim_error_t *parse_group(const scim_filter_t **out, scim_filter_parser_t *parser)
{
    scim_error_t *err = deepen(parser);

    if (!err) {
        err = parse_or(out, parser);
    }
    if (err) {
        return err;
    }
    parser->depth--;
    return take_char(parser, ')') ? NULL : scim_filter_expected(parser, parser->at, "\"and\", \"or\" or \")\"");
}

static scim_error_t *parse_not(const scim_filter_t **out, scim_filter_parser_t *parser)
{
    scim_error_t *err;

    if (take_word(parser, "not")) {
        if (!take_char(parser, '(')) {
            return scim_filter_expected(parser, parser->at, "\"(\" after \"not\"");
        }
        err = parse_group(out, parser);
        if (!err) {
            *out = make_node(parser, SCIM_FILTER_NOT, *out, NULL);
        }
        return err;
    }
    return take_char(parser, '(') ? parse_group(out, parser) : parse_attribute(out, parser);
}

static scim_error_t *parse_and(const scim_filter_t **out, scim_filter_parser_t *parser)
{
    const scim_filter_t *right;
    scim_error_t *err = parse_not(out, parser);

    while (!err && take_word(parser, "and")) {
        err = parse_not(&right, parser);
        if (!err) {
            *out = make_node(parser, SCIM_FILTER_AND, *out, right);
        }
    }
    return err;
}

static scim_error_t *parse_or(const scim_filter_t **out, scim_filter_parser_t *parser)
{
    const scim_filter_t *right;
    scim_error_t *err = parse_and(out, parser);

    while (!err && take_word(parser, "or")) {
        err = parse_and(&right, parser);
        if (!err) {
            *out = make_node(parser, SCIM_FILTER_OR, *out, right);
        }
    }
    return err;
}

static scim_error_t *parse_all(const scim_filter_t **out, scim_filter_parser_t *parser)
{
    apr_size_t len = (apr_size_t)(parser->end - parser->text);
    scim_error_t *err;

    if (scim_utf8_valid(parser->text, len) != len) {
        return scim_error_typed(parser->pool, SCIM_INVALID_FILTER, "The filter is not UTF-8.");
    }
    err = parse_or(out, parser);
    if (err) {
        return err;
    }
    scim_filter_spaces(parser);
    return parser->at == parser->end
               ? NULL
               : scim_filter_expected(parser, parser->at, "\"and\", \"or\" or the end of the filter");
}

scim_error_t *scim_filter_read(const scim_filter_t **out, const char *text, const scim_resource_type_t *type,
                               scim_leniency_t *leniency, apr_pool_t *pool)
{
    scim_filter_parser_t parser = {
        text, text, text + strlen(text), "filter", type, NULL, leniency, pool, 0, 0, 0, NULL, 0,
    };

    return parse_all(out, &parser);
}

scim_error_t *scim_filter_read_among(const scim_filter_t **out, const char *text, const scim_resource_type_t *type,
                                     const apr_array_header_t *among, scim_leniency_t *leniency, apr_pool_t *pool)
{
    scim_filter_parser_t parser = {
        text, text, text + strlen(text), "filter", type, NULL, leniency, pool, 0, 0, 0, among, 0,
    };

    return parse_all(out, &parser);
}

scim_error_t *scim_filter_read_values(const scim_filter_t **out, const char *text, apr_size_t len,
                                      const scim_attr_t *parent, scim_leniency_t *leniency, apr_pool_t *pool)
{
    scim_filter_parser_t parser = {
        text, text, text + len, "filter", NULL, parent, leniency, pool, 0, 0, 0, NULL, 0,
    };

    return parse_all(out, &parser);
}
