/* scimctl doctor: checks a whole installation, and says for each problem what to do. */
#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "probe.h"
#include "scim/json.h"
#include "scim/text.h"
#include "show.h"
#include "store/admin.h"
#include "store/doctor.h"
#include "store/indexed.h"
#include "store/migrate.h"
#include "store/names.h"
#include "store/tenant.h"
#include "words.h"

/* Exit codes of this command, as monitoring systems expect them. */
enum { HEALTHY = 0, WARNINGS = 1, ERRORS = 2 };

#define APACHECTL    "apachectl"
#define ANY_TENANT   "scimctl-doctor" /* a name that a tenant might have */
#define NO_PROGRAM   255              /* exit code of APR's child if the program is not in PATH */
#define CLOCK_DRIFT  apr_time_from_sec(2)
#define CLOCK_ERROR  apr_time_from_sec(60)
#define ANSWER_DRIFT apr_time_from_sec(5) /* the Date of an answer is in whole seconds, and a little old */

typedef struct doctor_t {
    cli_t *cli;
    apr_array_header_t *findings; /* scim_finding_t */
    apr_array_header_t *names;    /* scim_named_t: names in httpd's configuration */
    const char *no_tenant;        /* why the last segment of --url is not a tenant; NULL: it is one, or unknown */
    int checks;
    apr_pool_t *pool;
} doctor_t;

static void add(const doctor_t *doctor, const char *area, const char *check, scim_doctor_e severity,
                const char *finding, const char *advice)
{
    scim_doctor_add(doctor->findings, area, check, severity, finding, advice);
}

/* --- configuration ---------------------------------------------------------------------------------------------- */

/* Runs a program. Returns its standard error, or with `output` its standard output; NULL: the program does not
 * exist. */
static char *run(int *code, const char *const *args, int output, apr_pool_t *pool)
{
    apr_exit_why_e why;
    apr_procattr_t *attributes;
    apr_proc_t process;
    scim_buf_t said;
    char bytes[4096];
    apr_size_t len;

    apr_procattr_create(&attributes, pool);
    apr_procattr_io_set(attributes, APR_NO_PIPE, output ? APR_FULL_BLOCK : APR_NO_PIPE,
                        output ? APR_NO_PIPE : APR_FULL_BLOCK);
    apr_procattr_cmdtype_set(attributes, APR_PROGRAM_PATH);
    apr_procattr_error_check_set(attributes, 1);
    if (apr_proc_create(&process, args[0], args, NULL, attributes, pool) != APR_SUCCESS) {
        return NULL;
    }
    scim_buf_init(&said, 1024, pool);
    for (len = sizeof(bytes); apr_file_read(output ? process.out : process.err, bytes, &len) == APR_SUCCESS;
         len = sizeof(bytes)) {
        scim_buf_add(&said, bytes, len);
    }
    apr_proc_wait(&process, code, &why, APR_WAIT);
    return *code == 127 || (*code == NO_PROGRAM && said.len == 0) ? NULL : said.data;
}

/* httpd prints a line for each problem. Lines of other modules count only if httpd refuses the configuration. */
static void add_lines(const doctor_t *doctor, char *said, int refused)
{
    static const char ours[] = "mod_scim: ";
    int found = 0;
    char *state;

    for (char *line = apr_strtok(said, "\n", &state); line != NULL; line = apr_strtok(NULL, "\n", &state)) {
        const char *text = strstr(line, ours);

        if (text != NULL || strstr(line, "yntax error") != NULL || (refused && strstr(line, "AH00") != NULL)) {
            add(doctor, "configuration", "configtest", refused ? SCIM_DOCTOR_ERROR : SCIM_DOCTOR_WARNING,
                text != NULL ? text + sizeof(ours) - 1 : line,
                "Correct it (docs/directives.md), then apachectl graceful.");
            found = 1;
        }
    }
    if (refused && !found) {
        add(doctor, "configuration", "configtest", SCIM_DOCTOR_ERROR, "httpd refuses its configuration.",
            "apachectl configtest shows why.");
    }
}

/* Reads the names in Require lines, as the module prints them: a line of five fields for each (httpd/names.h). */
static void read_names(const doctor_t *doctor, char *said)
{
    char *lines;
    for (char *line = apr_strtok(said, "\n", &lines); line != NULL; line = apr_strtok(NULL, "\n", &lines)) {
        char *state;
        const char *mark = apr_strtok(line, "\t", &state);
        const char *kind = apr_strtok(NULL, "\t", &state);
        const char *number = apr_strtok(NULL, "\t", &state);
        const char *name = apr_strtok(NULL, "\t", &state);
        const char *file = apr_strtok(NULL, "\t", &state);

        if (mark != NULL && file != NULL && strcmp(mark, "mod_scim requires") == 0) {
            APR_ARRAY_PUSH(doctor->names, scim_named_t) = (scim_named_t){kind, name, file, atoi(number)};
        }
    }
}

