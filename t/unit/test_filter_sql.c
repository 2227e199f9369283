/*
 * Filters to SQL: the exact condition and parameters of every operator for every place of a value, and refusals.
 */
#include "store/filter_sql.h"

#include <apr_strings.h>
#include <string.h>

#include "filter_dump.h"
#include "store/indexed.h"
#include "unit.h"

#define ELEMENTS(attr)                                                                                                 \
    "jsonb_array_elements(case jsonb_typeof(r.doc -> '" attr "') when 'array' then r.doc -> '" attr "' end) e"
#define ENTERPRISE "r.doc -> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'"
#define EMAIL                                                                                                          \
    "r.id = any (array(select l.resource_id from scim.lookup l where l.tenant = $1::text and l.attribute = 7 and "     \
    "l.key"
#define EMAIL_IS(n) EMAIL " = left($" n "::text, 256)))"
#define EMAIL_HAS(n, m)                                                                                                \
    EMAIL_IS(n)                                                                                                        \
    " and exists (select 1 from " ELEMENTS("emails") " where scim.fold((e.value ->> 'value')) = $" m "::text)"
#define MEMBERS                                                                                                        \
    "scim.membership m join scim.resource u on u.tenant = $1::text and u.id = m.member_id and"                         \
    " u.wire"
#define GROUPS                                                                                                         \
    "(with recursive up (group_id, direct) as (select s.group_id, true from scim.membership s where"                   \
    " s.tenant = $1::text and s.member_id = r.id union select s.group_id, false from up join"                          \
    " scim.resource p on p.tenant = $1::text and p.id = up.group_id and p.wire join"                                   \
    " scim.membership s on s.tenant = $1::text and s.member_id = up.group_id) select up.group_id,"                     \
    " bool_or(up.direct) as direct from up group by up.group_id) m join scim.resource g on g.tenant"                   \
    " = $1::text and g.id = m.group_id and g.wire"
#define DOWN(n)                                                                                                        \
    "with recursive down (member_id, member_type) as (select m.member_id, m.member_type from"                          \
    " scim.membership m join scim.resource g on g.tenant = $1::text and g.id = m.group_id and"                         \
    " g.wire where m.tenant = $1::text and m.group_id = $" n "::uuid union select"                                     \
    " m.member_id, m.member_type from down join scim.resource g on g.tenant = $1::text and g.id ="                     \
    " down.member_id and g.wire join scim.membership m on m.tenant = $1::text and"                                     \
    " m.group_id = g.id where down.member_type = 'Group') select down.member_id from down"

