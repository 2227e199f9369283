/*
 * A batch is one libpq pipeline: all statements are sent together, and all results come back together.
 *
 * Invariants: (1) results arrive in the order of `statements`, one for each step; (2) after an error PostgreSQL answers
 * every further step with PGRES_PIPELINE_ABORTED, so the first error is the cause; (3) on the way out the connection
 * has left pipeline mode and holds no transaction that this batch failed in, or its socket is shut down so that the
 * next user resets it; (4) what commits has a statement with the deadline right before that: `finish_in_time`, or
 * `deadline`, which is nobody's slot; (5) what a batch sets comes before any other statement of its transaction block.
 */
#include <apr_escape.h>
#include <apr_strings.h>
#include <openssl/sha.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "batch_private.h"
#include "sqlstate.h"

typedef enum { STEP_PREPARE, STEP_EXECUTE } step_kind_e;

/* The cause that the log shows if prepared statements are missing or exist already. */
#define POOLER                                                                                                         \
    "a connection pooler between httpd and PostgreSQL gives one connection to several clients in turn, so statements " \
    "that were prepared are missing or exist already. Set its pool_mode to session; with pgbouncer 1.21 or later "     \
    "max_prepared_statements = 1000 is sufficient, too"

/* how much of the SHA-256 of a statement's text is in its name */
#define NAME_BYTES 16

scim_batch_t *scim_batch_make(scim_conn_t *conn)
{
    scim_batch_t *batch = apr_pcalloc(conn->pool, sizeof(*batch));
    batch->conn = conn;
    batch->statements = apr_array_make(conn->pool, 6, sizeof(scim_batch_statement_t));
    batch->settings = apr_array_make(conn->pool, 1, sizeof(scim_batch_statement_t));
    return batch;
}

int scim_batch_add(scim_batch_t *batch, scim_statement_e id, const scim_param_t *params)
{
    scim_batch_statement_t *statement = apr_array_push(batch->statements);
    *statement = (scim_batch_statement_t){
        .id = (int)id, .sql = scim_statements[id].sql, .nparams = scim_statements[id].params, .params = params};
    return batch->statements->nelts - 1;
}

int scim_batch_add_text(scim_batch_t *batch, const char *sql, int nparams, const scim_param_t *params)
{
    scim_batch_statement_t *statement = apr_array_push(batch->statements);
    *statement = (scim_batch_statement_t){.id = SCIM_RUN_TIME_TEXT, .sql = sql, .nparams = nparams, .params = params};
    return batch->statements->nelts - 1;
}

/* SET takes no parameters, so the value is in the text. Only the tenant's setting is prepared, since the others differ
 * for each request. */
static scim_batch_statement_t make_setting(const scim_conn_t *conn, const char *name, const char *value)
{
    int tenant = strcmp(name, "tenant") == 0;
    scim_batch_statement_t setting = {.id = SCIM_RUN_TIME_TEXT, .once = !tenant, .setting = tenant};
    char *literal = PQescapeLiteral(conn->pg, value, strlen(value));
    if (literal) {
        setting.sql = apr_pstrcat(conn->pool, "set local scim.", name, " = ", literal, NULL);
        PQfreemem(literal);
        return setting;
    }
    /* The value is not valid text. PostgreSQL reports that if it is a parameter. */
    scim_param_t *params = apr_pcalloc(conn->pool, 2 * sizeof(*params));
    params[0].value = apr_pstrcat(conn->pool, "scim.", name, NULL);
    params[1].value = value;
    setting.sql = "select set_config($1, $2, true)";
    setting.nparams = 2;
    setting.params = params;
    return setting;
}

void scim_batch_set(scim_batch_t *batch, const char *name, const char *value)
{
    APR_ARRAY_PUSH(batch->settings, scim_batch_statement_t) = make_setting(batch->conn, name, value);
}

void scim_batch_add_set(scim_batch_t *batch, const char *name, const char *value)
{
    scim_batch_statement_t setting = make_setting(batch->conn, name, value);
    setting.once = 1; /* a batch may have many of them, so they are not prepared */
    APR_ARRAY_PUSH(batch->statements, scim_batch_statement_t) = setting;
}

