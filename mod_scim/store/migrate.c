#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "migrate.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

/* SQLSTATEs */
#define INSUFFICIENT_PRIVILEGE "42501"
#define LOCK_NOT_AVAILABLE     "55P03"

/* The number is "scim" in ASCII, which other software is unlikely to use. Advisory locks are per database. */
#define LOCK     "select pg_catalog.pg_advisory_xact_lock(1935894893)"
#define LOCK_ALL "select pg_catalog.pg_advisory_lock(1935894893)" /* until the connection ends */

/* While a migration waits for a table's lock, all later requests wait, too. So it soon gives up, lets them pass, and
 * starts again, for about two minutes. */
#define LOCK_BRIEFLY "set local lock_timeout = '1s'"
#define ATTEMPTS_MAX 60
#define PAUSE        apr_time_from_sec(1)

/* Asks the catalogue, because a missing table would be an error, and end the transaction. */
#define TABLE                                                                                                          \
    "select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace "                    \
    "where n.nspname = 'scim' and c.relname = 'migration'"
#define CURRENT                                                                                                        \
    "select coalesce((select max(number) from scim.migration), 0), coalesce((select checksum from scim.code), '')"
#define OWNER "set local role scim_owner" /* the role owns all tables; the first migration creates it */

/* Every request reads its token first. With a lock on this table, no request is in the middle of its work, so none can
 * cause a deadlock with the migration. */
#define STOP "set local role scim_owner; lock table scim.token in access exclusive mode; reset role"

/* About Citus: whether it is installed, whether it has servers for rows, and whether the tables are distributed. */
#define CLUSTER                                                                                                        \
    "select 1 from pg_catalog.pg_class c where c.oid = pg_catalog.to_regclass('pg_catalog.pg_dist_partition')"
#define SERVERS "select 1 from pg_catalog.pg_dist_node d where d.isactive and d.shouldhaveshards"
#define SPREAD                                                                                                         \
    "select 1 from pg_catalog.pg_dist_partition d where d.logicalrelid = pg_catalog.to_regclass('scim.tenant')"

/* The servers log in to each other as the acting role. The tables' owner creates the schemas on them. */
#define SPREAD_ROLES "set local scim.distributed = 'on'"
#define MAY_CREATE   "grant create on database ", " to scim_owner"
#define MAY_NO_MORE  "revoke create on database ", " from scim_owner"

/* A new table is distributed when it is complete. Later changes run sequentially, because some depend on others. */
#define SPREAD_LATER "set local citus.enable_ddl_propagation = off"
#define SPREAD_NOW   "set local citus.enable_ddl_propagation = on; set local citus.multi_shard_modify_mode = 'sequential'"

/* A generic plan does not know the tenant, and so not the server. */
#define SPREAD_PLANS                                                                                                   \
    "do $$ declare f regprocedure; begin "                                                                             \
    "for f in select p.oid from pg_proc p where p.pronamespace in ('scim'::regnamespace, 'scim_app'::regnamespace) "   \
    "and 'plan_cache_mode=force_generic_plan' = any (p.proconfig) loop "                                               \
    "execute format('alter function %s reset plan_cache_mode', f); end loop; end $$"

#define RECORD "insert into scim.migration (number, name) values ($1, $2)"
#define RECORD_CODE                                                                                                    \
    "insert into scim.code (checksum) values ($1) "                                                                    \
    "on conflict (single) do update set checksum = excluded.checksum, replaced = now()"

const char *scim_migrate_software(void)
{
    return "mod_scim " PACKAGE_VERSION;
}

int scim_migrate_latest(void)
{
    int latest = 0;

    for (const scim_migration_t *m = scim_migrations; m->number != 0; m++) {
        latest = m->number;
    }
    return latest;
}

scim_schema_state_e scim_migrate_state(int number, const char *checksum)
{
    if (number == 0) {
        return SCIM_SCHEMA_NONE;
    }
    if (number > scim_migrate_latest()) {
        return SCIM_SCHEMA_NEWER;
    }
    if (number < scim_migrate_latest() || strcmp(checksum, scim_code_checksum) != 0) {
        return SCIM_SCHEMA_OUTDATED;
    }
    return SCIM_SCHEMA_CURRENT;
}

