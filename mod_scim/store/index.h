/*
 * `scimctl db index`: brings scim.indexed and scim.lookup in line with the schema files.
 *
 * First the new attributes are registered, and from then on each write updates their rows; then the rows of existing
 * resources are made, a thousand resources at a time; then the attributes are ready, which new connections see. An
 * interrupted command is resumed by the next one. If two run at once, the second is refused.
 */
#ifndef SCIM_INDEX_H
#define SCIM_INDEX_H

#include "connection.h"

typedef struct scim_index_row_t {
    const char *type;
    const char *attribute; /* as returned by scim_indexed_name */
    const char *state;     /* ready, added, undeclared, dropped */
} scim_index_row_t;

/* `declared` has scim_indexed_t. A registered attribute that is not declared is kept, because an httpd that still has
 * its schema needs it; `drop` removes it. *rows has the result for each (scim_index_row_t). Errors: 409 if another such
 * command is running, and the database's own. */
scim_error_t *scim_index_run(apr_array_header_t **rows, scim_conn_t *conn, const apr_array_header_t *declared, int drop,
                             apr_pool_t *pool);

#endif
