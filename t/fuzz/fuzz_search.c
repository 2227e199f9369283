/*
 * A query: the body of a POST to /.search if it begins with `{`, otherwise what follows `?` in a URL. It is read for
 * each resource type and for all together, and converted to SQL, which contains no text of the client.
 */
#include "scim/search.h"

#include <apr_strings.h>
#include <string.h>

#include "fuzz.h"
#include "scim/json.h"
#include "store/order.h"
#include "store/search_sql.h"

#define PAGE_DEFAULT 100
#define PAGE_MAXIMUM 1000

static void check_target(const scim_target_t *target, const scim_search_t *search, const scim_query_t *query)
{
    FUZZ_CHECK(!query->filter == !target->filter);
    FUZZ_CHECK(search->sorted || !target->sort);
    FUZZ_CHECK(!target->sort || target->sort->type != SCIM_COMPLEX || target->sort_sub);
    FUZZ_CHECK(!target->sort_sub || target->sort_sub->parent == target->sort);
}

/* Outside of literals, which are names in schemas, the SQL is ASCII without comments or semicolons. */
static void check_sql(const scim_sql_t *sql, const char *order)
{
    for (const char *at = sql->text.data; *at; at++)
        FUZZ_CHECK(*at >= ' ' && *at < 0x7f && *at != ';');
    FUZZ_CHECK(!strstr(sql->text.data, "--") && !strstr(sql->text.data, "/*"));
    FUZZ_CHECK(strcmp(order + strlen(order) - 4, "r.id") == 0);
    for (int i = 0; i < sql->params->nelts; i++)
        FUZZ_CHECK(APR_ARRAY_IDX(sql->params, i, const char *));
}

static void check_store(const scim_search_t *search, const scim_query_t *query, apr_pool_t *pool)
{
    const scim_order_t *order;
    scim_sql_t sql = {0};
    scim_buf_t text;
    scim_error_t *error;

    scim_buf_init(&sql.text, 64, pool);
    scim_buf_init(&text, 64, pool);
    sql.params = apr_array_make(pool, 4, sizeof(const char *));
    APR_ARRAY_PUSH(sql.params, const char *) = "tenant";
    if ((query->filter && (error = scim_search_condition(&sql, search, pool))) ||
        (error = scim_order_make(&order, search, pool))) {
        fuzz_error(error, pool);
        return;
    }
    scim_order_put(&text, order, SCIM_ORDER_NEAR);
    check_sql(&sql, text.data);
}

static void check_search(const scim_query_t *query, const apr_array_header_t *types, unsigned allowed, apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = allowed};
    scim_search_t *search;
    scim_error_t *error = scim_search_read(&search, query, types, &leniency, pool);
    scim_buf_t identity;

    FUZZ_CHECK(!(leniency.used & SCIM_LENIENT_ALL & ~allowed));
    if (error) {
        fuzz_error(error, pool);
        return;
    }
    FUZZ_CHECK(search->targets->nelts == types->nelts);
    FUZZ_CHECK(search->start_index == query->start_index && search->count == query->count);
    for (int i = 0; i < search->targets->nelts; i++)
        check_target(&APR_ARRAY_IDX(search->targets, i, scim_target_t), search, query);
    FUZZ_CHECK(!search->after && !search->backward && search->skip == query->start_index - 1);
    FUZZ_CHECK(!query->cursor || !query->by_index);
    scim_buf_init(&identity, 64, pool);
    scim_search_identify(&identity, search);
    check_store(search, query, pool);
}

static void check_query(const scim_query_t *query, unsigned allowed, apr_pool_t *pool)
{
    apr_array_header_t *all = apr_array_make(pool, 2, sizeof(const scim_resource_type_t *));

    FUZZ_CHECK(query->start_index >= 1 && query->count >= 0 && query->count <= PAGE_MAXIMUM);
    for (const scim_resource_type_t *const *type = fuzz_types(); *type; type++) {
        apr_array_header_t *one = apr_array_make(pool, 1, sizeof(const scim_resource_type_t *));

        APR_ARRAY_PUSH(one, const scim_resource_type_t *) = *type;
        APR_ARRAY_PUSH(all, const scim_resource_type_t *) = *type;
        check_search(query, one, allowed, pool);
    }
    check_search(query, all, allowed, pool);
}

static void check_input(const char *bytes, apr_size_t len, unsigned allowed, apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = allowed};
    scim_query_t query;
    scim_error_t *error;
    json_object *body;

    if (*bytes != '{')
        error = scim_query_read(&query, bytes, PAGE_DEFAULT, PAGE_MAXIMUM, pool);
    else if (!(error = scim_json_read(&body, bytes, len, FUZZ_DEPTH, pool)))
        error = scim_query_read_message(&query, body, PAGE_DEFAULT, PAGE_MAXIMUM, &leniency, pool);
    if (error)
        fuzz_error(error, pool);
    else
        check_query(&query, allowed, pool);
}

void fuzz_search(const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    check_input(bytes, len, SCIM_LENIENT_ALL, pool);
    check_input(bytes, len, SCIM_LENIENT_NONE, pool);
}
