#include "outbox.h"

#include <apr_optional.h>
#include <apr_thread_mutex.h>
#include <http_core.h>
#include <http_log.h>
#include <mod_watchdog.h>
#include <stdlib.h>
#include <string.h>

#include "configuration.h"
#include "database.h"
#include "metrics.h"
#include "store/reads.h"
#include "store/record.h"

APLOG_USE_MODULE(scim);

#define WATCHDOG   "scim-outbox"
#define BYTES_MAX  (4 * 1024 * 1024) /* limit of the gathered entries, and again of those that are being sent */
#define BYTES_STEP (64 * 1024)
#define TICK       apr_time_from_msec(200)
#define EVERY      apr_time_from_sec(1)
#define WAIT       apr_time_from_msec(500) /* for a free connection */
#define TIMEOUT    apr_time_from_sec(10)
#define BACK_OFF   apr_time_from_sec(5) /* the pause after a failure of the database */

/* A JSON list of entries without its closing bracket. */
typedef struct bag_t {
    char *text;
    apr_size_t len, size;
    apr_uint64_t count;
} bag_t;

struct scim_outbox_t {
    server_rec *server;
    apr_thread_mutex_t *mutex;   /* for `filling` and `lost`; NULL until the child has made it */
    apr_thread_mutex_t *sending; /* for the other members: one thread sends at a time */
    bag_t filling;
    scim_reads_t *reads; /* gathered, like `filling` */
    apr_uint64_t lost;   /* number of entries that did not fit */
    bag_t leaving;       /* being sent, or waiting for the database */
    scim_reads_t *read;  /* being sent, like `leaving` */
    int again;           /* an attempt to send has failed */
    apr_time_t due;      /* the time of the next attempt */
    int closed;          /* the child is ending */
};

scim_outbox_t *scim_outbox_make(server_rec *server, apr_pool_t *pool)
{
    scim_outbox_t *outbox = apr_pcalloc(pool, sizeof(*outbox));

    outbox->server = server;
    return outbox;
}

/* --- adding --------------------------------------------------------------------------------------------------------*/

/* Makes room for an entry, its comma, the brackets and NUL; 0: there is none. */
static int make_room(bag_t *bag, apr_size_t len)
{
    apr_size_t needed = bag->len + len + 3;
    apr_size_t size = bag->size ? bag->size : BYTES_STEP;
    char *text;

    if (needed > BYTES_MAX)
        return 0;
    while (size < needed)
        size *= 2;
    if (size == bag->size)
        return 1;
    text = realloc(bag->text, size);
    if (!text)
        return 0;
    bag->text = text;
    bag->size = size;
    return 1;
}

static int put(bag_t *bag, const char *entry, apr_size_t len)
{
    if (!make_room(bag, len))
        return 0;
    bag->text[bag->len] = bag->len ? ',' : '[';
    bag->len++;
    memcpy(bag->text + bag->len, entry, len);
    bag->len += len;
    bag->count++;
    return 1;
}

static scim_outbox_t *outbox_of(const server_rec *server)
{
    const scim_runtime_t *runtime = scim_server_config(server)->runtime;

    return runtime ? apr_hash_get(runtime->outboxes, &server, sizeof(server)) : NULL;
}

static void note(scim_outbox_t *outbox, int fits)
{
    if (!fits)
        outbox->lost++;
    scim_metrics_add(fits ? SCIM_COUNT_OUTBOX_ADDED : SCIM_COUNT_OUTBOX_LOST, 1);
}

void scim_outbox_add(server_rec *server, const char *entry, apr_size_t len)
{
    scim_outbox_t *outbox = outbox_of(server);

    if (!outbox || !outbox->mutex)
        return;
    apr_thread_mutex_lock(outbox->mutex);
    note(outbox, put(&outbox->filling, entry, len));
    apr_thread_mutex_unlock(outbox->mutex);
}

void scim_outbox_read(server_rec *server, const scim_activity_t *activity, int status, int kept)
{
    scim_outbox_t *outbox = outbox_of(server);

    if (!outbox || !outbox->mutex)
        return;
    apr_thread_mutex_lock(outbox->mutex);
    note(outbox, scim_reads_add(outbox->reads, activity, status, kept));
    apr_thread_mutex_unlock(outbox->mutex);
}

