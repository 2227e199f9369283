/* The references between the operations of a Bulk request, and the order of execution that follows from them. */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bulk.h"
#include "json.h"

#define PREFIX_LEN (sizeof(SCIM_BULK_REFERENCE) - 1)

/* --- references ----------------------------------------------------------------------------------------------------*/

/* A reference in a text: `bulkId:ID` is text[at..at+len). */
typedef struct reference_t {
    apr_size_t at;
    apr_size_t len;
} reference_t;

/* Finds the next reference at or behind text[from]. `key` is the member whose value the text is; NULL in a list. */
static int next_reference(reference_t *out, const char *text, apr_size_t from, const char *key,
                          const scim_bulk_op_t *op)
{
    const char *found = NULL, *ends = "";

    if (strncmp(text, SCIM_BULK_REFERENCE, PREFIX_LEN) == 0) {
        found = from ? NULL : text;
    } else if (key && strcasecmp(key, "$ref") == 0) {
        found = strstr(text + from, "/" SCIM_BULK_REFERENCE);
        ends = "/";
    } else if (key && op->kind == SCIM_BULK_PATCH && strcasecmp(key, "path") == 0) {
        const char *single = strstr(text + from, "'" SCIM_BULK_REFERENCE);

        found = strstr(text + from, "\"" SCIM_BULK_REFERENCE);
        ends = single && (!found || single < found) ? "'" : "\"";
        found = *ends == '\'' ? single : found;
    }
    if (!found)
        return 0;
    out->at = (apr_size_t)(found - text) + (*ends ? 1 : 0);
    out->len = PREFIX_LEN + strcspn(text + out->at + PREFIX_LEN, ends);
    return 1;
}

/* The POST with the bulkId bulk_id[0..len), or NULL. */
static scim_bulk_op_t *find_post(const scim_bulk_t *bulk, const char *bulk_id, apr_size_t len)
{
    return len ? apr_hash_get(bulk->posts, bulk_id, (apr_ssize_t)len) : NULL;
}

/* Notes that `op` refers to bulk_id[0..len); returns the index of the operation with that bulkId. */
static int note(scim_bulk_t *bulk, scim_bulk_op_t *op, const char *bulk_id, apr_size_t len)
{
    const scim_bulk_op_t *to = find_post(bulk, bulk_id, len);
    int index = to ? (int)(to - (const scim_bulk_op_t *)bulk->ops->elts) : -1;

    if (!to) {
        op->error = scim_error_typed(bulk->pool, SCIM_INVALID_VALUE,
                                     "\"" SCIM_BULK_REFERENCE "%.*s\" refers to no POST of this request.",
                                     (int)scim_utf8_valid(bulk_id, len < 200 ? len : 200), bulk_id);
        return SCIM_BULK_UNKNOWN;
    }
    if (!op->refs)
        op->refs = apr_array_make(bulk->pool, 2, sizeof(int));
    APR_ARRAY_PUSH(op->refs, int) = index;
    return index;
}

static void note_all(scim_bulk_t *bulk, scim_bulk_op_t *op, json_object *value, const char *key)
{
    reference_t ref = {0, 0};

    if (json_object_is_type(value, json_type_string)) {
        const char *text = json_object_get_string(value);

        while (!op->error && next_reference(&ref, text, ref.at + ref.len, key, op))
            note(bulk, op, text + ref.at + PREFIX_LEN, ref.len - PREFIX_LEN);
    }
    if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value) && !op->error; i++)
            note_all(bulk, op, json_object_array_get_idx(value, i), NULL);
    }
    if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, name, item)
        {
            if (!op->error)
                note_all(bulk, op, item, name);
        }
    }
}

void scim_bulk_refer(scim_bulk_t *bulk)
{
    for (int i = 0; i < bulk->ops->nelts; i++) {
        scim_bulk_op_t *op = &APR_ARRAY_IDX(bulk->ops, i, scim_bulk_op_t);

        if (!op->error && op->target_op == SCIM_BULK_UNKNOWN)
            op->target_op = note(bulk, op, op->target + PREFIX_LEN, strlen(op->target + PREFIX_LEN));
        if (!op->error)
            note_all(bulk, op, op->data, NULL);
    }
}

static json_object *substitute_text(const scim_bulk_t *bulk, const scim_bulk_op_t *op, json_object *value,
                                    const char *key)
{
    const char *text = json_object_get_string(value);
    reference_t ref = {0, 0};
    scim_buf_t out;
    apr_size_t done = 0;

    if (!next_reference(&ref, text, 0, key, op))
        return json_object_get(value);
    scim_buf_init(&out, strlen(text) + SCIM_ID_SIZE, bulk->pool);
    do {
        const char *bulk_id = text + ref.at + PREFIX_LEN;

        scim_buf_add(&out, text + done, ref.at - done);
        scim_buf_puts(&out, find_post(bulk, bulk_id, ref.len - PREFIX_LEN)->id);
        done = ref.at + ref.len;
    } while (next_reference(&ref, text, done, key, op));
    scim_buf_puts(&out, text + done);
    return json_object_new_string_len(out.data, (int)out.len);
}

/* Copies objects and lists, and replaces references; other values are shared with `value`. */
static json_object *substitute(const scim_bulk_t *bulk, const scim_bulk_op_t *op, json_object *value, const char *key)
{
    json_object *copy;

    if (json_object_is_type(value, json_type_string))
        return substitute_text(bulk, op, value, key);
    if (json_object_is_type(value, json_type_array)) {
        copy = json_object_new_array();
        for (size_t i = 0; i < json_object_array_length(value); i++)
            json_object_array_add(copy, substitute(bulk, op, json_object_array_get_idx(value, i), NULL));
        return copy;
    }
    if (!json_object_is_type(value, json_type_object))
        return json_object_get(value);
    copy = json_object_new_object();
    json_object_object_foreach(value, name, item)
    {
        json_object_object_add(copy, name, substitute(bulk, op, item, name));
    }
    return copy;
}

