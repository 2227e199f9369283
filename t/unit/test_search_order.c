/*
 * The order of a search in SQL, and positions in it.
 */
#include "store/order.h"

#include <string.h>

#include "unit.h"

#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define PRIMARY(attr)                                                                                                  \
    "coalesce(jsonb_path_query_first(r.doc -> '" attr "', '$[*] ? (@.primary == true)'), r.doc -> '" attr "' -> 0)"
#define ID "01890a5d-ac96-774b-bcce-b302099a8057"

static scim_search_t *search;
static const scim_order_t *order;

/* `type` NULL: all types. */
static void resolve(const char *type, const char *by, const char *direction)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    scim_query_t asked = {.sort_by = by, .sort_order = direction, .start_index = 1, .count = 4};
    apr_array_header_t *types = apr_array_make(unit_pool, 2, sizeof(const scim_resource_type_t *));

    if (!type || strcmp(type, "Group") == 0)
        APR_ARRAY_PUSH(types, const scim_resource_type_t *) = unit_type("Group");
    if (!type || strcmp(type, "User") == 0)
        APR_ARRAY_PUSH(types, const scim_resource_type_t *) = unit_type("User");
    UNIT_OK(scim_search_read(&search, &asked, types, &leniency, unit_pool));
}

/* A name that is a text attribute of users and a number of groups. */
static void resolve_mixed(const char *direction)
{
    static scim_attr_t number;

    number = *scim_type_attr(unit_type("User"), "title", 5);
    number.type = SCIM_INTEGER;
    number.schema = unit_type("Group")->schema;
    resolve(NULL, "title", direction);
    APR_ARRAY_IDX(search->targets, 0, scim_target_t).sort = &number;
}

static const char *ordered(void)
{
    scim_buf_t out;

    scim_buf_init(&out, 16, unit_pool);
    UNIT_OK(scim_order_make(&order, search, unit_pool));
    scim_order_put(&out, order, SCIM_ORDER_NEAR);
    return out.data;
}

static void test_orders(void)
{
    static const struct {
        const char *type, *by, *order, *sql;
    } cases[] = {
        {"User", NULL, "descending", "r.id"},
        {NULL, NULL, NULL, "r.type, r.id"},
        {"User", "userName", NULL, "r.user_name_key, r.id"},
        {"User", "userName", "descending", "r.user_name_key desc, r.id"},
        {"User", "externalId", NULL, "r.external_id, r.id"},
        {"Group", "displayName", NULL, "r.display_name_key, r.id"},
        {"User", "name.familyName", NULL, "r.family_name_key, r.id"},
        {"User", "name.familyName", "descending", "r.id"},
        {"User", ENTERPRISE ":employeeNumber", NULL, "r.employee_number_key, r.id"},
        {NULL, "name.familyName", NULL, "case r.type when 'User' then r.family_name_key end, r.type, r.id"},
        {"User", "id", NULL, "r.id, r.id"},
        {"User", "meta.created", NULL, "r.created, r.id"},
        {"User", "meta.lastModified", "descending", "r.modified_hour desc, r.last_modified desc, r.id"},
        {"User", "meta.version", NULL, "left(('W/\"' || r.version || '\"'), 256) collate \"C\", r.id"},
        {"User", "title", NULL, "left(scim.fold((r.doc ->> 'title')), 256) collate \"C\", r.id"},
        {"User", "active", NULL, "left((r.doc ->> 'active'), 256) collate \"C\", r.id"},
        {"User", ENTERPRISE ":manager.value", NULL,
         "left((r.doc -> '" ENTERPRISE "' -> 'manager' ->> 'value'), 256) collate \"C\", r.id"},
        {"User", "emails", NULL, "left(scim.fold((" PRIMARY("emails") " ->> 'value')), 256) collate \"C\", r.id"},
        {"User", "emails.primary", NULL, "left((" PRIMARY("emails") " ->> 'primary'), 256) collate \"C\", r.id"},
        {"User", "schemas", NULL, "left(((r.doc -> 'schemas' -> 0) #>> '{}'), 256) collate \"C\", r.id"},
        {"Group", "members", NULL,
         "(select m.member_id from scim.membership m join scim.resource u on u.tenant = $1::text and u.id = m.member_id"
         " and u.wire where m.tenant = $1::text and m.group_id = r.id order by m.member_id limit 1),"
         " r.id"},
        {NULL, "displayName", "descending", "r.display_name_key desc, r.type, r.id"},
        {NULL, "userName", NULL, "case r.type when 'User' then r.user_name_key end, r.type, r.id"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        resolve(cases[i].type, cases[i].by, cases[i].order);
        UNIT_STR(ordered(), cases[i].sql);
    }
}

#define TEXT "case r.type when 'User' then left(scim.fold((r.doc ->> 'title')), 256) collate \"C\" end"
#define NUMBER                                                                                                         \
    "case r.type when 'Group' then (case jsonb_typeof((r.doc -> 'title')) when 'number' then"                          \
    " (r.doc -> 'title')::numeric end) end"

static void test_mixed(void)
{
    resolve_mixed("descending");
    UNIT_STR(ordered(), TEXT " desc, " NUMBER " desc, r.type, r.id");
    search->backward = 1;
    UNIT_STR(ordered(), TEXT ", " NUMBER ", r.type desc, r.id desc");
}

static void test_backward(void)
{
    resolve("User", NULL, NULL);
    search->backward = 1;
    UNIT_STR(ordered(), "r.id desc");
    resolve("User", "userName", NULL);
    search->backward = 1;
    UNIT_STR(ordered(), "r.user_name_key desc, r.id desc");
    resolve(NULL, "displayName", "descending");
    search->backward = 1;
    UNIT_STR(ordered(), "r.display_name_key, r.type desc, r.id desc");
}

static void test_unsorted(void)
{
    resolve("Group", "members.$ref", NULL);
    UNIT_ERROR(scim_order_make(&order, search, unit_pool), SCIM_INVALID_VALUE,
               "sortBy: sorting by \"members.$ref\" is not supported.");
}

static void test_keys(void)
{
    static const struct {
        const char *by, *sql;
    } cases[] = {
        {"userName", "coalesce(r.user_name_key)"},
        {"meta.created", "coalesce((to_json(r.created) #>> '{}'))"},
        {"id", "coalesce((r.id)::text)"},
    };
    scim_buf_t out;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        resolve("User", cases[i].by, NULL);
        ordered();
        scim_buf_init(&out, 16, unit_pool);
        scim_order_put_key(&out, order);
        UNIT_STR(out.data, cases[i].sql);
    }
    resolve_mixed(NULL);
    ordered();
    scim_buf_init(&out, 16, unit_pool);
    scim_order_put_key(&out, order);
    UNIT_STR(out.data, "coalesce(" TEXT ", (" NUMBER ")::text)");
}

