#include "admin_near.h"

#include <apr_strings.h>
#include <string.h>

#include "admin_ops.h"
#include "resources_private.h"
#include "rules/near.h"

#define EVERYWHERE "*"

static const scim_statement_e statements[] = {
    [SCIM_NEAR_ROLE] = SCIM_STMT_ADMIN_NEAR_ROLE,
    [SCIM_NEAR_FLAG] = SCIM_STMT_ADMIN_NEAR_FLAG,
    [SCIM_NEAR_SUBSCRIPTION] = SCIM_STMT_ADMIN_NEAR_SUBSCRIPTION,
    [SCIM_NEAR_TEMPLATE] = SCIM_STMT_ADMIN_NEAR_TEMPLATE,
    [SCIM_NEAR_USER] = SCIM_STMT_ADMIN_NEAR_USER,
    [SCIM_NEAR_GROUP] = SCIM_STMT_ADMIN_NEAR_GROUP,
    [SCIM_NEAR_TENANT] = SCIM_STMT_ADMIN_NEAR_TENANT,
};

/* Whether the caller may read names of this kind. */
static int may_read(const scim_admin_call_t *call, scim_near_e what)
{
    return what == SCIM_NEAR_TENANT ? !call->wall : call->tenant != NULL;
}

/* The existing names, without duplicates; NULL: they cannot be read. */
static apr_array_header_t *read_names(const scim_admin_call_t *call, scim_near_e what, const char *name)
{
    apr_pool_t *pool = call->pool;
    scim_admin_call_t reader = *call;
    reader.tenant = what == SCIM_NEAR_TENANT ? NULL : call->tenant;
    scim_conn_rollback(call->conn);
    scim_batch_t *batch = scim_admin_batch(&reader);
    int slot = scim_batch_add(batch, statements[what],
                              scim_params(pool, reader.tenant ? reader.tenant : EVERYWHERE, name, SCIM_PARAMS_END));
    if (scim_batch_run(batch)) {
        return NULL;
    }
    const PGresult *result = scim_batch_result(batch, slot);
    apr_array_header_t *names = apr_array_make(pool, 8, sizeof(const char *));
    for (int row = 0; row < PQntuples(result); row++) {
        const char *one = scim_result_text(NULL, result, row, 0);
        int known = 0;
        for (int i = 0; i < names->nelts && !known; i++) {
            known = strcmp(APR_ARRAY_IDX(names, i, const char *), one) == 0;
        }
        if (!known) {
            APR_ARRAY_PUSH(names, const char *) = one;
        }
    }
    return names;
}

/* Joins two sentences. */
static const char *followed(const char *text, const char *more, apr_pool_t *pool)
{
    apr_size_t len = strlen(text);
    return apr_pstrcat(pool, text, len && text[len - 1] == '.' ? " " : ". ", more, NULL);
}

scim_error_t *scim_admin_near(const scim_admin_call_t *call, scim_error_t *error)
{
    const char *name;
    if (!error || (error->status != 404 && error->status != 400)) {
        return error;
    }
    scim_near_e what = scim_near_read(&name, error->detail, call->pool);
    apr_array_header_t *names = what != SCIM_NEAR_NONE && may_read(call, what) ? read_names(call, what, name) : NULL;
    const char *more = names ? scim_near_text(what, name, names, call->pool) : NULL;
    if (!more) {
        return error;
    }
    for (int i = 0; error->fields && i < error->fields->nelts; i++) {
        scim_field_error_t *field = &APR_ARRAY_IDX(error->fields, i, scim_field_error_t);
        const char *other;
        if (scim_near_read(&other, field->detail, call->pool) == what) {
            field->detail = followed(field->detail, more, call->pool);
        }
    }
    error->detail = followed(error->detail, more, call->pool);
    return error;
}