static void check_configuration(doctor_t *doctor)
{
    const char *given = doctor->cli->options[CLI_APACHECTL];
    const char *program = given != NULL ? given : APACHECTL;
    const char *const test[] = {program, "configtest", NULL};
    const char *const dump[] = {program, "-t", "-D", "DUMP_SCIM_REQUIRES", NULL};
    char *said;
    int code = 0;

    if (given == NULL && geteuid() != 0) {
        add(doctor, "configuration", "configtest", SCIM_DOCTOR_NOTE, "httpd's configuration was not checked.",
            "Run scimctl doctor as root on httpd's machine, or apachectl configtest.");
        return;
    }
    doctor->checks++;
    said = run(&code, test, 0, doctor->pool);
    if (said == NULL) {
        add(doctor, "configuration", "configtest", SCIM_DOCTOR_NOTE,
            apr_psprintf(doctor->pool, "There is no %s, so httpd's configuration was not checked.", program),
            "Run scimctl doctor on httpd's machine, too; --apachectl names the program.");
        return;
    }
    add_lines(doctor, said, code != 0);
    said = code == 0 ? run(&code, dump, 1, doctor->pool) : NULL;
    if (said != NULL) {
        read_names(doctor, said);
    }
}

/* Reports names in the configuration that no tenant has. */
static scim_error_t *check_names(doctor_t *doctor, scim_conn_t *conn)
{
    apr_array_header_t *unknown;
    scim_error_t *error = scim_names_unknown(&unknown, conn, doctor->names, cli_user_name(doctor->pool), doctor->pool);

    doctor->checks++;
    for (int i = 0; error == NULL && i < unknown->nelts; i++) {
        add(doctor, "configuration", "names", SCIM_DOCTOR_WARNING,
            apr_psprintf(doctor->pool, "%s.", scim_names_text(&APR_ARRAY_IDX(unknown, i, scim_named_t), doctor->pool)),
            "Correct the name in httpd's configuration, or add what it names to the tenant.");
    }
    return error;
}

/* --- database --------------------------------------------------------------------------------------------------- */

/* The findings about a wrong schema, by scim_schema_state_e. */
static const struct {
    const char *finding;
    const char *advice;
} states[] = {
    [SCIM_SCHEMA_NONE] = {"The database is not set up.", "scimctl db init, or correct --db."},
    [SCIM_SCHEMA_OUTDATED] = {"The schema is older than this software, so httpd with this version answers 503.",
                              "scimctl db upgrade, then apachectl graceful (docs/operating.md, Upgrade)."},
    [SCIM_SCHEMA_NEWER] = {"The schema is newer than this software.",
                           "Install the version of mod_scim that the database was upgraded with."},
};

/* Returns whether the other checks are possible. */
static int check_schema(doctor_t *doctor, PGconn *pg)
{
    const char *checksum;
    int number;
    scim_error_t *error = scim_migrate_current(&number, &checksum, pg, doctor->pool);
    scim_schema_state_e state = error == NULL ? scim_migrate_state(number, checksum) : SCIM_SCHEMA_NONE;

    doctor->checks++;
    if (error != NULL) {
        add(doctor, "schema", "version", SCIM_DOCTOR_ERROR, error->detail, error->cause != NULL ? error->cause : "");
    } else if (state != SCIM_SCHEMA_CURRENT) {
        add(doctor, "schema", "version", SCIM_DOCTOR_ERROR, states[state].finding, states[state].advice);
    }
    return error == NULL && state == SCIM_SCHEMA_CURRENT;
}

static void check_clock(doctor_t *doctor, const char *whose, apr_interval_time_t ahead, apr_interval_time_t allowed)
{
    apr_interval_time_t off = ahead < 0 ? -ahead : ahead;

    doctor->checks++;
    if (off > allowed) {
        add(doctor, "clock", "difference", off > CLOCK_ERROR ? SCIM_DOCTOR_ERROR : SCIM_DOCTOR_WARNING,
            apr_psprintf(doctor->pool, "The clock of %s is %" APR_TIME_T_FMT " seconds %s this machine's.", whose,
                         apr_time_sec(off + APR_USEC_PER_SEC / 2), ahead > 0 ? "behind" : "ahead of"),
            "Let all machines keep time by NTP (timedatectl status).");
    }
}

