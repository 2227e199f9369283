#include "user_list.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "admin_ops.h"
#include "listing.h"
#include "resources_private.h"
#include "rules/nouns.h"
#include "scim/json.h"

/* How many accounts are examined for a page if the effective role of each must be computed. If an index helps, the
 * statements have the number. */
#define DEPTH_COSTLY "500"

#define ROLE_IS "(scim.role_in_effect(r.tenant, r.id, r.role)).role = ?1"
/* A scalar subquery is one look-up for each account; `exists` might be planned as a scan of all members. It is never
 * null, since PostgreSQL would evaluate the rest of an `and` after null. */
#define IN_GROUPS(N)                                                                                                   \
    "(select true from scim.membership m where m.tenant = $1 and m.member_id = r.id"                                   \
    " and m.group_id = any (?" N "::uuid[]) limit 1) is true"
#define EMAILS      "jsonb_array_elements(case jsonb_typeof(r.doc -> 'emails') when 'array' then r.doc -> 'emails' end) e"
#define STARTS(KEY) "r." KEY "_key >= ?1 and r." KEY "_key < ?2"
#define HAS(KEY)                                                                                                       \
    "strpos(r." KEY "_key, ?1) > 0"                                                                                    \
    " or octet_length(r." KEY "_key) > length(r." KEY "_key) and strpos(scim.plain(r." KEY "_key), ?1) > 0"
#define ANY_KEY(IS)                                                                                                    \
    IS("user_name")                                                                                                    \
    " or " IS("former_name") " or " IS("display_name") " or " IS("family_name") " or " IS("given_name")
#define ANY_EMAIL(IS)                                                                                                  \
    "exists (select from (select left(scim.fold(e.value ->> 'value'), 256) as key from " EMAILS ") e where " IS ")"
#define GRANTED                                                                                                        \
    "(select true from scim.reach_grant g where g.tenant = $1 and g.user_id = r.id"                                    \
    " and g.subscription_id = ?2::uuid limit 1) is true"

typedef struct listing_t listing_t;

/* A filter of the list; tables of filters end with a NULL argument. */
typedef struct filter_t {
    const char *argument;  /* the argument that selects it */
    const char *value;     /* the value that the argument must have; NULL: any */
    scim_statement_e look; /* finds the accounts that may match; SCIM_STMT_COUNT: no index does */
    const char *condition; /* on one account; ?1 is the value */
    /* Adds a condition that depends on the look-up's result; NULL: `condition` is used. */
    void (*put)(listing_t *listing, const PGresult *found);
    int exact; /* the accounts that `look` finds need no condition */
} filter_t;

struct listing_t {
    scim_listing_t page;
    const char *only; /* the accounts that may match; NULL: all */
    int deleted, by_age;
};

/* --- conditions --------------------------------------------------------------------------------------------------- */

static const char *column(const listing_t *listing, const PGresult *found, const char *name)
{
    return scim_listing_column(&listing->page, found, name);
}

static int is_true(const PGresult *found, const char *name)
{
    return scim_result_bool(found, 0, PQfnumber(found, name));
}

/* Accounts with a value that begins with the text; if there is none, accounts that have it in any position, ignoring
 * accents. */
static void put_text(listing_t *listing, const PGresult *found)
{
    static const char starts[] =
        ANY_KEY(STARTS) " or r.external_id = ?3 or r.id = scim.as_id(?3) or " ANY_EMAIL("e.key >= ?1 and e.key < ?2");
    static const char has[] = ANY_KEY(HAS) " or " ANY_EMAIL("strpos(e.key, ?1) > 0");
    if (scim_result_int(found, 0, PQfnumber(found, "n")) == 0) {
        scim_listing_put(&listing->page, has, (const char *[]){column(listing, found, "part")}, 1);
        return;
    }
    scim_listing_put(
        &listing->page, starts,
        (const char *[]){column(listing, found, "low"), column(listing, found, "high"), column(listing, found, "q")},
        3);
}

/* An account without its own role has that of its groups or, if it is protected, the one that it has kept. Otherwise
 * it has the tenant's default, unless one of its groups gives another role. */
static void put_role(listing_t *listing, const PGresult *found)
{
    static const char given[] =
        "r.role = ?1 or r.role is null and (r.protected is not null or " IN_GROUPS("2") ") and " ROLE_IS;
    static const char standard[] = "r.role = ?1 or r.role is null and case when r.protected is not null then " ROLE_IS
                                   " else not (r.active and " IN_GROUPS("2") ") end";
    static const char mapped[] =
        "r.role = ?1 or r.role is null and case when r.protected is not null or r.active and " IN_GROUPS(
            "2") " then " ROLE_IS " else true end";
    int is_standard = is_true(found, "standard");
    int is_mapped = is_true(found, "mapped");
    const char *condition = is_mapped ? mapped : standard;
    scim_listing_put(&listing->page, is_standard ? condition : given,
                     (const char *[]){column(listing, found, "role"), column(listing, found, "groups")}, 2);
    if (!is_standard || is_mapped) {
        listing->page.fills[SCIM_BLANK_DEPTH] = DEPTH_COSTLY;
    }
}

