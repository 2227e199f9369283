#include "sheet.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "json.h"
#include "table.h"
#include "text.h"

#define FORMULA   "=+-@\t\r" /* the same characters as in store/admin_export.c */
#define ROW_DEPTH 3          /* an object with lists of objects */

static scim_error_t *refuse(const char *argument, const char *detail, apr_pool_t *pool)
{
    scim_error_t *error = scim_error_status(pool, 400, "%s: %s", argument, detail);
    scim_error_field(error, argument, detail, pool);
    return error;
}

/* --- the bytes of a row --------------------------------------------------------------------------------------------*/

/* The result of searching the end of a row. */
typedef enum { WHOLE, CUT, OPEN_QUOTE, TOO_LONG } extent_e;

/* Finds the end of the row at `from`: before the line end, or at the end of the read bytes. A quote has its meaning
 * only at the beginning of a cell. */
static extent_e find_end(const char **end, const scim_sheet_t *sheet, const char *from)
{
    int fresh = 1, quoted = 0;
    const char *at = from;
    for (; at < sheet->end && at - from <= SCIM_SHEET_ROW_MAX && (quoted || *at != '\n'); at++) {
        if (quoted && *at == '"') {
            quoted = 0;
            fresh = at + 1 < sheet->end && at[1] == '"'; /* a doubled quote: the second one opens again */
        } else if (!quoted) {
            quoted = fresh && *at == '"' && !sheet->lines;
            fresh = *at == sheet->separator;
        }
    }
    *end = at;
    if (at - from > SCIM_SHEET_ROW_MAX) {
        return quoted ? OPEN_QUOTE : TOO_LONG;
    }
    if (at < sheet->end) {
        return WHOLE;
    }
    return sheet->more ? CUT : quoted ? OPEN_QUOTE : WHOLE;
}

/* Goes behind the line end at or after `from`, or to the end of the read bytes. */
static void go_behind(scim_sheet_t *sheet, const char *from)
{
    const char *feed = from < sheet->end ? memchr(from, '\n', (apr_size_t)(sheet->end - from)) : NULL;
    const char *to = feed ? feed + 1 : sheet->end;
    sheet->line++;
    for (const char *c = sheet->at; c < from; c++) {
        sheet->line += *c == '\n';
    }
    sheet->at = to;
}

static const char *check_bytes(const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    apr_size_t valid = scim_utf8_valid(bytes, len);
    if (memchr(bytes, '\0', len)) {
        return "holds a NUL character; remove it.";
    }
    if (valid < len) {
        return apr_psprintf(pool, "is not UTF-8: byte %lu is 0x%02X. Save the file as UTF-8.", (unsigned long)valid + 1,
                            (unsigned)(unsigned char)bytes[valid]);
    }
    return NULL;
}

static const char *not_read(extent_e extent, apr_pool_t *pool)
{
    return extent == OPEN_QUOTE
               ? "has a quote that is not closed within the maximum length of a line; close it, or double it."
               : apr_psprintf(pool, "is longer than %d bytes, the maximum for a line; shorten it.", SCIM_SHEET_ROW_MAX);
}

/* --- cells ---------------------------------------------------------------------------------------------------------*/

/* Reads the cell at *at into *text, and goes to the separator behind it, or to `end`. Returns an error text, or
 * NULL. */
static const char *read_cell(const char **text, const char **at, const char *end, const scim_sheet_t *sheet)
{
    scim_buf_t cell;
    scim_buf_init(&cell, 32, sheet->pool);
    const char *from = *at;
    int quoted = from < end && *from == '"';
    for (from += quoted; from < end && (quoted || *from != sheet->separator); from++) {
        if (quoted && *from == '"' && (from + 1 == end || from[1] != '"')) {
            break;
        }
        if (!quoted && *from == '\r') {
            return "has a line end that is CR alone; save the file with LF or CRLF.";
        }
        from += quoted && *from == '"';
        scim_buf_add(&cell, from, 1);
    }
    from += quoted;
    *at = from;
    *text = cell.data + (cell.data[0] == '\'' && cell.data[1] && strchr(FORMULA, cell.data[1]));
    return from < end && *from != sheet->separator
               ? "has text behind a closing quote; put the quotes around the whole cell, and double quotes in it."
               : NULL;
}

