/*
 * The command line: the table of options, reading them, and the help generated from the table.
 *
 * Options may be anywhere, as `--name value` or `--name=value`; `--` ends them. An option takes a value in all commands
 * or in none, so one pass reads all before the command is known.
 */
#ifndef SCIM_CLI_OPTIONS_H
#define SCIM_CLI_OPTIONS_H

#include "cli.h"

typedef struct cli_option_t {
    const char *name;
    const char *value; /* the value's name in the help; NULL for a flag */
    const char *help;
} cli_option_t;

extern const cli_option_t cli_options[CLI_OPTION_COUNT];

#define CLI_WORDS_MAX 4 /* noun, verb, argument and one too many */

typedef struct cli_line_t {
    const char *words[CLI_WORDS_MAX]; /* all words that are not options */
    int nwords;                       /* may be greater than CLI_WORDS_MAX */
} cli_line_t;

/* Reads the whole line into cli->options and `line`. Returns CLI_OK or CLI_USAGE after a message. */
int cli_options_read(cli_line_t *line, cli_t *cli, int argc, const char *const *argv);

/* The tenant of the environment (SCIM_TENANT), for commands without --tenant; NULL: none. */
const char *cli_default_tenant(void);

/* Checks that the command takes the given options, and uses the environment's tenant if it needs one. Returns CLI_OK or
 * CLI_USAGE after a message. */
int cli_options_check(cli_t *cli, const cli_command_t *command);

/* `scimctl db index [--drop]` */
const char *cli_usage(const cli_command_t *command, apr_pool_t *pool);

/* The lines that explain the options of `command`; NULL: the common options. */
const char *cli_options_help(const cli_command_t *command, apr_pool_t *pool);

/* For a shell's completion, like those of words.h. */
const char *cli_options_names(const cli_command_t *command, apr_pool_t *pool);
const char *cli_options_values(const char *option);

#endif
