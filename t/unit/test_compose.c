#include "store/compose.h"

#include <string.h>

#include "unit.h"

/* Without fills a statement is its file's text; its blanks are inside the text, in order. */
static void unfilled(void)
{
    const char *const nothing[SCIM_BLANK_COUNT] = {NULL};
    int blanks = 0;

    for (int id = 0; id < SCIM_STMT_COUNT; id++) {
        const scim_statement_t *statement = &scim_statements[id];
        apr_size_t from = 0;

        UNIT_STR(scim_compose(id, nothing, unit_pool), statement->sql);
        CU_ASSERT_PTR_NULL(strstr(statement->sql, "{{"));
        for (int i = 0; i < statement->blank_count; i++) {
            const scim_blank_t *blank = &statement->blanks[i];

            CU_ASSERT(blank->at >= from);
            from = blank->at + blank->length;
            CU_ASSERT(from < strlen(statement->sql));
            if (blank->blank == SCIM_BLANK_FILTER) {
                UNIT_INT(strncmp(statement->sql + blank->at, "true", 4), 0);
                UNIT_INT(blank->length, 4);
            }
            blanks++;
        }
    }
    CU_ASSERT(blanks > 20);
}

/* Each blank with a fill is filled wherever the statement has it; the others keep the file's text. */
static void filled(void)
{
    const char *const fills[SCIM_BLANK_COUNT] = {
        [SCIM_BLANK_FILTER] = "r.x > 1", [SCIM_BLANK_KEY] = ", 7 as key", [SCIM_BLANK_ITS_KEY] = ", r.key"};
    const char *sql = scim_compose(SCIM_STMT_RESOURCE_LIST, fills, unit_pool);

    CU_ASSERT_PTR_NOT_NULL(strstr(sql, "and r.wire and r.x > 1\n order by r.id\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(sql, "as relation, 7 as key\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(sql, "r.relation, r.key, "));
    sql = scim_compose((scim_statement_e)SCIM_STMT_RESOURCE_COUNT, fills, unit_pool);
    CU_ASSERT_PTR_NOT_NULL(strstr(sql, "and r.wire and r.x > 1)"));
    UNIT_STR(scim_compose_filter(SCIM_STMT_RESOURCE_COUNT, "r.x > 1", unit_pool), sql);
    UNIT_STR(scim_compose_filter(SCIM_STMT_COMMIT, "r.x > 1", unit_pool), scim_statements[SCIM_STMT_COMMIT].sql);
}

CU_TestInfo test_compose[] = {{"unfilled", unfilled}, {"filled", filled}, CU_TEST_INFO_NULL};
