#include "admin_holders.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "admin_ops.h"
#include "resources_private.h"
#include "rules/access.h"
#include "scim/json.h"
#include "scim/text.h"

#define PAGE_ROWS    50 /* rows of a page, if the client names no limit */
#define PIECE_LEAST  100
#define PIECE_SEARCH 2000  /* rows per query of a search, which matches only a few of them */
#define LOOKED_MOST  10000 /* maximum of sources that are read for a page */

typedef struct reading_t {
    scim_admin_call_t *call;
    scim_access_place_t from; /* the place after which the next query reads */
    scim_access_place_t last; /* the place of the last account with a seat */
    const char *standing;     /* seated or waiting; NULL: both */
    int most, looked, is_over;
    json_object *items;
    const char *full; /* the place of the page's last account; NULL: the page is not full */
    const char *next; /* the place where the next page begins; NULL: there is none */
} reading_t;

/* --- places ------------------------------------------------------------------------------------------------------- */

static const char *place_text(const scim_access_place_t *place, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%" APR_INT64_T_FMT "_%" APR_INT64_T_FMT "_%s", (apr_int64_t)place->since,
                        (apr_int64_t)place->joined, place->id);
}

/* Reads a number that an underscore ends; NULL: malformed. */
static const char *read_number(apr_time_t *number, const char *text)
{
    char *end;
    *number = (apr_time_t)strtoll(text, &end, 10);
    return end > text && end - text < 18 && *end == '_' ? end + 1 : NULL;
}

static scim_error_t *read_place(scim_access_place_t *place, const char *text, apr_pool_t *pool)
{
    char *id = apr_palloc(pool, SCIM_ID_SIZE);
    const char *rest = read_number(&place->since, text);
    rest = rest ? read_number(&place->joined, rest) : NULL;
    place->id = id;
    return rest && scim_id_read(id, rest)
               ? NULL
               : scim_error_status(pool, 400,
                                   "after: is not a valid page token; use the `next` value of a previous page.");
}

static const char *time_text(apr_time_t time, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, SCIM_TIME_SIZE);
    scim_time_format(text, time);
    return text;
}

static scim_access_place_t place_of(const PGresult *result, int row, apr_pool_t *pool)
{
    char *id = apr_palloc(pool, SCIM_ID_SIZE);
    scim_result_uuid(id, result, row, 2);
    return (scim_access_place_t){scim_result_time(result, row, 0), scim_result_time(result, row, 1), id};
}

static int is_standing(const reading_t *reading, const char *word)
{
    return reading->standing && strcmp(reading->standing, word) == 0;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static scim_error_t *read_last_seat(reading_t *reading)
{
    scim_admin_call_t *call = reading->call;
    scim_batch_t *batch = scim_admin_batch(call);
    int slot =
        scim_batch_add(batch, SCIM_STMT_ADMIN_LAST_SEAT,
                       scim_params(call->pool, call->tenant, scim_admin_text(call, "subscription"), SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    const PGresult *result = error ? NULL : scim_batch_result(batch, slot);
    if (result && PQntuples(result) > 0 && !PQgetisnull(result, 0, 2)) {
        reading->last = place_of(result, 0, call->pool);
    }
    return error;
}

/* Processes a row: a source of access, and its account. */
static void take_row(reading_t *reading, const PGresult *result, int row)
{
    apr_size_t len;
    scim_access_place_t place = place_of(result, row, reading->call->pool);
    int seated = scim_access_is_seated(&place, &reading->last);
    const char *text = scim_result_text(&len, result, row, 3);
    reading->from = place;
    if (is_standing(reading, "seated") && !seated) {
        reading->is_over = 1;
        return;
    }
    if (!text) {
        return;
    }
    if (reading->full) {
        reading->next = reading->full;
        reading->is_over = 1;
        return;
    }
    json_object *item = scim_json_trusted(text, len, reading->call->pool);
    json_object_object_add(item, "seated", json_object_new_boolean(seated));
    json_object_array_add(reading->items, json_object_get(item));
    if ((int)json_object_array_length(reading->items) == reading->most) {
        reading->full = place_text(&place, reading->call->pool);
    }
}

static scim_error_t *read_piece(reading_t *reading)
{
    scim_admin_call_t *call = reading->call;
    apr_pool_t *pool = call->pool;
    const char *q = scim_admin_text(call, "q");
    int piece = q ? PIECE_SEARCH : reading->most + 1 > PIECE_LEAST ? reading->most + 1 : PIECE_LEAST;
    scim_batch_t *batch = scim_admin_batch(call);
    int slot = scim_batch_add(batch, SCIM_STMT_ADMIN_HOLDERS,
                              scim_params(pool, call->tenant, scim_admin_text(call, "subscription"),
                                          time_text(reading->from.since, pool), time_text(reading->from.joined, pool),
                                          reading->from.id, apr_itoa(pool, piece), q, SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    if (error) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, slot);
    int rows = PQntuples(result);
    for (int row = 0; !reading->is_over && row < rows; row++) {
        take_row(reading, result, row);
    }
    reading->looked += rows;
    reading->is_over = reading->is_over || rows < piece;
    return NULL;
}

static scim_error_t *read_page(reading_t *reading)
{
    scim_error_t *error = NULL;
    while (!error && !reading->is_over) {
        error = read_piece(reading);
        if (!reading->is_over && reading->looked >= LOOKED_MOST) {
            reading->next = reading->full ? reading->full : place_text(&reading->from, reading->call->pool);
            reading->is_over = 1;
        }
    }
    return error;
}

scim_error_t *scim_admin_holders(scim_admin_call_t *call)
{
    static const char nobody[] = "00000000-0000-0000-0000-000000000000";
    const char *after = scim_admin_text(call, "after"), *limit = scim_admin_text(call, "limit");
    reading_t reading = {.call = call,
                         .from = {0, 0, nobody},
                         .standing = scim_admin_text(call, "standing"),
                         .most = limit ? atoi(limit) : PAGE_ROWS,
                         .items = json_object_new_array()};
    json_object *answer = scim_json_own(json_object_new_object(), call->pool);
    json_object_object_add(answer, "items", reading.items);
    scim_error_t *error = scim_admin_resolve(call);
    error = error || !after ? error : read_place(&reading.from, after, call->pool);
    error = error ? error : read_last_seat(&reading);
    if (error) {
        return error;
    }
    if (is_standing(&reading, "waiting")) {
        reading.is_over = !reading.last.id;
        if (reading.last.id && scim_access_is_before(&reading.from, &reading.last)) {
            reading.from = reading.last;
        }
    }
    error = read_page(&reading);
    if (error) {
        return error;
    }
    json_object_object_add(answer, "next", reading.next ? json_object_new_string(reading.next) : NULL);
    apr_size_t len;
    call->answer = scim_json_text(answer, &len, call->pool);
    call->etag = scim_admin_etag(call->answer, len, call->pool);
    return NULL;
}
