/* The latest results of housekeeping: rows in shared memory. The lock survives the death of a process that holds
 * it. */
#include <apr_strings.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>

#include "metrics_private.h"
#include "shared.h"
#include "store/watch.h"

/* The first `rows` of `room` rows are in use, in no order. */
typedef struct board_t {
    pthread_mutex_t mutex;
    int room, rows;
    scim_found_t row[];
} board_t;

/* The parent makes it before it starts children. */
static board_t *board;

static apr_status_t make_mutex(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t kind;
    int failed = pthread_mutexattr_init(&kind);
    if (failed) {
        return failed;
    }
    failed = pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    failed = failed ? failed : pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    failed = failed ? failed : pthread_mutex_init(mutex, &kind);
    pthread_mutexattr_destroy(&kind);
    return failed;
}

static apr_status_t make_board(void *made, const void *room)
{
    board_t *empty = made;
    empty->room = *(const int *)room;
    return make_mutex(&empty->mutex);
}

apr_status_t scim_metrics_found_start(server_rec *main_server, apr_uint64_t tenants)
{
    const char *name = apr_psprintf(main_server->process->pool, "mod_scim found 2 %" APR_UINT64_T_FMT, tenants);
    int room = (int)tenants * SCIM_FOUND;
    apr_size_t size = sizeof(board_t) + (apr_size_t)room * sizeof(scim_found_t);
    void *found;
    apr_status_t rv = scim_shared_find(&found, name, size, make_board, &room, main_server);
    board = rv == APR_SUCCESS ? found : board;
    return rv;
}

/* If a process died while it held the lock, the rows may be incomplete, so all are dropped. */
static int lock(void)
{
    int failed = pthread_mutex_lock(&board->mutex);
    if (failed == EOWNERDEAD) {
        board->rows = 0;
        failed = pthread_mutex_consistent(&board->mutex);
    }
    return !failed;
}

/* Drops the rows of the databases from `first` to before `end`. */
static void drop_rows(int first, int end)
{
    int kept = 0;
    for (int i = 0; i < board->rows; i++) {
        if (board->row[i].house < first || board->row[i].house >= end) {
            board->row[kept++] = board->row[i];
        }
    }
    board->rows = kept;
}

/* The names in sql/statements/watch.sql. */
static const char *const found_kinds[SCIM_FOUND] = {
    [SCIM_FOUND_TOKEN_EXPIRY] = "token_expiry",   [SCIM_FOUND_TOKEN_USED] = "token_used",
    [SCIM_FOUND_TOKENS_SILENT] = "tokens_silent", [SCIM_FOUND_HOLDS] = "holds",
    [SCIM_FOUND_SEATS_TAKEN] = "seats_taken",     [SCIM_FOUND_SEATS_WAITING] = "seats_waiting",
};

static void add_row(int house, const scim_watched_t *watched)
{
    int family = 0;
    while (family < SCIM_FOUND && strcmp(found_kinds[family], watched->kind) != 0) {
        family++;
    }
    if (family < SCIM_FOUND && board->rows < board->room) {
        scim_found_t *row = &board->row[board->rows++];
        row->family = (scim_found_e)family;
        row->house = house;
        row->value = (apr_uint64_t)watched->value;
        apr_cpystrn(row->tenant, watched->tenant, sizeof(row->tenant));
        apr_cpystrn(row->name, watched->name ? watched->name : "", sizeof(row->name));
    }
}

void scim_metrics_watched(int house, const apr_array_header_t *watched)
{
    if (!board || !lock()) {
        return;
    }
    drop_rows(house, house + 1);
    for (int i = 0; i < watched->nelts; i++) {
        add_row(house, &APR_ARRAY_IDX(watched, i, scim_watched_t));
    }
    pthread_mutex_unlock(&board->mutex);
}

void scim_metrics_houses(int houses)
{
    if (board && lock()) {
        drop_rows(houses, INT_MAX);
        pthread_mutex_unlock(&board->mutex);
    }
}

static int compare(const void *a, const void *b)
{
    const scim_found_t *x = a, *y = b;
    int tenants = strcmp(x->tenant, y->tenant);
    if (x->family != y->family) {
        return x->family < y->family ? -1 : 1;
    }
    return tenants ? tenants : strcmp(x->name, y->name);
}

/* Two databases may have a tenant of the same name, but the page must not repeat a sample. */
static void drop_doubles(apr_array_header_t *rows)
{
    scim_found_t *row = (scim_found_t *)rows->elts;
    int kept = 0;
    for (int i = 0; i < rows->nelts; i++) {
        if (i == 0 || compare(&row[kept - 1], &row[i]) != 0) {
            row[kept++] = row[i];
        }
    }
    rows->nelts = kept;
}

apr_array_header_t *scim_metrics_found(apr_pool_t *pool)
{
    apr_array_header_t *rows = apr_array_make(pool, 16, sizeof(scim_found_t));
    if (board && lock()) {
        for (int i = 0; i < board->rows; i++) {
            APR_ARRAY_PUSH(rows, scim_found_t) = board->row[i];
        }
        pthread_mutex_unlock(&board->mutex);
    }
    qsort(rows->elts, (size_t)rows->nelts, sizeof(scim_found_t), compare);
    drop_doubles(rows);
    return rows;
}
