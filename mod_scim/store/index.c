#include "index.h"

#include <apr_strings.h>

#include "indexed.h"

#define BATCH       "1000" /* resources; each batch locks them for some hundredths of a second */
#define EMPTY_BATCH "10000"
#define READY       7 /* a column of index_list */

#define ATTEMPTS_MAX 60
#define PAUSE        apr_time_from_sec(1)

typedef struct index_t {
    scim_conn_t *conn;
    apr_array_header_t *unready; /* int: ids of attributes whose rows must be made */
    apr_array_header_t *dropped; /* int: ids of removed attributes */
    apr_array_header_t *rows;    /* scim_index_row_t */
    apr_pool_t *pool;
} index_t;

typedef scim_error_t *(*tenant_work_t)(const index_t *index, const char *tenant, const char *ids);

/* A transaction that waits for a lock blocks later ones. So a batch soon gives up, lets them pass, and is repeated for
 * two minutes. */
static scim_error_t *run_batch(scim_batch_t *batch)
{
    scim_error_t *error = scim_batch_run(batch);

    for (int tries = 1; error && error->transient && tries < ATTEMPTS_MAX; tries++) {
        apr_sleep(PAUSE);
        error = scim_batch_run(batch);
    }
    return error;
}

static scim_error_t *run(const PGresult **result, const index_t *index, scim_statement_e id, const scim_param_t *params)
{
    scim_batch_t *batch = scim_batch_make(index->conn);
    int slot = scim_batch_add(batch, id, params);
    scim_error_t *error = run_batch(batch);

    *result = error ? NULL : scim_batch_result(batch, slot);
    return error;
}

static void report(const index_t *index, const scim_indexed_t *entry, const char *state)
{
    APR_ARRAY_PUSH(index->rows, scim_index_row_t) =
        (scim_index_row_t){entry->type, scim_indexed_name(entry, index->pool), state};
}

static const char *number(int id, apr_pool_t *pool)
{
    return apr_itoa(pool, id);
}

/* Compares the registered attributes with the declared ones. */
static void sort_out(index_t *index, const PGresult *list, const apr_array_header_t *registered,
                     const apr_array_header_t *declared, int drop)
{
    for (int i = 0; i < registered->nelts; i++) {
        const scim_indexed_t *entry = &APR_ARRAY_IDX(registered, i, scim_indexed_t);
        int ready = scim_result_bool(list, i, READY);

        if (scim_indexed_same(declared, entry)) {
            if (!ready) {
                APR_ARRAY_PUSH(index->unready, int) = entry->id;
            }
            report(index, entry, ready ? "ready" : "added");
        } else if (drop) {
            APR_ARRAY_PUSH(index->dropped, int) = entry->id;
            report(index, entry, "dropped");
        } else {
            report(index, entry, "undeclared");
        }
    }
}

static int add_registration(const index_t *index, scim_batch_t *batch, const scim_indexed_t *entry)
{
    const scim_param_t params[] = {{.value = entry->type},
                                   {.value = entry->schema},
                                   {.value = entry->attribute},
                                   {.value = entry->sub},
                                   {.value = entry->multi_valued ? "true" : "false"},
                                   {.value = entry->fold ? "true" : "false"}};

    return scim_batch_add(batch, SCIM_STMT_INDEX_ADD, apr_pmemdup(index->pool, params, sizeof(params)));
}

/* Registers new attributes. The same transaction replaces the functions that maintain the rows. */
static scim_error_t *add_new(index_t *index, const apr_array_header_t *registered, const apr_array_header_t *declared)
{
    scim_batch_t *batch = scim_batch_make(index->conn);
    apr_array_header_t *slots = apr_array_make(index->pool, 4, sizeof(int));
    scim_error_t *error;

    for (int i = 0; i < declared->nelts; i++) {
        const scim_indexed_t *entry = &APR_ARRAY_IDX(declared, i, scim_indexed_t);

        if (!scim_indexed_same(registered, entry)) {
            APR_ARRAY_PUSH(slots, int) = add_registration(index, batch, entry);
            report(index, entry, "added");
        }
    }
    if (slots->nelts == 0) {
        return NULL;
    }
    scim_batch_add(batch, SCIM_STMT_INDEX_MAKE, NULL);
    error = run_batch(batch);
    for (int i = 0; !error && i < slots->nelts; i++) {
        const PGresult *result = scim_batch_result(batch, APR_ARRAY_IDX(slots, i, int));

        APR_ARRAY_PUSH(index->unready, int) = (int)scim_result_int(result, 0, 0);
    }
    return error;
}

/* Sets whether the attributes `ids` are ready. */
static scim_error_t *set_ready(const index_t *index, const apr_array_header_t *ids, const char *ready)
{
    scim_batch_t *batch = scim_batch_make(index->conn);

    for (int i = 0; i < ids->nelts; i++) {
        const scim_param_t params[] = {{.value = number(APR_ARRAY_IDX(ids, i, int), index->pool)}, {.value = ready}};

        scim_batch_add(batch, SCIM_STMT_INDEX_READY, apr_pmemdup(index->pool, params, sizeof(params)));
    }
    return ids->nelts ? run_batch(batch) : NULL;
}