/* The conditions for the near and far rows after a position, with their values from $2 on. */
static void check_after(const char *key, const char *type, int backward, const char *near, const char *far,
                        const char *values)
{
    scim_position_t *position = apr_pcalloc(unit_pool, sizeof(*position));
    scim_sql_t sql = {.params = apr_array_make(unit_pool, 4, sizeof(const char *))};
    scim_buf_t list;

    position->key = key;
    position->type = type;
    memcpy(position->id, ID, sizeof(position->id));
    search->after = position;
    search->backward = backward;
    UNIT_OK(scim_order_make(&order, search, unit_pool));
    APR_ARRAY_PUSH(sql.params, const char *) = "tenant";
    scim_buf_init(&sql.text, 16, unit_pool);
    scim_order_put_after(&sql, order, SCIM_ORDER_NEAR);
    UNIT_STR(sql.text.data, near);
    scim_buf_init(&list, 16, unit_pool);
    for (int i = 1; i < sql.params->nelts; i++)
        scim_buf_printf(&list, " %s", APR_ARRAY_IDX(sql.params, i, const char *));
    UNIT_STR(list.data, values);
    UNIT_INT(scim_order_is_split(order), far != NULL);
    if (!far)
        return;
    scim_buf_init(&sql.text, 16, unit_pool);
    scim_order_put_after(&sql, order, SCIM_ORDER_FAR);
    UNIT_STR(sql.text.data, far);
    UNIT_INT(sql.params->nelts, list.len ? 1 + (key ? 1 : 0) + (type ? 2 : 1) : 1);
}

