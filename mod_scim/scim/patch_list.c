/*
 * PATCH on multi-valued attributes (RFC 7644 3.5.2).
 *
 * - `add` appends values that the list does not have (same.h). If the list has the value, its given sub-attributes are
 *   set.
 * - `replace` with a filter sets the given sub-attributes of the matching values and leaves the others unchanged, as
 *   for a complex attribute with one value: Entra ID and others send only the sub-attributes that they map.
 * - If a value becomes primary, the others stop being primary.
 */
#include <string.h>
#include <strings.h>

#include "json.h"
#include "patch_list.h"
#include "same.h"
#include "table.h"

/* The limit for the work of one request, for any length of lists and number of operations: one unit for each value
 * that is compared or written, and one more for each so many bytes. */
#define WORK_MAX       500000
#define BYTES_PER_WORK 1024

static json_object *values_of(const scim_patch_state_t *state, json_object *holder)
{
    return json_object_object_get(holder, state->op->path.attr->name);
}

static size_t count_of(json_object *list)
{
    return list ? json_object_array_length(list) : 0;
}

/* ---- telling values apart ---- */

/* A set of values, by the key that tells values apart (same.h). It has its own pool, because a request may need many
 * sets, one after the other. */
typedef struct known_t {
    const scim_attr_t *attr;
    apr_hash_t *values;
    apr_pool_t *pool;
} known_t;

static known_t known_make(const scim_patch_state_t *state)
{
    known_t known = {.attr = state->op->path.attr};

    apr_pool_create(&known.pool, state->pool);
    known.values = scim_table_make(known.pool);
    return known;
}

static scim_buf_t make_key(const known_t *known, json_object *element, int typed)
{
    scim_buf_t key;

    scim_buf_init(&key, 64, known->pool);
    scim_same_key(&key, element, known->attr, typed);
    return key;
}

static json_object *known_get(const known_t *known, json_object *element, int typed)
{
    scim_buf_t key = make_key(known, element, typed);

    return apr_hash_get(known->values, key.data, (apr_ssize_t)key.len);
}

static void known_add(const known_t *known, json_object *element, json_object *value)
{
    scim_buf_t key = make_key(known, element, 1);

    apr_hash_set(known->values, key.data, (apr_ssize_t)key.len, value);
}

static void known_add_all(const known_t *known, json_object *list)
{
    for (size_t i = 0; i < count_of(list); i++) {
        json_object *element = json_object_array_get_idx(list, i);

        known_add(known, element, element);
    }
}

/* ---- primary ---- */

static int is_primary(json_object *element)
{
    return json_object_is_type(element, json_type_object) &&
           json_object_get_boolean(json_object_object_get(element, "primary"));
}

/* Whether the operation makes every value primary that it changes. */
static int makes_primary(const scim_patch_op_t *op)
{
    if (op->path.sub) {
        return strcmp(op->path.sub->key, "primary") == 0 && json_object_get_boolean(op->value);
    }
    return is_primary(op->value);
}

static void keep_primary(json_object *list, json_object *chosen)
{
    for (size_t i = 0; chosen && i < json_object_array_length(list); i++) {
        json_object *element = json_object_array_get_idx(list, i);

        if (element != chosen && is_primary(element)) {
            json_object_object_add(element, "primary", json_object_new_boolean(0));
        }
    }
}

/* ---- add ---- */

/* Adds sub-attributes of `element` to the equal value `kept`. The sub-attributes that make them equal keep their
 * spelling. */
static scim_error_t *add_to_same(scim_patch_state_t *state, json_object *kept, const scim_attr_t *attr,
                                 json_object *element)
{
    scim_error_t *error;

    if (attr->type != SCIM_COMPLEX || !scim_attr_sub(attr, "value", 5)) {
        return NULL;
    }
    json_object_object_foreach(element, key, item)
    {
        const scim_attr_t *sub = scim_attr_sub(attr, key, strlen(key));

        if (sub && strcmp(sub->key, "value") != 0 && strcmp(sub->key, "type") != 0 &&
            (error = scim_patch_set(state, kept, sub, item))) {
            return error;
        }
    }
    return NULL;
}

