#include "facts.h"

#include <apr_strings.h>
#include <string.h>

#include "facts_kept.h"
#include "facts_known.h"
#include "facts_short.h"
#include "head.h"
#include "row_write.h"
#include "scim/fold.h"
#include "scim/marks.h"
#include "scim/text.h"
#include "session.h"

/* The columns of the long statements, after those that all statements have. */
enum {
    COLUMN_FIRST = SCIM_FACTS_SHORT_TRAITS,
    COLUMN_FOREIGN,
    COLUMN_ROLE,
    COLUMN_ROLES,
    COLUMN_ENTITLEMENTS,
    COLUMN_WAITING,
    COLUMN_GROUPS,
    COLUMN_LINK, /* whether the first login makes a link */
    COLUMN_TRAITS,
};

/* longer than any account's name */
#define LOGIN_MAX 4096

/* By the requested lists: a statement is faster if it reads fewer tables. */
static const scim_statement_e statements[] = {
    [0] = SCIM_STMT_FACTS,
    [SCIM_FACTS_ROLES] = SCIM_STMT_FACTS_ROLES,
    [SCIM_FACTS_ENTITLEMENTS] = SCIM_STMT_FACTS_ENTITLEMENTS,
    [SCIM_FACTS_GROUPS] = SCIM_STMT_FACTS_GROUPS,
    [SCIM_FACTS_ALL] = SCIM_STMT_FACTS_ALL,
};

/* Whether a text can match an account: PostgreSQL must accept it, and folding it must not take long. */
static int usable(const char *text)
{
    apr_size_t len = text ? strlen(text) : 0;
    return len > 0 && len <= LOGIN_MAX && scim_utf8_valid(text, len) == len && !scim_marks_many(text, len);
}

static int is_linked(const scim_identity_t *identity)
{
    return usable(identity->issuer) && usable(identity->subject);
}

/* The long statement that reads at least these lists; *lists: the lists that it reads. */
static scim_statement_e choose(unsigned *lists, const scim_identity_t *identity)
{
    if (is_linked(identity)) {
        *lists = SCIM_FACTS_ALL;
        return SCIM_STMT_FACTS_LINKED;
    }
    if (*lists & (*lists - 1)) {
        *lists = SCIM_FACTS_ALL;
    }
    return statements[*lists];
}

/* number of parameters of the statements */
#define PARAMS_MAX 5

/* An identity that matches no account is not one without an identity: the login name does not replace it. */
static scim_param_t *make_params(const scim_identity_t *identity, apr_pool_t *pool)
{
    scim_param_t *params = apr_pcalloc(pool, PARAMS_MAX * sizeof(*params));
    int linked = is_linked(identity);
    params[0].value = identity->tenant;
    params[1].value =
        usable(identity->login) && (linked || !identity->issuer) ? scim_fold(identity->login, pool) : NULL;
    params[2].value = linked ? identity->issuer : NULL;
    params[3].value = linked ? identity->subject : NULL;
    return params;
}

static scim_facts_t *read_row(const PGresult *result, unsigned lists, apr_pool_t *pool)
{
    scim_facts_t *facts = apr_pcalloc(pool, sizeof(*facts));
    facts->lists = lists;
    if (!scim_facts_account(facts, result, pool)) {
        return facts;
    }
    facts->role = apr_pstrdup(pool, scim_result_text(NULL, result, 0, COLUMN_ROLE));
    facts->first = scim_result_bool(result, 0, COLUMN_FIRST) || scim_result_bool(result, 0, COLUMN_LINK);
    facts->foreign = scim_result_bool(result, 0, COLUMN_FOREIGN);
    if (lists & SCIM_FACTS_ROLES) {
        facts->roles = scim_facts_list(result, COLUMN_ROLES, pool);
    }
    if (lists & SCIM_FACTS_ENTITLEMENTS) {
        facts->entitlements = scim_facts_list(result, COLUMN_ENTITLEMENTS, pool);
        facts->waiting = scim_facts_list(result, COLUMN_WAITING, pool);
    }
    if (lists & SCIM_FACTS_GROUPS) {
        facts->groups = scim_facts_list(result, COLUMN_GROUPS, pool);
    }
    return facts;
}

static scim_error_t *run_once(void *batch)
{
    return scim_batch_run(batch);
}

/* A query for facts. */
typedef struct question_t {
    scim_conn_t *conn;
    const scim_identity_t *identity;
    const scim_wish_t *wish;
    const char *names; /* the requested subscriptions as an SQL array; NULL: not only some subscriptions */
    unsigned traits;   /* the tenant's traits that the connection knows */
    int remembers;     /* the mappings of the subscriptions shall be cached */
    scim_facts_kept_t *kept;
    scim_kept_key_t key;
    unsigned met;         /* scim_conn_met() before the query */
    const char *snapshot; /* taken before the facts were read; NULL: they are not cached */
    apr_pool_t *pool;
} question_t;

