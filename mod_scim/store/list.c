/* Lists: pages of what a search finds. */
#include <apr_strings.h>
#include <string.h>

#include "resources_private.h"
#include "search_sql.h"

#define FILTER_MARK   "true /* filter */"
#define ORDER_MARK    "order by /* sort */ r.id"
#define SORT_MARK     "/* sort */"
#define TYPE_COLUMN   6 /* of resource_list_all */
#define GROUPS_COLUMN 7

static const scim_statement_e list_statements[] = {
    [SCIM_RELATION_NONE] = SCIM_STMT_RESOURCE_LIST,
    [SCIM_RELATION_GROUPS] = SCIM_STMT_RESOURCE_LIST_GROUPS,
    [SCIM_RELATION_MEMBERS] = SCIM_STMT_RESOURCE_LIST_MEMBERS,
};

/* `sql` with `text` in the place of `mark`, which it has once. */
static const char *splice(const char *sql, const char *mark, const char *text, apr_pool_t *pool)
{
    const char *at = strstr(sql, mark);
    return apr_pstrcat(pool, apr_pstrmemdup(pool, sql, (apr_size_t)(at - sql)), text, at + strlen(mark), NULL);
}

const char *scim_statement_filtered(scim_statement_e id, const char *condition, apr_pool_t *pool)
{
    return splice(scim_statements[id].sql, FILTER_MARK, condition, pool);
}

/* Of several types either all have a filter, or none. */
static int is_filtered(const scim_search_t *search)
{
    return APR_ARRAY_IDX(search->targets, 0, scim_target_t).filter != NULL;
}

/* Whether a filter finds one resource at the most: `attr eq "value"` where no two have the same. Then there is nothing
 * to order, and this is what identity providers ask all the time. */
static int finds_one(const scim_search_t *search)
{
    const scim_filter_t *filter = APR_ARRAY_IDX(search->targets, 0, scim_target_t).filter;
    return search->targets->nelts == 1 && filter && filter->kind == SCIM_FILTER_COMPARE && filter->op == SCIM_EQ &&
           filter->attr->uniqueness != SCIM_UNIQUE_NONE && !filter->sub;
}

/* The text of a statement with the search's filters and, where it has a place for it, its order. */
static scim_error_t *search_text(const char **out, apr_array_header_t *values, scim_statement_e id,
                                 const scim_search_t *search, const scim_session_t *session)
{
    apr_pool_t *pool = session->pool;
    scim_sql_t sql = {.params = values, .indexed = scim_conn_indexed(session->conn)};
    scim_buf_t order;
    scim_error_t *error = NULL;
    *out = scim_statements[id].sql;
    if (is_filtered(search)) {
        scim_buf_init(&sql.text, 256, pool);
        error = scim_search_condition(&sql, search, pool);
        *out = error ? NULL : splice(*out, FILTER_MARK, sql.text.data, pool);
    }
    if (!error && !search->sorted && finds_one(search) && strstr(*out, ORDER_MARK)) {
        *out = splice(*out, ORDER_MARK, "", pool);
    }
    if (!error && search->sorted && strstr(*out, SORT_MARK)) {
        scim_buf_init(&order, 128, pool);
        error = scim_search_order(&order, search, pool);
        *out = error ? NULL : splice(*out, SORT_MARK, order.data, pool);
    }
    return error;
}

/* The text and the values of a statement whose fixed parameters are `fixed`, with filters and order in their places. */
static scim_error_t *search_statement(const char **text, apr_array_header_t **values, scim_statement_e id,
                                      const scim_param_t *fixed, const scim_search_t *search,
                                      const scim_session_t *session)
{
    *values = apr_array_make(session->pool, 8, sizeof(const char *));
    for (int i = 0; i < scim_statements[id].params; i++) {
        APR_ARRAY_PUSH(*values, const char *) = fixed[i].value;
    }
    return search_text(text, *values, id, search, session);
}

