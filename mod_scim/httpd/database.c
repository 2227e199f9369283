#include "database.h"

#include <ap_mpm.h>
#include <apr_atomic.h>
#include <apr_dbd.h>
#include <apr_optional.h>
#include <apr_shm.h>
#include <apr_strings.h>
#include <http_log.h>
#include <mod_dbd.h>

#include "configuration.h"
#include "metrics.h"
#include "store/conninfo.h"
#include "store/facts_kept.h"
#include "store/indexed.h"
#include "store/migrate.h"
#include "store/places.h"
#include "store/rules_cache.h"

APLOG_USE_MODULE(scim);

#define RETRY_AFTER       5
#define RETRY_AFTER_SHARE 1

/* A connection attempt that took longer was not refused at once, so scim_conn_refused is not called. */
#define PROBE_AFTER apr_time_from_sec(1)

/* What all children of this httpd share about a pool. */
typedef struct common_t {
    volatile apr_uint32_t presented; /* 1: a child has logged the server's version */
    volatile apr_uint32_t lent;      /* in use by requests */
    volatile apr_uint32_t open;      /* existing connections */
} common_t;

struct scim_pool_t {
    scim_gate_t *gate;
    const char *params; /* DBDParams */
    int told;           /* 1: this child has logged that an index is missing */
    common_t *common;   /* NULL: not started */
};

/* Attached to a connection's pool: it is counted as open. */
#define COUNTED_KEY "scim:counted"

struct scim_database_t {
    ap_dbd_t *dbd;
    server_rec *server;
    scim_pool_t *source;
    scim_guest_t guest;
    scim_conn_t *conn;
    apr_time_t since; /* when it was lent */
    apr_pool_t *pool;
};

scim_pool_t *scim_pool_make(int size, const char *params, apr_pool_t *pool)
{
    scim_pool_t *made = apr_pcalloc(pool, sizeof(*made));

    made->gate = scim_gate_make(size, pool);
    made->params = params;
    return made;
}

apr_status_t scim_database_start(apr_pool_t *pconf, server_rec *main_server)
{
    const scim_runtime_t *runtime = scim_server_config(main_server)->runtime;
    common_t *next;
    apr_hash_index_t *i;
    apr_shm_t *shared;
    apr_status_t rv = apr_shm_create(&shared, apr_hash_count(runtime->pools) * sizeof(*next), NULL, pconf);

    if (rv != APR_SUCCESS)
        return rv;
    next = apr_shm_baseaddr_get(shared);
    for (i = apr_hash_first(pconf, runtime->pools); i; i = apr_hash_next(i)) {
        scim_pool_t *pool = apr_hash_this_val(i);

        *next = (common_t){0};
        pool->common = next++;
    }
    return APR_SUCCESS;
}

static void start(const scim_pool_t *pool, apr_pool_t *child, server_rec *server)
{
    int threads = 1;
    apr_status_t rv;

    if (scim_gate_started(pool->gate))
        return;
    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    rv = scim_gate_start(pool->gate, threads, child);
    if (rv != APR_SUCCESS)
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, server,
                     "no lock for the database connections: SCIM requests will fail");
}

void scim_database_child_init(apr_pool_t *child, server_rec *main_server)
{
    scim_runtime_t *runtime = scim_server_config(main_server)->runtime;
    apr_hash_index_t *i;

    if (runtime) {
        runtime->rules = scim_rules_cache_make(child);
        runtime->facts = scim_facts_kept_make(child);
        runtime->recent = scim_places_make(child);
    }
    for (i = runtime ? apr_hash_first(child, runtime->pools) : NULL; i; i = apr_hash_next(i))
        start(apr_hash_this_val(i), child, main_server);
}

static scim_error_t *unavailable(apr_pool_t *pool, const char *cause)
{
    scim_error_t *error =
        scim_error_status(pool, HTTP_SERVICE_UNAVAILABLE, "The service is busy or under maintenance. Try again later.");

    error->cause = cause;
    error->retry_after = RETRY_AFTER;
    return error;
}

