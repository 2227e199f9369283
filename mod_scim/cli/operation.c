#include "operation.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "help.h"
#include "import.h"
#include "options.h"
#include "scim/json.h"
#include "scim/text.h"
#include "show.h"
#include "store/admin_export.h"
#include "store/tenant.h"
#include "words.h"

#define PLACE "{tenant}" /* in SCIM_BASE_URL */

/* --- reading the command line ------------------------------------------------------------------------------------ */

/* The index of the next word at or after argv[at] that is neither an option nor an option's value; argc: none. */
static int next_word(int at, int argc, const char *const *argv, apr_pool_t *pool)
{
    while (at < argc && argv[at][0] == '-') {
        at += strchr(argv[at], '=') != NULL || strncmp(argv[at], "--", 2) != 0 || cli_arguments_flag(argv[at] + 2, pool)
                  ? 1
                  : 2;
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

/* --- running an operation ------------------------------------------------------------------------------------------*/

const char *cli_user_name(apr_pool_t *pool)
{
    const struct passwd *user = getpwuid(getuid());

    return user != NULL ? apr_pstrdup(pool, user->pw_name) : apr_psprintf(pool, "%lu", (unsigned long)getuid());
}

/* The endpoint's URL (SCIM_BASE_URL), with {tenant} in place of a tenant's name. A URL without {tenant} belongs to the
 * environment's own tenant. NULL: unknown. */
static const char *base_url_of(const char *tenant)
{
    const char *url = getenv("SCIM_BASE_URL");
    const char *own = cli_default_tenant();

    if (url == NULL || (strstr(url, PLACE) == NULL && (tenant == NULL || own == NULL || strcmp(tenant, own) != 0))) {
        return NULL;
    }
    return url;
}

static const char *tenant_url(const scim_admin_call_t *call, const char *tenant)
{
    const char *at = call->base_url;
    scim_buf_t buf;

    scim_buf_init(&buf, 128, call->pool);
    for (const char *place; (place = strstr(at, PLACE)) != NULL; at = place + strlen(PLACE)) {
        scim_buf_add(&buf, at, (apr_size_t)(place - at));
        scim_buf_puts(&buf, tenant);
    }
    scim_buf_puts(&buf, at);
    return buf.data;
}

/* Writes a new secret to standard output, and its description to standard error, so that a pipe gets only the
 * secret. */
static void show_secret(const cli_t *cli, const scim_admin_call_t *call, json_object *answer)
{
    json_object *token;
    apr_time_t time = 0;

    if (!json_object_object_get_ex(answer, "issued", &token)) {
        token = answer;
    }
    scim_time_read(&time, cli_text(token, "expires", ""));
    puts(call->secret);
    fprintf(stderr,
            "This is token \"%s\" (key id %s) of tenant \"%s\". It expires at %s.\n"
            "Copy it now: it will not be shown again.\n",
            scim_hidden_escape(cli_text(token, "name", ""), cli->pool), cli_text(token, "keyId", ""),
            cli_text(token, "tenant", ""), cli_time_text(time, cli->pool));
    if (call->base_url != NULL) {
        fprintf(stderr, "The identity provider's base URL is %s.\n", tenant_url(call, cli_text(token, "tenant", "")));
    }
}

/* Adds a heading for the base URL, if it is known. */
static const scim_admin_field_t *with_base_url(const scim_admin_call_t *call)
{
    apr_array_header_t *fields = apr_array_make(call->pool, 32, sizeof(scim_admin_field_t));

    for (const scim_admin_field_t *f = call->op->fields; f->name != NULL; f++) {
        APR_ARRAY_PUSH(fields, scim_admin_field_t) = *f;
        if (strcmp(f->name, "baseUrl") == 0) {
            APR_ARRAY_IDX(fields, fields->nelts - 1, scim_admin_field_t).heading = "Base URL";
        }
    }
    APR_ARRAY_PUSH(fields, scim_admin_field_t) = (scim_admin_field_t){NULL, SCIM_ARG_TEXT, NULL, NULL};
    return (const scim_admin_field_t *)fields->elts;
}

static void show(const cli_t *cli, const scim_admin_call_t *call)
{
    json_object *answer = NULL;

    if (cli->options[CLI_JSON] != NULL) {
        cli_put_json(call->answer);
        return;
    }
    answer = scim_json_trusted(call->answer, strlen(call->answer), cli->pool);
    if (call->secret != NULL) {
        show_secret(cli, call, answer);
    } else {
        cli_show_object(cli, call->base_url != NULL ? with_base_url(call) : call->op->fields, answer);
    }
}

/* Adds the items of a page to `all`. Returns the `after` of the next page; NULL: there is none. */
static const char *add_page(json_object *all, const scim_admin_call_t *call)
{
    json_object *answer = scim_json_trusted(call->answer, strlen(call->answer), call->pool);
    json_object *items;
    json_object *next;

    json_object_object_get_ex(answer, "items", &items);
    for (size_t i = 0; i < json_object_array_length(items); i++) {
        json_object_array_add(all, json_object_get(json_object_array_get_idx(items, i)));
    }
    return json_object_object_get_ex(answer, "next", &next) && next != NULL ? json_object_get_string(next) : NULL;
}

/* Adds a page, or with `whole` all pages; *next is the `after` of the next page, NULL: there is none. An empty page is
 * followed by the next one at once. */
static scim_error_t *read_list(json_object *all, const char **next, scim_admin_call_t *call, int whole)
{
    scim_error_t *error = scim_admin_run(call);

    *next = error == NULL ? add_page(all, call) : NULL;
    while (error == NULL && (whole || json_object_array_length(all) == 0) && *next != NULL) {
        scim_admin_set(call, "after", json_object_new_string(*next));
        error = scim_admin_run(call);
        *next = error == NULL ? add_page(all, call) : NULL;
    }
    return error;
}

/* The names of all tenants. */
static scim_error_t *all_tenants(json_object *all, const scim_admin_call_t *of)
{
    scim_admin_call_t call = *of;
    const char *next;

    call.op = scim_admin_command("tenant", "list");
    call.tenant = NULL;
    call.args = scim_json_own(json_object_new_object(), of->pool);
    return read_list(all, &next, &call, 1);
}

/* The fields of a list, with the tenant first. */
static const scim_admin_field_t *with_tenant(const scim_admin_field_t *fields, apr_pool_t *pool)
{
    apr_array_header_t *all = apr_array_make(pool, 32, sizeof(*fields));

    APR_ARRAY_PUSH(all, scim_admin_field_t) = (scim_admin_field_t){"tenant", SCIM_ARG_TEXT, "Tenant", "whose it is"};
    for (; fields->name != NULL; fields++) {
        if (strcmp(fields->name, "tenant") != 0) {
            APR_ARRAY_PUSH(all, scim_admin_field_t) = *fields;
        }
    }
    APR_ARRAY_PUSH(all, scim_admin_field_t) = *fields;
    return (const scim_admin_field_t *)all->elts;
}

/* The file format in which a list is printed; SCIM_EXPORT_NONE: a table, or JSON. */
static scim_export_e export_kind(const cli_t *cli, const scim_admin_op_t *op)
{
    if (cli->options[CLI_JSONL] != NULL) {
        return SCIM_EXPORT_LINES;
    }
    return cli->options[CLI_CSV] != NULL || ((op->flags & SCIM_OP_SHEET) && cli->options[CLI_JSON] == NULL)
               ? SCIM_EXPORT_CSV
               : SCIM_EXPORT_NONE;
}

static void export_items(const cli_t *cli, scim_export_e kind, const scim_admin_field_t *fields, json_object *items)
{
    json_object *answer = scim_json_own(json_object_new_object(), cli->pool);
    scim_buf_t text;

    json_object_object_add(answer, "items", json_object_get(items));
    scim_buf_init(&text, 4096, cli->pool);
    scim_export_head(&text, kind, fields);
    scim_export_page(&text, kind, fields, json_object_to_json_string(answer), cli->pool);
    fwrite(text.data, 1, text.len, stdout);
}

static scim_error_t *show_all_tenants(const cli_t *cli, scim_admin_call_t *call)
{
    const scim_admin_field_t *fields = with_tenant(call->op->fields, cli->pool);
    scim_export_e kind = export_kind(cli, call->op);
    json_object *tenants = scim_json_own(json_object_new_array(), cli->pool);
    json_object *all = scim_json_own(json_object_new_array(), cli->pool);
    scim_error_t *error = all_tenants(tenants, call);

    for (size_t i = 0; error == NULL && i < json_object_array_length(tenants); i++) {
        const char *name = cli_text(json_object_array_get_idx(tenants, i), "tenant", "");
        size_t first = json_object_array_length(all);
        const char *next;

        json_object_object_del(call->args, "after");
        scim_admin_set(call, "tenant", json_object_new_string(name));
        call->tenant = name;
        error = read_list(all, &next, call, 1);
        for (size_t j = first; j < json_object_array_length(all); j++) {
            json_object_object_add(json_object_array_get_idx(all, j), "tenant", json_object_new_string(name));
        }
    }
    if (error == NULL && kind != SCIM_EXPORT_NONE) {
        export_items(cli, kind, fields, all);
    } else if (error == NULL) {
        cli_show_objects(cli, fields, all);
    }
    return error;
}

/* Prints all pages of a list, each when it arrives, unless one page is asked for. */
static scim_error_t *export_list(const cli_t *cli, scim_admin_call_t *call)
{
    scim_export_e kind = export_kind(cli, call->op);
    int one = json_object_object_get_ex(call->args, "limit", NULL);
    scim_error_t *error = NULL;
    const char *next = NULL;
    scim_buf_t head;
    scim_buf_t text;

    if (!one) {
        scim_admin_set(call, "limit", json_object_new_int(SCIM_ADMIN_PAGE_MAX));
    }
    apr_pool_create(&call->pool, cli->pool);
    scim_buf_init(&head, 4096, cli->pool);
    scim_export_head(&head, kind, call->op->fields);
    do {
        apr_pool_clear(call->pool);
        error = scim_admin_run(call);
        if (error != NULL) {
            return error;
        }
        scim_buf_init(&text, 4096, call->pool);
        next = scim_export_page(&text, kind, call->op->fields, call->answer, call->pool);
        fwrite(head.data, 1, head.len, stdout);
        fwrite(text.data, 1, text.len, stdout);
        head.len = 0;
        if (next != NULL) {
            scim_admin_set(call, "after", json_object_new_string(next));
        }
    } while (next != NULL && !one);
    return NULL;
}

/* Repeats the list each second until it has an item, or the time of --wait is over. */
static scim_error_t *wait_list(json_object *all, const char **next, scim_admin_call_t *call, int whole)
{
    json_object *wait = NULL;
    scim_error_t *error = read_list(all, next, call, whole);

    json_object_object_get_ex(call->args, "wait", &wait);
    for (int left = wait != NULL ? json_object_get_int(wait) : 0;
         error == NULL && left > 0 && json_object_array_length(all) == 0; left--) {
        apr_sleep(apr_time_from_sec(1));
        error = read_list(all, next, call, whole);
    }
    return error;
}

/* Prints a page, or all pages of a list that is always short, unless one is asked for. */
static scim_error_t *show_list(const cli_t *cli, scim_admin_call_t *call)
{
    int whole = (call->op->flags & SCIM_OP_FEW) && !json_object_object_get_ex(call->args, "limit", NULL);
    json_object *all = scim_json_own(json_object_new_array(), cli->pool);
    const char *next;
    scim_error_t *error = wait_list(all, &next, call, whole);

    if (error != NULL) {
        return error;
    }
    cli_show_objects(cli, call->op->fields, all);
    if (next != NULL) {
        fprintf(stderr, "There is more: continue with --after %s\n", scim_hidden_escape(next, cli->pool));
    }
    return NULL;
}

/* An error of an argument is reported as a wrong command line. */
static int fail_with(const scim_error_t *error)
{
    int code = cli_fail_with(error);

    return error->status == 400 ? CLI_USAGE : code;
}

static scim_error_t *run_and_show(const cli_t *cli, scim_admin_call_t *call)
{
    scim_error_t *error;

    if (cli->options[CLI_ALL_TENANTS] != NULL) {
        return show_all_tenants(cli, call);
    }
    if (export_kind(cli, call->op) != SCIM_EXPORT_NONE) {
        return export_list(cli, call);
    }
    if (call->op->flags & SCIM_OP_LIST) {
        return show_list(cli, call);
    }
    error = scim_admin_run(call);
    if (error == NULL && call->op->after != NULL) {
        error = call->op->after(call);
    }
    if (error == NULL && call->answer != NULL) {
        show(cli, call);
    }
    return error;
}

/* Loads the schemas that conditions need. They must be readable only if a condition is an argument; a new account does
 * not fail if the schemas for templates' conditions are missing. */
static scim_error_t *load_schemas(scim_admin_call_t *call, const cli_t *cli)
{
    scim_schemas_t *schemas = NULL;
    int reads = scim_admin_arg(call->op, "condition", strlen("condition")) != NULL;
    int needed = call->op->flags & SCIM_OP_FILTERS && (!reads || scim_admin_text(call, "condition") != NULL);
    scim_error_t *error = needed ? cli_schemas(&schemas, cli) : NULL;

    call->schemas = error ? NULL : schemas;
    return reads ? error : NULL;
}

/* --- columns ------------------------------------------------------------------------------------------------------ */

static int no_column(const scim_admin_op_t *op, const char *name, apr_pool_t *pool)
{
    const char *names = NULL;

    for (const scim_admin_field_t *f = op->fields; f->name != NULL; f++) {
        names = names != NULL ? apr_pstrcat(pool, names, ", ", f->name, NULL) : f->name;
    }
    return cli_fail(CLI_USAGE, "%s %s has no column \"%s\"; it has %s.", op->noun, op->verb,
                    scim_hidden_escape(name, pool), names);
}

static const scim_admin_field_t *find_column(const scim_admin_op_t *op, const char *name)
{
    const scim_admin_field_t *field = op->fields;

    while (field->name != NULL && strcmp(field->name, name) != 0) {
        field++;
    }
    return field->name != NULL ? field : NULL;
}

/* Changes *op to have the columns of --columns, in that order; without --columns *op stays unchanged. */
static int choose_columns(const scim_admin_op_t **op, const cli_t *cli)
{
    apr_pool_t *pool = cli->pool;
    scim_admin_op_t *chosen = apr_pmemdup(pool, *op, sizeof(*chosen));
    apr_array_header_t *fields = apr_array_make(pool, 8, sizeof(scim_admin_field_t));
    char *state;

    if (cli->options[CLI_COLUMNS] == NULL) {
        return CLI_OK;
    }
    if (cli->options[CLI_JSON] != NULL || cli->options[CLI_JSONL] != NULL) {
        return cli_fail(CLI_USAGE, "--columns is for tables and CSV; leave it out with JSON.");
    }
    for (char *word = apr_strtok(apr_pstrdup(pool, cli->options[CLI_COLUMNS]), ", ", &state); word != NULL;
         word = apr_strtok(NULL, ", ", &state)) {
        const scim_admin_field_t *field = find_column(*op, cli_option_member(word, strlen(word), pool));

        if (field == NULL) {
            return no_column(*op, word, pool);
        }
        APR_ARRAY_PUSH(fields, scim_admin_field_t) = *field;
        APR_ARRAY_IDX(fields, fields->nelts - 1, scim_admin_field_t).heading =
            field->heading != NULL ? field->heading : field->name;
    }
    if (fields->nelts == 0) {
        return no_column(*op, "", pool);
    }
    APR_ARRAY_PUSH(fields, scim_admin_field_t) = (scim_admin_field_t){NULL, SCIM_ARG_TEXT, NULL, NULL};
    chosen->fields = (const scim_admin_field_t *)fields->elts;
    *op = chosen;
    return CLI_OK;
}

/* Shows the effect of an operation, and asks. If there is nothing to show, the operation itself will refuse. */
static int is_agreed(const cli_t *cli, const scim_admin_call_t *call)
{
    scim_admin_call_t preview = *call;
    char answer[8];

    if (!(call->op->flags & SCIM_OP_ASKS) || cli->options[CLI_YES] != NULL || cli->options[CLI_JSON] != NULL ||
        !isatty(STDIN_FILENO)) {
        return 1;
    }
    preview.op = scim_admin_command(call->op->noun, apr_pstrcat(cli->pool, call->op->verb, "-preview", NULL));
    if (scim_admin_run(&preview) != NULL) {
        return 1;
    }
    show(cli, &preview);
    fflush(stdout);
    fprintf(stderr, "%s %s: continue? [y/N] ", call->op->noun, call->op->verb);
    return fgets(answer, sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

/* Of an operation that was carried out. */
static int exit_code(const scim_admin_call_t *call)
{
    json_object *passed = NULL;

    if (call->op->flags & SCIM_OP_JUDGES) {
        json_object_object_get_ex(scim_json_trusted(call->answer, strlen(call->answer), call->pool), "passed", &passed);
        return json_object_get_boolean(passed) ? CLI_OK : CLI_FAILED;
    }
    return CLI_OK;
}

int cli_operation_run(const scim_admin_op_t *op, cli_t *cli, int argc, const char *const *argv)
{
    json_object *args = scim_json_own(json_object_new_object(), cli->pool);
    scim_admin_call_t call = {.op = op, .args = args, .actor_kind = "scimctl", .pool = cli->pool};
    scim_error_t *error;
    int code = cli_arguments_read(args, op, cli, argc, argv);

    if (code == CLI_OK && cli->options[CLI_HELP] != NULL) {
        return cli_help(op->noun, op->verb, cli->pool);
    }
    code = code == CLI_OK ? cli_arguments_check(args, op, cli) : code;
    code = code == CLI_OK ? choose_columns(&call.op, cli) : code;
    code = code == CLI_OK ? cli_open(&call.conn, cli) : code;
    if (code != CLI_OK) {
        return code;
    }
    call.actor = cli_user_name(cli->pool);
    call.tenant = cli_operation_in_path(op, "tenant") && cli->options[CLI_ALL_TENANTS] == NULL
                      ? scim_admin_text(&call, "tenant")
                      : NULL;
    call.base_url = base_url_of(call.tenant);
    if (op->args != NULL && op->args->kind == SCIM_ARG_FILE) {
        return cli_import(cli, &call);
    }
    if (!is_agreed(cli, &call)) {
        return cli_fail(CLI_FAILED, "Nothing was changed.");
    }
    error = load_schemas(&call, cli);
    error = error == NULL ? run_and_show(cli, &call) : error;
    return error == NULL ? exit_code(&call) : fail_with(error);
}