/* Appends a copy of `element`, or adds its sub-attributes to an equal value. *kept is the value in the list. */
static scim_error_t *add_element(json_object **kept, scim_patch_state_t *state, json_object *list, const known_t *known,
                                 json_object *element)
{
    *kept = known_get(known, element, 1);
    if (!*kept) {
        *kept = scim_json_copy(element, state->pool);
        json_object_array_add(list, json_object_get(*kept));
        known_add(known, element, *kept);
        return NULL;
    }
    return add_to_same(state, *kept, known->attr, element);
}

static scim_error_t *add_values(scim_patch_state_t *state, json_object *holder, json_object *values)
{
    json_object *list = values_of(state, holder), *kept, *primary = NULL;
    known_t known = known_make(state);
    scim_error_t *error = NULL;

    if (!list) {
        list = json_object_new_array();
        json_object_object_add(holder, known.attr->name, list);
    }
    known_add_all(&known, list);
    for (size_t i = 0; !error && i < json_object_array_length(values); i++) {
        json_object *element = json_object_array_get_idx(values, i);

        error = add_element(&kept, state, list, &known, element);
        primary = is_primary(element) ? kept : primary;
    }
    keep_primary(list, primary);
    apr_pool_destroy(known.pool);
    if (!error && json_object_array_length(list) > SCIM_LIST_MAX) {
        return scim_error_typed(state->pool, SCIM_INVALID_VALUE,
                                "%s would have %lu values, and may have at most %d; remove others first.",
                                known.attr->name, (unsigned long)json_object_array_length(list), SCIM_LIST_MAX);
    }
    return error;
}

/* ---- values that a filter does not find ---- */

static scim_error_t *no_target(const scim_patch_state_t *state)
{
    return scim_error_typed(state->pool, SCIM_NO_TARGET, "No value matches the path \"%s\".", state->op->text);
}

/* Whether a new value may have what the filter compares with: a type that the schema lists, or a boolean (primary).
 * For any other value, such as an address, the client assumes that the value exists. */
static int is_expected(const scim_attr_t *attr, const char *value)
{
    for (int i = 0; attr->canonical && i < attr->canonical->nelts; i++) {
        if (value && strcasecmp(APR_ARRAY_IDX(attr->canonical, i, const char *), value) == 0) {
            return 1;
        }
    }
    return attr->type == SCIM_BOOLEAN;
}

static json_object *filter_value(const scim_filter_t *filter, apr_pool_t *pool)
{
    json_object *value = NULL;

    switch (filter->value_kind) {
    case SCIM_VALUE_NULL:
        return NULL;
    case SCIM_VALUE_TRUE:
    case SCIM_VALUE_FALSE:
        value = json_object_new_boolean(filter->value_kind == SCIM_VALUE_TRUE);
        break;
    case SCIM_VALUE_NUMBER:
        value = json_tokener_parse(filter->value);
        break;
    case SCIM_VALUE_STRING:
        value = json_object_new_string(filter->value);
        break;
    }
    return value ? scim_json_own(value, pool) : NULL;
}

/* Gives `element` the values of a filter that has only `eq` and `and`; 0: the filter is another one. */
static int meet_filter(const scim_patch_state_t *state, json_object *element, const scim_filter_t *filter)
{
    json_object *value;

    if (filter->kind == SCIM_FILTER_AND) {
        return meet_filter(state, element, filter->left) && meet_filter(state, element, filter->right);
    }
    if (filter->kind != SCIM_FILTER_COMPARE || filter->op != SCIM_EQ || filter->attr->mutability == SCIM_READ_ONLY ||
        (state->op->op == SCIM_PATCH_REPLACE && !is_expected(filter->attr, filter->value))) {
        return 0;
    }
    if (scim_value_read(&value, filter_value(filter, state->pool), filter->attr, filter->attr->name, state->leniency,
                        state->pool)) {
        return 0;
    }
    if (value && filter->attr->parent) {
        json_object_object_add(element, filter->attr->name, json_object_get(value));
    }
    return 1;
}

