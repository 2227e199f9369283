#include "review.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "past.h"
#include "review_private.h"
#include "scim/json.h"
#include "scim/table.h"
#include "scim/text.h"

/* --- the rules at that moment --------------------------------------------------------------------------------------*/

static size_t length_of(json_object *list)
{
    return list ? json_object_array_length(list) : 0;
}

static json_object *member(json_object *object, const char *name)
{
    return json_object_object_get(object, name);
}

static int is_same(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

/* Access is as old as the younger of its two conditions. */
static apr_time_t later(apr_time_t one, apr_time_t other)
{
    return one > other ? one : other;
}

/* When the subscription became automatic, or the policy began to give automatic subscriptions: the stored time if it
 * is before the moment, or else the time in the log. */
static apr_time_t automatic_since(const scim_review_t *review, json_object *log, json_object *is)
{
    apr_time_t kept = scim_past_time(is, "since");
    if (kept && kept <= review->moment) {
        return kept;
    }
    return later(scim_past_became(log, review->moment, "automatic", "true"),
                 scim_past_became(review->tenant_log, review->moment, "syncPolicy", "all"));
}

static void add_subscription(scim_review_t *review, json_object *given)
{
    json_object *log = member(given, "log"), *is = member(given, "is");
    if (!scim_past_there(log, review->moment, is)) {
        return;
    }
    json_object *name = scim_past_member(log, review->moment, is, "value");
    json_object *seats = scim_past_member(log, review->moment, is, "totalAssignmentsPermitted");
    subscription_t *one = apr_pcalloc(review->pool, sizeof(*one));
    one->id = scim_past_get(given, "id");
    one->name = name ? json_object_get_string(name) : "";
    one->seats = seats ? json_object_get_int(seats) : UNLIMITED;
    one->automatic = json_object_get_boolean(scim_past_member(log, review->moment, is, "automatic"));
    one->since = one->automatic ? automatic_since(review, log, is) : 0;
    one->places = apr_array_make(review->pool, one->seats == UNLIMITED ? 1 : 64, sizeof(scim_access_place_t));
    APR_ARRAY_PUSH(review->subscriptions, subscription_t *) = one;
    apr_hash_set(review->by_id, one->id, APR_HASH_KEY_STRING, one);
}

/* The id of the subscription that had this name at that time; NULL: none. */
static const char *id_by_name(json_object *subscriptions, apr_time_t at, const char *name)
{
    for (size_t i = 0; i < length_of(subscriptions); i++) {
        json_object *one = json_object_array_get_idx(subscriptions, i);
        json_object *log = member(one, "log"), *is = member(one, "is");
        json_object *called = scim_past_member(log, at, is, "value");
        if (called && is_same(json_object_get_string(called), name) && scim_past_there(log, at, is)) {
            return scim_past_get(one, "id");
        }
    }
    return NULL;
}

static const char *key_of(const scim_review_t *review, const char *group, const char *subscription, const char *role)
{
    return apr_pstrcat(review->pool, group, role ? " role:" : " ", role ? role : subscription, NULL);
}

static void add_gift(scim_review_t *review, const char *group, const char *subscription, const char *role,
                     apr_time_t since)
{
    apr_array_header_t *gifts = apr_hash_get(review->gifts, group, APR_HASH_KEY_STRING);
    subscription_t *given = subscription ? apr_hash_get(review->by_id, subscription, APR_HASH_KEY_STRING) : NULL;
    if (!role && !given) {
        return;
    }
    if (!gifts) {
        gifts = apr_array_make(review->pool, 2, sizeof(gift_t));
        apr_hash_set(review->gifts, group, APR_HASH_KEY_STRING, gifts);
    }
    APR_ARRAY_PUSH(gifts, gift_t) = (gift_t){given, role, since};
}

/* The last entry about a mapping up to the moment, and the first one after it. */
typedef struct told_t {
    json_object *last, *next;
} told_t;

static void read_mapped(const scim_review_t *review, json_object *rules, apr_hash_t *told)
{
    json_object *log = member(rules, "mapped");
    for (size_t i = 0; i < length_of(log); i++) {
        json_object *entry = json_object_array_get_idx(log, i);
        const char *role = scim_past_get(entry, "role"), *name = scim_past_get(entry, "subscription");
        const char *id = name ? id_by_name(member(rules, "subscriptions"), scim_past_at(entry), name) : NULL;
        if (!role && !id) {
            continue;
        }
        const char *key = key_of(review, scim_past_get(entry, "group"), id, role);
        told_t *one = apr_hash_get(told, key, APR_HASH_KEY_STRING);
        if (!one) {
            one = apr_pcalloc(review->pool, sizeof(*one));
            apr_hash_set(told, key, APR_HASH_KEY_STRING, one);
        }
        if (id) {
            json_object_object_add(entry, "id", json_object_new_string(id));
        }
        if (scim_past_at(entry) <= review->moment) {
            one->last = entry;
        } else if (!one->next) {
            one->next = entry;
        }
    }
}

static int maps(json_object *entry)
{
    return is_same(scim_past_get(entry, "action"), "map");
}

/* Whether the mapping existed at the moment, according to the log. `is`: it exists now. */
static int was_mapped(const told_t *told, int is)
{
    if (told && told->last) {
        return maps(told->last);
    }
    return told && told->next ? !maps(told->next) : is;
}

/* Since when a mapping that was made at `made` has counted: not before the policy, nor before its group was
 * restored. */
static apr_time_t counts_since(const scim_review_t *review, const char *group, apr_time_t made)
{
    const apr_time_t *restored = apr_hash_get(review->restored, group, APR_HASH_KEY_STRING);
    apr_time_t policy = scim_past_became(review->tenant_log, review->moment, "syncPolicy", "groups");
    return later(later(made, policy), restored ? *restored : 0);
}

/* Adds a mapping that exists now. Its stored time is used if it is before the moment; otherwise the latest of its
 * creation, the policy's time, and the restoring of its group. */
static void add_row(scim_review_t *review, json_object *row, const told_t *told)
{
    const char *group = scim_past_get(row, "group");
    apr_time_t created = scim_past_time(row, "created"), since = scim_past_time(row, "since");
    int kept = since <= review->moment && !(told && told->next);
    if (was_mapped(told, created <= review->moment)) {
        add_gift(review, group, scim_past_get(row, "subscription"), scim_past_get(row, "role"),
                 kept ? since : counts_since(review, group, told && told->last ? scim_past_at(told->last) : created));
    }
}

static void add_mappings(scim_review_t *review, json_object *rules)
{
    apr_hash_t *told = scim_table_make(review->pool);
    json_object *rows = member(rules, "mappings");
    read_mapped(review, rules, told);
    for (size_t i = 0; i < length_of(rows); i++) {
        json_object *row = json_object_array_get_idx(rows, i);
        const char *key =
            key_of(review, scim_past_get(row, "group"), scim_past_get(row, "subscription"), scim_past_get(row, "role"));
        add_row(review, row, apr_hash_get(told, key, APR_HASH_KEY_STRING));
        apr_hash_set(told, key, APR_HASH_KEY_STRING, NULL);
    }
    for (apr_hash_index_t *at = apr_hash_first(review->pool, told); at; at = apr_hash_next(at)) {
        const told_t *one = apr_hash_this_val(at);
        json_object *entry = one->last ? one->last : one->next;
        if (was_mapped(one, 0)) {
            const char *group = scim_past_get(entry, "group");
            add_gift(review, group, scim_past_get(entry, "id"), scim_past_get(entry, "role"),
                     counts_since(review, group, one->last ? scim_past_at(entry) : 0));
        }
    }
}

static void add_groups(scim_review_t *review, json_object *list)
{
    for (size_t i = 0; i < length_of(list); i++) {
        json_object *given = json_object_array_get_idx(list, i);
        json_object *log = member(given, "log"), *is = member(given, "is");
        json_object *restored = scim_past_entry(log, review->moment, 0, "restore", NULL, NULL, NULL);
        if (!scim_past_there(log, review->moment, is)) {
            continue;
        }
        if (restored) {
            apr_time_t at = scim_past_at(restored);
            apr_hash_set(review->restored, scim_past_get(given, "id"), APR_HASH_KEY_STRING,
                         apr_pmemdup(review->pool, &at, sizeof(at)));
        }
        json_object *name = scim_past_member(log, review->moment, is, "displayName");
        apr_hash_set(review->groups, scim_past_get(given, "id"), APR_HASH_KEY_STRING,
                     name ? json_object_get_string(name) : "");
    }
}

/* --- memberships ---------------------------------------------------------------------------------------------------*/

/* The log's entries about joining and leaving, by group. */
static apr_hash_t *told_by_group(const scim_review_t *review, json_object *log, apr_pool_t *pool)
{
    apr_hash_t *told = scim_table_make(pool);
    for (size_t i = 0; i < length_of(log); i++) {
        json_object *entry = json_object_array_get_idx(log, i);
        const char *group = scim_past_get(entry, "group");
        told_t *one = apr_hash_get(told, group, APR_HASH_KEY_STRING);
        if (!one) {
            one = apr_pcalloc(pool, sizeof(*one));
            apr_hash_set(told, group, APR_HASH_KEY_STRING, one);
        }
        if (scim_past_at(entry) <= review->moment && !one->next) {
            one->last = entry;
        } else if (!one->next) {
            one->next = entry;
        }
    }
    return told;
}

static int joins(json_object *entry)
{
    return is_same(scim_past_get(entry, "action"), "add-members");
}

/* When the member joined the group; -1: it was not a member at the moment. `row` is the current membership. */
static apr_time_t joined_at(const told_t *told, json_object *row)
{
    if (row && !(told && told->next)) {
        return scim_past_time(row, "added");
    }
    if (told && told->last) {
        return joins(told->last) ? scim_past_at(told->last) : -1;
    }
    return told && told->next && !joins(told->next) ? 0 : -1;
}

static void add_membership(apr_array_header_t *list, const scim_review_t *review, const char *group, apr_time_t added)
{
    if (added >= 0 && added <= review->moment) {
        APR_ARRAY_PUSH(list, membership_t) = (membership_t){group, added};
    }
}

apr_array_header_t *review_memberships(const scim_review_t *review, json_object *rows, json_object *log,
                                       apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 8, sizeof(membership_t));
    apr_hash_t *told = told_by_group(review, log, pool);
    for (size_t i = 0; i < length_of(rows); i++) {
        json_object *row = json_object_array_get_idx(rows, i);
        const char *group = scim_past_get(row, "group");
        add_membership(list, review, group, joined_at(apr_hash_get(told, group, APR_HASH_KEY_STRING), row));
        apr_hash_set(told, group, APR_HASH_KEY_STRING, NULL);
    }
    for (apr_hash_index_t *at = apr_hash_first(pool, told); at; at = apr_hash_next(at)) {
        add_membership(list, review, apr_hash_this_key(at), joined_at(apr_hash_this_val(at), NULL));
    }
    return list;
}

