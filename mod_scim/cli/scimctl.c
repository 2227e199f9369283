/* scimctl: reads the command line, finds the command, runs it. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <apr_general.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "help.h"
#include "operation.h"
#include "options.h"
#include "show.h"
#include "store/openapi.h"

#define MESSAGE_MAX 16384 /* bytes */

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

/* Uses no pool, because the error may be that no memory is left for one. */
int cli_fail(int code, const char *format, ...)
{
    char text[MESSAGE_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    fputs("scimctl: ", stderr);
    cli_put_text(text, stderr);
    fputc('\n', stderr);
    return code;
}

int cli_fail_with(const scim_error_t *error)
{
    int code = error->status == 503 ? CLI_UNREACHABLE : CLI_FAILED;

    return error->cause != NULL ? cli_fail(code, "%s (%s)", error->detail, error->cause)
                                : cli_fail(code, "%s", error->detail);
}

/* Sets cli->argument to the word after the verb, if the command takes one. */
static int read_argument(cli_t *cli, const cli_line_t *line, const cli_command_t *command)
{
    int expected = (*command->verb ? 2 : 1) + (command->argument != NULL);

    if (line->nwords != expected) {
        return cli_fail(CLI_USAGE, "%s arguments; usage: %s", line->nwords < expected ? "Missing" : "Too many",
                        cli_usage(command, cli->pool));
    }
    cli->argument = command->argument != NULL ? line->words[expected - 1] : NULL;
    return CLI_OK;
}

static int run(const cli_line_t *line, cli_t *cli)
{
    const char *verb = line->nwords > 1 ? line->words[1] : NULL;
    const cli_command_t *alone = cli_command_find(line->words[0], "");
    const cli_command_t *command = alone != NULL && (verb == NULL || alone->argument != NULL) ? alone
                                   : verb != NULL ? cli_command_find(line->words[0], verb)
                                                  : NULL;
    int code;

    if (command == NULL) {
        return cli_help_wrong(line->words[0], verb, cli->pool);
    }
    code = read_argument(cli, line, command);
    if (code == CLI_OK) {
        code = cli_options_check(cli, command);
    }
    return code == CLI_OK ? command->run(cli) : code;
}

static int dispatch(const cli_line_t *line, cli_t *cli)
{
    if (cli->options[CLI_HELP] != NULL && line->nwords > 0) {
        return cli_help(line->words[0], line->nwords > 1 ? line->words[1] : NULL, cli->pool);
    }
    if (cli->options[CLI_VERSION_OPTION] != NULL) {
        puts("scimctl " PACKAGE_VERSION);
        return CLI_OK;
    }
    if (line->nwords == 0) {
        int asked = cli->options[CLI_HELP] != NULL;

        cli_help_all(asked ? stdout : stderr, cli->pool);
        return asked ? CLI_OK : CLI_USAGE;
    }
    return run(line, cli);
}

static int out_of_memory(int status)
{
    (void)status;
    exit(cli_fail(CLI_FAILED, "Out of memory."));
}

/* Runs commands that need neither a noun nor a database. */
static int run_word(int *code, int argc, const char *const *argv, apr_pool_t *pool)
{
    if (argc > 1 && strcmp(argv[1], "complete") == 0) {
        *code = cli_complete(argc - 2, argv + 2, pool);
        return 1;
    }
    if (argc == 2 && strcmp(argv[1], "openapi") == 0) {
        fputs(scim_openapi(pool), stdout);
        *code = CLI_OK;
        return 1;
    }
    return 0;
}

static int run_line(cli_t *cli, int argc, const char *const *argv)
{
    const char *const *operation;
    const scim_admin_op_t *op;
    cli_line_t line;
    int code;

    if (run_word(&code, argc, argv, cli->pool)) {
        return code;
    }
    op = cli_operation_find(&operation, argc, argv, cli->pool);
    if (op != NULL) {
        return cli_operation_run(op, cli, argc, operation);
    }
    code = cli_options_read(&line, cli, argc, argv);
    return code == CLI_OK ? dispatch(&line, cli) : code;
}

int main(int argc, const char *const *argv)
{
    cli_t cli = {{NULL}, NULL, NULL, NULL};
    int code;

    if (apr_initialize() != APR_SUCCESS || apr_pool_create_ex(&cli.pool, NULL, out_of_memory, NULL) != APR_SUCCESS) {
        return cli_fail(CLI_FAILED, "Out of memory.");
    }
    cli.schema_dirs = apr_array_make(cli.pool, 2, sizeof(const char *));
    code = run_line(&cli, argc, argv);
    apr_pool_destroy(cli.pool);
    apr_terminate();
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return cli_fail(CLI_FAILED, "The result could not be written to standard output.");
    }
    return code;
}
