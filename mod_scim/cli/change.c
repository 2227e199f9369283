#include "change.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "scim/json.h"
#include "scim/text.h"

#define MEMBERS "members"

typedef struct change_t {
    apr_array_header_t *lines;
    apr_pool_t *pool;
} change_t;

static void add_difference(const change_t *change, const char *name, json_object *before, json_object *after);

static int by_name(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* Adds the names of an object's members that `others` does not have; `object` may be NULL. */
static void add_names(apr_array_header_t *names, json_object *object, json_object *others)
{
    if (!json_object_is_type(object, json_type_object)) {
        return;
    }
    json_object_object_foreach(object, name, value)
    {
        (void)value;
        if (!json_object_object_get_ex(others, name, NULL)) {
            APR_ARRAY_PUSH(names, const char *) = name;
        }
    }
}

static void add_members(const change_t *change, const char *path, json_object *before, json_object *after)
{
    apr_array_header_t *names = apr_array_make(change->pool, 8, sizeof(const char *));

    add_names(names, before, NULL);
    add_names(names, after, before);
    qsort(names->elts, (size_t)names->nelts, sizeof(const char *), by_name);
    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);

        if (*path || strcmp(name, MEMBERS) != 0) {
            add_difference(change, apr_pstrcat(change->pool, path, *path ? "." : "", name, NULL),
                           json_object_object_get(before, name), json_object_object_get(after, name));
        }
    }
}

static const char *value_text(json_object *value, apr_pool_t *pool)
{
    return value != NULL ? scim_json_text(value, NULL, pool) : "none";
}

/* Whether a value is an object, or is missing where the other one is an object. */
static int is_open(json_object *value, json_object *other)
{
    return json_object_is_type(value, json_type_object) ||
           (value == NULL && json_object_is_type(other, json_type_object));
}

static void add_difference(const change_t *change, const char *name, json_object *before, json_object *after)
{
    if (is_open(before, after) && is_open(after, before)) {
        add_members(change, name, before, after);
        return;
    }
    const char *was = value_text(before, change->pool);
    const char *is = value_text(after, change->pool);

    if (strcmp(was, is) != 0) {
        APR_ARRAY_PUSH(change->lines, const char *) =
            scim_hidden_escape(apr_psprintf(change->pool, "%s: %s -> %s", name, was, is), change->pool);
    }
}

apr_array_header_t *cli_change_lines(json_object *before, json_object *after, apr_pool_t *pool)
{
    change_t change = {apr_array_make(pool, 8, sizeof(const char *)), pool};

    add_members(&change, "", before, after);
    return change.lines;
}
