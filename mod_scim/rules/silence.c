#include "silence.h"

#include <apr_time.h>
#include <stdlib.h>

#define GAPS_MIN 20
#define DAYS_MIN apr_time_from_sec(3 * 86400)
#define MINUTE   apr_time_from_sec(60)

static int compare(const void *one, const void *other)
{
    apr_interval_time_t a = *(const apr_interval_time_t *)one, b = *(const apr_interval_time_t *)other;
    return (a > b) - (a < b);
}

/* For an even number, the mean of the two in the middle. */
static apr_interval_time_t median(const apr_interval_time_t *sorted, int n)
{
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
}

scim_habit_t scim_silence_learn(const apr_array_header_t *moments, apr_pool_t *pool)
{
    const apr_time_t *at = (const apr_time_t *)moments->elts;
    int n = moments->nelts - 1;
    if (n < GAPS_MIN || at[n] - at[0] < DAYS_MIN) {
        return (scim_habit_t){SCIM_SILENCE_UNKNOWN, SCIM_SILENCE_UNKNOWN};
    }
    apr_interval_time_t *gaps = apr_palloc(pool, (apr_size_t)n * sizeof(*gaps));
    for (int i = 0; i < n; i++) {
        gaps[i] = at[i + 1] - at[i];
    }
    qsort(gaps, (size_t)n, sizeof(*gaps), compare);
    int usual = (int)((median(gaps, n) + MINUTE / 2) / MINUTE);
    return (scim_habit_t){.usual = usual > 1 ? usual : 1, .longest = (int)((gaps[n - 1] + MINUTE - 1) / MINUTE)};
}
