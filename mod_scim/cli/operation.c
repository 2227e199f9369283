#include "operation.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "expiry.h"
#include "help.h"
#include "scim/json.h"
#include "scim/text.h"
#include "show.h"
#include "store/tenant.h"

/* --- names ---------------------------------------------------------------------------------------------------------
 */

static int is_word(const char *word, const char *text, apr_size_t len)
{
    return strlen(word) == len && strncmp(word, text, len) == 0;
}

/* displayName is --display-name. */
static const char *kebab(const char *name, apr_size_t len, apr_pool_t *pool)
{
    scim_buf_t buf;

    scim_buf_init(&buf, len + 8, pool);
    for (apr_size_t i = 0; i < len; i++) {
        char lower = (char)apr_tolower(name[i]);

        if (apr_isupper(name[i])) {
            scim_buf_puts(&buf, "-");
        }
        scim_buf_add(&buf, &lower, 1);
    }
    return buf.data;
}

static const char *camel(const char *name, apr_size_t len, apr_pool_t *pool)
{
    scim_buf_t buf;

    scim_buf_init(&buf, len + 1, pool);
    for (apr_size_t i = 0; i < len; i++) {
        char c = name[i];

        if (c == '-' && i + 1 < len) {
            c = (char)apr_toupper(name[++i]);
        }
        scim_buf_add(&buf, &c, 1);
    }
    return buf.data;
}

static const char *upper(const char *name, apr_size_t len, apr_pool_t *pool)
{
    char *text = apr_pstrmemdup(pool, name, len);

    for (char *c = text; *c; c++) {
        *c = (char)apr_toupper(*c);
    }
    return text;
}

/* --- help ------------------------------------------------------------------------------------------------------------
 */

static void use_option(scim_buf_t *buf, const char *name, apr_size_t len, const char *form, int required)
{
    scim_buf_printf(buf, required ? " --%s%s%s" : " [--%s%s%s]", kebab(name, len, buf->pool), *form ? " " : "", form);
}

static const char *form_of(const scim_admin_arg_t *arg)
{
    return arg->kind == SCIM_ARG_FLAG || arg->form == NULL ? "" : arg->form;
}

static int is_argument(const scim_admin_op_t *op, const char *name, apr_size_t len)
{
    return op->argument != NULL && is_word(op->argument, name, len);
}

/* What to call the argument that stands without an option. */
static const char *argument_form(const scim_admin_op_t *op, apr_pool_t *pool)
{
    const scim_admin_arg_t *arg = scim_admin_arg(op, op->argument, strlen(op->argument));

    return arg != NULL ? arg->form : upper(op->argument, strlen(op->argument), pool);
}

const char *cli_operation_usage(const scim_admin_op_t *op, apr_pool_t *pool)
{
    const char *at = op->path;
    const char *name;
    apr_size_t len;
    scim_buf_t buf;

    scim_buf_init(&buf, 128, pool);
    scim_buf_printf(&buf, "scimctl %s %s", op->noun, op->verb);
    if (op->argument != NULL) {
        scim_buf_printf(&buf, " %s", argument_form(op, pool));
    }
    while (scim_admin_segment(&name, &len, &at)) {
        if (!is_argument(op, name, len)) {
            use_option(&buf, name, len, upper(name, len, pool), 1);
        }
    }
    for (const scim_admin_arg_t *arg = op->args; arg != NULL && arg->name != NULL; arg++) {
        if (!is_argument(op, arg->name, strlen(arg->name))) {
            use_option(&buf, arg->name, strlen(arg->name), form_of(arg), arg->flags & SCIM_ARG_REQUIRED);
        }
    }
    return buf.data;
}

static void add_help(scim_buf_t *buf, const char *head, const char *text)
{
    scim_buf_printf(buf, strlen(head) > 24 ? "  %s\n  %24s %s\n" : "  %-24s%s %s\n", head, "", text);
}

/* An argument that a command line has as an option, or in the place of one. */
static void add_option_help(scim_buf_t *buf, const scim_admin_op_t *op, const scim_admin_arg_t *arg)
{
    const char *name = kebab(arg->name, strlen(arg->name), buf->pool);
    const char *form = form_of(arg);
    const char *head = is_argument(op, arg->name, strlen(arg->name))
                           ? upper(arg->name, strlen(arg->name), buf->pool)
                           : apr_psprintf(buf->pool, "--%s%s%s", name, *form ? " " : "", form);

    add_help(buf, head,
             arg->kind == SCIM_ARG_LIST ? apr_pstrcat(buf->pool, arg->help, "; may be repeated", NULL) : arg->help);
}

