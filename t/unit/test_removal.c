#include "rules/removal.h"

#include "unit.h"

static void what_refuses(void)
{
    static const struct {
        const char *confirm;
        int enabled;
        int status; /* 0: no refusal */
    } cases[] = {{"acme", 0, 0}, {"acme", 1, 409}, {"Acme", 0, 400}, {"", 0, 400}, {"other", 1, 409}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        scim_error_t *error = scim_removal_decide("acme", cases[i].confirm, cases[i].enabled, unit_pool);
        UNIT_INT(error ? error->status : 0, cases[i].status);
        UNIT_INT(error && error->fields ? error->fields->nelts : 0, cases[i].status == 400);
    }
}

CU_TestInfo test_removal[] = {{"what refuses to remove a tenant", what_refuses}, CU_TEST_INFO_NULL};
