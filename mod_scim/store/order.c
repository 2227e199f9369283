#include "order.h"

#include <apr_strings.h>
#include <string.h>

#include "filter_operand.h"

/* Classes of keys that can be compared with each other; each class is one expression in the order. */
typedef enum { KEY_TEXT, KEY_TIME, KEY_NUMBER, KEY_UUID, KEY_CLASSES } key_class_e;

#define NO_CLASS ((int)KEY_CLASSES)

static const key_class_e classes[] = {
    [SCIM_OPERAND_NONE] = KEY_TEXT,    [SCIM_OPERAND_TEXT] = KEY_TEXT, [SCIM_OPERAND_FOLDED] = KEY_TEXT,
    [SCIM_OPERAND_UUID] = KEY_UUID,    [SCIM_OPERAND_TIME] = KEY_TIME, [SCIM_OPERAND_NUMBER] = KEY_NUMBER,
    [SCIM_OPERAND_COMPLEX] = KEY_TEXT,
};

/* How a key becomes text, independent of settings, and how it is read back. */
static const struct {
    const char *before;
    const char *after;
    const char *cast;
} forms[] = {
    [KEY_TEXT] = {"", "", "::text"},
    [KEY_TIME] = {"(to_json(", ") #>> '{}')", "::timestamptz"},
    [KEY_NUMBER] = {"(", ")::text", "::numeric"},
    [KEY_UUID] = {"(", ")::text", "::uuid"},
};

/* An indexed column that rises with a key that has no index: rows are read in the column's order, and sorted by the
 * key within each value. `bound` computes the column's value from the key. */
static const struct {
    const char *key;
    const char *sql;
    const char *bound;
} leads[] = {
    {"r.last_modified", "r.modified_hour", "scim.hour"},
};

/* The sort key of one type. */
typedef struct sort_key_t {
    const char *sql; /* NULL: the type does not have the attribute */
    key_class_e class;
    int present; /* never null */
    int partial; /* an index has it in order, but only the rows with a value */
} sort_key_t;

struct scim_order_t {
    const scim_search_t *search;
    sort_key_t *keys;             /* one per target */
    const char *sql[KEY_CLASSES]; /* the expression of each class, of which at most one has a value per row; or NULL */
    int complete;                 /* every resource has a value */
    int partial;                  /* all targets have the same key, and its index has only the rows with a value */
    int ascending;                /* the direction in which the keys are read */
    apr_pool_t *pool;
};

/* A column of r is sorted by code points already, and may have an index in that order. */
static const char *ordered_text(const scim_operand_t *operand, apr_pool_t *pool)
{
    if (operand->kind == SCIM_OPERAND_TEXT && operand->fold)
        return apr_pstrcat(pool, "left(scim.fold(", operand->sql, "), 256) collate \"C\"", NULL);
    return strncmp(operand->sql, "r.", 2) == 0 ? operand->sql
                                               : apr_pstrcat(pool, "left(", operand->sql, ", 256) collate \"C\"", NULL);
}