/* The error for a guest that was not let in. */
static scim_error_t *not_entered(scim_gate_e found, const scim_gate_t *gate, apr_pool_t *pool)
{
    scim_error_t *error;

    switch (found) {
    case SCIM_GATE_SHARE:
        error = scim_error_status(pool, HTTP_TOO_MANY_REQUESTS,
                                  "Too many requests of this tenant are at work at the same time. Send fewer at once, "
                                  "and try again in %d second.",
                                  RETRY_AFTER_SHARE);
        error->cause = "ScimTenantShare";
        error->retry_after = RETRY_AFTER_SHARE;
        return error;
    case SCIM_GATE_FAILED:
        return unavailable(pool, "another request, which this one waited for, could not connect to PostgreSQL");
    case SCIM_GATE_REFUSED:
        return unavailable(pool, "PostgreSQL takes no more connections (max_connections, or it is starting), and "
                                 "ScimDatabaseWait is over");
    case SCIM_GATE_OPENING:
        return unavailable(pool, "another request is still connecting to PostgreSQL, and ScimDatabaseWait is over");
    default:
        return unavailable(pool, apr_psprintf(pool,
                                              "none of the %d connections to PostgreSQL became free within "
                                              "ScimDatabaseWait; consider a greater DBDMax",
                                              scim_gate_size(gate)));
    }
}

static void give_back(scim_database_t *database)
{
    APR_OPTIONAL_FN_TYPE(ap_dbd_close) *close = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_close);

    if (database->dbd && close)
        close(database->server, database->dbd);
    database->dbd = NULL;
}

static apr_status_t release(void *data)
{
    scim_database_t *database = data;

    /* A request that failed may have left a transaction open, and the next one must not continue it. */
    if (database->dbd && database->conn) {
        scim_conn_nest(database->conn, 0);
        scim_conn_rollback(database->conn);
    }
    give_back(database);
    if (database->conn)
        scim_metrics_add(SCIM_COUNT_TRIPS, (apr_uint64_t)scim_conn_trips(database->conn));
    scim_metrics_add(SCIM_COUNT_HELD_US, (apr_uint64_t)(apr_time_now() - database->since));
    scim_metrics_add(SCIM_COUNT_RETURNED, 1);
    if (database->source->common)
        apr_atomic_dec32(&database->source->common->lent);
    scim_gate_leave(database->source->gate, &database->guest, database->conn && scim_conn_usable(database->conn));
    return APR_SUCCESS;
}

void scim_database_close(scim_database_t *database)
{
    if (database)
        apr_pool_cleanup_run(database->pool, database, release);
}

/* The PGconn of a mod_dbd handle; NULL: the driver is not PostgreSQL's. */
static PGconn *native(const ap_dbd_t *dbd)
{
    const char *driver = apr_dbd_name(dbd->driver);

    return driver && strcmp(driver, "pgsql") == 0 ? apr_dbd_native_handle(dbd->driver, dbd->handle) : NULL;
}

/* A filter on a declared attribute works without its index, but slowly: each child logs this once. */
static void check_indexed(const scim_database_t *database)
{
    const scim_runtime_t *runtime = scim_server_config(database->server)->runtime;
    const char *names;

    if (!scim_conn_fresh(database->conn) || !runtime->indexed)
        return;
    names = scim_indexed_missing(runtime->indexed, scim_conn_indexed(database->conn), database->pool);
    if (names && !database->source->told)
        ap_log_error(
            APLOG_MARK, APLOG_WARNING, 0, database->server,
            "mod_scim: the schema files declare attributes as indexed that the database has no index of, so "
            "filters by them are slow: %s (run: scimctl db index, with --schema-dir for each ScimSchemaDir, then "
            "apachectl graceful)",
            names);
    database->source->told |= names != NULL;
}

/* How many connections all children together may open. */
static int most_connections(const scim_pool_t *source)
{
    int children = 1;

    ap_mpm_query(AP_MPMQ_MAX_DAEMONS, &children);
    return children * scim_gate_size(source->gate);
}

