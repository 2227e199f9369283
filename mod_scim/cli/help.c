#include "help.h"

#include <apr_strings.h>
#include <string.h>

#include "arguments.h"
#include "options.h"
#include "words.h"

const cli_command_t *const cli_commands[] = {cli_db_commands, cli_doctor_commands, cli_export_commands, NULL};

/* --- nouns and verbs -----------------------------------------------------------------------------------------------*/

/* A verb of a noun: a command of scimctl, or an administrators' operation. */
typedef struct verb_t {
    const char *noun;
    const char *verb;
    const cli_command_t *command;
    const scim_admin_op_t *op;
} verb_t;

/* All verbs, grouped by noun. */
static apr_array_header_t *all_verbs(apr_pool_t *pool)
{
    apr_array_header_t *verbs = apr_array_make(pool, 128, sizeof(verb_t));
    apr_array_header_t *sorted = apr_array_make(pool, 128, sizeof(verb_t));

    for (int i = 0; cli_commands[i] != NULL; i++) {
        for (const cli_command_t *c = cli_commands[i]; c->noun != NULL; c++) {
            APR_ARRAY_PUSH(verbs, verb_t) = (verb_t){c->noun, c->verb, c, NULL};
        }
    }
    for (int i = 0; scim_admin_tables[i] != NULL; i++) {
        for (const scim_admin_op_t *op = scim_admin_tables[i]; op->noun != NULL; op++) {
            APR_ARRAY_PUSH(verbs, verb_t) = (verb_t){op->noun, op->verb, NULL, op};
        }
    }
    for (int i = 0; i < verbs->nelts; i++) {
        const char *noun = APR_ARRAY_IDX(verbs, i, verb_t).noun;

        for (int j = i; noun != NULL && j < verbs->nelts; j++) {
            verb_t *verb = &APR_ARRAY_IDX(verbs, j, verb_t);

            if (verb->noun != NULL && strcmp(verb->noun, noun) == 0) {
                APR_ARRAY_PUSH(sorted, verb_t) = *verb;
                verb->noun = NULL;
            }
        }
    }
    return sorted;
}

/* Whether the verb at `i` is the first one of its noun. */
static int begins_noun(const apr_array_header_t *verbs, int i)
{
    return i == 0 || strcmp(APR_ARRAY_IDX(verbs, i, verb_t).noun, APR_ARRAY_IDX(verbs, i - 1, verb_t).noun) != 0;
}

static const verb_t *find(const apr_array_header_t *verbs, const char *noun, const char *verb)
{
    for (int i = 0; i < verbs->nelts; i++) {
        const verb_t *v = &APR_ARRAY_IDX(verbs, i, verb_t);

        if (strcmp(v->noun, noun) == 0 &&
            (verb == NULL || strcmp(v->verb, verb) == 0 || (v->op != NULL && scim_admin_called(v->op, verb)))) {
            return v;
        }
    }
    return NULL;
}

const cli_command_t *cli_command_find(const char *noun, const char *verb)
{
    for (int i = 0; cli_commands[i] != NULL; i++) {
        for (const cli_command_t *c = cli_commands[i]; c->noun != NULL; c++) {
            if (strcmp(c->noun, noun) == 0 && strcmp(c->verb, verb) == 0) {
                return c;
            }
        }
    }
    return NULL;
}

/* --- help
 * --------------------------------------------------------------------------------------------------------------
 */

#define NOUN_WIDTH 16
#define LINE_WIDTH 100

void cli_help_all(FILE *out, apr_pool_t *pool)
{
    const apr_array_header_t *verbs = all_verbs(pool);
    int column = 0;

    fputs("Usage: scimctl NOUN VERB [ARGUMENT] [OPTIONS]\n\nNouns, and the verbs of each:\n", out);
    for (int i = 0; i < verbs->nelts; i++) {
        const verb_t *v = &APR_ARRAY_IDX(verbs, i, verb_t);

        if (begins_noun(verbs, i)) {
            fputs(i > 0 ? "\n" : "", out);
            column = fprintf(out, "  %-*s", NOUN_WIDTH, v->noun);
        } else if (column + 1 + (int)strlen(v->verb) > LINE_WIDTH) {
            column = fprintf(out, "\n  %-*s", NOUN_WIDTH, "") - 1;
        }
        column += fprintf(out, " %s", v->verb);
    }
    fprintf(out,
            "\n\nscimctl NOUN --help explains the verbs of a noun, scimctl NOUN VERB --help the options of "
            "one.\nscimctl openapi prints the description of the admin API, which does the same over HTTP.\n\nOptions "
            "of every command:\n%s\nSee also the manual page scimctl(8).\n",
            cli_options_help(NULL, pool));
}

static const char *usage(const verb_t *verb, apr_pool_t *pool)
{
    return verb->op != NULL ? cli_operation_usage(verb->op, pool) : cli_usage(verb->command, pool);
}

static const char *summary(const verb_t *verb)
{
    return verb->op != NULL ? verb->op->summary : verb->command->summary;
}

