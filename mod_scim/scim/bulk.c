#include "bulk.h"

#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "address.h"
#include "json.h"
#include "member.h"
#include "render.h"
#include "table.h"

#define QUOTE_MAX 200

typedef struct reader_t {
    scim_bulk_t *bulk;
    const scim_bulk_context_t *context;
    apr_pool_t *pool;
} reader_t;

static const struct {
    const char *name;
    scim_bulk_e kind;
} methods[] = {
    {"POST", SCIM_BULK_POST}, {"PUT", SCIM_BULK_PUT}, {"PATCH", SCIM_BULK_PATCH}, {"DELETE", SCIM_BULK_DELETE}};

/* The client's text, shortened for an error's detail. */
static const char *quoted(const char *text, apr_pool_t *pool)
{
    apr_size_t len = strlen(text);

    return len <= QUOTE_MAX ? text : apr_psprintf(pool, "%.*s...", (int)scim_utf8_valid(text, QUOTE_MAX), text);
}

/* The string in a member; NULL: the member is absent or null. Any other value is an error. */
static scim_error_t *find_string(const char **out, json_object *object, const char *name, apr_pool_t *pool)
{
    json_object *value;
    int found = scim_member_find(&value, object, name);

    *out = NULL;
    if (found > 1)
        return scim_error_typed(pool, SCIM_INVALID_SYNTAX, "The operation has more than one \"%s\".", name);
    if (!value)
        return NULL;
    if (!json_object_is_type(value, json_type_string))
        return scim_error_typed(pool, SCIM_INVALID_VALUE, "\"%s\" of a Bulk operation must be a string.", name);
    *out = json_object_get_string(value);
    return NULL;
}

static scim_error_t *read_method(scim_bulk_op_t *op, json_object *object, apr_pool_t *pool)
{
    scim_error_t *error = find_string(&op->method, object, "method", pool);

    if (error)
        return error;
    if (!op->method)
        return scim_error_typed(pool, SCIM_INVALID_VALUE, "A Bulk operation must have a \"method\".");
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (strcasecmp(op->method, methods[i].name) == 0) {
            op->method = methods[i].name;
            op->kind = methods[i].kind;
            return NULL;
        }
    }
    op->method = quoted(op->method, pool);
    return scim_error_typed(pool, SCIM_INVALID_VALUE,
                            "\"%s\" is not possible in a Bulk request: \"method\" must be POST, PUT, PATCH or DELETE.",
                            op->method);
}

static scim_error_t *read_bulk_id(scim_bulk_op_t *op, json_object *object, apr_pool_t *pool)
{
    scim_error_t *error = find_string(&op->bulk_id, object, "bulkId", pool);

    if (!error && op->kind == SCIM_BULK_POST && (!op->bulk_id || !*op->bulk_id))
        error = scim_error_typed(pool, SCIM_INVALID_VALUE, "A POST in a Bulk request must have a \"bulkId\".");
    return error;
}

/* The path below the tenant's base URL; for another URL, the path after the first slash. */
static const char *relative(const char *path, const char *base)
{
    apr_size_t len = strlen(base);

    if (strncmp(path, base, len) == 0 && (path[len] == '/' || path[len] == '\0'))
        path += len;
    return *path == '/' ? path + 1 : path;
}

/* Reads the endpoint of a path. *rest is the path behind it, or "". */
static scim_error_t *read_endpoint(const char **rest, scim_bulk_op_t *op, const char *path, const reader_t *reader)
{
    const char *name = relative(path, reader->context->base);
    apr_size_t len = strcspn(name, "/");

    op->type = scim_schemas_endpoint(reader->context->schemas, name, len);
    if (!op->type) {
        const char *right = scim_address_right(name, reader->context->schemas, reader->pool);

        return scim_error_status(
            reader->pool, 404,
            "There is no resource type at \"%s\"%s%s%s. A Bulk operation's \"path\" is /Users, /Users/ID, "
            "or the same of another resource type.",
            quoted(path, reader->pool), right ? "; use \"/" : "", right ? quoted(right, reader->pool) : "",
            right ? "\"" : "");
    }
    *rest = name[len] ? name + len + 1 : "";
    return NULL;
}

