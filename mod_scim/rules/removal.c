#include "removal.h"

#include <string.h>

scim_error_t *scim_removal_decide(const char *tenant, const char *confirm, int enabled, apr_pool_t *pool)
{
    if (enabled) {
        return scim_error_status(pool, 409,
                                 "Provisioning of the tenant \"%s\" is switched on. Switch it off first, so that its "
                                 "identity provider's requests are refused and nothing is written meanwhile.",
                                 tenant);
    }
    if (strcmp(tenant, confirm) != 0) {
        scim_error_t *error = scim_error_status(pool, 400,
                                                "confirm: All data of the tenant \"%s\" will be erased except its "
                                                "audit log; repeat its name here to confirm that.",
                                                tenant);
        scim_error_field(error, "confirm", error->detail + strlen("confirm: "), pool);
        return error;
    }
    return NULL;
}
