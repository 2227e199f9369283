/*
 * The configuration, per Location and per server.
 *
 * Every field of a Location's configuration has a value that means "not set" (-1, NULL, SCIM_TENANT_UNSET); merging
 * takes the inner value if it is set. Most fields come from the table of directives.h; scim_setting_* return the
 * effective value, defaults included. After the configuration was read it is read-only, except for the pools, which
 * each child has for itself.
 */
#ifndef SCIM_CONFIGURATION_H
#define SCIM_CONFIGURATION_H

#include <ap_expr.h>
#include <apr_hash.h>
#include <apr_network_io.h>
#include <http_config.h>
#include <httpd.h>

#include "directives.h"
#include "scim/schema.h"

#define SCIM_HANDLER       "scim"
#define SCIM_ADMIN_HANDLER "scim-admin"
#define SCIM_TENANT_PLACE  "{tenant}" /* in ScimBaseURL */
#define SCIM_PATCH_BODY    "body"     /* in patch_response */

extern module AP_MODULE_DECLARE_DATA scim_module;

typedef enum {
    SCIM_TENANT_UNSET,
    SCIM_TENANT_PATH,
    SCIM_TENANT_HOST,
    SCIM_TENANT_FIXED,
    SCIM_TENANT_EXPR
} scim_tenant_e;

/* Where ScimFacts puts the facts. */
#define SCIM_FACTS_TO_ENV     1
#define SCIM_FACTS_TO_HEADERS 2

typedef struct scim_dir_config_t {
    const char *location; /* path of the Location with ScimTenant, without a trailing slash; NULL outside */
    scim_tenant_e tenant;
    const char *tenant_name;                 /* SCIM_TENANT_FIXED */
    const ap_expr_info_t *tenant_expr;       /* SCIM_TENANT_EXPR */
    const char *admin_tenant;                /* the only tenant of the admin API; NULL: all, or by the expression */
    const ap_expr_info_t *admin_tenant_expr; /* gives that tenant; NULL: none */
    apr_hash_t *patch_response;              /* resource type's name in lower case -> "body" or "none"; NULL: not set */
    const ap_expr_info_t *link_issuer, *link_subject; /* set together; NULL: not set */
    const ap_expr_info_t *client;     /* name of a client that httpd has authenticated; NULL: only tokens count */
    int client_after;                 /* set together with it: a token that was sent counts first */
    unsigned lists;                   /* the lists that Require lines here may need (store/facts.h) */
    int any_entitlement;              /* a Require line has an expression for a subscription's name */
    apr_array_header_t *entitlements; /* const char *, folded: the subscriptions in these lines; NULL: none */
#define SCIM_NUMBER(type, member, standard, name, takes, set, context, bits, help) type member;
#define SCIM_PAIR(type, member, standard, type2, member2, standard2, name, takes, set, context, bits, help)            \
    type member;                                                                                                       \
    type2 member2;
#define SCIM_POINTER(type, member, name, takes, set, context, bits, help) type member;
    SCIM_DIRECTIVES(SCIM_NUMBER, SCIM_PAIR, SCIM_POINTER, SCIM_NO_NUMBER, SCIM_NO_OTHER)
#undef SCIM_NUMBER
#undef SCIM_PAIR
#undef SCIM_POINTER
} scim_dir_config_t;

/* A Location with ScimTenant that is served by the module. */
typedef struct scim_endpoint_t {
    const char *location; /* its path, without a trailing slash */
    scim_tenant_e tenant;
    int served; /* it has SetHandler scim itself; others may inherit it from an outer Location, as of the main server */
} scim_endpoint_t;

struct scim_pages_t;
typedef struct scim_limits_t scim_limits_t; /* limits.h */

/* What is computed once for a whole configuration, when it is checked. */
typedef struct scim_runtime_t {
    const scim_schemas_t *schemas;
    const apr_array_header_t *indexed; /* scim_indexed_t: the attributes that the schemas declare as indexed */
    apr_hash_t *pools;           /* server_rec * -> scim_pool_t *: servers with the same DBD directives share one */
    apr_hash_t *outboxes;        /* server_rec * -> scim_outbox_t *, shared in the same way */
    struct scim_pages_t *pages;  /* NULL: no cache; made in post_config (pages.h) */
    const scim_limits_t *limits; /* set in post_config */
    struct scim_rules_cache_t *rules; /* made in child_init (store/rules_cache.h) */
    struct scim_facts_kept_t *facts;  /* the same (store/facts_kept.h) */
    struct scim_places_t *recent;     /* the same (facts_cache.h); NULL: none */
} scim_runtime_t;

