#include "words.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "options.h"
#include "scim/text.h"

static int is_word(const char *word, const char *text, apr_size_t len)
{
    return strlen(word) == len && strncmp(word, text, len) == 0;
}

static const char *upper(const char *name, apr_size_t len, apr_pool_t *pool)
{
    char *text = apr_pstrmemdup(pool, name, len);

    for (char *c = text; *c; c++) {
        *c = (char)apr_toupper(*c);
    }
    return text;
}

int cli_operation_in_path(const scim_admin_op_t *op, const char *name)
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

int cli_operation_spans_tenants(const scim_admin_op_t *op)
{
    const char *at = op->path;
    const char *segment;
    apr_size_t len;
    int others = 0;

    while (scim_admin_segment(&segment, &len, &at)) {
        others += !is_word("tenant", segment, len);
    }
    return (op->flags & SCIM_OP_LIST) && !others && cli_operation_in_path(op, "tenant");
}

const char *cli_text(json_object *object, const char *name, const char *none)
{
    json_object *value = json_object_object_get(object, name);
    return value ? json_object_get_string(value) : none;
}

const char *cli_option_name(const char *name, apr_size_t len, apr_pool_t *pool)
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

const char *cli_option_member(const char *name, apr_size_t len, apr_pool_t *pool)
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

/* Options that operations have in addition to their arguments and --help. */
static const struct {
    cli_option_e option;
    unsigned flags; /* of the operations that have it; 0: all */
} shared[] = {{CLI_ALL_TENANTS, SCIM_OP_LIST},
              {CLI_COLUMNS, SCIM_OP_LIST},
              {CLI_CSV, SCIM_OP_LIST},
              {CLI_JSONL, SCIM_OP_LIST},
              {CLI_SCHEMA_DIR, SCIM_OP_FILTERS},
              {CLI_YES, SCIM_OP_ASKS},
              {CLI_DB, 0},
              {CLI_JSON, 0}};

#define SHARED (sizeof(shared) / sizeof(shared[0]))

/* --all-tenants is accepted for each list, so that the error can say why a list does not support it. */
static int takes(const scim_admin_op_t *op, apr_size_t i)
{
    return (shared[i].flags & op->flags) == shared[i].flags &&
           (shared[i].option != CLI_ALL_TENANTS || cli_operation_spans_tenants(op));
}

cli_option_e cli_operation_shared(const scim_admin_op_t *op, const char *name)
{
    for (apr_size_t i = 0; i < SHARED; i++) {
        if (strcmp(cli_options[shared[i].option].name, name) == 0 && (shared[i].flags & op->flags) == shared[i].flags) {
            return shared[i].option;
        }
    }
    return strcmp(cli_options[CLI_HELP].name, name) == 0 ? CLI_HELP : CLI_OPTION_COUNT;
}

/* --- usage and help ----------------------------------------------------------------------------------------------- */

static const char *form_of(const scim_admin_arg_t *arg)
{
    return arg->kind == SCIM_ARG_FLAG || arg->form == NULL ? "" : arg->form;
}

int cli_operation_is_argument(const scim_admin_op_t *op, const char *name, apr_size_t len)
{
    return op->argument != NULL && is_word(op->argument, name, len);
}

const char *cli_operation_argument(const scim_admin_op_t *op, apr_pool_t *pool)
{
    const scim_admin_arg_t *arg = scim_admin_arg(op, op->argument, strlen(op->argument));

    return arg != NULL ? arg->form : upper(op->argument, strlen(op->argument), pool);
}

/* An argument on a command line. */
typedef struct word_t {
    const char *option; /* "--display-name"; NULL: it has no option */
    const char *value;  /* "TEXT"; "" for a flag */
    const char *help;
    int required;
} word_t;

static void add_word(apr_array_header_t *words, const scim_admin_op_t *op, const char *name, const word_t *word)
{
    word_t *added = &APR_ARRAY_PUSH(words, word_t);

    *added = *word;
    if (cli_operation_is_argument(op, name, strlen(name))) {
        added->value = cli_operation_argument(op, words->pool);
    } else {
        added->option = apr_pstrcat(words->pool, "--", cli_option_name(name, strlen(name), words->pool), NULL);
    }
}

