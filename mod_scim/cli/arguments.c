#include "arguments.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "options.h"
#include "scim/text.h"
#include "when.h"
#include "words.h"

/* Alternative names of options. They apply if the operation has the option `means`, and none with the alternative
 * name. */
static const struct {
    const char *noun, *option, *means;
    const char *value; /* the value that it sets; NULL: it takes a value */
} aliases[] = {
    {"token", "address", "addresses", NULL},
    {"token", "expiring", "status", "expiring"},
    {"token", "name", "token", NULL},
    {"token", "no-user", "user", "none"},
    {"token", "read-write", "read-only", "false"},
};

#define ALIASES (sizeof(aliases) / sizeof(aliases[0]))

static int has_flag(const scim_admin_op_t *op, const char *member)
{
    const scim_admin_arg_t *arg = scim_admin_arg(op, member, strlen(member));

    return arg != NULL && arg->kind == SCIM_ARG_FLAG;
}

int cli_arguments_flag(const char *name, apr_pool_t *pool)
{
    const char *member = cli_option_member(name, strlen(name), pool);
    int found = 0;

    for (cli_option_e i = 0; i < CLI_OPTION_COUNT; i++) {
        found |= strcmp(cli_options[i].name, name) == 0 && cli_options[i].value == NULL;
    }
    for (apr_size_t i = 0; i < ALIASES; i++) {
        found |= strcmp(aliases[i].option, name) == 0 && aliases[i].value != NULL;
    }
    for (int table = 0; scim_admin_tables[table] != NULL; table++) {
        for (const scim_admin_op_t *op = scim_admin_tables[table]; op->noun != NULL; op++) {
            found |= has_flag(op, member);
        }
    }
    return found;
}

/* Reads a time. A duration such as 30d means from now on or, for options about the past, ago. */
static int read_time(const char **text, const scim_admin_arg_t *arg, apr_pool_t *pool)
{
    char *out = apr_palloc(pool, SCIM_TIME_SIZE);
    apr_time_t time;

    if ((arg->flags & SCIM_ARG_NULLABLE) && strcmp(*text, "none") == 0) {
        return CLI_OK;
    }
    if (!cli_when_read(&time, *text, apr_time_now(), arg->flags & SCIM_ARG_FUTURE)) {
        return cli_fail(CLI_USAGE, "The value of --%s is not a duration or date; write " CLI_WHEN_FORM ".",
                        cli_option_name(arg->name, strlen(arg->name), pool));
    }
    scim_time_format(out, time);
    *text = out;
    return CLI_OK;
}

/* Adds values to a list that an earlier option has begun. */
static void append(json_object *args, const char *name, json_object *more)
{
    json_object *list;

    if (!json_object_object_get_ex(args, name, &list) || !json_object_is_type(list, json_type_array)) {
        json_object_object_add(args, name, more);
        return;
    }
    for (size_t i = 0; i < json_object_array_length(more); i++) {
        json_object_array_add(list, json_object_get(json_object_array_get_idx(more, i)));
    }
    json_object_put(more);
}

/* Whether an option may be given several times. */
static int repeats(const scim_admin_arg_t *arg)
{
    return arg != NULL && (arg->kind == SCIM_ARG_LIST || arg->kind == SCIM_ARG_MAPPINGS);
}

static int set_value(json_object *args, const scim_admin_arg_t *arg, const char *text, apr_pool_t *pool)
{
    json_object *value;
    scim_error_t *error;

    if (arg->kind == SCIM_ARG_TIME && read_time(&text, arg, pool) != CLI_OK) {
        return CLI_USAGE;
    }
    error = scim_admin_read(&value, arg, text, pool);
    if (error != NULL) {
        return cli_fail(CLI_USAGE, "The value of --%s %s", cli_option_name(arg->name, strlen(arg->name), pool),
                        APR_ARRAY_IDX(error->fields, 0, scim_field_error_t).detail);
    }
    if (repeats(arg) && value != NULL) {
        append(args, arg->name, value);
    } else {
        json_object_object_add(args, arg->name, value);
    }
    return CLI_OK;
}

/* Sets an argument of the operation by its name in JSON. */
static int set_named(json_object *args, const scim_admin_op_t *op, const char *name, const char *text, apr_pool_t *pool)
{
    const scim_admin_arg_t *arg = scim_admin_arg(op, name, strlen(name));

    if (arg != NULL) {
        return set_value(args, arg, text, pool);
    }
    json_object_object_add(args, name, json_object_new_string(text));
    return CLI_OK;
}

/* An option on the command line. */
typedef struct option_t {
    const char *given; /* its name there, without hyphens */
    const char *name;  /* its name in the help */
    const char *value; /* the value after "="; NULL: none */
} option_t;

/* Whether an operation has an option. */
static int knows(const scim_admin_op_t *op, const char *name, apr_pool_t *pool)
{
    const char *member = cli_option_member(name, strlen(name), pool);
    const scim_admin_arg_t *arg = scim_admin_arg(op, member, strlen(member));

    return (arg != NULL && !(arg->flags & SCIM_ARG_PIECE)) || cli_operation_in_path(op, member);
}