static const char *read_cells(apr_array_header_t *cells, const char *at, const char *end, const scim_sheet_t *sheet)
{
    end -= end > at && end[-1] == '\r';
    for (;;) {
        const char **cell = apr_array_push(cells);
        const char *wrong = read_cell(cell, &at, end, sheet);
        if (wrong || at == end) {
            return wrong;
        }
        at++;
    }
}

/* --- the first line ------------------------------------------------------------------------------------------------*/

static char guess_separator(const char *at, const char *end)
{
    static const char separators[] = ",;\t";
    for (; at < end; at++) {
        if (*at && strchr(separators, *at)) {
            return *at;
        }
    }
    return ',';
}

static scim_error_t *name_columns(scim_sheet_t *sheet, const char *at, const char *end, const char *argument)
{
    apr_pool_t *pool = sheet->pool;
    apr_hash_t *known = scim_table_make(pool);
    end -= end > at && end[-1] == '\r';
    sheet->separator = guess_separator(at, end);
    sheet->columns = apr_array_make(pool, 16, sizeof(const char *));
    sheet->head = apr_pstrmemdup(pool, at, (apr_size_t)(end - at));
    const char *wrong = check_bytes(at, (apr_size_t)(end - at), pool);
    wrong = wrong ? wrong : read_cells(sheet->columns, at, end, sheet);
    if (wrong) {
        return refuse(argument, apr_pstrcat(pool, "The first line ", wrong, NULL), pool);
    }
    if (sheet->columns->nelts > SCIM_SHEET_COLUMNS_MAX) {
        return refuse(argument,
                      apr_psprintf(pool, "The first line names %d columns; %d are the most.", sheet->columns->nelts,
                                   SCIM_SHEET_COLUMNS_MAX),
                      pool);
    }
    for (int i = 0; i < sheet->columns->nelts; i++) {
        const char *name = APR_ARRAY_IDX(sheet->columns, i, const char *);
        if (*name && apr_hash_get(known, name, APR_HASH_KEY_STRING)) {
            return refuse(argument, apr_psprintf(pool, "The first line names the column \"%s\" twice.", name), pool);
        }
        apr_hash_set(known, name, APR_HASH_KEY_STRING, name);
    }
    return NULL;
}

static scim_error_t *read_head(scim_sheet_t *sheet)
{
    const char *end;
    extent_e extent = find_end(&end, sheet, sheet->at);
    if (extent != WHOLE && extent != CUT) {
        return refuse("file", apr_pstrcat(sheet->pool, "The first line ", not_read(extent, sheet->pool), NULL),
                      sheet->pool);
    }
    if (extent == CUT) {
        return refuse("file", "The piece ends within the first line; send a longer one.", sheet->pool);
    }
    scim_error_t *error = name_columns(sheet, sheet->at, end, "file");
    go_behind(sheet, end);
    return error;
}

static int starts(const scim_sheet_t *sheet, const char *bytes, apr_size_t len)
{
    return (apr_size_t)(sheet->end - sheet->at) >= len && memcmp(sheet->at, bytes, len) == 0;
}

