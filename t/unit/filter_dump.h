/*
 * Filters for the tests: written with ' instead of ", and dumped as s-expressions.
 */
#ifndef UNIT_FILTER_DUMP_H
#define UNIT_FILTER_DUMP_H

#include "scim/filter.h"

/* `text` with ' replaced by ". All results here are in unit_pool. */
const char *unit_quotes(const char *text);

/* `(and (eq userName 'x') (path emails (pr value)))`; a string is in '', and an extension's attribute has `+` before
 * it. */
const char *unit_filter_dump(const scim_filter_t *filter);

/* `attr.sub` or `attr[filter].sub`, or `<urn>`. */
const char *unit_path_dump(const scim_path_t *path);

#endif
