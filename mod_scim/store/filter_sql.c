#include "filter_sql.h"

#include <apr_strings.h>
#include <string.h>

#include "filter_operand.h"

typedef struct compiler_t {
    scim_sql_t *sql;
    const scim_resource_type_t *type; /* NULL in SCIM_SCOPE_MEMBER, for a value path */
    scim_scope_e scope;
    int negated;  /* inside `not`, so a condition must not be null */
    int scanned;  /* the surrounding condition needs a scan, so an index on this part does not help */
    int answered; /* indexes can answer the surrounding condition, and so each part of an `or` */
    apr_pool_t *pool;
} compiler_t;

/* `@` is the operand, `?` the parameter. The result of `ne` is never null. */
static const struct {
    const char *text;
    const char *other; /* for times and numbers; NULL: the operator is not allowed, or compares text */
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

#define PREFIX_MIN 3                              /* bytes */
#define LONG_AGO   apr_time_from_sec(366 * 86400) /* nearly all resources were modified after it */
#define JUST_NOW   apr_time_from_sec(86400)       /* nearly all resources were modified before it */

static scim_error_t *compile(compiler_t *c, const scim_filter_t *filter);

static void put(compiler_t *c, const char *text)
{
    scim_buf_puts(&c->sql->text, text);
}

/* Adds a template, with operand and parameter inserted. */
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

/* Folds ASCII like scim.fold(); NULL: only the database can fold the value. Calls of scim.fold() in a statement would
 * be planned again for each execution. */
static const char *fold_ascii(const char *value, apr_pool_t *pool)
{
    char *folded = apr_pstrdup(pool, value), *at;

    for (at = folded; *at; at++) {
        if (*at & 0x80) {
            return NULL;
        }
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at | 0x20 : *at);
    }
    return folded;
}

/* Adds a value, and returns its SQL with the type that the operand's kind needs. */
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
    const char *at, *folded = NULL;

    if (kind == SCIM_OPERAND_FOLDED || (kind == SCIM_OPERAND_TEXT && fold)) {
        folded = fold_ascii(value, c->pool);
        kind = folded ? SCIM_OPERAND_TEXT : SCIM_OPERAND_FOLDED;
    }
    APR_ARRAY_PUSH(c->sql->params, const char *) = folded ? folded : value;
    at = formats[kind];
    apr_snprintf(number, sizeof(number), "%d", c->sql->params->nelts);
    return apr_pstrcat(c->pool, apr_pstrmemdup(c->pool, at, strcspn(at, "%")), number, strstr(at, "%d") + 2, NULL);
}

/* The value as it is sent; NULL: not a valid UUID. */
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

/* `attr eq null`; all other tests of presence mean `attr pr`. */
static int asks_absence(const scim_filter_t *filter)
{
    return filter->op == SCIM_EQ && filter->value_kind == SCIM_VALUE_NULL;
}

/* The result of a comparison with an attribute that the type does not have. */
static int absent_holds(const scim_filter_t *filter)
{
    return asks_presence(filter) ? asks_absence(filter) : filter->op == SCIM_NE;
}

/* An empty value counts as absent (RFC 7644 table 3). */
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

/* Adds the comparison of one value. */
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

/* Whether so few rows may match that sorting them is faster than reading in order until the page is full. A short
 * prefix is not selective, nor is a time that nearly all resources are after or before. */
static int is_selective(const scim_filter_t *filter, scim_operand_e kind)
{
    apr_time_t time, now = apr_time_now();

    if (filter->op == SCIM_SW) {
        return strlen(filter->value) >= PREFIX_MIN;
    }
    if (kind != SCIM_OPERAND_TIME || filter->op == SCIM_EQ || !scim_time_read(&time, filter->value)) {
        return 1;
    }
    return filter->op == SCIM_GT || filter->op == SCIM_GE ? time > now - LONG_AGO : time < now - JUST_NOW;
}

/* Finds the hint of a comparison; 0: none. */
static int find_hint(scim_hint_t *hint, const compiler_t *c, const scim_filter_t *filter, const scim_attr_t *attr,
                     const scim_attr_t *sub)
{
    return filter->value_kind == SCIM_VALUE_STRING &&
           scim_operand_hint(hint, filter->op, attr, sub, c->type, c->sql->indexed, c->pool) &&
           is_selective(filter, hint->kind);
}

/* Adds the condition by which an index finds the rows that may match `attr op value`; 0: there is none. *exact: no
 * other condition is needed. */
