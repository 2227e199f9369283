/*
 * Prints results in two forms, from one description: aligned text for people, JSON (--json) for programs.
 *
 * The table of fields of an administrators' operation says which members of an object are shown to people, and their
 * headings. A null or missing value is shown as "-". Times are UTC: to the second for people, with microseconds in
 * JSON.
 */
#ifndef SCIM_CLI_SHOW_H
#define SCIM_CLI_SHOW_H

#include <stdio.h>

#include "cli.h"
#include "store/admin.h"

/* Print a list of objects as a table with headings, and an object as lines of heading and value; with --json unchanged.
 * Lists of texts are separated by ", ". */
void cli_show_objects(const cli_t *cli, const scim_admin_field_t *fields, json_object *list);
void cli_show_object(const cli_t *cli, const scim_admin_field_t *fields, json_object *object);

/* Prints text with every invisible character (scim_hidden_find) as \uXXXX, so that a stored value cannot move a
 * terminal's cursor or look like another value. JSON gets a newline at the end. */
void cli_put_text(const char *text, FILE *out);
void cli_put_json(const char *json);

/* A time for people: 2027-01-31T12:00:00Z. */
const char *cli_time_text(apr_time_t time, apr_pool_t *pool);

#endif