static scim_error_t *read_target(scim_bulk_op_t *op, const char *rest, const reader_t *reader)
{
    apr_size_t len = strlen(rest);

    if (op->type->read_only)
        return scim_error_status(reader->pool, 405, "%s is not possible at /%s: it can only be read.", op->method,
                                 op->type->endpoint);
    if (strncmp(rest, SCIM_BULK_REFERENCE, strlen(SCIM_BULK_REFERENCE)) == 0)
        op->target_op = SCIM_BULK_UNKNOWN;
    while (len && rest[len - 1] == '/' && op->target_op == -1)
        len--;
    if ((op->kind == SCIM_BULK_POST) != (len == 0))
        return scim_error_status(reader->pool, 405,
                                 len ? "POST is possible at a resource type's endpoint only, as in /%s."
                                     : "The path must name a resource, as in /%s/ID.",
                                 op->type->endpoint);
    op->target = len ? apr_pstrmemdup(reader->pool, rest, len) : NULL;
    return NULL;
}

static scim_error_t *read_path(scim_bulk_op_t *op, json_object *object, const reader_t *reader)
{
    const char *path, *rest;
    scim_error_t *error = find_string(&path, object, "path", reader->pool);

    if (error)
        return error;
    if (!path)
        return scim_error_typed(reader->pool, SCIM_INVALID_VALUE, "A Bulk operation must have a \"path\".");
    /* Not a part of an id: a client takes the 404 of a resource for its end. A bulkId may have any characters. */
    if (!strstr(path, "/" SCIM_BULK_REFERENCE) && strpbrk(path, "?#"))
        return scim_error_typed(reader->pool, SCIM_INVALID_VALUE,
                                "The \"path\" of a Bulk operation has no query: leave out what begins with \"%s\".",
                                quoted(strpbrk(path, "?#"), reader->pool));
    error = read_endpoint(&rest, op, path, reader);
    return error ? error : read_target(op, rest, reader);
}

static scim_error_t *read_data(scim_bulk_op_t *op, json_object *object, apr_pool_t *pool)
{
    const char *version;
    json_object *data;
    int found = scim_member_find(&data, object, "data");
    scim_error_t *error = find_string(&version, object, "version", pool);

    if (error)
        return error;
    if (op->kind != SCIM_BULK_POST)
        op->match = scim_versions_read(version, pool);
    if (op->kind == SCIM_BULK_DELETE)
        return NULL;
    if (found != 1 || !(json_object_is_type(data, json_type_object) ||
                        (op->kind == SCIM_BULK_PATCH && json_object_is_type(data, json_type_array))))
        return scim_error_typed(pool, SCIM_INVALID_VALUE, "%s in a Bulk request must have \"data\", one object.",
                                op->method);
    op->data = data;
    return NULL;
}

static void read_operation(scim_bulk_op_t *op, json_object *object, const reader_t *reader)
{
    scim_error_t *method = read_method(op, object, reader->pool);
    scim_error_t *bulk_id = read_bulk_id(op, object, reader->pool);

    op->error = method ? method : bulk_id;
    if (!op->error)
        op->error = read_path(op, object, reader);
    if (!op->error)
        op->error = read_data(op, object, reader->pool);
    if (op->kind == SCIM_BULK_POST)
        scim_id_make(op->id);
}

static scim_error_t *note_post(scim_bulk_t *bulk, scim_bulk_op_t *op, apr_pool_t *pool)
{
    if (op->kind != SCIM_BULK_POST || !op->bulk_id || !*op->bulk_id)
        return NULL;
    if (apr_hash_get(bulk->posts, op->bulk_id, APR_HASH_KEY_STRING))
        return scim_error_typed(pool, SCIM_INVALID_VALUE, "The bulkId \"%s\" is used by more than one POST.",
                                quoted(op->bulk_id, pool));
    apr_hash_set(bulk->posts, op->bulk_id, APR_HASH_KEY_STRING, op);
    return NULL;
}

static scim_error_t *read_operations(reader_t *reader, json_object *list)
{
    scim_bulk_t *bulk = reader->bulk;
    size_t count = json_object_array_length(list);

    if (count > (size_t)reader->context->max_operations)
        return scim_error_status(reader->pool, 413, "The request has %lu operations; a Bulk request has at most %d.",
                                 (unsigned long)count, reader->context->max_operations);
    bulk->ops = apr_array_make(reader->pool, (int)count, sizeof(scim_bulk_op_t));
    for (size_t i = 0; i < count; i++) {
        json_object *object = json_object_array_get_idx(list, i);
        scim_bulk_op_t *op = apr_array_push(bulk->ops);
        scim_error_t *error;

        if (!json_object_is_type(object, json_type_object))
            return scim_error_typed(reader->pool, SCIM_INVALID_SYNTAX, "Each of \"Operations\" must be an object.");
        *op = (scim_bulk_op_t){.target_op = -1};
        read_operation(op, object, reader);
        if ((error = note_post(bulk, op, reader->pool)))
            return error;
    }
    return NULL;
}

