#include "show.h"

#include <apr_strings.h>
#include <apr_time.h>
#include <stdio.h>
#include <string.h>

#include "change.h"
#include "scim/json.h"
#include "scim/text.h"
#include "words.h"

#define GAP          2   /* spaces between columns */
#define WIDE         100 /* width that a list should not exceed */
#define NARROW       6   /* smallest width of a shortened cell */
#define REQUEST_TIME 16  /* digits of the microseconds at the beginning of a request's id */
#define ELLIPSIS     "\xe2\x80\xa6"

const char *cli_time_text(apr_time_t time, apr_pool_t *pool)
{
    apr_time_exp_t t;

    apr_time_exp_gmt(&t, time);
    return apr_psprintf(pool, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour,
                        t.tm_min, t.tm_sec);
}

void cli_put_text(const char *text, FILE *out)
{
    apr_uint32_t code;
    const char *found;

    while ((found = scim_hidden_find(&code, text)) != NULL) {
        apr_size_t len;

        fwrite(text, 1, (apr_size_t)(found - text), out);
        fprintf(out, "\\u%04x", (unsigned)code);
        scim_character(&len, found);
        text = found + len;
    }
    fputs(text, out);
}

/* Escaping invisible characters as \uXXXX keeps the JSON valid, since they only occur in strings. */
void cli_put_json(const char *json)
{
    cli_put_text(json, stdout);
    putchar('\n');
}

/* The width of a text in a terminal: its characters, not bytes. */
static apr_size_t width(const char *text)
{
    apr_size_t n = 0;

    for (; *text; text++) {
        n += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return n;
}

static void print_cell(const char *text, apr_size_t pad_to)
{
    fputs(text, stdout);
    for (apr_size_t i = width(text); i < pad_to; i++) {
        putchar(' ');
    }
}

/* The beginning of a text that is wider than `most`, with an ellipsis. */
static const char *cut(const char *text, apr_size_t most, apr_pool_t *pool)
{
    const char *end = text;

    if (width(text) <= most) {
        return text;
    }
    for (apr_size_t n = 0; n + 1 < most; n++) {
        end++;
        while (((unsigned char)*end & 0xc0) == 0x80) {
            end++;
        }
    }
    return apr_pstrcat(pool, apr_pstrmemdup(pool, text, (apr_size_t)(end - text)), ELLIPSIS, NULL);
}

static apr_size_t narrowed(apr_size_t width)
{
    return width < NARROW ? width : NARROW;
}

/* Makes the widest of the columns that may be shortened narrower, until a line fits. If that is impossible, all stay
 * unchanged. */
static void fit(apr_size_t *widths, const char *whole, int columns)
{
    apr_size_t total = 0, least = 0;

    for (int i = 0; i < columns; i++) {
        total += widths[i] + (i > 0 ? GAP : 0);
        least += (whole[i] ? widths[i] : narrowed(widths[i])) + (i > 0 ? GAP : 0);
    }
    for (; least <= WIDE && total > WIDE; total--) {
        int widest = -1;

        for (int i = 0; i < columns; i++) {
            if (!whole[i] && (widest < 0 || widths[i] > widths[widest])) {
                widest = i;
            }
        }
        widths[widest]--;
    }
}

/* A line of a table; the last cell is not padded. */
static void print_line(const char *const *cells, const apr_size_t *widths, int n)
{
    for (int i = 0; i < n; i++) {
        print_cell(cells[i], i + 1 < n ? widths[i] + GAP : 0);
    }
    putchar('\n');
}

/* Prints a table of cells, row after row; the first row has the headings. `whole`: for each column, whether its cells
 * must not be shortened; NULL: none may be shortened. */
static void print_cells(const apr_array_header_t *cells, const char *whole, int columns, apr_pool_t *pool)
{
    apr_size_t *widths = apr_pcalloc(pool, ((apr_size_t)columns + 1) * sizeof(*widths));

    for (int i = 0; i < cells->nelts; i++) {
        apr_size_t len = width(APR_ARRAY_IDX(cells, i, const char *));

        widths[i % columns] = len > widths[i % columns] ? len : widths[i % columns];
    }
    if (whole != NULL) {
        fit(widths, whole, columns);
    }
    for (int i = 0; whole != NULL && i < cells->nelts; i++) {
        APR_ARRAY_IDX(cells, i, const char *) = cut(APR_ARRAY_IDX(cells, i, const char *), widths[i % columns], pool);
    }
    for (int i = 0; i < cells->nelts; i += columns) {
        print_line(&APR_ARRAY_IDX(cells, i, const char *), widths, columns);
    }
}

static int add_member(scim_buf_t *buf, json_object *object, const char *member)
{
    json_object *value = NULL;

    if (!json_object_object_get_ex(object, member, &value) || value == NULL) {
        return 0;
    }
    scim_buf_printf(buf, "%s%s", buf->len > 0 ? " " : "", json_object_get_string(value));
    return 1;
}

/* A short text for an object in a cell; if none is known, its JSON. --json shows everything. */
static const char *in_words(json_object *object, apr_pool_t *pool)
{
    scim_buf_t buf;

    if (json_object_is_type(object, json_type_string)) {
        return json_object_get_string(object);
    }
    scim_buf_init(&buf, 64, pool);
    if (add_member(&buf, object, "text") || add_member(&buf, object, "name") ||
        add_member(&buf, object, "objectName")) {
        return buf.data;
    }
    if (!add_member(&buf, object, "userName")) {
        add_member(&buf, object, "displayName");
    }
    add_member(&buf, object, "issuer");
    add_member(&buf, object, "subject");
    add_member(&buf, object, "value");
    if (json_object_object_get_ex(object, "subscription", NULL) && !add_member(&buf, object, "subscription")) {
        scim_buf_puts(&buf, buf.len > 0 ? " role" : "role");
        add_member(&buf, object, "role");
    }
    return buf.len > 0 ? buf.data : scim_json_text(object, NULL, pool);
}

static const char *joined(json_object *list, apr_pool_t *pool)
{
    scim_buf_t buf;

    scim_buf_init(&buf, 64, pool);
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        scim_buf_printf(&buf, "%s%s", i > 0 ? ", " : "", in_words(json_object_array_get_idx(list, i), pool));
    }
    return buf.len > 0 ? buf.data : "-";
}

