/*
 * The arguments of an administrator's operation (words.h), as a command line says them.
 */
#ifndef SCIM_CLI_ARGUMENTS_H
#define SCIM_CLI_ARGUMENTS_H

#include "cli.h"
#include "store/admin.h"

/* Reads what follows the noun and the verb, argv[1] and argv[2], into `args` and into the options that every command
 * takes. Returns CLI_OK or CLI_USAGE after a message. */
int cli_arguments_read(json_object *args, const scim_admin_op_t *op, cli_t *cli, int argc, const char *const *argv);

/* Checks that nothing is missing and nothing wrong. Returns CLI_OK or CLI_USAGE after a message. */
int cli_arguments_check(json_object *args, const scim_admin_op_t *op, const cli_t *cli);

/* Whether an option, without its hyphens, takes no value with whatever command. */
int cli_arguments_flag(const char *name, apr_pool_t *pool);

/* The words that may follow an option, with "|" between them; "" where it takes any value, NULL where it takes none or
 * is none. */
const char *cli_arguments_values(const scim_admin_op_t *op, const char *option, apr_pool_t *pool);

#endif
