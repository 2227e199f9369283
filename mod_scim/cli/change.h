/*
 * The values before and after a change, for people: a line for each value that differs.
 *
 *     {"active": true, "name": {"familyName": "A"}} -> {"active": false, "name": {"familyName": "B"}, "title": "C"}
 *
 *     active: true -> false
 *     name.familyName: "A" -> "B"
 *     title: none -> "C"
 *
 * Objects are split into their members; a list is one value. A group's members in an audit entry are left out.
 */
#ifndef SCIM_CLI_CHANGE_H
#define SCIM_CLI_CHANGE_H

#include <apr_tables.h>
#include <json-c/json.h>

/* The lines (const char *), in the order of their names. `before` or `after` may be NULL: no values. */
apr_array_header_t *cli_change_lines(json_object *before, json_object *after, apr_pool_t *pool);

#endif
