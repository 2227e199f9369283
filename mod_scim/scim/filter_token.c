#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "filter_parser.h"
#include "marks.h"

#define QUOTE_MAX 80

/* PostgreSQL's numeric allows far longer numbers, but no attribute's value needs them. */
#define NUMBER_MAX          64
#define EXPONENT_DIGITS_MAX 3

unsigned long scim_filter_position(const scim_filter_parser_t *parser, const char *at)
{
    unsigned long position = 1;

    for (const char *c = parser->text; c < at; c++) {
        if (((unsigned char)*c & 0xc0) != 0x80) {
            position++;
        }
    }
    return position;
}

scim_error_t *scim_filter_expected(const scim_filter_parser_t *parser, const char *at, const char *expected)
{
    return scim_error_typed(parser->pool, SCIM_INVALID_FILTER, "The %s has an error at character %lu: expected %s.",
                            parser->what, scim_filter_position(parser, at), expected);
}

const char *scim_filter_quote(const char *text, apr_size_t len, apr_pool_t *pool)
{
    apr_size_t cut = len;

    if (len > QUOTE_MAX) {
        cut = QUOTE_MAX;
        while (cut > 0 && ((unsigned char)text[cut] & 0xc0) == 0x80) {
            cut--;
        }
    }
    return apr_pstrcat(pool, "\"", apr_pstrmemdup(pool, text, cut), cut < len ? "..\"" : "\"", NULL);
}

void scim_filter_spaces(scim_filter_parser_t *parser)
{
    while (parser->at < parser->end && *parser->at == ' ') {
        parser->at++;
    }
}

static scim_filter_word_t word_until(scim_filter_parser_t *parser, const char *stops)
{
    scim_filter_word_t word = {parser->at, 0};

    while (parser->at < parser->end && !strchr(stops, *parser->at)) {
        parser->at++;
    }
    word.len = (apr_size_t)(parser->at - word.at);
    return word;
}

/* A URN may have almost any character, so a word ends only at the characters that the grammar uses. */
scim_filter_word_t scim_filter_word(scim_filter_parser_t *parser)
{
    scim_filter_spaces(parser);
    return word_until(parser, " ()[]\"");
}

scim_filter_word_t scim_filter_operator_word(scim_filter_parser_t *parser)
{
    scim_filter_spaces(parser);
    return word_until(parser, " ()[]\"'");
}

int scim_filter_is(scim_filter_word_t word, const char *keyword)
{
    return strlen(keyword) == word.len && strncasecmp(word.at, keyword, word.len) == 0;
}

static apr_size_t count_digits(const char *text, apr_size_t len)
{
    apr_size_t n = 0;

    while (n < len && apr_isdigit(text[n])) {
        n++;
    }
    return n;
}

/* Whether a word is a number (RFC 8259 6) of a size that can be compared. */
static int is_number(scim_filter_word_t word)
{
    const char *at = word.at, *end = word.at + word.len;
    apr_size_t digits;

    at += at < end && *at == '-';
    digits = count_digits(at, (apr_size_t)(end - at));
    if (digits == 0 || (digits > 1 && *at == '0') || word.len > NUMBER_MAX) {
        return 0;
    }
    at += digits;
    if (at < end && *at == '.') {
        at++;
        digits = count_digits(at, (apr_size_t)(end - at));
        if (digits == 0) {
            return 0;
        }
        at += digits;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '-' || *at == '+');
        digits = count_digits(at, (apr_size_t)(end - at));
        if (digits == 0 || digits > EXPONENT_DIGITS_MAX) {
            return 0;
        }
        at += digits;
    }
    return at == end;
}

/* Reads four hexadecimal digits; -1: there are fewer. */
static long read_hex(scim_filter_parser_t *parser)
{
    long code = 0;

    for (int i = 0; i < 4; i++) {
        char c = parser->at < parser->end ? *parser->at : ' ';

        if (!apr_isxdigit(c)) {
            return -1;
        }
        code = code * 16 + (apr_isdigit(c) ? c - '0' : apr_tolower(c) - 'a' + 10);
        parser->at++;
    }
    return code;
}

/* Writes a code point as UTF-8, and returns the end. Its UTF-8 is never longer than the escape that it replaces. */
static char *put_utf8(char *to, long code)
{
    static const struct {
        long limit;
        int shift;
        unsigned char lead;
    } lengths[] = {{0x80, 0, 0}, {0x800, 6, 0xc0}, {0x10000, 12, 0xe0}, {0x110000, 18, 0xf0}};
    int i = 0;

    while (code >= lengths[i].limit) {
        i++;
    }
    *to++ = (char)(lengths[i].lead | (code >> lengths[i].shift));
    for (int shift = lengths[i].shift - 6; shift >= 0; shift -= 6) {
        *to++ = (char)(0x80 | ((code >> shift) & 0x3f));
    }
    return to;
}

