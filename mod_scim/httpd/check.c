#include "check.h"

#include <ap_mpm.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>

#include "check_private.h"
#include "configuration.h"
#include "database.h"
#include "limits.h"
#include "metrics.h"
#include "outbox.h"
#include "store/conninfo.h"
#include "store/indexed.h"

APLOG_USE_MODULE(scim);

/* mod_dbd's defaults */
#define DBD_MIN_DEFAULT  1
#define DBD_KEEP_DEFAULT 2
#define DBD_MAX_DEFAULT  10

/* The values of mod_dbd's directives for one server. A virtual host inherits those of the main server. */
enum { DBD_DRIVER, DBD_PARAMS, DBD_PERSIST, DBD_MIN, DBD_KEEP, DBD_SIZE, DBD_EXPIRE, DBD_FACTS };

static const char *const dbd_directives[DBD_FACTS] = {
    "DBDriver", "DBDParams", "DBDPersist", "DBDMin", "DBDKeep", "DBDMax", "DBDExptime",
};

typedef struct dbd_facts_t {
    const char *said[DBD_FACTS];         /* NULL: not set */
    const ap_directive_t *at[DBD_FACTS]; /* where it is set */
} dbd_facts_t;

static server_rec *section_server(const scim_check_t *check, const ap_directive_t *section)
{
    server_rec *server;

    for (server = check->main_server; server; server = server->next)
        if (server->defn_name && server->defn_line_number == (unsigned)section->line_num &&
            strcmp(server->defn_name, section->filename) == 0)
            return server;
    return check->main_server;
}

static void walk(scim_check_t *check, const ap_directive_t *node, server_rec *server, scim_check_visit_t visit)
{
    for (; node; node = node->next) {
        int host = ap_cstr_casecmp(node->directive, "<VirtualHost") == 0;

        visit(check, node, server);
        if (node->first_child)
            walk(check, node->first_child, host ? section_server(check, node) : server, visit);
    }
}

void scim_check_walk(scim_check_t *check, scim_check_visit_t visit)
{
    walk(check, ap_conftree, check->main_server, visit);
}

int scim_check_is(const ap_directive_t *node, const char *name)
{
    return ap_cstr_casecmp(node->directive, name) == 0;
}

const char *scim_check_word(const ap_directive_t *node, apr_pool_t *pool)
{
    const char *args = node->args ? node->args : "";

    return ap_getword_conf(pool, &args);
}

void scim_check_fail(scim_check_t *check, const ap_directive_t *node, const char *text)
{
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, check->main_server, "mod_scim: %s line %d: %s",
                 node->filename, node->line_num, text);
    check->failures++;
}

void scim_check_warn(const scim_check_t *check, const ap_directive_t *node, const char *text)
{
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_WARNING, 0, check->main_server, "mod_scim: %s line %d: %s",
                 node->filename, node->line_num, text);
}

static void visit_patch_response(scim_check_t *check, const ap_directive_t *node, server_rec *server)
{
    const char *type;

    (void)server;
    if (!scim_check_is(node, "ScimPatchResponse"))
        return;
    type = scim_check_word(node, check->temp);
    if (!scim_schemas_type(check->schemas, type, strlen(type)))
        scim_check_fail(check, node,
                        apr_psprintf(check->temp, "ScimPatchResponse: there is no resource type \"%s\"", type));
}

static void visit_dbd(scim_check_t *check, const ap_directive_t *node, server_rec *server)
{
    dbd_facts_t *facts;
    int i;

    for (i = 0; i < DBD_FACTS; i++)
        if (scim_check_is(node, dbd_directives[i]))
            break;
    if (i == DBD_FACTS)
        return;
    facts = apr_hash_get(check->facts, &server, sizeof(server));
    if (!facts) {
        server_rec **key = apr_pmemdup(check->temp, &server, sizeof(server));

        facts = apr_pcalloc(check->temp, sizeof(*facts));
        apr_hash_set(check->facts, key, sizeof(*key), facts);
    }
    facts->said[i] = scim_check_word(node, check->temp);
    facts->at[i] = node;
}

