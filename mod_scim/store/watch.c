#include "watch.h"

#include <apr_strings.h>

#include "head.h"
#include "resources_private.h"

scim_error_t *scim_watch_read(apr_array_header_t **watched, scim_conn_t *conn, int most, apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);
    scim_head_t head = {.tenant = SCIM_EVERYWHERE, .actor_kind = "httpd", .actor = "housekeeping"};
    scim_head_add(batch, &head, conn, pool);
    int slot = scim_batch_add(batch, SCIM_STMT_WATCH, scim_params(pool, apr_itoa(pool, most), SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    const PGresult *result = scim_batch_result(batch, slot);
    int rows = error ? 0 : PQntuples(result);
    *watched = apr_array_make(pool, rows + 1, sizeof(scim_watched_t));
    for (int row = 0; row < rows; row++) {
        APR_ARRAY_PUSH(*watched, scim_watched_t) = (scim_watched_t){
            .kind = scim_result_text(NULL, result, row, 0),
            .tenant = scim_result_text(NULL, result, row, 1),
            .name = scim_result_text(NULL, result, row, 2),
            .value = scim_result_int(result, row, 3),
        };
    }
    return error;
}
