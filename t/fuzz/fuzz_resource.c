/*
 * A body of POST or PUT; a first line that begins with `?` is the query with the attributes for the answer. A stored
 * document stays the same when it is read again, PUT gives a document that could have been sent, and every answer is
 * JSON.
 */
#include "scim/resource.h"

#include <apr_strings.h>
#include <string.h>

#include "fuzz.h"
#include "scim/json.h"
#include "scim/member.h"
#include "scim/query.h"
#include "scim/render.h"

#define BASE "https://example.com/scim/v2"

static const char groups[] = "[{\"value\":\"2819c223-7f76-453a-919d-413861904646\",\"type\":\"User\","
                             "\"display\":\"Babs\",\"$ref\":\"" BASE "/Users/2819c223\"}]";

static void check_answer(const scim_record_t *record, const scim_projection_t *projection, apr_pool_t *pool)
{
    apr_array_header_t *records = apr_array_make(pool, 2, sizeof(scim_record_t *));
    scim_list_t page = {.records = records, .total = 7, .start_index = 1};
    json_object *answer, *list;
    scim_buf_t out;

    for (int empty = 0; empty < 2; empty++) {
        scim_buf_init(&out, 16, pool);
        scim_render_resource(&out, record, projection, BASE, empty);
        answer = fuzz_json_of(out.data, out.len, pool);
        FUZZ_CHECK(fuzz_same(json_object_get_string(json_object_object_get(answer, "id")), record->id));
        FUZZ_CHECK(!json_object_object_get(answer, "password"));
    }
    APR_ARRAY_PUSH(records, const scim_record_t *) = record;
    APR_ARRAY_PUSH(records, const scim_record_t *) = record;
    scim_buf_init(&out, 16, pool);
    scim_render_list(&out, &page, projection, BASE);
    list = json_object_object_get(fuzz_json_of(out.data, out.len, pool), "Resources");
    FUZZ_CHECK(json_object_array_length(list) == 2);
}

static void check_render(json_object *doc, const scim_resource_type_t *type, const scim_query_t *query,
                         apr_pool_t *pool)
{
    scim_record_t record = {.type = type, .id = "2819c223-7f76-453a-919d-413861904646", .version = 3};
    scim_projection_t *projection;
    scim_error_t *error;
    scim_spool_t spool;

    record.doc = scim_json_text(doc, &record.doc_len, pool);
    error = scim_projection_read(&projection, query->attributes, query->excluded_attributes, type, pool);
    if (error) {
        fuzz_error(error, pool);
        projection = NULL;
    }
    check_answer(&record, projection, pool);
    if (type->members) {
        scim_spool_init(&spool, NULL, 0, pool);
        scim_buf_add(scim_spool_buffer(&spool, 0), groups + 1, sizeof(groups) - 3);
        record.spool = &spool;
        record.members_len = scim_spool_length(&spool);
    } else {
        record.relation = groups;
        record.relation_len = strlen(groups);
    }
    check_answer(&record, projection, pool);
    check_answer(&record, NULL, pool);
}

/* A sent document is stored unchanged. */
static void check_document(json_object *doc, const scim_resource_type_t *type, apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_NONE};
    scim_resource_t *resource;

    FUZZ_CHECK(!scim_resource_read(&resource, doc, type, &leniency, pool));
    FUZZ_CHECK(!resource->members && !leniency.used);
    FUZZ_CHECK(json_object_equal(resource->doc, doc));
}

static void check_resource(json_object *body, const scim_resource_type_t *type, const scim_query_t *query,
                           unsigned allowed, apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = allowed};
    const char *before = scim_json_text(body, NULL, pool);
    scim_resource_t *resource, *replacing;
    scim_error_t *error = scim_resource_read(&resource, body, type, &leniency, pool);

    FUZZ_CHECK(!(leniency.used & SCIM_LENIENT_ALL & ~allowed));
    if (error) {
        fuzz_error(error, pool);
        return;
    }
    FUZZ_CHECK(!scim_resource_read(&replacing, body, type, &leniency, pool));
    scim_resource_default(resource, pool);
    check_document(resource->doc, type, pool);
    check_render(resource->doc, type, query, pool);
    error = scim_resource_replace(replacing, fuzz_stored(type, pool), pool);
    if (error)
        fuzz_error(error, pool);
    else
        check_document(replacing->doc, type, pool);
    FUZZ_CHECK(fuzz_same(scim_json_text(body, NULL, pool), before));
}

/* A body without its unknown members has the same effect. */
static void check_known(json_object *body, json_object *known, const scim_resource_type_t *type, unsigned allowed,
                        apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = allowed}, of_known = {.allowed = allowed};
    scim_resource_t *resource, *kept;
    scim_error_t *error = scim_resource_read(&resource, body, type, &leniency, pool);

    fuzz_same_error(error, scim_resource_read(&kept, known, type, &of_known, pool));
    FUZZ_CHECK(leniency.used == of_known.used);
    if (!error)
        FUZZ_CHECK(fuzz_same(scim_json_text(resource->doc, NULL, pool), scim_json_text(kept->doc, NULL, pool)));
}

void fuzz_resource(const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    scim_query_t query = {.filter = NULL};
    const char *start = bytes;
    json_object *body, *known;

    if (*bytes == '?') {
        start = bytes + strcspn(bytes, "\n");
        if (scim_query_read(&query, apr_pstrmemdup(pool, bytes + 1, (apr_size_t)(start - bytes) - 1), 100, 1000, pool))
            return;
    }
    len -= (apr_size_t)(start - bytes);
    fuzz_same_error(scim_json_read(&body, start, len, FUZZ_DEPTH, pool),
                    scim_json_read_known(&known, start, len, FUZZ_DEPTH, scim_member_known, fuzz_schemas(), pool));
    if (!body)
        return;
    for (const scim_resource_type_t *const *type = fuzz_types(); *type; type++) {
        check_resource(body, *type, &query, SCIM_LENIENT_ALL, pool);
        check_resource(body, *type, &query, SCIM_LENIENT_NONE, pool);
        check_known(body, known, *type, SCIM_LENIENT_ALL, pool);
        check_known(body, known, *type, SCIM_LENIENT_NONE, pool);
    }
}