static const struct {
    const char *type;
    const char *filter; /* ' stands for " */
    const char *sql;
    const char *params; /* from $2, joined by | */
} good[] = {
    {"User", "userName eq 'Bjensen'", "(r.user_name_key = $2::text)", "bjensen"},
    {"User", "userName ne 'x'", "(r.user_name_key is distinct from $2::text)", "x"},
    {"User", "userName co 'x'", "(position($2::text in r.user_name_key) > 0)", "x"},
    {"User", "userName sw 'x'", "(starts_with(r.user_name_key, $2::text))", "x"},
    {"User", "userName ew 'x'", "(right(r.user_name_key, length($2::text)) = $2::text)", "x"},
    {"User", "userName gt 'x'", "(r.user_name_key > $2::text collate \"C\")", "x"},
    {"User", "userName ge 'x'", "(r.user_name_key >= $2::text collate \"C\")", "x"},
    {"User", "userName lt 'x'", "(r.user_name_key < $2::text collate \"C\")", "x"},
    {"User", "userName le 'x'", "(r.user_name_key <= $2::text collate \"C\")", "x"},
    {"User", "userName pr", "(r.user_name_key is not null)", ""},
    {"User", "userName eq null", "(r.user_name_key is null)", ""},
    {"User", "externalId eq 'x'", "(r.external_id = $2::text)", "x"},
    {"User", "externalId ne 'x'", "(r.external_id is distinct from $2::text)", "x"},
    {"User", "externalId sw 'x'", "(starts_with(r.external_id, $2::text))", "x"},
    {"User", "externalId gt 'x'", "(r.external_id > $2::text collate \"C\")", "x"},
    {"User", "id eq '2819C223-7F76-453A-919D-413861904646'", "(r.id = $2::uuid)",
     "2819c223-7f76-453a-919d-413861904646"},
    {"User", "id ne '2819c223-7f76-453a-919d-413861904646'", "(r.id is distinct from $2::uuid)",
     "2819c223-7f76-453a-919d-413861904646"},
    {"User", "id eq 'x'", "(false)", ""},
    {"User", "id ne 'x'", "(true)", ""},
    {"User", "id co 'x'", "(position($2::text in r.id::text) > 0)", "x"},
    {"User", "id pr", "(true)", ""},
    {"User", "id eq null", "(false)", ""},
    {"User", "displayName eq 'x'", "(r.display_name_key = $2::text)", "x"},
    {"Group", "displayName eq 'x'", "(r.display_name_key = $2::text)", "x"},
    {"User", "meta.created gt '2011-05-13T06:42:34+02:00'", "(r.created > $2::timestamptz)",
     "2011-05-13T04:42:34.000000Z"},
    {"User", "meta.lastModified eq '2011-05-13T04:42:34.5Z'",
     "(r.modified_hour = scim.hour($2::timestamptz) and r.last_modified = $3::timestamptz)",
     "2011-05-13T04:42:34.500000Z|2011-05-13T04:42:34.500000Z"},
    {"User", "meta.lastModified gt '2011-05-13T04:42:34.5Z'", "(r.last_modified > $2::timestamptz)",
     "2011-05-13T04:42:34.500000Z"},
    {"User", "meta.lastModified ge '2111-05-13T04:42:34Z'",
     "(r.modified_hour >= scim.hour($2::timestamptz) and r.modified_hour <= 'infinity' and r.last_modified >= "
     "$3::timestamptz)",
     "2111-05-13T04:42:34.000000Z|2111-05-13T04:42:34.000000Z"},
    {"User", "meta.lastModified lt '2011-05-13T04:42:34Z'",
     "(r.modified_hour <= scim.hour($2::timestamptz) and r.modified_hour >= '-infinity' and r.last_modified < "
     "$3::timestamptz)",
     "2011-05-13T04:42:34.000000Z|2011-05-13T04:42:34.000000Z"},
    {"User", "meta.lastModified le '2111-05-13T04:42:34Z'", "(r.last_modified <= $2::timestamptz)",
     "2111-05-13T04:42:34.000000Z"},
    {"User", "not (meta.lastModified lt '2011-05-13T04:42:34Z')", "(not (r.last_modified < $2::timestamptz))",
     "2011-05-13T04:42:34.000000Z"},
    {"User", "meta.resourceType eq 'User'", "(r.type = $2::text)", "User"},
    {"User", "meta.version eq 'W/1'", "(('W/\"' || r.version || '\"') = $2::text)", "W/1"},
    {"User", "meta pr", "(true)", ""},
    {"User", "meta eq null", "(false)", ""},
    {"User", "meta.location ne null", "(true)", ""},
    {"User", "meta[created gt '2011-05-13T04:42:34Z']", "((true and r.created > $2::timestamptz))",
     "2011-05-13T04:42:34.000000Z"},
    {"User", "userName eq 'Andr\xc3\xa9'", "(r.user_name_key = scim.fold($2::text))", "Andr\xc3\xa9"},
    {"User", "title eq 'x'", "(scim.fold((r.doc ->> 'title')) = $2::text)", "x"},
    {"User", "title ne 'x'", "(scim.fold((r.doc ->> 'title')) is distinct from $2::text)", "x"},
    {"User", "title co 'x'", "(position($2::text in scim.fold((r.doc ->> 'title'))) > 0)", "x"},
    {"User", "title gt 'x'", "(scim.fold((r.doc ->> 'title')) > $2::text collate \"C\")", "x"},
    {"User", "title pr", "(coalesce((r.doc ->> 'title'), '') <> '')", ""},
    {"User", "profileUrl ew 'x'", "(right((r.doc ->> 'profileUrl'), length($2::text)) = $2::text)", "x"},
    {"User", "active eq true", "((r.doc ->> 'active') = $2::text)", "true"},
    {"User", "active ne 'False'", "((r.doc ->> 'active') is distinct from $2::text)", "false"},
    {"User", "name.givenName eq 'O'",
     "(r.given_name_key = left($2::text, 256) and scim.fold((r.doc -> 'name' ->> 'givenName')) = "
     "$3::text)",
     "o|o"},
    {"User", "name.familyName sw 'mac'",
     "(r.family_name_key >= left($2::text, 256) and r.family_name_key < left($2::text, 256) || "
     "chr(1114111) and starts_with(scim.fold((r.doc -> 'name' ->> 'familyName')), $3::text))",
     "mac|mac"},
    {"User", "name.familyName sw 'ma'", "(starts_with(scim.fold((r.doc -> 'name' ->> 'familyName')), $2::text))", "ma"},
    {"User", "employeeNumber eq '7'",
     "(r.employee_number_key = left($2::text, 256) and scim.fold((" ENTERPRISE " ->> 'employeeNumber')) = $3::text)",
     "7|7"},
    {"User", "userName sw 'abc'",
     "(r.user_name_key >= $2::text and r.user_name_key < $2::text || chr(1114111) and "
     "starts_with(r.user_name_key, $3::text))",
     "abc|abc"},
    {"User", "name pr", "(coalesce((r.doc -> 'name'), '{}') <> '{}')", ""},
    {"User", "name eq null", "(coalesce((r.doc -> 'name'), '{}') = '{}')", ""},
    {"User", "name[givenName eq 'x' and familyName eq 'y']",
     "((coalesce((r.doc -> 'name'), '{}') <> '{}' and (r.given_name_key = left($2::text, 256) and "
     "scim.fold((r.doc -> 'name' ->> 'givenName')) = $3::text and r.family_name_key = "
     "left($4::text, 256) and scim.fold((r.doc -> 'name' ->> 'familyName')) = $5::text)))",
     "x|x|y|y"},
    {"User", "manager eq 'B'", "((" ENTERPRISE " -> 'manager' ->> 'value') = $2::text)", "B"},
    {"User", "manager pr", "(coalesce((" ENTERPRISE " -> 'manager'), '{}') <> '{}')", ""},
    {"User", "employeeNumber sw '7'", "(starts_with(scim.fold((" ENTERPRISE " ->> 'employeeNumber')), $2::text))", "7"},
    {"User", "manager[value eq 'B']",
     "((coalesce((" ENTERPRISE " -> 'manager'), '{}') <> '{}' and (" ENTERPRISE
     " -> 'manager' ->> 'value') = $2::text))",
     "B"},
    {"User", "emails eq 'x'", "(" EMAIL_HAS("2", "3") ")", "x|x"},
    {"User", "emails.value sw 'abc'",
     "(" EMAIL " >= left($2::text, 256) and l.key < left($2::text, 256) || chr(1114111))) and "
     "exists (select 1 from " ELEMENTS("emails") " where starts_with(scim.fold((e.value ->> 'value')), $3::text)))",
     "abc|abc"},
    {"User", "phoneNumbers.value eq 'x'",
     "(exists (select 1 from " ELEMENTS("phoneNumbers") " where scim.fold((e.value ->> 'value')) = $2::text))", "x"},
    {"User", "userName eq 'a' or emails.value eq 'b'", "((r.user_name_key = $2::text or " EMAIL_HAS("3", "4") "))",
     "a|b|b"},
    {"User", "title eq 'a' or emails.value eq 'b'",
     "((scim.fold((r.doc ->> 'title')) = $2::text or exists (select 1 from " ELEMENTS(
         "emails") " where scim.fold((e.value ->> 'value')) = $3::text)))",
     "a|b"},
    {"User", "(title eq 'a' or active eq true) and emails.value eq 'b'",
     "(((scim.fold((r.doc ->> 'title')) = $2::text or (r.doc ->> 'active') = $3::text) and " EMAIL_HAS("4", "5") "))",
     "a|true|b|b"},
    {"User", "title eq 'a' or groups.value eq '2819c223-7f76-453a-919d-413861904646'",
     "((scim.fold((r.doc ->> 'title')) = $2::text or r.id in (" DOWN("3") ")))",
     "a|2819c223-7f76-453a-919d-413861904646"},
    {"User", "id eq 'x' or groups.value eq '2819c223-7f76-453a-919d-413861904646'",
     "((false or r.id = any (array(" DOWN("2") "))))", "2819c223-7f76-453a-919d-413861904646"},
    {"User", "not (groups.value eq '2819c223-7f76-453a-919d-413861904646')", "(not (r.id in (" DOWN("2") ")))",
     "2819c223-7f76-453a-919d-413861904646"},
    {"User", "emails.value ne 'x'",
     "((exists (select 1 from " ELEMENTS("emails") " where scim.fold((e.value ->> 'value')) is distinct from "
                                                   "$2::text) or not exists (select 1 from " ELEMENTS("emails") ")))",
     "x"},
    {"User", "emails.value co 'x'",
     "(exists (select 1 from " ELEMENTS("emails") " where position($2::text in scim.fold((e.value ->> 'value'))) > 0))",
     "x"},
    {"User", "emails.type eq 'work'",
     "(exists (select 1 from " ELEMENTS("emails") " where scim.fold((e.value ->> 'type')) = $2::text))", "work"},
    {"User", "emails pr", "(exists (select 1 from " ELEMENTS("emails") "))", ""},
    {"User", "emails eq null", "(not exists (select 1 from " ELEMENTS("emails") "))", ""},
    {"User", "emails.value pr",
     "(exists (select 1 from " ELEMENTS("emails") " where coalesce((e.value ->> 'value'), '') <> ''))", ""},
    {"User", "emails.value eq null",
     "(not exists (select 1 from " ELEMENTS("emails") " where coalesce((e.value ->> 'value'), '') <> ''))", ""},
    {"User", "emails[type eq 'work'].value eq 'x'",
     "((" EMAIL_IS("2") " and exists (select 1 from " ELEMENTS(
         "emails") " where (scim.fold((e.value ->> 'type')) = $3::text and scim.fold((e.value ->> 'value')) "
                   "= $4::text))))",
     "x|work|x"},
    {"User", "emails[type eq 'work' and not (value co 'x' or primary eq true)]",
     "((exists (select 1 from " ELEMENTS(
         "emails") " where (scim.fold((e.value ->> 'type')) = $2::text and not "
                   "((coalesce(position($3::text in scim.fold((e.value ->> 'value'))) > 0, false) or "
                   "coalesce((e.value ->> 'primary') = $4::text, false)))))))",
     "work|x|true"},
    {"User", "emails[type eq 'work' or value eq 'x']",
     "((exists (select 1 from " ELEMENTS("emails") " where (scim.fold((e.value ->> 'type')) = $2::text or "
                                                   "scim.fold((e.value ->> 'value')) = $3::text))))",
     "work|x"},
    {"User", "photos.value eq 'x'",
     "(exists (select 1 from " ELEMENTS("photos") " where (e.value ->> 'value') = $2::text))", "x"},
    {"User", "schemas eq 'urn:x'",
     "(exists (select 1 from " ELEMENTS("schemas") " where (e.value #>> '{}') = $2::text))", "urn:x"},
    {"User", "schemas[value sw 'urn:']",
     "((exists (select 1 from " ELEMENTS("schemas") " where starts_with((e.value #>> '{}'), $2::text))))", "urn:"},
    {"User", "groups.value eq '2819c223-7f76-453a-919d-413861904646'", "(r.id = any (array(" DOWN("2") ")))",
     "2819c223-7f76-453a-919d-413861904646"},
    {"User", "groups eq 'x'", "(false)", ""},
    {"User", "groups[display eq 'x' and type eq 'direct']",
     "((exists (select 1 from " GROUPS " where (g.display_name_key = $2::text and scim.fold((case when "
     "m.direct then 'direct' else 'indirect' end)) = $3::text))))",
     "x|direct"},
    {"User", "groups.value sw 'x'", "(exists (select 1 from " GROUPS " where starts_with(m.group_id::text, $2::text)))",
     "x"},
    {"User", "groups pr", "(exists (select 1 from " GROUPS "))", ""},
    {"Group", "members eq '2819c223-7f76-453a-919d-413861904646'",
     "(r.id = any (array(select m.group_id from " MEMBERS " where m.tenant = $1::text and m.member_id = $2::uuid)))",
     "2819c223-7f76-453a-919d-413861904646"},
    {"Group", "members.value ne '2819c223-7f76-453a-919d-413861904646'",
     "((exists (select 1 from " MEMBERS " where m.tenant = $1::text and m.group_id = r.id and m.member_id is distinct "
     "from $2::uuid) or not exists (select 1 from " MEMBERS " where m.tenant = $1::text and m.group_id = r.id)))",
     "2819c223-7f76-453a-919d-413861904646"},
    {"Group", "members.display co 'x'",
     "(exists (select 1 from " MEMBERS
     " where m.tenant = $1::text and m.group_id = r.id and position($2::text in scim.fold((select "
     "coalesce(n.doc ->> 'displayName', n.doc ->> 'userName') from scim.resource n where n.tenant = $1::text and n.id "
     "= m.member_id))) > 0))",
     "x"},
    {"Group", "members[value eq '2819c223-7f76-453a-919d-413861904646' and type eq 'User']",
     "((r.id = any (array(select m.group_id from " MEMBERS
     " where m.tenant = $1::text and m.member_id = $2::uuid)) and exists (select 1 from " MEMBERS
     " where m.tenant = $1::text and m.group_id = r.id and (m.member_id = $3::uuid and scim.fold(m.member_type) = "
     "$4::text))))",
     "2819c223-7f76-453a-919d-413861904646|2819c223-7f76-453a-919d-413861904646|user"},
    {"Group", "not (members pr)",
     "(not (exists (select 1 from " MEMBERS " where m.tenant = $1::text and m.group_id = r.id)))", ""},
    {"User", "id eq '2819c223-7f76-453a-919d-413861904646' and manager eq 'B'",
     "((r.id = $2::uuid and (" ENTERPRISE " -> 'manager' ->> 'value') = $3::text))",
     "2819c223-7f76-453a-919d-413861904646|B"},
    {"User", "title pr and (userName eq 'a' or userName eq 'b')",
     "((coalesce((r.doc ->> 'title'), '') <> '' and (r.user_name_key = $2::text or r.user_name_key = "
     "$3::text)))",
     "a|b"},
    {"User", "not (userName eq 'x')", "(not (coalesce(r.user_name_key = $2::text, false)))", "x"},
    {"User", "not (title eq 'x' and not (title ne 'y' or active pr))",
     "(not ((coalesce(scim.fold((r.doc ->> 'title')) = $2::text, false) and not ((scim.fold((r.doc ->> "
     "'title')) is distinct from $3::text or coalesce((r.doc ->> 'active'), '') <> '')))))",
     "x|y"},
    {"User", "not (id eq '2819c223-7f76-453a-919d-413861904646')", "(not (r.id = $2::uuid))",
     "2819c223-7f76-453a-919d-413861904646"},
    {"User", "not (emails.value eq 'x' or emails[type eq 'work'])",
     "(not ((exists (select 1 from " ELEMENTS("emails") " where scim.fold((e.value ->> 'value')) = "
                                                        "$2::text) or (exists (select 1 from " ELEMENTS(
                                                            "emails") " where scim.fold((e.value ->> 'type')) = "
                                                                      "$3::text)))))",
     "x|work"},
    {"User", "not (meta.created gt '2011-05-13T04:42:34Z')", "(not (r.created > $2::timestamptz))",
     "2011-05-13T04:42:34.000000Z"},
};

