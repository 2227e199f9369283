#include "bulk.h"

#include <apr_strings.h>

#include "activity.h"
#include "bulk_private.h"
#include "guard.h"
#include "rules_cache.h"
#include "scim/mask.h"
#include "scim/table.h"
#include "scim/text.h"
#include "sqlstate.h"

#define WINDOW_FIRST 100 /* operations in the first transaction, before it is known how long they take */
#define WINDOW_MAX   1000
#define WINDOW_SHORT apr_time_from_msec(250) /* after a shorter time the next window is larger */
#define WINDOW_LONG  apr_time_from_sec(1)    /* after a longer time smaller, because of ScimDatabaseTimeout */
#define ATTEMPTS_MAX 4                       /* at the same window without progress */

/* What follows after an attempt. */
typedef enum { DONE, AGAIN, STOP } verdict_e;

/*
 * The state of a Bulk request.
 *
 * Each attempt makes progress: it answers operations (`at` grows), or it finds a failing operation (`blamed` grows), or
 * the next attempt is shorter (`limit` shrinks). A failed operation is not tried again. An attempt without progress is
 * repeated up to ATTEMPTS_MAX times in a row (`idle`); then the request ends.
 */
typedef struct run_t {
    scim_session_t *session;
    scim_bulk_t *bulk;
    const scim_bulk_bounds_t *bounds;
    scim_bulk_item_t *items;
    int at;              /* index in bulk->order of the next operation */
    int size;            /* how many operations to try together */
    int limit;           /* latest end of the next window */
    int attempts;        /* at the current window, after transient errors */
    int blamed;          /* operations that got an error because an attempt failed */
    int idle;            /* attempts in a row without progress */
    apr_int64_t errors;  /* failed operations so far */
    int begun;           /* the database was used */
    int changed;         /* something was committed */
    scim_error_t *fatal; /* why the request cannot continue */
} run_t;

static int reached(const run_t *run, apr_int64_t errors)
{
    return run->bulk->fail_on_errors && errors >= run->bulk->fail_on_errors;
}

/* How many operations of a window have failed, up to and including the one at `at`. */
static apr_int64_t count_errors(const scim_bulk_window_t *window, int at)
{
    apr_int64_t errors = 0;
    for (int i = window->begin; i <= at; i++) {
        errors += scim_bulk_at(window, i)->error || window->items[i].taken;
    }
    return errors;
}

/* Whether the window's operations up to `at` reach failOnErrors. */
static int ends(const run_t *run, const scim_bulk_window_t *window, int at)
{
    return run->bulk->fail_on_errors && reached(run, run->errors + count_errors(window, at));
}

/* --- planning a window ---------------------------------------------------------------------------------------------*/

static void plan(scim_bulk_window_t *window, run_t *run, apr_pool_t *pool)
{
    *window = (scim_bulk_window_t){.bulk = run->bulk,
                                   .session = run->session,
                                   .items = run->items,
                                   .begin = run->at,
                                   .end = run->at,
                                   .versions = -1,
                                   .finish = -1,
                                   .began = apr_time_now(),
                                   .pool = pool};
    window->touched = scim_table_make(pool);
    window->sets = apr_array_make(pool, 2, sizeof(scim_bulk_set_t *));
    window->steps = apr_array_make(pool, 16, sizeof(scim_bulk_step_t));
    while (window->end < run->limit && !window->refused) {
        int end = scim_bulk_unit_end(run->bulk, window->end);
        if (window->live && window->live + end - window->end > run->size) {
            break;
        }
        if (!scim_bulk_window_take(window, window->end, end) || ends(run, window, window->end - 1)) {
            break;
        }
    }
    window->verify = window->wanted || run->bulk->fail_on_errors;
}

/* --- results -------------------------------------------------------------------------------------------------------*/

/* Shortens the next window to end at `end`; those after it are smaller, too. */
static verdict_e cut(run_t *run, int end)
{
    run->limit = end > run->at ? end : run->at + 1;
    run->size = run->limit - run->at;
    run->attempts = 0;
    return AGAIN;
}

/* Stops; the other operations get this error. */
static verdict_e give_up(run_t *run, scim_error_t *error)
{
    run->fatal = apr_pmemdup(run->bulk->pool, error, sizeof(*error));
    run->fatal->detail = apr_pstrdup(run->bulk->pool, error->detail);
    run->fatal->cause = apr_pstrdup(run->bulk->pool, error->cause);
    return STOP;
}