/* The number of items and the first of them, for a preview. */
static const char *counted(json_object *object, apr_pool_t *pool)
{
    json_object *count = NULL;
    json_object *items = NULL;

    if (!json_object_object_get_ex(object, "count", &count) || !json_object_object_get_ex(object, "items", &items)) {
        return in_words(object, pool);
    }
    return json_object_array_length(items) == 0
               ? json_object_get_string(count)
               : apr_psprintf(pool, "%s: %s", json_object_get_string(count), joined(items, pool));
}

static const char *object_cell(const scim_admin_field_t *field, json_object *object, apr_pool_t *pool)
{
    json_object *value = NULL;
    apr_time_t time;

    if (!json_object_object_get_ex(object, field->name, &value) || value == NULL) {
        return "-";
    }
    if (field->kind == SCIM_ARG_TIME && scim_time_read(&time, json_object_get_string(value))) {
        return cli_time_text(time, pool);
    }
    switch (json_object_get_type(value)) {
    case json_type_boolean:
        return json_object_get_boolean(value) ? "yes" : "no";
    case json_type_array:
        return scim_hidden_escape(joined(value, pool), pool);
    case json_type_object:
        return scim_hidden_escape(counted(value, pool), pool);
    default:
        return scim_hidden_escape(json_object_get_string(value), pool);
    }
}

/* A cell of a list. Changes are on one line, and the outcome of a dry run is "dry run". The id of a request is
 * shortened to its microseconds, which are sufficient to name it. */
static const char *list_cell(const scim_admin_field_t *field, json_object *object, apr_pool_t *pool)
{
    json_object *value = NULL;
    const char *cell = object_cell(field, object, pool);

    if (field->kind == SCIM_ARG_JSON && strcmp(field->name, "after") == 0) {
        const apr_array_header_t *lines =
            cli_change_lines(json_object_object_get(object, "before"), json_object_object_get(object, "after"), pool);

        if (lines->nelts == 0 && json_object_object_get_ex(object, "members", &value) && value != NULL) {
            return scim_hidden_escape(counted(value, pool), pool);
        }
        cell = lines->nelts > 0 ? APR_ARRAY_IDX(lines, 0, const char *) : "-";
        for (int i = 1; i < lines->nelts; i++) {
            cell = apr_pstrcat(pool, cell, ", ", APR_ARRAY_IDX(lines, i, const char *), NULL);
        }
        return cell;
    }
    if (strcmp(field->name, "outcome") == 0 && json_object_object_get_ex(object, "dryRun", &value) &&
        json_object_get_boolean(value)) {
        return "dry run";
    }
    if (strcmp(field->name, "id") == 0 && strspn(cell, "0123456789") == REQUEST_TIME && cell[REQUEST_TIME] == '-') {
        return apr_pstrmemdup(pool, cell, REQUEST_TIME);
    }
    return cell;
}