/* Opens a batch. It begins with a snapshot, in slot 0, if the facts are to be cached. */
static scim_batch_t *open_batch(const question_t *question)
{
    scim_batch_t *batch = scim_batch_make(question->conn);
    scim_batch_set(batch, "tenant", question->identity->tenant);
    if (question->kept) {
        scim_batch_add(batch, SCIM_STMT_SNAPSHOT, NULL);
    }
    scim_conn_reads(question->conn);
    return batch;
}

static scim_error_t *run_batch(question_t *question, scim_batch_t *batch)
{
    scim_error_t *error = scim_session_attempt(run_once, batch);
    if (!error && question->kept) {
        question->snapshot = apr_pstrdup(question->pool, scim_result_text(NULL, scim_batch_result(batch, 0), 0, 0));
    }
    return error;
}

/* Runs a statement, and if necessary reads the mappings for the cache in the same batch. */
static scim_error_t *run(const PGresult **result, question_t *question, scim_statement_e statement,
                         const scim_param_t *params)
{
    const char *tenant = question->identity->tenant;
    scim_batch_t *batch = open_batch(question);
    int slot = scim_batch_add(batch, statement, params);
    int known =
        question->remembers ? scim_known_add(batch, question->conn, tenant, question->names, question->pool) : -1;
    scim_error_t *error = run_batch(question, batch);
    *result = error ? NULL : scim_batch_result(batch, slot);
    if (!error && known >= 0) {
        scim_known_keep(question->conn, tenant, question->names, scim_batch_result(batch, known));
    }
    return error;
}

static scim_error_t *read_long(scim_facts_t **out, question_t *question)
{
    const PGresult *result;
    const scim_identity_t *identity = question->identity;
    unsigned lists = question->wish->lists;
    scim_statement_e statement = choose(&lists, identity);
    scim_error_t *error = run(&result, question, statement, make_params(identity, question->pool));
    if (!error) {
        scim_conn_remember(question->conn, identity->tenant, scim_facts_traits(result, COLUMN_TRAITS));
        *out = read_row(result, lists, question->pool);
    }
    return error;
}

/* Names as an SQL array. */
static const char *array_of(const apr_array_header_t *names, apr_pool_t *pool)
{
    scim_buf_t text;
    scim_buf_init(&text, 64, pool);
    for (int i = 0; i < names->nelts; i++) {
        scim_array_put(&text, APR_ARRAY_IDX(names, i, const char *));
    }
    scim_buf_puts(&text, text.len ? "}" : "{}");
    return text.data;
}

static void take(scim_facts_t *facts, const scim_wish_t *wish)
{
    facts->lists = wish->lists;
    facts->names = wish->lists == SCIM_FACTS_ENTITLEMENTS ? wish->names : NULL;
}

/* *out stays NULL if the tenant's traits have changed. */
static scim_error_t *read_short(scim_facts_t **out, question_t *question, int statement)
{
    const PGresult *result;
    const scim_identity_t *identity = question->identity;
    scim_param_t *params = make_params(identity, question->pool);
    params[2].value = question->names;
    scim_error_t *error = run(&result, question, (scim_statement_e)statement, params);
    if (error) {
        return error;
    }
    unsigned now = scim_facts_traits(result, SCIM_FACTS_SHORT_TRAITS);
    scim_conn_remember(question->conn, identity->tenant, now);
    if (now == question->traits || !now) {
        *out = scim_facts_short_read(result, question->wish->lists, question->pool);
        take(*out, question->wish);
    }
    return NULL;
}

/* *out stays NULL if the cached entry is outdated. */
static scim_error_t *read_known(scim_facts_t **out, question_t *question, const scim_known_t *known)
{
    scim_batch_t *batch = open_batch(question);
    scim_param_t *params = make_params(question->identity, question->pool);
    int slot = scim_batch_add(batch, scim_known_statement(params, known, question->traits), params);
    scim_error_t *error = run_batch(question, batch);
    *out = error ? NULL : scim_known_read(known, scim_batch_result(batch, slot), question->pool);
    if (*out) {
        take(*out, question->wish);
    }
    return error;
}

static scim_error_t *read_anew(scim_facts_t **out, question_t *question)
{
    const scim_identity_t *identity = question->identity;
    const scim_wish_t *wish = question->wish;
    int seats = wish->lists == SCIM_FACTS_ENTITLEMENTS && !is_linked(identity);
    int whole = seats && !wish->names;
    int statement = is_linked(identity) || whole ? -1 : scim_facts_short(wish->lists, question->traits);
    scim_error_t *error = NULL;
    question->names = seats && !whole ? array_of(wish->names, question->pool) : NULL;
    question->remembers = question->names && scim_known_may(question->traits);
    const scim_known_t *known =
        question->remembers ? scim_known_find(question->conn, identity->tenant, question->names) : NULL;
    if (known) {
        error = read_known(out, question, known);
    }
    if (!error && !*out && statement >= 0) {
        error = read_short(out, question, statement);
    }
    return error || *out ? error : read_long(out, question);
}

