#include "filter_dump.h"

#include <apr_strings.h>

#include "unit.h"

const char *unit_quotes(const char *text)
{
    char *copy = apr_pstrdup(unit_pool, text);

    for (char *c = copy; *c; c++) {
        if (*c == '\'')
            *c = '"';
    }
    return copy;
}

static const char *dump_name(const scim_attr_t *attr, const scim_attr_t *sub)
{
    const char *plus = strcmp(attr->schema->id, SCIM_URN_ENTERPRISE_USER) == 0 ? "+" : "";

    return apr_pstrcat(unit_pool, plus, attr->name, sub ? "." : "", sub ? sub->name : "", NULL);
}

static const char *dump_value(const scim_filter_t *filter)
{
    switch (filter->value_kind) {
    case SCIM_VALUE_NULL:
        return "null";
    case SCIM_VALUE_TRUE:
        return "true";
    case SCIM_VALUE_FALSE:
        return "false";
    case SCIM_VALUE_NUMBER:
        return filter->value;
    case SCIM_VALUE_STRING:
        break;
    }
    return apr_pstrcat(unit_pool, "'", filter->value, "'", NULL);
}

const char *unit_filter_dump(const scim_filter_t *filter)
{
    static const char *const ops[] = {"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"};

    switch (filter->kind) {
    case SCIM_FILTER_AND:
    case SCIM_FILTER_OR:
        return apr_pstrcat(unit_pool, filter->kind == SCIM_FILTER_AND ? "(and " : "(or ",
                           unit_filter_dump(filter->left), " ", unit_filter_dump(filter->right), ")", NULL);
    case SCIM_FILTER_NOT:
        return apr_pstrcat(unit_pool, "(not ", unit_filter_dump(filter->left), ")", NULL);
    case SCIM_FILTER_VALUE_PATH:
        return apr_pstrcat(unit_pool, "(path ", dump_name(filter->attr, NULL), " ", unit_filter_dump(filter->left), ")",
                           NULL);
    case SCIM_FILTER_COMPARE:
        break;
    }
    return apr_pstrcat(unit_pool, "(", ops[filter->op], " ", dump_name(filter->attr, filter->sub),
                       filter->op == SCIM_PR ? "" : " ", filter->op == SCIM_PR ? "" : dump_value(filter), ")", NULL);
}

const char *unit_path_dump(const scim_path_t *path)
{
    if (!path->attr)
        return apr_pstrcat(unit_pool, "<", path->schema->id, ">", NULL);
    return apr_pstrcat(unit_pool, dump_name(path->attr, NULL), path->filter ? "[" : "",
                       path->filter ? unit_filter_dump(path->filter) : "", path->filter ? "]" : "",
                       path->sub ? "." : "", path->sub ? path->sub->name : "", NULL);
}