static int put_hint(compiler_t *c, int *exact, const scim_filter_t *filter, const scim_attr_t *attr,
                    const scim_attr_t *sub)
{
    scim_hint_t hint;
    const char *value;

    *exact = 0;
    if (!find_hint(&hint, c, filter, attr, sub) || (c->scanned && !hint.scan)) {
        return 0;
    }
    value = param_value(filter, hint.kind, c->pool);
    if (value) {
        put_template(c, c->scanned ? hint.scan : hint.sql, "", add_param(c, value, hint.kind, 0));
    } else {
        put(c, "false");
    }
    *exact = hint.scan != NULL;
    return 1;
}

static scim_error_t *compile_single(compiler_t *c, const scim_filter_t *filter, const scim_attr_t *attr,
                                    const scim_attr_t *sub)
{
    scim_operand_t operand = scim_operand_find(c->scope, attr, sub, c->type, c->pool);
    int exact;

    if (asks_presence(filter) && (operand.sql || operand.present)) {
        put_presence(c, &operand, asks_absence(filter));
        return NULL;
    }
    if (!operand.sql) {
        const scim_attr_t *parent = sub ? attr : attr->parent;

        return scim_error_typed(c->pool, SCIM_INVALID_FILTER, "Filtering by \"%s%s%s\" is not supported.",
                                parent ? parent->name : "", parent ? "." : "", sub ? sub->name : attr->name);
    }
    if (c->scope == SCIM_SCOPE_ROW && put_hint(c, &exact, filter, attr, sub)) {
        put(c, " and ");
    }
    put_compare(c, filter, operand);
    return NULL;
}

static void put_from(compiler_t *c, const scim_many_t *many)
{
    put(c, "exists (select 1 from ");
    put(c, many->from);
}

/* Adds `exists` over the values of a multi-valued attribute, with the condition `inner` on one value. */
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

/* Adds the test whether a multi-valued attribute has any value. */
static void put_any(compiler_t *c, const scim_many_t *many)
{
    put_from(c, many);
    if (many->on) {
        put(c, " where ");
        put(c, many->on);
    }
    put(c, ")");
}

static scim_error_t *compile_many(compiler_t *c, const scim_filter_t *filter)
{
    scim_many_t many = scim_operand_many(filter->attr, c->type, c->pool);
    scim_filter_t leaf = *filter;
    scim_error_t *err;
    int exact;

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
    if (filter->op != SCIM_NE) {
        if (put_hint(c, &exact, filter, filter->attr, filter->sub)) {
            if (exact) {
                return NULL;
            }
            put(c, " and ");
        }
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
        put(c, absent_holds(filter) ? "true" : "false");
        return NULL;
    }
    if (c->scope != SCIM_SCOPE_ROW) {
        return compile_single(c, filter, attr, NULL);
    }
    if (attr->parent) { /* a sub-attribute, in the brackets of a singular attribute */
        sub = attr;
        attr = attr->parent;
    }
    return attr->multi_valued ? compile_many(c, filter) : compile_single(c, filter, attr, sub);
}