static option_t split(const scim_admin_op_t *op, const char *word, apr_pool_t *pool)
{
    apr_size_t len = strcspn(word, "=");
    const char *name = apr_pstrmemdup(pool, word, len);
    option_t option = {name, name, word[len] == '=' ? word + len + 1 : NULL};

    for (apr_size_t i = 0; i < ALIASES && !knows(op, name, pool); i++) {
        if (strcmp(aliases[i].noun, op->noun) == 0 && strcmp(aliases[i].option, name) == 0 &&
            knows(op, aliases[i].means, pool)) {
            option.name = aliases[i].means;
            option.value = aliases[i].value != NULL ? aliases[i].value : option.value;
        }
    }
    return option;
}

/* Converts other notations: 10/s for 10 requests a second, `any` for no list of addresses. */
static const char *plain_value(const scim_admin_op_t *op, const char *name, const char *value, apr_pool_t *pool)
{
    apr_size_t len = strlen(value);

    if (strcmp(op->noun, "token") != 0) {
        return value;
    }
    if (strcmp(name, "addresses") == 0 && strcmp(value, "any") == 0) {
        return "none";
    }
    return strcmp(name, "rate") == 0 && len > 2 && strcmp(value + len - 2, "/s") == 0
               ? apr_pstrmemdup(pool, value, len - 2)
               : value;
}

/* The value of an option: the text after "=", or the next word. */
static int find_value(option_t *option, const scim_admin_op_t *op, int *at, int argc, const char *const *argv,
                      apr_pool_t *pool)
{
    if (option->value == NULL && *at + 1 == argc) {
        return cli_fail(CLI_USAGE, "The option --%s needs a value; usage: %s.", option->given,
                        cli_operation_usage(op, pool));
    }
    option->value = option->value != NULL ? option->value : argv[++*at];
    return CLI_OK;
}

/* Whether --name is an error: `token set` cannot change a token's name. */
static int renames(option_t option, const scim_admin_op_t *op)
{
    return strcmp(op->noun, "token") == 0 && strcmp(op->verb, "set") == 0 && strcmp(option.given, "name") == 0;
}

static int given_twice(option_t option, const scim_admin_op_t *op)
{
    if (renames(option, op)) {
        return cli_fail(CLI_USAGE, "A token keeps its name; make another one of that name and revoke this one.");
    }
    if (strcmp(option.given, option.name) != 0) {
        return cli_fail(CLI_USAGE, "--%s and --%s were both given; choose one.", option.name, option.given);
    }
    return cli_fail(CLI_USAGE, "The option --%s was given twice; give it once.", option.name);
}

/* Reads one of the options of all commands; *known: whether it is one. */
static int read_shared(int *known, option_t option, const scim_admin_op_t *op, cli_t *cli, int *at, int argc,
                       const char *const *argv)
{
    cli_option_e i = cli_operation_shared(op, option.name);
    int code = CLI_OK;

    *known = i < CLI_OPTION_COUNT;
    if (!*known) {
        return CLI_OK;
    }
    if (cli->options[i] != NULL && i != CLI_SCHEMA_DIR) {
        return given_twice(option, op);
    }
    if (cli_options[i].value == NULL && option.value != NULL) {
        return cli_fail(CLI_USAGE, "The option --%s takes no value; leave it out.", option.name);
    }
    code = cli_options[i].value != NULL ? find_value(&option, op, at, argc, argv, cli->pool) : CLI_OK;
    cli->options[i] = option.value != NULL ? option.value : "";
    if (i == CLI_SCHEMA_DIR && option.value != NULL) {
        APR_ARRAY_PUSH(cli->schema_dirs, const char *) = option.value;
    }
    return code;
}

static int read_option(json_object *args, const scim_admin_op_t *op, cli_t *cli, int *at, int argc,
                       const char *const *argv)
{
    option_t option = split(op, argv[*at] + 2, cli->pool);
    const char *name = cli_option_member(option.name, strlen(option.name), cli->pool);
    const scim_admin_arg_t *arg = scim_admin_arg(op, name, strlen(name));
    int known;
    int code = read_shared(&known, option, op, cli, at, argc, argv);

    if (known) {
        return code;
    }
    if (!knows(op, option.name, cli->pool)) {
        return cli_fail(CLI_USAGE, "%s %s takes no option --%s; usage: %s.", op->noun, op->verb, option.given,
                        cli_operation_usage(op, cli->pool));
    }
    if (!repeats(arg) && json_object_object_get_ex(args, name, NULL)) {
        return given_twice(option, op);
    }
    if (arg != NULL && arg->kind == SCIM_ARG_FLAG) {
        option.value = option.value != NULL ? option.value : "";
    } else {
        code = find_value(&option, op, at, argc, argv, cli->pool);
    }
    return code == CLI_OK ? set_named(args, op, name, plain_value(op, name, option.value, cli->pool), cli->pool) : code;
}

