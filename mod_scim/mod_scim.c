/*
 * mod_scim: a SCIM 2.0 service provider (RFC 7643, RFC 7644). The module record: hooks and directives.
 *
 * 1. check_config        reads the schemas, refuses errors, prepares the pools (configtest shows the errors)
 * 2. post_config         logs the warnings; creates shared memory, the cache of pages and mod_watchdog's threads
 * 3. child_init          creates the locks of the gates, of that cache and of the outboxes, before mod_watchdog starts
 *                        the threads that use them, and before mod_dbd's connections
 * 4. post_read_request   removes Entra ID's flag from the path, before httpd matches it, and the headers that only the
 *                        server may set
 * 5. pre_translate_name, translate_name, map_to_storage, type_checker, fixups   take requests of the Locations
 * 6. access_checker_ex, auth_checker, fixups   Require scim-..., and the facts for applications
 * 7. handler             the endpoint; the admin API
 * 8. insert_error_filter, insert_filter   SCIM bodies for httpd's own refusals
 * 9. log_transaction     removes secrets from the access log
 */
#include <httpd.h>

#include <http_config.h>
#include <http_protocol.h>
#include <http_request.h>
#include <mod_status.h>

#include "httpd/admin.h"
#include "httpd/authz.h"
#include "httpd/check.h"
#include "httpd/claim.h"
#include "httpd/configuration.h"
#include "httpd/database.h"
#include "httpd/endpoint.h"
#include "httpd/errors.h"
#include "httpd/export.h"
#include "httpd/housekeeping.h"
#include "httpd/metrics.h"
#include "httpd/names.h"
#include "httpd/oauth.h"
#include "httpd/outbox.h"
#include "httpd/pages.h"
#include "httpd/secrets.h"

static void register_hooks(apr_pool_t *pool)
{
    static const char *const dbd[] = {"mod_dbd.c", NULL};
    static const char *const watchdog[] = {"mod_watchdog.c", NULL};
    static const char *const proxy[] = {"mod_proxy.c", NULL};
    static const char *const rewrite[] = {"mod_rewrite.c", NULL};
    static const char *const claimed[] = {"mod_setenvif.c", "mod_headers.c", NULL};
    static const char *const mappers[] = {"mod_rewrite.c", "mod_proxy.c",       "mod_alias.c",
                                          "mod_userdir.c", "mod_vhost_alias.c", NULL};

    scim_errors_register();
    scim_export_register();
    scim_authz_register(pool);
    ap_hook_pre_config(scim_pages_register, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(scim_check_config, NULL, NULL, APR_HOOK_LAST);
    ap_hook_post_config(scim_check_started, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(scim_pages_start, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(scim_outbox_start, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_test_config(scim_names_dump, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(scim_names_start, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(scim_housekeeping_start, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(scim_database_child_init, dbd, watchdog, APR_HOOK_MIDDLE);
    ap_hook_child_init(scim_pages_child_init, dbd, watchdog, APR_HOOK_MIDDLE);
    ap_hook_child_init(scim_outbox_child_init, dbd, watchdog, APR_HOOK_MIDDLE);
    ap_hook_post_read_request(scim_export_strip, NULL, claimed, APR_HOOK_REALLY_FIRST);
    ap_hook_post_read_request(scim_oauth_well_known, proxy, NULL, APR_HOOK_FIRST);
    ap_hook_post_read_request(scim_claim_unflag, proxy, NULL, APR_HOOK_FIRST);
    ap_hook_pre_translate_name(scim_claim_early, NULL, mappers, APR_HOOK_REALLY_FIRST);
    ap_hook_translate_name(scim_claim, NULL, mappers, APR_HOOK_REALLY_FIRST);
    ap_hook_translate_name(scim_claim_rewritten, rewrite, proxy, APR_HOOK_FIRST);
    ap_hook_map_to_storage(scim_claim_map, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_type_checker(scim_claim_type, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_check_access_ex(scim_authz_userless, NULL, NULL, APR_HOOK_REALLY_FIRST, AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_check_authz(scim_authz_user, NULL, NULL, APR_HOOK_REALLY_FIRST, AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_fixups(scim_authz_again, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_fixups(scim_export, NULL, NULL, APR_HOOK_REALLY_FIRST + 1);
    ap_hook_fixups(scim_claim_keep, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_handler(scim_claim_refused, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_handler(scim_admin, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_handler(scim_metrics, NULL, NULL, APR_HOOK_MIDDLE);
    APR_OPTIONAL_HOOK(ap, status_hook, scim_metrics_status, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_handler(scim_endpoint, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_insert_error_filter(scim_errors_insert, NULL, NULL, APR_HOOK_LAST);
    ap_hook_insert_filter(scim_errors_redirected, NULL, NULL, APR_HOOK_LAST);
    ap_hook_log_transaction(scim_secrets_log, NULL, NULL, APR_HOOK_REALLY_FIRST);
}

AP_DECLARE_MODULE(scim) = {
    STANDARD20_MODULE_STUFF,  scim_dir_config_create, scim_dir_config_merge, scim_server_config_create,
    scim_server_config_merge, scim_directives,        register_hooks,        0,
};
