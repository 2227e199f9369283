#include "noun.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/json.h"
#include "scim/text.h"

#define IS      "is"
#define ANY     "*"
#define CHANGED "The resource has another version than If-Match names. Read it again."

/* --- facts ---------------------------------------------------------------------------------------------------------*/

static json_object *member(json_object *object, const char *name)
{
    json_object *value = NULL;
    return json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, name, &value) ? value
                                                                                                            : NULL;
}

static json_object *stored(const scim_asked_t *asked)
{
    return member(asked->facts, IS);
}

json_object *scim_asked_value(const scim_asked_t *asked, const char *name)
{
    json_object *const places[] = {asked->facts, stored(asked), asked->args};
    json_object *value = NULL;
    for (apr_size_t i = 0; !value && i < sizeof(places) / sizeof(*places); i++) {
        value = member(places[i], name);
    }
    return value;
}

json_object *scim_asked_list(const scim_asked_t *asked, const char *argument)
{
    json_object *list = member(asked->args, argument);
    return json_object_is_type(list, json_type_array) ? list : NULL;
}

size_t scim_list_length(json_object *list)
{
    return list ? json_object_array_length(list) : 0;
}

json_object *scim_asked_found(const scim_asked_t *asked, const char *fact, json_object *list, size_t place)
{
    const char *named = json_object_get_string(json_object_array_get_idx(list, place));
    json_object *found = member(asked->facts, fact);
    for (size_t i = 0; i < scim_list_length(found); i++) {
        /* Usually it is at the same index. */
        json_object *one = json_object_array_get_idx(found, (i + place) % json_object_array_length(found));
        if (strcmp(json_object_get_string(member(one, "named")), named) == 0) {
            return one;
        }
    }
    return NULL;
}

static int is_known(const scim_asked_t *asked, const char *fact)
{
    json_object *value = member(asked->facts, fact);
    return value && (!json_object_is_type(value, json_type_boolean) || json_object_get_boolean(value));
}

/* --- refusals ----------------------------------------------------------------------------------------------------- */

/* The text with its placeholders in braces replaced. */
static const char *fill(const scim_asked_t *asked, const char *text)
{
    scim_buf_t buf;
    scim_buf_init(&buf, 128, asked->pool);
    while (*text) {
        apr_size_t plain = strcspn(text, "{");
        scim_buf_add(&buf, text, plain);
        text += plain;
        if (*text) {
            apr_size_t len = strcspn(++text, "}");
            json_object *value = scim_asked_value(asked, apr_pstrmemdup(asked->pool, text, len));
            scim_buf_puts(&buf, value ? json_object_get_string(value) : "");
            text += len + 1;
        }
    }
    return buf.data;
}

scim_error_t *scim_action_refuse(const scim_asked_t *asked, const scim_refusal_t *refusal)
{
    apr_pool_t *pool = asked->pool;
    const char *detail = fill(asked, refusal->text);
    scim_error_t *error = refusal->status == 400 ? scim_error_typed(pool, SCIM_INVALID_VALUE, "%s", detail)
                                                 : scim_error_status(pool, refusal->status, "%s", detail);
    if (refusal->field) {
        const char *named = apr_pstrcat(pool, refusal->field, ": ", NULL);
        apr_size_t skip = strncmp(detail, named, strlen(named)) == 0 ? strlen(named) : 0;
        scim_error_field(error, refusal->field, error->detail + skip, pool);
    }
    return error;
}

scim_error_t *scim_action_refuse_one(const scim_asked_t *asked, const scim_refusal_t *refusal, json_object *facts)
{
    scim_asked_t one = *asked;
    one.facts = facts;
    return scim_action_refuse(&one, refusal);
}

scim_error_t *scim_action_refuse_named(const scim_asked_t *asked, const scim_refusal_t *refusal, json_object *named)
{
    json_object *facts = scim_json_own(json_object_new_object(), asked->pool);
    json_object_object_add(facts, "named", json_object_get(named));
    return scim_action_refuse_one(asked, refusal, facts);
}

