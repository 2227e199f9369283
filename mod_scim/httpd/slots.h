/*
 * Rates that many processes count together, in memory that they share; without locks.
 *
 * A rate is kept by GCRA (the generic cell rate algorithm): all that is stored of the past is one number, the time at
 * which the next arrival is due if all come evenly. An arrival moves it on by one interval; one that would be ahead of
 * it by more than the burst is refused, and changes nothing.
 *
 * A table is sets of SCIM_SLOTS_WAYS slots; a key may lie in one set alone. Where a set is full, a new key takes the
 * slot that says least: the one whose time of last use, or of the next arrival, is the earliest. The keys of a set fill
 * one cache line. All is read and written by atomic operations of 64 bits. Two processes that make one key at the same
 * instant may make it twice, and a slot may get another key while somebody counts in it: then a few arrivals are
 * forgotten, or counted for another key, and nothing worse.
 *
 * Times are nanoseconds of one clock that never goes back.
 */
#ifndef SCIM_SLOTS_H
#define SCIM_SLOTS_H

#include <apr_general.h>

#define SCIM_SLOTS_WAYS 8

typedef struct scim_rate_t {
    apr_uint64_t interval; /* between two arrivals; 0: no limit */
    apr_uint64_t burst;    /* arrivals at once, 1 at least */
} scim_rate_t;

/* `number` arrivals in `seconds`, and `burst` at once; no limit where `number` is not positive. */
scim_rate_t scim_rate_make(int number, int seconds, int burst);

/* How long an arrival at `now` would have to wait; 0: it is in time. `due` is the number that is stored. */
apr_uint64_t scim_rate_wait(const scim_rate_t *rate, apr_uint64_t due, apr_uint64_t now);

/* What is stored after an arrival in time. */
apr_uint64_t scim_rate_next(const scim_rate_t *rate, apr_uint64_t due, apr_uint64_t now);

/* Whole seconds that are not less than `wait`. */
int scim_rate_seconds(apr_uint64_t wait);

typedef struct scim_slot_t {
    _Atomic apr_uint64_t due;
    _Atomic apr_uint64_t note; /* the owner's own */
    _Atomic apr_uint64_t seen; /* when it was used, about */
} scim_slot_t;

typedef struct scim_set_t {
    _Atomic apr_uint64_t key[SCIM_SLOTS_WAYS];
    scim_slot_t slot[SCIM_SLOTS_WAYS];
} scim_set_t;

typedef struct scim_slots_t {
    scim_set_t *sets; /* zeroed before the first use */
    apr_size_t count; /* a power of two */
} scim_slots_t;

/* The slot of a key; NULL where it has none. Keys are evenly spread numbers. */
scim_slot_t *scim_slots_find(const scim_slots_t *slots, apr_uint64_t key);

/* The slot of a key, made with due 0 and `note` where there was none (*made). NULL where the whole set is being taken
 * by others. */
scim_slot_t *scim_slots_take(const scim_slots_t *slots, apr_uint64_t key, apr_uint64_t note, apr_uint64_t now,
                             int *made);

void scim_slots_drop(const scim_slots_t *slots, apr_uint64_t key);

/* Counts an arrival; returns how long it would have to wait, and 0 where it is in time and counted. */
apr_uint64_t scim_slot_arrive(scim_slot_t *slot, const scim_rate_t *rate, apr_uint64_t now);

#endif
