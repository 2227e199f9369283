/*
 * `scimctl db index`: makes scim.indexed and scim.lookup what the schema files declare.
 *
 * First the attributes that are new are registered, and from then on each write keeps their rows; then the rows of what
 * is there are made, a thousand resources at a time; then they are ready, which a connection learns when it is new.
 * A command that was interrupted is resumed by the next one. Two at once: the second is refused.
 */
#ifndef SCIM_INDEX_H
#define SCIM_INDEX_H

#include "connection.h"

typedef struct scim_index_row_t {
    const char *type;
    const char *attribute; /* as scim_indexed_name has it */
    const char *state;     /* ready, added, undeclared, dropped */
} scim_index_row_t;

/* `declared` holds scim_indexed_t. What is registered and not declared is kept, because an httpd that still runs with
 * its schema would find nothing without it, and removed with `drop`. *rows tells what became of each
 * (scim_index_row_t). Errors: 409 where another such command is at work, and the database's own. */
scim_error_t *scim_index_run(apr_array_header_t **rows, scim_conn_t *conn, const apr_array_header_t *declared, int drop,
                             apr_pool_t *pool);

#endif
