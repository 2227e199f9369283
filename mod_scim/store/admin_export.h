/*
 * Lists of administrators' operations as files: CSV (RFC 4180), or JSON lines.
 *
 * The columns of CSV are the members in the operation's table, in its order; an object or a list is written as JSON. A
 * text that a spreadsheet would read as a formula gets an apostrophe in front. These functions keep no state: a list of
 * any length is written page by page.
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

/* The rows of a page, the answer of a list. Returns `next` for the following page; NULL: this was the last one. */
const char *scim_export_page(scim_buf_t *out, scim_export_e kind, const scim_admin_field_t *fields, const char *answer,
                             apr_pool_t *pool);

#endif