typedef struct scim_server_config_t {
    apr_array_header_t *schema_dirs;     /* const char *, absolute; only in the main server */
    apr_array_header_t *endpoints;       /* scim_endpoint_t: every ScimTenant of this server */
    apr_array_header_t *admin_locations; /* const char *: every Location of the admin API in this server (check.c) */
    struct scim_pages_t *pages;          /* of ScimPageCache; NULL: not set; only in the main server */
    const char *console_dir;             /* of ScimConsoleDir; NULL: not set; in every server */
#define SCIM_SERVER(type, member, standard, name, takes, set, context, bits, help) type member;
    SCIM_DIRECTIVES(SCIM_NO_NUMBER, SCIM_NO_PAIR, SCIM_NO_POINTER, SCIM_SERVER, SCIM_NO_OTHER)
#undef SCIM_SERVER
    const char *facts_prefix;  /* of the headers with facts; NULL: SCIM_FACTS_PREFIX */
    int tenants;               /* a section has ScimTenant */
    int requires;              /* a section has a Require line of authz.c */
    apr_array_header_t *named; /* scim_named_t: the names in Require lines of this server; NULL: none */
    scim_runtime_t *runtime;   /* NULL if no section has ScimTenant */
} scim_server_config_t;

extern const command_rec scim_directives[]; /* directives.c */

void *scim_dir_config_create(apr_pool_t *pool, char *dir);
void *scim_dir_config_merge(apr_pool_t *pool, void *outer, void *inner);
void *scim_server_config_create(apr_pool_t *pool, server_rec *server);
void *scim_server_config_merge(apr_pool_t *pool, void *main, void *virtual_host);

const scim_dir_config_t *scim_dir_config(const request_rec *r);
scim_server_config_t *scim_server_config(const server_rec *server);

/* Whether the request's Location has `SetHandler scim` and ScimTenant. */
int scim_config_serves(request_rec *r);

/* Whether the request's Location has `SetHandler scim-admin`. */
int scim_config_manages(request_rec *r);

/* The innermost Location with ScimTenant that contains `path`; NULL: none. */
const scim_endpoint_t *scim_config_endpoint(const server_rec *server, const char *path);

/* The path of the innermost Location of the admin API that contains `path`; NULL: none. */
const char *scim_config_admin_location(const server_rec *server, const char *path);

/* Whether the Location `location` contains `path`. */
int scim_config_covers(const char *location, const char *path);

/* A base URL with each SCIM_TENANT_PLACE replaced by the tenant's name. */
const char *scim_config_base_url(const char *base_url, const char *tenant, apr_pool_t *pool);

/* Records that a section has a Require line, and the lists that it needs. Returns the section's configuration; NULL
 * outside of one. */
scim_dir_config_t *scim_config_require(cmd_parms *cmd, unsigned lists);

/* The effective value of a member: the configured one, or the default. SERVER rows use the main server's. */
#define SCIM_GETTER(type, member)                                                  type scim_setting_##member(const scim_dir_config_t *config);
#define SCIM_NUMBER(type, member, standard, name, takes, set, context, bits, help) SCIM_GETTER(type, member)
#define SCIM_PAIR(type, member, standard, type2, member2, standard2, name, takes, set, context, bits, help)            \
    SCIM_GETTER(type, member) SCIM_GETTER(type2, member2)
#define SCIM_SERVER(type, member, standard, name, takes, set, context, bits, help)                                     \
    type scim_setting_##member(const scim_server_config_t *config);
SCIM_DIRECTIVES(SCIM_NUMBER, SCIM_PAIR, SCIM_NO_POINTER, SCIM_SERVER, SCIM_NO_OTHER)
#undef SCIM_GETTER
#undef SCIM_NUMBER
#undef SCIM_PAIR
#undef SCIM_SERVER

/* The maximum bytes of a Bulk request's body: ScimMaxBody applies, too. */
apr_off_t scim_setting_bulk_body(const scim_dir_config_t *config);
/* Whether a PATCH of this resource type is answered with the resource. */
int scim_setting_patch_body(const scim_dir_config_t *config, const scim_resource_type_t *type, apr_pool_t *pool);

#endif
