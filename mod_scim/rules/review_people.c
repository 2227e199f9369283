/* What each person had, by the rules of a review. */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "past.h"
#include "review_private.h"
#include "scim/json.h"
#include "scim/table.h"
#include "scim/text.h"

/* A source of access: why somebody had something. */
typedef struct ground_t {
    subscription_t *subscription; /* NULL: it is a role */
    const char *role;
    const char *source, *id, *name, *through;
    apr_time_t since, joined;
} ground_t;

typedef struct person_t {
    const scim_review_t *review;
    json_object *given, *log, *is;
    json_object *joined; /* the log's entries about joining and leaving groups */
    const char *id;
    scim_access_account_t account;
    apr_array_header_t *grounds; /* ground_t */
    apr_pool_t *pool;
} person_t;

static size_t length_of(json_object *list)
{
    return list ? json_object_array_length(list) : 0;
}

static const char *text_of(json_object *value)
{
    return value ? json_object_get_string(value) : NULL;
}

static const char *member_text(const person_t *person, const char *name)
{
    return text_of(scim_past_member(person->log, person->review->moment, person->is, name));
}

static const char *fact(const person_t *person, const char *name)
{
    return scim_past_text(person->log, person->review->moment, person->is, name);
}

/* Reads a person; 0: the account did not exist, or was not active. */
static int read_person(person_t *person, const scim_review_t *review, json_object *given, apr_pool_t *pool)
{
    *person = (person_t){.review = review, .given = given, .pool = pool};
    person->log = json_object_object_get(given, "log");
    person->is = json_object_object_get(given, "is");
    person->id = scim_past_get(given, "id");
    const char *active = member_text(person, "active"), *source = fact(person, "source");
    if (!scim_past_there(person->log, review->moment, person->is) || (active && strcmp(active, "false") == 0)) {
        return 0;
    }
    int synced = !source || strcmp(source, "scim") == 0;
    person->account = (scim_access_account_t){review->policy, synced, synced, fact(person, "protected") != NULL};
    person->grounds = apr_array_make(pool, 8, sizeof(ground_t));
    return 1;
}

static void add_ground(person_t *person, const gift_t *gift, const ground_t *ground)
{
    ground_t *added = &APR_ARRAY_PUSH(person->grounds, ground_t);
    *added = *ground;
    added->subscription = gift->subscription;
    added->role = gift->role;
}

/* --- policy and role ------------------------------------------------------------------------------------------------
 */

static void add_policy(person_t *person)
{
    apr_time_t made = scim_access_id_time(person->id);
    const apr_array_header_t *all = person->review->subscriptions;
    for (int i = 0; scim_access_by_policy(&person->account) && i < all->nelts; i++) {
        subscription_t *one = APR_ARRAY_IDX(all, i, subscription_t *);
        gift_t gift = {one, NULL, one->since};
        if (one->automatic) {
            add_ground(person, &gift,
                       &(ground_t){.source = "policy",
                                   .name = "all",
                                   .since = scim_access_place(one->since, made, "").since,
                                   .joined = made});
        }
    }
}

static apr_time_t created(const person_t *person)
{
    json_object *entry = scim_past_entry(person->log, person->review->moment, 0, "create", NULL, NULL, NULL);
    apr_time_t kept = scim_past_time(person->is, "created");
    return kept ? kept : entry ? scim_past_at(entry) : 0;
}

static void add_role(person_t *person)
{
    const char *own = fact(person, "role");
    apr_time_t since = created(person);
    gift_t gift = {NULL, own ? own : person->review->default_role, since};
    add_ground(person, &gift, &(ground_t){.source = own ? "account" : "default", .since = since, .joined = since});
}

/* --- groups ---------------------------------------------------------------------------------------------------------
 */

static void add_gifts(person_t *person, const char *group, apr_time_t since, apr_time_t joined, const char *through)
{
    const apr_array_header_t *gifts = apr_hash_get(person->review->gifts, group, APR_HASH_KEY_STRING);
    const char *name = apr_hash_get(person->review->groups, group, APR_HASH_KEY_STRING);
    for (int i = 0; gifts && name && i < gifts->nelts; i++) {
        const gift_t *gift = &APR_ARRAY_IDX(gifts, i, gift_t);
        add_ground(person, gift,
                   &(ground_t){.source = "group",
                               .id = group,
                               .name = name,
                               .through = through,
                               .since = gift->since > since ? gift->since : since,
                               .joined = joined});
    }
}

