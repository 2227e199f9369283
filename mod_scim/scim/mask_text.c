#include "mask_text.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "filter_parser.h"

#define PASSWORD "password"
#define ROUNDS   8 /* how often a text may be percent-encoded repeatedly */

int scim_mask_strict(const scim_mask_t *mask)
{
    return !mask->names || *mask->names;
}

int scim_mask_listed(const char *names, const char *word, apr_size_t len)
{
    for (const char *name = names; name && *name; name += strcspn(name, ",")) {
        name += *name == ',';
        if (strcspn(name, ",") == len && strncasecmp(name, word, len) == 0) {
            return 1;
        }
    }
    return 0;
}

/* ---- names ---- */

static int secret(const scim_mask_t *mask, const char *word, apr_size_t len)
{
    return scim_mask_listed(PASSWORD, word, len) || scim_mask_listed(mask->secret, word, len);
}

static int personal(const scim_mask_t *mask)
{
    return mask->schemas && scim_mask_listed(mask->names, SCIM_MASK_PERSONAL, sizeof(SCIM_MASK_PERSONAL) - 1);
}

static int masked(const scim_mask_t *mask, const char *word, apr_size_t len)
{
    return secret(mask, word, len) || scim_mask_listed(mask->names, word, len) ||
           (personal(mask) && scim_mask_listed(mask->schemas->personal, word, len));
}

int scim_mask_hides(const scim_mask_t *mask, const char *name)
{
    return masked(mask, name, strlen(name));
}

/* Characters of an attribute's name (RFC 7643 2.1), and $ of $ref. */
static int is_letter(char c)
{
    return apr_isalnum(c) || c == '-' || c == '_' || c == '$';
}

int scim_mask_is_name(const char *text, apr_size_t len)
{
    for (apr_size_t i = 0; i < len; i++) {
        if (!is_letter(text[i]) && text[i] != '.' && text[i] != ':') {
            return 0;
        }
    }
    return len > 0;
}

static int is_word(const char *text, apr_size_t len)
{
    for (apr_size_t i = 0; i < len; i++) {
        if (!apr_isalpha(text[i])) {
            return 0;
        }
    }
    return len > 0;
}

/* Percent-decodes a text in place. Returns whether it was encoded. */
static int decode(char *text)
{
    char *to = text, *from = text;
    for (; *from; to++) {
        char digits[3] = {0};
        int encoded = from[0] == '%' && apr_isxdigit(from[1]) && apr_isxdigit(from[2]);
        if (encoded) {
            memcpy(digits, from + 1, 2);
        }
        *to = encoded ? (char)strtol(digits, NULL, 16) : *from;
        *to = *to ? *to : ' ';
        from += encoded ? 3 : 1;
    }
    *to = '\0';
    return to != from;
}

static int mentions(const char *text, const scim_mask_t *mask)
{
    while (*text) {
        apr_size_t len = 0;
        while (is_letter(text[len])) {
            len++;
        }
        if (len && masked(mask, text, len)) {
            return 1;
        }
        text += len ? len : 1;
    }
    return 0;
}

int scim_mask_mentions(const char *text, const scim_mask_t *mask, apr_pool_t *pool)
{
    if (mentions(text, mask)) {
        return 1;
    }
    if (!strchr(text, '%')) {
        return 0;
    }
    char *plain = apr_pstrdup(pool, text);
    for (int round = 0; round < ROUNDS && decode(plain); round++) {
        if (mentions(plain, mask)) {
            return 1;
        }
    }
    return 0;
}

/* ---- what no schema knows ---- */

/* Members of messages, words of filters, and quoted words of details. */
static const char message_words[] =
    "Operations,op,path,data,method,bulkId,version,failOnErrors,response,status,filter,attributes,excludedAttributes,"
    "sortBy,sortOrder,ascending,descending,startIndex,count,cursor,add,remove,replace,rfc,lenient,interop,eq,ne,co,sw,"
    "ew,gt,ge,lt,le,pr,and,or,not,true,false,null,value,$ref";

