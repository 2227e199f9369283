#include "facts_short.h"

#include <apr_strings.h>
#include <string.h>

#include "rules/access.h"
#include "scim/text.h"

/* The columns of {{facts_account}}; from KIND on those of each kind of decision. */
enum {
    COLUMN_ENABLED,
    COLUMN_ID,
    COLUMN_ACCOUNT,
    COLUMN_ACTIVE,
    COLUMN_FLAGS,
    COLUMN_EMAIL,
    COLUMN_NESTS,
    COLUMN_POLICY,
    COLUMN_FIRST,
    KIND,
};

enum {
    SEAT_NAME = KIND,
    SEAT_AUTOMATIC,
    SEAT_AUTOMATIC_SINCE,
    SEAT_LIMITED,
    SEAT_LAST,
    SEAT_LAST_JOINED,
    SEAT_LAST_ID,
    SEAT_MAPPED,
    SEAT_JOINED,
    SEAT_GRANTED,
    SEAT_GRANT_JOINED,
    SEAT_GRANT,
    SEAT_SOURCE,
    SEAT_WIRE,
    SEAT_PROTECTED,
};

enum {
    ROLE_DEFAULT = KIND,
    ROLE_OWN,
    ROLE_CREATED,
    ROLE_MAPPED,
    ROLE_JOINED,
    ROLE_OF_GROUP,
    ROLE_GRANTED,
    ROLE_GRANT_JOINED,
    ROLE_GRANT,
    ROLE_OF_GRANT,
    ROLE_SOURCE,
    ROLE_PROTECTED,
};

_Static_assert(COLUMN_EMAIL == SCIM_FACTS_SHORT_TRAITS, "the traits are where the header says");

/* Index: [whether groups decide][whether people log in by e-mail address]. */
typedef struct kind_t {
    unsigned list;
    unsigned unfit; /* traits of tenants for which it cannot be used */
    scim_statement_e statements[2][2];
} kind_t;

#define BOTH(plain, groups)                                                                                            \
    {                                                                                                                  \
        {plain##_NAME, plain##_EMAIL}, {groups##_NAME, groups##_EMAIL},                                                \
    }

static const kind_t kinds[] = {
    {0, SCIM_TRAIT_FIRST, BOTH(SCIM_STMT_FACTS_SHORT_USER, SCIM_STMT_FACTS_SHORT_USER)},
    {SCIM_FACTS_ROLES, SCIM_TRAIT_FIRST, BOTH(SCIM_STMT_FACTS_SHORT_ROLE, SCIM_STMT_FACTS_SHORT_ROLE_GROUPS)},
    {SCIM_FACTS_ENTITLEMENTS, SCIM_TRAIT_FIRST, BOTH(SCIM_STMT_FACTS_SHORT_SEAT, SCIM_STMT_FACTS_SHORT_SEAT_GROUPS)},
    {SCIM_FACTS_GROUPS, SCIM_TRAIT_FIRST | SCIM_TRAIT_NESTS,
     BOTH(SCIM_STMT_FACTS_SHORT_GROUP, SCIM_STMT_FACTS_SHORT_GROUP)},
};

apr_array_header_t *scim_facts_list(const PGresult *result, int column, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(const char *));
    scim_elements_t elements;
    scim_result_elements(&elements, result, 0, column);
    apr_size_t len;
    const char *text;
    while ((text = scim_result_element(&elements, &len)) != NULL) {
        APR_ARRAY_PUSH(list, const char *) = apr_pstrmemdup(pool, text, len);
    }
    return list;
}

int scim_facts_account(scim_facts_t *facts, const PGresult *result, apr_pool_t *pool)
{
    char id[SCIM_ID_SIZE];
    facts->tenant = !PQgetisnull(result, 0, COLUMN_ENABLED);
    facts->enabled = scim_result_bool(result, 0, COLUMN_ENABLED);
    facts->found = !PQgetisnull(result, 0, COLUMN_ID);
    if (!facts->found) {
        return 0;
    }
    scim_result_uuid(id, result, 0, COLUMN_ID);
    facts->id = apr_pstrdup(pool, id);
    facts->account = apr_pstrdup(pool, scim_result_text(NULL, result, 0, COLUMN_ACCOUNT));
    facts->active = scim_result_bool(result, 0, COLUMN_ACTIVE);
    facts->flags = scim_facts_list(result, COLUMN_FLAGS, pool);
    return 1;
}

static int column_is(const PGresult *result, int row, int column, const char *text)
{
    const char *value = scim_result_text(NULL, result, row, column);
    return value && strcmp(value, text) == 0;
}

