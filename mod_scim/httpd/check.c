#include "check.h"

#include <ap_mpm.h>
#include <ap_regex.h>
#include <apr_fnmatch.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <util_cfgtree.h>

#include "configuration.h"
#include "database.h"
#include "limits.h"
#include "outbox.h"
#include "store/indexed.h"

APLOG_USE_MODULE(scim);

/* mod_dbd's defaults */
#define DBD_MIN_DEFAULT  1
#define DBD_KEEP_DEFAULT 2
#define DBD_MAX_DEFAULT  10

/* What mod_dbd's directives say for one server, a virtual host's own before the main server's. */
enum { DBD_DRIVER, DBD_PARAMS, DBD_PERSIST, DBD_MIN, DBD_KEEP, DBD_SIZE, DBD_EXPIRE, DBD_FACTS };

static const char *const dbd_directives[DBD_FACTS] = {
    "DBDriver", "DBDParams", "DBDPersist", "DBDMin", "DBDKeep", "DBDMax", "DBDExptime",
};

typedef struct dbd_facts_t {
    const char *said[DBD_FACTS]; /* NULL where it is not said */
} dbd_facts_t;

typedef struct check_t {
    server_rec *main_server;
    apr_pool_t *pool;  /* of the configuration */
    apr_pool_t *temp;  /* of the check */
    apr_hash_t *facts; /* server_rec * -> dbd_facts_t *, own words only */
    const scim_schemas_t *schemas;
    apr_array_header_t *handlers; /* placed_t: every SetHandler in a section */
    int failures;
} check_t;

/* A directive, and the server that it is for. */
typedef struct placed_t {
    const ap_directive_t *node;
    server_rec *server;
} placed_t;

typedef void (*visit_t)(check_t *check, const ap_directive_t *node, server_rec *server);

static server_rec *section_server(const check_t *check, const ap_directive_t *section)
{
    server_rec *server;

    for (server = check->main_server; server; server = server->next)
        if (server->defn_name && server->defn_line_number == (unsigned)section->line_num &&
            strcmp(server->defn_name, section->filename) == 0)
            return server;
    return check->main_server;
}

static void walk(check_t *check, const ap_directive_t *node, server_rec *server, visit_t visit)
{
    for (; node; node = node->next) {
        int host = ap_cstr_casecmp(node->directive, "<VirtualHost") == 0;

        visit(check, node, server);
        if (node->first_child)
            walk(check, node->first_child, host ? section_server(check, node) : server, visit);
    }
}

static int is(const ap_directive_t *node, const char *name)
{
    return ap_cstr_casecmp(node->directive, name) == 0;
}

static const char *first_word(const ap_directive_t *node, apr_pool_t *pool)
{
    const char *args = node->args ? node->args : "";

    return ap_getword_conf(pool, &args);
}

static void fail(check_t *check, const ap_directive_t *node, const char *text)
{
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, check->main_server, "mod_scim: %s line %d: %s",
                 node->filename, node->line_num, text);
    check->failures++;
}

static void warn(const check_t *check, const ap_directive_t *node, const char *text)
{
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_WARNING, 0, check->main_server, "mod_scim: %s line %d: %s",
                 node->filename, node->line_num, text);
}

/* The path of a section: <Location "/path">. */
static const char *section_path(const ap_directive_t *section, apr_pool_t *pool)
{
    const char *args = section->args;
    const char *path = ap_getword_conf(pool, &args);

    if (strcmp(path, "~") == 0)
        path = ap_getword_conf(pool, &args);
    return apr_pstrndup(pool, path, strcspn(path, ">"));
}

/* The directive of this name that stands in a section, NULL: none does. */
static const ap_directive_t *section_holds(const ap_directive_t *section, const char *name)
{
    const ap_directive_t *node;

    for (node = section ? section->first_child : NULL; node; node = node->next)
        if (is(node, name))
            return node;
    return NULL;
}

