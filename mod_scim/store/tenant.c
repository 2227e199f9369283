#include "tenant.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/text.h"

#define KEY_MAX_LENGTH          63
#define DISPLAY_NAME_MAX_LENGTH 200 /* bytes */

/* Columns of every statement that answers with tenants, in this order. */
enum { COLUMN_TENANT, COLUMN_DISPLAY_NAME, COLUMN_ENABLED, COLUMN_RESTORE, COLUMN_CREATED, COLUMN_PROFILE };

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

    if (len == 0 || len > max || scim_utf8_valid(text, len) != len) {
        return 0;
    }
    for (apr_size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) {
            return 0;
        }
    }
    return 1;
}

scim_error_t *scim_tenant_missing(const char *tenant, apr_pool_t *pool)
{
    return scim_error_status(pool, 404, "There is no tenant \"%s\"; create it first or correct the name.", tenant);
}

static void read_row(scim_tenant_row_t *row, const PGresult *result, int at)
{
    row->tenant = scim_result_text(NULL, result, at, COLUMN_TENANT);
    row->display_name = scim_result_text(NULL, result, at, COLUMN_DISPLAY_NAME);
    row->enabled = scim_result_bool(result, at, COLUMN_ENABLED);
    row->restore = scim_result_text(NULL, result, at, COLUMN_RESTORE);
    row->created = scim_result_time(result, at, COLUMN_CREATED);
    row->profile = scim_result_text(NULL, result, at, COLUMN_PROFILE);
}

/* Runs one statement that answers with the tenant, or with nothing where there is none. */
static scim_error_t *run_one(scim_tenant_row_t *row, scim_conn_t *conn, scim_statement_e id, const scim_param_t *params,
                             apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);
    int slot = scim_batch_add(batch, id, params);
    scim_error_t *error = scim_batch_run(batch);

    if (error != NULL) {
        return error;
    }
    if (PQntuples(scim_batch_result(batch, slot)) == 0) {
        return scim_tenant_missing(params[0].value, pool);
    }
    read_row(row, scim_batch_result(batch, slot), 0);
    return NULL;
}

scim_error_t *scim_tenant_add(scim_tenant_row_t *row, scim_conn_t *conn, const char *tenant, const char *display_name,
                              apr_pool_t *pool)
{
    scim_param_t params[] = {{.value = tenant}, {.value = display_name}};
    scim_error_t *error;

    if (!scim_tenant_key_valid(tenant)) {
        return scim_error_status(pool, 400,
                                 "\"%s\" cannot name a tenant; use 1 to %d characters of a-z, 0-9, \"-\" and \"_\", "
                                 "starting with a letter or a digit.",
                                 tenant, KEY_MAX_LENGTH);
    }
    if (display_name != NULL && !scim_label_valid(display_name, DISPLAY_NAME_MAX_LENGTH)) {
        return scim_error_status(
            pool, 400, "The display name of a tenant must be 1 to %d bytes of UTF-8 without control characters.",
            DISPLAY_NAME_MAX_LENGTH);
    }
    error = run_one(row, conn, SCIM_STMT_TENANT_ADD, params, pool);
    if (error != NULL && error->status == 404) {
        return scim_error_status(pool, 409, "There is a tenant \"%s\" already; choose another name.", tenant);
    }
    return error;
}

scim_error_t *scim_tenant_list(apr_array_header_t **rows, scim_conn_t *conn, apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);
    int slot = scim_batch_add(batch, SCIM_STMT_TENANT_LIST, NULL);
    scim_error_t *error = scim_batch_run(batch);
    const PGresult *result;

    if (error != NULL) {
        return error;
    }
    result = scim_batch_result(batch, slot);
    *rows = apr_array_make(pool, PQntuples(result), sizeof(scim_tenant_row_t));
    for (int i = 0; i < PQntuples(result); i++) {
        read_row(apr_array_push(*rows), result, i);
    }
    return NULL;
}

scim_error_t *scim_tenant_show(scim_tenant_row_t *row, scim_conn_t *conn, const char *tenant, apr_pool_t *pool)
{
    scim_param_t params[] = {{.value = tenant}};

    return run_one(row, conn, SCIM_STMT_TENANT_SHOW, params, pool);
}

scim_error_t *scim_tenant_enable(scim_tenant_row_t *row, scim_conn_t *conn, const char *tenant, int enabled,
                                 apr_pool_t *pool)
{
    scim_param_t params[] = {{.value = tenant}, {.value = enabled ? "true" : "false"}};

    return run_one(row, conn, SCIM_STMT_TENANT_ENABLE, params, pool);
}

/* Whether `word` is one of `choices`, or not said. */
static int is_choice(const char *word, const char *const *choices)
{
    while (word != NULL && *choices != NULL && strcmp(*choices, word) != 0) {
        choices++;
    }
    return *choices != NULL;
}

scim_error_t *scim_tenant_set(scim_tenant_row_t *row, scim_conn_t *conn, const char *tenant, const char *restore,
                              const char *profile, apr_pool_t *pool)
{
    static const char *const ways[] = {"externalId", "userName", "never", NULL};
    static const char *const profiles[] = {"lenient", "rfc", "interop", NULL};
    scim_param_t params[] = {{.value = tenant}, {.value = restore}, {.value = profile}};

    if (!is_choice(restore, ways)) {
        return scim_error_status(pool, 400, "\"%s\" is no way to restore users; use externalId, userName or never.",
                                 restore);
    }
    if (!is_choice(profile, profiles)) {
        return scim_error_status(pool, 400, "\"%s\" is no profile; use lenient, rfc or interop.", profile);
    }
    return run_one(row, conn, SCIM_STMT_TENANT_SET, params, pool);
}

scim_error_t *scim_tenant_profile(const char **profile, scim_conn_t *conn, const char *tenant, apr_pool_t *pool)
{
    scim_param_t params[] = {{.value = tenant}};
    scim_batch_t *batch = scim_batch_make(conn);
    int slot = scim_batch_add(batch, SCIM_STMT_TENANT_PROFILE, params);
    scim_error_t *error = scim_batch_run(batch);
    const PGresult *result = scim_batch_result(batch, slot);

    *profile = error == NULL && PQntuples(result) > 0 ? apr_pstrdup(pool, PQgetvalue(result, 0, 0)) : NULL;
    return error;
}
