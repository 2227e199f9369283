/* Rows of CSV and JSON lines, in one piece and in several. */
#include <apr_strings.h>
#include <string.h>

#include "scim/json.h"
#include "scim/sheet.h"
#include "scim/text.h"
#include "unit.h"

/* Reads all rows; returns the number of the next line. Each row becomes LINE{...} or LINE!ERROR, followed by a bar. */
static apr_int64_t read_on(scim_buf_t *out, scim_sheet_t *sheet)
{
    scim_sheet_row_t row;
    while (scim_sheet_next(&row, sheet)) {
        scim_buf_printf(out, "%d%s%s|", (int)row.line, row.wrong ? "!" : "",
                        row.wrong ? row.wrong : scim_json_text(row.values, NULL, unit_pool));
    }
    return sheet->line;
}

static const char *rows_of(const char *text, apr_size_t len)
{
    scim_buf_t out;
    scim_sheet_t sheet;
    scim_buf_init(&out, 256, unit_pool);
    scim_error_t *error = scim_sheet_open(&sheet, text, len, NULL, 1, 0, unit_pool);
    if (error) {
        return error->detail;
    }
    read_on(&out, &sheet);
    return out.data;
}

static const struct {
    const char *text, *rows;
} cases[] = {
    {"userName,email\nann,a@x\n", "2{\"userName\":\"ann\",\"email\":\"a@x\"}|"},
    {"\xef\xbb\xbfuserName;email\r\nann;a@x\r\n\r\nbob;",
     "2{\"userName\":\"ann\",\"email\":\"a@x\"}|4{\"userName\":\"bob\"}|"},
    {"\"userName\"\t\"x\"\n\"a \"\"b\"\"\nc\"\tz\nd\te",
     "2{\"userName\":\"a \\\"b\\\"\\nc\",\"x\":\"z\"}|4{\"userName\":\"d\",\"x\":\"e\"}|"},
    {"u\n5\" disk\n", "2{\"u\":\"5\\\" disk\"}|"},
    {"u,v\n'=1+1,'abc\n'+1,-1\n", "2{\"u\":\"=1+1\",\"v\":\"'abc\"}|3{\"u\":\"+1\",\"v\":\"-1\"}|"},
    {"u,v\n,\n\"\",\n\nx,y", "5{\"u\":\"x\",\"v\":\"y\"}|"},
    {"u,v\na\nb,c,d\n",
     "2!has 1 cells, and the first line names 2 columns. Quote cells that have a separator in them.|"
     "3!has 3 cells, and the first line names 2 columns. Quote cells that have a separator in them.|"},
    {"u,v\n\"a\"b,c\nd,e\n", "2!has text behind a closing quote; put the quotes around the whole cell, and double "
                             "quotes in it.|3{\"u\":\"d\",\"v\":\"e\"}|"},
    {"u\n\"a\nb\n",
     "2!has a quote that is not closed within the maximum length of a line; close it, or double it.|3{\"u\":\"b\"}|"},
    {"u\na\rb\n", "2!has a line end that is CR alone; save the file with LF or CRLF.|"},
    {"u\nM\xfcller\nM\xc3\xbcller\n",
     "2!is not UTF-8: byte 2 is 0xFC. Save the file as UTF-8.|3{\"u\":\"M\xc3\xbcller\"}|"},
    {"{\"userName\":\"ann\",\"email\":null,\"flags\":[\"a\"]}\n\n{\"userName\":\"bob\"}",
     "1{\"userName\":\"ann\",\"flags\":[\"a\"]}|3{\"userName\":\"bob\"}|"},
    {"{\"a\":1}\n[1]\n{\"a\":1,\"a\":2}\n{\"a\":\"}", "1{\"a\":1}|2!is not a JSON object: "},
    {"", "file: It is empty; its first line names the columns, or it has a JSON object in each line."},
    {" \n\n", "file: It is empty; its first line names the columns, or it has a JSON object in each line."},
    {"u,v,u\n", "file: The first line names the column \"u\" twice."},
    {"\"u\n", "file: The first line has a quote that is not closed within the maximum length of a line; close it, or "
              "double it."},
    {"u\xff\n", "file: The first line is not UTF-8: byte 2 is 0xFF. Save the file as UTF-8."},
};

