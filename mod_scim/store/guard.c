#include "guard.h"

#include <apr_strings.h>
#include <string.h>

#include "activity.h"
#include "resources_private.h"
#include "rules/guard.h"

#define WATCHED "w"
#define DRY     "y"

/* The columns of guard_look.sql. */
enum {
    COLUMN_DRY,
    COLUMN_LIMIT,
    COLUMN_SHARE,
    COLUMN_COUNTS_LOGINS,
    COLUMN_PAUSED,
    COLUMN_REJECTED,
    COLUMN_VETOED,
    COLUMN_RELEASED,
    COLUMN_WEIGHT,
    COLUMN_USERS,
    COLUMN_LOGINS,
    COLUMN_OTHERS,
    COLUMN_OTHER_USERS,
    COLUMN_OTHER_LOGINS
};

typedef struct look_t {
    scim_session_t *session;
    const char *transaction; /* the id of the transaction */
    const char *fingerprint;
    scim_guard_t guard;
} look_t;

int scim_guard_may_watch(const scim_session_t *session)
{
    const char *traits = session->rules ? session->rules->traits : NULL;
    return traits && strstr(traits, WATCHED);
}

int scim_guard_watches(const scim_session_t *session, int loses)
{
    return session->activity && scim_guard_may_watch(session) && (loses || strstr(session->rules->traits, DRY));
}

int scim_guard_mark(scim_batch_t *batch)
{
    return scim_batch_add(batch, SCIM_STMT_GUARD_MARK, NULL);
}

static const char *number(const look_t *look, apr_int64_t n)
{
    return apr_psprintf(look->session->pool, "%" APR_INT64_T_FMT, n);
}

static apr_int64_t number_of(const PGresult *result, int column)
{
    return PQgetisnull(result, 0, column) ? SCIM_GUARD_NONE : scim_result_int(result, 0, column);
}

/* Adds a statement that reads the transaction's entries of the audit log. */
static int add_entries(scim_batch_t *batch, const look_t *look, scim_statement_e id)
{
    const scim_session_t *session = look->session;
    return scim_batch_add(
        batch, id,
        scim_params(session->pool, session->tenant, session->told.noted, look->transaction, SCIM_PARAMS_END));
}

static void read_guard(scim_guard_t *guard, const PGresult *result)
{
    *guard = (scim_guard_t){
        .dry = scim_result_bool(result, 0, COLUMN_DRY),
        .limit = number_of(result, COLUMN_LIMIT),
        .share = number_of(result, COLUMN_SHARE),
        .logins = scim_result_bool(result, 0, COLUMN_COUNTS_LOGINS),
        .paused = scim_result_bool(result, 0, COLUMN_PAUSED),
        .rejected = scim_result_bool(result, 0, COLUMN_REJECTED),
        .vetoed = scim_result_bool(result, 0, COLUMN_VETOED),
        .released = number_of(result, COLUMN_RELEASED),
        .weight = scim_result_int(result, 0, COLUMN_WEIGHT),
        .users = scim_result_int(result, 0, COLUMN_USERS),
        .lost_logins = scim_result_int(result, 0, COLUMN_LOGINS),
        .others = scim_result_int(result, 0, COLUMN_OTHERS),
        .other_users = scim_result_int(result, 0, COLUMN_OTHER_USERS),
        .other_logins = scim_result_int(result, 0, COLUMN_OTHER_LOGINS),
        .reachable = SCIM_GUARD_NONE,
    };
}