static scim_error_t *make_key(sort_key_t *out, const scim_target_t *target, apr_pool_t *pool)
{
    const scim_attr_t *attr = target->sort, *sub = target->sort_sub;
    scim_operand_t operand;

    if (!attr)
        return NULL;
    operand = scim_operand_first(attr, sub, target->type, pool);
    if (!operand.sql)
        return scim_error_typed(pool, SCIM_INVALID_VALUE, "sortBy: sorting by \"%s%s%s\" is not supported.", attr->name,
                                sub ? "." : "", sub ? sub->name : "");
    out->class = classes[operand.kind];
    out->sql = scim_operand_key(attr, sub, target->type);
    out->partial = out->sql != NULL;
    if (!out->sql)
        out->sql = out->class == KEY_TEXT ? ordered_text(&operand, pool) : operand.sql;
    out->present = operand.present && !attr->multi_valued;
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

/* The key of one class, with the expression of each type; NULL: no type has one. */
static const char *make_class(const scim_order_t *order, key_class_e class)
{
    const scim_search_t *search = order->search;
    scim_buf_t out;

    scim_buf_init(&out, 128, order->pool);
    for (int i = 0; i < search->targets->nelts; i++) {
        const scim_target_t *target = &APR_ARRAY_IDX(search->targets, i, scim_target_t);

        if (!order->keys[i].sql || order->keys[i].class != class)
            continue;
        scim_buf_printf(&out, "%s when %s then %s", out.len ? "" : "case r.type",
                        scim_operand_literal(target->type->name, order->pool), order->keys[i].sql);
    }
    if (out.len)
        scim_buf_puts(&out, " end");
    return out.len ? out.data : NULL;
}

/* The row in `leads` for a class; -1: none. */
static int lead_of(const scim_order_t *order, int class)
{
    for (int i = 0; i < (int)(sizeof(leads) / sizeof(leads[0])); i++) {
        if (class != NO_CLASS && order->sql[class] && strcmp(order->sql[class], leads[i].key) == 0)
            return i;
    }
    return -1;
}

scim_error_t *scim_order_make(const scim_order_t **out, const scim_search_t *search, apr_pool_t *pool)
{
    scim_order_t *order = apr_pcalloc(pool, sizeof(*order));
    int n = search->targets->nelts;

    *out = order;
    order->search = search;
    order->pool = pool;
    order->ascending = !search->descending == !search->backward;
    order->keys = apr_pcalloc(pool, (size_t)n * sizeof(*order->keys));
    if (!search->sorted)
        return NULL;
    order->complete = 1;
    for (int i = 0; i < n; i++) {
        scim_error_t *error = make_key(&order->keys[i], &APR_ARRAY_IDX(search->targets, i, scim_target_t), pool);

        if (error)
            return error;
        order->complete = order->complete && order->keys[i].present;
    }
    if (all_equal(order->keys, n)) {
        order->sql[order->keys[0].class] = order->keys[0].sql;
        order->partial = order->keys[0].partial && !APR_ARRAY_IDX(search->targets, 0, scim_target_t).filter;
        return NULL;
    }
    for (int class = 0; class < KEY_CLASSES; class ++)
        order->sql[class] = make_class(order, (key_class_e) class);
    return NULL;
}

void scim_order_put_key(scim_buf_t *out, const scim_order_t *order)
{
    const char *before = "coalesce(";

    for (int class = 0; class < KEY_CLASSES; class ++) {
        if (!order->sql[class])
            continue;
        scim_buf_printf(out, "%s%s%s%s", before, forms[class].before, order->sql[class], forms[class].after);
        before = ", ";
    }
    scim_buf_puts(out, ")");
}

static void put_value(scim_sql_t *sql, const char *value, const char *cast)
{
    APR_ARRAY_PUSH(sql->params, const char *) = value;
    scim_buf_printf(&sql->text, "$%d%s", sql->params->nelts, cast);
}

/* Adds the condition for rows with the same key as the position that come after it. */
static void put_tie(scim_sql_t *sql, const scim_order_t *order)
{
    const scim_position_t *after = order->search->after;
    const char *comparison = order->search->backward ? " < " : " > ";

    if (order->search->targets->nelts == 1) {
        scim_buf_printf(&sql->text, "r.id%s", comparison);
        put_value(sql, after->id, "::uuid");
        return;
    }
    scim_buf_printf(&sql->text, "(r.type, r.id)%s(", comparison);
    put_value(sql, after->type ? after->type : "", "::text");
    scim_buf_puts(&sql->text, ", ");
    put_value(sql, after->id, "::uuid");
    scim_buf_puts(&sql->text, ")");
}

/* The class of the position's key. */
static int class_of(const scim_order_t *order)
{
    const scim_search_t *search = order->search;
    int found = 0;

    if (!search->sorted || !search->after->key)
        return NO_CLASS;
    for (int i = 0; search->after->type && i < search->targets->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(search->targets, i, scim_target_t).type->name, search->after->type) == 0)
            found = i;
    }
    return order->keys[found].sql ? (int)order->keys[found].class : NO_CLASS;
}

/* Adds a condition on the keys of the classes before `end`: all are null, or (null = 0) one is not. */
static void put_nulls(scim_sql_t *sql, const scim_order_t *order, int end, int null)
{
    const char *before = null ? "" : "(";

    for (int class = 0; class < end; class ++) {
        if (!order->sql[class])
            continue;
        scim_buf_printf(&sql->text, "%s%s is%s null", before, order->sql[class], null ? "" : " not");
        before = null ? " and " : " or ";
    }
    if (!null)
        scim_buf_puts(&sql->text, ")");
}

static void put_near(scim_sql_t *sql, const scim_order_t *order)
{
    int class = class_of(order);
    int lead = lead_of(order, class);
    const char *comparison = order->ascending ? ">" : "<";

    if (class == NO_CLASS && order->search->sorted) {
        put_nulls(sql, order, KEY_CLASSES, 1);
        scim_buf_puts(&sql->text, " and ");
    }
    if (class == NO_CLASS) {
        put_tie(sql, order);
        return;
    }
    /* An index uses only the first comparison. */
    scim_buf_printf(&sql->text, "%s %s= ", order->sql[class], comparison);
    put_value(sql, order->search->after->key, forms[class].cast);
    if (lead >= 0)
        scim_buf_printf(&sql->text, " and %s %s= %s($%d%s)", leads[lead].sql, comparison, leads[lead].bound,
                        sql->params->nelts, forms[class].cast);
    scim_buf_printf(&sql->text, " and (%s %s $%d%s or ", order->sql[class], comparison, sql->params->nelts,
                    forms[class].cast);
    put_tie(sql, order);
    scim_buf_puts(&sql->text, ")");
}