static void start(scim_sql_t *sql)
{
    apr_array_header_t *indexed = apr_array_make(unit_pool, 1, sizeof(scim_indexed_t));

    APR_ARRAY_PUSH(indexed, scim_indexed_t) = (scim_indexed_t){7, "User", NULL, "emails", "value", 1, 1};
    sql->indexed = indexed;
    scim_buf_init(&sql->text, 100, unit_pool);
    sql->params = apr_array_make(unit_pool, 4, sizeof(const char *));
    APR_ARRAY_PUSH(sql->params, const char *) = "acme";
}

static const char *join_params(const scim_sql_t *sql)
{
    const char *joined = "";

    for (int i = 1; i < sql->params->nelts; i++)
        joined = apr_pstrcat(unit_pool, joined, i > 1 ? "|" : "", APR_ARRAY_IDX(sql->params, i, const char *), NULL);
    return joined;
}

static const scim_filter_t *read_filter(const char *text, const char *type)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    const scim_filter_t *filter = NULL;

    UNIT_OK(scim_filter_read(&filter, unit_quotes(text), unit_type(type), &leniency, unit_pool));
    return filter;
}

static void test_good(void)
{
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        const scim_filter_t *filter = read_filter(good[i].filter, good[i].type);
        scim_sql_t sql;

        start(&sql);
        if (filter && UNIT_OK(scim_filter_sql(&sql, filter, unit_type(good[i].type), unit_pool))) {
            UNIT_STR(sql.text.data, good[i].sql);
            UNIT_STR(join_params(&sql), good[i].params);
        }
    }
}

