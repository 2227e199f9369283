/*
 * Runs the suites, or only those in the arguments. Exits with 1 if an assertion failed.
 */
#include <CUnit/Basic.h>
#include <apr_general.h>
#include <apr_strings.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scim/json.h"
#include "unit.h"

#ifndef UNIT_SCHEMA_DIR
#define UNIT_SCHEMA_DIR "conf/schemas"
#endif

static const struct {
    const char *name;
    CU_TestInfo *tests;
} suites[] = {
    /* clang-format off */
    {"access", test_access},
    {"bulk", test_bulk},
    {"cidr", test_cidr},
    {"compose", test_compose},
    {"conninfo", test_conninfo},
    {"cursor", test_cursor},
    {"discovery", test_discovery},
    {"entitlement", test_entitlement},
    {"error", test_error},
    {"fact", test_fact},
    {"facts_pack", test_facts_pack},
    {"filter", test_filter},
    {"filter_match", test_filter_match},
    {"filter_sql", test_filter_sql},
    {"gate", test_gate},
    {"gift", test_gift},
    {"guard", test_guard},
    {"import", test_import},
    {"json", test_json},
    {"leniency", test_leniency},
    {"marks", test_marks},
    {"mask", test_mask},
    {"near", test_near},
    {"noun", test_noun},
    {"noun_hold", test_noun_hold},
    {"noun_user", test_noun_user},
    {"openapi", test_openapi},
    {"patch", test_patch},
    {"patch_apply", test_patch_apply},
    {"patch_list", test_patch_list},
    {"past", test_past},
    {"places", test_places},
    {"path", test_path},
    {"projection", test_projection},
    {"query", test_query},
    {"render", test_render},
    {"resource", test_resource},
    {"mapping", test_mapping},
    {"policy_preview", test_policy_preview},
    {"holding", test_holding},
    {"merge", test_merge},
    {"record", test_record},
    {"removal", test_removal},
    {"restore", test_restore},
    {"rules", test_rules},
    {"rules_cache", test_rules_cache},
    {"schema", test_schema},
    {"search", test_search},
    {"search_order", test_search_order},
    {"silence", test_silence},
    {"slots", test_slots},
    {"sheet", test_sheet},
    {"spool", test_spool},
    {"sqlstate", test_sqlstate},
    {"table", test_table},
    {"template", test_template},
    {"text", test_text},
    {"token", test_token},
    {"undo", test_undo},
    {"value", test_value},
    {"version", test_version},
    /* clang-format on */
};

apr_pool_t *unit_pool;
static apr_pool_t *lasting_pool;

/* ---- helpers ---- */

static void give_up(const char *what, const char *detail)
{
    fprintf(stderr, "unit: %s: %s\n", what, detail);
    exit(2);
}

const char *unit_schema_dir(void)
{
    const char *dir = getenv("SCHEMA_DIR");
    return dir ? dir : UNIT_SCHEMA_DIR;
}

const scim_schemas_t *unit_schemas(void)
{
    static scim_schemas_t *schemas;
    if (!schemas) {
        apr_array_header_t *dirs = apr_array_make(lasting_pool, 1, sizeof(const char *));
        APR_ARRAY_PUSH(dirs, const char *) = unit_schema_dir();
        const scim_error_t *error = scim_schemas_load(&schemas, dirs, lasting_pool);
        if (error)
            give_up("schemas", error->detail);
    }
    return schemas;
}

const scim_resource_type_t *unit_type(const char *name)
{
    const scim_resource_type_t *type = scim_schemas_type(unit_schemas(), name, strlen(name));
    if (!type)
        give_up("no such resource type", name);
    return type;
}

static char *with_quotes(const char *text)
{
    char *copy = apr_pstrdup(unit_pool, text);
    for (char *c = copy; *c; c++) {
        if (*c == '\'')
            *c = '"';
    }
    return copy;
}

json_object *unit_json(const char *text)
{
    json_object *object = scim_json_trusted(with_quotes(text), strlen(text), unit_pool);
    if (!object)
        give_up("not JSON", text);
    return object;
}

static int hold(int held, const char *got, const char *wanted, const char *file, int line)
{
    const char *report = held ? wanted : apr_psprintf(unit_pool, "got <%s> wanted <%s>", got, wanted);
    CU_assertImplementation(held ? CU_TRUE : CU_FALSE, (unsigned)line, report, file, "", CU_FALSE);
    return held;
}

int unit_ok(const scim_error_t *error, const char *what, const char *file, int line)
{
    return hold(!error, error ? error->detail : "", what, file, line);
}

int unit_str(const char *actual, const char *wanted, const char *file, int line)
{
    const int held = actual && wanted ? strcmp(actual, wanted) == 0 : actual == wanted;
    return hold(held, actual ? actual : "(NULL)", wanted ? wanted : "(NULL)", file, line);
}

int unit_int(long long actual, long long wanted, const char *what, const char *file, int line)
{
    const char *got = apr_psprintf(unit_pool, "%" APR_INT64_T_FMT, (apr_int64_t)actual);
    return hold(actual == wanted, got, apr_psprintf(unit_pool, "%s == %" APR_INT64_T_FMT, what, (apr_int64_t)wanted),
                file, line);
}

int unit_error(const scim_error_t *error, scim_type_e type, const char *detail, const char *file, int line)
{
    const char *wanted_type = scim_type_name(type) ? scim_type_name(type) : "no type";
    if (!error)
        return hold(0, "success", detail ? detail : wanted_type, file, line);
    const char *got_type = scim_type_name(error->type) ? scim_type_name(error->type) : "no type";
    if (error->type != type)
        return hold(0, apr_pstrcat(unit_pool, got_type, ": ", error->detail, NULL), wanted_type, file, line);
    return detail ? unit_str(error->detail, detail, file, line) : hold(1, "", wanted_type, file, line);
}

int unit_json_is(json_object *object, const char *wanted, const char *file, int line)
{
    return unit_str(scim_json_text(object, NULL, unit_pool), with_quotes(wanted), file, line);
}

/* ---- the run ---- */

static void clear(void)
{
    apr_pool_clear(unit_pool);
}

static int is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return 1;
    }
    return argc < 2;
}

int main(int argc, char **argv)
{
    if (apr_initialize() != APR_SUCCESS || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    atexit(apr_terminate);
    apr_pool_create(&lasting_pool, NULL);
    apr_pool_create(&unit_pool, NULL);
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
        if (!is_wanted(suites[i].name, argc, argv))
            continue;
        CU_SuiteInfo suite[] = {{suites[i].name, NULL, NULL, NULL, clear, suites[i].tests}, CU_SUITE_INFO_NULL};
        if (CU_register_suites(suite) != CUE_SUCCESS)
            give_up(suites[i].name, CU_get_error_msg());
    }
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    const unsigned run = CU_get_number_of_asserts();
    const unsigned failed = CU_get_number_of_failures();
    CU_cleanup_registry();
    if (!run)
        give_up("no assertion", "was made");
    return failed ? 1 : 0;
}
