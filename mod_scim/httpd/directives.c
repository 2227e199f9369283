#include <apr_fnmatch.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_uri.h>
#include <http_core.h>
#include <http_log.h>
#include <util_cfgtree.h>

#include "configuration.h"
#include "pages.h"
#include "store/tenant.h"

APLOG_USE_MODULE(scim);

#define PAGE_LIMIT       10000
#define CURSOR_LIMIT     apr_time_from_sec(7 * 86400)
#define MAX_BODY_LIMIT   (1024 * 1024 * 1024)
#define MAX_DEPTH_LOWEST 8
#define MAX_DEPTH_LIMIT  128
#define BULK_LIMIT       10000
#define TIMEOUT_LIMIT    apr_time_from_sec(600)
#define FAILURES_LIMIT   100000
#define PERIOD_LIMIT     3600
#define METRICS_LIMIT    10000
#define AGE_LIMIT        apr_time_from_sec(86400)
#define DAYS_LIMIT       apr_time_from_sec(3650 * INT64_C(86400))
#define PATCH_NONE       "none"

/* The tenant follows the Location's path in the URL, so that must be a plain path. */
static const char *plain_location(const cmd_parms *cmd)
{
    const ap_directive_t *section = cmd->directive->parent;

    if (!section || ap_cstr_casecmp(section->directive, "<Location") != 0 || section->args[0] == '~' || !cmd->path ||
        cmd->path[0] != '/' || apr_fnmatch_test(cmd->path))
        return "must be directly in a <Location \"/path\"> section without wildcards or regular expressions";
    return NULL;
}

typedef struct tenant_mode_t {
    const char *name;
    scim_tenant_e mode;
    int argument; /* 1: an argument must follow */
} tenant_mode_t;

static const tenant_mode_t tenant_modes[] = {
    {"path", SCIM_TENANT_PATH, 0}, {"host", SCIM_TENANT_HOST, 0}, {"fixed", SCIM_TENANT_FIXED, 1},
    {"expr", SCIM_TENANT_EXPR, 1}, {NULL, SCIM_TENANT_UNSET, 0},
};

static const char *tenant_argument(scim_dir_config_t *config, const cmd_parms *cmd, const char *argument)
{
    const char *problem = NULL;

    if (config->tenant == SCIM_TENANT_FIXED) {
        if (!scim_tenant_key_valid(argument))
            return "ScimTenant fixed: a tenant's name is 1 to 63 of a-z, 0-9, '-', '_' and starts with a letter or "
                   "digit";
        config->tenant_name = argument;
    }
    if (config->tenant == SCIM_TENANT_EXPR) {
        config->tenant_expr = ap_expr_parse_cmd(cmd, argument, AP_EXPR_FLAG_STRING_RESULT, &problem, NULL);
        if (problem)
            return apr_pstrcat(cmd->pool, "ScimTenant expr: ", problem, NULL);
    }
    return NULL;
}

/* Whether a section, or a section in it, has the module's handler. */
static int is_served(const ap_directive_t *section, apr_pool_t *temp)
{
    const ap_directive_t *node;

    for (node = section->first_child; node; node = node->next) {
        const char *args = node->args ? node->args : "";

        if (ap_cstr_casecmp(node->directive, "SetHandler") == 0 &&
            strcmp(ap_getword_conf(temp, &args), SCIM_HANDLER) == 0)
            return 1;
        if (node->first_child && is_served(node, temp))
            return 1;
    }
    return 0;
}

static void add_endpoint(const scim_dir_config_t *config, const cmd_parms *cmd, int served)
{
    scim_endpoint_t *endpoint = apr_array_push(scim_server_config(cmd->server)->endpoints);

    endpoint->location = config->location;
    endpoint->tenant = config->tenant;
    endpoint->served = served;
}

static const char *set_tenant(cmd_parms *cmd, void *dir, const char *word, const char *argument)
{
    scim_dir_config_t *config = dir;
    const tenant_mode_t *mode = tenant_modes;
    const ap_directive_t *section = cmd->directive->parent;
    const char *unplain = plain_location(cmd);
    int served = section && is_served(section, cmd->temp_pool);
    const char *problem;
    apr_size_t len;

    while (mode->name && ap_cstr_casecmp(mode->name, word) != 0)
        mode++;
    if (!mode->name || mode->argument != (argument != NULL))
        return "ScimTenant takes one of: path | host | fixed NAME | expr EXPRESSION";
    config->tenant = mode->mode;
    if (unplain && (served || config->tenant == SCIM_TENANT_PATH))
        return apr_pstrcat(cmd->pool, "ScimTenant ", unplain, NULL);
    if ((problem = tenant_argument(config, cmd, argument)))
        return problem;
    scim_server_config(cmd->server)->tenants = 1;
    if (unplain)
        return NULL;
    len = strlen(cmd->path);
    while (len && cmd->path[len - 1] == '/')
        len--;
    config->location = apr_pstrndup(cmd->pool, cmd->path, len);
    add_endpoint(config, cmd, served);
    return NULL;
}

