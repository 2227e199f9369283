#include "configuration.h"

#include <apr_strings.h>
#include <http_core.h>

#define PAGE_DEFAULT      100
#define PAGE_MAXIMUM      500
#define CURSOR_TIMEOUT    apr_time_from_sec(3600)
#define MAX_BODY          (10 * 1024 * 1024)
#define MAX_DEPTH         32
#define BULK_OPERATIONS   1000
#define BULK_BYTES        (1024 * 1024)
#define BULK_TIMEOUT      apr_time_from_sec(45)
#define DATABASE_TIMEOUT  apr_time_from_sec(10)
#define DATABASE_WAIT     apr_time_from_sec(5)
#define TENANT_SHARE      50
#define TOKEN_SHARE       50
#define ADMIN_TIMEOUT     apr_time_from_sec(60)
#define FAILURES          20
#define FAILURE_PERIOD    60
#define ACCESS_TOKEN_LIFE apr_time_from_sec(3600)
#define METRICS_TENANTS   100
#define ACTIVITY_KEEP     apr_time_from_sec(90 * 86400)
#define TOKEN_WARNING     apr_time_from_sec(14 * 86400)

void *scim_dir_config_create(apr_pool_t *pool, char *dir)
{
    scim_dir_config_t *config = apr_pcalloc(pool, sizeof(*config));

    (void)dir;
    config->page_default = -1;
    config->page_maximum = -1;
    config->cursor_timeout = -1;
    config->max_body = -1;
    config->max_depth = -1;
    config->bulk_operations = -1;
    config->bulk_bytes = -1;
    config->bulk_timeout = -1;
    config->database_timeout = -1;
    config->database_wait = -1;
    config->tenant_share = -1;
    config->token_share = -1;
    config->admin_timeout = -1;
    config->require_tls = -1;
    config->console = -1;
    config->failure_limit = -1;
    config->failure_period = -1;
    config->facts = -1;
    config->basic_tokens = -1;
    config->access_token_life = -1;
    config->facts_cache = -1;
    config->facts_grace = -1;
    return config;
}

#define INNER(field, unset) (inner->field != (unset) ? inner->field : outer->field)

void *scim_dir_config_merge(apr_pool_t *pool, void *outer_config, void *inner_config)
{
    const scim_dir_config_t *outer = outer_config;
    const scim_dir_config_t *inner = inner_config;
    const scim_dir_config_t *tenant = inner->tenant != SCIM_TENANT_UNSET ? inner : outer;
    const scim_dir_config_t *admin = inner->admin_tenant || inner->admin_tenant_expr ? inner : outer;
    const scim_dir_config_t *page = inner->page_default != -1 ? inner : outer;
    const scim_dir_config_t *failures = inner->failure_limit != -1 ? inner : outer;
    scim_dir_config_t *config = apr_pcalloc(pool, sizeof(*config));

    config->location = tenant->location ? tenant->location : outer->location;
    config->tenant = tenant->tenant;
    config->tenant_name = tenant->tenant_name;
    config->tenant_expr = tenant->tenant_expr;
    config->admin_tenant = admin->admin_tenant;
    config->admin_tenant_expr = admin->admin_tenant_expr;
    config->page_default = page->page_default;
    config->page_maximum = page->page_maximum;
    config->cursor_timeout = INNER(cursor_timeout, -1);
    config->failure_limit = failures->failure_limit;
    config->failure_period = failures->failure_period;
    config->sync_policy = INNER(sync_policy, NULL);
    config->base_url = INNER(base_url, NULL);
    config->documentation_uri = INNER(documentation_uri, NULL);
    config->spool_dir = INNER(spool_dir, NULL);
    config->max_body = INNER(max_body, -1);
    config->max_depth = INNER(max_depth, -1);
    config->bulk_operations = INNER(bulk_operations, -1);
    config->bulk_bytes = INNER(bulk_bytes, -1);
    config->bulk_timeout = INNER(bulk_timeout, -1);
    config->database_timeout = INNER(database_timeout, -1);
    config->database_wait = INNER(database_wait, -1);
    config->tenant_share = INNER(tenant_share, -1);
    config->token_share = INNER(token_share, -1);
    config->admin_timeout = INNER(admin_timeout, -1);
    config->require_tls = INNER(require_tls, -1);
    config->console = INNER(console, -1);
    config->account = INNER(account, NULL);
    config->link_issuer = INNER(link_issuer, NULL);
    config->link_subject = INNER(link_subject, NULL);
    config->facts = INNER(facts, -1);
    config->basic_tokens = INNER(basic_tokens, -1);
    config->client = INNER(client, NULL);
    config->client_after = (inner->client ? inner : outer)->client_after;
    config->access_token_life = INNER(access_token_life, -1);
    config->facts_cache = INNER(facts_cache, -1);
    config->facts_grace = INNER(facts_grace, -1);
    config->lists = outer->lists | inner->lists;
    if (inner->patch_response && outer->patch_response)
        config->patch_response = apr_hash_overlay(pool, inner->patch_response, outer->patch_response);
    else
        config->patch_response = INNER(patch_response, NULL);
    return config;
}

