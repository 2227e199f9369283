/*
 * The unit tests: one program, one suite for each module, one CU_TestInfo table for each suite.
 *
 * A new test_x.c exports `CU_TestInfo test_x[]`, is declared below and is listed in main.c.
 */
#ifndef UNIT_H
#define UNIT_H

#include <CUnit/CUnit.h>
#include <apr_pools.h>
#include <json-c/json.h>

#include "scim/error.h"
#include "scim/schema.h"

/* Cleared after every test. */
extern apr_pool_t *unit_pool;

/* The schemas of conf/schemas, loaded once, from $SCHEMA_DIR or UNIT_SCHEMA_DIR of the build. */
const scim_schemas_t *unit_schemas(void);
const char *unit_schema_dir(void);

/* The resource type with this name; if there is none, the program ends. */
const scim_resource_type_t *unit_type(const char *name);

/* Reads JSON in which ' stands for ", so that C strings stay readable; if it is invalid, the program ends. */
json_object *unit_json(const char *text);

/* Assertions that print the actual value. Each is one assertion of CUnit, and returns whether it is true. */
#define UNIT_OK(error)                  unit_ok((error), #error, __FILE__, __LINE__)
#define UNIT_STR(actual, wanted)        unit_str((actual), (wanted), __FILE__, __LINE__)
#define UNIT_INT(actual, wanted)        unit_int((long long)(actual), (long long)(wanted), #actual, __FILE__, __LINE__)
#define UNIT_ERROR(error, type, detail) unit_error((error), (type), (detail), __FILE__, __LINE__)
#define UNIT_JSON(object, wanted)       unit_json_is((object), (wanted), __FILE__, __LINE__)

/* Asserts that there is no error. */
int unit_ok(const scim_error_t *error, const char *what, const char *file, int line);
/* Asserts that two strings are equal; either may be NULL. */
int unit_str(const char *actual, const char *wanted, const char *file, int line);
int unit_int(long long actual, long long wanted, const char *what, const char *file, int line);
/* Asserts an error of this type with this detail; `detail` NULL: any. */
int unit_error(const scim_error_t *error, scim_type_e type, const char *detail, const char *file, int line);
/* Asserts the object's text, in which ' stands for ". The order of members matters. */
int unit_json_is(json_object *object, const char *wanted, const char *file, int line);

extern CU_TestInfo test_access[];
extern CU_TestInfo test_bulk[];
extern CU_TestInfo test_cidr[];
extern CU_TestInfo test_compose[];
extern CU_TestInfo test_conninfo[];
extern CU_TestInfo test_cursor[];
extern CU_TestInfo test_discovery[];
extern CU_TestInfo test_entitlement[];
extern CU_TestInfo test_error[];
extern CU_TestInfo test_fact[];
extern CU_TestInfo test_facts_pack[];
extern CU_TestInfo test_filter[];
extern CU_TestInfo test_filter_match[];
extern CU_TestInfo test_filter_sql[];
extern CU_TestInfo test_gate[];
extern CU_TestInfo test_gift[];
extern CU_TestInfo test_guard[];
extern CU_TestInfo test_import[];
extern CU_TestInfo test_json[];
extern CU_TestInfo test_leniency[];
extern CU_TestInfo test_marks[];
extern CU_TestInfo test_mask[];
extern CU_TestInfo test_near[];
extern CU_TestInfo test_noun[];
extern CU_TestInfo test_noun_hold[];
extern CU_TestInfo test_noun_user[];
extern CU_TestInfo test_openapi[];
extern CU_TestInfo test_patch[];
extern CU_TestInfo test_patch_apply[];
extern CU_TestInfo test_patch_list[];
extern CU_TestInfo test_past[];
extern CU_TestInfo test_places[];
extern CU_TestInfo test_path[];
extern CU_TestInfo test_projection[];
extern CU_TestInfo test_query[];
extern CU_TestInfo test_render[];
extern CU_TestInfo test_resource[];
extern CU_TestInfo test_mapping[];
extern CU_TestInfo test_policy_preview[];
extern CU_TestInfo test_holding[];
extern CU_TestInfo test_merge[];
extern CU_TestInfo test_record[];
extern CU_TestInfo test_removal[];
extern CU_TestInfo test_restore[];
extern CU_TestInfo test_rules[];
extern CU_TestInfo test_rules_cache[];
extern CU_TestInfo test_schema[];
extern CU_TestInfo test_search[];
extern CU_TestInfo test_search_order[];
extern CU_TestInfo test_silence[];
extern CU_TestInfo test_slots[];
extern CU_TestInfo test_sheet[];
extern CU_TestInfo test_spool[];
extern CU_TestInfo test_sqlstate[];
extern CU_TestInfo test_table[];
extern CU_TestInfo test_template[];
extern CU_TestInfo test_text[];
extern CU_TestInfo test_token[];
extern CU_TestInfo test_undo[];
extern CU_TestInfo test_value[];
extern CU_TestInfo test_version[];

#endif