/* The base URL of one tenant would be told of all of them. */
static void check_admin_url(check_t *check, const ap_directive_t *section)
{
    const ap_directive_t *node = section_holds(section, "ScimBaseURL");
    const char *url = node ? first_word(node, check->temp) : SCIM_TENANT_PLACE;
    apr_size_t len = strlen(url);

    if (strstr(url, SCIM_TENANT_PLACE) || section_holds(section, "ScimAdminTenant"))
        return;
    while (len && url[len - 1] == '/')
        len--;
    fail(check, node,
         apr_psprintf(check->temp,
                      "ScimBaseURL must have " SCIM_TENANT_PLACE
                      " where the tenant's name is, as in %.*s/" SCIM_TENANT_PLACE
                      ", or ScimAdminTenant must say which one tenant this Location is about",
                      (int)len, url));
}

/* The admin API works below a path, so its section must have a plain one. Sections of the main server hold in its
 * virtual hosts too. */
static void visit_admin(check_t *check, const ap_directive_t *node, server_rec *server)
{
    const ap_directive_t *section = node->parent;
    const char *path;
    server_rec *each;

    if (!is(node, "SetHandler") || strcmp(first_word(node, check->temp), SCIM_ADMIN_HANDLER) != 0)
        return;
    if (!section || !is(section, "<Location") || section->args[0] == '~') {
        fail(check, node, "SetHandler scim-admin must stand directly in a <Location \"/path\"> section");
        return;
    }
    check_admin_url(check, section);
    path = section_path(section, check->pool);
    path = strcmp(path, "/") == 0 ? "" : path;
    for (each = check->main_server; each; each = each->next)
        if (each == server || server == check->main_server)
            APR_ARRAY_PUSH(scim_server_config(each)->admin_locations, const char *) = path;
}

/* The section of a SetHandler, or one around it (<If> inside of <Location>), must say where the tenant is found. */
static void visit_handler(check_t *check, const ap_directive_t *node, server_rec *server)
{
    const ap_directive_t *section;

    (void)server;
    if (!is(node, "SetHandler") || strcmp(first_word(node, check->temp), SCIM_HANDLER) != 0)
        return;
    for (section = node->parent; section; section = section->parent)
        if (section_holds(section, "ScimTenant"))
            return;
    fail(check, node, "SetHandler scim needs ScimTenant in the same <Location> section");
}

/* --- sections that take the requests of ours away
 * -------------------------------------------------------------------*/

static int matches(const char *pattern, const char *path, apr_pool_t *pool)
{
    ap_regex_t *regex = ap_pregcomp(pool, pattern, 0);

    return regex && (ap_regexec(regex, path, 0, NULL, 0) == 0 ||
                     ap_regexec(regex, apr_pstrcat(pool, path, "/", NULL), 0, NULL, 0) == 0);
}

/* Whether a section holds in all of the Location with this path. */
static int holds_in(const ap_directive_t *section, const char *path, apr_pool_t *pool)
{
    const char *own = section_path(section, pool);
    apr_size_t len = strlen(own);

    if (is(section, "<LocationMatch") || section->args[0] == '~')
        return matches(own, path, pool);
    if (!is(section, "<Location"))
        return 0;
    if (apr_fnmatch_test(own))
        return apr_fnmatch(own, path, 0) == APR_SUCCESS;
    return scim_config_covers(len && own[len - 1] == '/' ? apr_pstrndup(pool, own, len - 1) : own, path);
}

static int is_ours(const char *handler)
{
    return strcmp(handler, SCIM_HANDLER) == 0 || strcmp(handler, SCIM_ADMIN_HANDLER) == 0;
}

/* Gathers the SetHandlers of sections in the order in which httpd reads them. */
static void visit_order(check_t *check, const ap_directive_t *node, server_rec *server)
{
    placed_t *placed;

    if (!is(node, "SetHandler") || !node->parent)
        return;
    placed = apr_array_push(check->handlers);
    placed->node = node;
    placed->server = server;
}

#define TAKES "this SetHandler gets the requests of <Location \"%s\"> (line %d), which httpd reads before it: "

/* Of several sections that hold for a path the last one counts: another SetHandler there would get our requests, with
 * token and password. Sections of a virtual host come behind those of the main server; a virtual host that has nothing
 * to do with us may have such a one. */