static const char *set_admin_tenant(cmd_parms *cmd, void *dir, const char *word, const char *argument)
{
    scim_dir_config_t *config = dir;
    const char *problem = NULL;

    if (argument && ap_cstr_casecmp(word, "expr") == 0) {
        config->admin_tenant_expr = ap_expr_parse_cmd(cmd, argument, AP_EXPR_FLAG_STRING_RESULT, &problem, NULL);
        return problem ? apr_pstrcat(cmd->pool, "ScimAdminTenant expr: ", problem, NULL) : NULL;
    }
    if (argument || !scim_tenant_key_valid(word))
        return "ScimAdminTenant takes a tenant's name, or: expr EXPRESSION";
    config->admin_tenant = word;
    return NULL;
}

static const char *set_sync_policy(cmd_parms *cmd, void *dir, const char *word)
{
    static const char *const policies[] = {"manual", "all", "groups", NULL};
    int i = 0;

    (void)cmd;
    while (policies[i] && ap_cstr_casecmp(policies[i], word) != 0)
        i++;
    ((scim_dir_config_t *)dir)->sync_policy = policies[i];
    return policies[i] ? NULL : "ScimSyncPolicy takes one of: manual | all | groups";
}

/* Blanks, and characters that a URL has only in percent-encoded form. */
static int has_wrong_character(const char *text)
{
    while (*text && *text > ' ' && *text <= '~' && !strchr("\"<>\\^`|", *text))
        text++;
    return *text != '\0';
}

static int absolute_url(apr_uri_t *uri, const char *text, apr_pool_t *pool)
{
    return !has_wrong_character(text) && apr_uri_parse(pool, text, uri) == APR_SUCCESS && uri->scheme &&
           uri->hostname && uri->hostname[0] &&
           (ap_cstr_casecmp(uri->scheme, "https") == 0 || ap_cstr_casecmp(uri->scheme, "http") == 0);
}

static const char *set_base_url(cmd_parms *cmd, void *dir, const char *text)
{
    scim_dir_config_t *config = dir;
    apr_size_t len = strlen(text);
    apr_uri_t uri;
    const char *filled = scim_config_base_url(text, "t", cmd->temp_pool);

    if (!absolute_url(&uri, filled, cmd->temp_pool) || strpbrk(filled, "?#{}"))
        return "ScimBaseURL takes an absolute http or https URL without blanks, query and fragment; in braces there "
               "can be "
               "{tenant} alone";
    while (len && text[len - 1] == '/')
        len--;
    config->base_url = apr_pstrndup(cmd->pool, text, len);
    return NULL;
}

static const char *set_documentation(cmd_parms *cmd, void *dir, const char *text)
{
    apr_uri_t uri;

    if (!absolute_url(&uri, text, cmd->temp_pool))
        return "ScimDocumentationURI takes an absolute http or https URL without blanks";
    ((scim_dir_config_t *)dir)->documentation_uri = text;
    return NULL;
}

static const char *add_schema_dir(cmd_parms *cmd, void *dir, const char *text)
{
    const char *problem = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    const char *path;

    (void)dir;
    if (problem)
        return problem;
    if (!(path = ap_server_root_relative(cmd->pool, text)))
        return apr_pstrcat(cmd->pool, "ScimSchemaDir: not a usable path: ", text, NULL);
    APR_ARRAY_PUSH(scim_server_config(cmd->server)->schema_dirs, const char *) = path;
    return NULL;
}

/* check.c checks that the page is there, when the whole configuration is known. */
static const char *set_console_dir(cmd_parms *cmd, void *dir, const char *text)
{
    const char *problem = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    const char *path;

    (void)dir;
    if (problem)
        return problem;
    if (!*text || !(path = ap_server_root_relative(cmd->pool, text)))
        return apr_pstrcat(cmd->pool, "ScimConsoleDir: not a usable path: ", text, NULL);
    scim_server_config(cmd->server)->console_dir = path;
    return NULL;
}

