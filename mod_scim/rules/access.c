#include "access.h"

#include <stdlib.h>
#include <string.h>

scim_policy_e scim_policy_read(const char *text)
{
    if (text && strcmp(text, "groups") == 0) {
        return SCIM_POLICY_GROUPS;
    }
    return text && strcmp(text, "all") == 0 ? SCIM_POLICY_ALL : SCIM_POLICY_MANUAL;
}

const char *scim_policy_warning(const char *policy, int sync, int automatic, int mapped)
{
    if (!sync) {
        return strcmp(policy, "first-login") == 0 && !automatic
                   ? "A first login gives nothing: no subscription is marked as automatic. Mark the one that it is to "
                     "give."
                   : NULL;
    }
    switch (scim_policy_read(policy)) {
    case SCIM_POLICY_ALL:
        return automatic ? NULL
                         : "The sync policy \"all\" gives nobody anything: no subscription is marked as automatic. "
                           "Mark the one "
                           "that everybody is to get.";
    case SCIM_POLICY_GROUPS:
        return mapped ? NULL
                      : "The sync policy \"groups\" gives nobody anything: no group is mapped to a subscription or a "
                        "role. Map "
                        "one.";
    default:
        return NULL;
    }
}

int scim_access_by_policy(const scim_access_account_t *account)
{
    return account->policy == SCIM_POLICY_ALL && account->synced && account->wire && !account->is_protected;
}

int scim_access_by_group(const scim_access_account_t *account)
{
    return account->policy == SCIM_POLICY_GROUPS && !account->is_protected;
}

int scim_access_by_grant(const scim_access_account_t *account, const char *source)
{
    if (strcmp(source, "login") != 0) {
        return 1;
    }
    return !account->is_protected && (account->policy == SCIM_POLICY_MANUAL || !account->synced);
}

/* The first 48 bits of a UUID version 7 are milliseconds: 12 digits, with a hyphen after the eighth. */
apr_time_t scim_access_id_time(const char *id)
{
    char digits[13] = "";
    if (strlen(id) < 13) {
        return 0;
    }
    memcpy(digits, id, 8);
    memcpy(digits + 8, id + 9, 4);
    return (apr_time_t)strtoull(digits, NULL, 16) * 1000;
}

scim_access_place_t scim_access_place(apr_time_t given, apr_time_t joined, const char *id)
{
    return (scim_access_place_t){joined > given ? joined : given, joined, id};
}

int scim_access_is_before(const scim_access_place_t *one, const scim_access_place_t *other)
{
    if (one->since != other->since) {
        return one->since < other->since;
    }
    return one->joined != other->joined ? one->joined < other->joined : strcmp(one->id, other->id) <= 0;
}

int scim_access_is_seated(const scim_access_place_t *place, const scim_access_place_t *last)
{
    return !last->id || !*last->id || scim_access_is_before(place, last);
}