/* Times, numbers and a row's name are never shortened. */
static int is_whole(const scim_admin_field_t *field)
{
    static const scim_arg_kind_e kinds[] = {SCIM_ARG_TIME, SCIM_ARG_INT, SCIM_ARG_FLAG};

    for (apr_size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (field->kind == kinds[i]) {
            return 1;
        }
    }
    return strcmp(field->name, "id") == 0 || strcmp(field->name, "keyId") == 0;
}

void cli_show_objects(const cli_t *cli, const scim_admin_field_t *fields, json_object *list)
{
    apr_array_header_t *cells = apr_array_make(cli->pool, 64, sizeof(const char *));
    apr_array_header_t *whole = apr_array_make(cli->pool, 16, sizeof(char));

    if (cli->options[CLI_JSON] != NULL) {
        cli_put_json(scim_json_text(list, NULL, cli->pool));
        return;
    }
    for (const scim_admin_field_t *f = fields; f->name != NULL; f++) {
        if (f->heading != NULL) {
            APR_ARRAY_PUSH(cells, const char *) = f->heading;
            APR_ARRAY_PUSH(whole, char) = (char)is_whole(f);
        }
    }
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        for (const scim_admin_field_t *f = fields; f->name != NULL; f++) {
            if (f->heading != NULL) {
                APR_ARRAY_PUSH(cells, const char *) = list_cell(f, json_object_array_get_idx(list, i), cli->pool);
            }
        }
    }
    /* Columns that the user has chosen are not shortened. */
    print_cells(cells, cli->options[CLI_COLUMNS] == NULL ? whole->elts : NULL, whole->nelts, cli->pool);
}

/* --- single objects ------------------------------------------------------------------------------------------------*/

typedef struct sheet_t {
    apr_size_t widest; /* of the headings */
    apr_pool_t *pool;
} sheet_t;

/* Prints lines after one heading. */
static void put_lines(const sheet_t *sheet, const char *heading, const apr_array_header_t *lines)
{
    for (int i = 0; i < lines->nelts; i++) {
        print_cell(i == 0 ? heading : "", sheet->widest + GAP);
        puts(APR_ARRAY_IDX(lines, i, const char *));
    }
}

/* Prints the values before and after; returns 0 if the field is another one. */
static int put_difference(const sheet_t *sheet, const scim_admin_field_t *field, json_object *object)
{
    if (field->kind != SCIM_ARG_JSON || strcmp(field->name, "after") != 0) {
        return 0;
    }
    put_lines(sheet, field->heading,
              cli_change_lines(json_object_object_get(object, "before"), json_object_object_get(object, "after"),
                               sheet->pool));
    return 1;
}

/* Prints each change that a dry run would have made. */
static void put_items(const sheet_t *sheet, json_object *changes)
{
    json_object *items = NULL;

    json_object_object_get_ex(changes, "items", &items);
    for (size_t i = 0; items != NULL && i < json_object_array_length(items); i++) {
        json_object *item = json_object_array_get_idx(items, i);
        apr_array_header_t *lines = apr_array_make(sheet->pool, 8, sizeof(const char *));

        APR_ARRAY_PUSH(lines, const char *) =
            scim_hidden_escape(apr_psprintf(sheet->pool, "%s %s %s", cli_text(item, "action", "-"),
                                            cli_text(item, "objectType", "-"), in_words(item, sheet->pool)),
                               sheet->pool);
        apr_array_cat(lines, cli_change_lines(json_object_object_get(item, "before"),
                                              json_object_object_get(item, "after"), sheet->pool));
        for (int line = 1; line < lines->nelts; line++) {
            APR_ARRAY_IDX(lines, line, const char *) =
                apr_pstrcat(sheet->pool, "  ", APR_ARRAY_IDX(lines, line, const char *), NULL);
        }
        put_lines(sheet, "", lines);
    }
}

void cli_show_object(const cli_t *cli, const scim_admin_field_t *fields, json_object *object)
{
    sheet_t sheet = {0, cli->pool};

    if (cli->options[CLI_JSON] != NULL) {
        cli_put_json(scim_json_text(object, NULL, cli->pool));
        return;
    }
    for (const scim_admin_field_t *f = fields; f->name != NULL; f++) {
        if (f->heading != NULL && width(f->heading) > sheet.widest) {
            sheet.widest = width(f->heading);
        }
    }
    for (const scim_admin_field_t *f = fields; f->name != NULL; f++) {
        if (f->heading == NULL || put_difference(&sheet, f, object)) {
            continue;
        }
        print_cell(f->heading, sheet.widest + GAP);
        puts(object_cell(f, object, cli->pool));
        if (strcmp(f->name, "changes") == 0) {
            put_items(&sheet, json_object_object_get(object, "changes"));
        }
    }
}
