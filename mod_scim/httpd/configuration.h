/*
 * What the directives say, per Location and per server.
 *
 * Every field of a Location's configuration has a value that means "not said here" (-1, NULL, SCIM_TENANT_UNSET), so
 * that merging is taking the inner one where it says something. Most fields are made of the table of directives.h;
 * scim_setting_* give the value that counts, defaults included. After the configuration was read all of it is
 * read-only, but for the pools, which each child makes its own.
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

/* Where ScimFacts puts what is known of an account. */
#define SCIM_FACTS_TO_ENV     1
#define SCIM_FACTS_TO_HEADERS 2

typedef struct scim_dir_config_t {
    const char *location; /* path of the Location that holds ScimTenant, no slash at its end; NULL outside */
    scim_tenant_e tenant;
    const char *tenant_name;           /* SCIM_TENANT_FIXED */
    const ap_expr_info_t *tenant_expr; /* SCIM_TENANT_EXPR */
    const char *admin_tenant;          /* the one that administrators may see; NULL: all, or as it is worked out */
    const ap_expr_info_t *admin_tenant_expr; /* works it out; NULL: nothing to work out */
    apr_hash_t *patch_response; /* resource type's name in lower case -> "body" or "none"; NULL: none said */
    const ap_expr_info_t *link_issuer, *link_subject; /* said together; NULL: not said */
    const ap_expr_info_t *client;     /* what httpd calls a client of the endpoint; NULL: only tokens count */
    int client_after;                 /* said together: a token that is sent counts first */
    unsigned lists;                   /* what the Require lines that may hold here have to read (store/facts.h) */
    int any_entitlement;              /* one of them works out a subscription's name for each request */
    apr_array_header_t *entitlements; /* const char *, folded: the names that they have; NULL: none */
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

/* A Location that holds ScimTenant and is served by the module. */
typedef struct scim_endpoint_t {
    const char *location; /* its path, no slash at its end */
    scim_tenant_e tenant;
    int served; /* it has SetHandler scim itself; others have it where they lie in one that has, as of the main server
                 */
} scim_endpoint_t;

struct scim_pages_t;
typedef struct scim_limits_t scim_limits_t; /* limits.h */

/* What is worked out once for a whole configuration, when it is checked. */
typedef struct scim_runtime_t {
    const scim_schemas_t *schemas;
    const apr_array_header_t *indexed; /* scim_indexed_t: what the schemas declare */
    apr_hash_t *pools;           /* server_rec * -> scim_pool_t *: servers whose directives are the same share one */
    apr_hash_t *outboxes;        /* server_rec * -> scim_outbox_t *, shared in the same way */
    struct scim_pages_t *pages;  /* NULL: nothing is remembered; made in post_config (pages.h) */
    const scim_limits_t *limits; /* known in post_config */
    struct scim_rules_cache_t *rules; /* made in child_init (store/rules_cache.h) */
    struct scim_facts_kept_t *facts;  /* the same (store/facts_kept.h) */
    struct scim_places_t *recent;     /* the same (facts_cache.h); NULL: none */
} scim_runtime_t;

typedef struct scim_server_config_t {
    apr_array_header_t *schema_dirs;     /* const char *, absolute; filled for the main server alone */
    apr_array_header_t *endpoints;       /* scim_endpoint_t: every ScimTenant that holds in this server */
    apr_array_header_t *admin_locations; /* const char *: every Location of the admin API in this server (check.c) */
    struct scim_pages_t *pages; /* as ScimPageCache says; NULL where it is not said; of the main server alone */
    const char *console_dir;    /* where its files are; NULL: not said; of every server */
#define SCIM_SERVER(type, member, standard, name, takes, set, context, bits, help) type member;
    SCIM_DIRECTIVES(SCIM_NO_NUMBER, SCIM_NO_PAIR, SCIM_NO_POINTER, SCIM_SERVER, SCIM_NO_OTHER)
#undef SCIM_SERVER
    const char *facts_prefix;  /* of the headers that tell facts; NULL: SCIM_FACTS_PREFIX */
    int tenants;               /* ScimTenant stands in a section */
    int requires;              /* so does a Require line of authz.c */
    apr_array_header_t *named; /* scim_named_t: what Require lines of this server name; NULL: nothing */
    scim_runtime_t *runtime;   /* NULL where no section holds ScimTenant */
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

/* The innermost Location with ScimTenant that `path` lies in; NULL: in none. */
const scim_endpoint_t *scim_config_endpoint(const server_rec *server, const char *path);

/* The path of the innermost Location of the admin API that `path` lies in; NULL: in none. */
const char *scim_config_admin_location(const server_rec *server, const char *path);

/* Whether `path` lies in a Location whose path is `location`. */
int scim_config_covers(const char *location, const char *path);

/* A base URL with the tenant's name wherever it has SCIM_TENANT_PLACE. */
const char *scim_config_base_url(const char *base_url, const char *tenant, apr_pool_t *pool);

/* That a Require line holds in a section, and which lists it reads. Returns the section's configuration; NULL outside
 * of one. */
scim_dir_config_t *scim_config_require(cmd_parms *cmd, unsigned lists);

/* The value of a member that counts: what is said, or the default. Those of SERVER rows are of the main server. */
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

/* Bytes of the body of a Bulk request: ScimMaxBody holds for it too. */
apr_off_t scim_setting_bulk_body(const scim_dir_config_t *config);
/* Whether PATCH of a resource of this type is answered with its representation. */
int scim_setting_patch_body(const scim_dir_config_t *config, const scim_resource_type_t *type, apr_pool_t *pool);

#endif
