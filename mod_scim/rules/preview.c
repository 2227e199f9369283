#include "preview.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "noun.h"
#include "nouns.h"
#include "scim/json.h"
#include "scim/table.h"

#define SEATS_DIGITS 9
#define NO_SEATS     "none"

typedef struct subscription_t {
    const char *id;
    int seats, automatic;
    int logins; /* some first logins have granted it */
    apr_time_t since;
} subscription_t;

typedef struct mapping_t {
    const char *id, *group, *subscription, *role;
    apr_time_t since;
} mapping_t;

typedef struct rules_t {
    const char *policy;
    apr_array_header_t *subscriptions; /* subscription_t */
    apr_array_header_t *mappings;      /* mapping_t */
} rules_t;

typedef enum { GROUPS, ROLES, SUBSCRIPTIONS } kind_e;
static const struct {
    const char *names; /* the members of the look-up that have the names */
    const char *found; /* the fact with the found objects */
    const char *missing;
} kinds[] = {
    [GROUPS] = {"groups", "groups", "There is no group \"{name}\"; make it first, or correct the name."},
    [ROLES] = {"roles", "roles", "There is no role \"{name}\"; make it first, or correct the name."},
    [SUBSCRIPTIONS] = {"subscriptions", "subscriptionsFound",
                       "There is no subscription \"{name}\"; make it first, or correct the name."},
};
#define KIND_COUNT (sizeof(kinds) / sizeof(*kinds))

/* The state of a preview. */
typedef struct making_t {
    rules_t will;
    apr_time_t now;
    apr_hash_t *named[KIND_COUNT]; /* the found objects, by kind and name */
    apr_hash_t *mapped;            /* the mappings after the change, by key_of() */
    apr_hash_t *reaches;           /* by group: an array of reach_t */
    json_object *args;
    apr_pool_t *pool;
} making_t;

/* A group whose members have what another group is mapped to: the group itself, or one in it. */
typedef struct reach_t {
    const char *via;
    apr_time_t since;
} reach_t;

/* --- values ------------------------------------------------------------------------------------------------------- */

static json_object *member(json_object *object, const char *name)
{
    return json_object_object_get(object, name);
}

static const char *text_of(json_object *object, const char *name)
{
    json_object *value = member(object, name);
    return value ? json_object_get_string(value) : NULL;
}

static apr_time_t time_of(json_object *object, const char *name)
{
    return json_object_get_int64(member(object, name));
}

static const char *item_text(json_object *list, size_t i)
{
    return json_object_get_string(json_object_array_get_idx(list, i));
}

/* --- the current rules ---------------------------------------------------------------------------------------------*/

static void read_subscriptions(rules_t *rules, json_object *list, apr_pool_t *pool)
{
    rules->subscriptions = apr_array_make(pool, 8, sizeof(subscription_t));
    for (size_t i = 0; i < scim_list_length(list); i++) {
        json_object *one = json_object_array_get_idx(list, i), *seats = member(one, "seats");
        APR_ARRAY_PUSH(rules->subscriptions, subscription_t) =
            (subscription_t){.id = text_of(one, "id"),
                             .seats = seats ? json_object_get_int(seats) : SCIM_PREVIEW_UNLIMITED,
                             .automatic = json_object_get_boolean(member(one, "automatic")),
                             .logins = json_object_get_boolean(member(one, "logins")),
                             .since = time_of(one, "since")};
    }
}

static void read_mappings(rules_t *rules, json_object *list, apr_pool_t *pool)
{
    rules->mappings = apr_array_make(pool, 8, sizeof(mapping_t));
    for (size_t i = 0; i < scim_list_length(list); i++) {
        json_object *one = json_object_array_get_idx(list, i);
        APR_ARRAY_PUSH(rules->mappings, mapping_t) = (mapping_t){.id = text_of(one, "id"),
                                                                 .group = text_of(one, "group"),
                                                                 .subscription = text_of(one, "subscription"),
                                                                 .role = text_of(one, "role"),
                                                                 .since = time_of(one, "since")};
    }
}

static void read_rules(rules_t *rules, json_object *stored, apr_pool_t *pool)
{
    rules->policy = text_of(stored, "syncPolicy");
    read_subscriptions(rules, member(stored, "subscriptions"), pool);
    read_mappings(rules, member(stored, "mappings"), pool);
}

