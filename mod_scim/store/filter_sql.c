#include "filter_sql.h"

#include <apr_strings.h>
#include <string.h>

#include "filter_operand.h"

typedef struct compiler_t {
    scim_sql_t *sql;
    const scim_resource_type_t *type; /* NULL in SCIM_SCOPE_MEMBER of a value path alone */
    scim_scope_e scope;
    int negated; /* under `not`: a condition may not be null, which costs it its index */
    apr_pool_t *pool;
} compiler_t;

/* `@` stands for the operand, `?` for the parameter. `ne` is never null. */
static const struct {
    const char *text;
    const char *other; /* for times and numbers; NULL where the operator makes no sense or text will do */
} templates[] = {
    [SCIM_EQ] = {"@ = ?", "@ = ?"},
    [SCIM_NE] = {"@ is distinct from ?", "@ is distinct from ?"},
    [SCIM_CO] = {"position(? in @) > 0", NULL},
    [SCIM_SW] = {"starts_with(@, ?)", NULL},
    [SCIM_EW] = {"right(@, length(?)) = ?", NULL},
    [SCIM_GT] = {"@ > ? collate \"C\"", "@ > ?"},
    [SCIM_GE] = {"@ >= ? collate \"C\"", "@ >= ?"},
    [SCIM_LT] = {"@ < ? collate \"C\"", "@ < ?"},
    [SCIM_LE] = {"@ <= ? collate \"C\"", "@ <= ?"},
    [SCIM_PR] = {"@ is not null", "@ is not null"},
};

static scim_error_t *compile(compiler_t *c, const scim_filter_t *filter);

static void put(compiler_t *c, const char *text)
{
    scim_buf_puts(&c->sql->text, text);
}

/* Writes a template with its operand and its parameter. */
static void put_template(compiler_t *c, const char *text, const char *operand, const char *param)
{
    for (; *text; text++) {
        if (*text == '@') {
            put(c, operand);
        } else if (*text == '?') {
            put(c, param);
        } else {
            scim_buf_add(&c->sql->text, text, 1);
        }
    }
}

/* Adds a value and returns the SQL that stands for it, of the type that the operand's kind compares with. */
static const char *add_param(compiler_t *c, const char *value, scim_operand_e kind, int fold)
{
    static const char *const formats[] = {
        [SCIM_OPERAND_NONE] = "$%d::text",
        [SCIM_OPERAND_TEXT] = "$%d::text",
        [SCIM_OPERAND_FOLDED] = "scim.fold($%d::text)",
        [SCIM_OPERAND_UUID] = "$%d::uuid",
        [SCIM_OPERAND_TIME] = "$%d::timestamptz",
        [SCIM_OPERAND_NUMBER] = "$%d::numeric",
        [SCIM_OPERAND_COMPLEX] = "$%d::text",
    };
    char number[16];
    const char *at;

    APR_ARRAY_PUSH(c->sql->params, const char *) = value;
    at = formats[kind == SCIM_OPERAND_TEXT && fold ? SCIM_OPERAND_FOLDED : kind];
    apr_snprintf(number, sizeof(number), "%d", c->sql->params->nelts);
    return apr_pstrcat(c->pool, apr_pstrmemdup(c->pool, at, strcspn(at, "%")), number, strstr(at, "%d") + 2, NULL);
}

/* The value as its parameter is sent; NULL for a UUID that is none. */
static const char *param_value(const scim_filter_t *filter, scim_operand_e kind, apr_pool_t *pool)
{
    char id[SCIM_ID_SIZE], text[SCIM_TIME_SIZE];
    apr_time_t time;

    if (filter->value_kind == SCIM_VALUE_TRUE || filter->value_kind == SCIM_VALUE_FALSE) {
        return filter->value_kind == SCIM_VALUE_TRUE ? "true" : "false";
    }
    if (kind == SCIM_OPERAND_UUID) {
        return scim_id_read(id, filter->value) ? apr_pstrdup(pool, id) : NULL;
    }
    if (kind == SCIM_OPERAND_TIME && scim_time_read(&time, filter->value)) {
        scim_time_format(text, time);
        return apr_pstrdup(pool, text);
    }
    return filter->value;
}

static int asks_presence(const scim_filter_t *filter)
{
    return filter->op == SCIM_PR || filter->value_kind == SCIM_VALUE_NULL;
}

/* `attr eq null`; every other question about presence is `attr pr`. */
static int asks_absence(const scim_filter_t *filter)
{
    return filter->op == SCIM_EQ && filter->value_kind == SCIM_VALUE_NULL;
}

