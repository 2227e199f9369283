/* Lists: pages of the resources that a search finds. */
#include <apr_strings.h>
#include <string.h>

#include "compose.h"
#include "order.h"
#include "resources_private.h"
#include "search_sql.h"

#define KEY_COLUMN     6
#define TYPE_COLUMN    6 /* of resource_list_all; the next two as well */
#define GROUPS_COLUMN  7
#define KEY_ALL_COLUMN 8

/* The part of a search that one statement reads. */
typedef struct part_t {
    const scim_search_t *search;
    const scim_order_t *order; /* NULL: no order, since only the number is read */
    scim_order_e which;        /* which rows, relative to a position */
    apr_int64_t limit;
    apr_int64_t skip;
} part_t;

static const scim_statement_e list_statements[] = {
    [SCIM_RELATION_NONE] = SCIM_STMT_RESOURCE_LIST,
    [SCIM_RELATION_GROUPS] = SCIM_STMT_RESOURCE_LIST_GROUPS,
    [SCIM_RELATION_MEMBERS] = SCIM_STMT_RESOURCE_LIST_MEMBERS,
};

static const scim_target_t *first_target(const scim_search_t *search)
{
    return &APR_ARRAY_IDX(search->targets, 0, scim_target_t);
}

/* Whether there are filters. Of several types all have one, or none. */
static int is_filtered(const scim_search_t *search)
{
    return first_target(search)->filter != NULL;
}

/* Whether a filter finds at most one resource: `attr eq "value"` on a unique attribute. Such a search needs no order;
 * it is the most frequent search of identity providers. */
static int finds_one(const scim_search_t *search)
{
    const scim_filter_t *filter = first_target(search)->filter;
    return search->targets->nelts == 1 && filter && filter->kind == SCIM_FILTER_COMPARE && filter->op == SCIM_EQ &&
           filter->attr->uniqueness != SCIM_UNIQUE_NONE && !filter->sub;
}

/* Whether the named statement can be used unchanged. */
static int is_plain(const part_t *part)
{
    const scim_search_t *search = part->search;
    return !is_filtered(search) && (!part->order || (!search->sorted && !search->after && !search->backward));
}

/* Fills the order and its key into a statement. */
static void fill_order(const char *fills[SCIM_BLANK_COUNT], const part_t *part, apr_pool_t *pool)
{
    const scim_search_t *search = part->search;
    scim_buf_t out;
    if (!search->sorted && !search->after && !search->backward) {
        fills[SCIM_BLANK_ORDER] = finds_one(search) ? "" : NULL;
        return;
    }
    scim_buf_init(&out, 128, pool);
    scim_buf_puts(&out, "order by ");
    scim_order_put(&out, part->order, part->which);
    fills[SCIM_BLANK_ORDER] = out.data;
    if (search->sorted) {
        scim_buf_init(&out, 128, pool);
        scim_buf_puts(&out, ", ");
        scim_order_put_key(&out, part->order);
        scim_buf_puts(&out, " as key");
        fills[SCIM_BLANK_KEY] = out.data;
        fills[SCIM_BLANK_ITS_KEY] = ", r.key";
    }
}

/* The text of a statement with the search's filters, position and order. */
static scim_error_t *search_text(const char **out, apr_array_header_t *values, scim_statement_e id, const part_t *part,
                                 const scim_session_t *session)
{
    apr_pool_t *pool = session->pool;
    scim_sql_t sql = {.params = values, .indexed = scim_conn_indexed(session->conn)};
    int filtered = is_filtered(part->search);
    int after = part->order && scim_order_has_after(part->order, part->which);
    const char *fills[SCIM_BLANK_COUNT] = {NULL};
    scim_error_t *error = NULL;
    scim_buf_init(&sql.text, 256, pool);
    if (filtered && (error = scim_search_condition(&sql, part->search, pool))) {
        return error;
    }
    if (after) {
        scim_buf_puts(&sql.text, filtered ? " and " : "");
        scim_order_put_after(&sql, part->order, part->which);
    }
    if (filtered || after) {
        fills[SCIM_BLANK_FILTER] = sql.text.data;
    }
    if (part->order) {
        fill_order(fills, part, pool);
    }
    *out = scim_compose(id, fills, pool);
    return NULL;
}

