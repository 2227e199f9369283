/*
 * Any text as a filter: reading it twice gives the same result, the SQL depends only on the filter's shape, and
 * contains no value of the client.
 */
#include "scim/filter.h"

#include <apr_strings.h>
#include <string.h>

#include "fuzz.h"
#include "store/filter_sql.h"

/* Replaces each string of the client; no name in a schema or statement is similar. */
#define MARK      "zq9 mark"
#define MARK_ID   "0fedcba9-8765-4321-8fed-cba987654321"
#define MARK_TIME "2031-07-05T03:04:05Z"

typedef scim_error_t *compile_t(scim_sql_t *sql, const scim_filter_t *filter, const scim_resource_type_t *type,
                                apr_pool_t *pool);

/* UUIDs and times must keep their form, because others are refused, or match nothing. */
static const char *mark(const scim_filter_t *filter)
{
    const scim_attr_t *leaf = filter->sub ? filter->sub : filter->attr;
    char id[SCIM_ID_SIZE];

    if (leaf->type == SCIM_DATETIME)
        return MARK_TIME;
    return scim_id_read(id, filter->value) ? MARK_ID : MARK;
}

/* A copy of the filter with other values. */
static const scim_filter_t *marked(const scim_filter_t *filter, apr_pool_t *pool)
{
    scim_filter_t *copy = apr_pmemdup(pool, filter, sizeof(*filter));

    if (copy->kind == SCIM_FILTER_COMPARE) {
        if (copy->op != SCIM_PR && copy->value_kind == SCIM_VALUE_STRING)
            copy->value = mark(filter);
        else if (copy->op != SCIM_PR && copy->value_kind == SCIM_VALUE_NUMBER)
            copy->value = "7770777";
        return copy;
    }
    copy->left = marked(copy->left, pool);
    if (copy->kind == SCIM_FILTER_AND || copy->kind == SCIM_FILTER_OR)
        copy->right = marked(copy->right, pool);
    return copy;
}

static scim_error_t *to_sql(scim_sql_t *sql, compile_t *compile, const scim_filter_t *filter,
                            const scim_resource_type_t *type, apr_pool_t *pool)
{
    scim_buf_init(&sql->text, 64, pool);
    sql->params = apr_array_make(pool, 4, sizeof(const char *));
    APR_ARRAY_PUSH(sql->params, const char *) = "tenant";
    return compile(sql, filter, type, pool);
}

/* The text uses every parameter, and no others; each value is a string without NUL. */
static void check_params(const scim_sql_t *sql)
{
    int last = 1;

    for (const char *at = sql->text.data; (at = strchr(at, '$')); at++) {
        int number = 0;

        for (const char *digit = at + 1; *digit >= '0' && *digit <= '9'; digit++)
            number = 10 * number + (*digit - '0');
        FUZZ_CHECK(number <= sql->params->nelts); /* 0: the `$` in a name, such as $ref */
        last = number > last ? number : last;
    }
    FUZZ_CHECK(last == sql->params->nelts || sql->params->nelts == 1);
    for (int i = 0; i < sql->params->nelts; i++) {
        const char *value = APR_ARRAY_IDX(sql->params, i, const char *);

        FUZZ_CHECK(value && scim_utf8_valid(value, strlen(value)) == strlen(value));
    }
}

static void check_sql(compile_t *compile, const scim_filter_t *filter, const scim_resource_type_t *type,
                      apr_pool_t *pool)
{
    scim_sql_t sql = {0}, other = {0};
    scim_error_t *error = to_sql(&sql, compile, filter, type, pool);

    fuzz_same_error(error, to_sql(&other, compile, marked(filter, pool), type, pool));
    if (error) {
        fuzz_error(error, pool);
        return;
    }
    FUZZ_CHECK(!strstr(other.text.data, MARK) && !strstr(other.text.data, MARK_ID));
    FUZZ_CHECK(!strstr(other.text.data, MARK_TIME) && !strstr(other.text.data, "7770777"));
    check_params(&sql);
}

static void check_filter(const char *text, const scim_resource_type_t *type, unsigned allowed, apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = allowed}, again = {.allowed = allowed};
    const scim_filter_t *filter, *other;
    scim_error_t *error = scim_filter_read(&filter, text, type, &leniency, pool);
    scim_buf_t one, two;

    fuzz_same_error(error, scim_filter_read(&other, text, type, &again, pool));
    FUZZ_CHECK(leniency.used == again.used && !(leniency.used & SCIM_LENIENT_ALL & ~allowed));
    if (error) {
        fuzz_error(error, pool);
        return;
    }
    scim_buf_init(&one, 64, pool);
    scim_buf_init(&two, 64, pool);
    fuzz_put_filter(&one, filter);
    fuzz_put_filter(&two, other);
    FUZZ_CHECK(strcmp(one.data, two.data) == 0);
    check_sql(scim_filter_sql, filter, type, pool);
}

static scim_error_t *member_sql(scim_sql_t *sql, const scim_filter_t *filter, const scim_resource_type_t *type,
                                apr_pool_t *pool)
{
    (void)type;
    return scim_member_filter_sql(sql, filter, pool);
}

/* The text as the filter in members[...], and in emails[...], which is evaluated in memory. */
static void check_values(const char *text, unsigned allowed, apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = allowed};
    const scim_resource_type_t *type = fuzz_type("Group");
    const scim_filter_t *filter;
    json_object *emails;

    if (!scim_filter_read_values(&filter, text, strlen(text), type->members, &leniency, pool))
        check_sql(member_sql, filter, type, pool);
    type = fuzz_type("User");
    if (scim_filter_read_values(&filter, text, strlen(text), scim_type_attr(type, "emails", 6), &leniency, pool))
        return;
    emails = json_object_object_get(fuzz_stored(type, pool), "emails");
    for (size_t i = 0; i < json_object_array_length(emails); i++) {
        scim_filter_t negation = {.kind = SCIM_FILTER_NOT, .left = filter};
        json_object *email = json_object_array_get_idx(emails, i);

        FUZZ_CHECK(scim_filter_matches(filter, email, pool) != scim_filter_matches(&negation, email, pool));
    }
}

void fuzz_filter(const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    if (scim_utf8_valid(bytes, strlen(bytes)) != strlen(bytes))
        return; /* JSON and queries are checked before, and contain nothing else */
    (void)len;
    for (const scim_resource_type_t *const *type = fuzz_types(); *type; type++) {
        check_filter(bytes, *type, SCIM_LENIENT_ALL, pool);
        check_filter(bytes, *type, SCIM_LENIENT_NONE, pool);
    }
    check_values(bytes, SCIM_LENIENT_ALL, pool);
    check_values(bytes, SCIM_LENIENT_NONE, pool);
}