unsigned scim_facts_traits(const PGresult *result, int column)
{
    if (PQgetisnull(result, 0, column)) {
        return 0;
    }
    return SCIM_TRAIT_KNOWN | (column_is(result, 0, column, "email") ? SCIM_TRAIT_EMAIL : 0) |
           (scim_result_bool(result, 0, column + 1) ? SCIM_TRAIT_NESTS : 0) |
           (column_is(result, 0, column + 2, "groups") ? SCIM_TRAIT_GROUPS : 0) |
           (column_is(result, 0, column + 3, "first-login") ? SCIM_TRAIT_FIRST : 0);
}

int scim_facts_short(unsigned list, unsigned traits)
{
    int nested_policy = (traits & SCIM_TRAIT_NESTS) && (traits & SCIM_TRAIT_GROUPS);
    for (apr_size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const kind_t *kind = &kinds[i];
        if (kind->list == list && (traits & SCIM_TRAIT_KNOWN) && !(traits & kind->unfit) &&
            !(list != 0 && nested_policy)) {
            return (int)kind->statements[(traits & SCIM_TRAIT_GROUPS) != 0][(traits & SCIM_TRAIT_EMAIL) != 0];
        }
    }
    return -1;
}

static int is_in(const apr_array_header_t *list, const char *text)
{
    for (int i = 0; i < list->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(list, i, const char *), text) == 0) {
            return 1;
        }
    }
    return 0;
}

static void add_once(apr_array_header_t *list, const char *text, apr_pool_t *pool)
{
    if (!is_in(list, text)) {
        APR_ARRAY_PUSH(list, const char *) = apr_pstrdup(pool, text);
    }
}

/* The positions of the columns differ by kind; `wire` -1: not needed. */
static scim_access_account_t read_account(const PGresult *result, int source, int wire, int is_protected)
{
    return (scim_access_account_t){
        .policy = scim_policy_read(scim_result_text(NULL, result, 0, COLUMN_POLICY)),
        .synced = column_is(result, 0, source, "scim"),
        .wire = wire >= 0 && scim_result_bool(result, 0, wire),
        .is_protected = !PQgetisnull(result, 0, is_protected),
    };
}

static int has_grant(const PGresult *result, int row, int column, const scim_access_account_t *account)
{
    const char *source = scim_result_text(NULL, result, row, column);
    return source && scim_access_by_grant(account, source);
}

/* --- subscriptions ------------------------------------------------------------------------------------------------ */

static void be_earlier(scim_access_place_t *place, scim_access_place_t other)
{
    if (!place->id || scim_access_is_before(&other, place)) {
        *place = other;
    }
}

/* The account's place for the subscription in a row; without an id: the row does not give it. */
static scim_access_place_t seat_place(const PGresult *result, int row, const scim_access_account_t *account,
                                      const char *id)
{
    scim_access_place_t place = {0, 0, NULL};
    if (scim_result_bool(result, row, SEAT_AUTOMATIC) && scim_access_by_policy(account)) {
        apr_time_t given = scim_result_time(result, row, SEAT_AUTOMATIC_SINCE);
        be_earlier(&place, scim_access_place(given, scim_access_id_time(id), id));
    }
    if (!PQgetisnull(result, row, SEAT_JOINED) && scim_access_by_group(account)) {
        apr_time_t given = scim_result_time(result, row, SEAT_MAPPED);
        be_earlier(&place, scim_access_place(given, scim_result_time(result, row, SEAT_JOINED), id));
    }
    if (has_grant(result, row, SEAT_GRANT, account)) {
        be_earlier(&place, (scim_access_place_t){scim_result_time(result, row, SEAT_GRANTED),
                                                 scim_result_time(result, row, SEAT_GRANT_JOINED), id});
    }
    return place;
}

/* A subscription has a row for each way in which the account may have it. It has a seat if one of the rows gives
 * one. */
