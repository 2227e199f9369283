/*
 * A PostgreSQL connection as the store uses it.
 *
 * The PGconn belongs to mod_dbd's pool, or to scimctl. State of the connection, as opposed to a request (which
 * statements are prepared, whether the schema version was checked), lives in the connection's own pool and is valid for
 * one backend process; after a reset it starts empty. Work is done in batches: statements sent as one libpq pipeline,
 * which PostgreSQL runs as one transaction in one round trip; any error rolls back all of it. A connection is always
 * returned clean: no pipeline, no transaction, no settings except its timeouts. Not thread-safe: one request at a time,
 * as mod_dbd lends it.
 *
 * Deadlines: the last statement of a batch that commits refuses it (SC0LT) if, by the database's clock, the module's
 * timeout for it is over. So a batch that is delayed, in a network buffer or in a hanging process, is not committed
 * after the module has given it up. Each answer to a write contains the database's time; later times are computed from
 * it with this machine's monotonic clock, so the clocks of the two machines may differ.
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

/* The state of an idle connection. */
typedef enum {
    SCIM_CONN_DEAD,
    SCIM_CONN_NEW,  /* just opened, or reopened because its server had ended or was given up */
    SCIM_CONN_KNOWN /* used before, and still open */
} scim_conn_e;

/* Checks a connection before any work, and reconnects once if its server has ended. `home` as below. */
scim_conn_e scim_conn_revive(PGconn *pg, apr_pool_t *home);

/* Whether PostgreSQL is running but accepts no connection at the moment: it has reached max_connections (53300), or it
 * is starting (57P03). `conninfo` is libpq's connection string; NULL: returns 0. Takes at most a second. */
int scim_conn_refused(const char *conninfo);

/* Opens a connection for one request. `home` is the pool that lives as long as the connection and has its state; `pool`
 * is the request's. `timeout` bounds each round trip. Errors: 503 with Retry-After (unreachable, wrong schema version,
 * or the user bypasses row-level security). */
scim_error_t *scim_conn_open(scim_conn_t **out, PGconn *pg, apr_pool_t *home, apr_interval_time_t timeout,
                             apr_pool_t *pool);

/* The value of statement_timeout: a little less than the timeout of a round trip, so that PostgreSQL normally cancels a
 * statement before the module gives up. */
const char *scim_conn_timeout_text(const scim_conn_t *conn);

/* Sets the connection's statement_timeout to this request's, for work that does not set it in its first statement.
 * Costs a round trip if the connection was last used with another timeout. Errors: 503. */
scim_error_t *scim_conn_limit(scim_conn_t *conn);

/* Whether every statement of the connection is limited to this request's time already. Not through a connection pooler,
 * which may take another connection to PostgreSQL for each transaction. */
int scim_conn_is_limited(const scim_conn_t *conn);

/* Declares that nothing is written until the connection is returned, so no batch needs a deadline. */
void scim_conn_reads(scim_conn_t *conn);

/* Random bytes of this connection, used to compare digests (see session.c). */
#define SCIM_BLIND_LENGTH 16
const unsigned char *scim_conn_blind(const scim_conn_t *conn);

/* The installation's secret, which signs cursors (scim.secret). */
#define SCIM_SECRET_LENGTH 32
const unsigned char *scim_conn_secret(const scim_conn_t *conn);

/* The attributes indexed in scim.lookup (scim_indexed_t of indexed.h), read when the backend was first used. */
const apr_array_header_t *scim_conn_indexed(const scim_conn_t *conn);

/* Bits about a tenant, with a meaning defined by the caller, as last returned by a statement of this connection; 0:
 * unknown. They may be outdated. A bounded number of tenants is stored. */
unsigned scim_conn_recall(const scim_conn_t *conn, const char *tenant);
void scim_conn_remember(scim_conn_t *conn, const char *tenant, unsigned bits);

/* The pool that lives as long as the connection to this backend process. */
apr_pool_t *scim_conn_home(const scim_conn_t *conn);

/* Whether this request is the backend's first. */
int scim_conn_fresh(const scim_conn_t *conn);

/* The server's version: "PostgreSQL 15.8 (Debian 15.8-0+deb12u1)". */
const char *scim_conn_server(const PGconn *pg, apr_pool_t *pool);
const char *scim_conn_software(const scim_conn_t *conn);

/* How many connections PostgreSQL allows to this connection's user. Errors: 503. */
scim_error_t *scim_conn_places(int *places, scim_conn_t *conn);

/* A text that identifies the database. */
const char *scim_conn_database(const scim_conn_t *conn);

/* How many backends of PostgreSQL this process has used so far. Data that is valid for one server only, such as a
 * snapshot, is invalid once this number has changed. 0: unknown, because a connection pooler may switch backends at any
 * time. */
unsigned scim_conn_met(const scim_conn_t *conn);

/* From now on a failure rolls back to the latest savepoint (`nested`), or the whole transaction (0). */
void scim_conn_nest(scim_conn_t *conn, int nested);

/* Stores and looks up tokens that were recently refused on this connection: a few key ids, truncated. */
void scim_conn_deny(scim_conn_t *conn, const char *key_id);
int scim_conn_denied(const scim_conn_t *conn, const char *key_id);

/* Whether the server has all rows itself, and no workers as Citus has: some statements are possible there alone. */
int scim_conn_is_alone(const scim_conn_t *conn);

