#include "options.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "scim/text.h"

const cli_option_t cli_options[CLI_OPTION_COUNT] = {
    [CLI_ALL_TENANTS] = {"all-tenants", NULL, "the whole lists of every tenant, instead of --tenant"},
    [CLI_APACHECTL] = {"apachectl", "PROGRAM", "tests httpd's configuration (default: apachectl, if run as root)"},
    [CLI_COLUMNS] = {"columns", "NAMES", "the columns of the table or of the CSV, with commas between them"},
    [CLI_CSV] = {"csv", NULL, "the whole list as CSV"},
    [CLI_DB] = {"db", "CONNINFO", "database to use (default: libpq's environment)"},
    [CLI_DISTRIBUTED] = {"distributed", NULL, "distribute the tenants over the servers of a Citus cluster"},
    [CLI_DROP] = {"drop", NULL, "remove indexes that no schema file declares any more"},
    [CLI_HELP] = {"help", NULL, "show this text"},
    [CLI_JSON] = {"json", NULL, "print JSON, for programs"},
    [CLI_JSONL] = {"jsonl", NULL, "the whole list, one JSON object per line"},
    [CLI_PRUNE] = {"prune", NULL, "also delete objects that are not in the file, in its sections"},
    [CLI_SCHEMA_DIR] = {"schema-dir", "DIR",
                        "schema files in addition to the shipped ones, as ScimSchemaDir; may be repeated"},
    [CLI_TENANT] = {"tenant", "TENANT", "which tenant"},
    [CLI_URL] = {"url", "URL", "base URL of a tenant, to test as identity providers use it"},
    [CLI_VERSION_OPTION] = {"version", NULL, "show the version"},
    [CLI_YES] = {"yes", NULL, "do not ask"},
};

/* Options that may be repeated. */
#define REPEATED CLI_BIT(CLI_SCHEMA_DIR)

#define EVERYWHERE (CLI_BIT(CLI_DB) | CLI_BIT(CLI_HELP) | CLI_BIT(CLI_JSON) | CLI_BIT(CLI_VERSION_OPTION))

/* The option in a word ("name" or "name=value"); CLI_OPTION_COUNT: none. */
static cli_option_e find(const char *word)
{
    apr_size_t len = strcspn(word, "=");
    cli_option_e option = 0;

    while (option < CLI_OPTION_COUNT &&
           (strlen(cli_options[option].name) != len || strncmp(cli_options[option].name, word, len) != 0)) {
        option++;
    }
    return option;
}

/* Reads the option at argv[*at], and goes to its value if that is a separate word. */
static int read_option(cli_t *cli, int *at, int argc, const char *const *argv)
{
    const char *word = argv[*at] + 2;
    const char *value = strchr(word, '=');
    cli_option_e option = find(word);

    if (option == CLI_OPTION_COUNT) {
        return cli_fail(CLI_USAGE, "Unknown option %s; scimctl --help lists those of all commands.", argv[*at]);
    }
    if (cli->options[option] != NULL && !(REPEATED & CLI_BIT(option))) {
        return cli_fail(CLI_USAGE, "The option --%s was given twice; give it once.", cli_options[option].name);
    }
    if (cli_options[option].value == NULL) {
        cli->options[option] = "";
        return value == NULL
                   ? CLI_OK
                   : cli_fail(CLI_USAGE, "The option --%s takes no value; leave it out.", cli_options[option].name);
    }
    if (value == NULL && *at + 1 == argc) {
        return cli_fail(CLI_USAGE, "The option --%s needs a value: --%s %s.", cli_options[option].name,
                        cli_options[option].name, cli_options[option].value);
    }
    value = value != NULL ? value + 1 : argv[++*at];
    if (option == CLI_SCHEMA_DIR) {
        APR_ARRAY_PUSH(cli->schema_dirs, const char *) = value;
    }
    cli->options[option] = value;
    return CLI_OK;
}

