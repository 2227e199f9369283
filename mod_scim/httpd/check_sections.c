#include "check_private.h"

#include <ap_regex.h>
#include <apr_fnmatch.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <errno.h>
#include <grp.h>
#include <http_core.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unixd.h>

#include "configuration.h"
#include "metrics.h"

/* --- the tree of sections ------------------------------------------------------------------------------------------*/

/* The path of a section: <Location "/path">. */
static const char *section_path(const ap_directive_t *section, apr_pool_t *pool)
{
    const char *args = section->args;
    const char *path = ap_getword_conf(pool, &args);

    if (strcmp(path, "~") == 0)
        path = ap_getword_conf(pool, &args);
    return apr_pstrndup(pool, path, strcspn(path, ">"));
}

/* The directive of this name directly in a section; NULL: none. */
static const ap_directive_t *section_holds(const ap_directive_t *section, const char *name)
{
    const ap_directive_t *node;

    for (node = section ? section->first_child : NULL; node; node = node->next)
        if (scim_check_is(node, name))
            return node;
    return NULL;
}

static int matches(const char *pattern, const char *path, apr_pool_t *pool)
{
    ap_regex_t *regex = ap_pregcomp(pool, pattern, 0);

    return regex && (ap_regexec(regex, path, 0, NULL, 0) == 0 ||
                     ap_regexec(regex, apr_pstrcat(pool, path, "/", NULL), 0, NULL, 0) == 0);
}

/* <Location "/path">, without wildcards or a regular expression. */
static int is_plain(const ap_directive_t *section, apr_pool_t *pool)
{
    return scim_check_is(section, "<Location") && section->args[0] != '~' &&
           !apr_fnmatch_test(section_path(section, pool));
}

/* Whether a section applies to all of the Location with this path. */
static int holds_in(const ap_directive_t *section, const char *path, apr_pool_t *pool)
{
    const char *own = section_path(section, pool);
    apr_size_t len = strlen(own);

    if (scim_check_is(section, "<LocationMatch") || section->args[0] == '~')
        return matches(own, path, pool);
    if (!scim_check_is(section, "<Location"))
        return 0;
    if (apr_fnmatch_test(own))
        return apr_fnmatch(own, path, 0) == APR_SUCCESS;
    return scim_config_covers(len && own[len - 1] == '/' ? apr_pstrndup(pool, own, len - 1) : own, path);
}

/* Virtual hosts inherit the sections of the main server. */
static int same_server(const scim_check_t *check, const server_rec *one, const server_rec *other)
{
    return one == other || one == check->main_server || other == check->main_server;
}

static int inside(const ap_directive_t *node, const ap_directive_t *section)
{
    while (node && node != section)
        node = node->parent;
    return node != NULL;
}

/* Whether two sections may apply to the same request. For patterns and conditions it is unknown, so the answer is
 * yes. */
static int meet(const ap_directive_t *one, const ap_directive_t *other, apr_pool_t *pool)
{
    if (inside(one, other) || inside(other, one) || !is_plain(one, pool) || !is_plain(other, pool))
        return 1;
    return holds_in(one, section_path(other, pool), pool) || holds_in(other, section_path(one, pool), pool);
}

/* The directive `name` that is effective in the Location of `section`, set there or in a section around it. A
 * directive with the value `unless` does not count. */
static const ap_directive_t *said_for(const scim_check_t *check, const scim_placed_t *at, const char *name,
                                      const char *unless)
{
    const ap_directive_t *found = NULL;
    const char *path = section_path(at->node->parent, check->temp);
    int i;

    for (i = 0; i < check->placed->nelts; i++) {
        const scim_placed_t *placed = &APR_ARRAY_IDX(check->placed, i, scim_placed_t);

        if (scim_check_is(placed->node, name) && same_server(check, placed->server, at->server) &&
            (inside(placed->node, at->node->parent) || holds_in(placed->node->parent, path, check->temp)) &&
            (!unless || ap_cstr_casecmp(scim_check_word(placed->node, check->temp), unless) != 0))
            found = placed->node;
    }
    return found;
}

/* --- handlers ------------------------------------------------------------------------------------------------------*/

typedef struct handler_t {
    const char *name;
    unsigned bit;
    const char *serves;
} handler_t;

static const handler_t handlers[] = {
    {SCIM_HANDLER, SCIM_FOR_ENDPOINT, "the endpoint"},
    {SCIM_ADMIN_HANDLER, SCIM_FOR_ADMIN, "the admin API"},
    {SCIM_METRICS_HANDLER, SCIM_FOR_METRICS, "the page of metrics"},
};