scim_error_t *scim_action_check(const scim_asked_t *asked, const scim_refusal_t *refusals)
{
    for (const scim_refusal_t *refusal = refusals; refusal && refusal->fact; refusal++) {
        int wanted = *refusal->fact != '!';
        if (is_known(asked, refusal->fact + !wanted) == wanted) {
            return scim_action_refuse(asked, refusal);
        }
    }
    return NULL;
}

/* Whether `version` is in a list that is separated by commas. */
static int is_listed(const char *list, const char *version)
{
    apr_size_t len = strlen(version);
    for (; *list; list += *list == ',') {
        apr_size_t one = strcspn(list, ",");
        if (one == len && strncmp(list, version, len) == 0) {
            return 1;
        }
        list += one;
    }
    return 0;
}

scim_error_t *scim_version_check(const char *wanted, const char *version, apr_pool_t *pool)
{
    if (!wanted || !*wanted || strcmp(wanted, ANY) == 0 || is_listed(wanted, version)) {
        return NULL;
    }
    scim_error_t *error = scim_error_status(pool, 412, CHANGED);
    error->cause = "It was changed meanwhile. Read it again, and repeat your change with the new version.";
    return error;
}

/* An object that is changed or removed must exist, in the version that the administrator has seen. */
static scim_error_t *check_stored(const scim_asked_t *asked)
{
    if (asked->action->kind == SCIM_ACTION_ADD) {
        return NULL;
    }
    if (!stored(asked)) {
        return scim_action_refuse(asked, asked->action->noun->missing);
    }
    return asked->action->fresh ? NULL : scim_version_check(asked->if_match, asked->version, asked->pool);
}

/* --- the audit log ------------------------------------------------------------------------------------------------ */

static void put_text(json_object *object, const char *name, const char *text)
{
    if (text) {
        json_object_object_add(object, name, json_object_new_string(text));
    }
}

static void put(json_object *object, const char *name, json_object *value)
{
    if (value) {
        json_object_object_add(object, name, json_object_get(value));
    }
}

void scim_outcome_tell(scim_outcome_t *outcome, const char *action, const char *type, const char *id, const char *name,
                       json_object *before, json_object *after)
{
    json_object *entry = json_object_new_object();
    put_text(entry, "action", action);
    put_text(entry, "type", type);
    put_text(entry, "id", id);
    put_text(entry, "name", name);
    put(entry, "before", before);
    put(entry, "after", after);
    json_object_array_add(outcome->entries, entry);
}

void scim_outcome_weigh(scim_outcome_t *outcome, int weight, int logins)
{
    size_t count = json_object_array_length(outcome->entries);
    if (count > 0) {
        json_object *entry = json_object_array_get_idx(outcome->entries, count - 1);
        json_object_object_add(entry, "weight", json_object_new_int(weight));
        if (logins) {
            json_object_object_add(entry, "logins", json_object_new_int(logins));
        }
    }
}

static int is_among(const apr_array_header_t *names, const char *name)
{
    for (int i = 0; i < names->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(names, i, const char *), name) == 0) {
            return 1;
        }
    }
    return 0;
}

static json_object *differing(json_object *one, json_object *other, apr_pool_t *pool)
{
    json_object *out = NULL;
    apr_array_header_t *same = scim_json_same(one, other, pool);
    json_object_object_foreach(one, name, value)
    {
        if (!is_among(same, name)) {
            out = out ? out : scim_json_own(json_object_new_object(), pool);
            json_object_object_add(out, name, json_object_get(value));
        }
    }
    return out;
}

void scim_outcome_differ(json_object **before, json_object **after, json_object *one, json_object *other,
                         apr_pool_t *pool)
{
    *before = differing(one, other, pool);
    *after = differing(other, one, pool);
}

/* What the log shows of an added or removed representation: all members, or the noun's selection without nulls. */
static json_object *told(const scim_noun_t *noun, json_object *representation, apr_pool_t *pool)
{
    if (!noun->told || !representation) {
        return representation;
    }
    json_object *out = scim_json_own(json_object_new_object(), pool);
    for (const char *const *name = noun->told; *name; name++) {
        put(out, *name, member(representation, *name));
    }
    return out;
}

