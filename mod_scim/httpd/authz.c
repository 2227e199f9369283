#include "authz.h"

#include <ap_expr.h>
#include <ap_provider.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <http_request.h>
#include <mod_auth.h>

#include "configuration.h"
#include "export.h"
#include "facts.h"
#include "metrics.h"
#include "names.h"
#include "scim/fold.h"
#include "scim/text.h"

APLOG_USE_MODULE(scim);

/* Notes that a request has during its authorization. */
#define DECIDING  "scim-deciding"  /* our hook is running the other hooks */
#define CONSULTED "scim-consulted" /* one of our providers was called */
#define VERDICT   "scim-verdict"   /* a status that overrides the decisions of other providers */
#define REASON    "scim-reason"
#define TOLD      "scim-told" /* on the client's request: the refusal has been logged */

#define REASON_ENV  "SCIM_REASON"
#define REASON_MAX  512
#define RETRY_AFTER "5"

/* Up to so many subscriptions are read by name. If the rules name more, all subscriptions of the account are read. */
#define NAMES_MAX 50

/* --- parsing Require lines -----------------------------------------------------------------------------------------*/

typedef struct wanted_t {
    const char *name;   /* of a constant */
    const char *folded; /* folded, for comparison */
    const ap_expr_info_t *expression;
} wanted_t;

/* An authorization provider. */
typedef struct kind_t {
    const char *name;
    const char *noun; /* what refusals call it */
    unsigned lists;
    int optional; /* whether a line may have no value */
} kind_t;

static const kind_t kinds[] = {
    {"scim-user", "user", 0, 1},
    {"scim-role", "role", SCIM_FACTS_ROLES, 0},
    {"scim-group", "group", SCIM_FACTS_GROUPS, 0},
    {"scim-entitlement", "entitlement", SCIM_FACTS_ENTITLEMENTS, 0},
    {"scim-flag", "flag", 0, 0},
};

/* A Require line. */
typedef struct rule_t {
    const kind_t *kind;
    apr_array_header_t *wanted; /* wanted_t */
    int negated;                /* see is_negated */
    int expressions;            /* some of its values are expressions, evaluated for each request */
} rule_t;

static const char *add_wanted(rule_t *rule, cmd_parms *cmd, const char *word)
{
    wanted_t *wanted = apr_array_push(rule->wanted);
    const char *problem = NULL;
    *wanted = (wanted_t){.name = word};
    if (!*word || scim_utf8_valid(word, strlen(word)) != strlen(word)) {
        return apr_psprintf(cmd->pool, "Require %s: a value is empty, or not UTF-8", rule->kind->name);
    }
    if (!strstr(word, "%{")) {
        wanted->folded = scim_fold(word, cmd->pool);
        scim_names_add(cmd, rule->kind->name, word);
        return NULL;
    }
    rule->expressions = 1;
    wanted->expression = ap_expr_parse_cmd(cmd, word, AP_EXPR_FLAG_STRING_RESULT, &problem, NULL);
    return problem ? apr_psprintf(cmd->pool, "Require %s: %s", rule->kind->name, problem) : NULL;
}

static void add_once(apr_array_header_t *names, const char *name)
{
    for (int i = 0; i < names->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(names, i, const char *), name) == 0) {
            return;
        }
    }
    APR_ARRAY_PUSH(names, const char *) = name;
}

/* Adds the constant names of a line. */
static void add_constants(apr_array_header_t *names, const rule_t *rule)
{
    for (int i = 0; i < rule->wanted->nelts; i++) {
        const wanted_t *wanted = &APR_ARRAY_IDX(rule->wanted, i, wanted_t);
        if (wanted->folded) {
            add_once(names, wanted->folded);
        }
    }
}

/* Whether denying may give permission: after `not`, in <RequireNone>, or in an alias that may be used there. */
static int is_negated(const cmd_parms *cmd)
{
    const ap_directive_t *node = cmd->directive;
    const char *args = node->args ? node->args : "";
    if (ap_cstr_casecmp(node->directive, "Require") != 0 ||
        ap_cstr_casecmp(ap_getword_conf(cmd->temp_pool, &args), "not") == 0) {
        return 1;
    }
    for (node = node->parent; node; node = node->parent) {
        if (ap_cstr_casecmp(node->directive, "<RequireNone") == 0) {
            return 1;
        }
    }
    return 0;
}

