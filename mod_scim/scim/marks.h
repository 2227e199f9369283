/*
 * A limit for consecutive combining marks.
 *
 * Normalisation (UAX 15) decomposes characters and sorts the combining marks that follow each other, in quadratic time;
 * PostgreSQL does so when it folds text, and cannot be interrupted meanwhile. No writing system needs many: the
 * Stream-Safe Text Format (UAX 15, 13) allows 30. So text with more is refused in every input that may be folded:
 * values of attributes, values in filters, arguments of administrators.
 */
#ifndef SCIM_MARKS_H
#define SCIM_MARKS_H

#include <apr_pools.h>

#define SCIM_MARKS_MAX 30

/* The error text of a refused value, after the attribute's name. */
#define SCIM_MARKS_DETAIL                                                                                              \
    "has more than 30 combining marks in a row; take the surplus ones out where the text comes from"

/* Whether text[0..len), UTF-8, has more than SCIM_MARKS_MAX characters in a row that begin with a combining mark when
 * they are decomposed (Canonical_Combining_Class is not 0). */
int scim_marks_many(const char *text, apr_size_t len);

#endif