static void read_reaches(making_t *making, json_object *list)
{
    making->reaches = scim_table_make(making->pool);
    for (size_t i = 0; i < scim_list_length(list); i++) {
        json_object *one = json_object_array_get_idx(list, i);
        const char *group = text_of(one, "group");
        apr_array_header_t *reaches = apr_hash_get(making->reaches, group, APR_HASH_KEY_STRING);
        if (!reaches) {
            reaches = apr_array_make(making->pool, 2, sizeof(reach_t));
            apr_hash_set(making->reaches, group, APR_HASH_KEY_STRING, reaches);
        }
        APR_ARRAY_PUSH(reaches, reach_t) = (reach_t){text_of(one, "via"), time_of(one, "since")};
    }
}

static void read_named(making_t *making, json_object *stored)
{
    for (apr_size_t kind = 0; kind < KIND_COUNT; kind++) {
        json_object *list = member(stored, kinds[kind].found);
        making->named[kind] = scim_table_make(making->pool);
        for (size_t i = 0; i < scim_list_length(list); i++) {
            json_object *one = json_object_array_get_idx(list, i);
            apr_hash_set(making->named[kind], text_of(one, "named"), APR_HASH_KEY_STRING, one);
        }
    }
}

/* --- names in the arguments ----------------------------------------------------------------------------------------*/

/* The subscription in SUBSCRIPTION=SEATS, up to the last "="; NULL: malformed. */
static const char *seated_name(const char *pair, apr_pool_t *pool)
{
    const char *sign = strrchr(pair, '=');
    return sign && sign > pair && sign[1] ? apr_pstrmemdup(pool, pair, (apr_size_t)(sign - pair)) : NULL;
}

static void add_name(json_object *names, kind_e kind, const char *name, apr_hash_t *seen, apr_pool_t *pool)
{
    const char *key = name ? apr_pstrcat(pool, kinds[kind].names, " ", name, NULL) : NULL;
    if (key && !apr_hash_get(seen, key, APR_HASH_KEY_STRING)) {
        apr_hash_set(seen, key, APR_HASH_KEY_STRING, key);
        json_object_array_add(member(names, kinds[kind].names), json_object_new_string(name));
    }
}

json_object *scim_preview_names(json_object *args, apr_pool_t *pool)
{
    json_object *names = scim_json_own(json_object_new_object(), pool);
    json_object *map = member(args, "map"), *seats = member(args, "seats"), *automatic = member(args, "automatic");
    apr_hash_t *seen = scim_table_make(pool);
    for (apr_size_t kind = 0; kind < KIND_COUNT; kind++) {
        json_object_object_add(names, kinds[kind].names, json_object_new_array());
    }
    for (size_t i = 0; i < scim_list_length(map); i++) {
        json_object *one = json_object_array_get_idx(map, i);
        add_name(names, GROUPS, text_of(one, "group"), seen, pool);
        add_name(names, ROLES, text_of(one, "role"), seen, pool);
        add_name(names, SUBSCRIPTIONS, text_of(one, "subscription"), seen, pool);
    }
    for (size_t i = 0; i < scim_list_length(seats); i++) {
        add_name(names, SUBSCRIPTIONS, seated_name(item_text(seats, i), pool), seen, pool);
    }
    for (size_t i = 0; i < scim_list_length(automatic); i++) {
        add_name(names, SUBSCRIPTIONS, item_text(automatic, i), seen, pool);
    }
    return names;
}

/* Refuses an argument because of one of its names or texts. */
static scim_error_t *refuse_one(const making_t *making, const char *argument, int status, const char *text,
                                json_object *facts)
{
    scim_refusal_t refusal = {NULL, status, argument, text};
    scim_asked_t asked = {.args = making->args, .facts = facts, .pool = making->pool};
    return scim_action_refuse(&asked, &refusal);
}

static scim_error_t *refuse_name(const making_t *making, const char *argument, int status, const char *text,
                                 const char *name)
{
    json_object *facts = scim_json_own(json_object_new_object(), making->pool);
    json_object_object_add(facts, "name", json_object_new_string(name));
    return refuse_one(making, argument, status, text, facts);
}

static scim_error_t *find(json_object **found, const making_t *making, const char *argument, kind_e kind,
                          const char *name)
{
    *found = apr_hash_get(making->named[kind], name, APR_HASH_KEY_STRING);
    if (!*found) {
        return refuse_name(making, argument, 404, kinds[kind].missing, name);
    }
    return member(*found, "archivedOn")
               ? refuse_one(making, argument, 404,
                            "The group \"{group}\" was archived on {archivedOn}; restore it first.", *found)
               : NULL;
}

static subscription_t *subscription_by_id(const rules_t *rules, const char *id)
{
    for (int i = 0; i < rules->subscriptions->nelts; i++) {
        subscription_t *one = &APR_ARRAY_IDX(rules->subscriptions, i, subscription_t);
        if (strcmp(one->id, id) == 0) {
            return one;
        }
    }
    return NULL;
}

