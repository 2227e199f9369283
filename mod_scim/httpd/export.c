#include "export.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <util_filter.h>

#include "configuration.h"
#include "facts.h"
#include "request.h"
#include "scim/fact.h"

APLOG_USE_MODULE(scim);

#define FILTER   "SCIM_TRAILERS"
#define EXPORTED "scim-exported" /* on the client's request: the headers have been set */
#define ENV      "SCIM_"

/* --- headers that clients may not send -----------------------------------------------------------------------------*/

static int is_named(const char *name, const char *prefix)
{
    for (; *prefix; name++, prefix++) {
        char c = apr_isalnum(*name) ? (char)apr_tolower(*name) : *name ? '-' : '\0';
        char wanted = apr_isalnum(*prefix) ? (char)apr_tolower(*prefix) : '-';
        if (c != wanted) {
            return 0;
        }
    }
    return 1;
}

static int is_ours(const request_rec *r, const char *name)
{
    const char *prefix = scim_server_config(r->server)->facts_prefix;
    return is_named(name, SCIM_FACTS_PREFIX) || (prefix && is_named(name, prefix));
}

/* The first header with one of our names; NULL: none. */
static const char *find_ours(const request_rec *r, const apr_table_t *headers)
{
    const apr_array_header_t *all = apr_table_elts(headers);
    for (int i = 0; i < all->nelts; i++) {
        const char *name = APR_ARRAY_IDX(all, i, apr_table_entry_t).key;
        if (name && is_ours(r, name)) {
            return name;
        }
    }
    return NULL;
}

static int strip(const request_rec *r, apr_table_t *headers)
{
    const char *name;
    int count = 0;
    while (headers && (name = find_ours(r, headers)) != NULL) {
        apr_table_unset(headers, apr_pstrdup(r->pool, name));
        count++;
    }
    return count;
}

/* The separators of names in Connection, as mod_proxy reads it. */
#define HOP_SEPARATORS ",; \t"

/* A proxy drops headers that Connection names, so a client could remove our headers by naming them there. Returns
 * whether the client named one. */
static int keep_on_the_way(request_rec *r)
{
    const char *list = apr_table_getm(r->pool, r->headers_in, "Connection");
    char *names = apr_pstrdup(r->pool, list ? list : "");
    const char *kept = "";
    char *state;
    int ours = 0;
    for (char *name = apr_strtok(names, HOP_SEPARATORS, &state); name;
         name = apr_strtok(NULL, HOP_SEPARATORS, &state)) {
        if (is_ours(r, name)) {
            ours = 1;
        } else {
            kept = *kept ? apr_pstrcat(r->pool, kept, ", ", name, NULL) : name;
        }
    }
    if (ours) {
        apr_table_unset(r->headers_in, "Connection");
        if (*kept) {
            apr_table_setn(r->headers_in, "Connection", kept);
        }
    }
    return ours;
}

static int may_have_trailers(const request_rec *r)
{
    return r->proto_num >= HTTP_VERSION(2, 0) || apr_table_get(r->headers_in, "Transfer-Encoding");
}

/* The filter is added here and not before the handler, because mod_auth_form and others read the body when they
 * authenticate. An internal redirect begins without the filters of the request before it. */
int scim_export_strip(request_rec *r)
{
    int named = keep_on_the_way(r);
    if (strip(r, r->headers_in) || named) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                      "mod_scim: the client sent headers that only the server may set; they were removed");
    }
    if (!r->main && may_have_trailers(r)) {
        ap_add_input_filter(FILTER, NULL, r, r->connection);
    }
    return DECLINED;
}

/* --- facts for applications ----------------------------------------------------------------------------------------*/

typedef struct fact_t {
    const char *env;    /* after SCIM_ */
    const char *header; /* after the prefix */
} fact_t;

enum { ACCOUNT, ID, ROLE, ROLES, ENTITLEMENTS, GROUPS, FLAGS, TENANT, FACTS };

static const fact_t names[FACTS] = {
    [ACCOUNT] = {"ACCOUNT", "Account"},
    [ID] = {"ID", "Id"},
    [ROLE] = {"ROLE", "Role"},
    [ROLES] = {"ROLES", "Roles"},
    [ENTITLEMENTS] = {"ENTITLEMENTS", "Entitlements"},
    [GROUPS] = {"GROUPS", "Groups"},
    [FLAGS] = {"FLAGS", "Flags"},
    [TENANT] = {"TENANT", "Tenant"},
};

