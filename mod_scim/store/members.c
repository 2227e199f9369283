/* Changes memberships by set-based SQL; the group is never read. */
#include <apr_strings.h>

#include "compose.h"
#include "filter_sql.h"
#include "resources_private.h"

/* An array literal of the `ids` that are UUIDs; any other text is not the id of a member. */
static const char *uuid_array(const apr_array_header_t *ids, apr_pool_t *pool)
{
    scim_buf_t text;
    char id[SCIM_ID_SIZE];
    scim_buf_init(&text, (apr_size_t)(ids ? ids->nelts : 0) * SCIM_ID_SIZE + 3, pool);
    scim_buf_puts(&text, "{");
    for (int i = 0; ids && i < ids->nelts; i++) {
        if (scim_id_read(id, APR_ARRAY_IDX(ids, i, const char *))) {
            scim_buf_puts(&text, text.len > 1 ? "," : "");
            scim_buf_add(&text, id, SCIM_ID_SIZE - 1);
        }
    }
    scim_buf_puts(&text, "}");
    return text.data;
}

scim_error_t *scim_members_check(const apr_array_header_t *ids, apr_pool_t *pool)
{
    char id[SCIM_ID_SIZE];
    for (int i = 0; ids && i < ids->nelts; i++) {
        const char *value = APR_ARRAY_IDX(ids, i, const char *);
        if (!scim_id_read(id, value)) {
            return scim_error_typed(
                pool, SCIM_INVALID_VALUE,
                "members: \"%s\" is no User or Group of this tenant. Assign that user or group to the application in "
                "the identity provider first, so that it is created here before it is a member.",
                value);
        }
    }
    return NULL;
}

static void add_added(scim_batch_t *batch, scim_session_t *session, const char *group_id, const apr_array_header_t *ids)
{
    scim_batch_add(
        batch, SCIM_STMT_MEMBERS_ADD,
        scim_params(session->pool, session->tenant, group_id, uuid_array(ids, session->pool), SCIM_PARAMS_END));
    scim_batch_add(batch, SCIM_STMT_MEMBERS_NEST,
                   scim_params(session->pool, session->tenant, group_id, SCIM_PARAMS_END));
}

/* Whether the statements that remove must check each member for protection. */
static const char *protects(const scim_session_t *session)
{
    return session->rules->protects ? "t" : "f";
}

static void add_removed(scim_batch_t *batch, scim_session_t *session, scim_statement_e id, const char *group_id,
                        const apr_array_header_t *ids)
{
    scim_batch_add(batch, id,
                   scim_params(session->pool, session->tenant, group_id, protects(session),
                               uuid_array(ids, session->pool), SCIM_PARAMS_END));
}

static scim_error_t *add_filter(scim_batch_t *batch, scim_session_t *session, const char *group_id,
                                const scim_filter_t *filter)
{
    apr_pool_t *pool = session->pool;
    scim_sql_t sql = {.params = apr_array_make(pool, 4, sizeof(const char *))};
    scim_buf_init(&sql.text, 128, pool);
    APR_ARRAY_PUSH(sql.params, const char *) = session->tenant;
    APR_ARRAY_PUSH(sql.params, const char *) = group_id;
    APR_ARRAY_PUSH(sql.params, const char *) = protects(session);
    scim_conn_named(sql.params, session->conn, SCIM_STMT_MEMBERS_FILTER);
    scim_error_t *error = scim_member_filter_sql(&sql, filter, pool);
    if (error) {
        return error;
    }
    scim_add_values(batch, scim_compose_filter(SCIM_STMT_MEMBERS_FILTER, sql.text.data, pool), sql.params, pool);
    return NULL;
}

scim_error_t *scim_add_members(scim_batch_t *batch, scim_session_t *session, const char *group_id,
                               const scim_members_op_t *op)
{
    switch (op->op) {
    case SCIM_MEMBERS_ADD:
        add_added(batch, session, group_id, op->ids);
        return NULL;
    case SCIM_MEMBERS_REMOVE:
        add_removed(batch, session, SCIM_STMT_MEMBERS_REMOVE, group_id, op->ids);
        return NULL;
    case SCIM_MEMBERS_REPLACE:
        add_removed(batch, session, SCIM_STMT_MEMBERS_KEEP, group_id, op->ids);
        if (op->ids && op->ids->nelts > 0) {
            add_added(batch, session, group_id, op->ids);
        }
        return NULL;
    case SCIM_MEMBERS_FILTER:
        return add_filter(batch, session, group_id, op->filter);
    }
    return NULL;
}