static scim_error_t *find_subscription(subscription_t **out, const making_t *making, const char *argument,
                                       const char *name)
{
    json_object *found;
    scim_error_t *error = find(&found, making, argument, SUBSCRIPTIONS, name);
    *out = error ? NULL : subscription_by_id(&making->will, text_of(found, "id"));
    return error;
}

/* --- the change --------------------------------------------------------------------------------------------------- */

/* The key of a gift: a subscription or role, to the members of a group or to all. */
static const char *key_of(const char *via, const char *subscription, const char *role, apr_pool_t *pool)
{
    return apr_pstrcat(pool, via ? via : "", role ? " role:" : " ", role ? role : subscription, NULL);
}

/* Adds a mapping, unless it exists. */
static void add_mapping(making_t *making, const mapping_t *mapping)
{
    const char *key = key_of(mapping->group, mapping->subscription, mapping->role, making->pool);
    if (!apr_hash_get(making->mapped, key, APR_HASH_KEY_STRING)) {
        apr_hash_set(making->mapped, key, APR_HASH_KEY_STRING, key);
        APR_ARRAY_PUSH(making->will.mappings, mapping_t) = *mapping;
    }
}

static void know_mappings(making_t *making)
{
    making->mapped = scim_table_make(making->pool);
    for (int i = 0; i < making->will.mappings->nelts; i++) {
        const mapping_t *one = &APR_ARRAY_IDX(making->will.mappings, i, mapping_t);
        const char *key = key_of(one->group, one->subscription, one->role, making->pool);
        apr_hash_set(making->mapped, key, APR_HASH_KEY_STRING, key);
    }
}

static scim_error_t *map(making_t *making, const char *argument, json_object *pair)
{
    json_object *group, *role = NULL;
    subscription_t *subscription = NULL;
    scim_error_t *error = find(&group, making, argument, GROUPS, text_of(pair, "group"));
    if (error) {
        return error;
    }
    error = member(pair, "role") ? find(&role, making, argument, ROLES, text_of(pair, "role"))
                                 : find_subscription(&subscription, making, argument, text_of(pair, "subscription"));
    if (!error) {
        add_mapping(making, &(mapping_t){.group = text_of(group, "id"),
                                         .subscription = subscription ? subscription->id : NULL,
                                         .role = role ? text_of(role, "role") : NULL,
                                         .since = making->now});
    }
    return error;
}

static scim_error_t *unmap(making_t *making, const char *argument, json_object *name)
{
    apr_array_header_t *list = making->will.mappings;
    for (int i = 0; i < list->nelts; i++) {
        mapping_t *one = &APR_ARRAY_IDX(list, i, mapping_t);
        if (one->id && strcasecmp(one->id, json_object_get_string(name)) == 0) {
            *one = APR_ARRAY_IDX(list, --list->nelts, mapping_t);
            return NULL;
        }
    }
    return refuse_name(making, argument, 404, "There is no mapping \"{name}\"; the list of mappings shows their ids.",
                       json_object_get_string(name));
}

static scim_error_t *set_seats(making_t *making, const char *argument, json_object *pair)
{
    const char *text = json_object_get_string(pair), *name = seated_name(text, making->pool);
    subscription_t *subscription;
    if (!name) {
        return refuse_name(making, argument, 400, "\"{name}\" is not of the form SUBSCRIPTION=SEATS.", text);
    }
    scim_error_t *error = find_subscription(&subscription, making, argument, name);
    if (error) {
        return error;
    }
    const char *seats = strrchr(text, '=') + 1;
    int is_number = strlen(seats) <= SEATS_DIGITS && strspn(seats, "0123456789") == strlen(seats);
    if (!is_number && strcmp(seats, NO_SEATS) != 0) {
        return refuse_name(making, argument, 400,
                           "\"{name}\" is not a number of seats; write a whole number, or \"none\" for no limit.",
                           seats);
    }
    subscription->seats = is_number ? atoi(seats) : SCIM_PREVIEW_UNLIMITED;
    return NULL;
}

/* A subscription that becomes automatic is given from now on. */
static scim_error_t *set_automatic(making_t *making, const char *argument, json_object *name)
{
    subscription_t *subscription;
    scim_error_t *error = find_subscription(&subscription, making, argument, json_object_get_string(name));
    if (!error) {
        subscription->automatic = 1;
    }
    return error;
}