/* The condition is appended to the existing text, and its parameters are numbered after the existing ones. */
static void test_appended(void)
{
    scim_sql_t sql;

    start(&sql);
    APR_ARRAY_PUSH(sql.params, const char *) = "User";
    scim_buf_puts(&sql.text, "r.tenant = $1 and r.type = $2 and ");
    UNIT_OK(scim_filter_sql(&sql, read_filter("externalId eq 'x'", "User"), unit_type("User"), unit_pool));
    UNIT_STR(sql.text.data, "r.tenant = $1 and r.type = $2 and (r.external_id = $3::text)");
    UNIT_STR(join_params(&sql), "User|x");
}

static const struct {
    const char *type;
    const char *filter;
    const char *detail;
} bad[] = {
    {"User", "meta.location co 'x'", "Filtering by 'meta.location' is not supported."},
    {"User", "title pr and not (meta.location co 'x')", "Filtering by 'meta.location' is not supported."},
    {"User", "meta[location sw 'x']", "Filtering by 'meta.location' is not supported."},
    {"User", "groups.$ref sw 'x'", "Filtering by 'groups.$ref' is not supported."},
    {"Group", "members.$ref ew 'x'", "Filtering by 'members.$ref' is not supported."},
    {"Group", "members[value pr and $ref co 'x']", "Filtering by 'members.$ref' is not supported."},
};