static void check_order(check_t *check, int one)
{
    const placed_t *ours = &APR_ARRAY_IDX(check->handlers, one, placed_t);
    const char *path = section_path(ours->node->parent, check->temp);
    int line = ours->node->parent->line_num;
    int i;

    for (i = 0; i < check->handlers->nelts; i++) {
        const placed_t *other = &APR_ARRAY_IDX(check->handlers, i, placed_t);

        if (is_ours(first_word(other->node, check->temp)) || !holds_in(other->node->parent, path, check->temp))
            continue;
        if (other->server == ours->server && i > one)
            fail(check, other->node,
                 apr_psprintf(check->temp, TAKES "put that Location behind this section", path, line));
        else if (other->server != ours->server && ours->server == check->main_server)
            warn(check, other->node,
                 apr_psprintf(check->temp,
                              TAKES "if identity providers ask this virtual host, put that Location into it", path,
                              line));
    }
}

static void check_orders(check_t *check)
{
    int i;

    for (i = 0; i < check->handlers->nelts; i++) {
        const ap_directive_t *node = APR_ARRAY_IDX(check->handlers, i, placed_t).node;

        if (is(node->parent, "<Location") && is_ours(first_word(node, check->temp)))
            check_order(check, i);
    }
}

static void visit_patch_response(check_t *check, const ap_directive_t *node, server_rec *server)
{
    const char *type;

    (void)server;
    if (!is(node, "ScimPatchResponse"))
        return;
    type = first_word(node, check->temp);
    if (!scim_schemas_type(check->schemas, type, strlen(type)))
        fail(check, node, apr_psprintf(check->temp, "ScimPatchResponse: there is no resource type \"%s\"", type));
}

static void visit_dbd(check_t *check, const ap_directive_t *node, server_rec *server)
{
    dbd_facts_t *facts;
    int i;

    for (i = 0; i < DBD_FACTS; i++)
        if (is(node, dbd_directives[i]))
            break;
    if (i == DBD_FACTS)
        return;
    facts = apr_hash_get(check->facts, &server, sizeof(server));
    if (!facts) {
        server_rec **key = apr_pmemdup(check->temp, &server, sizeof(server));

        facts = apr_pcalloc(check->temp, sizeof(*facts));
        apr_hash_set(check->facts, key, sizeof(*key), facts);
    }
    facts->said[i] = first_word(node, check->temp);
}

static dbd_facts_t dbd_facts(const check_t *check, server_rec *server)
{
    const dbd_facts_t *outer = apr_hash_get(check->facts, &check->main_server, sizeof(server));
    const dbd_facts_t *inner = apr_hash_get(check->facts, &server, sizeof(server));
    dbd_facts_t facts;
    int i;

    for (i = 0; i < DBD_FACTS; i++) {
        facts.said[i] = inner ? inner->said[i] : NULL;
        if (!facts.said[i] && outer)
            facts.said[i] = outer->said[i];
    }
    return facts;
}

/* mod_dbd gives servers whose directives say the same one pool; so the words themselves name the pool. */
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

static void fail_server(check_t *check, server_rec *server, const char *text)
{
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, server, "mod_scim: server %s: %s",
                 server->server_hostname ? server->server_hostname : "(main)", text);
    check->failures++;
}

/* With such sizes mod_dbd makes no pool: it says so (AH00633) to each request, and never before. */
static void check_sizes(check_t *check, const dbd_facts_t *facts, server_rec *server)
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

/* Whether the server asks the database at all. */
static int serves(const server_rec *server)
{
    const scim_server_config_t *config = scim_server_config(server);

    return config->endpoints->nelts || config->admin_locations->nelts;
}

static void check_driver(check_t *check, const dbd_facts_t *facts, server_rec *server)
{
    const char *driver = facts->said[DBD_DRIVER];

    if (driver && strcmp(driver, "pgsql") == 0)
        return;
    fail_server(check, server,
                apr_psprintf(check->temp, "DBDriver must be pgsql where a Location is served by mod_scim, and is %s",
                             driver ? driver : "not set"));
}

