/*
 * What scimctl tells about itself: help for all, for a noun and for a verb, and the words that a shell completes.
 *
 * Both are made of the tables of commands (cli.h) and of administrators' operations (words.h); a noun may have
 * verbs in both.
 */
#ifndef SCIM_CLI_HELP_H
#define SCIM_CLI_HELP_H

#include <stdio.h>

#include "cli.h"

/* The tables of commands, ended by NULL. */
extern const cli_command_t *const cli_commands[];

/* The command of a noun and a verb; NULL: there is none. */
const cli_command_t *cli_command_find(const char *noun, const char *verb);

/* Whether there are commands or operations with this noun. */
int cli_noun_known(const char *noun);

/* The nouns, and the verbs of each. */
void cli_help_all(FILE *out, apr_pool_t *pool);

/* What a noun has, or a verb of it (NULL: all of them); CLI_USAGE after a message where there is no such thing. */
int cli_help(const char *noun, const char *verb, apr_pool_t *pool);

/* "No such verb": what there is instead. Returns CLI_USAGE. */
int cli_help_wrong(const char *noun, const char *verb, apr_pool_t *pool);

/* `scimctl complete WORD...`: prints what may stand in the place of the last word, which may be begun or empty, one on
 * a line. The words before it are those of the command line behind "scimctl". */
int cli_complete(int nwords, const char *const *words, apr_pool_t *pool);

#endif