static const char *id_list(const apr_array_header_t *ids, apr_pool_t *pool)
{
    const char *text = "";

    for (int i = 0; i < ids->nelts; i++) {
        text = apr_pstrcat(pool, text, i ? "," : "{", number(APR_ARRAY_IDX(ids, i, int), pool), NULL);
    }
    return apr_pstrcat(pool, text, "}", NULL);
}

/* Calls `work` for each tenant, one after another. */
static scim_error_t *each_tenant(const index_t *index, tenant_work_t work, const char *ids)
{
    const char *tenant = "";
    const PGresult *result;
    scim_error_t *error;

    do {
        scim_param_t params[] = {{.value = tenant}};
        apr_size_t len;

        error = run(&result, index, SCIM_STMT_INDEX_TENANT, params);
        if (error || PQntuples(result) == 0) {
            return error;
        }
        const char *name = scim_result_text(&len, result, 0, 0);
        tenant = apr_pstrmemdup(index->pool, name, len);
        error = work(index, tenant, ids);
    } while (!error);
    return error;
}

/* Makes the rows of the attributes `ids` for all resources of a tenant. */
static scim_error_t *fill(const index_t *index, const char *tenant, const char *ids)
{
    char id[37] = "00000000-0000-0000-0000-000000000000";
    const PGresult *result;
    scim_error_t *error;

    for (;;) {
        scim_param_t params[] = {{.value = tenant}, {.value = ids}, {.value = id}, {.value = BATCH}};

        error = run(&result, index, SCIM_STMT_INDEX_FILL, params);
        if (error || PQntuples(result) == 0) {
            return error;
        }
        scim_result_uuid(id, result, 0, 0);
    }
}

static scim_error_t *fill_all(const index_t *index)
{
    return index->unready->nelts ? each_tenant(index, fill, id_list(index->unready, index->pool)) : NULL;
}

static scim_error_t *empty(const index_t *index, const char *tenant, const char *id)
{
    scim_param_t params[] = {{.value = tenant}, {.value = id}, {.value = EMPTY_BATCH}};
    const PGresult *result;
    scim_error_t *error;

    do {
        error = run(&result, index, SCIM_STMT_INDEX_EMPTY, params);
    } while (!error && scim_result_int(result, 0, 0) > 0);
    return error;
}

/* Most rows are deleted while the attribute is still registered, so that an interrupted command can be continued. Rows
 * that are written meanwhile are deleted after it. */
static scim_error_t *drop_attribute(const index_t *index, int id)
{
    const char *text = number(id, index->pool);
    scim_param_t params[] = {{.value = text}};
    scim_error_t *error = each_tenant(index, empty, text);
    scim_batch_t *batch = scim_batch_make(index->conn);

    scim_batch_add(batch, SCIM_STMT_INDEX_REMOVE, params);
    scim_batch_add(batch, SCIM_STMT_INDEX_MAKE, NULL);
    if (!error) {
        error = run_batch(batch);
    }
    return error ? error : each_tenant(index, empty, text);
}

static scim_error_t *drop_all(const index_t *index)
{
    scim_error_t *error = set_ready(index, index->dropped, "false");

    for (int i = 0; !error && i < index->dropped->nelts; i++) {
        error = drop_attribute(index, APR_ARRAY_IDX(index->dropped, i, int));
    }
    return error;
}

static scim_error_t *lock(const index_t *index)
{
    const PGresult *result;
    scim_error_t *error = run(&result, index, SCIM_STMT_INDEX_LOCK, NULL);

    if (!error && !scim_result_bool(result, 0, 0)) {
        error = scim_error_status(index->pool, 409, "Another scimctl db index is running; wait until it has ended.");
    }
    return error;
}

scim_error_t *scim_index_run(apr_array_header_t **rows, scim_conn_t *conn, const apr_array_header_t *declared, int drop,
                             apr_pool_t *pool)
{
    index_t index = {conn, apr_array_make(pool, 4, sizeof(int)), apr_array_make(pool, 4, sizeof(int)),
                     apr_array_make(pool, 8, sizeof(scim_index_row_t)), pool};
    const apr_array_header_t *registered;
    const PGresult *list;
    scim_error_t *error = lock(&index);

    *rows = index.rows;
    if (error || (error = run(&list, &index, SCIM_STMT_LOCK_BRIEFLY, NULL)) ||
        (error = run(&list, &index, SCIM_STMT_INDEX_LIST, NULL))) {
        return error;
    }
    registered = scim_indexed_read(list, pool);
    sort_out(&index, list, registered, declared, drop);
    if ((error = add_new(&index, registered, declared)) || (error = fill_all(&index)) ||
        (error = set_ready(&index, index.unready, "true"))) {
        return error;
    }
    return drop_all(&index);
}