/* A section collects the subscriptions that its lines name, so that one query reads all of them. */
static void tell_section(cmd_parms *cmd, const rule_t *rule)
{
    scim_dir_config_t *config = scim_config_require(cmd, rule->kind->lists);
    if (!config || rule->kind->lists != SCIM_FACTS_ENTITLEMENTS) {
        return;
    }
    config->any_entitlement |= rule->expressions;
    if (!config->entitlements) {
        config->entitlements = apr_array_make(cmd->pool, 2, sizeof(const char *));
    }
    add_constants(config->entitlements, rule);
}

static const char *parse_line(cmd_parms *cmd, const char *line, const void **parsed, const kind_t *kind)
{
    rule_t *rule = apr_pcalloc(cmd->pool, sizeof(*rule));
    rule->kind = kind;
    rule->negated = is_negated(cmd);
    rule->wanted = apr_array_make(cmd->pool, 2, sizeof(wanted_t));
    while (*line) {
        const char *problem = add_wanted(rule, cmd, ap_getword_conf(cmd->pool, &line));
        if (problem) {
            return problem;
        }
    }
    if (rule->wanted->nelts == 0 && !kind->optional) {
        return apr_psprintf(cmd->pool, "Require %s takes one or more names, in quotes where they have blanks",
                            kind->name);
    }
    tell_section(cmd, rule);
    *parsed = rule;
    return NULL;
}

/* httpd does not tell a parser which provider it parses for, so each provider has its own. */
#define PARSER(function, index)                                                                                        \
    static const char *function(cmd_parms *cmd, const char *line, const void **parsed)                                 \
    {                                                                                                                  \
        return parse_line(cmd, line, parsed, &kinds[index]);                                                           \
    }

PARSER(parse_user, 0)
PARSER(parse_role, 1)
PARSER(parse_group, 2)
PARSER(parse_entitlement, 3)
PARSER(parse_flag, 4)

/* --- reasons --------------------------------------------------------------------------------------------------------
 */

/* A refusal lists the reasons of several lines, each reason once. */
static void add_reason(request_rec *r, const char *reason)
{
    const char *before = apr_table_get(r->notes, REASON);
    if (!before) {
        apr_table_set(r->notes, REASON, reason);
    } else if (!strstr(before, reason) && strlen(before) + strlen(reason) < REASON_MAX) {
        apr_table_setn(r->notes, REASON, apr_pstrcat(r->pool, before, "; ", reason, NULL));
    }
}

/* For an unknown answer: neither this line nor its negation gives permission. */
static authz_status inconclusive(request_rec *r, const rule_t *rule, int status, const char *reason)
{
    apr_table_setn(r->notes, VERDICT, apr_itoa(r->pool, status));
    add_reason(r, reason);
    return rule->negated ? AUTHZ_GENERAL_ERROR : AUTHZ_DENIED;
}

/* --- deciding -------------------------------------------------------------------------------------------------------
 */

static int has(const apr_array_header_t *list, const char *folded, apr_pool_t *pool)
{
    for (int i = 0; list && i < list->nelts; i++) {
        if (strcmp(scim_fold(APR_ARRAY_IDX(list, i, const char *), pool), folded) == 0) {
            return 1;
        }
    }
    return 0;
}

static int is_called(const scim_facts_t *facts, const char *folded, apr_pool_t *pool)
{
    return strcmp(scim_fold(facts->account, pool), folded) == 0;
}

static const apr_array_header_t *list_of(const kind_t *kind, const scim_facts_t *facts)
{
    switch (kind->lists) {
    case SCIM_FACTS_ROLES:
        return facts->roles;
    case SCIM_FACTS_GROUPS:
        return facts->groups;
    case SCIM_FACTS_ENTITLEMENTS:
        return facts->entitlements;
    default:
        return facts->flags;
    }
}

/* The value, folded for comparison; NULL: it is empty. Sets *failed if its expression fails. */
static const char *fold_wanted(const char **name, const wanted_t *wanted, request_rec *r, int *failed)
{
    const char *problem = NULL;
    *name = wanted->name;
    if (wanted->folded) {
        return wanted->folded;
    }
    *name = ap_expr_str_exec(r, wanted->expression, &problem);
    *failed |= problem != NULL;
    if (problem || !*name || !**name || scim_utf8_valid(*name, strlen(*name)) != strlen(*name)) {
        return NULL;
    }
    return scim_fold(*name, r->pool);
}

