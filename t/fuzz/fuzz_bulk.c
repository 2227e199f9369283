/*
 * A Bulk request. Whatever was read can be executed and answered: references lead to POSTs, a referred operation comes
 * first unless both are in one circle, and ids replace references.
 */
#include "scim/bulk.h"

#include <string.h>

#include "fuzz.h"
#include "scim/json.h"

#define BASE           "https://example.com/scim/v2/acme"
#define OPERATIONS_MAX 1000
#define OTHER_ID       "018f0000-0000-7000-8000-000000000000"

static scim_bulk_op_t *op_at(const scim_bulk_t *bulk, int i)
{
    return &APR_ARRAY_IDX(bulk->ops, i, scim_bulk_op_t);
}

/* The answer of a single request, or 409 for a reference to a failed operation. */
static void check_error(const scim_error_t *error, apr_pool_t *pool)
{
    scim_error_t same = *error;

    FUZZ_CHECK(error->status == 400 || error->status == 404 || error->status == 405 || error->status == 409 ||
               error->status == 413);
    FUZZ_CHECK(error->status == 400 || !error->type);
    same.status = 400;
    fuzz_error(&same, pool);
}

static void check_references(const scim_bulk_t *bulk, const scim_bulk_op_t *op)
{
    for (int i = 0; op->refs && i < op->refs->nelts; i++) {
        int index = APR_ARRAY_IDX(op->refs, i, int);
        const scim_bulk_op_t *to;

        FUZZ_CHECK(index >= 0 && index < bulk->ops->nelts);
        to = op_at(bulk, index);
        FUZZ_CHECK(to->kind == SCIM_BULK_POST && to->bulk_id && *to->bulk_id);
        FUZZ_CHECK(to->place < op->place || to->unit == op->unit);
        FUZZ_CHECK(op->error || to == op || !to->error || to->unit == op->unit);
    }
}

static void check_operation(const scim_bulk_t *bulk, const scim_bulk_op_t *op, apr_pool_t *pool)
{
    check_references(bulk, op);
    if (op->kind == SCIM_BULK_POST)
        FUZZ_CHECK(strlen(op->id) == SCIM_ID_SIZE - 1);
    if (op->error) {
        check_error(op->error, pool);
        return;
    }
    FUZZ_CHECK(op->kind != SCIM_BULK_NONE && op->type && op->prepared);
    FUZZ_CHECK(op->kind == SCIM_BULK_POST || op->target);
    FUZZ_CHECK((op->kind == SCIM_BULK_POST || op->kind == SCIM_BULK_PUT) == (op->resource != NULL));
    FUZZ_CHECK((op->kind == SCIM_BULK_PATCH) == (op->patch != NULL));
    if (op->refs && op->data)
        FUZZ_CHECK(scim_json_text(scim_bulk_substitute(bulk, op), NULL, pool));
}

/* Every operation has one place, and those of a unit are consecutive, in their order. */
static void check_order(const scim_bulk_t *bulk)
{
    FUZZ_CHECK(bulk->order->nelts == bulk->ops->nelts);
    for (int at = 0; at < bulk->order->nelts; at++) {
        int index = APR_ARRAY_IDX(bulk->order, at, int);

        FUZZ_CHECK(index >= 0 && index < bulk->ops->nelts && op_at(bulk, index)->place == at);
        for (int before = 0; before < at && at < 64; before++) {
            int other = APR_ARRAY_IDX(bulk->order, before, int);

            if (op_at(bulk, other)->unit != op_at(bulk, index)->unit)
                continue;
            FUZZ_CHECK(other < index);
            FUZZ_CHECK(op_at(bulk, APR_ARRAY_IDX(bulk->order, at - 1, int))->unit == op_at(bulk, index)->unit);
        }
    }
}

static void check_answer(scim_bulk_t *bulk, apr_pool_t *pool)
{
    scim_buf_t out;
    json_object *list;

    for (int i = 0; i < bulk->ops->nelts; i++)
        op_at(bulk, i)->answered = 1;
    scim_buf_init(&out, 256, pool);
    scim_bulk_render(&out, bulk, BASE);
    FUZZ_CHECK(json_object_object_get_ex(fuzz_json_of(out.data, out.len, pool), "Operations", &list));
    FUZZ_CHECK(json_object_array_length(list) == (size_t)bulk->ops->nelts);
}

/* A restored resource has its old id: operations that refer to it are read again, with the same result. */
static void check_rename(scim_bulk_t *bulk, apr_pool_t *pool)
{
    for (int i = 0; i < bulk->ops->nelts; i++) {
        if (op_at(bulk, i)->kind == SCIM_BULK_POST && !op_at(bulk, i)->error)
            scim_bulk_rename(bulk, op_at(bulk, i), OTHER_ID);
    }
    for (int i = 0; i < bulk->ops->nelts; i++) {
        scim_bulk_op_t *op = op_at(bulk, i);

        scim_bulk_prepare(bulk, op);
        if (op->error)
            check_error(op->error, pool);
        else if (op->target_op >= 0)
            FUZZ_CHECK(strcmp(op->id, OTHER_ID) == 0);
    }
}

static void check_input(json_object *body, unsigned allowed, apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = allowed};
    const scim_bulk_context_t context = {fuzz_schemas(), BASE, OPERATIONS_MAX, &leniency};
    const char *before = scim_json_text(body, NULL, pool);
    scim_bulk_t *bulk;
    scim_error_t *error = scim_bulk_read(&bulk, body, &context, pool);

    FUZZ_CHECK(fuzz_same(scim_json_text(body, NULL, pool), before));
    if (error) {
        fuzz_error(error, pool);
        return;
    }
    FUZZ_CHECK(bulk->fail_on_errors >= 0 && bulk->ops->nelts <= OPERATIONS_MAX);
    check_order(bulk);
    for (int i = 0; i < bulk->ops->nelts; i++)
        check_operation(bulk, op_at(bulk, i), pool);
    check_answer(bulk, pool);
    check_rename(bulk, pool);
}

void fuzz_bulk(const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    json_object *body;

    if (scim_json_read(&body, bytes, len, FUZZ_DEPTH, pool))
        return;
    check_input(body, SCIM_LENIENT_ALL, pool);
    check_input(body, SCIM_LENIENT_NONE, pool);
}
