#include "past.h"

#include <string.h>

apr_time_t scim_past_time(json_object *object, const char *name)
{
    return json_object_get_int64(json_object_object_get(object, name));
}

apr_time_t scim_past_at(json_object *entry)
{
    return scim_past_time(entry, "at");
}

const char *scim_past_get(json_object *object, const char *name)
{
    json_object *value = json_object_object_get(object, name);
    return value ? json_object_get_string(value) : NULL;
}

static size_t length_of(json_object *log)
{
    return log ? json_object_array_length(log) : 0;
}

static int is_action(json_object *entry, const char *action)
{
    const char *done = scim_past_get(entry, "action");
    return done && action && strcmp(done, action) == 0;
}

/* Whether an entry shows the object before and after. Other entries show what the object was given: a grant, a
 * template, a login, the data of a merged account. */
static int is_of_thing(json_object *entry)
{
    static const char *const others[] = {"grant", "withdraw", "template", "add-link", "remove-link", "merge"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (is_action(entry, others[i])) {
            return 0;
        }
    }
    return 1;
}

/* Whether an entry has a value of a member. `whole`: it is a member of the document; the entry of a creation has the
 * whole document. */
static int names(json_object *entry, const char *name, int whole)
{
    static const char *const sides[] = {"before", "after"};
    if (!is_of_thing(entry)) {
        return 0;
    }
    if (whole && is_action(entry, "create")) {
        return 1;
    }
    for (int i = 0; i < 2; i++) {
        if (json_object_object_get_ex(json_object_object_get(entry, sides[i]), name, NULL)) {
            return 1;
        }
    }
    return 0;
}

static json_object *find(json_object *log, apr_time_t moment, json_object *is, const char *name, int whole)
{
    json_object *last = NULL, *next = NULL;
    for (size_t i = 0; i < length_of(log) && !next; i++) {
        json_object *entry = json_object_array_get_idx(log, i);
        if (!names(entry, name, whole)) {
            continue;
        }
        if (scim_past_at(entry) <= moment) {
            last = entry;
        } else {
            next = entry;
        }
    }
    if (last) {
        return json_object_object_get(json_object_object_get(last, "after"), name);
    }
    return next ? json_object_object_get(json_object_object_get(next, "before"), name)
                : json_object_object_get(is, name);
}

json_object *scim_past_value(json_object *log, apr_time_t moment, json_object *is, const char *name)
{
    return find(log, moment, is, name, 0);
}

json_object *scim_past_member(json_object *log, apr_time_t moment, json_object *is, const char *name)
{
    return find(log, moment, is, name, 1);
}

const char *scim_past_text(json_object *log, apr_time_t moment, json_object *is, const char *name)
{
    json_object *value = scim_past_value(log, moment, is, name);
    return value ? json_object_get_string(value) : NULL;
}

/* What an entry says about the existence of the object: 1, 0, or -1: nothing. */
static int makes_there(json_object *entry)
{
    static const struct {
        const char *action;
        int there;
    } actions[] = {{"create", 1}, {"restore", 1}, {"delete", 0}, {"erase", 0}};
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (is_action(entry, actions[i].action)) {
            return actions[i].there;
        }
    }
    return -1;
}

int scim_past_there(json_object *log, apr_time_t moment, json_object *is)
{
    int was = -1;
    for (size_t i = 0; i < length_of(log); i++) {
        json_object *entry = json_object_array_get_idx(log, i);
        int there = makes_there(entry);
        if (there < 0) {
            continue;
        }
        if (scim_past_at(entry) > moment) {
            return was >= 0 ? was : !there;
        }
        was = there;
    }
    return was >= 0 ? was : is && !json_object_object_get(is, "deleted");
}

json_object *scim_past_entry(json_object *log, apr_time_t moment, int later, const char *one, const char *other,
                             scim_past_pick_t picks, const void *baton)
{
    json_object *last = NULL;
    for (size_t i = 0; i < length_of(log); i++) {
        json_object *entry = json_object_array_get_idx(log, i);
        if ((!is_action(entry, one) && !is_action(entry, other)) || (picks && !picks(entry, baton))) {
            continue;
        }
        if (scim_past_at(entry) > moment) {
            return later ? entry : last;
        }
        last = entry;
    }
    return later ? NULL : last;
}

apr_time_t scim_past_became(json_object *log, apr_time_t moment, const char *name, const char *value)
{
    apr_time_t became = 0;
    for (size_t i = 0; i < length_of(log); i++) {
        json_object *entry = json_object_array_get_idx(log, i);
        const char *after = scim_past_get(json_object_object_get(entry, "after"), name);
        if (after && strcmp(after, value) == 0 && scim_past_at(entry) <= moment) {
            became = scim_past_at(entry);
        }
    }
    return became;
}