/* The far rows. Ascending: rows with no key in the position's class or an earlier one. Descending: rows with a key in
 * an earlier class; if the position has no key, all rows with a key. */
static void put_far(scim_sql_t *sql, const scim_order_t *order)
{
    int class = class_of(order);

    put_nulls(sql, order, order->ascending ? class + 1 : class, order->ascending);
}

/* Without a position: whether this part has the rows with a value. */
static int has_values(const scim_order_t *order, scim_order_e which)
{
    return !order->ascending == (which == SCIM_ORDER_FAR);
}

int scim_order_has_after(const scim_order_t *order, scim_order_e which)
{
    return order->search->after || (order->partial && which != SCIM_ORDER_BOTH);
}

void scim_order_put_after(scim_sql_t *sql, const scim_order_t *order, scim_order_e which)
{
    if (!order->search->after) {
        put_nulls(sql, order, KEY_CLASSES, !has_values(order, which));
        return;
    }
    scim_buf_puts(&sql->text, "(");
    if (which != SCIM_ORDER_FAR)
        put_near(sql, order);
    if (which == SCIM_ORDER_BOTH)
        scim_buf_puts(&sql->text, " or ");
    if (which != SCIM_ORDER_NEAR)
        put_far(sql, order);
    scim_buf_puts(&sql->text, ")");
}

/* Whether there is a sort key in the classes from `first` to before `end`. */
static int has_class(const scim_order_t *order, int first, int end)
{
    for (int class = first; class < end; class ++) {
        if (order->sql[class])
            return 1;
    }
    return 0;
}

int scim_order_is_split(const scim_order_t *order)
{
    int class;

    if (!order->search->sorted || !order->search->after)
        return order->partial;
    class = class_of(order);
    if (order->ascending)
        return class != NO_CLASS && (!order->complete || has_class(order, class + 1, KEY_CLASSES));
    return has_class(order, 0, class);
}

/* Whether no row of a part has a value. */
static int is_valueless(const scim_order_t *order, scim_order_e which)
{
    int class;

    if (!order->search->sorted || !scim_order_has_after(order, which) || which == SCIM_ORDER_BOTH)
        return 0;
    if (!order->search->after)
        return !has_values(order, which);
    class = class_of(order);
    if (which == SCIM_ORDER_NEAR)
        return class == NO_CLASS;
    return order->ascending && !has_class(order, class + 1, KEY_CLASSES);
}

/* PostgreSQL sorts nulls last, and first with `desc`, as RFC 7644 demands. */
void scim_order_put(scim_buf_t *out, const scim_order_t *order, scim_order_e which)
{
    const char *back = order->search->backward ? " desc" : "";
    const char *down = order->ascending ? "" : " desc";
    int end = is_valueless(order, which) ? 0 : KEY_CLASSES;

    for (int class = 0; class < end; class ++) {
        int lead = lead_of(order, class);

        if (lead >= 0)
            scim_buf_printf(out, "%s%s, ", leads[lead].sql, down);
        if (order->sql[class])
            scim_buf_printf(out, "%s%s, ", order->sql[class], down);
    }
    if (order->search->targets->nelts > 1)
        scim_buf_printf(out, "r.type%s, ", back);
    scim_buf_printf(out, "r.id%s", back);
}

/* The only class of the search's keys; NO_CLASS: there are several. */
static int only_class(const scim_order_t *order)
{
    int found = NO_CLASS;

    for (int class = 0; class < KEY_CLASSES; class ++) {
        if (!order->sql[class])
            continue;
        if (found != NO_CLASS)
            return NO_CLASS;
        found = class;
    }
    return found;
}

scim_order_by_e scim_order_by(const scim_order_t *order, scim_order_e which)
{
    scim_operand_t key = {.kind = SCIM_OPERAND_NONE};
    int one = order->search->targets->nelts == 1;
    int class = only_class(order);

    if (!order->search->sorted || (order->partial && is_valueless(order, which)))
        return SCIM_BY_INDEX;
    if (class == NO_CLASS || is_valueless(order, which))
        return SCIM_BY_SORT;
    if (order->partial)
        return which == SCIM_ORDER_BOTH ? SCIM_BY_SORT : SCIM_BY_KEY;
    if (lead_of(order, class) >= 0)
        return one ? SCIM_BY_KEY : SCIM_BY_SORT; /* the index is separate for each type */
    key.sql = order->sql[class];
    if (!scim_operand_has_index(&key))
        return SCIM_BY_SORT;
    return one && class == KEY_UUID ? SCIM_BY_INDEX : SCIM_BY_KEY;
}
