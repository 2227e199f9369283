#include "cli.h"
#include "scim/json.h"
#include "show.h"
#include "store/index.h"
#include "store/indexed.h"
#include "store/migrate.h"

typedef struct status_t {
    int current;
    int latest;
    scim_schema_state_e schema;
} status_t;

static const char *const states[] = {"uninitialised", "outdated", "current", "newer"}; /* by scim_schema_state_e */

static const scim_admin_field_t status_fields[] = {{"current", SCIM_ARG_INT, "Version of the database", NULL},
                                                   {"latest", SCIM_ARG_INT, "Version of this software", NULL},
                                                   {"state", SCIM_ARG_TEXT, "State", NULL},
                                                   {"software", SCIM_ARG_TEXT, "Software", NULL},
                                                   {"server", SCIM_ARG_TEXT, "Server", NULL},
                                                   {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static const scim_admin_field_t change_fields[] = {{"from", SCIM_ARG_INT, "Version before", NULL},
                                                   {"to", SCIM_ARG_INT, "Version now", NULL},
                                                   {NULL, SCIM_ARG_TEXT, NULL, NULL}};

/* Reads the status of the database. `alone`: locks it, so that no other process changes it afterwards. */
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
    return CLI_OK;
}

static int migrate(PGconn *pg, int distribute, cli_t *cli)
{
    int from, to;
    scim_error_t *error = scim_migrate_run(&from, &to, distribute, pg, cli->pool);
    json_object *change;

    if (error != NULL) {
        int code = cli_fail_with(error);

        return error->status == 409 ? CLI_VERSION : code;
    }
    change = scim_json_own(json_object_new_object(), cli->pool);
    json_object_object_add(change, "from", json_object_new_int(from));
    json_object_object_add(change, "to", json_object_new_int(to));
    cli_show_object(cli, change_fields, change);
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
    return migrate(pg, cli->options[CLI_DISTRIBUTED] != NULL, cli);
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
    return migrate(pg, 0, cli);
}

static int run_status(cli_t *cli)
{
    PGconn *pg;
    status_t status;
    int code = read_status(&pg, &status, 0, cli);
    json_object *shown = scim_json_own(json_object_new_object(), cli->pool);

    if (code != CLI_OK) {
        return code;
    }
    json_object_object_add(shown, "current", json_object_new_int(status.current));
    json_object_object_add(shown, "latest", json_object_new_int(status.latest));
    json_object_object_add(shown, "state", json_object_new_string(states[status.schema]));
    json_object_object_add(shown, "software", json_object_new_string(scim_migrate_software()));
    json_object_object_add(shown, "server", json_object_new_string(scim_conn_server(pg, cli->pool)));
    cli_show_object(cli, status_fields, shown);
    return status.schema == SCIM_SCHEMA_CURRENT ? CLI_OK : CLI_VERSION;
}

static const scim_admin_field_t index_fields[] = {{"type", SCIM_ARG_TEXT, "Type", NULL},
                                                  {"attribute", SCIM_ARG_TEXT, "Attribute", NULL},
                                                  {"state", SCIM_ARG_TEXT, "State", NULL},
                                                  {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static int run_index(cli_t *cli)
{
    scim_schemas_t *schemas;
    apr_array_header_t *rows;
    scim_conn_t *conn;
    json_object *list;
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
    if (error != NULL) {
        return cli_fail_with(error);
    }
    list = scim_json_own(json_object_new_array(), cli->pool);
    for (int i = 0; i < rows->nelts; i++) {
        const scim_index_row_t *row = &APR_ARRAY_IDX(rows, i, scim_index_row_t);
        json_object *item = json_object_new_object();

        json_object_object_add(item, "type", json_object_new_string(row->type));
        json_object_object_add(item, "attribute", json_object_new_string(row->attribute));
        json_object_object_add(item, "state", json_object_new_string(row->state));
        json_object_array_add(list, item);
    }
    cli_show_objects(cli, index_fields, list);
    return CLI_OK;
}

const cli_command_t cli_db_commands[] = {
    {"db", "init", NULL, CLI_BIT(CLI_DISTRIBUTED), 0, "set up the schema and the roles in an existing database",
     run_init},
    {"db", "upgrade", NULL, 0, 0, "bring the schema to the version of this software", run_upgrade},
    {"db", "status", NULL, 0, 0, "show the version of the schema; exit code 3 if it does not match", run_status},
    {"db", "index", NULL, CLI_BIT(CLI_SCHEMA_DIR) | CLI_BIT(CLI_DROP), 0,
     "index the attributes that the schema files declare as indexed", run_index},
    {NULL, NULL, NULL, 0, 0, NULL, NULL}};
