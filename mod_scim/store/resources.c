/* Reads one resource, and converts the rows of all statements that return resources. */
#include "resources.h"

#include <apr_strings.h>
#include <stdarg.h>
#include <string.h>

#include "resources_private.h"

static const scim_statement_e get_statements[] = {
    [SCIM_RELATION_NONE] = SCIM_STMT_RESOURCE_GET,
    [SCIM_RELATION_GROUPS] = SCIM_STMT_RESOURCE_GET_GROUPS,
    [SCIM_RELATION_MEMBERS] = SCIM_STMT_RESOURCE_GET_MEMBERS,
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

int scim_add_values(scim_batch_t *batch, const char *sql, const apr_array_header_t *values, apr_pool_t *pool)
{
    scim_param_t *params = apr_pcalloc(pool, (size_t)values->nelts * sizeof(*params));
    for (int i = 0; i < values->nelts; i++) {
        params[i].value = APR_ARRAY_IDX(values, i, const char *);
    }
    return scim_batch_add_text(batch, sql, values->nelts, params);
}

/* Adds one element of the attribute `groups`; `text` has the form of groups.part. */
static void put_group(scim_buf_t *out, const char *text, apr_size_t len, const char *base)
{
    const apr_size_t id = SCIM_ID_SIZE - 1;
    int indirect = *text == 'i';
    text += indirect;
    len -= (apr_size_t)indirect;
    scim_buf_puts(out, out->len > 1 ? ",{\"value\":\"" : "{\"value\":\"");
    scim_buf_add(out, text, id);
    scim_buf_puts(out, "\",\"$ref\":");
    scim_buf_json(out, base, strlen(base));
    out->len--; /* goes back before the closing quote */
    scim_buf_puts(out, "/Groups/");
    scim_buf_add(out, text, id);
    scim_buf_puts(out, "\",\"display\":");
    scim_buf_json(out, text + id, len - id);
    scim_buf_puts(out, indirect ? ",\"type\":\"indirect\"}" : ",\"type\":\"direct\"}");
}

static void read_groups(scim_record_t *record, const PGresult *result, int row, int column,
                        const scim_session_t *session)
{
    scim_buf_t out;
    scim_elements_t elements;
    const char *text;
    apr_size_t len;
    scim_result_elements(&elements, result, row, column);
    if (elements.left == 0) {
        return;
    }
    scim_buf_init(&out, (apr_size_t)elements.left * 256, session->pool);
    scim_buf_puts(&out, "[");
    while ((text = scim_result_element(&elements, &len)) != NULL) {
        put_group(&out, text, len, session->base);
    }
    scim_buf_puts(&out, "]");
    record->relation = out.data;
    record->relation_len = out.len;
}

scim_record_t *scim_record_read(const PGresult *result, int row, int relation, const scim_resource_type_t *type,
                                const scim_session_t *session)
{
    scim_record_t *record = apr_pcalloc(session->pool, sizeof(*record));
    record->type = type;
    scim_result_uuid(record->id, result, row, 0);
    record->version = scim_result_int(result, row, 1);
    record->created = scim_result_time(result, row, 2);
    record->last_modified = scim_result_time(result, row, 3);
    record->doc = scim_result_text(&record->doc_len, result, row, 4);
    if (type->groups) {
        read_groups(record, result, row, relation, session);
    }
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

const char *scim_version_array(const scim_versions_t *versions, apr_pool_t *pool)
{
    if (!versions || versions->any) {
        return NULL;
    }
    scim_buf_t text;
    scim_buf_init(&text, 32, pool);
    scim_buf_puts(&text, "{");
    for (int i = 0; i < versions->list->nelts; i++) {
        scim_buf_printf(&text, "%s%s%" APR_INT64_T_FMT, i ? "," : "", versions->except ? "-" : "",
                        APR_ARRAY_IDX(versions->list, i, apr_int64_t));
    }
    scim_buf_puts(&text, "}");
    return text.data;
}

static scim_record_t *read_only_row(const scim_reading_t *reading, const PGresult *result, int row)
{
    return scim_record_read(result, row, SCIM_RELATION_COLUMN, reading->type, reading->session);
}

void scim_add_get(scim_reading_t *reading, scim_batch_t *batch, scim_session_t *session,
                  const scim_resource_type_t *type, const char *id, int relation, const scim_versions_t *known)
{
    scim_relation_e kind = scim_relation_of(type, relation);
    int members = kind == SCIM_RELATION_MEMBERS;
    const char *versions = members ? scim_version_array(known, session->pool) : NULL;
    scim_reading_begin(reading, session, NULL, read_only_row);
    reading->type = type;
    reading->parts = relation;
    reading->slot = scim_batch_add(batch, get_statements[kind],
                                   scim_session_params(session, type->stored, id, versions, SCIM_PARAMS_END));
    if (members) {
        scim_reading_stream(reading, batch);
    }
}

scim_error_t *scim_read_one(scim_record_t **out, scim_reading_t *reading, const scim_batch_t *batch)
{
    *out = NULL;
    if (reading->streamed) {
        scim_error_t *error = scim_reading_end(reading);
        *out = !error && reading->records->nelts ? APR_ARRAY_IDX(reading->records, 0, scim_record_t *) : NULL;
        return error;
    }
    const PGresult *result = scim_batch_result(batch, reading->slot);
    if (!PQgetisnull(result, 0, 0)) {
        *out = read_only_row(reading, result, 0);
    }
    return NULL;
}

scim_error_t *scim_store_get(scim_record_t **out, scim_session_t *session, const scim_resource_type_t *type,
                             const char *id, int relation, const scim_versions_t *known)
{
    char key[SCIM_ID_SIZE];
    scim_reading_t reading;
    if (!scim_id_read(key, id)) {
        return scim_refuse(session, scim_not_found(type, id, session->pool));
    }
    scim_batch_t *batch = scim_batch_make(session->conn);
    if (scim_relation_of(type, relation) == SCIM_RELATION_MEMBERS) {
        scim_session_bound(session, batch);
    }
    scim_add_get(&reading, batch, session, type, key, relation, known);
    scim_session_slot(session, batch, reading.slot);
    scim_error_t *error = scim_reading_run(&reading, batch);
    if (!error) {
        error = scim_read_one(out, &reading, batch);
    }
    return error || *out ? error : scim_not_found(type, id, session->pool);
}
