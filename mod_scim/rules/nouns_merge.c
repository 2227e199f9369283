/* Merging a user into another one: a preview of what would be transferred, and the merge itself. */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "merge.h"
#include "nouns.h"
#include "scim/fold.h"
#include "scim/json.h"
#include "user.h"

/* The user that is deleted, and the one that remains. */
typedef struct merge_t {
    const scim_asked_t *asked;
    const scim_rules_t *rules;
    scim_row_t gone, stays;
    json_object *plan;
    apr_pool_t *pool;
} merge_t;

static json_object *member(json_object *object, const char *name)
{
    return json_object_object_get(object, name);
}

static void put(json_object *object, const char *name, json_object *value)
{
    json_object_object_add(object, name, json_object_get(value));
}

static json_object *text(const char *value)
{
    return value ? json_object_new_string(value) : NULL;
}

static json_object *or_empty(json_object *list)
{
    return list ? json_object_get(list) : json_object_new_array();
}

static int is_provisioned(const scim_row_t *row)
{
    return strcmp(row->source, "scim") == 0;
}

/* --- what is transferred -------------------------------------------------------------------------------------------*/

/* By default a local account gets the identity of the provisioned account that is merged into it, so that the identity
 * provider finds it. */
static json_object *carry_of(const merge_t *merge)
{
    static const char *const identity[] = {"userName", "externalId", "source", "links"};
    json_object *list = member(merge->asked->args, "carry");
    if (list) {
        return json_object_get(list);
    }
    int all = is_provisioned(&merge->gone) && !is_provisioned(&merge->stays) && !merge->stays.protected;
    list = json_object_new_array();
    for (size_t i = all ? 0 : 3; i < sizeof(identity) / sizeof(*identity); i++) {
        json_object_array_add(list, text(identity[i]));
    }
    return list;
}

static int carries(const merge_t *merge, const char *what)
{
    json_object *list = member(merge->plan, "carry");
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        if (strcmp(json_object_get_string(json_object_array_get_idx(list, i)), what) == 0) {
            return 1;
        }
    }
    return 0;
}

static json_object *becomes_of(const merge_t *merge)
{
    json_object *becomes = json_object_new_object();
    const char *id = scim_row_text(merge->gone.doc, "externalId"), *own = scim_row_text(merge->stays.doc, "externalId");
    json_object_object_add(becomes, "userName",
                           text(scim_row_name(carries(merge, "userName") ? &merge->gone : &merge->stays)));
    json_object_object_add(becomes, "externalId", text(carries(merge, "externalId") && id ? id : own));
    json_object_object_add(becomes, "source",
                           text(carries(merge, "source") ? merge->gone.source : merge->stays.source));
    return becomes;
}

static json_object *groups_of(json_object *beyond)
{
    json_object *list = json_object_new_array();
    for (size_t i = 0; i < scim_list_length(beyond); i++) {
        json_object *known = json_object_array_get_idx(beyond, i), *group;
        if (!json_object_get_boolean(member(known, "archived"))) {
            group = json_object_new_object();
            put(group, "id", member(known, "id"));
            put(group, "displayName", member(known, "name"));
            put(group, "source", member(known, "source"));
            json_object_array_add(list, group);
        }
    }
    return list;
}

static int has_flag(const scim_row_t *row, const char *flag)
{
    for (int i = 0; row->flags && i < row->flags->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(row->flags, i, const char *), flag) == 0) {
            return 1;
        }
    }
    return 0;
}

/* The flags that only the deleted account has. */
static json_object *flags_beyond(const merge_t *merge)
{
    json_object *list = json_object_new_array();
    const apr_array_header_t *flags = merge->gone.flags;
    for (int i = 0; flags && i < flags->nelts; i++) {
        const char *flag = APR_ARRAY_IDX(flags, i, const char *);
        if (!has_flag(&merge->stays, flag)) {
            json_object_array_add(list, text(flag));
        }
    }
    return list;
}