apr_hash_t *review_by_member(json_object *list, apr_pool_t *pool)
{
    apr_hash_t *members = scim_table_make(pool);
    for (size_t i = 0; i < length_of(list); i++) {
        json_object *one = json_object_array_get_idx(list, i);
        json_object *own = apr_hash_get(members, scim_past_get(one, "member"), APR_HASH_KEY_STRING);
        if (!own) {
            own = scim_json_own(json_object_new_array(), pool);
            apr_hash_set(members, scim_past_get(one, "member"), APR_HASH_KEY_STRING, own);
        }
        json_object_array_add(own, json_object_get(one));
    }
    return members;
}

/* Adds the groups that each group was a member of. */
static void add_nested(scim_review_t *review, json_object *rules)
{
    apr_hash_t *const sides[] = {review_by_member(member(rules, "nested"), review->pool),
                                 review_by_member(member(rules, "joined"), review->pool)};
    for (int side = 0; side < 2; side++) {
        for (apr_hash_index_t *at = apr_hash_first(review->pool, sides[side]); at; at = apr_hash_next(at)) {
            const char *group = apr_hash_this_key(at);
            if (!apr_hash_get(review->above, group, APR_HASH_KEY_STRING)) {
                apr_hash_set(review->above, group, APR_HASH_KEY_STRING,
                             review_memberships(review, apr_hash_get(sides[0], group, APR_HASH_KEY_STRING),
                                                apr_hash_get(sides[1], group, APR_HASH_KEY_STRING), review->pool));
            }
        }
    }
}

