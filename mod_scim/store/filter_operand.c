#include "filter_operand.h"

#include <apr_strings.h>
#include <string.h>

/* For filters, the members of group r and the groups of user r are the same as in an answer
 * (sql/statements/members.part and groups.part): deleted resources do not count, and groups that contain one of the
 * user's groups count as `indirect`. Each table has a condition on the tenant, which is $1. */
#define MEMBER_FROM "scim.membership m join scim.resource u on u.tenant = $1::text and u.id = m.member_id and u.wire"
#define MEMBER_ON   "m.tenant = $1::text and m.group_id = r.id"
#define MEMBER_NAME                                                                                                    \
    "(select coalesce(n.doc ->> 'displayName', n.doc ->> 'userName') from scim.resource n"                             \
    " where n.tenant = $1::text and n.id = m.member_id)"

#define GROUP_FROM                                                                                                     \
    "(with recursive up (group_id, direct) as"                                                                         \
    " (select s.group_id, true from scim.membership s where s.tenant = $1::text and s.member_id = r.id"                \
    " union select s.group_id, false from up"                                                                          \
    " join scim.resource p on p.tenant = $1::text and p.id = up.group_id and p.wire"                                   \
    " join scim.membership s on s.tenant = $1::text and s.member_id = up.group_id)"                                    \
    " select up.group_id, bool_or(up.direct) as direct from up group by up.group_id) m"                                \
    " join scim.resource g on g.tenant = $1::text and g.id = m.group_id and g.wire"

/* Keys are truncated (scim.keep_keys). Folded text never contains the last code point, because scim.fold() replaces
 * it. */
#define CUT   "left(?, 256)"
#define AFTER " || chr(1114111)"

#define LOOKUP "select l.resource_id from scim.lookup l where l.tenant = $1::text and l.attribute = %d and "

#define MEMBER_IDS "select m.group_id from " MEMBER_FROM " where m.tenant = $1::text and m.member_id = ?"

/* Starts at the group and goes down to its members, because an index has that direction. */
#define GROUP_IDS                                                                                                      \
    "with recursive down (member_id, member_type) as"                                                                  \
    " (select m.member_id, m.member_type from scim.membership m"                                                       \
    " join scim.resource g on g.tenant = $1::text and g.id = m.group_id and g.wire"                                    \
    " where m.tenant = $1::text and m.group_id = ?"                                                                    \
    " union select m.member_id, m.member_type from down"                                                               \
    " join scim.resource g on g.tenant = $1::text and g.id = down.member_id and g.wire"                                \
    " join scim.membership m on m.tenant = $1::text and m.group_id = g.id where down.member_type = 'Group')"           \
    " select down.member_id from down"

/* With an array PostgreSQL can use the index on the ids, alone or combined with other indexes. In a scan each row
 * would be compared with each element, so a subquery is used there, which is hashed. */
#define BY_INDEX(ids) "r.id = any (array(" ids "))"
#define BY_SCAN(ids)  "r.id in (" ids ")"

/* The schema of an attribute in `columns`. */
typedef enum { OF_COMMON, OF_BASE, OF_USER, OF_ENTERPRISE, OF_RELATION } owner_e;

/* Attributes that have a column, or are not in the document. A folded column is used only if the attribute is not
 * caseExact; otherwise the next row is used, or the document. Names are in lower case, as in scim_attr_t.key. */