const char *cli_operation_options(const scim_admin_op_t *op, apr_pool_t *pool)
{
    const char *at = op->path;
    const char *name;
    apr_size_t len;
    scim_buf_t buf;

    scim_buf_init(&buf, 512, pool);
    while (scim_admin_segment(&name, &len, &at)) {
        const char *head = upper(name, len, pool);

        if (!is_argument(op, name, len)) {
            head = apr_psprintf(pool, "--%s %s", kebab(name, len, pool), head);
        }
        add_help(&buf, head, apr_psprintf(pool, "which %.*s", (int)len, name));
    }
    for (const scim_admin_arg_t *arg = op->args; arg != NULL && arg->name != NULL; arg++) {
        add_option_help(&buf, op, arg);
    }
    add_help(&buf, "--db CONNINFO", "database to use (default: libpq's environment)");
    add_help(&buf, "--json", "print JSON, for programs");
    return buf.data;
}

const char *cli_operation_names(const scim_admin_op_t *op, apr_pool_t *pool)
{
    const char *at = op->path;
    const char *name;
    apr_size_t len;
    scim_buf_t buf;

    scim_buf_init(&buf, 256, pool);
    while (scim_admin_segment(&name, &len, &at)) {
        if (!is_argument(op, name, len)) {
            scim_buf_printf(&buf, "--%s ", kebab(name, len, pool));
        }
    }
    for (const scim_admin_arg_t *arg = op->args; arg != NULL && arg->name != NULL; arg++) {
        if (!is_argument(op, arg->name, strlen(arg->name))) {
            scim_buf_printf(&buf, "--%s ", kebab(arg->name, strlen(arg->name), pool));
        }
    }
    scim_buf_puts(&buf, "--db --json --help");
    return buf.data;
}

/* --- reading the command line ------------------------------------------------------------------------------------ */

/* The options that every command takes. */
static const struct {
    const char *name;
    cli_option_e option;
    int takes_value;
} shared[] = {{"db", CLI_DB, 1}, {"json", CLI_JSON, 0}, {"help", CLI_HELP, 0}};

#define SHARED (sizeof(shared) / sizeof(shared[0]))

/* Whether any operation has a flag that is called so. */
static int is_flag(const char *name, apr_pool_t *pool)
{
    const char *member = camel(name, strlen(name), pool);

    for (apr_size_t i = 0; i < SHARED; i++) {
        if (strcmp(shared[i].name, name) == 0) {
            return !shared[i].takes_value;
        }
    }
    for (int table = 0; scim_admin_tables[table] != NULL; table++) {
        for (const scim_admin_op_t *op = scim_admin_tables[table]; op->noun != NULL; op++) {
            const scim_admin_arg_t *arg = scim_admin_arg(op, member, strlen(member));

            if (arg != NULL && arg->kind == SCIM_ARG_FLAG) {
                return 1;
            }
        }
    }
    return 0;
}

/* Where the next word at or after argv[at] is that is no option and no option's value; argc where there is none. */
static int next_word(int at, int argc, const char *const *argv, apr_pool_t *pool)
{
    while (at < argc && argv[at][0] == '-') {
        at += strchr(argv[at], '=') != NULL || strncmp(argv[at], "--", 2) != 0 || is_flag(argv[at] + 2, pool) ? 1 : 2;
    }
    return at < argc ? at : argc;
}

const scim_admin_op_t *cli_operation_find(const char *const **line, int argc, const char *const *argv, apr_pool_t *pool)
{
    int noun = next_word(1, argc, argv, pool);
    int verb = next_word(noun + 1, argc, argv, pool);
    const scim_admin_op_t *op = verb < argc ? scim_admin_command(argv[noun], argv[verb]) : NULL;
    const char **words = apr_pcalloc(pool, ((apr_size_t)argc + 1) * sizeof(*words));
    int n = 3;

    words[0] = argv[0];
    if (op != NULL) {
        words[1] = argv[noun];
        words[2] = argv[verb];
    }
    for (int i = 1; op != NULL && i < argc; i++) {
        if (i != noun && i != verb) {
            words[n++] = argv[i];
        }
    }
    *line = words;
    return op;
}

/* Durations are what people think in: 30d from now on, or, for what looks back, ago. */
static const char *time_of(const char *text, int future, apr_pool_t *pool)
{
    char *out = apr_palloc(pool, SCIM_TIME_SIZE);
    apr_time_t now = apr_time_now();
    apr_time_t time;

    if (cli_expiry_read(&time, text, now) != NULL) {
        return text;
    }
    scim_time_format(out, future || strchr(text, '-') != NULL ? time : now - (time - now));
    return out;
}

