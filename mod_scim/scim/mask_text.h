/*
 * Finds the values in filters and paths without a schema. Only for mask.c.
 *
 * It uses the filter parser's tokens (filter_parser.h), so that masks and server always agree about where a value
 * begins and ends.
 */
#ifndef SCIM_MASK_TEXT_H
#define SCIM_MASK_TEXT_H

#include <apr_tables.h>

#include "mask.h"

#define SCIM_MASKED "***"

/* A part of a text to mask. */
typedef struct scim_mask_span_t {
    apr_size_t from, to;
} scim_mask_span_t;

typedef enum { SCIM_MASK_FILTER, SCIM_MASK_PATH } scim_mask_kind_e;

/* Whether the tenant masks anything, or its mask is unknown. */
int scim_mask_strict(const scim_mask_t *mask);

/* Whether a list of names has this one. */
int scim_mask_listed(const char *names, const char *word, apr_size_t len);

/* Whether the values of an attribute of this name are masked. */
int scim_mask_hides(const scim_mask_t *mask, const char *name);

/* Whether `personal` is masked, and the text has an unknown name or an @. */
int scim_mask_strange(const char *text, const scim_mask_t *mask);

/* Whether `personal` is masked, and the text has an @. */
int scim_mask_is_address(const char *text, const scim_mask_t *mask);

/* Whether a word of the text, perhaps repeatedly percent-encoded, is a masked name. */
int scim_mask_mentions(const char *text, const scim_mask_t *mask, apr_pool_t *pool);

/* Whether the text has only characters of attribute names and URNs, at least one. */
int scim_mask_is_name(const char *text, apr_size_t len);

/* Whether a text is a valid filter or path. */
int scim_mask_readable(const char *text, scim_mask_kind_e kind, const scim_mask_t *mask, apr_pool_t *pool);

/* What to mask in a filter or a path (scim_mask_span_t, in order): its values, or all of it if it cannot be parsed;
 * nothing if it does not name a masked attribute. */
apr_array_header_t *scim_mask_spans(const char *text, scim_mask_kind_e kind, const scim_mask_t *mask, apr_pool_t *pool);

#endif