static scim_error_t *read_facts(look_t *look)
{
    const scim_session_t *session = look->session;
    const scim_activity_t *activity = session->activity;
    scim_batch_t *batch = scim_batch_make(session->conn);
    add_entries(batch, look, SCIM_STMT_GUARD_LOCK);
    int slot = scim_batch_add(batch, SCIM_STMT_GUARD_LOOK,
                              scim_params(session->pool, session->tenant, activity->method, activity->target,
                                          look->fingerprint, session->token->key_id, session->told.noted,
                                          look->transaction, SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    if (!error) {
        read_guard(&look->guard, scim_batch_result(batch, slot));
    }
    return error;
}

static scim_error_t *count(look_t *look)
{
    const scim_session_t *session = look->session;
    scim_batch_t *batch = scim_batch_make(session->conn);
    int slot = scim_batch_add(
        batch, SCIM_STMT_GUARD_COUNT,
        scim_params(session->pool, session->tenant, number(look, scim_guard_reach(&look->guard)), SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    if (!error) {
        look->guard.reachable = scim_result_int(scim_batch_result(batch, slot), 0, 0);
    }
    return error;
}

/* Reads one value about the transaction, and rolls it back. */
static scim_error_t *read_and_undo(const char **text, const look_t *look, scim_statement_e id)
{
    const scim_session_t *session = look->session;
    scim_batch_t *batch = scim_batch_make(session->conn);
    int slot = add_entries(batch, look, id);
    scim_error_t *error = scim_batch_run(batch);
    if (!error) {
        *text = scim_result_text(NULL, scim_batch_result(batch, slot), 0, 0);
        scim_conn_rollback(session->conn);
    }
    return error;
}

/* Records, in a new transaction, that the request is held. */
static scim_error_t *hold(const look_t *look)
{
    const char *people;
    scim_session_t *session = look->session;
    const scim_activity_t *activity = session->activity;
    const scim_guard_t *guard = &look->guard;
    scim_error_t *error = read_and_undo(&people, look, SCIM_STMT_GUARD_PEOPLE);
    if (error) {
        return error;
    }
    scim_batch_t *batch = scim_session_batch(session, 0);
    scim_batch_add(batch, SCIM_STMT_HOLD,
                   scim_params(session->pool, session->tenant, activity->method, activity->target, look->fingerprint,
                               number(look, scim_guard_people(guard)), number(look, scim_guard_total(guard)),
                               number(look, scim_guard_threshold(guard)), people, SCIM_PARAMS_END));
    return scim_session_run(session, batch);
}

static void add_loss(scim_batch_t *end, const look_t *look)
{
    const scim_session_t *session = look->session;
    const scim_guard_t *guard = &look->guard;
    scim_batch_add(end, SCIM_STMT_LOSS_CLEAN, scim_params(session->pool, session->tenant, SCIM_PARAMS_END));
    scim_batch_add(end, SCIM_STMT_LOSS_ADD,
                   scim_params(session->pool, session->tenant, number(look, guard->weight), number(look, guard->users),
                               number(look, guard->lost_logins), SCIM_PARAMS_END));
}

static scim_error_t *carry_out(scim_guarded_t *guarded, scim_batch_t *end, const look_t *look, scim_guard_e verdict)
{
    scim_session_t *session = look->session;
    scim_error_t *error = NULL;
    switch (verdict) {
    case SCIM_GUARD_DRY:
        return read_and_undo(&guarded->changes, look, SCIM_STMT_GUARD_CHANGES);
    case SCIM_GUARD_HOLDS:
        error = hold(look);
        guarded->held = !error;
        return error ? error : scim_guard_error(&look->guard, verdict, session->pool);
    case SCIM_GUARD_REFUSES:
        scim_conn_rollback(session->conn);
        return scim_guard_error(&look->guard, verdict, session->pool);
    case SCIM_GUARD_COUNTS:
        add_loss(end, look);
        break;
    default:
        break;
    }
    guarded->passes = 1;
    return NULL;
}

scim_error_t *scim_guard_look(scim_guarded_t *guarded, scim_batch_t *end, scim_session_t *session, const PGresult *mark,
                              const char *fingerprint)
{
    look_t look = {.session = session, .fingerprint = fingerprint};
    *guarded = (scim_guarded_t){.passes = PQgetisnull(mark, 0, 0)};
    if (guarded->passes) {
        return NULL; /* nothing was written */
    }
    look.transaction = scim_result_text(NULL, mark, 0, 0);
    scim_error_t *error = read_facts(&look);
    if (error) {
        return error;
    }
    scim_guard_e verdict = scim_guard_decide(&look.guard);
    if (verdict == SCIM_GUARD_ASKS) {
        error = count(&look);
        verdict = scim_guard_decide(&look.guard);
    }
    return error ? error : carry_out(guarded, end, &look, verdict);
}
