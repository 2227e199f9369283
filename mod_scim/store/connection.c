#include <apr_atomic.h>
#include <apr_general.h>
#include <apr_strings.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "connection_private.h"
#include "indexed.h"
#include "migrate.h"
#include "scim/table.h"
#include "sqlstate.h"

#define BACKEND_KEY "scim:backend"

/* The drift of two clocks is at most 1/DRIFT of the elapsed time. A clock that is being adjusted drifts by half of
 * that. */
#define DRIFT 1000

/* Columns of the statement `limits`. */
enum { LIMITS_CLOCK = 2, LIMITS_PROCESS, LIMITS_STARTED, LIMITS_ALONE = 6 };

apr_time_t scim_monotonic_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return apr_time_from_sec(now.tv_sec) + now.tv_nsec / 1000;
}

void scim_backend_hear(scim_backend_t *backend, apr_time_t clock)
{
    backend->clock = clock;
    backend->heard = scim_monotonic_now();
}

/* PostgreSQL's timeout is a little shorter than the module's. */
static apr_interval_time_t limit_of(const scim_conn_t *conn)
{
    return conn->timeout * 9 / 10;
}

apr_time_t scim_backend_deadline(const scim_conn_t *conn, apr_time_t now)
{
    apr_interval_time_t age = now - conn->backend->heard;
    return conn->backend->clock + age - age / DRIFT + limit_of(conn);
}

/* Whether the possible drift shortens deadlines too much. */
static int is_stale(const scim_conn_t *conn)
{
    return !conn->backend->clock ||
           (scim_monotonic_now() - conn->backend->heard) / DRIFT > (conn->timeout - limit_of(conn));
}

/* How many backends this process has met. */
static volatile apr_uint32_t backends_met;

unsigned scim_conn_met(const scim_conn_t *conn)
{
    return conn->backend->pooled ? 0 : apr_atomic_read32(&backends_met);
}

void scim_backend_renew(scim_conn_t *conn)
{
    scim_backend_t *old = conn->backend;
    apr_pool_t *pool;
    apr_pool_create(&pool, conn->home);
    scim_backend_t *backend = apr_pcalloc(pool, sizeof(*backend));
    if (old && old->given_up) {
        backend->process = apr_pstrdup(pool, old->process);
        backend->started = apr_pstrdup(pool, old->started);
    }
    backend->pool = pool;
    backend->pid = PQbackendPID(conn->pg);
    backend->texts = scim_table_make(pool);
    apr_generate_random_bytes(backend->blind, SCIM_BLIND_LENGTH);
    apr_pool_userdata_setn(backend, BACKEND_KEY, NULL, conn->home);
    conn->backend = backend;
    apr_atomic_inc32(&backends_met);
    if (old) {
        apr_pool_destroy(old->pool);
    }
}

/*
 * Whether an idle connection still has a server. If the server has gone away, the socket has the end of the stream (and
 * often a message), so this is visible before anything is sent. That makes it safe to retry with a new connection.
 */
static int is_alive(PGconn *pg)
{
    for (int tries = 0; PQstatus(pg) == CONNECTION_OK && tries < 16; tries++) {
        char byte;
        ssize_t got = recv(PQsocket(pg), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return 1;
        }
        if (got <= 0 || !PQconsumeInput(pg)) {
            return 0;
        }
        PGnotify *notify;
        while ((notify = PQnotifies(pg)) != NULL) {
            PQfreemem(notify);
        }
    }
    return 0;
}

scim_conn_e scim_conn_revive(PGconn *pg, apr_pool_t *home)
{
    void *backend = NULL;
    if (!is_alive(pg)) {
        PQreset(pg);
        return PQstatus(pg) == CONNECTION_OK ? SCIM_CONN_NEW : SCIM_CONN_DEAD;
    }
    apr_pool_userdata_get(&backend, BACKEND_KEY, home);
    return backend && ((scim_backend_t *)backend)->pid == PQbackendPID(pg) ? SCIM_CONN_KNOWN : SCIM_CONN_NEW;
}

