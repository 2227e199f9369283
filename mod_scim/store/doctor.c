#include "doctor.h"

#include <apr_strings.h>

#include "head.h"
#include "scim/text.h"

typedef struct check_t {
    const char *area;
    const char *name;
    scim_doctor_e severity;
    scim_statement_e statement;
    const char *finding;
    const char *advice;
} check_t;

static const check_t checks[] = {
    {"database", "version", SCIM_DOCTOR_ERROR, SCIM_STMT_DOCTOR_VERSION,
     "PostgreSQL %1 is too old; 15 is the first that works.", "Upgrade PostgreSQL (pg_upgradecluster on Debian)."},
    {"database", "standby", SCIM_DOCTOR_WARNING, SCIM_STMT_DOCTOR_STANDBY,
     "This server takes no writes: it is a standby, or read-only by default.",
     "Let DBDParams name the primary, or several hosts with target_session_attrs=read-write."},
    {"database", "durability", SCIM_DOCTOR_WARNING, SCIM_STMT_DOCTOR_DURABILITY,
     "%1 is %2: a crash of the machine may lose changes that were acknowledged, and identity providers do not repeat "
     "them.",
     "alter system reset %1; select pg_reload_conf();"},
    {"database", "collation", SCIM_DOCTOR_ERROR, SCIM_STMT_DOCTOR_COLLATION,
     "The order of %1 has changed from version %2 to %3 since indexes were made, so searches may miss existing rows.",
     "reindexdb DATABASE, then for a collation: alter collation %1 refresh version; for the database: alter %1 refresh "
     "collation version;"},
    {"schema", "owner", SCIM_DOCTOR_ERROR, SCIM_STMT_DOCTOR_OWNER,
     "%1 belongs to %2, so upgrades and row-level security may fail.", "Give it to scim_owner (alter ... owner to)."},
    {"schema", "walls", SCIM_DOCTOR_ERROR, SCIM_STMT_DOCTOR_WALLS,
     "The table scim.%1 has no row-level security, which keeps tenants apart.",
     "alter table scim.%1 enable row level security; and find out who has switched it off."},
    {"schema", "rights", SCIM_DOCTOR_ERROR, SCIM_STMT_DOCTOR_RIGHTS,
     "The role scim_web %1, so row-level security does not hold for httpd, and httpd refuses to work.", "%2;"},
    {"schema", "settings", SCIM_DOCTOR_WARNING, SCIM_STMT_DOCTOR_SETTINGS,
     "The role scim_web lacks the setting %1, without which requests may read whole tables.",
     "scimctl db upgrade, as a user who may change the role; then apachectl graceful."},
    {"schema", "temporary", SCIM_DOCTOR_WARNING, SCIM_STMT_DOCTOR_TEMPORARY,
     "Everybody may create temporary tables in this database.", "revoke temporary on database %1 from public;"},
    {"schema", "indexes", SCIM_DOCTOR_ERROR, SCIM_STMT_DOCTOR_INDEXES,
     "The index scim.%1 is not valid, so no query uses it.", "reindex index concurrently scim.%1;"},
    {"statistics", "unanalysed", SCIM_DOCTOR_WARNING, SCIM_STMT_DOCTOR_UNANALYSED,
     "PostgreSQL has no statistics of scim.%1 (%2): requests may read the whole of it.",
     "vacuumdb --analyze-only DATABASE, as after each restore."},
    {"statistics", "autovacuum", SCIM_DOCTOR_WARNING, SCIM_STMT_DOCTOR_AUTOVACUUM,
     "%1 is off: tables grow, and requests get slower.", "alter system reset %1; select pg_reload_conf();"},
    {"statistics", "dead", SCIM_DOCTOR_WARNING, SCIM_STMT_DOCTOR_DEAD,
     "scim.%1 has %2 dead rows beside %3 live ones: vacuum does not keep up.",
     "vacuum scim.%1; and look for transactions that stay open (check idle)."},
    {"statistics", "age", SCIM_DOCTOR_ERROR, SCIM_STMT_DOCTOR_AGE,
     "The oldest transaction id is %1 million transactions old; at 2000 PostgreSQL takes no more writes.",
     "vacuumdb --freeze DATABASE, and look for transactions, replication slots and prepared transactions that stay "
     "open."},
    {"connections", "sight", SCIM_DOCTOR_NOTE, SCIM_STMT_DOCTOR_SIGHT,
     "The sessions of others were not checked: %1 may not see what they do.",
     "Run this as a superuser, or: grant pg_monitor to %1;"},
    {"connections", "full", SCIM_DOCTOR_WARNING, SCIM_STMT_DOCTOR_FULL, "%1 uses %2 of its %3 connections.",
     "Lower DBDMax, or raise max_connections (docs/operating.md, Connections)."},
    {"connections", "idle", SCIM_DOCTOR_WARNING, SCIM_STMT_DOCTOR_IDLE,
     "Process %1 (%2, %3) has a transaction open for %4 minutes: it holds up vacuum, and upgrades.",
     "Let that program end it, or: select pg_terminate_backend(%1);"},
    {"connections", "blocked", SCIM_DOCTOR_WARNING, SCIM_STMT_DOCTOR_BLOCKED,
     "Process %1 (%2) waits for a lock that process %3 holds.", "Look at process %3 in pg_stat_activity."},
    {"tokens", "expiring", SCIM_DOCTOR_WARNING, SCIM_STMT_DOCTOR_EXPIRING,
     "The token \"%2\" (%3) of tenant %1 expires at %4; provisioning ends with it.",
     "scimctl token add --tenant %1, and give the new token to the identity provider."},
    {"tokens", "none", SCIM_DOCTOR_ERROR, SCIM_STMT_DOCTOR_TOKENLESS,
     "Tenant %1 has no valid token: \"%2\", which was in use, has expired at %3. Its identity provider gets 401.",
     "scimctl token add --tenant %1, and give the new token to the identity provider."},
    {"silences", "silent", SCIM_DOCTOR_WARNING, SCIM_STMT_DOCTOR_SILENT,
     "The token \"%2\" of tenant %1 has not been used for %3 hours; it is usually used every %4.",
     "Look at the provisioning job there: it may be switched off or in quarantine, or its requests do not arrive."},
    {"activity", "unmasked", SCIM_DOCTOR_NOTE, SCIM_STMT_DOCTOR_UNMASKED,
     "Activity of tenant %1 keeps names and addresses of people, as it did in the version that made the tenant.",
     "scimctl tenant set %1 --activity-mask personal, unless they are needed there."},
};

