/*
 * A file of rows, in one piece and in two. The first byte decides where it is cut. Each row is read or has an error
 * text, and both pieces together have the same rows as the whole.
 */
#include "scim/sheet.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "fuzz.h"
#include "scim/json.h"

static void check_row(const scim_sheet_row_t *row, apr_int64_t after)
{
    FUZZ_CHECK(row->line > after);
    FUZZ_CHECK(row->wrong || row->values);
    if (row->wrong) {
        FUZZ_CHECK(*row->wrong && scim_utf8_valid(row->wrong, strlen(row->wrong)) == strlen(row->wrong));
    }
}

/* Adds a text for each remaining row. */
static void read_rows(apr_array_header_t *texts, scim_sheet_t *sheet)
{
    scim_sheet_row_t row;
    apr_int64_t line = sheet->line - 1;

    while (scim_sheet_next(&row, sheet)) {
        check_row(&row, line);
        line = row.line;
        APR_ARRAY_PUSH(texts, const char *) =
            apr_psprintf(sheet->pool, "%" APR_INT64_T_FMT " %s %s", row.line, row.wrong ? row.wrong : "-",
                         row.wrong ? "-" : scim_json_text(row.values, NULL, sheet->pool));
    }
    FUZZ_CHECK(sheet->at <= sheet->end && (sheet->more || sheet->at == sheet->end));
}

static void check_head(const scim_sheet_t *sheet)
{
    FUZZ_CHECK(!sheet->lines == (sheet->columns != NULL) && !sheet->lines == (sheet->head != NULL));
    FUZZ_CHECK(!sheet->columns || (sheet->columns->nelts > 0 && sheet->columns->nelts <= SCIM_SHEET_COLUMNS_MAX));
}

/* The rows of both pieces; NULL: the first piece has not even the whole first line. */
static apr_array_header_t *read_pieces(const char *bytes, apr_size_t len, apr_size_t cut, apr_pool_t *pool)
{
    apr_array_header_t *texts = apr_array_make(pool, 16, sizeof(const char *));
    scim_sheet_t first, second;

    if (scim_sheet_open(&first, bytes, cut, NULL, 1, 1, pool)) {
        return NULL;
    }
    check_head(&first);
    read_rows(texts, &first);
    if (first.line == 1) {
        return NULL;
    }
    cut = (apr_size_t)(first.at - bytes);
    /* The columns from the first piece are correct for the second. */
    FUZZ_CHECK(
        !scim_sheet_open(&second, apr_pmemdup(pool, first.at, len - cut), len - cut, first.head, first.line, 0, pool));
    read_rows(texts, &second);
    return texts;
}

/* A file of blanks does not show whether it is CSV. */
static int is_blank(const char *bytes, apr_size_t len)
{
    while (len > 0 && apr_isspace(bytes[len - 1])) {
        len--;
    }
    return len == 0;
}

void fuzz_sheet(const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    apr_array_header_t *texts = apr_array_make(pool, 16, sizeof(const char *)), *others;
    apr_size_t cut = len ? (unsigned char)*bytes * (len - 1) / 255 : 0;
    scim_sheet_t sheet;
    scim_error_t *error;

    if (!len) {
        return;
    }
    bytes = apr_pmemdup(pool, bytes + 1, --len);
    error = scim_sheet_open(&sheet, bytes, len, NULL, 1, 0, pool);
    if (error) {
        FUZZ_CHECK(error->status == 400);
        fuzz_error(error, pool);
        return;
    }
    check_head(&sheet);
    read_rows(texts, &sheet);
    others = read_pieces(bytes, len, cut, pool);
    if (!others || is_blank(bytes, cut)) {
        return;
    }
    FUZZ_CHECK(others->nelts == texts->nelts);
    for (int i = 0; i < texts->nelts; i++) {
        FUZZ_CHECK(fuzz_same(APR_ARRAY_IDX(texts, i, const char *), APR_ARRAY_IDX(others, i, const char *)));
    }
}
