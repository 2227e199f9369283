#include "search_sql.h"

#include <apr_strings.h>
#include <string.h>

#include "filter_operand.h"

/* Keys that can be compared with each other; each class becomes one expression of the order. */
typedef enum { KEY_TEXT, KEY_TIME, KEY_NUMBER, KEY_UUID, KEY_CLASSES } key_class_e;

static const key_class_e classes[] = {
    [SCIM_OPERAND_NONE] = KEY_TEXT,    [SCIM_OPERAND_TEXT] = KEY_TEXT, [SCIM_OPERAND_FOLDED] = KEY_TEXT,
    [SCIM_OPERAND_UUID] = KEY_UUID,    [SCIM_OPERAND_TIME] = KEY_TIME, [SCIM_OPERAND_NUMBER] = KEY_NUMBER,
    [SCIM_OPERAND_COMPLEX] = KEY_TEXT,
};

typedef struct sort_key_t {
    const char *sql; /* NULL where the type has no such attribute */
    key_class_e class;
} sort_key_t;

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

/* A column of r has the order of code points already, and perhaps an index in that order. */
static const char *ordered_text(const scim_operand_t *operand, apr_pool_t *pool)
{
    if (operand->kind == SCIM_OPERAND_TEXT && operand->fold)
        return apr_pstrcat(pool, "scim.fold(", operand->sql, ") collate \"C\"", NULL);
    return strncmp(operand->sql, "r.", 2) == 0 ? operand->sql : apr_pstrcat(pool, operand->sql, " collate \"C\"", NULL);
}

static scim_error_t *make_key(sort_key_t *out, const scim_target_t *target, apr_pool_t *pool)
{
    const scim_attr_t *attr = target->sort, *sub = target->sort_sub;
    scim_operand_t operand;

    memset(out, 0, sizeof(*out));
    if (!attr)
        return NULL;
    operand = scim_operand_first(attr, sub, target->type, pool);
    if (!operand.sql)
        return scim_error_typed(pool, SCIM_INVALID_VALUE, "sortBy: sorting by \"%s%s%s\" is not supported.", attr->name,
                                sub ? "." : "", sub ? sub->name : "");
    out->class = classes[operand.kind];
    out->sql = out->class == KEY_TEXT ? ordered_text(&operand, pool) : operand.sql;
    return NULL;
}

static int all_equal(const sort_key_t *keys, int n)
{
    for (int i = 0; i < n; i++) {
        if (!keys[i].sql || strcmp(keys[i].sql, keys[0].sql) != 0)
            return 0;
    }
    return 1;
}

/* The key of one class: of each type its own. Nothing where no type has one. */
static void put_class(scim_buf_t *out, key_class_e class, const sort_key_t *keys, const scim_search_t *search)
{
    const char *before = "case r.type";

    for (int i = 0; i < search->targets->nelts; i++) {
        const scim_target_t *target = &APR_ARRAY_IDX(search->targets, i, scim_target_t);

        if (!keys[i].sql || keys[i].class != class)
            continue;
        scim_buf_printf(out, "%s when %s then %s", before, scim_operand_literal(target->type->name, out->pool),
                        keys[i].sql);
        before = "";
    }
    if (!*before)
        scim_buf_puts(out, search->descending ? " end desc, " : " end, ");
}

scim_error_t *scim_search_order(scim_buf_t *out, const scim_search_t *search, apr_pool_t *pool)
{
    int n = search->targets->nelts;
    sort_key_t *keys = apr_pcalloc(pool, (size_t)n * sizeof(*keys));

    if (!search->sorted)
        return NULL;
    for (int i = 0; i < n; i++) {
        scim_error_t *error = make_key(&keys[i], &APR_ARRAY_IDX(search->targets, i, scim_target_t), pool);

        if (error)
            return error;
    }
    /* PostgreSQL puts null last, and with `desc` first, as RFC 7644 wants it. */
    if (all_equal(keys, n)) {
        scim_buf_puts(out, keys[0].sql);
        scim_buf_puts(out, search->descending ? " desc, " : ", ");
        return NULL;
    }
    for (int class = 0; class < KEY_CLASSES; class ++)
        put_class(out, (key_class_e) class, keys, search);
    return NULL;
}

/* Whether indexes answer the filters of all targets; 0 where there are none. */
static int is_answered(const scim_search_t *search, const apr_array_header_t *indexed, apr_pool_t *pool)
{
    for (int i = 0; i < search->targets->nelts; i++) {
        const scim_target_t *target = &APR_ARRAY_IDX(search->targets, i, scim_target_t);

        if (!target->filter || !scim_filter_answered(target->filter, target->type, indexed, pool))
            return 0;
    }
    return 1;
}

scim_error_t *scim_search_error(scim_error_t *error, const scim_search_t *search, const apr_array_header_t *indexed,
                                apr_pool_t *pool)
{
    int filtered = APR_ARRAY_IDX(search->targets, 0, scim_target_t).filter != NULL;
    scim_error_t *too_many;

    if (!error || !error->late || (!filtered && !search->sorted) || is_answered(search, indexed, pool))
        return error;
    too_many = scim_error_typed(pool, SCIM_TOO_MANY,
                                "The query has to read more resources than this server can in the time that it allows. "
                                "Narrow it down by an attribute that is indexed, such as userName, with \"eq\"%s.",
                                search->sorted ? ", or leave the sorting out" : "");
    too_many->cause = error->cause;
    return too_many;
}