/* Waits until libpq can continue; 0: `end` was reached first. */
static int wait_for(PGconn *pg, PostgresPollingStatusType wants, apr_time_t end)
{
    apr_interval_time_t left = end - scim_monotonic_now();
    struct pollfd ready = {.fd = PQsocket(pg), .events = wants == PGRES_POLLING_READING ? POLLIN : POLLOUT};
    return left > 0 && poll(&ready, 1, (int)apr_time_as_msec(left) + 1) > 0;
}

int scim_conn_refused(const char *conninfo)
{
    apr_time_t end = scim_monotonic_now() + apr_time_from_sec(1);
    PostgresPollingStatusType wants = PGRES_POLLING_WRITING;
    PGconn *pg = conninfo ? PQconnectStart(conninfo) : NULL;
    if (!pg) {
        return 0;
    }
    PQsetErrorVerbosity(pg, PQERRORS_SQLSTATE);
    while (PQstatus(pg) != CONNECTION_BAD && wants != PGRES_POLLING_OK && wants != PGRES_POLLING_FAILED &&
           wait_for(pg, wants, end)) {
        wants = PQconnectPoll(pg);
    }
    const char *message = PQerrorMessage(pg);
    int refused = wants == PGRES_POLLING_OK || strstr(message, "53300") || strstr(message, "57P03");
    PQfinish(pg);
    return refused;
}

/* Reads the secret; 0: there is none. */
static int read_secret(scim_backend_t *backend, const PGresult *result)
{
    if (PQntuples(result) != 1 || PQgetlength(result, 0, 0) != SCIM_SECRET_LENGTH) {
        return 0;
    }
    memcpy(backend->secret, PQgetvalue(result, 0, 0), SCIM_SECRET_LENGTH);
    return 1;
}

/* The log's text about a wrong schema or user; NULL: both are right. */
static const char *misfit(const scim_conn_t *conn, const PGresult *result)
{
    int number = (int)scim_result_int(result, 0, 0);
    const char *checksum = PQgetvalue(result, 0, 1);
    apr_pool_t *pool = conn->pool;

    if (!PQgetisnull(result, 0, 2)) {
        return apr_psprintf(pool,
                            "the database user \"%s\" %s, so row-level security would not separate the tenants (the "
                            "user of DBDParams must be scim_web)",
                            PQuser(conn->pg), PQgetvalue(result, 0, 2));
    }
    if (scim_migrate_state(number, checksum) == SCIM_SCHEMA_CURRENT) {
        return NULL;
    }
    if (number == scim_migrate_latest()) {
        return "the database's views and functions are not those of this build (run the scimctl db upgrade of this "
               "version)";
    }
    return apr_psprintf(pool,
                        "the database is at schema version %d, this build needs %d (run: scimctl db upgrade, or "
                        "install the matching version)",
                        number, scim_migrate_latest());
}

static int add_limits(scim_batch_t *batch, const scim_conn_t *conn)
{
    scim_param_t *params = apr_pcalloc(conn->pool, sizeof(*params));
    params->value = scim_conn_timeout_text(conn);
    return scim_batch_add(batch, SCIM_STMT_LIMITS, params);
}

static void take_limits(scim_conn_t *conn, const PGresult *result)
{
    scim_backend_t *backend = conn->backend;
    backend->limit = conn->timeout;
    scim_backend_hear(backend, scim_result_time(result, 0, LIMITS_CLOCK));
    backend->process = apr_psprintf(backend->pool, "%" APR_INT64_T_FMT, scim_result_int(result, 0, LIMITS_PROCESS));
    backend->started = apr_pstrdup(backend->pool, scim_result_text(NULL, result, 0, LIMITS_STARTED));
    backend->pooled = scim_result_int(result, 0, LIMITS_PROCESS) != backend->pid;
    backend->alone = scim_result_bool(result, 0, LIMITS_ALONE);
}