/* An error that ends the request. The client should send the remaining operations again. */
static scim_error_t *interrupted(const run_t *run, const char *cause, const char *detail)
{
    scim_error_t *error = scim_error_status(run->bulk->pool, 503, "%s", detail);
    error->cause = cause;
    error->retry_after = 1;
    return error;
}

static verdict_e stuck(run_t *run)
{
    return give_up(run, interrupted(run, "a Bulk request was repeated without making progress",
                                    "This operation could not be carried out together with the others of the request. "
                                    "Send it again, alone."));
}

/* The operation has failed and has its answer. Those before it are executed again without it. */
static verdict_e fail(run_t *run, const scim_bulk_window_t *window, int at, const scim_error_t *error)
{
    if (scim_bulk_at(window, at)->error) {
        return stuck(run);
    }
    scim_bulk_fail(window, at, error);
    run->blamed++;
    return cut(run, at + 1);
}

/* The first POST whose unique value is taken, if other operations of the window depend on it; -1: none. */
static int missed(const scim_bulk_window_t *window)
{
    for (int at = window->begin; at < window->end; at++) {
        const scim_bulk_item_t *item = &window->items[at];
        const apr_array_header_t *members = item->taken ? item->change.resource->members : NULL;
        if (item->taken && (item->wanted || (members && members->nelts))) {
            return at;
        }
    }
    return -1;
}

/* POSTs that have restored resources get the ids of these, so that operations that refer to them use these ids.
 * Returns whether there are any. */
static int rename_restored(const scim_bulk_window_t *window)
{
    int renamed = 0;
    for (int at = window->begin; at < window->end; at++) {
        const scim_bulk_item_t *item = &window->items[at];
        if (item->renamed && item->wanted) {
            scim_bulk_rename(window->bulk, scim_bulk_at(window, at), item->made);
            renamed = 1;
        }
    }
    return renamed;
}

/* Where to cut a window to keep about half of its executed operations; the window's end if they are one unit. */
static int halve(const scim_bulk_window_t *window)
{
    int middle = window->begin, first = -1, last = -1, seen = 0;
    for (int at = window->begin; at < window->end; at++) {
        if (!window->items[at].live) {
            continue;
        }
        first = first < 0 ? at : first;
        last = at;
        middle = seen++ <= (window->live - 1) / 2 ? at : middle;
    }
    int end = scim_bulk_unit_end(window->bulk, middle);
    if (end <= last) {
        return end;
    }
    int begin = scim_bulk_unit_begin(window->bulk, middle);
    return begin > first ? begin : window->end;
}

/* The last executed operation of the window. */
static int last_live(const scim_bulk_window_t *window)
{
    int at = window->end - 1;
    while (at > window->begin && !window->items[at].live) {
        at--;
    }
    return at;
}

/* The connection is lost. A transient error of the attempt is not the answer, because the attempt would have been
 * repeated. */
static scim_error_t *outage(const run_t *run, scim_error_t *error)
{
    return error->status == 503 ? error : scim_sqlstate_unavailable(error->detail, run->bulk->pool);
}

/* Decides what follows after an error in a window, which was rolled back. `failed` is the operation that caused the
 * error (scim_bulk_window_owner), `others` how many others may have caused it, too. */
static verdict_e judge(run_t *run, const scim_bulk_window_t *window, scim_error_t *error, int failed, int others)
{
    int miss = missed(window);
    int half = halve(window);
    if (!scim_conn_usable(run->session->conn)) {
        return give_up(run, outage(run, error));
    }
    if (!run->session->rules) {
        return AGAIN; /* the tenant's rules have changed */
    }
    if (failed == -2) {
        return give_up(run, error);
    }
    if (rename_restored(window)) {
        return AGAIN;
    }
    if (miss >= 0 && (failed < 0 || miss < scim_bulk_unit_end(run->bulk, failed))) {
        return fail(run, window, miss, window->items[miss].taken);
    }
    if (error->transient && half < window->end) {
        return cut(run, half); /* a shorter transaction locks less, and so blocks fewer others */
    }
    if (error->transient && ++run->attempts < ATTEMPTS_MAX) {
        return AGAIN;
    }
    if (failed >= 0 && !others) {
        return fail(run, window, failed, error);
    }
    return half < window->end ? cut(run, half) : fail(run, window, last_live(window), error);
}

/* Where failOnErrors ends the request within the window; otherwise the window's end. */
static int last_allowed(const run_t *run, const scim_bulk_window_t *window)
{
    for (int at = window->begin; at < window->end; at++) {
        if (ends(run, window, at)) {
            return scim_bulk_unit_end(run->bulk, at);
        }
    }
    return window->end;
}