/* Whether a name is a number, or known names with dots between them. */
static int is_known(const char *name, apr_size_t len, const scim_mask_t *mask)
{
    if (len > 0 && strspn(name, "0123456789.-") >= len) {
        return 1;
    }
    for (apr_size_t at = 0, part; at <= len; at += part + 1) {
        const char *dot = memchr(name + at, '.', len - at);
        part = dot ? (apr_size_t)(dot - name) - at : len - at;
        if (part > 0 && !scim_schemas_name(mask->schemas, name + at, part) &&
            !scim_mask_listed(message_words, name + at, part)) {
            return 0;
        }
    }
    return 1;
}

/* Whether a word is known; it may have a schema's URN in front. */
static int is_known_word(const char *word, apr_size_t len, const scim_mask_t *mask)
{
    if (len < 4 || strncasecmp(word, "urn:", 4) != 0) {
        return is_known(word, len, mask);
    }
    apr_size_t urn = len;
    while (word[urn - 1] != ':') {
        urn--;
    }
    return scim_schemas_find(mask->schemas, word, len) ||
           (scim_schemas_find(mask->schemas, word, urn - 1) && is_known(word + urn, len - urn, mask));
}

/* Goes behind the quote that ends a value. */
static const char *skip_quoted(const char *text)
{
    const char quote = *text++;
    while (*text && *text != quote) {
        text += text[0] == '\\' && text[1] ? 2 : 1;
    }
    return *text ? text + 1 : text;
}

int scim_mask_is_address(const char *text, const scim_mask_t *mask)
{
    return strchr(text, '@') && personal(mask);
}

int scim_mask_strange(const char *text, const scim_mask_t *mask)
{
    if (!personal(mask)) {
        return 0;
    }
    if (strpbrk(text, "@%")) {
        return 1;
    }
    while (*text) {
        apr_size_t len = 0;
        while (text[len] && scim_mask_is_name(text + len, 1)) {
            len++;
        }
        if (len && !is_known_word(text, len, mask)) {
            return 1;
        }
        text = len ? text + len : *text == '"' || *text == '\'' ? skip_quoted(text) : text + 1;
    }
    return 0;
}

/* ---- filters and paths ---- */

typedef struct reading_t {
    scim_filter_parser_t parser;
    const scim_mask_t *mask;
    apr_array_header_t *values; /* scim_mask_span_t */
} reading_t;

static int read_or(reading_t *reading);

static int take(reading_t *reading, char c)
{
    scim_filter_parser_t *parser = &reading->parser;
    scim_filter_spaces(parser);
    if (parser->at == parser->end || *parser->at != c) {
        return 0;
    }
    parser->at++;
    return 1;
}

static int take_word(reading_t *reading, const char *keyword)
{
    const char *start = reading->parser.at;
    if (scim_filter_is(scim_filter_word(&reading->parser), keyword)) {
        return 1;
    }
    reading->parser.at = start;
    return 0;
}

/* Whether a word is an attribute's name, with an optional schema and sub-attribute. Next to a masked name, the word
 * must have no part that may be a value: "password.x" and "x1.emails" are not names. */
static int is_attribute(scim_filter_word_t word, const scim_mask_t *mask)
{
    int urn = word.len > 4 && strncasecmp(word.at, "urn:", 4) == 0;
    int found = 0, plain = 1, ended = 0;
    if (!scim_mask_is_name(word.at, word.len)) {
        return 0;
    }
    for (apr_size_t at = 0, len; at <= word.len; at += len + 1) {
        const char *part = word.at + at;
        for (len = 0; at + len < word.len && part[len] != '.' && part[len] != ':'; len++) {
        }
        if (ended) {
            return 0;
        }
        ended = secret(mask, part, len);
        if (masked(mask, part, len)) {
            found = 1;
            plain |= urn;
        } else {
            plain &= is_word(part, len);
        }
    }
    return !found || plain;
}

static int read_comparison(reading_t *reading)
{
    scim_filter_parser_t *parser = &reading->parser;
    const scim_filter_op_t *op;
    scim_filter_literal_t literal;
    if (scim_filter_operator(&op, parser) || ++parser->comparisons > SCIM_FILTER_MAX_IDS) {
        return 0;
    }
    if (op->op == SCIM_PR) {
        return 1;
    }
    scim_filter_spaces(parser);
    const char *start = parser->at;
    if (scim_filter_literal(&literal, parser)) {
        return 0;
    }
    int quoted = *start == '"' || *start == '\'';
    scim_mask_span_t *value = apr_array_push(reading->values);
    value->from = (apr_size_t)(start - parser->text) + (quoted ? 1 : 0);
    value->to = (apr_size_t)(parser->at - parser->text) - (quoted ? 1 : 0);
    return 1;
}

