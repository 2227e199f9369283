#include "housekeeping.h"

#include <apr_optional.h>
#include <http_core.h>
#include <http_log.h>
#include <mod_watchdog.h>

#include "configuration.h"
#include "database.h"
#include "metrics.h"
#include "names.h"
#include "outbox.h"
#include "store/activity.h"
#include "store/silence.h"
#include "store/watch.h"

APLOG_USE_MODULE(scim);

#define WATCHDOG "scim-housekeeping"
#define TICK     apr_time_from_sec(1)
#define EVERY    apr_time_from_sec(3600)
#define AGAIN    apr_time_from_sec(60) /* the pause after a failure */
#define WAIT     apr_time_from_sec(1)  /* for a free connection */
#define TIMEOUT  apr_time_from_sec(10)

/* The housekeeping of one database, in one child. */
typedef struct house_t {
    server_rec *server; /* one of the servers that use the database */
    scim_outbox_t *outbox;
    apr_interval_time_t keep;
    apr_interval_time_t warning;
    int number;  /* of the database, from 0 */
    int tenants; /* how many the metrics name */
    apr_time_t due;
} house_t;

static void tell(const house_t *house, const apr_array_header_t *lines)
{
    int i;

    for (i = 0; i < lines->nelts; i++)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, house->server, "mod_scim: %s",
                     APR_ARRAY_IDX(lines, i, const char *));
}

/* Updates the metrics. A failure does not stop the rest of the housekeeping. */
static void watch(const house_t *house, scim_conn_t *conn, apr_pool_t *pool)
{
    apr_array_header_t *watched;
    scim_error_t *error = house->tenants ? scim_watch_read(&watched, conn, house->tenants, pool) : NULL;

    if (error)
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, house->server, "mod_scim: housekeeping could not look at tenants: %s",
                     error->cause ? error->cause : error->detail);
    else if (house->tenants)
        scim_metrics_watched(house->number, watched);
}

static scim_error_t *keep_house(const house_t *house, scim_conn_t *conn, apr_pool_t *pool)
{
    apr_array_header_t *lines;
    scim_error_t *error = scim_activity_keep(conn, house->keep, pool);

    if (!error)
        error = scim_names_look(conn, house->server, pool);
    if (!error)
        error = scim_silence_tell(&lines, conn, pool);
    if (!error)
        tell(house, lines);
    if (error || !house->warning)
        return error;
    error = scim_silence_warnings(&lines, conn, house->warning, pool);
    if (!error)
        tell(house, lines);
    return error;
}

static void work(house_t *house, apr_pool_t *pool)
{
    scim_database_t *database;
    const scim_guest_t guest = {.wait = WAIT};
    scim_error_t *error = scim_database_borrow(&database, house->server, &guest, TIMEOUT, pool);

    if (!error)
        error = keep_house(house, scim_database_connection(database), pool);
    if (!error)
        watch(house, scim_database_connection(database), pool);
    scim_database_close(database);
    house->due = apr_time_now() + (error ? AGAIN : EVERY);
    if (!error)
        scim_metrics_kept_house();
    if (error)
        ap_log_error(APLOG_MARK, error->status == HTTP_SERVICE_UNAVAILABLE ? APLOG_INFO : APLOG_ERR, 0, house->server,
                     "mod_scim: housekeeping has to wait: %s", error->cause ? error->cause : error->detail);
}

static apr_status_t tick(int state, void *data, apr_pool_t *pool)
{
    house_t *house = data;

    if (state != AP_WATCHDOG_STATE_RUNNING || apr_time_now() < house->due || !scim_outbox_enter(house->outbox))
        return APR_SUCCESS;
    work(house, pool);
    scim_outbox_leave(house->outbox);
    return APR_SUCCESS;
}

static house_t *make_house(server_rec *server, scim_outbox_t *outbox, int number, const scim_server_config_t *config,
                           apr_pool_t *pool)
{
    house_t *house = apr_pcalloc(pool, sizeof(*house));

    house->server = server;
    house->outbox = outbox;
    house->number = number;
    house->keep = scim_setting_activity_keep(config);
    house->warning = scim_setting_token_warning(config);
    house->tenants = scim_setting_metrics_tenants(config);
    return house;
}

int scim_housekeeping_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server)
{
    const scim_server_config_t *config = scim_server_config(main_server);
    APR_OPTIONAL_FN_TYPE(ap_watchdog_get_instance) *get = APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_get_instance);
    APR_OPTIONAL_FN_TYPE(ap_watchdog_register_callback) *add = APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_register_callback);
    apr_hash_t *seen = apr_hash_make(ptemp);
    ap_watchdog_t *watchdog;
    server_rec *server;
    int houses = 0;

    (void)plog;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG || !config->runtime || !get || !add ||
        get(&watchdog, WATCHDOG, 0, 1, pconf) != APR_SUCCESS)
        return OK;
    for (server = main_server; server; server = server->next) {
        scim_outbox_t *outbox = apr_hash_get(config->runtime->outboxes, &server, sizeof(server));

        if (!outbox || apr_hash_get(seen, &outbox, sizeof(outbox)))
            continue;
        apr_hash_set(seen, apr_pmemdup(ptemp, &outbox, sizeof(outbox)), sizeof(outbox), outbox);
        add(watchdog, TICK, make_house(server, outbox, houses++, config, pconf), tick);
    }
    scim_metrics_houses(houses);
    return OK;
}
