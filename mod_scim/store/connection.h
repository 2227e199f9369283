/*
 * A PostgreSQL connection as the store uses it.
 *
 * The PGconn is somebody else's (mod_dbd's pool, or scimctl). What belongs to the connection and not to a request -
 * which statements are prepared, whether the schema version was checked - is kept with the connection's own pool and
 * holds for one backend process: a reset connection starts anew. Work happens in batches: statements sent as one libpq
 * pipeline, which PostgreSQL runs as one transaction in one round trip; any error undoes all of it. A connection is
 * always handed back clean: no pipeline, no transaction, no settings but its time limits. Not thread-safe: one request
 * at a time, as mod_dbd lends it.
 *
 * Deadlines: a batch that commits has a last statement that refuses it (SC0LT) when the time is over in which the
 * module waits for it, by the database's own clock. So a batch that waits somewhere, in a buffer of the network or in a
 * process that hangs, is not carried out after the module has given it up. Each answer to a write tells the database's
 * clock; what it shows later is reckoned from there by a clock of this machine that nobody sets, so it does not matter
 * whether the two machines agree on the time.
 */
#ifndef SCIM_CONNECTION_H
#define SCIM_CONNECTION_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <apr_time.h>
#include <libpq-fe.h>

#include "scim/error.h"
#include "statements.h"

typedef struct scim_conn_t scim_conn_t;

/* What a look at a connection that nobody uses finds. */
typedef enum {
    SCIM_CONN_DEAD,
    SCIM_CONN_NEW,  /* made just now, or anew: its server had gone, or had been given up */
    SCIM_CONN_KNOWN /* used before, and still open */
} scim_conn_e;

/* Looks at it before any work is done, and makes it anew, once, where its server has gone. `home` as below. */
scim_conn_e scim_conn_revive(PGconn *pg, apr_pool_t *home);

/* Whether PostgreSQL is there and takes no connection at the moment: it has as many as it may have (53300), or it is
 * starting (57P03). `conninfo` are libpq's words for it; NULL: 0. It takes a second at the most. */
int scim_conn_refused(const char *conninfo);

/* Takes up a connection for one request. `home` is the pool that lives as long as the connection (its state is kept
 * there); `pool` the request's. `timeout` bounds each round trip. Errors: 503 with Retry-After (unreachable, the
 * schema's version does not fit, or row-level security does not hold for the user). */
scim_error_t *scim_conn_open(scim_conn_t **out, PGconn *pg, apr_pool_t *home, apr_interval_time_t timeout,
                             apr_pool_t *pool);

/* The time limit of one statement as statement_timeout takes it: a little less than a round trip may take, so that
 * PostgreSQL most often gives up before the module does. */
const char *scim_conn_timeout_text(const scim_conn_t *conn);

/* Has the connection's own statement_timeout be this request's. For what does not set it in its first statement. It
 * costs a round trip where the connection was last used with another timeout. Errors: 503. */
scim_error_t *scim_conn_limit(scim_conn_t *conn);

/* Says that nothing is written until the connection is given back, so no batch needs a deadline. */
void scim_conn_reads(scim_conn_t *conn);

/* Random bytes of this connection, that digests are compared under (see session.c). */
#define SCIM_BLIND_LENGTH 16
const unsigned char *scim_conn_blind(const scim_conn_t *conn);

/* The installation's secret, which signs what it gives away and takes back (scim.secret). */
#define SCIM_SECRET_LENGTH 32
const unsigned char *scim_conn_secret(const scim_conn_t *conn);

/* What scim.lookup finds resources by (scim_indexed_t of indexed.h), as it was when the backend was first used. */
const apr_array_header_t *scim_conn_indexed(const scim_conn_t *conn);

/* Bits about a tenant, whose meaning is the caller's, as they were when one of this connection's statements told them
 * last; 0: nothing is known. They may hold no more. A bounded number of tenants is remembered. */
unsigned scim_conn_recall(const scim_conn_t *conn, const char *tenant);
void scim_conn_remember(scim_conn_t *conn, const char *tenant, unsigned bits);

/* The pool that lives as long as the connection to this backend process. */
apr_pool_t *scim_conn_home(const scim_conn_t *conn);

/* Whether this request is the first that uses the backend. */
int scim_conn_fresh(const scim_conn_t *conn);

/* What the connection's server is: "PostgreSQL 15.8 (Debian 15.8-0+deb12u1)". */
const char *scim_conn_server(const PGconn *pg, apr_pool_t *pool);
const char *scim_conn_software(const scim_conn_t *conn);

/* How many connections PostgreSQL gives to the user of this one. Errors: 503. */
scim_error_t *scim_conn_places(int *places, scim_conn_t *conn);

/* Which database it is of, as text that another database has not. */
const char *scim_conn_database(const scim_conn_t *conn);

/* How many backends of PostgreSQL this process had met, when asked: whatever holds for one server alone is told from
 * what was found before another one came. 0: a connection pooler may give the connection to another backend at any
 * time. */
