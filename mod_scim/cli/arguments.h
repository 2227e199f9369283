/*
 * The arguments of an administrator's operation (words.h) on a command line.
 */
#ifndef SCIM_CLI_ARGUMENTS_H
#define SCIM_CLI_ARGUMENTS_H

#include "cli.h"
#include "store/admin.h"

/* Reads the words after the noun and the verb, argv[1] and argv[2], into `args` and into the common options. Returns
 * CLI_OK or CLI_USAGE after a message. */
int cli_arguments_read(json_object *args, const scim_admin_op_t *op, cli_t *cli, int argc, const char *const *argv);

/* Checks for missing and wrong arguments. Returns CLI_OK or CLI_USAGE after a message. */
int cli_arguments_check(json_object *args, const scim_admin_op_t *op, const cli_t *cli);

/* Whether an option, without its hyphens, takes no value in any command. */
int cli_arguments_flag(const char *name, apr_pool_t *pool);

/* The allowed values of an option, separated by "|"; "" if it takes any value, NULL if it takes none or does not exist.
 */
const char *cli_arguments_values(const scim_admin_op_t *op, const char *option, apr_pool_t *pool);

#endif