scim_error_t *scim_backend_ask(scim_conn_t *conn)
{
    scim_batch_t *batch = scim_batch_make(conn);
    int slot = add_limits(batch, conn);
    conn->backend->clock = 0;
    scim_error_t *error = scim_batch_run(batch);
    if (!error) {
        take_limits(conn, scim_batch_result(batch, slot));
    }
    return error;
}

/* If the previous connection was given up while PostgreSQL was busy, ends that backend. */
static void add_end(scim_batch_t *batch, const scim_conn_t *conn)
{
    const scim_backend_t *backend = conn->backend;
    if (!backend->process || !backend->started) {
        return;
    }
    scim_param_t *params = apr_pcalloc(conn->pool, 2 * sizeof(*params));
    params[0].value = backend->process;
    params[1].value = backend->started;
    scim_batch_add(batch, SCIM_STMT_END_BACKEND, params);
}

/* Checks each backend once: the database's schema must be that of the statements, and row-level security must be
 * effective. Also reads the indexed attributes for filters, and the secret that signs cursors. With an older schema a
 * later statement fails, but the first one already has the reason. */
static scim_error_t *check_version(scim_conn_t *conn)
{
    scim_batch_t *batch = scim_batch_make(conn);
    int limits = add_limits(batch, conn);
    add_end(batch, conn);
    int slot = scim_batch_add(batch, SCIM_STMT_SCHEMA_VERSION, NULL);
    int indexed = scim_batch_add(batch, SCIM_STMT_INDEXED_READY, NULL);
    int secret = scim_batch_add(batch, SCIM_STMT_SECRET, NULL);
    scim_error_t *error = scim_batch_run(batch);
    if (error && error->status != 500) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, slot);
    if (PQresultStatus(result) == PGRES_TUPLES_OK) {
        const char *cause = misfit(conn, result);
        if (cause) {
            return scim_sqlstate_unavailable(cause, conn->pool);
        }
    }
    if (error) {
        return scim_sqlstate_unavailable(
            apr_psprintf(conn->pool, "the database has no usable scim schema (run: scimctl db init): %s", error->cause),
            conn->pool);
    }
    if (!read_secret(conn->backend, scim_batch_result(batch, secret))) {
        return scim_sqlstate_unavailable("scim.secret is empty", conn->pool);
    }
    conn->backend->indexed = scim_indexed_read(scim_batch_result(batch, indexed), conn->backend->pool);
    take_limits(conn, scim_batch_result(batch, limits));
    conn->backend->fits = 1;
    conn->fresh = 1;
    return NULL;
}

scim_error_t *scim_conn_open(scim_conn_t **out, PGconn *pg, apr_pool_t *home, apr_interval_time_t timeout,
                             apr_pool_t *pool)
{
    scim_conn_t *conn = apr_pcalloc(pool, sizeof(*conn));
    void *backend = NULL;
    conn->pg = pg;
    conn->home = home;
    conn->pool = pool;
    conn->timeout = timeout;
    apr_pool_userdata_get(&backend, BACKEND_KEY, home);
    conn->backend = backend;
    if (!conn->backend || conn->backend->pid != PQbackendPID(pg)) {
        scim_backend_renew(conn);
    }
    scim_error_t *error = NULL;
    if (!conn->backend->fits) {
        error = check_version(conn);
    } else if (is_stale(conn)) {
        error = scim_backend_ask(conn);
    }
    *out = error ? NULL : conn;
    return error;
}

scim_error_t *scim_conn_limit(scim_conn_t *conn)
{
    return conn->backend->limit == conn->timeout ? NULL : scim_backend_ask(conn);
}

int scim_conn_is_alone(const scim_conn_t *conn)
{
    return conn->backend->alone;
}

int scim_conn_is_limited(const scim_conn_t *conn)
{
    return conn->backend->limit == conn->timeout && !conn->backend->pooled;
}

void scim_conn_named(apr_array_header_t *values, const scim_conn_t *conn, scim_statement_e id)
{
    for (int i = 0; i < scim_statements[id].named_count; i++) {
        APR_ARRAY_PUSH(values, const char *) = conn->named[scim_statements[id].named[i]];
    }
}

