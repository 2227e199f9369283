#include "facts.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/fold.h"
#include "scim/marks.h"
#include "scim/text.h"
#include "session.h"

/* The columns of the statements. */
enum {
    COLUMN_ENABLED,
    COLUMN_ID,
    COLUMN_ACCOUNT,
    COLUMN_ACTIVE,
    COLUMN_FLAGS,
    COLUMN_FIRST,
    COLUMN_FOREIGN,
    COLUMN_ROLE,
    COLUMN_ROLES,
    COLUMN_ENTITLEMENTS,
    COLUMN_WAITING,
    COLUMN_GROUPS,
    COLUMN_LINK, /* of facts_linked alone: whether the first login links the identity */
};

/* A name that is longer is nobody's. */
#define LOGIN_MAX 4096

/* By the lists that they read: a statement is as quick as the tables are few. */
static const scim_statement_e statements[] = {
    [0] = SCIM_STMT_FACTS,
    [SCIM_FACTS_ROLES] = SCIM_STMT_FACTS_ROLES,
    [SCIM_FACTS_ENTITLEMENTS] = SCIM_STMT_FACTS_ENTITLEMENTS,
    [SCIM_FACTS_GROUPS] = SCIM_STMT_FACTS_GROUPS,
    [SCIM_FACTS_ALL] = SCIM_STMT_FACTS_ALL,
};

/* What PostgreSQL cannot take, or would take very long to fold, names nobody. */
static int usable(const char *text)
{
    apr_size_t len = text ? strlen(text) : 0;
    return len > 0 && len <= LOGIN_MAX && scim_utf8_valid(text, len) == len && !scim_marks_many(text, len);
}

static int is_linked(const scim_identity_t *identity)
{
    return usable(identity->issuer) && usable(identity->subject);
}

/* The statement that reads at least these lists, and which it does read. */
static scim_statement_e choose(unsigned *lists, const scim_identity_t *identity)
{
    if (is_linked(identity)) {
        *lists = SCIM_FACTS_ALL;
        return SCIM_STMT_FACTS_LINKED;
    }
    if (*lists & (*lists - 1)) {
        *lists = SCIM_FACTS_ALL;
    }
    return statements[*lists];
}

static scim_param_t *make_params(const scim_identity_t *identity, apr_pool_t *pool)
{
    scim_param_t *params = apr_pcalloc(pool, 4 * sizeof(*params));
    int linked = is_linked(identity);
    params[0].value = identity->tenant;
    params[1].value = usable(identity->login) ? scim_fold(identity->login, pool) : NULL;
    params[2].value = linked ? identity->issuer : NULL;
    params[3].value = linked ? identity->subject : NULL;
    return params;
}

static apr_array_header_t *read_list(const PGresult *result, int column, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(const char *));
    scim_elements_t elements;
    scim_result_elements(&elements, result, 0, column);
    apr_size_t len;
    const char *text;
    while ((text = scim_result_element(&elements, &len)) != NULL) {
        APR_ARRAY_PUSH(list, const char *) = apr_pstrmemdup(pool, text, len);
    }
    return list;
}

static const char *read_text(const PGresult *result, int column, apr_pool_t *pool)
{
    return apr_pstrdup(pool, scim_result_text(NULL, result, 0, column));
}

static scim_facts_t *read_row(const PGresult *result, unsigned lists, apr_pool_t *pool)
{
    scim_facts_t *facts = apr_pcalloc(pool, sizeof(*facts));
    facts->lists = lists;
    facts->tenant = !PQgetisnull(result, 0, COLUMN_ENABLED);
    facts->enabled = scim_result_bool(result, 0, COLUMN_ENABLED);
    facts->found = !PQgetisnull(result, 0, COLUMN_ID);
    if (!facts->found) {
        return facts;
    }
    char id[SCIM_ID_SIZE];
    scim_result_uuid(id, result, 0, COLUMN_ID);
    facts->id = apr_pstrdup(pool, id);
    facts->account = read_text(result, COLUMN_ACCOUNT, pool);
    facts->active = scim_result_bool(result, 0, COLUMN_ACTIVE);
    facts->role = read_text(result, COLUMN_ROLE, pool);
    facts->flags = read_list(result, COLUMN_FLAGS, pool);
    facts->first = scim_result_bool(result, 0, COLUMN_FIRST) ||
                   (PQnfields(result) > COLUMN_LINK && scim_result_bool(result, 0, COLUMN_LINK));
    facts->foreign = scim_result_bool(result, 0, COLUMN_FOREIGN);
    if (lists & SCIM_FACTS_ROLES) {
        facts->roles = read_list(result, COLUMN_ROLES, pool);
    }
    if (lists & SCIM_FACTS_ENTITLEMENTS) {
        facts->entitlements = read_list(result, COLUMN_ENTITLEMENTS, pool);
        facts->waiting = read_list(result, COLUMN_WAITING, pool);
    }
    if (lists & SCIM_FACTS_GROUPS) {
        facts->groups = read_list(result, COLUMN_GROUPS, pool);
    }
    return facts;
}

static scim_error_t *run_once(void *batch)
{
    return scim_batch_run(batch);
}

scim_error_t *scim_facts_read(scim_facts_t **out, scim_conn_t *conn, const scim_identity_t *identity, unsigned lists,
                              apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);
    int slot = scim_batch_add(batch, choose(&lists, identity), make_params(identity, pool));
    scim_conn_reads(conn);
    scim_error_t *error = scim_session_attempt(run_once, batch);
    *out = error ? NULL : read_row(scim_batch_result(batch, slot), lists, pool);
    return error;
}

/* Who acts is the person. */
static void add_head(scim_batch_t *batch, const scim_conn_t *conn, const scim_identity_t *identity,
                     const scim_facts_t *facts, const char *request, apr_pool_t *pool)
{
    const char *values[] = {
        identity->tenant, "login", facts->account, request ? request : "", "", scim_conn_timeout_text(conn), ""};
    scim_param_t *params = apr_pcalloc(pool, sizeof(*params) * (sizeof(values) / sizeof(values[0])));
    for (apr_size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        params[i].value = values[i];
    }
    scim_batch_add(batch, SCIM_STMT_ADMIN_BEGIN, params);
}

scim_error_t *scim_facts_login(scim_facts_t **out, scim_conn_t *conn, const scim_identity_t *identity,
                               const scim_facts_t *facts, const char *request, apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);
    scim_param_t *params = apr_pcalloc(pool, 4 * sizeof(*params));
    scim_param_t *identified = make_params(identity, pool);
    params[0].value = identity->tenant;
    params[1].value = facts->id;
    params[2] = identified[2];
    params[3] = identified[3];
    add_head(batch, conn, identity, facts, request, pool);
    scim_batch_add(batch, SCIM_STMT_FACTS_LOGIN, params);
    unsigned lists = facts->lists;
    int slot = scim_batch_add(batch, choose(&lists, identity), identified);
    scim_error_t *error = scim_session_attempt(run_once, batch);
    *out = error ? NULL : read_row(scim_batch_result(batch, slot), lists, pool);
    return error;
}