/* --- sending -------------------------------------------------------------------------------------------------------*/

/* Takes the gathered entries for sending, unless earlier ones are still being sent. Returns how many entries were
 * lost. */
static apr_uint64_t collect(scim_outbox_t *outbox)
{
    apr_uint64_t lost;

    apr_thread_mutex_lock(outbox->mutex);
    if (!outbox->leaving.count && outbox->filling.count) {
        bag_t empty = outbox->leaving;

        outbox->leaving = outbox->filling;
        outbox->filling = empty;
        outbox->leaving.text[outbox->leaving.len] = ']';
        outbox->leaving.text[outbox->leaving.len + 1] = '\0';
    }
    if (!scim_reads_count(outbox->read) && scim_reads_count(outbox->reads)) {
        scim_reads_t *empty = outbox->read;

        outbox->read = outbox->reads;
        outbox->reads = empty;
        outbox->again = 0;
    }
    lost = outbox->leaving.count || scim_reads_count(outbox->read) ? outbox->lost : 0;
    apr_thread_mutex_unlock(outbox->mutex);
    return lost;
}

static void tell_lost(scim_outbox_t *outbox, apr_uint64_t lost)
{
    if (!lost)
        return;
    apr_thread_mutex_lock(outbox->mutex);
    outbox->lost -= lost;
    apr_thread_mutex_unlock(outbox->mutex);
    ap_log_error(APLOG_MARK, APLOG_WARNING, 0, outbox->server,
                 "mod_scim: the activity of %" APR_UINT64_T_FMT
                 " requests is lost: the database did not accept it in time",
                 lost);
}

/* After success, or a permanent error that would block the outbox for ever, the entries are dropped. After a temporary
 * one they wait, and the error is returned. */
static scim_error_t *done(scim_outbox_t *outbox, apr_uint64_t count, scim_error_t *error)
{
    if (error && error->status == HTTP_SERVICE_UNAVAILABLE)
        return error;
    if (error)
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, outbox->server,
                     "mod_scim: the activity of %" APR_UINT64_T_FMT " requests was refused: %s", count,
                     error->cause ? error->cause : error->detail);
    scim_metrics_add(SCIM_COUNT_OUTBOX_DONE, count);
    return NULL;
}

static scim_error_t *record_entries(scim_outbox_t *outbox, scim_conn_t *conn, apr_pool_t *pool)
{
    bag_t *bag = &outbox->leaving;
    scim_error_t *error;

    if (!bag->count)
        return NULL;
    error = done(outbox, bag->count, scim_record_entries(conn, bag->text, pool));
    if (!error) {
        bag->len = 0;
        bag->count = 0;
    }
    return error;
}

static scim_error_t *record_reads(scim_outbox_t *outbox, scim_conn_t *conn, apr_pool_t *pool)
{
    scim_reads_t *reads = outbox->read;
    scim_error_t *error;

    if (!scim_reads_count(reads))
        return NULL;
    error = done(outbox, scim_reads_count(reads), scim_reads_record(reads, conn, outbox->again, pool));
    outbox->again = error != NULL;
    if (!error)
        scim_reads_clear(reads);
    return error;
}

static scim_error_t *record(scim_outbox_t *outbox, apr_pool_t *pool)
{
    scim_database_t *database;
    const scim_guest_t guest = {.wait = WAIT};
    scim_error_t *error = scim_database_borrow(&database, outbox->server, &guest, TIMEOUT, pool);

    if (!error)
        error = record_entries(outbox, scim_database_connection(database), pool);
    if (!error)
        error = record_reads(outbox, scim_database_connection(database), pool);
    scim_database_close(database);
    return error;
}

static int is_empty(const scim_outbox_t *outbox)
{
    return !outbox->leaving.count && !scim_reads_count(outbox->read);
}

static void deliver(scim_outbox_t *outbox, apr_pool_t *pool)
{
    apr_uint64_t lost = collect(outbox);
    scim_error_t *error;

    outbox->due = apr_time_now() + EVERY;
    if (is_empty(outbox))
        return;
    error = record(outbox, pool);
    if (error) {
        outbox->due = apr_time_now() + BACK_OFF;
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, outbox->server, "mod_scim: activity waits for the database: %s",
                     error->cause ? error->cause : error->detail);
        return;
    }
    tell_lost(outbox, lost);
}

