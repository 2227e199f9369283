#include "cli.h"
#include "show.h"
#include "store/tenant.h"

static const cli_field_t tenant_fields[] = {
    {"tenant", "Tenant", CLI_KIND_TEXT, offsetof(scim_tenant_row_t, tenant)},
    {"displayName", "Display name", CLI_KIND_TEXT, offsetof(scim_tenant_row_t, display_name)},
    {"enabled", "Enabled", CLI_KIND_FLAG, offsetof(scim_tenant_row_t, enabled)},
    {"restore", "Restore by", CLI_KIND_TEXT, offsetof(scim_tenant_row_t, restore)},
    {"profile", "Profile", CLI_KIND_TEXT, offsetof(scim_tenant_row_t, profile)},
    {"created", "Created", CLI_KIND_TIME, offsetof(scim_tenant_row_t, created)},
    {NULL, NULL, CLI_KIND_TEXT, 0}};

static int show(const cli_t *cli, const scim_error_t *error, const scim_tenant_row_t *row)
{
    return cli_answer_row(cli, error, tenant_fields, row);
}

static int run_add(cli_t *cli)
{
    scim_tenant_row_t row;
    scim_conn_t *conn;
    int code = cli_open(&conn, cli);

    if (code != CLI_OK) {
        return code;
    }
    return show(cli, scim_tenant_add(&row, conn, cli->argument, cli->options[CLI_DISPLAY_NAME], cli->pool), &row);
}

static int run_list(cli_t *cli)
{
    apr_array_header_t *rows;
    scim_conn_t *conn;
    int code = cli_open(&conn, cli);

    if (code != CLI_OK) {
        return code;
    }
    return cli_answer_rows(cli, scim_tenant_list(&rows, conn, cli->pool), tenant_fields, &rows);
}

static int run_show(cli_t *cli)
{
    scim_tenant_row_t row;
    scim_conn_t *conn;
    int code = cli_open(&conn, cli);

    if (code != CLI_OK) {
        return code;
    }
    return show(cli, scim_tenant_show(&row, conn, cli->argument, cli->pool), &row);
}

static int enable(cli_t *cli, int enabled)
{
    scim_tenant_row_t row;
    scim_conn_t *conn;
    int code = cli_open(&conn, cli);

    if (code != CLI_OK) {
        return code;
    }
    return show(cli, scim_tenant_enable(&row, conn, cli->argument, enabled, cli->pool), &row);
}

static int run_enable(cli_t *cli)
{
    return enable(cli, 1);
}

static int run_disable(cli_t *cli)
{
    return enable(cli, 0);
}

static int run_set(cli_t *cli)
{
    const char *restore = cli->options[CLI_RESTORE];
    const char *profile = cli->options[CLI_PROFILE];
    scim_tenant_row_t row;
    scim_conn_t *conn;
    int code;

    if (restore == NULL && profile == NULL) {
        return cli_fail(CLI_USAGE, "tenant set needs --profile NAME or --restore HOW.");
    }
    code = cli_open(&conn, cli);
    if (code != CLI_OK) {
        return code;
    }
    return show(cli, scim_tenant_set(&row, conn, cli->argument, restore, profile, cli->pool), &row);
}

const cli_command_t cli_tenant_commands[] = {
    {"tenant", "add", "NAME", CLI_BIT(CLI_DISPLAY_NAME), 0,
     "make a tenant; NAME is permanent and ends the tenant's base URL", run_add},
    {"tenant", "list", NULL, 0, 0, "show all tenants", run_list},
    {"tenant", "show", "NAME", 0, 0, "show a tenant", run_show},
    {"tenant", "enable", "NAME", 0, 0, "switch provisioning on", run_enable},
    {"tenant", "disable", "NAME", 0, 0, "switch provisioning off: every request of the tenant is answered 403",
     run_disable},
    {"tenant", "set", "NAME", CLI_BIT(CLI_PROFILE) | CLI_BIT(CLI_RESTORE), 0, "change settings of a tenant", run_set},
    {NULL, NULL, NULL, 0, 0, NULL, NULL}};