static scim_error_t *read_fail_on_errors(scim_bulk_t *bulk, json_object *body, apr_pool_t *pool)
{
    json_object *value;
    int found = scim_member_find(&value, body, "failOnErrors");

    /* 0 means no limit: some clients always send a number. */
    if (found > 1 || (value && (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)))
        return scim_error_typed(pool, SCIM_INVALID_VALUE,
                                "\"failOnErrors\" must be one integer, 1 or more, or 0 for no limit.");
    bulk->fail_on_errors = value ? json_object_get_int64(value) : 0;
    return NULL;
}

scim_error_t *scim_bulk_read(scim_bulk_t **out, json_object *body, const scim_bulk_context_t *context, apr_pool_t *pool)
{
    scim_bulk_t *bulk = apr_pcalloc(pool, sizeof(*bulk));
    reader_t reader = {bulk, context, pool};
    json_object *list;
    scim_error_t *error;

    bulk->changes = 1;
    bulk->posts = scim_table_make(pool);
    bulk->leniency = context->leniency;
    bulk->pool = pool;
    if ((error = scim_member_schemas(body, SCIM_URN_BULK_REQUEST, context->leniency, pool)) ||
        (error = read_fail_on_errors(bulk, body, pool)))
        return error;
    error = scim_member_operations(&list, body, "A Bulk request must have one \"Operations\", a list.",
                                   context->leniency, pool);
    if (error)
        return error;
    if ((error = read_operations(&reader, list)))
        return error;
    scim_bulk_refer(bulk);
    scim_bulk_arrange(bulk);
    for (int i = 0; i < bulk->order->nelts; i++)
        scim_bulk_prepare(bulk, &APR_ARRAY_IDX(bulk->ops, APR_ARRAY_IDX(bulk->order, i, int), scim_bulk_op_t));
    *out = bulk;
    return NULL;
}

/* --- one operation -------------------------------------------------------------------------------------------------*/

void scim_bulk_rename(scim_bulk_t *bulk, scim_bulk_op_t *op, const char *id)
{
    apr_cpystrn(op->id, id, sizeof(op->id));
    op->renamed = ++bulk->changes;
}

scim_error_t *scim_bulk_refers(const scim_bulk_op_t *failed, apr_pool_t *pool)
{
    return scim_error_status(pool, 409, "The operation with the bulkId \"%s\", which this one refers to, failed.",
                             quoted(failed->bulk_id, pool));
}

/* Whether an operation must be prepared again, because an id that it refers to has changed. If the operation that it
 * refers to has failed, it fails too. */
static int outdated(scim_bulk_t *bulk, scim_bulk_op_t *op)
{
    int changed = !op->prepared;

    for (int i = 0; op->refs && i < op->refs->nelts; i++) {
        const scim_bulk_op_t *to = &APR_ARRAY_IDX(bulk->ops, APR_ARRAY_IDX(op->refs, i, int), scim_bulk_op_t);

        if (to->error && to != op) {
            op->error = scim_bulk_refers(to, bulk->pool);
            return 0;
        }
        changed |= to->renamed > op->prepared;
    }
    return changed;
}

void scim_bulk_prepare(scim_bulk_t *bulk, scim_bulk_op_t *op)
{
    apr_pool_t *pool = bulk->pool;
    json_object *data;

    if (op->error || !outdated(bulk, op))
        return;
    op->prepared = bulk->changes;
    op->leniency = (scim_leniency_t){.allowed = bulk->leniency->allowed, .pool = bulk->leniency->pool};
    if (op->target_op >= 0)
        op->target = APR_ARRAY_IDX(bulk->ops, op->target_op, scim_bulk_op_t).id;
    if (op->target && !scim_id_read(op->id, op->target))
        op->id[0] = '\0';
    data = op->refs && op->data ? scim_bulk_substitute(bulk, op) : op->data;
    if (op->kind == SCIM_BULK_PATCH)
        op->error = scim_patch_read(&op->patch, data, op->type, &op->leniency, pool);
    if (op->kind == SCIM_BULK_POST || op->kind == SCIM_BULK_PUT)
        op->error = scim_resource_read(&op->resource, data, op->type, &op->leniency, pool);
    if (op->kind == SCIM_BULK_POST && !op->error)
        scim_resource_default(op->resource, pool);
}

/* --- the answer ----------------------------------------------------------------------------------------------------*/

