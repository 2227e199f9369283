#include "reads.h"

#include <apr_allocator.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "row_write.h"
#include "scim/table.h"

#define BYTES_MAX  (4 * 1024 * 1024) /* of collected values */
#define KEEP_FREE  (1024 * 1024)     /* of freed memory that is kept */
#define USED_EVERY apr_time_from_sec(60)
#define TOKENS_MAX 4096 /* stored times of use; when full, all are forgotten */

/* The columns of record_reads.sql after the tenant, in order. */
enum { AT, ID, TOKEN, NAME, METHOD, PATH, STATUS, DURATION, REQUEST, ADDRESS, RESOURCE, TYPE, COLUMNS };

/* A token's last use: when, and from which address. */
typedef struct use_t {
    const char *key_id;
    apr_time_t at;
    const char *address;
} use_t;

typedef struct group_t {
    const char *tenant;
    apr_hash_t *uses; /* key id -> use_t */
    int rows;
    scim_buf_t columns[COLUMNS]; /* SQL arrays without the closing brace */
} group_t;

struct scim_reads_t {
    apr_pool_t *pool;    /* for the collected values */
    apr_hash_t *tenants; /* name -> group_t */
    apr_size_t bytes;
    apr_uint64_t count;
    apr_pool_t *told_pool;
    apr_hash_t *told; /* token -> apr_time_t, of the last recorded use */
};

scim_reads_t *scim_reads_make(apr_pool_t *pool)
{
    scim_reads_t *reads = apr_pcalloc(pool, sizeof(*reads));
    apr_allocator_t *allocator; /* a separate one, because other threads use that of the pool */
    apr_pool_t *own;
    if (apr_allocator_create(&allocator) != APR_SUCCESS ||
        apr_pool_create_ex(&own, pool, NULL, allocator) != APR_SUCCESS) {
        abort();
    }
    apr_allocator_owner_set(allocator, own);
    apr_allocator_max_free_set(allocator, KEEP_FREE);
    apr_pool_create(&reads->pool, own);
    apr_pool_create(&reads->told_pool, own);
    reads->told = scim_table_make(reads->told_pool);
    scim_reads_clear(reads);
    return reads;
}

void scim_reads_clear(scim_reads_t *reads)
{
    apr_pool_clear(reads->pool);
    reads->tenants = scim_table_make(reads->pool);
    reads->bytes = 0;
    reads->count = 0;
}

int scim_reads_take(const scim_activity_t *activity, const scim_outcome_t *outcome)
{
    return activity->used && activity->reads && !activity->id && !activity->tried && !activity->object &&
           outcome->status < 400 && !outcome->reason && !outcome->leniencies && !outcome->received;
}

static group_t *group_of(scim_reads_t *reads, const char *tenant)
{
    group_t *group = apr_hash_get(reads->tenants, tenant, APR_HASH_KEY_STRING);
    if (group) {
        return group;
    }
    group = apr_pcalloc(reads->pool, sizeof(*group));
    group->tenant = apr_pstrdup(reads->pool, tenant);
    group->uses = scim_table_make(reads->pool);
    for (int i = 0; i < COLUMNS; i++) {
        scim_buf_init(&group->columns[i], 64, reads->pool);
    }
    apr_hash_set(reads->tenants, group->tenant, APR_HASH_KEY_STRING, group);
    return group;
}

static void note_use(const scim_reads_t *reads, const group_t *group, const scim_activity_t *activity)
{
    use_t *use = apr_hash_get(group->uses, activity->key_id, APR_HASH_KEY_STRING);
    if (!use) {
        use = apr_pcalloc(reads->pool, sizeof(*use));
        use->key_id = apr_pstrdup(reads->pool, activity->key_id);
        apr_hash_set(group->uses, use->key_id, APR_HASH_KEY_STRING, use);
    }
    if (activity->began < use->at) {
        return;
    }
    use->at = activity->began;
    if (!use->address || !activity->address || strcmp(use->address, activity->address) != 0) {
        use->address = apr_pstrdup(reads->pool, activity->address);
    }
}

static apr_size_t put(scim_buf_t *column, const char *value)
{
    apr_size_t before = column->len;
    scim_array_put(column, value);
    return column->len - before;
}

static apr_size_t put_number(scim_buf_t *column, apr_int64_t number)
{
    char text[24];
    apr_snprintf(text, sizeof(text), "%" APR_INT64_T_FMT, number);
    return put(column, text);
}

