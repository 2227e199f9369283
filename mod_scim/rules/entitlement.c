#include "entitlement.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/fold.h"
#include "scim/table.h"
#include "scim/text.h"

#define ATTRIBUTE  "entitlements"
#define NAMED_MOST 20 /* maximum of subscriptions in a refusal */

/* The name of a subscription in an entry: without blanks at its ends, and folded. */
typedef struct name_t {
    const char *text, *key;
} name_t;

/* The names in the entries of a document, without duplicates. */
typedef struct names_t {
    apr_array_header_t *list; /* name_t */
    apr_hash_t *keys;         /* the keys of `list` */
} names_t;

/* The entries of the new document and of the old one. */
typedef struct entries_t {
    const scim_rules_t *rules;
    json_object *list, *were; /* NULL: no list */
    names_t named, were_named;
    apr_pool_t *pool;
} entries_t;

static json_object *entries_of(const scim_row_t *row)
{
    json_object *list = row ? json_object_object_get(row->doc, ATTRIBUTE) : NULL;
    return json_object_is_type(list, json_type_array) ? list : NULL;
}

/* Entries without a value are ignored. */
static names_t names_of(json_object *list, apr_pool_t *pool)
{
    size_t count = list ? json_object_array_length(list) : 0;
    names_t names = {apr_array_make(pool, (int)count + 1, sizeof(name_t)), scim_table_make(pool)};
    for (size_t i = 0; i < count; i++) {
        const char *text = scim_row_text(json_object_array_get_idx(list, i), "value");
        apr_size_t len = 0;
        text = text ? scim_text_trim(&len, text) : "";
        name_t name = {apr_pstrmemdup(pool, text, len), NULL};
        name.key = scim_fold(name.text, pool);
        if (!apr_hash_get(names.keys, name.key, APR_HASH_KEY_STRING)) {
            apr_hash_set(names.keys, name.key, APR_HASH_KEY_STRING, name.key);
            APR_ARRAY_PUSH(names.list, name_t) = name;
        }
    }
    return names;
}

static int has_name(const names_t *names, const name_t *name)
{
    return apr_hash_get(names->keys, name->key, APR_HASH_KEY_STRING) != NULL;
}

/* The names in the new document that are not in the old one. */
static apr_array_header_t *new_names(const entries_t *entries)
{
    apr_array_header_t *names = apr_array_make(entries->pool, 4, sizeof(name_t));
    for (int i = 0; i < entries->named.list->nelts; i++) {
        const name_t *name = &APR_ARRAY_IDX(entries->named.list, i, name_t);
        if (!has_name(&entries->were_named, name)) {
            APR_ARRAY_PUSH(names, name_t) = *name;
        }
    }
    return names;
}

/* The id of the subscription with this name or id; NULL: none. */
static const char *subscription_of(const entries_t *entries, const name_t *name)
{
    return apr_hash_get(entries->rules->subscription_ids, name->key, APR_HASH_KEY_STRING);
}

/* --- refusals and notes --------------------------------------------------------------------------------------------*/

/* The tenant's subscriptions: "Web, Shop". */
static const char *names_of_subscriptions(const entries_t *entries)
{
    const apr_array_header_t *all = entries->rules->subscriptions;
    const char *names = "";
    for (int i = 0; i < all->nelts && i < NAMED_MOST; i++) {
        names = apr_pstrcat(entries->pool, names, i ? ", " : "", APR_ARRAY_IDX(all, i, scim_subscription_t).name, NULL);
    }
    return all->nelts == 0           ? "there are none"
           : all->nelts > NAMED_MOST ? apr_pstrcat(entries->pool, names, ", ...", NULL)
                                     : names;
}

static scim_error_t *not_found(const entries_t *entries, const char *name)
{
    return scim_error_typed(entries->pool, SCIM_INVALID_VALUE,
                            "Entitlement not found: %s. The subscriptions here are: %s. Correct the mapping of "
                            "entitlements in the identity provider, or let an administrator add the subscription here.",
                            name, names_of_subscriptions(entries));
}

static scim_error_t *refused(const entries_t *entries, const char *name)
{
    return scim_error_typed(entries->pool, SCIM_INVALID_VALUE,
                            "entitlements: this tenant accepts none from the identity provider, and \"%s\" was sent. "
                            "Remove the mapping of entitlements there and give access by groups, or let an "
                            "administrator choose their effect here (sentEntitlements).",
                            name);
}

static void tell(scim_row_t *after, const char *note, apr_pool_t *pool)
{
    after->note = after->note ? apr_pstrcat(pool, after->note, " ", note, NULL) : note;
}

/* The names, in quotes: "Web", "Shop". */
static const char *quoted(const apr_array_header_t *names, apr_pool_t *pool)
{
    const char *text = "";
    for (int i = 0; i < names->nelts && i < NAMED_MOST; i++) {
        text = apr_pstrcat(pool, text, i ? ", \"" : "\"", APR_ARRAY_IDX(names, i, name_t).text, "\"", NULL);
    }
    return names->nelts > NAMED_MOST ? apr_pstrcat(pool, text, ", ...", NULL) : text;
}

/* Adds a note about entitlements: `many` has the verb for several, such as "give", `one` for a single one. */
static void tell_of(scim_row_t *after, const apr_array_header_t *names, const char *one, const char *many,
                    apr_pool_t *pool)
{
    if (names->nelts > 0) {
        tell(after,
             apr_psprintf(pool, "The entitlement%s %s %s", names->nelts == 1 ? "" : "s", quoted(names, pool),
                          names->nelts == 1 ? one : many),
             pool);
    }
}

