#include "migrate.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#define INSUFFICIENT_PRIVILEGE "42501" /* SQLSTATE */

/* Any number that no other software is likely to lock: "scim" in ASCII. Advisory locks are per database. */
#define LOCK     "select pg_catalog.pg_advisory_xact_lock(1935894893)"
#define LOCK_ALL "select pg_catalog.pg_advisory_lock(1935894893)" /* until the connection ends */

/* The catalogue is asked first: naming the table where there is none would be an error, and end a transaction. */
#define TABLE                                                                                                          \
    "select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace "                    \
    "where n.nspname = 'scim' and c.relname = 'migration'"
#define CURRENT "select coalesce(max(number), 0) from scim.migration"
#define OWNER   "set local role scim_owner" /* who owns all tables; the first migration makes the role */

/* Every request looks at its token before anything else. Who takes this table first finds requests either done or with
 * nothing in hand: none can hold what a migration wants and want what it holds. */
#define STOP "set local role scim_owner; lock table scim.token in access exclusive mode; reset role"

#define RECORD "insert into scim.migration (number, name) values ($1, $2)"

int scim_migrate_latest(void)
{
    int latest = 0;

    for (const scim_migration_t *m = scim_migrations; m->number != 0; m++) {
        latest = m->number;
    }
    return latest;
}

/* PostgreSQL's message without its line end. */
static const char *message_of(PGconn *pg, apr_pool_t *pool)
{
    char *text = apr_pstrdup(pool, PQerrorMessage(pg));
    apr_size_t len = strlen(text);

    while (len > 0 && text[len - 1] == '\n') {
        text[--len] = '\0';
    }
    return text;
}

static scim_error_t *failure(PGconn *pg, const char *what, apr_pool_t *pool)
{
    int lost = PQstatus(pg) != CONNECTION_OK;
    scim_error_t *error = lost ? scim_error_status(pool, 503, "The connection to the database was lost.")
                               : scim_error_status(pool, 500, "The database could not %s.", what);

    error->cause = message_of(pg, pool);
    return error;
}

/* Runs commands that answer nothing of interest. */
static scim_error_t *run(PGconn *pg, const char *sql, const char *what, apr_pool_t *pool)
{
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);

    PQclear(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) {
        return NULL;
    }
    return failure(pg, what, pool);
}

scim_error_t *scim_migrate_no_owner(PGconn *pg, apr_pool_t *pool)
{
    scim_error_t *error = scim_error_status(pool, 403,
                                            "The database user \"%s\" must be a member of scim_owner; connect as "
                                            "another, or run as an administrator: grant scim_owner to \"%s\"",
                                            PQuser(pg), PQuser(pg));

    error->cause = message_of(pg, pool);
    return error;
}

static int is_denied(const PGresult *result)
{
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    return code != NULL && strcmp(code, INSUFFICIENT_PRIVILEGE) == 0;
}

/* Runs a query of one number; *number stays as it is where there is no row. */
static scim_error_t *ask(int *number, PGconn *pg, const char *sql, apr_pool_t *pool)
{
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    int denied = is_denied(result);

    if (status == PGRES_TUPLES_OK && PQntuples(result) > 0) {
        *number = atoi(PQgetvalue(result, 0, 0));
    }
    PQclear(result);
    if (denied) {
        return scim_migrate_no_owner(pg, pool);
    }
    return status == PGRES_TUPLES_OK ? NULL : failure(pg, "tell its version", pool);
}

scim_error_t *scim_migrate_current(int *number, PGconn *pg, apr_pool_t *pool)
{
    int exists = 0;
    scim_error_t *error = ask(&exists, pg, TABLE, pool);

    *number = 0;
    if (error != NULL || !exists) {
        return error;
    }
    return ask(number, pg, CURRENT, pool);
}

scim_error_t *scim_migrate_lock(PGconn *pg, apr_pool_t *pool)
{
    return run(pg, LOCK_ALL, "be locked", pool);
}

static scim_error_t *record(const scim_migration_t *migration, PGconn *pg, apr_pool_t *pool)
{
    const char *values[] = {apr_itoa(pool, migration->number), migration->name};
    scim_error_t *error = run(pg, OWNER, "record the migration", pool);
    PGresult *result;
    ExecStatusType status;

    if (error != NULL) {
        return error;
    }
    result = PQexecParams(pg, RECORD, 2, NULL, values, NULL, NULL, 0);
    status = PQresultStatus(result);
    PQclear(result);
    return status == PGRES_COMMAND_OK ? NULL : failure(pg, "record the migration", pool);
}

static scim_error_t *too_new(int current, apr_pool_t *pool)
{
    return scim_error_status(pool, 409,
                             "The database is at version %d, which this software (version %d) does not know; install "
                             "the software that the database was upgraded with.",
                             current, scim_migrate_latest());
}

/* One migration inside the open transaction. Whoever waited for the lock may find the work done. */
static scim_error_t *apply(int *current, const scim_migration_t *migration, PGconn *pg, apr_pool_t *pool)
{
    const char *what = apr_psprintf(pool, "apply migration %s", migration->name);
    scim_error_t *error = run(pg, LOCK, "be locked", pool);

    if (error == NULL) {
        error = scim_migrate_current(current, pg, pool);
    }
    if (error != NULL || *current >= migration->number) {
        return error;
    }
    if (*current > 0) {
        error = run(pg, STOP, "hold up requests", pool);
    }
    if (error == NULL) {
        error = run(pg, migration->sql, what, pool);
    }
    if (error == NULL) {
        error = record(migration, pg, pool);
    }
    return error;
}

scim_error_t *scim_migrate_run(int *from, int *to, PGconn *pg, apr_pool_t *pool)
{
    scim_error_t *error = scim_migrate_current(from, pg, pool);

    *to = *from;
    if (error != NULL) {
        return error;
    }
    if (*from > scim_migrate_latest()) {
        return too_new(*from, pool);
    }
    for (const scim_migration_t *m = scim_migrations; m->number != 0; m++) {
        int current = 0;

        if (m->number <= *to) {
            continue;
        }
        error = run(pg, "begin", "begin", pool);
        if (error == NULL) {
            error = apply(&current, m, pg, pool);
        }
        if (error == NULL) {
            error = run(pg, "commit", "commit", pool);
        }
        if (error != NULL) {
            PQclear(PQexec(pg, "rollback"));
            return error;
        }
        if (current > scim_migrate_latest()) {
            return too_new(current, pool);
        }
        *to = current > m->number ? current : m->number;
    }
    return NULL;
}
