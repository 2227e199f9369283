#include "names.h"

#include <apr_strings.h>

#include "head.h"
#include "resources_private.h"
#include "row_write.h"
#include "scim/fold.h"
#include "session.h"

static void add_head(scim_batch_t *batch, const scim_conn_t *conn, const char *user, apr_pool_t *pool)
{
    scim_head_t head = {.tenant = SCIM_EVERYWHERE, .actor_kind = "scimctl", .actor = user};
    scim_head_add(batch, &head, conn, pool);
}

scim_error_t *scim_names_unknown(apr_array_header_t **unknown, scim_conn_t *conn, const apr_array_header_t *names,
                                 const char *user, apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);
    scim_buf_t kinds, keys;
    *unknown = apr_array_make(pool, 4, sizeof(scim_named_t));
    if (names->nelts == 0) {
        return NULL;
    }
    scim_buf_init(&kinds, 256, pool);
    scim_buf_init(&keys, 256, pool);
    for (int i = 0; i < names->nelts; i++) {
        const scim_named_t *named = &APR_ARRAY_IDX(names, i, scim_named_t);
        scim_array_put(&kinds, named->kind);
        scim_array_put(&keys, scim_fold(named->name, pool));
    }
    scim_buf_puts(&kinds, "}");
    scim_buf_puts(&keys, "}");
    add_head(batch, conn, user, pool);
    int slot =
        scim_batch_add(batch, SCIM_STMT_UNKNOWN_NAMES, scim_params(pool, kinds.data, keys.data, SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    int rows = error ? 0 : PQntuples(scim_batch_result(batch, slot));
    for (int row = 0; row < rows; row++) {
        apr_int64_t place = scim_result_int(scim_batch_result(batch, slot), row, 0);
        APR_ARRAY_PUSH(*unknown, scim_named_t) = APR_ARRAY_IDX(names, place - 1, scim_named_t);
    }
    return error;
}

const char *scim_names_text(const scim_named_t *named, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s line %d: Require %s \"%s\" names something that no tenant has, so it matches nobody",
                        named->file, named->line, named->kind, named->name);
}
