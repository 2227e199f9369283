#include "template.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "scim/fold.h"
#include "scim/json.h"
#include "scim/text.h"

/* --- reading ------------------------------------------------------------------------------------------------------ */

static const char *text_at(json_object *parts, size_t place, apr_pool_t *pool)
{
    return apr_pstrdup(pool, json_object_get_string(json_object_array_get_idx(parts, place)));
}

static apr_array_header_t *texts_at(json_object *parts, size_t place, apr_pool_t *pool)
{
    json_object *list = json_object_array_get_idx(parts, place);
    size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    apr_array_header_t *texts = apr_array_make(pool, (int)count, sizeof(const char *));
    for (size_t i = 0; i < count; i++) {
        APR_ARRAY_PUSH(texts, const char *) = text_at(list, i, pool);
    }
    return texts;
}

static void read_condition(scim_template_t *out, const char *text, const scim_resource_type_t *type, apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_NONE};
    if (!type) {
        out->failed = "The schemas, which the condition needs, could not be read.";
        return;
    }
    scim_error_t *error = scim_filter_read(&out->condition, text, type, &leniency, pool);
    out->failed = error ? error->detail : NULL;
}

/* Each element is [id, name, condition, role, groups, subscriptions, flags]. */
static void read_template(scim_templates_t *templates, json_object *parts, apr_pool_t *pool)
{
    const char *condition = json_object_get_string(json_object_array_get_idx(parts, 2));
    scim_template_t *one = apr_array_push(templates->list);
    *one = (scim_template_t){.id = text_at(parts, 0, pool), .name = text_at(parts, 1, pool)};
    one->role = text_at(parts, 3, pool);
    one->groups = texts_at(parts, 4, pool);
    one->subscriptions = texts_at(parts, 5, pool);
    one->flags = texts_at(parts, 6, pool);
    if (condition) {
        templates->conditions = 1;
        read_condition(one, condition, templates->type, pool);
    }
}

static int asks_groups(const scim_templates_t *templates)
{
    int given = 0;
    for (int i = 0; i < templates->list->nelts; i++) {
        const scim_template_t *one = &APR_ARRAY_IDX(templates->list, i, const scim_template_t);
        if (given && one->condition && scim_filter_asks(one->condition, templates->type->groups)) {
            return 1;
        }
        given = given || one->groups->nelts > 0;
    }
    return 0;
}

scim_templates_t *scim_templates_read(json_object *list, const scim_schemas_t *schemas, apr_pool_t *pool)
{
    size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    scim_templates_t *templates = apr_pcalloc(pool, sizeof(*templates));
    templates->list = apr_array_make(pool, (int)count, sizeof(scim_template_t));
    templates->type = schemas ? scim_schemas_type(schemas, "User", strlen("User")) : NULL;
    for (size_t i = 0; i < count; i++) {
        read_template(templates, json_object_array_get_idx(list, i), pool);
    }
    templates->groups = asks_groups(templates);
    return templates;
}

/* --- the account on which a condition is evaluated -----------------------------------------------------------------*/

typedef struct account_t {
    scim_giving_t *giving;
    const char *id;
    scim_row_t *row;
    json_object *seen;   /* as clients would see it; NULL: not needed so far */
    json_object *groups; /* the groups in `seen` */
} account_t;

static void put_text(json_object *object, const char *name, const char *text)
{
    json_object_object_add(object, name, json_object_new_string(text));
}

static json_object *new_meta(const char *id)
{
    json_object *meta = json_object_new_object();
    char now[SCIM_TIME_SIZE];
    scim_time_format(now, apr_time_now());
    put_text(meta, "resourceType", "User");
    put_text(meta, "created", now);
    put_text(meta, "lastModified", now);
    put_text(meta, "version", "W/\"1\"");
    put_text(meta, "location", id);
    return meta;
}

/* Makes `seen` from the document's members and the server's columns. */
static void see(account_t *account)
{
    account->seen = scim_json_own(json_object_new_object(), account->giving->pool);
    json_object_object_foreach(account->row->doc, name, value)
    {
        json_object_object_add(account->seen, name, json_object_get(value));
    }
    put_text(account->seen, "id", account->id);
    json_object_object_add(account->seen, "meta", new_meta(account->id));
    json_object_object_add(account->seen, "groups", json_object_get(account->groups));
}

/* The group with this id among the account's groups; NULL: none. */
static json_object *find_group(json_object *groups, const char *id)
{
    for (size_t i = 0; i < json_object_array_length(groups); i++) {
        json_object *group = json_object_array_get_idx(groups, i);
        if (strcmp(scim_row_text(group, "value"), id) == 0) {
            return group;
        }
    }
    return NULL;
}

/* Adds a group to the account's groups, and the groups that it is a member of. */
static void see_group(account_t *account, const char *group)
{
    json_object *above = json_object_object_get(account->giving->above, group);
    for (size_t i = 0; above && i < json_object_array_length(above); i++) {
        json_object *parts = json_object_array_get_idx(above, i);
        const char *id = json_object_get_string(json_object_array_get_idx(parts, 0));
        int direct = json_object_get_boolean(json_object_array_get_idx(parts, 2));
        json_object *one = find_group(account->groups, id);
        if (!one) {
            one = json_object_new_object();
            put_text(one, "value", id);
            put_text(one, "$ref", id);
            put_text(one, "type", "indirect");
            json_object_object_add(one, "display", json_object_get(json_object_array_get_idx(parts, 1)));
            json_object_array_add(account->groups, one);
        }
        if (direct) {
            put_text(one, "type", "direct");
        }
    }
}

