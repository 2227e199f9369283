/* The steps of one write; see change_private.h. */
#include "change_private.h"

#include <apr_strings.h>
#include <string.h>

#include "rules/entry.h"
#include "scim/json.h"
#include "sqlstate.h"

#define DOCUMENT_MAX (1024 * 1024) /* bytes; each PUT and PATCH reads and writes the whole document */

/* --- parts of a write ----------------------------------------------------------------------------------------------*/

scim_error_t *scim_change_text(const char **text, apr_size_t *len, const scim_change_t *change, json_object *doc)
{
    apr_pool_t *pool = change->session->pool;
    *text = scim_json_text(doc, len, pool);
    if (*len > DOCUMENT_MAX) {
        return scim_error_status(pool, 413, "The %s would take %lu bytes; at most %d are kept.", change->type->name,
                                 (unsigned long)*len, DOCUMENT_MAX);
    }
    return NULL;
}

static scim_error_t *check_added(const scim_patch_t *patch, apr_pool_t *pool)
{
    for (int i = 0; i < patch->members->nelts; i++) {
        const scim_members_op_t *op = &APR_ARRAY_IDX(patch->members, i, scim_members_op_t);
        scim_error_t *error =
            op->op == SCIM_MEMBERS_ADD || op->op == SCIM_MEMBERS_REPLACE ? scim_members_check(op->ids, pool) : NULL;
        if (error) {
            return error;
        }
    }
    return NULL;
}

scim_error_t *scim_change_check(const scim_change_t *change, const char *id)
{
    apr_pool_t *pool = change->session->pool;
    scim_error_t *error = NULL;
    if (change->resource) {
        error = scim_members_check(change->resource->members, pool);
    } else if (change->patch) {
        error = check_added(change->patch, pool);
    }
    return error || change->id[0] ? error : scim_not_found(change->type, id, pool);
}

static void add_check(scim_batch_t *batch, const scim_change_t *change)
{
    apr_pool_t *pool = change->session->pool;
    scim_batch_add(batch, SCIM_STMT_RESOURCE_CHECK,
                   scim_params(pool, change->session->tenant, change->type->name, change->id,
                               scim_version_array(change->match, pool), SCIM_PARAMS_END));
}

void scim_change_add_hold(scim_batch_t *batch, const scim_session_t *session, const char *ids, const char *leaving)
{
    scim_batch_add(batch, SCIM_STMT_RESOURCE_HOLD,
                   scim_params(session->pool, session->tenant, ids, leaving, SCIM_PARAMS_END));
}

/* --- new resources -------------------------------------------------------------------------------------------------*/

/* Copies the document if the rules may change it, since another attempt may use other rules. */
scim_error_t *scim_change_new(scim_change_t *change)
{
    const scim_rules_t *rules = change->session->rules;
    apr_pool_t *pool = change->session->pool;
    json_object *doc = change->resource->doc;
    change->after = scim_row_new(change->type, rules->derives_name ? scim_json_copy(doc, pool) : doc);
    change->before_text = NULL;
    change->writes = 1;
    change->note = NULL;
    change->moves = NULL;
    return scim_account_apply(&change->after, NULL, rules, SCIM_ROLES_UNSAID, pool);
}

int scim_change_add_alike(scim_batch_t *batch, scim_session_t *session, const apr_array_header_t *changes)
{
    apr_pool_t *pool = session->pool;
    const scim_rules_t *rules = session->rules;
    scim_buf_t arrays[5];
    for (int i = 0; i < 5; i++) {
        scim_buf_init(&arrays[i], 64, pool);
    }
    for (int i = 0; i < changes->nelts; i++) {
        const scim_change_t *change = APR_ARRAY_IDX(changes, i, scim_change_t *);
        const scim_row_t *row = &change->after;
        int by_name = rules->restore == SCIM_RESTORE_BY_USER_NAME || !scim_restore_identifies(change->resource->doc);
        scim_array_put(&arrays[0], change->id);
        scim_array_put(&arrays[1], rules->restore == SCIM_RESTORE_NEVER ? NULL : row->keys[SCIM_KEY_EXTERNAL_ID]);
        scim_array_put(&arrays[2], row->keys[SCIM_KEY_USER_NAME]);
        scim_array_put(&arrays[3], scim_row_email_key(row, pool));
        scim_array_put(&arrays[4], by_name && rules->restore != SCIM_RESTORE_NEVER ? "t" : "f");
    }
    for (int i = 0; i < 5; i++) {
        scim_buf_puts(&arrays[i], "}");
    }
    return scim_batch_add(batch, SCIM_STMT_USER_ALIKE,
                          scim_params(pool, session->tenant, arrays[0].data, arrays[1].data, arrays[2].data,
                                      arrays[3].data, arrays[4].data, SCIM_PARAMS_END));
}