/* --- the cache of decisions ----------------------------------------------------------------------------------------*/

static scim_error_t *is_same(int *same, const question_t *question, const char *snapshot)
{
    scim_batch_t *batch = scim_batch_make(question->conn);
    scim_batch_set(batch, "tenant", question->identity->tenant);
    int slot = scim_batch_add(batch, SCIM_STMT_FACTS_SAME,
                              scim_params(question->pool, question->identity->tenant, snapshot, SCIM_PARAMS_END));
    unsigned met = scim_conn_met(question->conn);
    scim_conn_reads(question->conn);
    scim_error_t *error = scim_session_attempt(run_once, batch);
    /* If another backend was met meanwhile, it may be another server with its own snapshots. */
    *same = !error && scim_conn_met(question->conn) == met && scim_result_bool(scim_batch_result(batch, slot), 0, 0);
    return error;
}

/* *out stays NULL if nothing is cached, or it is outdated. */
static scim_error_t *recall(scim_facts_t **out, question_t *question)
{
    const char *snapshot;
    int same;
    scim_kept_key(&question->key, question->kept, question->conn, question->identity, question->wish, question->pool);
    scim_facts_t *facts = scim_kept_find(&snapshot, question->kept, &question->key, question->conn, question->pool);
    if (!facts) {
        return NULL;
    }
    scim_error_t *error = is_same(&same, question, snapshot);
    if (!error && same) {
        take(facts, question->wish);
        *out = facts;
    } else if (!error) {
        scim_kept_changed(question->kept, &question->key, question->conn, question->pool);
    }
    return error;
}

/* Caches the facts of an existing account in an enabled tenant, since each change of such an account is noticed. */
static void keep(const question_t *question, const scim_facts_t *facts)
{
    if (question->kept && question->snapshot && facts->found && facts->enabled && !facts->first) {
        scim_kept_put(question->kept, &question->key, facts, question->snapshot, question->met, question->pool);
    }
}

scim_error_t *scim_facts_read(scim_facts_t **out, scim_conn_t *conn, scim_facts_kept_t *kept,
                              const scim_identity_t *identity, const scim_wish_t *wish, apr_pool_t *pool)
{
    question_t question = {.conn = conn,
                           .identity = identity,
                           .wish = wish,
                           .traits = scim_conn_recall(conn, identity->tenant),
                           .met = scim_conn_met(conn),
                           .pool = pool};
    question.kept = question.met ? kept : NULL;
    *out = NULL;
    scim_error_t *error = question.kept ? recall(out, &question) : NULL;
    if (error || *out) {
        return error;
    }
    error = read_anew(out, &question);
    if (!error) {
        keep(&question, *out);
    }
    return error;
}

static int has_name(const apr_array_header_t *names, const char *name)
{
    for (int i = 0; i < names->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(names, i, const char *), name) == 0) {
            return 1;
        }
    }
    return 0;
}

int scim_facts_answer(const scim_facts_t *facts, const scim_wish_t *wish)
{
    if (wish->lists & ~facts->lists) {
        return 0;
    }
    if (!(wish->lists & SCIM_FACTS_ENTITLEMENTS) || !facts->names) {
        return 1;
    }
    for (int i = 0; wish->names && i < wish->names->nelts; i++) {
        if (!has_name(facts->names, APR_ARRAY_IDX(wish->names, i, const char *))) {
            return 0;
        }
    }
    return wish->names != NULL;
}

/* The actor is the account itself. */
static void add_head(scim_batch_t *batch, const scim_conn_t *conn, const scim_identity_t *identity,
                     const scim_facts_t *facts, const char *request, apr_pool_t *pool)
{
    scim_head_t head = {.tenant = identity->tenant, .actor_kind = "login", .actor = facts->account, .request = request};
    scim_head_add(batch, &head, conn, pool);
}

scim_error_t *scim_facts_login(scim_facts_t **out, scim_conn_t *conn, const scim_identity_t *identity,
                               const scim_facts_t *facts, const char *request, apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);
    scim_param_t *params = apr_pcalloc(pool, 4 * sizeof(*params));
    scim_param_t *identified = make_params(identity, pool);
    params[0].value = identity->tenant;
    params[1].value = facts->id;
    params[2] = identified[2];
    params[3] = identified[3];
    add_head(batch, conn, identity, facts, request, pool);
    scim_batch_add(batch, SCIM_STMT_ADMIN_FIRST_LOGIN, params);
    unsigned lists = facts->lists;
    int slot = scim_batch_add(batch, choose(&lists, identity), identified);
    scim_error_t *error = scim_session_attempt(run_once, batch);
    *out = error ? NULL : read_row(scim_batch_result(batch, slot), lists, pool);
    return error;
}
