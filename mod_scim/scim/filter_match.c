/*
 * Evaluates filters: that of a value path on one value, any other filter on a whole resource.
 *
 * Text is compared folded (fold.h) if caseExact is false, as in the store. The operators mean the same as in SQL
 * (store/filter_sql.h); t/http/template_conditions.t compares the two.
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

/* Whether the result of a comparison (less than, equal to or greater than zero) satisfies the operator. */
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

/* A stored value that is not a dateTime is not equal to any time, and neither earlier nor later. */
static int time_matches(scim_op_e op, const char *text, const char *value)
{
    apr_time_t left, right;

    if (!scim_time_read(&left, text) || !scim_time_read(&right, value)) {
        return op == SCIM_NE;
    }
    return order_matches(op, (left > right) - (left < right));
}

static int text_matches(const scim_filter_t *filter, const scim_attr_t *attr, const char *text, apr_pool_t *pool)
{
    if (attr->type == SCIM_DATETIME) {
        return time_matches(filter->op, text, filter->value);
    }
    if (attr->case_exact) {
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

static json_object *member(json_object *object, const char *name)
{
    return json_object_is_type(object, json_type_object) ? json_object_object_get(object, name) : NULL;
}

/* An empty value counts as absent. */
static int is_empty(json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return 1;
    case json_type_string:
        return json_object_get_string_len(value) == 0;
    case json_type_object:
        return json_object_object_length(value) == 0;
    default:
        return 0;
    }
}

static int asks_presence(const scim_filter_t *filter)
{
    return filter->op == SCIM_PR || filter->value_kind == SCIM_VALUE_NULL;
}

/* Tests presence. Only `eq null` wants an absent value. */
static int presence_matches(const scim_filter_t *filter, int empty)
{
    return empty == (filter->op == SCIM_EQ);
}

/* Compares an attribute's value with the filter's. `value` may be NULL. */
static int value_matches(const scim_filter_t *filter, const scim_attr_t *attr, json_object *value, apr_pool_t *pool)
{
    enum json_type type = json_object_get_type(value);

    if (asks_presence(filter)) {
        return presence_matches(filter, is_empty(value));
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
            return text_matches(filter, attr, json_object_get_string(value), pool);
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
        return value_matches(filter, filter->attr, filter->attr->parent ? member(element, filter->attr->name) : element,
                             pool);
    case SCIM_FILTER_VALUE_PATH: /* a single value has no value path */
        break;
    }
    return 0;
}

/* --- a whole resource ----------------------------------------------------------------------------------------------*/

typedef struct subject_t {
    json_object *resource;
    const scim_resource_type_t *type;
    apr_pool_t *pool;
} subject_t;

/* The value of an attribute of the resource; `sub`: of its sub-attribute. */
static json_object *find(const subject_t *subject, const scim_attr_t *attr, const scim_attr_t *sub)
{
    json_object *holder =
        scim_type_extends(subject->type, attr) ? member(subject->resource, attr->schema->id) : subject->resource;
    json_object *value = member(holder, attr->name);

    return sub ? member(value, sub->name) : value;
}

static size_t length_of(json_object *list)
{
    return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

/* Whether the attribute is an id. Ids are compared as UUIDs, and a text that is not a UUID matches none. */
static int is_id(const subject_t *subject, const scim_attr_t *attr, const scim_attr_t *sub)
{
    const scim_resource_type_t *type = subject->type;

    return sub ? (attr == type->members || attr == type->groups) && strcmp(sub->key, "value") == 0
               : attr->schema == type->common && strcmp(attr->key, "id") == 0;
}

static int id_matches(const scim_filter_t *filter, json_object *value)
{
    char id[SCIM_ID_SIZE];
    int same = value && scim_id_read(id, filter->value) && strcmp(id, json_object_get_string(value)) == 0;

    return same == (filter->op == SCIM_EQ);
}

static int one_matches(const subject_t *subject, const scim_filter_t *filter, const scim_attr_t *attr,
                       const scim_attr_t *sub, json_object *value)
{
    if ((filter->op == SCIM_EQ || filter->op == SCIM_NE) && filter->value_kind == SCIM_VALUE_STRING &&
        is_id(subject, attr, sub)) {
        return id_matches(filter, value);
    }
    return value_matches(filter, sub ? sub : attr, value, subject->pool);
}

/* A list matches if one of its values does; an empty list matches `ne`, too. */
static int list_matches(const subject_t *subject, const scim_filter_t *filter, const scim_attr_t *attr,
                        const scim_attr_t *sub)
{
    json_object *list = find(subject, attr, NULL);
    size_t count = length_of(list), filled = sub ? 0 : count;

    if (!asks_presence(filter)) {
        for (size_t i = 0; i < count; i++) {
            json_object *element = json_object_array_get_idx(list, i);

            if (one_matches(subject, filter, attr, sub, sub ? member(element, sub->name) : element)) {
                return 1;
            }
        }
        return count == 0 && filter->op == SCIM_NE;
    }
    for (size_t i = 0; sub && i < count; i++) {
        filled += !is_empty(member(json_object_array_get_idx(list, i), sub->name));
    }
    return presence_matches(filter, filled == 0);
}

static int compare_holds(const subject_t *subject, const scim_filter_t *filter)
{
    const scim_attr_t *attr = filter->attr, *sub = filter->sub;

    if (filter->absent) {
        return asks_presence(filter) ? presence_matches(filter, 1) : filter->op == SCIM_NE;
    }
    if (attr->parent) { /* a sub-attribute, in the brackets of a singular attribute */
        sub = attr;
        attr = attr->parent;
    }
    return attr->multi_valued ? list_matches(subject, filter, attr, sub)
                              : one_matches(subject, filter, attr, sub, find(subject, attr, sub));
}

/* In the brackets of `groups` an id is compared as a UUID, as everywhere. */
static int element_holds(const subject_t *subject, const scim_filter_t *filter, json_object *element)
{
    const scim_attr_t *attr = filter->attr;

    switch (filter->kind) {
    case SCIM_FILTER_AND:
        return element_holds(subject, filter->left, element) && element_holds(subject, filter->right, element);
    case SCIM_FILTER_OR:
        return element_holds(subject, filter->left, element) || element_holds(subject, filter->right, element);
    case SCIM_FILTER_NOT:
        return !element_holds(subject, filter->left, element);
    case SCIM_FILTER_COMPARE:
        return attr->parent ? one_matches(subject, filter, attr->parent, attr, member(element, attr->name))
                            : value_matches(filter, attr, element, subject->pool);
    case SCIM_FILTER_VALUE_PATH:
        break;
    }
    return 0;
}

static int holds(const subject_t *subject, const scim_filter_t *filter);

static int value_path_holds(const subject_t *subject, const scim_filter_t *filter)
{
    json_object *value = filter->absent ? NULL : find(subject, filter->attr, NULL);

    if (!value || !filter->attr->multi_valued) {
        return !is_empty(value) && holds(subject, filter->left);
    }
    for (size_t i = 0; i < length_of(value); i++) {
        if (element_holds(subject, filter->left, json_object_array_get_idx(value, i))) {
            return 1;
        }
    }
    return 0;
}

static int holds(const subject_t *subject, const scim_filter_t *filter)
{
    switch (filter->kind) {
    case SCIM_FILTER_AND:
        return holds(subject, filter->left) && holds(subject, filter->right);
    case SCIM_FILTER_OR:
        return holds(subject, filter->left) || holds(subject, filter->right);
    case SCIM_FILTER_NOT:
        return !holds(subject, filter->left);
    case SCIM_FILTER_COMPARE:
        return compare_holds(subject, filter);
    case SCIM_FILTER_VALUE_PATH:
        break;
    }
    return value_path_holds(subject, filter);
}

int scim_filter_holds(const scim_filter_t *filter, json_object *resource, const scim_resource_type_t *type,
                      apr_pool_t *pool)
{
    const subject_t subject = {resource, type, pool};

    return holds(&subject, filter);
}

int scim_filter_asks(const scim_filter_t *filter, const scim_attr_t *attr)
{
    if (filter->kind == SCIM_FILTER_COMPARE) {
        return filter->attr == attr || (attr && filter->attr->parent == attr);
    }
    return (filter->kind == SCIM_FILTER_VALUE_PATH && filter->attr == attr) ||
           (filter->left && scim_filter_asks(filter->left, attr)) ||
           (filter->right && scim_filter_asks(filter->right, attr));
}