static void each_case(void)
{
    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *rows = rows_of(cases[i].text, strlen(cases[i].text));
        UNIT_STR(apr_pstrndup(unit_pool, rows, strlen(cases[i].rows)), cases[i].rows);
    }
}

static void utf_16(void)
{
    static const char refusal[] = "file: This is UTF-16. Save the file as UTF-8; spreadsheets call that \"CSV UTF-8\".";
    UNIT_STR(rows_of("\xff\xfeu\0\n\0", 6), refusal);
    UNIT_STR(rows_of("\xfe\xff\0u\0\n", 6), refusal);
    UNIT_STR(rows_of("u\0\n\0", 4), refusal);
    UNIT_STR(rows_of("u\nab\0c\nd\n", 9), "2!holds a NUL character; remove it.|3{\"u\":\"d\"}|");
}

/* A text of `len` equal letters. */
static const char *long_text(apr_size_t len)
{
    char *text = apr_palloc(unit_pool, len + 1);
    memset(text, 'x', len);
    text[len] = '\0';
    return text;
}

static void long_rows(void)
{
    static const char limit[] = "2!is longer than 65536 bytes, the maximum for a line; shorten it.|";
    const char *fits = long_text(SCIM_SHEET_ROW_MAX), *over = long_text(1024 * 1024);
    const char *text = apr_pstrcat(unit_pool, "u\n", over, "\nnext\n", NULL);
    UNIT_STR(rows_of(text, strlen(text)), apr_pstrcat(unit_pool, limit, "3{\"u\":\"next\"}|", NULL));
    text = apr_pstrcat(unit_pool, "u\n", fits, "\n", NULL);
    UNIT_STR(rows_of(text, strlen(text)), apr_pstrcat(unit_pool, "2{\"u\":\"", fits, "\"}|", NULL));
    text = apr_pstrcat(unit_pool, over, "\n", NULL);
    UNIT_STR(rows_of(text, strlen(text)),
             "file: The first line is longer than 65536 bytes, the maximum for a line; shorten it.");

    scim_sheet_t sheet;
    scim_buf_t out;
    scim_buf_init(&out, 64, unit_pool);
    UNIT_OK(scim_sheet_open(&sheet, over, strlen(over), "u", 7, 1, unit_pool));
    UNIT_INT(read_on(&out, &sheet), 8); /* which begins in a later piece */
}

/* Where line `line` of a text begins. */
static const char *line_at(const char *text, apr_int64_t line)
{
    while (--line > 0 && *text) {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return text;
}

/* A file that is cut at any position has the same rows. */
static void in_pieces(void)
{
    static const char *const texts[] = {"u,v\r\na,\"b\nc\"\"d\"\r\n\r\ne,f\nx\n\"g\",h",
                                        "{\"u\":\"a\"}\n\n{\"u\":\"\xc3\xbc\"}\nno\n{\"u\":\"c\"}"};
    for (int t = 0; t < 2; t++) {
        const char *whole = rows_of(texts[t], strlen(texts[t]));
        const char *first = line_at(texts[t], 2);
        for (const char *cut = first; *cut; cut++) {
            scim_sheet_t sheet;
            scim_buf_t out;
            scim_buf_init(&out, 64, unit_pool);
            UNIT_OK(scim_sheet_open(&sheet, texts[t], (apr_size_t)(cut - texts[t]), NULL, 1, 1, unit_pool));
            apr_int64_t line = read_on(&out, &sheet);
            const char *rest = line_at(texts[t], line);
            UNIT_OK(scim_sheet_open(&sheet, rest, strlen(rest), sheet.head, line, 0, unit_pool));
            read_on(&out, &sheet);
            UNIT_STR(out.data, whole);
        }
    }
}

CU_TestInfo test_sheet[] = {
    {"each case", each_case}, {"UTF-16", utf_16}, {"long rows", long_rows}, {"in pieces", in_pieces}, CU_TEST_INFO_NULL,
};
