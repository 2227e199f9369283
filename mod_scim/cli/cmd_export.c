/*
 * scimctl export and scimctl apply: a tenant's settings as a file.
 *
 * The file is JSON: {"tenant": {...}, "flags": [...], "roles": [...], ...}. A section is a noun of the administrators'
 * operations (store/admin.h), and an item has the arguments of its `add`. So the operations' tables define the
 * contents, the differences and the changes, and a new argument is automatically part of the file.
 */
#include <apr_file_io.h>
#include <apr_strings.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "operation.h"
#include "scim/json.h"
#include "scim/text.h"
#include "show.h"
#include "store/admin.h"
#include "words.h"

#define FILE_MAX   (4 * 1024 * 1024) /* bytes */
#define DEPTH_MAX  8
#define KEYS_MAX   4
#define ANSWER_MAX 16

/* In the order in which items are added; they are removed in reverse order. */
static const struct section_t {
    const char *name; /* in the file */
    const char *noun;
    const char *keys[KEYS_MAX]; /* the members that identify an item; ended by NULL */
    const char *id;             /* the argument by which `set` and `remove` name an item */
    int removes;                /* whether --prune may remove items */
} sections[] = {
    {"flags", "flag", {"flag"}, "flag", 1},
    {"roles", "role", {"role"}, "role", 1},
    {"subscriptions", "subscription", {"name"}, "name", 1},
    {"templates", "template", {"name"}, "name", 1},
    {"mappings", "mapping", {"group", "subscription", "role"}, "id", 1},
    {"tokens", "token", {"name"}, "keyId", 0},
};

#define SECTIONS ((int)(sizeof(sections) / sizeof(sections[0])))

typedef struct section_t section_t;

typedef struct work_t {
    cli_t *cli;
    scim_conn_t *conn;
    const char *tenant;
    const scim_schemas_t *schemas;
    apr_array_header_t *calls; /* scim_admin_call_t: the changes, in order */
    apr_array_header_t *lines; /* const char *: descriptions of the changes */
    apr_pool_t *pool;
} work_t;

static scim_admin_call_t make_call(const work_t *work, const scim_admin_op_t *op, json_object *args)
{
    json_object_object_add(args, "tenant", json_object_new_string(work->tenant));
    return (scim_admin_call_t){.op = op,
                               .conn = work->conn,
                               .tenant = work->tenant,
                               .args = scim_json_own(args, work->pool),
                               .actor_kind = "scimctl",
                               .actor = cli_user_name(work->pool),
                               .schemas = work->schemas,
                               .pool = work->pool};
}

static int is_true(json_object *object, const char *name)
{
    json_object *value;

    return json_object_object_get_ex(object, name, &value) && json_object_get_boolean(value);
}

/* --- stored items --------------------------------------------------------------------------------------------------*/

/* Reads all items of a section, as the operation `list` shows them. */
static scim_error_t *read_items(json_object **items, const work_t *work, const char *noun)
{
    scim_admin_call_t call = make_call(work, scim_admin_command(noun, "list"), json_object_new_object());
    scim_error_t *error;
    json_object *next = NULL;

    *items = scim_json_own(json_object_new_array(), work->pool);
    do {
        json_object *page;
        json_object *list;

        error = scim_admin_run(&call);
        if (error != NULL) {
            return error;
        }
        page = scim_json_trusted(call.answer, strlen(call.answer), work->pool);
        json_object_object_get_ex(page, "items", &list);
        for (size_t i = 0; i < json_object_array_length(list); i++) {
            json_object_array_add(*items, json_object_get(json_object_array_get_idx(list, i)));
        }
        if (json_object_object_get_ex(page, "next", &next) && next != NULL) {
            scim_admin_set(&call, "after", json_object_get(next));
        }
    } while (next != NULL);
    return NULL;
}