static void make_pools(check_t *check, scim_runtime_t *runtime)
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
            check_sizes(check, &facts, server);
        }
    }
}

/* Warnings for one pool of connections. */
static void advise_pool(const dbd_facts_t *facts, server_rec *server, int level)
{
    const char *params = facts->said[DBD_PARAMS];
    int threads = 0;

    if (!params || (!strstr(params, "connect_timeout") && !strstr(params, "service=")))
        ap_log_error(APLOG_MARK, level, 0, server,
                     "mod_scim: DBDParams has no connect_timeout: while PostgreSQL's machine is unreachable every "
                     "request waits for it. Add connect_timeout=5");
    if (ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads) == APR_SUCCESS && pool_size(facts) < threads)
        ap_log_error(APLOG_MARK, level, 0, server,
                     "mod_scim: DBDMax is %d, less than ThreadsPerChild %d: requests may wait for a connection and "
                     "answer 503 after ScimDatabaseWait",
                     pool_size(facts), threads);
}

static void advise(const check_t *check, int level)
{
    apr_hash_t *seen = apr_hash_make(check->temp);
    server_rec *server;

    for (server = check->main_server; server; server = server->next) {
        dbd_facts_t facts = dbd_facts(check, server);
        const char *key = pool_key(&facts, check->temp);

        if (!serves(server) || apr_hash_get(seen, key, APR_HASH_KEY_STRING))
            continue;
        apr_hash_set(seen, key, APR_HASH_KEY_STRING, key);
        advise_pool(&facts, server, level);
    }
}

static void load_schemas(check_t *check)
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

static check_t begin(apr_pool_t *pconf, apr_pool_t *ptemp, server_rec *main_server)
{
    check_t check = {.main_server = main_server, .pool = pconf, .temp = ptemp};

    check.facts = apr_hash_make(ptemp);
    check.handlers = apr_array_make(ptemp, 8, sizeof(placed_t));
    walk(&check, ap_conftree, main_server, visit_dbd);
    return check;
}

int scim_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server)
{
    check_t check = begin(pconf, ptemp, main_server);
    scim_runtime_t *runtime;

    (void)plog;
    walk(&check, ap_conftree, main_server, visit_handler);
    walk(&check, ap_conftree, main_server, visit_admin);
    walk(&check, ap_conftree, main_server, visit_order);
    check_orders(&check);
    if (check.failures)
        return HTTP_INTERNAL_SERVER_ERROR;
    if (!in_use(main_server))
        return OK;
    if (!ap_find_linked_module("mod_dbd.c")) {
        ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, main_server,
                     "mod_scim: mod_dbd is needed and not loaded (Debian: a2enmod dbd)");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    load_schemas(&check);
    runtime = apr_pcalloc(pconf, sizeof(*runtime));
    runtime->schemas = check.schemas;
    if (check.schemas)
        runtime->indexed = scim_indexed_declared(check.schemas, pconf);
    runtime->pools = apr_hash_make(pconf);
    runtime->outboxes = apr_hash_make(pconf);
    make_pools(&check, runtime);
    if (check.schemas)
        walk(&check, ap_conftree, main_server, visit_patch_response);
    if (ap_state_query(AP_SQ_RUN_MODE) == AP_SQ_RM_CONFIG_TEST)
        advise(&check, APLOG_STARTUP | APLOG_WARNING);
    return check.failures ? HTTP_INTERNAL_SERVER_ERROR : OK;
}

int scim_check_started(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server)
{
    check_t check;
    apr_status_t rv;

    (void)plog;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG || !in_use(main_server))
        return OK;
    check = begin(pconf, ptemp, main_server);
    advise(&check, APLOG_WARNING);
    rv = scim_limits_start(main_server);
    if (rv == APR_SUCCESS)
        return OK;
    ap_log_error(APLOG_MARK, APLOG_CRIT, rv, main_server, "mod_scim: no shared memory for the limits on requests");
    return HTTP_INTERNAL_SERVER_ERROR;
}
