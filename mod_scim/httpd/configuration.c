#include "configuration.h"

#include <apr_strings.h>
#include <http_core.h>

void *scim_dir_config_create(apr_pool_t *pool, char *dir)
{
    scim_dir_config_t *config = apr_pcalloc(pool, sizeof(*config));

    (void)dir;
#define SCIM_NUMBER(type, member, standard, name, takes, set, context, bits, help) config->member = -1;
#define SCIM_PAIR(type, member, standard, type2, member2, standard2, name, takes, set, context, bits, help)            \
    config->member = -1;                                                                                               \
    config->member2 = -1;
    SCIM_DIRECTIVES(SCIM_NUMBER, SCIM_PAIR, SCIM_NO_POINTER, SCIM_NO_NUMBER, SCIM_NO_OTHER)
#undef SCIM_NUMBER
#undef SCIM_PAIR
    return config;
}

#define INNER(field, unset) (inner->field != (unset) ? inner->field : outer->field)

void *scim_dir_config_merge(apr_pool_t *pool, void *outer_config, void *inner_config)
{
    const scim_dir_config_t *outer = outer_config;
    const scim_dir_config_t *inner = inner_config;
    const scim_dir_config_t *tenant = inner->tenant != SCIM_TENANT_UNSET ? inner : outer;
    const scim_dir_config_t *admin = inner->admin_tenant || inner->admin_tenant_expr ? inner : outer;
    scim_dir_config_t *config = apr_pcalloc(pool, sizeof(*config));

    config->location = tenant->location ? tenant->location : outer->location;
    config->tenant = tenant->tenant;
    config->tenant_name = tenant->tenant_name;
    config->tenant_expr = tenant->tenant_expr;
    config->admin_tenant = admin->admin_tenant;
    config->admin_tenant_expr = admin->admin_tenant_expr;
    config->client = INNER(client, NULL);
    config->client_after = (inner->client ? inner : outer)->client_after;
    config->link_issuer = INNER(link_issuer, NULL);
    config->link_subject = INNER(link_subject, NULL);
    config->lists = outer->lists | inner->lists;
    config->any_entitlement = outer->any_entitlement || inner->any_entitlement;
    config->entitlements = outer->entitlements && inner->entitlements
                               ? apr_array_append(pool, outer->entitlements, inner->entitlements)
                               : INNER(entitlements, NULL);
    if (inner->patch_response && outer->patch_response)
        config->patch_response = apr_hash_overlay(pool, inner->patch_response, outer->patch_response);
    else
        config->patch_response = INNER(patch_response, NULL);
#define SCIM_NUMBER(type, member, standard, name, takes, set, context, bits, help) config->member = INNER(member, -1);
#define SCIM_PAIR(type, member, standard, type2, member2, standard2, name, takes, set, context, bits, help)            \
    config->member = INNER(member, -1);                                                                                \
    config->member2 = inner->member != -1 ? inner->member2 : outer->member2;
#define SCIM_POINTER(type, member, name, takes, set, context, bits, help) config->member = INNER(member, NULL);
    SCIM_DIRECTIVES(SCIM_NUMBER, SCIM_PAIR, SCIM_POINTER, SCIM_NO_NUMBER, SCIM_NO_OTHER)
#undef SCIM_NUMBER
#undef SCIM_PAIR
#undef SCIM_POINTER
    return config;
}

void *scim_server_config_create(apr_pool_t *pool, server_rec *server)
{
    scim_server_config_t *config = apr_pcalloc(pool, sizeof(*config));

    (void)server;
    config->schema_dirs = apr_array_make(pool, 1, sizeof(const char *));
    config->endpoints = apr_array_make(pool, 1, sizeof(scim_endpoint_t));
    config->admin_locations = apr_array_make(pool, 1, sizeof(const char *));
#define SCIM_SERVER(type, member, standard, name, takes, set, context, bits, help) config->member = -1;
    SCIM_DIRECTIVES(SCIM_NO_NUMBER, SCIM_NO_PAIR, SCIM_NO_POINTER, SCIM_SERVER, SCIM_NO_OTHER)
#undef SCIM_SERVER
    return config;
}

/* Virtual hosts inherit the sections of the main server. */
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
    config->named = inner->named;
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

/* httpd stores the value of SetHandler as an expression, even if it is a plain word. */
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
    int i, served = 0;

    for (i = 0; path && i < endpoints->nelts; i++) {
        const scim_endpoint_t *endpoint = &APR_ARRAY_IDX(endpoints, i, scim_endpoint_t);

        if (!scim_config_covers(endpoint->location, path))
            continue;
        served |= endpoint->served;
        if (!found || strlen(endpoint->location) > strlen(found->location))
            found = endpoint;
    }
    return served ? found : NULL;
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

#define SCIM_GETTER(of, type, member, standard)                                                                        \
    type scim_setting_##member(const of *config)                                                                       \
    {                                                                                                                  \
        return config->member != -1 ? config->member : (standard);                                                     \
    }
#define SCIM_NUMBER(type, member, standard, name, takes, set, context, bits, help)                                     \
    SCIM_GETTER(scim_dir_config_t, type, member, standard)
#define SCIM_PAIR(type, member, standard, type2, member2, standard2, name, takes, set, context, bits, help)            \
    SCIM_GETTER(scim_dir_config_t, type, member, standard)                                                             \
    SCIM_GETTER(scim_dir_config_t, type2, member2, standard2)
#define SCIM_SERVER(type, member, standard, name, takes, set, context, bits, help)                                     \
    SCIM_GETTER(scim_server_config_t, type, member, standard)
SCIM_DIRECTIVES(SCIM_NUMBER, SCIM_PAIR, SCIM_NO_POINTER, SCIM_SERVER, SCIM_NO_OTHER)

apr_off_t scim_setting_bulk_body(const scim_dir_config_t *config)
{
    apr_off_t bytes = scim_setting_bulk_bytes(config);
    apr_off_t body = scim_setting_max_body(config);

    return bytes < body ? bytes : body;
}

/* By default PATCH of a user is answered with the user, and PATCH of a group without a body, since a group may have
 * many members. */
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

/* httpd creates a section's configuration of this module only when it reads the first directive of this module. */
scim_dir_config_t *scim_config_require(cmd_parms *cmd, unsigned lists)
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
    return config;
}
