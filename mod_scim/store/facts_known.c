#include "facts_known.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <string.h>

#include "facts_short.h"
#include "rules/access.h"

#define KNOWN_KEY "scim:facts-known"

/* The cache's size for each connection; a later entry replaces an earlier one. */
#define PLACES 64

/* Maximum of groups for one subscription, because each is compared with each of the account's groups. */
#define GROUPS_MAX      50
#define GROUPS_MAX_TEXT "50"

/* After so many uses an entry that cannot be cached is read again. */
#define LOOK_AGAIN 100

#define UUID_BYTES 16
#define UUID_OID   2950

/* The columns of facts_known.sql. */
enum { READ_GROUNDS, READ_ID, READ_NAME, READ_LIMITED, READ_GROUPS };

/* The columns of facts_known_name.sql, after those of {{facts_account}}. */
enum { COLUMN_GROUNDS = SCIM_FACTS_SHORT_TRAITS, COLUMN_SOURCE, COLUMN_GROUP, COLUMN_SUBSCRIPTION, COLUMN_GRANT };

typedef struct subscription_t {
    const char *name;
    const char *id; /* UUID_BYTES long */
} subscription_t;

/* A group that gives a subscription. */
typedef struct ground_t {
    const char *group; /* UUID_BYTES long */
    const char *name;  /* the subscription's name */
} ground_t;

struct scim_known_t {
    apr_pool_t *pool;
    const char *tenant;
    const char *names;
    apr_int64_t number; /* scim.tenant.grounds */
    int fit;
    int looked; /* how often the entry was found unusable */
    apr_array_header_t *subscriptions;
    apr_array_header_t *grounds;
    scim_param_t groups, ids; /* both lists as PostgreSQL's arrays */
};

typedef struct places_t {
    scim_known_t *known[PLACES];
} places_t;

int scim_known_may(unsigned traits)
{
    return (traits & SCIM_TRAIT_GROUPS) && !(traits & (SCIM_TRAIT_NESTS | SCIM_TRAIT_FIRST));
}

static scim_known_t **place_of(const scim_conn_t *conn, const char *tenant, const char *names)
{
    apr_pool_t *home = scim_conn_home(conn);
    void *data = NULL;
    apr_pool_userdata_get(&data, KNOWN_KEY, home);
    places_t *places = data;
    if (!places) {
        places = apr_pcalloc(home, sizeof(*places));
        apr_pool_userdata_setn(places, KNOWN_KEY, NULL, home);
    }
    apr_ssize_t tenant_len = (apr_ssize_t)strlen(tenant), names_len = (apr_ssize_t)strlen(names);
    return &places
                ->known[(apr_hashfunc_default(tenant, &tenant_len) + apr_hashfunc_default(names, &names_len)) % PLACES];
}

static int is_of(const scim_known_t *known, const char *tenant, const char *names)
{
    return known && strcmp(known->tenant, tenant) == 0 && strcmp(known->names, names) == 0;
}

const scim_known_t *scim_known_find(const scim_conn_t *conn, const char *tenant, const char *names)
{
    const scim_known_t *known = *place_of(conn, tenant, names);
    return is_of(known, tenant, names) && known->fit ? known : NULL;
}

int scim_known_add(scim_batch_t *batch, const scim_conn_t *conn, const char *tenant, const char *names,
                   apr_pool_t *pool)
{
    scim_known_t *known = *place_of(conn, tenant, names);
    if (is_of(known, tenant, names) && !known->fit && ++known->looked < LOOK_AGAIN) {
        return -1;
    }
    scim_param_t *params = apr_pcalloc(pool, 3 * sizeof(*params));
    params[0].value = tenant;
    params[1].value = names;
    params[2].value = GROUPS_MAX_TEXT;
    return scim_batch_add(batch, SCIM_STMT_FACTS_KNOWN, params);
}

/* --- the cache -----------------------------------------------------------------------------------------------------*/

static char *put_number(char *at, apr_uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        *at++ = (char)(number >> shift);
    }
    return at;
}

/* A uuid[] in PostgreSQL's binary form: number of dimensions, no nulls, the type; if there is a dimension, its length
 * and first index; then each element with its length. */
static scim_param_t uuids(const apr_array_header_t *ids, apr_pool_t *pool)
{
    apr_uint32_t count = (apr_uint32_t)ids->nelts;
    char *bytes = apr_palloc(pool, 20 + count * (4 + UUID_BYTES));
    char *at = put_number(put_number(put_number(bytes, count > 0), 0), UUID_OID);
    if (count > 0) {
        at = put_number(put_number(at, count), 1);
    }
    for (apr_uint32_t i = 0; i < count; i++) {
        at = put_number(at, UUID_BYTES);
        memcpy(at, APR_ARRAY_IDX(ids, (int)i, const char *), UUID_BYTES);
        at += UUID_BYTES;
    }
    return (scim_param_t){bytes, (int)(at - bytes), 1};
}

static void add_grounds(scim_known_t *known, apr_array_header_t *groups, const char *name, const PGresult *result,
                        int row)
{
    scim_elements_t elements;
    const char *group;
    apr_size_t len;
    scim_result_elements(&elements, result, row, READ_GROUPS);
    known->fit &= elements.left <= GROUPS_MAX;
    while (known->fit && (group = scim_result_element(&elements, &len)) != NULL) {
        group = apr_pmemdup(known->pool, group, UUID_BYTES);
        APR_ARRAY_PUSH(groups, const char *) = group;
        APR_ARRAY_PUSH(known->grounds, ground_t) = (ground_t){group, name};
    }
}

