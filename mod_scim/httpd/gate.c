#include "gate.h"

#include <apr_thread_mutex.h>
#include <string.h>

/* If a connection attempt takes longer, a host did not answer: libpq then waits at least two seconds. */
#define LONG_CONNECT apr_time_from_sec(1)

/* The pause before the next connection attempt: after a failed one, and after a long one (a multiple of its
 * duration). */
#define PAUSE       apr_time_from_msec(200)
#define PAUSE_TIMES 4

/* If too many requests of a tenant wait, they are refused unless a place of the tenant was taken or returned within
 * this time. */
#define FLOW apr_time_from_msec(250)

typedef APR_RING_HEAD(ring_t, scim_guest_t) ring_t;

struct scim_gate_t {
    int size;
    int threads; /* of the child */
    int used;    /* places in use, including that of a guest who is connecting */
    int idle;    /* open connections that nobody uses */
    int opening; /* a guest is asking the pool */
    apr_time_t opening_since;
    int failures;              /* number of failed attempts */
    int refused;               /* at the latest attempt PostgreSQL answered, but accepted no connection */
    apr_time_t not_before;     /* earliest time of the next connection attempt */
    ring_t guests;             /* in the order of arrival */
    apr_thread_mutex_t *mutex; /* NULL until the child has made it */
};

scim_gate_t *scim_gate_make(int size, apr_pool_t *pool)
{
    scim_gate_t *gate = apr_pcalloc(pool, sizeof(*gate));

    gate->size = size;
    return gate;
}

int scim_gate_size(const scim_gate_t *gate)
{
    return gate->size;
}

apr_status_t scim_gate_start(scim_gate_t *gate, int threads, apr_pool_t *child)
{
    APR_RING_INIT(&gate->guests, scim_guest_t, link);
    gate->threads = threads;
    return apr_thread_mutex_create(&gate->mutex, APR_THREAD_MUTEX_DEFAULT, child);
}

int scim_gate_started(const scim_gate_t *gate)
{
    return gate->mutex != NULL;
}

/* The next guest; NULL as argument: the first one. Returns NULL after the last one. */
static scim_guest_t *after(const scim_gate_t *gate, const scim_guest_t *guest)
{
    scim_guest_t *next = guest ? APR_RING_NEXT(guest, link) : APR_RING_FIRST(&gate->guests);

    return next == APR_RING_SENTINEL(&gate->guests, scim_guest_t, link) ? NULL : next;
}

/* --- shares --------------------------------------------------------------------------------------------------------*/

static int same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static int share_of(const scim_gate_t *gate, int percent)
{
    int share = gate->size * percent / 100;

    return share > 0 ? share : 1;
}

/* A share of the whole pool is no limit, since then the pool itself is full. */
static int is_used_up(const scim_gate_t *gate, int count, int share)
{
    return share < gate->size && count >= share;
}

/* Whether the guest's tenant, token or kind (slow searches) already uses its share. */
static int is_beyond_share(const scim_gate_t *gate, const scim_guest_t *guest)
{
    int tenant = 0, token = 0, slow = 0;
    int share = share_of(gate, guest->tenant_share);
    const scim_guest_t *other;

    if (!guest->tenant)
        return 0;
    for (other = after(gate, NULL); other; other = after(gate, other)) {
        if (!other->inside || !same(other->tenant, guest->tenant))
            continue;
        tenant++;
        slow += other->slow;
        token += same(other->token, guest->token);
    }
    return is_used_up(gate, tenant, share) || is_used_up(gate, token, share_of(gate, guest->token_share)) ||
           (guest->slow && guest->tenant_share < 100 && is_used_up(gate, slow, (share + 1) / 2));
}

/* Whether so many guests of this tenant wait that other tenants would find no free thread. */
static int is_crowd(const scim_gate_t *gate, const scim_guest_t *guest)
{
    int before = 0;
    const scim_guest_t *other;

    for (other = after(gate, NULL); other && other != guest; other = after(gate, other))
        before += same(other->tenant, guest->tenant);
    return before >= gate->threads - gate->threads / 4 && guest->tenant_share < 100;
}

static void note_arrival(scim_gate_t *gate, scim_guest_t *guest)
{
    const scim_guest_t *other;

    guest->moved = apr_time_now();
    for (other = after(gate, NULL); other; other = after(gate, other)) {
        if (same(other->tenant, guest->tenant)) {
            guest->moved = other->moved;
            break;
        }
    }
}

static void note_move(scim_gate_t *gate, const scim_guest_t *guest)
{
    apr_time_t now = apr_time_now();
    scim_guest_t *other;

    for (other = after(gate, NULL); other; other = after(gate, other)) {
        if (same(other->tenant, guest->tenant))
            other->moved = now;
    }
}

/* --- letting in ----------------------------------------------------------------------------------------------------*/

/* Whether an open connection is free, or a new one may be made. */
static int has_connection(const scim_gate_t *gate, apr_time_t now)
{
    return gate->idle > 0 || now >= gate->not_before || (gate->used == 0 && !gate->refused);
}

static int is_open(const scim_gate_t *gate, apr_time_t now)
{
    return !gate->opening && gate->used < gate->size && has_connection(gate, now);
}

/* Lets the first guest in that may enter. The caller holds the mutex. */
static void admit(scim_gate_t *gate)
{
    scim_guest_t *guest;

    if (!is_open(gate, apr_time_now()))
        return;
    for (guest = after(gate, NULL); guest; guest = after(gate, guest)) {
        if (guest->inside || is_beyond_share(gate, guest))
            continue;
        guest->inside = 1;
        gate->used++;
        gate->opening = 1;
        gate->opening_since = apr_time_now();
        if (guest->called)
            apr_thread_cond_signal(guest->called);
        return;
    }
}

