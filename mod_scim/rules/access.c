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

/* The first 48 bits are milliseconds: 12 digits, and a hyphen behind the eighth. */
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

int scim_access_is_seated(apr_time_t since, const char *id, apr_time_t last, const char *last_id)
{
    if (!last_id || !*last_id) {
        return 1;
    }
    return since != last ? since < last : strcmp(id, last_id) <= 0;
}
