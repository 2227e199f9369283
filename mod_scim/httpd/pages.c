#include "pages.h"

#include <ap_mpm.h>
#include <ap_provider.h>
#include <ap_socache.h>
#include <apr_global_mutex.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <util_mutex.h>

#include "configuration.h"

APLOG_USE_MODULE(scim);

#define NAME   "scim-pages"           /* of the cache, and of its lock */
#define EXPIRY apr_time_from_sec(600) /* a client may take this long from one page to the next */
#define LENGTH 256                    /* typical length of a value */

struct scim_pages_t {
    scim_memory_t memory; /* must be the first member: functions cast the pointer back to scim_pages_t */
    const ap_socache_provider_t *provider; /* NULL: no cache is configured */
    ap_socache_instance_t *instance;
    apr_global_mutex_t *mutex; /* NULL: the provider needs no lock */
    server_rec *server;        /* NULL until it is started */
};

static const ap_socache_provider_t *find_provider(const char *name)
{
    return ap_lookup_provider(AP_SOCACHE_PROVIDER_GROUP, name, AP_SOCACHE_PROVIDER_VERSION);
}

static const char *make(scim_pages_t **out, const ap_socache_provider_t *provider, const char *arguments,
                        apr_pool_t *temp, apr_pool_t *pool)
{
    scim_pages_t *pages = apr_pcalloc(pool, sizeof(*pages));

    pages->provider = provider;
    *out = pages;
    return provider ? provider->create(&pages->instance, arguments, temp, pool) : NULL;
}

const char *scim_pages_choose(scim_pages_t **out, const char *text, cmd_parms *cmd)
{
    const char *colon = ap_strchr_c(text, ':');
    const char *name = colon ? apr_pstrmemdup(cmd->temp_pool, text, (apr_size_t)(colon - text)) : text;
    const ap_socache_provider_t *provider = find_provider(name);
    const char *problem;

    if (ap_cstr_casecmp(text, "none") == 0)
        return make(out, NULL, NULL, cmd->temp_pool, cmd->pool);
    if (!provider)
        return apr_psprintf(cmd->pool,
                            "ScimPageCache: there is no provider \"%s\"; load its module first (Debian: a2enmod "
                            "socache_%s)",
                            name, name);
    problem = make(out, provider, colon ? colon + 1 : NULL, cmd->temp_pool, cmd->pool);
    return problem ? apr_pstrcat(cmd->pool, "ScimPageCache: ", problem, NULL) : NULL;
}

int scim_pages_register(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)plog;
    (void)ptemp;
    return ap_mutex_register(pconf, NAME, NULL, APR_LOCK_DEFAULT, 0) == APR_SUCCESS ? OK : HTTP_INTERNAL_SERVER_ERROR;
}

/* If the lock fails, the cache is not used. */
static int lock(const scim_pages_t *pages)
{
    return !pages->mutex || apr_global_mutex_lock(pages->mutex) == APR_SUCCESS;
}

static void unlock(const scim_pages_t *pages)
{
    if (pages->mutex)
        apr_global_mutex_unlock(pages->mutex);
}

static apr_size_t recall(const scim_memory_t *memory, const unsigned char *key, char *value, apr_pool_t *pool)
{
    const scim_pages_t *pages = (const scim_pages_t *)memory;
    unsigned len = SCIM_MEMORY_VALUE;
    apr_status_t rv;

    if (!lock(pages))
        return 0;
    rv = pages->provider->retrieve(pages->instance, pages->server, key, SCIM_MEMORY_KEY, (unsigned char *)value, &len,
                                   pool);
    unlock(pages);
    return rv == APR_SUCCESS ? len : 0;
}

void scim_pages_keep_for(const scim_pages_t *pages, const unsigned char *key, const char *value, apr_size_t len,
                         apr_interval_time_t time, apr_pool_t *pool)
{
    unsigned char *copy = apr_pmemdup(pool, value, len);
    apr_status_t rv;

    if (!lock(pages))
        return;
    rv = pages->provider->store(pages->instance, pages->server, key, SCIM_MEMORY_KEY, apr_time_now() + time, copy,
                                (unsigned)len, pool);
    unlock(pages);
    if (rv != APR_SUCCESS)
        ap_log_error(APLOG_MARK, APLOG_DEBUG, rv, pages->server, "ScimPageCache: %" APR_SIZE_T_FMT " bytes not kept",
                     len);
}

static void keep(const scim_memory_t *memory, const unsigned char *key, const char *value, apr_size_t len,
                 apr_pool_t *pool)
{
    scim_pages_keep_for((const scim_pages_t *)memory, key, value, len, EXPIRY, pool);
}

static int start(scim_pages_t *pages, server_rec *server, apr_pool_t *pconf)
{
    static const struct ap_socache_hints hints = {SCIM_MEMORY_KEY, LENGTH, EXPIRY};
    apr_status_t rv = APR_SUCCESS;

    if (pages->provider->flags & AP_SOCACHE_FLAG_NOTMPSAFE)
        rv = ap_global_mutex_create(&pages->mutex, NULL, NAME, NULL, server, pconf, 0);
    if (rv == APR_SUCCESS)
        rv = pages->provider->init(pages->instance, NAME, &hints, server, pconf);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, server, "mod_scim: ScimPageCache: the cache could not be made");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    pages->memory.recall = recall;
    pages->memory.keep = keep;
    pages->server = server;
    return OK;
}

static apr_status_t destroy(void *data)
{
    scim_pages_t *pages = data;

    pages->provider->destroy(pages->instance, pages->server);
    return APR_SUCCESS;
}

int scim_pages_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server)
{
    scim_server_config_t *config = scim_server_config(main_server);
    const ap_socache_provider_t *standard = find_provider(AP_SOCACHE_DEFAULT_PROVIDER);
    const char *problem;

    (void)plog;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG || !config->runtime)
        return OK;
    if (!config->pages && standard && (problem = make(&config->pages, standard, NULL, ptemp, pconf))) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, main_server, "mod_scim: no cache of pages: %s", problem);
        config->pages = NULL;
    }
    if (!config->pages || !config->pages->provider) {
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, main_server,
                     "mod_scim: without ScimPageCache pages are found by skipping, and filtered lists are counted");
        return OK;
    }
    if (start(config->pages, main_server, pconf) != OK)
        return HTTP_INTERNAL_SERVER_ERROR;
    config->runtime->pages = config->pages;
    apr_pool_cleanup_register(pconf, config->pages, destroy, apr_pool_cleanup_null);
    return OK;
}

void scim_pages_child_init(apr_pool_t *child, server_rec *main_server)
{
    scim_pages_t *pages = scim_server_config(main_server)->pages;
    apr_status_t rv = APR_SUCCESS;

    if (pages && pages->mutex)
        rv = apr_global_mutex_child_init(&pages->mutex, apr_global_mutex_lockfile(pages->mutex), child);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, main_server, "mod_scim: ScimPageCache: no lock for this child");
        scim_server_config(main_server)->runtime->pages = NULL;
    }
}

const scim_memory_t *scim_pages_memory(const scim_pages_t *pages)
{
    return pages ? &pages->memory : NULL;
}