static void add_member(scim_buf_t *out, const char *name, const char *value)
{
    if (!value)
        return;
    scim_buf_puts(out, out->data[out->len - 1] == '{' ? "\"" : ",\"");
    scim_buf_puts(out, name);
    scim_buf_puts(out, "\":");
    scim_buf_json(out, value, strlen(value));
}

/* The URL of the operation's resource; NULL: unknown, for a POST that failed and an operation that refers to one. */
static const char *location(const scim_bulk_t *bulk, const scim_bulk_op_t *op, const char *base, apr_pool_t *pool)
{
    const scim_bulk_op_t *made = op->kind == SCIM_BULK_POST ? op : NULL;

    if (op->target_op >= 0)
        made = &APR_ARRAY_IDX(bulk->ops, op->target_op, scim_bulk_op_t);
    if (!op->type || (made && made->error) || op->target_op == SCIM_BULK_UNKNOWN)
        return NULL;
    if (op->id[0])
        return scim_render_location(op->type, op->id, base, pool);
    return op->target ? scim_render_location(op->type, op->target, base, pool) : NULL;
}

static void render_operation(scim_buf_t *out, const scim_bulk_t *bulk, const scim_bulk_op_t *op, const char *base)
{
    apr_pool_t *pool = out->pool;
    int status = op->error ? op->error->status : op->status;

    scim_buf_puts(out, "{");
    add_member(out, "method", op->method);
    add_member(out, "bulkId", op->bulk_id);
    add_member(out, "version", !op->error && op->version ? scim_render_version(op->version, pool) : NULL);
    add_member(out, "location", location(bulk, op, base, pool));
    add_member(out, "status", apr_itoa(pool, status));
    if (op->error) {
        scim_buf_puts(out, ",\"response\":");
        scim_buf_puts(out, scim_error_body(op->error, pool));
    }
    scim_buf_puts(out, "}");
}

static const char *failures_text(const scim_bulk_t *bulk)
{
    const scim_error_t *first = NULL;
    int failed = 0;
    for (int i = 0; i < bulk->ops->nelts; i++) {
        const scim_bulk_op_t *op = &APR_ARRAY_IDX(bulk->ops, i, scim_bulk_op_t);
        if (op->answered && op->error) {
            first = first ? first : op->error;
            failed++;
        }
    }
    return first ? apr_psprintf(bulk->pool, "%d of %d operations failed; the first one: %d %s", failed,
                                bulk->ops->nelts, first->status, first->detail)
                 : NULL;
}

static const char *notes_text(const scim_bulk_t *bulk)
{
    const char *first = NULL;
    int noted = 0;
    for (int i = 0; i < bulk->ops->nelts; i++) {
        const scim_bulk_op_t *op = &APR_ARRAY_IDX(bulk->ops, i, scim_bulk_op_t);
        if (op->answered && op->note) {
            first = first ? first : op->note;
            noted++;
        }
    }
    return first ? apr_psprintf(bulk->pool, "Of %d of %d operations: %s", noted, bulk->ops->nelts, first) : NULL;
}

const char *scim_bulk_outcome(const scim_bulk_t *bulk)
{
    const char *failures = failures_text(bulk), *notes = notes_text(bulk);
    return failures && notes ? apr_pstrcat(bulk->pool, failures, " ", notes, NULL) : failures ? failures : notes;
}

const char *scim_bulk_told(const scim_bulk_t *bulk)
{
    scim_leniency_t all = {.pool = bulk->pool};
    for (int i = 0; i < bulk->ops->nelts; i++)
        scim_leniency_add(&all, &APR_ARRAY_IDX(bulk->ops, i, scim_bulk_op_t).leniency);
    all.used &= ~bulk->leniency->used;
    const char *outcome = scim_bulk_outcome(bulk), *told = scim_leniency_told(&all, bulk->pool);
    return outcome && told ? apr_pstrcat(bulk->pool, outcome, " ", told, NULL) : outcome ? outcome : told;
}

void scim_bulk_render(scim_buf_t *out, const scim_bulk_t *bulk, const char *base)
{
    int first = 1;

    scim_buf_puts(out, "{\"schemas\":[\"" SCIM_URN_BULK_RESPONSE "\"],\"Operations\":[");
    for (int i = 0; i < bulk->ops->nelts; i++) {
        const scim_bulk_op_t *op = &APR_ARRAY_IDX(bulk->ops, i, scim_bulk_op_t);

        if (!op->answered)
            continue;
        scim_buf_puts(out, first ? "" : ",");
        first = 0;
        render_operation(out, bulk, op, base);
    }
    scim_buf_puts(out, "]}");
}
