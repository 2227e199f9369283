#include "database.h"

#include <apr_dbd.h>
#include <apr_optional.h>
#include <apr_strings.h>
#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>
#include <http_log.h>
#include <mod_dbd.h>

#include "configuration.h"
#include "store/indexed.h"

APLOG_USE_MODULE(scim);

#define RETRY_AFTER 5

struct scim_gate_t {
    int size;
    int free;
    int opening;               /* one who passed is asking mod_dbd for a connection, and may be making it */
    int told;                  /* that there are attributes without their index */
    apr_thread_mutex_t *mutex; /* NULL until the child made it */
    apr_thread_cond_t *passable;
};

struct scim_database_t {
    ap_dbd_t *dbd;
    server_rec *server;
    scim_gate_t *gate;
    scim_conn_t *conn;
    apr_pool_t *pool;
};

scim_gate_t *scim_gate_make(int size, apr_pool_t *pool)
{
    scim_gate_t *gate = apr_pcalloc(pool, sizeof(*gate));

    gate->size = size;
    return gate;
}

static void gate_init(scim_gate_t *gate, apr_pool_t *child, server_rec *server)
{
    apr_status_t rv;

    if (gate->mutex)
        return;
    gate->free = gate->size;
    rv = apr_thread_mutex_create(&gate->mutex, APR_THREAD_MUTEX_DEFAULT, child);
    if (rv == APR_SUCCESS)
        rv = apr_thread_cond_create(&gate->passable, child);
    if (rv != APR_SUCCESS) {
        gate->mutex = NULL;
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, server,
                     "no lock for the database connections: SCIM requests will fail");
    }
}

void scim_database_child_init(apr_pool_t *child, server_rec *main_server)
{
    const scim_runtime_t *runtime = scim_server_config(main_server)->runtime;
    apr_hash_index_t *i;

    for (i = runtime ? apr_hash_first(child, runtime->gates) : NULL; i; i = apr_hash_next(i))
        gate_init(apr_hash_this_val(i), child, main_server);
}

static int gate_passable(const scim_gate_t *gate)
{
    return gate->free > 0 && !gate->opening;
}

/* Takes a place, and the right to open; NULL, or why neither was got before `wait` was over. */
static const char *gate_enter(scim_gate_t *gate, apr_interval_time_t wait, apr_pool_t *pool)
{
    apr_time_t end = apr_time_now() + wait;
    int entered, opening;

    apr_thread_mutex_lock(gate->mutex);
    while (!gate_passable(gate)) {
        apr_interval_time_t left = end - apr_time_now();

        if (left <= 0 || APR_STATUS_IS_TIMEUP(apr_thread_cond_timedwait(gate->passable, gate->mutex, left)))
            break;
    }
    entered = gate_passable(gate);
    opening = gate->opening;
    if (entered) {
        gate->free--;
        gate->opening = 1;
    }
    apr_thread_mutex_unlock(gate->mutex);
    if (entered)
        return NULL;
    if (opening)
        return "another request is still connecting to PostgreSQL, and ScimDatabaseWait is over";
    return apr_psprintf(pool,
                        "none of the %d connections to PostgreSQL got free within ScimDatabaseWait; consider a greater "
                        "DBDMax",
                        gate->size);
}

/* Whoever waits, waits for the same two things: so one of them is woken at each change, and wakes the next. */
static void gate_opened(scim_gate_t *gate)
{
    apr_thread_mutex_lock(gate->mutex);
    gate->opening = 0;
    apr_thread_cond_signal(gate->passable);
    apr_thread_mutex_unlock(gate->mutex);
}

static void gate_leave(scim_gate_t *gate)
{
    apr_thread_mutex_lock(gate->mutex);
    gate->free++;
    apr_thread_cond_signal(gate->passable);
    apr_thread_mutex_unlock(gate->mutex);
}

static scim_error_t *unavailable(apr_pool_t *pool, const char *cause)
{
    scim_error_t *error =
        scim_error_status(pool, HTTP_SERVICE_UNAVAILABLE, "The service is busy or under maintenance. Try again later.");

    error->cause = cause;
    error->retry_after = RETRY_AFTER;
    return error;
}

