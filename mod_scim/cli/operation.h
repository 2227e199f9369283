/*
 * Running the commands that are administrators' operations (store/admin.h), of which words.h tells what they look like.
 */
#ifndef SCIM_CLI_OPERATION_H
#define SCIM_CLI_OPERATION_H

#include "cli.h"
#include "store/admin.h"

/* The operation that the first two words of a command line name, options aside; *line gets the same words with these
 * two first. NULL: there is none. */
const scim_admin_op_t *cli_operation_find(const char *const **line, int argc, const char *const *argv,
                                          apr_pool_t *pool);

/* Runs it; returns the exit code. */
int cli_operation_run(const scim_admin_op_t *op, cli_t *cli, int argc, const char *const *argv);

#endif