static const struct {
    scim_scope_e scope;
    owner_e owner;
    const char *attr;
    const char *sub;
    scim_operand_e kind;
    const char *sql;
    int present;
} columns[] = {
    {SCIM_SCOPE_ROW, OF_COMMON, "id", NULL, SCIM_OPERAND_UUID, "r.id", 1},
    {SCIM_SCOPE_ROW, OF_COMMON, "externalid", NULL, SCIM_OPERAND_TEXT, "r.external_id", 0},
    {SCIM_SCOPE_ROW, OF_COMMON, "meta", NULL, SCIM_OPERAND_NONE, NULL, 1},
    {SCIM_SCOPE_ROW, OF_COMMON, "meta", "created", SCIM_OPERAND_TIME, "r.created", 1},
    {SCIM_SCOPE_ROW, OF_COMMON, "meta", "lastmodified", SCIM_OPERAND_TIME, "r.last_modified", 1},
    {SCIM_SCOPE_ROW, OF_COMMON, "meta", "resourcetype", SCIM_OPERAND_TEXT, "r.type", 1},
    {SCIM_SCOPE_ROW, OF_COMMON, "meta", "version", SCIM_OPERAND_TEXT, "('W/\"' || r.version || '\"')", 1},
    {SCIM_SCOPE_ROW, OF_COMMON, "meta", "location", SCIM_OPERAND_NONE, NULL, 1},
    {SCIM_SCOPE_ROW, OF_USER, "username", NULL, SCIM_OPERAND_FOLDED, "r.user_name_key", 0},
    {SCIM_SCOPE_ROW, OF_BASE, "displayname", NULL, SCIM_OPERAND_FOLDED, "r.display_name_key", 0},
    {SCIM_SCOPE_MEMBER, OF_RELATION, "value", NULL, SCIM_OPERAND_UUID, "m.member_id", 1},
    {SCIM_SCOPE_MEMBER, OF_RELATION, "type", NULL, SCIM_OPERAND_TEXT, "m.member_type", 1},
    {SCIM_SCOPE_MEMBER, OF_RELATION, "display", NULL, SCIM_OPERAND_TEXT, MEMBER_NAME, 0},
    {SCIM_SCOPE_MEMBER, OF_RELATION, "$ref", NULL, SCIM_OPERAND_NONE, NULL, 1},
    {SCIM_SCOPE_GROUP, OF_RELATION, "value", NULL, SCIM_OPERAND_UUID, "m.group_id", 1},
    {SCIM_SCOPE_GROUP, OF_RELATION, "type", NULL, SCIM_OPERAND_TEXT,
     "(case when m.direct then 'direct' else 'indirect' end)", 1},
    {SCIM_SCOPE_GROUP, OF_RELATION, "display", NULL, SCIM_OPERAND_FOLDED, "g.display_name_key", 0},
    {SCIM_SCOPE_GROUP, OF_RELATION, "display", NULL, SCIM_OPERAND_TEXT, "(g.doc ->> 'displayName')", 0},
    {SCIM_SCOPE_GROUP, OF_RELATION, "$ref", NULL, SCIM_OPERAND_NONE, NULL, 1},
};

static int is_owner(owner_e owner, const scim_attr_t *attr, const scim_resource_type_t *type)
{
    switch (owner) {
    case OF_COMMON:
        return attr->schema == type->common;
    case OF_BASE:
        return attr->schema == type->schema;
    case OF_USER:
        return attr->schema == type->schema && strcmp(type->name, "User") == 0;
    case OF_ENTERPRISE:
        return scim_type_extends(type, attr) && strcmp(attr->schema->id, SCIM_URN_ENTERPRISE_USER) == 0;
    case OF_RELATION:
        return 1;
    }
    return 0;
}

static int is_named(const char *key, const scim_attr_t *attr)
{
    return key ? attr && strcmp(key, attr->key) == 0 : !attr;
}

/* Finds the column of an attribute; 0: it is only in the document. */
static int find_column(scim_operand_t *out, scim_scope_e scope, const scim_attr_t *attr, const scim_attr_t *sub,
                       const scim_resource_type_t *type)
{
    for (apr_size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        if (columns[i].scope != scope || !is_named(columns[i].attr, attr) || !is_named(columns[i].sub, sub) ||
            !is_owner(columns[i].owner, attr, type) ||
            (columns[i].kind == SCIM_OPERAND_FOLDED && (sub ? sub : attr)->case_exact)) {
            continue;
        }
        out->kind = columns[i].kind;
        out->sql = columns[i].sql;
        out->present = columns[i].present;
        return 1;
    }
    return 0;
}

/* A name from a schema as an SQL literal. */
const char *scim_operand_literal(const char *name, apr_pool_t *pool)
{
    char *out = apr_palloc(pool, 2 * strlen(name) + 3), *to = out;

    *to++ = '\'';
    for (; *name; name++) {
        if (*name == '\'') {
            *to++ = '\'';
        }
        *to++ = *name;
    }
    *to++ = '\'';
    *to = '\0';
    return out;
}

