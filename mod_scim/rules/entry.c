#include "entry.h"

#include <string.h>

#include "scim/json.h"

static const char *action_of(const scim_row_t *before, const scim_row_t *after)
{
    if (before->deleted != after->deleted) {
        return after->deleted ? "delete" : "restore";
    }
    if (strcmp(before->source, after->source) != 0) {
        return strcmp(after->source, "local") == 0 ? "unlink" : "adopt";
    }
    return "update";
}

static void add_text(json_object *facts, const char *name, const char *value)
{
    if (value) {
        json_object_object_add(facts, name, json_object_new_string(value));
    }
}

/* The columns that belong to the server. */
static json_object *facts_of(const scim_row_t *row, apr_pool_t *pool)
{
    json_object *facts = scim_json_own(json_object_new_object(), pool);
    add_text(facts, "source", row->source);
    add_text(facts, "role", row->role);
    add_text(facts, "protected", row->protected);
    if (row->flags) {
        json_object *flags = json_object_new_array();
        for (int i = 0; i < row->flags->nelts; i++) {
            json_object_array_add(flags, json_object_new_string(APR_ARRAY_IDX(row->flags, i, const char *)));
        }
        json_object_object_add(facts, "flags", flags);
    }
    return facts;
}

static int is_among(const apr_array_header_t *names, const char *name)
{
    for (int i = 0; i < names->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(names, i, const char *), name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Adds to *out the members of `one` that `other` does not have with the same value. */
static void add_differing(json_object **out, json_object *one, const apr_array_header_t *same, apr_pool_t *pool)
{
    json_object_object_foreach(one, name, value)
    {
        if (is_among(same, name)) {
            continue;
        }
        if (!*out) {
            *out = scim_json_own(json_object_new_object(), pool);
        }
        json_object_object_add(*out, name, json_object_get(value));
    }
}

static void compare(scim_entry_t *entry, json_object *before, json_object *after, apr_pool_t *pool)
{
    const apr_array_header_t *same = scim_json_same(before, after, pool);
    add_differing(&entry->before, before, same, pool);
    add_differing(&entry->after, after, same, pool);
}

static int differs(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) != 0 : one != other;
}

/* Whether somebody who keeps access cannot log in as before, because the userName, the e-mail address (if people log
 * in with it) or the externalId was changed or removed. */
static int lost_login(const scim_row_t *before, const scim_row_t *after)
{
    const char *const *was = before->keys, *const *is = after->keys;
    return before->active && after->active && was[SCIM_KEY_USER_NAME] &&
           (differs(is[SCIM_KEY_USER_NAME], was[SCIM_KEY_USER_NAME]) ||
            (was[SCIM_KEY_EXTERNAL_ID] && differs(is[SCIM_KEY_EXTERNAL_ID], was[SCIM_KEY_EXTERNAL_ID])) ||
            (was[SCIM_KEY_LOGIN] && differs(is[SCIM_KEY_LOGIN], was[SCIM_KEY_LOGIN])));
}

static int lost_access(const scim_row_t *before, const scim_row_t *after)
{
    return before->active && (!after->active || after->loses);
}

int scim_entry_loses(const scim_row_t *before, const scim_row_t *after)
{
    return lost_access(before, after) || lost_login(before, after);
}

void scim_entry_change(scim_entry_t *entry, const scim_row_t *before, const scim_row_t *after, apr_pool_t *pool)
{
    *entry = (scim_entry_t){.action = action_of(before, after),
                            .name = scim_row_name(after),
                            .weight = lost_access(before, after),
                            .logins = lost_login(before, after)};
    compare(entry, before->doc, after->doc, pool);
    compare(entry, facts_of(before, pool), facts_of(after, pool), pool);
    if (strcmp(entry->action, "update") == 0 && !entry->before && !entry->after) {
        entry->action = NULL;
    }
}