static int is_for(const scim_template_t *one, account_t *account)
{
    if (!one->condition) {
        return 1;
    }
    if (!account->seen) {
        see(account);
    }
    return scim_filter_holds(one->condition, account->seen, account->giving->templates->type, account->giving->pool);
}

/* --- what a template gives -----------------------------------------------------------------------------------------*/

static json_object *list_of(const apr_array_header_t *texts)
{
    json_object *list = json_object_new_array();
    for (int i = 0; i < texts->nelts; i++) {
        json_object_array_add(list, json_object_new_string(APR_ARRAY_IDX(texts, i, const char *)));
    }
    return list;
}

static json_object *new_gift(const scim_template_t *one, int place)
{
    json_object *gift = json_object_new_object();
    json_object_object_add(gift, "n", json_object_new_int(place));
    put_text(gift, "template", one->name);
    put_text(gift, "templateId", one->id);
    json_object_object_add(gift, "users", json_object_new_array());
    if (one->failed) {
        put_text(gift, "failed", one->failed);
        return gift;
    }
    json_object_object_add(gift, "groups", list_of(one->groups));
    json_object_object_add(gift, "subscriptions", list_of(one->subscriptions));
    json_object_object_add(gift, "flags", list_of(one->flags));
    json_object_object_add(gift, "role", one->role ? json_object_new_string(one->role) : NULL);
    json_object_object_add(gift, "roles", json_object_new_array());
    json_object_object_add(gift, "changes", json_object_new_array());
    return gift;
}

/* The object that collects what the template at this position gives; created when first needed. */
static json_object *gift_of(scim_giving_t *giving, int place)
{
    if (!giving->given) {
        giving->given = scim_json_own(json_object_new_array(), giving->pool);
    }
    for (size_t i = 0; i < json_object_array_length(giving->given); i++) {
        json_object *gift = json_object_array_get_idx(giving->given, i);
        if (json_object_get_int(json_object_object_get(gift, "n")) == place) {
            return gift;
        }
    }
    json_object *gift = new_gift(&APR_ARRAY_IDX(giving->templates->list, place, const scim_template_t), place);
    json_object_array_add(giving->given, gift);
    return gift;
}

typedef struct flag_t {
    const char *name, *key;
} flag_t;

static int compare_flags(const void *one, const void *other)
{
    return strcmp(((const flag_t *)one)->key, ((const flag_t *)other)->key);
}

static void add_flags(apr_array_header_t *all, const apr_array_header_t *flags, apr_pool_t *pool)
{
    for (int i = 0; flags && i < flags->nelts; i++) {
        const char *name = APR_ARRAY_IDX(flags, i, const char *);
        int known = 0;
        for (int j = 0; !known && j < all->nelts; j++) {
            known = strcmp(APR_ARRAY_IDX(all, j, flag_t).name, name) == 0;
        }
        if (!known) {
            APR_ARRAY_PUSH(all, flag_t) = (flag_t){name, scim_fold(name, pool)};
        }
    }
}

/* All flags without duplicates, in the order of their folded names; NULL: none. */
static const apr_array_header_t *with_flags(const apr_array_header_t *has, const apr_array_header_t *more,
                                            apr_pool_t *pool)
{
    apr_array_header_t *all = apr_array_make(pool, 8, sizeof(flag_t));
    apr_array_header_t *names = apr_array_make(pool, 8, sizeof(const char *));
    add_flags(all, has, pool);
    add_flags(all, more, pool);
    qsort(all->elts, (size_t)all->nelts, sizeof(flag_t), compare_flags);
    for (int i = 0; i < all->nelts; i++) {
        APR_ARRAY_PUSH(names, const char *) = APR_ARRAY_IDX(all, i, flag_t).name;
    }
    return names->nelts > 0 ? names : NULL;
}

/* The audit entry for the changes of the row, without the document. */
static void tell_change(json_object *gift, const account_t *account, scim_row_t before)
{
    scim_entry_t entry;
    scim_row_t after = *account->row;
    before.doc = after.doc = scim_json_own(json_object_new_object(), account->giving->pool);
    scim_entry_change(&entry, &before, &after, account->giving->pool);
    if (entry.action) {
        json_object *change = json_object_new_object();
        put_text(change, "user", account->id);
        json_object_object_add(change, "before", json_object_get(entry.before));
        json_object_object_add(change, "after", json_object_get(entry.after));
        json_object_array_add(json_object_object_get(gift, "changes"), change);
    }
}

static void give_one(account_t *account, const scim_template_t *one, json_object *gift)
{
    scim_row_t before = *account->row;
    if (one->role && !before.role) {
        account->row->role = one->role;
        json_object_array_add(json_object_object_get(gift, "roles"), json_object_new_string(account->id));
    }
    if (one->flags->nelts > 0) {
        account->row->flags = with_flags(before.flags, one->flags, account->giving->pool);
    }
    tell_change(gift, account, before);
    for (int i = 0; i < one->groups->nelts; i++) {
        see_group(account, APR_ARRAY_IDX(one->groups, i, const char *));
    }
}

void scim_give(scim_giving_t *giving, const char *id, scim_row_t *row)
{
    account_t account = {.giving = giving, .id = id, .row = row};
    account.groups = scim_json_own(json_object_new_array(), giving->pool);
    for (int i = 0; i < giving->templates->list->nelts; i++) {
        const scim_template_t *one = &APR_ARRAY_IDX(giving->templates->list, i, const scim_template_t);
        if (one->failed || is_for(one, &account)) {
            json_object *gift = gift_of(giving, i);
            json_object_array_add(json_object_object_get(gift, "users"), json_object_new_string(id));
            if (!one->failed) {
                give_one(&account, one, gift);
            }
        }
    }
}