/* A value that is empty is as good as none (RFC 7644 table 3). */
static void put_presence(compiler_t *c, const scim_operand_t *operand, int absence)
{
    if (operand->present) {
        put(c, absence ? "false" : "true");
    } else if (operand->kind == SCIM_OPERAND_TEXT) {
        put_template(c, absence ? "coalesce(@, '') = ''" : "coalesce(@, '') <> ''", operand->sql, "");
    } else if (operand->kind == SCIM_OPERAND_COMPLEX) {
        put_template(c, absence ? "coalesce(@, '{}') = '{}'" : "coalesce(@, '{}') <> '{}'", operand->sql, "");
    } else {
        put_template(c, absence ? "@ is null" : "@ is not null", operand->sql, "");
    }
}

/* The comparison of one value. */
static void put_compare(compiler_t *c, const scim_filter_t *filter, scim_operand_t operand)
{
    int is_other = operand.kind == SCIM_OPERAND_TIME || operand.kind == SCIM_OPERAND_NUMBER;
    int nullable = c->negated && !operand.present && filter->op != SCIM_NE;
    const char *value, *column;

    if (operand.kind == SCIM_OPERAND_UUID && filter->op != SCIM_EQ && filter->op != SCIM_NE) {
        operand = scim_operand_text(&operand, c->pool);
    }
    value = param_value(filter, operand.kind, c->pool);
    if (!value) {
        put(c, filter->op == SCIM_NE ? "true" : "false");
        return;
    }
    column = operand.kind == SCIM_OPERAND_TEXT && operand.fold
                 ? apr_pstrcat(c->pool, "scim.fold(", operand.sql, ")", NULL)
                 : operand.sql;
    put(c, nullable ? "coalesce(" : "");
    put_template(c, is_other ? templates[filter->op].other : templates[filter->op].text, column,
                 add_param(c, value, operand.kind, operand.fold));
    put(c, nullable ? ", false)" : "");
}

static scim_error_t *compile_single(compiler_t *c, const scim_filter_t *filter, const scim_attr_t *attr,
                                    const scim_attr_t *sub)
{
    scim_operand_t operand = scim_operand_find(c->scope, attr, sub, c->type, c->pool);

    if (asks_presence(filter) && (operand.sql || operand.present)) {
        put_presence(c, &operand, asks_absence(filter));
        return NULL;
    }
    if (!operand.sql) {
        const scim_attr_t *parent = sub ? attr : attr->parent;

        return scim_error_typed(c->pool, SCIM_INVALID_FILTER, "Filtering by \"%s%s%s\" is not supported.",
                                parent ? parent->name : "", parent ? "." : "", sub ? sub->name : attr->name);
    }
    put_compare(c, filter, operand);
    return NULL;
}

static void put_from(compiler_t *c, const scim_many_t *many)
{
    put(c, "exists (select 1 from ");
    put(c, many->from);
}

/* `exists` over the values of a multi-valued attribute, with `inner` as the condition on one of them. */
static scim_error_t *compile_any(compiler_t *c, const scim_many_t *many, const scim_filter_t *inner)
{
    compiler_t element = *c;
    scim_error_t *err;

    element.scope = many->scope;
    element.negated = 0;
    put_from(c, many);
    put(c, " where ");
    if (many->on) {
        put(c, many->on);
        put(c, " and ");
    }
    err = compile(&element, inner);
    put(c, ")");
    return err;
}

/* Whether the attribute has any value at all. */
static void put_any(compiler_t *c, const scim_many_t *many)
{
    put_from(c, many);
    if (many->on) {
        put(c, " where ");
        put(c, many->on);
    }
    put(c, ")");
}

/* Writes the condition by which an index finds `attr` eq `value`; 0 where there is none. */
static int put_keyed(compiler_t *c, const scim_filter_t *filter, const scim_attr_t *attr, const scim_attr_t *sub)
{
    scim_operand_e kind;
    const char *value, *keyed = scim_operand_keyed(&kind, attr, sub, c->type);

    if (!keyed || filter->op != SCIM_EQ || filter->value_kind != SCIM_VALUE_STRING) {
        return 0;
    }
    value = param_value(filter, kind, c->pool);
    if (value) {
        put_template(c, keyed, "", add_param(c, value, kind, 0));
    } else {
        put(c, "false");
    }
    return 1;
}

