/*
 * The command lines of administrators' operations (store/admin.h), and their help.
 *
 * `scimctl NOUN VERB [ARGUMENT] [OPTIONS]`; options may come first, too. An operation's argument `displayName` is the
 * option --display-name; a flag is given as --flag, or --flag=false; a list by repeating the option, or with commas;
 * `none` removes a value that may be null.
 */
#ifndef SCIM_CLI_WORDS_H
#define SCIM_CLI_WORDS_H

#include "cli.h"
#include "store/admin.h"

/* A member of an operation's answer, as text; `none` if it is missing or null. */
const char *cli_text(json_object *object, const char *name, const char *none);

/* Converts displayName to --display-name, and back. */
const char *cli_option_name(const char *name, apr_size_t len, apr_pool_t *pool);
const char *cli_option_member(const char *name, apr_size_t len, apr_pool_t *pool);

/* The option of this name that an operation takes in addition to its arguments; CLI_OPTION_COUNT: none. */
cli_option_e cli_operation_shared(const scim_admin_op_t *op, const char *name);

/* `scimctl role add ROLE --tenant TENANT [--display-name TEXT]` */
const char *cli_operation_usage(const scim_admin_op_t *op, apr_pool_t *pool);

/* The positional argument's name, for the help; and whether `name` is that argument. */
const char *cli_operation_argument(const scim_admin_op_t *op, apr_pool_t *pool);
int cli_operation_is_argument(const scim_admin_op_t *op, const char *name, apr_size_t len);

/* Whether an argument is in the operation's path. */
int cli_operation_in_path(const scim_admin_op_t *op, const char *name);

/* Whether the operation is a list of a tenant, so that --all-tenants can show it for every tenant. */
int cli_operation_spans_tenants(const scim_admin_op_t *op);

/* The lines that explain its options. */
const char *cli_operation_options(const scim_admin_op_t *op, apr_pool_t *pool);

/* The names of its options, "--tenant --display-name", for a shell to complete. */
const char *cli_operation_names(const scim_admin_op_t *op, apr_pool_t *pool);

#endif
