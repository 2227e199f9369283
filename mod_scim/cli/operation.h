/*
 * Runs the commands that are administrators' operations (store/admin.h); words.h defines their command lines.
 */
#ifndef SCIM_CLI_OPERATION_H
#define SCIM_CLI_OPERATION_H

#include "cli.h"
#include "store/admin.h"

/* The operation named by the first two words of a command line, ignoring options; *line gets the same words with these
 * two first. NULL: none. */
const scim_admin_op_t *cli_operation_find(const char *const **line, int argc, const char *const *argv,
                                          apr_pool_t *pool);

/* Runs it; returns the exit code. */
int cli_operation_run(const scim_admin_op_t *op, cli_t *cli, int argc, const char *const *argv);

#endif
