#include "watch.h"

#include <apr_strings.h>
#include <string.h>

#include "head.h"
#include "resources_private.h"

enum { KIND, TENANT, NAME, VALUE, ID }; /* columns of watch.sql */

static scim_batch_t *begin(scim_conn_t *conn, apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);
    scim_head_t head = {.tenant = SCIM_EVERYWHERE, .actor_kind = "httpd", .actor = "housekeeping"};
    scim_head_add(batch, &head, conn, pool);
    return batch;
}

static void tell(apr_array_header_t *watched, const scim_watched_t *of, const char *kind, apr_int64_t value)
{
    scim_watched_t *row = apr_array_push(watched);
    *row = *of;
    row->kind = kind;
    row->value = value;
}

/* Counts the accounts with a seat, and those waiting for one, for each subscription in `limited`, whose value is the
 * number of seats. Each subscription has its own statement, since no statement reads several tables of several tenants
 * (docs/citus.md). */
static scim_error_t *count_seats(apr_array_header_t *watched, const apr_array_header_t *limited,
                                 const apr_array_header_t *ids, scim_conn_t *conn, apr_pool_t *pool)
{
    scim_batch_t *batch = begin(conn, pool);
    int *slots = apr_palloc(pool, (apr_size_t)limited->nelts * sizeof(*slots));
    for (int i = 0; i < limited->nelts; i++) {
        const scim_watched_t *of = &APR_ARRAY_IDX(limited, i, scim_watched_t);
        const char *id = APR_ARRAY_IDX(ids, i, const char *);
        slots[i] = scim_batch_add(batch, SCIM_STMT_WATCH_SEATS, scim_params(pool, of->tenant, id, SCIM_PARAMS_END));
    }
    scim_error_t *error = scim_batch_run(batch);
    for (int i = 0; !error && i < limited->nelts; i++) {
        const scim_watched_t *of = &APR_ARRAY_IDX(limited, i, scim_watched_t);
        apr_int64_t n = scim_result_int(scim_batch_result(batch, slots[i]), 0, 0);
        apr_int64_t taken = n < of->value ? n : of->value;
        tell(watched, of, "seats_taken", taken);
        tell(watched, of, "seats_waiting", n - taken);
    }
    return error;
}

scim_error_t *scim_watch_read(apr_array_header_t **watched, scim_conn_t *conn, int most, apr_pool_t *pool)
{
    scim_batch_t *batch = begin(conn, pool);
    int slot = scim_batch_add(batch, SCIM_STMT_WATCH, scim_params(pool, apr_itoa(pool, most), SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    const PGresult *result = scim_batch_result(batch, slot);
    int rows = error ? 0 : PQntuples(result);
    apr_array_header_t *limited = apr_array_make(pool, 8, sizeof(scim_watched_t));
    apr_array_header_t *ids = apr_array_make(pool, 8, sizeof(const char *));
    *watched = apr_array_make(pool, rows + 1, sizeof(scim_watched_t));
    for (int row = 0; row < rows; row++) {
        scim_watched_t of = {
            .kind = scim_result_text(NULL, result, row, KIND),
            .tenant = scim_result_text(NULL, result, row, TENANT),
            .name = scim_result_text(NULL, result, row, NAME),
            .value = scim_result_int(result, row, VALUE),
        };
        if (strcmp(of.kind, "seats") != 0) {
            tell(*watched, &of, of.kind, of.value);
            continue;
        }
        char *id = apr_palloc(pool, SCIM_ID_SIZE);
        scim_result_uuid(id, result, row, ID);
        APR_ARRAY_PUSH(limited, scim_watched_t) = of;
        APR_ARRAY_PUSH(ids, const char *) = id;
    }
    return error || limited->nelts == 0 ? error : count_seats(*watched, limited, ids, conn, pool);
}
