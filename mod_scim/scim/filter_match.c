/*
 * Evaluates a value path's filter on one value.
 *
 * Where caseExact is false, text is compared folded (fold.h), as the store compares it.
 */
#include <apr_strings.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "fold.h"
#include "text.h"

static const char *ending(const char *text, const char *value)
{
    size_t text_len = strlen(text), value_len = strlen(value);

    return text_len < value_len ? NULL : text + (text_len - value_len);
}

/* Whether an order (less than, equal to or greater than zero) is what the operator asks for. */
static int order_matches(scim_op_e op, int order)
{
    switch (op) {
    case SCIM_EQ:
        return order == 0;
    case SCIM_NE:
        return order != 0;
    case SCIM_GT:
        return order > 0;
    case SCIM_GE:
        return order >= 0;
    case SCIM_LT:
        return order < 0;
    case SCIM_LE:
        return order <= 0;
    default:
        return 0;
    }
}

static int string_matches(scim_op_e op, const char *text, const char *value)
{
    const char *tail;

    switch (op) {
    case SCIM_CO:
        return strstr(text, value) != NULL;
    case SCIM_SW:
        return strncmp(text, value, strlen(value)) == 0;
    case SCIM_EW:
        tail = ending(text, value);
        return tail && strcmp(tail, value) == 0;
    default:
        return order_matches(op, strcmp(text, value));
    }
}

/* A stored value that is no dateTime equals none and is in no order with any. */
static int time_matches(scim_op_e op, const char *text, const char *value)
{
    apr_time_t left, right;

    if (!scim_time_read(&left, text) || !scim_time_read(&right, value)) {
        return op == SCIM_NE;
    }
    return order_matches(op, (left > right) - (left < right));
}

static int text_matches(const scim_filter_t *filter, const char *text, apr_pool_t *pool)
{
    if (filter->attr->type == SCIM_DATETIME) {
        return time_matches(filter->op, text, filter->value);
    }
    if (filter->attr->case_exact) {
        return string_matches(filter->op, text, filter->value);
    }
    return string_matches(filter->op, scim_fold(text, pool),
                          filter->folded ? filter->folded : scim_fold(filter->value, pool));
}

static int number_matches(scim_op_e op, json_object *number, const char *value)
{
    char *end;
    apr_int64_t integer;
    double left, right;

    errno = 0;
    integer = apr_strtoi64(value, &end, 10);
    if (json_object_is_type(number, json_type_int) && *end == '\0' && errno == 0) {
        apr_int64_t stored = json_object_get_int64(number);

        return order_matches(op, (stored > integer) - (stored < integer));
    }
    left = json_object_get_double(number);
    right = strtod(value, NULL);
    return order_matches(op, (left > right) - (left < right));
}

/* The value that a comparison is about; NULL where it is absent or null. */
static json_object *find_value(const scim_attr_t *attr, json_object *element)
{
    json_object *value = NULL;

    if (!attr->parent) {
        return element;
    }
    return json_object_is_type(element, json_type_object) && json_object_object_get_ex(element, attr->name, &value)
               ? value
               : NULL;
}

static int compare_matches(const scim_filter_t *filter, json_object *element, apr_pool_t *pool)
{
    const scim_attr_t *attr = filter->attr;
    json_object *value = find_value(attr, element);
    enum json_type type = json_object_get_type(value);

    if (filter->op == SCIM_PR || filter->value_kind == SCIM_VALUE_NULL) {
        int empty = !value || (type == json_type_string && json_object_get_string_len(value) == 0);

        return empty == (filter->op == SCIM_EQ);
    }
    switch (filter->value_kind) {
    case SCIM_VALUE_TRUE:
    case SCIM_VALUE_FALSE:
        if (type == json_type_boolean) {
            int equal = !json_object_get_boolean(value) == (filter->value_kind == SCIM_VALUE_FALSE);

            return equal == (filter->op == SCIM_EQ);
        }
        break;
    case SCIM_VALUE_NUMBER:
        if (type == json_type_int || type == json_type_double) {
            return number_matches(filter->op, value, filter->value);
        }
        break;
    case SCIM_VALUE_STRING:
        if (type == json_type_string) {
            return text_matches(filter, json_object_get_string(value), pool);
        }
        break;
    case SCIM_VALUE_NULL:
        break;
    }
    return filter->op == SCIM_NE;
}

int scim_filter_matches(const scim_filter_t *filter, json_object *element, apr_pool_t *pool)
{
    switch (filter->kind) {
    case SCIM_FILTER_AND:
        return scim_filter_matches(filter->left, element, pool) && scim_filter_matches(filter->right, element, pool);
    case SCIM_FILTER_OR:
        return scim_filter_matches(filter->left, element, pool) || scim_filter_matches(filter->right, element, pool);
    case SCIM_FILTER_NOT:
        return !scim_filter_matches(filter->left, element, pool);
    case SCIM_FILTER_COMPARE:
        return compare_matches(filter, element, pool);
    case SCIM_FILTER_VALUE_PATH: /* no value holds values */
        break;
    }
    return 0;
}