static int has_failed(const scim_gate_t *gate, const scim_guest_t *guest)
{
    return gate->failures != guest->failures && gate->used == 0 && !gate->refused;
}

/* When a guest of a crowd is refused if no place moves before. Nobody moves while a connection is made. */
static apr_time_t end_of_flow(const scim_gate_t *gate, const scim_guest_t *guest)
{
    apr_time_t moved = guest->moved + FLOW, made = gate->opening ? gate->opening_since + LONG_CONNECT : 0;

    return moved > made ? moved : made;
}

/* When to look again if nobody signals before. */
static apr_time_t next_look(const scim_gate_t *gate, const scim_guest_t *guest, apr_time_t now)
{
    apr_time_t until = guest->end;

    if (gate->not_before > now && gate->not_before < until)
        until = gate->not_before;
    if (is_crowd(gate, guest) && end_of_flow(gate, guest) < until)
        until = end_of_flow(gate, guest);
    return until;
}

static scim_gate_e reason(const scim_gate_t *gate, const scim_guest_t *guest)
{
    if (is_beyond_share(gate, guest))
        return SCIM_GATE_SHARE;
    if (gate->refused)
        return SCIM_GATE_REFUSED;
    return gate->opening ? SCIM_GATE_OPENING : SCIM_GATE_FULL;
}

/* The caller holds the mutex. */
static scim_gate_e wait_for_call(scim_gate_t *gate, scim_guest_t *guest)
{
    for (;;) {
        apr_time_t now = apr_time_now();
        apr_time_t until;

        admit(gate);
        if (guest->inside)
            return SCIM_GATE_ENTERED;
        if (has_failed(gate, guest))
            return SCIM_GATE_FAILED;
        if (now >= guest->end)
            return reason(gate, guest);
        if (now >= end_of_flow(gate, guest) && is_beyond_share(gate, guest) && is_crowd(gate, guest))
            return SCIM_GATE_SHARE;
        if (!guest->called && apr_thread_cond_create(&guest->called, guest->pool) != APR_SUCCESS)
            return SCIM_GATE_FULL;
        until = next_look(gate, guest, now);
        apr_thread_cond_timedwait(guest->called, gate->mutex, until > now ? until - now : PAUSE);
    }
}

scim_gate_e scim_gate_enter(scim_gate_t *gate, scim_guest_t *guest)
{
    scim_gate_e found;

    apr_thread_mutex_lock(gate->mutex);
    if (!guest->end) {
        guest->end = apr_time_now() + guest->wait;
        note_arrival(gate, guest);
        APR_RING_INSERT_TAIL(&gate->guests, guest, scim_guest_t, link);
    }
    guest->failures = gate->failures;
    found = wait_for_call(gate, guest);
    if (found != SCIM_GATE_ENTERED) {
        APR_RING_REMOVE(guest, link);
        admit(gate);
    }
    apr_thread_mutex_unlock(gate->mutex);
    return found;
}

/* --- results of attempts -------------------------------------------------------------------------------------------*/

static void call_all(scim_gate_t *gate)
{
    scim_guest_t *guest;

    for (guest = after(gate, NULL); guest; guest = after(gate, guest)) {
        if (guest->called)
            apr_thread_cond_signal(guest->called);
    }
}

static void note_connection(scim_gate_t *gate, scim_opened_e found, apr_interval_time_t took)
{
    gate->refused = 0;
    if (found == SCIM_OPENED_OPEN) {
        gate->idle -= gate->idle > 0;
        return;
    }
    gate->idle = 0; /* the pool would have lent an open one */
    gate->not_before = took > LONG_CONNECT ? apr_time_now() + took * PAUSE_TIMES : 0;
}

/* Returns whether the guest has something to wait for. */
static int note_failure(scim_gate_t *gate, scim_guest_t *guest, scim_opened_e found, apr_interval_time_t took)
{
    gate->idle = 0;
    gate->used--;
    guest->inside = 0;
    gate->failures++;
    gate->refused = found == SCIM_OPENED_REFUSED;
    gate->not_before = apr_time_now() + (took > LONG_CONNECT ? took * PAUSE_TIMES : PAUSE);
    return gate->used > 0 || gate->refused;
}

void scim_gate_opened(scim_gate_t *gate, scim_guest_t *guest, scim_opened_e found, apr_interval_time_t took, int *again)
{

    *again = 0;
    apr_thread_mutex_lock(gate->mutex);
    gate->opening = 0;
    if (found == SCIM_OPENED_OPEN || found == SCIM_OPENED_MADE) {
        note_connection(gate, found, took);
        note_move(gate, guest);
    } else {
        *again = note_failure(gate, guest, found, took);
        if (!*again)
            APR_RING_REMOVE(guest, link);
        call_all(gate);
    }
    admit(gate);
    apr_thread_mutex_unlock(gate->mutex);
}

void scim_gate_leave(scim_gate_t *gate, scim_guest_t *guest, int usable)
{
    apr_thread_mutex_lock(gate->mutex);
    gate->used--;
    gate->idle += usable != 0;
    APR_RING_REMOVE(guest, link);
    note_move(gate, guest);
    admit(gate);
    apr_thread_mutex_unlock(gate->mutex);
}