static const char *set_page_cache(cmd_parms *cmd, void *dir, const char *text)
{
    const char *problem = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dir;
    return problem ? problem : scim_pages_choose(&scim_server_config(cmd->server)->pages, text, cmd);
}

/* A number of days, "90d"; 0: it is not one. */
static int days(apr_interval_time_t *out, const char *text)
{
    apr_size_t digits = strspn(text, "0123456789");

    if (digits < 1 || digits > 4 || strcmp(text + digits, "d") != 0)
        return 0;
    *out = apr_time_from_sec(apr_atoi64(text) * 86400);
    return *out > 0 && *out <= DAYS_LIMIT;
}

static const char *set_activity_keep(cmd_parms *cmd, void *dir, const char *text)
{
    const char *problem = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dir;
    if (!problem && !days(&scim_server_config(cmd->server)->activity_keep, text))
        problem = "ScimActivityKeep takes a number of days from 1d to 3650d";
    return problem;
}

/* A whole decimal number within limits; 0: it is not one. */
static int number(apr_off_t *out, const char *text, apr_off_t lowest, apr_off_t highest)
{
    return ap_parse_strict_length(out, text) && *out >= lowest && *out <= highest;
}

static const char *set_metrics_tenants(cmd_parms *cmd, void *dir, const char *text)
{
    const char *problem = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    apr_off_t count = 0;

    (void)dir;
    if (!problem && !number(&count, text, 0, METRICS_LIMIT))
        problem = "ScimMetricsTenants takes a number of tenants from 0 to 10000";
    scim_server_config(cmd->server)->metrics_tenants = (int)count;
    return problem;
}

static const char *set_token_warning(cmd_parms *cmd, void *dir, const char *text)
{
    const char *problem = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    apr_interval_time_t *warning = &scim_server_config(cmd->server)->token_warning;

    (void)dir;
    if (!problem && ap_cstr_casecmp(text, "off") == 0)
        *warning = 0;
    else if (!problem && !days(warning, text))
        problem = "ScimTokenWarning takes a number of days from 1d to 3650d, or: off";
    return problem;
}

/* Whether httpd's user may write there is checked later: this code runs as the user who starts httpd. */
static const char *set_spool_dir(cmd_parms *cmd, void *dir, const char *text)
{
    scim_dir_config_t *config = dir;
    const char *path = *text ? ap_server_root_relative(cmd->pool, text) : NULL;
    apr_finfo_t info;

    if (!path || apr_stat(&info, path, APR_FINFO_TYPE, cmd->temp_pool) != APR_SUCCESS || info.filetype != APR_DIR)
        return apr_pstrcat(cmd->pool, "ScimSpoolDir: not a directory: ", text, NULL);
    config->spool_dir = path;
    return NULL;
}

static const char *set_page_size(cmd_parms *cmd, void *dir, const char *standard, const char *maximum)
{
    scim_dir_config_t *config = dir;
    apr_off_t low;
    apr_off_t high;

    if (!number(&high, maximum, 1, PAGE_LIMIT) || !number(&low, standard, 1, high))
        return apr_psprintf(cmd->pool,
                            "ScimPageSize takes two numbers, DEFAULT MAXIMUM, with 1 <= DEFAULT <= MAXIMUM <= %d",
                            PAGE_LIMIT);
    config->page_default = (int)low;
    config->page_maximum = (int)high;
    return NULL;
}

/* Whole seconds, because cursorTimeout in /ServiceProviderConfig has seconds. */
static const char *set_cursor_timeout(cmd_parms *cmd, void *dir, const char *text)
{
    apr_interval_time_t timeout;

    (void)cmd;
    if (ap_timeout_parameter_parse(text, &timeout, "s") != APR_SUCCESS || timeout <= 0 || timeout > CURSOR_LIMIT ||
        timeout % APR_USEC_PER_SEC)
        return "ScimCursorTimeout takes a duration from 1s to 7 days: whole seconds, or a number with s, min or h";
    ((scim_dir_config_t *)dir)->cursor_timeout = timeout;
    return NULL;
}

static const char *set_max_body(cmd_parms *cmd, void *dir, const char *text)
{
    apr_off_t bytes;

    if (!number(&bytes, text, 1, MAX_BODY_LIMIT))
        return apr_psprintf(cmd->pool, "ScimMaxBody takes a number of bytes from 1 to %d", MAX_BODY_LIMIT);
    ((scim_dir_config_t *)dir)->max_body = bytes;
    return NULL;
}

