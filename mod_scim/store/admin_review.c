#include "admin_review.h"

#include <string.h>

#include "rules/review.h"
#include "scim/json.h"
#include "scim/text.h"

#define PIECE 1000 /* people that are read at once: a long entry of the log is looked through for each piece */

/* Arguments of the call that no client can give: the moment (microseconds), and who has the last seats. */
#define MOMENT "moment"
#define SEATS  "seats"

/* Runs one statement of the review as the call's administrator; *answer is its JSON, in `pool`. */
static scim_error_t *run(json_object **answer, const scim_admin_call_t *whole, scim_statement_e statement,
                         const char *after, int most, apr_pool_t *pool)
{
    scim_admin_op_t op = *whole->op;
    scim_admin_call_t call = *whole;
    op.carry = NULL;
    op.statement = statement;
    op.flags |= SCIM_OP_ORDERED;
    call.op = &op;
    call.pool = pool;
    call.args = scim_json_own(json_object_new_object(), pool);
    if (after) {
        scim_admin_set(&call, "after", json_object_new_string(after));
    }
    scim_admin_set(&call, "most", json_object_new_int(most));
    scim_error_t *error = scim_admin_run(&call);
    if (!error) {
        *answer = scim_json_trusted(call.answer, strlen(call.answer), pool);
    }
    return error;
}

static const char *next_of(json_object *piece)
{
    json_object *next = json_object_object_get(piece, "next");
    return next ? json_object_get_string(next) : NULL;
}

/* Shows all people to the review, so that it knows who has a seat. */
static scim_error_t *count(scim_review_t *review, const scim_admin_call_t *call)
{
    char after[SCIM_ID_SIZE] = "";
    apr_pool_t *pool;
    scim_error_t *error = NULL;
    apr_pool_create(&pool, call->pool);
    apr_pool_t *before = scim_conn_pool(call->conn, pool);
    for (int more = 1; more && !error;) {
        json_object *piece;
        apr_pool_clear(pool);
        error = run(&piece, call, SCIM_STMT_ADMIN_REVIEW_PEOPLE, *after ? after : NULL, PIECE, pool);
        if (!error) {
            scim_review_count(review, piece, pool);
            more = next_of(piece) && scim_id_read(after, next_of(piece));
        }
    }
    scim_conn_pool(call->conn, before);
    if (!error) { /* which would be in it */
        apr_pool_destroy(pool);
    }
    return error;
}

/* The moment, which a list keeps from its first page on. */
static apr_time_t moment_of(const scim_admin_call_t *call)
{
    json_object *kept = NULL;
    apr_time_t moment = 0;
    if (json_object_object_get_ex(call->args, MOMENT, &kept)) {
        return json_object_get_int64(kept);
    }
    const char *at = scim_admin_text(call, "at");
    return at && scim_time_read(&moment, at) ? moment : 0;
}

static scim_error_t *know_seats(scim_review_t *review, scim_admin_call_t *call)
{
    json_object *seats = NULL;
    if (json_object_object_get_ex(call->args, SEATS, &seats)) {
        scim_review_resume(review, seats);
        return NULL;
    }
    scim_error_t *error = scim_review_counts(review) ? count(review, call) : NULL;
    if (!error) {
        scim_admin_set(call, SEATS, json_object_get(scim_review_settle(review)));
    }
    return error;
}

scim_error_t *scim_admin_access_review(scim_admin_call_t *call)
{
    json_object *rules, *piece, *limit = NULL;
    scim_review_t *review;
    apr_pool_t *pool = call->pool;
    scim_error_t *error = run(&rules, call, SCIM_STMT_ADMIN_REVIEW_RULES, NULL, 0, pool);
    error = error ? error : scim_review_make(&review, rules, moment_of(call), pool);
    error = error ? error : know_seats(review, call);
    if (error) {
        return error;
    }
    json_object_object_get_ex(call->args, "limit", &limit);
    error = run(&piece, call, SCIM_STMT_ADMIN_REVIEW_PEOPLE, scim_admin_text(call, "after"),
                limit ? json_object_get_int(limit) : PIECE, pool);
    if (error) {
        return error;
    }
    scim_admin_set(call, MOMENT, json_object_new_int64(scim_review_moment(review)));
    json_object *rows = json_object_new_array(), *answer = scim_json_own(json_object_new_object(), pool);
    scim_review_rows(review, piece, rows, pool);
    json_object_object_add(answer, "items", rows);
    json_object_object_add(answer, "next", next_of(piece) ? json_object_new_string(next_of(piece)) : NULL);
    call->answer = scim_json_text(answer, NULL, pool);
    return NULL;
}
