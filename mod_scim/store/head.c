#include "head.h"

#include "resources_private.h"

void scim_head_add(scim_batch_t *batch, const scim_head_t *head, const scim_conn_t *conn, apr_pool_t *pool)
{
    scim_acting_t acting = {.kind = head->actor_kind,
                            .name = head->actor ? head->actor : "",
                            .key = "",
                            .request = head->request ? head->request : "",
                            .base_url = head->base_url};
    scim_batch_act(batch, &acting);
    scim_batch_set(batch, "tenant", head->tenant);
    scim_batch_add(batch, SCIM_STMT_ADMIN_BEGIN, scim_params(pool, scim_conn_timeout_text(conn), SCIM_PARAMS_END));
}
