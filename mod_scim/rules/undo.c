#include "undo.h"

#include <string.h>

/* The first matching row refuses. */
static const struct {
    const char *what; /* NULL: any kind of change */
    const char *fact;
    int refuses; /* the value of the fact that refuses */
    const char *text;
} refusals[] = {
    {NULL, "undone", 1, "It was already undone."},
    {NULL, "there", 0, "The account has been erased since."},
    {NULL, "deleted", 1, "The account has been deleted since; restore it first to undo this."},
    {NULL, "protected", 1, "The account is protected; unprotect it first."},
    {"made", "provisioned", 1, "The identity provider manages the account now; remove it there."},
    {"made", "used", 1,
     "The account was used for a login, or got a grant, since; if it is still to go, remove it yourself."},
    {"deactivated", "active", 1, "The account is active again."},
    {NULL, "same", 0, "The account was changed since; see its history, and change it yourself."},
};

const char *scim_undo_left(const char *what, json_object *facts)
{
    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        int fact = json_object_get_boolean(json_object_object_get(facts, refusals[i].fact));
        if (fact == refusals[i].refuses && (!refusals[i].what || strcmp(refusals[i].what, what) == 0)) {
            return refusals[i].text;
        }
    }
    return NULL;
}