scim_error_t *scim_sheet_open(scim_sheet_t *sheet, const char *bytes, apr_size_t len, const char *head,
                              apr_int64_t line, int more, apr_pool_t *pool)
{
    *sheet = (scim_sheet_t){.at = bytes, .end = bytes + len, .line = line, .more = more, .pool = pool};
    if (line == 1 &&
        (starts(sheet, "\xff\xfe", 2) || starts(sheet, "\xfe\xff", 2) || (len > 1 && (!bytes[0] || !bytes[1])))) {
        return refuse("file", "This is UTF-16. Save the file as UTF-8; spreadsheets call that \"CSV UTF-8\".", pool);
    }
    sheet->at += starts(sheet, "\xef\xbb\xbf", 3) ? 3 : 0;
    if (head) {
        return name_columns(sheet, head, head + strlen(head), "columns");
    }
    if (line > 1) {
        sheet->lines = 1;
        return NULL;
    }
    const char *first = sheet->at;
    while (first < sheet->end && apr_isspace(*first)) {
        first++;
    }
    if (first == sheet->end && !more) {
        return refuse("file", "It is empty; its first line names the columns, or it has a JSON object in each line.",
                      pool);
    }
    sheet->lines = first < sheet->end && *first == '{';
    return sheet->lines ? NULL : read_head(sheet);
}

/* --- rows ----------------------------------------------------------------------------------------------------------*/

static void read_csv(scim_sheet_row_t *row, const scim_sheet_t *sheet, const char *end)
{
    apr_pool_t *pool = sheet->pool;
    apr_array_header_t *cells = apr_array_make(pool, sheet->columns->nelts, sizeof(const char *));
    row->wrong = read_cells(cells, sheet->at, end, sheet);
    if (row->wrong) {
        return;
    }
    row->values = scim_json_own(json_object_new_object(), pool);
    int some = 0;
    for (int i = 0; i < cells->nelts; i++) {
        const char *cell = APR_ARRAY_IDX(cells, i, const char *);
        some |= *cell != '\0';
        if (*cell && i < sheet->columns->nelts) {
            json_object_object_add(row->values, APR_ARRAY_IDX(sheet->columns, i, const char *),
                                   json_object_new_string(cell));
        }
    }
    if (some && cells->nelts != sheet->columns->nelts) {
        row->wrong = apr_psprintf(pool,
                                  "has %d cells, and the first line names %d columns. Quote cells that have a "
                                  "separator in them.",
                                  cells->nelts, sheet->columns->nelts);
    }
}

static void read_object(scim_sheet_row_t *row, const scim_sheet_t *sheet, const char *end)
{
    json_object *object;
    scim_error_t *error = scim_json_read(&object, sheet->at, (apr_size_t)(end - sheet->at), ROW_DEPTH, sheet->pool);
    if (error) {
        row->wrong = apr_pstrcat(sheet->pool, "is not a JSON object: ", error->detail, NULL);
        return;
    }
    row->values = scim_json_own(json_object_new_object(), sheet->pool);
    json_object_object_foreach(object, name, value)
    {
        if (value) {
            json_object_object_add(row->values, name, json_object_get(value));
        }
    }
}

static int is_blank(const char *at, const char *end)
{
    while (at < end && apr_isspace(*at)) {
        at++;
    }
    return at == end;
}

/* Reads the row that ends at `end`; 0: it is blank. */
static int read_row(scim_sheet_row_t *row, scim_sheet_t *sheet, const char *end)
{
    if (is_blank(sheet->at, end)) {
        return 0;
    }
    row->wrong = check_bytes(sheet->at, (apr_size_t)(end - sheet->at), sheet->pool);
    if (!row->wrong && sheet->lines) {
        read_object(row, sheet, end);
    } else if (!row->wrong) {
        read_csv(row, sheet, end);
    }
    return row->wrong || json_object_object_length(row->values) > 0 || sheet->lines;
}

int scim_sheet_next(scim_sheet_row_t *row, scim_sheet_t *sheet)
{
    while (sheet->at < sheet->end) {
        const char *end;
        extent_e extent = find_end(&end, sheet, sheet->at);
        *row = (scim_sheet_row_t){.line = sheet->line};
        if (extent == CUT) {
            return 0;
        }
        if (extent != WHOLE) {
            row->wrong = not_read(extent, sheet->pool);
            go_behind(sheet, sheet->at); /* reads the following lines one by one */
            return 1;
        }
        int found = read_row(row, sheet, end);
        go_behind(sheet, end);
        if (found) {
            return 1;
        }
    }
    return 0;
}
