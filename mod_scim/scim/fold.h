/*
 * Folds text for comparison without case.
 *
 * There is one folding: Unicode composition (NFC), then case folding by ICU, independent of the locale. PostgreSQL has
 * it as scim.fold() (sql/0001-baseline.sql), C as scim_fold(); both give the same bytes for every text, so an index
 * that PostgreSQL made contains the keys that C makes, and a PATCH path selects what a filter finds. t/cli/fold.t
 * compares the two. The only exception: combining marks in the wrong order that only the newer of the two Unicode
 * versions defines.
 */
#ifndef SCIM_FOLD_H
#define SCIM_FOLD_H

#include <apr_pools.h>

/* `text` folded, in `pool`. Invalid UTF-8 becomes U+FFFD. Limit the text's combining marks first (marks.h), because
 * sorting them takes quadratic time. */
const char *scim_fold(const char *text, apr_pool_t *pool);

#endif
