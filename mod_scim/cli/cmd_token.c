#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "expiry.h"
#include "show.h"
#include "store/token.h"

static const cli_field_t token_fields[] = {
    {"tenant", NULL, CLI_KIND_TEXT, offsetof(scim_token_row_t, tenant)},
    {"keyId", "Key id", CLI_KIND_TEXT, offsetof(scim_token_row_t, key_id)},
    {"name", "Name", CLI_KIND_TEXT, offsetof(scim_token_row_t, name)},
    {"status", "Status", CLI_KIND_TEXT, offsetof(scim_token_row_t, status)},
    {"created", "Created", CLI_KIND_TIME, offsetof(scim_token_row_t, created)},
    {"createdBy", "Created by", CLI_KIND_TEXT, offsetof(scim_token_row_t, created_by)},
    {"expires", "Expires", CLI_KIND_TIME, offsetof(scim_token_row_t, expires)},
    {"revoked", "Revoked", CLI_KIND_TIME, offsetof(scim_token_row_t, revoked)},
    {"revokedBy", "Revoked by", CLI_KIND_TEXT, offsetof(scim_token_row_t, revoked_by)},
    {"description", "Description", CLI_KIND_TEXT, offsetof(scim_token_row_t, description)},
    {NULL, NULL, CLI_KIND_TEXT, 0}};

/* The secret is put before the other members here, so that no copy of it is made that outlives the caller's. */
static void show_secret(const cli_t *cli, const scim_token_row_t *row, const char *text)
{
    if (cli->options[CLI_JSON] != NULL) {
        printf("{\"token\":\"%s\",%s\n", text, cli_row_json(token_fields, row, cli->pool) + 1);
        return;
    }
    printf("%s\n", text);
    fprintf(stderr,
            "This is token \"%s\" (key id %s) of tenant \"%s\". It expires at %s.\n"
            "Copy it now: it will not be shown again.\n",
            row->name, row->key_id, row->tenant, cli_time_text(row->expires, cli->pool));
}

static int create(const cli_t *cli, scim_conn_t *conn, apr_time_t expires)
{
    const char *const *options = cli->options;
    char text[SCIM_TOKEN_LENGTH + 1];
    scim_token_row_t row;
    scim_token_t token;
    scim_error_t *error;

    if (scim_token_make(&token, text) != APR_SUCCESS) {
        return cli_fail(CLI_FAILED, "The system gave no random numbers; try again later.");
    }
    error = scim_token_create(&row, conn, options[CLI_TENANT], &token, options[CLI_NAME], options[CLI_DESCRIPTION],
                              expires, cli_actor(cli->pool), cli->pool);
    if (error == NULL) {
        show_secret(cli, &row, text);
    }
    OPENSSL_cleanse(text, sizeof(text));
    return error == NULL ? CLI_OK : cli_fail_with(error);
}

static int run_create(cli_t *cli)
{
    const char *given = cli->options[CLI_EXPIRES];
    apr_time_t expires;
    const char *wrong = cli_expiry_read(&expires, given != NULL ? given : CLI_EXPIRY_DEFAULT, apr_time_now());
    scim_conn_t *conn;
    int code;

    if (wrong != NULL) {
        return cli_fail(CLI_USAGE, "%s", wrong);
    }
    code = cli_open(&conn, cli);
    return code == CLI_OK ? create(cli, conn, expires) : code;
}

static int run_list(cli_t *cli)
{
    apr_array_header_t *rows;
    scim_conn_t *conn;
    scim_error_t *error;
    int code = cli_open(&conn, cli);

    if (code != CLI_OK) {
        return code;
    }
    error = scim_token_list(&rows, conn, cli->options[CLI_TENANT], cli->pool);
    return cli_answer_rows(cli, error, token_fields, &rows);
}

static int run_revoke(cli_t *cli)
{
    scim_token_row_t row;
    scim_conn_t *conn;
    scim_error_t *error;
    int code = cli_open(&conn, cli);

    if (code != CLI_OK) {
        return code;
    }
    error = scim_token_revoke(&row, conn, cli->options[CLI_TENANT], cli->argument, cli_actor(cli->pool), cli->pool);
    return cli_answer_row(cli, error, token_fields, &row);
}

const cli_command_t cli_token_commands[] = {
    {"token", "create", NULL, CLI_BIT(CLI_TENANT) | CLI_BIT(CLI_NAME) | CLI_BIT(CLI_DESCRIPTION) | CLI_BIT(CLI_EXPIRES),
     CLI_BIT(CLI_TENANT) | CLI_BIT(CLI_NAME), "make a token and show it, this one time", run_create},
    {"token", "list", NULL, CLI_BIT(CLI_TENANT), CLI_BIT(CLI_TENANT), "show the tokens of a tenant, newest first",
     run_list},
    {"token", "revoke", "KEYID|NAME|--name NAME", CLI_BIT(CLI_TENANT) | CLI_BIT(CLI_NAME), CLI_BIT(CLI_TENANT),
     "refuse a token from the next request on", run_revoke},
    {NULL, NULL, NULL, 0, 0, NULL, NULL}};