static void put_group(listing_t *listing, const PGresult *found)
{
    scim_listing_put(&listing->page, IN_GROUPS("1"), (const char *[]){column(listing, found, "groups")}, 1);
}

/* The same condition as in the view scim.ground, for one account. */
static void put_subscription(listing_t *listing, const PGresult *found)
{
    static const char given[] = "r.active and r.protected is null and " IN_GROUPS("1") " or " GRANTED;
    static const char everybody[] =
        "r.active and r.protected is null and (r.source = 'scim' and r.wire or " IN_GROUPS("1") ") or " GRANTED;
    scim_listing_put(&listing->page, is_true(found, "everybody") ? everybody : given,
                     (const char *[]){column(listing, found, "groups"), column(listing, found, "subscription")}, 2);
}

#define ANY_INDEX SCIM_STMT_COUNT

static const filter_t filters[] = {
    {"q", NULL, SCIM_STMT_USER_BY_TEXT, NULL, put_text, 1},
    {"group", NULL, SCIM_STMT_USER_BY_GROUP, NULL, put_group, 1},
    {"subscription", NULL, SCIM_STMT_USER_BY_SUBSCRIPTION, NULL, put_subscription, 1},
    {"role", NULL, SCIM_STMT_USER_BY_ROLE, NULL, put_role, 0},
    {"flag", NULL, SCIM_STMT_USER_FLAGGED, "?1 = any (r.flags)", NULL, 0},
    {"protected", "true", SCIM_STMT_USER_PROTECTED, "r.protected is not null", NULL, 0},
    {"protected", "false", ANY_INDEX, "r.protected is null", NULL, 0},
    {"source", "local", SCIM_STMT_USER_LOCAL, "r.source = 'local'", NULL, 0},
    {"source", "scim", ANY_INDEX, "r.source = 'scim' and (r.wire or r.deleted_at is not null)", NULL, 0},
    {"state", "active", ANY_INDEX, "r.active", NULL, 0},
    {"state", "inactive", ANY_INDEX, "not r.active", NULL, 0},
    {NULL, NULL, ANY_INDEX, NULL, NULL, 0},
};
#define FILTERS_MAX (sizeof(filters) / sizeof(filters[0]))

/* --- look-ups ------------------------------------------------------------------------------------------------------*/

static int is_asked(const listing_t *listing, const filter_t *filter)
{
    const char *value = scim_admin_text(listing->page.call, filter->argument);
    return value && (!filter->value || strcmp(filter->value, value) == 0);
}

/* The index of local accounts does not have deleted ones. */
static int has_look(const listing_t *listing, const filter_t *filter)
{
    return filter->look != ANY_INDEX && !(listing->deleted && filter->look == SCIM_STMT_USER_LOCAL);
}

/* The results of the look-ups. */
typedef struct found_t {
    const PGresult *names, *place;
    const PGresult *filter[FILTERS_MAX]; /* NULL: not looked up */
} found_t;

static scim_error_t *look_up(found_t *found, const listing_t *listing)
{
    const scim_admin_call_t *call = listing->page.call;
    int slot[FILTERS_MAX];
    scim_batch_t *batch = scim_admin_batch(call);
    const scim_param_t *params =
        scim_params(call->pool, call->tenant, scim_json_text(call->args, NULL, call->pool), SCIM_PARAMS_END);
    int names = scim_batch_add(batch, SCIM_STMT_ADMIN_NAMES, params);
    int place = scim_batch_add(batch, SCIM_STMT_USER_PLACE, params);
    for (int i = 0; filters[i].argument; i++) {
        int wanted = is_asked(listing, &filters[i]) && has_look(listing, &filters[i]);
        slot[i] = wanted ? scim_batch_add(batch, filters[i].look, params) : -1;
    }
    scim_error_t *error = scim_batch_run(batch);
    if (error) {
        return error;
    }
    found->names = scim_batch_result(batch, names);
    found->place = scim_batch_result(batch, place);
    for (int i = 0; filters[i].argument; i++) {
        found->filter[i] = slot[i] >= 0 ? scim_batch_result(batch, slot[i]) : NULL;
    }
    return NULL;
}

/* Refuses unknown names in arguments, in a fixed order. */
static scim_error_t *refuse_unknown(const listing_t *listing, const found_t *found)
{
    static const scim_refusal_t role = {NULL, 400, "role", "Role not found: {role}"};
    static const scim_refusal_t flag = {NULL, 400, "flag",
                                        "There is no flag \"{flag}\"; make it first, or correct the name."};
    static const scim_refusal_t after = {
        NULL, 400, "after",
        "The last user of the previous page does not exist any more; begin again with the first page."};
    const struct {
        const char *argument;
        const PGresult *result;
        const scim_refusal_t *refusal;
    } names[] = {{"role", found->names, &role},
                 {"group", found->names, &scim_group_missing},
                 {"flag", found->names, &flag},
                 {"after", found->place, &after},
                 {"subscription", found->names, &scim_subscription_missing}};
    for (apr_size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const PGresult *result = names[i].result;
        int known = PQntuples(result) > 0 && !PQgetisnull(result, 0, PQfnumber(result, names[i].argument));
        if (scim_admin_text(listing->page.call, names[i].argument) && !known) {
            return scim_listing_refuse(&listing->page, names[i].refusal);
        }
    }
    return NULL;
}

