#include "show.h"

#include <apr_strings.h>
#include <apr_time.h>
#include <stdio.h>
#include <string.h>

#include "scim/json.h"
#include "scim/text.h"

#define GAP 2 /* spaces between columns */

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

/* In JSON such characters stand in strings alone, and \uXXXX is the same there. */
void cli_put_json(const char *json)
{
    cli_put_text(json, stdout);
    putchar('\n');
}

/* Columns that a terminal gives to the text: characters, not bytes. */
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

/* A line of a table; the last cell is not padded. */
static void print_line(const char *const *cells, const apr_size_t *widths, int n)
{
    for (int i = 0; i < n; i++) {
        print_cell(cells[i], i + 1 < n ? widths[i] + GAP : 0);
    }
    putchar('\n');
}

/* A table of cells, row after row; the first row is the headings. */
static void print_cells(const apr_array_header_t *cells, int columns, apr_pool_t *pool)
{
    apr_size_t *widths = apr_pcalloc(pool, ((apr_size_t)columns + 1) * sizeof(*widths));

    for (int i = 0; i < cells->nelts; i++) {
        apr_size_t len = width(APR_ARRAY_IDX(cells, i, const char *));

        widths[i % columns] = len > widths[i % columns] ? len : widths[i % columns];
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

/* What a person calls a thing that stands in a cell; all of it where nothing of that is known. --json shows the whole.
 */
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

/* How many, and the first of them, as a preview tells it. */
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

void cli_show_objects(const cli_t *cli, const scim_admin_field_t *fields, json_object *list)
{
    apr_array_header_t *cells = apr_array_make(cli->pool, 64, sizeof(const char *));
    int columns = 0;

    if (cli->options[CLI_JSON] != NULL) {
        cli_put_json(scim_json_text(list, NULL, cli->pool));
        return;
    }
    for (const scim_admin_field_t *f = fields; f->name != NULL; f++) {
        if (f->heading != NULL) {
            APR_ARRAY_PUSH(cells, const char *) = f->heading;
            columns++;
        }
    }
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        for (const scim_admin_field_t *f = fields; f->name != NULL; f++) {
            if (f->heading != NULL) {
                APR_ARRAY_PUSH(cells, const char *) = object_cell(f, json_object_array_get_idx(list, i), cli->pool);
            }
        }
    }
    print_cells(cells, columns, cli->pool);
}

void cli_show_object(const cli_t *cli, const scim_admin_field_t *fields, json_object *object)
{
    apr_size_t widest = 0;

    if (cli->options[CLI_JSON] != NULL) {
        cli_put_json(scim_json_text(object, NULL, cli->pool));
        return;
    }
    for (const scim_admin_field_t *f = fields; f->name != NULL; f++) {
        if (f->heading != NULL && width(f->heading) > widest) {
            widest = width(f->heading);
        }
    }
    for (const scim_admin_field_t *f = fields; f->name != NULL; f++) {
        if (f->heading != NULL) {
            print_cell(f->heading, widest + GAP);
            puts(object_cell(f, object, cli->pool));
        }
    }
}