void scim_batch_act(scim_batch_t *batch, const scim_acting_t *acting)
{
    scim_conn_t *conn = batch->conn;
    _Static_assert(SCIM_NAMED_COUNT == 7, "each named parameter but $deadline has a value here");
    int machine = strcmp(acting->kind, "scimctl") == 0;
    conn->named[SCIM_NAMED_ACTOR_KIND] = acting->kind;
    conn->named[SCIM_NAMED_ACTOR] = acting->name;
    conn->named[SCIM_NAMED_ACTOR_KEY] = acting->key;
    conn->named[SCIM_NAMED_REQUEST] = acting->request;
    conn->named[SCIM_NAMED_BASE_URL] = acting->base_url;
    conn->named[SCIM_NAMED_ACTING] = machine ? apr_pstrcat(conn->pool, "scimctl:", acting->name, NULL) : acting->name;
}

void scim_batch_stream(scim_batch_t *batch, int slot, scim_take_row_t take, void *data)
{
    scim_batch_statement_t *statement = &APR_ARRAY_IDX(batch->statements, slot, scim_batch_statement_t);
    statement->take = take;
    statement->data = data;
}

void scim_batch_doubt(scim_batch_t *batch)
{
    batch->doubtful = 1;
}

void scim_batch_release_early(scim_batch_t *batch)
{
    batch->early = 1;
}

void scim_batch_flush(scim_batch_t *batch)
{
    if (batch->conn->backend->alone) {
        scim_batch_add(batch, SCIM_STMT_FLUSH, NULL);
    }
}

const PGresult *scim_batch_result(const scim_batch_t *batch, int slot)
{
    return APR_ARRAY_IDX(batch->statements, slot, scim_batch_statement_t).result;
}

int scim_batch_size(const scim_batch_t *batch)
{
    return batch->statements->nelts;
}

static int is_success(ExecStatusType status)
{
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE;
}

int scim_batch_failed(const scim_batch_t *batch)
{
    int slot = 0;
    while (slot < batch->statements->nelts) {
        if (!is_success(PQresultStatus(scim_batch_result(batch, slot)))) {
            return slot;
        }
        slot++;
    }
    return -1;
}

const char *scim_batch_state(const scim_batch_t *batch)
{
    int slot = scim_batch_failed(batch);
    const PGresult *result = slot < 0 ? NULL : scim_batch_result(batch, slot);
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    return state ? state : "";
}

static scim_batch_statement_t *simple(scim_batch_statement_t *statement, scim_statement_e id)
{
    *statement = (scim_batch_statement_t){.id = (int)id, .sql = scim_statements[id].sql};
    return statement;
}

/* --- the deadline ------------------------------------------------------------------------------------------------ */

static int is_last(const scim_batch_t *batch, scim_statement_e id)
{
    int last = batch->statements->nelts - 1;
    return last >= 0 && APR_ARRAY_IDX(batch->statements, last, scim_batch_statement_t).id == (int)id;
}

static int begins(const scim_batch_t *batch)
{
    return batch->statements->nelts > 0 &&
           APR_ARRAY_IDX(batch->statements, 0, scim_batch_statement_t).id == SCIM_STMT_BEGIN;
}

/* The slot before which the deadline is checked: COMMIT, or the end of a batch that is a transaction by itself. -1:
 * the batch commits nothing, and an open transaction is lost with its connection. */
static int deadline_slot(const scim_batch_t *batch)
{
    const scim_conn_t *conn = batch->conn;
    if (conn->reads || !conn->backend->clock) {
        return -1;
    }
    if (is_last(batch, SCIM_STMT_COMMIT)) {
        return batch->statements->nelts - 1;
    }
    return begins(batch) || PQtransactionStatus(conn->pg) != PQTRANS_IDLE ? -1 : batch->statements->nelts;
}

static const char *deadline_text(const scim_conn_t *conn, apr_time_t now)
{
    apr_time_t deadline = scim_backend_deadline(conn, now);
    return apr_psprintf(conn->pool, "%" APR_TIME_T_FMT ".%06d", apr_time_sec(deadline), (int)apr_time_usec(deadline));
}

