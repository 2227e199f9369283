/*
 * Learns how often a token is used. A token is silent when it has not been used for much longer than ever before.
 */
#ifndef SCIM_RULES_SILENCE_H
#define SCIM_RULES_SILENCE_H

#include <apr_tables.h>

/* Unknown. */
#define SCIM_SILENCE_UNKNOWN (-1)

typedef struct scim_habit_t {
    int usual;   /* minutes between two uses: the median, one at least */
    int longest; /* the longest gap, rounded up */
} scim_habit_t;

/* Learns from the times (apr_time_t) of uses in their order. With fewer than twenty gaps, or less than three days, both
 * results are unknown. */
scim_habit_t scim_silence_learn(const apr_array_header_t *moments, apr_pool_t *pool);

#endif
