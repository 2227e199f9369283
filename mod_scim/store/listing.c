#include "listing.h"

#include <apr_strings.h>
#include <string.h>

#include "admin_ops.h"
#include "resources_private.h"
#include "scim/json.h"

#define PAGE_ROWS 50 /* if the client names no limit */

const char *scim_listing_value(scim_listing_t *listing, const char *value)
{
    APR_ARRAY_PUSH(listing->values, const char *) = value;
    return apr_psprintf(listing->call->pool, "$%d", listing->values->nelts);
}

int scim_listing_asks(const scim_listing_t *listing, const char *argument, const char *word)
{
    const char *value = scim_admin_text(listing->call, argument);
    return value && strcmp(value, word) == 0;
}

void scim_listing_begin(scim_listing_t *listing, scim_admin_call_t *call)
{
    const char *limit = scim_admin_text(call, "limit");
    memset(listing, 0, sizeof(*listing));
    listing->call = call;
    listing->values = apr_array_make(call->pool, 16, sizeof(const char *));
    listing->descending = scim_listing_asks(listing, "order", "descending");
    scim_listing_value(listing, call->tenant);
    scim_listing_value(listing, limit ? limit : apr_itoa(call->pool, PAGE_ROWS));
    scim_buf_init(&listing->filter, 256, call->pool);
    scim_buf_puts(&listing->filter, "true");
}

void scim_listing_put(scim_listing_t *listing, const char *condition, const char *const *values, int n)
{
    int before = listing->values->nelts;
    for (int i = 0; i < n; i++) {
        scim_listing_value(listing, values[i]);
    }
    scim_buf_puts(&listing->filter, " and (");
    for (const char *mark; (mark = strchr(condition, '?')) != NULL; condition = mark + 2) {
        scim_buf_add(&listing->filter, condition, (apr_size_t)(mark - condition));
        scim_buf_printf(&listing->filter, "$%d", before + mark[1] - '0');
    }
    scim_buf_printf(&listing->filter, "%s)", condition);
}

void scim_listing_order(scim_listing_t *listing, const char *first, const char *second)
{
    const char *direction = listing->descending ? "desc" : "asc";
    apr_pool_t *pool = listing->call->pool;
    listing->fills[SCIM_BLANK_ORDER] = second ? apr_psprintf(pool, "%s %s, %s %s", first, direction, second, direction)
                                              : apr_psprintf(pool, "%s %s", first, direction);
}

void scim_listing_place(scim_listing_t *listing, const char *columns, const char *values)
{
    listing->fills[SCIM_BLANK_PLACE] =
        apr_psprintf(listing->call->pool, " and %s %s %s", columns, listing->descending ? "<" : ">", values);
}

scim_error_t *scim_listing_read(scim_listing_t *listing, scim_statement_e statement, int ordered)
{
    scim_admin_call_t *call = listing->call;
    scim_batch_t *batch = scim_admin_batch(call);
    if (ordered) {
        scim_batch_add(batch, SCIM_STMT_BOUND_ORDERED,
                       scim_params(call->pool, scim_conn_timeout_text(call->conn), "off", SCIM_PARAMS_END));
    }
    listing->fills[SCIM_BLANK_FILTER] = listing->filter.data;
    int slot = scim_add_values(batch, scim_compose(statement, listing->fills, call->pool), listing->values, call->pool);
    scim_error_t *error = scim_batch_run(batch);
    return error ? error : scim_admin_answer(call, scim_batch_result(batch, slot));
}

const char *scim_listing_column(const scim_listing_t *listing, const PGresult *found, const char *name)
{
    apr_size_t len;
    const char *text = scim_result_text(&len, found, 0, PQfnumber(found, name));
    return text ? apr_pstrmemdup(listing->call->pool, text, len) : NULL;
}

scim_error_t *scim_listing_refuse(const scim_listing_t *listing, const scim_refusal_t *refusal)
{
    apr_pool_t *pool = listing->call->pool;
    scim_asked_t asked = {
        .args = listing->call->args, .facts = scim_json_own(json_object_new_object(), pool), .pool = pool};
    return scim_action_refuse(&asked, refusal);
}
