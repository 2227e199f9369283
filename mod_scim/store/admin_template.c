/* Templates: what new users get (rules/template.h). Their conditions are SCIM filters. Here they are compiled to SQL,
 * which finds the existing users that match. */
#include <apr_strings.h>

#include "admin_change.h"
#include "admin_ops.h"
#include "compose.h"
#include "filter_sql.h"
#include "resources_private.h"
#include "row_write.h"
#include "rules/nouns.h"
#include "scim/json.h"

static const scim_admin_field_t fields[] = {
    {"id", SCIM_ARG_TEXT, NULL, "its id"},
    {"name", SCIM_ARG_TEXT, "Name", "its name"},
    {"priority", SCIM_ARG_INT, "Priority", "its place in the order in which templates are applied, lowest first"},
    {"condition", SCIM_ARG_TEXT, "Condition", "its users, as a SCIM filter; null: all"},
    {"role", SCIM_ARG_TEXT, "Role", "the role that it gives users without one; null: none"},
    {"groups", SCIM_ARG_LIST, "Groups", "the groups to which it adds users"},
    {"subscriptions", SCIM_ARG_LIST, "Subscriptions", "the subscriptions that it grants"},
    {"flags", SCIM_ARG_LIST, "Flags", "the flags that it sets"},
    {"created", SCIM_ARG_TIME, NULL, "when it was created"},
    {"lastModified", SCIM_ARG_TIME, NULL, "when it was last changed"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t preview_fields[] = {
    {"id", SCIM_ARG_TEXT, "Id", "the user's id"},
    {"userName", SCIM_ARG_TEXT, "User name", "its userName"},
    {"displayName", SCIM_ARG_TEXT, "Name", "its name; null: none"},
    {"source", SCIM_ARG_TEXT, "Source", "scim or local"},
    {"active", SCIM_ARG_FLAG, "Active", "whether it is active"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t count_fields[] = {
    {"accounts", SCIM_ARG_INT, "Accounts", "how many users the condition matches, of the next 10,000"},
    {"next", SCIM_ARG_TEXT, NULL, "there are more users: `after` of the request that continues; null: none"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t list_args[] = {SCIM_ADMIN_LIST_ARGS, {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL}};

#define CONDITION_MAX 8192 /* bytes */
#define PAGE_ROWS     "50" /* if the client names no limit */

#define CONDITION(FLAGS, HELP)                                                                                         \
    {                                                                                                                  \
        "condition", SCIM_ARG_TEXT, FLAGS, "FILTER", 1, CONDITION_MAX, HELP                                            \
    }

#define GIFTS                                                                                                          \
    {                                                                                                                  \
        "priority",                                                                                                    \
        SCIM_ARG_INT,                                                                                                  \
        0,                                                                                                             \
        "N",                                                                                                           \
        0,                                                                                                             \
        1000000,                                                                                                       \
        "its place in the order, lowest first (default: after all others)"},                                           \
        CONDITION(SCIM_ARG_NULLABLE, "its users, as a SCIM filter (default: all)"),                                    \
        {"role", SCIM_ARG_TEXT, SCIM_ARG_NULLABLE, "ROLE", 1, 200, "a role, for users without one"},                   \
        {"groups",                                                                                                     \
         SCIM_ARG_LIST,                                                                                                \
         SCIM_ARG_NULLABLE,                                                                                            \
         "GROUP",                                                                                                      \
         0,                                                                                                            \
         0,                                                                                                            \
         "a group by its id or name, not managed by the identity provider"},                                           \
        {"subscriptions", SCIM_ARG_LIST, SCIM_ARG_NULLABLE, "SUBSCRIPTION", 0, 0, "a subscription by its id or name"}, \
    {                                                                                                                  \
        "flags", SCIM_ARG_LIST, SCIM_ARG_NULLABLE, "FLAG", 0, 0, "a flag by its name"                                  \
    }

static const scim_admin_arg_t add_args[] = {
    {"name", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED | SCIM_ARG_NAME, "NAME", 1, 200, "its name, unique without case"},
    GIFTS,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t set_args[] = {
    {"name", SCIM_ARG_TEXT, SCIM_ARG_NAME, "NAME", 1, 200, "its name, unique without case"},
    GIFTS,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

#define PREVIEWED                                                                                                      \
    CONDITION(0, "a condition that is not saved yet (default: everybody)"),                                            \
    {                                                                                                                  \
        "template", SCIM_ARG_TEXT, 0, "TEMPLATE", 1, 200, "the template with the condition, by id or name"             \
    }

static const scim_admin_arg_t preview_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    PREVIEWED,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t count_args[] = {
    PREVIEWED,
    {"after", SCIM_ARG_TEXT, SCIM_ARG_PIECE, "NEXT", 1, 36, "the `next` of the previous request, to continue"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

/* --- conditions --------------------------------------------------------------------------------------------------- */

/* Stored conditions have their values in one array, so $2 becomes $1[2]. Quoted text is an SQL name and stays
 * unchanged. */
static const char *of_array(const char *sql, apr_pool_t *pool)
{
    scim_buf_t buf;
    int quoted = 0;

    scim_buf_init(&buf, 256, pool);
    for (; *sql; sql++) {
        apr_size_t digits = *sql == '$' && !quoted ? strspn(sql + 1, "0123456789") : 0;
        quoted ^= *sql == '\'';
        if (digits > 0) {
            scim_buf_printf(&buf, "$1[%.*s]", (int)digits, sql + 1);
            sql += digits;
        } else {
            scim_buf_add(&buf, sql, 1);
        }
    }
    return buf.data;
}

/* An error of the filter becomes an error of the argument. */
static scim_error_t *of_condition(const scim_error_t *error, apr_pool_t *pool)
{
    scim_error_t *out = scim_error_status(pool, 400, "condition: %s", error->detail);
    scim_error_field(out, "condition", error->detail, pool);
    return out;
}

static void set_compiled(scim_admin_call_t *call, const scim_sql_t *sql)
{
    json_object *params = json_object_new_array();

    for (int i = 0; i < sql->params->nelts; i++) {
        json_object_array_add(params, json_object_new_string(APR_ARRAY_IDX(sql->params, i, const char *)));
    }
    scim_admin_set(call, "conditionSql", json_object_new_string(of_array(sql->text.data, call->pool)));
    scim_admin_set(call, "conditionParams", params);
}

/* Compiles the condition, if there is one. It is stored, so it must not use scim.lookup, whose attributes can
 * change. */
static scim_error_t *compile(scim_admin_call_t *call)
{
    const char *text = scim_admin_text(call, "condition");
    const scim_resource_type_t *type = text ? scim_schemas_type(call->schemas, "User", strlen("User")) : NULL;
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_NONE};
    scim_sql_t sql = {.params = apr_array_make(call->pool, 8, sizeof(const char *))};
    const scim_filter_t *filter;
    scim_error_t *error;

    if (!type) {
        return NULL;
    }
    scim_buf_init(&sql.text, 256, call->pool);
    APR_ARRAY_PUSH(sql.params, const char *) = call->tenant;
    error = scim_filter_read(&filter, text, type, &leniency, call->pool);
    if (!error) {
        error = scim_filter_sql(&sql, filter, type, call->pool);
    }
    if (error) {
        return of_condition(error, call->pool);
    }
    set_compiled(call, &sql);
    return NULL;
}

/* The values of a condition as the text of an SQL array. */
static const char *values_of(json_object *list, apr_pool_t *pool)
{
    scim_buf_t array;
    scim_buf_init(&array, 64, pool);
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        scim_array_put(&array, json_object_get_string(json_object_array_get_idx(list, i)));
    }
    scim_buf_puts(&array, array.len ? "}" : "{}");
    return array.data;
}

/* Reads the condition of the named template; *sql is NULL if it has none. */
static scim_error_t *read_condition(const char **sql, const char **values, const scim_admin_call_t *call)
{
    scim_batch_t *batch = scim_admin_batch(call);
    const char *args = scim_json_text(call->args, NULL, call->pool);
    int slot = scim_batch_add(batch, SCIM_STMT_ADMIN_TEMPLATE_CONDITION,
                              scim_params(call->pool, call->tenant, args, SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    if (error) {
        return error;
    }
    const PGresult *result = scim_batch_result(batch, slot);
    if (PQntuples(result) == 0) {
        return scim_admin_missing(call);
    }
    *sql = scim_result_text(NULL, result, 0, 0);
    *values = scim_result_text(NULL, result, 0, 1);
    return NULL;
}

/* The condition for a preview: that of a template, or an unsaved one. */
static scim_error_t *find_condition(const char **sql, const char **values, scim_admin_call_t *call)
{
    static const char both[] = "a template has a condition of its own; give one of them.";
    json_object *params;
    int saved = scim_admin_text(call, "template") != NULL;
    scim_error_t *error = compile(call);
    if (!error && saved && scim_admin_text(call, "condition")) {
        error = scim_error_typed(call->pool, SCIM_INVALID_VALUE, "condition: %s", both);
        scim_error_field(error, "condition", both, call->pool);
    }
    if (error || saved) {
        return error ? error : read_condition(sql, values, call);
    }
    *sql = scim_admin_text(call, "conditionSql");
    *values = json_object_object_get_ex(call->args, "conditionParams", &params) ? values_of(params, call->pool) : NULL;
    return NULL;
}

/* Runs the operation's statement with the condition inserted. */
static scim_error_t *ask(scim_admin_call_t *call, const char *condition, const scim_param_t *params)
{
    scim_statement_e id = call->op->statement;
    scim_batch_t *batch = scim_admin_batch(call);
    if (call->op->flags & SCIM_OP_ORDERED) {
        scim_batch_add(batch, SCIM_STMT_BOUND_ORDERED,
                       scim_params(call->pool, scim_conn_timeout_text(call->conn), "off", SCIM_PARAMS_END));
    }
    const char *const fills[SCIM_BLANK_COUNT] = {
        [SCIM_BLANK_FILTER] = condition,
        [SCIM_BLANK_DEPTH] = call->op->flags & SCIM_OP_LIST ? NULL : scim_admin_depth(call),
    };
    int slot = scim_batch_add_text(batch, scim_compose(id, fills, call->pool), scim_statements[id].params, params);
    scim_error_t *error = scim_batch_run(batch);
    return error ? error : scim_admin_answer(call, scim_batch_result(batch, slot));
}

static scim_error_t *preview(scim_admin_call_t *call)
{
    static const char searched[] = " and scim.has($4::jsonb ->> 'q', r.doc ->> 'userName', r.doc ->> 'displayName')";
    const char *sql = NULL, *values = NULL, *limit = scim_admin_text(call, "limit");
    scim_error_t *error = find_condition(&sql, &values, call);
    if (error) {
        return error;
    }
    return ask(call, apr_pstrcat(call->pool, "(", sql ? sql : "true", ")", searched, NULL),
               scim_params(call->pool, values, limit ? limit : PAGE_ROWS, call->tenant,
                           scim_json_text(call->args, NULL, call->pool), SCIM_PARAMS_END));
}

static scim_error_t *count(scim_admin_call_t *call)
{
    const char *sql = NULL, *values = NULL;
    scim_error_t *error = find_condition(&sql, &values, call);
    return error ? error
                 : ask(call, sql ? sql : "true",
                       scim_params(call->pool, values, call->tenant, scim_json_text(call->args, NULL, call->pool),
                                   SCIM_PARAMS_END));
}

static const scim_admin_change_t add = {
    .action = &scim_template_add,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TEMPLATE_TAKEN, SCIM_STMT_ADMIN_TEMPLATE_GIFTS),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TEMPLATE_ADD, SCIM_STMT_ADMIN_RULES_RAISE),
};

static const scim_admin_change_t set = {
    .action = &scim_template_set,
    .looks =
        SCIM_STATEMENTS(SCIM_STMT_ADMIN_TEMPLATE_HOLD, SCIM_STMT_ADMIN_TEMPLATE_TAKEN, SCIM_STMT_ADMIN_TEMPLATE_GIFTS),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TEMPLATE_SET, SCIM_STMT_ADMIN_RULES_RAISE),
};

static const scim_admin_change_t take_away = {
    .action = &scim_template_remove,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TEMPLATE_HOLD),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TEMPLATE_REMOVE, SCIM_STMT_ADMIN_RULES_RAISE),
};

#define TEMPLATES "/tenants/{tenant}/templates"
#define TEMPLATE  TEMPLATES "/{template}"
#define PREVIEW   "/tenants/{tenant}/template-preview"

const scim_admin_op_t scim_admin_template_ops[] = {
    {.noun = "template",
     .verb = "list",
     .method = "GET",
     .path = TEMPLATES,
     .statement = SCIM_STMT_ADMIN_TEMPLATE_LIST,
     .args = list_args,
     .fields = fields,
     .flags = SCIM_OP_LIST,
     .summary = "show the templates of a tenant, in the order in which they are applied"},
    {.noun = "template",
     .verb = "show",
     .argument = "template",
     .method = "GET",
     .path = TEMPLATE,
     .statement = SCIM_STMT_ADMIN_TEMPLATE_SHOW,
     .missing = &scim_template_missing,
     .fields = fields,
     .summary = "show a template, by its id or name"},
    {.noun = "template",
     .verb = "add",
     .argument = "name",
     .method = "POST",
     .path = TEMPLATES,
     .change = &add,
     .args = add_args,
     .fields = fields,
     .id_field = "id",
     .flags = SCIM_OP_CREATES | SCIM_OP_FILTERS,
     .prepare = compile,
     .summary = "add a template: what new users get"},
    {.noun = "template",
     .verb = "set",
     .argument = "template",
     .method = "PATCH",
     .path = TEMPLATE,
     .change = &set,
     .args = set_args,
     .fields = fields,
     .flags = SCIM_OP_FILTERS,
     .prepare = compile,
     .summary = "change a template; existing users stay as they are"},
    {.noun = "template",
     .verb = "remove",
     .argument = "template",
     .method = "DELETE",
     .path = TEMPLATE,
     .change = &take_away,
     .fields = fields,
     .flags = SCIM_OP_EMPTY,
     .summary = "delete a template; users keep what it gave"},
    {.noun = "template",
     .verb = "preview",
     .method = "GET",
     .path = PREVIEW,
     .statement = SCIM_STMT_ADMIN_TEMPLATE_PREVIEW,
     .missing = &scim_template_missing,
     .carry = preview,
     .args = preview_args,
     .fields = preview_fields,
     .flags = SCIM_OP_LIST | SCIM_OP_FILTERS | SCIM_OP_ORDERED,
     .summary = "show existing users that a template or a condition matches"},
    {.noun = "template",
     .verb = "count",
     .method = "GET",
     .path = PREVIEW "/count",
     .statement = SCIM_STMT_ADMIN_TEMPLATE_COUNT,
     .missing = &scim_template_missing,
     .carry = count,
     .args = count_args,
     .fields = count_fields,
     .flags = SCIM_OP_FILTERS | SCIM_OP_ORDERED,
     .summary = "count existing users that a template or a condition matches"},
    {.noun = NULL},
};
