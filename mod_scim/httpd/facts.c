#include "facts.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>

#include "database.h"
#include "facts_cache.h"
#include "metrics.h"
#include "request.h"

APLOG_USE_MODULE(scim);

/* The facts that a chain of internal requests has read, in the pool of the first one. */
#define CHAIN_KEY "scim-facts"

typedef struct entry_t {
    scim_identity_t identity;
    scim_facts_t *facts; /* NULL: the database did not answer */
} entry_t;

request_rec *scim_facts_origin(request_rec *r)
{
    while (r->main || r->prev) {
        r = r->main ? r->main : r->prev;
    }
    return r;
}

static apr_array_header_t *chain_of(const request_rec *origin)
{
    void *chain = NULL;
    apr_pool_userdata_get(&chain, CHAIN_KEY, origin->pool);
    if (!chain) {
        chain = apr_array_make(origin->pool, 1, sizeof(entry_t));
        apr_pool_userdata_setn(chain, CHAIN_KEY, NULL, origin->pool);
    }
    return chain;
}

static int same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static entry_t *find_entry(const apr_array_header_t *chain, const scim_identity_t *identity)
{
    for (int i = 0; i < chain->nelts; i++) {
        entry_t *entry = &APR_ARRAY_IDX(chain, i, entry_t);
        if (same(entry->identity.tenant, identity->tenant) && same(entry->identity.login, identity->login) &&
            same(entry->identity.issuer, identity->issuer) && same(entry->identity.subject, identity->subject)) {
            return entry;
        }
    }
    return NULL;
}

/* The value of an expression; NULL: it is empty. Sets *failed if the expression fails. */
static const char *evaluate(request_rec *r, const ap_expr_info_t *expression, int *failed)
{
    const char *problem = NULL;
    const char *text = expression ? ap_expr_str_exec(r, expression, &problem) : NULL;
    if (problem) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "mod_scim: %s line %u: the expression fails: %s",
                      expression->filename, expression->line_number, problem);
        *failed = 1;
    }
    return text && *text && !problem ? text : NULL;
}

/* The identity of the request's user. */
static scim_known_e identify(scim_identity_t *identity, const char **why, request_rec *r, const request_rec *origin)
{
    const scim_dir_config_t *config = scim_dir_config(r);
    int failed = 0;
    /* With AuthType a request has no account before its authentication, even if the expression has a value for an
     * empty name. */
    if (!r->user && ap_auth_type(r)) {
        *why = "nobody is authenticated";
        return SCIM_NOBODY;
    }
    identity->tenant = scim_request_tenant(r, config);
    if (!identity->tenant) {
        *why = "no tenant";
        return SCIM_ASTRAY;
    }
    identity->login = config->account ? evaluate(r, config->account, &failed) : r->user && *r->user ? r->user : NULL;
    identity->issuer = evaluate(r, config->link_issuer, &failed);
    identity->subject = identity->issuer ? evaluate(r, config->link_subject, &failed) : NULL;
    if (!identity->subject) {
        identity->issuer = NULL;
    }
    if (failed) {
        *why = "an expression fails";
        return SCIM_ASTRAY;
    }
    if (!identity->login && !identity->issuer) {
        *why = r->user ? "no account" : "nobody is authenticated";
        return SCIM_NOBODY;
    }
    identity->tenant = apr_pstrdup(origin->pool, identity->tenant);
    identity->login = apr_pstrdup(origin->pool, identity->login);
    identity->issuer = apr_pstrdup(origin->pool, identity->issuer);
    identity->subject = apr_pstrdup(origin->pool, identity->subject);
    return SCIM_KNOWN;
}

/* This process's cache of facts; NULL: none. */
static scim_facts_kept_t *kept_of(const request_rec *r)
{
    const scim_runtime_t *runtime = scim_server_config(r->server)->runtime;

    return runtime ? runtime->facts : NULL;
}

/* Reads the facts, with a connection. */
static scim_error_t *read_facts(scim_facts_t **out, scim_conn_t *conn, const scim_identity_t *identity,
                                const scim_wish_t *wish, const request_rec *r, apr_pool_t *pool)
{
    scim_facts_t *facts = NULL;
    scim_error_t *error = scim_conn_limit(conn);
    if (!error) {
        error = scim_facts_read(&facts, conn, kept_of(r), identity, wish, pool);
    }
    if (!error && facts->first && !facts->foreign) {
        error = scim_facts_login(&facts, conn, identity, facts, scim_request_log_id(r), pool);
    }
    *out = error ? NULL : facts;
    return error;
}

