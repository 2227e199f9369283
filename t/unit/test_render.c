#include "scim/render.h"

#include <apr_strings.h>
#include <string.h>

#include "unit.h"

#define ID   "01900000-0000-7000-8000-000000000001"
#define BASE "https://scim.example.com/v2/acme"
#define META(type, path)                                                                                               \
    "\"meta\":{\"resourceType\":\"" type "\",\"created\":\"2026-11-22T05:00:00.000001Z\","                             \
    "\"lastModified\":\"2026-11-22T05:00:01.500000Z\",\"location\":\"" BASE "/" path "/" ID                            \
    "\",\"version\":\"W/\\\"3\\\"\"}"

/* `relation` is a list of groups, or the members in the spool, without the brackets. */
static scim_record_t record_of(const char *type, const char *doc, const char *relation)
{
    scim_record_t record = {.type = unit_type(type), .id = ID, .version = 3, .doc = doc, .doc_len = strlen(doc)};
    scim_spool_t *spool = apr_palloc(unit_pool, sizeof(*spool));

    if (relation && record.type->members) {
        scim_spool_init(spool, NULL, 0, unit_pool);
        scim_buf_puts(scim_spool_buffer(spool, 0), "before");
        record.members_from = scim_spool_length(spool);
        record.members_len = (apr_off_t)strlen(relation);
        scim_buf_puts(scim_spool_buffer(spool, 0), relation);
        record.spool = spool;
    } else if (relation) {
        record.relation = relation;
        record.relation_len = strlen(relation);
    }

    record.created = apr_time_from_sec(1795323600) + 1;
    record.last_modified = apr_time_from_sec(1795323601) + 500000;
    return record;
}

static const char *rendered(const scim_record_t *record, const scim_projection_t *projection, int empty_relation)
{
    scim_buf_t out;

    scim_buf_init(&out, 16, unit_pool);
    scim_render_resource(&out, record, projection, BASE, empty_relation);
    UNIT_INT(out.len, strlen(out.data));
    return out.data;
}

static const scim_projection_t *projection_of(const char *attributes, const char *excluded, const char *type)
{
    scim_projection_t *projection;

    UNIT_OK(scim_projection_read(&projection, attributes, excluded, unit_type(type), unit_pool));
    return projection;
}

static void parts(void)
{
    scim_record_t record = record_of("Group", "{}", NULL);

    UNIT_STR(scim_render_location(record.type, record.id, BASE, unit_pool), BASE "/Groups/" ID);
    UNIT_STR(scim_render_version(1, unit_pool), "W/\"1\"");
    UNIT_STR(scim_render_version(APR_INT64_MAX, unit_pool), "W/\"9223372036854775807\"");
}

static void a_user(void)
{
    scim_record_t record =
        record_of("User", "{\"schemas\": [\"s\"], \"userName\": \"\xc3\xa4/\\\"x\", \"d\": 1.50}", NULL);

    UNIT_STR(rendered(&record, NULL, 0), "{\"id\":\"" ID "\",\"schemas\": [\"s\"], \"userName\": \"\xc3\xa4/\\\"x\", "
                                         "\"d\": 1.50," META("User", "Users") "}");
    UNIT_STR(rendered(&record, NULL, 1), "{\"id\":\"" ID "\",\"schemas\": [\"s\"], \"userName\": \"\xc3\xa4/\\\"x\", "
                                         "\"d\": 1.50,\"groups\":[]," META("User", "Users") "}");
    record = record_of("User", " { } \n", NULL);
    UNIT_STR(rendered(&record, NULL, 0), "{\"id\":\"" ID "\"," META("User", "Users") "}");
}

static void a_group(void)
{
    scim_record_t record = record_of("Group", "{\"displayName\": \"g\"}", "{\"value\": \"a\"}");

    UNIT_STR(rendered(&record, NULL, 0),
             "{\"id\":\"" ID "\",\"displayName\": \"g\",\"members\":[{\"value\": \"a\"}]," META("Group", "Groups") "}");
    record = record_of("Group", "{\"displayName\": \"g\"}", "");
    UNIT_STR(rendered(&record, NULL, 0), "{\"id\":\"" ID "\",\"displayName\": \"g\"," META("Group", "Groups") "}");
    UNIT_STR(rendered(&record, NULL, 1),
             "{\"id\":\"" ID "\",\"displayName\": \"g\",\"members\":[]," META("Group", "Groups") "}");
    record = record_of("Group", "{\"displayName\": \"g\"}", NULL);
    UNIT_STR(rendered(&record, NULL, 1), "{\"id\":\"" ID "\",\"displayName\": \"g\"," META("Group", "Groups") "}");
    record = record_of("User", "{\"userName\": \"u\"}", "[ {\"value\": \"a\"} ]");
    UNIT_STR(rendered(&record, NULL, 0),
             "{\"id\":\"" ID "\",\"userName\": \"u\",\"groups\":[{\"value\": \"a\"}]," META("User", "Users") "}");
}

static void projected(void)
{
    scim_record_t record =
        record_of("Group", "{\"schemas\": [\"s\"], \"displayName\": \"g/\xc3\xa4\", \"externalId\": \"e\"}",
                  "{\"$ref\":\"" BASE "/Users/a\"}");

    UNIT_STR(rendered(&record, projection_of("displayName", NULL, "Group"), 1),
             "{\"id\":\"" ID "\",\"schemas\":[\"s\"],\"displayName\":\"g/\xc3\xa4\"}");
    UNIT_STR(rendered(&record, projection_of("members.$ref,meta.location", NULL, "Group"), 0),
             "{\"id\":\"" ID "\",\"schemas\":[\"s\"],\"members\":[{\"$ref\":\"" BASE "/Users/a\"}],"
             "\"meta\":{\"location\":\"" BASE "/Groups/" ID "\"}}");
    UNIT_STR(rendered(&record, projection_of(NULL, "members,externalId", "Group"), 0),
             "{\"id\":\"" ID "\",\"schemas\":[\"s\"],\"displayName\":\"g/\xc3\xa4\"," META("Group", "Groups") "}");
}