static const char *name_of(const scim_pool_t *source, apr_pool_t *pool)
{
    const char *database = scim_conninfo_value(source->params, "dbname", pool);
    const char *host = scim_conninfo_value(source->params, "host", pool);

    return apr_pstrcat(pool, database ? database : "the default database", host ? " at " : NULL, host, NULL);
}

static int is_listed(const apr_array_header_t *seen, const scim_pool_t *source)
{
    int i;

    for (i = 0; i < seen->nelts; i++)
        if (APR_ARRAY_IDX(seen, i, const scim_pool_t *) == source)
            return 1;
    return 0;
}

apr_array_header_t *scim_database_pools(const server_rec *main_server, apr_pool_t *pool)
{
    const scim_runtime_t *runtime = scim_server_config(main_server)->runtime;
    apr_array_header_t *states = apr_array_make(pool, 1, sizeof(scim_pool_state_t));
    apr_array_header_t *seen = apr_array_make(pool, 1, sizeof(const scim_pool_t *));
    const server_rec *server;

    for (server = runtime ? main_server : NULL; server; server = server->next) {
        const scim_pool_t *source = apr_hash_get(runtime->pools, &server, sizeof(server));

        if (!source || !source->params || !source->common || is_listed(seen, source))
            continue;
        APR_ARRAY_PUSH(seen, const scim_pool_t *) = source;
        APR_ARRAY_PUSH(states, scim_pool_state_t) =
            (scim_pool_state_t){.database = name_of(source, pool),
                                .lent = apr_atomic_read32(&source->common->lent),
                                .open = apr_atomic_read32(&source->common->open),
                                .most = most_connections(source)};
    }
    return states;
}

/* The first child that connects after a start logs the server's version. */
static void present(const scim_database_t *database)
{
    int most = most_connections(database->source);
    int places = 0;

    if (!scim_conn_fresh(database->conn) || !database->source->common ||
        apr_atomic_xchg32(&database->source->common->presented, 1))
        return;
    if (scim_conn_places(&places, database->conn))
        return;
    ap_log_error(
        APLOG_MARK, APLOG_NOTICE, 0, database->server,
        "mod_scim: %s, schema version %d, uses %s (%s); this httpd opens up to %d of the %d connections that it "
        "gives",
        scim_migrate_software(), scim_migrate_latest(), scim_conn_software(database->conn),
        scim_conn_database(database->conn), most, places);
    if (most > places)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, database->server,
                     "mod_scim: with many requests at once PostgreSQL will run out of connections: lower DBDMax or "
                     "MaxRequestWorkers, or raise max_connections");
}

static apr_status_t uncount(void *open)
{
    apr_atomic_dec32(open);
    return APR_SUCCESS;
}

/* A connection is counted as open until mod_dbd destroys its pool. */
static void count_open(const scim_database_t *database)
{
    apr_pool_t *home = database->dbd->pool;
    common_t *common = database->source->common;
    void *counted = NULL;

    apr_pool_userdata_get(&counted, COUNTED_KEY, home);
    if (counted || !common)
        return;
    apr_atomic_inc32(&common->open);
    apr_pool_userdata_setn(common, COUNTED_KEY, NULL, home);
    apr_pool_cleanup_register(home, (void *)&common->open, uncount, apr_pool_cleanup_null);
}

/* Asks mod_dbd for a working connection. Returns NULL, or the reason of the failure. */
static const char *ask(PGconn **pg, scim_opened_e *found, scim_database_t *database)
{
    APR_OPTIONAL_FN_TYPE(ap_dbd_open) *open = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open);

    *found = SCIM_OPENED_FAILED;
    if (!open)
        return "mod_dbd is not loaded";
    database->dbd = open(database->pool, database->server);
    if (!database->dbd)
        return "mod_dbd has no connection to PostgreSQL; its own message is before this one";
    *pg = native(database->dbd);
    if (!*pg)
        return "DBDriver is not pgsql";
    switch (scim_conn_revive(*pg, database->dbd->pool)) {
    case SCIM_CONN_DEAD:
        return apr_pstrdup(database->pool, PQerrorMessage(*pg));
    case SCIM_CONN_KNOWN:
        *found = SCIM_OPENED_OPEN;
        return NULL;
    default:
        count_open(database);
        *found = SCIM_OPENED_MADE;
        return NULL;
    }
}