/* Whether an item belongs in a file: not if it is built in, ended, or managed by the identity provider. */
static int is_declared(json_object *item)
{
    const char *status = cli_text(item, "status", NULL);

    return !is_true(item, "builtIn") && !is_true(item, "archived") &&
           (status == NULL || strcmp(status, "revoked") != 0);
}

/* The arguments of an operation that an item has a value for. */
static json_object *arguments_of(json_object *item, const scim_admin_op_t *op)
{
    json_object *args = json_object_new_object();

    for (const scim_admin_arg_t *arg = op->args; arg != NULL && arg->name != NULL; arg++) {
        json_object *value;

        if (json_object_object_get_ex(item, arg->name, &value) && value != NULL) {
            json_object_object_add(args, arg->name, json_object_get(value));
        }
    }
    return args;
}

static scim_error_t *read_settings(json_object **settings, const work_t *work)
{
    scim_admin_call_t call = make_call(work, scim_admin_command("tenant", "show"), json_object_new_object());
    scim_error_t *error = scim_admin_run(&call);

    if (error == NULL) {
        *settings = scim_json_trusted(call.answer, strlen(call.answer), work->pool);
    }
    return error;
}

static scim_error_t *export_all(json_object *out, const work_t *work)
{
    json_object *settings;
    scim_error_t *error = read_settings(&settings, work);

    if (error != NULL) {
        return error;
    }
    json_object_object_add(out, "tenant", arguments_of(settings, scim_admin_command("tenant", "set")));
    for (int i = 0; error == NULL && i < SECTIONS; i++) {
        json_object *list = json_object_new_array();
        json_object *items;

        json_object_object_add(out, sections[i].name, list);
        error = read_items(&items, work, sections[i].noun);
        for (size_t j = 0; error == NULL && j < json_object_array_length(items); j++) {
            json_object *item = json_object_array_get_idx(items, j);

            if (is_declared(item)) {
                json_object_array_add(list, arguments_of(item, scim_admin_command(sections[i].noun, "add")));
            }
        }
    }
    return error;
}

/* --- differences ---------------------------------------------------------------------------------------------------*/

/* Compares ASCII names without case, as the database does. */
static int same_text(const char *one, const char *other)
{
    return one == other || (one != NULL && other != NULL && strcasecmp(one, other) == 0);
}

static int same_item(const section_t *section, json_object *one, json_object *other)
{
    int same = 1;

    for (int i = 0; i < KEYS_MAX && section->keys[i] != NULL; i++) {
        same &= same_text(cli_text(one, section->keys[i], NULL), cli_text(other, section->keys[i], NULL));
    }
    return same;
}

static json_object *find_item(const section_t *section, json_object *list, json_object *like)
{
    for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
        json_object *item = json_object_array_get_idx(list, i);

        if (is_declared(item) && same_item(section, item, like)) {
            return item;
        }
    }
    return NULL;
}

/* The item in a description: "flag may-use-ai"; a mapping is "mapping Sales Web". */
static const char *called(const section_t *section, json_object *item, apr_pool_t *pool)
{
    const char *name = section->noun;

    for (int i = 0; i < KEYS_MAX && section->keys[i] != NULL; i++) {
        const char *key = cli_text(item, section->keys[i], NULL);

        name = key != NULL ? apr_pstrcat(pool, name, " ", key, NULL) : name;
    }
    return name;
}

static void plan(work_t *work, const scim_admin_op_t *op, json_object *args, const char *line)
{
    APR_ARRAY_PUSH(work->calls, scim_admin_call_t) = make_call(work, op, args);
    APR_ARRAY_PUSH(work->lines, const char *) = line;
}