/* Reads from behind an opening bracket or parenthesis to behind the closing one. */
static int read_inner(reading_t *reading, char closing)
{
    if (++reading->parser.depth > SCIM_FILTER_MAX_DEPTH || !read_or(reading) || !take(reading, closing)) {
        return 0;
    }
    reading->parser.depth--;
    return 1;
}

/* Reads what follows the brackets of a value path: nothing, or a sub-attribute. */
static int read_sub(reading_t *reading)
{
    scim_filter_parser_t *parser = &reading->parser;
    if (parser->at == parser->end || *parser->at != '.') {
        return 1;
    }
    parser->at++;
    scim_filter_word_t word = scim_filter_word(parser);
    return (word.len > 0 && *word.at == '$') ? scim_filter_is(word, "$ref") : is_word(word.at, word.len);
}

static int read_not(reading_t *reading)
{
    scim_filter_parser_t *parser = &reading->parser;
    const char *start = parser->at;
    if (take_word(reading, "not") && take(reading, '(')) {
        return read_inner(reading, ')');
    }
    parser->at = start;
    if (take(reading, '(')) {
        return read_inner(reading, ')');
    }
    if (!is_attribute(scim_filter_word(parser), reading->mask)) {
        return 0;
    }
    if (parser->at < parser->end && *parser->at == '[') {
        parser->at++;
        if (!read_inner(reading, ']')) {
            return 0;
        }
        return parser->at < parser->end && *parser->at == '.' ? read_sub(reading) && read_comparison(reading) : 1;
    }
    return read_comparison(reading);
}

static int read_and(reading_t *reading)
{
    do {
        if (!read_not(reading)) {
            return 0;
        }
    } while (take_word(reading, "and"));
    return 1;
}

static int read_or(reading_t *reading)
{
    do {
        if (!read_and(reading)) {
            return 0;
        }
    } while (take_word(reading, "or"));
    return 1;
}

static int read_path(reading_t *reading)
{
    scim_filter_parser_t *parser = &reading->parser;
    if (!is_attribute(scim_filter_word(parser), reading->mask)) {
        return 0;
    }
    if (parser->at < parser->end && *parser->at == '[') {
        parser->at++;
        return read_inner(reading, ']') && read_sub(reading);
    }
    return 1;
}

/* The positions of the values; NULL: the text is not a filter, or not a path. */
static apr_array_header_t *read_values(const char *text, scim_mask_kind_e kind, const scim_mask_t *mask,
                                       apr_pool_t *pool)
{
    apr_size_t len = strlen(text);
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    reading_t reading = {{.text = text, .at = text, .end = text + len, .what = "", .leniency = &leniency, .pool = pool},
                         mask,
                         apr_array_make(pool, 4, sizeof(scim_mask_span_t))};
    if (!(kind == SCIM_MASK_PATH ? read_path(&reading) : read_or(&reading))) {
        return NULL;
    }
    scim_filter_spaces(&reading.parser);
    return reading.parser.at == reading.parser.end ? reading.values : NULL;
}

int scim_mask_readable(const char *text, scim_mask_kind_e kind, const scim_mask_t *mask, apr_pool_t *pool)
{
    return read_values(text, kind, mask, pool) != NULL;
}

apr_array_header_t *scim_mask_spans(const char *text, scim_mask_kind_e kind, const scim_mask_t *mask, apr_pool_t *pool)
{
    apr_array_header_t *none = apr_array_make(pool, 1, sizeof(scim_mask_span_t));
    int about = !mask->names || scim_mask_mentions(text, mask, pool) || scim_mask_strange(text, mask);
    if (!*text || (!about && !scim_mask_strict(mask))) {
        return none;
    }
    apr_array_header_t *values = read_values(text, kind, mask, pool);
    if (!values) {
        scim_mask_span_t *whole = apr_array_push(none);
        whole->from = 0;
        whole->to = strlen(text);
        return none;
    }
    return about ? values : none;
}