void *scim_server_config_create(apr_pool_t *pool, server_rec *server)
{
    scim_server_config_t *config = apr_pcalloc(pool, sizeof(*config));

    (void)server;
    config->schema_dirs = apr_array_make(pool, 1, sizeof(const char *));
    config->endpoints = apr_array_make(pool, 1, sizeof(scim_endpoint_t));
    config->admin_locations = apr_array_make(pool, 1, sizeof(const char *));
    config->activity_keep = -1;
    config->token_warning = -1;
    config->metrics_tenants = -1;
    return config;
}

/* Sections of the main server hold in its virtual hosts too. */
void *scim_server_config_merge(apr_pool_t *pool, void *main_config, void *virtual_host_config)
{
    const scim_server_config_t *outer = main_config;
    const scim_server_config_t *inner = virtual_host_config;
    scim_server_config_t *config = apr_pcalloc(pool, sizeof(*config));

    config->schema_dirs = outer->schema_dirs;
    config->console_dir = outer->console_dir;
    config->endpoints = apr_array_append(pool, inner->endpoints, outer->endpoints);
    config->admin_locations = apr_array_make(pool, 1, sizeof(const char *));
    config->facts_prefix = INNER(facts_prefix, NULL);
    config->tenants = outer->tenants || inner->tenants;
    config->requires = outer->requires || inner->requires;
    return config;
}

const scim_dir_config_t *scim_dir_config(const request_rec *r)
{
    return r->per_dir_config ? ap_get_module_config(r->per_dir_config, &scim_module) : NULL;
}

scim_server_config_t *scim_server_config(const server_rec *server)
{
    return ap_get_module_config(server->module_config, &scim_module);
}

/* httpd keeps what SetHandler says as an expression, be it a plain word. */
static int is_handler(request_rec *r, const char *name)
{
    const core_dir_config *core;
    const char *problem = NULL;
    const char *handler;

    core = ap_get_core_module_config(r->per_dir_config);
    handler = core->expr_handler ? ap_expr_str_exec(r, core->expr_handler, &problem) : core->handler;
    return !problem && handler && strcmp(handler, name) == 0;
}

int scim_config_serves(request_rec *r)
{
    const scim_dir_config_t *config = scim_dir_config(r);

    return config && config->location && is_handler(r, SCIM_HANDLER);
}

int scim_config_manages(request_rec *r)
{
    return scim_dir_config(r) && is_handler(r, SCIM_ADMIN_HANDLER);
}