/* The SQL of the object in the document that has an attribute. */
static const char *holder(const scim_attr_t *attr, const scim_resource_type_t *type, apr_pool_t *pool)
{
    return scim_type_extends(type, attr)
               ? apr_pstrcat(pool, "r.doc -> ", scim_operand_literal(attr->schema->id, pool), NULL)
               : "r.doc";
}

/* The operand for the member `name` of the jsonb object `object`; NULL: for `object` itself. */
static scim_operand_t json_operand(const char *object, const char *name, const scim_attr_t *attr, apr_pool_t *pool)
{
    const char *key = name ? scim_operand_literal(name, pool) : NULL;
    const char *json = key ? apr_pstrcat(pool, "(", object, " -> ", key, ")", NULL) : object;
    const char *text = key ? apr_pstrcat(pool, "(", object, " ->> ", key, ")", NULL)
                           : apr_pstrcat(pool, "(", object, " #>> '{}')", NULL);
    scim_operand_t operand = {SCIM_OPERAND_TEXT, text, 0, 0};

    switch (attr->type) {
    case SCIM_DATETIME:
        operand.kind = SCIM_OPERAND_TIME;
        operand.sql = apr_pstrcat(pool, text, "::timestamptz", NULL);
        break;
    case SCIM_DECIMAL:
    case SCIM_INTEGER:
        operand.kind = SCIM_OPERAND_NUMBER;
        operand.sql = apr_psprintf(pool, "(case jsonb_typeof(%s) when 'number' then %s::numeric end)", json, json);
        break;
    case SCIM_COMPLEX:
        operand.kind = SCIM_OPERAND_COMPLEX;
        operand.sql = json;
        break;
    case SCIM_STRING:
    case SCIM_BOOLEAN:
    case SCIM_REFERENCE:
    case SCIM_BINARY:
        break;
    }
    return operand;
}

scim_operand_t scim_operand_find(scim_scope_e scope, const scim_attr_t *attr, const scim_attr_t *sub,
                                 const scim_resource_type_t *type, apr_pool_t *pool)
{
    const scim_attr_t *leaf = sub ? sub : attr;
    scim_operand_t operand = {SCIM_OPERAND_NONE, NULL, 0, 0};

    if (!find_column(&operand, scope, attr, sub, type)) {
        if (scope == SCIM_SCOPE_ELEMENT) {
            operand = json_operand("e.value", attr->parent ? attr->name : NULL, attr, pool);
        } else if (scope == SCIM_SCOPE_ROW && sub) {
            operand = json_operand(
                apr_pstrcat(pool, holder(attr, type, pool), " -> ", scim_operand_literal(attr->name, pool), NULL),
                sub->name, sub, pool);
        } else if (scope == SCIM_SCOPE_ROW) {
            operand = json_operand(holder(attr, type, pool), attr->name, attr, pool);
        }
    }
    operand.fold = !leaf->case_exact && leaf->type != SCIM_BOOLEAN;
    return operand;
}

scim_many_t scim_operand_many(const scim_attr_t *attr, const scim_resource_type_t *type, apr_pool_t *pool)
{
    scim_many_t many = {SCIM_SCOPE_ELEMENT, NULL, NULL};

    if (attr == type->members) {
        many.scope = SCIM_SCOPE_MEMBER;
        many.from = MEMBER_FROM;
        many.on = MEMBER_ON;
    } else if (attr == type->groups) {
        many.scope = SCIM_SCOPE_GROUP;
        many.from = GROUP_FROM;
    } else {
        const char *json =
            apr_pstrcat(pool, holder(attr, type, pool), " -> ", scim_operand_literal(attr->name, pool), NULL);

        /* jsonb_array_elements() fails if the value is not an array. */
        many.from =
            apr_psprintf(pool, "jsonb_array_elements(case jsonb_typeof(%s) when 'array' then %s end) e", json, json);
    }
    return many;
}

/* The operand for the first value of a membership list, in the order of answers. */
static scim_operand_t first_related(const scim_many_t *many, const char *order, const scim_attr_t *leaf,
                                    const scim_resource_type_t *type, apr_pool_t *pool)
{
    scim_operand_t operand = scim_operand_find(many->scope, leaf, NULL, type, pool);

    if (operand.sql) {
        operand.sql = apr_pstrcat(pool, "(select ", operand.sql, " from ", many->from, many->on ? " where " : "",
                                  many->on ? many->on : "", " order by ", order, " limit 1)", NULL);
    }
    return operand;
}