int cli_arguments_read(json_object *args, const scim_admin_op_t *op, cli_t *cli, int argc, const char *const *argv)
{
    int code = CLI_OK;
    int ended = 0;

    for (int i = 3; i < argc; i++) {
        if (scim_utf8_valid(argv[i], strlen(argv[i])) != strlen(argv[i])) {
            return cli_fail(CLI_USAGE, "Argument %d is not UTF-8; use a UTF-8 terminal.", i);
        }
    }
    for (int i = 3; code == CLI_OK && i < argc; i++) {
        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = 1;
        } else if (!ended && strncmp(argv[i], "--", 2) == 0) {
            code = read_option(args, op, cli, &i, argc, argv);
        } else if (!ended && argv[i][0] == '-' && argv[i][1] != '\0') {
            code = cli_fail(CLI_USAGE, "There is no option %s; options start with two hyphens.", argv[i]);
        } else if (op->argument == NULL || json_object_object_get_ex(args, op->argument, NULL)) {
            code = cli_fail(CLI_USAGE, "Too many arguments; usage: %s.", cli_operation_usage(op, cli->pool));
        } else {
            code = set_named(args, op, op->argument, argv[i], cli->pool);
        }
    }
    return code;
}

/* --all-tenants replaces the tenant, and shows whole lists. */
static int check_all_tenants(json_object *args, const scim_admin_op_t *op, apr_pool_t *pool)
{
    static const char *const instead[] = {"tenant", "limit", "after"};

    if (!cli_operation_spans_tenants(op)) {
        return cli_fail(CLI_USAGE, "%s %s takes no option --all-tenants; usage: %s.", op->noun, op->verb,
                        cli_operation_usage(op, pool));
    }
    for (apr_size_t i = 0; i < sizeof(instead) / sizeof(instead[0]); i++) {
        if (json_object_object_get_ex(args, instead[i], NULL)) {
            return cli_fail(CLI_USAGE, "--all-tenants and --%s were both given; choose one.", instead[i]);
        }
    }
    return CLI_OK;
}

/* Without --tenant the environment's tenant is used. If the tenant is an argument, as in its removal, it must always
 * be named. */
static void default_tenant(json_object *args, const scim_admin_op_t *op)
{
    static const char tenant[] = "tenant";

    if (cli_default_tenant() != NULL && !json_object_object_get_ex(args, tenant, NULL) &&
        cli_operation_in_path(op, tenant) && !cli_operation_is_argument(op, tenant, strlen(tenant))) {
        json_object_object_add(args, tenant, json_object_new_string(cli_default_tenant()));
    }
}

/* Arguments in the path are required; the operation's own table checks the rest. */
static int check_path(json_object *args, const scim_admin_op_t *op, apr_pool_t *pool)
{
    const char *at = op->path;
    const char *name;
    apr_size_t len;

    while (scim_admin_segment(&name, &len, &at)) {
        if (!json_object_object_get_ex(args, apr_pstrmemdup(pool, name, len), NULL)) {
            return cli_fail(CLI_USAGE, "%s %s needs %s%s; usage: %s.", op->noun, op->verb,
                            cli_operation_is_argument(op, name, len) ? "" : "--",
                            cli_operation_is_argument(op, name, len) ? cli_operation_argument(op, pool)
                                                                     : cli_option_name(name, len, pool),
                            cli_operation_usage(op, pool));
        }
    }
    return CLI_OK;
}

int cli_arguments_check(json_object *args, const scim_admin_op_t *op, const cli_t *cli)
{
    apr_pool_t *pool = cli->pool;
    scim_error_t *error;
    int code;

    if (cli->options[CLI_ALL_TENANTS] != NULL) {
        code = check_all_tenants(args, op, pool);
    } else {
        default_tenant(args, op);
        code = check_path(args, op, pool);
    }
    if (code != CLI_OK) {
        return code;
    }
    error = scim_admin_check(op, args, pool);
    if (error != NULL && error->fields == NULL) {
        return cli_fail(CLI_USAGE, "%s Usage: %s.", error->detail, cli_operation_usage(op, pool));
    }
    if (error != NULL) {
        const scim_field_error_t *field = &APR_ARRAY_IDX(error->fields, 0, scim_field_error_t);

        return cli_fail(CLI_USAGE, "%s%s %s Usage: %s.",
                        cli_operation_is_argument(op, field->field, strlen(field->field)) ? "" : "--",
                        cli_option_name(field->field, strlen(field->field), pool), field->detail,
                        cli_operation_usage(op, pool));
    }
    return CLI_OK;
}

const char *cli_arguments_values(const scim_admin_op_t *op, const char *option, apr_pool_t *pool)
{
    const char *word = strncmp(option, "--", 2) == 0 ? option + 2 : "";
    const char *name = cli_option_member(word, strlen(word), pool);
    const scim_admin_arg_t *arg = scim_admin_arg(op, name, strlen(name));
    cli_option_e i = cli_operation_shared(op, word);

    if (arg != NULL) {
        return arg->kind == SCIM_ARG_FLAG ? NULL : arg->kind == SCIM_ARG_CHOICE ? arg->form : "";
    }
    if (i < CLI_OPTION_COUNT) {
        return cli_options[i].value != NULL ? "" : NULL;
    }
    return cli_operation_in_path(op, name) ? "" : NULL;
}