static void read_seats(scim_facts_t *facts, const PGresult *result, apr_pool_t *pool)
{
    const scim_access_account_t account = read_account(result, SEAT_SOURCE, SEAT_WIRE, SEAT_PROTECTED);
    apr_array_header_t *all = apr_array_make(pool, 4, sizeof(const char *));
    for (int row = 0; row < PQntuples(result); row++) {
        const char *name = scim_result_text(NULL, result, row, SEAT_NAME);
        const scim_access_place_t place = seat_place(result, row, &account, facts->id);
        char id[SCIM_ID_SIZE];
        if (!name || !place.id) {
            continue;
        }
        scim_result_uuid(id, result, row, SEAT_LAST_ID);
        const scim_access_place_t last = {scim_result_time(result, row, SEAT_LAST),
                                          scim_result_time(result, row, SEAT_LAST_JOINED), id};
        add_once(all, name, pool);
        if (!scim_result_bool(result, row, SEAT_LIMITED) || scim_access_is_seated(&place, &last)) {
            add_once(facts->entitlements, name, pool);
        }
    }
    for (int i = 0; i < all->nelts; i++) {
        if (!is_in(facts->entitlements, APR_ARRAY_IDX(all, i, const char *))) {
            APR_ARRAY_PUSH(facts->waiting, const char *) = APR_ARRAY_IDX(all, i, const char *);
        }
    }
}

/* --- roles -------------------------------------------------------------------------------------------------------- */

/* The effective role is the one that was given first; of several at the same time, the first by name. The place has
 * the role in its id. */
static void add_role(scim_facts_t *facts, scim_access_place_t *given, scim_access_place_t place, apr_pool_t *pool)
{
    add_once(facts->roles, place.id, pool);
    if (!given->id || scim_access_is_before(&place, given)) {
        *given = place;
        given->id = apr_pstrdup(pool, place.id);
    }
}

static void read_roles(scim_facts_t *facts, const PGresult *result, apr_pool_t *pool)
{
    const scim_access_account_t account = read_account(result, ROLE_SOURCE, -1, ROLE_PROTECTED);
    const char *own = scim_result_text(NULL, result, 0, ROLE_OWN);
    const char *standard = scim_result_text(NULL, result, 0, ROLE_DEFAULT);
    scim_access_place_t given = {0, 0, NULL};
    facts->role = apr_pstrdup(pool, own ? own : standard);
    if (!facts->active) {
        return;
    }
    if (own) {
        apr_time_t created = scim_result_time(result, 0, ROLE_CREATED);
        add_role(facts, &given, (scim_access_place_t){created, created, own}, pool);
    } else {
        add_once(facts->roles, standard, pool);
    }
    for (int row = 0; row < PQntuples(result); row++) {
        const char *by_group = scim_result_text(NULL, result, row, ROLE_OF_GROUP);
        if (by_group && scim_access_by_group(&account)) {
            apr_time_t mapped = scim_result_time(result, row, ROLE_MAPPED);
            add_role(facts, &given, scim_access_place(mapped, scim_result_time(result, row, ROLE_JOINED), by_group),
                     pool);
        }
        if (has_grant(result, row, ROLE_GRANT, &account)) {
            const scim_access_place_t place = {scim_result_time(result, row, ROLE_GRANTED),
                                               scim_result_time(result, row, ROLE_GRANT_JOINED),
                                               scim_result_text(NULL, result, row, ROLE_OF_GRANT)};
            add_role(facts, &given, place, pool);
        }
    }
    if (!own && given.id) {
        facts->role = given.id;
    }
}

/* --- groups ------------------------------------------------------------------------------------------------------- */

static void read_groups(scim_facts_t *facts, const PGresult *result, apr_pool_t *pool)
{
    for (int row = 0; row < PQntuples(result); row++) {
        const char *name = scim_result_text(NULL, result, row, KIND);
        if (name) {
            APR_ARRAY_PUSH(facts->groups, const char *) = apr_pstrdup(pool, name);
        }
    }
}

/* --- all ---------------------------------------------------------------------------------------------------------- */

scim_facts_t *scim_facts_short_read(const PGresult *result, unsigned list, apr_pool_t *pool)
{
    scim_facts_t *facts = apr_pcalloc(pool, sizeof(*facts));
    if (!scim_facts_account(facts, result, pool)) {
        return facts;
    }
    switch (list) {
    case SCIM_FACTS_ENTITLEMENTS:
        facts->entitlements = apr_array_make(pool, 2, sizeof(const char *));
        facts->waiting = apr_array_make(pool, 2, sizeof(const char *));
        if (facts->active) {
            read_seats(facts, result, pool);
        }
        break;
    case SCIM_FACTS_ROLES:
        facts->roles = apr_array_make(pool, 2, sizeof(const char *));
        read_roles(facts, result, pool);
        break;
    case SCIM_FACTS_GROUPS:
        facts->groups = apr_array_make(pool, 4, sizeof(const char *));
        read_groups(facts, result, pool);
        break;
    default:
        break;
    }
    return facts;
}