/* The arguments of `set` whose values differ between file and database. Missing and null are equal. */
static json_object *changed(const char **words, const scim_admin_op_t *op, json_object *wanted, json_object *has,
                            apr_pool_t *pool)
{
    json_object *args = json_object_new_object();

    *words = "";
    for (const scim_admin_arg_t *arg = op->args; arg != NULL && arg->name != NULL; arg++) {
        json_object *now = NULL;
        json_object *then = NULL;

        json_object_object_get_ex(has, arg->name, &now);
        if (!json_object_object_get_ex(wanted, arg->name, &then) || json_object_equal(now, then)) {
            continue;
        }
        json_object_object_add(args, arg->name, json_object_get(then));
        *words = apr_psprintf(pool, "%s%s%s: %s -> %s", *words, **words ? ", " : "", arg->name,
                              scim_json_text(now, NULL, pool), scim_json_text(then, NULL, pool));
    }
    return args;
}

static void compare_settings(work_t *work, json_object *wanted, json_object *has)
{
    const scim_admin_op_t *op = scim_admin_command("tenant", "set");
    const char *words;
    json_object *args = wanted != NULL ? changed(&words, op, wanted, has, work->pool) : json_object_new_object();

    if (json_object_object_length(args) > 0) {
        plan(work, op, args, apr_psprintf(work->pool, "~ tenant %s: %s", work->tenant, words));
    } else {
        json_object_put(args);
    }
}

/* A missing token cannot be created, because the file does not have its secret. */
static void compare_item(work_t *work, const section_t *section, json_object *wanted, json_object *has)
{
    const scim_admin_op_t *set = scim_admin_command(section->noun, "set");
    const char *name = called(section, wanted, work->pool);
    const char *words;
    json_object *args;

    if (has == NULL && section->removes) {
        plan(work, scim_admin_command(section->noun, "add"), json_object_get(wanted),
             apr_pstrcat(work->pool, "+ ", name, NULL));
        return;
    }
    if (has == NULL || set == NULL) {
        if (has == NULL) {
            fprintf(stderr, "The %s is not there; scimctl token add makes one.\n",
                    scim_hidden_escape(name, work->pool));
        }
        return;
    }
    args = changed(&words, set, wanted, has, work->pool);
    if (json_object_object_length(args) == 0) {
        json_object_put(args);
        return;
    }
    json_object_object_add(args, set->argument, json_object_new_string(cli_text(has, section->id, NULL)));
    plan(work, set, args, apr_psprintf(work->pool, "~ %s: %s", name, words));
}

/* Removes stored items that the file does not have, from the last section to the first. */
static void prune(work_t *work, json_object *file, json_object *const *has)
{
    for (int i = SECTIONS - 1; i >= 0; i--) {
        const scim_admin_op_t *remove = scim_admin_command(sections[i].noun, "remove");
        json_object *wanted;

        if (!sections[i].removes || !json_object_object_get_ex(file, sections[i].name, &wanted)) {
            continue;
        }
        for (size_t j = 0; j < json_object_array_length(has[i]); j++) {
            json_object *item = json_object_array_get_idx(has[i], j);
            json_object *args;

            if (!is_declared(item) || find_item(&sections[i], wanted, item) != NULL) {
                continue;
            }
            args = json_object_new_object();
            json_object_object_add(args, remove->argument,
                                   json_object_new_string(cli_text(item, sections[i].id, NULL)));
            plan(work, remove, args, apr_pstrcat(work->pool, "- ", called(&sections[i], item, work->pool), NULL));
        }
    }
}

static scim_error_t *compare(work_t *work, json_object *file, int pruned)
{
    json_object *has[SECTIONS];
    json_object *settings;
    json_object *wanted = NULL;
    scim_error_t *error = read_settings(&settings, work);

    for (int i = 0; error == NULL && i < SECTIONS; i++) {
        error = read_items(&has[i], work, sections[i].noun);
    }
    for (int i = 0; error == NULL && i < SECTIONS; i++) {
        if (json_object_object_get_ex(file, sections[i].name, &wanted)) {
            for (size_t j = 0; j < json_object_array_length(wanted); j++) {
                json_object *item = json_object_array_get_idx(wanted, j);

                compare_item(work, &sections[i], item, find_item(&sections[i], has[i], item));
            }
        }
    }
    if (error == NULL) {
        wanted = NULL;
        json_object_object_get_ex(file, "tenant", &wanted);
        compare_settings(work, wanted, settings);
        if (pruned) {
            prune(work, file, has);
        }
    }
    return error;
}