/* Follows nested groups upwards: `since` gets, for each group, the time since which it contains this one. */
static void climb(apr_hash_t *since, const scim_review_t *review, const char *group, apr_time_t from, apr_pool_t *pool)
{
    const apr_array_header_t *above = apr_hash_get(review->above, group, APR_HASH_KEY_STRING);
    if (!apr_hash_get(review->groups, group, APR_HASH_KEY_STRING)) {
        return;
    }
    for (int i = 0; above && i < above->nelts; i++) {
        const membership_t *in = &APR_ARRAY_IDX(above, i, membership_t);
        apr_time_t at = in->added > from ? in->added : from;
        apr_time_t *known = apr_hash_get(since, in->group, APR_HASH_KEY_STRING);
        if (known && *known <= at) {
            continue;
        }
        known = apr_pmemdup(pool, &at, sizeof(at));
        apr_hash_set(since, in->group, APR_HASH_KEY_STRING, known);
        climb(since, review, in->group, at, pool);
    }
}

static void add_group(person_t *person, const membership_t *in)
{
    apr_hash_t *since = scim_table_make(person->pool);
    const char *name = apr_hash_get(person->review->groups, in->group, APR_HASH_KEY_STRING);
    add_gifts(person, in->group, in->added, in->added, NULL);
    climb(since, person->review, in->group, 0, person->pool);
    for (apr_hash_index_t *at = apr_hash_first(person->pool, since); at; at = apr_hash_next(at)) {
        apr_time_t way = *(const apr_time_t *)apr_hash_this_val(at);
        add_gifts(person, apr_hash_this_key(at), way > in->added ? way : in->added, in->added, name);
    }
}

static void add_groups(person_t *person)
{
    if (!scim_access_by_group(&person->account)) {
        return;
    }
    const apr_array_header_t *in = review_memberships(person->review, json_object_object_get(person->given, "groups"),
                                                      person->joined, person->pool);
    for (int i = 0; i < in->nelts; i++) {
        add_group(person, &APR_ARRAY_IDX(in, i, membership_t));
    }
}

/* --- grants ---------------------------------------------------------------------------------------------------------
 */

/* A grant, from its row or from an entry of the log. */
typedef struct grant_t {
    const char *id, *subscription, *role, *source, *by;
    apr_time_t granted, joined;
} grant_t;

static const char *action_of(json_object *entry)
{
    return scim_past_get(entry, "action");
}

static json_object *details(json_object *entry)
{
    json_object *after = json_object_object_get(entry, "after");
    return after ? after : json_object_object_get(entry, "before");
}

static grant_t of_row(json_object *row)
{
    return (grant_t){scim_past_get(row, "id"),     scim_past_get(row, "subscription"), scim_past_get(row, "role"),
                     scim_past_get(row, "source"), scim_past_get(row, "grantedBy"),    scim_past_time(row, "granted"),
                     scim_past_time(row, "joined")};
}

static apr_time_t time_or(json_object *object, const char *name, apr_time_t other)
{
    const char *text = scim_past_get(object, name);
    apr_time_t time;
    return text && scim_time_read(&time, text) ? time : other;
}

static grant_t of_entry(const scim_review_t *review, json_object *entry)
{
    json_object *what = details(entry);
    const char *name = scim_past_get(what, "subscription"), *by = scim_past_get(what, "grantedBy");
    grant_t grant = {.id = scim_past_get(what, "id"),
                     .subscription = name ? review_subscription_id(review, scim_past_at(entry), name) : NULL,
                     .role = scim_past_get(what, "role"),
                     .source = scim_past_get(what, "source"),
                     .by = by ? by : scim_past_get(entry, "actor")};
    grant.granted = time_or(what, "granted", scim_past_at(entry));
    grant.joined = time_or(what, "joined", grant.granted);
    return grant;
}