/* Adds the value that the filter should have matched. RFC 7644 3.5.2.3 requires noTarget, but identity providers treat
 * that as an error: Entra ID sends `replace` even for a user's first e-mail address. */
static scim_error_t *create_value(scim_patch_state_t *state, json_object *holder)
{
    const scim_patch_op_t *op = state->op;
    int simple = op->path.attr->type != SCIM_COMPLEX;
    json_object *element = scim_json_own(json_object_new_object(), state->pool);
    json_object *values = scim_json_own(json_object_new_array(), state->pool);
    scim_error_t *error = NULL;

    if (op->path.filter) {
        if (op->op == SCIM_PATCH_REPLACE && !scim_lenient(state->leniency, SCIM_LENIENT_VALUE_PATH_CREATES)) {
            return no_target(state);
        }
        /* the second test refuses impossible filters: type eq "a" and type eq "b" */
        if (!meet_filter(state, element, op->path.filter) ||
            (!simple && !scim_filter_matches(op->path.filter, element, state->pool))) {
            return no_target(state);
        }
    }
    if (op->path.sub) {
        error = scim_patch_set(state, element, op->path.sub, op->value);
    } else if (!simple) {
        error = scim_patch_merge(state, element, op->path.attr, op->value);
    }
    json_object_array_add(values, json_object_get(simple ? op->value : element));
    return error ? error : add_values(state, holder, values);
}

/* ---- values inside ---- */

static int selects(scim_patch_state_t *state, json_object *element)
{
    const scim_filter_t *filter = state->op->path.filter;
    int matches = !filter || scim_filter_matches(filter, element, state->scratch);

    apr_pool_clear(state->scratch);
    return matches;
}

static scim_error_t *update_element(scim_patch_state_t *state, json_object *list, size_t i)
{
    const scim_path_t *path = &state->op->path;
    json_object *element = json_object_array_get_idx(list, i);

    if (path->sub) {
        return scim_patch_set(state, element, path->sub, state->op->value);
    }
    if (path->attr->type == SCIM_COMPLEX) {
        return scim_patch_merge(state, element, path->attr, state->op->value);
    }
    json_object_array_put_idx(list, i, scim_patch_keep(state, state->op->value));
    return NULL;
}

/* Executes add and replace with a path attr[filter], attr[filter].sub or attr.sub; the last one changes all values. */
static scim_error_t *update_matches(scim_patch_state_t *state, json_object *holder)
{
    json_object *list = values_of(state, holder), *last = NULL;
    size_t matches = 0;
    scim_error_t *error;

    for (size_t i = 0; i < count_of(list); i++) {
        json_object *element = json_object_array_get_idx(list, i);

        if (selects(state, element)) {
            matches++;
            last = element;
            if ((error = update_element(state, list, i))) {
                return error;
            }
        }
    }
    if (matches == 0) {
        return create_value(state, holder);
    }
    if (!makes_primary(state->op)) {
        return NULL;
    }
    if (matches > 1) {
        return scim_error_typed(state->pool, SCIM_INVALID_VALUE,
                                "\"%s\" selects more than one value, and only one can be primary.", state->op->text);
    }
    keep_primary(list, last);
    return NULL;
}

/* ---- remove ---- */

/* Stores the remaining values instead of the old ones. */
static scim_error_t *leave(scim_patch_state_t *state, json_object *holder, json_object *list)
{
    const scim_attr_t *attr = state->op->path.attr;

    if (json_object_array_length(list) > 0) {
        json_object_object_add(holder, attr->name, list);
        return NULL;
    }
    json_object_put(list);
    if (attr->required) {
        return scim_error_typed(state->pool, SCIM_MUTABILITY,
                                "Attribute \"%s\" is required and its last value cannot be removed.", attr->name);
    }
    json_object_object_del(holder, attr->name);
    return NULL;
}