static const char *set_max_depth(cmd_parms *cmd, void *dir, const char *text)
{
    apr_off_t depth;

    if (!number(&depth, text, MAX_DEPTH_LOWEST, MAX_DEPTH_LIMIT))
        return apr_psprintf(cmd->pool, "ScimMaxDepth takes a number from %d to %d", MAX_DEPTH_LOWEST, MAX_DEPTH_LIMIT);
    ((scim_dir_config_t *)dir)->max_depth = (int)depth;
    return NULL;
}

static const char *set_bulk_limits(cmd_parms *cmd, void *dir, const char *operations, const char *size)
{
    scim_dir_config_t *config = dir;
    apr_off_t count, bytes;

    if (!number(&count, operations, 1, BULK_LIMIT) || !number(&bytes, size, 1, MAX_BODY_LIMIT))
        return apr_psprintf(cmd->pool,
                            "ScimBulkLimits takes two numbers: operations from 1 to %d, and bytes from 1 to %d",
                            BULK_LIMIT, MAX_BODY_LIMIT);
    config->bulk_operations = (int)count;
    config->bulk_bytes = bytes;
    return NULL;
}

static const char *set_tenant_share(cmd_parms *cmd, void *dir, const char *tenant, const char *token)
{
    scim_dir_config_t *config = dir;
    apr_off_t tenant_share, token_share;

    if (!number(&tenant_share, tenant, 1, 100) || !number(&token_share, token ? token : tenant, 1, 100))
        return apr_psprintf(cmd->pool,
                            "%s takes one or two numbers from 1 to 100: percent of the connections that a tenant may "
                            "use, and a token",
                            cmd->cmd->name);
    config->tenant_share = (int)tenant_share;
    config->token_share = (int)token_share;
    return NULL;
}

/* cmd->info is the field's offset in scim_dir_config_t. */
static const char *set_duration(cmd_parms *cmd, void *dir, const char *text)
{
    apr_interval_time_t *field = (void *)((char *)dir + (apr_size_t)cmd->info);

    if (ap_timeout_parameter_parse(text, field, "s") != APR_SUCCESS || *field <= 0 || *field > TIMEOUT_LIMIT)
        return apr_psprintf(cmd->pool,
                            "%s takes a duration from 1ms to 10 minutes: seconds, or a number with ms, s or min",
                            cmd->cmd->name);
    return NULL;
}

static const char *set_failure_limit(cmd_parms *cmd, void *dir, const char *limit, const char *period)
{
    scim_dir_config_t *config = dir;
    apr_off_t times = 0;
    apr_off_t seconds = 1;
    int off = ap_cstr_casecmp(limit, "off") == 0 && !period;

    if (!off && (!period || !number(&times, limit, 1, FAILURES_LIMIT) || !number(&seconds, period, 1, PERIOD_LIMIT)))
        return apr_psprintf(cmd->pool, "ScimFailureLimit takes NUMBER SECONDS, up to %d in up to %d seconds, or: off",
                            FAILURES_LIMIT, PERIOD_LIMIT);
    config->failure_limit = (int)times;
    config->failure_period = (int)seconds;
    return NULL;
}

/* check.c checks that the resource type exists, when the schemas have been read. */
static const char *set_patch_response(cmd_parms *cmd, void *dir, const char *type, const char *answer)
{
    scim_dir_config_t *config = dir;
    char *name = apr_pstrdup(cmd->pool, type);
    const char *said = ap_cstr_casecmp(answer, SCIM_PATCH_BODY) == 0 ? SCIM_PATCH_BODY
                       : ap_cstr_casecmp(answer, PATCH_NONE) == 0    ? PATCH_NONE
                                                                     : NULL;

    if (!said)
        return "ScimPatchResponse takes a resource type's name and one of: body | none";
    ap_str_tolower(name);
    if (!config->patch_response)
        config->patch_response = apr_hash_make(cmd->pool);
    apr_hash_set(config->patch_response, name, APR_HASH_KEY_STRING, said);
    return NULL;
}

/* --- authorization ------------------------------------------------------------------------------------------------ */

static const char *read_expression(const ap_expr_info_t **out, const cmd_parms *cmd, const char *text)
{
    const char *problem = NULL;

    *out = ap_expr_parse_cmd(cmd, text, AP_EXPR_FLAG_STRING_RESULT, &problem, NULL);
    return problem ? apr_pstrcat(cmd->pool, cmd->cmd->name, ": ", problem, NULL) : NULL;
}

static const char *set_account(cmd_parms *cmd, void *dir, const char *text)
{
    return read_expression(&((scim_dir_config_t *)dir)->account, cmd, text);
}

