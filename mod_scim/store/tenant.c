#include "tenant.h"

#include <apr_strings.h>
#include <string.h>

#include "resources_private.h"
#include "scim/text.h"

#define KEY_MAX_LENGTH 63

int scim_tenant_key_valid(const char *key)
{
    apr_size_t len = strlen(key);

    if (len == 0 || len > KEY_MAX_LENGTH || *key == '_' || *key == '-') {
        return 0;
    }
    return strspn(key, "0123456789abcdefghijklmnopqrstuvwxyz_-") == len;
}

scim_error_t *scim_tenant_check_key(const char *key, apr_pool_t *pool)
{
    if (scim_tenant_key_valid(key)) {
        return NULL;
    }
    scim_error_t *error =
        scim_error_status(pool, 400,
                          "\"%s\" cannot name a tenant; use 1 to %d characters of a-z, 0-9, \"-\" and "
                          "\"_\", starting with a letter or a digit.",
                          key, KEY_MAX_LENGTH);
    scim_error_field(error, "tenant", error->detail, pool);
    return error;
}

int scim_label_valid(const char *text, apr_size_t max)
{
    apr_size_t len = strlen(text);
    apr_uint32_t code;

    if (len == 0 || len > max || scim_utf8_valid(text, len) != len) {
        return 0;
    }
    return scim_hidden_find(&code, text) == NULL;
}

scim_error_t *scim_tenant_hides(int *hides, scim_session_t *session)
{
    scim_batch_t *batch = scim_session_batch(session, 0);
    int slot =
        scim_batch_add(batch, SCIM_STMT_TENANT_SCHEMAS, scim_params(session->pool, session->tenant, SCIM_PARAMS_END));
    scim_error_t *error = scim_session_run(session, batch);
    if (!error) {
        *hides = scim_result_bool(scim_batch_result(batch, slot), 0, 0);
    }
    return error;
}

scim_error_t *scim_tenant_missing(const char *tenant, apr_pool_t *pool)
{
    return scim_error_status(pool, 404, "There is no tenant \"%s\"; create it first or correct the name.", tenant);
}
