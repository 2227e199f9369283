/*
 * An operation that takes a file: scimctl sends it in pieces, tells on a terminal how far it is, and what became of the
 * lines.
 */
#ifndef SCIM_CLI_IMPORT_H
#define SCIM_CLI_IMPORT_H

#include "cli.h"
#include "store/admin.h"

/* Carries it out with the file that the call's first argument names, "-" for standard input. Returns the exit code. */
int cli_import(const cli_t *cli, scim_admin_call_t *call);

#endif