/* The size of the next window, after a window of this size took this long. */
static int next_size(int size, apr_interval_time_t took)
{
    if (took > WINDOW_LONG) {
        return size > 1 ? size / 2 : 1;
    }
    if (took > WINDOW_SHORT) {
        return size;
    }
    return size < WINDOW_MAX / 2 ? size * 2 : WINDOW_MAX;
}

/* The window was executed, or had nothing to execute. */
static verdict_e finish(run_t *run, scim_bulk_window_t *window)
{
    scim_bulk_window_answer(window);
    run->errors += count_errors(window, window->end - 1);
    run->changed |= scim_bulk_window_wrote(window);
    run->at = window->end;
    run->limit = run->bulk->order->nelts;
    run->attempts = 0;
    if (window->live) {
        run->size = next_size(run->size, apr_time_now() - window->began);
    }
    return reached(run, run->errors) ? STOP : DONE;
}

/* Looks at the results of the open transaction: it may have to be rolled back. */
static verdict_e verify(run_t *run, scim_bulk_window_t *window)
{
    int miss = missed(window);
    int end = last_allowed(run, window);
    if (miss >= 0) {
        return fail(run, window, miss, window->items[miss].taken);
    }
    if (end < window->end) {
        return cut(run, end);
    }
    if (rename_restored(window)) {
        return AGAIN;
    }
    scim_batch_t *batch = scim_batch_make(run->session->conn);
    scim_bulk_window_finish(window, batch);
    scim_error_t *error = scim_batch_run(batch);
    return error ? judge(run, window, error, -1, 0) : finish(run, window);
}

/* --- attempts ------------------------------------------------------------------------------------------------------*/

static verdict_e write_window(run_t *run, scim_bulk_window_t *window)
{
    int failed = -1, others;
    scim_error_t *error = scim_bulk_window_add(window, &failed);
    if (error) {
        return fail(run, window, failed, error);
    }
    error =
        window->reads || window->posts ? scim_batch_run(window->batch) : scim_session_run(run->session, window->batch);
    scim_bulk_window_made(window);
    if (error) {
        failed = scim_bulk_window_owner(&others, window);
        return judge(run, window, error, failed, others);
    }
    return window->verify ? verify(run, window) : finish(run, window);
}

static verdict_e try_window(run_t *run, apr_pool_t *pool)
{
    scim_bulk_window_t window;
    int failed, wait = -1;
    plan(&window, run, pool);
    if (window.refused) {
        run->begun = 1;
        return give_up(run, window.refused);
    }
    if (!window.live) {
        return finish(run, &window);
    }
    run->begun = 1;
    int reads = window.reads || window.posts;
    scim_error_t *error = reads ? scim_bulk_window_read(&window, &failed, &wait) : NULL;
    if (error) {
        return judge(run, &window, error, failed, 0);
    }
    if (wait >= 0) {
        return cut(run, wait);
    }
    if (rename_restored(&window)) {
        return AGAIN;
    }
    if (reads && last_allowed(run, &window) < window.end) {
        return cut(run, last_allowed(run, &window));
    }
    if (!window.live) {
        scim_conn_rollback(run->session->conn);
        return finish(run, &window);
    }
    return write_window(run, &window);
}

static scim_error_t *join_once(void *session)
{
    scim_error_t *error = scim_rules_find(session);
    return error ? error : scim_session_join(session);
}

/* Makes the whole request one transaction. All data about the tenant is read now, into `pool`, because another
 * authentication would restart the entries that the guard looks at. */
static scim_error_t *join(run_t *run, apr_pool_t *pool)
{
    apr_pool_t *inner = run->session->pool;
    run->session->rules = NULL;
    run->session->pool = pool;
    scim_error_t *error = scim_session_attempt(join_once, run->session);
    run->session->pool = inner;
    if (!error) {
        run->bulk->profile = apr_pstrdup(run->bulk->pool, run->session->told.profile);
    }
    return error;
}

/* Finds the rules. The guard decides about the request as a whole, so then the request must be one transaction. If a
 * part of it is committed already, the guard was switched on in between. The rest is refused, because the guard must
 * check it together with the first part. */
static scim_error_t *begin(run_t *run, apr_pool_t *pool)
{
    scim_session_t *session = run->session;
    scim_error_t *error = scim_rules_find(session);
    if (error || session->whole || !scim_guard_watches(session, 1)) {
        return error;
    }
    return run->changed ? scim_error_status(run->bulk->pool, 503,
                                            "The settings of this tenant were changed while the request was carried "
                                            "out. This operation was not; send it again.")
                        : join(run, pool);
}