static void make_plan(merge_t *merge)
{
    json_object *facts = merge->asked->facts;
    merge->plan = scim_json_own(json_object_new_object(), merge->pool);
    json_object_object_add(merge->plan, "carry", carry_of(merge));
    json_object_object_add(merge->plan, "becomes", becomes_of(merge));
    json_object_object_add(merge->plan, "groups", groups_of(member(facts, "groupsBeyond")));
    json_object_object_add(merge->plan, "flags", flags_beyond(merge));
    json_object_object_add(merge->plan, "links", or_empty(carries(merge, "links") ? member(facts, "linksHeld") : NULL));
    json_object_object_add(merge->plan, "grants", or_empty(member(facts, "grantsBeyond")));
}

static void read_merge(merge_t *merge, const scim_asked_t *asked)
{
    *merge = (merge_t){.asked = asked, .rules = scim_user_rules(asked), .pool = asked->pool};
    merge->gone = scim_user_row(member(asked->facts, "was"), merge->rules, asked->pool);
    merge->stays = scim_user_row(member(asked->facts, "intoWas"), merge->rules, asked->pool);
    make_plan(merge);
}

/* --- preview ------------------------------------------------------------------------------------------------------ */

#define WRONG                                                                                                          \
    {"!intoId", 400, "into", "There is no user \"{into}\"; make it first, or correct the name."},                      \
    {                                                                                                                  \
        "same", 400, "into", "This is the same account; name another one."                                             \
    }
#define REFUSED                                                                                                        \
    SCIM_USER_IS_DELETED, {"intoDeleted", 409, "into", "The user \"{intoName}\" is deleted; restore it first."},       \
        SCIM_USER_IS_PROTECTED

/* What the identity provider will do, from the preview and two more facts. */
static const char *next_of(json_object *preview, const merge_t *merge)
{
    json_object *known = scim_json_copy(preview, merge->pool);
    json_object_object_add(known, "externalId", text(scim_row_text(merge->gone.doc, "externalId")));
    json_object_object_add(known, "adopts", json_object_new_boolean(merge->rules->adopts));
    return scim_merge_next(known, merge->pool);
}

/* A refusal is a part of the preview's answer. */
static scim_error_t *decide_preview(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    static const scim_refusal_t refusals[] = {REFUSED, SCIM_NO_REFUSAL};
    merge_t merge;
    read_merge(&merge, asked);
    const scim_error_t *refused = scim_action_check(asked, refusals);
    json_object *preview = scim_json_copy(merge.plan, asked->pool);
    put(preview, "user", member(asked->facts, "userRow"));
    put(preview, "into", member(asked->facts, "intoRow"));
    json_object_object_add(preview, "refused", refused ? text(refused->detail) : NULL);
    json_object_object_add(preview, "next", text(next_of(preview, &merge)));
    outcome->answer = preview;
    outcome->changes = 0;
    return NULL;
}

const scim_action_t scim_user_merge_preview = {
    .noun = &scim_user_noun,
    .kind = SCIM_ACTION_SET,
    .refusals = (const scim_refusal_t[]){WRONG, SCIM_NO_REFUSAL},
    .decide = decide_preview,
};

/* --- merging ------------------------------------------------------------------------------------------------------ */

static scim_error_t *check_confirmed(const merge_t *merge)
{
    static const scim_refusal_t unconfirmed = {
        NULL, 400, "confirm",
        "The user \"{userName}\" is going to be deleted; repeat its userName here to confirm that."};
    const char *confirm = scim_row_text(merge->asked->args, "confirm");
    int same =
        confirm && strcmp(scim_fold(confirm, merge->pool), scim_fold(scim_row_name(&merge->gone), merge->pool)) == 0;
    return same ? NULL : scim_action_refuse(merge->asked, &unconfirmed);
}

static int by_key(const void *one, const void *other)
{
    const char *const *a = one, *const *b = other;
    return strcmp(a[1], b[1]);
}