/* The statement that has the deadline: the one before `slot` if it can, else `deadline`; NULL: none. */
static scim_batch_statement_t *find_timed(scim_batch_t *batch, int slot)
{
    if (slot < 0) {
        return NULL;
    }
    scim_batch_statement_t *last = slot ? &APR_ARRAY_IDX(batch->statements, slot - 1, scim_batch_statement_t) : NULL;
    return last && last->id == SCIM_STMT_FINISH_IN_TIME ? last : simple(&batch->deadline, SCIM_STMT_DEADLINE);
}

/* --- settings ----------------------------------------------------------------------------------------------------- */

/* SET LOCAL has an effect only in a transaction block. */
static int needs_block(const scim_batch_t *batch)
{
    return batch->settings->nelts && !begins(batch) && PQtransactionStatus(batch->conn->pg) == PQTRANS_IDLE;
}

static void put(scim_batch_t *batch, scim_batch_statement_t *statement)
{
    APR_ARRAY_PUSH(batch->order, scim_batch_statement_t *) = statement;
}

static void put_settings(scim_batch_t *batch)
{
    for (int i = 0; i < batch->settings->nelts; i++) {
        put(batch, &APR_ARRAY_IDX(batch->settings, i, scim_batch_statement_t));
    }
}

/* Puts the statements into the order in which they are sent. */
static void order_statements(scim_batch_t *batch, apr_time_t now)
{
    int guarded = deadline_slot(batch);
    batch->timed = find_timed(batch, guarded);
    batch->conn->named[SCIM_NAMED_DEADLINE] = batch->timed ? deadline_text(batch->conn, now) : NULL;
    int block = needs_block(batch);
    int early = block && batch->early && batch->conn->backend->alone;
    int set = begins(batch);
    int count = batch->statements->nelts;
    batch->order =
        apr_array_make(batch->conn->pool, count + batch->settings->nelts + 5, sizeof(scim_batch_statement_t *));
    if (block) {
        put(batch, simple(&batch->begin, SCIM_STMT_BEGIN));
    }
    if (early) {
        put(batch, simple(&batch->lazy, SCIM_STMT_COMMIT_LAZILY));
    }
    for (int i = 0; i <= count; i++) {
        if (i == set) {
            put_settings(batch);
        }
        if (i == guarded && batch->timed == &batch->deadline) {
            put(batch, &batch->deadline);
        }
        if (i < count) {
            put(batch, &APR_ARRAY_IDX(batch->statements, i, scim_batch_statement_t));
        }
    }
    if (block) {
        put(batch, simple(&batch->commit, SCIM_STMT_COMMIT));
    }
    if (early) {
        put(batch, simple(&batch->flush, SCIM_STMT_FLUSH));
    }
}

static scim_batch_statement_t *ordered(const scim_batch_t *batch, int i)
{
    return i < batch->order->nelts ? APR_ARRAY_IDX(batch->order, i, scim_batch_statement_t *) : NULL;
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

static const char *known_name(const scim_backend_t *backend, const scim_batch_statement_t *statement)
{
    return statement->id == SCIM_RUN_TIME_TEXT ? apr_hash_get(backend->texts, statement->sql, APR_HASH_KEY_STRING)
                                               : backend->names[statement->id];
}

static int is_kept(const scim_backend_t *backend, const scim_batch_statement_t *statement)
{
    if (statement->setting && backend->settings >= SCIM_PREPARED_SETTINGS_MAX) {
        return 0;
    }
    return statement->id != SCIM_RUN_TIME_TEXT ||
           (!statement->once && apr_hash_count(backend->texts) < SCIM_PREPARED_TEXTS_MAX &&
            strlen(statement->sql) <= SCIM_PREPARED_TEXT_LENGTH);
}

/* A text gets the same name on every connection. A connection pooler may give PostgreSQL's connections to other
 * clients in between, and there a name must not mean another statement. */
static const char *name_of(const char *sql, unsigned generation, apr_pool_t *pool)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)sql, strlen(sql), digest);
    const char *name = apr_pescape_hex(pool, digest, NAME_BYTES, 0);
    return generation ? apr_psprintf(pool, "scim_%s_%u", name, generation) : apr_pstrcat(pool, "scim_", name, NULL);
}