static dbd_facts_t dbd_facts(const scim_check_t *check, server_rec *server)
{
    const dbd_facts_t *outer = apr_hash_get(check->facts, &check->main_server, sizeof(server));
    const dbd_facts_t *inner = apr_hash_get(check->facts, &server, sizeof(server));
    dbd_facts_t facts;
    int i;

    for (i = 0; i < DBD_FACTS; i++) {
        const dbd_facts_t *from = inner && inner->said[i] ? inner : outer;

        facts.said[i] = from ? from->said[i] : NULL;
        facts.at[i] = from ? from->at[i] : NULL;
    }
    return facts;
}

/* mod_dbd shares one pool between servers with equal directives, so the values identify the pool. */
static const char *pool_key(const dbd_facts_t *facts, apr_pool_t *pool)
{
    const char *key = "";
    int i;

    for (i = 0; i < DBD_FACTS; i++)
        key = apr_pstrcat(pool, key, "\n", facts->said[i] ? facts->said[i] : "", NULL);
    return key;
}

static int number(const dbd_facts_t *facts, int fact, int otherwise)
{
    return facts->said[fact] ? atoi(facts->said[fact]) : otherwise;
}

static int pool_size(const dbd_facts_t *facts)
{
    return number(facts, DBD_SIZE, DBD_MAX_DEFAULT);
}

static void fail_server(scim_check_t *check, server_rec *server, const char *text)
{
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, server, "mod_scim: server %s: %s",
                 server->server_hostname ? server->server_hostname : "(main)", text);
    check->failures++;
}

/* With wrong sizes mod_dbd creates no pool, and says so (AH00633) only when a request needs it. */
static void check_sizes(scim_check_t *check, const dbd_facts_t *facts, server_rec *server)
{
    int min = number(facts, DBD_MIN, DBD_MIN_DEFAULT);
    int keep = number(facts, DBD_KEEP, DBD_KEEP_DEFAULT);
    int max = pool_size(facts);

    if (facts->said[DBD_PERSIST] && ap_cstr_casecmp(facts->said[DBD_PERSIST], "off") == 0)
        return;
    if (max < 1)
        fail_server(check, server, "DBDMax is 0: there would be no connection to PostgreSQL");
    else if (keep > max)
        fail_server(
            check, server,
            apr_psprintf(check->temp, "DBDKeep is %d and DBDMax is %d: DBDKeep must not be greater", keep, max));
    if (min > keep)
        fail_server(check, server,
                    apr_psprintf(check->temp, "DBDMin is %d and DBDKeep is %d: DBDMin must not be greater", min, keep));
}

/* Whether the server uses the database. */
static int serves(const server_rec *server)
{
    const scim_server_config_t *config = scim_server_config(server);

    return config->endpoints->nelts || config->admin_locations->nelts || config->tenants;
}

static void check_driver(scim_check_t *check, const dbd_facts_t *facts, server_rec *server)
{
    const char *driver = facts->said[DBD_DRIVER];

    if (driver && strcmp(driver, "pgsql") == 0)
        return;
    fail_server(check, server,
                apr_psprintf(check->temp, "DBDriver must be pgsql where a Location is served by mod_scim, and is %s",
                             driver ? driver : "not set"));
}

/* mod_dbd does not check DBDParams, and libpq would refuse each connection. */
static void check_params(scim_check_t *check, const dbd_facts_t *facts, server_rec *server)
{
    const char *params = facts->said[DBD_PARAMS];
    const char *problem = params ? scim_conninfo_problem(params, check->temp) : NULL;

    if (!params)
        fail_server(check, server,
                    "DBDParams is not set: it names the database and the user, as in DBDParams \"dbname=scim "
                    "user=scim_web connect_timeout=5\"");
    else if (problem)
        scim_check_fail(check, facts->at[DBD_PARAMS], apr_psprintf(check->temp, "DBDParams: %s", problem));
}

