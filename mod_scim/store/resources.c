/* Reading: one resource, and lists. */
#include "resources.h"

#include <apr_strings.h>
#include <stdarg.h>
#include <string.h>

#include "filter_sql.h"
#include "resources_private.h"

#define FILTER_MARK "true /* filter */"

static const scim_statement_e get_statements[] = {
    [SCIM_RELATION_NONE] = SCIM_STMT_RESOURCE_GET,
    [SCIM_RELATION_GROUPS] = SCIM_STMT_RESOURCE_GET_GROUPS,
    [SCIM_RELATION_MEMBERS] = SCIM_STMT_RESOURCE_GET_MEMBERS,
};

static const scim_statement_e list_statements[] = {
    [SCIM_RELATION_NONE] = SCIM_STMT_RESOURCE_LIST,
    [SCIM_RELATION_GROUPS] = SCIM_STMT_RESOURCE_LIST_GROUPS,
    [SCIM_RELATION_MEMBERS] = SCIM_STMT_RESOURCE_LIST_MEMBERS,
};

scim_relation_e scim_relation_of(const scim_resource_type_t *type, int wanted)
{
    if (!wanted) {
        return SCIM_RELATION_NONE;
    }
    if (type->members) {
        return SCIM_RELATION_MEMBERS;
    }
    return type->groups ? SCIM_RELATION_GROUPS : SCIM_RELATION_NONE;
}

scim_param_t *scim_params(apr_pool_t *pool, ...)
{
    va_list values;
    const char *value;
    size_t n = 0;
    va_start(values, pool);
    while (va_arg(values, const char *) != SCIM_PARAMS_END) {
        n++;
    }
    va_end(values);
    scim_param_t *params = apr_pcalloc(pool, (n + 1) * sizeof(*params));
    scim_param_t *next = params;
    va_start(values, pool);
    while ((value = va_arg(values, const char *)) != SCIM_PARAMS_END) {
        (next++)->value = value;
    }
    va_end(values);
    return params;
}

scim_record_t *scim_record_read(const PGresult *result, int row, const scim_resource_type_t *type, apr_pool_t *pool)
{
    scim_record_t *record = apr_pcalloc(pool, sizeof(*record));
    record->type = type;
    scim_result_uuid(record->id, result, row, 0);
    record->version = scim_result_int(result, row, 1);
    record->created = scim_result_time(result, row, 2);
    record->last_modified = scim_result_time(result, row, 3);
    record->doc = scim_result_text(&record->doc_len, result, row, 4);
    record->relation = scim_result_text(&record->relation_len, result, row, 5);
    return record;
}

scim_error_t *scim_refuse(scim_session_t *session, scim_error_t *error)
{
    scim_error_t *stranger = scim_session_check(session);
    return stranger ? stranger : error;
}

scim_error_t *scim_not_found(const scim_resource_type_t *type, const char *id, apr_pool_t *pool)
{
    return scim_error_status(pool, 404, "%s \"%s\" does not exist.", type->name, id);
}

int scim_add_get(scim_batch_t *batch, scim_session_t *session, const scim_resource_type_t *type, const char *id,
                 int relation)
{
    return scim_batch_add(batch, get_statements[scim_relation_of(type, relation)],
                          scim_params(session->pool, session->tenant, type->name, id, session->base, SCIM_PARAMS_END));
}

scim_error_t *scim_store_get(scim_record_t **out, scim_session_t *session, const scim_resource_type_t *type,
                             const char *id, int relation)
{
    char key[SCIM_ID_SIZE];
    if (!scim_id_read(key, id)) {
        return scim_refuse(session, scim_not_found(type, id, session->pool));
    }
    scim_batch_t *batch = scim_session_batch(session, 0);
    int slot = scim_add_get(batch, session, type, key, relation);
    scim_error_t *error = scim_session_run(session, batch);
    if (error) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, slot);
    if (PQntuples(result) == 0) {
        return scim_not_found(type, id, session->pool);
    }
    *out = scim_record_read(result, 0, type, session->pool);
    return NULL;
}