/* An earlier statement of the batch that prepares the same text; NULL: none. */
static const scim_batch_statement_t *prepared_before(const scim_batch_t *batch, int at)
{
    const scim_batch_statement_t *statement = ordered(batch, at);
    for (int i = 0; i < at; i++) {
        const scim_batch_statement_t *other = ordered(batch, i);
        if (other->prepare && other->id == statement->id &&
            (statement->id != SCIM_RUN_TIME_TEXT || strcmp(other->sql, statement->sql) == 0)) {
            return other;
        }
    }
    return NULL;
}

/* Finds or makes the name of a prepared statement. A new name belongs to the request's pool, until `remember` copies
 * it. */
static void name_statement(const scim_batch_t *batch, int at)
{
    const scim_conn_t *conn = batch->conn;
    scim_batch_statement_t *statement = ordered(batch, at);
    statement->name = known_name(conn->backend, statement);
    statement->prepare = 0;
    if (statement->name || !is_kept(conn->backend, statement)) {
        return;
    }
    const scim_batch_statement_t *before = prepared_before(batch, at);
    statement->prepare = !before;
    statement->name = before ? before->name : name_of(statement->sql, conn->backend->generation, conn->pool);
}

/* Stores the name of a statement that PostgreSQL has prepared, for the next requests. */
static void remember(scim_backend_t *backend, const scim_batch_statement_t *statement)
{
    const char *name = apr_pstrdup(backend->pool, statement->name);
    if (statement->id == SCIM_RUN_TIME_TEXT) {
        apr_hash_set(backend->texts, apr_pstrdup(backend->pool, statement->sql), APR_HASH_KEY_STRING, name);
        backend->settings += statement->setting;
    } else {
        backend->names[statement->id] = name;
    }
}

static void forget_all(scim_backend_t *backend)
{
    memset(backend->names, 0, sizeof(backend->names));
    apr_hash_clear(backend->texts);
    backend->settings = 0;
    backend->generation++;
}

static int send_statement(const scim_conn_t *conn, const scim_batch_statement_t *statement)
{
    PGconn *pg = conn->pg;
    const scim_statement_t *own = statement->id == SCIM_RUN_TIME_TEXT ? NULL : &scim_statements[statement->id];
    size_t n = (size_t)statement->nparams;
    size_t all = n + (size_t)(own ? own->named_count : 0);
    const char **values = apr_pcalloc(conn->pool, (all + 1) * sizeof(*values));
    int *lengths = apr_pcalloc(conn->pool, (all + 1) * sizeof(*lengths));
    int *formats = apr_pcalloc(conn->pool, (all + 1) * sizeof(*formats));
    for (size_t i = n; i < all; i++) {
        values[i] = conn->named[own->named[i - n]];
    }
    for (size_t i = 0; i < n; i++) {
        values[i] = statement->params[i].value;
        lengths[i] = statement->params[i].len;
        formats[i] = statement->params[i].binary;
    }
    if (!statement->name) {
        return PQsendQueryParams(pg, statement->sql, (int)all, NULL, values, lengths, formats, 1);
    }
    if (statement->prepare && !PQsendPrepare(pg, statement->name, statement->sql, 0, NULL)) {
        return 0;
    }
    return PQsendQueryPrepared(pg, statement->name, (int)all, values, lengths, formats, 1);
}

/* Whether a sync comes before COMMIT. Then COMMIT runs even after an error, and rolls back. */
static int splits(const scim_batch_t *batch, const scim_batch_statement_t *statement)
{
    return batch->doubtful && statement->id == SCIM_STMT_COMMIT;
}

static int send_all(scim_batch_t *batch)
{
    scim_conn_t *conn = batch->conn;
    if (!PQenterPipelineMode(conn->pg)) {
        return 0;
    }
    scim_batch_statement_t *statement;
    batch->syncs = 1;
    for (int i = 0; (statement = ordered(batch, i)) != NULL; i++) {
        statement->result = NULL;
        if (splits(batch, statement) && batch->syncs++ && !PQpipelineSync(conn->pg)) {
            return 0;
        }
        name_statement(batch, i);
        if (!send_statement(conn, statement)) {
            return 0;
        }
    }
    return PQpipelineSync(conn->pg);
}

static apr_status_t clear_result(void *result)
{
    PQclear(result);
    return APR_SUCCESS;
}

