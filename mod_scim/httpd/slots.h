/*
 * Rates that several processes count together in shared memory, without locks.
 *
 * A rate uses GCRA (the generic cell rate algorithm): the only stored value is the time at which the next arrival is
 * due if all come evenly. An arrival moves it forward by one interval; an arrival that is ahead of it by more than the
 * burst is refused, and changes nothing.
 *
 * A table has sets of SCIM_SLOTS_WAYS slots; each key belongs to one set. If a set is full, a new key replaces the slot
 * with the earliest time of last use, or of the next arrival. The keys of a set fill one cache line. All values are
 * read and written by atomic 64-bit operations. Two processes that add a key at the same time may add it twice, and a
 * slot may get another key while a process counts in it: then a few arrivals are lost, or counted for another key,
 * which is harmless.
 *
 * Times are nanoseconds of a monotonic clock.
 */
#ifndef SCIM_SLOTS_H
#define SCIM_SLOTS_H

#include <apr_general.h>

#define SCIM_SLOTS_WAYS 8

typedef struct scim_rate_t {
    apr_uint64_t interval; /* between two arrivals; 0: no limit */
    apr_uint64_t burst;    /* arrivals at once, at least 1 */
} scim_rate_t;

/* `number` arrivals in `seconds`, and `burst` at once; no limit where `number` is not positive. */
scim_rate_t scim_rate_make(int number, int seconds, int burst);

/* How long an arrival at `now` must wait; 0: it is allowed. `due` is the stored value. */
apr_uint64_t scim_rate_wait(const scim_rate_t *rate, apr_uint64_t due, apr_uint64_t now);

/* The new stored value after an allowed arrival. */
apr_uint64_t scim_rate_next(const scim_rate_t *rate, apr_uint64_t due, apr_uint64_t now);

/* `wait` in seconds, rounded up. */
int scim_rate_seconds(apr_uint64_t wait);

typedef struct scim_slot_t {
    _Atomic apr_uint64_t due;
    _Atomic apr_uint64_t note; /* the owner's own */
    _Atomic apr_uint64_t seen; /* approximate time of last use */
} scim_slot_t;

typedef struct scim_set_t {
    _Atomic apr_uint64_t key[SCIM_SLOTS_WAYS];
    scim_slot_t slot[SCIM_SLOTS_WAYS];
} scim_set_t;

typedef struct scim_slots_t {
    scim_set_t *sets; /* zeroed before the first use */
    apr_size_t count; /* a power of two */
} scim_slots_t;

/* The slot of a key; NULL: none. Keys are evenly distributed numbers. */
scim_slot_t *scim_slots_find(const scim_slots_t *slots, apr_uint64_t key);

/* The slot of a key, added with due 0 and `note` if there was none (*made). NULL if other processes are taking the
 * whole set. */
scim_slot_t *scim_slots_take(const scim_slots_t *slots, apr_uint64_t key, apr_uint64_t note, apr_uint64_t now,
                             int *made);

void scim_slots_drop(const scim_slots_t *slots, apr_uint64_t key);

/* Counts an allowed arrival and returns 0; otherwise returns how long it must wait. */
apr_uint64_t scim_slot_arrive(scim_slot_t *slot, const scim_rate_t *rate, apr_uint64_t now);

#endif