/* PostgreSQL's message in one line. */
static const char *message_of(PGconn *pg, apr_pool_t *pool)
{
    char *text = apr_pstrdup(pool, PQerrorMessage(pg));
    apr_size_t len = strlen(text);

    while (len > 0 && text[len - 1] == '\n') {
        text[--len] = '\0';
    }
    for (char *end = strchr(text, '\n'); end != NULL; end = strchr(end, '\n')) {
        *end = ' ';
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

static int has_state(const PGresult *result, const char *state)
{
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    return code != NULL && strcmp(code, state) == 0;
}

/* Runs commands whose results are not needed. */
static scim_error_t *run(PGconn *pg, const char *sql, const char *what, apr_pool_t *pool)
{
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    int locked = has_state(result, LOCK_NOT_AVAILABLE);
    scim_error_t *error;

    PQclear(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) {
        return NULL;
    }
    error = failure(pg, what, pool);
    error->transient = locked;
    return error;
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

static apr_status_t clear_result(void *result)
{
    PQclear(result);
    return APR_SUCCESS;
}

/* Runs a query; the pool clears *result. */
static scim_error_t *ask(PGresult **result, PGconn *pg, const char *sql, apr_pool_t *pool)
{
    *result = PQexec(pg, sql);
    apr_pool_cleanup_register(pool, *result, clear_result, apr_pool_cleanup_null);
    if (has_state(*result, INSUFFICIENT_PRIVILEGE)) {
        return scim_migrate_no_owner(pg, pool);
    }
    return PQresultStatus(*result) == PGRES_TUPLES_OK ? NULL : failure(pg, "tell its version", pool);
}

scim_error_t *scim_migrate_current(int *number, const char **checksum, PGconn *pg, apr_pool_t *pool)
{
    PGresult *result;
    scim_error_t *error = ask(&result, pg, TABLE, pool);

    *number = 0;
    *checksum = "";
    if (error != NULL || PQntuples(result) == 0) {
        return error;
    }
    error = ask(&result, pg, CURRENT, pool);
    if (error == NULL) {
        *number = atoi(PQgetvalue(result, 0, 0));
        *checksum = PQgetvalue(result, 0, 1);
    }
    return error;
}

scim_error_t *scim_migrate_lock(PGconn *pg, apr_pool_t *pool)
{
    return run(pg, LOCK_ALL, "be locked", pool);
}

/* Adds a row about the upgrade, as the tables' owner. */
static scim_error_t *record(PGconn *pg, const char *sql, int count, const char *const *values, apr_pool_t *pool)
{
    scim_error_t *error = run(pg, OWNER, "record the upgrade", pool);
    PGresult *result;
    ExecStatusType status;

    if (error != NULL) {
        return error;
    }
    result = PQexecParams(pg, sql, count, NULL, values, NULL, NULL, 0);
    status = PQresultStatus(result);
    PQclear(result);
    return status == PGRES_COMMAND_OK ? run(pg, "reset role", "record the upgrade", pool)
                                      : failure(pg, "record the upgrade", pool);
}

static scim_error_t *too_new(int current, apr_pool_t *pool)
{
    return scim_error_status(pool, 409,
                             "The database is at version %d, which this software (version %d) does not know; install "
                             "the software that the database was upgraded with.",
                             current, scim_migrate_latest());
}

static scim_error_t *apply(const scim_migration_t *migration, PGconn *pg, apr_pool_t *pool)
{
    const char *values[] = {apr_itoa(pool, migration->number), migration->name};
    scim_error_t *error = run(pg, migration->sql, apr_psprintf(pool, "apply migration %s", migration->name), pool);

    return error != NULL ? error : record(pg, RECORD, 2, values, pool);
}

/* Runs commands as the tables' owner. */
static scim_error_t *run_as_owner(PGconn *pg, const char *sql, const char *what, apr_pool_t *pool)
{
    scim_error_t *error = run(pg, OWNER, what, pool);

    if (error == NULL) {
        error = run(pg, sql, what, pool);
    }
    return error != NULL ? error : run(pg, "reset role", what, pool);
}

/* Drops the views and functions of an earlier upgrade before a migration changes what they use. */
static scim_error_t *clear(PGconn *pg, apr_pool_t *pool)
{
    scim_error_t *error = run(pg, STOP, "hold up requests", pool);

    return error != NULL ? error : run_as_owner(pg, scim_code_drop, "drop views and functions", pool);
}

static scim_error_t *make_code(PGconn *pg, apr_pool_t *pool)
{
    const char *values[] = {scim_code_checksum};
    scim_error_t *error = run_as_owner(pg, scim_code, "create views and functions", pool);

    return error != NULL ? error : record(pg, RECORD_CODE, 1, values, pool);
}

/* --- Citus ---------------------------------------------------------------------------------------------------------*/

static scim_error_t *has_row(int *has, const char *sql, PGconn *pg, apr_pool_t *pool)
{
    PGresult *result;
    scim_error_t *error = ask(&result, pg, sql, pool);

    *has = error == NULL && PQntuples(result) > 0;
    return error;
}

/* Whether the tables are distributed over a cluster, or shall be. */
static scim_error_t *find_spread(int *spread, int wanted, PGconn *pg, apr_pool_t *pool)
{
    int cluster, servers = 0;
    scim_error_t *error = has_row(&cluster, CLUSTER, pg, pool);

    *spread = 0;
    if (error == NULL && cluster) {
        error = has_row(spread, SPREAD, pg, pool);
    }
    if (error == NULL && cluster && wanted) {
        error = has_row(&servers, SERVERS, pg, pool);
    }
    if (error != NULL || !wanted) {
        return error;
    }
    *spread = 1;
    return servers ? NULL
                   : scim_error_status(pool, 400,
                                       "The database \"%s\" does not belong to a Citus cluster with servers for its "
                                       "rows. Create the extension citus in it on each server, and add these on this "
                                       "one with citus_add_node (docs/citus.md); or leave out --distributed.",
                                       PQdb(pg));
}

/* Runs a command with the database's name between two texts. */
static scim_error_t *run_on_database(PGconn *pg, apr_pool_t *pool, const char *before, const char *after)
{
    char *name = PQescapeIdentifier(pg, PQdb(pg), strlen(PQdb(pg)));
    scim_error_t *error = run(pg, apr_pstrcat(pool, before, name, after, NULL), "let the owner create schemas", pool);

    PQfreemem(name);
    return error;
}

/* Creates the roles on all servers. */
static scim_error_t *prepare_servers(PGconn *pg, apr_pool_t *pool)
{
    scim_error_t *error = run(pg, "begin", "begin", pool);

    if (error == NULL) {
        error = run(pg, SPREAD_ROLES, "make the roles", pool);
    }
    if (error == NULL) {
        error = run(pg, scim_roles, "make the roles", pool);
    }
    if (error == NULL) {
        error = run_on_database(pg, pool, MAY_CREATE);
    }
    if (error == NULL) {
        error = run(pg, "commit", "commit", pool);
    }
    if (error != NULL) {
        PQclear(PQexec(pg, "rollback"));
    }
    return error;
}

/* --- the upgrade -------------------------------------------------------------------------------------------------- */

static scim_error_t *apply_missing(int from, PGconn *pg, apr_pool_t *pool)
{
    scim_error_t *error = NULL;

    for (const scim_migration_t *m = scim_migrations; m->number != 0 && error == NULL; m++) {
        if (m->number > from) {
            error = apply(m, pg, pool);
        }
    }
    return error;
}

/* The same for a distributed database; distributes new tables. */
static scim_error_t *apply_spread(int from, PGconn *pg, apr_pool_t *pool)
{
    scim_error_t *error = run(pg, from == 0 ? SPREAD_LATER : SPREAD_NOW, "be spread", pool);

    if (error == NULL) {
        error = apply_missing(from, pg, pool);
    }
    if (error == NULL) {
        error = run(pg, SPREAD_NOW, "be spread", pool);
    }
    return error != NULL ? error
                         : run_as_owner(pg, scim_distribute, "be distributed over the servers of the cluster", pool);
}

/* The whole upgrade, in the open transaction. */
static scim_error_t *upgrade(int *from, int spread, PGconn *pg, apr_pool_t *pool)
{
    const char *checksum;
    scim_error_t *error = run(pg, LOCK, "be locked", pool);

    if (error == NULL) {
        error = scim_migrate_current(from, &checksum, pg, pool);
    }
    if (error == NULL && *from > scim_migrate_latest()) {
        error = too_new(*from, pool);
    }
    if (error == NULL) {
        error = run(pg, LOCK_BRIEFLY, "limit its waiting", pool);
    }
    if (error == NULL && !spread) {
        error = run(pg, scim_roles, "make the roles", pool);
    }
    if (error == NULL && *from > 0) {
        error = clear(pg, pool);
    }
    if (error == NULL) {
        error = spread ? apply_spread(*from, pg, pool) : apply_missing(*from, pg, pool);
    }
    if (error == NULL) {
        error = make_code(pg, pool);
    }
    return error != NULL || !spread ? error : run_as_owner(pg, SPREAD_PLANS, "plan for each tenant", pool);
}

static scim_error_t *attempt(int *from, int spread, PGconn *pg, apr_pool_t *pool)
{
    scim_error_t *error = run(pg, "begin", "begin", pool);

    if (error == NULL) {
        error = upgrade(from, spread, pg, pool);
    }
    if (error == NULL) {
        error = run(pg, "commit", "commit", pool);
    }
    if (error != NULL) {
        PQclear(PQexec(pg, "rollback"));
    }
    return error;
}

static scim_error_t *attempt_all(int *from, int spread, PGconn *pg, apr_pool_t *pool)
{
    scim_error_t *error = attempt(from, spread, pg, pool);

    for (int tries = 1; error != NULL && error->transient && tries < ATTEMPTS_MAX; tries++) {
        apr_sleep(PAUSE);
        error = attempt(from, spread, pg, pool);
    }
    return error;
}

scim_error_t *scim_migrate_run(int *from, int *to, int distribute, PGconn *pg, apr_pool_t *pool)
{
    int spread;
    const char *cause;
    scim_error_t *error = find_spread(&spread, distribute, pg, pool);

    *to = scim_migrate_latest();
    if (error == NULL && spread) {
        error = prepare_servers(pg, pool);
    }
    if (error != NULL) {
        return error;
    }
    error = attempt_all(from, spread, pg, pool);
    if (spread && PQstatus(pg) == CONNECTION_OK) {
        scim_error_t *kept = run_on_database(pg, pool, MAY_NO_MORE);
        error = error != NULL ? error : kept;
    }
    if (error == NULL || !error->transient) {
        return error;
    }
    cause = error->cause;
    error = scim_error_status(pool, 503,
                              "Other transactions kept the tables locked; nothing was changed. End those that "
                              "are open for long (pg_stat_activity shows them), or try again when there are fewer "
                              "requests.");
    error->cause = cause;
    return error;
}