/* The text and values of a statement with the fixed parameters `fixed`, and with filters and order inserted. */
static scim_error_t *search_statement(const char **text, apr_array_header_t **values, scim_statement_e id,
                                      const scim_param_t *fixed, const part_t *part, const scim_session_t *session)
{
    *values = apr_array_make(session->pool, 16, sizeof(const char *));
    for (int i = 0; i < scim_statements[id].params; i++) {
        APR_ARRAY_PUSH(*values, const char *) = fixed[i].value;
    }
    return search_text(text, *values, id, part, session);
}

/* Adds such a statement to a batch; *slot is its slot. */
static scim_error_t *add_search(int *slot, scim_batch_t *batch, scim_statement_e id, const scim_param_t *fixed,
                                const part_t *part, const scim_session_t *session)
{
    apr_array_header_t *values;
    const char *text;
    if (is_plain(part)) {
        *slot = scim_batch_add(batch, id, fixed);
        return NULL;
    }
    scim_error_t *error = search_statement(&text, &values, id, fixed, part, session);
    if (!error) {
        *slot = scim_add_values(batch, text, values, session->pool);
    }
    return error;
}

/* The names of the types whose resources have this relation in the answer, as an SQL array. */
static const char *type_names(const scim_search_t *search, scim_relation_e relation, apr_pool_t *pool)
{
    scim_buf_t out;
    scim_buf_init(&out, 64, pool);
    for (int i = 0; i < search->targets->nelts; i++) {
        const scim_target_t *target = &APR_ARRAY_IDX(search->targets, i, scim_target_t);
        if (relation == SCIM_RELATION_NONE || scim_relation_of(target->type, target->relation) == relation) {
            scim_buf_puts(&out, out.len ? "," : "{");
            scim_buf_json(&out, target->type->stored, strlen(target->type->stored));
        }
    }
    scim_buf_puts(&out, out.len ? "}" : "{}");
    return out.data;
}

/* Sets the third and fourth value of the counting statement to a cached count and its snapshot. */
static void put_remembered(apr_array_header_t *values, const char *remembered, apr_pool_t *pool)
{
    const char *space = remembered ? strchr(remembered, ' ') : NULL;
    if (space) {
        APR_ARRAY_IDX(values, 2, const char *) = space + 1;
        APR_ARRAY_IDX(values, 3, const char *) = apr_pstrmemdup(pool, remembered, (apr_size_t)(space - remembered));
    }
}

/* Counts the matches of a filter, and caches the count with a snapshot that was taken before. */
static scim_error_t *count_matches(apr_int64_t *total, scim_session_t *session, const scim_search_t *search)
{
    apr_pool_t *pool = session->pool;
    part_t part = {.search = search};
    int one = search->targets->nelts == 1;
    const char *types = one ? first_target(search)->type->stored : type_names(search, SCIM_RELATION_NONE, pool);
    scim_memory_key_t key;
    apr_array_header_t *values;
    const char *text;
    scim_error_t *error = search_statement(
        &text, &values, one ? SCIM_STMT_RESOURCE_COUNT : SCIM_STMT_RESOURCE_COUNT_ALL,
        scim_params(pool, session->tenant, types, (const char *)NULL, (const char *)NULL, SCIM_PARAMS_END), &part,
        session);
    if (error) {
        return scim_refuse(session, error);
    }
    scim_memory_key(&key, session, "total", text, values);
    put_remembered(values, scim_memory_recall(session, &key), pool);
    scim_batch_t *batch = scim_session_batch(session, 0);
    int seen = scim_batch_add(batch, SCIM_STMT_SNAPSHOT, NULL);
    int slot = scim_add_values(batch, text, values, pool);
    error = scim_session_run(session, batch);
    if (error) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, slot);
    apr_size_t len;
    const char *snapshot = scim_result_text(&len, scim_batch_result(batch, seen), 0, 0);
    *total = scim_result_int(result, 0, 0);
    if (snapshot) {
        scim_memory_keep(session, &key, apr_psprintf(pool, "%" APR_INT64_T_FMT " %.*s", *total, (int)len, snapshot));
    }
    return NULL;
}