/* The last column: the account that this one was merged into. */
static const char *read_into(const PGresult *result, int row, apr_pool_t *pool)
{
    int column = PQnfields(result) - 1;
    char *id = apr_palloc(pool, SCIM_ID_SIZE);
    if (PQgetisnull(result, row, column)) {
        return NULL;
    }
    scim_result_uuid(id, result, row, column);
    return id;
}

/* The rows of the result for this POST: scim_alike_t. The first column is the POST's id. */
static apr_array_header_t *read_alike(const scim_change_t *change, const PGresult *result)
{
    apr_pool_t *pool = change->session->pool;
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(scim_alike_t));
    for (int row = 0; row < PQntuples(result); row++) {
        char wanted[SCIM_ID_SIZE];
        scim_result_uuid(wanted, result, row, 0);
        if (strcmp(wanted, change->id) == 0) {
            scim_alike_t *alike = apr_array_push(list);
            char *id = apr_palloc(pool, SCIM_ID_SIZE);
            scim_result_uuid(id, result, row, 1);
            alike->id = id;
            alike->into = read_into(result, row, pool);
            alike->row = scim_row_read(result, row, 1, change->type, change->session->rules, pool);
        }
    }
    return list;
}

static int has_user_name(const scim_alike_t *alike, const scim_row_t *row)
{
    const char *name = alike->row.keys[SCIM_KEY_USER_NAME];
    return name && row->keys[SCIM_KEY_USER_NAME] && strcmp(name, row->keys[SCIM_KEY_USER_NAME]) == 0;
}

/* Whether another account has the userName. */
static int is_name_taken(const scim_change_t *change, const apr_array_header_t *alike, const scim_alike_t *found)
{
    for (int i = 0; i < alike->nelts; i++) {
        const scim_alike_t *other = &APR_ARRAY_IDX(alike, i, scim_alike_t);
        if (other != found && has_user_name(other, &change->after)) {
            return 1;
        }
    }
    return 0;
}

static scim_error_t *name_taken(const scim_change_t *change)
{
    return scim_error_typed(change->session->pool, SCIM_UNIQUENESS, "%s", SCIM_USER_NAME_TAKEN);
}

scim_error_t *scim_change_claim(scim_change_t *change, const PGresult *result)
{
    apr_pool_t *pool = change->session->pool;
    const scim_rules_t *rules = change->session->rules;
    const apr_array_header_t *alike = read_alike(change, result);
    scim_claim_t claim = scim_restore_decide(&change->after, alike, rules, pool);
    change->note = claim.note;
    if (claim.refusal) {
        return scim_error_typed(pool, SCIM_UNIQUENESS, "%s", claim.refusal);
    }
    if (is_name_taken(change, alike, claim.found)) {
        return name_taken(change);
    }
    if (!claim.found) {
        return NULL;
    }
    scim_row_t sent = change->after;
    sent.doc = change->resource->doc;
    apr_cpystrn(change->id, claim.found->id, sizeof(change->id));
    change->before = claim.found->row;
    change->before_text = scim_json_text(change->before.doc, NULL, pool);
    change->after = scim_restore_row(&claim, &sent, pool);
    return scim_account_apply(&change->after, &change->before, rules, SCIM_ROLES_UNSAID, pool);
}

const char *scim_change_note(const scim_change_t *change)
{
    const char *note = change->after.note;
    if (!change->note || !note) {
        return note ? note : change->note;
    }
    return apr_pstrcat(change->session->pool, change->note, " ", note, NULL);
}

/* --- access that a resource gives ----------------------------------------------------------------------------------*/

/* Ids as the text of an SQL array; NULL: null. */
static const char *ids_of(const apr_array_header_t *ids, apr_pool_t *pool)
{
    scim_buf_t text;
    if (!ids) {
        return NULL;
    }
    scim_buf_init(&text, 64, pool);
    scim_buf_puts(&text, ids->nelts ? "" : "{");
    for (int i = 0; i < ids->nelts; i++) {
        scim_array_put(&text, APR_ARRAY_IDX(ids, i, const char *));
    }
    scim_buf_puts(&text, "}");
    return text.data;
}