static void help_noun(const apr_array_header_t *verbs, const char *noun, apr_pool_t *pool)
{
    printf("Usage: scimctl %s VERB [ARGUMENT] [OPTIONS]\n\n", noun);
    for (int i = 0; i < verbs->nelts; i++) {
        const verb_t *v = &APR_ARRAY_IDX(verbs, i, verb_t);

        if (strcmp(v->noun, noun) == 0) {
            printf("  %s\n      %s\n", usage(v, pool), summary(v));
        }
    }
    printf("\nscimctl %s VERB --help explains the options.\n", noun);
}

int cli_help(const char *noun, const char *verb, apr_pool_t *pool)
{
    const apr_array_header_t *verbs = all_verbs(pool);
    const verb_t *found = find(verbs, noun, verb);

    if (found == NULL) {
        return cli_help_wrong(noun, verb, pool);
    }
    if (verb == NULL && *found->verb) {
        help_noun(verbs, noun, pool);
        return CLI_OK;
    }
    printf("Usage: %s\n\n%s\n\n%s", usage(found, pool), summary(found),
           found->op != NULL ? cli_operation_options(found->op, pool) : cli_options_help(found->command, pool));
    return CLI_OK;
}

/* The nouns, or the verbs of a noun, separated by `between`. */
static const char *words(const apr_array_header_t *verbs, const char *noun, const char *between, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 32, sizeof(const char *));

    for (int i = 0; i < verbs->nelts; i++) {
        const verb_t *v = &APR_ARRAY_IDX(verbs, i, verb_t);

        if (noun != NULL ? strcmp(v->noun, noun) == 0 : begins_noun(verbs, i)) {
            APR_ARRAY_PUSH(list, const char *) = noun != NULL ? v->verb : v->noun;
            APR_ARRAY_PUSH(list, const char *) = between;
        }
    }
    apr_array_pop(list);
    return apr_array_pstrcat(pool, list, 0);
}

int cli_help_wrong(const char *noun, const char *verb, apr_pool_t *pool)
{
    const apr_array_header_t *verbs = all_verbs(pool);

    if (find(verbs, noun, NULL) == NULL) {
        return cli_fail(CLI_USAGE, "There is no command \"%s\"; there are %s. See scimctl --help.", noun,
                        words(verbs, NULL, ", ", pool));
    }
    if (verb != NULL && *words(verbs, noun, "", pool) == '\0') {
        return cli_fail(CLI_USAGE, "\"%s\" takes no argument: leave \"%s\" out. See scimctl %s --help.", noun, verb,
                        noun);
    }
    if (verb != NULL) {
        return cli_fail(CLI_USAGE, "\"%s\" cannot \"%s\"; its verbs are %s. See scimctl %s --help.", noun, verb,
                        words(verbs, noun, ", ", pool), noun);
    }
    return cli_fail(CLI_USAGE, "\"%s\" needs one of its verbs: %s. See scimctl %s --help.", noun,
                    words(verbs, noun, ", ", pool), noun);
}

/* --- completion
 * ----------------------------------------------------------------------------------------------------------
 */

static const char *value_words(const verb_t *verb, const char *option, apr_pool_t *pool)
{
    return verb->op != NULL ? cli_arguments_values(verb->op, option, pool) : cli_options_values(option);
}

static void complete_options(const verb_t *verb, int nwords, const char *const *line, apr_pool_t *pool)
{
    char *state;
    char *names = apr_pstrdup(pool, verb->op != NULL ? cli_operation_names(verb->op, pool)
                                                     : cli_options_names(verb->command, pool));

    for (const char *name = apr_strtok(names, " ", &state); name != NULL; name = apr_strtok(NULL, " ", &state)) {
        int given = 0;

        for (int i = 1; i + 1 < nwords; i++) {
            given |= strcmp(line[i], name) == 0;
        }
        if (!given) {
            puts(name);
        }
    }
}

int cli_complete(int nwords, const char *const *line, apr_pool_t *pool)
{
    const apr_array_header_t *verbs = all_verbs(pool);
    const verb_t *alone = nwords > 1 ? find(verbs, line[0], "") : NULL;
    const verb_t *verb = nwords > 2 && alone == NULL ? find(verbs, line[0], line[1]) : alone;
    const char *values =
        verb != NULL && nwords > (alone != NULL ? 2 : 3) ? value_words(verb, line[nwords - 2], pool) : NULL;

    if (nwords <= 1) {
        printf("%s\nopenapi\n--help\n--version\n", words(verbs, NULL, "\n", pool));
    } else if (nwords == 2 && alone == NULL && find(verbs, line[0], NULL) != NULL) {
        printf("%s\n--help\n", words(verbs, line[0], "\n", pool));
    } else if (values != NULL) {
        for (const char *c = values; *c; c++) {
            putchar(*c == '|' ? '\n' : *c);
        }
        putchar('\n');
    } else if (verb != NULL) {
        complete_options(verb, nwords, line, pool);
    }
    return CLI_OK;
}