/* --- making a review -----------------------------------------------------------------------------------------------*/

static scim_error_t *refuse(const char *text, apr_pool_t *pool)
{
    scim_error_t *error = scim_error_status(pool, 400, "at: %s", text);
    scim_error_field(error, "at", text, pool);
    return error;
}

static scim_error_t *check_moment(json_object *rules, apr_time_t moment, apr_pool_t *pool)
{
    char text[SCIM_TIME_SIZE];
    apr_time_t begins = scim_past_time(rules, "begins");
    if (moment > scim_past_time(rules, "now")) {
        return refuse("This time is in the future. Give one in the past, or none to see the current state.", pool);
    }
    if (begins && moment >= begins) {
        return NULL;
    }
    if (!begins) {
        return refuse("The audit log of this tenant is empty, so the state at that time is not known. Give no time to "
                      "see the current state.",
                      pool);
    }
    scim_time_format(text, begins);
    return refuse(apr_psprintf(pool, "The audit log begins at %s; give a later time.", text), pool);
}

scim_error_t *scim_review_make(scim_review_t **review, json_object *rules, apr_time_t moment, apr_pool_t *pool)
{
    scim_error_t *error = moment ? check_moment(rules, moment, pool) : NULL;
    if (error) {
        return error;
    }
    scim_review_t *made = apr_pcalloc(pool, sizeof(*made));
    json_object *tenant = member(rules, "tenant"), *list = member(rules, "subscriptions");
    made->pool = pool;
    made->moment = moment ? moment : scim_past_time(rules, "now");
    made->tenant_log = member(tenant, "log");
    made->policy = scim_policy_read(scim_past_text(made->tenant_log, made->moment, member(tenant, "is"), "syncPolicy"));
    made->default_role = scim_past_text(made->tenant_log, made->moment, member(tenant, "is"), "defaultRole");
    made->subscriptions = apr_array_make(pool, 8, sizeof(subscription_t *));
    made->by_id = scim_table_make(pool);
    made->gifts = scim_table_make(pool);
    made->groups = scim_table_make(pool);
    made->above = scim_table_make(pool);
    made->restored = scim_table_make(pool);
    for (size_t i = 0; i < length_of(list); i++) {
        add_subscription(made, json_object_array_get_idx(list, i));
    }
    made->names = list;
    add_groups(made, member(rules, "groups"));
    add_mappings(made, rules);
    add_nested(made, rules);
    *review = made;
    return NULL;
}