void scim_change_add_entitled(scim_batch_t *batch, const scim_change_t *change)
{
    apr_pool_t *pool = change->session->pool;
    const scim_row_t *row = &change->after;
    if (row->entitled) {
        scim_batch_add(batch, SCIM_STMT_ENTITLE,
                       scim_params(pool, change->session->tenant, change->id, scim_row_name(row),
                                   ids_of(row->entitled, pool), ids_of(row->disentitled, pool), SCIM_PARAMS_END));
    }
}

/* --- groups that are made again ------------------------------------------------------------------------------------*/

int scim_change_looks(const scim_session_t *session, const scim_resource_type_t *type)
{
    return scim_mapping_looks(type, session->rules);
}

int scim_change_add_former(scim_batch_t *batch, scim_session_t *session, const apr_array_header_t *changes)
{
    scim_buf_t ids, names;
    scim_buf_init(&ids, 64, session->pool);
    scim_buf_init(&names, 64, session->pool);
    for (int i = 0; i < changes->nelts; i++) {
        const scim_change_t *change = APR_ARRAY_IDX(changes, i, scim_change_t *);
        scim_array_put(&ids, change->id);
        scim_array_put(&names, change->after.keys[SCIM_KEY_GROUP_NAME]);
    }
    scim_buf_puts(&ids, "}");
    scim_buf_puts(&names, "}");
    return scim_batch_add(batch, SCIM_STMT_FORMER_MAPPINGS,
                          scim_params(session->pool, session->tenant, ids.data, names.data, SCIM_PARAMS_END));
}

static const char *id_at(const PGresult *result, int row, int column, apr_pool_t *pool)
{
    char *id = apr_palloc(pool, SCIM_ID_SIZE);
    scim_result_uuid(id, result, row, column);
    return id;
}

void scim_change_take_over(scim_change_t *change, const PGresult *result)
{
    apr_pool_t *pool = change->session->pool;
    apr_array_header_t *former = apr_array_make(pool, 4, sizeof(scim_former_mapping_t));
    for (int row = 0; row < PQntuples(result); row++) {
        char id[SCIM_ID_SIZE];
        scim_result_uuid(id, result, row, 0);
        if (strcmp(id, change->id) == 0) {
            APR_ARRAY_PUSH(former, scim_former_mapping_t) =
                (scim_former_mapping_t){.group = id_at(result, row, 1, pool),
                                        .name = scim_result_text(NULL, result, row, 2),
                                        .mapping = id_at(result, row, 3, pool),
                                        .subscription = scim_result_text(NULL, result, row, 4),
                                        .role = scim_result_text(NULL, result, row, 5)};
        }
    }
    change->moves = scim_mapping_find(&change->note, change->id, scim_row_name(&change->after), former, pool);
}

void scim_change_add_moves(scim_batch_t *batch, const scim_change_t *change)
{
    apr_pool_t *pool = change->session->pool;
    for (size_t i = 0; change->moves && i < json_object_array_length(change->moves); i++) {
        json_object *move = json_object_array_get_idx(change->moves, i);
        scim_batch_add(batch, SCIM_STMT_MAPPING_MOVE,
                       scim_params(pool, change->session->tenant, scim_row_text(move, "mapping"),
                                   scim_row_text(move, "from"), scim_row_text(move, "to"),
                                   scim_json_text(json_object_object_get(move, "told"), NULL, pool), SCIM_PARAMS_END));
    }
}

/* --- results -------------------------------------------------------------------------------------------------------*/

scim_error_t *scim_change_taken(const scim_change_t *change)
{
    apr_pool_t *pool = change->session->pool;
    if (change->type->members) {
        return scim_error_typed(pool, SCIM_UNIQUENESS, "%s", SCIM_GROUP_NAME_TAKEN);
    }
    if (change->after.keys[SCIM_KEY_LOGIN]) {
        return scim_error_typed(pool, SCIM_UNIQUENESS, "%s", SCIM_LOGIN_TAKEN);
    }
    return change->type->groups
               ? name_taken(change)
               : scim_error_typed(pool, SCIM_UNIQUENESS, "A value that must be unique is already used by another %s.",
                                  change->type->name);
}

scim_giving_t scim_change_giving(const scim_session_t *session)
{
    return (scim_giving_t){
        .templates = session->rules->templates, .above = session->above, .given = NULL, .pool = session->pool};
}

void scim_change_give(scim_giving_t *giving, const scim_change_t *change, scim_row_t *row)
{
    if (giving->templates && scim_row_is_user(row)) {
        scim_give(giving, change->id, row);
    }
}

