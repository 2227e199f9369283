/*
 * The directives: one table, from which everything else is made. A row has
 *
 *   - the stored value: type, member, and default;
 *   - the directive: name, number of arguments, setter, context;
 *   - the requests that it applies to, so that `apachectl configtest` reports one without effect (check_sections.c);
 *   - the line that `httpd -L` shows. t/guards/20-directives compares the table with docs/directives.md and
 *     conf/scim.conf.
 *
 * The first word of a row is the kind of value:
 *
 *   NUMBER   a member of a Location's configuration; -1 is "not set". Read by scim_setting_MEMBER.
 *   PAIR     two of them, set together
 *   POINTER  a member that is NULL if not set
 *   SERVER   as NUMBER, in the main server's configuration
 *   OTHER    other members, which configuration.c creates and merges by hand
 *
 * The table generates the members, create, merge and scim_setting_* of configuration.h, and the command table of
 * directives.c. So a new directive needs a row, a setter (often an existing one), and its documentation.
 */
#ifndef SCIM_DIRECTIVES_H
#define SCIM_DIRECTIVES_H

/* The requests that a directive applies to. */
#define SCIM_FOR_ENDPOINT 1u
#define SCIM_FOR_ADMIN    2u
#define SCIM_FOR_METRICS  4u
#define SCIM_FOR_BOTH     (SCIM_FOR_ENDPOINT | SCIM_FOR_ADMIN)
#define SCIM_FOR_ANY      0u /* other requests too, or the whole server */

#define PAGE_DEFAULT      100
#define PAGE_MAXIMUM      500
#define CURSOR_TIMEOUT    apr_time_from_sec(3600)
#define MAX_BODY          (10 * 1024 * 1024)
#define MAX_DEPTH         32
#define BULK_OPERATIONS   1000
#define BULK_BYTES        (1024 * 1024)
#define BULK_TIMEOUT      apr_time_from_sec(45)
#define DATABASE_TIMEOUT  apr_time_from_sec(10)
#define DATABASE_WAIT     apr_time_from_sec(5)
#define TENANT_SHARE      50
#define TOKEN_SHARE       50
#define ADMIN_TIMEOUT     apr_time_from_sec(60)
#define FAILURES          20
#define FAILURE_PERIOD    60
#define ACCESS_TOKEN_LIFE apr_time_from_sec(3600)
#define METRICS_TENANTS   100
#define ACTIVITY_KEEP     apr_time_from_sec(90 * 86400)
#define TOKEN_WARNING     apr_time_from_sec(14 * 86400)

#define ANYWHERE (RSRC_CONF | ACCESS_CONF)