static void make_pools(scim_check_t *check, scim_runtime_t *runtime)
{
    apr_hash_t *by_key = apr_hash_make(check->temp);
    apr_hash_t *outboxes = apr_hash_make(check->temp);
    server_rec *server;

    for (server = check->main_server; server; server = server->next) {
        dbd_facts_t facts = dbd_facts(check, server);
        const char *key = pool_key(&facts, check->temp);
        scim_pool_t *pool = apr_hash_get(by_key, key, APR_HASH_KEY_STRING);
        scim_outbox_t *outbox = apr_hash_get(outboxes, key, APR_HASH_KEY_STRING);
        server_rec **id = apr_pmemdup(check->pool, &server, sizeof(server));

        if (!pool) {
            pool = scim_pool_make(pool_size(&facts), apr_pstrdup(check->pool, facts.said[DBD_PARAMS]), check->pool);
            apr_hash_set(by_key, key, APR_HASH_KEY_STRING, pool);
        }
        if (!outbox && serves(server)) {
            outbox = scim_outbox_make(server, check->pool);
            apr_hash_set(outboxes, key, APR_HASH_KEY_STRING, outbox);
        }
        apr_hash_set(runtime->pools, id, sizeof(*id), pool);
        apr_hash_set(runtime->outboxes, id, sizeof(*id), outbox);
        scim_server_config(server)->runtime = runtime;
        if (serves(server)) {
            check_driver(check, &facts, server);
            check_params(check, &facts, server);
            check_sizes(check, &facts, server);
        }
    }
}

/* A request uses a connection for a part of its time only, so threads can share connections. */
#define THREADS_PER_CONNECTION 4

/* Warnings for one pool of connections. */
static void advise_pool(const scim_check_t *check, const dbd_facts_t *facts, server_rec *server, int level)
{
    const char *params = facts->said[DBD_PARAMS];
    const char *timeout = params ? scim_conninfo_value(params, "connect_timeout", check->temp) : NULL;
    int threads = 0;

    /* With 0 or less libpq waits for ever. */
    if (params && (!timeout || apr_atoi64(timeout) <= 0) && !scim_conninfo_value(params, "service", check->temp))
        ap_log_error(APLOG_MARK, level, 0, server,
                     "mod_scim: %s line %d: DBDParams has no connect_timeout: while PostgreSQL's machine is "
                     "unreachable every request waits for it. Add connect_timeout=5",
                     facts->at[DBD_PARAMS]->filename, facts->at[DBD_PARAMS]->line_num);
    if (ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads) == APR_SUCCESS &&
        pool_size(facts) * THREADS_PER_CONNECTION < threads)
        ap_log_error(APLOG_MARK, level, 0, server,
                     "mod_scim: DBDMax is %d, less than a quarter of ThreadsPerChild %d: requests may wait for a "
                     "connection and be answered 503 after ScimDatabaseWait",
                     pool_size(facts), threads);
}

static void advise(scim_check_t *check, int level)
{
    apr_hash_t *seen = apr_hash_make(check->temp);
    server_rec *server;

    for (server = check->main_server; server; server = server->next) {
        dbd_facts_t facts = dbd_facts(check, server);
        const char *key = pool_key(&facts, check->temp);

        if (!serves(server) || apr_hash_get(seen, key, APR_HASH_KEY_STRING))
            continue;
        apr_hash_set(seen, key, APR_HASH_KEY_STRING, key);
        advise_pool(check, &facts, server, level);
    }
    scim_check_console_advise(check, level);
}

static void load_schemas(scim_check_t *check)
{
    const apr_array_header_t *added = scim_server_config(check->main_server)->schema_dirs;
    apr_array_header_t *dirs = apr_array_make(check->temp, 2, sizeof(const char *));
    scim_schemas_t *schemas = NULL;
    scim_error_t *error;

    if (!scim_schemas_complete(added, check->temp))
        APR_ARRAY_PUSH(dirs, const char *) = SCIM_DATADIR "/schemas";
    apr_array_cat(dirs, added);
    error = scim_schemas_load(&schemas, dirs, check->pool);
    if (error) {
        check->failures++;
        ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, check->main_server, "mod_scim: ScimSchemaDir: %s%s%s",
                     error->detail, error->cause ? ": " : "", error->cause ? error->cause : "");
    }
    check->schemas = schemas;
}

static int in_use(server_rec *server)
{
    for (; server; server = server->next)
        if (serves(server))
            return 1;
    return 0;
}