/* Removes from one value what the path names. *gone: nothing is left of it. */
static scim_error_t *reduce(int *gone, scim_patch_state_t *state, json_object *element)
{
    scim_error_t *error = NULL;

    *gone = !state->op->path.sub;
    if (state->op->path.sub && !(error = scim_patch_unset(state, element, state->op->path.sub))) {
        *gone = json_object_object_length(element) == 0;
    }
    return error;
}

static scim_error_t *remove_matches(scim_patch_state_t *state, json_object *holder)
{
    json_object *list = values_of(state, holder), *left = json_object_new_array();
    scim_error_t *error = NULL;

    for (size_t i = 0; !error && i < count_of(list); i++) {
        json_object *element = json_object_array_get_idx(list, i);
        int gone = 0;

        if (selects(state, element)) {
            error = reduce(&gone, state, element);
        }
        if (!gone) {
            json_object_array_add(left, json_object_get(element));
        }
    }
    if (error || json_object_array_length(left) == count_of(list)) {
        json_object_put(left);
        return error;
    }
    return leave(state, holder, left);
}

/* Removes the operation's values. A value without a type removes equal values of any type. */
static scim_error_t *remove_values(scim_patch_state_t *state, json_object *holder)
{
    json_object *list = values_of(state, holder), *left = json_object_new_array();
    known_t unwanted = known_make(state);

    known_add_all(&unwanted, state->op->value);
    for (size_t i = 0; i < count_of(list); i++) {
        json_object *element = json_object_array_get_idx(list, i);

        if (!known_get(&unwanted, element, 1) && !known_get(&unwanted, element, 0)) {
            json_object_array_add(left, json_object_get(element));
        }
    }
    apr_pool_destroy(unwanted.pool);
    if (json_object_array_length(left) == count_of(list)) {
        json_object_put(left);
        return NULL;
    }
    return leave(state, holder, left);
}

/* ---- all ---- */

static scim_error_t *apply_whole(scim_patch_state_t *state, json_object *holder)
{
    const scim_patch_op_t *op = state->op;

    switch (op->op) {
    case SCIM_PATCH_ADD:
        return add_values(state, holder, op->value);
    case SCIM_PATCH_REPLACE:
        return scim_patch_set(state, holder, op->path.attr, op->value);
    case SCIM_PATCH_REMOVE:
        break;
    }
    return op->value ? remove_values(state, holder) : scim_patch_unset(state, holder, op->path.attr);
}

static size_t bytes_of(json_object *value)
{
    size_t bytes = 0;

    if (json_object_is_type(value, json_type_string)) {
        return (size_t)json_object_get_string_len(value);
    }
    if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, key, item)
        {
            (void)key;
            bytes += bytes_of(item);
        }
    }
    for (size_t i = 0; json_object_is_type(value, json_type_array) && i < count_of(value); i++) {
        bytes += bytes_of(json_object_array_get_idx(value, i));
    }
    return bytes;
}

static size_t comparisons_of(const scim_filter_t *filter)
{
    if (!filter) {
        return 0;
    }
    return filter->kind == SCIM_FILTER_COMPARE ? 1 : comparisons_of(filter->left) + comparisons_of(filter->right);
}

static size_t cost_of(const scim_patch_op_t *op, json_object *list)
{
    size_t comparisons = comparisons_of(op->path.filter), count = count_of(list);
    size_t compared = comparisons ? comparisons * (count + bytes_of(list) / BYTES_PER_WORK) : count;
    size_t written = op->path.filter || op->path.sub ? count * (bytes_of(op->value) / BYTES_PER_WORK) : 0;

    return compared + written;
}

scim_error_t *scim_patch_list(scim_patch_state_t *state, json_object *holder)
{
    const scim_patch_op_t *op = state->op;

    state->work += cost_of(op, values_of(state, holder));
    if (state->work > WORK_MAX) {
        return scim_error_status(state->pool, 413, "The request has too many operations on lists as long as \"%s\".",
                                 op->path.attr->name);
    }
    if (!op->path.filter && !op->path.sub) {
        return apply_whole(state, holder);
    }
    return op->op == SCIM_PATCH_REMOVE ? remove_matches(state, holder) : update_matches(state, holder);
}
