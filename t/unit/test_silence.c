/* The usual interval between uses of a token. */
#include <apr_time.h>

#include "rules/silence.h"
#include "unit.h"

/* A number of uses, with equal gaps in seconds, except one. */
typedef struct case_t {
    int uses, gap, other; /* 0: all are the same */
    int usual, longest;   /* minutes */
} case_t;

static const case_t cases[] = {
    {0, 0, 0, SCIM_SILENCE_UNKNOWN, SCIM_SILENCE_UNKNOWN},
    {1, 0, 0, SCIM_SILENCE_UNKNOWN, SCIM_SILENCE_UNKNOWN},
    {20, 86400, 0, SCIM_SILENCE_UNKNOWN, SCIM_SILENCE_UNKNOWN}, /* 19 gaps */
    {21, 86400, 0, 1440, 1440},
    {108, 2400, 0, SCIM_SILENCE_UNKNOWN, SCIM_SILENCE_UNKNOWN}, /* 71.3 hours */
    {109, 2400, 0, 40, 40},                                     /* 72 hours */
    {200, 2400, 7201, 40, 121},                                 /* rounded up */
    {1000, 329, 0, 5, 6},
    {1000, 330, 0, 6, 6}, /* half a minute is rounded up */
    {22, 20, 400000, 1, 6667},
};

static void test_learn(void)
{
    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const case_t *one = &cases[i];
        apr_array_header_t *moments = apr_array_make(unit_pool, 1, sizeof(apr_time_t));
        apr_time_t at = apr_time_from_sec(1700000000);
        for (int use = 0; use < one->uses; use++) {
            APR_ARRAY_PUSH(moments, apr_time_t) = at;
            at += apr_time_from_sec(use == 5 && one->other ? one->other : one->gap);
        }
        scim_habit_t habit = scim_silence_learn(moments, unit_pool);
        UNIT_INT(habit.usual, one->usual);
        UNIT_INT(habit.longest, one->longest);
    }
}

/* For an even number of gaps, the mean of the two in the middle. */
static void test_median(void)
{
    apr_array_header_t *moments = apr_array_make(unit_pool, 1, sizeof(apr_time_t));
    apr_time_t at = 0;
    for (int use = 0; use <= 20; use++) {
        APR_ARRAY_PUSH(moments, apr_time_t) = at;
        at += apr_time_from_sec(60) * (use < 10 ? 300 : 320);
    }
    UNIT_INT(scim_silence_learn(moments, unit_pool).usual, 310);
}

CU_TestInfo test_silence[] = {{"learn", test_learn}, {"median", test_median}, CU_TEST_INFO_NULL};