static void test_bad(void)
{
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const scim_filter_t *filter = read_filter(bad[i].filter, bad[i].type);
        scim_sql_t sql;

        start(&sql);
        if (filter)
            UNIT_ERROR(scim_filter_sql(&sql, filter, unit_type(bad[i].type), unit_pool), SCIM_INVALID_FILTER,
                       unit_quotes(bad[i].detail));
    }
}

/* Types and names that the schemas of RFC 7643 do not have. */
static const struct {
    const char *name;
    scim_attr_type_e type;
    scim_op_e op;
    const char *value;
    const char *sql;
} typed[] = {
    {"n", SCIM_INTEGER, SCIM_EQ, "5",
     "((case jsonb_typeof((r.doc -> 'n')) when 'number' then (r.doc -> 'n')::numeric end) = $2::numeric)"},
    {"n", SCIM_DECIMAL, SCIM_LE, "-1.5e3",
     "((case jsonb_typeof((r.doc -> 'n')) when 'number' then (r.doc -> 'n')::numeric end) <= $2::numeric)"},
    {"n", SCIM_INTEGER, SCIM_NE, "5",
     "((case jsonb_typeof((r.doc -> 'n')) when 'number' then (r.doc -> 'n')::numeric end) is distinct from "
     "$2::numeric)"},
    {"t", SCIM_DATETIME, SCIM_GT, "2011-05-13T04:42:34.000000Z", "((r.doc ->> 't')::timestamptz > $2::timestamptz)"},
    {"b", SCIM_BINARY, SCIM_EQ, "AA==", "((r.doc ->> 'b') = $2::text)"},
    {"it's", SCIM_REFERENCE, SCIM_EQ, "x", "((r.doc ->> 'it''s') = $2::text)"},
};

