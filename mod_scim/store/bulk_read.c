/* Reads the data that a window of a Bulk request depends on, and computes its operations. */
#include <apr_strings.h>
#include <string.h>

#include "bulk_private.h"

int scim_bulk_reads(const scim_bulk_op_t *op)
{
    return op->kind == SCIM_BULK_PUT || op->kind == SCIM_BULK_DELETE ||
           (op->kind == SCIM_BULK_PATCH && op->patch->ops->nelts > 0);
}

/* Whether it is a POST of a user, which may mean an existing account. */
static int claims(const scim_bulk_op_t *op)
{
    return op->kind == SCIM_BULK_POST && op->type->groups;
}

/* Whether it is a POST of a group, which may take over the mappings of a deleted one. */
static int takes_over(const scim_bulk_window_t *window, const scim_bulk_op_t *op)
{
    return op->kind == SCIM_BULK_POST && scim_change_looks(window->session, op->type);
}

int scim_bulk_looks(const scim_bulk_window_t *window, const scim_bulk_op_t *op)
{
    return claims(op) || takes_over(window, op);
}

static void add_locks(scim_bulk_window_t *window)
{
    for (int at = window->begin; at < window->end; at++) {
        scim_bulk_item_t *item = &window->items[at];
        if (item->live && scim_bulk_reads(scim_bulk_at(window, at))) {
            scim_bulk_begin_step(window, at, NULL);
            item->slot = scim_change_add_lock(window->batch, &item->change);
        }
    }
}

/* Whether a POST could restore the resource of an operation: it does not exist, or it is a stored inactive user. */
static int is_former(const scim_change_t *change, const scim_error_t *error)
{
    return (error && error->status == 404) || change->inactive;
}

/* Computes the POSTs that search for existing accounts. Whether the rules are still valid is known after the batch. */
static void compute_posts(scim_bulk_window_t *window)
{
    for (int at = window->begin; at < window->end; at++) {
        scim_bulk_item_t *item = &window->items[at];
        if (item->live && scim_bulk_looks(window, scim_bulk_at(window, at))) {
            item->refused = scim_change_new(&item->change);
        }
    }
}

/* The POSTs of users, or those of groups, that search. */
static const apr_array_header_t *looking(scim_bulk_window_t *window, int groups)
{
    apr_array_header_t *changes = apr_array_make(window->pool, 16, sizeof(scim_change_t *));
    for (int at = window->begin; at < window->end; at++) {
        scim_bulk_item_t *item = &window->items[at];
        const scim_bulk_op_t *op = scim_bulk_at(window, at);
        if (item->live && !item->refused && (groups ? takes_over(window, op) : claims(op))) {
            APR_ARRAY_PUSH(changes, scim_change_t *) = &item->change;
        }
    }
    return changes;
}

static void add_looks(scim_bulk_window_t *window)
{
    const apr_array_header_t *users = looking(window, 0), *groups = looking(window, 1);
    window->alike = window->former = -1;
    if (users->nelts) {
        scim_bulk_begin_step(window, -1, NULL);
        window->alike = scim_change_add_alike(window->batch, window->session, users);
    }
    if (groups->nelts) {
        scim_bulk_begin_step(window, -1, NULL);
        window->former = scim_change_add_former(window->batch, window->session, groups);
    }
}

static int is_same(const char *one, const char *other)
{
    return one && other && strcmp(one, other) == 0;
}

/* Whether two users have the same value in a key by which a POST finds accounts. */
static int is_alike(const scim_row_t *one, const scim_row_t *other)
{
    static const scim_key_e names[] = {SCIM_KEY_USER_NAME, SCIM_KEY_FORMER_NAME};
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 2; k++) {
            if (is_same(one->keys[names[i]], other->keys[names[k]])) {
                return 1;
            }
        }
    }
    return is_same(one->keys[SCIM_KEY_EXTERNAL_ID], other->keys[SCIM_KEY_EXTERNAL_ID]);
}

