#include "user_list.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "admin_ops.h"
#include "compose.h"
#include "filter_sql.h"
#include "resources_private.h"
#include "rules/nouns.h"
#include "scim/json.h"

#define PAGE_ROWS 50 /* where nobody says */

/* How many accounts are looked at for a page, at the most: of those that a look-up by an index can tell, and of those
 * whose role in effect has to be worked out for each. */
#define DEPTH        "10000"
#define DEPTH_COSTLY "500"

#define ROLE_IS "(scim.role_in_effect(r.tenant, r.id, r.role)).role = ?1"
/* A look-up for each account; as `exists` it might be planned as a list of all members. Never null: what an `and` has
 * after that would be worked out all the same. */
#define IN_GROUPS(N)                                                                                                   \
    "(select true from scim.membership m where m.tenant = r.tenant and m.member_id = r.id"                             \
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
    "(select true from scim.reach_grant g where g.tenant = r.tenant and g.user_id = r.id"                              \
    " and g.subscription_id = ?2::uuid limit 1) is true"

typedef struct listing_t listing_t;

/* What narrows the list down; tables end with a NULL argument. */
typedef struct filter_t {
    const char *argument;  /* by which it is asked for */
    const char *value;     /* and that has to be this; NULL: any */
    scim_statement_e look; /* finds whom it may be about; SCIM_STMT_COUNT: no index does */
    const char *condition; /* about one account; ?1 is the value */
    /* Puts a condition that depends on what was found; NULL: `condition` is all. */
    void (*put)(listing_t *listing, const PGresult *found);
    int exact; /* whom it has found needs no condition */
} filter_t;

struct listing_t {
    scim_admin_call_t *call;
    scim_sql_t sql; /* the conditions, and all values */
    const char *depth;
    const char *only; /* the accounts that may fit; NULL: any */
    const char *place;
    int deleted, by_age, descending;
};

/* --- conditions --------------------------------------------------------------------------------------------------- */

/* A condition with its values, of which ?1 is the first. */
static void put(listing_t *listing, const char *text, const char *const *values, int n)
{
    int before = listing->sql.params->nelts;
    for (int i = 0; i < n; i++) {
        APR_ARRAY_PUSH(listing->sql.params, const char *) = values[i];
    }
    scim_buf_puts(&listing->sql.text, " and (");
    for (const char *mark; (mark = strchr(text, '?')) != NULL; text = mark + 2) {
        scim_buf_add(&listing->sql.text, text, (apr_size_t)(mark - text));
        scim_buf_printf(&listing->sql.text, "$%d", before + mark[1] - '0');
    }
    scim_buf_printf(&listing->sql.text, "%s)", text);
}

static const char *column(const listing_t *listing, const PGresult *found, const char *name)
{
    apr_size_t len;
    const char *text = scim_result_text(&len, found, 0, PQfnumber(found, name));
    return text ? apr_pstrmemdup(listing->call->pool, text, len) : NULL;
}

static int is_true(const PGresult *found, const char *name)
{
    return scim_result_bool(found, 0, PQfnumber(found, name));
}

/* Those of whom something starts so; where nobody's does, those that have it anywhere, accents aside. */
static void put_text(listing_t *listing, const PGresult *found)
{
    static const char starts[] =
        ANY_KEY(STARTS) " or r.external_id = ?3 or r.id = scim.as_id(?3) or " ANY_EMAIL("e.key >= ?1 and e.key < ?2");
    static const char has[] = ANY_KEY(HAS) " or " ANY_EMAIL("strpos(e.key, ?1) > 0");
    if (scim_result_int(found, 0, PQfnumber(found, "n")) == 0) {
        put(listing, has, (const char *[]){column(listing, found, "part")}, 1);
        return;
    }
    put(listing, starts,
        (const char *[]){column(listing, found, "low"), column(listing, found, "high"), column(listing, found, "q")},
        3);
}

/* What is not the account's own role comes by groups, or, where the account is protected, by what it has kept. The
 * tenant's default is the role of those who have none and are in no group that gives one, unless it gives this one. */
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
    put(listing, is_standard ? condition : given,
        (const char *[]){column(listing, found, "role"), column(listing, found, "groups")}, 2);
    listing->depth = is_standard && !is_mapped ? listing->depth : DEPTH_COSTLY;
}