#define CHECKS (sizeof(checks) / sizeof(checks[0]))

void scim_doctor_add(apr_array_header_t *findings, const char *area, const char *check, scim_doctor_e severity,
                     const char *finding, const char *advice)
{
    APR_ARRAY_PUSH(findings, scim_finding_t) = (scim_finding_t){area, check, severity, finding, advice};
}

/* Fills the columns of a row into a text. */
static const char *filled(const char *text, const PGresult *result, int row, apr_pool_t *pool)
{
    scim_buf_t buf;

    scim_buf_init(&buf, 256, pool);
    for (; *text; text++) {
        int column = text[0] == '%' && text[1] >= '1' && text[1] <= '9' ? text[1] - '1' : -1;

        if (column < 0 || column >= PQnfields(result)) {
            scim_buf_add(&buf, text, 1);
            continue;
        }
        scim_buf_puts(&buf, scim_result_text(NULL, result, row, column));
        text++;
    }
    return buf.data;
}

/* The rights of an administrator of all tenants, for this transaction only. */
static void add_head(scim_batch_t *batch, const scim_conn_t *conn, const char *user, apr_pool_t *pool)
{
    scim_head_t head = {.tenant = SCIM_EVERYWHERE, .actor_kind = "scimctl", .actor = user};

    scim_head_add(batch, &head, conn, pool);
}

static int is_of_tenants(const check_t *check)
{
    static const char *const areas[] = {"tokens", "silences", "activity"};

    for (apr_size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
        if (strcmp(check->area, areas[i]) == 0) {
            return 1;
        }
    }
    return 0;
}

static scim_error_t *run_check(apr_array_header_t *findings, const check_t *check, scim_conn_t *conn, const char *user,
                               apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);

    if (is_of_tenants(check)) {
        add_head(batch, conn, user, pool);
    }
    int slot = scim_batch_add(batch, check->statement, NULL);
    scim_error_t *error = scim_batch_run(batch);

    if (error && scim_conn_usable(conn)) {
        scim_doctor_add(findings, check->area, check->name, SCIM_DOCTOR_NOTE, "This could not be checked.",
                        error->cause ? error->cause : error->detail);
        return NULL;
    }
    for (int row = 0; !error && row < PQntuples(scim_batch_result(batch, slot)); row++) {
        const PGresult *result = scim_batch_result(batch, slot);

        scim_doctor_add(findings, check->area, check->name, check->severity, filled(check->finding, result, row, pool),
                        filled(check->advice, result, row, pool));
    }
    return error;
}

scim_error_t *scim_doctor_run(apr_array_header_t *findings, int *made, scim_conn_t *conn, const char *user,
                              apr_pool_t *pool)
{
    scim_error_t *error = NULL;

    *made = (int)CHECKS;
    for (apr_size_t i = 0; !error && i < CHECKS; i++) {
        error = run_check(findings, &checks[i], conn, user, pool);
    }
    return error;
}

scim_error_t *scim_doctor_clock(apr_interval_time_t *ahead, scim_conn_t *conn, apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);
    int slot = scim_batch_add(batch, SCIM_STMT_DOCTOR_CLOCK, NULL);
    apr_time_t began = apr_time_now();
    scim_error_t *error = scim_batch_run(batch);

    (void)pool;
    if (!error) {
        *ahead = (began + apr_time_now()) / 2 - scim_result_int(scim_batch_result(batch, slot), 0, 0);
    }
    return error;
}
