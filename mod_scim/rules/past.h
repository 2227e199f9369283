/*
 * The state of an object at a moment in the past, computed from its current state and its audit log.
 *
 * An entry of the log has the time (`at`, microseconds since 1970), the `action`, and for each changed member its value
 * before and after. A log is a JSON list of the entries of one object, the oldest first. The value of a member at a
 * moment is
 *
 *   `after` in the last entry up to the moment that names the member; else `before` in the first entry after the moment
 *   that names it; else its current value.
 *
 * An example, with the log [{at: 10, create, after: {a: 1}}, {at: 30, update, before: {a: 1}, after: {a: 2}}]: at 20
 * `a` was 1, at 30 it was 2, and at 5 the object did not exist.
 *
 * This file uses no connection. Returned values belong to the given JSON.
 */
#ifndef SCIM_RULES_PAST_H
#define SCIM_RULES_PAST_H

#include <apr_time.h>
#include <json-c/json.h>

/* A member of an object; NULL: it had none. `is` is the current state, NULL if the object does not exist any more. */
json_object *scim_past_value(json_object *log, apr_time_t moment, json_object *is, const char *name);
const char *scim_past_text(json_object *log, apr_time_t moment, json_object *is, const char *name);

/* The same for a member of the document; the entry of the creation has the whole document. */
json_object *scim_past_member(json_object *log, apr_time_t moment, json_object *is, const char *name);

/* Whether the object existed. If it was deleted and its row is still there, `is` has the time as `deleted`. */
int scim_past_there(json_object *log, apr_time_t moment, json_object *is);

/* The last entry up to the moment (`later` 0), or the first after it (1), that has one of the two actions and for which
 * `picks` is true; NULL: none. */
typedef int (*scim_past_pick_t)(json_object *entry, const void *baton);
json_object *scim_past_entry(json_object *log, apr_time_t moment, int later, const char *one, const char *other,
                             scim_past_pick_t picks, const void *baton);

/* When, at or before the moment, a text member was last set to `value`; 0: the log does not say. */
apr_time_t scim_past_became(json_object *log, apr_time_t moment, const char *name, const char *value);

/* When an entry was made; members of entries and objects by name. */
apr_time_t scim_past_at(json_object *entry);
apr_time_t scim_past_time(json_object *object, const char *name); /* 0: there is none */
const char *scim_past_get(json_object *object, const char *name); /* NULL: there is none */

#endif