json_object *scim_bulk_substitute(const scim_bulk_t *bulk, const scim_bulk_op_t *op)
{
    return scim_json_own(substitute(bulk, op, op->data, NULL), bulk->pool);
}

/* --- the order of execution ----------------------------------------------------------------------------------------*/

/* The data of Tarjan's algorithm about an operation. Operations that refer to each other in a circle are a strongly
 * connected component. There is no recursion, because a chain of references may be as long as the request. */
typedef struct node_t {
    int index;  /* in the order of visits, from 1; 0: not visited */
    int low;    /* the earliest visited operation that can be reached from here */
    int next;   /* the next reference to follow */
    int placed; /* it belongs to a complete unit */
} node_t;

typedef struct unit_t {
    int place; /* the last operation that the unit must wait for; may be one of its own */
    int serial;
} unit_t;

typedef struct search_t {
    scim_bulk_t *bulk;
    node_t *nodes;
    apr_array_header_t *open;  /* int: visited, but not in a unit yet */
    apr_array_header_t *path;  /* int: the path from the start of the search to its position */
    apr_array_header_t *units; /* unit_t */
    int visits;
} search_t;

static scim_bulk_op_t *op_at(const search_t *search, int i)
{
    return &APR_ARRAY_IDX(search->bulk->ops, i, scim_bulk_op_t);
}

static void visit(search_t *search, int i)
{
    search->nodes[i].index = search->nodes[i].low = ++search->visits;
    APR_ARRAY_PUSH(search->open, int) = i;
    APR_ARRAY_PUSH(search->path, int) = i;
}

/* Completes a unit: the open operations from `i` on, which refer to each other. The other operations that they refer
 * to have complete units already. */
static void close_unit(search_t *search, int i)
{
    unit_t unit = {.place = 0, .serial = search->units->nelts};
    int member;

    do {
        const scim_bulk_op_t *op;

        member = *(int *)apr_array_pop(search->open);
        op = op_at(search, member);
        search->nodes[member].placed = 1;
        op_at(search, member)->unit = unit.serial;
        unit.place = member > unit.place ? member : unit.place;
        for (int r = 0; op->refs && r < op->refs->nelts; r++) {
            int to = APR_ARRAY_IDX(op->refs, r, int);
            int at = search->nodes[to].placed && op_at(search, to)->unit != unit.serial
                         ? APR_ARRAY_IDX(search->units, op_at(search, to)->unit, unit_t).place
                         : 0;

            unit.place = at > unit.place ? at : unit.place;
        }
    } while (member != i);
    APR_ARRAY_PUSH(search->units, unit_t) = unit;
}

/* One step of the search from the end of the path: on to a reference, or back. */
static void step(search_t *search)
{
    int at = APR_ARRAY_IDX(search->path, search->path->nelts - 1, int);
    node_t *node = &search->nodes[at];
    const apr_array_header_t *refs = op_at(search, at)->refs;

    if (refs && node->next < refs->nelts) {
        int to = APR_ARRAY_IDX(refs, node->next++, int);
        const node_t *other = &search->nodes[to];

        if (!other->index)
            visit(search, to);
        else if (!other->placed && other->index < node->low)
            node->low = other->index;
        return;
    }
    apr_array_pop(search->path);
    if (search->path->nelts) {
        node_t *from = &search->nodes[APR_ARRAY_IDX(search->path, search->path->nelts - 1, int)];

        from->low = node->low < from->low ? node->low : from->low;
    }
    if (node->low == node->index)
        close_unit(search, at);
}

typedef struct entry_t {
    int op;
    unit_t unit;
} entry_t;

/* Units that become ready at the same operation are sorted in the order in which they were completed: a unit before
 * those that refer to it. */
static int compare(const void *one, const void *other)
{
    const entry_t *a = one, *b = other;

    if (a->unit.place != b->unit.place)
        return a->unit.place < b->unit.place ? -1 : 1;
    if (a->unit.serial != b->unit.serial)
        return a->unit.serial < b->unit.serial ? -1 : 1;
    return a->op < b->op ? -1 : a->op > b->op;
}

void scim_bulk_arrange(scim_bulk_t *bulk)
{
    int count = bulk->ops->nelts;
    search_t search = {.bulk = bulk};
    entry_t *entries = apr_palloc(bulk->pool, (apr_size_t)(count + 1) * sizeof(*entries));

    search.nodes = apr_pcalloc(bulk->pool, (apr_size_t)(count + 1) * sizeof(*search.nodes));
    search.open = apr_array_make(bulk->pool, 8, sizeof(int));
    search.path = apr_array_make(bulk->pool, 8, sizeof(int));
    search.units = apr_array_make(bulk->pool, count + 1, sizeof(unit_t));
    for (int i = 0; i < count; i++) {
        if (!search.nodes[i].index)
            visit(&search, i);
        while (search.path->nelts)
            step(&search);
    }
    for (int i = 0; i < count; i++)
        entries[i] = (entry_t){i, APR_ARRAY_IDX(search.units, op_at(&search, i)->unit, unit_t)};
    qsort(entries, (size_t)count, sizeof(*entries), compare);
    bulk->order = apr_array_make(bulk->pool, count + 1, sizeof(int));
    for (int i = 0; i < count; i++) {
        APR_ARRAY_PUSH(bulk->order, int) = entries[i].op;
        op_at(&search, entries[i].op)->place = i;
    }
}