/* Adds the statement that reads the total without a filter from the tally. Returns the slot. */
static int add_total(scim_batch_t *batch, const scim_session_t *session, const scim_search_t *search)
{
    return scim_batch_add(batch, SCIM_STMT_RESOURCE_TOTAL,
                          scim_params(session->pool, session->tenant,
                                      type_names(search, SCIM_RELATION_NONE, session->pool), SCIM_PARAMS_END));
}

static scim_error_t *read_total(apr_int64_t *total, scim_session_t *session, const scim_search_t *search)
{
    scim_batch_t *batch = scim_session_batch(session, 0);
    int slot = add_total(batch, session, search);
    scim_error_t *error = scim_session_run(session, batch);
    if (!error) {
        *total = scim_result_int(scim_batch_result(batch, slot), 0, 0);
    }
    return error;
}

static scim_error_t *add_part(int *slot, scim_batch_t *batch, scim_session_t *session, const part_t *part)
{
    apr_pool_t *pool = session->pool;
    const scim_search_t *search = part->search;
    const scim_target_t *target = first_target(search);
    const char *limit = apr_psprintf(pool, "%" APR_INT64_T_FMT, part->limit);
    const char *skip = apr_psprintf(pool, "%" APR_INT64_T_FMT, part->skip);
    if (search->targets->nelts == 1) {
        return add_search(slot, batch, list_statements[scim_relation_of(target->type, target->relation)],
                          scim_session_params(session, target->type->stored, limit, skip, SCIM_PARAMS_END), part,
                          session);
    }
    return add_search(slot, batch, SCIM_STMT_RESOURCE_LIST_ALL,
                      scim_session_params(session, type_names(search, SCIM_RELATION_NONE, pool), limit, skip,
                                          type_names(search, SCIM_RELATION_MEMBERS, pool),
                                          type_names(search, SCIM_RELATION_GROUPS, pool), SCIM_PARAMS_END),
                      part, session);
}

/* The type of a row: the only one of the search, or the one that the row names. */
static const scim_resource_type_t *row_type(const scim_search_t *search, const PGresult *result, int row)
{
    apr_size_t len;
    const scim_target_t *target = first_target(search);
    const char *name = search->targets->nelts == 1 ? NULL : scim_result_text(&len, result, row, TYPE_COLUMN);
    for (int i = 0; name && i < search->targets->nelts; i++) {
        target = &APR_ARRAY_IDX(search->targets, i, scim_target_t);
        if (strlen(target->type->stored) == len && memcmp(target->type->stored, name, len) == 0) {
            break;
        }
    }
    return target->type;
}

static const char *read_key(const scim_search_t *search, const PGresult *result, int row, apr_pool_t *pool)
{
    apr_size_t len;
    int column = search->targets->nelts > 1 ? KEY_ALL_COLUMN : KEY_COLUMN;
    const char *key = search->sorted ? scim_result_text(&len, result, row, column) : NULL;
    return key ? apr_pstrmemdup(pool, key, len) : NULL;
}

static scim_record_t *read_row(const scim_reading_t *reading, const PGresult *result, int row)
{
    const scim_search_t *search = reading->search;
    const scim_resource_type_t *type = row_type(search, result, row);
    int column = search->targets->nelts > 1 && type->groups ? GROUPS_COLUMN : SCIM_RELATION_COLUMN;
    APR_ARRAY_PUSH(reading->keys, const char *) = read_key(search, result, row, reading->session->pool);
    return scim_record_read(result, row, column, type, reading->session);
}

