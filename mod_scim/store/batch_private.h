/*
 * The inside of a batch, only for batch.c and batch_paced.c.
 */
#ifndef SCIM_BATCH_PRIVATE_H
#define SCIM_BATCH_PRIVATE_H

#include "connection_private.h"

#define SCIM_RUN_TIME_TEXT (-1)

typedef struct scim_batch_statement_t {
    int id; /* scim_statement_e, or SCIM_RUN_TIME_TEXT */
    const char *sql;
    int nparams;
    const scim_param_t *params;
    scim_take_row_t take; /* called for each row; NULL: keep the rows */
    void *data;
    int once;    /* do not keep it prepared */
    int setting; /* sets a tenant; only a limited number of these is kept prepared */
    /* Set when it is sent. */
    const char *name; /* NULL: planned for this one use */
    int prepare;      /* prepare it first */
    PGresult *result; /* with `take`, only the first row */
} scim_batch_statement_t;

struct scim_batch_t {
    scim_conn_t *conn;
    apr_array_header_t *statements; /* scim_batch_statement_t */
    scim_batch_statement_t deadline;
    scim_batch_statement_t *timed;        /* tells the database's time when the batch ends; NULL: none does */
    apr_array_header_t *settings;         /* scim_batch_statement_t: SET LOCAL */
    scim_batch_statement_t begin, commit; /* added if SET LOCAL needs a transaction block */
    scim_batch_statement_t lazy, flush;   /* of a transaction that releases its locks early */
    int early;                            /* scim_batch_release_early */
    apr_array_header_t *order;            /* scim_batch_statement_t *: how they are sent */
    int doubtful;                         /* it is likely to fail */
    int syncs;                            /* how many end it */
};

#endif