static void test_after(void)
{
    resolve("User", NULL, NULL);
    check_after(NULL, NULL, 0, "(r.id > $2::uuid)", NULL, " " ID);
    check_after(NULL, NULL, 1, "(r.id < $2::uuid)", NULL, " " ID);
    resolve(NULL, NULL, NULL);
    check_after(NULL, "Group", 0, "((r.type, r.id) > ($2::text, $3::uuid))", NULL, " Group " ID);
    resolve("User", "userName", NULL);
    check_after("a", NULL, 0, "(r.user_name_key >= $2::text and (r.user_name_key > $2::text or r.id > $3::uuid))",
                "(r.user_name_key is null)", " a " ID);
    check_after("a", NULL, 1, "(r.user_name_key <= $2::text and (r.user_name_key < $2::text or r.id < $3::uuid))", NULL,
                " a " ID);
    check_after(NULL, NULL, 0, "(r.user_name_key is null and r.id > $2::uuid)", NULL, " " ID);
    check_after(NULL, NULL, 1, "(r.user_name_key is null and r.id < $2::uuid)", "((r.user_name_key is not null))",
                " " ID);
    resolve("User", "userName", "descending");
    check_after("a", NULL, 0, "(r.user_name_key <= $2::text and (r.user_name_key < $2::text or r.id > $3::uuid))", NULL,
                " a " ID);
    check_after("a", NULL, 1, "(r.user_name_key >= $2::text and (r.user_name_key > $2::text or r.id < $3::uuid))",
                "(r.user_name_key is null)", " a " ID);
    check_after(NULL, NULL, 0, "(r.user_name_key is null and r.id > $2::uuid)", "((r.user_name_key is not null))",
                " " ID);
    resolve("User", "meta.lastModified", "descending");
    check_after("2026-01-01T00:00:00Z", NULL, 0,
                "(r.last_modified <= $2::timestamptz and r.modified_hour <= scim.hour($2::timestamptz) and"
                " (r.last_modified < $2::timestamptz or r.id > $3::uuid))",
                NULL, " 2026-01-01T00:00:00Z " ID);
    resolve("User", "meta.created", NULL);
    check_after("2026-01-01T00:00:00Z", NULL, 0,
                "(r.created >= $2::timestamptz and (r.created > $2::timestamptz or r.id > $3::uuid))", NULL,
                " 2026-01-01T00:00:00Z " ID);
}

/* Ascending: texts, numbers, rows without a value; descending the reverse. */
static void test_after_mixed(void)
{
    static const char text[] = "(" TEXT " >= $2::text and (" TEXT " > $2::text or (r.type, r.id) > ($3::text,"
                               " $4::uuid)))";
    static const char number[] = "(" NUMBER " <= $2::numeric and (" NUMBER " < $2::numeric or (r.type, r.id) >"
                                 " ($3::text, $4::uuid)))";
    static const char nobody[] = "(" TEXT " is null and " NUMBER " is null and (r.type, r.id) > ($2::text, $3::uuid))";

    resolve_mixed(NULL);
    check_after("a", "User", 0, text, "(" TEXT " is null)", " a User " ID);
    check_after(NULL, "User", 0, nobody, NULL, " User " ID);
    resolve_mixed("descending");
    check_after("1", "Group", 0, number, "((" TEXT " is not null))", " 1 Group " ID);
    check_after(NULL, "Group", 0, nobody, "((" TEXT " is not null or " NUMBER " is not null))", " Group " ID);
}

static const char *part(const char *key, const char *type, scim_order_e which)
{
    scim_position_t *position = apr_pcalloc(unit_pool, sizeof(*position));
    scim_buf_t out;

    position->key = key;
    position->type = type;
    search->after = position;
    UNIT_OK(scim_order_make(&order, search, unit_pool));
    scim_buf_init(&out, 16, unit_pool);
    scim_order_put(&out, order, which);
    return out.data;
}

static void test_parts(void)
{
    resolve("User", "userName", NULL);
    UNIT_STR(part("a", NULL, SCIM_ORDER_NEAR), "r.user_name_key, r.id");
    UNIT_STR(part("a", NULL, SCIM_ORDER_FAR), "r.id");
    UNIT_STR(part("a", NULL, SCIM_ORDER_BOTH), "r.user_name_key, r.id");
    UNIT_STR(part(NULL, NULL, SCIM_ORDER_NEAR), "r.id");
    resolve("User", "userName", "descending");
    UNIT_STR(part("a", NULL, SCIM_ORDER_NEAR), "r.user_name_key desc, r.id");
    UNIT_STR(part(NULL, NULL, SCIM_ORDER_NEAR), "r.id");
    UNIT_STR(part(NULL, NULL, SCIM_ORDER_FAR), "r.user_name_key desc, r.id");
    resolve_mixed(NULL);
    UNIT_STR(part("a", "User", SCIM_ORDER_FAR), TEXT ", " NUMBER ", r.type, r.id");
    UNIT_STR(part("1", "Group", SCIM_ORDER_FAR), "r.type, r.id");
    UNIT_STR(part(NULL, "Group", SCIM_ORDER_NEAR), "r.type, r.id");
}