scim_operand_t scim_operand_first(const scim_attr_t *attr, const scim_attr_t *sub, const scim_resource_type_t *type,
                                  apr_pool_t *pool)
{
    const scim_attr_t *leaf = sub ? sub : attr;
    const char *json;
    scim_operand_t operand;
    scim_many_t many;

    if (!attr->multi_valued) {
        return scim_operand_find(SCIM_SCOPE_ROW, attr, sub, type, pool);
    }
    many = scim_operand_many(attr, type, pool);
    if (many.scope != SCIM_SCOPE_ELEMENT) {
        return first_related(&many, many.scope == SCIM_SCOPE_MEMBER ? "m.member_id" : "m.group_id", leaf, type, pool);
    }
    json = apr_pstrcat(pool, holder(attr, type, pool), " -> ", scim_operand_literal(attr->name, pool), NULL);
    if (sub) {
        json = apr_psprintf(pool, "coalesce(jsonb_path_query_first(%s, '$[*] ? (@.primary == true)'), %s -> 0)", json,
                            json);
        operand = json_operand(json, sub->name, sub, pool);
    } else {
        operand = json_operand(apr_pstrcat(pool, "(", json, " -> 0)", NULL), NULL, attr, pool);
    }
    operand.fold = !leaf->case_exact && leaf->type != SCIM_BOOLEAN;
    return operand;
}

scim_operand_t scim_operand_text(const scim_operand_t *operand, apr_pool_t *pool)
{
    scim_operand_t text = *operand;

    if (operand->kind == SCIM_OPERAND_UUID) {
        text.kind = SCIM_OPERAND_TEXT;
        text.sql = apr_pstrcat(pool, operand->sql, "::text", NULL);
    }
    return text;
}

/* Columns with folded, truncated keys of single values in the document. Names are spelled as in the document. */
static const struct {
    owner_e owner;
    const char *attr;
    const char *sub;
    const char *sql;
} keys[] = {
    {OF_BASE, "name", "formatted", "r.formatted_name_key"},
    {OF_BASE, "name", "familyName", "r.family_name_key"},
    {OF_BASE, "name", "givenName", "r.given_name_key"},
    {OF_BASE, "name", "middleName", "r.middle_name_key"},
    {OF_BASE, "name", "honorificPrefix", "r.honorific_prefix_key"},
    {OF_BASE, "name", "honorificSuffix", "r.honorific_suffix_key"},
    {OF_ENTERPRISE, "employeeNumber", NULL, "r.employee_number_key"},
};

const char *scim_operand_key(const scim_attr_t *attr, const scim_attr_t *sub, const scim_resource_type_t *type)
{
    if (attr->multi_valued || (sub ? sub : attr)->type != SCIM_STRING || (sub ? sub : attr)->case_exact) {
        return NULL;
    }
    for (apr_size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strcmp(keys[i].attr, attr->name) == 0 &&
            (keys[i].sub ? sub && strcmp(keys[i].sub, sub->name) == 0 : !sub) && is_owner(keys[i].owner, attr, type)) {
            return keys[i].sql;
        }
    }
    return NULL;
}

static int is_relation(const scim_attr_t *attr, const scim_resource_type_t *type)
{
    return attr == type->members || attr == type->groups;
}

int scim_operand_has_key(const scim_attr_t *attr, const scim_attr_t *sub, const scim_resource_type_t *type)
{
    scim_operand_t column = {SCIM_OPERAND_NONE, NULL, 0, 0};

    return is_relation(attr, type) || scim_operand_key(attr, sub, type) ||
           find_column(&column, SCIM_SCOPE_ROW, attr, sub, type);
}

