#include "slots.h"

#include <stdatomic.h>
#include <stddef.h>

#define SECOND APR_UINT64_C(1000000000)

#define FREE  0 /* no key */
#define TAKEN 1 /* a thread is initializing the slot for a key */
#define KEYS  2 /* the first number that is used as a key */

_Static_assert(sizeof(scim_slot_t) == 24 && sizeof(scim_set_t) == 256, "a set is four cache lines");

scim_rate_t scim_rate_make(int number, int seconds, int burst)
{
    scim_rate_t rate = {0, 1};

    if (number <= 0 || seconds <= 0)
        return rate;
    rate.interval = (apr_uint64_t)seconds * SECOND / (apr_uint64_t)number;
    rate.burst = burst > 0 ? (apr_uint64_t)burst : 1;
    if (!rate.interval)
        rate.interval = 1;
    return rate;
}

/* `due` of an unchanged limit is at most a burst ahead of `now`, and a little more if another thread counted after
 * this one has read the clock. A larger value comes from an earlier limit, and is ignored. */
static apr_uint64_t bounded(const scim_rate_t *rate, apr_uint64_t due, apr_uint64_t now)
{
    return due <= now + rate->interval * rate->burst + SECOND ? due : now;
}

apr_uint64_t scim_rate_wait(const scim_rate_t *rate, apr_uint64_t due, apr_uint64_t now)
{
    apr_uint64_t ahead = now + rate->interval * (rate->burst - 1);

    due = bounded(rate, due, now);
    return due > ahead ? due - ahead : 0;
}

apr_uint64_t scim_rate_next(const scim_rate_t *rate, apr_uint64_t due, apr_uint64_t now)
{
    due = bounded(rate, due, now);
    return (due > now ? due : now) + rate->interval;
}

int scim_rate_seconds(apr_uint64_t wait)
{
    return (int)((wait + SECOND - 1) / SECOND);
}

static apr_uint64_t read_key(const scim_set_t *set, int way)
{
    return atomic_load_explicit(&set->key[way], memory_order_acquire);
}

static apr_uint64_t as_key(apr_uint64_t key)
{
    return key < KEYS ? key + KEYS : key;
}

/* By the high bits of the key; the keys within a set differ in the others. */
static scim_set_t *set_of(const scim_slots_t *slots, apr_uint64_t key)
{
    return &slots->sets[(key >> 32) & (slots->count - 1)];
}

static int way_of(const scim_set_t *set, apr_uint64_t key)
{
    for (int way = 0; way < SCIM_SLOTS_WAYS; way++)
        if (read_key(set, way) == key)
            return way;
    return -1;
}

scim_slot_t *scim_slots_find(const scim_slots_t *slots, apr_uint64_t key)
{
    scim_set_t *set = set_of(slots, as_key(key));
    int way = way_of(set, as_key(key));

    return way < 0 ? NULL : &set->slot[way];
}

static apr_uint64_t worth(const scim_slot_t *slot)
{
    apr_uint64_t due = atomic_load_explicit(&slot->due, memory_order_relaxed);
    apr_uint64_t seen = atomic_load_explicit(&slot->seen, memory_order_relaxed);

    return due > seen ? due : seen;
}

/* The slot that a new key replaces, and that slot's key; -1: none. */
static int least(const scim_set_t *set, apr_uint64_t *key)
{
    apr_uint64_t lowest = 0;
    int found = -1;

    for (int way = 0; way < SCIM_SLOTS_WAYS; way++) {
        apr_uint64_t has = read_key(set, way);
        apr_uint64_t value = has == FREE ? 0 : worth(&set->slot[way]);

        if (has == TAKEN || (found >= 0 && value >= lowest))
            continue;
        found = way;
        lowest = value;
        *key = has;
    }
    return found;
}

scim_slot_t *scim_slots_take(const scim_slots_t *slots, apr_uint64_t key, apr_uint64_t note, apr_uint64_t now,
                             int *made)
{
    scim_set_t *set = set_of(slots, as_key(key));
    apr_uint64_t old;
    int way = way_of(set, as_key(key));

    *made = way < 0;
    if (way >= 0)
        return &set->slot[way];
    for (int tries = 0; tries < SCIM_SLOTS_WAYS; tries++) {
        way = least(set, &old);
        if (way < 0)
            return NULL;
        if (!atomic_compare_exchange_strong(&set->key[way], &old, TAKEN))
            continue;
        atomic_store_explicit(&set->slot[way].due, 0, memory_order_relaxed);
        atomic_store_explicit(&set->slot[way].note, note, memory_order_relaxed);
        atomic_store_explicit(&set->slot[way].seen, now, memory_order_relaxed);
        atomic_store_explicit(&set->key[way], as_key(key), memory_order_release);
        return &set->slot[way];
    }
    return NULL;
}

void scim_slots_drop(const scim_slots_t *slots, apr_uint64_t key)
{
    scim_set_t *set = set_of(slots, as_key(key));

    for (int way = 0; way < SCIM_SLOTS_WAYS; way++) {
        apr_uint64_t old = as_key(key);

        atomic_compare_exchange_strong(&set->key[way], &old, FREE);
    }
}

apr_uint64_t scim_slot_arrive(scim_slot_t *slot, const scim_rate_t *rate, apr_uint64_t now)
{
    apr_uint64_t due = atomic_load_explicit(&slot->due, memory_order_relaxed);
    apr_uint64_t wait;

    if (!rate->interval)
        return 0;
    do {
        wait = scim_rate_wait(rate, due, now);
        if (wait)
            return wait;
    } while (!atomic_compare_exchange_weak_explicit(&slot->due, &due, scim_rate_next(rate, due, now),
                                                    memory_order_relaxed, memory_order_relaxed));
    return 0;
}
