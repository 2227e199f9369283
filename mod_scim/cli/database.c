#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "store/migrate.h"

#define CONNECT_TIMEOUT   "10" /* seconds; the environment and --db can override it */
#define STATEMENT_TIMEOUT apr_time_from_sec(60)

static apr_status_t finish(void *pg)
{
    PQfinish(pg);
    return APR_SUCCESS;
}

/* Keywords before --db can be overridden by those in --db. */
static PGconn *connect_to(const char *conninfo)
{
    const char *keywords[8] = {"fallback_application_name", "client_encoding"};
    const char *values[8] = {"scimctl", "UTF8"};
    int n = 2;

    if (getenv("PGCONNECT_TIMEOUT") == NULL) {
        keywords[n] = "connect_timeout";
        values[n++] = CONNECT_TIMEOUT;
    }
    if (conninfo != NULL) {
        keywords[n] = "dbname";
        values[n] = conninfo;
    }
    return PQconnectdbParams(keywords, values, 1);
}

/* libpq's message in one line: a blank replaces each line end and the next line's indentation. */
static const char *message_of(PGconn *pg, apr_pool_t *pool)
{
    char *text = apr_pstrdup(pool, PQerrorMessage(pg)), *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        if (*from != '\n' && *from != '\t') {
            *to++ = *from;
        } else if (to > text && to[-1] != ' ') {
            *to++ = ' ';
        }
    }
    while (to > text && to[-1] == ' ') {
        to--;
    }
    *to = '\0';
    return text;
}

static int execute(PGconn *pg, const char *sql)
{
    PGresult *result = PQexec(pg, sql);
    int success = PQresultStatus(result) == PGRES_COMMAND_OK;

    PQclear(result);
    return success;
}

const char *cli_reach(PGconn **pg, cli_t *cli)
{
    *pg = connect_to(cli->options[CLI_DB]);
    apr_pool_cleanup_register(cli->pool, *pg, finish, apr_pool_cleanup_null);
    return PQstatus(*pg) == CONNECTION_OK &&
                   execute(*pg, "set client_min_messages = warning; set search_path = pg_catalog, pg_temp")
               ? NULL
               : message_of(*pg, cli->pool);
}

int cli_connect(PGconn **pg, cli_t *cli)
{
    const char *problem = cli_reach(pg, cli);

    if (problem != NULL) {
        return cli_fail(CLI_UNREACHABLE, "No connection to the database; check --db, PGHOST and PGDATABASE: %s",
                        problem);
    }
    return CLI_OK;
}

static int check_version(PGconn *pg, apr_pool_t *pool)
{
    int current;
    const char *checksum;
    scim_error_t *error = scim_migrate_current(&current, &checksum, pg, pool);

    if (error != NULL) {
        return cli_fail_with(error);
    }
    switch (scim_migrate_state(current, checksum)) {
    case SCIM_SCHEMA_NONE:
        return cli_fail(CLI_VERSION, "The database \"%s\" is not set up yet; run: scimctl db init", PQdb(pg));
    case SCIM_SCHEMA_OUTDATED:
        if (current == scim_migrate_latest()) {
            return cli_fail(CLI_VERSION, "The database's views and functions are not those of this software; run: "
                                         "scimctl db upgrade");
        }
        return cli_fail(CLI_VERSION, "The database is at version %d, this software needs %d; run: scimctl db upgrade",
                        current, scim_migrate_latest());
    case SCIM_SCHEMA_NEWER:
        return cli_fail(CLI_VERSION,
                        "The database is at version %d, which this software (version %d) does not know; use the "
                        "scimctl that the database was upgraded with.",
                        current, scim_migrate_latest());
    case SCIM_SCHEMA_CURRENT:
        break;
    }
    return CLI_OK;
}

scim_error_t *cli_take_over(scim_conn_t **conn, PGconn *pg, cli_t *cli)
{
    if (!execute(pg, "set role scim_owner")) {
        return scim_migrate_no_owner(pg, cli->pool);
    }
    return scim_conn_open(conn, pg, cli->pool, STATEMENT_TIMEOUT, cli->pool);
}

void cli_give_back(PGconn *pg)
{
    execute(pg, "reset role");
}

int cli_open(scim_conn_t **conn, cli_t *cli)
{
    PGconn *pg;
    scim_error_t *error;
    int code = cli_connect(&pg, cli);

    if (code == CLI_OK) {
        code = check_version(pg, cli->pool);
    }
    if (code != CLI_OK) {
        return code;
    }
    error = cli_take_over(conn, pg, cli);
    return error == NULL ? CLI_OK : cli_fail_with(error);
}

scim_error_t *cli_schemas(scim_schemas_t **out, const cli_t *cli)
{
    apr_array_header_t *dirs = apr_array_make(cli->pool, 4, sizeof(const char *));

    if (!scim_schemas_complete(cli->schema_dirs, cli->pool)) {
        APR_ARRAY_PUSH(dirs, const char *) = SCIM_DATADIR "/schemas";
    }
    apr_array_cat(dirs, cli->schema_dirs);
    return scim_schemas_load(out, dirs, cli->pool);
}