static void a_projected_empty_list(void)
{
    scim_record_t record = record_of("Group", "{\"displayName\": \"g\"}", "");

    UNIT_STR(rendered(&record, projection_of("members", NULL, "Group"), 1), "{\"id\":\"" ID "\",\"members\":[]}");
    UNIT_STR(rendered(&record, projection_of("members", NULL, "Group"), 0), "{\"id\":\"" ID "\"}");
    UNIT_STR(rendered(&record, projection_of("members.value", NULL, "Group"), 1), "{\"id\":\"" ID "\",\"members\":[]}");
    UNIT_STR(rendered(&record, projection_of("meta.version", NULL, "Group"), 1),
             "{\"id\":\"" ID "\",\"meta\":{\"version\":\"W/\\\"3\\\"\"}}");
}

static void members_one_by_one(void)
{
    scim_buf_t out;

    scim_buf_init(&out, 16, unit_pool);
    scim_render_member(&out, SCIM_PARTS_ALL, 0, ID "rest", "\"\xc3\xa4", 3, BASE);
    UNIT_STR(out.data, "{\"value\":\"" ID "\",\"$ref\":\"" BASE "/Users/" ID "\",\"type\":\"User\","
                       "\"display\":\"\\\"\xc3\xa4\"}");
    scim_buf_init(&out, 16, unit_pool);
    scim_render_member(&out, SCIM_PART_REF | SCIM_PART_TYPE, 1, ID, "g", 1, BASE);
    UNIT_STR(out.data, "{\"$ref\":\"" BASE "/Groups/" ID "\",\"type\":\"Group\"}");
    scim_buf_init(&out, 16, unit_pool);
    scim_render_member(&out, SCIM_PART_DISPLAY, 1, ID, "", 0, BASE);
    UNIT_STR(out.data, "{\"display\":\"\"}");
    scim_buf_init(&out, 16, unit_pool);
    scim_render_member(&out, SCIM_PART_VALUE, 1, ID, "g", 1, BASE);
    UNIT_STR(out.data, "{\"value\":\"" ID "\"}");
}

static void lists(void)
{
    apr_array_header_t *records = apr_array_make(unit_pool, 2, sizeof(scim_record_t *));
    scim_record_t one = record_of("User", "{\"userName\": \"a\"}", NULL);
    scim_record_t two = record_of("User", "{\"userName\": \"b\"}", NULL);
    scim_list_t list = {.records = records, .start_index = 1};
    scim_buf_t out;

    scim_buf_init(&out, 16, unit_pool);
    scim_render_list(&out, &list, NULL, BASE);
    UNIT_STR(out.data, "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],\"totalResults\":0,"
                       "\"startIndex\":1,\"itemsPerPage\":0,\"Resources\":[]}");
    APR_ARRAY_PUSH(records, scim_record_t *) = &one;
    APR_ARRAY_PUSH(records, scim_record_t *) = &two;
    scim_buf_init(&out, 16, unit_pool);
    list.total = 5000000000;
    list.start_index = 7;
    scim_render_list(&out, &list, projection_of("userName", NULL, "User"), BASE);
    UNIT_STR(out.data, "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],"
                       "\"totalResults\":5000000000,\"startIndex\":7,\"itemsPerPage\":2,\"Resources\":["
                       "{\"id\":\"" ID "\",\"userName\":\"a\"},{\"id\":\"" ID "\",\"userName\":\"b\"}]}");
    records->nelts = 1;
    scim_buf_init(&out, 16, unit_pool);
    list.total = list.start_index = 1;
    scim_render_list(&out, &list, NULL, BASE);
    UNIT_STR(out.data, "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],\"totalResults\":1,"
                       "\"startIndex\":1,\"itemsPerPage\":1,\"Resources\":["
                       "{\"id\":\"" ID "\",\"userName\": \"a\"," META("User", "Users") "}]}");
}

static void pages_by_cursor(void)
{
    apr_array_header_t *records = apr_array_make(unit_pool, 1, sizeof(scim_record_t *));
    scim_list_t list = {.records = records, .total = -1, .previous = "ze7L30kMiiLX6x", .next = "YkU3OF86Pz0rGv"};
    scim_buf_t out;

    scim_buf_init(&out, 16, unit_pool);
    scim_render_list(&out, &list, NULL, BASE);
    UNIT_STR(out.data, "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],\"itemsPerPage\":0,"
                       "\"previousCursor\":\"ze7L30kMiiLX6x\",\"nextCursor\":\"YkU3OF86Pz0rGv\",\"Resources\":[]}");
    list.total = 3;
    list.previous = list.next = NULL;
    scim_buf_init(&out, 16, unit_pool);
    scim_render_list(&out, &list, NULL, BASE);
    UNIT_STR(out.data, "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],\"totalResults\":3,"
                       "\"itemsPerPage\":0,\"Resources\":[]}");
}

CU_TestInfo test_render[] = {
    {"location and version", parts},
    {"a user", a_user},
    {"a group and its members", a_group},
    {"projected", projected},
    {"lists", lists},
    {"pages by cursor", pages_by_cursor},
    {"an empty list, projected", a_projected_empty_list},
    {"members", members_one_by_one},
    CU_TEST_INFO_NULL,
};
