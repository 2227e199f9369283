/* Which accounts of a batch are undone, and why others are not. */
#include <string.h>

#include "rules/undo.h"
#include "unit.h"

#define AS_THEN "'there':true,'same':true"

static void reasons(void)
{
    static const struct {
        const char *what, *facts, *begins; /* NULL: it is undone */
    } cases[] = {
        {"made", "{" AS_THEN "}", NULL},
        {"made", "{" AS_THEN ",'active':true}", NULL},
        {"changed", "{" AS_THEN ",'used':true,'provisioned':true}", NULL},
        {"deactivated", "{" AS_THEN ",'used':true,'provisioned':true}", NULL},
        {"made", "{" AS_THEN ",'undone':true}", "It was already undone."},
        {"made", "{'same':true}", "The account has been erased since."},
        {"made", "{" AS_THEN ",'deleted':true}", "The account has been deleted since;"},
        {"changed", "{" AS_THEN ",'protected':true}", "The account is protected;"},
        {"made", "{'there':true,'provisioned':true}", "The identity provider manages the account now;"},
        {"made", "{" AS_THEN ",'used':true}", "The account was used for a login,"},
        {"made", "{'there':true}", "The account was changed since;"},
        {"changed", "{'there':true,'provisioned':true}", "The account was changed since;"},
        {"deactivated", "{" AS_THEN ",'active':true}", "The account is active again."},
        {"deactivated", "{'there':true}", "The account was changed since;"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *left = scim_undo_left(cases[i].what, unit_json(cases[i].facts));
        if (cases[i].begins && left) {
            UNIT_INT(strncmp(left, cases[i].begins, strlen(cases[i].begins)), 0);
        } else {
            UNIT_STR(left, cases[i].begins);
        }
    }
}

CU_TestInfo test_undo[] = {{"reasons", reasons}, CU_TEST_INFO_NULL};