static int is_due(scim_outbox_t *outbox)
{
    int many;

    apr_thread_mutex_lock(outbox->mutex);
    many = (outbox->filling.len > BYTES_MAX / 2 && !outbox->leaving.count) ||
           (scim_reads_many(outbox->reads) && !scim_reads_count(outbox->read));
    apr_thread_mutex_unlock(outbox->mutex);
    return many || apr_time_now() >= outbox->due;
}

int scim_outbox_enter(scim_outbox_t *outbox)
{
    if (!outbox->mutex)
        return 0;
    apr_thread_mutex_lock(outbox->sending);
    if (!outbox->closed)
        return 1;
    apr_thread_mutex_unlock(outbox->sending);
    return 0;
}

void scim_outbox_leave(scim_outbox_t *outbox)
{
    apr_thread_mutex_unlock(outbox->sending);
}

static apr_status_t tick(int state, void *data, apr_pool_t *pool)
{
    scim_outbox_t *outbox = data;

    if (state != AP_WATCHDOG_STATE_RUNNING || !scim_outbox_enter(outbox))
        return APR_SUCCESS;
    if (is_due(outbox))
        deliver(outbox, pool);
    scim_outbox_leave(outbox);
    return APR_SUCCESS;
}

/* Runs when the child has answered its last request, and mod_dbd's connections still exist. */
static apr_status_t close_outbox(void *data)
{
    scim_outbox_t *outbox = data;
    apr_pool_t *pool;
    apr_uint64_t left;

    apr_pool_create(&pool, NULL);
    apr_thread_mutex_lock(outbox->sending);
    deliver(outbox, pool);
    if (is_empty(outbox))
        deliver(outbox, pool);
    outbox->closed = 1;
    apr_thread_mutex_unlock(outbox->sending);
    left = outbox->leaving.count + outbox->filling.count + scim_reads_count(outbox->read) +
           scim_reads_count(outbox->reads);
    if (left)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, outbox->server,
                     "mod_scim: the activity of %" APR_UINT64_T_FMT " requests is lost: the database was away when the "
                     "process ended",
                     left);
    apr_pool_destroy(pool);
    return APR_SUCCESS;
}

/* --- starting ------------------------------------------------------------------------------------------------------*/

static void child_init(scim_outbox_t *outbox, apr_pool_t *child)
{
    apr_thread_mutex_t *mutex = NULL;
    apr_status_t rv;

    if (outbox->mutex)
        return;
    rv = apr_thread_mutex_create(&outbox->sending, APR_THREAD_MUTEX_DEFAULT, child);
    if (rv == APR_SUCCESS)
        rv = apr_thread_mutex_create(&mutex, APR_THREAD_MUTEX_DEFAULT, child);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, outbox->server, "mod_scim: no lock for activity, which is not kept");
        return;
    }
    outbox->reads = scim_reads_make(child);
    outbox->read = scim_reads_make(child);
    outbox->mutex = mutex;
    apr_pool_pre_cleanup_register(child, outbox, close_outbox);
}

void scim_outbox_child_init(apr_pool_t *child, server_rec *main_server)
{
    const scim_runtime_t *runtime = scim_server_config(main_server)->runtime;
    apr_hash_index_t *i;

    for (i = runtime ? apr_hash_first(child, runtime->outboxes) : NULL; i; i = apr_hash_next(i))
        child_init(apr_hash_this_val(i), child);
}

int scim_outbox_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server)
{
    const scim_runtime_t *runtime = scim_server_config(main_server)->runtime;
    APR_OPTIONAL_FN_TYPE(ap_watchdog_get_instance) *get = APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_get_instance);
    APR_OPTIONAL_FN_TYPE(ap_watchdog_register_callback) *add = APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_register_callback);
    ap_watchdog_t *watchdog;
    apr_hash_index_t *i;

    (void)plog;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG || !runtime)
        return OK;
    if (!get || !add || get(&watchdog, WATCHDOG, 0, 0, pconf) != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, main_server,
                     "mod_scim: without mod_watchdog activity is written only when a process ends, and old activity is "
                     "not deleted");
        return OK;
    }
    for (i = apr_hash_first(ptemp, runtime->outboxes); i; i = apr_hash_next(i))
        add(watchdog, TICK, apr_hash_this_val(i), tick);
    return OK;
}
