#include "import.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "account_doc.h"
#include "keys.h"
#include "scim/fold.h"
#include "scim/json.h"

const char *const scim_import_words[SCIM_IMPORT_COUNT] = {"made", "changed", "same", "kept", "refused"};

/* Columns of exports, lists and single users. Ignored ones are computed from others, or are valid only in the tenant
 * from which the account was exported. */
static const struct {
    const char *name;
    const char *means; /* an argument; "": ignored */
    enum { EXACT, FOLDED, LIST } compared;
    const char *member; /* the member of `user show` that it is compared with */
} columns[] = {
    {"userName", "userName", FOLDED, "userName"},
    {"givenName", "givenName", EXACT, "givenName"},
    {"familyName", "familyName", EXACT, "familyName"},
    {"displayName", "displayName", EXACT, "displayName"},
    {"email", "email", EXACT, "email"},
    {"phone", "phone", EXACT, "phone"},
    {"active", "active", EXACT, "active"},
    {"role", "role", FOLDED, "ownRole"},
    {"ownRole", "role", FOLDED, "ownRole"},
    {"flags", "flags", LIST, "flags"},
    {"groups", "groups", LIST, "groups"},
    {"id", "", EXACT, NULL},
    {"login", "", EXACT, NULL},
    {"state", "", EXACT, NULL},
    {"source", "", EXACT, NULL},
    {"roleSource", "", EXACT, NULL},
    {"roleGroup", "", EXACT, NULL},
    {"roleDefault", "", EXACT, NULL},
    {"protected", "", EXACT, NULL},
    {"created", "", EXACT, NULL},
    {"lastModified", "", EXACT, NULL},
    {"deletedAt", "", EXACT, NULL},
    {"externalId", "", EXACT, NULL},
    {"name", "", EXACT, NULL},
    {"emails", "", EXACT, NULL},
    {"phoneNumbers", "", EXACT, NULL},
    {"links", "", EXACT, NULL},
    {"locked", "", EXACT, NULL},
    {"mergedInto", "", EXACT, NULL},
};
#define COLUMN_COUNT (sizeof(columns) / sizeof(*columns))

/* --- columns ------------------------------------------------------------------------------------------------------ */

static int is_called(const char *name, const char *column)
{
    for (;; name++) {
        name += strspn(name, " -_");
        if (apr_tolower(*name) != apr_tolower(*column)) {
            return 0;
        }
        if (!*column++) {
            return 1;
        }
    }
}

/* The index of a name in `columns`; COLUMN_COUNT: it is unknown. */
static apr_size_t find_column(const char *name)
{
    apr_size_t i = 0;
    while (i < COLUMN_COUNT && !is_called(name, columns[i].name)) {
        i++;
    }
    return i;
}

const char *scim_import_column(const char *name)
{
    apr_size_t i = find_column(name);
    return i < COLUMN_COUNT ? columns[i].means : NULL;
}

/* "userName, givenName, ..." */
static const char *names_of_columns(apr_pool_t *pool)
{
    const char *names = columns[0].name;
    for (apr_size_t i = 1; i < COLUMN_COUNT; i++) {
        if (strcmp(columns[i].name, columns[i].means) == 0) {
            names = apr_pstrcat(pool, names, ", ", columns[i].name, NULL);
        }
    }
    return names;
}

static const char *no_column(const char *name, apr_pool_t *pool)
{
    return apr_psprintf(pool, "There is no column \"%s\"; the columns are %s. Rename it, or take it out.", name,
                        names_of_columns(pool));
}

static scim_error_t *refuse_file(const char *detail, apr_pool_t *pool)
{
    scim_error_t *error = scim_error_status(pool, 400, "file: %s", detail);
    scim_error_field(error, "file", detail, pool);
    return error;
}

scim_error_t *scim_import_columns(json_object **ignored, const apr_array_header_t *names, apr_pool_t *pool)
{
    int named = 0;
    *ignored = scim_json_own(json_object_new_array(), pool);
    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        const char *means = scim_import_column(name);
        if (!means) {
            return refuse_file(no_column(name, pool), pool);
        }
        if (!*means) {
            json_object_array_add(*ignored, json_object_new_string(name));
        }
        named |= strcmp(means, "userName") == 0;
    }
    return named ? NULL : refuse_file("The first line must name the columns, and one of them must be userName.", pool);
}

/* --- values ------------------------------------------------------------------------------------------------------- */

void scim_import_refuse(scim_import_line_t *line, const char *field, const char *cause)
{
    line->outcome = SCIM_IMPORT_REFUSED;
    line->field = field;
    line->cause = cause;
}

/* From a list of groups as `user show` returns it, the names of the groups that the identity provider does not
 * manage. */
static json_object *plain_list(json_object *list)
{
    json_object *names = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *one = json_object_array_get_idx(list, i);
        if (json_object_is_type(one, json_type_object)) {
            const char *source = json_object_get_string(json_object_object_get(one, "source"));
            one = source && strcmp(source, "scim") == 0 ? NULL : json_object_object_get(one, "displayName");
        }
        if (one) {
            json_object_array_add(names, json_object_get(one));
        }
    }
    return names;
}

/* Whether a row's role is the effective one: then it has the account's own role, or the source, in another column. */
static int has_effective_role(json_object *row)
{
    json_object_object_foreach(row, name, value)
    {
        (void)value;
        if (is_called(name, "ownRole") || is_called(name, "roleSource")) {
            return 1;
        }
    }
    return 0;
}