static apr_status_t release(void *data)
{
    scim_database_t *database = data;
    APR_OPTIONAL_FN_TYPE(ap_dbd_close) *close = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_close);

    if (database->dbd && close)
        close(database->server, database->dbd);
    database->dbd = NULL;
    gate_leave(database->gate);
    return APR_SUCCESS;
}

void scim_database_close(scim_database_t *database)
{
    if (database)
        apr_pool_cleanup_run(database->pool, database, release);
}

/* The PGconn behind a mod_dbd handle; NULL where the driver is not PostgreSQL's. */
static PGconn *native(const ap_dbd_t *dbd)
{
    const char *driver = apr_dbd_name(dbd->driver);

    return driver && strcmp(driver, "pgsql") == 0 ? apr_dbd_native_handle(dbd->driver, dbd->handle) : NULL;
}

static int first_to_tell(scim_gate_t *gate)
{
    int told;

    apr_thread_mutex_lock(gate->mutex);
    told = gate->told;
    gate->told = 1;
    apr_thread_mutex_unlock(gate->mutex);
    return !told;
}

/* A filter by what is declared and not indexed is answered all the same, but slowly: one line of each child says so. */
static void check_indexed(const scim_database_t *database)
{
    const scim_runtime_t *runtime = scim_server_config(database->server)->runtime;
    const char *names;

    if (!scim_conn_fresh(database->conn) || !runtime->indexed)
        return;
    names = scim_indexed_missing(runtime->indexed, scim_conn_indexed(database->conn), database->pool);
    if (names && first_to_tell(database->gate))
        ap_log_error(
            APLOG_MARK, APLOG_WARNING, 0, database->server,
            "mod_scim: the schema files declare attributes as indexed that the database has no index of, so "
            "filters by them are slow: %s (run: scimctl db index, with --schema-dir for each ScimSchemaDir, then "
            "apachectl graceful)",
            names);
}

static scim_error_t *borrow(scim_database_t *database, apr_interval_time_t timeout)
{
    apr_pool_t *pool = database->pool;
    APR_OPTIONAL_FN_TYPE(ap_dbd_open) *open = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open);
    scim_error_t *error;
    PGconn *pg;

    database->dbd = open ? open(pool, database->server) : NULL;
    gate_opened(database->gate);
    if (!open)
        return unavailable(pool, "mod_dbd is not loaded");
    if (!database->dbd)
        return unavailable(pool, "mod_dbd has no connection to PostgreSQL; its own message stands before this one");
    pg = native(database->dbd);
    if (!pg)
        return unavailable(pool, "DBDriver is not pgsql");
    error = scim_conn_open(&database->conn, pg, database->dbd->pool, timeout, pool);
    if (!error)
        check_indexed(database);
    return error;
}

scim_error_t *scim_database_borrow(scim_database_t **out, server_rec *server, apr_interval_time_t wait,
                                   apr_interval_time_t timeout, apr_pool_t *pool)
{
    const scim_runtime_t *runtime = scim_server_config(server)->runtime;
    scim_gate_t *gate = runtime ? apr_hash_get(runtime->gates, &server, sizeof(server)) : NULL;
    scim_database_t *database = apr_pcalloc(pool, sizeof(*database));
    const char *refused;
    scim_error_t *error;

    *out = NULL;
    if (!gate || !gate->mutex)
        return unavailable(pool, "this server has no gate to the database");
    refused = gate_enter(gate, wait, pool);
    if (refused)
        return unavailable(pool, refused);
    database->gate = gate;
    database->server = server;
    database->pool = pool;
    apr_pool_cleanup_register(pool, database, release, apr_pool_cleanup_null);
    error = borrow(database, timeout);
    if (error) {
        scim_database_close(database);
        return error;
    }
    *out = database;
    return NULL;
}

scim_error_t *scim_database_open(scim_database_t **out, request_rec *r)
{
    const scim_dir_config_t *config = scim_dir_config(r);

    return scim_database_borrow(out, r->server, scim_setting_database_wait(config),
                                scim_setting_database_timeout(config), r->pool);
}

scim_conn_t *scim_database_connection(const scim_database_t *database)
{
    return database->conn;
}
