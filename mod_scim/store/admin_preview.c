#include "admin_preview.h"

#include <apr_strings.h>

#include "admin_ops.h"
#include "compose.h"
#include "resources_private.h"
#include "row_write.h"
#include "rules/preview.h"
#include "scim/json.h"
#include "scim/text.h"

#define SHOWN "50" /* maximum per direction, if the client names no limit */

static const char *flag_text(int flag)
{
    return flag ? "t" : "f";
}

/* The concerns and gifts as PostgreSQL arrays, one for each member: the values of the statement from $2 on. Members
 * that differ before and after the change have two arrays. */
enum {
    SUBSCRIPTION,
    ROLE,
    SEATS,
    CONCERN = SEATS + 2,
    VIA,
    THERE,
    SINCE = THERE + 2,
    COLUMN_COUNT = SINCE + 2,
};

static void put_concern(scim_buf_t columns[COLUMN_COUNT], const scim_concern_t *concern, apr_pool_t *pool)
{
    scim_array_put(&columns[SUBSCRIPTION], concern->subscription);
    scim_array_put(&columns[ROLE], concern->role);
    for (int side = 0; side < 2; side++) {
        int seats = concern->seats[side];
        scim_array_put(&columns[SEATS + side], seats == SCIM_PREVIEW_UNLIMITED ? NULL : apr_itoa(pool, seats));
    }
}

static void put_gives(scim_buf_t columns[COLUMN_COUNT], const scim_gives_t *gives, apr_pool_t *pool)
{
    char time[SCIM_TIME_SIZE];
    scim_array_put(&columns[CONCERN], apr_itoa(pool, gives->concern));
    scim_array_put(&columns[VIA], gives->via);
    for (int side = 0; side < 2; side++) {
        scim_time_format(time, gives->since[side]);
        scim_array_put(&columns[THERE + side], flag_text(gives->there[side]));
        scim_array_put(&columns[SINCE + side], gives->there[side] ? time : NULL);
    }
}

/* The values of the statement that reads the people of the concerns. */
static apr_array_header_t *values_of(const scim_admin_call_t *call, const scim_preview_t *preview)
{
    apr_array_header_t *values = apr_array_make(call->pool, COLUMN_COUNT + 5, sizeof(const char *));
    const char *limit = scim_admin_text(call, "limit");
    scim_buf_t columns[COLUMN_COUNT];
    for (int i = 0; i < COLUMN_COUNT; i++) {
        scim_buf_init(&columns[i], 64, call->pool);
    }
    for (int i = 0; i < preview->concerns->nelts; i++) {
        put_concern(columns, &APR_ARRAY_IDX(preview->concerns, i, scim_concern_t), call->pool);
    }
    for (int i = 0; i < preview->gives->nelts; i++) {
        put_gives(columns, &APR_ARRAY_IDX(preview->gives, i, scim_gives_t), call->pool);
    }
    APR_ARRAY_PUSH(values, const char *) = call->tenant;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        scim_buf_puts(&columns[i], columns[i].len ? "}" : "{}");
        APR_ARRAY_PUSH(values, const char *) = columns[i].data;
    }
    APR_ARRAY_PUSH(values, const char *) = preview->policy[0];
    APR_ARRAY_PUSH(values, const char *) = preview->policy[1];
    APR_ARRAY_PUSH(values, const char *) = limit ? limit : SHOWN;
    APR_ARRAY_PUSH(values, const char *) = scim_admin_text(call, "after");
    return values;
}

static scim_error_t *read_rules(json_object **rules, const scim_admin_call_t *call)
{
    apr_size_t len;
    json_object *names = scim_preview_names(call->args, call->pool);
    scim_batch_t *batch = scim_admin_batch(call);
    int slot =
        scim_batch_add(batch, SCIM_STMT_ADMIN_POLICY_RULES,
                       scim_params(call->pool, call->tenant, scim_json_text(names, NULL, call->pool), SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    if (!error) {
        const char *text = scim_result_text(&len, scim_batch_result(batch, slot), 0, 0);
        *rules = scim_json_trusted(text, len, call->pool);
    }
    return error;
}

scim_error_t *scim_admin_policy_preview(scim_admin_call_t *call)
{
    json_object *rules;
    scim_preview_t preview;
    scim_error_t *error = read_rules(&rules, call);
    error = error ? error : scim_preview_make(&preview, rules, call->args, call->pool);
    if (error) {
        return error;
    }
    scim_batch_t *batch = scim_admin_batch(call);
    const char *const fills[SCIM_BLANK_COUNT] = {[SCIM_BLANK_DEPTH] = scim_admin_depth(call)};
    scim_batch_add(batch, SCIM_STMT_ADMIN_PLAN_ANEW, NULL);
    int slot = scim_add_values(batch, scim_compose(SCIM_STMT_ADMIN_POLICY_DIFFERING, fills, call->pool),
                               values_of(call, &preview), call->pool);
    error = scim_batch_run(batch);
    return error ? error : scim_admin_answer(call, scim_batch_result(batch, slot));
}
