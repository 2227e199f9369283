/*
 * How a thing was at a moment, by how it is now and what the audit log tells of it.
 *
 * An entry of the log says at which moment (`at`, microseconds since 1970) what was done (`action`), and of each member
 * that changed what was before and after. A log is a JSON list of the entries of one thing, the oldest first. So a
 * member was, at a moment,
 *
 *   what the last entry up to then that names it has after it;
 *   else what the first entry after then that names it has before it;
 *   else what it is now.
 *
 * An example, with the log [{at: 10, create, after: {a: 1}}, {at: 30, update, before: {a: 1}, after: {a: 2}}]: at 20
 * `a` was 1, at 30 it was 2, and at 5 the thing was not there.
 *
 * Nothing here knows a connection. What is returned belongs to the JSON that was given.
 */
#ifndef SCIM_RULES_PAST_H
#define SCIM_RULES_PAST_H

#include <apr_time.h>
#include <json-c/json.h>

/* A member of a thing; NULL: it had none. `is` is how the thing is now, NULL where it is no more. */
json_object *scim_past_value(json_object *log, apr_time_t moment, json_object *is, const char *name);
const char *scim_past_text(json_object *log, apr_time_t moment, json_object *is, const char *name);

/* The same of a member of the document, all of which the entry of the creation has. */
json_object *scim_past_member(json_object *log, apr_time_t moment, json_object *is, const char *name);

/* Whether the thing was there. `is` has when it was deleted, `deleted`, where it was and its row is still kept. */
int scim_past_there(json_object *log, apr_time_t moment, json_object *is);

/* What was done last, up to the moment (`later` 0), or first after it (1), among the entries with one of the two
 * actions, of which those are looked at for which `picks` is true; NULL: nothing. */
typedef int (*scim_past_pick_t)(json_object *entry, const void *baton);
json_object *scim_past_entry(json_object *log, apr_time_t moment, int later, const char *one, const char *other,
                             scim_past_pick_t picks, const void *baton);

/* When a text member became, last up to the moment, what it is in `value`; 0: the log does not tell. */
apr_time_t scim_past_became(json_object *log, apr_time_t moment, const char *name, const char *value);

/* When an entry was made; the members of entries and things by name. */
apr_time_t scim_past_at(json_object *entry);
apr_time_t scim_past_time(json_object *object, const char *name); /* 0: there is none */
const char *scim_past_get(json_object *object, const char *name); /* NULL: there is none */

#endif