/* --- the file --------------------------------------------------------------------------------------------------- */

static int read_file(json_object **out, const char *name, apr_pool_t *pool)
{
    char *bytes = apr_palloc(pool, FILE_MAX + 1);
    apr_size_t len = 0;
    apr_file_t *file;
    scim_error_t *error;
    apr_status_t rv = strcmp(name, "-") == 0 ? apr_file_open_stdin(&file, pool)
                                             : apr_file_open(&file, name, APR_FOPEN_READ, APR_OS_DEFAULT, pool);

    if (rv == APR_SUCCESS) {
        rv = apr_file_read_full(file, bytes, FILE_MAX + 1, &len);
    }
    if (rv != APR_SUCCESS && rv != APR_EOF) {
        return cli_fail(CLI_USAGE, "%s: %s", name, apr_strerror(rv, bytes, 200));
    }
    if (len > FILE_MAX) {
        return cli_fail(CLI_USAGE, "%s is larger than %d bytes.", name, FILE_MAX);
    }
    error = scim_json_read(out, bytes, len, DEPTH_MAX, pool);
    return error == NULL ? CLI_OK : cli_fail(CLI_USAGE, "%s: %s", name, error->detail);
}

/* Checks the types of sections and items; the operations check the items' contents. */
static int check_shape(json_object *file, const char *name)
{
    if (!json_object_is_type(file, json_type_object)) {
        return cli_fail(CLI_USAGE, "%s is not a JSON object; scimctl export prints an example.", name);
    }
    json_object_object_foreach(file, key, value)
    {
        int i = 0;

        if (strcmp(key, "tenant") == 0 && json_object_is_type(value, json_type_object)) {
            continue;
        }
        while (i < SECTIONS && strcmp(sections[i].name, key) != 0) {
            i++;
        }
        if (i == SECTIONS || !json_object_is_type(value, json_type_array)) {
            return cli_fail(
                CLI_USAGE,
                "%s: \"%s\" is not a section of such a file, or has the wrong type; scimctl export prints an example.",
                name, key);
        }
        for (size_t j = 0; j < json_object_array_length(value); j++) {
            if (!json_object_is_type(json_object_array_get_idx(value, j), json_type_object)) {
                return cli_fail(CLI_USAGE, "%s: \"%s\" must hold objects.", name, key);
            }
        }
    }
    return CLI_OK;
}

/* --- the commands ----------------------------------------------------------------------------------------------- */

static int begin(work_t *work, cli_t *cli)
{
    *work = (work_t){.cli = cli, .tenant = cli->options[CLI_TENANT], .pool = cli->pool};
    work->calls = apr_array_make(cli->pool, 16, sizeof(scim_admin_call_t));
    work->lines = apr_array_make(cli->pool, 16, sizeof(const char *));
    return cli_open(&work->conn, cli);
}

/* Printed line by line, so that invisible characters in values are escaped, but not the line ends. */
static void print_file(json_object *file, apr_pool_t *pool)
{
    const int form = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
    char *text = apr_pstrdup(pool, json_object_to_json_string_ext(file, form));
    char *state;

    for (char *line = apr_strtok(text, "\n", &state); line != NULL; line = apr_strtok(NULL, "\n", &state)) {
        cli_put_text(line, stdout);
        putchar('\n');
    }
}

static int run_export(cli_t *cli)
{
    json_object *out = scim_json_own(json_object_new_object(), cli->pool);
    work_t work;
    scim_error_t *error;
    int code = begin(&work, cli);

    if (code != CLI_OK) {
        return code;
    }
    error = export_all(out, &work);
    if (error != NULL) {
        return cli_fail_with(error);
    }
    print_file(out, cli->pool);
    return CLI_OK;
}