json_object *scim_import_values(scim_import_line_t *line, json_object *row, apr_pool_t *pool)
{
    json_object *values = scim_json_own(json_object_new_object(), pool);
    int effective = has_effective_role(row);
    json_object_object_foreach(row, name, value)
    {
        apr_size_t i = find_column(name);
        if (i == COLUMN_COUNT) {
            scim_import_refuse(line, apr_pstrdup(pool, name), no_column(name, pool));
            return NULL;
        }
        if (!*columns[i].means || (effective && strcmp(columns[i].name, "role") == 0)) {
            continue;
        }
        int list = columns[i].compared == LIST && json_object_is_type(value, json_type_array);
        json_object_object_add(values, columns[i].means, list ? plain_list(value) : json_object_get(value));
    }
    return values;
}

apr_size_t scim_import_groups(const scim_import_line_t *line)
{
    json_object *groups = line->outcome == SCIM_IMPORT_REFUSED ? NULL : json_object_object_get(line->values, "groups");
    return json_object_is_type(groups, json_type_array) ? json_object_array_length(groups) : 0;
}

int scim_import_has_too_many(scim_import_line_t *line, apr_pool_t *pool)
{
    apr_size_t count = scim_import_groups(line);
    if (count <= SCIM_IMPORT_GROUPS_MAX) {
        return 0;
    }
    scim_import_refuse(line, "groups",
                       apr_psprintf(pool,
                                    "names %" APR_SIZE_T_FMT
                                    " groups, and a line may name %d; put the others into a second file, and import "
                                    "that with existing=change, which adds them.",
                                    count, SCIM_IMPORT_GROUPS_MAX));
    return 1;
}

/* --- comparing with an existing account ----------------------------------------------------------------------------*/

static const char *key_of(json_object *value, apr_pool_t *pool)
{
    const char *text = json_object_get_string(value);
    return scim_fold(text ? text : "", pool);
}

/* Whether two lists of texts have the same names. */
static int is_same_list(json_object *list, json_object *other, apr_pool_t *pool)
{
    json_object *more = scim_keys_beyond(list, scim_keys_of(other, NULL, pool), pool);
    json_object *less = scim_keys_beyond(other, scim_keys_of(list, NULL, pool), pool);
    return json_object_array_length(more) == 0 && json_object_array_length(less) == 0;
}

static int is_same(apr_size_t column, json_object *value, json_object *is, apr_pool_t *pool)
{
    switch (columns[column].compared) {
    case FOLDED:
        return strcmp(key_of(value, pool), key_of(is, pool)) == 0;
    case LIST:
        return is_same_list(value, is, pool);
    case EXACT:
        break;
    }
    return json_object_equal(value, is);
}

/* The groups of a line, by name or id, that the account is not a member of. */
static json_object *groups_beyond(json_object *groups, json_object *is, apr_pool_t *pool)
{
    apr_hash_t *keys = scim_keys_of(is, "displayName", pool);
    scim_keys_add_all(keys, is, "id", pool);
    return scim_keys_beyond(groups, keys, pool);
}

/* Adds a value to the line's arguments if the account's value differs. */
static void compare(scim_import_line_t *line, apr_size_t column, json_object *value, json_object *is, apr_pool_t *pool)
{
    const char *argument = columns[column].means;
    if (strcmp(argument, "groups") == 0) {
        json_object *joins = groups_beyond(value, is, pool);
        if (json_object_array_length(joins) > 0) {
            json_object_object_add(line->args, argument, json_object_get(joins));
        }
        return;
    }
    if (!is_same(column, value, is, pool)) {
        json_object_object_add(line->args, argument, json_object_get(value));
        json_object_object_add(line->before, argument, json_object_get(is));
    }
}

/* For undo, adds `before`, and if names change the current names, because a change of names removes name.formatted,
 * which has no argument. */
static void set_back(scim_import_line_t *line, json_object *is, apr_pool_t *pool)
{
    static const char *const names[] = {"displayName", "familyName", "givenName"};
    int renames = 0;
    line->set = scim_json_copy(line->before, pool);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        renames = renames || json_object_object_get_ex(line->args, names[i], NULL);
    }
    if (renames) {
        json_object *was = json_object_new_object(), *name = json_object_object_get(is, "name");
        int named = json_object_is_type(name, json_type_object) && json_object_object_length(name) > 0;
        json_object_object_add(was, "name", named ? json_object_get(name) : NULL);
        json_object_object_add(was, "displayName", json_object_get(json_object_object_get(is, "displayName")));
        json_object_object_add(line->set, SCIM_ACCOUNT_WAS, was);
    }
}

void scim_import_decide(scim_import_line_t *line, json_object *is, apr_int64_t earlier, int changes, apr_pool_t *pool)
{
    line->id = json_object_get_string(json_object_object_get(is, "id"));
    if (earlier && earlier != line->line) {
        scim_import_refuse(line, "userName",
                           apr_psprintf(pool,
                                        "Line %" APR_INT64_T_FMT
                                        " is about the same account; combine both in one line, and remove the other.",
                                        earlier));
        return;
    }
    line->args = scim_json_own(json_object_new_object(), pool);
    line->before = scim_json_own(json_object_new_object(), pool);
    json_object_object_foreach(line->values, name, value)
    {
        apr_size_t column = find_column(name);
        compare(line, column, value, json_object_object_get(is, columns[column].member), pool);
    }
    set_back(line, is, pool);
    line->outcome = json_object_object_length(line->args) == 0 ? SCIM_IMPORT_SAME
                    : changes                                  ? SCIM_IMPORT_CHANGED
                                                               : SCIM_IMPORT_KEPT;
}