/* --- receiving ---------------------------------------------------------------------------------------------------- */

/* The position of the next result. */
typedef struct cursor_t {
    int statement; /* in `order` */
    step_kind_e step;
    int syncs;        /* syncs so far */
    int synced;       /* all syncs have arrived */
    int late;         /* the timeout expired first */
    PGresult *failed; /* the first error */
} cursor_t;

/* Selects single-row mode for a statement with `take`. libpq allows this only after the previous step has ended. */
static void begin_step(const cursor_t *at, const scim_batch_t *batch)
{
    const scim_batch_statement_t *statement = ordered(batch, at->statement);
    if (statement && at->step == STEP_EXECUTE && statement->take) {
        PQsetSingleRowMode(batch->conn->pg);
    }
}

static void cursor_start(cursor_t *at, const scim_batch_t *batch)
{
    *at = (cursor_t){.step = ordered(batch, 0)->prepare ? STEP_PREPARE : STEP_EXECUTE};
    begin_step(at, batch);
}

/* Goes to the next step: libpq ends the results of each step with NULL. */
static void cursor_advance(cursor_t *at, const scim_batch_t *batch)
{
    if (at->step == STEP_PREPARE) {
        at->step = STEP_EXECUTE;
    } else {
        const scim_batch_statement_t *next = ordered(batch, ++at->statement);
        at->step = next && next->prepare ? STEP_PREPARE : STEP_EXECUTE;
    }
    begin_step(at, batch);
}

/* Passes the rows of a result to `take`. Returns 0 for the first result, which is kept. */
static int hand_over(scim_batch_statement_t *statement, const PGresult *result)
{
    int first = statement->result == NULL;
    for (int row = 0; row < PQntuples(result); row++) {
        statement->take(statement->data, result, row, first && row == 0);
    }
    return !first;
}

static void take_result(cursor_t *at, scim_batch_t *batch, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    int success = is_success(status);
    scim_batch_statement_t *statement = ordered(batch, at->statement);
    if (success && statement && statement->take && at->step == STEP_EXECUTE && hand_over(statement, result)) {
        PQclear(result);
        return;
    }
    apr_pool_cleanup_register(batch->conn->pool, result, clear_result, apr_pool_cleanup_null);
    if (status == PGRES_PIPELINE_SYNC) {
        at->synced = ++at->syncs == batch->syncs;
        return;
    }
    if (!success && status != PGRES_PIPELINE_ABORTED && !at->failed) {
        at->failed = result;
    }
    if (!statement) {
        return;
    }
    if (at->step == STEP_EXECUTE) {
        statement->result = statement->result ? statement->result : result; /* keep a row that came before an error */
    } else if (success) {
        remember(batch->conn->backend, statement);
    }
}

/* Processes the results that have arrived, without waiting. */
static void take_results(cursor_t *at, scim_batch_t *batch)
{
    PGconn *pg = batch->conn->pg;
    while (!at->synced && PQstatus(pg) == CONNECTION_OK && !PQisBusy(pg)) {
        PGresult *result = PQgetResult(pg);
        if (result) {
            take_result(at, batch, result);
        } else {
            cursor_advance(at, batch);
        }
    }
}

/* Sends and receives until all results have arrived. Returns NULL, or why the connection is unusable. */
static const char *exchange(cursor_t *at, scim_batch_t *batch, apr_time_t deadline)
{
    PGconn *pg = batch->conn->pg;
    for (;;) {
        int unsent = PQflush(pg);
        take_results(at, batch);
        if (at->synced) {
            return NULL;
        }
        if (unsent < 0 || PQstatus(pg) != CONNECTION_OK) {
            return PQerrorMessage(pg);
        }
        apr_interval_time_t left = deadline - scim_monotonic_now();
        struct pollfd ready = {.fd = PQsocket(pg), .events = (short)(POLLIN | (unsent ? POLLOUT : 0))};
        if (left <= 0 || poll(&ready, 1, (int)apr_time_as_msec(left) + 1) == 0) {
            at->late = 1;
            return "PostgreSQL did not answer within ScimDatabaseTimeout";
        }
        if ((ready.revents & ~POLLOUT) && !PQconsumeInput(pg)) {
            return PQerrorMessage(pg);
        }
    }
}