void scim_change_add_given(scim_batch_t *batch, const scim_session_t *session, const scim_giving_t *giving)
{
    if (giving->given) {
        json_object *told = scim_json_own(json_object_new_object(), session->pool);
        json_object_object_add(told, "given", json_object_get(giving->given));
        scim_batch_add(
            batch, SCIM_STMT_TEMPLATES_GIVE,
            scim_params(session->pool, session->tenant, scim_json_text(told, NULL, session->pool), SCIM_PARAMS_END));
    }
}

scim_error_t *scim_change_add_new_members(scim_batch_t *batch, const scim_change_t *change)
{
    scim_members_op_t op = {.op = SCIM_MEMBERS_ADD, .ids = change->resource->members};
    if (!op.ids || op.ids->nelts == 0) {
        return NULL;
    }
    return scim_add_members(batch, change->session, change->id, &op);
}

/* --- stored resources ----------------------------------------------------------------------------------------------*/

int scim_change_deletes(const scim_change_t *change)
{
    return !change->resource && !change->patch;
}

int scim_change_reads(const scim_change_t *change)
{
    return change->patch ? change->patch->ops->nelts > 0 : 1;
}

int scim_change_add_lock(scim_batch_t *batch, const scim_change_t *change)
{
    const scim_session_t *session = change->session;
    return scim_batch_add(batch, SCIM_STMT_RESOURCE_LOCK,
                          scim_params(session->pool, session->tenant, change->type->name, change->id, SCIM_PARAMS_END));
}

int scim_change_add_read(scim_batch_t *batch, const scim_change_t *change)
{
    const scim_session_t *session = change->session;
    return scim_batch_add(batch, SCIM_STMT_RESOURCE_READ,
                          scim_params(session->pool, session->tenant, change->type->name, change->id, SCIM_PARAMS_END));
}

void scim_change_seen(scim_change_t *change, const PGresult *stored)
{
    change->seen = scim_result_text(NULL, stored, 0, PQnfields(stored) - 1);
}

static scim_error_t *compute_put(scim_change_t *change)
{
    apr_pool_t *pool = change->session->pool;
    scim_resource_t next = *change->resource;
    next.doc = scim_json_copy(change->resource->doc, pool);
    scim_error_t *error = scim_resource_replace(&next, change->before.doc, pool);
    if (error) {
        return error;
    }
    if (change->type->members) {
        apr_array_header_t *members = apr_array_make(pool, 1, sizeof(scim_members_op_t));
        APR_ARRAY_PUSH(members, scim_members_op_t) =
            (scim_members_op_t){.op = SCIM_MEMBERS_REPLACE, .ids = next.members};
        change->members = members;
    }
    scim_roles_said_e said = !change->type->roles ? SCIM_ROLES_UNSAID
                             : next.roles         ? SCIM_ROLES_PUT
                                                  : SCIM_ROLES_LEFT_OUT;
    change->after = change->before;
    change->after.doc = next.doc;
    change->writes = 1;
    return scim_account_apply(&change->after, &change->before, change->session->rules, said, pool);
}

/* Whether a PATCH that repeats the stored roles has an effect: an administrator may have given another role
 * meanwhile. */
static int is_role_due(scim_change_t *change)
{
    const scim_rules_t *rules = change->session->rules;
    return change->patch->roles &&
           scim_account_role_due(&change->after.role, &change->before, rules, change->session->pool);
}

static scim_error_t *compute_patch(scim_change_t *change)
{
    apr_pool_t *pool = change->session->pool;
    apr_array_header_t *same;
    json_object *doc = scim_json_trusted(change->before_text, strlen(change->before_text), pool);
    scim_error_t *error = scim_patch_apply(&same, doc, change->patch, change->leniency, pool);
    change->members = change->patch->members;
    if (error) {
        return error;
    }
    change->after = change->before;
    change->writes = same || is_role_due(change);
    if (change->writes) {
        change->after.doc = same ? doc : change->before.doc;
        error = scim_account_apply(&change->after, &change->before, change->session->rules,
                                   change->patch->roles ? SCIM_ROLES_PATCHED : SCIM_ROLES_UNSAID, pool);
    }
    if (!error && !change->writes && change->patch->entitlements && !change->before.protected) {
        error = scim_entitlement_apply(&change->after, &change->before, change->session->rules, pool);
    }
    return error ? error : scim_leniency_refusal(change->leniency->used, change->session->told.profile, pool);
}

static scim_error_t *compute_delete(scim_change_t *change)
{
    apr_pool_t *pool = change->session->pool;
    change->after = scim_account_deleted(&change->before, change->session->rules, pool);
    change->writes = 1;
    return scim_account_may_change(&change->before, 1, pool);
}

