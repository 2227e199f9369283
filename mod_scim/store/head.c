#include "head.h"

#include "resources_private.h"

static void set(scim_batch_t *batch, const char *name, const char *value)
{
    scim_batch_set(batch, name, value ? value : "");
}

void scim_head_add(scim_batch_t *batch, const scim_head_t *head, const scim_conn_t *conn, apr_pool_t *pool)
{
    set(batch, "tenant", head->tenant);
    set(batch, "actor_kind", head->actor_kind);
    set(batch, "actor", head->actor);
    set(batch, "actor_key", NULL);
    set(batch, "request", head->request);
    set(batch, "base_url", head->base_url);
    scim_batch_add(batch, SCIM_STMT_ADMIN_BEGIN, scim_params(pool, scim_conn_timeout_text(conn), SCIM_PARAMS_END));
}
