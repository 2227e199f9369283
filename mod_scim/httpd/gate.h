/*
 * The gate before a pool of connections, in one child process: it decides which request may use a connection, and which
 * may open a new one.
 *
 * A pool has `size` places. A guest is a request that needs one; guests wait in the order of arrival, with a timeout.
 * One guest at a time is let in, and gets its connection from the pool; the next one is let in when that is done
 * (scim_gate_opened), so that only one attempt at a time finds out whether PostgreSQL can be reached:
 *
 *   - It fails: if no guest of this process has a connection, all waiting guests fail at once, too. If one has, or if
 *     PostgreSQL answers but accepts no more connections, they wait for a free one, as for a busy pool.
 *   - It takes long, because a host hangs before another one answers: for some time the others wait for an open
 *     connection, instead of opening one themselves.
 *
 * No tenant and no token uses more than its share of the places; searches that no index answers use at most half of a
 * tenant's share. A guest beyond that waits until one of its tenant, token or kind leaves. The waiting guests of a
 * tenant may occupy three quarters of the process's threads, or more while places of that tenant are taken and returned
 * frequently, as in a burst of short requests, or while a connection is being made, for a second at most.
 *
 * Any thread may call these functions. A guest lives with its request; it is in the gate until scim_gate_leave.
 */
#ifndef SCIM_GATE_H
#define SCIM_GATE_H

#include <apr_pools.h>
#include <apr_ring.h>
#include <apr_thread_cond.h>
#include <apr_time.h>

typedef struct scim_gate_t scim_gate_t;

typedef struct scim_guest_t {
    APR_RING_ENTRY(scim_guest_t) link;
    /* Set by the caller. */
    const char *tenant; /* NULL: none, without a share */
    const char *token;  /* its key id; NULL: none */
    int tenant_share;   /* percent of the places */
    int token_share;
    int slow; /* a search that no index answers */
    apr_interval_time_t wait;
    apr_pool_t *pool;
    /* The gate's own. */
    int inside;
    int failures;     /* the gate's count of failures when it began to wait */
    apr_time_t end;   /* of its waiting time */
    apr_time_t moved; /* when a place of its tenant was last taken or returned */
    apr_thread_cond_t *called;
} scim_guest_t;

typedef enum {
    SCIM_GATE_ENTERED,
    SCIM_GATE_FULL,    /* no place was free in time */
    SCIM_GATE_OPENING, /* another guest was still connecting */
    SCIM_GATE_SHARE,   /* the share of the tenant, or of the token, is in use */
    SCIM_GATE_REFUSED, /* PostgreSQL accepts no more connections */
    SCIM_GATE_FAILED   /* another guest could not connect */
} scim_gate_e;

typedef enum {
    SCIM_OPENED_OPEN,    /* an open connection */
    SCIM_OPENED_MADE,    /* a new one */
    SCIM_OPENED_REFUSED, /* PostgreSQL answers, but accepts no connection */
    SCIM_OPENED_FAILED
} scim_opened_e;

/* `size` is DBDMax. */
scim_gate_t *scim_gate_make(int size, apr_pool_t *pool);

int scim_gate_size(const scim_gate_t *gate);

/* In a child, before its threads: `threads` is how many there are. */
apr_status_t scim_gate_start(scim_gate_t *gate, int threads, apr_pool_t *child);
int scim_gate_started(const scim_gate_t *gate);

/* Waits to be let in. Returns SCIM_GATE_ENTERED, or why not. */
scim_gate_e scim_gate_enter(scim_gate_t *gate, scim_guest_t *guest);

/* Reports the result of the attempt to get a connection, and how long it took. Without a connection the guest loses its
 * place; if *again is set, it must call scim_gate_enter again, because it may still wait. */
void scim_gate_opened(scim_gate_t *gate, scim_guest_t *guest, scim_opened_e found, apr_interval_time_t took,
                      int *again);

/* Returns the place; `usable`: whether the connection can be used again. */
void scim_gate_leave(scim_gate_t *gate, scim_guest_t *guest, int usable);

#endif
