#include <apr_strings.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "expiry.h"
#include "show.h"
#include "store/cidr.h"
#include "store/token.h"

#define RATE_MAX      100000  /* requests a second */
#define BURST_MAX     1000000 /* requests at once */
#define BURST_DEFAULT 2       /* seconds of the rate */

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
    {"readOnly", "Read-only", CLI_KIND_FLAG, offsetof(scim_token_row_t, read_only)},
    {"addresses", "Addresses", CLI_KIND_LIST, offsetof(scim_token_row_t, addresses)},
    {"rate", "Rate", CLI_KIND_NUMBER, offsetof(scim_token_row_t, rate)},
    {"burst", "Burst", CLI_KIND_NUMBER, offsetof(scim_token_row_t, burst)},
    {"userId", NULL, CLI_KIND_TEXT, offsetof(scim_token_row_t, user_id)},
    {"userName", "User", CLI_KIND_TEXT, offsetof(scim_token_row_t, user_name)},
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

/* A positive number up to `most`, and what may follow it; 0 where `text` is none. */
static int read_number(const char *text, const char *unit, int most)
{
    apr_size_t digits = strspn(text, "0123456789");
    apr_int64_t number = digits > 0 && digits <= 9 ? apr_atoi64(text) : 0;

    if (number > most || (text[digits] != '\0' && strcmp(text + digits, unit) != 0)) {
        return 0;
    }
    return (int)number;
}

static int read_rate(scim_token_terms_t *terms, const cli_t *cli)
{
    const char *rate = cli->options[CLI_RATE];
    const char *burst = cli->options[CLI_BURST];

    if (rate == NULL) {
        return burst == NULL ? CLI_OK : cli_fail(CLI_USAGE, "The option --burst needs --rate beside it.");
    }
    terms->said |= SCIM_TERM_RATE;
    if (strcmp(rate, "none") == 0) {
        return burst == NULL ? CLI_OK : cli_fail(CLI_USAGE, "Without a rate there is no --burst; leave it out.");
    }
    terms->rate = read_number(rate, "/s", RATE_MAX);
    if (terms->rate == 0) {
        return cli_fail(
            CLI_USAGE,
            "The value of --rate is a number of requests a second from 1 to %d, such as 10 or 10/s, or none.",
            RATE_MAX);
    }
    terms->burst = burst != NULL ? read_number(burst, "", BURST_MAX) : terms->rate * BURST_DEFAULT;
    if (terms->burst == 0) {
        return cli_fail(CLI_USAGE, "The value of --burst is a number of requests from 1 to %d.", BURST_MAX);
    }
    return CLI_OK;
}

static int read_addresses(scim_token_terms_t *terms, const cli_t *cli)
{
    const char *text = cli->options[CLI_ADDRESS];
    scim_error_t *error = NULL;

    if (text == NULL) {
        return CLI_OK;
    }
    terms->said |= SCIM_TERM_ADDRESSES;
    if (strcmp(text, "any") != 0) {
        error = scim_cidr_list(&terms->addresses, text, cli->pool);
    }
    return error == NULL ? CLI_OK : cli_fail(CLI_USAGE, "%s", error->detail);
}

/* What one option says and another one takes back. */
static int read_pair(scim_token_terms_t *terms, unsigned term, const cli_t *cli, cli_option_e yes, cli_option_e no)
{
    if (cli->options[yes] != NULL && cli->options[no] != NULL) {
        return cli_fail(CLI_USAGE, "%s; choose one.",
                        term == SCIM_TERM_USER ? "--user and --no-user were both given"
                                               : "--read-only and --read-write were both given");
    }
    if (cli->options[yes] != NULL || cli->options[no] != NULL) {
        terms->said |= term;
    }
    return CLI_OK;
}

static int read_terms(scim_token_terms_t *terms, const cli_t *cli)
{
    int code = read_pair(terms, SCIM_TERM_READ_ONLY, cli, CLI_READ_ONLY, CLI_READ_WRITE);

    terms->read_only = cli->options[CLI_READ_ONLY] != NULL;
    terms->user = cli->options[CLI_USER];
    code = code == CLI_OK ? read_pair(terms, SCIM_TERM_USER, cli, CLI_USER, CLI_NO_USER) : code;
    code = code == CLI_OK ? read_rate(terms, cli) : code;
    return code == CLI_OK ? read_addresses(terms, cli) : code;
}

static int create(const cli_t *cli, scim_conn_t *conn, apr_time_t expires, const scim_token_terms_t *terms)
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
                              expires, terms, cli_actor(cli->pool), cli->pool);
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
    scim_token_terms_t terms = {0};
    const char *wrong = cli_expiry_read(&expires, given != NULL ? given : CLI_EXPIRY_DEFAULT, apr_time_now());
    scim_conn_t *conn;
    int code;

    if (wrong != NULL) {
        return cli_fail(CLI_USAGE, "%s", wrong);
    }
    code = read_terms(&terms, cli);
    code = code == CLI_OK ? cli_open(&conn, cli) : code;
    return code == CLI_OK ? create(cli, conn, expires, &terms) : code;
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

static int run_set(cli_t *cli)
{
    scim_token_row_t row;
    scim_token_terms_t terms = {0};
    scim_conn_t *conn;
    scim_error_t *error;
    int code = read_terms(&terms, cli);

    if (code == CLI_OK && terms.said == 0) {
        code = cli_fail(CLI_USAGE, "Nothing to set: give --read-only, --read-write, --address, --rate, --user or "
                                   "--no-user.");
    }
    code = code == CLI_OK ? cli_open(&conn, cli) : code;
    if (code != CLI_OK) {
        return code;
    }
    error = scim_token_set(&row, conn, cli->options[CLI_TENANT], cli->argument, &terms, cli->pool);
    return cli_answer_row(cli, error, token_fields, &row);
}

#define TERMS                                                                                                          \
    (CLI_BIT(CLI_ADDRESS) | CLI_BIT(CLI_BURST) | CLI_BIT(CLI_RATE) | CLI_BIT(CLI_READ_ONLY) | CLI_BIT(CLI_USER))

const cli_command_t cli_token_commands[] = {
    {"token", "create", NULL,
     CLI_BIT(CLI_TENANT) | CLI_BIT(CLI_NAME) | CLI_BIT(CLI_DESCRIPTION) | CLI_BIT(CLI_EXPIRES) | TERMS,
     CLI_BIT(CLI_TENANT) | CLI_BIT(CLI_NAME), "make a token and show it, this one time", run_create},
    {"token", "list", NULL, CLI_BIT(CLI_TENANT), CLI_BIT(CLI_TENANT), "show the tokens of a tenant, newest first",
     run_list},
    {"token", "revoke", "KEYID|NAME|--name NAME", CLI_BIT(CLI_TENANT) | CLI_BIT(CLI_NAME), CLI_BIT(CLI_TENANT),
     "refuse a token from the next request on", run_revoke},
    {"token", "set", "KEYID|NAME|--name NAME",
     CLI_BIT(CLI_TENANT) | CLI_BIT(CLI_NAME) | CLI_BIT(CLI_READ_WRITE) | CLI_BIT(CLI_NO_USER) | TERMS,
     CLI_BIT(CLI_TENANT), "change what a token may do, from the next request on", run_set},
    {NULL, NULL, NULL, 0, 0, NULL, NULL}};