/* Called for a guest that was let in. Without a connection it tries again (*again), or leaves. */
static scim_error_t *open_connection(PGconn **pg, int *again, scim_database_t *database)
{
    apr_time_t began = apr_time_now();
    scim_opened_e found;
    const char *cause = ask(pg, &found, database);
    apr_interval_time_t took = apr_time_now() - began;

    if (cause) {
        give_back(database);
        if (took < PROBE_AFTER && scim_conn_refused(database->source->params))
            found = SCIM_OPENED_REFUSED;
    }
    scim_gate_opened(database->source->gate, &database->guest, found, took, again);
    return cause ? unavailable(database->pool, cause) : NULL;
}

/* A shorter time is not counted as waiting. */
#define WAITED apr_time_from_msec(1)

static void count_wait(apr_time_t began)
{
    apr_interval_time_t took = apr_time_now() - began;

    if (took > WAITED) {
        scim_metrics_add(SCIM_COUNT_WAITS, 1);
        scim_metrics_add(SCIM_COUNT_WAITED_US, (apr_uint64_t)took);
    }
}

static scim_error_t *enter(PGconn **pg, scim_database_t *database)
{
    scim_gate_t *gate = database->source->gate;
    scim_error_t *error;
    int again;

    do {
        scim_gate_e found = scim_gate_enter(gate, &database->guest);

        if (found != SCIM_GATE_ENTERED)
            return not_entered(found, gate, database->pool);
        error = open_connection(pg, &again, database);
    } while (error && again);
    return error;
}

scim_error_t *scim_database_borrow(scim_database_t **out, server_rec *server, const scim_guest_t *guest,
                                   apr_interval_time_t timeout, apr_pool_t *pool)
{
    const scim_runtime_t *runtime = scim_server_config(server)->runtime;
    scim_pool_t *source = runtime ? apr_hash_get(runtime->pools, &server, sizeof(server)) : NULL;
    scim_database_t *database = apr_pcalloc(pool, sizeof(*database));
    scim_error_t *error;
    apr_time_t began = apr_time_now();
    PGconn *pg = NULL;

    *out = NULL;
    if (!source || !scim_gate_started(source->gate))
        return unavailable(pool, "this server has no gate to the database");
    database->source = source;
    database->server = server;
    database->pool = pool;
    database->guest = *guest;
    database->guest.pool = pool;
    scim_metrics_add(SCIM_COUNT_CAME, 1);
    error = enter(&pg, database);
    count_wait(began);
    if (error) {
        scim_metrics_add(SCIM_COUNT_NOT_LENT, 1);
        return error;
    }
    scim_metrics_add(SCIM_COUNT_LENT, 1);
    if (source->common)
        apr_atomic_inc32(&source->common->lent);
    database->since = apr_time_now();
    apr_pool_cleanup_register(pool, database, release, apr_pool_cleanup_null);
    error = scim_conn_open(&database->conn, pg, database->dbd->pool, timeout, pool);
    if (error) {
        scim_database_close(database);
        return error;
    }
    check_indexed(database);
    present(database);
    *out = database;
    return NULL;
}

void scim_database_guest(scim_guest_t *guest, const char *tenant, const scim_dir_config_t *config)
{
    *guest = (scim_guest_t){.tenant = tenant,
                            .tenant_share = scim_setting_tenant_share(config),
                            .token_share = scim_setting_token_share(config),
                            .wait = scim_setting_database_wait(config)};
}

scim_conn_t *scim_database_connection(const scim_database_t *database)
{
    return database->conn;
}

const char *scim_database_params(server_rec *server)
{
    const scim_runtime_t *runtime = scim_server_config(server)->runtime;
    const scim_pool_t *source = runtime ? apr_hash_get(runtime->pools, &server, sizeof(server)) : NULL;

    return source ? source->params : NULL;
}