/* Whether resources may have members in the answer: then the rows are processed as they arrive. */
static int has_members(const scim_search_t *search)
{
    for (int i = 0; i < search->targets->nelts; i++) {
        const scim_target_t *target = &APR_ARRAY_IDX(search->targets, i, scim_target_t);
        if (scim_relation_of(target->type, target->relation) == SCIM_RELATION_MEMBERS) {
            return 1;
        }
    }
    return 0;
}

static void read_rows(scim_reading_t *reading, const PGresult *result)
{
    int rows = PQgetisnull(result, 0, 0) ? 0 : PQntuples(result); /* authentication always has a row */
    for (int row = 0; row < rows; row++) {
        APR_ARRAY_PUSH(reading->records, scim_record_t *) = read_row(reading, result, row);
    }
}

/* Adds the time limit for a statement that may take long. If an index has the order of the rows, and no other index
 * answers a filter, sorting is disabled: the statement stops after a page, but PostgreSQL may assume that reading and
 * sorting everything is as cheap. */
static void add_bound(scim_batch_t *batch, const scim_session_t *session, const part_t *part)
{
    scim_order_by_e by = scim_order_by(part->order, part->which);
    if (finds_one(part->search)) {
        return;
    }
    if (by == SCIM_BY_SORT || scim_search_is_answered(part->search, scim_conn_indexed(session->conn), session->pool)) {
        scim_session_bound(session, batch);
    } else {
        scim_session_bound_ordered(session, batch, by == SCIM_BY_KEY);
    }
}

static scim_error_t *read_part(scim_reading_t *reading, const part_t *part)
{
    scim_session_t *session = reading->session;
    scim_batch_t *batch = scim_batch_make(session->conn);
    int streamed = has_members(part->search);
    int before = reading->records->nelts;
    add_bound(batch, session, part);
    scim_error_t *error = add_part(&reading->slot, batch, session, part);
    if (error) {
        return scim_refuse(session, error);
    }
    if (streamed) {
        scim_reading_stream(reading, batch);
    }
    int total = is_filtered(part->search) ? -1 : add_total(batch, session, part->search);
    scim_session_slot(session, batch, reading->slot);
    error = scim_reading_run(reading, batch);
    if (!error && total >= 0) {
        reading->total = scim_result_int(scim_batch_result(batch, total), 0, 0);
    }
    if (!error && streamed) {
        error = scim_reading_end(reading);
    } else if (!error) {
        read_rows(reading, scim_batch_result(batch, reading->slot));
    }
    reading->rows += reading->records->nelts - before;
    if (reading->records->nelts > part->search->count) {
        reading->records->nelts = reading->keys->nelts = (int)part->search->count;
    }
    return error;
}

/* Reads one row more than the page needs, to know whether another page follows. If there are too few rows near the
 * position, reads the far ones. If rows are to be skipped and there is no near one left, it is unknown how many far
 * ones to skip, so both are read together. */
static scim_error_t *read_page(scim_reading_t *reading)
{
    const scim_search_t *search = reading->search;
    part_t part = {.search = search, .which = SCIM_ORDER_NEAR, .limit = search->count + 1, .skip = search->skip};
    scim_error_t *error = scim_order_make(&part.order, search, reading->session->pool);
    if (error) {
        return scim_refuse(reading->session, error);
    }
    error = read_part(reading, &part);
    if (error || reading->rows >= part.limit || !scim_order_is_split(part.order)) {
        return error;
    }
    part.which = reading->rows == 0 && part.skip > 0 ? SCIM_ORDER_BOTH : SCIM_ORDER_FAR;
    if (part.which == SCIM_ORDER_FAR) {
        part.limit -= reading->rows;
        part.skip = 0;
    }
    return read_part(reading, &part);
}

/* Without reading a page, checks whether the search can be sorted. */
static scim_error_t *check_order(scim_session_t *session, const scim_search_t *search)
{
    const scim_order_t *order;
    scim_error_t *error = scim_order_make(&order, search, session->pool);
    return error ? scim_refuse(session, error) : NULL;
}