static const char *set_link(cmd_parms *cmd, void *dir, const char *issuer, const char *subject)
{
    scim_dir_config_t *config = dir;
    const char *problem = read_expression(&config->link_issuer, cmd, issuer);

    return problem ? problem : read_expression(&config->link_subject, cmd, subject);
}

static const char *set_facts(cmd_parms *cmd, void *dir, const char *word)
{
    static const struct {
        const char *name;
        int facts;
    } choices[] = {{"off", 0},
                   {"env", SCIM_FACTS_TO_ENV},
                   {"headers", SCIM_FACTS_TO_HEADERS},
                   {"both", SCIM_FACTS_TO_ENV | SCIM_FACTS_TO_HEADERS},
                   {NULL, 0}};
    int i = 0;

    (void)cmd;
    while (choices[i].name && ap_cstr_casecmp(choices[i].name, word) != 0)
        i++;
    ((scim_dir_config_t *)dir)->facts = choices[i].facts;
    return choices[i].name ? NULL : "ScimFacts takes one of: off | env | headers | both";
}

/* Letters, digits and hyphens, because applications change other characters of a header's name. */
static const char *set_facts_prefix(cmd_parms *cmd, void *dir, const char *text)
{
    apr_size_t len = strlen(text);

    (void)dir;
    if (len < 3 || len > 32 || !apr_isalpha(text[0]) || text[len - 1] != '-' ||
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != len)
        return "ScimFactsPrefix takes the beginning of headers' names: 3 to 32 letters, digits and hyphens, the first "
               "one "
               "a letter and the last one a hyphen";
    scim_server_config(cmd->server)->facts_prefix = text;
    return NULL;
}

/* cmd->info is the field's offset in scim_dir_config_t. */
static const char *set_age(cmd_parms *cmd, void *dir, const char *text)
{
    apr_interval_time_t *field = (void *)((char *)dir + (apr_size_t)cmd->info);

    if (ap_cstr_casecmp(text, "off") == 0)
        *field = 0;
    else if (ap_timeout_parameter_parse(text, field, "s") != APR_SUCCESS || *field <= 0 || *field > AGE_LIMIT)
        return apr_psprintf(cmd->pool,
                            "%s takes off, or a duration of up to 24 hours: seconds, or a number with s, min or h",
                            cmd->cmd->name);
    return NULL;
}

static const char *set_client(cmd_parms *cmd, void *dir, const char *text, const char *order)
{
    scim_dir_config_t *config = dir;

    if (order && ap_cstr_casecmp(order, "token-first") != 0)
        return "ScimClient takes an expression, and: token-first";
    config->client_after = order != NULL;
    return read_expression(&config->client, cmd, text);
}

static const char *set_access_token_life(cmd_parms *cmd, void *dir, const char *text)
{
    apr_interval_time_t life;

    (void)cmd;
    if (ap_timeout_parameter_parse(text, &life, "s") != APR_SUCCESS || life < apr_time_from_sec(60) || life > AGE_LIMIT)
        return "ScimAccessTokenLife takes a duration from 1 minute to 24 hours: seconds, or a number with s, min or h";
    ((scim_dir_config_t *)dir)->access_token_life = life;
    return NULL;
}

/* cmd->info is the field's offset in scim_dir_config_t. */
static const char *set_flag(cmd_parms *cmd, void *dir, int flag)
{
    *(int *)(void *)((char *)dir + (apr_size_t)cmd->info) = flag;
    return NULL;
}

#define SCIM_NUMBER(type, member, standard, name, takes, set, context, bits, help)                                     \
    AP_INIT_##takes(name, set, (void *)offsetof(scim_dir_config_t, member), context, help),
#define SCIM_PAIR(type, member, standard, type2, member2, standard2, name, takes, set, context, bits, help)            \
    AP_INIT_##takes(name, set, NULL, context, help),
#define SCIM_POINTER(type, member, name, takes, set, context, bits, help)                                              \
    AP_INIT_##takes(name, set, NULL, context, help),
#define SCIM_SERVER(type, member, standard, name, takes, set, context, bits, help)                                     \
    AP_INIT_##takes(name, set, NULL, context, help),
#define SCIM_OTHER(name, takes, set, context, bits, help) AP_INIT_##takes(name, set, NULL, context, help),

const command_rec scim_directives[] = {
    SCIM_DIRECTIVES(SCIM_NUMBER, SCIM_PAIR, SCIM_POINTER, SCIM_SERVER, SCIM_OTHER){0},
};
