/*
 * Text as it is compared where case does not matter.
 *
 * There is one folding: composed form (NFC), case-folded by ICU, whatever the locale. PostgreSQL has it as scim.fold()
 * (sql/0001-baseline.sql), C as scim_fold(); both give the same bytes for every text, so a key that C makes is found by
 * an index that PostgreSQL made, and a PATCH path selects what a filter finds. t/cli/fold.t compares the two. What only
 * the newer of the two Unicode versions knows is the exception: combining marks that stand in the wrong order.
 */
#ifndef SCIM_FOLD_H
#define SCIM_FOLD_H

#include <apr_pools.h>

/* `text` folded, in `pool`. Bytes that are no UTF-8 become U+FFFD. The text's combining marks should be bounded
 * (marks.h), because sorting them takes time that grows with the square of their number. */
const char *scim_fold(const char *text, apr_pool_t *pool);

#endif
