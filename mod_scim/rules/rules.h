/*
 * The rules of a tenant: the settings and objects of its administrators that a write by provisioning needs.
 *
 * They are read once and cached (store/rules_cache.h). Every administrative change increments the tenant's `version` in
 * its own transaction; a write that was computed with an old version is rolled back and computed again. Rules are never
 * modified after they were read, so any thread may use them.
 */
#ifndef SCIM_RULES_RULES_H
#define SCIM_RULES_RULES_H

#include <apr_hash.h>
#include <apr_pools.h>
#include <apr_tables.h>
#include <json-c/json.h>

#include "scim/schema.h"

/* Which deleted users a POST restores (setting `restore`). */
typedef enum { SCIM_RESTORE_BY_EXTERNAL_ID, SCIM_RESTORE_BY_USER_NAME, SCIM_RESTORE_NEVER } scim_restore_e;

/* What entitlements sent by a client do (setting `sentEntitlements`; entitlement.h). */
typedef enum { SCIM_ENTITLEMENTS_IGNORE, SCIM_ENTITLEMENTS_MATCH, SCIM_ENTITLEMENTS_REFUSE } scim_entitlements_e;

/* A subscription. */
typedef struct scim_subscription_t {
    const char *id;
    const char *name;
} scim_subscription_t;

/* A role that accounts may have. */
typedef struct scim_role_t {
    const char *value;
    const char *id;
    const char *value_key;   /* `value` folded */
    const char *display_key; /* its display name folded */
} scim_role_t;

typedef struct scim_rules_t {
    apr_int64_t version;
    const char *token;  /* the name of the request's token */
    const char *traits; /* rarely used features of the tenant, as letters (tenant_traits.part) */
    scim_restore_e restore;
    int adopts;            /* a matching local account becomes provisioned (localMatch) */
    int erases;            /* a deletion erases (deletion) */
    int user_name_email;   /* userName must be an e-mail address (userNameEmail) */
    int derives_name;      /* displayName is always derived from the name (deriveDisplayName) */
    int role_defaults;     /* an unknown role is ignored instead of refused (unknownRole) */
    int role_syncs;        /* the identity provider's role counts with every write, not only with the first */
    int login_email;       /* people log in by their e-mail address (loginAttribute) */
    int protects;          /* the tenant has protected accounts */
    int restores_mappings; /* a new group takes over mappings of a deleted one (restoreMappings) */
    int bound;             /* the request's token is bound to its own user */
    scim_entitlements_e entitlements;
    apr_array_header_t *subscriptions;        /* scim_subscription_t, oldest first; empty unless `match` */
    apr_hash_t *subscription_ids;             /* their ids, by id and by folded name */
    apr_array_header_t *reserved;             /* const char *: roles that provisioning never gives (reservedRoles) */
    apr_array_header_t *roles;                /* scim_role_t, oldest first */
    const struct scim_templates_t *templates; /* what new users get (template.h); NULL: nothing */
} scim_rules_t;

/* Reads the answer of the statement `rules`, a JSON object (see there). `schemas` is for the conditions of templates,
 * and may be NULL if there are none. Returns NULL if it is not an object. */
scim_rules_t *scim_rules_read(const char *json, apr_size_t len, apr_int64_t version, const scim_schemas_t *schemas,
                              apr_pool_t *pool);

/* The same for a parsed object; missing members mean no rule and no role. */
scim_rules_t *scim_rules_of(json_object *object, apr_int64_t version, const scim_schemas_t *schemas, apr_pool_t *pool);

/* The role with this name, without case: by its value, else by its id or display name, the oldest first; NULL: none.
 */
const scim_role_t *scim_rules_role(const scim_rules_t *rules, const char *name, apr_pool_t *pool);

/* Whether provisioning may not give this role; `role` may be NULL. */
int scim_rules_reserved(const scim_rules_t *rules, const char *role);

#endif
