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
        {"made", "{" AS_THEN ",'undone':true}", "It was taken back already."},
        {"made", "{'same':true}", "The account was erased since."},
        {"made", "{" AS_THEN ",'deleted':true}", "The account was deleted since;"},
        {"changed", "{" AS_THEN ",'protected':true}", "The account is protected;"},
        {"made", "{'there':true,'provisioned':true}", "The identity provider manages the account by now;"},
        {"made", "{" AS_THEN ",'used':true}", "Somebody has logged in to the account,"},
        {"made", "{'there':true}", "Somebody has changed the account since;"},
        {"changed", "{'there':true,'provisioned':true}", "Somebody has changed the account since;"},
        {"deactivated", "{" AS_THEN ",'active':true}", "The account is active again."},
        {"deactivated", "{'there':true}", "Somebody has changed the account since;"},
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
