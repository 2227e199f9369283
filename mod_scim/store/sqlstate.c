#include "sqlstate.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "rules/denial.h"

#define RETRY_AFTER_OUTAGE 5 /* seconds, about as long as a restart of PostgreSQL */
#define RETRY_AFTER_BUSY   1

#define CANCELED         "57014" /* by statement_timeout */
#define UNIQUE_VIOLATION "23505"
#define LATE             "SC0LT" /* by the statement `deadline` */
#define PROFILE          "SC40P"
#define LIBRARY          "58P01" /* mostly because PostgreSQL's package was upgraded while it ran */
#define DENIED           "The bearer token is missing, unknown, expired or revoked." /* the same text for all reasons */
#define UNAVAILABLE      "The database is not available. Try again later."
#define TOO_LONG         "The request took longer than this server allows."
#define NEEDS_HELP       "The database needs its administrator before it can work again."
#define UNKNOWN          " It is not known whether it was done, but it will not be done later. Send it again."

typedef struct rule_t {
    const char *code;       /* SQLSTATE, or the two characters of its class */
    const char *constraint; /* NULL: any */
    int status;             /* 0: that of the type */
    scim_type_e type;
    int retry_after;
    int transient;
    const char *detail; /* NULL: the message, which is the module's own text (SC400, SC403) */
} rule_t;

/* The first matching row is used; the last row matches everything. */
static const rule_t rules[] = {
    {"SC400", NULL, 0, SCIM_INVALID_VALUE, 0, 0, NULL},
    {"SC401", NULL, 401, SCIM_NO_TYPE, 0, 0, DENIED},
    {"SC40S", NULL, 401, SCIM_NO_TYPE, 0, 0, DENIED},
    {"SC40R", NULL, 401, SCIM_NO_TYPE, 0, 0, DENIED},
    {"SC40E", NULL, 401, SCIM_NO_TYPE, 0, 0, DENIED},
    {"SC403", NULL, 403, SCIM_NO_TYPE, 0, 0, NULL},
    {"SC40M", NULL, 0, SCIM_MUTABILITY, 0, 0, NULL},
    {"SC404", NULL, 404, SCIM_NO_TYPE, 0, 0, NULL},
    {PROFILE, NULL, 0, SCIM_INVALID_SYNTAX, 0, 0,
     "The request does not have the form that the tenant's profile requires."},
    {"SC0RV", NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_BUSY, 1,
     "The settings of this tenant are being changed. Try again."},
    {LATE, NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_BUSY, 0, TOO_LONG},
    {"SC409", NULL, 409, SCIM_NO_TYPE, 0, 0, NULL},
    {"SC412", NULL, 412, SCIM_NO_TYPE, 0, 0, "The resource has another version than If-Match names. Read it again."},
    {"23505", "resource_user_name", 0, SCIM_UNIQUENESS, 0, 0, SCIM_USER_NAME_TAKEN},
    {"23505", "resource_login", 0, SCIM_UNIQUENESS, 0, 0, SCIM_LOGIN_TAKEN},
    {"23505", "resource_group_name", 0, SCIM_UNIQUENESS, 0, 0, SCIM_GROUP_NAME_TAKEN},
    {"23505", NULL, 0, SCIM_UNIQUENESS, 0, 0, "A value that must be unique is already in use."},
    {"23514", "tenant_activity_mask_check", 0, SCIM_INVALID_VALUE, 0, 0,
     "activityMask: each must be the name of an attribute, such as emails."},
    {"22P02", NULL, 0, SCIM_INVALID_VALUE, 0, 0, "A value does not have the form that its attribute needs."},
    {"22", NULL, 0, SCIM_INVALID_VALUE, 0, 0, "A value cannot be stored or compared."},
    {"54000", NULL, 0, SCIM_INVALID_VALUE, 0, 0, "A value is too long."},
    {"40001", NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_BUSY, 1, "The resource is being changed by others. Try again."},
    {"40P01", NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_BUSY, 1, "The resource is being changed by others. Try again."},
    {"55P03", NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_BUSY, 1, "The resource is being changed by others. Try again."},
    {CANCELED, NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_BUSY, 0, TOO_LONG},
    {"25P03", NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_BUSY, 0, TOO_LONG}, /* the next statement did not arrive in time */
    {"25006", NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_OUTAGE, 0, "The database accepts no changes at the moment."},
    {"53", NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_OUTAGE, 0, "The database is short of resources. Try again later."},
    {"57", NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_OUTAGE, 0, UNAVAILABLE},
    {"08", NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_OUTAGE, 0, UNAVAILABLE},
    {LIBRARY, NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_OUTAGE, 0, NEEDS_HELP},
    {"58", NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_OUTAGE, 0, UNAVAILABLE},
    /* A column or table does not exist any more: the schema was upgraded after the connection was made. */
    {"42703", NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_OUTAGE, 0, UNAVAILABLE},
    {"42P01", NULL, 503, SCIM_NO_TYPE, RETRY_AFTER_OUTAGE, 0, UNAVAILABLE},
    {"", NULL, 500, SCIM_NO_TYPE, 0, 0, "The server could not carry out the request."},
};

/* The reasons that only the tenant's administrators see. */
static const struct {
    const char *code;
    const char *told;
} denials[] = {{"SC401", scim_denied_unknown},
               {"SC40S", scim_denied_secret},
               {"SC40R", scim_denied_revoked},
               {"SC40E", scim_denied_expired}};

/* The administrators' names of unique values. */
static const struct {
    const char *constraint;
    const char *field;
} unique_fields[] = {
    {"resource_user_name", "userName"}, {"resource_login", "email"}, {"resource_group_name", "displayName"}};

static int is_of_name(char c)
{
    return apr_isalnum(c) || c == '_';
}