/* What a list has so far, and more. */
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

static int set_value(json_object *args, const scim_admin_arg_t *arg, const char *text, apr_pool_t *pool)
{
    json_object *value;
    scim_error_t *error;

    if (arg->kind == SCIM_ARG_TIME) {
        text = time_of(text, arg->flags & SCIM_ARG_FUTURE, pool);
    }
    error = scim_admin_read(&value, arg, text, pool);
    if (error != NULL) {
        return cli_fail(CLI_USAGE, "The value of --%s %s", kebab(arg->name, strlen(arg->name), pool),
                        APR_ARRAY_IDX(error->fields, 0, scim_field_error_t).detail);
    }
    if (arg->kind == SCIM_ARG_LIST && value != NULL) {
        append(args, arg->name, value);
    } else {
        json_object_object_add(args, arg->name, value);
    }
    return CLI_OK;
}

static int in_path(const scim_admin_op_t *op, const char *name)
{
    const char *at = op->path;
    const char *segment;
    apr_size_t len;

    while (scim_admin_segment(&segment, &len, &at)) {
        if (is_word(name, segment, len)) {
            return 1;
        }
    }
    return 0;
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

/* An option as it stands on the command line. */
typedef struct option_t {
    const char *name;  /* without hyphens */
    const char *value; /* what follows "="; NULL: nothing */
} option_t;

static option_t split(const char *word, apr_pool_t *pool)
{
    apr_size_t len = strcspn(word, "=");
    option_t option = {apr_pstrmemdup(pool, word, len), word[len] == '=' ? word + len + 1 : NULL};

    return option;
}

/* The value of an option: what follows "=", or the next word. */
static int find_value(option_t *option, const scim_admin_op_t *op, int *at, int argc, const char *const *argv,
                      apr_pool_t *pool)
{
    if (option->value == NULL && *at + 1 == argc) {
        return cli_fail(CLI_USAGE, "The option --%s needs a value; usage: %s.", option->name,
                        cli_operation_usage(op, pool));
    }
    option->value = option->value != NULL ? option->value : argv[++*at];
    return CLI_OK;
}

static int given_twice(const char *name)
{
    return cli_fail(CLI_USAGE, "The option --%s was given twice; give it once.", name);
}

/* One of the options that every command takes; *known tells whether it is one. */
static int read_shared(int *known, option_t option, const scim_admin_op_t *op, cli_t *cli, int *at, int argc,
                       const char *const *argv)
{
    apr_size_t i = 0;
    int code = CLI_OK;

    while (i < SHARED && strcmp(shared[i].name, option.name) != 0) {
        i++;
    }
    *known = i < SHARED;
    if (!*known) {
        return CLI_OK;
    }
    if (cli->options[shared[i].option] != NULL) {
        return given_twice(option.name);
    }
    if (!shared[i].takes_value && option.value != NULL) {
        return cli_fail(CLI_USAGE, "The option --%s takes no value; leave it out.", option.name);
    }
    code = shared[i].takes_value ? find_value(&option, op, at, argc, argv, cli->pool) : CLI_OK;
    cli->options[shared[i].option] = option.value != NULL ? option.value : "";
    return code;
}

static int read_option(json_object *args, const scim_admin_op_t *op, cli_t *cli, int *at, int argc,
                       const char *const *argv)
{
    option_t option = split(argv[*at] + 2, cli->pool);
    const char *name = camel(option.name, strlen(option.name), cli->pool);
    const scim_admin_arg_t *arg = scim_admin_arg(op, name, strlen(name));
    int known;
    int code = read_shared(&known, option, op, cli, at, argc, argv);

    if (known) {
        return code;
    }
    if (arg == NULL && !in_path(op, name)) {
        return cli_fail(CLI_USAGE, "%s %s takes no option --%s; usage: %s.", op->noun, op->verb, option.name,
                        cli_operation_usage(op, cli->pool));
    }
    if ((arg == NULL || arg->kind != SCIM_ARG_LIST) && json_object_object_get_ex(args, name, NULL)) {
        return given_twice(option.name);
    }
    if (arg != NULL && arg->kind == SCIM_ARG_FLAG) {
        option.value = option.value != NULL ? option.value : "";
    } else {
        code = find_value(&option, op, at, argc, argv, cli->pool);
    }
    return code == CLI_OK ? set_named(args, op, name, option.value, cli->pool) : code;
}

static int read_line(json_object *args, const scim_admin_op_t *op, cli_t *cli, int argc, const char *const *argv)
{
    int code = CLI_OK;
    int ended = 0;
    int words = 0;

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
        } else if (op->argument == NULL || ++words > 1) {
            code = cli_fail(CLI_USAGE, "Too many arguments; usage: %s.", cli_operation_usage(op, cli->pool));
        } else {
            code = set_named(args, op, op->argument, argv[i], cli->pool);
        }
    }
    return code;
}