static scim_error_t *each(making_t *making, const char *argument,
                          scim_error_t *(*change)(making_t *, const char *, json_object *))
{
    json_object *list = member(making->args, argument);
    scim_error_t *error = NULL;
    for (size_t i = 0; !error && i < scim_list_length(list); i++) {
        error = change(making, argument, json_object_array_get_idx(list, i));
    }
    return error;
}

/* Sets the list of automatic subscriptions; others stop being automatic. */
static scim_error_t *choose_automatic(making_t *making)
{
    apr_array_header_t *list = making->will.subscriptions;
    if (!json_object_object_get_ex(making->args, "automatic", NULL)) {
        return NULL;
    }
    for (int i = 0; i < list->nelts; i++) {
        subscription_t *one = &APR_ARRAY_IDX(list, i, subscription_t);
        one->since = one->automatic ? one->since : making->now;
        one->automatic = 0;
    }
    return each(making, "automatic", set_automatic);
}

/* What a new policy gives is given from now on. */
static void choose_policy(making_t *making)
{
    rules_t *will = &making->will;
    const char *policy = text_of(making->args, "syncPolicy");
    if (!policy || strcmp(policy, will->policy) == 0) {
        return;
    }
    scim_policy_e chosen = scim_policy_read(policy);
    for (int i = 0; chosen == SCIM_POLICY_GROUPS && i < will->mappings->nelts; i++) {
        APR_ARRAY_IDX(will->mappings, i, mapping_t).since = making->now;
    }
    for (int i = 0; chosen == SCIM_POLICY_ALL && i < will->subscriptions->nelts; i++) {
        APR_ARRAY_IDX(will->subscriptions, i, subscription_t).since = making->now;
    }
    will->policy = policy;
}

static scim_error_t *change_rules(making_t *making)
{
    scim_error_t *error = each(making, "map", map);
    error = error ? error : each(making, "unmap", unmap);
    error = error ? error : each(making, "seats", set_seats);
    error = error ? error : choose_automatic(making);
    if (!error) {
        choose_policy(making);
    }
    return error;
}

/* --- comparing ---------------------------------------------------------------------------------------------------- */

/* A candidate for a concern, with its gifts before and after. */
typedef struct candidate_t {
    scim_concern_t concern;
    apr_array_header_t *gives; /* scim_gives_t * */
    int differs;
} candidate_t;

typedef struct comparison_t {
    apr_hash_t *by_target, *by_gift;
    apr_array_header_t *candidates; /* candidate_t * */
    apr_pool_t *pool;
} comparison_t;

static candidate_t *candidate_of(comparison_t *comparison, const char *subscription, const char *role)
{
    const char *key = key_of(NULL, subscription, role, comparison->pool);
    candidate_t *one = apr_hash_get(comparison->by_target, key, APR_HASH_KEY_STRING);
    if (!one) {
        one = apr_pcalloc(comparison->pool, sizeof(*one));
        one->concern = (scim_concern_t){subscription, role, {SCIM_PREVIEW_UNLIMITED, SCIM_PREVIEW_UNLIMITED}};
        one->gives = apr_array_make(comparison->pool, 2, sizeof(scim_gives_t *));
        apr_hash_set(comparison->by_target, key, APR_HASH_KEY_STRING, one);
        APR_ARRAY_PUSH(comparison->candidates, candidate_t *) = one;
    }
    return one;
}

/* If a group is reached in several ways, the earliest counts. */
static void add_gift(const comparison_t *comparison, candidate_t *candidate, int side, const char *via,
                     apr_time_t since)
{
    const char *key = key_of(via, candidate->concern.subscription, candidate->concern.role, comparison->pool);
    scim_gives_t *gives = apr_hash_get(comparison->by_gift, key, APR_HASH_KEY_STRING);
    if (!gives) {
        gives = apr_pcalloc(comparison->pool, sizeof(*gives));
        gives->via = via;
        apr_hash_set(comparison->by_gift, key, APR_HASH_KEY_STRING, gives);
        APR_ARRAY_PUSH(candidate->gives, scim_gives_t *) = gives;
    }
    if (!gives->there[side] || since < gives->since[side]) {
        gives->since[side] = since;
    }
    gives->there[side] = 1;
}

static void add_mapped(comparison_t *comparison, const making_t *making, const rules_t *rules, int side)
{
    for (int i = 0; i < rules->mappings->nelts; i++) {
        const mapping_t *mapping = &APR_ARRAY_IDX(rules->mappings, i, mapping_t);
        const apr_array_header_t *reaches = apr_hash_get(making->reaches, mapping->group, APR_HASH_KEY_STRING);
        candidate_t *candidate = candidate_of(comparison, mapping->subscription, mapping->role);
        for (int r = 0; reaches && r < reaches->nelts; r++) {
            const reach_t *reach = &APR_ARRAY_IDX(reaches, r, reach_t);
            add_gift(comparison, candidate, side, reach->via,
                     reach->since > mapping->since ? reach->since : mapping->since);
        }
    }
}

