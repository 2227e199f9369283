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
#include "operation.h"
#include "options.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

static const cli_command_t *const nouns[] = {cli_db_commands, cli_token_commands};

#define NOUNS (sizeof(nouns) / sizeof(nouns[0]))

int cli_fail(int code, const char *format, ...)
{
    va_list args;

    fputs("scimctl: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return code;
}

int cli_fail_with(const scim_error_t *error)
{
    int code = error->status == 503 ? CLI_UNREACHABLE : CLI_FAILED;

    return error->cause != NULL ? cli_fail(code, "%s (%s)", error->detail, error->cause)
                                : cli_fail(code, "%s", error->detail);
}

/* The commands of a noun; NULL where there is none. */
static const cli_command_t *find_noun(const char *name)
{
    for (apr_size_t i = 0; i < NOUNS; i++) {
        if (strcmp(nouns[i]->noun, name) == 0) {
            return nouns[i];
        }
    }
    return NULL;
}

static const cli_command_t *find_verb(const cli_command_t *commands, const char *name)
{
    for (; commands->noun != NULL; commands++) {
        if (strcmp(commands->verb, name) == 0) {
            return commands;
        }
    }
    return NULL;
}

static void help_commands(FILE *out, const cli_command_t *commands, apr_pool_t *pool)
{
    for (; commands->noun != NULL; commands++) {
        fprintf(out, "  %s\n      %s\n", cli_usage(commands, pool), commands->summary);
    }
}

static void help_all(FILE *out, apr_pool_t *pool)
{
    fputs("Usage: scimctl NOUN VERB [ARGUMENT] [OPTIONS]\n\n", out);
    for (apr_size_t i = 0; i < NOUNS; i++) {
        help_commands(out, nouns[i], pool);
    }
    cli_operation_help(out, NULL, pool);
    fprintf(out, "\nOptions of every command:\n%s\nThe manual page scimctl(8) tells more.\n",
            cli_options_help(NULL, pool));
}

/* Help for as much of a command as the words name. */
static int help(const cli_line_t *line, apr_pool_t *pool)
{
    const cli_command_t *commands = line->nwords > 0 ? find_noun(line->words[0]) : NULL;
    const cli_command_t *command = commands != NULL && line->nwords > 1 ? find_verb(commands, line->words[1]) : NULL;

    if (command != NULL) {
        printf("Usage: %s\n\n%s\n\n%s", cli_usage(command, pool), command->summary, cli_options_help(command, pool));
    } else if (commands != NULL) {
        printf("Usage: scimctl %s VERB [ARGUMENT] [OPTIONS]\n\n", commands->noun);
        help_commands(stdout, commands, pool);
        cli_operation_help(stdout, commands->noun, pool);
    } else if (line->nwords > 0 && cli_operation_noun(line->words[0])) {
        printf("Usage: scimctl %s VERB [ARGUMENT] [OPTIONS]\n\n", line->words[0]);
        cli_operation_help(stdout, line->words[0], pool);
    } else {
        help_all(stdout, pool);
    }
    return CLI_OK;
}

/* Sets cli->argument where the command takes one: the word behind the verb, or the value of --name in its place. */
static int read_argument(cli_t *cli, const cli_line_t *line, const cli_command_t *command)
{
    const char *named = cli_names_argument(command) ? cli->options[CLI_NAME] : NULL;
    int expected = command->argument != NULL && named == NULL ? 3 : 2;

    if (line->nwords != expected) {
        return cli_fail(CLI_USAGE, "%s arguments; usage: %s", line->nwords < expected ? "Missing" : "Too many",
                        cli_usage(command, cli->pool));
    }
    cli->argument = expected == 3 ? line->words[2] : named;
    return CLI_OK;
}

static int run(const cli_line_t *line, cli_t *cli)
{
    const cli_command_t *commands = find_noun(line->words[0]);
    const cli_command_t *command = commands != NULL && line->nwords > 1 ? find_verb(commands, line->words[1]) : NULL;
    int code;

    if (commands == NULL && !cli_operation_noun(line->words[0])) {
        return cli_fail(CLI_USAGE, "There is no command \"%s\"; see scimctl --help.", line->words[0]);
    }
    if (command == NULL) {
        return cli_fail(CLI_USAGE, "\"%s\" needs one of its verbs; see scimctl %s --help.", line->words[0],
                        line->words[0]);
    }
    code = read_argument(cli, line, command);
    if (code == CLI_OK) {
        code = cli_options_check(cli, command);
    }
    return code == CLI_OK ? command->run(cli) : code;
}

static int dispatch(const cli_line_t *line, cli_t *cli)
{
    if (cli->options[CLI_HELP] != NULL) {
        return help(line, cli->pool);
    }
    if (cli->options[CLI_VERSION_OPTION] != NULL) {
        puts("scimctl " PACKAGE_VERSION);
        return CLI_OK;
    }
    if (line->nwords == 0) {
        help_all(stderr, cli->pool);
        return CLI_USAGE;
    }
    return run(line, cli);
}

static int out_of_memory(int status)
{
    (void)status;
    exit(cli_fail(CLI_FAILED, "Out of memory."));
}

int main(int argc, const char *const *argv)
{
    cli_t cli = {{NULL}, NULL, NULL, NULL};
    const scim_admin_op_t *op;
    const char *const *words;
    cli_line_t line;
    int code;

    if (apr_initialize() != APR_SUCCESS || apr_pool_create_ex(&cli.pool, NULL, out_of_memory, NULL) != APR_SUCCESS) {
        return cli_fail(CLI_FAILED, "Out of memory.");
    }
    cli.schema_dirs = apr_array_make(cli.pool, 2, sizeof(const char *));
    op = cli_operation_find(&words, argc, argv, cli.pool);
    code = op != NULL ? cli_operation_run(op, &cli, argc, words) : cli_options_read(&line, &cli, argc, argv);
    if (op == NULL && code == CLI_OK) {
        code = dispatch(&line, &cli);
    }
    apr_pool_destroy(cli.pool);
    apr_terminate();
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return cli_fail(CLI_FAILED, "The result could not be written to standard output.");
    }
    return code;
}