static void put_group(listing_t *listing, const PGresult *found)
{
    put(listing, IN_GROUPS("1"), (const char *[]){column(listing, found, "groups")}, 1);
}

/* As the view scim.ground has it, of one account. */
static void put_subscription(listing_t *listing, const PGresult *found)
{
    static const char given[] = "r.active and r.protected is null and " IN_GROUPS("1") " or " GRANTED;
    static const char everybody[] =
        "r.active and r.protected is null and (r.source = 'scim' and r.wire or " IN_GROUPS("1") ") or " GRANTED;
    put(listing, is_true(found, "everybody") ? everybody : given,
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

/* --- looking up --------------------------------------------------------------------------------------------------- */

static int is_asked(const listing_t *listing, const filter_t *filter)
{
    const char *value = scim_admin_text(listing->call, filter->argument);
    return value && (!filter->value || strcmp(filter->value, value) == 0);
}

/* An index of local accounts has none that are deleted. */
static int has_look(const listing_t *listing, const filter_t *filter)
{
    return filter->look != ANY_INDEX && !(listing->deleted && filter->look == SCIM_STMT_USER_LOCAL);
}

/* What the look-ups have found. */
typedef struct found_t {
    const PGresult *names, *place;
    const PGresult *filter[FILTERS_MAX]; /* NULL: not looked up */
} found_t;

static scim_error_t *look_up(found_t *found, const listing_t *listing)
{
    const scim_admin_call_t *call = listing->call;
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

/* What an argument names and nobody knows, in the order in which it is refused. */
static scim_error_t *refuse_unknown(const listing_t *listing, const found_t *found)
{
    static const scim_refusal_t role = {NULL, 400, "role", "Role not found: {role}"};
    static const scim_refusal_t flag = {NULL, 400, "flag", "There is no flag \"{flag}\"."};
    static const scim_refusal_t after = {
        NULL, 400, "after",
        "The user that the page before ended with is there no more; begin again with the first page."};
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
        if (scim_admin_text(listing->call, names[i].argument) && !known) {
            const scim_admin_call_t *call = listing->call;
            scim_asked_t asked = {
                .args = call->args, .facts = scim_json_own(json_object_new_object(), call->pool), .pool = call->pool};
            return scim_action_refuse(&asked, names[i].refusal);
        }
    }
    return NULL;
}

/* --- the statement ------------------------------------------------------------------------------------------------ */

/* The filter that finds the fewest accounts by its index; -1: none finds few. */
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

static const char *add_value(listing_t *listing, const char *value)
{
    APR_ARRAY_PUSH(listing->sql.params, const char *) = value;
    return apr_psprintf(listing->call->pool, "$%d", listing->sql.params->nelts);
}

static void put_filters(listing_t *listing, const found_t *found)
{
    int driver = fewest(found);
    if (driver >= 0) {
        listing->only = apr_psprintf(listing->call->pool, " join unnest(%s::uuid[]) i (id) on i.id = r.id",
                                     add_value(listing, column(listing, found->filter[driver], "ids")));
    }
    for (int i = 0; filters[i].argument; i++) {
        if (!is_asked(listing, &filters[i]) || (i == driver && filters[i].exact)) {
            continue;
        }
        if (filters[i].put) {
            filters[i].put(listing, found->filter[i]);
        } else {
            const char *flag = strchr(filters[i].condition, '?') ? column(listing, found->names, "flag") : NULL;
            put(listing, filters[i].condition, &flag, flag != NULL);
        }
    }
}

/* By age, by name, or, of those that are deleted, by the name that they had. */
static void put_place(listing_t *listing, const found_t *found)
{
    apr_pool_t *pool = listing->call->pool;
    const char *beyond = listing->descending ? "<" : ">";
    if (!scim_admin_text(listing->call, "after")) {
        return;
    }
    const char *id = column(listing, found->place, "after");
    const char *key = column(listing, found->place, "key");
    if (listing->by_age) {
        listing->place = apr_psprintf(pool, " and r.id %s %s::uuid", beyond, add_value(listing, id));
    } else if (listing->deleted) {
        const char *name = add_value(listing, key);
        listing->place = apr_psprintf(pool, " and (r.former_name_key, r.id) %s (%s::text, %s::uuid)", beyond, name,
                                      add_value(listing, id));
    } else {
        listing->place = apr_psprintf(pool, " and r.user_name_key %s %s::text", beyond, add_value(listing, key));
    }
}

/* Where the index of all that are on the wire and the one of all that are not are merged. */
static int is_merged(const listing_t *listing)
{
    return listing->by_age && !listing->deleted && !listing->only;
}

static const char *order_by(const listing_t *listing)
{
    const char *direction = listing->descending ? "desc" : "asc";
    const char *first = is_merged(listing) ? "r.type" : listing->deleted ? "r.former_name_key" : "r.user_name_key";
    apr_pool_t *pool = listing->call->pool;
    if (listing->by_age && !is_merged(listing)) {
        return apr_psprintf(pool, "r.id %s", direction);
    }
    if (is_merged(listing) || listing->deleted) {
        return apr_psprintf(pool, "%s %s, r.id %s", first, direction, direction);
    }
    return apr_psprintf(pool, "%s %s", first, direction);
}

/* Which accounts the order is about; NULL: what the statement's file says. */
static const char *range_of(const listing_t *listing)
{
    if (!listing->deleted) {
        return listing->by_age ? "r.deleted_at is null" : NULL;
    }
    return listing->by_age ? "r.deleted_at is not null" : "r.deleted_at is not null and r.former_name_key is not null";
}

static const char *statement_of(const listing_t *listing)
{
    const char *fills[SCIM_BLANK_COUNT] = {NULL};
    fills[SCIM_BLANK_FILTER] = listing->sql.text.data;
    fills[SCIM_BLANK_RANGE] = range_of(listing);
    fills[SCIM_BLANK_ORDER] = order_by(listing);
    fills[SCIM_BLANK_ONLY] = listing->only;
    fills[SCIM_BLANK_PLACE] = listing->place;
    fills[SCIM_BLANK_DEPTH] = listing->depth;
    return scim_compose(is_merged(listing) ? SCIM_STMT_ADMIN_USER_LIST_CREATED : SCIM_STMT_ADMIN_USER_LIST, fills,
                        listing->call->pool);
}

static scim_error_t *read_page(listing_t *listing)
{
    scim_admin_call_t *call = listing->call;
    const char *text = statement_of(listing);
    scim_batch_t *batch = scim_admin_batch(call);
    if (!listing->only) { /* an index has the order */
        scim_batch_add(batch, SCIM_STMT_BOUND_ORDERED,
                       scim_params(call->pool, scim_conn_timeout_text(call->conn), "off", SCIM_PARAMS_END));
    }
    int slot = scim_add_values(batch, text, listing->sql.params, call->pool);
    scim_error_t *error = scim_batch_run(batch);
    return error ? error : scim_admin_answer(call, scim_batch_result(batch, slot));
}

static int needs_look(const listing_t *listing)
{
    int needed = scim_admin_text(listing->call, "after") != NULL;
    for (const filter_t *filter = filters; filter->argument; filter++) {
        needed |= filter->look != ANY_INDEX && is_asked(listing, filter);
    }
    return needed;
}

scim_error_t *scim_user_list(scim_admin_call_t *call)
{
    listing_t listing = {.call = call, .depth = DEPTH};
    const char *sort = scim_admin_text(call, "sort");
    const char *order = scim_admin_text(call, "order");
    const char *state = scim_admin_text(call, "state");
    const char *limit = scim_admin_text(call, "limit");
    found_t found = {NULL, NULL, {NULL}};
    listing.by_age = sort && strcmp(sort, "created") == 0;
    listing.descending = order && strcmp(order, "descending") == 0;
    listing.deleted = state && strcmp(state, "deleted") == 0;
    listing.sql.params = apr_array_make(call->pool, 16, sizeof(const char *));
    add_value(&listing, call->tenant);
    add_value(&listing, limit ? limit : apr_itoa(call->pool, PAGE_ROWS));
    scim_buf_init(&listing.sql.text, 256, call->pool);
    scim_buf_puts(&listing.sql.text, "true");
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