/* The number of round trips of this request. */
int scim_conn_trips(const scim_conn_t *conn);

/* Whether the connection can still be used after an error. */
int scim_conn_usable(const scim_conn_t *conn);

/* Sets the pool for further results, and returns the previous one. So a request with many transactions can free the
 * memory of each. */
apr_pool_t *scim_conn_pool(scim_conn_t *conn, apr_pool_t *pool);

/* Rolls back an open transaction; harmless if there is none. Code that leaves a transaction open between two batches
 * must call it on errors. */
void scim_conn_rollback(scim_conn_t *conn);

/* A value of a statement: text form, or bytes of a bytea. */
typedef struct scim_param_t {
    const char *value; /* NULL is SQL null */
    int len;           /* for binary: bytes; ignored for text */
    int binary;
} scim_param_t;

typedef struct scim_batch_t scim_batch_t;

scim_batch_t *scim_batch_make(scim_conn_t *conn);

/* Adds a statement; returns its slot. It takes scim_statements[id].params values, without the named ones. Text values.
 */
int scim_batch_add(scim_batch_t *batch, scim_statement_e id, const scim_param_t *params);
/* Declares that the batch is likely to fail: if it ends with COMMIT, a failure is then rolled back in the same round
 * trip. Costs PostgreSQL one more answer. */
void scim_batch_doubt(scim_batch_t *batch);

/* Makes a batch that is one transaction release its row locks before the disk has its COMMIT. The next transaction that
 * waits for such a lock need not wait for the disk too, so transactions that change one row in turn are written to the
 * disk together. The batch still ends only when the disk, and the synchronous standbys, have its COMMIT: a second
 * transaction in the same round trip waits for that. Until then other transactions can read what a crash of the server
 * would take back, but no client has been told that it is done. Without effect on Citus, and for a transaction that
 * takes several round trips. */
void scim_batch_release_early(scim_batch_t *batch);

/* Adds a statement that makes the COMMIT of this transaction wait for the disk even if the transaction changes nothing.
 * It may change nothing because of what such a transaction has done, which must be on the disk before the client is
 * told that it is done. */
void scim_batch_flush(scim_batch_t *batch);

/* The same for SQL made at run time (filters); it is prepared, and found again by its text. */
int scim_batch_add_text(scim_batch_t *batch, const char *sql, int nparams, const scim_param_t *params);

/* Sets scim.NAME for the batch's transaction, before its statements run, by SET LOCAL, which a distributed PostgreSQL
 * also passes to its workers. "tenant" is the tenant for row-level security; "*", for administrators: all tenants. A
 * batch that neither begins a transaction nor runs in one becomes a transaction by this. */
void scim_batch_set(scim_batch_t *batch, const char *name, const char *value);
/* The same, for the statements that are added after it; in a batch that begins a transaction. */
void scim_batch_add_set(scim_batch_t *batch, const char *name, const char *value);

/* Who acts, as the statements that record it have it. */
typedef struct scim_acting_t {
    const char *kind;     /* $actor_kind: token, admin, scimctl, login, httpd */
    const char *name;     /* $actor: the token's name, or the user's */
    const char *key;      /* $actor_key: the token's key id; "": no token acts */
    const char *request;  /* $request: the request's id in the logs; "": it has none */
    const char *base_url; /* $base_url: with {tenant} for the name; NULL: none */
} scim_acting_t;

/* Sets the values of the named parameters (statements.h) for this batch, and for those of the connection that follow,
 * until another one sets them. $acting is the name, with a prefix for a user of the machine. The texts are not copied:
 * they live until these batches have run. */
void scim_batch_act(scim_batch_t *batch, const scim_acting_t *acting);

/* Appends the values of the statement's named parameters (const char *), for a text that was made of it. */
void scim_conn_named(apr_array_header_t *values, const scim_conn_t *conn, scim_statement_e id);

/* Calls `take` for each row of a statement as it arrives, instead of keeping the rows, so that a long result does not
 * need memory. `first` is set for the first row, again if the batch is run again; the row is freed when the function
 * returns. scim_batch_result has only the first row. */
typedef void (*scim_take_row_t)(void *data, const PGresult *result, int row, int first);
void scim_batch_stream(scim_batch_t *batch, int slot, scim_take_row_t take, void *data);

/* Sends all statements and waits for all results. After an error it may be run again. The error is that of the first
 * failed statement, by the table in sqlstate.h. The results stay readable until the request's pool is destroyed. */
scim_error_t *scim_batch_run(scim_batch_t *batch);

/* Runs a batch of reading statements again after its streamed statement, in `slot`, has exceeded the timeout: in a
 * transaction, with a cursor for that statement, row by row, so that the timeout applies to each row. All rows are
 * still of one snapshot. Takes a round trip for each row. */
scim_error_t *scim_batch_run_paced(scim_batch_t *batch, int slot);

const PGresult *scim_batch_result(const scim_batch_t *batch, int slot);

/* The number of statements, which is the slot of the next one. */
int scim_batch_size(const scim_batch_t *batch);

/* The slot of the statement that failed when the batch was run; -1: none did. */
int scim_batch_failed(const scim_batch_t *batch);

/* The SQLSTATE of the failure; "" if none failed, or the connection is lost. */
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
/* The next element, not NUL-terminated, which lives with the result; NULL after the last. */
const char *scim_result_element(scim_elements_t *elements, apr_size_t *len);

#endif
