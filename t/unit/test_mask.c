/* Values taken out of what is kept for people to read. */
#include <string.h>

#include "scim/json.h"
#include "scim/mask.h"
#include "unit.h"

#define NAMES "emails,familyName,employeeNumber"

static void messages(void)
{
    static const struct {
        const char *given, *masked;
    } rows[] = {
        {"{\"userName\":\"x\",\"password\":\"y\"}", "{\"userName\":\"x\",\"password\":\"***\"}"},
        {"{\"PassWord\":7,\"passwords\":1}", "{\"passwords\":1,\"PassWord\":\"***\"}"},
        {"{\"name\":{\"familyName\":\"x\",\"givenName\":\"y\"}}",
         "{\"name\":{\"givenName\":\"y\",\"familyName\":\"***\"}}"},
        {"{\"emails\":[{\"value\":\"x\"}]}", "{\"emails\":\"***\"}"},
        {"{\"a\":[[{\"EMAILS\":null}]]}", "{\"a\":[[{\"EMAILS\":\"***\"}]]}"},
        {"{\"urn:x:2.0:User:employeeNumber\":\"7\"}", "{\"urn:x:2.0:User:employeeNumber\":\"***\"}"},
        {"{\"emails[value eq \\\"x\\\"].type\":\"y\"}", "{\"emails[value eq \\\"***\\\"].type\":\"***\"}"},
        {"{\"op\":\"add\",\"path\":\"name.familyName\",\"value\":{\"a\":1}}",
         "{\"op\":\"add\",\"path\":\"name.familyName\",\"value\":\"***\"}"},
        {"{\"Op\":\"add\",\"Path\":\"password\",\"VALUE\":\"x\"}",
         "{\"Op\":\"add\",\"Path\":\"password\",\"VALUE\":\"***\"}"},
        {"{\"op\":\"remove\",\"path\":\"emails[value eq \\\"x\\\"]\"}",
         "{\"op\":\"remove\",\"path\":\"emails[value eq \\\"***\\\"]\"}"},
        {"{\"filter\":\"title eq \\\"a\\\" or emails eq \\\"x\\\"\"}",
         "{\"filter\":\"title eq \\\"***\\\" or emails eq \\\"***\\\"\"}"},
        {"{\"filter\":\"title eq \\\"a\\\"\"}", "{\"filter\":\"title eq \\\"a\\\"\"}"},
        {"{\"path\":\"title\",\"value\":\"emails\"}", "{\"path\":\"title\",\"value\":\"emails\"}"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        json_object *body;
        UNIT_OK(scim_json_read(&body, rows[i].given, strlen(rows[i].given), 8, unit_pool));
        scim_mask_json(body, NAMES, unit_pool);
        UNIT_STR(scim_json_text(body, NULL, unit_pool), rows[i].masked);
    }
}

static void texts(void)
{
    static const struct {
        const char *given, *masked;
    } rows[] = {
        {"/Users?filter=emails%20eq%20%22x%22&count=1", "/Users?filter=emails%20eq%20%22***%22&count=1"},
        {"/Users?filter=EMAILS eq \"x\" or title eq \"y\"", "/Users?filter=EMAILS eq \"***\" or title eq \"***\""},
        {"/Users?filter=title eq \"y\"", "/Users?filter=title eq \"y\""},
        {"/Users?filter=title%20pr%20or%20emails%20eq%20%22x%22",
         "/Users?filter=title%20pr%20or%20emails%20eq%20%22***%22"},
        {"/Users?filter=urn%3Ax%3AUser%3aemployeeNumber%20eq%20%22x%22",
         "/Users?filter=urn%3Ax%3AUser%3aemployeeNumber%20eq%20%22***%22"},
        {"/Users?filter=%65mail%73+eq+%22x%22", "/Users?filter=%65mail%73+eq+%22***%22"},
        {"/Users?filter=emails eq \"x\\\"y\" or title eq \"z\\\\\"",
         "/Users?filter=emails eq \"***\" or title eq \"***\""},
        {"/Users?filter=emails+eq+%22x%5C%22y%22+pr", "/Users?filter=emails+eq+%22***%22+pr"},
        {"emails: \"x", "emails: \"***"},
        {"emails", "emails"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        UNIT_STR(scim_mask_text(rows[i].given, NAMES, unit_pool), rows[i].masked);
    }
    CU_ASSERT_PTR_NULL(scim_mask_text(NULL, NAMES, unit_pool));
}

/* What quotes a filter has quotes within quotes. */
static void details(void)
{
    static const struct {
        const char *given, *masked;
    } rows[] = {
        {"No value matches the path \"emails[value eq \"x\"].type\".", "No value matches the path \"***\"."},
        {"emails: \"x\" is no address, and \"y\" is none.", "emails: \"***\" is none."},
        {"No value matches the path \"title[value eq \"x\"]\".",
         "No value matches the path \"title[value eq \"x\"]\"."},
        {"emails: \"x", "emails: \"***"},
        {"emails is missing.", "emails is missing."},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        UNIT_STR(scim_mask_detail(rows[i].given, NAMES, unit_pool), rows[i].masked);
    }
    CU_ASSERT_PTR_NULL(scim_mask_detail(NULL, NAMES, unit_pool));
}

CU_TestInfo test_mask[] = {{"messages", messages}, {"texts", texts}, {"details", details}, CU_TEST_INFO_NULL};