const char *review_subscription_id(const scim_review_t *review, apr_time_t at, const char *name)
{
    return id_by_name(review->names, at, name);
}

apr_time_t scim_review_moment(const scim_review_t *review)
{
    return review->moment;
}

/* --- seats ----------------------------------------------------------------------------------------------------------
 */

int scim_review_counts(const scim_review_t *review)
{
    for (int i = 0; i < review->subscriptions->nelts; i++) {
        if (APR_ARRAY_IDX(review->subscriptions, i, subscription_t *)->seats != UNLIMITED) {
            return 1;
        }
    }
    return 0;
}

static int by_place(const void *one, const void *other)
{
    const scim_access_place_t *a = one, *b = other;
    return scim_access_is_before(a, b) ? scim_access_is_before(b, a) ? 0 : -1 : 1;
}

json_object *scim_review_settle(scim_review_t *review)
{
    json_object *seats = scim_json_own(json_object_new_object(), review->pool);
    for (int i = 0; i < review->subscriptions->nelts; i++) {
        subscription_t *one = APR_ARRAY_IDX(review->subscriptions, i, subscription_t *);
        if (one->seats == UNLIMITED || one->places->nelts <= one->seats) {
            continue;
        }
        qsort(one->places->elts, (size_t)one->places->nelts, sizeof(scim_access_place_t), by_place);
        /* Without seats, a place before everybody's. */
        static const scim_access_place_t nobody = {0, 0, "00000000-0000-0000-0000-000000000000"};
        one->last = one->seats ? APR_ARRAY_IDX(one->places, one->seats - 1, scim_access_place_t) : nobody;
        json_object *last = json_object_new_object();
        json_object_object_add(last, "since", json_object_new_int64(one->last.since));
        json_object_object_add(last, "joined", json_object_new_int64(one->last.joined));
        json_object_object_add(last, "id", json_object_new_string(one->last.id));
        json_object_object_add(seats, one->id, last);
    }
    return seats;
}

void scim_review_resume(scim_review_t *review, json_object *seats)
{
    for (int i = 0; i < review->subscriptions->nelts; i++) {
        subscription_t *one = APR_ARRAY_IDX(review->subscriptions, i, subscription_t *);
        json_object *last = member(seats, one->id);
        if (last) {
            one->last = (scim_access_place_t){scim_past_time(last, "since"), scim_past_time(last, "joined"),
                                              apr_pstrdup(review->pool, scim_past_get(last, "id"))};
        }
    }
}