/* Gives up a connection that is lost or still busy. A failed statement's error is the answer, unless the batch would
 * have been repeated after it.
 *
 * The socket is shut down, so that the next user finds a dead connection and resets it. PostgreSQL ends a statement
 * that is still running by itself (statement_timeout, and the deadline for a batch that has not started), and the new
 * connection ends the old backend process. */
static scim_error_t *abandon(scim_conn_t *conn, const cursor_t *at, const char *cause)
{
    scim_error_t *error;
    if (at->failed && !scim_sqlstate_stale(at->failed)) {
        error = scim_sqlstate_error(at->failed, conn->pool);
    } else {
        error = at->late ? scim_sqlstate_late(cause, !conn->reads, conn->pool)
                         : scim_sqlstate_unavailable(cause, conn->pool);
    }
    conn->lost = 1;
    conn->backend->given_up = at->late;
    if (PQsocket(conn->pg) >= 0) {
        shutdown(PQsocket(conn->pg), SHUT_RDWR);
        PQconsumeInput(conn->pg);
    }
    return error;
}

/* Sends a batch and receives its results. Returns NULL, or why the connection is unusable. */
static const char *round_trip(cursor_t *at, scim_batch_t *batch)
{
    scim_conn_t *conn = batch->conn;
    PGconn *pg = conn->pg;
    PQsetnonblocking(pg, 1);
    apr_time_t now = scim_monotonic_now();
    order_statements(batch, now);
    int sent = send_all(batch);
    cursor_start(at, batch);
    const char *lost = sent ? exchange(at, batch, now + conn->timeout) : PQerrorMessage(pg);
    if (!lost && !PQexitPipelineMode(pg)) {
        lost = PQerrorMessage(pg);
    }
    PQsetnonblocking(pg, 0);
    return lost;
}

/* Uses a batch too, because it has a timeout and PQexec has none. */
void scim_conn_rollback(scim_conn_t *conn)
{
    PGTransactionStatusType status = PQtransactionStatus(conn->pg);
    if (status != PQTRANS_INTRANS && status != PQTRANS_INERROR) {
        return;
    }
    cursor_t at = {0};
    scim_batch_t *batch = scim_batch_make(conn);
    scim_batch_add(batch, conn->nested ? SCIM_STMT_ROLLBACK_PART : SCIM_STMT_ROLLBACK, NULL);
    const char *lost = round_trip(&at, batch);
    if (lost || at.failed) {
        abandon(conn, &at, lost);
    }
}

/* The result of the deadline contains the database's time. */
static void hear_clock(const scim_batch_t *batch)
{
    const PGresult *result = batch->timed ? batch->timed->result : NULL;
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1) {
        scim_backend_hear(batch->conn->backend, scim_result_time(result, 0, 0));
    }
}

/* Whether a deadline expired too early, because the database's clock was set. */
static int clock_was_set(const scim_conn_t *conn, const PGresult *failed, apr_time_t began)
{
    return scim_sqlstate_late_end(failed) && scim_monotonic_now() - began < conn->timeout / 2;
}

scim_error_t *scim_batch_run(scim_batch_t *batch)
{
    scim_conn_t *conn = batch->conn;
    cursor_t at = {0};
    apr_time_t began = scim_monotonic_now();
    batch->timed = NULL;
    conn->trips++;
    const char *lost = round_trip(&at, batch);
    if (lost) {
        return abandon(conn, &at, lost);
    }
    hear_clock(batch);
    if (!at.failed) {
        return NULL;
    }
    scim_conn_rollback(conn);
    scim_error_t *error = scim_sqlstate_error(at.failed, conn->pool);
    if ((conn->backend->pooled || !conn->backend->fits) && scim_sqlstate_misplaced(at.failed)) {
        return scim_sqlstate_unavailable(POOLER, conn->pool);
    }
    if (scim_sqlstate_stale(at.failed)) {
        forget_all(conn->backend);
        error->transient = 1;
    }
    if (scim_conn_usable(conn) && clock_was_set(conn, at.failed, began)) {
        scim_error_t *unasked = scim_backend_ask(conn);
        error->transient = !unasked;
        return unasked ? unasked : error;
    }
    return error;
}