/* Reports attributes that schema files declare as indexed, but that have no index in the database. */
static void check_indexed(doctor_t *doctor, const scim_conn_t *conn)
{
    scim_schemas_t *schemas;
    const char *missing;
    scim_error_t *error = cli_schemas(&schemas, doctor->cli);

    doctor->checks++;
    if (error != NULL) {
        add(doctor, "schema", "files", SCIM_DOCTOR_ERROR, error->detail,
            "Correct the file, or --schema-dir (docs/how-to-extend.md).");
        return;
    }
    missing = scim_indexed_missing(scim_indexed_declared(schemas, doctor->pool), scim_conn_indexed(conn), doctor->pool);
    if (missing != NULL) {
        add(doctor, "schema", "indexed", SCIM_DOCTOR_WARNING,
            apr_psprintf(doctor->pool,
                         "Filters by these attributes are slow, because the database has no index of them: %s.",
                         missing),
            "scimctl db index, with --schema-dir for each ScimSchemaDir; then apachectl graceful.");
    }
}

/* Whether a tenant has the name that the base URL ends with. It need not be a tenant's: see check_endpoint. */
static void look_up_tenant(doctor_t *doctor, scim_conn_t *conn)
{
    const char *name = doctor->cli->options[CLI_URL] ? cli_probe_end(doctor->cli->options[CLI_URL], doctor->pool) : "";
    json_object *args = scim_json_own(json_object_new_object(), doctor->pool);
    scim_admin_call_t call = {.op = scim_admin_command("tenant", "show"),
                              .conn = conn,
                              .tenant = name,
                              .args = args,
                              .actor_kind = "scimctl",
                              .actor = cli_user_name(doctor->pool),
                              .pool = doctor->pool};
    scim_error_t *error;

    if (scim_tenant_key_valid(name)) {
        scim_admin_set(&call, "tenant", json_object_new_string(name));
        error = scim_admin_run(&call);
        doctor->no_tenant = error != NULL && error->status == 404 ? error->detail : NULL;
    }
}

static scim_error_t *check_inside(doctor_t *doctor, PGconn *pg)
{
    apr_interval_time_t ahead = 0;
    scim_conn_t *conn;
    scim_error_t *error = cli_take_over(&conn, pg, doctor->cli);
    int made = 0;

    if (error == NULL) {
        check_indexed(doctor, conn);
        look_up_tenant(doctor, conn);
        cli_give_back(pg);
        error = scim_doctor_run(doctor->findings, &made, conn, cli_user_name(doctor->pool), doctor->pool);
        doctor->checks += made;
    }
    error = error == NULL ? check_names(doctor, conn) : error;
    error = error == NULL ? scim_doctor_clock(&ahead, conn, doctor->pool) : error;
    if (error == NULL) {
        check_clock(doctor, "PostgreSQL's machine", ahead, CLOCK_DRIFT);
    }
    return error;
}

static void check_database(doctor_t *doctor)
{
    PGconn *pg;
    const char *problem = cli_reach(&pg, doctor->cli);
    scim_error_t *error;

    doctor->checks++;
    if (problem != NULL) {
        add(doctor, "database", "connection", SCIM_DOCTOR_ERROR,
            apr_psprintf(doctor->pool, "No connection to the database: %s.", problem),
            "Start PostgreSQL, or correct --db, PGHOST and PGDATABASE.");
        return;
    }
    if (!check_schema(doctor, pg)) {
        return;
    }
    error = check_inside(doctor, pg);
    if (error != NULL) {
        add(doctor, "database", "connection", SCIM_DOCTOR_ERROR, error->detail,
            error->cause != NULL ? error->cause : "");
    }
}

/* --- the endpoint ----------------------------------------------------------------------------------------------- */

/* Strangers learn nothing of tenants: httpd answers for one that does not exist as for any other. Where it does so for
 * any name in the place of the base URL's last segment, that segment is the tenant (ScimTenant path). */
static void check_tenant(doctor_t *doctor, const char *url)
{
    const char *end = cli_probe_end(url, doctor->pool);

    doctor->checks++;
    if (doctor->no_tenant != NULL && cli_probe_sibling(url, ANY_TENANT, doctor->pool)) {
        add(doctor, "endpoint", "tenant", SCIM_DOCTOR_ERROR,
            apr_psprintf(doctor->pool,
                         "The base URL ends with \"%s\", which is not a tenant: requests to it are answered with 401.",
                         end),
            doctor->no_tenant);
    }
}