/* --- the statement ------------------------------------------------------------------------------------------------ */

/* The filter whose index finds the fewest accounts; -1: none finds few. */
static int fewest(const found_t *found)
{
    int best = -1;
    apr_int64_t least = 0;
    for (int i = 0; filters[i].argument; i++) {
        const PGresult *result = found->filter[i];
        if (!result || PQgetisnull(result, 0, PQfnumber(result, "ids"))) {
            continue;
        }
        apr_int64_t n = scim_result_int(result, 0, PQfnumber(result, "n"));
        if (best < 0 || n < least) {
            best = i;
            least = n;
        }
    }
    return best;
}

static void put_filters(listing_t *listing, const found_t *found)
{
    int driver = fewest(found);
    if (driver >= 0) {
        const char *ids = scim_listing_value(&listing->page, column(listing, found->filter[driver], "ids"));
        listing->only = apr_psprintf(listing->page.call->pool, " join unnest(%s::uuid[]) i (id) on i.id = r.id", ids);
    }
    for (int i = 0; filters[i].argument; i++) {
        if (!is_asked(listing, &filters[i]) || (i == driver && filters[i].exact)) {
            continue;
        }
        if (filters[i].put) {
            filters[i].put(listing, found->filter[i]);
        } else {
            const char *flag = strchr(filters[i].condition, '?') ? column(listing, found->names, "flag") : NULL;
            scim_listing_put(&listing->page, filters[i].condition, &flag, flag != NULL);
        }
    }
}

/* The position in the order: by age, by name, or for deleted accounts by the former name. */
static void put_place(listing_t *listing, const found_t *found)
{
    scim_listing_t *page = &listing->page;
    if (!scim_admin_text(page->call, "after")) {
        return;
    }
    const char *id = column(listing, found->place, "after");
    const char *key = column(listing, found->place, "key");
    if (listing->by_age) {
        scim_listing_place(page, "r.id", apr_pstrcat(page->call->pool, scim_listing_value(page, id), "::uuid", NULL));
    } else if (listing->deleted) {
        const char *name = scim_listing_value(page, key);
        scim_listing_place(page, "(r.former_name_key, r.id)",
                           apr_psprintf(page->call->pool, "(%s::text, %s::uuid)", name, scim_listing_value(page, id)));
    } else {
        scim_listing_place(page, "r.user_name_key", scim_listing_value(page, key));
    }
}

static scim_error_t *read_page(listing_t *listing)
{
    scim_listing_t *page = &listing->page;
    int merged = listing->by_age && !listing->deleted && !listing->only; /* visible to clients, and not */
    page->fills[SCIM_BLANK_ONLY] = listing->only;
    if (merged) {
        scim_listing_order(page, "r.type", "r.id");
    } else if (listing->by_age) {
        page->fills[SCIM_BLANK_RANGE] = listing->deleted ? "r.deleted_at is not null" : "r.deleted_at is null";
        scim_listing_order(page, "r.id", NULL);
    } else if (listing->deleted) {
        page->fills[SCIM_BLANK_RANGE] = "r.deleted_at is not null and r.former_name_key is not null";
        scim_listing_order(page, "r.former_name_key", "r.id");
    } else {
        scim_listing_order(page, "r.user_name_key", NULL);
    }
    return scim_listing_read(page, merged ? SCIM_STMT_ADMIN_USER_LIST_CREATED : SCIM_STMT_ADMIN_USER_LIST,
                             !listing->only);
}

static int needs_look(const listing_t *listing)
{
    int needed = scim_admin_text(listing->page.call, "after") != NULL;
    for (const filter_t *filter = filters; filter->argument; filter++) {
        needed |= filter->look != ANY_INDEX && is_asked(listing, filter);
    }
    return needed;
}

scim_error_t *scim_user_list(scim_admin_call_t *call)
{
    listing_t listing = {.only = NULL};
    found_t found = {NULL, NULL, {NULL}};
    scim_listing_begin(&listing.page, call);
    listing.by_age = scim_listing_asks(&listing.page, "sort", "created");
    listing.deleted = scim_listing_asks(&listing.page, "state", "deleted");
    if (needs_look(&listing)) {
        scim_error_t *error = look_up(&found, &listing);
        error = error ? error : refuse_unknown(&listing, &found);
        if (error) {
            return error;
        }
    }
    put_place(&listing, &found);
    put_filters(&listing, &found);
    return read_page(&listing);
}