/* Called for an active account. */
static authz_status match(request_rec *r, const rule_t *rule, const scim_facts_t *facts)
{
    const kind_t *kind = rule->kind;
    int failed = 0;
    if (rule->wanted->nelts == 0) {
        return AUTHZ_GRANTED;
    }
    for (int i = 0; i < rule->wanted->nelts; i++) {
        const char *name;
        const char *folded = fold_wanted(&name, &APR_ARRAY_IDX(rule->wanted, i, wanted_t), r, &failed);
        if (!folded) {
            continue;
        }
        if (kind == &kinds[0] ? is_called(facts, folded, r->pool) : has(list_of(kind, facts), folded, r->pool)) {
            return AUTHZ_GRANTED;
        }
        if (kind->lists == SCIM_FACTS_ENTITLEMENTS && has(facts->waiting, folded, r->pool)) {
            add_reason(r, apr_pstrcat(r->pool, "waiting for a seat of ", name, NULL));
        } else {
            add_reason(r, apr_pstrcat(r->pool, "no ", kind->noun, " ", name, NULL));
        }
    }
    return failed ? inconclusive(r, rule, HTTP_FORBIDDEN, "an expression fails") : AUTHZ_DENIED;
}

/* Why an account is refused by all rules; NULL: it is not. The administrator who switches a tenant's provisioning off
 * decides what happens to its accounts: kept accounts are authorized as before. A person without an active account
 * then gets the reason "tenant off". */
static const char *refusal_of(const scim_facts_t *facts)
{
    if (!facts->found) {
        return facts->enabled ? "no account" : "tenant off";
    }
    if (facts->foreign) {
        return "the account is linked to another identity";
    }
    return facts->active ? NULL : facts->enabled ? "inactive" : "tenant off";
}

/* The subscriptions that the rules of a request may ask for; NULL: all. A rule in <AuthzProviderAlias> belongs to no
 * section, so its own names are added. */
static const apr_array_header_t *names_of(const request_rec *r, const rule_t *rule)
{
    const scim_dir_config_t *config = scim_dir_config(r);
    if (config->any_entitlement || rule->expressions) {
        return NULL;
    }
    apr_array_header_t *names = config->entitlements ? apr_array_copy(r->pool, config->entitlements)
                                                     : apr_array_make(r->pool, 2, sizeof(char *));
    if (rule->kind->lists == SCIM_FACTS_ENTITLEMENTS) {
        add_constants(names, rule);
    }
    return names->nelts <= NAMES_MAX ? names : NULL;
}

/* What to read: everything that the rules of a request may need, in one query. */
static scim_wish_t wish_of(const request_rec *r, const rule_t *rule)
{
    const scim_dir_config_t *config = scim_dir_config(r);
    scim_wish_t wish = {.lists = rule->kind->lists | config->lists};
    if (scim_setting_facts(config)) {
        wish.lists = SCIM_FACTS_ALL;
    }
    if (wish.lists == SCIM_FACTS_ENTITLEMENTS) {
        wish.names = names_of(r, rule);
    }
    return wish;
}

static authz_status check(request_rec *r, const char *line, const void *parsed)
{
    const rule_t *rule = parsed;
    const scim_facts_t *facts;
    const char *why = NULL;
    (void)line;
    const scim_wish_t wish = wish_of(r, rule);
    apr_table_setn(r->notes, CONSULTED, "1");
    switch (scim_facts_find(&facts, &why, r, &wish)) {
    case SCIM_NOBODY:
        add_reason(r, why);
        return r->user ? AUTHZ_DENIED : AUTHZ_DENIED_NO_USER;
    case SCIM_ASTRAY:
        return inconclusive(r, rule, HTTP_FORBIDDEN, why);
    case SCIM_UNAVAILABLE:
        return inconclusive(r, rule, HTTP_SERVICE_UNAVAILABLE, why);
    case SCIM_KNOWN:
        break;
    }
    if (!facts->tenant) {
        return inconclusive(r, rule, HTTP_FORBIDDEN, "no tenant");
    }
    why = refusal_of(facts);
    if (why) {
        add_reason(r, why);
        return AUTHZ_DENIED;
    }
    return match(r, rule, facts);
}

static const authz_provider providers[] = {
    {check, parse_user}, {check, parse_role}, {check, parse_group}, {check, parse_entitlement}, {check, parse_flag},
};

void scim_authz_register(apr_pool_t *pool)
{
    for (apr_size_t i = 0; i < sizeof(providers) / sizeof(providers[0]); i++) {
        ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP, kinds[i].name, AUTHZ_PROVIDER_VERSION, &providers[i],
                                  AP_AUTH_INTERNAL_PER_CONF);
    }
}

/* --- answers -------------------------------------------------------------------------------------------------------*/