int scim_sqlstate_names(const char *text, const char *constraint)
{
    apr_size_t length = strlen(constraint);
    for (const char *at = strstr(text, constraint); at; at = strstr(at + 1, constraint)) {
        const char *end = at + length;
        if (end[0] == '_' && apr_isdigit(end[1])) {
            end += 1 + strspn(end + 1, "0123456789");
        }
        if ((at == text || !is_of_name(at[-1])) && !is_of_name(*end)) {
            return 1;
        }
    }
    return 0;
}

static const rule_t *find_rule(const char *code, const char *names)
{
    const rule_t *rule = rules;
    while (strncmp(code, rule->code, strlen(rule->code)) != 0 ||
           (rule->constraint && !scim_sqlstate_names(names, rule->constraint))) {
        rule++;
    }
    return rule;
}

/* Results of a lost connection have no SQLSTATE. */
static const char *state_of(const PGresult *result)
{
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return code ? code : "08006";
}

/* A hint that the log adds to PostgreSQL's message. */
static const char *hint_of(const char *code)
{
    if (strcmp(code, CANCELED) == 0) {
        return " (ScimDatabaseTimeout)";
    }
    return strcmp(code, LIBRARY) == 0 ? " (restart PostgreSQL: its files were replaced while it ran, as an upgrade of "
                                        "its package does)"
                                      : "";
}

/* The cause for the log; NULL: the detail is the message already. */
static const char *cause_of(const rule_t *rule, const char *code, const char *message, apr_pool_t *pool)
{
    if (!rule->detail) {
        return NULL;
    }
    if (strncmp(code, "SC", 2) == 0) {
        return apr_pstrdup(pool, message);
    }
    return apr_psprintf(pool, "PostgreSQL %s: %s%s", code, message, hint_of(code));
}

static const char *told_of(const char *code)
{
    for (apr_size_t i = 0; i < sizeof(denials) / sizeof(denials[0]); i++) {
        if (strcmp(denials[i].code, code) == 0) {
            return denials[i].told;
        }
    }
    return NULL;
}

/* Adds the field that scim.fail has named, or several: "one,other". The field's own text does not repeat its name. */
static void add_fields(scim_error_t *error, const char *fields, apr_pool_t *pool)
{
    char *state;
    for (char *field = apr_strtok(apr_pstrdup(pool, fields), ",", &state); field;
         field = apr_strtok(NULL, ",", &state)) {
        const char *named = apr_pstrcat(pool, field, ": ", NULL);
        apr_size_t skip = strncmp(error->detail, named, strlen(named)) == 0 ? strlen(named) : 0;
        scim_error_field(error, field, error->detail + skip, pool);
    }
}

/* The unique value was taken after the operation had checked it. */
static void add_unique_field(scim_error_t *error, const char *names, apr_pool_t *pool)
{
    for (apr_size_t i = 0; i < sizeof(unique_fields) / sizeof(unique_fields[0]); i++) {
        if (scim_sqlstate_names(names, unique_fields[i].constraint)) {
            scim_error_field(error, unique_fields[i].field, error->detail, pool);
        }
    }
}

scim_error_t *scim_sqlstate_error(const PGresult *result, apr_pool_t *pool)
{
    const char *code = state_of(result);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *field = PQresultErrorField(result, PG_DIAG_COLUMN_NAME); /* set by scim.fail */
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    if (!message) {
        message = PQresultErrorMessage(result);
    }
    /* An error of a Citus server has the constraint's name only in the message. */
    const char *names = constraint ? constraint : message;
    const rule_t *rule = find_rule(code, names);
    const char *detail = rule->detail ? rule->detail : message;
    scim_error_t *error = rule->status ? scim_error_status(pool, rule->status, "%s", detail)
                                       : scim_error_typed(pool, rule->type, "%s", detail);
    error->cause = cause_of(rule, code, message, pool);
    error->retry_after = rule->retry_after;
    error->transient = rule->transient;
    error->told = told_of(code);
    error->late = strcmp(code, CANCELED) == 0 || strcmp(code, LATE) == 0;
    if (strncmp(code, "SC", 2) == 0 && field && *field) {
        add_fields(error, field, pool);
    }
    if (strcmp(code, UNIQUE_VIOLATION) == 0) {
        add_unique_field(error, names, pool);
    }
    return error;
}

static scim_error_t *try_later(const char *detail, int retry_after, const char *cause, apr_pool_t *pool)
{
    scim_error_t *error = scim_error_status(pool, 503, "%s", detail);
    error->cause = apr_pstrdup(pool, cause);
    error->retry_after = retry_after;
    return error;
}

scim_error_t *scim_sqlstate_unavailable(const char *cause, apr_pool_t *pool)
{
    return try_later(UNAVAILABLE, RETRY_AFTER_OUTAGE, cause, pool);
}

scim_error_t *scim_sqlstate_late(const char *cause, int writes, apr_pool_t *pool)
{
    scim_error_t *error = try_later(writes ? TOO_LONG UNKNOWN : TOO_LONG, RETRY_AFTER_BUSY, cause, pool);
    error->unknown = 1;
    return error;
}

const char *scim_sqlstate_profile(const PGresult *result)
{
    return strcmp(state_of(result), PROFILE) == 0 ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
}

int scim_sqlstate_late_end(const PGresult *result)
{
    return strcmp(state_of(result), LATE) == 0;
}

int scim_sqlstate_misplaced(const PGresult *result)
{
    const char *code = state_of(result);
    return strcmp(code, "26000") == 0 || strcmp(code, "42P05") == 0;
}

int scim_sqlstate_stale(const PGresult *result)
{
    return scim_sqlstate_misplaced(result) || strcmp(state_of(result), "0A000") == 0;
}