int scim_reads_add(scim_reads_t *reads, const scim_activity_t *activity, int status, int kept)
{
    if (reads->bytes > BYTES_MAX) {
        return 0;
    }
    group_t *group = group_of(reads, activity->tenant);
    scim_buf_t *columns = group->columns;
    note_use(reads, group, activity);
    reads->count++;
    if (!kept) {
        return 1;
    }
    group->rows++;
    reads->bytes += put_number(&columns[AT], activity->began) + put_number(&columns[ID], scim_activity_id()) +
                    put(&columns[TOKEN], activity->key_id) + put(&columns[NAME], activity->token_name) +
                    put(&columns[METHOD], activity->method) + put(&columns[PATH], activity->path) +
                    put_number(&columns[STATUS], status) +
                    put_number(&columns[DURATION], apr_time_now() - activity->began) +
                    put(&columns[REQUEST], activity->request) + put(&columns[ADDRESS], activity->address) +
                    put(&columns[RESOURCE], activity->resource) + put(&columns[TYPE], activity->type);
    return 1;
}

apr_uint64_t scim_reads_count(const scim_reads_t *reads)
{
    return reads->count;
}

int scim_reads_many(const scim_reads_t *reads)
{
    return reads->bytes > BYTES_MAX / 2;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

/* Whether a token's use was recorded recently. */
static int is_told(scim_reads_t *reads, const group_t *group, const use_t *use, apr_pool_t *pool)
{
    const char *key = apr_pstrcat(pool, group->tenant, "/", use->key_id, NULL);
    apr_time_t *told = apr_hash_get(reads->told, key, APR_HASH_KEY_STRING);
    if (told && use->at < *told + USED_EVERY) {
        return 1;
    }
    if (!told && apr_hash_count(reads->told) >= TOKENS_MAX) {
        apr_pool_clear(reads->told_pool);
        reads->told = scim_table_make(reads->told_pool);
    }
    if (!told) {
        told = apr_palloc(reads->told_pool, sizeof(*told));
        apr_hash_set(reads->told, apr_pstrdup(reads->told_pool, key), APR_HASH_KEY_STRING, told);
    }
    *told = use->at;
    return 0;
}

static void add_uses(scim_batch_t *batch, scim_reads_t *reads, const group_t *group, int again, apr_pool_t *pool)
{
    for (apr_hash_index_t *i = apr_hash_first(pool, group->uses); i; i = apr_hash_next(i)) {
        const use_t *use = apr_hash_this_val(i);
        if (!is_told(reads, group, use, pool) || again) {
            const char *at = apr_psprintf(pool, "%" APR_TIME_T_FMT, use->at);
            scim_batch_add(batch, SCIM_STMT_TOKEN_USED,
                           scim_params(pool, group->tenant, use->key_id, at, use->address, SCIM_PARAMS_END));
        }
    }
}

static void add_rows(scim_batch_t *batch, group_t *group, int again, apr_pool_t *pool)
{
    scim_param_t *params = apr_pcalloc(pool, (COLUMNS + 1) * sizeof(*params));
    params[0].value = group->tenant;
    for (int i = 0; i < COLUMNS; i++) {
        scim_buf_t *column = &group->columns[i];
        if (column->data[column->len - 1] != '}') {
            scim_buf_puts(column, "}");
        }
        params[i + 1].value = column->data;
    }
    scim_batch_add(batch, again ? SCIM_STMT_RECORD_READS_AGAIN : SCIM_STMT_RECORD_READS, params);
}

scim_error_t *scim_reads_record(scim_reads_t *reads, scim_conn_t *conn, int again, apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);
    scim_batch_add(batch, SCIM_STMT_BEGIN, NULL);
    scim_batch_add(batch, SCIM_STMT_BOUND, scim_params(pool, scim_conn_timeout_text(conn), SCIM_PARAMS_END));
    for (apr_hash_index_t *i = apr_hash_first(pool, reads->tenants); i; i = apr_hash_next(i)) {
        group_t *group = apr_hash_this_val(i);
        scim_batch_add_set(batch, "tenant", group->tenant);
        add_uses(batch, reads, group, again, pool);
        if (group->rows) {
            add_rows(batch, group, again, pool);
        }
    }
    scim_batch_add(batch, SCIM_STMT_COMMIT, NULL);
    return scim_batch_run(batch);
}
