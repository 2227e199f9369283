#include "conninfo.h"

#include <apr_strings.h>
#include <libpq-fe.h>
#include <string.h>

/* The options whose values libpq checks only when it connects. If `words` is NULL, the value is a whole number. */
typedef struct rule_t {
    const char *word;
    const char *words; /* the valid values, with a space around each */
    int several;       /* whether commas separate several values, one for each host */
} rule_t;

static const rule_t rules[] = {
    {"connect_timeout", NULL, 0},
    {"port", NULL, 1},
    {"keepalives", NULL, 0},
    {"keepalives_idle", NULL, 0},
    {"keepalives_interval", NULL, 0},
    {"keepalives_count", NULL, 0},
    {"tcp_user_timeout", NULL, 0},
    {"sslmode", " disable allow prefer require verify-ca verify-full ", 0},
    {"gssencmode", " disable prefer require ", 0},
    {"channel_binding", " disable prefer require ", 0},
    {"target_session_attrs", " any read-write read-only primary standby prefer-standby ", 0},
    {"load_balance_hosts", " disable random ", 0},
};

#define UNREADABLE                                                                                                     \
    "libpq cannot read it: a value with blanks, quotes or backslashes must be in single quotes, with \\' and \\\\ in " \
    "it"

/* libpq's message without its line end. It may quote the string, so it is hidden if the string may have a password. */
static const char *message_of(const char *message, const char *conninfo, apr_pool_t *pool)
{
    if (!message || (strstr(conninfo, "password") && strncmp(message, "invalid connection option", 25) != 0))
        return UNREADABLE;
    return apr_pstrmemdup(pool, message, strcspn(message, "\n"));
}

/* The options of a connection string; NULL: libpq cannot read it. */
static PQconninfoOption *parse(const char **problem, const char *conninfo, apr_pool_t *pool)
{
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &message);

    *problem = options ? NULL : message_of(message, conninfo, pool);
    PQfreemem(message);
    return options;
}

static int is_number(const char *text)
{
    apr_size_t sign = text[0] == '-';
    apr_size_t digits = strspn(text + sign, "0123456789");

    return digits > 0 && digits < 10 && text[sign + digits] == '\0';
}

static int is_value(const rule_t *rule, const char *text, apr_pool_t *pool)
{
    return rule->words ? strstr(rule->words, apr_pstrcat(pool, " ", text, " ", NULL)) != NULL : is_number(text);
}

/* Whether all values that commas separate are valid. An empty one stands for the default. */
static int are_values(const rule_t *rule, const char *text, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, text);
    char *state = NULL;

    if (!rule->several)
        return is_value(rule, text, pool);
    for (char *one = apr_strtok(copy, ",", &state); one; one = apr_strtok(NULL, ",", &state))
        if (!is_value(rule, one, pool))
            return 0;
    return 1;
}

static const char *check(const rule_t *rule, const char *value, apr_pool_t *pool)
{
    if (are_values(rule, value, pool))
        return NULL;
    if (rule->words)
        return apr_psprintf(pool, "%s is \"%s\", and must be one of:%s", rule->word, value,
                            apr_pstrmemdup(pool, rule->words, strlen(rule->words) - 1));
    return apr_psprintf(pool, "%s is \"%s\", and must be a whole number", rule->word, value);
}

static const char *value_of(const PQconninfoOption *options, const char *word)
{
    while (options->keyword && strcmp(options->keyword, word) != 0)
        options++;
    return options->keyword && options->val && *options->val ? options->val : NULL;
}

const char *scim_conninfo_problem(const char *conninfo, apr_pool_t *pool)
{
    const char *problem;
    PQconninfoOption *options = parse(&problem, conninfo, pool);

    for (apr_size_t i = 0; options && !problem && i < sizeof(rules) / sizeof(rules[0]); i++) {
        const char *value = value_of(options, rules[i].word);

        if (value)
            problem = check(&rules[i], value, pool);
    }
    PQconninfoFree(options);
    return problem;
}

const char *scim_conninfo_value(const char *conninfo, const char *word, apr_pool_t *pool)
{
    const char *problem;
    PQconninfoOption *options = parse(&problem, conninfo, pool);
    const char *value = options ? apr_pstrdup(pool, value_of(options, word)) : NULL;

    PQconninfoFree(options);
    return value;
}
