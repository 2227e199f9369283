/*
 * Reads the rows of an administrator's file: CSV (RFC 4180), or JSON lines.
 *
 * A file comes whole or in pieces. A piece begins at the beginning of a row. If `more` pieces follow, an incomplete row
 * at the end of a piece is not read; the next piece begins with it. Lines are counted as editors count them: a quoted
 * row may have several.
 *
 *   userName,displayName        line 1: names the columns
 *   ann,"Ann ""A"" Lee"         line 2: {"userName": "ann", "displayName": "Ann \"A\" Lee"}
 *   ,                           line 3: a row without any value is skipped
 *
 * Cells are separated by commas, semicolons or tabs, as the first line shows. An empty cell means no value. An
 * apostrophe in front of a text that a spreadsheet would read as a formula is removed; exports add it. A row that
 * cannot be read has the reason, and reading continues with the next row.
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
    apr_array_header_t *columns; /* const char *, as written; NULL: JSON lines, or not known yet */
    const char *head;            /* the line with the column names, for the next piece; NULL: none */
    const char *at, *end;
    apr_int64_t line; /* of `at` */
    int more;
    apr_pool_t *pool;
} scim_sheet_t;

typedef struct scim_sheet_row_t {
    apr_int64_t line;    /* where it begins */
    json_object *values; /* if the row can be read, the members that have a value; owned by the pool */
    const char *column;  /* the column that `wrong` is about; NULL: none */
    const char *wrong;   /* why the row cannot be read, and what to do; NULL: it can */
} scim_sheet_row_t;

/* Opens a piece whose first row is in line `line`. For later pieces of a CSV file `head` is the first line of the file;
 * NULL: the piece contains that line, or has JSON lines. `bytes` must stay valid. Errors: 400 for the argument `file`
 * or `columns`. */
scim_error_t *scim_sheet_open(scim_sheet_t *sheet, const char *bytes, apr_size_t len, const char *head,
                              apr_int64_t line, int more, apr_pool_t *pool);

/* Reads the next row; 0: there is no complete one. */
int scim_sheet_next(scim_sheet_row_t *row, scim_sheet_t *sheet);

#endif
