/*
 * The words that administrators' operations (store/admin.h) are made of on a command line, and the help made of them.
 *
 * `scimctl NOUN VERB [ARGUMENT] [OPTIONS]`; options may stand before, too. An argument `displayName` of an operation is
 * the option --display-name here; a flag is given as --flag, --flag=false takes it back; a list is given by repeating
 * the option, or with commas; a value that may be taken away, by none.
 */
#ifndef SCIM_CLI_WORDS_H
#define SCIM_CLI_WORDS_H

#include "cli.h"
#include "store/admin.h"

/* A member of what an operation answers, as text; `none` where it is not there, or null. */
const char *cli_text(json_object *object, const char *name, const char *none);

/* displayName is --display-name, and back. */
const char *cli_option_name(const char *name, apr_size_t len, apr_pool_t *pool);
const char *cli_option_member(const char *name, apr_size_t len, apr_pool_t *pool);

/* The option of this name that an operation takes beside its arguments; CLI_OPTION_COUNT: it takes none. */
cli_option_e cli_operation_shared(const scim_admin_op_t *op, const char *name);

/* `scimctl role add ROLE --tenant TENANT [--display-name TEXT]` */
const char *cli_operation_usage(const scim_admin_op_t *op, apr_pool_t *pool);

/* The name, for the help, of the argument that stands without an option; and whether `name` is that argument. */
const char *cli_operation_argument(const scim_admin_op_t *op, apr_pool_t *pool);
int cli_operation_is_argument(const scim_admin_op_t *op, const char *name, apr_size_t len);

/* Whether an argument stands in the operation's path. */
int cli_operation_in_path(const scim_admin_op_t *op, const char *name);

/* Whether the operation is a list of a tenant, so that --all-tenants can show it of every one. */
int cli_operation_spans_tenants(const scim_admin_op_t *op);

/* The lines that explain its options. */
const char *cli_operation_options(const scim_admin_op_t *op, apr_pool_t *pool);

/* The names of its options, "--tenant --display-name", for a shell to complete. */
const char *cli_operation_names(const scim_admin_op_t *op, apr_pool_t *pool);

#endif
