#include "httpd/slots.h"

#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <string.h>

#include "unit.h"

#define SECOND APR_UINT64_C(1000000000)
#define START  (1000 * SECOND)

static void rates(void)
{
    scim_rate_t rate = scim_rate_make(4, 1, 8);

    UNIT_INT(rate.interval, SECOND / 4);
    UNIT_INT(rate.burst, 8);
    UNIT_INT(scim_rate_make(3, 1, 1).interval, 333333333);
    UNIT_INT(scim_rate_make(20, 60, 20).interval, 3 * SECOND);
    UNIT_INT(scim_rate_make(1, 3600, 1).interval, 3600 * SECOND);
    UNIT_INT(scim_rate_make(2000000000, 1, 1).interval, 1);
    UNIT_INT(scim_rate_make(0, 1, 1).interval, 0);
    UNIT_INT(scim_rate_make(-1, 1, 1).interval, 0);
    UNIT_INT(scim_rate_make(1, 1, 0).burst, 1);
}

/* Of `times` arrivals at one moment, how many are accepted. */
static int arrivals(apr_uint64_t *due, const scim_rate_t *rate, int times, apr_uint64_t now)
{
    int passed = 0;

    for (int i = 0; i < times; i++) {
        if (scim_rate_wait(rate, *due, now) == 0) {
            *due = scim_rate_next(rate, *due, now);
            passed++;
        }
    }
    return passed;
}

static void burst_and_refill(void)
{
    scim_rate_t rate = scim_rate_make(4, 1, 8);
    apr_uint64_t due = 0;

    UNIT_INT(arrivals(&due, &rate, 20, START), 8);
    UNIT_INT(scim_rate_wait(&rate, due, START), SECOND / 4);
    UNIT_INT(arrivals(&due, &rate, 20, START + SECOND / 4 - 1), 0);
    UNIT_INT(arrivals(&due, &rate, 20, START + SECOND / 4), 1);
    UNIT_INT(arrivals(&due, &rate, 20, START + SECOND), 3);
    UNIT_INT(arrivals(&due, &rate, 20, START + 10 * SECOND), 8);
    /* evenly at the rate: none is ever refused */
    due = 0;
    for (unsigned i = 0; i < 100; i++)
        UNIT_INT(arrivals(&due, &rate, 1, START + i * SECOND / 4), 1);
}

static void waits(void)
{
    scim_rate_t rate = scim_rate_make(20, 60, 20);
    apr_uint64_t due = 0;

    UNIT_INT(arrivals(&due, &rate, 100, START), 20);
    UNIT_INT(scim_rate_seconds(scim_rate_wait(&rate, due, START)), 3);
    UNIT_INT(scim_rate_seconds(scim_rate_wait(&rate, due, START + 1)), 3);
    UNIT_INT(scim_rate_seconds(scim_rate_wait(&rate, due, START + SECOND)), 2);
    UNIT_INT(scim_rate_wait(&rate, due, START + 3 * SECOND), 0);
    UNIT_INT(scim_rate_seconds(0), 0);
    UNIT_INT(scim_rate_seconds(1), 1);
    UNIT_INT(scim_rate_seconds(SECOND), 1);
    UNIT_INT(scim_rate_seconds(SECOND + 1), 2);
}

/* The count of a former limit has no effect on the new one. */
static void changed_limits(void)
{
    scim_rate_t slow = scim_rate_make(1, 1, 100);
    scim_rate_t fast = scim_rate_make(100, 1, 2);
    apr_uint64_t due = 0;

    UNIT_INT(arrivals(&due, &slow, 100, START), 100);
    UNIT_INT(scim_rate_wait(&slow, due, START), SECOND);
    UNIT_INT(arrivals(&due, &fast, 5, START), 2);
    UNIT_INT(scim_rate_wait(&fast, due, START), SECOND / 100);
    UNIT_INT(arrivals(&due, &fast, 5, START + SECOND / 100), 1);
}

/* Another process may count after this one has read the clock: this is not a former limit. */
static void late_arrival(void)
{
    scim_rate_t rate = scim_rate_make(4, 1, 8);
    apr_uint64_t due = 0;

    UNIT_INT(arrivals(&due, &rate, 20, START + 1000), 8);
    UNIT_INT(arrivals(&due, &rate, 20, START), 0);
    UNIT_INT(arrivals(&due, &rate, 20, START + SECOND / 4), 0);
    UNIT_INT(arrivals(&due, &rate, 20, START + SECOND / 4 + 1000), 1);
}

static scim_slots_t make(apr_size_t sets)
{
    return (scim_slots_t){apr_pcalloc(unit_pool, sets * sizeof(scim_set_t)), sets};
}

