#include "admin.h"

#include <apr_escape.h>
#include <apr_strings.h>
#include <openssl/sha.h>
#include <string.h>

#include "admin_change.h"
#include "admin_near.h"
#include "admin_ops.h"
#include "head.h"
#include "resources_private.h"
#include "scim/json.h"
#include "scim/text.h"

#define ETAG_BYTES 16

const scim_admin_op_t *const scim_admin_tables[] = {scim_admin_tenant_ops,       scim_admin_token_ops,
                                                    scim_admin_role_ops,         scim_admin_activity_ops,
                                                    scim_admin_hold_ops,         scim_admin_user_ops,
                                                    scim_admin_apply_ops,        scim_admin_batch_ops,
                                                    scim_admin_import_ops,       scim_admin_user_export_ops,
                                                    scim_admin_group_ops,        scim_admin_template_ops,
                                                    scim_admin_flag_ops,         scim_admin_link_ops,
                                                    scim_admin_subscription_ops, scim_admin_mapping_ops,
                                                    scim_admin_grant_ops,        scim_admin_access_ops,
                                                    scim_admin_audit_ops,        scim_admin_me_ops,
                                                    scim_admin_connection_ops,   NULL};

/* The next operation of all tables; NULL as argument: the first one. */
static const scim_admin_op_t *next_op(const scim_admin_op_t *op, int *table)
{
    op = op ? op + 1 : scim_admin_tables[*table];
    while (op && !op->noun) {
        op = scim_admin_tables[++*table];
    }
    return op;
}

static int in_braces(const char *segment)
{
    return *segment == '{';
}

/* A slash in a value is still encoded here (AllowEncodedSlashes NoDecode), because it would end the segment. */
static json_object *segment_value(const char *at, apr_size_t len, apr_pool_t *pool)
{
    char *text = apr_pstrmemdup(pool, at, len);
    char *to = text;
    for (const char *from = text; *from; to++) {
        int slash = from[0] == '%' && from[1] == '2' && (from[2] == 'F' || from[2] == 'f');
        *to = slash ? '/' : *from;
        from += slash ? 3 : 1;
    }
    return json_object_new_string_len(text, (int)(to - text));
}

/* Whether a path matches a pattern; adds the values of the segments in braces to `args`. */
static int fits(json_object *args, const char *pattern, const char *path, apr_pool_t *pool)
{
    while (*pattern == '/' && *path == '/') {
        apr_size_t wanted = strcspn(++pattern, "/");
        apr_size_t given = strcspn(++path, "/");
        if (in_braces(pattern) && given > 0) {
            const char *name = apr_pstrmemdup(pool, pattern + 1, wanted - 2);
            json_object_object_add(args, name, segment_value(path, given, pool));
        } else if (wanted != given || strncmp(pattern, path, wanted) != 0) {
            return 0;
        }
        pattern += wanted;
        path += given;
    }
    return *pattern == '\0' && *path == '\0';
}

const scim_admin_op_t *scim_admin_route(json_object *args, const char **allow, const char *method, const char *path,
                                        apr_pool_t *pool)
{
    int table = 0;
    *allow = NULL;
    for (const scim_admin_op_t *op = next_op(NULL, &table); op; op = next_op(op, &table)) {
        json_object *found = scim_json_own(json_object_new_object(), pool);
        if (!fits(found, op->path, path, pool)) {
            continue;
        }
        *allow = *allow ? apr_pstrcat(pool, *allow, ", ", op->method, NULL) : op->method;
        if (strcmp(op->method, method) == 0) {
            json_object_object_foreach(found, name, value)
            {
                json_object_object_add(args, name, json_object_get(value));
            }
            return op;
        }
    }
    return NULL;
}

int scim_admin_called(const scim_admin_op_t *op, const char *verb)
{
    return strcmp(op->verb, verb) == 0 || (op->alias && strcmp(op->alias, verb) == 0);
}