/* Makes one attempt, and frees its memory. */
static verdict_e attempt(run_t *run)
{
    scim_session_t *session = run->session;
    apr_pool_t *outer = session->pool;
    apr_pool_t *pool;
    apr_pool_create(&pool, outer);
    session->pool = pool;
    scim_conn_pool(session->conn, pool);
    scim_error_t *error = begin(run, outer);
    verdict_e verdict = error ? give_up(run, error) : try_window(run, pool);
    if (verdict == AGAIN) {
        scim_conn_rollback(session->conn);
    }
    session->told.token_name = apr_pstrdup(outer, session->told.token_name);
    if (session->activity && session->activity->used) {
        scim_activity_learn(session->activity, apr_pstrdup(outer, session->activity->keeps));
    }
    session->told.profile = NULL; /* points into the freed pool */
    session->rules = session->whole ? session->rules : NULL;
    session->pool = outer;
    scim_conn_pool(session->conn, outer);
    apr_pool_destroy(pool);
    return verdict;
}

/* The operations that were not tried get the error that ended the request. */
static void answer_rest(run_t *run)
{
    const scim_bulk_t *bulk = run->bulk;
    for (int at = run->at; at < bulk->order->nelts && !reached(run, run->errors); at++) {
        scim_bulk_op_t *op = &APR_ARRAY_IDX(bulk->ops, APR_ARRAY_IDX(bulk->order, at, int), scim_bulk_op_t);
        op->error = op->error ? op->error : run->fatal;
        op->answered = 1;
        run->errors++;
    }
}

/* The errors of operations, masked for the activity. */
static const char *failures(const run_t *run)
{
    const scim_activity_t *activity = run->session->activity;
    const char *text = scim_bulk_told(run->bulk);
    return activity ? scim_mask_detail(text, activity->mask, run->bulk->pool) : text;
}

/* Ends a request that is one transaction. */
static scim_error_t *end_whole(run_t *run)
{
    scim_session_t *session = run->session;
    scim_session_leave(session);
    if (run->fatal) {
        scim_conn_rollback(session->conn);
        run->changed = 0;
        return run->fatal;
    }
    scim_batch_t *batch = scim_batch_make(session->conn);
    return scim_finish(batch, session, &(scim_finish_t){.reason = failures(run), .loses = 1});
}

/* Why there is no further attempt; NULL: there is one. */
static scim_error_t *bounded(const run_t *run)
{
    const scim_bulk_bounds_t *bounds = run->bounds;
    if (apr_time_now() > bounds->until) {
        return interrupted(run, "the Bulk request took longer than ScimBulkTimeout",
                           "The request took longer than this server allows for a Bulk request. This operation was "
                           "not carried out; send it again, in a request with fewer operations.");
    }
    if (run->begun && bounds->is_gone && bounds->is_gone(bounds->client)) {
        return interrupted(run, "the client has closed the connection during its Bulk request",
                           "The client has closed the connection. This operation was not carried out.");
    }
    return NULL;
}

/* Makes one more attempt, if the limits allow it. */
static verdict_e advance(run_t *run)
{
    int at = run->at, limit = run->limit, blamed = run->blamed;
    scim_error_t *bound = bounded(run);
    verdict_e verdict = bound ? give_up(run, bound) : attempt(run);
    run->idle = run->at > at || run->limit < limit || run->blamed > blamed ? 0 : run->idle + 1;
    return verdict == AGAIN && run->idle >= ATTEMPTS_MAX ? stuck(run) : verdict;
}

scim_error_t *scim_store_bulk(scim_bulk_t *bulk, scim_session_t *session, const scim_bulk_bounds_t *bounds)
{
    int count = bulk->order->nelts;
    run_t run = {.session = session, .bulk = bulk, .bounds = bounds, .size = WINDOW_FIRST, .limit = count};
    verdict_e verdict = DONE;
    run.items = apr_pcalloc(bulk->pool, (apr_size_t)(count + 1) * sizeof(*run.items));
    while (verdict != STOP && run.at < count) {
        verdict = advance(&run);
    }
    if (!run.begun) {
        return run.fatal ? run.fatal : scim_session_check(session);
    }
    if (session->whole) {
        return end_whole(&run);
    }
    if (run.fatal && !run.changed) {
        return run.fatal;
    }
    if (run.fatal) {
        answer_rest(&run);
    }
    if (run.changed) {
        scim_finish_parts(session, failures(&run));
    }
    return NULL;
}
