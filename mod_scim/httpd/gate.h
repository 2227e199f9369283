/*
 * The gate before a pool of connections: who may use one, and who may make a new one, in one child process.
 *
 * A pool has `size` places. A guest waits for one, for a limited time, in the order of arrival. One guest at a time is
 * let in, and asks the pool for its connection; the next one is let in when that has ended (scim_gate_opened), so one
 * attempt at a time finds out whether PostgreSQL can be reached:
 *
 *   - It fails: those who wait are told the same at once, where nobody of this process has a connection. Where somebody
 *     has, or PostgreSQL answers and takes no more connections, they wait for a free one, as for a busy pool.
 *   - It takes long, because a host hangs before another answers: for some time the others wait for a connection that
 *     is open, instead of making one themselves.
 *
 * No tenant and no token has more than its share of the places; searches that no index answers have half of a tenant's.
 * A guest beyond that waits for its own kind to leave. So many may wait that a quarter of the process's threads is left
 * to others; more may while places of that tenant are taken and given back every now and then, as they are in a burst
 * of short requests.
 *
 * All functions may be called by any thread. A guest lives with its request; it is in the gate until scim_gate_leave.
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
    const char *tenant; /* NULL: of none, with no share */
    const char *token;  /* its key id; NULL: none */
    int tenant_share;   /* percent of the places */
    int token_share;
    int slow; /* a search that no index answers */
    apr_interval_time_t wait;
    apr_pool_t *pool;
    /* The gate's own. */
    int inside;
    int failures;     /* of the gate, when it began to wait */
    apr_time_t end;   /* of its patience */
    apr_time_t moved; /* when a place of its tenant was taken or given back last */
    apr_thread_cond_t *called;
} scim_guest_t;

typedef enum {
    SCIM_GATE_ENTERED,
    SCIM_GATE_FULL,    /* no place got free in time */
    SCIM_GATE_OPENING, /* somebody was still connecting */
    SCIM_GATE_SHARE,   /* the places of the tenant, or of the token, are all in use */
    SCIM_GATE_REFUSED, /* PostgreSQL takes no more connections */
    SCIM_GATE_FAILED   /* somebody else could not connect */
} scim_gate_e;

typedef enum {
    SCIM_OPENED_OPEN,    /* a connection that was open */
    SCIM_OPENED_MADE,    /* a new one */
    SCIM_OPENED_REFUSED, /* PostgreSQL answers, and takes no connection */
    SCIM_OPENED_FAILED
} scim_opened_e;

/* `size` is DBDMax. */
scim_gate_t *scim_gate_make(int size, apr_pool_t *pool);

int scim_gate_size(const scim_gate_t *gate);

/* In a child, before its threads: `threads` is how many there are. */
apr_status_t scim_gate_start(scim_gate_t *gate, int threads, apr_pool_t *child);
int scim_gate_started(const scim_gate_t *gate);

/* Waits to be let in. The answer is SCIM_GATE_ENTERED, or why not. */
scim_gate_e scim_gate_enter(scim_gate_t *gate, scim_guest_t *guest);

/* Tells what the attempt to get a connection found, and how long it took. Where that is none the guest has lost its
 * place, and with *again it has to enter again: it is still waiting. */
void scim_gate_opened(scim_gate_t *gate, scim_guest_t *guest, scim_opened_e found, apr_interval_time_t took,
                      int *again);

/* Gives the place back; `usable` is whether the connection is. */
void scim_gate_leave(scim_gate_t *gate, scim_guest_t *guest, int usable);

#endif
