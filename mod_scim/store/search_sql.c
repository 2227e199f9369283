#include "search_sql.h"

#include "filter_operand.h"

scim_error_t *scim_search_condition(scim_sql_t *sql, const scim_search_t *search, apr_pool_t *pool)
{
    const scim_target_t *target = &APR_ARRAY_IDX(search->targets, 0, scim_target_t);

    if (search->targets->nelts == 1)
        return scim_filter_sql(sql, target->filter, target->type, pool);
    for (int i = 0; i < search->targets->nelts; i++) {
        scim_error_t *error;

        target = &APR_ARRAY_IDX(search->targets, i, scim_target_t);
        scim_buf_puts(&sql->text, i ? " or (r.type = " : "((r.type = ");
        scim_buf_puts(&sql->text, scim_operand_literal(target->type->name, pool));
        scim_buf_puts(&sql->text, " and ");
        if ((error = scim_filter_sql(sql, target->filter, target->type, pool)))
            return error;
        scim_buf_puts(&sql->text, ")");
    }
    scim_buf_puts(&sql->text, ")");
    return NULL;
}

int scim_search_is_answered(const scim_search_t *search, const apr_array_header_t *indexed, apr_pool_t *pool)
{
    for (int i = 0; i < search->targets->nelts; i++) {
        const scim_target_t *target = &APR_ARRAY_IDX(search->targets, i, scim_target_t);

        if (!target->filter || !scim_filter_answered(target->filter, target->type, indexed, pool))
            return 0;
    }
    return 1;
}

int scim_search_is_slow(const scim_search_t *search, const apr_array_header_t *indexed, apr_pool_t *pool)
{
    int filtered = APR_ARRAY_IDX(search->targets, 0, scim_target_t).filter != NULL;

    return (filtered || search->sorted) && !scim_search_is_answered(search, indexed, pool);
}

scim_error_t *scim_search_error(scim_error_t *error, const scim_search_t *search, const apr_array_header_t *indexed,
                                apr_pool_t *pool)
{
    scim_error_t *too_many;

    if (!error || !error->late || !scim_search_is_slow(search, indexed, pool))
        return error;
    too_many = scim_error_typed(pool, SCIM_TOO_MANY,
                                "The query has to read more resources than this server can within its time limit. "
                                "Narrow it down by an indexed attribute, such as userName, with \"eq\"%s.",
                                search->sorted ? ", or omit the sorting" : "");
    too_many->cause = error->cause;
    return too_many;
}