int cli_options_read(cli_line_t *line, cli_t *cli, int argc, const char *const *argv)
{
    int ended = 0;

    line->nwords = 0;
    for (int i = 1; i < argc; i++) {
        if (scim_utf8_valid(argv[i], strlen(argv[i])) != strlen(argv[i])) {
            return cli_fail(CLI_USAGE, "Argument %d is not UTF-8; use a UTF-8 terminal.", i);
        }
    }
    for (int i = 1; i < argc; i++) {
        int code = CLI_OK;

        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = 1;
        } else if (!ended && strncmp(argv[i], "--", 2) == 0) {
            code = read_option(cli, &i, argc, argv);
        } else if (!ended && argv[i][0] == '-' && argv[i][1] != '\0') {
            code = cli_fail(CLI_USAGE, "There is no option %s; options start with two hyphens.", argv[i]);
        } else if (line->nwords++ < CLI_WORDS_MAX) {
            line->words[line->nwords - 1] = argv[i];
        }
        if (code != CLI_OK) {
            return code;
        }
    }
    return CLI_OK;
}

const char *cli_default_tenant(void)
{
    const char *tenant = getenv("SCIM_TENANT");

    return tenant != NULL && *tenant ? tenant : NULL;
}

int cli_options_check(cli_t *cli, const cli_command_t *command)
{
    if ((command->required & CLI_BIT(CLI_TENANT)) && cli->options[CLI_TENANT] == NULL) {
        cli->options[CLI_TENANT] = cli_default_tenant();
    }
    for (cli_option_e i = 0; i < CLI_OPTION_COUNT; i++) {
        if (cli->options[i] != NULL && !((command->options | EVERYWHERE) & CLI_BIT(i))) {
            return cli_fail(CLI_USAGE, "%s %s takes no option --%s; usage: %s.", command->noun, command->verb,
                            cli_options[i].name, cli_usage(command, cli->pool));
        }
        if (cli->options[i] == NULL && (command->required & CLI_BIT(i))) {
            return cli_fail(CLI_USAGE, "%s %s needs --%s %s; usage: %s.", command->noun, command->verb,
                            cli_options[i].name, cli_options[i].value, cli_usage(command, cli->pool));
        }
    }
    return CLI_OK;
}

const char *cli_usage(const cli_command_t *command, apr_pool_t *pool)
{
    scim_buf_t buf;

    scim_buf_init(&buf, 128, pool);
    scim_buf_printf(&buf, *command->verb ? "scimctl %s %s" : "scimctl %s", command->noun, command->verb);
    if (command->argument != NULL) {
        scim_buf_printf(&buf, " %s", command->argument);
    }
    for (cli_option_e i = 0; i < CLI_OPTION_COUNT; i++) {
        if (command->options & CLI_BIT(i)) {
            int required = (command->required & CLI_BIT(i)) != 0;
            const char *value = cli_options[i].value != NULL ? cli_options[i].value : "";

            scim_buf_printf(&buf, " %s--%s%s%s%s", required ? "" : "[", cli_options[i].name, *value ? " " : "", value,
                            required ? "" : "]");
        }
    }
    return buf.data;
}

const char *cli_options_help(const cli_command_t *command, apr_pool_t *pool)
{
    unsigned chosen = command != NULL ? command->options | EVERYWHERE : EVERYWHERE;
    scim_buf_t buf;

    scim_buf_init(&buf, 512, pool);
    for (cli_option_e i = 0; i < CLI_OPTION_COUNT; i++) {
        if (chosen & CLI_BIT(i)) {
            const char *value = cli_options[i].value != NULL ? cli_options[i].value : "";
            const char *name = apr_psprintf(pool, "--%s %s", cli_options[i].name, value);

            scim_buf_printf(&buf, "  %-22s %s\n", name, cli_options[i].help);
        }
    }
    return buf.data;
}

const char *cli_options_names(const cli_command_t *command, apr_pool_t *pool)
{
    scim_buf_t buf;

    scim_buf_init(&buf, 256, pool);
    for (cli_option_e i = 0; i < CLI_OPTION_COUNT; i++) {
        if ((command->options | EVERYWHERE) & CLI_BIT(i)) {
            scim_buf_printf(&buf, "%s--%s", buf.len > 0 ? " " : "", cli_options[i].name);
        }
    }
    return buf.data;
}

const char *cli_options_values(const char *option)
{
    cli_option_e i = strncmp(option, "--", 2) == 0 ? find(option + 2) : CLI_OPTION_COUNT;

    return i < CLI_OPTION_COUNT && cli_options[i].value != NULL ? "" : NULL;
}
