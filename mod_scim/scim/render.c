/*
 * Writes records as JSON: {"id": .., the stored document's members, the relation, "meta": ..}.
 */
#include "render.h"

#include <apr_strings.h>
#include <string.h>

#include "json.h"

const char *scim_render_location(const scim_resource_type_t *type, const char *id, const char *base, apr_pool_t *pool)
{
    return apr_pstrcat(pool, base, "/", type->endpoint, "/", id, NULL);
}

const char *scim_render_version(apr_int64_t version, apr_pool_t *pool)
{
    return apr_psprintf(pool, "W/\"%" APR_INT64_T_FMT "\"", version);
}

static void add_string(scim_buf_t *out, const char *text)
{
    scim_buf_json(out, text, strlen(text));
}

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The content of text[0..len), a JSON object or list, without its brackets and the white space around them. */
static apr_size_t inside(const char **text, apr_size_t len)
{
    while (len && is_space(**text))
        (*text)++, len--;
    while (len && is_space((*text)[len - 1]))
        len--;
    if (len < 2)
        return 0;
    (*text)++;
    len -= 2;
    while (len && is_space(**text))
        (*text)++, len--;
    while (len && is_space((*text)[len - 1]))
        len--;
    return len;
}

static void add_meta(scim_buf_t *out, const scim_record_t *record, const char *base)
{
    char created[SCIM_TIME_SIZE], last_modified[SCIM_TIME_SIZE];

    scim_time_format(created, record->created);
    scim_time_format(last_modified, record->last_modified);
    scim_buf_puts(out, "\"meta\":{\"resourceType\":");
    add_string(out, record->type->name);
    scim_buf_printf(out, ",\"created\":\"%s\",\"lastModified\":\"%s\",\"location\":", created, last_modified);
    add_string(out, scim_render_location(record->type, record->id, base, out->pool));
    scim_buf_puts(out, ",\"version\":");
    add_string(out, scim_render_version(record->version, out->pool));
    scim_buf_puts(out, "}");
}

static const char *const part_heads[] = {"\"value\":\"", "\"$ref\":", "\"type\":\"", "\"display\":"};

static void add_reference(scim_buf_t *out, int is_group, const char *id, const char *base)
{
    add_string(out, base);
    out->len--; /* goes back before the closing quote */
    scim_buf_puts(out, is_group ? "/Groups/" : "/Users/");
    scim_buf_add(out, id, SCIM_ID_SIZE - 1);
    scim_buf_puts(out, "\"");
}

void scim_render_member(scim_buf_t *out, int parts, int is_group, const char *id, const char *display,
                        apr_size_t display_len, const char *base)
{
    const char *before = "{";
    int i;

    for (i = 0; i < 4; i++) {
        if (!(parts & 1 << i))
            continue;
        scim_buf_puts(out, before);
        scim_buf_puts(out, part_heads[i]);
        before = ",";
        switch (1 << i) {
        case SCIM_PART_VALUE:
            scim_buf_add(out, id, SCIM_ID_SIZE - 1);
            scim_buf_puts(out, "\"");
            break;
        case SCIM_PART_REF:
            add_reference(out, is_group, id, base);
            break;
        case SCIM_PART_TYPE:
            scim_buf_puts(out, is_group ? "Group\"" : "User\"");
            break;
        default:
            scim_buf_json(out, display, display_len);
        }
    }
    scim_buf_puts(out, "}");
}

/* Adds the attribute of a relation (members, groups) with a comma at its end; an empty one only with
 * empty_relation. */
static void add_groups(scim_buf_t *out, const scim_record_t *record, int empty_relation)
{
    const char *relation = record->relation;
    apr_size_t len = relation ? inside(&relation, record->relation_len) : 0;

    if (!record->type->groups || (!len && !empty_relation))
        return;
    add_string(out, record->type->groups->name);
    scim_buf_puts(out, ":[");
    scim_buf_add(out, relation, len);
    scim_buf_puts(out, "],");
}