static void test_typed(void)
{
    for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
        const scim_resource_type_t *type = unit_type("User");
        scim_attr_t attr = {.name = typed[i].name, .key = typed[i].name, .type = typed[i].type, .case_exact = 1};
        scim_filter_t filter = {.kind = SCIM_FILTER_COMPARE, .attr = &attr, .op = typed[i].op, .value = typed[i].value};
        scim_sql_t sql;

        attr.schema = type->schema;
        filter.value_kind =
            typed[i].type == SCIM_INTEGER || typed[i].type == SCIM_DECIMAL ? SCIM_VALUE_NUMBER : SCIM_VALUE_STRING;
        start(&sql);
        if (UNIT_OK(scim_filter_sql(&sql, &filter, type, unit_pool))) {
            UNIT_STR(sql.text.data, typed[i].sql);
            UNIT_STR(join_params(&sql), typed[i].value);
        }
    }
}

static const struct {
    const char *filter;
    const char *sql; /* or a detail, if `params` is NULL */
    const char *params;
} members[] = {
    {"value eq '2819c223-7f76-453a-919d-413861904646'", "(m.member_id = $2::uuid)",
     "2819c223-7f76-453a-919d-413861904646"},
    {"value eq 'x'", "(false)", ""},
    {"value ne 'x'", "(true)", ""},
    {"value sw '28' or type eq 'Group'",
     "((starts_with(m.member_id::text, $2::text) or scim.fold(m.member_type) = $3::text))", "28|group"},
    {"not (display co 'x')",
     "(not (coalesce(position($2::text in scim.fold((select coalesce(n.doc ->> 'displayName', "
     "n.doc ->> 'userName') from scim.resource n where n.tenant = $1::text and n.id = m.member_id))) > 0, false)))",
     "x"},
    {"value pr and $ref pr", "((true and true))", ""},
    {"$ref eq 'x'", "Filtering by 'members.$ref' is not supported.", NULL},
};