const scim_admin_op_t *scim_admin_command(const char *noun, const char *verb)
{
    int table = 0;
    const scim_admin_op_t *op = next_op(NULL, &table);
    while (op && (strcmp(op->noun, noun) != 0 || !scim_admin_called(op, verb))) {
        op = next_op(op, &table);
    }
    return op;
}

const char *scim_admin_text(const scim_admin_call_t *call, const char *name)
{
    json_object *value;
    return json_object_object_get_ex(call->args, name, &value) && value ? json_object_get_string(value) : NULL;
}

void scim_admin_set(scim_admin_call_t *call, const char *name, json_object *value)
{
    json_object_object_add(call->args, name, value);
}

const char *scim_admin_etag(const char *text, apr_size_t len, apr_pool_t *pool)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)text, len, digest);
    return apr_pescape_hex(pool, digest, ETAG_BYTES, 0);
}

/* Begins the transaction: actor, role and tenant. */
static void add_head(scim_batch_t *batch, const scim_admin_call_t *call)
{
    scim_head_t head = {.tenant = call->wall     ? call->wall
                                  : call->tenant ? call->tenant
                                                 : SCIM_EVERYWHERE,
                        .actor_kind = call->actor_kind,
                        .actor = call->actor,
                        .request = call->request,
                        .base_url = call->base_url};
    scim_head_add(batch, &head, call->conn, call->pool);
    if (call->tenant) {
        scim_param_t *tenant = apr_pcalloc(call->pool, sizeof(*tenant));
        tenant->value = call->tenant;
        int survives = call->op->flags & SCIM_OP_SURVIVES;
        scim_batch_add(batch, survives ? SCIM_STMT_ADMIN_TENANT_EVER : SCIM_STMT_ADMIN_TENANT, tenant);
        if (call->op->flags & SCIM_OP_SEATS) {
            scim_batch_add(batch, SCIM_STMT_ADMIN_SIZES, tenant);
        }
    }
}

/* Adds the operation's statement to a batch, and returns its slot. */
static int add_statement(scim_batch_t *batch, const scim_admin_call_t *call)
{
    return scim_batch_add(
        batch, call->op->statement,
        scim_params(call->pool, call->tenant, scim_json_text(call->args, NULL, call->pool), SCIM_PARAMS_END));
}

scim_error_t *scim_admin_answer(scim_admin_call_t *call, const PGresult *result)
{
    apr_size_t len;
    if (PQntuples(result) == 0) {
        return scim_admin_missing(call);
    }
    call->answer = scim_result_text(&len, result, 0, 0);
    call->etag =
        PQnfields(result) > 1 ? scim_result_text(NULL, result, 0, 1) : scim_admin_etag(call->answer, len, call->pool);
    return NULL;
}

scim_batch_t *scim_admin_batch(const scim_admin_call_t *call)
{
    scim_batch_t *batch = scim_batch_make(call->conn);
    add_head(batch, call);
    return batch;
}

static scim_error_t *run_statement(scim_admin_call_t *call)
{
    scim_error_t *error = scim_admin_resolve(call);
    if (error) {
        return error;
    }
    scim_batch_t *batch = scim_admin_batch(call);
    if (call->op->flags & SCIM_OP_ORDERED) {
        const char *timeout = scim_conn_timeout_text(call->conn);
        scim_batch_add(batch, SCIM_STMT_BOUND_ORDERED, scim_params(call->pool, timeout, "off", SCIM_PARAMS_END));
    }
    int slot = add_statement(batch, call);
    error = scim_batch_run(batch);
    if (error || (call->op->flags & SCIM_OP_EMPTY)) {
        return error;
    }
    return scim_admin_answer(call, scim_batch_result(batch, slot));
}

const char *scim_admin_depth(const scim_admin_call_t *call)
{
    return call->patience ? NULL : "9000000000000000000";
}

scim_batch_t *scim_admin_open(const scim_admin_call_t *call)
{
    scim_batch_t *batch = scim_batch_make(call->conn);
    scim_batch_add(batch, SCIM_STMT_BEGIN, NULL);
    add_head(batch, call);
    return batch;
}