/* Adds the hint of the first comparison that an index can answer, among those that a value must all match. */
static int put_part_hint(compiler_t *c, const scim_filter_t *inner, const scim_attr_t *attr)
{
    int exact;

    if (inner->kind == SCIM_FILTER_AND) {
        return put_part_hint(c, inner->left, attr) || put_part_hint(c, inner->right, attr);
    }
    return inner->kind == SCIM_FILTER_COMPARE &&
           put_hint(c, &exact, inner, attr, inner->attr == attr ? NULL : inner->attr);
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

        put(c, put_part_hint(c, filter->left, filter->attr) ? " and " : "");
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

static int part_answered(const compiler_t *c, const scim_filter_t *inner, const scim_attr_t *attr)
{
    scim_hint_t hint;

    if (inner->kind == SCIM_FILTER_AND) {
        return part_answered(c, inner->left, attr) || part_answered(c, inner->right, attr);
    }
    return inner->kind == SCIM_FILTER_COMPARE &&
           find_hint(&hint, c, inner, attr, inner->attr == attr ? NULL : inner->attr);
}

static int compare_answered(const compiler_t *c, const scim_filter_t *filter)
{
    const scim_attr_t *attr = filter->attr->parent ? filter->attr->parent : filter->attr;
    const scim_attr_t *sub = filter->attr->parent ? filter->attr : filter->sub;
    scim_operand_t operand;
    scim_hint_t hint;

    if (filter->absent) {
        return !absent_holds(filter);
    }
    if (find_hint(&hint, c, filter, attr, sub)) {
        return 1;
    }
    if (attr->multi_valued || filter->op != SCIM_EQ || filter->value_kind != SCIM_VALUE_STRING) {
        return 0;
    }
    operand = scim_operand_find(SCIM_SCOPE_ROW, attr, sub, c->type, c->pool);
    return scim_operand_has_index(&operand);
}

/* Whether indexes find all rows that a filter matches: for `and`, one part is enough; for `or`, both are necessary. */
static int is_answered(const compiler_t *c, const scim_filter_t *filter)
{
    switch (filter->kind) {
    case SCIM_FILTER_AND:
        return is_answered(c, filter->left) || is_answered(c, filter->right);
    case SCIM_FILTER_OR:
        return is_answered(c, filter->left) && is_answered(c, filter->right);
    case SCIM_FILTER_NOT:
        return 0;
    case SCIM_FILTER_COMPARE:
        return compare_answered(c, filter);
    case SCIM_FILTER_VALUE_PATH:
        break;
    }
    if (filter->absent) {
        return 1;
    }
    return filter->attr->multi_valued ? part_answered(c, filter->left, filter->attr) : is_answered(c, filter->left);
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

/* Adds the ids of `id eq "a" or id eq "b"` to an SQL array; 0: it is another filter. */
static int collect_ids(scim_buf_t *ids, const scim_filter_t *filter, const scim_resource_type_t *type)
{
    char id[SCIM_ID_SIZE];

    if (filter->kind == SCIM_FILTER_OR) {
        return collect_ids(ids, filter->left, type) && collect_ids(ids, filter->right, type);
    }
    if (filter->kind != SCIM_FILTER_COMPARE || filter->absent || filter->op != SCIM_EQ || filter->sub ||
        filter->value_kind != SCIM_VALUE_STRING || filter->attr->parent || filter->attr->schema != type->common ||
        strcmp(filter->attr->key, "id") != 0) {
        return 0;
    }
    if (scim_id_read(id, filter->value)) {
        scim_buf_puts(ids, ids->len > 1 ? "," : "");
        scim_buf_puts(ids, id);
    }
    return 1;
}

/* Any number of ids is one parameter, so that the statement has one text and one plan. */
static int put_ids(compiler_t *c, const scim_filter_t *filter)
{
    scim_buf_t ids;

    scim_buf_init(&ids, 256, c->pool);
    scim_buf_puts(&ids, "{");
    if (c->scope != SCIM_SCOPE_ROW || !collect_ids(&ids, filter, c->type)) {
        return 0;
    }
    scim_buf_puts(&ids, "}");
    APR_ARRAY_PUSH(c->sql->params, const char *) = ids.data;
    put(c, apr_psprintf(c->pool, "r.id = any ($%d::uuid[])", c->sql->params->nelts));
    return 1;
}

static scim_error_t *compile_or(compiler_t *c, const scim_filter_t *filter)
{
    compiler_t part = *c;

    if (put_ids(c, filter)) {
        return NULL;
    }
    if (c->scope == SCIM_SCOPE_ROW && !c->scanned && !c->answered) {
        part.answered = is_answered(c, filter);
        part.scanned = !part.answered;
    }
    return compile_both(&part, filter, " or ");
}

static scim_error_t *compile_and(compiler_t *c, const scim_filter_t *filter)
{
    compiler_t part = *c;

    part.answered = 0;
    return compile_both(&part, filter, " and ");
}

static scim_error_t *compile_not(compiler_t *c, const scim_filter_t *filter)
{
    compiler_t inner = *c;
    scim_error_t *err;

    inner.negated = 1;
    inner.scanned = 1;
    put(c, "not (");
    err = compile(&inner, filter->left);
    put(c, ")");
    return err;
}

static scim_error_t *compile(compiler_t *c, const scim_filter_t *filter)
{
    switch (filter->kind) {
    case SCIM_FILTER_AND:
        return compile_and(c, filter);
    case SCIM_FILTER_OR:
        return compile_or(c, filter);
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
    compiler_t c = {sql, type, scope, 0, 0, 0, pool};
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

int scim_filter_answered(const scim_filter_t *filter, const scim_resource_type_t *type,
                         const apr_array_header_t *indexed, apr_pool_t *pool)
{
    scim_sql_t sql = {.indexed = indexed};
    const compiler_t c = {&sql, type, SCIM_SCOPE_ROW, 0, 0, 0, pool};

    return is_answered(&c, filter);
}

scim_error_t *scim_member_filter_sql(scim_sql_t *sql, const scim_filter_t *filter, apr_pool_t *pool)
{
    return compile_all(sql, filter, NULL, SCIM_SCOPE_MEMBER, pool);
}