/* All arguments: those in the path, then those in the table. */
static const apr_array_header_t *all_words(const scim_admin_op_t *op, apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 16, sizeof(word_t));
    const char *at = op->path;
    const char *segment;
    apr_size_t len;

    while (scim_admin_segment(&segment, &len, &at)) {
        const char *name = apr_pstrmemdup(pool, segment, len);
        word_t word = {NULL, upper(name, len, pool), apr_pstrcat(pool, "which ", name, NULL), 1};

        add_word(words, op, name, &word);
    }
    for (const scim_admin_arg_t *arg = op->args; arg != NULL && arg->name != NULL; arg++) {
        if (arg->flags & SCIM_ARG_PIECE) {
            continue;
        }
        const char *more = arg->kind == SCIM_ARG_LIST       ? "; several with commas, or repeated"
                           : arg->kind == SCIM_ARG_MAPPINGS ? "; several repeated, or as JSON"
                                                            : "";
        word_t word = {NULL, form_of(arg), apr_pstrcat(pool, arg->help, more, NULL),
                       (arg->flags & SCIM_ARG_REQUIRED) != 0};

        add_word(words, op, arg->name, &word);
    }
    return words;
}

/* "--display-name TEXT", or "ROLE" */
static const char *said(const word_t *word, apr_pool_t *pool)
{
    return word->option == NULL ? word->value
                                : apr_pstrcat(pool, word->option, *word->value ? " " : "", word->value, NULL);
}

const char *cli_operation_usage(const scim_admin_op_t *op, apr_pool_t *pool)
{
    const apr_array_header_t *words = all_words(op, pool);
    scim_buf_t buf;

    scim_buf_init(&buf, 128, pool);
    scim_buf_printf(&buf, "scimctl %s %s", op->noun, op->verb);
    if (op->argument != NULL) {
        scim_buf_printf(&buf, " %s", cli_operation_argument(op, pool));
    }
    for (int i = 0; i < words->nelts; i++) {
        const word_t *word = &APR_ARRAY_IDX(words, i, word_t);

        if (word->option != NULL) {
            scim_buf_printf(&buf, word->required ? " %s" : " [%s]", said(word, pool));
        }
    }
    return buf.data;
}

static void add_help(scim_buf_t *buf, const char *head, const char *text)
{
    scim_buf_printf(buf, strlen(head) > 24 ? "  %s\n  %24s %s\n" : "  %-24s%s %s\n", head, "", text);
}

const char *cli_operation_options(const scim_admin_op_t *op, apr_pool_t *pool)
{
    const apr_array_header_t *words = all_words(op, pool);
    scim_buf_t buf;

    scim_buf_init(&buf, 512, pool);
    for (int i = 0; i < words->nelts; i++) {
        add_help(&buf, said(&APR_ARRAY_IDX(words, i, word_t), pool), APR_ARRAY_IDX(words, i, word_t).help);
    }
    for (apr_size_t i = 0; i < SHARED; i++) {
        const cli_option_t *option = &cli_options[shared[i].option];
        word_t word = {apr_pstrcat(pool, "--", option->name, NULL), option->value != NULL ? option->value : "", NULL,
                       0};

        if (takes(op, i)) {
            add_help(&buf, said(&word, pool), option->help);
        }
    }
    return buf.data;
}

const char *cli_operation_names(const scim_admin_op_t *op, apr_pool_t *pool)
{
    const apr_array_header_t *words = all_words(op, pool);
    scim_buf_t buf;

    scim_buf_init(&buf, 256, pool);
    for (int i = 0; i < words->nelts; i++) {
        if (APR_ARRAY_IDX(words, i, word_t).option != NULL) {
            scim_buf_printf(&buf, "%s ", APR_ARRAY_IDX(words, i, word_t).option);
        }
    }
    for (apr_size_t i = 0; i < SHARED; i++) {
        if (takes(op, i)) {
            scim_buf_printf(&buf, "--%s ", cli_options[shared[i].option].name);
        }
    }
    scim_buf_puts(&buf, "--help");
    return buf.data;
}