#define HANDLERS (sizeof(handlers) / sizeof(handlers[0]))

/* Our handler that a SetHandler names; NULL: another module's. */
static const handler_t *our_handler(const ap_directive_t *node, apr_pool_t *pool)
{
    const char *word = scim_check_word(node, pool);
    apr_size_t i;

    for (i = 0; i < HANDLERS; i++)
        if (strcmp(word, handlers[i].name) == 0)
            return &handlers[i];
    return NULL;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

#define NAME_MAX_LENGTH 32

/* The edit distance of two short words: the number of characters to add, remove, replace, or swap with the next
 * one. */
static int distance(const char *a, const char *b)
{
    int rows = (int)strlen(a), columns = (int)strlen(b);
    int d[NAME_MAX_LENGTH + 1][NAME_MAX_LENGTH + 1];

    for (int i = 0; i <= rows; i++) {
        for (int j = 0; j <= columns; j++) {
            if (!i || !j) {
                d[i][j] = i + j;
                continue;
            }
            int differ = apr_tolower(a[i - 1]) != apr_tolower(b[j - 1]);

            d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + differ);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[rows][columns];
}

/* Our handler with the most similar name; NULL: none is similar. httpd accepts a misspelt handler, and then no module
 * answers. */
static const char *meant(const char *name)
{
    apr_size_t i;

    if (strlen(name) > NAME_MAX_LENGTH)
        return NULL;
    for (i = HANDLERS; i-- > 0;)
        if (distance(name, handlers[i].name) <= (strlen(handlers[i].name) > 6 ? 2 : 1))
            return handlers[i].name;
    return ap_cstr_casecmpn(name, "scim", 4) == 0 ? SCIM_HANDLER : NULL;
}

static void check_name(scim_check_t *check, const scim_placed_t *at)
{
    const char *name = scim_check_word(at->node, check->temp);
    const char *other = our_handler(at->node, check->temp) ? NULL : meant(name);

    if (other)
        scim_check_fail(check, at->node,
                        apr_psprintf(check->temp, "there is no handler \"%s\"; write %s %s, in small letters", name,
                                     at->node->directive, other));
}

/* The section of a SetHandler, or one around it (<If> inside <Location>), must have ScimTenant. */
static void check_endpoint(scim_check_t *check, const scim_placed_t *at)
{
    const ap_directive_t *section;

    if (strcmp(scim_check_word(at->node, check->temp), SCIM_HANDLER) != 0)
        return;
    for (section = at->node->parent; section; section = section->parent)
        if (section_holds(section, "ScimTenant"))
            return;
    scim_check_fail(check, at->node, "SetHandler scim needs ScimTenant in the same <Location> section");
}

static void check_add_handler(scim_check_t *check, const scim_placed_t *at)
{
    const handler_t *handler = our_handler(at->node, check->temp);

    if (handler)
        scim_check_fail(check, at->node,
                        apr_psprintf(check->temp,
                                     "%s chooses requests by the names of files, and %s has no files; write SetHandler "
                                     "%s in a <Location \"/path\"> section",
                                     at->node->directive, handler->serves, handler->name));
}

/* --- the admin API -------------------------------------------------------------------------------------------------*/

/* With a fixed base URL all tenants would show that of one. */
static void check_admin_url(scim_check_t *check, const ap_directive_t *section)
{
    const ap_directive_t *node = section_holds(section, "ScimBaseURL");
    const char *url = node ? scim_check_word(node, check->temp) : SCIM_TENANT_PLACE;
    apr_size_t len = strlen(url);

    if (strstr(url, SCIM_TENANT_PLACE) || section_holds(section, "ScimAdminTenant"))
        return;
    while (len && url[len - 1] == '/')
        len--;
    scim_check_fail(check, node,
                    apr_psprintf(check->temp,
                                 "ScimBaseURL must have " SCIM_TENANT_PLACE
                                 " where the tenant's name is, as in %.*s/" SCIM_TENANT_PLACE
                                 ", or ScimAdminTenant must name the only tenant of this Location",
                                 (int)len, url));
}

/* httpd asks for a login only with both AuthType and Require. mod_ssl can set the user without them. */
static void check_login(scim_check_t *check, const scim_placed_t *at)
{
    if ((said_for(check, at, "AuthType", "none") && said_for(check, at, "Require", NULL)) ||
        said_for(check, at, "SSLUserName", NULL))
        return;
    scim_check_warn(check, at->node,
                    "nobody can log in here, so the admin API refuses every request; add AuthType and a Require that "
                    "needs a user (docs/directives.md, ScimAdminTenant)");
}

/* The admin API serves paths below its Location, so that must be a plain path. Virtual hosts inherit the sections of
 * the main server. */
static void check_admin(scim_check_t *check, const scim_placed_t *at)
{
    const ap_directive_t *section = at->node->parent;
    const char *path;
    server_rec *each;

    if (strcmp(scim_check_word(at->node, check->temp), SCIM_ADMIN_HANDLER) != 0)
        return;
    if (!section || !scim_check_is(section, "<Location") || section->args[0] == '~') {
        scim_check_fail(check, at->node, "SetHandler scim-admin must be directly in a <Location \"/path\"> section");
        return;
    }
    check_admin_url(check, section);
    check_login(check, at);
    path = section_path(section, check->pool);
    path = strcmp(path, "/") == 0 ? "" : path;
    for (each = check->main_server; each; each = each->next)
        if (each == at->server || at->server == check->main_server)
            APR_ARRAY_PUSH(scim_server_config(each)->admin_locations, const char *) = path;
}

/* --- sections that take our requests -------------------------------------------------------------------------------*/

#define TAKES "this SetHandler gets the requests of <Location \"%s\"> (line %d), which httpd reads before it: "

/* Of several sections that match a path the last one is effective: a later SetHandler of another module would get our
 * requests, with token and password. Sections of a virtual host come after those of the main server; a virtual host
 * without our endpoint may have such a section legitimately. */
static void check_order(scim_check_t *check, int one)
{
    const scim_placed_t *ours = &APR_ARRAY_IDX(check->placed, one, scim_placed_t);
    const char *path = section_path(ours->node->parent, check->temp);
    int line = ours->node->parent->line_num;
    int i;

    for (i = 0; i < check->placed->nelts; i++) {
        const scim_placed_t *other = &APR_ARRAY_IDX(check->placed, i, scim_placed_t);

        if (!scim_check_is(other->node, "SetHandler") || our_handler(other->node, check->temp) ||
            !holds_in(other->node->parent, path, check->temp))
            continue;
        if (other->server == ours->server && i > one)
            scim_check_fail(check, other->node,
                            apr_psprintf(check->temp, TAKES "put that Location behind this section", path, line));
        else if (other->server != ours->server && ours->server == check->main_server)
            scim_check_warn(check, other->node,
                            apr_psprintf(check->temp,
                                         TAKES "if identity providers ask this virtual host, put that Location into it",
                                         path, line));
    }
}

/* --- directives of this module -------------------------------------------------------------------------------------*/

#define SCIM_NUMBER(type, member, standard, name, takes, set, context, bits, help) {name, bits},
#define SCIM_PAIR(type, member, standard, type2, member2, standard2, name, takes, set, context, bits, help)            \
    {name, bits},
#define SCIM_POINTER(type, member, name, takes, set, context, bits, help) {name, bits},
#define SCIM_OTHER(name, takes, set, context, bits, help)                 {name, bits},

/* The handlers that a directive applies to. */
static const struct {
    const char *name;
    unsigned handlers;
} places[] = {SCIM_DIRECTIVES(SCIM_NUMBER, SCIM_PAIR, SCIM_POINTER, SCIM_NUMBER, SCIM_OTHER)};

static unsigned place_of(const ap_directive_t *node)
{
    apr_size_t i;

    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (scim_check_is(node, places[i].name))
            return places[i].handlers;
    return 0;
}

/* Whether a directive that has no effect is dangerous, because it looks like a restriction. */
static int matters(const ap_directive_t *node)
{
    return scim_check_is(node, "ScimTenant") || scim_check_is(node, "ScimAdminTenant");
}

static const char *handler_names(unsigned bits)
{
    return bits == SCIM_FOR_BOTH ? "scim or scim-admin" : bits == SCIM_FOR_ADMIN ? SCIM_ADMIN_HANDLER : SCIM_HANDLER;
}

/* Those of our handlers whose requests the section of `at` may apply to. */
static unsigned met_handlers(const scim_check_t *check, const scim_placed_t *at)
{
    unsigned met = 0;
    int i;

    for (i = 0; i < check->placed->nelts; i++) {
        const scim_placed_t *placed = &APR_ARRAY_IDX(check->placed, i, scim_placed_t);
        const handler_t *handler = our_handler(placed->node, check->temp);

        if (!scim_check_is(placed->node, "SetHandler") || !same_server(check, placed->server, at->server) ||
            !meet(at->node->parent, placed->node->parent, check->temp))
            continue;
        if (handler)
            met |= handler->bit;
        else if (ap_strstr_c(scim_check_word(placed->node, check->temp), "%{"))
            met |= SCIM_FOR_BOTH;
    }
    return met;
}

/* Directives that also apply to decisions for the application (Require scim-..., ScimFacts). */
static const char *const deciding[] = {"ScimTenant", "ScimDatabaseTimeout", "ScimDatabaseWait", "ScimTenantShare",
                                       NULL};

/* Whether the server may authorize requests. A .htaccess file may say so, too, but httpd has not read it yet. */
static int decides(const scim_check_t *check, const server_rec *server)
{
    int i;

    if (scim_server_config(server)->requires)
        return 1;
    for (i = 0; i < check->placed->nelts; i++) {
        const scim_placed_t *placed = &APR_ARRAY_IDX(check->placed, i, scim_placed_t);

        if (same_server(check, placed->server, server) &&
            (scim_check_is(placed->node, "ScimFacts") || scim_check_is(placed->node, "AllowOverride")))
            return 1;
    }
    return 0;
}

static int is_for_decisions(const scim_check_t *check, const scim_placed_t *at)
{
    const ap_directive_t *set = section_holds(at->node->parent, "SetHandler");
    int i;

    for (i = 0; deciding[i]; i++)
        if (scim_check_is(at->node, deciding[i]))
            return !(set && our_handler(set, check->temp)) && decides(check, at->server);
    return 0;
}

static void check_use(scim_check_t *check, const scim_placed_t *at)
{
    const ap_directive_t *set = section_holds(at->node->parent, "SetHandler");
    const handler_t *handler = set ? our_handler(set, check->temp) : NULL;
    unsigned wanted = place_of(at->node);
    const char *text;

    if (!wanted || wanted & met_handlers(check, at) || is_for_decisions(check, at))
        return;
    text = apr_psprintf(check->temp, "%s has no effect %s%s: it is for SetHandler %s%s", at->node->directive,
                        handler ? "on " : "here", handler ? handler->serves : "", handler_names(wanted),
                        handler ? "" : ", and no section with that handler applies to the same requests");
    if (matters(at->node))
        scim_check_fail(check, at->node, text);
    else
        scim_check_warn(check, at->node, text);
}

/* Sections that httpd does not apply to our requests, or that do not restrict the methods that they name. */
static const struct {
    const char *section;
    const char *why;
} elsewhere[] = {
    {"<Directory", "mod_scim answers without looking for a file"},
    {"<DirectoryMatch", "mod_scim answers without looking for a file"},
    {"<Files", "mod_scim answers without looking for a file"},
    {"<FilesMatch", "mod_scim answers without looking for a file"},
    {"<Proxy", "mod_scim hands no request to a proxy"},
    {"<ProxyMatch", "mod_scim hands no request to a proxy"},
    {"<Limit", "it would apply to all methods"},
    {"<LimitExcept", "it would apply to all methods"},
};

static void check_section(scim_check_t *check, const scim_placed_t *at)
{
    const ap_directive_t *section;
    apr_size_t i;

    if (is_for_decisions(check, at))
        return;
    for (section = place_of(at->node) ? at->node->parent : NULL; section; section = section->parent)
        for (i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
            if (scim_check_is(section, elsewhere[i].section))
                scim_check_fail(check, at->node,
                                apr_psprintf(check->temp, "%s is not allowed in %s>: %s; put it into the <Location>",
                                             at->node->directive, section->directive, elsewhere[i].why));
}

/* With one URL for all tenants, a tenant would get the URL of another one. */
static void check_host(scim_check_t *check, const scim_placed_t *at)
{
    const ap_directive_t *node;

    if (ap_cstr_casecmp(scim_check_word(at->node, check->temp), "host") != 0 ||
        !(node = said_for(check, at, "ScimBaseURL", NULL)) ||
        ap_strstr_c(scim_check_word(node, check->temp), SCIM_TENANT_PLACE))
        return;
    scim_check_fail(check, node,
                    "ScimBaseURL must have " SCIM_TENANT_PLACE " where ScimTenant host finds the tenant's name, as in "
                    "https://" SCIM_TENANT_PLACE ".example.org/scim/v2");
}

/* --- authentication at the endpoint --------------------------------------------------------------------------------*/

#define READS                                                                                                          \
    "httpd would ask for a user of its own and refuse bearer tokens with 401. Write Require all granted in <Location " \
    "\"%s\">: the token decides"

/* Some modules of httpd read the same Authorization header. */
static void check_endpoint_login(scim_check_t *check, const scim_placed_t *at)
{
    const ap_directive_t *section = at->node->parent;
    const ap_directive_t *type = said_for(check, at, "AuthType", "none");
    const ap_directive_t *node;

    if (strcmp(scim_check_word(at->node, check->temp), SCIM_HANDLER) != 0 || !type ||
        !scim_check_is(section, "<Location"))
        return;
    for (node = section->first_child; node; node = node->next)
        if (scim_check_is(node, "Require") && ap_cstr_casecmpn(node->args, "all", 3) == 0)
            return;
    if (said_for(check, at, "ScimClient", NULL))
        return;
    scim_check_warn(check, type, apr_psprintf(check->temp, READS, section_path(section, check->temp)));
}

/* --- directories ---------------------------------------------------------------------------------------------------*/

/* Whether httpd's user may create files in the directory. If root has started httpd, a child process changes to that
 * user and tries. */
static int may_write(const char *path)
{
    pid_t child;
    int status = 0;

    if (geteuid() != 0)
        return access(path, W_OK | X_OK) == 0;
    if (!ap_unixd_config.user_name || (child = fork()) < 0)
        return 1;
    if (!child)
        _exit(initgroups(ap_unixd_config.user_name, ap_unixd_config.group_id) == 0 &&
                      setgid(ap_unixd_config.group_id) == 0 && setuid(ap_unixd_config.user_id) == 0 &&
                      access(path, W_OK | X_OK) == 0
                  ? 0
                  : 1);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void check_spool_dir(scim_check_t *check, const scim_placed_t *at)
{
    const char *path = ap_server_root_relative(check->temp, scim_check_word(at->node, check->temp));

    if (path && !may_write(path))
        scim_check_fail(check, at->node,
                        apr_psprintf(check->temp, "ScimSpoolDir: httpd's user %s cannot create files in %s",
                                     geteuid() == 0 ? ap_unixd_config.user_name : "(who runs this)", path));
}

/* --- all checks ----------------------------------------------------------------------------------------------------*/

typedef void (*check_one_t)(scim_check_t *check, const scim_placed_t *at);

/* The checks of each directive; NULL: of every directive. */
static const struct {
    const char *directive;
    check_one_t check;
    int everywhere; /* 0: in sections only */
} checks[] = {
    {"SetHandler", check_name, 1},
    {"SetHandler", check_endpoint, 1},
    {"SetHandler", check_admin, 1},
    {"SetHandler", check_endpoint_login, 0},
    {"AddHandler", check_add_handler, 1},
    {"AddHandler", check_name, 1},
    {"ScimTenant", check_host, 0},
    {"ScimSpoolDir", check_spool_dir, 1},
    {NULL, check_section, 0},
    {NULL, check_use, 0},
};

static void gather(scim_check_t *check, const ap_directive_t *node, server_rec *server)
{
    scim_placed_t *placed;

    if (!node->parent || scim_check_is(node->parent, "<VirtualHost"))
        return;
    placed = apr_array_push(check->placed);
    placed->node = node;
    placed->server = server;
}

static void check_directive(scim_check_t *check, const ap_directive_t *node, server_rec *server)
{
    const scim_placed_t at = {node, server};
    int sectioned = node->parent && !scim_check_is(node->parent, "<VirtualHost");
    apr_size_t i;

    for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
        if ((sectioned || checks[i].everywhere) && (!checks[i].directive || scim_check_is(node, checks[i].directive)))
            checks[i].check(check, &at);
}

void scim_check_sections(scim_check_t *check)
{
    int i;

    scim_check_walk(check, gather);
    scim_check_walk(check, check_directive);
    for (i = 0; i < check->placed->nelts; i++) {
        const ap_directive_t *node = APR_ARRAY_IDX(check->placed, i, scim_placed_t).node;

        if (scim_check_is(node, "SetHandler") && scim_check_is(node->parent, "<Location") &&
            our_handler(node, check->temp))
            check_order(check, i);
    }
}