const char *scim_statement_filtered(scim_statement_e id, const char *condition, apr_pool_t *pool)
{
    const char *sql = scim_statements[id].sql;
    const char *mark = strstr(sql, FILTER_MARK);
    return apr_pstrcat(pool, apr_pstrmemdup(pool, sql, (apr_size_t)(mark - sql)), condition,
                       mark + sizeof(FILTER_MARK) - 1, NULL);
}

/* Adds a statement whose fixed parameters are `fixed`, with the filter in its place; *slot gets its slot. */
static scim_error_t *add_filtered(int *slot, scim_batch_t *batch, scim_statement_e id, const scim_param_t *fixed,
                                  const scim_filter_t *filter, const scim_resource_type_t *type, apr_pool_t *pool)
{
    if (!filter) {
        *slot = scim_batch_add(batch, id, fixed);
        return NULL;
    }
    scim_sql_t sql = {.params = apr_array_make(pool, 8, sizeof(const char *))};
    scim_buf_init(&sql.text, 256, pool);
    for (int i = 0; i < scim_statements[id].params; i++) {
        APR_ARRAY_PUSH(sql.params, const char *) = fixed[i].value;
    }
    scim_error_t *error = scim_filter_sql(&sql, filter, type, pool);
    if (error) {
        return error;
    }
    scim_param_t *params = apr_pcalloc(pool, (size_t)sql.params->nelts * sizeof(*params));
    for (int i = 0; i < sql.params->nelts; i++) {
        params[i].value = APR_ARRAY_IDX(sql.params, i, const char *);
    }
    *slot = scim_batch_add_text(batch, scim_statement_filtered(id, sql.text.data, pool), sql.params->nelts, params);
    return NULL;
}

static scim_error_t *count_matches(apr_int64_t *total, scim_session_t *session, const scim_resource_type_t *type,
                                   const scim_filter_t *filter)
{
    int slot;
    scim_batch_t *batch = scim_session_batch(session, 0);
    scim_error_t *error = add_filtered(&slot, batch, SCIM_STMT_RESOURCE_COUNT,
                                       scim_params(session->pool, session->tenant, type->name, SCIM_PARAMS_END), filter,
                                       type, session->pool);
    if (error) {
        return scim_refuse(session, error);
    }
    error = scim_session_run(session, batch);
    if (!error) {
        *total = scim_result_int(scim_batch_result(batch, slot), 0, 0);
    }
    return error;
}

/* Reads one row more than asked for: whether there is one tells most often what the total is, without counting. */
static scim_error_t *read_page(scim_page_t *out, int *rows, scim_session_t *session, const scim_resource_type_t *type,
                               const scim_filter_t *filter, apr_int64_t skip, apr_int64_t count, int relation)
{
    int slot;
    apr_pool_t *pool = session->pool;
    scim_batch_t *batch = scim_session_batch(session, 0);
    scim_error_t *error =
        add_filtered(&slot, batch, list_statements[scim_relation_of(type, relation)],
                     scim_params(pool, session->tenant, type->name, apr_psprintf(pool, "%" APR_INT64_T_FMT, count + 1),
                                 apr_psprintf(pool, "%" APR_INT64_T_FMT, skip), session->base, SCIM_PARAMS_END),
                     filter, type, pool);
    if (error) {
        return scim_refuse(session, error);
    }
    error = scim_session_run(session, batch);
    if (error) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, slot);
    *rows = PQntuples(result);
    for (int row = 0; row < *rows && row < count; row++) {
        APR_ARRAY_PUSH(out->records, const scim_record_t *) = scim_record_read(result, row, type, pool);
    }
    return NULL;
}

scim_error_t *scim_store_list(scim_page_t *out, scim_session_t *session, const scim_resource_type_t *type,
                              const scim_filter_t *filter, apr_int64_t start_index, apr_int64_t count, int relation)
{
    apr_int64_t skip = start_index - 1;
    out->records = apr_array_make(session->pool, 16, sizeof(const scim_record_t *));
    if (count > 0) {
        int rows = 0;
        scim_error_t *error = read_page(out, &rows, session, type, filter, skip, count, relation);
        if (error) {
            return error;
        }
        if (rows <= count && (rows > 0 || skip == 0)) {
            out->total = skip + rows;
            return NULL;
        }
    }
    return count_matches(&out->total, session, type, filter);
}