unsigned scim_conn_met(const scim_conn_t *conn);

/* What is undone from now on is a part of the transaction, back to its latest savepoint. */
void scim_conn_nest(scim_conn_t *conn, int nested);

/* Which tokens were not accepted lately over this connection: a few key ids, cut short. */
void scim_conn_deny(scim_conn_t *conn, const char *key_id);
int scim_conn_denied(const scim_conn_t *conn, const char *key_id);

/* How many round trips the request has made. */
int scim_conn_trips(const scim_conn_t *conn);

/* Whether the connection can still be used after an error. */
int scim_conn_usable(const scim_conn_t *conn);

/* Has what follows live in another pool, and returns the one before. A request of many transactions so gives back what
 * each of them took. */
apr_pool_t *scim_conn_pool(scim_conn_t *conn, apr_pool_t *pool);

/* Undoes a transaction that is still open; harmless where there is none. Whoever leaves one open between two batches
 * calls it on the way out. */
void scim_conn_rollback(scim_conn_t *conn);

/* A value of a statement: text form, or bytes of a bytea. */
typedef struct scim_param_t {
    const char *value; /* NULL is SQL null */
    int len;           /* for binary: bytes; ignored for text */
    int binary;
} scim_param_t;

typedef struct scim_batch_t scim_batch_t;

scim_batch_t *scim_batch_make(scim_conn_t *conn);

/* Adds a statement; returns its slot. The number of values is the statement's own: scim_statements[id].params. Text
 * values. */
int scim_batch_add(scim_batch_t *batch, scim_statement_e id, const scim_param_t *params);
/* Says that the batch is likely to fail: where it ends with COMMIT, the transaction is rolled back in the same round
 * trip then. It costs PostgreSQL an answer more. */
void scim_batch_doubt(scim_batch_t *batch);

/* The same for SQL made at run time (filters); prepared under its text and found again. */
int scim_batch_add_text(scim_batch_t *batch, const char *sql, int nparams, const scim_param_t *params);

/* Sets scim.NAME for the batch's transaction, before its statements run: SET LOCAL, which is also the word that a
 * distributed PostgreSQL passes on. "tenant" is whose rows row-level security lets through; "*", for administrators:
 * all of them. A batch that neither begins a transaction nor runs in one becomes one by itself. */
void scim_batch_set(scim_batch_t *batch, const char *name, const char *value);
/* The same for what is added after it, of a batch that begins a transaction. */
void scim_batch_add_set(scim_batch_t *batch, const char *name, const char *value);

/* Has the rows of a statement handed over as they arrive, instead of kept: what a statement answers may be long, and no
 * memory grows with it. `first` tells that it starts, which it does again where the batch is run again; the row is gone
 * when the function returns. scim_batch_result has the first row alone. */
typedef void (*scim_take_row_t)(void *data, const PGresult *result, int row, int first);
void scim_batch_stream(scim_batch_t *batch, int slot, scim_take_row_t take, void *data);

/* Sends all, waits for all. After an error it may be run again. Errors come from the first statement that failed, by
 * the table in sqlstate.h. The results stay readable until the request's pool goes. */
scim_error_t *scim_batch_run(scim_batch_t *batch);

/* Runs a batch of reading statements again whose streamed statement, in `slot`, took longer than a statement may: in a
 * transaction, and that statement by a cursor, row by row, so that the time limit is about each row and not about all.
 * What it reads is of one moment all the same. It takes a round trip for each row. */
scim_error_t *scim_batch_run_paced(scim_batch_t *batch, int slot);

const PGresult *scim_batch_result(const scim_batch_t *batch, int slot);

/* How many statements it has, which is the slot of the next one. */
int scim_batch_size(const scim_batch_t *batch);

/* The slot of the statement that failed when the batch was run; -1: none did. */
int scim_batch_failed(const scim_batch_t *batch);

/* The SQLSTATE that it failed with; "" where none did, or the connection is lost. */
const char *scim_batch_state(const scim_batch_t *batch);

/* Typed reading of results, which are all in binary form. */
apr_int64_t scim_result_int(const PGresult *result, int row, int column); /* int2, int4, int8 */
int scim_result_bool(const PGresult *result, int row, int column);
apr_time_t scim_result_time(const PGresult *result, int row, int column); /* timestamptz; 0 for null */
const char *scim_result_text(apr_size_t *len, const PGresult *result, int row,
                             int column); /* text, json, jsonb; NULL for null; lives with the result */
void scim_result_uuid(char id[37], const PGresult *result, int row, int column);

/* The elements of a text[] or uuid[] of one dimension without nulls; none for null. */
typedef struct scim_elements_t {
    int left;
    const unsigned char *at;
} scim_elements_t;

void scim_result_elements(scim_elements_t *out, const PGresult *result, int row, int column);
/* The next one, which is not ended by NUL and lives with the result; NULL after the last. */
const char *scim_result_element(scim_elements_t *elements, apr_size_t *len);

#endif