/* Checks all changes before the first one, so that a wrong file changes nothing. */
static int check_calls(const work_t *work)
{
    for (int i = 0; i < work->calls->nelts; i++) {
        const scim_admin_call_t *call = &APR_ARRAY_IDX(work->calls, i, scim_admin_call_t);
        scim_error_t *error = scim_admin_check(call->op, call->args, work->pool);

        if (error != NULL) {
            return cli_fail(CLI_USAGE, "%s: %s", APR_ARRAY_IDX(work->lines, i, const char *) + 2, error->detail);
        }
    }
    return CLI_OK;
}

static int agreed(const cli_t *cli, int changes)
{
    char answer[ANSWER_MAX];

    if (cli->options[CLI_YES] != NULL) {
        return 1;
    }
    if (!isatty(STDIN_FILENO)) {
        return 0;
    }
    fprintf(stderr, "Make %s? [y/N] ", changes == 1 ? "this change" : "these changes");
    return fgets(answer, sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

static int carry_out(const work_t *work)
{
    scim_admin_call_t *calls = (scim_admin_call_t *)work->calls->elts;
    int failed;
    scim_error_t *error = scim_admin_run_all(&failed, calls, work->calls->nelts);

    if (error == NULL) {
        fprintf(stderr, "Done: %d changes.\n", work->calls->nelts);
        return CLI_OK;
    }
    if (failed >= 0) {
        fprintf(stderr, "scimctl: Nothing was changed, because of: %s\n",
                scim_hidden_escape(APR_ARRAY_IDX(work->lines, failed, const char *), work->pool));
    }
    return cli_fail_with(error);
}

static int run_apply(cli_t *cli)
{
    json_object *file;
    work_t work;
    scim_schemas_t *schemas;
    scim_error_t *error;
    int code = read_file(&file, cli->argument, cli->pool);

    code = code == CLI_OK ? check_shape(file, cli->argument) : code;
    code = code == CLI_OK ? begin(&work, cli) : code;
    if (code != CLI_OK) {
        return code;
    }
    /* Conditions of templates are filters, which need the schemas. */
    error = json_object_object_get_ex(file, "templates", NULL) ? cli_schemas(&schemas, cli) : NULL;
    if (error == NULL) {
        work.schemas = json_object_object_get_ex(file, "templates", NULL) ? schemas : NULL;
        error = compare(&work, file, cli->options[CLI_PRUNE] != NULL);
    }
    if (error != NULL) {
        return cli_fail_with(error);
    }
    for (int i = 0; i < work.lines->nelts; i++) {
        cli_put_text(APR_ARRAY_IDX(work.lines, i, const char *), stdout);
        putchar('\n');
    }
    if (work.lines->nelts == 0) {
        fputs("Nothing differs.\n", stderr);
        return CLI_OK;
    }
    code = check_calls(&work);
    if (code != CLI_OK) {
        return code;
    }
    fflush(stdout);
    return agreed(cli, work.lines->nelts) ? carry_out(&work)
                                          : cli_fail(CLI_FAILED, "Nothing was changed; --yes makes the changes.");
}

const cli_command_t cli_export_commands[] = {
    {"export", "", NULL, CLI_BIT(CLI_TENANT), CLI_BIT(CLI_TENANT),
     "print a tenant's settings as a file for scimctl apply", run_export},
    {"apply", "", "FILE", CLI_BIT(CLI_TENANT) | CLI_BIT(CLI_PRUNE) | CLI_BIT(CLI_YES) | CLI_BIT(CLI_SCHEMA_DIR),
     CLI_BIT(CLI_TENANT),
     "apply a file of settings to a tenant: show the differences, ask, and change all in one transaction", run_apply},
    {NULL, NULL, NULL, 0, 0, NULL, NULL}};
