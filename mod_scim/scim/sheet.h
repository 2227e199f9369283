/*
 * The rows of a file that administrators hand over: CSV (RFC 4180), or a JSON object a line.
 *
 * A file comes whole or in pieces. A piece begins where a row begins, and a row is known when its end is: what stands
 * behind the last row's end of a piece that `more` follows is read with the next piece. Pieces are counted by lines, as
 * editors count them: a row in quotes may have several.
 *
 *   userName,displayName        line 1: names the columns
 *   ann,"Ann ""A"" Lee"         line 2: {"userName": "ann", "displayName": "Ann \"A\" Lee"}
 *   ,                           line 3: a row without any value is none
 *
 * Cells may be separated by commas, semicolons or tabs: which, the first line tells. An empty cell is no value. An
 * apostrophe in front of what a spreadsheet would take for a formula is not part of the value; exports write it.
 * A row that cannot be read says why, and the next one is read all the same.
 */
#ifndef SCIM_SHEET_H
#define SCIM_SHEET_H

#include <apr_tables.h>
#include <json-c/json.h>

#include "error.h"

#define SCIM_SHEET_ROW_MAX     65536 /* bytes of a row */
#define SCIM_SHEET_COLUMNS_MAX 100

typedef struct scim_sheet_t {
    int lines;                   /* JSON lines, not CSV */
    char separator;              /* of cells; 0: not known yet */
    apr_array_header_t *columns; /* const char *, as they are written; NULL: of JSON lines, or not known yet */
    const char *head;            /* the line that names them, for the next piece; NULL: there is none */
    const char *at, *end;
    apr_int64_t line; /* of `at` */
    int more;
    apr_pool_t *pool;
} scim_sheet_t;

typedef struct scim_sheet_row_t {
    apr_int64_t line;    /* where it begins */
    json_object *values; /* of a row that can be read, the members that have a value; owned by the pool */
    const char *column;  /* that `wrong` is about; NULL: none */
    const char *wrong;   /* why it cannot be read, and what to do; NULL: it can */
} scim_sheet_row_t;

/* Opens a piece whose first row is in line `line`. `head` is the first line of a CSV file, of a piece that is not the
 * first one; NULL: the piece has it itself, or has JSON lines. `bytes` must stay. Errors: 400, of the argument `file`
 * or `columns`. */
scim_error_t *scim_sheet_open(scim_sheet_t *sheet, const char *bytes, apr_size_t len, const char *head,
                              apr_int64_t line, int more, apr_pool_t *pool);

/* Reads the next row; 0: there is none, or not all of it. */
int scim_sheet_next(scim_sheet_row_t *row, scim_sheet_t *sheet);

#endif