static scim_error_t *compile_many(compiler_t *c, const scim_filter_t *filter)
{
    scim_many_t many = scim_operand_many(filter->attr, c->type, c->pool);
    scim_filter_t leaf = *filter;
    scim_error_t *err;

    leaf.attr = filter->sub ? filter->sub : filter->attr;
    leaf.sub = NULL;
    if (asks_presence(filter)) {
        put(c, asks_absence(filter) ? "not " : "");
        if (!filter->sub) {
            put_any(c, &many);
            return NULL;
        }
        leaf.op = SCIM_PR;
        return compile_any(c, &many, &leaf);
    }
    if (put_keyed(c, filter, filter->attr, filter->sub)) {
        return NULL;
    }
    if (filter->op != SCIM_NE) {
        return compile_any(c, &many, &leaf);
    }
    put(c, "(");
    err = compile_any(c, &many, &leaf);
    put(c, " or not ");
    put_any(c, &many);
    put(c, ")");
    return err;
}

static scim_error_t *compile_compare(compiler_t *c, const scim_filter_t *filter)
{
    const scim_attr_t *attr = filter->attr, *sub = filter->sub;

    if (filter->absent) {
        put(c, asks_presence(filter) ? (asks_absence(filter) ? "true" : "false")
                                     : (filter->op == SCIM_NE ? "true" : "false"));
        return NULL;
    }
    if (c->scope != SCIM_SCOPE_ROW) {
        return compile_single(c, filter, attr, NULL);
    }
    if (attr->parent) { /* inside the brackets of a singular attribute */
        sub = attr;
        attr = attr->parent;
    }
    return attr->multi_valued ? compile_many(c, filter) : compile_single(c, filter, attr, sub);
}

/* Of the comparisons that all must hold for a value, the first that an index can answer. */
static int put_keyed_part(compiler_t *c, const scim_filter_t *inner, const scim_attr_t *attr)
{
    if (inner->kind == SCIM_FILTER_AND) {
        return put_keyed_part(c, inner->left, attr) || put_keyed_part(c, inner->right, attr);
    }
    return inner->kind == SCIM_FILTER_COMPARE && put_keyed(c, inner, attr, inner->attr);
}

static scim_error_t *compile_value_path(compiler_t *c, const scim_filter_t *filter)
{
    scim_error_t *err;

    if (filter->absent) {
        put(c, "false");
        return NULL;
    }
    put(c, "(");
    if (filter->attr->multi_valued) {
        scim_many_t many = scim_operand_many(filter->attr, c->type, c->pool);

        put(c, put_keyed_part(c, filter->left, filter->attr) ? " and " : "");
        err = compile_any(c, &many, filter->left);
    } else {
        scim_operand_t operand = scim_operand_find(c->scope, filter->attr, NULL, c->type, c->pool);

        put_presence(c, &operand, 0);
        put(c, " and ");
        err = compile(c, filter->left);
    }
    put(c, ")");
    return err;
}

static scim_error_t *compile_both(compiler_t *c, const scim_filter_t *filter, const char *between)
{
    scim_error_t *err;

    put(c, "(");
    err = compile(c, filter->left);
    if (err) {
        return err;
    }
    put(c, between);
    err = compile(c, filter->right);
    put(c, ")");
    return err;
}

static scim_error_t *compile_not(compiler_t *c, const scim_filter_t *filter)
{
    compiler_t inner = *c;
    scim_error_t *err;

    inner.negated = 1;
    put(c, "not (");
    err = compile(&inner, filter->left);
    put(c, ")");
    return err;
}

static scim_error_t *compile(compiler_t *c, const scim_filter_t *filter)
{
    switch (filter->kind) {
    case SCIM_FILTER_AND:
        return compile_both(c, filter, " and ");
    case SCIM_FILTER_OR:
        return compile_both(c, filter, " or ");
    case SCIM_FILTER_NOT:
        return compile_not(c, filter);
    case SCIM_FILTER_COMPARE:
        return compile_compare(c, filter);
    case SCIM_FILTER_VALUE_PATH:
        break;
    }
    return compile_value_path(c, filter);
}

static scim_error_t *compile_all(scim_sql_t *sql, const scim_filter_t *filter, const scim_resource_type_t *type,
                                 scim_scope_e scope, apr_pool_t *pool)
{
    compiler_t c = {sql, type, scope, 0, pool};
    scim_error_t *err;

    put(&c, "(");
    err = compile(&c, filter);
    put(&c, ")");
    return err;
}

scim_error_t *scim_filter_sql(scim_sql_t *sql, const scim_filter_t *filter, const scim_resource_type_t *type,
                              apr_pool_t *pool)
{
    return compile_all(sql, filter, type, SCIM_SCOPE_ROW, pool);
}

scim_error_t *scim_member_filter_sql(scim_sql_t *sql, const scim_filter_t *filter, apr_pool_t *pool)
{
    return compile_all(sql, filter, NULL, SCIM_SCOPE_MEMBER, pool);
}
