/* The state of an object at a moment, by the audit log. */
#include "rules/past.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/json.h"
#include "unit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static json_object *read_json(const char *text)
{
    json_object *value;
    const char *wrapped = apr_pstrcat(unit_pool, "{\"x\":", text, "}", NULL);
    return UNIT_OK(scim_json_read(&value, wrapped, strlen(wrapped), 32, unit_pool)) ? json_object_object_get(value, "x")
                                                                                    : NULL;
}

static const char *shown(json_object *value)
{
    return value ? scim_json_text(value, NULL, unit_pool) : "none";
}

/* A user that was made at 10, renamed at 20, given another role at 30, deleted at 40 and restored at 50. */
#define LOG                                                                                                            \
    "[{\"at\":10,\"action\":\"create\",\"after\":{\"name\":\"A\"}},"                                                   \
    "{\"at\":20,\"action\":\"update\",\"before\":{\"name\":\"A\"},\"after\":{\"name\":\"B\",\"title\":1}},"            \
    "{\"at\":25,\"action\":\"grant\",\"after\":{\"role\":\"no\",\"name\":\"no\"}},"                                    \
    "{\"at\":30,\"action\":\"update\",\"before\":{\"role\":\"x\"}},"                                                   \
    "{\"at\":40,\"action\":\"delete\",\"before\":{\"title\":1}},"                                                      \
    "{\"at\":50,\"action\":\"restore\",\"before\":{\"name\":\"B\"},\"after\":{\"name\":\"C\"}}]"

static void values(void)
{
    static const struct {
        const char *log, *is, *name;
        apr_time_t moment;
        int whole;
        const char *value;
    } rows[] = {
        {LOG, "{\"name\":\"C\"}", "name", 10, 1, "\"A\""},
        {LOG, "{\"name\":\"C\"}", "name", 19, 1, "\"A\""},
        {LOG, "{\"name\":\"C\"}", "name", 20, 1, "\"B\""},
        {LOG, "{\"name\":\"C\"}", "name", 26, 1, "\"B\""},
        {LOG, "{\"name\":\"C\"}", "name", 50, 1, "\"C\""},
        {LOG, "{\"name\":\"C\"}", "name", 99, 1, "\"C\""},
        /* an absent member: the entry of the creation has the whole document */
        {LOG, "{}", "title", 10, 1, "none"},
        {LOG, "{}", "title", 20, 1, "1"},
        {LOG, "{}", "title", 40, 1, "none"},
        {LOG, "{\"size\":7}", "size", 15, 1, "none"},
        {LOG, "{\"size\":7}", "size", 15, 0, "7"},
        /* before the first entry that names the member, its value is that entry's `before` */
        {LOG, "{\"role\":\"z\"}", "role", 15, 0, "\"x\""},
        {LOG, "{\"role\":\"z\"}", "role", 30, 0, "none"},
        {"[]", "{\"role\":\"z\"}", "role", 30, 0, "\"z\""},
        {"null", "{\"role\":\"z\"}", "role", 30, 0, "\"z\""},
        {"[]", "null", "role", 30, 0, "none"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_object *log = read_json(rows[i].log), *is = read_json(rows[i].is);
        UNIT_STR(shown(rows[i].whole ? scim_past_member(log, rows[i].moment, is, rows[i].name)
                                     : scim_past_value(log, rows[i].moment, is, rows[i].name)),
                 rows[i].value);
    }
    UNIT_STR(scim_past_text(read_json(LOG), 15, NULL, "role"), "x");
    CU_ASSERT_PTR_NULL(scim_past_text(read_json(LOG), 35, NULL, "role"));
}

static void presence(void)
{
    static const struct {
        const char *log, *is;
        apr_time_t moment;
        int there;
    } rows[] = {
        {LOG, "{}", 9, 0},
        {LOG, "{}", 10, 1},
        {LOG, "{}", 39, 1},
        {LOG, "{}", 40, 0},
        {LOG, "{}", 49, 0},
        {LOG, "{}", 50, 1},
        {LOG, "{}", 99, 1},
        {"[]", "{}", 5, 1},
        {"[]", "{\"deleted\":7}", 9, 0},
        {"[]", "null", 5, 0},
        {"[{\"at\":10,\"action\":\"erase\"}]", "null", 9, 1},
        {"[{\"at\":10,\"action\":\"erase\"}]", "null", 10, 0},
        {"[{\"at\":10,\"action\":\"restore\"}]", "{}", 9, 0},
        {"[{\"at\":10,\"action\":\"update\"}]", "{}", 9, 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        UNIT_INT(scim_past_there(read_json(rows[i].log), rows[i].moment, read_json(rows[i].is)), rows[i].there);
    }
}

static int is_second(json_object *entry, const void *baton)
{
    (void)baton;
    return strcmp(scim_past_get(entry, "group"), "g2") == 0;
}

static void entries(void)
{
    json_object *log =
        read_json("[{\"at\":10,\"action\":\"in\",\"group\":\"g1\"},{\"at\":20,\"action\":\"in\",\"group\":\"g2\"},"
                  "{\"at\":30,\"action\":\"out\",\"group\":\"g2\"},{\"at\":40,\"action\":\"other\",\"group\":\"g2\"}]");
    UNIT_INT(scim_past_at(scim_past_entry(log, 25, 0, "in", "out", is_second, NULL)), 20);
    UNIT_INT(scim_past_at(scim_past_entry(log, 25, 1, "in", "out", is_second, NULL)), 30);
    UNIT_INT(scim_past_at(scim_past_entry(log, 99, 0, "in", "out", is_second, NULL)), 30);
    UNIT_INT(scim_past_at(scim_past_entry(log, 15, 0, "in", NULL, NULL, NULL)), 10);
    CU_ASSERT_PTR_NULL(scim_past_entry(log, 15, 0, "in", "out", is_second, NULL));
    CU_ASSERT_PTR_NULL(scim_past_entry(log, 99, 1, "in", "out", is_second, NULL));
    CU_ASSERT_PTR_NULL(scim_past_entry(NULL, 99, 1, "in", "out", NULL, NULL));
}

static void became(void)
{
    json_object *log = read_json(
        "[{\"at\":10,\"after\":{\"p\":\"all\"}},{\"at\":20,\"before\":{\"p\":\"all\"},\"after\":{\"p\":\"no\"}},"
        "{\"at\":30,\"after\":{\"p\":\"all\"}},{\"at\":40,\"after\":{\"q\":true}}]");
    UNIT_INT(scim_past_became(log, 9, "p", "all"), 0);
    UNIT_INT(scim_past_became(log, 29, "p", "all"), 10);
    UNIT_INT(scim_past_became(log, 30, "p", "all"), 30);
    UNIT_INT(scim_past_became(log, 99, "q", "true"), 40);
    UNIT_INT(scim_past_became(NULL, 99, "q", "true"), 0);
}

CU_TestInfo test_past[] = {{"what a member was", values},
                           {"whether it was there", presence},
                           {"what was done last and next", entries},
                           {"when it became so", became},
                           CU_TEST_INFO_NULL};
