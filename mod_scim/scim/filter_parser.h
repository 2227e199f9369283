/*
 * The parser of filters. Only for its own files, for path.c, and for mask_text.c, which reads filters and paths without
 * a schema.
 *
 * filter.c holds the grammar, filter_token.c reads words and values, filter_check.c applies the rules that depend on an
 * attribute's type. Error texts give positions in characters of the whole text, counted from 1, so a value path inside
 * a PATCH path is parsed in place.
 */
#ifndef SCIM_FILTER_PARSER_H
#define SCIM_FILTER_PARSER_H

#include "filter.h"

typedef struct scim_filter_parser_t {
    const char *text; /* the whole text, for positions */
    const char *at;   /* the next character */
    const char *end;
    const char *what;                 /* "filter" or "path", for details */
    const scim_resource_type_t *type; /* resolves attributes outside of brackets */
    const scim_attr_t *parent;        /* inside of brackets, the attribute before them; else NULL */
    scim_leniency_t *leniency;
    apr_pool_t *pool;
    int depth;
    int comparisons;
    int ids;                         /* comparisons with ids, not included in `comparisons` */
    const apr_array_header_t *among; /* const scim_resource_type_t *: the types of the query; NULL: `type` alone */
    int absent;                      /* the current attribute is one that only another type of `among` has */
} scim_filter_parser_t;

/* A word of the text: an attribute path, an operator, `and`. Empty if there is something else. */
typedef struct scim_filter_word_t {
    const char *at;
    apr_size_t len;
} scim_filter_word_t;

typedef struct scim_filter_literal_t {
    scim_value_e kind;
    const char *text; /* decoded string, or the characters of an unquoted value */
    const char *at;
} scim_filter_literal_t;

/* What an operator requires of an attribute's type. */
typedef enum {
    SCIM_OP_EQUALITY = 1 << 0,
    SCIM_OP_SUBSTRING = 1 << 1,
    SCIM_OP_ORDER = 1 << 2,
    SCIM_OP_PRESENCE = 1 << 3
} scim_op_class_e;

typedef struct scim_filter_op_t {
    const char *name;
    scim_op_e op;
    scim_op_class_e class;
} scim_filter_op_t;

/* filter_token.c */
void scim_filter_spaces(scim_filter_parser_t *parser);
scim_filter_word_t scim_filter_word(scim_filter_parser_t *parser);
scim_filter_word_t scim_filter_operator_word(scim_filter_parser_t *parser); /* ends at a single quote, too */
int scim_filter_is(scim_filter_word_t word, const char *keyword);
scim_error_t *scim_filter_literal(scim_filter_literal_t *out, scim_filter_parser_t *parser);
unsigned long scim_filter_position(const scim_filter_parser_t *parser, const char *at);
scim_error_t *scim_filter_expected(const scim_filter_parser_t *parser, const char *at, const char *expected);

/* text[0..len) in double quotes for a detail, truncated if it is long. */
const char *scim_filter_quote(const char *text, apr_size_t len, apr_pool_t *pool);

/* filter_check.c: completes a COMPARE node (attr and sub are set) with operator and value; `literal` is NULL for
 * SCIM_PR. `name` is the attribute's name as the client wrote it. */
scim_error_t *scim_filter_check(scim_filter_t *node, const scim_filter_parser_t *parser, scim_filter_word_t name,
                                const scim_filter_op_t *op, const scim_filter_literal_t *literal);

/* filter.c: reads an operator. */
scim_error_t *scim_filter_operator(const scim_filter_op_t **out, scim_filter_parser_t *parser);

/* filter.c: reads a filter on the values of `attr`, from after `[` to after `]`. */
scim_error_t *scim_filter_brackets(const scim_filter_t **out, scim_filter_parser_t *parser, const scim_attr_t *attr);

#endif