/* Reads the rest of `\u`; after the first half of a surrogate pair the second one, too. */
static scim_error_t *read_unicode(char **to, scim_filter_parser_t *parser)
{
    const char *at = parser->at - 2;
    long low, code = read_hex(parser);

    if (code < 0) {
        return scim_filter_expected(parser, at, "four hexadecimal digits after \"\\u\"");
    }
    if (code == 0) {
        return scim_filter_expected(parser, at, "any character but NUL");
    }
    if (code >= 0xd800 && code <= 0xdfff) {
        int pair = code < 0xdc00 && parser->end - parser->at >= 6 && parser->at[0] == '\\' && parser->at[1] == 'u';

        parser->at += pair ? 2 : 0;
        low = pair ? read_hex(parser) : -1;
        if (low < 0xdc00 || low > 0xdfff) {
            return scim_filter_expected(parser, at, "a pair of surrogates");
        }
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    *to = put_utf8(*to, code);
    return NULL;
}

static scim_error_t *read_escape(char **to, scim_filter_parser_t *parser)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *at = parser->at, *letter;

    parser->at++;
    if (parser->at < parser->end && *parser->at == 'u') {
        parser->at++;
        return read_unicode(to, parser);
    }
    letter = parser->at < parser->end ? strchr(letters, *parser->at) : NULL;
    if (!letter) {
        return scim_filter_expected(parser, at, "an escape of JSON");
    }
    parser->at++;
    *(*to)++ = meanings[letter - letters];
    return NULL;
}

/* Limits the length of a value, because it is folded. */
static scim_error_t *check_text(const scim_filter_literal_t *literal, const scim_filter_parser_t *parser)
{
    apr_size_t len = strlen(literal->text);

    if (len > SCIM_FILTER_MAX_VALUE) {
        return scim_error_typed(parser->pool, SCIM_INVALID_FILTER,
                                "The value at character %lu of the %s has %lu bytes; at most %d are compared.",
                                scim_filter_position(parser, literal->at), parser->what, (unsigned long)len,
                                SCIM_FILTER_MAX_VALUE);
    }
    if (!scim_marks_many(literal->text, len)) {
        return NULL;
    }
    return scim_error_typed(parser->pool, SCIM_INVALID_FILTER,
                            "The value at character %lu of the %s " SCIM_MARKS_DETAIL ".",
                            scim_filter_position(parser, literal->at), parser->what);
}

/* Reads a string (RFC 8259 7); the parser is at its opening quote. The profile lenient accepts single quotes; then a
 * single quote ends the string, and \' is one inside. */
static scim_error_t *read_string(scim_filter_literal_t *out, scim_filter_parser_t *parser)
{
    const char quote = *parser->at;
    char *to = apr_palloc(parser->pool, (apr_size_t)(parser->end - parser->at) + 1);

    out->kind = SCIM_VALUE_STRING;
    out->text = to;
    parser->at++;
    while (parser->at < parser->end && *parser->at != quote) {
        if ((unsigned char)*parser->at < 0x20) {
            return scim_filter_expected(parser, parser->at, "control characters to be escaped");
        }
        if (quote == '\'' && *parser->at == '\\' && parser->end - parser->at > 1 && parser->at[1] == quote) {
            parser->at++;
        } else if (*parser->at == '\\') {
            scim_error_t *err = read_escape(&to, parser);

            if (err) {
                return err;
            }
            continue;
        }
        *to++ = *parser->at++;
    }
    if (parser->at == parser->end) {
        return scim_filter_expected(parser, parser->end, "the closing quote of a string");
    }
    parser->at++;
    *to = '\0';
    return check_text(out, parser);
}

static const struct {
    const char *word;
    scim_value_e kind;
} keywords[] = {{"null", SCIM_VALUE_NULL}, {"true", SCIM_VALUE_TRUE}, {"false", SCIM_VALUE_FALSE}};

scim_error_t *scim_filter_literal(scim_filter_literal_t *out, scim_filter_parser_t *parser)
{
    scim_filter_word_t word;

    out->at = parser->at;
    if (parser->at < parser->end &&
        (*parser->at == '"' || (*parser->at == '\'' && scim_lenient(parser->leniency, SCIM_LENIENT_FILTER_SLIPS)))) {
        return read_string(out, parser);
    }
    word = word_until(parser, " )]\"");
    out->text = apr_pstrmemdup(parser->pool, word.at, word.len);
    for (apr_size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
        if (strcmp(out->text, keywords[i].word) == 0) {
            out->kind = keywords[i].kind;
            return NULL;
        }
    }
    out->kind = is_number(word) ? SCIM_VALUE_NUMBER : SCIM_VALUE_STRING;
    if (out->kind == SCIM_VALUE_STRING &&
        (word.len == 0 || *word.at == '\'' || !scim_lenient(parser->leniency, SCIM_LENIENT_FILTER_SLIPS))) {
        return scim_filter_expected(parser, word.at,
                                    "a value (a string in double quotes, a number, true, false or null)");
    }
    return check_text(out, parser);
}