/* Adds such a statement; *slot gets its slot. */
static scim_error_t *add_search(int *slot, scim_batch_t *batch, scim_statement_e id, const scim_param_t *fixed,
                                const scim_search_t *search, const scim_session_t *session)
{
    apr_pool_t *pool = session->pool;
    apr_array_header_t *values;
    const char *text;
    if (!search->sorted && !is_filtered(search)) {
        *slot = scim_batch_add(batch, id, fixed);
        return NULL;
    }
    scim_error_t *error = search_statement(&text, &values, id, fixed, search, session);
    if (!error) {
        *slot = scim_add_values(batch, text, values, pool);
    }
    return error;
}

/* The names of those targets whose type is answered with this relation, as the text of an SQL array. */
static const char *type_names(const scim_search_t *search, scim_relation_e relation, apr_pool_t *pool)
{
    scim_buf_t out;
    scim_buf_init(&out, 64, pool);
    for (int i = 0; i < search->targets->nelts; i++) {
        const scim_target_t *target = &APR_ARRAY_IDX(search->targets, i, scim_target_t);
        if (relation == SCIM_RELATION_NONE || scim_relation_of(target->type, target->relation) == relation) {
            scim_buf_puts(&out, out.len ? "," : "{");
            scim_buf_json(&out, target->type->name, strlen(target->type->name));
        }
    }
    scim_buf_puts(&out, out.len ? "}" : "{}");
    return out.data;
}

/* Puts what is remembered of a count into the statement that counts, as its third and fourth value. */
static void put_remembered(apr_array_header_t *values, const char *remembered, apr_pool_t *pool)
{
    const char *space = remembered ? strchr(remembered, ' ') : NULL;
    if (space) {
        APR_ARRAY_IDX(values, 2, const char *) = space + 1;
        APR_ARRAY_IDX(values, 3, const char *) = apr_pstrmemdup(pool, remembered, (apr_size_t)(space - remembered));
    }
}

/* What matches a filter is counted once, and remembered with the snapshot in which it was. */
static scim_error_t *count_matches(apr_int64_t *total, scim_session_t *session, const scim_search_t *search)
{
    apr_pool_t *pool = session->pool;
    const scim_target_t *target = &APR_ARRAY_IDX(search->targets, 0, scim_target_t);
    int one = search->targets->nelts == 1;
    const char *types = one ? target->type->name : type_names(search, SCIM_RELATION_NONE, pool);
    scim_memory_key_t key;
    apr_array_header_t *values;
    const char *text;
    scim_error_t *error = search_statement(
        &text, &values, one ? SCIM_STMT_RESOURCE_COUNT : SCIM_STMT_RESOURCE_COUNT_ALL,
        scim_params(pool, session->tenant, types, (const char *)NULL, (const char *)NULL, SCIM_PARAMS_END), search,
        session);
    if (error) {
        return scim_refuse(session, error);
    }
    scim_memory_key(&key, session, "total", text, values);
    put_remembered(values, scim_memory_recall(session, &key), pool);
    scim_batch_t *batch = scim_session_batch(session, 0);
    int slot = scim_add_values(batch, text, values, pool);
    error = scim_session_run(session, batch);
    if (error) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, slot);
    apr_size_t len;
    const char *snapshot = scim_result_text(&len, result, 0, 1);
    *total = scim_result_int(result, 0, 0);
    scim_memory_keep(session, &key, apr_psprintf(pool, "%" APR_INT64_T_FMT " %.*s", *total, (int)len, snapshot));
    return NULL;
}

/* How many there are without a filter is known without counting. */
static scim_error_t *read_total(apr_int64_t *total, scim_session_t *session, const scim_search_t *search)
{
    scim_batch_t *batch = scim_session_batch(session, 0);
    int slot = scim_batch_add(batch, SCIM_STMT_RESOURCE_TOTAL,
                              scim_params(session->pool, session->tenant,
                                          type_names(search, SCIM_RELATION_NONE, session->pool), SCIM_PARAMS_END));
    scim_error_t *error = scim_session_run(session, batch);
    if (!error) {
        *total = scim_result_int(scim_batch_result(batch, slot), 0, 0);
    }
    return error;
}

