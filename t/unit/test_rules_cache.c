#include "store/rules_cache.h"

#include <apr_strings.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scim/json.h"
#include "unit.h"

/* The rules of a tenant with so many roles, as the store reads them. */
static const char *rules_of(int roles, apr_size_t *len)
{
    const char *text = "{'traits':'-','roles':[['user','00000000-0000-7000-8000-000000000000','User']";
    for (int i = 1; i < roles; i++) {
        text = apr_psprintf(unit_pool, "%s,['role-%d','00000000-0000-7000-8000-%012d','The role number %d']", text, i,
                            i, i);
    }
    return scim_json_text(unit_json(apr_pstrcat(unit_pool, text, "]}", NULL)), len, unit_pool);
}

/* The same with so many templates, each with a condition. */
static const char *templates_of(int templates, apr_size_t *len)
{
    static const char id[] = "00000000-0000-7000-8000-000000000000";
    const char *text = "{'traits':'-t','templates':[";
    for (int i = 0; i < templates; i++) {
        text = apr_psprintf(
            unit_pool,
            "%s%s['%s','Template %d','userType eq \\'Employee\\' and emails[type eq \\'work\\' and value ew "
            "\\'@%d.example\\']','user',['%s'],['%s'],['flag']]",
            text, i ? "," : "", id, i, i, id, id);
    }
    return scim_json_text(unit_json(apr_pstrcat(unit_pool, text, "]}", NULL)), len, unit_pool);
}

/* The address space of this process in bytes: APR's pools use mmap, and not malloc, and the address space does not
 * depend on the kernel's paging. */
static long taken(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CU_ASSERT_FATAL(file != NULL);
    UNIT_INT(fscanf(file, "%ld", &pages), 1);
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

/* Puts the rules of tenants into a cache; returns the bytes of memory that this takes. */
static long fill_from(scim_rules_cache_t *cache, int first, int end, const char *json, apr_size_t len)
{
    long before = taken();
    for (int i = first; i < end; i++) {
        apr_pool_t *pool;
        apr_pool_create(&pool, unit_pool);
        UNIT_INT(scim_rules_cache_put(cache, apr_psprintf(pool, "db/tenant-%d/key", i), json, len, i, unit_schemas(),
                                      pool) != NULL,
                 1);
        apr_pool_destroy(pool);
    }
    return taken() - before;
}

static long fill(scim_rules_cache_t *cache, int tenants, const char *json, apr_size_t len)
{
    return fill_from(cache, 0, tenants, json, len);
}

static scim_rules_cache_t *make(void)
{
    return scim_rules_cache_make(unit_pool);
}

static int has(scim_rules_cache_t *cache, int tenant)
{
    return scim_rules_cache_get(cache, apr_psprintf(unit_pool, "db/tenant-%d/key", tenant), unit_pool) != NULL;
}

/* Ten thousand tenants take as much as a thousand, with few roles or very many each. With very many the cache holds
 * some hundreds of tenants, so the second thousand takes no more memory. */
static void bounded(void)
{
    static const struct {
        int roles, tenants;
    } cases[] = {{1, 10000}, {20, 10000}, {500, 2000}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        scim_rules_cache_t *cache = make();
        int last = cases[i].tenants - 1;
        apr_size_t len;
        const char *json = rules_of(cases[i].roles, &len);
        long half = fill_from(cache, 0, cases[i].tenants / 2, json, len);
        long more = fill_from(cache, cases[i].tenants / 2, cases[i].tenants, json, len);
        printf("with %d roles: %ld bytes, then %ld\n", cases[i].roles, half, more);
        CU_ASSERT(half + more < SCIM_RULES_CACHE_SIZE * 5 / 4);
        CU_ASSERT(cases[i].roles < 500 || more < SCIM_RULES_CACHE_SIZE / 64);
        UNIT_INT(has(cache, last), 1);
        UNIT_INT(has(cache, last - 9), 1);
        UNIT_INT(has(cache, 0), 0);
    }
}

/* The same with twenty templates each. */
static void bounded_with_templates(void)
{
    scim_rules_cache_t *cache = make();
    apr_size_t len;
    const char *json = templates_of(20, &len);
    long bytes = fill(cache, 10000, json, len);
    CU_ASSERT(bytes < SCIM_RULES_CACHE_SIZE * 5 / 4);
    printf("with templates: %ld bytes\n", bytes);
    UNIT_INT(has(cache, 9999), 1);
    UNIT_INT(has(cache, 0), 0);
}

/* The most recently used entries stay longest. */
static void recent(void)
{
    scim_rules_cache_t *cache = make();
    apr_size_t len;
    const char *json = rules_of(3, &len);
    fill(cache, 1000, json, len);
    UNIT_INT(has(cache, 0), 1);
    for (int i = 1000; i < 1900; i++) {
        scim_rules_cache_put(cache, apr_psprintf(unit_pool, "db/tenant-%d/key", i), json, len, i, unit_schemas(),
                             unit_pool);
    }
    UNIT_INT(has(cache, 0), 1);
    UNIT_INT(has(cache, 1), 0);
}

/* Rules that are in use stay valid, even if other entries have replaced them. */
static void in_use(void)
{
    scim_rules_cache_t *cache = make();
    apr_size_t len;
    const char *json = rules_of(20, &len);
    const scim_rules_t *mine = scim_rules_cache_put(cache, "db/mine/key", json, len, 7, unit_schemas(), unit_pool);
    UNIT_INT(scim_rules_cache_get(cache, "db/mine/key", unit_pool) == mine, 1);
    const scim_rules_t *newer = scim_rules_cache_put(cache, "db/mine/key", json, len, 8, unit_schemas(), unit_pool);
    UNIT_INT(scim_rules_cache_get(cache, "db/mine/key", unit_pool) == newer, 1);
    fill(cache, 3000, json, len);
    UNIT_INT(scim_rules_cache_get(cache, "db/mine/key", unit_pool) == NULL, 1);
    UNIT_INT(mine->version, 7);
    UNIT_INT(newer->version, 8);
    UNIT_STR(scim_rules_role(mine, "ROLE-19", unit_pool)->value, "role-19");
    UNIT_INT(scim_rules_cache_put(cache, "db/other/key", "[]", 2, 1, unit_schemas(), unit_pool) == NULL, 1);
}

CU_TestInfo test_rules_cache[] = {
    {"ten thousand tenants", bounded},
    {"ten thousand tenants with templates", bounded_with_templates},
    {"the most recently used", recent},
    {"rules in use", in_use},
    CU_TEST_INFO_NULL,
};