static void tell(scim_outcome_t *outcome, const scim_asked_t *asked, json_object *is, json_object *will)
{
    const scim_noun_t *noun = asked->action->noun;
    const char *action = noun->actions[asked->action->kind];
    json_object *shown = will ? will : is;
    json_object *before = told(noun, is, asked->pool), *after = told(noun, will, asked->pool);
    if (!action) {
        return;
    }
    if (is && will) {
        scim_outcome_differ(&before, &after, is, will, asked->pool);
    }
    scim_outcome_tell(outcome, action, noun->type, json_object_get_string(member(shown, noun->id)),
                      json_object_get_string(member(shown, noun->name)), before, after);
}

/* --- the representation ------------------------------------------------------------------------------------------- */

static json_object *initial(const scim_member_rule_t *rule)
{
    return rule->initial ? json_tokener_parse(rule->initial) : NULL;
}

/* Whether an argument, or the fact of the same name, sets a member; *value gets the new value. */
static int is_given(json_object **value, const scim_asked_t *asked, const scim_member_rule_t *rule)
{
    int argued = json_object_object_get_ex(asked->args, rule->name, value);
    int known = json_object_object_get_ex(asked->facts, rule->name, NULL);
    if (known) {
        *value = member(asked->facts, rule->name);
    }
    return asked->action->kind == SCIM_ACTION_ADD ? argued || known : argued && !rule->fixed;
}

/* Sets every member that has an argument of its name. A fact of that name is used instead, since it is more exact. */
static void set_all(json_object *will, const scim_asked_t *asked)
{
    json_object_object_foreach(asked->args, name, value)
    {
        json_object *fact = member(asked->facts, name);
        if (json_object_object_get_ex(will, name, NULL)) {
            json_object_object_add(will, name, json_object_get(fact ? fact : value));
        }
    }
}

static json_object *represent(const scim_asked_t *asked, json_object *is)
{
    json_object *will = is ? scim_json_copy(is, asked->pool) : scim_json_own(json_object_new_object(), asked->pool);
    for (const scim_member_rule_t *rule = asked->action->noun->members; rule && rule->name; rule++) {
        json_object *value = NULL;
        if (is_given(&value, asked, rule)) {
            json_object_object_add(will, rule->name, json_object_get(value));
        } else if (!is) {
            json_object_object_add(will, rule->name, initial(rule));
        }
    }
    if (asked->action->noun->open) {
        set_all(will, asked);
    }
    if (asked->action->derive) {
        asked->action->derive(will, asked);
    }
    return will;
}

/* The row for the statements: the facts, overwritten by the members of the representation. */
static json_object *row_of(const scim_asked_t *asked, json_object *representation)
{
    json_object *row = scim_json_own(json_object_new_object(), asked->pool);
    json_object_object_foreach(asked->facts, fact, known)
    {
        if (strcmp(fact, IS) != 0) {
            json_object_object_add(row, fact, json_object_get(known));
        }
    }
    json_object_object_foreach(representation, name, value)
    {
        json_object_object_add(row, name, json_object_get(value));
    }
    return row;
}

scim_error_t *scim_action_decide(scim_outcome_t *outcome, const scim_asked_t *asked)
{
    const scim_action_t *action = asked->action;
    scim_error_t *error = check_stored(asked);
    error = error || !action->check ? error : action->check(asked);
    error = error ? error : scim_action_check(asked, action->refusals);
    if (error) {
        return error;
    }
    json_object *is = stored(asked);
    *outcome = (scim_outcome_t){.is = is, .pool = asked->pool, .changes = 1};
    outcome->entries = scim_json_own(json_object_new_array(), asked->pool);
    if (action->decide) {
        outcome->row = scim_json_own(json_object_new_object(), asked->pool);
        return action->decide(outcome, asked);
    }
    json_object *will = action->kind == SCIM_ACTION_REMOVE ? NULL : represent(asked, is);
    outcome->will = will;
    outcome->changes = action->always || !(is && will && json_object_equal(is, will));
    outcome->row = row_of(asked, will ? will : is);
    if (action->kind == SCIM_ACTION_ADD && is) {
        outcome->changes = 0; /* it exists already */
    }
    if (outcome->changes && action->follow) {
        action->follow(outcome, asked);
    }
    if (outcome->changes) {
        tell(outcome, asked, is, will);
    }
    return NULL;
}