static scim_error_t *add_page(int *slot, scim_batch_t *batch, scim_session_t *session, const scim_search_t *search)
{
    apr_pool_t *pool = session->pool;
    const scim_target_t *target = &APR_ARRAY_IDX(search->targets, 0, scim_target_t);
    const char *limit = apr_psprintf(pool, "%" APR_INT64_T_FMT, search->count + 1);
    const char *skip = apr_psprintf(pool, "%" APR_INT64_T_FMT, search->start_index - 1);
    if (search->targets->nelts == 1) {
        return add_search(slot, batch, list_statements[scim_relation_of(target->type, target->relation)],
                          scim_session_params(session, finds_one(search) ? SCIM_AT_ONCE : SCIM_BOUNDED,
                                              target->type->name, limit, skip, session->base, SCIM_PARAMS_END),
                          search, session);
    }
    return add_search(slot, batch, SCIM_STMT_RESOURCE_LIST_ALL,
                      scim_session_params(session, SCIM_BOUNDED, type_names(search, SCIM_RELATION_NONE, pool), limit,
                                          skip, session->base, type_names(search, SCIM_RELATION_MEMBERS, pool),
                                          type_names(search, SCIM_RELATION_GROUPS, pool), SCIM_PARAMS_END),
                      search, session);
}

/* The type of a row of a page: the only one, or the one that the row names. */
static const scim_resource_type_t *row_type(const scim_search_t *search, const PGresult *result, int row)
{
    apr_size_t len;
    const scim_target_t *target = &APR_ARRAY_IDX(search->targets, 0, scim_target_t);
    const char *name = search->targets->nelts == 1 ? NULL : scim_result_text(&len, result, row, TYPE_COLUMN);
    for (int i = 0; name && i < search->targets->nelts; i++) {
        target = &APR_ARRAY_IDX(search->targets, i, scim_target_t);
        if (strlen(target->type->name) == len && memcmp(target->type->name, name, len) == 0) {
            break;
        }
    }
    return target->type;
}

static const scim_record_t *read_row(const scim_session_t *session, const scim_search_t *search, const PGresult *result,
                                     int row)
{
    const scim_resource_type_t *type = row_type(search, result, row);
    int column = search->targets->nelts > 1 && type->groups ? GROUPS_COLUMN : SCIM_RELATION_COLUMN;
    return scim_record_read(result, row, column, type, session);
}

/* Reads one row more than asked for: whether there is one tells most often what the total is, without counting. */
static scim_error_t *read_page(scim_page_t *out, int *rows, scim_session_t *session, const scim_search_t *search)
{
    int slot;
    scim_batch_t *batch = scim_batch_make(session->conn);
    if (!finds_one(search)) {
        scim_session_bound(session, batch);
    }
    scim_error_t *error = add_page(&slot, batch, session, search);
    if (error) {
        return scim_refuse(session, error);
    }
    scim_session_slot(session, slot);
    error = scim_session_run(session, batch);
    if (error) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, slot);
    *rows = PQgetisnull(result, 0, 0) ? 0 : PQntuples(result); /* authentication has its row where nothing is found */
    for (int row = 0; row < *rows && row < search->count; row++) {
        APR_ARRAY_PUSH(out->records, const scim_record_t *) = read_row(session, search, result, row);
    }
    return NULL;
}

static scim_error_t *list(scim_page_t *out, scim_session_t *session, const scim_search_t *search)
{
    apr_int64_t skip = search->start_index - 1;
    out->records = apr_array_make(session->pool, 16, sizeof(const scim_record_t *));
    if (search->count > 0) {
        int rows = 0;
        scim_error_t *error = read_page(out, &rows, session, search);
        if (error) {
            return error;
        }
        if (rows <= search->count && (rows > 0 || skip == 0)) {
            out->total = skip + rows;
            return NULL;
        }
    }
    return is_filtered(search) ? count_matches(&out->total, session, search) : read_total(&out->total, session, search);
}

scim_error_t *scim_store_list(scim_page_t *out, scim_session_t *session, const scim_search_t *search)
{
    return scim_search_error(list(out, session, search), search, scim_conn_indexed(session->conn), session->pool);
}
