/*
 * Results, in two forms made of one description: aligned text for people, JSON (--json) for programs.
 *
 * A table of fields, as administrators' operations have them, says which members of an object people see, and how they
 * are headed. What is null or not there is "-" for people. Times are UTC: to the second for people, with microseconds
 * in JSON.
 */
#ifndef SCIM_CLI_SHOW_H
#define SCIM_CLI_SHOW_H

#include <stdio.h>

#include "cli.h"
#include "store/admin.h"

/* Print a list of objects as a table with headings, or as it is; and an object as lines of heading and value, or as it
 * is. Lists of texts are told with ", " between them. */
void cli_show_objects(const cli_t *cli, const scim_admin_field_t *fields, json_object *list);
void cli_show_object(const cli_t *cli, const scim_admin_field_t *fields, json_object *object);

/* Prints text with every character that nobody sees (scim_hidden_find) as \uXXXX: a stored value moves no cursor of a
 * terminal, and looks like no other one. With a line end where it is JSON. */
void cli_put_text(const char *text, FILE *out);
void cli_put_json(const char *json);

/* A time as people see it: 2027-01-31T12:00:00Z. */
const char *cli_time_text(apr_time_t time, apr_pool_t *pool);

#endif
