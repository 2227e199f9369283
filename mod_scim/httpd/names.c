#include "names.h"

#include <apr_atomic.h>
#include <apr_shm.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_main.h>
#include <stdio.h>

#include "store/names.h"

APLOG_USE_MODULE(scim);

/* 1: some process has logged the names; shared by all processes of this start. */
static apr_uint32_t *told;

void scim_names_add(const cmd_parms *cmd, const char *kind, const char *name)
{
    scim_server_config_t *config = scim_server_config(cmd->server);
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_RUN_MPM) {
        return;
    }
    if (!config->named) {
        config->named = apr_array_make(cmd->pool, 4, sizeof(scim_named_t));
    }
    APR_ARRAY_PUSH(config->named, scim_named_t) =
        (scim_named_t){kind, name, cmd->directive->filename, cmd->directive->line_num};
}

static apr_array_header_t *gather(const server_rec *server, apr_pool_t *pool)
{
    apr_array_header_t *all = apr_array_make(pool, 8, sizeof(scim_named_t));
    for (; server; server = server->next) {
        const apr_array_header_t *named = scim_server_config(server)->named;
        if (named) {
            apr_array_cat(all, named);
        }
    }
    return all;
}

void scim_names_dump(apr_pool_t *pconf, server_rec *main_server)
{
    if (!ap_exists_config_define("DUMP_SCIM_REQUIRES")) {
        return;
    }
    const apr_array_header_t *all = gather(main_server, pconf);
    for (int i = 0; i < all->nelts; i++) {
        const scim_named_t *named = &APR_ARRAY_IDX(all, i, scim_named_t);
        printf("mod_scim requires\t%s\t%d\t%s\t%s\n", named->kind, named->line, named->name, named->file);
    }
}

int scim_names_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server)
{
    apr_shm_t *shm;
    (void)plog, (void)ptemp, (void)main_server;
    told = NULL;
    if (apr_shm_create(&shm, sizeof(*told), NULL, pconf) == APR_SUCCESS) {
        told = apr_shm_baseaddr_get(shm);
        *told = 0;
    }
    return OK;
}

scim_error_t *scim_names_look(scim_conn_t *conn, server_rec *server, apr_pool_t *pool)
{
    apr_array_header_t *unknown;
    if (!told || apr_atomic_read32(told)) {
        return NULL;
    }
    scim_error_t *error = scim_names_unknown(&unknown, conn, gather(ap_server_conf, pool), "httpd", pool);
    if (error) {
        return error;
    }
    for (int i = 0; i < unknown->nelts && !apr_atomic_read32(told); i++) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server, "mod_scim: %s",
                     scim_names_text(&APR_ARRAY_IDX(unknown, i, scim_named_t), pool));
    }
    apr_atomic_set32(told, 1);
    return NULL;
}