static void add_subscriptions(scim_known_t *known, const PGresult *result)
{
    apr_array_header_t *groups = apr_array_make(known->pool, 4, sizeof(const char *));
    apr_array_header_t *ids = apr_array_make(known->pool, 2, sizeof(const char *));
    for (int row = 0; row < PQntuples(result); row++) {
        if (PQgetisnull(result, row, READ_ID)) {
            continue;
        }
        const char *name = apr_pstrdup(known->pool, scim_result_text(NULL, result, row, READ_NAME));
        const char *id = apr_pmemdup(known->pool, PQgetvalue(result, row, READ_ID), UUID_BYTES);
        known->fit &= !scim_result_bool(result, row, READ_LIMITED);
        APR_ARRAY_PUSH(ids, const char *) = id;
        APR_ARRAY_PUSH(known->subscriptions, subscription_t) = (subscription_t){name, id};
        add_grounds(known, groups, name, result, row);
    }
    known->groups = uuids(groups, known->pool);
    known->ids = uuids(ids, known->pool);
}

void scim_known_keep(const scim_conn_t *conn, const char *tenant, const char *names, const PGresult *result)
{
    scim_known_t **place = place_of(conn, tenant, names);
    if (*place) {
        apr_pool_destroy((*place)->pool);
        *place = NULL;
    }
    if (PQgetisnull(result, 0, READ_GROUNDS)) {
        return;
    }
    apr_pool_t *pool;
    apr_pool_create(&pool, scim_conn_home(conn));
    scim_known_t *known = apr_pcalloc(pool, sizeof(*known));
    known->pool = pool;
    known->tenant = apr_pstrdup(pool, tenant);
    known->names = apr_pstrdup(pool, names);
    known->number = scim_result_int(result, 0, READ_GROUNDS);
    known->fit = 1;
    known->subscriptions = apr_array_make(pool, 2, sizeof(subscription_t));
    known->grounds = apr_array_make(pool, 4, sizeof(ground_t));
    add_subscriptions(known, result);
    *place = known;
}

/* --- the decision ------------------------------------------------------------------------------------------------- */

scim_statement_e scim_known_statement(scim_param_t *params, const scim_known_t *known, unsigned traits)
{
    int email = (traits & SCIM_TRAIT_EMAIL) != 0;
    params[2] = known->groups;
    params[3] = known->ids;
    params[4].value = email ? "email" : "userName";
    return email ? SCIM_STMT_FACTS_KNOWN_EMAIL : SCIM_STMT_FACTS_KNOWN_NAME;
}

static int column_is(const PGresult *result, int row, int column, const char *id)
{
    return PQgetlength(result, row, column) == UUID_BYTES &&
           memcmp(PQgetvalue(result, row, column), id, UUID_BYTES) == 0;
}

static void add_once(apr_array_header_t *list, const char *text, apr_pool_t *pool)
{
    for (int i = 0; i < list->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(list, i, const char *), text) == 0) {
            return;
        }
    }
    APR_ARRAY_PUSH(list, const char *) = apr_pstrdup(pool, text);
}

static void add_by_group(scim_facts_t *facts, const scim_known_t *known, const PGresult *result, int row,
                         apr_pool_t *pool)
{
    for (int i = 0; i < known->grounds->nelts; i++) {
        const ground_t *ground = &APR_ARRAY_IDX(known->grounds, i, ground_t);
        if (column_is(result, row, COLUMN_GROUP, ground->group)) {
            add_once(facts->entitlements, ground->name, pool);
        }
    }
}

static void add_by_grant(scim_facts_t *facts, const scim_known_t *known, const PGresult *result, int row,
                         apr_pool_t *pool)
{
    for (int i = 0; i < known->subscriptions->nelts; i++) {
        const subscription_t *subscription = &APR_ARRAY_IDX(known->subscriptions, i, subscription_t);
        if (column_is(result, row, COLUMN_SUBSCRIPTION, subscription->id)) {
            add_once(facts->entitlements, subscription->name, pool);
        }
    }
}

/* The result has a row for each group and each grant. None of the subscriptions has a limit of seats, so nobody
 * waits. */
static void read_grounds(scim_facts_t *facts, const scim_known_t *known, const PGresult *result, apr_pool_t *pool)
{
    const char *source = scim_result_text(NULL, result, 0, COLUMN_SOURCE);
    const scim_access_account_t account = {
        .policy = SCIM_POLICY_GROUPS, .synced = source && strcmp(source, "scim") == 0, .is_protected = source == NULL};
    for (int row = 0; row < PQntuples(result); row++) {
        const char *grant = scim_result_text(NULL, result, row, COLUMN_GRANT);
        if (scim_access_by_group(&account)) {
            add_by_group(facts, known, result, row, pool);
        }
        if (grant && scim_access_by_grant(&account, grant)) {
            add_by_grant(facts, known, result, row, pool);
        }
    }
}

scim_facts_t *scim_known_read(const scim_known_t *known, const PGresult *result, apr_pool_t *pool)
{
    if (PQgetisnull(result, 0, COLUMN_GROUNDS) || scim_result_int(result, 0, COLUMN_GROUNDS) != known->number) {
        return NULL;
    }
    scim_facts_t *facts = apr_pcalloc(pool, sizeof(*facts));
    if (scim_facts_account(facts, result, pool)) {
        facts->entitlements = apr_array_make(pool, 2, sizeof(const char *));
        facts->waiting = apr_array_make(pool, 2, sizeof(const char *));
        if (facts->active) {
            read_grounds(facts, known, result, pool);
        }
    }
    return facts;
}
