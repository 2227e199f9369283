/*
 * scimctl's help (for all, for a noun, for a verb), and the words for a shell's completion.
 *
 * Both are generated from the tables of commands (cli.h) and of administrators' operations (words.h); a noun may have
 * verbs in both.
 */
#ifndef SCIM_CLI_HELP_H
#define SCIM_CLI_HELP_H

#include <stdio.h>

#include "cli.h"

/* The tables of commands, NULL-terminated. */
extern const cli_command_t *const cli_commands[];

/* The command of a noun and a verb; NULL: none. */
const cli_command_t *cli_command_find(const char *noun, const char *verb);

/* Whether there are commands or operations with this noun. */
int cli_noun_known(const char *noun);

/* The nouns, and the verbs of each. */
void cli_help_all(FILE *out, apr_pool_t *pool);

/* The help of a noun, or of one verb (NULL: all verbs); CLI_USAGE after a message if there is none. */
int cli_help(const char *noun, const char *verb, apr_pool_t *pool);

/* The message for an unknown verb, with the existing ones. Returns CLI_USAGE. */
int cli_help_wrong(const char *noun, const char *verb, apr_pool_t *pool);

/* `scimctl complete WORD...`: prints the possible completions of the last word, which may be empty, one per line. The
 * words are those of the command line after "scimctl". */
int cli_complete(int nwords, const char *const *words, apr_pool_t *pool);

#endif