static scim_error_t *run_change(scim_admin_call_t *call)
{
    return scim_admin_change(call, scim_admin_open(call), 1);
}

/* Reports an invalid page token as such, not as an invalid value of a column. */
static scim_error_t *name_place(const scim_admin_call_t *call, scim_error_t *error)
{
    static const char detail[] = "is not a valid page token; use the `next` value of a previous page.";
    if (!error || error->status != 400 || error->fields || !scim_admin_text(call, "after")) {
        return error;
    }
    error->detail = apr_pstrcat(call->pool, "after: ", detail, NULL);
    scim_error_field(error, "after", detail, call->pool);
    return error;
}

/* Attempts at a transaction, after deadlocks and outdated plans. */
#define ATTEMPTS_MAX 4

scim_error_t *scim_admin_run(scim_admin_call_t *call)
{
    if (call->op->carry) {
        return name_place(call, call->op->carry(call));
    }
    scim_error_t *error = call->op->prepare ? call->op->prepare(call) : NULL;
    if (error) {
        return error;
    }
    int tries = 0;
    do {
        error = call->op->change ? run_change(call) : call->op->read ? call->op->read(call) : run_statement(call);
    } while (error && error->transient && ++tries < ATTEMPTS_MAX);
    return error || !call->op->finish ? name_place(call, scim_admin_near(call, error)) : call->op->finish(call);
}

scim_error_t *scim_admin_part(scim_admin_call_t *call, scim_batch_t *batch)
{
    if (call->op->change) {
        return scim_admin_change(call, batch, 0);
    }
    int slot = add_statement(batch, call);
    scim_error_t *error = scim_batch_run(batch);
    if (error || (call->op->flags & SCIM_OP_EMPTY)) {
        return error;
    }
    return scim_admin_answer(call, scim_batch_result(batch, slot));
}

scim_error_t *scim_admin_nested(json_object **answer, const scim_admin_call_t *whole, const scim_admin_op_t *op,
                                json_object *args, scim_batch_t *batch, apr_pool_t *pool)
{
    scim_admin_call_t part = *whole;
    part.op = op;
    part.args = args;
    part.if_match = NULL;
    part.pool = pool;
    part.answer = NULL;
    scim_error_t *error = op->prepare ? op->prepare(&part) : NULL;
    error = error ? error : scim_admin_part(&part, batch);
    if (!error && answer) {
        *answer = scim_json_trusted(part.answer, strlen(part.answer), pool);
    }
    return error;
}

int scim_admin_refuses(const scim_error_t *error)
{
    return !error->transient && !error->late && !error->unknown && error->status >= 400 && error->status < 500;
}

static scim_error_t *run_once(int *failed, scim_admin_call_t *calls, int n)
{
    scim_error_t *error = scim_batch_run(scim_admin_open(calls));
    *failed = -1;
    for (int i = 0; !error && i < n; i++) {
        error = scim_admin_part(&calls[i], scim_batch_make(calls->conn));
        *failed = error ? i : -1;
    }
    if (!error) {
        scim_batch_t *batch = scim_batch_make(calls->conn);
        scim_batch_add(batch, SCIM_STMT_COMMIT, NULL);
        error = scim_batch_run(batch);
    }
    return error;
}

scim_error_t *scim_admin_run_all(int *failed, scim_admin_call_t *calls, int n)
{
    scim_error_t *error;
    for (*failed = 0; *failed < n; ++*failed) {
        scim_admin_call_t *call = &calls[*failed];
        error = call->op->prepare ? call->op->prepare(call) : NULL;
        if (error) {
            return error;
        }
    }
    int tries = 0;
    do {
        error = run_once(failed, calls, n);
    } while (error && error->transient && ++tries < ATTEMPTS_MAX);
    return error && *failed >= 0 ? scim_admin_near(&calls[*failed], error) : error;
}
