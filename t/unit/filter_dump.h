/*
 * Filters for the tests: written with ' for ", and shown as s-expressions.
 */
#ifndef UNIT_FILTER_DUMP_H
#define UNIT_FILTER_DUMP_H

#include "scim/filter.h"

/* `text` with ' replaced by ". In unit_pool, as everything here. */
const char *unit_quotes(const char *text);

/* `(and (eq userName 'x') (path emails (pr value)))`; a string is in '', an attribute of an extension has `+` before.
 */
const char *unit_filter_dump(const scim_filter_t *filter);

/* `attr.sub` or `attr[filter].sub`, or `<urn>`. */
const char *unit_path_dump(const scim_path_t *path);

#endif
