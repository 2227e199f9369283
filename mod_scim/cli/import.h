/*
 * An operation that takes a file: scimctl sends it in pieces, shows the progress on a terminal, and prints the outcome
 * of the lines.
 */
#ifndef SCIM_CLI_IMPORT_H
#define SCIM_CLI_IMPORT_H

#include "cli.h"
#include "store/admin.h"

/* Executes it with the file named by the call's first argument, "-" for standard input. Returns the exit code. */
int cli_import(const cli_t *cli, scim_admin_call_t *call);

#endif
