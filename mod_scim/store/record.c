#include "record.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "head.h"
#include "resources_private.h"
#include "scim/table.h"
#include "scim/text.h"

#define TENANT   "{\"t\":\"" /* the beginning of an entry */
#define REFUSED  "\"s\":401" /* in the entry of a request whose token was refused */
#define NO_TOKEN "{}"

/* --- by tenant ---------------------------------------------------------------------------------------------------- */

/* The end of the JSON object at `at`. */
static const char *object_end(const char *at)
{
    int depth = 0, quoted = 0;
    for (; *at; at++) {
        if (quoted && *at == '\\' && at[1]) {
            at++;
        } else if (quoted) {
            quoted = *at != '"';
        } else if (*at == '"') {
            quoted = 1;
        } else if (*at == '{') {
            depth++;
        } else if (*at == '}' && --depth == 0) {
            return at + 1;
        }
    }
    return at;
}

static scim_buf_t *list_of(apr_hash_t *lists, const char *tenant, apr_size_t len, apr_pool_t *pool)
{
    scim_buf_t *list = apr_hash_get(lists, tenant, (apr_ssize_t)len);
    if (!list) {
        list = apr_palloc(pool, sizeof(*list));
        scim_buf_init(list, 256, pool);
        apr_hash_set(lists, apr_pstrmemdup(pool, tenant, len), (apr_ssize_t)len, list);
    }
    return list;
}

apr_hash_t *scim_record_split(const char *entries, apr_pool_t *pool)
{
    apr_hash_t *lists = scim_table_make(pool);
    const char *end;
    for (const char *at = strchr(entries, '{'); at; at = strchr(end, '{')) {
        const char *tenant = at + strlen(TENANT);
        end = object_end(at);
        scim_buf_t *list = list_of(lists, tenant, strcspn(tenant, "\""), pool);
        scim_buf_puts(list, list->len ? "," : "[");
        scim_buf_add(list, at, (apr_size_t)(end - at));
    }
    for (apr_hash_index_t *i = apr_hash_first(pool, lists); i; i = apr_hash_next(i)) {
        scim_buf_t *list = apr_hash_this_val(i);
        scim_buf_puts(list, "]");
        apr_hash_set(lists, apr_hash_this_key(i), apr_hash_this_key_len(i), list->data);
    }
    return lists;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static scim_batch_t *begin(scim_conn_t *conn, apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);
    scim_head_t head = {.tenant = SCIM_EVERYWHERE, .actor_kind = "httpd", .actor = "activity"};
    scim_batch_add(batch, SCIM_STMT_BEGIN, NULL);
    scim_head_add(batch, &head, conn, pool);
    return batch;
}

/* Finds the refused tokens that belong to another tenant. The transaction stays open. */
static scim_error_t *find_elsewhere(const char **keys, scim_batch_t *batch, const char *entries, apr_pool_t *pool)
{
    int slot = scim_batch_add(batch, SCIM_STMT_RECORD_ELSEWHERE, scim_params(pool, entries, SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    if (!error) {
        *keys = scim_result_text(NULL, scim_batch_result(batch, slot), 0, 0);
    }
    return error;
}

static void add_tenant(scim_batch_t *batch, const char *tenant, const char *entries, const char *elsewhere,
                       apr_pool_t *pool)
{
    const scim_param_t *params = scim_params(pool, tenant, entries, SCIM_PARAMS_END);
    scim_batch_add_set(batch, "tenant", tenant);
    scim_batch_add(batch, SCIM_STMT_RECORD_ENTRIES, params);
    if (strstr(entries, REFUSED)) {
        scim_batch_add(batch, SCIM_STMT_RECORD_STRANGERS,
                       scim_params(pool, tenant, entries, elsewhere, SCIM_PARAMS_END));
    }
    scim_batch_add(batch, SCIM_STMT_RECORD_MORE, params);
}

static int compare(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* Sorted, so that processes that write at the same time lock the tenants' tokens in the same order. */
static const apr_array_header_t *in_order(apr_hash_t *lists, apr_pool_t *pool)
{
    apr_array_header_t *tenants = apr_array_make(pool, (int)apr_hash_count(lists), sizeof(const char *));
    for (apr_hash_index_t *i = apr_hash_first(pool, lists); i; i = apr_hash_next(i)) {
        APR_ARRAY_PUSH(tenants, const char *) = apr_hash_this_key(i);
    }
    qsort(tenants->elts, (size_t)tenants->nelts, sizeof(const char *), compare);
    return tenants;
}

scim_error_t *scim_record_entries(scim_conn_t *conn, const char *entries, apr_pool_t *pool)
{
    const char *elsewhere = NO_TOKEN;
    scim_batch_t *batch = begin(conn, pool);
    if (strstr(entries, REFUSED)) {
        scim_error_t *error = find_elsewhere(&elsewhere, batch, entries, pool);
        if (error) {
            return error;
        }
        batch = scim_batch_make(conn);
    }
    apr_hash_t *lists = scim_record_split(entries, pool);
    const apr_array_header_t *tenants = in_order(lists, pool);
    for (int i = 0; i < tenants->nelts; i++) {
        const char *tenant = APR_ARRAY_IDX(tenants, i, const char *);
        add_tenant(batch, tenant, apr_hash_get(lists, tenant, APR_HASH_KEY_STRING), elsewhere, pool);
    }
    scim_batch_add(batch, SCIM_STMT_COMMIT, NULL);
    return scim_batch_run(batch);
}
