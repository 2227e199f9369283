#include "guard.h"

#include <apr_strings.h>

#define RETRY_AFTER 600 /* seconds, because an administrator must decide first */

apr_int64_t scim_guard_people(const scim_guard_t *guard)
{
    return guard->weight + (guard->logins ? guard->lost_logins : 0);
}

apr_int64_t scim_guard_total(const scim_guard_t *guard)
{
    return scim_guard_people(guard) + guard->others + (guard->logins ? guard->other_logins : 0);
}

/* How many users have lost access within the hour. They count among those who had access at its beginning. */
static apr_int64_t gone(const scim_guard_t *guard)
{
    return guard->users + guard->other_users;
}

apr_int64_t scim_guard_reach(const scim_guard_t *guard)
{
    apr_int64_t reach = (scim_guard_total(guard) - 1) * 100 / guard->share + 1 - gone(guard);
    return reach > 0 ? reach : 0;
}

apr_int64_t scim_guard_threshold(const scim_guard_t *guard)
{
    apr_int64_t allowed = guard->limit;
    if (guard->share != SCIM_GUARD_NONE) {
        apr_int64_t part = ((gone(guard) + guard->reachable) * guard->share + 99) / 100;
        part = part > 1 ? part : 1;
        allowed = allowed == SCIM_GUARD_NONE || part < allowed ? part : allowed;
    }
    return allowed;
}

static int is_guarded(const scim_guard_t *guard)
{
    return !guard->paused && (guard->limit != SCIM_GUARD_NONE || guard->share != SCIM_GUARD_NONE);
}

scim_guard_e scim_guard_decide(const scim_guard_t *guard)
{
    apr_int64_t people = scim_guard_people(guard);
    if (guard->dry) {
        return SCIM_GUARD_DRY;
    }
    if (guard->weight + guard->lost_logins == 0) {
        return SCIM_GUARD_PASSES;
    }
    if (guard->rejected) {
        return SCIM_GUARD_REFUSES;
    }
    if (guard->released != SCIM_GUARD_NONE && guard->released >= people) {
        return SCIM_GUARD_PASSES;
    }
    if (!is_guarded(guard)) {
        return guard->vetoed ? SCIM_GUARD_REFUSES : SCIM_GUARD_PASSES;
    }
    if (people > 0 && guard->share != SCIM_GUARD_NONE && guard->reachable == SCIM_GUARD_NONE) {
        return SCIM_GUARD_ASKS;
    }
    if (people > 0 && scim_guard_total(guard) > scim_guard_threshold(guard)) {
        return SCIM_GUARD_HOLDS;
    }
    return guard->vetoed ? SCIM_GUARD_REFUSES : SCIM_GUARD_COUNTS;
}

static scim_error_t *held(const scim_guard_t *guard, apr_pool_t *pool)
{
    apr_int64_t total = scim_guard_total(guard);
    const char *people = total == 1 ? "1 person" : apr_psprintf(pool, "%" APR_INT64_T_FMT " people", total);
    scim_error_t *error = scim_error_status(
        pool, 429,
        "Held by the guard against mass changes: with this request %s would have lost access within an hour, and this "
        "tenant allows %" APR_INT64_T_FMT ". Nothing was changed. An administrator can release or reject the request; "
        "send it again after that.",
        people, scim_guard_threshold(guard));
    error->retry_after = RETRY_AFTER;
    return error;
}

scim_error_t *scim_guard_error(const scim_guard_t *guard, scim_guard_e verdict, apr_pool_t *pool)
{
    if (verdict == SCIM_GUARD_HOLDS) {
        return held(guard, pool);
    }
    return scim_error_status(pool, 403,
                             "An administrator has rejected this request, because it would take access away from many "
                             "people. Nothing was changed. It is refused for a day; the administrator can release it.");
}