static void fill(const char *values[FACTS], const scim_facts_t *facts, const char *tenant, apr_pool_t *pool)
{
    values[ACCOUNT] = scim_fact_text(facts->account, pool);
    values[ID] = facts->id;
    values[ROLE] = scim_fact_text(facts->role ? facts->role : "", pool);
    values[ROLES] = scim_fact_list(facts->roles, pool);
    values[ENTITLEMENTS] = scim_fact_list(facts->entitlements, pool);
    values[GROUPS] = scim_fact_list(facts->groups, pool);
    values[FLAGS] = scim_fact_list(facts->flags, pool);
    values[TENANT] = tenant;
}

static int is_exported(const scim_facts_t *facts)
{
    return facts->found && facts->active && !facts->foreign;
}

/* A missing or inactive account gives no facts. */
static scim_known_e known_values(const char *values[FACTS], int *some, request_rec *r)
{
    const scim_facts_t *facts;
    const char *why;
    const scim_wish_t wish = {.lists = SCIM_FACTS_ALL};
    scim_known_e known = scim_facts_find(&facts, &why, r, &wish);
    *some = known == SCIM_KNOWN && is_exported(facts);
    if (*some) {
        fill(values, facts, scim_request_tenant(r, scim_dir_config(r)), r->pool);
    }
    return known;
}

static void set_env(request_rec *r, const char *const values[FACTS], int some)
{
    for (int i = 0; i < FACTS; i++) {
        const char *name = apr_pstrcat(r->pool, ENV, names[i].env, NULL);
        if (some) {
            apr_table_setn(r->subprocess_env, name, values[i]);
        } else {
            apr_table_unset(r->subprocess_env, name);
        }
    }
}

static void set_headers(request_rec *r, const char *const values[FACTS])
{
    const char *own = scim_server_config(r->server)->facts_prefix;
    for (int i = 0; i < FACTS; i++) {
        apr_table_setn(r->headers_in, apr_pstrcat(r->pool, own ? own : SCIM_FACTS_PREFIX, names[i].header, NULL),
                       values[i]);
    }
    apr_table_setn(scim_facts_origin(r)->notes, EXPORTED, "1");
}

void scim_export_prepare(request_rec *r)
{
    const char *values[FACTS];
    int some;
    if (scim_setting_facts(scim_dir_config(r)) & SCIM_FACTS_TO_ENV) {
        known_values(values, &some, r);
        set_env(r, values, some);
    }
}

/* A subrequest or an internal redirect shares its headers with the request that it comes from. */
static void own_headers(request_rec *r)
{
    if (r->main || r->prev) {
        r->headers_in = apr_table_copy(r->pool, r->headers_in);
    }
}

int scim_export(request_rec *r)
{
    int wanted = scim_setting_facts(scim_dir_config(r));
    const char *values[FACTS];
    int some = 0;
    if (apr_table_get(scim_facts_origin(r)->notes, EXPORTED)) {
        own_headers(r);
        strip(r, r->headers_in);
    }
    if (!wanted) {
        return DECLINED;
    }
    if (known_values(values, &some, r) == SCIM_UNAVAILABLE) {
        apr_table_setn(r->err_headers_out, "Retry-After", "5");
        return HTTP_SERVICE_UNAVAILABLE;
    }
    if (wanted & SCIM_FACTS_TO_ENV) {
        set_env(r, values, some);
    }
    if (some && (wanted & SCIM_FACTS_TO_HEADERS)) {
        own_headers(r);
        set_headers(r, values);
    }
    return DECLINED;
}

/* --- trailers -------------------------------------------------------------------------------------------------------
 */

/* With MergeTrailers httpd adds the trailers to the headers after the body. Removes ours from the trailers, and sets
 * the headers to our values again. */
static apr_status_t trailers_filter(ap_filter_t *filter, apr_bucket_brigade *brigade, ap_input_mode_t mode,
                                    apr_read_type_e block, apr_off_t size)
{
    request_rec *r = filter->r;
    apr_status_t rv = ap_get_brigade(filter->next, brigade, mode, block, size);
    if (rv != APR_SUCCESS || APR_BRIGADE_EMPTY(brigade) || !APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(brigade))) {
        return rv;
    }
    strip(r, r->trailers_in);
    keep_on_the_way(r);
    if (strip(r, r->headers_in) && apr_table_get(scim_facts_origin(r)->notes, EXPORTED)) {
        scim_export(r);
    }
    ap_remove_input_filter(filter);
    return rv;
}

void scim_export_register(void)
{
    ap_register_input_filter(FILTER, trailers_filter, NULL, AP_FTYPE_CONTENT_SET);
}