static int is_equal(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

static int is_same_grant(const grant_t *one, const grant_t *other)
{
    return is_equal(one->subscription, other->subscription) && is_equal(one->role, other->role) &&
           is_equal(one->source, other->source);
}

/* A grant that a person has now, or that the log mentions. */
typedef struct standing_t {
    grant_t grant;
    int row;                  /* it exists now */
    json_object *last, *next; /* the last entry about it up to the moment, and the first one after it */
} standing_t;

static standing_t *standing_of(apr_array_header_t *all, const grant_t *grant)
{
    for (int i = 0; i < all->nelts; i++) {
        if (is_same_grant(&APR_ARRAY_IDX(all, i, standing_t).grant, grant)) {
            return &APR_ARRAY_IDX(all, i, standing_t);
        }
    }
    standing_t *made = &APR_ARRAY_PUSH(all, standing_t);
    *made = (standing_t){.grant = *grant};
    return made;
}

static apr_array_header_t *standings(const person_t *person)
{
    apr_array_header_t *all = apr_array_make(person->pool, 4, sizeof(standing_t));
    json_object *rows = json_object_object_get(person->given, "grants");
    for (size_t i = 0; i < length_of(rows); i++) {
        grant_t grant = of_row(json_object_array_get_idx(rows, i));
        standing_of(all, &grant)->row = 1;
    }
    for (size_t i = 0; i < length_of(person->log); i++) {
        json_object *entry = json_object_array_get_idx(person->log, i);
        if (!is_equal(action_of(entry), "grant") && !is_equal(action_of(entry), "withdraw")) {
            continue;
        }
        grant_t grant = of_entry(person->review, entry);
        standing_t *standing = standing_of(all, &grant);
        if (scim_past_at(entry) <= person->review->moment) {
            standing->last = entry;
        } else if (!standing->next) {
            standing->next = entry;
        }
    }
    return all;
}

/* Whether the grant existed at the moment, and its data: from the row if nothing has changed since; else from the
 * entry of its withdrawal, which has the whole row; else from the entry of the grant. */
static int was_granted(grant_t *grant, const person_t *person, const standing_t *standing)
{
    *grant = standing->grant;
    if (standing->row && !standing->next) {
        return 1;
    }
    int withdrawn = standing->next && is_equal(action_of(standing->next), "withdraw");
    if (standing->last ? is_equal(action_of(standing->last), "withdraw") : !withdrawn) {
        return 0;
    }
    *grant = of_entry(person->review, withdrawn ? standing->next : standing->last);
    if (withdrawn && standing->last && !json_object_object_get_ex(details(standing->next), "granted", NULL)) {
        *grant = of_entry(person->review, standing->last);
    }
    return 1;
}

static void add_grants(person_t *person)
{
    const apr_array_header_t *all = standings(person);
    for (int i = 0; i < all->nelts; i++) {
        grant_t grant;
        if (!was_granted(&grant, person, &APR_ARRAY_IDX(all, i, standing_t)) ||
            !scim_access_by_grant(&person->account, grant.source)) {
            continue;
        }
        gift_t gift = {grant.subscription ? apr_hash_get(person->review->by_id, grant.subscription, APR_HASH_KEY_STRING)
                                          : NULL,
                       grant.role, grant.granted};
        if (gift.subscription || gift.role) {
            add_ground(person, &gift,
                       &(ground_t){.source = grant.source,
                                   .id = grant.id,
                                   .name = grant.by,
                                   .since = grant.granted,
                                   .joined = grant.joined});
        }
    }
}

/* --- access of a person --------------------------------------------------------------------------------------------*/

static int compare_texts(const char *one, const char *other)
{
    return strcmp(one ? one : "", other ? other : "");
}

static int compare_times(apr_time_t one, apr_time_t other)
{
    return one < other ? -1 : one > other;
}

/* Subscriptions, then roles, by name; for each, the oldest source first. */
static int by_thing(const void *a, const void *b)
{
    const ground_t *one = a, *other = b;
    int order = (one->role != NULL) - (other->role != NULL);
    order = order ? order
                  : compare_texts(one->role ? one->role : one->subscription->name,
                                  other->role ? other->role : other->subscription->name);
    order = order ? order : compare_times(one->since, other->since);
    order = order ? order : compare_texts(one->source, other->source);
    return order ? order : compare_texts(one->name, other->name);
}

static int is_same_thing(const ground_t *one, const ground_t *other)
{
    return one->subscription == other->subscription && is_equal(one->role, other->role);
}

/* Reads the sources of a person's access, sorted; 0: the account did not exist, or was not active. */
static int read_grounds(person_t *person, const scim_review_t *review, json_object *given, apr_hash_t *joined,
                        apr_pool_t *pool)
{
    if (!read_person(person, review, given, pool)) {
        return 0;
    }
    person->joined = apr_hash_get(joined, person->id, APR_HASH_KEY_STRING);
    add_policy(person);
    add_role(person);
    add_groups(person);
    add_grants(person);
    qsort(person->grounds->elts, (size_t)person->grounds->nelts, sizeof(ground_t), by_thing);
    return 1;
}

/* The place of a person for a subscription's seats: by the oldest source. */
static scim_access_place_t place_of(const person_t *person, int from, int to)
{
    const ground_t *grounds = (const ground_t *)(const void *)person->grounds->elts;
    scim_access_place_t place = {grounds[from].since, grounds[from].joined, person->id};
    for (int i = from + 1; i < to && grounds[i].since == place.since; i++) {
        place.joined = grounds[i].joined < place.joined ? grounds[i].joined : place.joined;
    }
    return place;
}

/* Where the sources of the next subscription or role begin. */
static int next_thing(const person_t *person, int from)
{
    int to = from + 1;
    while (to < person->grounds->nelts && is_same_thing(&APR_ARRAY_IDX(person->grounds, from, ground_t),
                                                        &APR_ARRAY_IDX(person->grounds, to, ground_t))) {
        to++;
    }
    return to;
}

void scim_review_count(scim_review_t *review, json_object *piece, apr_pool_t *pool)
{
    json_object *people = json_object_object_get(piece, "people");
    apr_hash_t *joined = review_by_member(json_object_object_get(piece, "joined"), pool);
    for (size_t i = 0; i < length_of(people); i++) {
        person_t person;
        int there = read_grounds(&person, review, json_object_array_get_idx(people, i), joined, pool);
        for (int from = 0, to; there && from < person.grounds->nelts; from = to) {
            subscription_t *one = APR_ARRAY_IDX(person.grounds, from, ground_t).subscription;
            to = next_thing(&person, from);
            if (one && one->seats != UNLIMITED) {
                scim_access_place_t *place = apr_array_push(one->places);
                *place = place_of(&person, from, to);
                place->id = apr_pstrdup(review->pool, place->id);
            }
        }
    }
}

/* --- rows -----------------------------------------------------------------------------------------------------------
 */

static const char *source_text(const ground_t *ground, const char *since, apr_pool_t *pool)
{
    static const struct {
        const char *source, *before;
        int named, dated;
    } texts[] = {{"policy", "policy ", 1, 0},
                 {"group", "group ", 1, 0},
                 {"manual", "granted by ", 1, 1},
                 {"provider", "entitlement sent by ", 1, 1},
                 {"template", "template ", 1, 0},
                 {"login", "first login", 0, 0},
                 {"protected", "kept when the account was protected", 0, 0},
                 {"account", "the account's own", 0, 0},
                 {"default", "the tenant's default", 0, 0}};
    apr_size_t i = 0;
    while (i + 1 < sizeof(texts) / sizeof(texts[0]) && !is_equal(texts[i].source, ground->source)) {
        i++;
    }
    const char *text = apr_pstrcat(pool, texts[i].before, texts[i].named && ground->name ? ground->name : "", NULL);
    if (ground->through) {
        text = apr_pstrcat(pool, text, " through ", ground->through, NULL);
    }
    return texts[i].dated ? apr_psprintf(pool, "%s on %.10s", text, since) : text;
}

static void put(json_object *object, const char *name, const char *text)
{
    json_object_object_add(object, name, text ? json_object_new_string(text) : NULL);
}

/* Adds a time; null: the log does not have it. */
static void put_time(json_object *object, const char *name, apr_time_t time, char text[SCIM_TIME_SIZE])
{
    scim_time_format(text, time);
    put(object, name, time ? text : NULL);
}

static json_object *source_of(const ground_t *ground, json_object *why, apr_pool_t *pool)
{
    char since[SCIM_TIME_SIZE];
    json_object *source = json_object_new_object();
    put(source, "source", ground->source);
    put(source, "id", ground->id);
    put(source, "name", ground->name);
    put_time(source, "since", ground->since, since);
    const char *text = source_text(ground, since, pool);
    put(source, "text", text);
    json_object_array_add(why, json_object_new_string(text));
    return source;
}

static void add_row(json_object *rows, const person_t *person, int from, int to)
{
    const ground_t *first = &APR_ARRAY_IDX(person->grounds, from, ground_t);
    scim_access_place_t place = place_of(person, from, to);
    json_object *row = json_object_new_object(), *sources = json_object_new_array(), *why = json_object_new_array();
    char since[SCIM_TIME_SIZE];
    put(row, "userId", person->id);
    put(row, "userName", member_text(person, "userName"));
    put(row, "displayName", member_text(person, "displayName"));
    put(row, "kind", first->role ? "role" : "subscription");
    put(row, "id", first->role ? NULL : first->subscription->id);
    put(row, "name", first->role ? first->role : first->subscription->name);
    json_object_object_add(
        row, "seated",
        json_object_new_boolean(first->role || scim_access_is_seated(&place, &first->subscription->last)));
    put_time(row, "since", first->since, since);
    for (int i = from; i < to; i++) {
        json_object_array_add(sources, source_of(&APR_ARRAY_IDX(person->grounds, i, ground_t), why, person->pool));
    }
    json_object_object_add(row, "why", why);
    json_object_object_add(row, "sources", sources);
    json_object_array_add(rows, row);
}

void scim_review_rows(const scim_review_t *review, json_object *piece, json_object *rows, apr_pool_t *pool)
{
    json_object *people = json_object_object_get(piece, "people");
    apr_hash_t *joined = review_by_member(json_object_object_get(piece, "joined"), pool);
    for (size_t i = 0; i < length_of(people); i++) {
        person_t person;
        int there = read_grounds(&person, review, json_object_array_get_idx(people, i), joined, pool);
        for (int from = 0, to; there && from < person.grounds->nelts; from = to) {
            to = next_thing(&person, from);
            add_row(rows, &person, from, to);
        }
    }
}