static void finding(void)
{
    scim_slots_t slots = make(16);
    apr_uint64_t keys[] = {0, 1, 2, 3, APR_UINT64_C(0x123456789abcdef0), ~APR_UINT64_C(0)};
    int made;

    for (unsigned i = 0; i < 6; i++) {
        scim_slot_t *slot;

        CU_ASSERT_PTR_NULL(i < 2 ? NULL : scim_slots_find(&slots, keys[i] + 7));
        slot = scim_slots_take(&slots, keys[i] << 32 | 77, i, START, &made);
        UNIT_INT(made, 1);
        UNIT_INT(slot->note, i);
        UNIT_INT(slot->due, 0);
        CU_ASSERT_PTR_EQUAL(scim_slots_find(&slots, keys[i] << 32 | 77), slot);
        CU_ASSERT_PTR_EQUAL(scim_slots_take(&slots, keys[i] << 32 | 77, 99, START, &made), slot);
        UNIT_INT(made, 0);
        UNIT_INT(slot->note, i);
    }
    scim_slots_drop(&slots, APR_UINT64_C(2) << 32 | 77);
    CU_ASSERT_PTR_NULL(scim_slots_find(&slots, APR_UINT64_C(2) << 32 | 77));
    CU_ASSERT_PTR_NOT_NULL(scim_slots_find(&slots, APR_UINT64_C(3) << 32 | 77));
    scim_slots_drop(&slots, 4711);
    CU_ASSERT_PTR_NOT_NULL(scim_slots_take(&slots, 0, 0, START, &made));
    CU_ASSERT_PTR_NOT_NULL(scim_slots_find(&slots, 0));
    CU_ASSERT_PTR_NOT_NULL(scim_slots_take(&slots, 1, 0, START, &made));
    CU_ASSERT_PTR_NOT_EQUAL(scim_slots_find(&slots, 0), scim_slots_find(&slots, 1));
}

/* A full set replaces the key with the least information: not one that was used recently, and not one at its limit. */
static void eviction(void)
{
    scim_slots_t slots = make(1);
    scim_rate_t rate = scim_rate_make(1, 1, 10);
    scim_slot_t *slot;
    int made;

    for (unsigned key = 10; key < 10 + SCIM_SLOTS_WAYS; key++)
        scim_slots_take(&slots, key, 0, START + key, &made);
    slot = scim_slots_find(&slots, 10); /* the oldest, but busy */
    for (int i = 0; i < 10; i++)
        UNIT_INT(scim_slot_arrive(slot, &rate, START), 0);
    UNIT_INT(scim_slot_arrive(slot, &rate, START), SECOND);
    slot = scim_slots_take(&slots, 100, 0, START + 1000, &made);
    UNIT_INT(made, 1);
    UNIT_INT(slot->due, 0);
    CU_ASSERT_PTR_NOT_NULL(scim_slots_find(&slots, 10));
    CU_ASSERT_PTR_NULL(scim_slots_find(&slots, 11));
    CU_ASSERT_PTR_NOT_NULL(scim_slots_find(&slots, 12));
    /* a free slot is taken first */
    scim_slots_drop(&slots, 17);
    scim_slots_take(&slots, 101, 0, START + 1001, &made);
    CU_ASSERT_PTR_NOT_NULL(scim_slots_find(&slots, 12));
    CU_ASSERT_PTR_NOT_NULL(scim_slots_find(&slots, 100));
}

#define THREADS 4
#define EACH    50000

typedef struct crowd_t {
    scim_slots_t slots;
    scim_rate_t rate;
    int passed[THREADS];
    int next;
} crowd_t;

typedef struct one_t {
    crowd_t *crowd;
    int number;
} one_t;

static void *APR_THREAD_FUNC crowd_run(apr_thread_t *thread, void *data)
{
    one_t *one = data;
    crowd_t *crowd = one->crowd;

    for (unsigned i = 0; i < EACH; i++) {
        scim_slot_t *slot = scim_slots_find(&crowd->slots, 42);
        int made;

        crowd->passed[one->number] += slot && scim_slot_arrive(slot, &crowd->rate, START) == 0;
        /* other keys come and go in the same set */
        scim_slots_take(&crowd->slots, 100 + i % 5 + 10 * (unsigned)one->number, 0, START - EACH + i, &made);
        scim_slots_drop(&crowd->slots, 100 + (i + 2) % 5 + 10 * (unsigned)one->number);
    }
    apr_thread_exit(thread, APR_SUCCESS);
    return NULL;
}

/* If many count at once, exactly the burst is accepted. */
static void together(void)
{
    crowd_t crowd = {make(1), scim_rate_make(1, 1, 1000), {0}, 0};
    apr_thread_t *threads[THREADS];
    one_t ones[THREADS];
    apr_status_t rv;
    int made;
    int passed = 0;

    scim_slots_take(&crowd.slots, 42, 0, START * 2, &made);
    for (int i = 0; i < THREADS; i++) {
        ones[i] = (one_t){&crowd, i};
        UNIT_INT(apr_thread_create(&threads[i], NULL, crowd_run, &ones[i], unit_pool), APR_SUCCESS);
    }
    for (int i = 0; i < THREADS; i++) {
        apr_thread_join(&rv, threads[i]);
        passed += crowd.passed[i];
    }
    UNIT_INT(passed, 1000);
}

CU_TestInfo test_slots[] = {{"rates", rates},
                            {"burst and refill", burst_and_refill},
                            {"waits", waits},
                            {"changed limits", changed_limits},
                            {"late arrival", late_arrival},
                            {"finding", finding},
                            {"eviction", eviction},
                            {"together", together},
                            CU_TEST_INFO_NULL};