/* clang-format off */
#define SCIM_DIRECTIVES(NUMBER, PAIR, POINTER, SERVER, OTHER)                                                          \
    OTHER("ScimTenant", TAKE12, set_tenant, ACCESS_CONF, SCIM_FOR_ENDPOINT,                                            \
        "where a request's tenant is found: path | host | fixed NAME | expr EXPRESSION")                               \
    OTHER("ScimAdminTenant", TAKE12, set_admin_tenant, ACCESS_CONF, SCIM_FOR_ADMIN,                                    \
        "the only tenant that the admin API here administers: NAME | expr EXPRESSION")                                 \
    NUMBER(apr_interval_time_t, admin_timeout, ADMIN_TIMEOUT,                                                          \
        "ScimAdminTimeout", TAKE1, set_duration, ANYWHERE, SCIM_FOR_ADMIN,                                             \
        "how long an administrator's operation may take")                                                              \
    NUMBER(int, console, 1, /* whether the admin API serves the console */                                             \
        "ScimConsole", FLAG, set_flag, ANYWHERE, SCIM_FOR_ADMIN,                                                       \
        "whether the admin API serves the console, its page for browsers: on | off")                                   \
    OTHER("ScimConsoleDir", TAKE1, set_console_dir, RSRC_CONF, SCIM_FOR_ANY, "directory of the console's files")       \
    POINTER(const char *, sync_policy, /* of new tenants */                                                            \
        "ScimSyncPolicy", TAKE1, set_sync_policy, ANYWHERE, SCIM_FOR_ADMIN,                                            \
        "sync policy of tenants that the admin API creates: manual | all | groups")                                    \
    POINTER(const char *, base_url, /* no slash at its end */                                                          \
        "ScimBaseURL", TAKE1, set_base_url, ACCESS_CONF, SCIM_FOR_BOTH,                                                \
        "the URL that clients use; {tenant} in it is the tenant's name")                                               \
    OTHER("ScimSchemaDir", ITERATE, add_schema_dir, RSRC_CONF, SCIM_FOR_ANY,                                           \
        "directories of schema and resource type files")                                                               \
    PAIR(int, page_default, PAGE_DEFAULT, int, page_maximum, PAGE_MAXIMUM,                                             \
        "ScimPageSize", TAKE2, set_page_size, ANYWHERE, SCIM_FOR_ENDPOINT,                                             \
        "resources in a list answer: DEFAULT MAXIMUM")                                                                 \
    NUMBER(apr_interval_time_t, cursor_timeout, CURSOR_TIMEOUT,                                                        \
        "ScimCursorTimeout", TAKE1, set_cursor_timeout, ANYWHERE, SCIM_FOR_ENDPOINT,                                   \
        "how long the cursors of a list answer are valid")                                                             \
    OTHER("ScimPageCache", TAKE1, set_page_cache, RSRC_CONF, SCIM_FOR_ANY,                                             \
        "cache for the totals and positions of lists: none | PROVIDER[:ARGUMENTS]")                                    \
    SERVER(apr_interval_time_t, activity_keep, ACTIVITY_KEEP,                                                          \
        "ScimActivityKeep", TAKE1, set_activity_keep, RSRC_CONF, SCIM_FOR_ANY,                                         \
        "how long activity entries are kept: NUMBERd")                                                                 \
    SERVER(apr_interval_time_t, token_warning, TOKEN_WARNING, /* 0: no warnings */                                     \
        "ScimTokenWarning", TAKE1, set_token_warning, RSRC_CONF, SCIM_FOR_ANY,                                         \
        "how long before a token expires the log warns: NUMBERd | off")                                                \
    SERVER(int, metrics_tenants, METRICS_TENANTS, /* named in the metrics */                                           \
        "ScimMetricsTenants", TAKE1, set_metrics_tenants, RSRC_CONF, SCIM_FOR_ANY,                                     \
        "how many tenants the metrics name: NUMBER")                                                                   \
    NUMBER(apr_off_t, max_body, MAX_BODY,                                                                              \
        "ScimMaxBody", TAKE1, set_max_body, ANYWHERE, SCIM_FOR_BOTH, "largest request body in bytes")                  \
    NUMBER(int, max_depth, MAX_DEPTH,                                                                                  \
        "ScimMaxDepth", TAKE1, set_max_depth, ANYWHERE, SCIM_FOR_ENDPOINT, "deepest nesting of JSON in a request body") \
    NUMBER(apr_interval_time_t, database_timeout, DATABASE_TIMEOUT,                                                    \
        "ScimDatabaseTimeout", TAKE1, set_duration, ANYWHERE, SCIM_FOR_ENDPOINT,                                       \
        "longest time that a request waits for PostgreSQL's answer")                                                   \
    NUMBER(apr_interval_time_t, database_wait, DATABASE_WAIT,                                                          \
        "ScimDatabaseWait", TAKE1, set_duration, ANYWHERE, SCIM_FOR_BOTH,                                              \
        "longest time that a request waits for a free connection to PostgreSQL")                                       \
    PAIR(int, tenant_share, TENANT_SHARE, int, token_share, TOKEN_SHARE, /* percent of a pool's connections */         \
        "ScimTenantShare", TAKE12, set_tenant_share, ANYWHERE, SCIM_FOR_BOTH,                                          \
        "percent of the connections that one tenant, and one token, may use at once: TENANT [TOKEN]")                  \
    NUMBER(int, require_tls, 1,                                                                                        \
        "ScimRequireTLS", FLAG, set_flag, ANYWHERE, SCIM_FOR_BOTH, "whether plain HTTP is refused: on | off")          \
    PAIR(int, bulk_operations, BULK_OPERATIONS, apr_off_t, bulk_bytes, BULK_BYTES,                                     \
        "ScimBulkLimits", TAKE2, set_bulk_limits, ANYWHERE, SCIM_FOR_ENDPOINT,                                         \
        "limits of one Bulk request: OPERATIONS BYTES")                                                                \
    NUMBER(apr_interval_time_t, bulk_timeout, BULK_TIMEOUT,                                                            \
        "ScimBulkTimeout", TAKE1, set_duration, ANYWHERE, SCIM_FOR_ENDPOINT,                                           \
        "time after which a Bulk request begins no further operations")                                                \
    PAIR(int, failure_limit, FAILURES, int, failure_period, FAILURE_PERIOD, /* 0: no limit; seconds */                 \
        "ScimFailureLimit", TAKE12, set_failure_limit, ANYWHERE, SCIM_FOR_ENDPOINT,                                    \
        "limit of failed authentications from one address: NUMBER SECONDS | off")                                      \
    OTHER("ScimPatchResponse", TAKE2, set_patch_response, ANYWHERE, SCIM_FOR_ENDPOINT,                                 \
        "whether PATCH of a resource type is answered with the resource: TYPE body | none")                            \
    POINTER(const char *, spool_dir, /* for long answers; NULL: the system's directory for temporary files */          \
        "ScimSpoolDir", TAKE1, set_spool_dir, ANYWHERE, SCIM_FOR_ENDPOINT,                                             \
        "directory for temporary files of long answers")                                                               \
    POINTER(const ap_expr_info_t *, account, /* the login name of the account; NULL: the user's name */                \
        "ScimAccount", TAKE1, set_account, ACCESS_CONF, SCIM_FOR_ANY,                                                  \
        "login name by which Require scim-... finds the account: EXPRESSION")                                          \
    OTHER("ScimLink", TAKE2, set_link, ACCESS_CONF, SCIM_FOR_ANY,                                                      \
        "identity by which a linked account is found: ISSUER-EXPRESSION SUBJECT-EXPRESSION")                           \
    NUMBER(int, facts, 0, /* SCIM_FACTS_TO_*; 0: off */                                                                \
        "ScimFacts", TAKE1, set_facts, ACCESS_CONF, SCIM_FOR_ANY,                                                      \
        "how the application gets facts about the account: off | env | headers | both")                                \
    NUMBER(apr_interval_time_t, access_token_life, ACCESS_TOKEN_LIFE, /* at most */                                    \
        "ScimAccessTokenLife", TAKE1, set_access_token_life, ANYWHERE, SCIM_FOR_ENDPOINT,                              \
        "longest life of an OAuth 2.0 access token")                                                                   \
    NUMBER(int, basic_tokens, 0, /* the password of Basic may be a token */                                            \
        "ScimBasicTokens", FLAG, set_flag, ANYWHERE, SCIM_FOR_ENDPOINT,                                                \
        "whether the password of Basic authentication may be a token: on | off")                                       \
    OTHER("ScimClient", TAKE12, set_client, ACCESS_CONF, SCIM_FOR_ENDPOINT,                                            \
        "name of a client that httpd has authenticated: EXPRESSION [token-first]")                                     \
    NUMBER(apr_interval_time_t, facts_cache, 0, /* how long facts are cached; 0: no cache */                           \
        "ScimFactsCache", TAKE1, set_age, ACCESS_CONF, SCIM_FOR_ANY,                                                   \
        "how long facts about an account are cached: off | DURATION")                                                  \
    NUMBER(apr_interval_time_t, facts_grace, 0, /* the same while the database does not answer */                      \
        "ScimFactsGrace", TAKE1, set_age, ACCESS_CONF, SCIM_FOR_ANY,                                                   \
        "how long cached facts are used while the database does not answer: off | DURATION")                           \
    OTHER("ScimFactsPrefix", TAKE1, set_facts_prefix, RSRC_CONF, SCIM_FOR_ANY,                                         \
        "prefix of the request headers with facts: X-NAME-")                                                           \
    POINTER(const char *, documentation_uri,                                                                           \
        "ScimDocumentationURI", TAKE1, set_documentation, ANYWHERE, SCIM_FOR_ENDPOINT,                                 \
        "URL of your documentation, for /ServiceProviderConfig")
/* clang-format on */

/* For rows that generate nothing. */
#define SCIM_NO_NUMBER(type, member, standard, name, takes, set, context, bits, help)
#define SCIM_NO_PAIR(type, member, standard, type2, member2, standard2, name, takes, set, context, bits, help)
#define SCIM_NO_POINTER(type, member, name, takes, set, context, bits, help)
#define SCIM_NO_OTHER(name, takes, set, context, bits, help)

#endif