static int has_endpoint(const scim_server_config_t *config)
{
    for (int i = 0; i < config->endpoints->nelts; i++) {
        if (APR_ARRAY_IDX(config->endpoints, i, scim_endpoint_t).served)
            return 1;
    }
    return 0;
}

/* The endpoint and the admin API need the schemas. */
static int needs_schemas(server_rec *server)
{
    for (; server; server = server->next) {
        const scim_server_config_t *config = scim_server_config(server);

        if (has_endpoint(config) || config->admin_locations->nelts)
            return 1;
    }
    return 0;
}

/* A Require scim-... line without a tenant would refuse everybody. */
static void check_tenants(scim_check_t *check)
{
    server_rec *server;

    for (server = check->main_server; server; server = server->next)
        if (scim_server_config(server)->requires && !scim_server_config(server)->tenants)
            fail_server(check, server,
                        "Require scim-... needs ScimTenant, in the same section or in one around it: it names the "
                        "tenant of the accounts");
}

static scim_check_t begin(apr_pool_t *pconf, apr_pool_t *ptemp, server_rec *main_server)
{
    scim_check_t check = {.main_server = main_server, .pool = pconf, .temp = ptemp};

    check.facts = apr_hash_make(ptemp);
    check.placed = apr_array_make(ptemp, 64, sizeof(scim_placed_t));
    scim_check_walk(&check, visit_dbd);
    return check;
}

int scim_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server)
{
    scim_check_t check = begin(pconf, ptemp, main_server);
    scim_runtime_t *runtime;

    (void)plog;
    scim_check_sections(&check);
    check_tenants(&check);
    if (check.failures)
        return HTTP_INTERNAL_SERVER_ERROR;
    if (!in_use(main_server))
        return OK;
    if (!ap_find_linked_module("mod_dbd.c")) {
        ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, main_server,
                     "mod_scim: mod_dbd is needed and not loaded (Debian: a2enmod dbd)");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    if (needs_schemas(main_server))
        load_schemas(&check);
    scim_check_console(&check);
    runtime = apr_pcalloc(pconf, sizeof(*runtime));
    runtime->schemas = check.schemas;
    if (check.schemas)
        runtime->indexed = scim_indexed_declared(check.schemas, pconf);
    runtime->pools = apr_hash_make(pconf);
    runtime->outboxes = apr_hash_make(pconf);
    make_pools(&check, runtime);
    if (check.schemas)
        scim_check_walk(&check, visit_patch_response);
    if (ap_state_query(AP_SQ_RUN_MODE) == AP_SQ_RM_CONFIG_TEST)
        advise(&check, APLOG_STARTUP | APLOG_WARNING);
    return check.failures ? HTTP_INTERNAL_SERVER_ERROR : OK;
}

/* A warning at each start: cached decisions may be out of date. */
static void visit_facts_age(scim_check_t *check, const ap_directive_t *node, server_rec *server)
{
    (void)check;
    if ((!scim_check_is(node, "ScimFactsCache") && !scim_check_is(node, "ScimFactsGrace")) ||
        ap_cstr_casecmp(node->args, "off") == 0)
        return;
    ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server,
                 "mod_scim: %s line %d: %s %s: after losing an account, a role, a group or a seat, people may keep "
                 "access for that long%s",
                 node->filename, node->line_num, node->directive, node->args,
                 scim_check_is(node, "ScimFactsGrace") ? " while the database does not answer" : "");
}

int scim_check_started(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server)
{
    scim_check_t check;
    apr_status_t rv;

    (void)plog;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG || !in_use(main_server))
        return OK;
    check = begin(pconf, ptemp, main_server);
    advise(&check, APLOG_WARNING);
    scim_check_walk(&check, visit_facts_age);
    if ((rv = scim_limits_start(main_server)) == APR_SUCCESS && (rv = scim_metrics_start(main_server)) == APR_SUCCESS &&
        (rv = scim_database_start(pconf, main_server)) == APR_SUCCESS)
        return OK;
    ap_log_error(APLOG_MARK, APLOG_CRIT, rv, main_server, "mod_scim: no shared memory for its processes");
    return HTTP_INTERNAL_SERVER_ERROR;
}