/* Cached facts, within the time of ScimFactsGrace. */
static scim_facts_t *fall_back(request_rec *r, const scim_identity_t *identity, const scim_wish_t *wish,
                               apr_pool_t *pool)
{
    apr_interval_time_t grace = scim_setting_facts_grace(scim_dir_config(r));
    const scim_recall_t how = {.age = grace, .newest = 1};
    int seconds;
    scim_facts_t *facts = grace ? scim_facts_recall(&seconds, r, identity, wish, &how, pool) : NULL;
    if (facts) {
        scim_metrics_add(SCIM_COUNT_AUTHZ_GRACE, 1);
        ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, r,
                      "mod_scim: %s is decided from facts that are %d second%s old (ScimFactsGrace)", r->uri, seconds,
                      seconds == 1 ? "" : "s");
    }
    return facts;
}

static scim_facts_t *ask_database(request_rec *r, const scim_identity_t *identity, const scim_wish_t *wish,
                                  apr_pool_t *pool)
{
    const scim_dir_config_t *config = scim_dir_config(r);
    scim_facts_t *facts = NULL;
    scim_database_t *database;
    scim_guest_t guest;
    scim_database_guest(&guest, identity->tenant, config);
    scim_error_t *error =
        scim_database_borrow(&database, r->server, &guest, scim_setting_database_timeout(config), pool);
    if (!error) {
        error = read_facts(&facts, scim_database_connection(database), identity, wish, r, pool);
        scim_database_close(database);
    }
    if (error) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "mod_scim: the account of \"%s\" in tenant %s is not known: %s%s%s",
                      identity->login ? identity->login : identity->subject, identity->tenant, error->detail,
                      error->cause ? ": " : "", error->cause ? error->cause : "");
    }
    return facts;
}

static scim_facts_t *ask(request_rec *r, const scim_identity_t *identity, const scim_wish_t *wish, apr_pool_t *pool)
{
    const scim_dir_config_t *config = scim_dir_config(r);
    apr_interval_time_t cache = scim_setting_facts_cache(config);
    apr_interval_time_t grace = scim_setting_facts_grace(config);
    const scim_recall_t how = {.age = cache};
    int seconds;
    scim_facts_t *facts = cache ? scim_facts_recall(&seconds, r, identity, wish, &how, pool) : NULL;
    if (facts) {
        scim_metrics_add(SCIM_COUNT_AUTHZ_CACHED, 1);
        ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r, "mod_scim: %s is decided from facts that are %d seconds old",
                      r->uri, seconds);
        return facts;
    }
    const apr_time_t asked = apr_time_now();
    facts = ask_database(r, identity, wish, pool);
    if (!facts) {
        return fall_back(r, identity, wish, pool);
    }
    if (cache || grace) {
        scim_facts_keep(r, identity, facts, asked, cache > grace ? cache : grace, pool);
    }
    return facts;
}

/* What to read: also what the chain has read before; everything if the answer goes into a cache. */
static scim_wish_t make_wish(const scim_wish_t *wish, const scim_facts_t *known, const request_rec *r, apr_pool_t *pool)
{
    const scim_dir_config_t *config = scim_dir_config(r);
    scim_wish_t made = {.lists = wish->lists | (known ? known->lists : 0)};
    if (!wish->names || made.lists != SCIM_FACTS_ENTITLEMENTS || known || scim_setting_facts_cache(config) ||
        scim_setting_facts_grace(config)) {
        return made;
    }
    apr_array_header_t *names = apr_array_make(pool, wish->names->nelts, sizeof(const char *));
    for (int i = 0; i < wish->names->nelts; i++) {
        APR_ARRAY_PUSH(names, const char *) = apr_pstrdup(pool, APR_ARRAY_IDX(wish->names, i, const char *));
    }
    made.names = names;
    return made;
}

static scim_facts_t *ask_for(request_rec *r, const scim_identity_t *identity, const scim_wish_t *wish,
                             const scim_facts_t *known, apr_pool_t *pool)
{
    const scim_wish_t made = make_wish(wish, known, r, pool);
    return ask(r, identity, &made, pool);
}

scim_known_e scim_facts_find(const scim_facts_t **out, const char **why, request_rec *r, const scim_wish_t *wish)
{
    request_rec *origin = scim_facts_origin(r);
    scim_identity_t identity;
    *out = NULL;
    scim_known_e known = identify(&identity, why, r, origin);
    if (known != SCIM_KNOWN) {
        return known;
    }
    apr_array_header_t *chain = chain_of(origin);
    entry_t *entry = find_entry(chain, &identity);
    if (!entry) {
        entry = apr_array_push(chain);
        *entry = (entry_t){identity, ask_for(r, &identity, wish, NULL, origin->pool)};
    } else if (entry->facts && !scim_facts_answer(entry->facts, wish)) {
        entry->facts = ask_for(r, &identity, wish, entry->facts, origin->pool);
    }
    *out = entry->facts;
    *why = entry->facts ? NULL : "the database does not answer";
    return entry->facts ? SCIM_KNOWN : SCIM_UNAVAILABLE;
}
