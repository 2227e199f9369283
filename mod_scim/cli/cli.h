/*
 * scimctl: the administrator's commands, on the same store as the module.
 *
 * A command line is `scimctl NOUN VERB [ARGUMENTS] [OPTIONS]`. Each file cmd_NOUN.c exports one table of commands; a
 * command declares its options, and is called after they were read. It prints its result in one of two forms (show.h),
 * and returns an exit code. Messages go to standard error, so that standard output has only the result.
 */
#ifndef SCIM_CLI_H
#define SCIM_CLI_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <libpq-fe.h>

#include "scim/error.h"
#include "scim/schema.h"
#include "store/connection.h"

/* Exit codes; they are documented in docs/scimctl.8. */
enum {
    CLI_OK = 0,
    CLI_FAILED = 1,     /* refused by the database or because of its state: not found, exists already */
    CLI_USAGE = 2,      /* the command line is wrong */
    CLI_VERSION = 3,    /* the database's version is not the one that the command needs */
    CLI_UNREACHABLE = 4 /* no connection to the database, or it was lost */
};

/* The options of commands that are not operations, and the common options; options.c describes each. */
typedef enum {
    CLI_ALL_TENANTS,
    CLI_APACHECTL,
    CLI_COLUMNS,
    CLI_CSV,
    CLI_DB,
    CLI_DISTRIBUTED,
    CLI_DROP,
    CLI_HELP,
    CLI_JSON,
    CLI_JSONL,
    CLI_PRUNE,
    CLI_SCHEMA_DIR,
    CLI_TENANT,
    CLI_URL,
    CLI_VERSION_OPTION,
    CLI_YES,
    CLI_OPTION_COUNT
} cli_option_e;

#define CLI_BIT(option) (1u << (option))

typedef struct cli_t {
    const char *options[CLI_OPTION_COUNT]; /* NULL: not given; "" for a flag */
    apr_array_header_t *schema_dirs;       /* const char *: each --schema-dir, which may be given more than once */
    const char *argument;                  /* the positional argument; NULL if the command takes none */
    apr_pool_t *pool;
} cli_t;

typedef struct cli_command_t {
    const char *noun;
    const char *verb;       /* "" for a noun that is a command by itself */
    const char *argument;   /* its name in the help; NULL if the command takes none */
    unsigned options;       /* CLI_BITs, in addition to the common options */
    unsigned required;      /* the required ones among these */
    const char *summary;    /* one sentence, lower case */
    int (*run)(cli_t *cli); /* returns the exit code */
} cli_command_t;

/* Tables end with a NULL noun. */
extern const cli_command_t cli_db_commands[];
extern const cli_command_t cli_doctor_commands[];
extern const cli_command_t cli_export_commands[];

/* Prints "scimctl: " and one sentence to standard error; returns `code`. */
int cli_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for an error of the store: detail and cause, and the exit code that its status stands for. */
int cli_fail_with(const scim_error_t *error);

/* Connects by --db or libpq's environment. Returns an error text; NULL: connected. */
const char *cli_reach(PGconn **pg, cli_t *cli);

/* Switches to the owner's role, in a database with this build's version. Errors: 403, 503. */
scim_error_t *cli_take_over(scim_conn_t **conn, PGconn *pg, cli_t *cli);

/* Switches back to the login role: only that role may be allowed to see other sessions. */
void cli_give_back(PGconn *pg);

/* The operating system's user, the actor in the audit log. */
const char *cli_user_name(apr_pool_t *pool);

/* Connects by --db or libpq's environment. Returns CLI_OK, or the exit code after a message. */
int cli_connect(PGconn **pg, cli_t *cli);

/* Connects as the schema's owner and checks that its version is this build's. */
int cli_open(scim_conn_t **conn, cli_t *cli);

/* The schemas that httpd has with the same ScimSchemaDir. */
scim_error_t *cli_schemas(scim_schemas_t **out, const cli_t *cli);

#endif