/* Whether an earlier operation in the window changes an account that the POST may mean. */
static int has_to_see(const scim_bulk_window_t *window, int at)
{
    const scim_change_t *post = &window->items[at].change;
    for (int i = window->begin; i < at; i++) {
        const scim_bulk_item_t *other = &window->items[i];
        const scim_change_t *change = &other->change;
        if (!other->live || change->type != post->type || !change->before_text) {
            continue;
        }
        if (strcmp(change->id, post->id) == 0 || is_alike(&change->before, &post->after) ||
            is_alike(&change->after, &post->after)) {
            return 1;
        }
    }
    return 0;
}

/* Whether an earlier POST may restore a resource. */
static int may_come_back(const scim_bulk_window_t *window, int at)
{
    for (int i = window->begin; i < at; i++) {
        if (window->items[i].live && claims(scim_bulk_at(window, i)) &&
            window->items[i].change.type == window->items[at].change.type) {
            return 1;
        }
    }
    return 0;
}

static void drop(scim_bulk_window_t *window, int at, const scim_error_t *error)
{
    scim_bulk_fail(window, at, error);
    window->items[at].live = 0;
    window->live--;
}

/* Decides which account a POST means. *wait: it must see the results of earlier operations. */
static scim_error_t *claim(scim_bulk_window_t *window, int at, int *wait)
{
    scim_bulk_item_t *item = &window->items[at];
    char wanted[SCIM_ID_SIZE];
    if (item->refused) {
        return item->refused;
    }
    *wait = has_to_see(window, at);
    if (*wait) {
        return NULL;
    }
    apr_cpystrn(wanted, item->change.id, sizeof(wanted));
    scim_error_t *error = scim_change_claim(&item->change, scim_batch_result(window->batch, window->alike));
    if (!error && item->change.before_text) {
        *wait = has_to_see(window, at);
        item->renamed = strcmp(item->change.id, wanted) != 0;
        apr_cpystrn(item->made, item->change.id, sizeof(item->made));
    }
    return error;
}

/* Whether an earlier operation in the window deletes a group, which may be the one that is made again. */
static int deletes_before(const scim_bulk_window_t *window, int at)
{
    for (int i = window->begin; i < at; i++) {
        if (window->items[i].live && scim_bulk_at(window, i)->kind == SCIM_BULK_DELETE &&
            window->items[i].change.type == window->items[at].change.type) {
            return 1;
        }
    }
    return 0;
}

/* Decides which mappings a group takes over. *wait: it must see the results of earlier operations. */
static scim_error_t *take_over(scim_bulk_window_t *window, int at, int *wait)
{
    scim_bulk_item_t *item = &window->items[at];
    *wait = !item->refused && deletes_before(window, at);
    if (!item->refused && !*wait) {
        scim_change_take_over(&item->change, scim_batch_result(window->batch, window->former));
    }
    return item->refused;
}

/* Computes one operation. *wait: it must begin the next window. */
static scim_error_t *compute(scim_bulk_window_t *window, int at, int *wait)
{
    scim_bulk_item_t *item = &window->items[at];
    *wait = 0;
    if (claims(scim_bulk_at(window, at))) {
        return claim(window, at, wait);
    }
    if (takes_over(window, scim_bulk_at(window, at))) {
        return take_over(window, at, wait);
    }
    scim_error_t *error = scim_change_compute(&item->change, scim_batch_result(window->batch, item->slot));
    *wait = is_former(&item->change, error) && may_come_back(window, at);
    return error;
}

scim_error_t *scim_bulk_window_read(scim_bulk_window_t *window, int *failed, int *wait)
{
    int others, waits;
    *wait = -1;
    compute_posts(window);
    scim_bulk_begin_batch(window);
    add_locks(window);
    add_looks(window);
    scim_error_t *error = scim_session_run(window->session, window->batch);
    if (error) {
        *failed = scim_bulk_window_owner(&others, window);
        return error;
    }
    for (int at = window->begin; at < window->end; at++) {
        const scim_bulk_op_t *op = scim_bulk_at(window, at);
        if (!window->items[at].live || !(scim_bulk_reads(op) || scim_bulk_looks(window, op))) {
            continue;
        }
        error = compute(window, at, &waits);
        if (waits) {
            *wait = at;
            return NULL;
        }
        if (error && window->items[at].wanted) {
            *failed = at;
            return error;
        }
        if (error) {
            drop(window, at, error);
        }
    }
    return NULL;
}