void scim_conn_reads(scim_conn_t *conn)
{
    conn->reads = 1;
}

const char *scim_conn_timeout_text(const scim_conn_t *conn)
{
    apr_time_t milliseconds = apr_time_as_msec(limit_of(conn));
    return apr_psprintf(conn->pool, "%" APR_TIME_T_FMT, milliseconds ? milliseconds : 1); /* 0 would mean no limit */
}

const unsigned char *scim_conn_blind(const scim_conn_t *conn)
{
    return conn->backend->blind;
}

const unsigned char *scim_conn_secret(const scim_conn_t *conn)
{
    return conn->backend->secret;
}

const apr_array_header_t *scim_conn_indexed(const scim_conn_t *conn)
{
    return conn->backend->indexed;
}

apr_pool_t *scim_conn_home(const scim_conn_t *conn)
{
    return conn->backend->pool;
}

int scim_conn_fresh(const scim_conn_t *conn)
{
    return conn->fresh;
}

const char *scim_conn_server(const PGconn *pg, apr_pool_t *pool)
{
    const char *version = PQparameterStatus(pg, "server_version");
    return apr_pstrcat(pool, "PostgreSQL ", version ? version : "of an unknown version", NULL);
}

const char *scim_conn_software(const scim_conn_t *conn)
{
    return scim_conn_server(conn->pg, conn->pool);
}

scim_error_t *scim_conn_places(int *places, scim_conn_t *conn)
{
    scim_batch_t *batch = scim_batch_make(conn);
    int slot = scim_batch_add(batch, SCIM_STMT_SERVER_PLACES, NULL);
    scim_error_t *error = scim_batch_run(batch);
    if (!error) {
        *places = (int)scim_result_int(scim_batch_result(batch, slot), 0, 0);
    }
    return error;
}

const char *scim_conn_database(const scim_conn_t *conn)
{
    return apr_pstrcat(conn->pool, PQhost(conn->pg), " ", PQport(conn->pg), " ", PQdb(conn->pg), NULL);
}

void scim_conn_nest(scim_conn_t *conn, int nested)
{
    conn->nested = nested;
}

void scim_conn_deny(scim_conn_t *conn, const char *key_id)
{
    scim_backend_t *backend = conn->backend;
    if (!scim_conn_denied(conn, key_id)) {
        apr_cpystrn(backend->refused[backend->refusals++ % SCIM_REFUSED], key_id, SCIM_REFUSED_LENGTH);
    }
}

int scim_conn_denied(const scim_conn_t *conn, const char *key_id)
{
    for (int i = 0; i < SCIM_REFUSED; i++) {
        if (strncmp(conn->backend->refused[i], key_id, SCIM_REFUSED_LENGTH - 1) == 0) {
            return 1;
        }
    }
    return 0;
}

static scim_remembered_t *place_of(const scim_conn_t *conn, const char *tenant)
{
    unsigned sum = 5381;
    for (const char *at = tenant; *at; at++) {
        sum = sum * 33 + (unsigned char)*at;
    }
    return &conn->backend->tenants[sum % SCIM_REMEMBERED];
}

unsigned scim_conn_recall(const scim_conn_t *conn, const char *tenant)
{
    const scim_remembered_t *place = place_of(conn, tenant);
    return strcmp(place->tenant, tenant) == 0 ? place->bits : 0;
}

void scim_conn_remember(scim_conn_t *conn, const char *tenant, unsigned bits)
{
    scim_remembered_t *place = place_of(conn, tenant);
    if (strlen(tenant) < sizeof(place->tenant)) {
        apr_cpystrn(place->tenant, tenant, sizeof(place->tenant));
        place->bits = bits;
    }
}

int scim_conn_trips(const scim_conn_t *conn)
{
    return conn->trips;
}

int scim_conn_usable(const scim_conn_t *conn)
{
    return !conn->lost;
}

apr_pool_t *scim_conn_pool(scim_conn_t *conn, apr_pool_t *pool)
{
    apr_pool_t *before = conn->pool;
    conn->pool = pool;
    return before;
}
