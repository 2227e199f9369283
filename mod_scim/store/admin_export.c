#include "admin_export.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/json.h"

/* A spreadsheet program takes a cell that begins with one of these for a formula. */
#define FORMULA "=+-@\t\r"

static void put_cell(scim_buf_t *out, const char *text)
{
    scim_buf_puts(out, "\"");
    if (*text && strchr(FORMULA, *text)) {
        scim_buf_puts(out, "'");
    }
    for (const char *quote; (quote = strchr(text, '"')) != NULL; text = quote + 1) {
        scim_buf_add(out, text, (apr_size_t)(quote - text));
        scim_buf_puts(out, "\"\"");
    }
    scim_buf_puts(out, text);
    scim_buf_puts(out, "\"");
}

/* Null is an empty cell without quotes. */
static void put_value(scim_buf_t *out, json_object *value, apr_pool_t *pool)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return;
    case json_type_string:
        put_cell(out, json_object_get_string(value));
        return;
    case json_type_object:
    case json_type_array:
        put_cell(out, scim_json_text(value, NULL, pool));
        return;
    default:
        scim_buf_puts(out, json_object_get_string(value));
    }
}

void scim_export_head(scim_buf_t *out, scim_export_e kind, const scim_admin_field_t *fields)
{
    if (kind != SCIM_EXPORT_CSV) {
        return;
    }
    for (const scim_admin_field_t *f = fields; f->name; f++) {
        scim_buf_printf(out, "%s%s", f == fields ? "" : ",", f->name);
    }
    scim_buf_puts(out, "\r\n");
}

static void put_row(scim_buf_t *out, const scim_admin_field_t *fields, json_object *row, apr_pool_t *pool)
{
    for (const scim_admin_field_t *f = fields; f->name; f++) {
        json_object *value = NULL;
        scim_buf_puts(out, f == fields ? "" : ",");
        json_object_object_get_ex(row, f->name, &value);
        put_value(out, value, pool);
    }
    scim_buf_puts(out, "\r\n");
}

const char *scim_export_page(scim_buf_t *out, scim_export_e kind, const scim_admin_field_t *fields, const char *answer,
                             apr_pool_t *pool)
{
    json_object *page = scim_json_trusted(answer, strlen(answer), pool);
    json_object *items = NULL;
    json_object *next = NULL;
    json_object_object_get_ex(page, "items", &items);
    for (size_t i = 0; items && i < json_object_array_length(items); i++) {
        json_object *row = json_object_array_get_idx(items, i);
        if (kind == SCIM_EXPORT_CSV) {
            put_row(out, fields, row, pool);
        } else {
            scim_buf_puts(out, scim_json_text(row, NULL, pool));
            scim_buf_puts(out, "\n");
        }
    }
    json_object_object_get_ex(page, "next", &next);
    return next ? apr_pstrdup(pool, json_object_get_string(next)) : NULL;
}
