/* Templates: what new users get. Their conditions are SCIM filters, which are compiled here. */
#include "admin_ops.h"
#include "filter_sql.h"
#include "scim/json.h"

static const scim_admin_field_t fields[] = {
    {"id", SCIM_ARG_TEXT, NULL, "its id"},
    {"name", SCIM_ARG_TEXT, "Name", "what it is called"},
    {"priority", SCIM_ARG_INT, "Priority", "its place in the order in which templates are applied, the lowest first"},
    {"condition", SCIM_ARG_TEXT, "Condition", "the users that it is for, as a SCIM filter; null: all"},
    {"role", SCIM_ARG_TEXT, "Role", "the role that it gives to whom has none yet; null: none"},
    {"groups", SCIM_ARG_LIST, "Groups", "the groups that it makes users members of"},
    {"subscriptions", SCIM_ARG_LIST, "Subscriptions", "the subscriptions that it grants"},
    {"flags", SCIM_ARG_LIST, "Flags", "the flags that it sets"},
    {"created", SCIM_ARG_TIME, NULL, "when it was made"},
    {"lastModified", SCIM_ARG_TIME, NULL, "when it was changed last"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t preview_fields[] = {
    {"id", SCIM_ARG_TEXT, "Id", "the user's id"},
    {"userName", SCIM_ARG_TEXT, "User name", "its userName"},
    {"displayName", SCIM_ARG_TEXT, "Name", "what it is called; null: nothing"},
    {"source", SCIM_ARG_TEXT, "Source", "scim or local"},
    {"active", SCIM_ARG_FLAG, "Active", "whether it is active"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_field_t count_fields[] = {
    {"accounts", SCIM_ARG_INT, "Accounts", "how many users the condition is true of"},
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t list_args[] = {SCIM_ADMIN_LIST_ARGS, {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL}};

#define CONDITION_MAX 8192 /* bytes */

#define CONDITION(FLAGS, HELP)                                                                                         \
    {                                                                                                                  \
        "condition", SCIM_ARG_TEXT, FLAGS, "FILTER", 1, CONDITION_MAX, HELP                                            \
    }

#define GIFTS                                                                                                          \
    {"priority",                                                                                                       \
     SCIM_ARG_INT,                                                                                                     \
     0,                                                                                                                \
     "N",                                                                                                              \
     0,                                                                                                                \
     1000000,                                                                                                          \
     "its place in the order, the lowest first (default: after all others)"},                                          \
        CONDITION(SCIM_ARG_NULLABLE, "whom it is for, as a SCIM filter of users (default: all)"),                      \
        {"role", SCIM_ARG_TEXT, SCIM_ARG_NULLABLE, "ROLE", 1, 200, "a role, for whom none is sent or given before"},   \
        {"groups",                                                                                                     \
         SCIM_ARG_LIST,                                                                                                \
         SCIM_ARG_NULLABLE,                                                                                            \
         "GROUP",                                                                                                      \
         0,                                                                                                            \
         0,                                                                                                            \
         "a group by its id or name; not the identity provider's"},                                                    \
        {"subscriptions", SCIM_ARG_LIST, SCIM_ARG_NULLABLE, "SUBSCRIPTION", 0, 0, "a subscription by its id or name"}, \
    {                                                                                                                  \
        "flags", SCIM_ARG_LIST, SCIM_ARG_NULLABLE, "FLAG", 0, 0, "a flag by its name"                                  \
    }

static const scim_admin_arg_t add_args[] = {
    {"name", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED, "NAME", 1, 200, "what it is called; unique whatever the case"},
    GIFTS,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t set_args[] = {
    {"name", SCIM_ARG_TEXT, 0, "NAME", 1, 200, "what it is called; unique whatever the case"},
    GIFTS,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

#define PREVIEWED                                                                                                      \
    CONDITION(0, "a condition that is not saved yet (default: everybody)"),                                            \
    {                                                                                                                  \
        "template", SCIM_ARG_TEXT, 0, "TEMPLATE", 1, 200, "the template whose condition it is about, by id or name"    \
    }

static const scim_admin_arg_t preview_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    PREVIEWED,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t count_args[] = {PREVIEWED, {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL}};

/* --- conditions --------------------------------------------------------------------------------------------------- */

/* $2 is $1[2] in what is stored: all values are one array. What stands in quotes is a name and stays. */
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

/* An error of the filter is one of the argument. */
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

/* Compiles the condition, if there is one. What is looked up in scim.lookup is not the same for ever, and a stored
 * condition is: it does without. */
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
     .fields = fields,
     .summary = "show a template, by its id or name"},
    {.noun = "template",
     .verb = "add",
     .argument = "name",
     .method = "POST",
     .path = TEMPLATES,
     .statement = SCIM_STMT_ADMIN_TEMPLATE_ADD,
     .args = add_args,
     .fields = fields,
     .id_field = "id",
     .flags = SCIM_OP_CREATES | SCIM_OP_FILTERS,
     .prepare = compile,
     .summary = "make a template: what new users get"},
    {.noun = "template",
     .verb = "set",
     .argument = "template",
     .method = "PATCH",
     .path = TEMPLATE,
     .statement = SCIM_STMT_ADMIN_TEMPLATE_SET,
     .args = set_args,
     .fields = fields,
     .flags = SCIM_OP_FILTERS,
     .prepare = compile,
     .summary = "change a template; users that are there stay as they are"},
    {.noun = "template",
     .verb = "remove",
     .argument = "template",
     .method = "DELETE",
     .path = TEMPLATE,
     .statement = SCIM_STMT_ADMIN_TEMPLATE_REMOVE,
     .fields = fields,
     .flags = SCIM_OP_EMPTY,
     .summary = "take a template away; what it gave stays"},
    {.noun = "template",
     .verb = "preview",
     .method = "GET",
     .path = PREVIEW,
     .statement = SCIM_STMT_ADMIN_TEMPLATE_PREVIEW,
     .args = preview_args,
     .fields = preview_fields,
     .flags = SCIM_OP_LIST | SCIM_OP_FILTERS,
     .prepare = compile,
     .summary = "show which of the users that are there a template or a condition would be for"},
    {.noun = "template",
     .verb = "count",
     .method = "GET",
     .path = PREVIEW "/count",
     .statement = SCIM_STMT_ADMIN_TEMPLATE_COUNT,
     .args = count_args,
     .fields = count_fields,
     .flags = SCIM_OP_FILTERS,
     .prepare = compile,
     .summary = "count the users that a template or a condition would be for"},
    {.noun = NULL},
};