/* Each client's request gets one line in the log. A failure of the database has been logged already. */
static void log_refusal(request_rec *r, int status, const char *reason)
{
    request_rec *origin = scim_facts_origin(r);
    int level = status == HTTP_FORBIDDEN && !apr_table_get(origin->notes, TOLD) ? APLOG_ERR : APLOG_INFO;
    apr_table_setn(origin->notes, TOLD, "1");
    ap_log_rerror(APLOG_MARK, level, 0, r, "mod_scim: %d to %s for %s: %s", status, r->user ? r->user : "nobody",
                  r->uri, reason);
}

static int tell(request_rec *r, int status)
{
    const char *reason = apr_table_get(r->notes, REASON);
    reason = reason ? reason : "refused by what the account has";
    apr_table_setn(r->notes, REASON, reason);
    apr_table_setn(r->subprocess_env, REASON_ENV, scim_hidden_escape(reason, r->pool));
    log_refusal(r, status, reason);
    if (status == HTTP_SERVICE_UNAVAILABLE) {
        apr_table_setn(r->err_headers_out, "Retry-After", RETRY_AFTER);
    }
    if (status != HTTP_UNAUTHORIZED) {
        apr_table_unset(r->err_headers_out, "WWW-Authenticate");
        apr_table_unset(r->err_headers_out, "Proxy-Authenticate");
    }
    return status;
}

/* Returns the decision of the other hooks, with our status if one of our providers was called. */
static int settle(request_rec *r, int status)
{
    const char *verdict = apr_table_get(r->notes, VERDICT);
    if (status == OK || status == DECLINED || !apr_table_get(r->notes, CONSULTED)) {
        apr_table_unset(r->notes, REASON);
        return status;
    }
    if (verdict) {
        return tell(r, atoi(verdict));
    }
    if (status == HTTP_UNAUTHORIZED || status == HTTP_FORBIDDEN) {
        return tell(r, r->user ? HTTP_FORBIDDEN : status);
    }
    return status;
}

/* Asking for a login is not counted as a decision. */
static void count_decision(const request_rec *r, int status)
{
    if (!apr_table_get(r->notes, CONSULTED) || status == DECLINED) {
        return;
    }
    scim_metrics_add(status == OK                         ? SCIM_COUNT_AUTHZ_GRANTED
                     : status == HTTP_UNAUTHORIZED        ? SCIM_COUNT_AUTHZ_UNKNOWN
                     : status == HTTP_SERVICE_UNAVAILABLE ? SCIM_COUNT_AUTHZ_UNAVAILABLE
                                                          : SCIM_COUNT_AUTHZ_DENIED,
                     1);
}

static int decide(request_rec *r, int (*run)(request_rec *r))
{
    if (apr_table_get(r->notes, DECIDING)) {
        return DECLINED;
    }
    apr_table_setn(r->notes, DECIDING, "1");
    apr_table_unset(r->notes, CONSULTED);
    apr_table_unset(r->notes, VERDICT);
    apr_table_unset(r->notes, REASON);
    scim_export_prepare(r);
    int status = run(r);
    apr_table_unset(r->notes, DECIDING);
    status = settle(r, status);
    count_decision(r, status);
    return status;
}

/* Without AuthType no hook authenticates the request, and httpd would answer 500, for example for a client without a
 * certificate. */
int scim_authz_userless(request_rec *r)
{
    int status = decide(r, ap_run_access_checker_ex);
    int unknown = status == DECLINED && apr_table_get(r->notes, CONSULTED) && !r->user && !ap_auth_type(r);
    if (unknown) {
        add_reason(r, "nobody is authenticated");
        return tell(r, HTTP_UNAUTHORIZED);
    }
    return status;
}

int scim_authz_user(request_rec *r)
{
    return decide(r, ap_run_auth_checker);
}

static int is_error_document(const request_rec *r)
{
    return r->prev && ap_is_HTTP_ERROR(r->prev->status);
}

/* Whether httpd reused the decision about the request that this one comes from, and our providers took part in it. */
static int is_taken_over(const request_rec *r)
{
    const request_rec *from = r->main ? r->main : r->prev;
    return from && from->per_dir_config == r->per_dir_config && r->uri[0] == '/' && strcmp(from->uri, r->uri) != 0 &&
           apr_table_get(from->notes, CONSULTED);
}

int scim_authz_again(request_rec *r)
{
    if (is_error_document(r)) {
        const char *reason = apr_table_get(r->prev->notes, REASON);
        if (reason && !apr_table_get(r->notes, REASON)) {
            apr_table_setn(r->notes, REASON, reason);
        }
        return DECLINED;
    }
    if (!is_taken_over(r)) {
        return DECLINED;
    }
    int status = r->user ? scim_authz_user(r) : scim_authz_userless(r);
    return status == OK ? DECLINED : status == DECLINED ? HTTP_FORBIDDEN : status;
}