scim_error_t *scim_change_compute(scim_change_t *change, const PGresult *stored)
{
    apr_pool_t *pool = change->session->pool;
    if (PQntuples(stored) == 0) {
        return scim_not_found(change->type, change->id, pool);
    }
    if (change->match && !scim_versions_match(change->match, scim_result_int(stored, 0, SCIM_VERSION_COLUMN))) {
        return scim_error_status(pool, 412, "The resource has another version than If-Match names. Read it again.");
    }
    change->before = scim_row_read(stored, 0, 0, change->type, change->session->rules, pool);
    change->before_text = scim_result_text(NULL, stored, 0, SCIM_DOCUMENT_COLUMN);
    change->inactive = scim_resource_inactive(change->before.doc, change->type);
    if (scim_change_deletes(change)) {
        return compute_delete(change);
    }
    return change->resource ? compute_put(change) : compute_patch(change);
}

/* Hides a resource from clients, and removes it from its groups. A group is archived with its members. */
static void add_delete(scim_batch_t *batch, const scim_change_t *change, const scim_row_change_t *row)
{
    scim_session_t *session = change->session;
    apr_pool_t *pool = session->pool;
    if (change->type->members && session->rules->protects) {
        scim_batch_add(batch, SCIM_STMT_GROUP_PROTECTED,
                       scim_params(pool, session->tenant, change->id, scim_row_name(&change->before), SCIM_PARAMS_END));
    }
    if (session->rules->erases && scim_row_is_user(&change->before)) {
        scim_row_erase(batch, session, row);
    } else {
        scim_row_update(batch, session, row, 0);
    }
    scim_batch_add(batch, SCIM_STMT_RESOURCE_LEAVE, scim_params(pool, session->tenant, change->id, SCIM_PARAMS_END));
}

static scim_error_t *add_row(int *slot, scim_batch_t *batch, const scim_change_t *change, int with_groups)
{
    const char *text;
    apr_size_t len;
    scim_error_t *error = scim_change_text(&text, &len, change, change->after.doc);
    if (error) {
        return error;
    }
    scim_row_change_t row = {.type = change->type,
                             .id = change->id,
                             .before = &change->before,
                             .before_text = change->before_text,
                             .after = &change->after,
                             .after_text = text,
                             .seen = change->seen};
    if (change->after.deleted) {
        add_delete(batch, change, &row);
    } else {
        *slot = scim_row_update(batch, change->session, &row, with_groups);
    }
    return NULL;
}

scim_error_t *scim_change_add_write(int *slot, scim_batch_t *batch, const scim_change_t *change, int with_groups)
{
    *slot = -1;
    scim_error_t *error = change->writes ? add_row(slot, batch, change, with_groups) : NULL;
    scim_change_add_entitled(batch, change);
    for (int i = 0; !error && change->members && i < change->members->nelts; i++) {
        error =
            scim_add_members(batch, change->session, change->id, &APR_ARRAY_IDX(change->members, i, scim_members_op_t));
    }
    return error;
}

/* Whether members are removed. */
static int members_lose(const apr_array_header_t *members)
{
    for (int i = 0; i < members->nelts; i++) {
        if (APR_ARRAY_IDX(members, i, scim_members_op_t).op != SCIM_MEMBERS_ADD) {
            return 1;
        }
    }
    return 0;
}

int scim_change_loses(const scim_change_t *change)
{
    if (change->patch && !scim_change_reads(change)) {
        return members_lose(change->patch->members);
    }
    return change->before_text &&
           (!scim_row_is_user(&change->before) || scim_entry_loses(&change->before, &change->after));
}

/* A replacement of all members is two statements. Without a lock on the group, each of two simultaneous replacements
 * would keep the members that the other adds. */
static int needs_lock(const scim_change_t *change)
{
    const apr_array_header_t *members = change->patch->members;
    for (int i = 0; i < members->nelts; i++) {
        if (APR_ARRAY_IDX(members, i, scim_members_op_t).op == SCIM_MEMBERS_REPLACE) {
            return 1;
        }
    }
    return change->match || members->nelts == 0;
}

scim_error_t *scim_change_add_members(scim_batch_t *batch, const scim_change_t *change)
{
    const apr_array_header_t *members = change->patch->members;
    if (needs_lock(change)) {
        add_check(batch, change);
    }
    for (int i = 0; i < members->nelts; i++) {
        scim_error_t *error =
            scim_add_members(batch, change->session, change->id, &APR_ARRAY_IDX(members, i, scim_members_op_t));
        if (error) {
            return error;
        }
    }
    return NULL;
}
