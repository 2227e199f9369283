#include "unit.h"

static void types_decide_status(void)
{
    static const struct {
        scim_type_e type;
        const char *name;
        int status;
    } cases[] = {
        {SCIM_INVALID_FILTER, "invalidFilter", 400}, {SCIM_TOO_MANY, "tooMany", 400},
        {SCIM_UNIQUENESS, "uniqueness", 409},        {SCIM_MUTABILITY, "mutability", 400},
        {SCIM_INVALID_SYNTAX, "invalidSyntax", 400}, {SCIM_INVALID_PATH, "invalidPath", 400},
        {SCIM_NO_TARGET, "noTarget", 400},           {SCIM_INVALID_VALUE, "invalidValue", 400},
        {SCIM_INVALID_VERS, "invalidVers", 400},     {SCIM_SENSITIVE, "sensitive", 403},
        {SCIM_INVALID_CURSOR, "invalidCursor", 400}, {SCIM_EXPIRED_CURSOR, "expiredCursor", 400},
        {SCIM_INVALID_COUNT, "invalidCount", 400},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const scim_error_t *error = scim_error_typed(unit_pool, cases[i].type, "%s %d", "x", 7);
        UNIT_STR(scim_type_name(cases[i].type), cases[i].name);
        UNIT_INT(error->status, cases[i].status);
        UNIT_INT(error->type, cases[i].type);
        UNIT_STR(error->detail, "x 7");
        UNIT_STR(error->cause, NULL);
        UNIT_INT(error->retry_after, 0);
        UNIT_INT(error->transient, 0);
    }
    UNIT_STR(scim_type_name(SCIM_NO_TYPE), NULL);
}

static void body_with_type(void)
{
    const scim_error_t *error = scim_error_typed(unit_pool, SCIM_UNIQUENESS, "The userName \"%s\" is taken.", "a\nb");
    UNIT_STR(scim_error_body(error, unit_pool),
             "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"status\":\"409\","
             "\"scimType\":\"uniqueness\",\"detail\":\"The userName \\\"a\\nb\\\" is taken.\"}");
}

static void body_without_type(void)
{
    const scim_error_t *error = scim_error_status(unit_pool, 404, "There is no such user.");
    UNIT_INT(error->status, 404);
    UNIT_INT(error->type, SCIM_NO_TYPE);
    UNIT_STR(scim_error_body(error, unit_pool),
             "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"status\":\"404\","
             "\"detail\":\"There is no such user.\"}");
}

static void body_is_utf8(void)
{
    const scim_error_t *error = scim_error_status(unit_pool, 404, "no %s", "\xc3\xbc\xff");
    UNIT_STR(scim_error_body(error, unit_pool),
             "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"status\":\"404\","
             "\"detail\":\"no \xc3\xbc\xef\xbf\xbd\"}");
}

CU_TestInfo test_error[] = {{"a type decides the status", types_decide_status},
                            {"a body with a scimType", body_with_type},
                            {"a body without a scimType", body_without_type},
                            {"a body is UTF-8 whatever the detail", body_is_utf8},
                            CU_TEST_INFO_NULL};