static void check_endpoint(doctor_t *doctor)
{
    const char *url = doctor->cli->options[CLI_URL];
    apr_time_t date;

    if (url == NULL) {
        add(doctor, "TLS", "url", SCIM_DOCTOR_NOTE, "The endpoint was not tested as identity providers use it.",
            "Name the base URL of a tenant: --url https://id.example.org/scim/v2/acme");
        return;
    }
    if (cli_probe(doctor->findings, &doctor->checks, &date, url)) {
        check_tenant(doctor, url);
    }
    if (date != 0) {
        check_clock(doctor, "httpd's machine", apr_time_now() - date, ANSWER_DRIFT);
    }
}

/* --- the result ------------------------------------------------------------------------------------------------- */

static const char *const names[] = {
    [SCIM_DOCTOR_NOTE] = "note", [SCIM_DOCTOR_WARNING] = "warning", [SCIM_DOCTOR_ERROR] = "error"};

static int count(const doctor_t *doctor, scim_doctor_e severity)
{
    int n = 0;

    for (int i = 0; i < doctor->findings->nelts; i++) {
        n += APR_ARRAY_IDX(doctor->findings, i, scim_finding_t).severity == severity;
    }
    return n;
}

static void print_json(const doctor_t *doctor)
{
    json_object *result = scim_json_own(json_object_new_object(), doctor->pool);
    json_object *list = json_object_new_array();

    json_object_object_add(result, "checks", json_object_new_int(doctor->checks));
    json_object_object_add(result, "errors", json_object_new_int(count(doctor, SCIM_DOCTOR_ERROR)));
    json_object_object_add(result, "warnings", json_object_new_int(count(doctor, SCIM_DOCTOR_WARNING)));
    json_object_object_add(result, "notes", json_object_new_int(count(doctor, SCIM_DOCTOR_NOTE)));
    for (int i = 0; i < doctor->findings->nelts; i++) {
        const scim_finding_t *found = &APR_ARRAY_IDX(doctor->findings, i, scim_finding_t);
        json_object *item = json_object_new_object();

        json_object_object_add(item, "area", json_object_new_string(found->area));
        json_object_object_add(item, "check", json_object_new_string(found->check));
        json_object_object_add(item, "severity", json_object_new_string(names[found->severity]));
        json_object_object_add(item, "finding", json_object_new_string(found->finding));
        json_object_object_add(item, "advice", json_object_new_string(found->advice));
        json_object_array_add(list, item);
    }
    json_object_object_add(result, "findings", list);
    cli_put_json(scim_json_text(result, NULL, doctor->pool));
}

/* Prints the most serious findings first. */
static void print_text(const doctor_t *doctor)
{
    for (int severity = SCIM_DOCTOR_ERROR; severity >= SCIM_DOCTOR_NOTE; severity--) {
        for (int i = 0; i < doctor->findings->nelts; i++) {
            const scim_finding_t *found = &APR_ARRAY_IDX(doctor->findings, i, scim_finding_t);

            if (found->severity == (scim_doctor_e)severity) {
                printf("%-8s %s (%s): %s\n%8s %s\n", names[severity], found->area, found->check,
                       scim_hidden_escape(found->finding, doctor->pool), "",
                       scim_hidden_escape(found->advice, doctor->pool));
            }
        }
    }
    printf("%d checks: %d errors, %d warnings.\n", doctor->checks, count(doctor, SCIM_DOCTOR_ERROR),
           count(doctor, SCIM_DOCTOR_WARNING));
}

static int run_doctor(cli_t *cli)
{
    doctor_t doctor = {cli,
                       apr_array_make(cli->pool, 16, sizeof(scim_finding_t)),
                       apr_array_make(cli->pool, 8, sizeof(scim_named_t)),
                       NULL,
                       0,
                       cli->pool};

    check_configuration(&doctor);
    check_database(&doctor);
    check_endpoint(&doctor);
    if (cli->options[CLI_JSON] != NULL) {
        print_json(&doctor);
    } else {
        print_text(&doctor);
    }
    return count(&doctor, SCIM_DOCTOR_ERROR) ? ERRORS : count(&doctor, SCIM_DOCTOR_WARNING) ? WARNINGS : HEALTHY;
}

const cli_command_t cli_doctor_commands[] = {
    {"doctor", "", NULL, CLI_BIT(CLI_URL) | CLI_BIT(CLI_APACHECTL) | CLI_BIT(CLI_SCHEMA_DIR), 0,
     "check the installation for problems; exit code 1 for warnings, 2 for errors", run_doctor},
    {NULL, NULL, NULL, 0, 0, NULL, NULL}};
