#include "admin_review.h"

#include <apr_strings.h>
#include <string.h>

#include "rules/review.h"
#include "scim/json.h"
#include "scim/text.h"

#define PIECE 1000 /* people per query; each query searches the whole log */

/* Where a list continues: after which person, at which moment, and the last seats at that moment. As text, its parts
 * are separated by MARK: the person's id, the moment, and for each last seat the subscription, since, joined, and the
 * account's id. */
typedef struct place_t {
    const char *after;  /* NULL: the beginning */
    apr_time_t moment;  /* 0: now */
    json_object *seats; /* NULL: unknown */
} place_t;
#define MARK      "_"
#define PLACE_MAX 4000 /* bytes; if the seats do not fit, the next page counts them again */

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

/* Passes all people to the review, so that it finds who has a seat. */
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
    if (!error) { /* the error would be in it */
        apr_pool_destroy(pool);
    }
    return error;
}

/* --- places ------------------------------------------------------------------------------------------------------- */

static const char *place_text(const char *after, apr_time_t moment, json_object *seats, apr_pool_t *pool)
{
    scim_buf_t text;
    scim_buf_init(&text, 256, pool);
    scim_buf_printf(&text, "%s" MARK "%" APR_TIME_T_FMT, after, moment);
    apr_size_t head = text.len;
    scim_buf_puts(&text, MARK);
    json_object_object_foreach(seats, subscription, last)
    {
        scim_buf_printf(&text, "%s" MARK "%s" MARK "%s" MARK "%s" MARK, subscription,
                        json_object_get_string(json_object_object_get(last, "since")),
                        json_object_get_string(json_object_object_get(last, "joined")),
                        json_object_get_string(json_object_object_get(last, "id")));
    }
    return text.len <= PLACE_MAX ? text.data : apr_pstrmemdup(pool, text.data, head);
}

/* The part of a place up to the next mark; *rest then points behind the mark. NULL: there is none. */
static const char *next_part(const char **rest, apr_pool_t *pool)
{
    const char *from = *rest, *mark = from ? strstr(from, MARK) : NULL;
    *rest = mark ? mark + strlen(MARK) : NULL;
    return from && *from ? mark ? apr_pstrmemdup(pool, from, (apr_size_t)(mark - from)) : from : NULL;
}

static int read_number(apr_int64_t *number, const char *text)
{
    char *end;
    *number = text ? apr_strtoi64(text, &end, 10) : 0;
    return text && end > text && *end == '\0' && *number >= 0;
}

static int read_id(const char *text)
{
    char id[SCIM_ID_SIZE];
    return text && scim_id_read(id, text);
}

/* Reads the last seat of a subscription, for scim_review_resume. */
static int read_seat(json_object *seats, const char **rest, apr_pool_t *pool)
{
    apr_int64_t since, joined;
    const char *subscription = next_part(rest, pool), *first = next_part(rest, pool), *second = next_part(rest, pool);
    const char *id = next_part(rest, pool);
    if (!read_id(subscription) || !read_number(&since, first) || !read_number(&joined, second) || !read_id(id)) {
        return 0;
    }
    json_object *last = json_object_new_object();
    json_object_object_add(last, "since", json_object_new_int64(since));
    json_object_object_add(last, "joined", json_object_new_int64(joined));
    json_object_object_add(last, "id", json_object_new_string(id));
    json_object_object_add(seats, subscription, last);
    return 1;
}

static scim_error_t *read_place(place_t *place, const scim_admin_call_t *call)
{
    apr_pool_t *pool = call->pool;
    const char *rest = scim_admin_text(call, "after"), *at = scim_admin_text(call, "at");
    *place = (place_t){NULL, 0, NULL};
    if (!rest) {
        return at && !scim_time_read(&place->moment, at)
                   ? scim_error_status(pool, 400, "at: is not a time; write it as 2027-01-31T12:00:00Z.")
                   : NULL;
    }
    place->after = next_part(&rest, pool);
    int valid = read_id(place->after) && read_number(&place->moment, next_part(&rest, pool));
    if (valid && rest) {
        place->seats = scim_json_own(json_object_new_object(), pool);
        while (valid && *rest) {
            valid = read_seat(place->seats, &rest, pool) && rest;
        }
    }
    return valid ? NULL
                 : scim_error_status(pool, 400,
                                     "after: is not a valid page token; use the `next` value of a previous page.");
}

/* --- the review --------------------------------------------------------------------------------------------------- */

/* Finds the last seats if they are unknown: reads those of the present, counts those of the past. */
static scim_error_t *know_seats(place_t *place, scim_review_t *review, const scim_admin_call_t *call)
{
    scim_error_t *error = NULL;
    if (!place->seats && !place->moment) {
        error = run(&place->seats, call, SCIM_STMT_ADMIN_REVIEW_SEATS, NULL, 0, call->pool);
    }
    if (!error && place->seats) {
        scim_review_resume(review, place->seats);
        return NULL;
    }
    error = error || !scim_review_counts(review) ? error : count(review, call);
    place->seats = error ? NULL : scim_review_settle(review);
    return error;
}

scim_error_t *scim_admin_access_review(scim_admin_call_t *call)
{
    json_object *rules, *piece, *limit = NULL;
    scim_review_t *review;
    place_t place;
    apr_pool_t *pool = call->pool;
    scim_error_t *error = read_place(&place, call);
    error = error ? error : run(&rules, call, SCIM_STMT_ADMIN_REVIEW_RULES, NULL, 0, pool);
    error = error ? error : scim_review_make(&review, rules, place.moment, pool);
    error = error ? error : know_seats(&place, review, call);
    if (error) {
        return error;
    }
    json_object_object_get_ex(call->args, "limit", &limit);
    error =
        run(&piece, call, SCIM_STMT_ADMIN_REVIEW_PEOPLE, place.after, limit ? json_object_get_int(limit) : PIECE, pool);
    if (error) {
        return error;
    }
    json_object *rows = json_object_new_array(), *answer = scim_json_own(json_object_new_object(), pool);
    const char *last = next_of(piece);
    scim_review_rows(review, piece, rows, pool);
    json_object_object_add(answer, "items", rows);
    json_object_object_add(
        answer, "next",
        last ? json_object_new_string(place_text(last, scim_review_moment(review), place.seats, pool)) : NULL);
    call->answer = scim_json_text(answer, NULL, pool);
    return NULL;
}
