/*
 * The command line: which options there are, reading them, and the help made of the same tables.
 *
 * Options may stand anywhere, as `--name value` or `--name=value`; `--` ends them. Each takes a value or none wherever
 * it stands, so one pass reads all before the command is known.
 */
#ifndef SCIM_CLI_OPTIONS_H
#define SCIM_CLI_OPTIONS_H

#include "cli.h"

typedef struct cli_option_t {
    const char *name;
    const char *value; /* what to call its value in the help; NULL for a flag */
    const char *help;
} cli_option_t;

extern const cli_option_t cli_options[CLI_OPTION_COUNT];

#define CLI_WORDS_MAX 4 /* noun, verb, argument and one too many */

typedef struct cli_line_t {
    const char *words[CLI_WORDS_MAX]; /* all that is no option */
    int nwords;                       /* more than CLI_WORDS_MAX where more were given */
} cli_line_t;

/* Reads the whole line into cli->options and `line`. Returns CLI_OK or CLI_USAGE after a message. */
int cli_options_read(cli_line_t *line, cli_t *cli, int argc, const char *const *argv);

/* The tenant that the environment names (SCIM_TENANT) for commands that say none; NULL: it names none. */
const char *cli_default_tenant(void);

/* Checks that the options given are those of the command, and takes the environment's tenant where it needs one.
 * Returns CLI_OK or CLI_USAGE after a message. */
int cli_options_check(cli_t *cli, const cli_command_t *command);

/* `scimctl db index [--drop]` */
const char *cli_usage(const cli_command_t *command, apr_pool_t *pool);

/* The lines that explain the options of `command`; those of every command where it is NULL. */
const char *cli_options_help(const cli_command_t *command, apr_pool_t *pool);

/* For a shell to complete, as those of words.h. */
const char *cli_options_names(const cli_command_t *command, apr_pool_t *pool);
const char *cli_options_values(const char *option);

#endif
