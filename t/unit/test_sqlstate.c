#include "store/sqlstate.h"

#include <stdio.h>

#include "unit.h"

static void constraints(void)
{
    static const struct {
        const char *text;
        int names;
    } rows[] = {
        {"resource_user_name", 1},
        {"resource_user_name_102091", 1},
        {"duplicate key value violates unique constraint \"resource_user_name_102091\"", 1},
        {"duplicate key value violates unique constraint \"resource_user_name\"", 1},
        {"resource_user_name_key and resource_user_name_7", 1},
        {"resource_user_name_", 0},
        {"resource_user_name_102x", 0},
        {"resource_user_name_key", 0},
        {"resource_user_names", 0},
        {"resource_user", 0},
        {"a_resource_user_name_1", 0},
        {"", 0},
    };
    for (apr_size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!UNIT_INT(scim_sqlstate_names(rows[i].text, "resource_user_name"), rows[i].names)) {
            printf("    %s\n", rows[i].text);
        }
    }
}

CU_TestInfo test_sqlstate[] = {
    {"the constraint that an error names, on one server or on one of several", constraints},
    CU_TEST_INFO_NULL,
};
