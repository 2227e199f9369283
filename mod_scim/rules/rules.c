#include "rules.h"

#include <apr_strings.h>
#include <json-c/json.h>
#include <string.h>

#include "scim/fold.h"
#include "scim/json.h"
#include "scim/table.h"
#include "template.h"

static int is_true(json_object *object, const char *name)
{
    return json_object_get_boolean(json_object_object_get(object, name));
}

static const char *text_of(json_object *value, apr_pool_t *pool)
{
    return apr_pstrdup(pool, json_object_get_string(value));
}

/* Properties that few tenants have (tenant_traits.part): p protected accounts, m the token is only for its user. */
static int has_trait(json_object *object, char trait)
{
    const char *traits = json_object_get_string(json_object_object_get(object, "traits"));
    return traits && strchr(traits, trait) != NULL;
}

static scim_restore_e restore_of(const char *setting)
{
    if (setting && strcmp(setting, "never") == 0) {
        return SCIM_RESTORE_NEVER;
    }
    return setting && strcmp(setting, "userName") == 0 ? SCIM_RESTORE_BY_USER_NAME : SCIM_RESTORE_BY_EXTERNAL_ID;
}

/* Each element is [value, id, display name]. */
static apr_array_header_t *read_roles(json_object *list, apr_pool_t *pool)
{
    size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    apr_array_header_t *roles = apr_array_make(pool, (int)count + 1, sizeof(scim_role_t));
    for (size_t i = 0; i < count; i++) {
        json_object *parts = json_object_array_get_idx(list, i);
        scim_role_t *role = apr_array_push(roles);
        const char *display = text_of(json_object_array_get_idx(parts, 2), pool);
        role->value = text_of(json_object_array_get_idx(parts, 0), pool);
        role->id = text_of(json_object_array_get_idx(parts, 1), pool);
        role->value_key = scim_fold(role->value, pool);
        role->display_key = scim_fold(display ? display : "", pool);
    }
    return roles;
}

static scim_entitlements_e entitlements_of(const char *setting)
{
    if (setting && strcmp(setting, "match") == 0) {
        return SCIM_ENTITLEMENTS_MATCH;
    }
    return setting && strcmp(setting, "refuse") == 0 ? SCIM_ENTITLEMENTS_REFUSE : SCIM_ENTITLEMENTS_IGNORE;
}

/* Each element is [id, name]. */
static apr_array_header_t *read_subscriptions(json_object *list, apr_pool_t *pool)
{
    size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    apr_array_header_t *named = apr_array_make(pool, (int)count + 1, sizeof(scim_subscription_t));
    for (size_t i = 0; i < count; i++) {
        json_object *parts = json_object_array_get_idx(list, i);
        scim_subscription_t *one = apr_array_push(named);
        one->id = text_of(json_object_array_get_idx(parts, 0), pool);
        one->name = text_of(json_object_array_get_idx(parts, 1), pool);
    }
    return named;
}

/* The ids of subscriptions by folded name, and by id. */
static apr_hash_t *index_subscriptions(const apr_array_header_t *named, apr_pool_t *pool)
{
    apr_hash_t *ids = scim_table_make(pool);
    for (int i = 0; i < named->nelts; i++) {
        const scim_subscription_t *one = &APR_ARRAY_IDX(named, i, scim_subscription_t);
        apr_hash_set(ids, scim_fold(one->name, pool), APR_HASH_KEY_STRING, one->id);
    }
    for (int i = 0; i < named->nelts; i++) {
        const scim_subscription_t *one = &APR_ARRAY_IDX(named, i, scim_subscription_t);
        apr_hash_set(ids, one->id, APR_HASH_KEY_STRING, one->id);
    }
    return ids;
}

static apr_array_header_t *read_names(json_object *list, apr_pool_t *pool)
{
    size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    apr_array_header_t *names = apr_array_make(pool, (int)count + 1, sizeof(const char *));
    for (size_t i = 0; i < count; i++) {
        APR_ARRAY_PUSH(names, const char *) = text_of(json_object_array_get_idx(list, i), pool);
    }
    return names;
}

scim_rules_t *scim_rules_of(json_object *object, apr_int64_t version, const scim_schemas_t *schemas, apr_pool_t *pool)
{
    json_object *templates = json_object_object_get(object, "templates");
    scim_rules_t *rules = apr_pcalloc(pool, sizeof(*rules));
    rules->version = version;
    rules->token = text_of(json_object_object_get(object, "token"), pool);
    rules->traits = text_of(json_object_object_get(object, "traits"), pool);
    rules->restore = restore_of(json_object_get_string(json_object_object_get(object, "restore")));
    rules->adopts = is_true(object, "adopts");
    rules->erases = is_true(object, "erases");
    rules->user_name_email = is_true(object, "userNameEmail");
    rules->derives_name = is_true(object, "derivesName");
    rules->role_defaults = is_true(object, "roleDefaults");
    rules->role_syncs = is_true(object, "roleSyncs");
    rules->login_email = is_true(object, "loginEmail");
    rules->restores_mappings = is_true(object, "restoresMappings");
    rules->entitlements = entitlements_of(json_object_get_string(json_object_object_get(object, "entitlements")));
    rules->subscriptions = read_subscriptions(json_object_object_get(object, "subscriptions"), pool);
    rules->subscription_ids = index_subscriptions(rules->subscriptions, pool);
    rules->protects = has_trait(object, 'p');
    rules->templates = templates ? scim_templates_read(templates, schemas, pool) : NULL;
    rules->bound = has_trait(object, 'm');
    rules->reserved = read_names(json_object_object_get(object, "reserved"), pool);
    rules->roles = read_roles(json_object_object_get(object, "roles"), pool);
    return rules;
}

scim_rules_t *scim_rules_read(const char *json, apr_size_t len, apr_int64_t version, const scim_schemas_t *schemas,
                              apr_pool_t *pool)
{
    apr_pool_t *parsing;
    apr_pool_create(&parsing, pool);
    json_object *object = scim_json_trusted(json, len, parsing);
    scim_rules_t *rules =
        json_object_is_type(object, json_type_object) ? scim_rules_of(object, version, schemas, pool) : NULL;
    apr_pool_destroy(parsing);
    return rules;
}

const scim_role_t *scim_rules_role(const scim_rules_t *rules, const char *name, apr_pool_t *pool)
{
    const char *key = scim_fold(name, pool);
    const scim_role_t *other = NULL;
    for (int i = 0; i < rules->roles->nelts; i++) {
        const scim_role_t *role = &APR_ARRAY_IDX(rules->roles, i, scim_role_t);
        if (strcmp(role->value_key, key) == 0) {
            return role;
        }
        if (!other && (strcmp(role->id, key) == 0 || strcmp(role->display_key, key) == 0)) {
            other = role;
        }
    }
    return other;
}

int scim_rules_reserved(const scim_rules_t *rules, const char *role)
{
    for (int i = 0; role && i < rules->reserved->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(rules->reserved, i, const char *), role) == 0) {
            return 1;
        }
    }
    return 0;
}