/* What is in the path must be said: the rest is checked by the operation's own table. */
static int check_path(json_object *args, const scim_admin_op_t *op, apr_pool_t *pool)
{
    const char *at = op->path;
    const char *name;
    apr_size_t len;

    while (scim_admin_segment(&name, &len, &at)) {
        if (!json_object_object_get_ex(args, apr_pstrmemdup(pool, name, len), NULL)) {
            return cli_fail(CLI_USAGE, "%s %s needs %s%s; usage: %s.", op->noun, op->verb,
                            is_argument(op, name, len) ? "" : "--",
                            is_argument(op, name, len) ? argument_form(op, pool) : kebab(name, len, pool),
                            cli_operation_usage(op, pool));
        }
    }
    return CLI_OK;
}

static int check_arguments(json_object *args, const scim_admin_op_t *op, apr_pool_t *pool)
{
    scim_error_t *error;
    int code = check_path(args, op, pool);

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
                        is_argument(op, field->field, strlen(field->field)) ? "" : "--",
                        kebab(field->field, strlen(field->field), pool), field->detail, cli_operation_usage(op, pool));
    }
    return CLI_OK;
}

const char *cli_operation_values(const scim_admin_op_t *op, const char *option, apr_pool_t *pool)
{
    const char *name = strncmp(option, "--", 2) == 0 ? camel(option + 2, strlen(option) - 2, pool) : "";
    const scim_admin_arg_t *arg = scim_admin_arg(op, name, strlen(name));

    if (arg != NULL) {
        return arg->kind == SCIM_ARG_FLAG ? NULL : arg->kind == SCIM_ARG_CHOICE ? arg->form : "";
    }
    for (apr_size_t i = 0; i < SHARED; i++) {
        if (strcmp(shared[i].name, name) == 0) {
            return shared[i].takes_value ? "" : NULL;
        }
    }
    return in_path(op, name) ? "" : NULL;
}

/* --- running it ------------------------------------------------------------------------------------------------------
 */

static const char *user_name(apr_pool_t *pool)
{
    const struct passwd *user = getpwuid(getuid());

    return user != NULL ? apr_pstrdup(pool, user->pw_name) : apr_psprintf(pool, "%lu", (unsigned long)getuid());
}

static void show(const cli_t *cli, const scim_admin_call_t *call)
{
    json_object *answer = scim_json_trusted(call->answer, strlen(call->answer), cli->pool);
    json_object *items;
    json_object *next;

    if (!(call->op->flags & SCIM_OP_LIST)) {
        cli_show_object(cli, call->op->fields, answer);
        return;
    }
    json_object_object_get_ex(answer, "items", &items);
    cli_show_objects(cli, call->op->fields, items);
    if (json_object_object_get_ex(answer, "next", &next) && next != NULL) {
        fprintf(stderr, "There is more: go on with --after %s\n", json_object_get_string(next));
    }
}

int cli_operation_run(const scim_admin_op_t *op, cli_t *cli, int argc, const char *const *argv)
{
    json_object *args = scim_json_own(json_object_new_object(), cli->pool);
    scim_admin_call_t call = {.op = op, .args = args, .actor_kind = "scimctl", .pool = cli->pool};
    scim_error_t *error;
    int code = read_line(args, op, cli, argc, argv);

    if (code == CLI_OK && cli->options[CLI_HELP] != NULL) {
        return cli_help(op->noun, op->verb, cli->pool);
    }
    code = code == CLI_OK ? check_arguments(args, op, cli->pool) : code;
    code = code == CLI_OK ? cli_open(&call.conn, cli) : code;
    if (code != CLI_OK) {
        return code;
    }
    call.actor = user_name(cli->pool);
    call.tenant = in_path(op, "tenant") ? scim_admin_text(&call, "tenant") : NULL;
    error = scim_admin_run(&call);
    if (error != NULL) {
        return cli_fail_with(error);
    }
    if (call.answer != NULL) {
        show(cli, &call);
    }
    return CLI_OK;
}