static void reverse(apr_array_header_t *pointers)
{
    void **one = (void **)pointers->elts, **other = one + pointers->nelts;
    while (one < --other) {
        void *kept = *one;
        *one++ = *other;
        *other = kept;
    }
}

/* The position of a record on a page. */
static const scim_position_t *position_of(const scim_reading_t *reading, int index)
{
    const scim_record_t *record = APR_ARRAY_IDX(reading->records, index, const scim_record_t *);
    scim_position_t *position = apr_pcalloc(reading->session->pool, sizeof(*position));
    position->key = APR_ARRAY_IDX(reading->keys, index, const char *);
    position->type = reading->search->targets->nelts > 1 ? record->type->stored : NULL;
    memcpy(position->id, record->id, sizeof(position->id));
    return position;
}

static void fill_page(scim_page_t *out, const scim_reading_t *reading)
{
    int n = reading->records->nelts;
    if (reading->search->backward) {
        reverse(reading->records);
        reverse(reading->keys);
    }
    out->more = reading->rows > n;
    if (n) {
        out->first = position_of(reading, 0);
        out->last = position_of(reading, n - 1);
    }
}

/* The matches of a filter are not counted for a page in the middle of a walk. */
static scim_error_t *find_total(apr_int64_t *total, scim_session_t *session, const scim_search_t *search)
{
    *total = -1;
    if (!is_filtered(search)) {
        return read_total(total, session, search);
    }
    return search->after || search->backward ? NULL : count_matches(total, session, search);
}

/* From so many skipped rows on, reading the total first is cheaper. */
#define FAR 1000

/* A page in the second half of a list of known length is read from its end. *turned is the changed search. */
static scim_error_t *turn(scim_search_t *turned, scim_session_t *session, const scim_search_t *search)
{
    *turned = *search;
    if (search->after || search->backward || search->skip < FAR || search->count == 0 || is_filtered(search)) {
        return NULL;
    }
    scim_reading_t nothing;
    part_t part = {.search = search, .which = SCIM_ORDER_NEAR};
    scim_reading_begin(&nothing, session, search, read_row);
    scim_error_t *error = scim_order_make(&part.order, search, session->pool);
    if (error) {
        return scim_refuse(session, error);
    }
    error = read_part(&nothing, &part);
    apr_int64_t left = nothing.total - search->skip;
    if (!error && left > 0 && left < nothing.total / 2) {
        turned->backward = 1;
        turned->count = search->count < left ? search->count : left;
        turned->skip = left - turned->count;
    }
    return error;
}

static scim_error_t *list(scim_page_t *out, scim_session_t *session, const scim_search_t *asked)
{
    scim_reading_t reading;
    scim_search_t turned;
    const scim_search_t *search = &turned;
    memset(out, 0, sizeof(*out));
    scim_error_t *failed = turn(&turned, session, asked);
    if (failed) {
        return failed;
    }
    scim_reading_begin(&reading, session, search, read_row);
    out->records = reading.records;
    scim_error_t *error = search->count > 0 ? read_page(&reading) : check_order(session, search);
    if (error) {
        return error;
    }
    fill_page(out, &reading);
    out->total = reading.total;
    if (turned.backward != asked->backward) {
        out->more = asked->skip + out->records->nelts < out->total;
        return NULL;
    }
    if (search->count > 0 && !out->more && !search->after && !search->backward &&
        (reading.rows > 0 || search->skip == 0)) {
        out->total = search->skip + reading.rows;
        return NULL;
    }
    return out->total >= 0 ? NULL : find_total(&out->total, session, search);
}

scim_error_t *scim_store_list(scim_page_t *out, scim_session_t *session, const scim_search_t *search)
{
    return scim_search_error(list(out, session, search), search, scim_conn_indexed(session->conn), session->pool);
}

scim_error_t *scim_store_total(apr_int64_t *total, scim_session_t *session, const scim_search_t *search)
{
    scim_error_t *error =
        is_filtered(search) ? count_matches(total, session, search) : read_total(total, session, search);
    return scim_search_error(error, search, scim_conn_indexed(session->conn), session->pool);
}
