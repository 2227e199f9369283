/*
 * The query parameters of RFC 7644 3.4.2 and RFC 9865 2, from a URL or from the message of 3.4.3, decoded and clamped.
 * Parameters that SCIM does not name are ignored (Entra ID sends `aadOptscim062020`).
 */
#ifndef SCIM_QUERY_H
#define SCIM_QUERY_H

#include <json-c/json.h>

#include "error.h"
#include "leniency.h"

typedef struct scim_query_t {
    const char *filter; /* NULL if absent, like the next five */
    const char *attributes;
    const char *excluded_attributes;
    const char *sort_by;
    const char *sort_order;
    const char *cursor;      /* "" asks for the first page by cursor */
    int by_index;            /* startIndex is given */
    apr_int64_t start_index; /* 1-based; less than 1 is 1 */
    apr_int64_t count;       /* 0..maximum; absent: the default; negative: 0 */
} scim_query_t;

/* Whether + means a plus in a raw query: it does if the query has %20 for blanks; otherwise + is a blank, as in forms.
 */
int scim_query_has_plus(const char *query, apr_size_t len);

/* Percent-decodes text[0..len), where '+' is a space unless `plus`; NULL if a % is not followed by two hexadecimal
 * digits.
 */
char *scim_query_decode(const char *text, apr_size_t len, int plus, apr_size_t *decoded, apr_pool_t *pool);

/* `args` is the raw query string, or NULL. Errors: 400 invalidValue for an invalid number (invalidCount for a count
 * together with a cursor), for text that is not UTF-8 or has a NUL, and for a parameter given twice. */
scim_error_t *scim_query_read(scim_query_t *out, const char *args, int page_default, int page_maximum,
                              apr_pool_t *pool);

#define SCIM_URN_SEARCH "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

/* The same from the body of a POST to /.search (RFC 7644 3.4.3). Names are matched without case; null is absent; the
 * lists of attributes become text as in a URL. Errors: 400 invalidSyntax where `schemas` does not list SCIM_URN_SEARCH;
 * 400 invalidValue for a member of another JSON type (invalidCount for a count together with a cursor), and for one
 * given twice. */
scim_error_t *scim_query_read_message(scim_query_t *out, json_object *body, int page_default, int page_maximum,
                                      scim_leniency_t *leniency, apr_pool_t *pool);

#endif
