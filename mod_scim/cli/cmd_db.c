#include "cli.h"
#include "show.h"
#include "store/index.h"
#include "store/indexed.h"
#include "store/migrate.h"

typedef struct status_t {
    int current;
    int latest;
    const char *software;
    const char *server;
    const char *state; /* states[schema] */
    scim_schema_state_e schema;
} status_t;

static const char *const states[] = {"uninitialised", "outdated", "current", "newer"}; /* by scim_schema_state_e */

static const cli_field_t status_fields[] = {
    {"current", "Version of the database", CLI_KIND_INT, offsetof(status_t, current)},
    {"latest", "Version of this software", CLI_KIND_INT, offsetof(status_t, latest)},
    {"state", "State", CLI_KIND_TEXT, offsetof(status_t, state)},
    {"software", "Software", CLI_KIND_TEXT, offsetof(status_t, software)},
    {"server", "Server", CLI_KIND_TEXT, offsetof(status_t, server)},
    {NULL, NULL, CLI_KIND_TEXT, 0}};

typedef struct change_t {
    int from;
    int to;
} change_t;

static const cli_field_t change_fields[] = {{"from", "Version before", CLI_KIND_INT, offsetof(change_t, from)},
                                            {"to", "Version now", CLI_KIND_INT, offsetof(change_t, to)},
                                            {NULL, NULL, CLI_KIND_TEXT, 0}};

/* With `alone` nobody else changes it after that. */
static int read_status(PGconn **pg, status_t *status, int alone, cli_t *cli)
{
    int code = cli_connect(pg, cli);
    const char *checksum;
    scim_error_t *error;

    if (code != CLI_OK) {
        return code;
    }
    error = alone ? scim_migrate_lock(*pg, cli->pool) : NULL;
    if (error == NULL) {
        error = scim_migrate_current(&status->current, &checksum, *pg, cli->pool);
    }
    if (error != NULL) {
        return cli_fail_with(error);
    }
    status->latest = scim_migrate_latest();
    status->schema = scim_migrate_state(status->current, checksum);
    status->state = states[status->schema];
    status->software = scim_migrate_software();
    status->server = scim_conn_server(*pg, cli->pool);
    return CLI_OK;
}

static int migrate(PGconn *pg, cli_t *cli)
{
    change_t change;
    scim_error_t *error = scim_migrate_run(&change.from, &change.to, pg, cli->pool);

    if (error != NULL) {
        int code = cli_fail_with(error);

        return error->status == 409 ? CLI_VERSION : code;
    }
    cli_show_row(cli, change_fields, &change);
    return CLI_OK;
}

static int run_init(cli_t *cli)
{
    PGconn *pg;
    status_t status;
    int code = read_status(&pg, &status, 1, cli);

    if (code != CLI_OK) {
        return code;
    }
    if (status.schema == SCIM_SCHEMA_OUTDATED) {
        return cli_fail(CLI_VERSION, "The database is set up already, at version %d; run: scimctl db upgrade",
                        status.current);
    }
    return migrate(pg, cli);
}

static int run_upgrade(cli_t *cli)
{
    PGconn *pg;
    status_t status;
    int code = read_status(&pg, &status, 1, cli);

    if (code != CLI_OK) {
        return code;
    }
    if (status.schema == SCIM_SCHEMA_NONE) {
        return cli_fail(CLI_VERSION, "The database \"%s\" is not set up yet; run: scimctl db init", PQdb(pg));
    }
    return migrate(pg, cli);
}

static int run_status(cli_t *cli)
{
    PGconn *pg;
    status_t status;
    int code = read_status(&pg, &status, 0, cli);

    if (code != CLI_OK) {
        return code;
    }
    cli_show_row(cli, status_fields, &status);
    return status.schema == SCIM_SCHEMA_CURRENT ? CLI_OK : CLI_VERSION;
}

static const cli_field_t index_fields[] = {
    {"type", "Type", CLI_KIND_TEXT, offsetof(scim_index_row_t, type)},
    {"attribute", "Attribute", CLI_KIND_TEXT, offsetof(scim_index_row_t, attribute)},
    {"state", "State", CLI_KIND_TEXT, offsetof(scim_index_row_t, state)},
    {NULL, NULL, CLI_KIND_TEXT, 0}};

static int run_index(cli_t *cli)
{
    scim_schemas_t *schemas;
    apr_array_header_t *rows;
    scim_conn_t *conn;
    scim_error_t *error = cli_schemas(&schemas, cli);
    int code;

    if (error != NULL) {
        return cli_fail_with(error);
    }
    code = cli_open(&conn, cli);
    if (code != CLI_OK) {
        return code;
    }
    error = scim_index_run(&rows, conn, scim_indexed_declared(schemas, cli->pool), cli->options[CLI_DROP] != NULL,
                           cli->pool);
    return cli_answer_rows(cli, error, index_fields, &rows);
}

const cli_command_t cli_db_commands[] = {
    {"db", "init", NULL, 0, 0, "set up the schema and the roles in an existing database", run_init},
    {"db", "upgrade", NULL, 0, 0, "bring the schema to the version of this software", run_upgrade},
    {"db", "status", NULL, 0, 0, "show the version of the schema; exit code 3 where it does not fit", run_status},
    {"db", "index", NULL, CLI_BIT(CLI_SCHEMA_DIR) | CLI_BIT(CLI_DROP), 0,
     "index the attributes for which the schema files ask it", run_index},
    {NULL, NULL, NULL, 0, 0, NULL, NULL}};