static void add_rules(comparison_t *comparison, const making_t *making, const rules_t *rules, int side)
{
    scim_policy_e policy = scim_policy_read(rules->policy);
    for (int i = 0; i < rules->subscriptions->nelts; i++) {
        const subscription_t *one = &APR_ARRAY_IDX(rules->subscriptions, i, subscription_t);
        candidate_t *candidate = candidate_of(comparison, one->id, NULL);
        candidate->concern.seats[side] = one->seats;
        if (policy == SCIM_POLICY_ALL && one->automatic) {
            add_gift(comparison, candidate, side, NULL, one->since);
        }
    }
    if (policy == SCIM_POLICY_GROUPS) {
        add_mapped(comparison, making, rules, side);
    }
}

/* With the policy `manual`, the grants of first logins count. */
static void mark_logins(comparison_t *comparison, const rules_t *was, const rules_t *will)
{
    int manual = scim_policy_read(was->policy) == SCIM_POLICY_MANUAL;
    if (manual == (scim_policy_read(will->policy) == SCIM_POLICY_MANUAL)) {
        return;
    }
    for (int i = 0; i < was->subscriptions->nelts; i++) {
        const subscription_t *one = &APR_ARRAY_IDX(was->subscriptions, i, subscription_t);
        candidate_t *candidate = candidate_of(comparison, one->id, NULL);
        candidate->differs = candidate->differs || one->logins;
    }
}

static int differs(const candidate_t *candidate)
{
    int unlike = candidate->differs || candidate->concern.seats[0] != candidate->concern.seats[1];
    for (int i = 0; i < candidate->gives->nelts && !unlike; i++) {
        const scim_gives_t *one = APR_ARRAY_IDX(candidate->gives, i, const scim_gives_t *);
        unlike = one->there[0] != one->there[1] || one->since[0] != one->since[1];
    }
    return unlike;
}

/* Subscriptions by id, then roles: the order in which a person's rows are shown. */
static int compare_targets(const void *one, const void *other)
{
    const scim_concern_t *a = &(*(candidate_t *const *)one)->concern, *b = &(*(candidate_t *const *)other)->concern;
    if (!a->subscription != !b->subscription) {
        return a->subscription ? -1 : 1;
    }
    return a->subscription ? strcmp(a->subscription, b->subscription) : strcmp(a->role, b->role);
}

static void take_differing(scim_preview_t *out, const comparison_t *comparison)
{
    const apr_array_header_t *list = comparison->candidates;
    qsort(list->elts, (size_t)list->nelts, sizeof(candidate_t *), compare_targets);
    for (int i = 0; i < list->nelts; i++) {
        candidate_t *one = APR_ARRAY_IDX(list, i, candidate_t *);
        if (!differs(one)) {
            continue;
        }
        APR_ARRAY_PUSH(out->concerns, scim_concern_t) = one->concern;
        for (int g = 0; g < one->gives->nelts; g++) {
            scim_gives_t *gives = APR_ARRAY_IDX(one->gives, g, scim_gives_t *);
            gives->concern = out->concerns->nelts;
            APR_ARRAY_PUSH(out->gives, scim_gives_t) = *gives;
        }
    }
}

scim_error_t *scim_preview_make(scim_preview_t *out, json_object *rules, json_object *args, apr_pool_t *pool)
{
    rules_t was;
    making_t making = {.now = time_of(rules, "now"), .args = args, .pool = pool};
    read_rules(&was, rules, pool);
    read_rules(&making.will, rules, pool);
    read_reaches(&making, member(rules, "reaches"));
    read_named(&making, rules);
    know_mappings(&making);
    scim_error_t *error = change_rules(&making);
    if (error) {
        return error;
    }
    comparison_t comparison = {.by_target = scim_table_make(pool),
                               .by_gift = scim_table_make(pool),
                               .candidates = apr_array_make(pool, 8, sizeof(candidate_t *)),
                               .pool = pool};
    add_rules(&comparison, &making, &was, 0);
    add_rules(&comparison, &making, &making.will, 1);
    mark_logins(&comparison, &was, &making.will);
    *out = (scim_preview_t){.policy = {was.policy, making.will.policy},
                            .concerns = apr_array_make(pool, 8, sizeof(scim_concern_t)),
                            .gives = apr_array_make(pool, 8, sizeof(scim_gives_t))};
    take_differing(out, &comparison);
    return NULL;
}