int scim_config_covers(const char *location, const char *path)
{
    apr_size_t len = strlen(location);

    return strncmp(location, path, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

const scim_endpoint_t *scim_config_endpoint(const server_rec *server, const char *path)
{
    const apr_array_header_t *endpoints = scim_server_config(server)->endpoints;
    const scim_endpoint_t *found = NULL;
    int i;

    for (i = 0; path && i < endpoints->nelts; i++) {
        const scim_endpoint_t *endpoint = &APR_ARRAY_IDX(endpoints, i, scim_endpoint_t);

        if (scim_config_covers(endpoint->location, path) &&
            (!found || strlen(endpoint->location) > strlen(found->location)))
            found = endpoint;
    }
    return found;
}

const char *scim_config_admin_location(const server_rec *server, const char *path)
{
    const apr_array_header_t *locations = scim_server_config(server)->admin_locations;
    const char *found = NULL;
    int i;

    for (i = 0; path && i < locations->nelts; i++) {
        const char *location = APR_ARRAY_IDX(locations, i, const char *);

        if (scim_config_covers(location, path) && (!found || strlen(location) > strlen(found)))
            found = location;
    }
    return found;
}

#define SETTING(type, field, standard)                                                                                 \
    type scim_setting_##field(const scim_dir_config_t *config)                                                         \
    {                                                                                                                  \
        return config->field != -1 ? config->field : (standard);                                                       \
    }

SETTING(int, page_default, PAGE_DEFAULT)
SETTING(int, page_maximum, PAGE_MAXIMUM)
SETTING(apr_interval_time_t, cursor_timeout, CURSOR_TIMEOUT)
SETTING(apr_off_t, max_body, MAX_BODY)
SETTING(int, max_depth, MAX_DEPTH)
SETTING(int, bulk_operations, BULK_OPERATIONS)
SETTING(apr_interval_time_t, database_timeout, DATABASE_TIMEOUT)
SETTING(apr_interval_time_t, database_wait, DATABASE_WAIT)
SETTING(int, tenant_share, TENANT_SHARE)
SETTING(int, token_share, TOKEN_SHARE)
SETTING(apr_interval_time_t, admin_timeout, ADMIN_TIMEOUT)
SETTING(apr_interval_time_t, bulk_timeout, BULK_TIMEOUT)
SETTING(int, require_tls, 1)
SETTING(int, console, 1)
SETTING(int, facts, 0)
SETTING(int, basic_tokens, 0)
SETTING(apr_interval_time_t, access_token_life, ACCESS_TOKEN_LIFE)
SETTING(apr_interval_time_t, facts_cache, 0)
SETTING(apr_interval_time_t, facts_grace, 0)
SETTING(int, failure_limit, FAILURES)
SETTING(int, failure_period, FAILURE_PERIOD)

apr_off_t scim_setting_bulk_bytes(const scim_dir_config_t *config)
{
    apr_off_t bytes = config->bulk_bytes != -1 ? config->bulk_bytes : BULK_BYTES;
    apr_off_t body = scim_setting_max_body(config);

    return bytes < body ? bytes : body;
}

apr_interval_time_t scim_setting_activity_keep(const scim_server_config_t *config)
{
    return config->activity_keep != -1 ? config->activity_keep : ACTIVITY_KEEP;
}

int scim_setting_metrics_tenants(const scim_server_config_t *config)
{
    return config->metrics_tenants != -1 ? config->metrics_tenants : METRICS_TENANTS;
}

apr_interval_time_t scim_setting_token_warning(const scim_server_config_t *config)
{
    return config->token_warning != -1 ? config->token_warning : TOKEN_WARNING;
}

/* Identity providers want to see the user that they changed, and never a group with all its members. */
int scim_setting_patch_body(const scim_dir_config_t *config, const scim_resource_type_t *type, apr_pool_t *pool)
{
    char *name = apr_pstrdup(pool, type->name);
    const char *said;

    ap_str_tolower(name);
    said = config->patch_response ? apr_hash_get(config->patch_response, name, APR_HASH_KEY_STRING) : NULL;
    return said ? strcmp(said, SCIM_PATCH_BODY) == 0 : type->members == NULL;
}

const char *scim_config_base_url(const char *base_url, const char *tenant, apr_pool_t *pool)
{
    const char *place = strstr(base_url, SCIM_TENANT_PLACE);

    if (!place)
        return base_url;
    return apr_pstrcat(pool, apr_pstrmemdup(pool, base_url, (apr_size_t)(place - base_url)), tenant,
                       scim_config_base_url(place + strlen(SCIM_TENANT_PLACE), tenant, pool), NULL);
}

/* A section's configuration of this module is made when its first directive is read, which may be none of ours. */
void scim_config_require(cmd_parms *cmd, unsigned lists)
{
    scim_dir_config_t *config = cmd->context ? ap_get_module_config(cmd->context, &scim_module) : NULL;

    if (cmd->context && !config) {
        config = scim_dir_config_create(cmd->pool, cmd->path);
        ap_set_module_config(cmd->context, &scim_module, config);
    }
    if (config)
        config->lists |= lists;
    if (ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_RUN_MPM)
    scim_server_config(cmd->server)->requires = 1;
}
