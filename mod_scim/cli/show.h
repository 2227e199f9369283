/*
 * Results, in two forms made of one description: aligned text for people, JSON (--json) for programs.
 *
 * A table of fields describes the struct that a row is. Absent values (NULL, time 0) are "-" for people and null in
 * JSON. Times are UTC: to the second for people, with microseconds in JSON.
 */
#ifndef SCIM_CLI_SHOW_H
#define SCIM_CLI_SHOW_H

#include <apr_tables.h>
#include <stddef.h>
#include <stdio.h>

#include "cli.h"
#include "store/admin.h"

typedef enum { CLI_KIND_TEXT, CLI_KIND_INT } cli_kind_e;

typedef struct cli_field_t {
    const char *member;  /* in JSON; NULL ends the table */
    const char *heading; /* for people; NULL is for programs only */
    cli_kind_e kind;     /* const char *, int */
    apr_size_t offset;   /* in the row */
} cli_field_t;

/* Prints rows (structs, held by value) as a table with headings, or as an array of objects. */
void cli_show_rows(const cli_t *cli, const cli_field_t *fields, const apr_array_header_t *rows);

/* Prints one row as lines of heading and value, or as an object. */
void cli_show_row(const cli_t *cli, const cli_field_t *fields, const void *row);

/* End a command that has asked the store: the error as cli_fail_with tells it, or what was asked for, printed. The rows
 * are taken by a pointer to where the call that gave `error` has put them. */
int cli_answer_rows(const cli_t *cli, const scim_error_t *error, const cli_field_t *fields, apr_array_header_t **rows);
int cli_answer_row(const cli_t *cli, const scim_error_t *error, const cli_field_t *fields, const void *row);

/* The same for what an administrator's operation has answered, by the fields that its table says. Lists of texts are
 * told with ", " between them. */
void cli_show_objects(const cli_t *cli, const scim_admin_field_t *fields, json_object *list);
void cli_show_object(const cli_t *cli, const scim_admin_field_t *fields, json_object *object);

/* Prints text with every character that nobody sees (scim_hidden_find) as \uXXXX: a stored value moves no cursor of a
 * terminal, and looks like no other one. With a line end where it is JSON. */
void cli_put_text(const char *text, FILE *out);
void cli_put_json(const char *json);

/* A time as people see it: 2027-01-31T12:00:00Z. */
const char *cli_time_text(apr_time_t time, apr_pool_t *pool);

#endif