/* The flags of both accounts, in the order of their keys. */
static const apr_array_header_t *flags_of_both(const merge_t *merge)
{
    const apr_array_header_t *lists[] = {merge->stays.flags, merge->gone.flags};
    apr_array_header_t *pairs = apr_array_make(merge->pool, 8, 2 * sizeof(const char *));
    for (int l = 0; l < 2; l++) {
        for (int i = 0; lists[l] && i < lists[l]->nelts; i++) {
            const char *flag = APR_ARRAY_IDX(lists[l], i, const char *);
            if (l == 0 || !has_flag(&merge->stays, flag)) {
                const char **pair = apr_array_push(pairs);
                pair[0] = flag;
                pair[1] = scim_fold(flag, merge->pool);
            }
        }
    }
    qsort(pairs->elts, (size_t)pairs->nelts, (size_t)pairs->elt_size, by_key);
    apr_array_header_t *flags = apr_array_make(merge->pool, pairs->nelts + 1, sizeof(const char *));
    for (int i = 0; i < pairs->nelts; i++) {
        APR_ARRAY_PUSH(flags, const char *) = ((const char **)(void *)pairs->elts)[2 * i];
    }
    return flags;
}

/* The remaining account, with the transferred values. */
static scim_error_t *survivor_of(scim_row_t *after, const merge_t *merge)
{
    json_object *becomes = member(merge->plan, "becomes");
    *after = merge->stays;
    after->doc = scim_json_copy(merge->stays.doc, merge->pool);
    put(after->doc, "userName", member(becomes, "userName"));
    if (member(becomes, "externalId")) {
        put(after->doc, "externalId", member(becomes, "externalId"));
    }
    after->source = scim_row_text(becomes, "source");
    after->sent_role = strcmp(after->source, merge->stays.source) == 0 ? merge->stays.sent_role : merge->gone.sent_role;
    if (scim_list_length(member(merge->plan, "flags")) > 0) {
        after->flags = flags_of_both(merge);
    }
    return scim_account_administer(after, &merge->stays, merge->rules, merge->pool);
}

static void tell_merge(scim_outcome_t *outcome, const merge_t *merge)
{
    json_object *gone = scim_json_own(json_object_new_object(), merge->pool);
    put(gone, "id", member(merge->asked->facts, "userId"));
    json_object_object_add(gone, "userName", text(scim_row_name(&merge->gone)));
    json_object_object_add(gone, "source", text(merge->gone.source));
    scim_outcome_tell(outcome, "merge", "User", scim_row_text(merge->asked->facts, "intoId"),
                      scim_row_name(&merge->stays), gone, merge->plan);
}

static json_object *ids_of(json_object *groups)
{
    json_object *ids = json_object_new_array();
    for (size_t i = 0; i < scim_list_length(groups); i++) {
        json_object_array_add(ids, json_object_get(member(json_object_array_get_idx(groups, i), "id")));
    }
    return ids;
}

static scim_error_t *decide_merge(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    json_object *id = member(asked->facts, "userId"), *into = member(asked->facts, "intoId");
    json_object *joins = member(asked->facts, "groupsBeyond"), *row = outcome->row;
    scim_row_t after;
    merge_t merge;
    read_merge(&merge, asked);
    scim_error_t *error = check_confirmed(&merge);
    error = error ? error : survivor_of(&after, &merge);
    if (error) {
        return error;
    }
    put(row, "id", into);
    put(row, "gone", id);
    put(row, "into", into);
    json_object_object_add(row, "joins", ids_of(joins));
    json_object_object_add(row, "carriesLinks", json_object_new_boolean(carries(&merge, "links")));
    scim_user_join(outcome, into, joins);
    scim_row_t deleted = scim_account_deleted(&merge.gone, merge.rules, asked->pool);
    put(scim_user_change(outcome, json_object_get_string(id), &merge.gone, &deleted), "mergedInto", into);
    scim_user_leave(outcome, id, member(asked->facts, "joined"));
    scim_user_change_later(outcome, json_object_get_string(into), &merge.stays, &after);
    tell_merge(outcome, &merge);
    return NULL;
}

const scim_action_t scim_user_merge = {
    .noun = &scim_user_noun,
    .kind = SCIM_ACTION_SET,
    .refusals = (const scim_refusal_t[]){WRONG, REFUSED, SCIM_NO_REFUSAL},
    .decide = decide_merge,
};