#define IGNORED "nothing: this tenant ignores entitlements that are sent (sentEntitlements)."
#define UNKNOWN                                                                                                        \
    "nothing: there is no subscription of that name any more. Correct the mapping of entitlements in the identity "    \
    "provider."

/* What happens to new entries if the setting is not `match`. */
static scim_error_t *take_new(scim_row_t *after, const entries_t *entries)
{
    apr_array_header_t *names = new_names(entries);
    if (names->nelts > 0 && entries->rules->entitlements == SCIM_ENTITLEMENTS_REFUSE) {
        return refused(entries, APR_ARRAY_IDX(names, 0, name_t).text);
    }
    tell_of(after, names, "was stored and gives " IGNORED, "were stored and give " IGNORED, entries->pool);
    return NULL;
}

/* --- what they give ------------------------------------------------------------------------------------------------*/

/* The subscriptions that names match, without duplicates. Names that match none are added to `unknown`. */
static apr_array_header_t *match(apr_array_header_t *unknown, const entries_t *entries, const names_t *names)
{
    apr_array_header_t *ids = apr_array_make(entries->pool, 4, sizeof(const char *));
    apr_hash_t *found = scim_table_make(entries->pool);
    for (int i = 0; i < names->list->nelts; i++) {
        const name_t *name = &APR_ARRAY_IDX(names->list, i, name_t);
        const char *id = subscription_of(entries, name);
        if (!id) {
            APR_ARRAY_PUSH(unknown, name_t) = *name;
        } else if (scim_table_add_id(found, id, entries->pool)) {
            APR_ARRAY_PUSH(ids, const char *) = id;
        }
    }
    return ids;
}

static scim_error_t *check_new(const entries_t *entries)
{
    const apr_array_header_t *names = new_names(entries);
    for (int i = 0; i < names->nelts; i++) {
        const name_t *name = &APR_ARRAY_IDX(names, i, name_t);
        if (!subscription_of(entries, name)) {
            return not_found(entries, name->text);
        }
    }
    return NULL;
}

/* Those of `ids` that are not in `others`. */
static apr_array_header_t *without(const apr_array_header_t *ids, const apr_array_header_t *others, apr_pool_t *pool)
{
    apr_array_header_t *left = apr_array_make(pool, 4, sizeof(const char *));
    apr_hash_t *known = scim_table_make(pool);
    for (int i = 0; i < others->nelts; i++) {
        scim_table_add_id(known, APR_ARRAY_IDX(others, i, const char *), pool);
    }
    for (int i = 0; i < ids->nelts; i++) {
        if (scim_table_add_id(known, APR_ARRAY_IDX(ids, i, const char *), pool)) {
            APR_ARRAY_PUSH(left, const char *) = APR_ARRAY_IDX(ids, i, const char *);
        }
    }
    return left;
}

static int loses(const entries_t *entries)
{
    for (int i = 0; i < entries->were_named.list->nelts; i++) {
        if (!has_name(&entries->named, &APR_ARRAY_IDX(entries->were_named.list, i, name_t))) {
            return 1;
        }
    }
    return 0;
}

/* A user with a token bound to that user must not grant access to himself or herself. */
static scim_error_t *check_bound(const entries_t *entries)
{
    json_object *list = entries->list, *were = entries->were;
    if (!entries->rules->bound || (list && were ? json_object_equal(list, were) : list == were)) {
        return NULL;
    }
    return scim_error_status(entries->pool, 403,
                             "entitlements: a token of a user cannot change the entitlements of that user; an "
                             "administrator or the identity provider can.");
}

static scim_error_t *give(scim_row_t *after, const scim_row_t *before, const entries_t *entries)
{
    apr_pool_t *pool = entries->pool;
    apr_array_header_t *unknown = apr_array_make(pool, 4, sizeof(name_t));
    apr_array_header_t *forgotten = apr_array_make(pool, 4, sizeof(name_t));
    scim_error_t *error = check_bound(entries);
    error = error ? error : check_new(entries);
    if (error) {
        return error;
    }
    after->entitled = match(unknown, entries, &entries->named);
    if (unknown->nelts > 0) {
        names_t before_named = names_of(entries_of(before), pool);
        after->disentitled = without(match(forgotten, entries, &before_named), after->entitled, pool);
        tell_of(after, unknown, "gives " UNKNOWN, "give " UNKNOWN, pool);
    }
    after->loses = before && !before->deleted && loses(entries);
    return NULL;
}

scim_error_t *scim_entitlement_apply(scim_row_t *after, const scim_row_t *before, const scim_rules_t *rules,
                                     apr_pool_t *pool)
{
    int made = !before || before->deleted || strcmp(before->source, after->source) != 0;
    entries_t entries = {
        .rules = rules, .list = entries_of(after), .were = made ? NULL : entries_of(before), .pool = pool};
    after->entitled = after->disentitled = NULL;
    after->loses = 0;
    if (!entries.list && !entries_of(before)) {
        return NULL;
    }
    entries.named = names_of(entries.list, pool);
    entries.were_named = names_of(entries.were, pool);
    return rules->entitlements == SCIM_ENTITLEMENTS_MATCH ? give(after, before, &entries) : take_new(after, &entries);
}