static void add_members(scim_buf_t *out, const scim_record_t *record, int parts, int empty_relation)
{
    if (!record->type->members || !parts)
        return;
    if (!record->members_len && !(record->spool && empty_relation))
        return;
    add_string(out, record->type->members->name);
    scim_buf_puts(out, ":[");
    scim_spool_place(record->spool, out, record->members_from, record->members_len);
    scim_buf_puts(out, "],");
}

static void add_full(scim_buf_t *out, const scim_record_t *record, int parts, const char *base, int empty_relation)
{
    const char *doc = record->doc;
    apr_size_t doc_len = inside(&doc, record->doc_len);

    scim_buf_puts(out, "{\"id\":");
    add_string(out, record->id);
    scim_buf_puts(out, ",");
    if (doc_len) {
        scim_buf_add(out, doc, doc_len);
        scim_buf_puts(out, ",");
    }
    add_groups(out, record, empty_relation);
    add_members(out, record, parts, empty_relation);
    add_meta(out, record, base);
    scim_buf_puts(out, "}");
}

/* The members come at their usual place, before `meta`. They are not parsed, because there may be many. */
static void add_projected(scim_buf_t *out, const scim_record_t *record, json_object *resource, int parts,
                          int empty_relation, apr_pool_t *scratch)
{
    apr_size_t len;
    const char *text;

    if (!record->spool) {
        text = scim_json_text(resource, &len, scratch);
        scim_buf_add(out, text, len);
        return;
    }
    scim_buf_puts(out, "{");
    json_object_object_foreach(resource, key, value)
    {
        text = scim_json_text(value, &len, scratch);
        if (strcmp(key, "meta") == 0) {
            add_members(out, record, parts, empty_relation);
            parts = 0;
        }
        add_string(out, key);
        scim_buf_puts(out, ":");
        scim_buf_add(out, text, len);
        scim_buf_puts(out, ",");
    }
    add_members(out, record, parts, empty_relation);
    if (out->data[out->len - 1] == ',')
        out->len--;
    scim_buf_puts(out, "}");
}

void scim_render_resource(scim_buf_t *out, const scim_record_t *record, const scim_projection_t *projection,
                          const char *base, int empty_relation)
{
    json_object *resource;
    apr_pool_t *scratch;
    scim_buf_t full;
    int parts;

    if (!projection) {
        add_full(out, record, SCIM_PARTS_ALL, base, empty_relation);
        return;
    }
    apr_pool_create(&scratch, out->pool); /* so that not all parsed resources of a page are in memory at once */
    scim_buf_init(&full, record->doc_len + record->relation_len + 512, scratch);
    add_full(&full, record, 0, base, empty_relation);
    resource = scim_json_trusted(full.data, full.len, scratch);
    scim_projection_apply(projection, record->type, resource);
    parts = record->type->members ? scim_projection_parts(projection, record->type->members) : 0;
    add_projected(out, record, resource, parts, empty_relation, scratch);
    apr_pool_destroy(scratch);
}

static void add_number(scim_buf_t *out, const char *name, apr_int64_t number)
{
    scim_buf_printf(out, "\"%s\":%" APR_INT64_T_FMT ",", name, number);
}

/* A cursor has no character that JSON must escape. */
static void add_cursor(scim_buf_t *out, const char *name, const char *cursor)
{
    if (cursor)
        scim_buf_printf(out, "\"%s\":\"%s\",", name, cursor);
}

void scim_render_list(scim_buf_t *out, const scim_list_t *list, const scim_projection_t *projection, const char *base)
{
    const apr_array_header_t *records = list->records;
    int i;

    scim_buf_puts(out, "{\"schemas\":[\"" SCIM_URN_LIST "\"],");
    if (list->total >= 0)
        add_number(out, "totalResults", list->total);
    if (list->start_index)
        add_number(out, "startIndex", list->start_index);
    add_number(out, "itemsPerPage", records->nelts);
    add_cursor(out, "previousCursor", list->previous);
    add_cursor(out, "nextCursor", list->next);
    scim_buf_puts(out, "\"Resources\":[");
    for (i = 0; i < records->nelts; i++) {
        if (i)
            scim_buf_puts(out, ",");
        scim_render_resource(out, APR_ARRAY_IDX(records, i, const scim_record_t *), projection, base, 0);
    }
    scim_buf_puts(out, "]}");
}