static void test_members(void)
{
    const scim_attr_t *attr = unit_type("Group")->members;

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        scim_leniency_t leniency = {.allowed = SCIM_LENIENT_NONE};
        const scim_filter_t *filter = NULL;
        scim_error_t *error;
        scim_sql_t sql;

        UNIT_OK(scim_filter_read_values(&filter, unit_quotes(members[i].filter), strlen(members[i].filter), attr,
                                        &leniency, unit_pool));
        start(&sql);
        error = scim_member_filter_sql(&sql, filter, unit_pool);
        if (!members[i].params) {
            UNIT_ERROR(error, SCIM_INVALID_FILTER, unit_quotes(members[i].sql));
        } else if (UNIT_OK(error)) {
            UNIT_STR(sql.text.data, members[i].sql);
            UNIT_STR(join_params(&sql), members[i].params);
        }
    }
}

/* The attributes that the shipped schemas declare as indexed: only those without a column or rows of their own;
 * /Schemas does not show the declaration. */
static void test_indexed(void)
{
    const scim_resource_type_t *user = unit_type("User");
    const apr_array_header_t *declared = scim_indexed_declared(unit_schemas(), unit_pool);
    scim_indexed_t entry = {0, "User", NULL, "emails", "value", 1, 1};

    UNIT_STR(scim_indexed_missing(declared, NULL, unit_pool), "User emails.value, User phoneNumbers.value");
    CU_ASSERT_PTR_NULL(scim_indexed_missing(declared, declared, unit_pool));
    CU_ASSERT_PTR_EQUAL(scim_indexed_same(declared, &entry), declared->elts);
    entry.fold = 0;
    CU_ASSERT_PTR_NULL(scim_indexed_same(declared, &entry));
    entry.schema = "urn:x";
    UNIT_STR(scim_indexed_name(&entry, unit_pool), "urn:x:emails.value");
    CU_ASSERT_PTR_NULL(strstr(json_object_to_json_string(user->schema->json), "indexed"));
}

CU_TestInfo test_filter_sql[] = {
    {"conditions and parameters", test_good},
    {"appended to a statement", test_appended},
    {"what no SQL is made of", test_bad},
    {"types and names of other schemas", test_typed},
    {"filters on memberships", test_members},
    {"what schemas declare as indexed", test_indexed},
    CU_TEST_INFO_NULL,
};
