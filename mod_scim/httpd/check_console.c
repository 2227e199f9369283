#include <httpd.h>

#include <apr_file_info.h>
#include <apr_strings.h>
#include <http_log.h>

#include "check_private.h"
#include "configuration.h"
#include "console.h"

APLOG_USE_MODULE(scim);

/* The ScimConsole among a section's directives, or among those outside of sections; NULL: none. */
static const ap_directive_t *said_in(const ap_directive_t *node)
{
    while (node && !scim_check_is(node, "ScimConsole"))
        node = node->next;
    return node;
}

/* Whether the console is off for a section; its own directive counts before those of the sections around it. Default:
 * on. */
static int console_off(const ap_directive_t *section, apr_pool_t *pool)
{
    const ap_directive_t *said = NULL;

    for (; section && !said; section = section->parent)
        said = said_in(section->first_child);
    if (!said)
        said = said_in(ap_conftree);
    return said && ap_cstr_casecmp(scim_check_word(said, pool), "off") == 0;
}

static void visit_console(scim_check_t *check, const ap_directive_t *node, server_rec *server)
{
    (void)server;
    if (scim_check_is(node, "SetHandler") &&
        ap_cstr_casecmp(scim_check_word(node, check->temp), SCIM_ADMIN_HANDLER) == 0)
        check->console |= !console_off(node->parent, check->temp);
}

/* The page's file, if a Location has the console and the file is missing; NULL: no problem. */
static const char *missing_page(scim_check_t *check)
{
    const char *page = apr_pstrcat(check->temp, scim_console_dir(check->main_server), "/" SCIM_CONSOLE_PAGE, NULL);
    apr_finfo_t info;

    check->console = 0;
    scim_check_walk(check, visit_console);
    return check->console && apr_stat(&info, page, APR_FINFO_TYPE, check->temp) != APR_SUCCESS ? page : NULL;
}

void scim_check_console(scim_check_t *check)
{
    const char *page = scim_server_config(check->main_server)->console_dir ? missing_page(check) : NULL;

    if (!page)
        return;
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, check->main_server,
                 "mod_scim: ScimConsoleDir: %s is missing", page);
    check->failures++;
}

void scim_check_console_advise(scim_check_t *check, int level)
{
    const char *page = missing_page(check);

    if (page)
        ap_log_error(APLOG_MARK, level, 0, check->main_server,
                     "mod_scim: %s is missing: the admin API has no page for browsers. Install it, set its directory "
                     "by ScimConsoleDir, or write ScimConsole off",
                     page);
}