/* Without a position, with an index that has only the rows with a value. */
static void test_partial(void)
{
    static const struct {
        const char *order;
        int backward;
        const char *near, *far;
    } cases[] = {
        {NULL, 0, "(r.family_name_key is not null)", "r.family_name_key is null"},
        {NULL, 1, "r.family_name_key is null", "(r.family_name_key is not null)"},
        {"descending", 0, "r.family_name_key is null", "(r.family_name_key is not null)"},
        {"descending", 1, "(r.family_name_key is not null)", "r.family_name_key is null"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        resolve("User", "name.familyName", cases[i].order);
        search->backward = cases[i].backward;
        ordered();
        UNIT_INT(scim_order_is_split(order), 1);
        for (scim_order_e which = SCIM_ORDER_NEAR; which <= SCIM_ORDER_FAR; which++) {
            const char *expected = which == SCIM_ORDER_NEAR ? cases[i].near : cases[i].far;
            scim_sql_t sql = {.params = apr_array_make(unit_pool, 4, sizeof(const char *))};

            scim_buf_init(&sql.text, 16, unit_pool);
            UNIT_INT(scim_order_has_after(order, which), 1);
            scim_order_put_after(&sql, order, which);
            UNIT_STR(sql.text.data, expected);
            UNIT_INT(scim_order_by(order, which), strstr(expected, "not") ? SCIM_BY_KEY : SCIM_BY_INDEX);
        }
        UNIT_INT(scim_order_has_after(order, SCIM_ORDER_BOTH), 0);
        UNIT_INT(scim_order_by(order, SCIM_ORDER_BOTH), SCIM_BY_SORT);
    }
    resolve("User", "userName", NULL);
    ordered();
    UNIT_INT(scim_order_is_split(order), 0);
    UNIT_INT(scim_order_has_after(order, SCIM_ORDER_NEAR), 0);
}

static void test_by(void)
{
    static const struct {
        const char *type, *by;
        scim_order_by_e expected;
    } cases[] = {
        {"User", NULL, SCIM_BY_INDEX},
        {NULL, NULL, SCIM_BY_INDEX},
        {"User", "id", SCIM_BY_INDEX},
        {NULL, "id", SCIM_BY_KEY},
        {"User", "userName", SCIM_BY_KEY},
        {"User", "externalId", SCIM_BY_KEY},
        {NULL, "externalId", SCIM_BY_KEY},
        {"Group", "displayName", SCIM_BY_KEY},
        {NULL, "displayName", SCIM_BY_KEY},
        {"User", "meta.lastModified", SCIM_BY_KEY},
        {NULL, "meta.lastModified", SCIM_BY_SORT},
        {NULL, "userName", SCIM_BY_SORT},
        {"User", "meta.created", SCIM_BY_SORT},
        {"User", "title", SCIM_BY_SORT},
        {"User", "name.familyName", SCIM_BY_KEY},
        {"User", ENTERPRISE ":employeeNumber", SCIM_BY_KEY},
        {NULL, "name.familyName", SCIM_BY_SORT},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        resolve(cases[i].type, cases[i].by, NULL);
        ordered();
        UNIT_INT(scim_order_by(order, SCIM_ORDER_NEAR), cases[i].expected);
    }
    resolve("User", "userName", NULL);
    part("a", NULL, SCIM_ORDER_NEAR);
    UNIT_INT(scim_order_by(order, SCIM_ORDER_NEAR), SCIM_BY_KEY);
    UNIT_INT(scim_order_by(order, SCIM_ORDER_FAR), SCIM_BY_SORT);
    UNIT_INT(scim_order_by(order, SCIM_ORDER_BOTH), SCIM_BY_KEY);
    resolve_mixed(NULL);
    ordered();
    UNIT_INT(scim_order_by(order, SCIM_ORDER_NEAR), SCIM_BY_SORT);
}

CU_TestInfo test_search_order[] = {
    {"orders", test_orders},
    {"orders of mixed types", test_mixed},
    {"backward", test_backward},
    {"unsorted", test_unsorted},
    {"keys", test_keys},
    {"parts", test_parts},
    {"an index of those who have a value", test_partial},
    {"by what", test_by},
    {"after a position", test_after},
    {"after a position of mixed types", test_after_mixed},
    CU_TEST_INFO_NULL,
};
