/*
 * Lists of administrators' operations as files: CSV (RFC 4180), or a JSON object a line.
 *
 * The columns of CSV are the members that the operation's table declares, in its order; a value that is an object or a
 * list stands as JSON. A text that a spreadsheet would take for a formula has an apostrophe in front. Nothing here
 * remembers anything: a list of any length is written page by page.
 */
#ifndef SCIM_ADMIN_EXPORT_H
#define SCIM_ADMIN_EXPORT_H

#include "admin.h"
#include "scim/text.h"

typedef enum {
    SCIM_EXPORT_NONE, /* the answer as it is */
    SCIM_EXPORT_CSV,
    SCIM_EXPORT_LINES
} scim_export_e;

/* The first line. */
void scim_export_head(scim_buf_t *out, scim_export_e kind, const scim_admin_field_t *fields);

/* The rows of a page, which is the answer of a list. Returns where the next page begins; NULL: it was the last one. */
const char *scim_export_page(scim_buf_t *out, scim_export_e kind, const scim_admin_field_t *fields, const char *answer,
                             apr_pool_t *pool);

#endif
