/*
 * The rules of a tenant: what its administrators have decided, as far as a write by provisioning asks for it.
 *
 * They are read once and remembered (store/rules_cache.h). `version` says which state of the tenant they are of: every
 * administrative change raises it in its own transaction, and a write that was computed with another version than
 * the one that holds is undone and computed anew. They are never changed after they were read; any thread may use them.
 */
#ifndef SCIM_RULES_RULES_H
#define SCIM_RULES_RULES_H

#include <apr_hash.h>
#include <apr_pools.h>
#include <apr_tables.h>
#include <json-c/json.h>

#include "scim/schema.h"

/* What a POST brings back of what was deleted (setting `restore`). */
typedef enum { SCIM_RESTORE_BY_EXTERNAL_ID, SCIM_RESTORE_BY_USER_NAME, SCIM_RESTORE_NEVER } scim_restore_e;

/* What the entitlements that a client sends do (setting `sentEntitlements`; entitlement.h). */
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
    const char *token;  /* what the token that acts is called */
    const char *traits; /* what few tenants have, as letters (sql/code/, scim.traits) */
    scim_restore_e restore;
    int adopts;          /* a local account that is the same becomes the provisioned one (localMatch) */
    int erases;          /* a deletion leaves nothing (deletion) */
    int user_name_email; /* userName must be an e-mail address (userNameEmail) */
    int derives_name;    /* displayName is made of the name, whatever is sent (deriveDisplayName) */
    int role_defaults;   /* a role that the tenant has not asks for none, and is not refused (unknownRole) */
    int role_syncs;      /* the identity provider's role counts with each of its writes, and not with the first alone */
    int login_email;     /* people log in by their e-mail address (loginAttribute) */
    int protects;        /* there are accounts that provisioning may not touch */
    int restores_mappings; /* a new group has the mappings of a deleted one of its name (restoreMappings) */
    int bound;             /* the token that acts is for its own user alone */
    scim_entitlements_e entitlements;
    apr_array_header_t *subscriptions; /* scim_subscription_t, oldest first; empty unless entitlements are matched */
    apr_hash_t *subscription_ids;      /* their ids by id, and by name, folded */
    apr_array_header_t *reserved;      /* const char *: values of roles that provisioning never gives (reservedRoles) */
    apr_array_header_t *roles;         /* scim_role_t, oldest first */
    const struct scim_templates_t *templates; /* what new users get (template.h); NULL: nothing */
} scim_rules_t;

/* Reads what the statement `rules` tells, a JSON object (see there). `schemas` is for the conditions of templates, and
 * may be NULL where there are none. NULL where it is no object. */
scim_rules_t *scim_rules_read(const char *json, apr_size_t len, apr_int64_t version, const scim_schemas_t *schemas,
                              apr_pool_t *pool);

/* The same of an object that was read; what it does not have is no rule, and no role. */
scim_rules_t *scim_rules_of(json_object *object, apr_int64_t version, const scim_schemas_t *schemas, apr_pool_t *pool);

/* The role that is called so, whatever the case: by its value, else by its id or display name, the oldest first; NULL
 * where there is none. */
const scim_role_t *scim_rules_role(const scim_rules_t *rules, const char *name, apr_pool_t *pool);

/* Whether provisioning may not give the role of this value; NULL is none. */
int scim_rules_reserved(const scim_rules_t *rules, const char *role);

#endif
