/*
 * What in a text is a value: filters and paths read without a schema, for mask.c alone.
 *
 * Words and values are read by the filter's own tokens (filter_parser.h), so that a mask and the server never disagree
 * about where a value begins and ends.
 */
#ifndef SCIM_MASK_TEXT_H
#define SCIM_MASK_TEXT_H

#include <apr_tables.h>

#include "mask.h"

#define SCIM_MASKED "***"

/* A part of a text that is to be hidden. */
typedef struct scim_mask_span_t {
    apr_size_t from, to;
} scim_mask_span_t;

typedef enum { SCIM_MASK_FILTER, SCIM_MASK_PATH } scim_mask_kind_e;

/* Whether the tenant masks anything, or may. */
int scim_mask_strict(const scim_mask_t *mask);

/* Whether a list of names has this one. */
int scim_mask_listed(const char *names, const char *word, apr_size_t len);

/* Whether the values of an attribute of this name are masked. */
int scim_mask_hides(const scim_mask_t *mask, const char *name);

/* Whether everything personal is masked, and a text has a name that no schema knows, or an @. */
int scim_mask_strange(const char *text, const scim_mask_t *mask);

/* Whether it is, and the text has an @. */
int scim_mask_is_address(const char *text, const scim_mask_t *mask);

/* Whether one of the words of a text is a name that is masked, be it percent-encoded once or more often. */
int scim_mask_mentions(const char *text, const scim_mask_t *mask, apr_pool_t *pool);

/* Letters, digits, and what else names and URNs of attributes have; at least one. */
int scim_mask_is_name(const char *text, apr_size_t len);

/* Whether a text is a filter, or a path. */
int scim_mask_readable(const char *text, scim_mask_kind_e kind, const scim_mask_t *mask, apr_pool_t *pool);

/* What is to be hidden in a filter or a path (scim_mask_span_t, in order): its values, or all of it where it cannot be
 * read; nothing where it does not speak of what is masked. */
apr_array_header_t *scim_mask_spans(const char *text, scim_mask_kind_e kind, const scim_mask_t *mask, apr_pool_t *pool);

#endif
