#include "compose.h"

#include "scim/text.h"

const char *scim_compose(scim_statement_e id, const char *const fills[SCIM_BLANK_COUNT], apr_pool_t *pool)
{
    const scim_statement_t *statement = &scim_statements[id];
    apr_size_t from = 0;
    scim_buf_t out;
    scim_buf_init(&out, 1024, pool);
    for (int i = 0; i < statement->blank_count; i++) {
        const scim_blank_t *blank = &statement->blanks[i];
        if (fills[blank->blank]) {
            scim_buf_add(&out, statement->sql + from, blank->at - from);
            scim_buf_puts(&out, fills[blank->blank]);
            from = blank->at + blank->length;
        }
    }
    scim_buf_puts(&out, statement->sql + from);
    return out.data;
}

const char *scim_compose_filter(scim_statement_e id, const char *condition, apr_pool_t *pool)
{
    const char *const fills[SCIM_BLANK_COUNT] = {[SCIM_BLANK_FILTER] = condition};
    return scim_compose(id, fills, pool);
}