static int relation_hint(scim_hint_t *out, scim_op_e op, const scim_attr_t *attr, const scim_attr_t *sub,
                         const scim_resource_type_t *type)
{
    if (op != SCIM_EQ || !sub || strcmp(sub->key, "value") != 0) {
        return 0;
    }
    out->sql = attr == type->members ? BY_INDEX(MEMBER_IDS) : BY_INDEX(GROUP_IDS);
    out->scan = attr == type->members ? BY_SCAN(MEMBER_IDS) : BY_SCAN(GROUP_IDS);
    out->kind = SCIM_OPERAND_UUID;
    return 1;
}

/* The second bound is always true. PostgreSQL expects fewer rows for a range with two bounds, and so uses the
 * index. */
static int hour_hint(scim_hint_t *out, scim_op_e op, const char *column)
{
    static const char *const hours[] = {
        [SCIM_EQ] = "r.modified_hour = scim.hour(?)",
        [SCIM_GT] = "r.modified_hour >= scim.hour(?) and r.modified_hour <= 'infinity'",
        [SCIM_GE] = "r.modified_hour >= scim.hour(?) and r.modified_hour <= 'infinity'",
        [SCIM_LT] = "r.modified_hour <= scim.hour(?) and r.modified_hour >= '-infinity'",
        [SCIM_LE] = "r.modified_hour <= scim.hour(?) and r.modified_hour >= '-infinity'",
        [SCIM_PR] = NULL,
    };

    if (strcmp(column, "r.last_modified") != 0 || !hours[op]) {
        return 0;
    }
    *out = (scim_hint_t){hours[op], NULL, SCIM_OPERAND_TIME};
    return 1;
}

/* A hint that uses a column of r, with whole or truncated keys. */
static int column_hint(scim_hint_t *out, scim_op_e op, const char *column, int cut, apr_pool_t *pool)
{
    const char *value = cut ? CUT : "?";

    if (op != SCIM_SW && (op != SCIM_EQ || !cut)) {
        return 0; /* eq of a whole key needs no additional hint */
    }
    out->sql = op == SCIM_EQ ? apr_pstrcat(pool, column, " = ", value, NULL)
                             : apr_pstrcat(pool, column, " >= ", value, " and ", column, " < ", value, AFTER, NULL);
    out->kind = SCIM_OPERAND_FOLDED;
    out->scan = NULL;
    return 1;
}

static int lookup_hint(scim_hint_t *out, scim_op_e op, const scim_indexed_t *entry, apr_pool_t *pool)
{
    if (!entry || (op != SCIM_EQ && (op != SCIM_SW || !entry->fold))) {
        return 0;
    }
    out->sql = apr_psprintf(pool,
                            op == SCIM_EQ ? BY_INDEX(LOOKUP "l.key = " CUT)
                                          : BY_INDEX(LOOKUP "l.key >= " CUT " and l.key < " CUT AFTER),
                            entry->id);
    out->kind = entry->fold ? SCIM_OPERAND_FOLDED : SCIM_OPERAND_TEXT;
    out->scan = NULL;
    return 1;
}

int scim_operand_hint(scim_hint_t *out, scim_op_e op, const scim_attr_t *attr, const scim_attr_t *sub,
                      const scim_resource_type_t *type, const apr_array_header_t *indexed, apr_pool_t *pool)
{
    scim_operand_t column = {SCIM_OPERAND_NONE, NULL, 0, 0};
    const char *key;

    if (is_relation(attr, type)) {
        return relation_hint(out, op, attr, sub, type);
    }
    if (find_column(&column, SCIM_SCOPE_ROW, attr, sub, type)) {
        return column.kind == SCIM_OPERAND_FOLDED ? column_hint(out, op, column.sql, 0, pool)
               : column.kind == SCIM_OPERAND_TIME ? hour_hint(out, op, column.sql)
                                                  : 0;
    }
    key = scim_operand_key(attr, sub, type);
    return key ? column_hint(out, op, key, 1, pool)
               : lookup_hint(out, op, scim_indexed_find(indexed, attr, sub, type), pool);
}

int scim_operand_has_index(const scim_operand_t *operand)
{
    static const char *const indexed[] = {"r.id", "r.external_id", "r.user_name_key", "r.display_name_key"};

    for (apr_size_t i = 0; operand->sql && i < sizeof(indexed) / sizeof(indexed[0]); i++) {
        if (strcmp(indexed[i], operand->sql) == 0) {
            return 1;
        }
    }
    return 0;
}
