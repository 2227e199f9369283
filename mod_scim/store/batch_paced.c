/* Runs a statement that takes longer than one statement may: fetches its rows one by one from a cursor. */
#include <apr_strings.h>

#include "batch_private.h"

#define DECLARE_CURSOR "declare scim_rows no scroll cursor for "
#define NEXT_ROW       "fetch 1 from scim_rows"

/* The state of reading rows from a cursor. */
typedef struct paced_t {
    scim_batch_statement_t *statement;
    int taken; /* number of all rows so far */
    int came;  /* whether the latest batch had a row */
} paced_t;

static void take_paced(void *data, const PGresult *result, int row, int first)
{
    paced_t *paced = data;
    (void)first;
    paced->statement->take(paced->statement->data, result, row, paced->taken == 0);
    paced->taken++;
    paced->came = 1;
}

static scim_batch_statement_t *add_once(scim_batch_t *batch, const char *sql, const scim_batch_statement_t *like)
{
    int slot = scim_batch_add_text(batch, sql, like ? like->nparams : 0, like ? like->params : NULL);
    scim_batch_statement_t *statement = &APR_ARRAY_IDX(batch->statements, slot, scim_batch_statement_t);
    statement->once = 1;
    return statement;
}

static scim_error_t *run_next(scim_batch_t *part, paced_t *paced)
{
    scim_batch_statement_t *next = add_once(part, NEXT_ROW, NULL);
    int slot = scim_batch_size(part) - 1;
    next->take = take_paced;
    next->data = paced;
    paced->came = 0;
    scim_error_t *error = scim_batch_run(part);
    if (!error && !paced->statement->result) {
        paced->statement->result = APR_ARRAY_IDX(part->statements, slot, scim_batch_statement_t).result;
    }
    return error;
}

scim_error_t *scim_batch_run_paced(scim_batch_t *batch, int slot)
{
    scim_conn_t *conn = batch->conn;
    scim_batch_statement_t *all = (scim_batch_statement_t *)batch->statements->elts;
    paced_t paced = {&all[slot], 0, 0};
    scim_batch_t *part = scim_batch_make(conn);
    part->settings = batch->settings;
    scim_batch_add(part, SCIM_STMT_BEGIN, NULL);
    for (int i = 0; i < slot; i++) {
        APR_ARRAY_PUSH(part->statements, scim_batch_statement_t) = all[i];
    }
    add_once(part, apr_pstrcat(conn->pool, DECLARE_CURSOR, all[slot].sql, NULL), &all[slot]);
    all[slot].result = NULL;
    apr_pool_t *outer = conn->pool, *pool;
    apr_pool_create(&pool, outer);
    scim_error_t *error = run_next(part, &paced);
    conn->pool = pool;
    while (!error && paced.came) {
        apr_pool_clear(pool);
        error = run_next(scim_batch_make(conn), &paced);
    }
    conn->pool = outer;
    if (error) {
        return error; /* the error is in the inner pool, so that stays */
    }
    apr_pool_destroy(pool);
    part = scim_batch_make(conn);
    for (int i = slot + 1; i < batch->statements->nelts; i++) {
        APR_ARRAY_PUSH(part->statements, scim_batch_statement_t) = all[i];
    }
    scim_batch_add(part, SCIM_STMT_COMMIT, NULL);
    error = scim_batch_run(part);
    for (int i = slot + 1; !error && i < batch->statements->nelts; i++) {
        all[i].result = APR_ARRAY_IDX(part->statements, i - slot - 1, scim_batch_statement_t).result;
    }
    return error;
}
